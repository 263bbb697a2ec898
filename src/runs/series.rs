/// What a series of losses was measured on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum LossKind {
    /// Batches that the run is trained on.
    Train,
    /// Data held out from training.
    Validation,
    /// Anything else: auxiliary losses, aggregates of epochs, test sets, values that are no losses at all.
    Other,
}

/// One curve of a training log: a value at increasing steps.
///
/// Values are finite. Where the log holds NaN or infinity the step is remembered in [`not_finite`](Self::not_finite)
/// and no value is kept.
///
/// A series of more than two million points is thinned: every second point of its older three quarters is dropped
/// when the limit is reached, so that a log of any length is read in bounded memory.
#[derive(Debug, Clone, PartialEq)]
pub struct Series {
    name: String,
    kind: LossKind,
    steps: Vec<u64>,
    values: Vec<f64>,
    not_finite: Option<NotFinite>,
    gaps: Gaps,
    repeats: usize,
    thinned: bool,
}

/// NaN between the values: where a series is measured rarely, tables hold NaN at the steps between.
///
/// Only readers of logs ask for all of it.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
#[cfg_attr(not(feature = "logs"), allow(dead_code))]
struct Gaps {
    /// Records since the last value.
    open: usize,
    /// Most records between two values.
    longest: usize,
    /// Infinity is never the sign of an absent value.
    infinite: bool,
    /// NaN was found to stand for absent values.
    absent: bool,
}

/// Steps of a series at which the log holds NaN or infinity.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotFinite {
    /// The first of them.
    pub first_step: u64,
    /// The last of them.
    pub last_step: u64,
    /// How many there are.
    pub count: usize,
}

/// Points at which a series is thinned: 32 MiB of steps and values.
const MOST: usize = 1 << 21;

impl Series {
    /// An empty series.
    pub fn new(name: impl Into<String>, kind: LossKind) -> Self {
        Self {
            name: name.into(),
            kind,
            steps: Vec::new(),
            values: Vec::new(),
            not_finite: None,
            gaps: Gaps::default(),
            repeats: 0,
            thinned: false,
        }
    }

    /// Its name, as in the log where the log has names.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What it was measured on.
    pub fn kind(&self) -> LossKind {
        self.kind
    }

    /// The steps, strictly increasing.
    pub fn steps(&self) -> &[u64] {
        &self.steps
    }

    /// The values at those steps, finite.
    pub fn values(&self) -> &[f64] {
        &self.values
    }

    /// Number of points.
    pub fn len(&self) -> usize {
        self.values.len()
    }

    /// Whether there are no points.
    pub fn is_empty(&self) -> bool {
        self.values.is_empty()
    }

    /// First point.
    pub fn first(&self) -> Option<(u64, f64)> {
        self.points().next()
    }

    /// Last point.
    pub fn last(&self) -> Option<(u64, f64)> {
        Some((*self.steps.last()?, *self.values.last()?))
    }

