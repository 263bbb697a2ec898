use super::axis::Axis;
use super::figure::Figure;
use super::panel::Panel;
use super::series::Series;
use crate::allocate::LawAllocation;
use crate::error::FigureError;
use crate::warning::Warning;

/// Factor beyond the range a law was fitted on from which its answer is drawn as a ring.
const FAR: f64 = 10.0;

/// What published laws say of one budget, as [`allocate_all`](crate::allocate_all) gives it: N_opt of each, a row a law, with
/// D/N beside it. Colours tell what N counts; a ring stands for a law that is asked more than tenfold beyond its runs.
///
/// # Errors
/// [`FigureError::Empty`] without laws.
///
/// ```
/// use scaling_laws::{allocate_all, figures, laws::Knobs, Flops};
/// let all = allocate_all(Flops::new(1e21)?, &Knobs::new())?;
/// assert!(figures::splits(&all.laws)?.to_svg().contains("hoffmann2022.approach1"));
/// # Ok::<(), scaling_laws::Error>(())
/// ```
pub fn splits(laws: &[LawAllocation]) -> Result<Figure, FigureError> {
    let first = laws.first().ok_or(FigureError::Empty { figure: "a figure of laws", what: "law" })?;
    let mut counts = Vec::new();
    for law in laws {
        if !counts.contains(&law.counts) {
            counts.push(law.counts);
        }
    }
    let mut panel = Panel::new(
        Axis::params("N_{opt}, parameters; beside each D/N, tokens per parameter"),
        Axis::categories("", laws.iter().map(|law| law.law)),
    );
    for (slot, count) in counts.iter().enumerate() {
        for far in [false, true] {
            let (mut points, mut labels) = (Vec::new(), Vec::new());
            for (row, law) in laws.iter().enumerate().filter(|(_, law)| law.counts == *count && is_far(law) == far) {
                points.push((law.allocation.params().get(), row as f64));
                labels.push(ratio(law.allocation.tokens_per_param()));
            }
            if points.is_empty() {
                continue;
            }
            let beyond = if far { ", more than tenfold beyond its runs" } else { "" };
            let series = Series::points(format!("{count}{beyond}"), points).colour(slot).labelled(labels);
            panel = panel.with(if far { series.rings() } else { series });
        }
    }
    let title = format!("Published laws at {}", first.allocation.budget());
    Ok(Figure::new(title).size(860.0, 110.0 + 17.0 * laws.len() as f64).panel(panel))
}

fn is_far(law: &LawAllocation) -> bool {
    law.warnings.iter().any(|warning| matches!(warning, Warning::Extrapolation { factor, .. } if *factor > FAR))
}

fn ratio(value: f64) -> String {
    if value < 9.95 { format!("{:.1$}", value, if value < 0.1 { 3 } else { 1 }) } else { format!("{value:.0}") }
}
