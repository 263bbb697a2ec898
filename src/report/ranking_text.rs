use std::fmt;

use super::table::{Table, number, wrapped};
use crate::diagnose::{Coverage, FactorBand, Ranking, RollOut};

fn percent(value: f64) -> String {
    format!("{:.2} %", 100.0 * value)
}

/// "1-2x" or ">100x".
fn range(band: &FactorBand) -> String {
    match band.to {
        Some(to) => format!("{}-{}x", band.from, to),
        None => format!(">{}x", band.from),
    }
}

/// Errors by extrapolation factor, how the intervals did, and what stands behind it.
impl fmt::Display for RollOut {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "Roll-out of {}: fits to the smaller runs, predictions of the larger ones\n", self.contender)?;
        let mut table = Table::new(&["fitted to C", "runs", ""]);
        for stage in &self.stages {
            let failed = stage.failure.as_deref().map_or(String::new(), |text| format!("failed: {text}"));
            table.row(vec![format!("<= {}", stage.budget), stage.runs.to_string(), failed]);
        }
        writeln!(f, "{table}")?;
        writeln!(f, "Errors in ln L by C over the largest C fitted; intervals at {} %", 100.0 * self.level)?;
        let mut heading = vec!["factor", "predictions", "mean |error|", "bias"];
        heading.extend(["own held", "width", "score", "conformal held", "width", "score"]);
        let mut table = Table::new(&heading);
        for band in &self.bands {
            let mut row = vec![
                range(band),
                band.predictions.to_string(),
                percent(band.mean_absolute_error),
                format!("{:+.2} %", 100.0 * band.bias),
            ];
            for coverage in [band.own, band.conformal] {
                row.extend(cells(coverage));
            }
            table.row(row);
        }
        writeln!(f, "{table}")?;
        let total = format!(
            "Mean |error| with every level of compute counted once: {}; one level ahead: {}.",
            percent(self.mean_absolute_error()),
            percent(self.one_step_error())
        );
        f.write_str(&wrapped("  ", &total))?;
        let deserved: Vec<String> = [2.0, 4.0, 10.0, 30.0]
            .into_iter()
            .filter_map(|factor| self.recalibrated(factor).map(|half| format!("+-{} at {factor}x", percent(half))))
            .collect();
        let text = if deserved.is_empty() {
            "Too few errors at like factors to recalibrate an interval by.".to_owned()
        } else {
            format!(
                "Recalibrated by these errors (conformal), a prediction beyond all the runs deserves {}.",
                deserved.join(", ")
            )
        };
        f.write_str(&wrapped("  ", &text))?;
        let note = "The errors share fits and runs: a few witnesses, not as many as there are predictions.";
        f.write_str(&wrapped("  ", note))
    }
}

fn cells(coverage: Option<Coverage>) -> [String; 3] {
    match coverage {
        Some(c) => [format!("{:.0} %", 100.0 * c.covered), percent(c.width), percent(c.score)],
        None => ["-".into(), "-".into(), "-".into()],
    }
}

/// The contenders in the order of their roll-out error, whether they are told apart, and what cannot be told.
impl fmt::Display for Ranking {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "Ways to fit these runs, by what they predicted of larger ones; N_opt at {}\n", self.budget)?;
        let mut heading = vec!["contender", "free", "error", "1 ahead", "p", "size out", "p", "N_opt"];
        let informed = self.entries.iter().any(|entry| entry.information.is_some());
        if informed {
            heading.extend(["AICc", "BIC"]);
        }
        heading.push("");
        let mut table = Table::new(&heading);
        let dash = || "-".to_owned();
        for entry in &self.entries {
            let mut row = vec![
                entry.name.clone(),
                entry.free.to_string(),
                percent(entry.error),
                percent(entry.one_step_error),
                entry.p_value.map_or_else(dash, |p| number(p, 2)),
                entry.left_out_error.map_or_else(dash, percent),
                entry.p_by_size.map_or_else(dash, |p| number(p, 2)),
                entry.params.map_or_else(dash, |params| params.to_string()),
            ];
            if informed {
                row.extend(match entry.information {
                    Some(information) => [format!("{:.1}", information.aicc), format!("{:.1}", information.bic)],
                    None => [dash(), dash()],
                });
            }
            row.push(match entry.p_value {
                None => "failed".into(),
                Some(_) if entry.is_worse() => "worse".into(),
                Some(_) => String::new(),
            });
            table.row(row);
        }
        writeln!(f, "{table}")?;
        f.write_str(&wrapped("  ", &self.verdict()))?;
        let note = "error: mean |ln law - ln loss| of the roll-out, every level of compute once; 1 ahead: of the next level \
                    alone; size out: of sizes predicted from the others; p: chance to seem worse by as much where all predict \
                    equally well, by signs flipped level by level or size by size.";
        f.write_str(&wrapped("  ", note))?;
        for (name, failure) in &self.failures {
            f.write_str(&wrapped("  ! ", &format!("{name} could not be fitted: {failure}")))?;
        }
        for entry in &self.entries {
            if let Some(failure) = entry.roll_out.stages.iter().find_map(|stage| stage.failure.as_ref()) {
                f.write_str(&wrapped("  ! ", &format!("{} failed at a stage: {failure}", entry.name)))?;
            }
        }
        Ok(())
    }
}

impl Ranking {
    /// What the ranking says in a sentence.
    fn verdict(&self) -> String {
        let Some(best) = self.entries.first() else { return "No contender could be fitted.".into() };
        let open: Vec<&str> = self
            .entries
            .iter()
            .skip(1)
            .filter(|entry| entry.p_value.is_some() && !entry.is_worse())
            .map(|entry| entry.name.as_str())
            .collect();
        let least = 0.5f64.powi(self.levels.min(60) as i32);
        if least > 0.05 {
            return format!(
                "{} predicted best; with {} levels of compute no difference can be told from noise at 5 %.",
                best.name, self.levels
            );
        }
        if best.is_worse() {
            return format!(
                "{} has the least error over all factors, yet another is better one level ahead by more than noise: the \
                 order depends on how far ahead is asked.",
                best.name
            );
        }
        if open.is_empty() && self.entries.len() > 1 {
            return format!("{} predicted better than every other by more than noise.", best.name);
        }
        if open.is_empty() {
            return format!("{} stands alone.", best.name);
        }
        format!("{} predicted best; not told apart from it by {} levels: {}.", best.name, self.levels, open.join("; "))
    }
}
