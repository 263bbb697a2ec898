//! Whether two logs hold the same run, or one what comes after the other.

use crate::runs::{History, Series};

/// Common points from which on equal losses are no accident: noise of one batch differs in every digit.
const ENOUGH: usize = 5;

/// What single precision may do to a loss that another log holds in double, relative to it, at least to one.
const SINGLE: f64 = 1e-6;

/// Values that are looked at for the number of digits a log prints.
const SAMPLE: usize = 200;

/// How far a series must spread, in units of what counts as equal, before equal values say anything: an auxiliary loss
/// that stays at its coefficient is the same in all runs.
const SPREAD: f64 = 4.0;

/// A run with the last digits that its series print.
pub(super) struct Sketch<'a> {
    run: &'a History,
    digits: Vec<f64>,
}

/// What the values at common steps say of two series.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Agreement {
    Differ,
    /// Too few in common, or constant.
    Silent,
    Same,
}

/// Whether nothing that is known of two runs differs and their losses agree.
pub(super) fn is_same_run(a: &History, b: &History) -> bool {
    Sketch::of(a).is_same_run(&Sketch::of(b))
}

impl<'a> Sketch<'a> {
    pub fn of(run: &'a History) -> Self {
        Self { run, digits: run.series().iter().map(digit).collect() }
    }

    fn series(&self) -> impl Iterator<Item = (&'a Series, f64)> + '_ {
        self.run.series().iter().zip(self.digits.iter().copied())
    }

    /// The series whose values may tell this run from others, with their last digits.
    pub fn telling(&self) -> impl Iterator<Item = (&'a Series, f64)> + '_ {
        self.series().filter(|(series, digit)| {
            let (low, high) = range(series.values().iter().copied());
            series.len() >= ENOUGH && high - low > SPREAD * Self::tolerance(*digit, *digit, high)
        })
    }

    /// How far values may lie apart that are equal to the coarser of two last digits.
    pub fn tolerance(a: f64, b: f64, value: f64) -> f64 {
        0.51 * a.max(b) + SINGLE * value.abs().max(1.0)
    }

    /// Whether nothing that is known of two runs differs, no series of one name does at any common step, and one that is
    /// not constant agrees at enough of them, to the digits that the coarser log prints. Logs of two kinds, which name
    /// their series otherwise, need one of the same kind that agrees.
    pub fn is_same_run(&self, other: &Self) -> bool {
        let (a, b) = (self.run, other.run);
        if differs(a.params().map(|(n, _)| n.get()), b.params().map(|(n, _)| n.get()))
            || differs(a.planned_steps().map(|s| s as f64), b.planned_steps().map(|s| s as f64))
        {
            return false;
        }
        let mut same = false;
        let namesake = |x: &Series, y: &Series| x.name() == y.name() && x.kind() == y.kind();
        for (x, of_x) in self.series() {
            let Some((y, of_y)) = other.series().find(|(y, _)| namesake(x, y)) else { continue };
            match agreement(x, y, of_x.max(of_y)) {
                Agreement::Differ => return false,
                Agreement::Silent => {}
                Agreement::Same => same = true,
            }
        }
        same || self.agrees_under_other_names(other) || is_same_row(a, b)
    }

    fn agrees_under_other_names(&self, other: &Self) -> bool {
        let own = self.series().filter(|(x, _)| other.run.get(x.name()).is_none());
        own.into_iter().any(|(x, of_x)| {
            let mut others = other.series().filter(|(y, _)| y.kind() == x.kind() && self.run.get(y.name()).is_none());
            others.any(|(y, of_y)| agreement(x, y, of_x.max(of_y)) == Agreement::Same)
        })
    }
}

/// Whether both are known and not the same.
fn differs(a: Option<f64>, b: Option<f64>) -> bool {
    a.zip(b).is_some_and(|(a, b)| (a / b - 1.0).abs() > 1e-3)
}

fn agreement(a: &Series, b: &Series, digit: f64) -> Agreement {
    let (a, b) = if a.len() <= b.len() { (a, b) } else { (b, a) };
    let mut common = 0;
    let (mut low, mut high) = (f64::INFINITY, f64::NEG_INFINITY);
    for (step, value) in a.points() {
        if let Some(other) = value_at(b, step) {
            common += 1;
            (low, high) = (low.min(value), high.max(value));
            if (other - value).abs() > Sketch::tolerance(digit, digit, value) {
                return Agreement::Differ;
            }
        }
    }
    let tells = common >= ENOUGH && high - low > SPREAD * Sketch::tolerance(digit, digit, high);
    if tells { Agreement::Same } else { Agreement::Silent }
}

fn range(values: impl Iterator<Item = f64>) -> (f64, f64) {
    values.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), value| (low.min(value), high.max(value)))
}

