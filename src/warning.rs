mod frontier;
mod interval;
mod moved;

use std::fmt;

pub use frontier::FrontierDoubt;
pub use interval::IntervalDoubt;
pub use moved::MovedOptimum;

/// A doubt about a result, carried in the result. [`code`](Self::code) is stable; the text is for people.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Warning {
    /// The point lies outside the range on which the law was fitted.
    Extrapolation {
        /// "N", "D", "C" or a knob; of a sparsity S it is 1 − S, whose factor says how far outside a point is.
        axis: &'static str,
        /// Where the law was asked.
        value: f64,
        /// The nearest end of its range.
        limit: f64,
        /// How many times beyond or below that end.
        factor: f64,
    },
    /// The published numbers of this law are known to be rounded, superseded or inconsistent.
    Erratum {
        /// What is known.
        note: String,
    },
    /// The coefficients were not seen in the source itself.
    Unverified {
        /// The law's id.
        law: String,
    },
    /// A coefficient sits on the edge of its allowed range.
    AtBound {
        /// The coefficient.
        coefficient: &'static str,
        /// The bound it sits on.
        bound: f64,
        /// What that means.
        meaning: &'static str,
    },
    /// The runs do not pin a coefficient down.
    NotIdentified {
        /// The coefficient.
        coefficient: &'static str,
        /// Its estimate.
        estimate: f64,
        /// Its standard error, where there is one.
        standard_error: Option<f64>,
        /// Coefficients it trades against.
        confounded_with: Vec<&'static str>,
        /// Why, in terms of the runs.
        reason: String,
    },
    /// The scaled normal matrix is nearly singular.
    IllConditioned {
        /// Condition number of the unit-diagonal curvature matrix.
        condition: f64,
    },
    /// N or D covers less than a decade.
    NarrowRange {
        /// "N" or "D".
        axis: &'static str,
        /// Factor between largest and smallest.
        factor: f64,
    },
    /// N and D move together, so their terms are told apart by curvature alone.
    Collinear {
        /// Correlation of ln N and ln D.
        correlation: f64,
    },
    /// D is tied to N, or fixed, within most of the runs.
    DesignTied {
        /// How D is tied.
        how: String,
        /// Runs that are so tied.
        runs: usize,
        /// All runs.
        of: usize,
    },
    /// Residuals differ by group: several recipes or corpora were fitted as one.
    MixedGroups {
        /// The column that tells them apart.
        column: String,
        /// Number of groups.
        groups: usize,
        /// Share of the residual variance between the groups.
        share: f64,
        /// Chance of a share this large without differences (F test).
        p_value: f64,
    },
    /// Few degrees of freedom.
    FewRuns {
        /// Runs.
        runs: usize,
        /// Coefficients.
        coefficients: usize,
    },
    /// Some runs lie farther from the law than heavy-tailed noise throws them.
    Outliers {
        /// Their names in the log or row numbers, worst first.
        runs: Vec<String>,
        /// Largest distance from a law that they do not bend, in its scale of noise.
        worst: f64,
        /// What they do to the optimum, where there is one with and without them.
        moved: Option<MovedOptimum>,
    },
    /// Observed losses below the fitted irreducible loss.
    BelowIrreducible {
        /// Their names in the log or row numbers.
        runs: Vec<String>,
        /// The fitted E.
        irreducible: f64,
    },
    /// Rows that repeat N, D and loss exactly.
    DuplicateRows {
        /// How many repeat an earlier row.
        count: usize,
    },
    /// Another set of coefficients fits about as well.
    SecondBasin {
        /// Its objective over the best one, minus 1.
        excess: f64,
        /// Its exponent a = beta/(alpha + beta).
        exponent_a: f64,
        /// The exponent a of the optimum.
        best_exponent_a: f64,
    },
    /// The optimum is not certified.
    NotCertified {
        /// What is missing.
        reason: String,
    },
    /// The loss no longer falls with N or D beyond its rounding, as where a corpus is used up: the point is one of many, and
    /// more compute buys nothing.
    FlatLoss {
        /// The loss.
        loss: f64,
    },
    /// A quantity was not in the log and was derived.
    Derived {
        /// What and how.
        how: String,
    },
    /// A logged FLOP column disagrees with 6ND.
    FlopsDisagree {
        /// Median of logged over 6ND.
        ratio: f64,
    },
    /// Values that were not needed and could not be used.
    Ignored {
        /// What and why.
        what: String,
    },
    /// A trend is asked about a time it was not seen over.
    BeyondTrend {
        /// The trend's id.
        trend: String,
        /// The decimal year asked for that lies farthest outside.
        year: f64,
        /// First year of what the trend was seen over.
        first: f64,
        /// Its last year.
        last: f64,
    },
    /// Losses of different data or vocabularies stand side by side.
    DifferentData {
        /// How many data sets.
        sets: usize,
    },
    /// One N was given to laws that count N in different ways.
    DifferentCounts {
        /// The ways, in words.
        counts: Vec<String>,
    },
    /// A schedule begins at a high learning rate, and the law of curves was fitted to runs with a warm-up.
    NoWarmUp {
        /// The first learning rate over the greatest.
        share: f64,
        /// Steps of the warm-up in the runs that the law was fitted to.
        published: usize,
        /// By how much its loss is then too low, nats, where the law counts the rise of the warm-up.
        nats: Option<f64>,
    },
    /// The convention of N or C was assumed, not read.
    Assumed {
        /// What and why.
        what: String,
    },
    /// The step of a log goes back: the run was restarted, and the later records replace the earlier ones.
    Restarted {
        /// The run.
        run: String,
        /// The last step before the restart.
        from: u64,
        /// The step it went back to.
        to: u64,
        /// Records that were replaced.
        dropped: usize,
    },
    /// About a line N_opt(C) from IsoFLOP groups or training curves.
    Frontier(FrontierDoubt),
    /// About an interval.
    Interval(IntervalDoubt),
}

