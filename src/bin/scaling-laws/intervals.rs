//! The arguments of every command that gives intervals, and how they look.

use clap::Args;
use scaling_laws::figures::{self, Figure};
use scaling_laws::{
    Approach3, Clusters, Fit, Flops, InferError, Inference, Interval, LawInference, Level, Method, Quantity,
    Resampling, Runs, StoredLaw, Warning,
};

use crate::answer::Failure;
use crate::fitting::RowLaw;
use crate::progress::Progress;

#[derive(Debug, Args)]
#[command(next_help_heading = "Intervals")]
pub struct Sampling {
    /// Share of samples whose interval holds the truth
    #[arg(long, value_name = "SHARE", default_value = "90%")]
    level: Level,
    /// Runs with the same text in this column move together; "size" groups runs of one N
    #[arg(long, value_name = "COLUMN")]
    cluster: Option<String>,
    /// How replicates are drawn: wild, pairs or residuals
    #[arg(long, value_name = "PLAN", default_value = "wild", value_parser = plan)]
    resampling: Resampling,
    /// Bootstrap replicates
    #[arg(long, value_name = "COUNT", default_value_t = 1000)]
    replicates: usize,
    /// Seed of the replicates
    #[arg(long, value_name = "NUMBER", default_value_t = 0)]
    seed: u64,
}

fn plan(text: &str) -> Result<Resampling, String> {
    match text {
        "wild" => Ok(Resampling::Wild),
        "pairs" => Ok(Resampling::Pairs),
        "residuals" => Ok(Resampling::Residuals),
        _ => Err("write wild, pairs or residuals".into()),
    }
}

impl Sampling {
    pub fn level(&self) -> Level {
        self.level
    }

    /// Intervals for each quantity; those that the method cannot give are left out with a line that says why.
    pub fn intervals(
        &self,
        (approach, runs, fit): (&Approach3, &Runs, &Fit),
        quantities: &[Quantity],
        method: Method,
    ) -> Result<Found, Failure> {
        let inference = self.inference((approach, runs, fit))?;
        sorted(quantities.iter().map(|quantity| inference.interval(quantity, self.level, method)))
    }

    /// Their profile curves.
    pub fn profiles(&self, asked: (&Approach3, &Runs, &Fit), quantities: &[Quantity]) -> Result<Figure, Failure> {
        Ok(figures::profiles(&self.inference(asked)?, quantities, self.level)?)
    }

    fn inference<'a>(
        &self,
        (approach, runs, fit): (&'a Approach3, &'a Runs, &'a Fit),
    ) -> Result<Inference<'a>, Failure> {
        let inference = Inference::new(approach, runs, fit)
            .replicates(self.replicates)
            .seed(self.seed)
            .resampling(self.resampling.clone());
        Ok(match self.clusters(runs) {
            Some(clusters) => inference.clusters(&clusters).map_err(failure)?,
            None => inference,
        })
    }

    /// The same for a fit of any law.
    pub fn law_intervals(
        &self,
        (inference, runs): (LawInference<'_, RowLaw>, Option<&Runs>),
        quantities: &[Quantity],
        method: Method,
    ) -> Result<Found, Failure> {
        let inference = self.prepared(inference, runs)?;
        sorted(quantities.iter().map(|quantity| inference.interval(quantity, self.level, method)))
    }

    /// Their profile curves.
    pub fn law_profiles(
        &self,
        (inference, runs): (LawInference<'_, RowLaw>, &Runs),
        quantities: &[Quantity],
    ) -> Result<Figure, Failure> {
        Ok(figures::law_profiles(&self.prepared(inference, Some(runs))?, quantities, self.level)?)
    }

    /// The mean and a new run at an input, and quantities. `value` is the name of what the law predicts.
    pub fn law_predictions(
        &self,
        (inference, runs): (LawInference<'_, RowLaw>, Option<&Runs>),
        (value, at): (&str, Option<(&Vec<f64>, &str)>),
        quantities: &[Quantity],
        method: Method,
    ) -> Result<Found, Failure> {
        let inference = self.prepared(inference, runs)?;
        let value = value.replace('_', " ");
        let mut answers = Vec::new();
        if let Some((row, place)) = at {
            let named = |mut interval: Interval, what: String| {
                interval.quantity = format!("{what} at {place}");
                interval
            };
            answers.push(inference.mean_at(row, self.level, method).map(|mean| named(mean, format!("mean {value}"))));
            if adds_scatter(method) {
                answers.push(
                    inference.new_at(row, self.level, method).map(|new| named(new, format!("{value} of a new run"))),
                );
            }
        }
        answers.extend(quantities.iter().map(|quantity| inference.interval(quantity, self.level, method)));
        let (intervals, mut refused) = sorted(answers)?;
        refused.extend(at.filter(|_| !adds_scatter(method)).map(|_| without_scatter(method)));
        Ok((intervals, refused))
    }

    fn prepared<'a>(
        &self,
        inference: LawInference<'a, RowLaw>,
        runs: Option<&Runs>,
    ) -> Result<LawInference<'a, RowLaw>, Failure> {
        let inference = self.drawn(inference);
        let Some(runs) = runs else {
            return match self.cluster {
                Some(_) => Err(Failure::usage(
                    "--cluster is for laws of losses, fitted to a table with both N and D, or one of them and C",
                )),
                None => Ok(inference),
            };
        };
        Ok(match self.clusters(runs) {
            Some(clusters) => inference.clusters(&clusters).map_err(failure)?,
            None => inference,
        })
    }

    fn drawn<'a>(&self, inference: LawInference<'a, RowLaw>) -> LawInference<'a, RowLaw> {
        inference.replicates(self.replicates).seed(self.seed).resampling(self.resampling.clone())
    }

    fn clusters(&self, runs: &Runs) -> Option<Clusters> {
        self.cluster.as_ref().map(|column| {
            let by_size = column == "size" && runs.extra(column).is_none();
            if by_size { Clusters::BySize } else { Clusters::Column(column.clone()) }
        })
    }
}

