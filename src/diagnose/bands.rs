//! Predictions by how far they extrapolate, and the intervals held against them.

use super::roll_out::Prediction;

/// Ends of the bands of C over the largest C fitted.
const ENDS: [f64; 6] = [1.0, 2.0, 4.0, 10.0, 30.0, 100.0];
/// Runs of one budget differ by the rounding of their tokens, and budgets are apart by round factors: an end holds what lies
/// this little beyond it, so that one factor is not cut in two.
const SLACK: f64 = 1.05;
/// Factor within which an earlier prediction is like another.
const LIKE: f64 = 2.0;

/// Predictions of a roll-out within a range of extrapolation.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct FactorBand {
    /// Least C over the largest C fitted.
    pub from: f64,
    /// Greatest; none for the last band.
    pub to: Option<f64>,
    /// Predictions in it.
    pub predictions: usize,
    /// Mean |ln L̂ − ln L|.
    pub mean_absolute_error: f64,
    /// Mean ln L̂ − ln L: below zero where the law promises too much.
    pub bias: f64,
    /// The fits' own intervals.
    pub own: Option<Coverage>,
    /// The conformal intervals from earlier stages.
    pub conformal: Option<Coverage>,
}

/// How intervals did.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Coverage {
    /// Predictions that had one.
    pub intervals: usize,
    /// Share of them that held the run.
    pub covered: f64,
    /// Mean width in ln L.
    pub width: f64,
    /// Mean interval score in ln L, width + 2/(1 − level) times what a run lies outside (Gneiting and Raftery 2007); less is
    /// better.
    pub score: f64,
}

impl FactorBand {
    /// Whether a factor is in this band: above its least and up to its greatest, each with 5 % of slack; in the first band also
    /// below one, since a run may repeat the largest compute to rounding.
    ///
    /// ```
    /// use scaling_laws::{roll_out, Contender, CsvReader};
    /// let runs = CsvReader::new().filter("status=finished".parse()?).read_path("docs/data/simulated-sweep.csv")?;
    /// let found = roll_out(&runs, &Contender::named("chinchilla")?, 0.9)?;
    /// let held = |factor: f64| found.bands.iter().filter(|band| band.holds(factor)).count();
    /// assert!(found.predictions.iter().all(|prediction| held(prediction.factor) == 1));
    /// # Ok::<(), scaling_laws::Error>(())
    /// ```
    pub fn holds(&self, factor: f64) -> bool {
        is_within(factor, self.from, self.to)
    }
}

fn is_within(factor: f64, from: f64, to: Option<f64>) -> bool {
    (from <= ENDS[0] || factor > from * SLACK) && to.is_none_or(|to| factor <= to * SLACK)
}

pub(super) fn bands(predictions: &[Prediction], level: f64) -> Vec<FactorBand> {
    (0..ENDS.len())
        .filter_map(|k| {
            let (from, to) = (ENDS[k], ENDS.get(k + 1).copied());
            let own: Vec<&Prediction> = predictions.iter().filter(|p| is_within(p.factor, from, to)).collect();
            let count = own.len() as f64;
            (!own.is_empty()).then(|| FactorBand {
                from,
                to,
                predictions: own.len(),
                mean_absolute_error: own.iter().map(|p| p.error.abs()).sum::<f64>() / count,
                bias: own.iter().map(|p| p.error).sum::<f64>() / count,
                own: coverage(own.iter().filter_map(|p| p.half_width.map(|h| (p.error, h))), level),
                conformal: coverage(own.iter().filter_map(|p| p.conformal.map(|h| (p.error, h))), level),
            })
        })
        .collect()
}

fn coverage(pairs: impl Iterator<Item = (f64, f64)>, level: f64) -> Option<Coverage> {
    let (mut count, mut held, mut width, mut score) = (0.0, 0.0, 0.0, 0.0);
    for (error, half) in pairs {
        count += 1.0;
        held += f64::from(u8::from(error.abs() <= half));
        width += 2.0 * half;
        score += 2.0 * half + 2.0 / (1.0 - level) * (error.abs() - half).max(0.0);
    }
    (count > 0.0).then(|| Coverage {
        intervals: count as usize,
        covered: held / count,
        width: width / count,
        score: score / count,
    })
}

/// The ⌈(m+1)·level⌉-th of the m known errors at like factors; `None` where m is too small for the level.
pub(super) fn conformal(known: &[(f64, f64)], factor: f64, level: f64) -> Option<f64> {
    let like = |(other, _): &&(f64, f64)| (other / factor).ln().abs() <= LIKE.ln() * (1.0 + 1e-9);
    let mut errors: Vec<f64> = known.iter().filter(like).map(|(_, error)| *error).collect();
    let place = ((errors.len() + 1) as f64 * level - 1e-9).ceil() as usize;
    errors.sort_by(f64::total_cmp);
    errors.get(place.checked_sub(1)?).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_conformal_width_is_an_order_statistic_of_like_errors() {
        let known: Vec<(f64, f64)> = (1..=9).map(|i| (2.0, f64::from(i))).chain([(100.0, 50.0)]).collect();
        assert_eq!(conformal(&known, 3.0, 0.9), Some(9.0));
        assert_eq!(conformal(&known, 3.0, 0.5), Some(5.0));
        assert_eq!(conformal(&known[1..], 3.0, 0.9), None);
        assert_eq!(conformal(&known, 9.0, 0.5), None);
    }

    #[test]
    fn a_factor_is_not_cut_in_two_by_the_rounding_of_tokens() {
        for factor in [9.97, 10.0, 10.03] {
            assert!(is_within(factor, 4.0, Some(10.0)) && !is_within(factor, 10.0, Some(30.0)));
        }
        assert!(is_within(0.99, 1.0, Some(2.0)) && is_within(1000.0, 100.0, None));
    }

    #[test]
    fn scores_charge_for_width_and_for_what_lies_outside() {
        let found = coverage([(0.1, 0.2), (-0.4, 0.2)].into_iter(), 0.9).unwrap();
        assert!((found.covered - 0.5).abs() < 1e-12 && (found.width - 0.4).abs() < 1e-12);
        assert!((found.score - (0.4 + 0.5 * 20.0 * 0.2)).abs() < 1e-12);
    }
}
