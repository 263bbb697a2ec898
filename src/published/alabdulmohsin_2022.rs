//! Revisiting Neural Scaling Laws in Language and Vision (2022).

use super::Model;
use super::entry::{BLANK, Entry};
use crate::laws::M4Shape;

pub(super) const ENTRIES: &[Entry] = &[Entry {
    id: "m4_2022",
    aliases: &["m4", "alabdulmohsin2022"],
    title: "Revisiting Neural Scaling Laws in Language and Vision",
    authors: "Alabdulmohsin, Neyshabur, Zhai",
    year: 2022,
    arxiv: "2209.06640",
    equation: "the estimators M1 to M4",
    formula: "M4: (e - e_inf)/(e_0 - e)^alpha = beta x^c; M2: alpha = 0; M1: e_inf = 0 too; M3: e = beta (1/x + gamma)^-c",
    note: "Forms without coefficients of their own: the knobs are what a fit finds. x is data or compute, e an error rate of \
        few-shot vision, machine translation or language. `scaling-laws fit --law m4 --input x=COLUMN` fits it, m1 to m3 \
        likewise.",
    good_for: "fits that start at chance level: fit --law m4",
    errata: &[],
    verified: true,
    verification: "the form, in notes on the paper; there are no coefficients to verify",
    model: Model::Formula(&M4Shape),
    ..BLANK
}];
