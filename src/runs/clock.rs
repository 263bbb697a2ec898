/// What a log says of the tokens seen at its steps.
///
/// Between two stated steps tokens are interpolated in proportion to the steps, which is exact where the batch does not
/// change between them; before the first they are taken in proportion from zero, after the last in proportion to the
/// last interval.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Clock {
    points: Vec<(u64, f64)>,
}

/// A batch that stays the same needs few points: one is dropped where it lies on the line between its neighbours.
const STRAIGHT: f64 = 1e-12;

impl Clock {
    pub fn push(&mut self, step: u64, amount: f64) {
        if !(amount.is_finite() && amount >= 0.0) {
            return;
        }
        self.truncate_from(step);
        if let [.., (s0, a0), (s1, a1)] = self.points.as_slice() {
            let predicted = a0 + (a1 - a0) * (step - s0) as f64 / (s1 - s0) as f64;
            if (predicted - amount).abs() <= STRAIGHT * amount {
                self.points.pop();
            }
        }
        self.points.push((step, amount));
    }

    pub fn truncate_from(&mut self, step: u64) {
        while self.points.last().is_some_and(|(last, _)| *last >= step) {
            self.points.pop();
        }
    }

    /// What another log of the same run says: from a step on in place of this one, or where this one says nothing.
    #[cfg(feature = "logs")]
    pub fn absorb(&mut self, next: Self, from: Option<u64>) {
        match from {
            Some(_) if next.points.is_empty() => {}
            Some(step) => {
                self.truncate_from(step);
                next.points.into_iter().for_each(|(step, amount)| self.push(step, amount));
            }
            None if self.points.is_empty() => *self = next,
            None => {}
        }
    }

    /// The steps whose amount is kept.
    #[cfg(feature = "logs")]
    pub fn points(&self) -> &[(u64, f64)] {
        &self.points
    }

    /// The amount at a step.
    pub fn at(&self, step: u64) -> Option<f64> {
        let after = self.points.partition_point(|(s, _)| *s < step);
        let between = |(s0, a0): (u64, f64), (s1, a1): (u64, f64)| {
            let share = (step as f64 - s0 as f64) / (s1 as f64 - s0 as f64);
            a0 + (a1 - a0) * share
        };
        let before = after.checked_sub(1).and_then(|index| self.points.get(index)).copied();
        match (before, self.points.get(after).copied()) {
            (_, Some((s, amount))) if s == step => Some(amount),
            (Some(before), Some(next)) => Some(between(before, next)),
            (None, Some(next)) => Some(between((0, 0.0), next)),
            (Some(last), None) => {
                let earlier = after.checked_sub(2).and_then(|index| self.points.get(index)).copied();
                let from = earlier.unwrap_or((0, 0.0));
                (last.0 > from.0).then(|| between(from, last))
            }
            (None, None) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_read_between_and_beyond_the_stated_steps() {
        let mut clock = Clock::default();
        assert_eq!(clock.at(5), None);
        clock.push(100, 1000.0);
        assert_eq!((clock.at(50), clock.at(200)), (Some(500.0), Some(2000.0)));
        // The batch doubles after step 100.
        clock.push(200, 3000.0);
        assert_eq!((clock.at(150), clock.at(100), clock.at(300)), (Some(2000.0), Some(1000.0), Some(5000.0)));
        clock.push(300, 5000.0);
        assert_eq!(clock.points.len(), 2, "a straight line needs two points");
        assert_eq!(clock.at(250), Some(4000.0));
        clock.truncate_from(0);
        assert_eq!(clock.at(1), None);
    }
}