impl Warning {
    /// A stable name in kebab case.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Extrapolation { .. } => "extrapolation",
            Self::Erratum { .. } => "erratum",
            Self::Unverified { .. } => "unverified",
            Self::AtBound { .. } => "at-bound",
            Self::NotIdentified { .. } => "not-identified",
            Self::IllConditioned { .. } => "ill-conditioned",
            Self::NarrowRange { .. } => "narrow-range",
            Self::Collinear { .. } => "collinear",
            Self::DesignTied { .. } => "design-tied",
            Self::MixedGroups { .. } => "mixed-groups",
            Self::FewRuns { .. } => "few-runs",
            Self::Outliers { .. } => "outliers",
            Self::BelowIrreducible { .. } => "below-irreducible",
            Self::DuplicateRows { .. } => "duplicate-rows",
            Self::SecondBasin { .. } => "second-basin",
            Self::NotCertified { .. } => "not-certified",
            Self::FlatLoss { .. } => "flat-loss",
            Self::Derived { .. } => "derived",
            Self::FlopsDisagree { .. } => "flops-disagree",
            Self::Ignored { .. } => "ignored",
            Self::BeyondTrend { .. } => "beyond-trend",
            Self::DifferentData { .. } => "different-data",
            Self::DifferentCounts { .. } => "different-counts",
            Self::NoWarmUp { .. } => "no-warm-up",
            Self::Assumed { .. } => "assumed",
            Self::Restarted { .. } => "restarted",
            Self::Frontier(doubt) => doubt.code(),
            Self::Interval(doubt) => doubt.code(),
        }
    }
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::DifferentData { sets } => write!(
                f,
                "these losses are of {sets} different data sets or vocabularies and are not comparable with one another; \
                 compare within one, or compare ratios, exponents and optima"
            ),
            Self::DifferentCounts { counts } => write!(
                f,
                "these laws count N in {} ways ({}), and each was given the same N: a size without embeddings is not one \
                 with them, and below about 1B they differ much",
                counts.len(),
                counts.join(", ")
            ),
            Self::NoWarmUp { share, published, nats } => {
                write!(
                    f,
                    "the schedule begins at {:.0} % of its greatest learning rate, and the law was fitted to runs with \
                     {published} steps of warm-up",
                    100.0 * share
                )?;
                match nats {
                    Some(nats) => {
                        write!(f, ", whose rise it counts: its loss is about {nats:.3} nats too low; give --warmup")
                    }
                    None => f.write_str(": it says nothing of others"),
                }
            }
            Self::Extrapolation { axis, value, limit, factor } => {
                let side = if value < limit { "below" } else { "beyond" };
                write!(
                    f,
                    "{axis} = {value:.3e} lies {}x {side} {limit:.3e}, the end of the range the law was fitted on",
                    short(*factor)
                )
            }
            Self::Erratum { note } => f.write_str(note),
            Self::Unverified { law } => write!(f, "the coefficients of {law} were not seen in the source itself"),
            Self::AtBound { coefficient, bound, meaning } => {
                write!(f, "{coefficient} sits on its bound {bound}: {meaning}")
            }
            Self::NotIdentified { coefficient, estimate, standard_error, confounded_with, reason } => {
                write!(f, "{coefficient} is not identified: {}", short(*estimate))?;
                if let Some(error) = standard_error {
                    write!(f, " with a standard error of {}", short(*error))?;
                }
                if !confounded_with.is_empty() {
                    write!(f, ", traded against {}", confounded_with.join(" and "))?;
                }
                write!(f, "; {reason}")
            }
            Self::IllConditioned { condition } => {
                write!(
                    f,
                    "the coefficients are nearly collinear (condition number {condition:.1e} after scaling): trust combinations such as the predicted loss more than single coefficients"
                )
            }
            Self::NarrowRange { axis, factor } => {
                write!(
                    f,
                    "{axis} covers only a factor of {factor:.3}; less than a decade leaves its exponent to the noise"
                )
            }
            Self::Collinear { correlation } => {
                write!(f, "ln N and ln D have correlation {correlation:.3}: the runs hardly tell the two terms apart")
            }
            Self::DesignTied { how, runs, of } => {
                write!(f, "{how} in {runs} of {of} runs: N and D are not varied against each other there")
            }
            Self::MixedGroups { column, groups, share, p_value } => write!(
                f,
                "residuals differ between the {groups} groups of column {column} ({:.0} % of their variance, p = {p_value:.1e}): several recipes are fitted as one",
                share * 100.0
            ),
            Self::FewRuns { runs, coefficients } => {
                write!(f, "{runs} runs for {coefficients} coefficients leave little to judge the fit by")
            }
            Self::Outliers { runs, worst, moved } => {
                let noun = if runs.len() == 1 { "run lies" } else { "runs lie" };
                write!(f, "{} {noun} up to {worst:.1} scales of noise from a law that they do not bend: ", runs.len())?;
                f.write_str(&list(runs))?;
                moved.map_or(Ok(()), |moved| write!(f, "; {moved}"))
            }
            Self::BelowIrreducible { runs, irreducible } => {
                write!(f, "below the fitted irreducible loss {irreducible:.4}: {}", list(runs))
            }
            Self::DuplicateRows { count } => {
                write!(f, "{count} rows repeat an earlier row exactly and count again in the fit")
            }
            Self::SecondBasin { excess, exponent_a, best_exponent_a } => write!(
                f,
                "a second optimum fits within {:.2} % of the best and says a = {exponent_a:.3} instead of {best_exponent_a:.3}",
                excess * 100.0
            ),
            Self::NotCertified { reason } => write!(f, "the optimum is not certified: {reason}"),
            Self::FlatLoss { loss } => write!(
                f,
                "the loss is flat at {loss:.4}: more compute buys nothing here, and N and D are one of many points as good"
            ),
            Self::Derived { how } => f.write_str(how),
            Self::FlopsDisagree { ratio } => {
                write!(
                    f,
                    "the logged FLOPs are {ratio:.3} times 6ND in the median run; N and D are used, the logged FLOPs are not"
                )
            }
            Self::BeyondTrend { trend, year, first, last } => {
                write!(f, "{trend} was seen from {first:.0} to {last:.0}; {year:.1} rests on its going on as it did")
            }
            Self::Ignored { what } | Self::Assumed { what } => f.write_str(what),
            Self::Restarted { run, from, to, dropped } => write!(
                f,
                "{run}: the step goes back from {from} to {to}, a restart; {dropped} records after it are replaced by what follows"
            ),
            Self::Frontier(doubt) => doubt.fmt(f),
            Self::Interval(doubt) => doubt.fmt(f),
        }
    }
}

fn list(runs: &[String]) -> String {
    const SHOWN: usize = 10;
    let mut text = runs.iter().take(SHOWN).map(String::as_str).collect::<Vec<_>>().join(", ");
    if runs.len() > SHOWN {
        text.push_str(&format!(" and {} more", runs.len() - SHOWN));
    }
    text
}

/// Four significant digits in the shorter of the two notations.
fn short(value: f64) -> String {
    let size = value.abs();
    if value == 0.0 {
        return "0".into();
    }
    if !(1e-3..1e5).contains(&size) {
        return format!("{value:.3e}");
    }
    let decimals = (3 - size.log10().floor() as i32).clamp(0, 6) as usize;
    format!("{value:.decimals$}")
}

/// `{"code": …, "message": …}`.
#[cfg(feature = "serde")]
impl serde::Serialize for Warning {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        use serde::ser::SerializeStruct;
        let mut object = serializer.serialize_struct("Warning", 2)?;
        object.serialize_field("code", self.code())?;
        object.serialize_field("message", &self.to_string())?;
        object.end()
    }
}
