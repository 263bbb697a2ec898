use std::fmt;

use super::table::{Table, number, warnings, wrapped};
use crate::diagnose::{Diagnosis, Influence, LackOfFit, RunInfluence};
use crate::fit::Fit;
use crate::infer::Interval;
use crate::math::order::sort_by_number;
use crate::units::Params;

/// Runs that the table of pulls shows.
const SHOWN: usize = 8;
/// p-value below which a trend or a miss is called one.
const LEVEL: f64 = 0.05;

/// The fit, how well it is known, its outliers and what they do, the runs with the largest pull and the fewest that carry the answer, lack of fit,
/// other laws, and the fit's warnings; `{:#}` leaves the warnings to the caller.
impl fmt::Display for Diagnosis {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "What the fit of {} runs rests on; N_opt at {}\n", self.fit.n_observations(), self.budget)?;
        if !self.dropped.is_empty() {
            let names = format!("Dropped {}, as asked: {}", counted(self.dropped.len()), self.dropped.join(", "));
            f.write_str(&wrapped("", &names))?;
            writeln!(f)?;
        }
        self.law(f)?;
        self.about_certainty(f)?;
        self.about_outliers(f)?;
        match (&self.influence, &self.no_optimum) {
            (Some(influence), _) => self.about_influence(f, influence)?,
            (None, reason) => {
                let reason = reason.as_deref().unwrap_or("no optimum");
                f.write_str(&wrapped("", &format!("Influence on N_opt: none can be given: {reason}")))?;
                writeln!(f)?;
            }
        }
        about_lack_of_fit(f, &self.lack_of_fit)?;
        self.about_rivals(f)?;
        if f.alternate() { Ok(()) } else { warnings(f, &self.warnings()) }
    }
}

fn optimum(params: Option<Params>) -> String {
    params.map_or("-".into(), |params| params.to_string())
}

/// "1 run", "5 runs".
fn counted(runs: usize) -> String {
    format!("{runs} run{}", if runs == 1 { "" } else { "s" })
}

impl Diagnosis {
    /// The coefficients, with and without the outliers.
    fn law(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut heading = vec![""];
        heading.extend(["E", "A", "B", "alpha", "beta", "a", "N_opt"]);
        let mut table = Table::new(&heading);
        let mut row = |name: &str, fit: &Fit, params: Option<Params>| {
            let mut cells = vec![name.to_owned()];
            cells.extend(fit.coefficients().iter().map(|c| number(c.value, 4)));
            cells.push(number(fit.exponent_a().value, 3));
            cells.push(optimum(params));
            table.row(cells);
        };
        row("these runs", &self.fit, self.influence.as_ref().map(|influence| influence.params));
        if let Some(without) = &self.without {
            row("without outliers", &without.fit, self.params_without);
        }
        writeln!(f, "{table}")
    }

    fn about_certainty(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let intervals = || self.known.iter().flat_map(|known| known.bootstrap.iter().chain(&known.profile));
        let Some(level) = intervals().next().map(|interval| interval.level) else {
            if self.fit.degrees_of_freedom() == 0 {
                let text =
                    "Intervals: none. The law passes through the runs with no degrees of freedom to tell errors by.";
                f.write_str(&wrapped("", text))?;
                writeln!(f)?;
            }
            return Ok(());
        };
        let replicates = intervals().map(|interval| interval.replicates).max().unwrap_or(0);
        writeln!(
            f,
            "Intervals at {level}: of {replicates} bootstrap replicates, and where the profiled objective rises"
        )?;
        let mut table = Table::new(&["", "estimate", "bootstrap", "profile"]);
        let ends = |interval: &Option<Interval>| {
            interval.as_ref().map_or("-".into(), |found| {
                let [_, low, high] = found.written(4);
                format!("{low} to {high}")
            })
        };
        for known in &self.known {
            let found = known.bootstrap.as_ref().or(known.profile.as_ref());
            let point = found.map_or_else(|| number(known.point, 4), |found| found.written(4)[0].clone());
            table.row(vec![known.quantity.clone(), point, ends(&known.bootstrap), ends(&known.profile)]);
        }
        writeln!(f, "{table}")
    }

