//! An Empirical Model of Large-Batch Training (2018).

use super::Model;
use super::entry::{BLANK, Entry};
use crate::laws::BatchTradeoffFormula;

pub(super) const ENTRIES: &[Entry] = &[Entry {
    id: "mccandlish2018",
    title: "An Empirical Model of Large-Batch Training",
    authors: "McCandlish, Kaplan, Amodei, OpenAI Dota Team",
    year: 2018,
    arxiv: "1812.06162",
    equation: "the law as the paper states it",
    formula: "(S/S_min - 1)(E/E_min - 1) = 1, B_crit = E_min/S_min",
    note: "Image, reinforcement-learning and language tasks. The batch is in examples or tokens.",
    good_for: "how many more steps or examples a batch costs, given the critical one",
    verified: true,
    verification: "as quoted by Kaplan 2020",
    model: Model::Formula(&BatchTradeoffFormula),
    ..BLANK
}];