/// Intervals, and why others are not there.
pub type Found = (Vec<Interval>, Vec<String>);

/// Whether a method adds the scatter of a new run.
pub fn adds_scatter(method: Method) -> bool {
    matches!(method, Method::Percentile | Method::Delta)
}

/// That such a method says nothing of a new run.
pub fn without_scatter(method: Method) -> String {
    format!("{method} gives no interval for a new run, which scatters about the mean: percentile and delta do")
}

fn sorted(answers: impl IntoIterator<Item = Result<Interval, InferError>>) -> Result<Found, Failure> {
    let _progress = Progress::of_work("intervals");
    let (mut intervals, mut refused) = (Vec::new(), Vec::new());
    for answer in answers {
        match answer {
            Ok(interval) => intervals.push(interval),
            Err(error @ (InferError::NoStandardError { .. } | InferError::NoValue { .. })) => {
                refused.push(error.to_string());
            }
            Err(error) => return Err(failure(error)),
        }
    }
    Ok((intervals, refused))
}

/// A method or number that does not suit is wrong usage.
fn failure(error: InferError) -> Failure {
    match error {
        InferError::Unsuited { .. } | InferError::TooFewReplicates { .. } | InferError::UnknownColumn { .. } => {
            Failure::usage(error)
        }
        other => Failure::from(other),
    }
}

/// What a fit is asked of, and of its optimal split of a budget where there is one.
pub fn of_fit(budget: Option<Flops>) -> Vec<Quantity> {
    let coefficients = ["E", "A", "B", "alpha", "beta"].map(Quantity::coefficient);
    let mut quantities = Vec::from(coefficients);
    quantities.push(Quantity::ExponentParams);
    quantities.extend(budget.into_iter().flat_map(of_budget));
    quantities
}

/// What a fit of any law is asked of: its coefficients, and the split of a budget where it is a loss of N and D.
pub fn of_law_fit<'n>(
    names: impl Iterator<Item = &'n str>,
    law: Option<&StoredLaw>,
    budget: Option<Flops>,
) -> Vec<Quantity> {
    let mut quantities: Vec<Quantity> = names.map(Quantity::coefficient).collect();
    if let Some(StoredLaw::Chinchilla(_)) = law {
        quantities.push(Quantity::ExponentParams);
    }
    quantities.extend(budget.filter(|_| law.is_some()).into_iter().flat_map(of_budget));
    quantities
}

/// N, D, D/N and loss at the optimum of a budget.
pub fn of_budget(budget: Flops) -> [Quantity; 4] {
    [
        Quantity::OptimalParams(budget),
        Quantity::OptimalTokens(budget),
        Quantity::TokensPerParam(budget),
        Quantity::OptimalLoss(budget),
    ]
}

/// A table for people.
pub fn text(intervals: &[Interval], refused: &[String]) -> String {
    let mut text = String::new();
    if let Some(first) = intervals.first() {
        let by = if first.resampling.is_empty() {
            String::new()
        } else {
            format!(" of {} {} replicates", first.replicates, first.resampling)
        };
        text.push_str(&format!("\n{} intervals, {}{by}\n", first.level, first.method));
    }
    let width = intervals.iter().map(|interval| interval.quantity.chars().count()).max().unwrap_or(0);
    for interval in intervals {
        let (quantity, [point, low, high]) = (&interval.quantity, interval.written(5));
        text.push_str(&format!("  {quantity:<width$}  {point:>10}  [{low}, {high}]\n"));
    }
    refused.iter().for_each(|reason| text.push_str(&format!("  {reason}\n")));
    text
}

/// The doubts of all intervals, each once.
pub fn warnings(intervals: &[Interval]) -> Vec<Warning> {
    let mut warnings: Vec<Warning> = Vec::new();
    for warning in intervals.iter().flat_map(|interval| &interval.warnings) {
        if !warnings.contains(warning) {
            warnings.push(warning.clone());
        }
    }
    warnings
}