    fn name(&self, row: usize) -> &str {
        self.labels.get(row).map_or("", String::as_str)
    }

    fn about_outliers(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let outliers = self.fit.outliers();
        let rows = &outliers.rows;
        let z = |row: usize| outliers.z.get(row).copied().unwrap_or(0.0);
        let (Some(first), Some(limit)) = (outliers.first, outliers.limit) else {
            let text = "Outliers: none can be told, with fewer than 15 runs or none that scatter.";
            f.write_str(&wrapped("", text))?;
            return writeln!(f);
        };
        if rows.is_empty() {
            let farthest = outliers.z.iter().fold(0.0f64, |a, z| a.max(z.abs()));
            let text = format!(
                "Outliers: none. The farthest run lies {farthest:.1} scales of noise ({:.2} % of the loss) from a fit that \
                 outliers do not bend; {:.1} would make it one.",
                100.0 * outliers.scale,
                first
            );
            f.write_str(&wrapped("", &text))?;
            return writeln!(f);
        }
        let text = format!(
            "Outliers: {} more than {:.1} scales of noise ({:.2} % of the loss) from a fit that outliers do not bend. What is \
             named here is in the fit unless dropped on request.",
            counted(rows.len()) + if rows.len() == 1 { " lies" } else { " lie" },
            limit,
            100.0 * outliers.scale
        );
        f.write_str(&wrapped("", &text))?;
        let mut table = Table::new(&["run", "z", "loss is"]);
        for &row in rows {
            let off = (-z(row) * outliers.scale).exp_m1();
            let side = if off > 0.0 { "above" } else { "below" };
            table.row(vec![
                self.name(row).into(),
                format!("{:+.1}", z(row)),
                format!("{:.1} % {side} the law", 100.0 * off.abs()),
            ]);
        }
        write!(f, "{table}")?;
        let before = self.influence.as_ref().map(|influence| influence.params);
        let effect = match (before, self.params_without) {
            (Some(with), Some(without)) => format!(
                "With them N_opt is {with}, without them {without}: they move it by a factor of {:.2}.",
                with / without
            ),
            _ => "The law has no optimum with or without them.".into(),
        };
        f.write_str(&wrapped("  ", &effect))?;
        writeln!(f)
    }

    fn about_influence(&self, f: &mut fmt::Formatter<'_>, influence: &Influence) -> fmt::Result {
        if self.fit.degrees_of_freedom() == 0 {
            let text =
                "Influence: none can be measured, for without any of the runs the others do not determine the law.";
            f.write_str(&wrapped("", text))?;
            return writeln!(f);
        }
        let mut order: Vec<_> = influence.runs.iter().collect();
        let size = |change: Option<f64>| change.map_or(f64::INFINITY, f64::abs);
        sort_by_number(&mut order, |one| -size(one.change_ln_params));
        writeln!(f, "Influence: N_opt without single runs, by true refits; the largest changes")?;
        let mut table = Table::new(&["run", "N_opt without it", "change", "distance", "z"]);
        // Where no outlier can be told there is no distance from a law that they do not bend.
        let z = |run: &RunInfluence| match self.fit.outliers().first {
            Some(_) => format!("{:+.1}", run.robust_z),
            None => "-".into(),
        };
        for run in order.into_iter().take(SHOWN) {
            let percent = |change: f64| format!("{:+.1} %", 100.0 * change.exp_m1());
            let moved = run.change_ln_params.and_then(|c| Params::new(influence.params.get() * c.exp()).ok());
            table.row(vec![
                self.name(run.row).into(),
                optimum(moved),
                run.change_ln_params.map_or("no optimum".into(), percent),
                run.distance.map_or("-".into(), |distance| number(distance, 2)),
                z(run),
            ]);
        }
        write!(f, "{table}")?;
        let text = match &influence.sway {
            Some(sway) => {
                let names: Vec<&str> = sway.rows.iter().map(|&row| self.name(row)).collect();
                format!(
                    "{} of {} runs {} the answer: without {} N_opt is {}, more than {}x off.",
                    names.len(),
                    influence.runs.len(),
                    if names.len() == 1 { "carries" } else { "carry" },
                    names.join(", "),
                    sway.params,
                    influence.factor
                )
            }
            None => format!(
                "No set of up to {} runs was found whose removal moves N_opt more than {}x.",
                influence.most, influence.factor
            ),
        };
        f.write_str(&wrapped("  ", &text))?;
        writeln!(f)
    }

