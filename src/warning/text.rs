use std::fmt;

use super::Warning;
use crate::digits;

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
                    "{axis} = {} lies {}x {side} {}, the end of the range the law was fitted on",
                    quantity(axis, *value),
                    digits::trimmed(*factor),
                    quantity(axis, *limit)
                )
            }
            Self::Erratum { note } => f.write_str(note),
            Self::Unverified { law } => write!(f, "the coefficients of {law} were not seen in the source itself"),
            Self::AtBound { coefficient, bound, meaning } => {
                write!(f, "{coefficient} sits on its bound {bound}: {meaning}")
            }
            Self::NotIdentified { coefficient, estimate, standard_error, confounded_with, reason } => {
                write!(f, "{coefficient} is not identified: {}", digits::four(*estimate))?;
                if let Some(error) = standard_error {
                    write!(f, " with a standard error of {}", digits::four(*error))?;
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
                "the loss is flat at {loss:.4}: more parameters and compute buy nothing here, and the point is one of many as good"
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
            Self::Restarted { run, from, to, dropped } => {
                let records = if *dropped == 1 { "record after it is" } else { "records after it are" };
                write!(
                    f,
                    "{run}: the step goes back from {from} to {to}, a restart; {dropped} {records} replaced by what follows"
                )
            }
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

/// A value on an axis of a law, N, D and C as they are written everywhere.
fn quantity(axis: &str, value: f64) -> String {
    match axis {
        "N" | "D" => digits::lettered(value),
        "C" => format!("{} FLOP", digits::scientific(value)),
        _ => digits::trimmed(value),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_record_is_spoken_of_as_one() {
        let text = |dropped| Warning::Restarted { run: "a".into(), from: 30, to: 20, dropped }.to_string();
        assert!(text(1).ends_with("; 1 record after it is replaced by what follows"), "{}", text(1));
        assert!(text(2).ends_with("; 2 records after it are replaced by what follows"), "{}", text(2));
    }

    #[test]
    fn quantities_have_their_letters() {
        let text = |axis, value: f64, limit: f64| {
            let factor = (value / limit).max(limit / value);
            Warning::Extrapolation { axis, value, limit, factor }.to_string()
        };
        assert!(text("N", 1.187e11, 1.356e10).starts_with("N = 118.7B lies 8.754x beyond 13.56B,"));
        assert!(text("C", 1e24, 1e21).starts_with("C = 1e24 FLOP lies 1000x beyond 1e21 FLOP,"));
        assert!(text("weight_bits", 1.0, 3.0).starts_with("weight_bits = 1 lies 3x below 3,"));
    }
}
