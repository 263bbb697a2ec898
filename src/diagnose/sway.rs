//! The fewest runs that carry an answer.

use super::influence::optimum;
use crate::allocate::optimal_split;
use crate::fit::{Approach3, Fit};
use crate::laws::LossModel;
use crate::math::order::sort_by_number;
use crate::runs::Runs;
use crate::units::{Flops, Params};

/// Runs whose pulls are measured anew after each removal: pulls change little from one to the next.
const CANDIDATES: usize = 32;

/// Runs that together carry an answer.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Sway {
    /// Rows in the order in which they were left out.
    pub rows: Vec<usize>,
    /// N_opt of the true refit without them.
    pub params: Params,
}

/// The question: runs, their N_opt at a budget, and how far it must move.
struct Question<'a> {
    runs: &'a Runs,
    fit: &'a Fit,
    budget: Flops,
    params: Params,
    factor: f64,
    most: usize,
    /// 1 for sets that raise N_opt when they go, −1 for those that lower it.
    sign: f64,
}

/// The smaller of the sets found that raise N_opt and that lower it. `pulls` are Δ ln N_opt without each run.
pub(super) fn fewest(
    runs: &Runs,
    fit: &Fit,
    budget: Flops,
    params: Params,
    pulls: &[Option<f64>],
    (factor, most): (f64, usize),
) -> Option<Sway> {
    let mut best: Option<Sway> = None;
    for sign in [1.0, -1.0] {
        // The second direction is followed only as far as it could win.
        let most = best.as_ref().map_or(most, |sway| most.min(sway.rows.len().saturating_sub(1)));
        let question = Question { runs, fit, budget, params, factor, most, sign };
        best = question.greedy(pulls).map(|sway| question.spared(sway)).or(best);
    }
    best
}

impl Question<'_> {
    /// Leaves out the run with the largest pull and measures anew what those that pulled most add. The walk is by refits
    /// from the optimum of all runs; where it says that N_opt is far, and at its end, a fit from no start has the word,
    /// since the runs that go may be what holds the fit in its basin.
    fn greedy(&self, pulls: &[Option<f64>]) -> Option<Sway> {
        let mut pulls: Vec<f64> =
            pulls.iter().map(|pull| pull.map_or(f64::NEG_INFINITY, |pull| self.sign * pull)).collect();
        let (mut rows, mut here) = (Vec::new(), 0.0);
        while rows.len() < self.most {
            let next = (0..pulls.len()).max_by(|&one, &two| pulls[one].total_cmp(&pulls[two]))?;
            if !(pulls[next] > 0.0) {
                return None;
            }
            here += pulls[next];
            pulls[next] = f64::NEG_INFINITY;
            rows.push(next);
            let ends = rows.len() == self.most;
            if here > self.factor.ln() || ends {
                let far = self.moved(&rows).filter(|moved| self.is_far(*moved));
                if let Some(params) = far {
                    return Some(Sway { rows, params });
                }
            }
            if !ends {
                self.measure(&rows, here, &mut pulls)?;
            }
        }
        None
    }

    /// What the runs that pulled most add to the change `here` of ln N_opt without those that are out.
    fn measure(&self, out: &[usize], here: f64, pulls: &mut [f64]) -> Option<()> {
        let mut order: Vec<usize> = (0..pulls.len()).filter(|row| !out.contains(row)).collect();
        sort_by_number(&mut order, |&one| -pulls[one]);
        order.truncate(CANDIDATES);
        let sets: Vec<Vec<usize>> = order.iter().map(|&row| [out, &[row]].concat()).collect();
        let refits = Approach3::new().delta(self.fit.delta()).refits_without(self.runs, self.fit, &sets).ok()?;
        let conventions = self.fit.law().conventions();
        for (row, refit) in order.into_iter().zip(refits) {
            let there = refit.and_then(|refit| optimum(refit.coefficients, conventions, self.budget));
            pulls[row] = there.map_or(f64::NEG_INFINITY, |there| self.sign * (there / self.params).ln() - here);
        }
        Some(())
    }

    /// The set without runs that it does not need: those that left first were judged without the others.
    fn spared(&self, mut sway: Sway) -> Sway {
        let mut place = 0;
        while sway.rows.len() > 1 && place < sway.rows.len() {
            let mut fewer = sway.rows.clone();
            fewer.remove(place);
            match self.moved(&fewer).filter(|moved| self.is_far(*moved)) {
                Some(params) => sway = Sway { rows: fewer, params },
                None => place += 1,
            }
        }
        sway
    }

    fn moved(&self, rows: &[usize]) -> Option<Params> {
        let again = Approach3::new().delta(self.fit.delta()).fit(&self.runs.without(rows)).ok()?;
        optimal_split(again.law(), self.budget).ok().map(|(params, _)| params)
    }

    fn is_far(&self, moved: Params) -> bool {
        self.sign * (moved / self.params).ln() > self.factor.ln()
    }
}
