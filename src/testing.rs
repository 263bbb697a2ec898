//! [Proptest](mod@proptest) strategies for budgets, laws and sweeps of runs (feature `proptest`): what this crate tests itself with,
//! for the property tests of code that builds on it.
//!
//! # Example: an allocation policy of one's own, held to two properties
//! ```
//! use proptest::prelude::*;
//! use scaling_laws::{allocate, testing, AllocateError, Chinchilla, Flops, LossModel, Params};
//!
//! /// Twenty tokens per parameter, whatever the law says.
//! fn twenty_to_one(budget: Flops) -> Result<Params, scaling_laws::UnitError> {
//!     Params::new((budget.get() / 120.0).sqrt())
//! }
//!
//! proptest! {
//!     # #![proptest_config(ProptestConfig { failure_persistence: None, cases: 64, ..ProptestConfig::default() })]
//!     // In a test file: #[test]
//!     fn no_policy_beats_the_optimum(law in testing::chinchilla_laws(), budget in testing::budgets()) {
//!         let best = match allocate(&law, budget) {
//!             Err(AllocateError::NoInteriorOptimum { .. }) => return Ok(()), // a budget too small for this law
//!             result => result?,
//!         };
//!         prop_assert!((6.0 * best.params().get() * best.tokens().get() / budget.get() - 1.0).abs() < 1e-12);
//!         let params = twenty_to_one(budget)?;
//!         let tokens = scaling_laws::tokens_for_budget(&law, params, budget)?;
//!         let least = best.loss().map_or(f64::NAN, |loss| loss.get());
//!         prop_assert!(law.loss(params, tokens)?.get() >= least * (1.0 - 1e-15));
//!     }
//! }
//! no_policy_beats_the_optimum();
//! ```

use std::f64::consts::PI;

use proptest::prelude::*;

use crate::laws::{Chinchilla, KaplanJoint, LossModel};
use crate::runs::{Run, Runs};
use crate::units::{Flops, Params, Tokens};

/// Numbers spread evenly in their logarithm.
fn log_uniform(least: f64, greatest: f64) -> impl Strategy<Value = f64> + Clone {
    (least.ln()..greatest.ln()).prop_map(f64::exp)
}

/// Model sizes from 1e5 to 1e13 parameters, even in ln N.
pub fn params() -> impl Strategy<Value = Params> + Clone {
    log_uniform(1e5, 1e13).prop_filter_map("above zero", |value| Params::new(value).ok())
}

/// Training sets from 1e7 to 1e15 tokens, even in ln D.
pub fn tokens() -> impl Strategy<Value = Tokens> + Clone {
    log_uniform(1e7, 1e15).prop_filter_map("above zero", |value| Tokens::new(value).ok())
}

/// Budgets from 1e10 to 1e32 FLOP, even in ln C: from a toy on a laptop to far beyond any machine.
pub fn budgets() -> impl Strategy<Value = Flops> + Clone {
    log_uniform(1e10, 1e32).prop_filter_map("above zero", |value| Flops::new(value).ok())
}

/// Size and training set at which [`chinchilla_laws`] fixes the two terms.
const REFERENCE: (f64, f64) = (1e9, 2e10);

/// Laws of the Chinchilla form with E in [0, 3], α and β in [0.1, 1], and between 0.05 and 2 nats for each of the terms
/// A/N^α and B/D^β at N = 1e9, D = 2e10.
///
/// A and B follow from the terms and so cover many decades. At small budgets some of these laws want less than one
/// parameter: [`allocate`](crate::allocate) then answers
/// [`NoInteriorOptimum`](crate::AllocateError::NoInteriorOptimum).
pub fn chinchilla_laws() -> impl Strategy<Value = Chinchilla> + Clone {
    let terms = (log_uniform(0.05, 2.0), log_uniform(0.05, 2.0));
    (0.0..=3.0f64, terms, 0.1..=1.0f64, 0.1..=1.0f64).prop_filter_map(
        "a law",
        |(e, (by_size, by_data), alpha, beta)| {
            let (a, b) = (by_size * REFERENCE.0.powf(alpha), by_data * REFERENCE.1.powf(beta));
            Chinchilla::new(e, a, b, alpha, beta).ok()
        },
    )
}

/// Laws of Kaplan's joint form with N_c and D_c within about a factor of ten of the published ones and exponents
/// in [0.03, 0.3].
pub fn kaplan_laws() -> impl Strategy<Value = KaplanJoint> + Clone {
    (log_uniform(5e12, 5e14), log_uniform(2e12, 2e14), 0.03..=0.3f64, 0.03..=0.3f64)
        .prop_filter_map("a law", |(n_c, d_c, alpha_n, alpha_d)| KaplanJoint::new(n_c, d_c, alpha_n, alpha_d).ok())
}