    fn about_rivals(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.rivals.is_empty() {
            if self.fit.degrees_of_freedom() == 0 {
                let text =
                    "Other laws: with no degrees of freedom left by this one, laws cannot be compared on these runs.";
                f.write_str(&wrapped("", text))?;
            }
            return Ok(());
        }
        writeln!(f, "Other laws on the same runs and loss: excess of the objective over this law's")?;
        let mut table = Table::new(&["law", "excess", "+-", "N_opt", ""]);
        for rival in &self.rivals {
            let verdict = match (rival.fits_better(), rival.fits_as_well) {
                (true, _) => "fits better here",
                (_, true) => "fits as well",
                _ => "fits worse",
            };
            table.row(vec![
                rival.formula.clone(),
                format!("{:+.2} %", 100.0 * rival.excess / self.fit.objective().max(f64::MIN_POSITIVE)),
                format!("{:.2} %", 100.0 * rival.excess_error / self.fit.objective().max(f64::MIN_POSITIVE)),
                optimum(rival.params),
                verdict.into(),
            ]);
        }
        write!(f, "{table}")?;
        let note = "A law with more coefficients fits no worse on the runs it was fitted to: a roll-out tells whether it \
                    predicts better.";
        f.write_str(&wrapped("  ", note))
    }
}

fn about_lack_of_fit(f: &mut fmt::Formatter<'_>, found: &LackOfFit) -> fmt::Result {
    if found.trends.is_empty() {
        return Ok(());
    }
    writeln!(f, "Lack of fit: trends of the residuals ln(law/loss), p by {} wild refits", found.refits)?;
    let mut table = Table::new(&["against", "share", "p", "p of four", "low third", "middle", "high third"]);
    for trend in &found.trends {
        let mut cells = vec![
            trend.against.into(),
            format!("{:.0} %", 100.0 * trend.share),
            number(trend.p_value, 2),
            number(trend.p_holm, 2),
        ];
        cells.extend(trend.thirds.map(|mean| format!("{:+.2} %", 100.0 * mean)));
        table.row(cells);
    }
    write!(f, "{table}")?;
    let seen: Vec<&str> = found.trends.iter().filter(|trend| trend.p_holm < LEVEL).map(|trend| trend.against).collect();
    let text = if seen.is_empty() {
        "No trend beyond chance at the 5 % level.".to_owned()
    } else {
        format!(
            "The law misses something that goes with {}: do not trust its standard errors, and extrapolate with care.",
            seen.join(", ")
        )
    };
    f.write_str(&wrapped("  ", &text))?;
    if let Some(pure) = &found.replicates {
        let text = format!(
            "Replicates: {} runs in {} groups of equal N and D scatter by {:.2} %; the groups' means miss the law by {:.2} % \
             beyond that (p = {}).",
            pure.runs,
            pure.groups,
            100.0 * pure.within,
            100.0 * pure.between,
            number(pure.p_value, 2)
        );
        f.write_str(&wrapped("  ", &text))?;
    }
    writeln!(f)
}
