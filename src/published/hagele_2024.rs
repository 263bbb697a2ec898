//! Scaling Laws and Compute-Optimal Training Beyond Fixed Training Durations (2024).

use super::Model;
use super::entry::{BLANK, Entry, fitted_on, pure};
use crate::laws::CoolDown;

pub(super) const ENTRIES: &[Entry] = &[Entry {
    id: "hagele2024",
    title: "Scaling Laws and Compute-Optimal Training Beyond Fixed Training Durations",
    authors: "Hägele, Bakouch, Kosson, Ben Allal, von Werra, Jaggi",
    year: 2024,
    arxiv: "2405.18392",
    equation: "the cool-down as the paper states it",
    formula: "lr/lr_max = 1 - sqrt((t - t_0)/(T - t_0)) from t_0 to T, over cooldown_fraction of the steps",
    coefficients: &[pure("cooldown_fraction", 0.2)],
    domain: fitted_on(Some((33e6, 360e6)), None, None),
    data: "SlimPajama",
    note: "A shape and no law of loss: a constant rate and a cool-down of this shape match a cosine of the same length, so one \
        long run with cool-downs replaces many cosine runs. Long runs need a smaller share than a fifth. 33M to 360M, \
        SlimPajama (second-hand). `scaling-laws curve --schedule wsd --decay one-minus-sqrt` draws it.",
    good_for: "cheap scaling-law experiments: curve --schedule wsd --decay one-minus-sqrt",
    errata: &[],
    verified: true,
    verification: "the shape, in notes on the paper; there are no constants of a loss to verify",
    model: Model::Formula(&CoolDown),
    ..BLANK
}];
