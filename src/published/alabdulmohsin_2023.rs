//! Getting ViT in Shape: Scaling Laws for Compute-Optimal Model Design (2023).

use super::Model;
use super::entry::{BLANK, Entry, pure};
use crate::laws::{Factor, Knob, PowerRule, PowerRules, Quantity};

const RATIO: Knob =
    Knob::new("flops_ratio", "C/C_0", None, "compute over that of a model of which the best shape is known");
const WIDTH: Quantity = Quantity::new("width_ratio", None);
const DEPTH: Quantity = Quantity::new("depth_ratio", None);
const MLP: Quantity = Quantity::new("mlp_ratio", None);

static RULES: [PowerRule; 3] = [
    PowerRule::known(WIDTH, 1.0, &[Factor::new(RATIO, 0.22)]),
    PowerRule::known(DEPTH, 1.0, &[Factor::new(RATIO, 0.45)]),
    PowerRule::known(MLP, 1.0, &[Factor::new(RATIO, 0.6)]),
];

/// How width, depth and feed-forward size of a vision transformer grow with compute (Alabdulmohsin 2023).
pub const ALABDULMOHSIN_2023: PowerRules = PowerRules::known(&[RATIO], &[WIDTH, DEPTH, MLP], &RULES);

pub(super) const ENTRIES: &[Entry] = &[Entry {
    id: "sovit2023",
    title: "Getting ViT in Shape: Scaling Laws for Compute-Optimal Model Design",
    authors: "Alabdulmohsin, Zhai, Kolesnikov, Beyer",
    year: 2023,
    arxiv: "2305.13035",
    equation: "the exponents of each dimension; not seen in print",
    formula: "width/width_0 = (C/C_0)^s_width, depth/depth_0 = (C/C_0)^s_depth, mlp/mlp_0 = (C/C_0)^s_mlp",
    coefficients: &[pure("s_width", 0.22), pure("s_depth", 0.45), pure("s_mlp", 0.6)],
    data: "JFT images",
    note: "Vision transformers on JFT-3B; the centre of the search is 1968 wide, 40 deep, feed-forward 6144. SoViT-400m is \
        1152 wide, 27 deep, feed-forward 4304, with 16 heads.",
    good_for: "the order in which the dimensions of a vision transformer grow: feed-forward, depth, width",
    verified: false,
    verification: "exponents from memory; the shape of SoViT-400m is in the authors' code",
    model: Model::Formula(&ALABDULMOHSIN_2023),
    ..BLANK
}];