    /// All points in order of step.
    pub fn points(&self) -> impl Iterator<Item = (u64, f64)> + '_ {
        self.steps.iter().copied().zip(self.values.iter().copied())
    }

    /// Where the log holds NaN or infinity.
    pub fn not_finite(&self) -> Option<NotFinite> {
        self.not_finite
    }

    /// Whether the last thing logged is NaN or infinity, other than NaN in place of a value that was not measured.
    pub fn ends_not_finite(&self) -> bool {
        !self.gaps.absent
            && self.not_finite.is_some_and(|bad| self.steps.last().is_none_or(|last| bad.last_step > *last))
    }

    /// Whether NaN stands where the series was not measured: at most of its records, never for longer at the end than
    /// between two values, and where `beside` has a value. A series that is measured at the usual places and ends in NaN
    /// there has diverged.
    #[cfg(feature = "logs")]
    fn is_absent_beside(&self, beside: &Self) -> bool {
        let Some(bad) = self.not_finite.filter(|bad| !self.gaps.infinite && bad.count >= self.len()) else {
            return false;
        };
        self.gaps.open <= self.gaps.longest && beside.steps.binary_search(&bad.last_step).is_ok()
    }

    /// Takes NaN for absent values where it is that.
    #[cfg(feature = "logs")]
    pub(super) fn mark_absent_beside(&mut self, beside: &Self) {
        self.gaps.absent = self.is_absent_beside(beside);
    }

    /// Values that were replaced by a different one of the same step further down in the log.
    pub fn repeats(&self) -> usize {
        self.repeats
    }

    /// Whether older points were thinned out.
    pub fn is_thinned(&self) -> bool {
        self.thinned
    }

    /// The last step of any record, finite or not.
    pub(super) fn last_record(&self) -> Option<u64> {
        self.steps.last().copied().max(self.not_finite.map(|bad| bad.last_step))
    }

    #[cfg(feature = "logs")]
    pub(super) fn first_record(&self) -> Option<u64> {
        match (self.steps.first().copied(), self.not_finite.map(|bad| bad.first_step)) {
            (Some(good), Some(bad)) => Some(good.min(bad)),
            (good, bad) => good.or(bad),
        }
    }

    /// Adds a record whose step is not before the last one; of equal steps the later counts.
    pub(super) fn push(&mut self, step: u64, value: f64) {
        if !value.is_finite() {
            let bad = self.not_finite.get_or_insert(NotFinite { first_step: step, last_step: step, count: 0 });
            bad.last_step = step;
            bad.count += 1;
            self.gaps.open += 1;
            self.gaps.infinite |= value.is_infinite();
            return;
        }
        if !self.steps.is_empty() {
            self.gaps.longest = self.gaps.longest.max(self.gaps.open);
        }
        self.gaps.open = 0;
        if self.steps.last() == Some(&step) {
            if let Some(last) = self.values.last_mut() {
                self.repeats += usize::from(*last != value);
                *last = value;
            }
            return;
        }
        if self.steps.len() >= MOST {
            self.thin();
        }
        self.steps.push(step);
        self.values.push(value);
    }

    /// Drops all records of steps at or after `step`, and says how many.
    pub(super) fn truncate_from(&mut self, step: u64) -> usize {
        let kept = self.steps.partition_point(|s| *s < step);
        let mut dropped = self.steps.len() - kept;
        self.steps.truncate(kept);
        self.values.truncate(kept);
        if let Some(bad) = self.not_finite.filter(|bad| bad.last_step >= step) {
            dropped += bad.count;
            self.gaps.open = 0;
            self.not_finite =
                (bad.first_step < step).then_some(NotFinite { last_step: bad.first_step, count: 1, ..bad });
        }
        dropped
    }

    /// Adds all records of another log of this series, none of which is before the last one here.
    #[cfg(feature = "logs")]
    pub(super) fn absorb(&mut self, next: &Self) {
        let longest = self.gaps.longest.max(next.gaps.longest);
        next.points().for_each(|(step, value)| self.push(step, value));
        self.gaps = Gaps {
            open: next.gaps.open,
            longest,
            infinite: self.gaps.infinite || next.gaps.infinite,
            absent: if next.not_finite.is_some() { next.gaps.absent } else { self.gaps.absent },
        };
        self.not_finite = match (self.not_finite, next.not_finite) {
            (Some(a), Some(b)) => Some(NotFinite { count: a.count + b.count, last_step: b.last_step, ..a }),
            (a, b) => a.or(b),
        };
        self.repeats += next.repeats;
        self.thinned |= next.thinned;
    }

    fn thin(&mut self) {
        let old = MOST / 4 * 3;
        let mut index = 0;
        let mut keep = |_: &u64| {
            index += 1;
            index > old || index % 2 == 0
        };
        self.steps.retain(&mut keep);
        let mut index = 0;
        self.values.retain(|_| {
            index += 1;
            index > old || index % 2 == 0
        });
        self.thinned = true;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_series_of_any_length_keeps_its_ends_and_a_bounded_size() {
        let mut series = Series::new("train", LossKind::Train);
        for step in 0..5_000_000u64 {
            series.push(step, step as f64);
        }
        assert!(series.len() <= MOST && series.len() > MOST / 3 && series.is_thinned());
        assert_eq!(series.last(), Some((4_999_999, 4_999_999.0)));
        let tail = &series.steps()[series.len() - 100_000..];
        assert!(tail.windows(2).all(|pair| pair[1] == pair[0] + 1), "the end stays complete");
        assert!(series.points().all(|(step, value)| step as f64 == value), "steps and values stay together");
    }

    #[test]
    fn of_equal_steps_the_later_counts_and_the_change_is_counted() {
        let mut series = Series::new("train", LossKind::Train);
        for (step, value) in [(1, 3.0), (1, 3.0), (2, 2.5), (2, 2.4)] {
            series.push(step, value);
        }
        assert_eq!(series.points().collect::<Vec<_>>(), [(1, 3.0), (2, 2.4)]);
        assert_eq!(series.repeats(), 1);
    }

    #[test]
    fn nan_is_remembered_and_not_kept() {
        let mut series = Series::new("train", LossKind::Train);
        for (step, value) in [(1, 3.0), (2, f64::NAN), (3, 2.9), (4, f64::INFINITY), (5, f64::NAN)] {
            series.push(step, value);
        }
        assert_eq!(series.values(), [3.0, 2.9]);
        assert_eq!(series.not_finite(), Some(NotFinite { first_step: 2, last_step: 5, count: 3 }));
        assert!(series.ends_not_finite());
        assert_eq!(series.truncate_from(3), 4);
        assert_eq!(series.not_finite(), Some(NotFinite { first_step: 2, last_step: 2, count: 1 }));
        series.push(3, 2.8);
        assert!(!series.ends_not_finite());
    }
}
