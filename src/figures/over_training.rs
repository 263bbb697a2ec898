use super::axis::Axis;
use super::figure::Figure;
use super::panel::Panel;
use super::sample::{log_spaced, shade};
use super::series::Series;
use crate::allocate::{loss_penalty, optimal_split, tokens_for_budget, tokens_for_loss};
use crate::digits;
use crate::error::{Error, FigureError};
use crate::laws::LossModel;
use crate::units::{Flops, Params};

/// Sizes at which a curve is drawn.
const STEPS: usize = 97;
/// From a sixteenth of the optimal size to four times it.
const FACTORS: (f64, f64) = (1.0 / 16.0, 4.0);
/// The axis of compute ends here; towards the size that cannot reach the loss its curves go on without end.
const MOST: f64 = 12.0;

/// The cost of over-training: what a smaller model than the optimum loses at the same budget, and how much more compute it
/// takes to the same loss.
///
/// Left of 1 a model is smaller and trained longer than the optimum of the budget, right of it larger and trained less. A
/// curve of the second panel ends where the size cannot reach the loss with any number of tokens. Axes of tokens per
/// parameter differ by budget, so the optimum's own ratio stands in the legend.
///
/// # Errors
/// [`FigureError::Empty`] without budgets; the law's own error where it has no optimum at one of them.
///
/// ```
/// use scaling_laws::{figures, published::BESIROGLU_2024, Flops};
/// let figure = figures::over_training(&BESIROGLU_2024, &[Flops::new(1e24)?])?;
/// assert!(figure.to_svg().contains("The cost of over-training"));
/// # Ok::<(), scaling_laws::Error>(())
/// ```
pub fn over_training(law: &dyn LossModel, budgets: &[Flops]) -> Result<Figure, Error> {
    if budgets.is_empty() {
        return Err(FigureError::Empty { figure: "a figure of over-training", what: "budget" }.into());
    }
    let axis = || Axis::factor("size, N/N_{opt}").range(FACTORS.0, FACTORS.1);
    let mut loss = Panel::new(axis(), Axis::linear("excess loss, nats per token").including(0.0));
    loss = loss.title("At the same compute");
    let mut compute = Panel::new(axis(), Axis::factor("compute, C/C_{opt}").range(0.9, MOST));
    compute = compute.title("To the same loss");
    let mut overheads = Vec::new();
    for (index, budget) in budgets.iter().enumerate() {
        let (best, tokens) = optimal_split(law, *budget)?;
        let target = law.loss(best, tokens)?;
        let name = format!("{budget}: {best} on {tokens}, D/N {:.1}", tokens / best);
        let sizes = log_spaced(FACTORS.0, FACTORS.1, STEPS);
        let size = |factor: &f64| Params::new(best.get() * factor).ok();
        let style = |series: Series| series.shade(0.85 * shade(index, budgets.len())).dashed_after_first(index);
        let excess = sizes.iter().filter_map(|f| Some((*f, loss_penalty(law, size(f)?, *budget).ok()?)));
        loss = loss.with(style(Series::line(&*name, excess.collect::<Vec<_>>())));
        let more = sizes.iter().filter_map(|f| {
            let params = size(f)?;
            // At the optimum itself rounding may put the loss just out of reach.
            let needed = tokens_for_loss(law, params, target).ok()?;
            let taken = law.conventions().compute.flops(params, needed).ok()?;
            Some((*f, taken / *budget))
        });
        overheads.push((name.clone(), index, more.collect::<Vec<(f64, f64)>>()));
    }
    if let (true, Some((_, _, curve))) = (alike(&overheads), overheads.first()) {
        compute = compute.with(Series::line("every budget alike", curve.iter().copied()).black().solid());
    } else {
        for (name, index, curve) in overheads {
            let series = Series::line(name, curve).shade(0.85 * shade(index, budgets.len()));
            compute = compute.with(series.dashed_after_first(index));
        }
    }
    loss = loss.with(Series::upright("", 1.0).solid().weight(0.6));
    compute = compute.with(Series::upright("", 1.0).solid().weight(0.6));
    Ok(Figure::new("The cost of over-training")
        .subtitle("Models of other than the compute-optimal size")
        .columns(2)
        .size(900.0, 350.0)
        .panel(loss)
        .panel(compute))
}

/// The same for one budget with a size of one's own as a star in both panels. Where it has no place in one of them a note
/// says why: it lies beyond the axes, or takes too much compute to the loss of the optimum, or cannot reach it.
///
/// # Errors
/// As [`over_training`]; the law's own error where it has no loss for that size at the budget.
///
/// ```
/// use scaling_laws::{figures, published::BESIROGLU_2024, Flops, Params};
/// let figure = figures::over_training_with(&BESIROGLU_2024, Flops::new(1e24)?, Params::billions(8.0)?)?;
/// assert!(figure.to_svg().contains("8B cannot reach that loss"));
/// # Ok::<(), scaling_laws::Error>(())
/// ```
pub fn over_training_with(law: &dyn LossModel, budget: Flops, chosen: Params) -> Result<Figure, Error> {
    let figure = over_training(law, &[budget])?;
    let (best, tokens) = optimal_split(law, budget)?;
    let penalty = loss_penalty(law, chosen, budget)?;
    tokens_for_budget(law, chosen, budget)?;
    let size = chosen / best;
    if !(FACTORS.0..=FACTORS.1).contains(&size) {
        return Ok(
            figure.note(format!("{chosen} is {} times the optimal size, beyond the axes.", digits::trimmed(size)))
        );
    }
    let star = |y: f64| {
        let point = Series::points("the size you chose", [(size, y)]).black().stars();
        point.labelled([chosen.to_string()])
    };
    let figure = figure.also(0, star(penalty));
    let needed = tokens_for_loss(law, chosen, law.loss(best, tokens)?).ok();
    let needed = needed.and_then(|tokens| law.conventions().compute.flops(chosen, tokens).ok());
    Ok(match needed.map(|flops| flops / budget) {
        Some(more) if more <= MOST => figure.also(1, star(more)),
        Some(more) => {
            figure.note(format!("{chosen} takes {more:.1} times the compute to the same loss, beyond the axis."))
        }
        None => figure.note(format!("{chosen} cannot reach that loss with any number of tokens.")),
    })
}

/// Name and place of a budget, and (N/N_opt, C/C_opt) along it.
type Overhead = (String, usize, Vec<(f64, f64)>);

/// Whether there are several curves and all are one. For E + A/N^α + B/D^β they are: C/C_opt depends on N/N_opt alone.
fn alike(curves: &[Overhead]) -> bool {
    let Some(((.., first), rest)) = curves.split_first() else { return false };
    let same = |(.., curve): &Overhead| {
        curve
            .iter()
            .filter(|(_, y)| *y < MOST)
            .all(|(x, y)| first.iter().any(|(x1, y1)| (x / x1 - 1.0).abs() < 1e-9 && (y / y1 - 1.0).abs() < 3e-3))
    };
    !rest.is_empty() && rest.iter().all(same)
}