/// Sweeps that tell the two terms of a law apart, with losses from the law: 4 to 7 sizes over one and a half to three
/// decades, each trained on the same 3 to 6 token counts over as much.
///
/// `noise` is the standard deviation of ln L, zero for exact losses; the draws belong to the generated case and are
/// repeated with it.
pub fn runs_from<L: LossModel + Clone>(law: L, noise: f64) -> impl Strategy<Value = Runs> {
    (design(), any::<u64>()).prop_map(move |(points, seed)| evaluate(&law, &points, noise, seed))
}

/// A law of [`chinchilla_laws`] with a sweep of [`runs_from`] it.
pub fn sweeps(noise: f64) -> impl Strategy<Value = (Chinchilla, Runs)> {
    (chinchilla_laws(), design(), any::<u64>())
        .prop_map(move |(law, points, seed)| (law, evaluate(&law, &points, noise, seed)))
}

/// A full grid of N and D.
fn design() -> impl Strategy<Value = Vec<(f64, f64)>> {
    let axis = |least: f64, greatest: f64, counts: std::ops::RangeInclusive<u32>| {
        (log_uniform(least, greatest), 1.5..=3.0f64, counts).prop_map(|(first, decades, count)| {
            let step = decades / f64::from(count - 1);
            (0..count).map(|i| first * 10f64.powf(step * f64::from(i))).collect::<Vec<_>>()
        })
    };
    (axis(1e7, 1e8, 4..=7), axis(3e8, 3e9, 3..=6))
        .prop_map(|(sizes, counts)| sizes.iter().flat_map(|&n| counts.iter().map(move |&d| (n, d))).collect())
}

/// Losses of a law with log-normal noise. A point at which the law has none is left out.
fn evaluate<L: LossModel>(law: &L, points: &[(f64, f64)], noise: f64, seed: u64) -> Runs {
    let mut state = seed;
    let runs = points.iter().filter_map(|&(n, d)| {
        let (params, tokens) = (Params::new(n).ok()?, Tokens::new(d).ok()?);
        let exact = law.loss(params, tokens).ok()?;
        let loss = if noise == 0.0 { exact } else { exact.scaled((noise * normal(&mut state)).exp()).ok()? };
        Some(Run { params, tokens, loss })
    });
    runs.collect::<Runs>().with_conventions(law.conventions())
}

/// A standard normal draw (Box and Muller 1958).
fn normal(state: &mut u64) -> f64 {
    let (radius, angle) = (uniform(state), uniform(state));
    (-2.0 * radius.ln()).sqrt() * (2.0 * PI * angle).cos()
}

/// A draw from the open interval (0, 1) by SplitMix64 (Steele, Lea and Flood 2014).
fn uniform(state: &mut u64) -> f64 {
    *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mut z = *state;
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^= z >> 31;
    ((z >> 11) as f64 + 0.5) * 2f64.powi(-53)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn normal_draws_have_mean_zero_and_variance_one() {
        let mut state = 7;
        let draws: Vec<f64> = (0..20_000).map(|_| normal(&mut state)).collect();
        let mean = draws.iter().sum::<f64>() / 2e4;
        let variance = draws.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / 2e4;
        assert!(mean.abs() < 0.03 && (variance - 1.0).abs() < 0.05, "{mean} {variance}");
    }

    proptest! {
        #[test]
        fn exact_sweeps_are_grids_with_the_losses_of_their_law((law, runs) in sweeps(0.0)) {
            let distinct = |values: &[f64]| {
                let mut values = values.to_vec();
                values.sort_by(f64::total_cmp);
                values.dedup();
                values.len()
            };
            let (sizes, counts) = (distinct(runs.params()), distinct(runs.tokens()));
            prop_assert!((4..=7).contains(&sizes) && (3..=6).contains(&counts) && runs.len() == sizes * counts);
            for run in runs.iter() {
                prop_assert_eq!(law.loss(run.params, run.tokens).unwrap(), run.loss);
            }
        }

        #[test]
        fn noisy_sweeps_scatter_about_their_law_as_told(runs in runs_from(
            Chinchilla::new(1.8172, 482.01, 2085.43, 0.3478, 0.3658).unwrap(), 0.01)
        ) {
            let law = Chinchilla::new(1.8172, 482.01, 2085.43, 0.3478, 0.3658).unwrap();
            let worst = runs
                .iter()
                .map(|run| (run.loss / law.loss(run.params, run.tokens).unwrap()).ln().abs())
                .fold(0.0, f64::max);
            prop_assert!(worst > 0.0 && worst < 0.06, "{worst}");
        }
    }
}