/// Whether a run has so few points that equal ones may be an accident, as a row of a table has.
pub(super) fn is_short(run: &History) -> bool {
    run.series().iter().all(|series| series.len() < ENOUGH)
}

/// All that a short run holds, to the last digit.
pub(super) type RowKey = Vec<(u64, u64)>;

pub(super) fn row_key(run: &History) -> RowKey {
    run.series().iter().flat_map(Series::points).map(|(step, value)| (step, value.to_bits())).collect()
}

/// Short runs: of one name, and equal to the last digit in all they hold.
fn is_same_row(a: &History, b: &History) -> bool {
    is_short(a) && is_short(b) && a.label() == b.label() && a.params() == b.params() && row_key(a) == row_key(b)
}

fn value_at(series: &Series, step: u64) -> Option<f64> {
    let at = series.steps().binary_search(&step).ok()?;
    series.values().get(at).copied()
}

/// The last digit that a log prints, as far as its values show it.
fn digit(series: &Series) -> f64 {
    let values = series.values();
    let every = (values.len() / SAMPLE).max(1);
    let fits = |digits: i32| {
        let scale = 10f64.powi(digits);
        values.iter().step_by(every).all(|value| (value * scale - (value * scale).round()).abs() < 1e-6)
    };
    (0..7).find(|digits| fits(*digits)).map_or(0.0, |digits| 10f64.powi(-digits))
}

/// Whether one run goes on where the other stopped or was taken back to: it begins after the other's beginning and at
/// most two records after its end, ends later, logs the same series at the same interval, and its first losses are at
/// the other's level there.
pub(super) fn continues(next: &History, before: &History) -> bool {
    let (Some(a), Some(b)) = (before.main_series(), next.main_series()) else { return false };
    if a.kind() != b.kind() || a.name() != b.name() || interval(a) != interval(b) || !begins_within(b, a) {
        return false;
    }
    if differs(before.params().map(|(n, _)| n.get()), next.params().map(|(n, _)| n.get())) {
        return false;
    }
    let Some((first, _)) = b.first() else { return false };
    // Where both have logged the same steps these are compared, else the end of the one and the beginning of the other.
    let onset = b.values().get(..NEAR.min(b.len())).unwrap_or(&[]);
    let start = a.steps().partition_point(|step| *step < first);
    let end = (start + onset.len()).min(a.len());
    let level = a.values().get(if end - start >= FEW { start } else { end.saturating_sub(NEAR) }..end).unwrap_or(&[]);
    if level.len() < FEW || onset.len() < FEW {
        return false;
    }
    let (before, after) = (mean(level), mean(onset.get(..level.len().min(onset.len())).unwrap_or(onset)));
    let error = noise(level).max(noise(onset)) * (2.0 / level.len() as f64).sqrt();
    (after - before).abs() <= (4.0 * error).max(JUMP * before.abs())
}

/// Points on each side of a restart that are compared, the fewest of them, and the relative jump that is allowed.
const NEAR: usize = 10;
pub(super) const FEW: usize = 3;
const JUMP: f64 = 0.03;

/// The distance of neighbouring records that is met most often among the first ones.
fn interval(series: &Series) -> u64 {
    let mut gaps: Vec<u64> = series.steps().windows(2).take(99).map(|pair| pair[1] - pair[0]).collect();
    gaps.sort_unstable();
    gaps.get(gaps.len() / 2).copied().unwrap_or(0)
}

/// The deviation of a single loss, from the differences of neighbours, which know no slow trend.
fn noise(values: &[f64]) -> f64 {
    let sum: f64 = values.windows(2).map(|pair| (pair[1] - pair[0]).powi(2)).sum();
    (sum / (2.0 * values.len().saturating_sub(1).max(1) as f64)).sqrt()
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len().max(1) as f64
}

/// Whether b begins after a has begun, not after a gap, and ends after a.
pub(super) fn begins_within(b: &Series, a: &Series) -> bool {
    Span::of(a).zip(Span::of(b)).is_some_and(|(a, b)| b.begins_within(&a))
}

/// Where a series begins and ends.
#[derive(Debug, Clone, Copy)]
pub(super) struct Span {
    first: u64,
    second: u64,
    last: u64,
    /// Up to where another log must begin that goes on with it.
    reach: u64,
}

