//! What a page says of how far its fit can be trusted.

use super::RunReport;
use crate::diagnose::{Diagnose, rank};
use crate::error::Error;
use crate::figures;
use crate::infer::{Inference, Interval, Quantity};
use crate::report::html::{escape, intervals};
use crate::units::Flops;

impl RunReport {
    /// Intervals of the coefficients and of the splits, and why some are not there.
    pub(super) fn intervals(&self) -> String {
        let inference = Inference::new(&self.approach, &self.runs, &self.fit);
        let mut asked = Vec::from(["E", "A", "B", "alpha", "beta"].map(Quantity::coefficient));
        asked.push(Quantity::ExponentParams);
        for split in &self.budgets {
            let budget = split.budget();
            asked.extend([
                Quantity::OptimalParams(budget),
                Quantity::OptimalTokens(budget),
                Quantity::OptimalLoss(budget),
            ]);
        }
        let (mut found, mut refused): (Vec<Interval>, Vec<String>) = (Vec::new(), Vec::new());
        for quantity in &asked {
            match inference.interval(quantity, self.level, self.method) {
                Ok(interval) => found.push(interval),
                Err(error) => refused.push(error.to_string()),
            }
        }
        refused.dedup();
        let refused = refused.iter().map(|reason| soft(reason)).collect::<String>();
        let doubts: String = inference.warnings().iter().map(|warning| soft(&warning.to_string())).collect();
        let figure = self.drawn(figures::quantities(&found).map_err(Error::from));
        intervals(&found) + &refused + &doubts + &figure
    }

    /// Outliers, pulls of single runs, lack of fit, other laws.
    pub(super) fn diagnosis(&self) -> String {
        let mut diagnose = Diagnose::new().delta(self.fit.delta());
        if let Some(split) = self.budgets.first() {
            diagnose = diagnose.budget(split.budget());
        }
        match diagnose.run(&self.runs) {
            Ok(mut found) => {
                // Intervals have a section of their own.
                found.known.clear();
                pre(&format!("{found:#}")) + &self.drawn(figures::influence(&found).map_err(Error::from))
            }
            Err(error) => soft(&error.to_string()),
        }
    }

    /// Laws ranked by what they predicted of larger runs.
    pub(super) fn contest(&self) -> String {
        if self.contenders.is_empty() {
            return String::new();
        }
        let largest = self.runs.params().iter().zip(self.runs.tokens()).map(|(n, d)| 6.0 * n * d).fold(0.0, f64::max);
        let budget = self.budgets.first().map_or_else(|| Flops::new(10.0 * largest), |split| Ok(split.budget()));
        let ranked = budget
            .map_err(Error::from)
            .and_then(|budget| Ok(rank(&self.runs, &self.contenders, budget, self.level.get(), 0)?));
        match ranked {
            Ok(found) => {
                let rolled: Vec<_> = found.entries.iter().map(|entry| &entry.roll_out).collect();
                pre(&found.to_string()) + &self.drawn(figures::rollout(&rolled).map_err(Error::from))
            }
            Err(error) => soft(&error.to_string()),
        }
    }
}

fn pre(text: &str) -> String {
    format!("<pre>{}</pre>\n", escape(text.trim_end()))
}

fn soft(text: &str) -> String {
    format!("<p class=\"soft\">{}</p>\n", escape(text))
}
