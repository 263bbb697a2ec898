//! Charts of Weights & Biases as CSV: an axis, then a column "run - metric" for each run.

use super::columns::{Column, Quantity, Scale};
use super::names::{Role, role, words};

/// What stands on the x axis.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Axis {
    Step,
    Tokens(Scale),
    /// A time of day or since the start, which is no step.
    Time,
    /// Another metric, which only says how the points follow each other.
    Other,
}

impl Axis {
    pub fn of(name: &str) -> Self {
        let words = words(name);
        let has = |list: &[&str]| words.iter().any(|word| list.contains(&word.as_str()));
        match role(name) {
            Role::Step => Self::Step,
            Role::Tokens(scale) => Self::Tokens(scale),
            _ if has(&["time", "runtime", "timestamp", "seconds", "minutes", "hours"]) => Self::Time,
            _ if has(&["tokens"]) && !has(&["per", "sec", "second", "s"]) => Self::Tokens(Scale::One),
            _ => Self::Other,
        }
    }

    /// The column of D, if it is that.
    pub fn tokens(self, name: &str) -> Option<Column> {
        let Self::Tokens(scale) = self else { return None };
        Some(Column { quantity: Quantity::Tokens, index: 0, name: name.into(), scale })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::LogError;
    use crate::logs::{LogReader, TrainingLog};

    #[test]
    fn an_axis_is_told_by_its_name() {
        for (name, axis) in [
            ("Step", Axis::Step),
            ("trainer/global_step", Axis::Step),
            ("Relative Time (Process)", Axis::Time),
            ("Relative Time (Wall)", Axis::Time),
            ("Wall Time", Axis::Time),
            ("_timestamp", Axis::Time),
            ("tokens", Axis::Tokens(Scale::One)),
            ("tokens (B)", Axis::Tokens(Scale::PowerOfTen(9))),
            ("throughput/total_tokens", Axis::Tokens(Scale::One)),
            ("tokens/sec", Axis::Other),
            ("lr", Axis::Other),
            ("epoch", Axis::Other),
        ] {
            assert_eq!(Axis::of(name), axis, "{name}");
        }
    }

    fn read(axis: &str) -> Result<TrainingLog, LogError> {
        let text = format!("\"{axis}\",\"m19 - val/loss\",\"m48 - val/loss\"\n3750,5,\n7500,4.5,4.2\n11250,4.2,4\n");
        LogReader::new().read(text.as_bytes(), "chart.csv")
    }

    #[test]
    fn only_a_step_on_the_axis_is_a_step() {
        assert_eq!(read("Step").unwrap().histories[0].last_step(), Some(11250));
        for time in ["Relative Time (Process)", "Relative Time (Wall)", "Wall Time"] {
            let said = read(time).unwrap_err().to_string();
            assert!(said.starts_with("chart.csv: ") && said.contains("export it with Step on the x axis"), "{said}");
        }
        let log = read("tokens").unwrap();
        let d = |run: usize| {
            let run = &log.histories[run];
            assert!(run.has_nominal_steps());
            run.tokens_at(run.last_step().unwrap()).map(|tokens| tokens.get())
        };
        assert_eq!((d(0), d(1)), (Some(11250.0), Some(11250.0)));
        let log = read("lr").unwrap();
        let mut run = log.histories[0].clone();
        run.set_tokens_per_step(1e6);
        assert_eq!((run.tokens_at(3), log.warnings.len()), (None, 1));
        let said = log.warnings[0].to_string();
        assert!(said.contains("lr is on the x axis"), "{said}");
    }
}