impl Span {
    pub fn of(series: &Series) -> Option<Self> {
        let (first, last) = (*series.steps().first()?, *series.steps().last()?);
        let second = series.steps().get(1).copied().unwrap_or(first.saturating_add(1));
        Some(Self { first, second, last, reach: last.saturating_add(interval(series).saturating_mul(2)) })
    }

    pub fn first(&self) -> u64 {
        self.first
    }

    pub fn second(&self) -> u64 {
        self.second
    }

    pub fn begins_within(&self, before: &Self) -> bool {
        self.first > before.second && self.first <= before.reach && self.last > before.last
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::runs::LossKind;

    fn loss(step: u64) -> f64 {
        2.0 + 40.0 / (step as f64 + 10.0).sqrt() + 0.1 * ((step * 7919 % 1009) as f64 / 1009.0)
    }

    fn run(steps: impl IntoIterator<Item = u64>, value: impl Fn(u64) -> f64) -> History {
        let mut history = History::new("r");
        steps.into_iter().for_each(|step| history.push("loss", LossKind::Train, step, value(step)));
        history
    }

    #[test]
    fn a_copy_in_fewer_digits_or_at_fewer_steps_is_the_same_run() {
        let whole = run(0..500, loss);
        let rounded = run((0..500).step_by(10), |step| (loss(step) * 1e4).round() / 1e4);
        let coarse = run((0..500).step_by(10), |step| (loss(step) * 1e2).round() / 1e2);
        assert!(is_same_run(&whole, &rounded) && is_same_run(&rounded, &whole) && is_same_run(&coarse, &rounded));
        let other = run(0..500, |step| loss(step) + 0.006);
        assert!(!is_same_run(&whole, &other) && !is_same_run(&coarse, &other));
        assert!(!is_same_run(&whole, &run(0..4, loss)), "four points may agree by accident");
        assert!(!is_same_run(&whole, &run(500..900, loss)), "no common step");
    }

    #[test]
    fn a_constant_series_proves_nothing_and_any_that_differs_disproves() {
        let with = |name: &str, aux: fn(u64) -> f64, shift: f64| {
            let mut history = run(0..500, |step| loss(step) + shift);
            (0..500).for_each(|step| history.push(name, LossKind::Other, step, aux(step)));
            history
        };
        for aux in [|_| 0.01, |_| 0.0, |step| 1e-7 * (step % 3) as f64] {
            assert!(!is_same_run(&with("aux", aux, 0.0), &with("aux", aux, 0.1)));
            assert!(is_same_run(&with("aux", aux, 0.0), &with("aux", aux, 0.0)));
            let alone = |shift| {
                let mut history = with("aux", aux, shift);
                history.push("loss", LossKind::Train, 500, 1.0);
                (500..900).for_each(|step| history.push("aux", LossKind::Other, step, aux(step)));
                history
            };
            assert!(!is_same_run(&alone(0.0), &alone(0.2)));
        }
        let learning: fn(u64) -> f64 = |step| 1.0 / (step + 1) as f64;
        assert!(!is_same_run(&with("aux", learning, 0.0), &with("aux", learning, 0.1)), "the losses differ");
    }

    #[test]
    fn rows_are_the_same_only_to_the_last_digit_and_under_one_name() {
        let row = run([100], loss);
        assert!(is_same_run(&row, &row.clone()));
        assert!(!is_same_run(&row, &row.clone().with_label("s")));
        assert!(!is_same_run(&row, &run([100], |step| loss(step) + 1e-12)));
    }

    #[test]
    fn a_run_is_continued_where_steps_and_losses_meet() {
        let before = run((0..1000).step_by(10), loss);
        assert!(continues(&run((800..2000).step_by(10), |s| loss(s + 1)), &before), "taken back to step 800");
        assert!(continues(&run((1000..2000).step_by(10), loss), &before), "right after the end");
        assert!(!continues(&run((1100..2000).step_by(10), loss), &before), "after a gap");
        assert!(!continues(&run((0..2000).step_by(10), |s| loss(s + 1)), &before), "another run from the start");
        assert!(!continues(&run((800..900).step_by(10), loss), &before), "it ends earlier");
        assert!(!continues(&run((800..2000).step_by(10), |s| loss(s) + 1.0), &before), "another level");
        assert!(!continues(&run((800..2000).step_by(7), |s| loss(s + 1)), &before), "another interval");
    }
}
