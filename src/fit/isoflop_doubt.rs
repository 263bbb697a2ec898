//! The doubts about Approach 2.

use super::isoflop_fit::{IsoFlopGroup, SkippedGroup};
use crate::error::FrontierError;
use crate::warning::{FrontierDoubt, Warning};

/// A curvature within this many standard errors of zero is flat.
const FLAT: f64 = 2.0;

pub(super) fn warnings(groups: &[IsoFlopGroup], runs: usize, given: bool, corrected: bool) -> Vec<Warning> {
    let used = groups.iter().filter(|g| g.minimum.is_ok()).count();
    let mut doubts = Vec::new();
    // Runs between the budgets are no sweep that failed, unless the budget was asked for.
    let stray = |g: &&IsoFlopGroup| !given && matches!(g.minimum, Err(SkippedGroup::TooFewSizes { .. }));
    let budgets: Vec<String> = groups.iter().filter(|g| !stray(g)).filter_map(reason).collect();
    if !budgets.is_empty() {
        doubts.push(FrontierDoubt::SkippedBudgets { budgets, used });
    }
    let grouped: usize = groups.iter().filter(|g| !stray(g)).map(|g| g.rows.len()).sum();
    if grouped < runs {
        let reason = if given {
            "their C is not within the tolerance of a budget, or another run of their size is better".into()
        } else {
            "too few other sizes share their C, or another run of their size is better".into()
        };
        doubts.push(FrontierDoubt::UngroupedRuns { runs: runs - grouped, of: runs, reason });
    }
    let minima = || groups.iter().filter_map(|g| Some((g, g.minimum.as_ref().ok()?)));
    let flat = minima().filter(|(_, m)| m.curvature_standard_error.is_some_and(|e| m.curvature < FLAT * e));
    let budgets: Vec<String> = flat.map(|(g, _)| g.budget.to_string()).collect();
    if !budgets.is_empty() {
        doubts.push(FrontierDoubt::FlatParabola { budgets });
    }
    if !corrected {
        let biased = minima().filter_map(|(g, m)| Some((g.budget, m.bias?.ln_params, m.ln_params_standard_error?)));
        let beyond = biased.filter(|(_, bias, error)| bias.abs() > *error && bias.abs() > 1e-6);
        let worst = beyond.max_by(|a, b| a.1.abs().total_cmp(&b.1.abs()));
        doubts.extend(worst.map(|(budget, bias, _)| FrontierDoubt::BiasedParabola {
            displacement: bias.exp_m1(),
            budget: budget.get(),
        }));
    }
    if used == 2 {
        doubts.push(FrontierDoubt::NoLineError { budgets: used });
    }
    doubts.into_iter().map(Warning::Frontier).collect()
}

/// Doubts about the FLOPs and the law.
pub(super) fn conventions(ratio: Option<(f64, f64)>, no_law: Option<FrontierError>) -> Vec<Warning> {
    let six_nd = ratio.map(|(least, greatest)| FrontierDoubt::NotSixNd { least, greatest });
    let bias = no_law.map(|error| FrontierDoubt::UnknownBias { reason: error.to_string() });
    six_nd.into_iter().chain(bias).map(Warning::Frontier).collect()
}

/// Why budgets have no minimum, in one line.
pub(super) fn reasons(groups: &[IsoFlopGroup]) -> String {
    const SHOWN: usize = 5;
    let mut all: Vec<String> = groups.iter().filter_map(reason).collect();
    if all.is_empty() {
        return if groups.is_empty() { "there are no runs" } else { "there are no others" }.into();
    }
    let more = all.len().saturating_sub(SHOWN);
    all.truncate(SHOWN);
    if more > 0 {
        all.push(format!("and {more} more"));
    }
    all.join("; ")
}

fn reason(group: &IsoFlopGroup) -> Option<String> {
    group.minimum.as_ref().err().map(|skipped| format!("{} ({skipped})", group.budget))
}
