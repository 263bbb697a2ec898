use super::axis::Axis;
use super::figure::Figure;
use super::panel::Panel;
use super::series::Series;
use crate::allocate::ConstrainedAllocation;
use crate::error::FigureError;

/// Allocations under limits along a range of budgets, as [`allocate_frontier`](crate::allocate_frontier) gives them, side by
/// side by name: size, tokens per parameter and loss against the compute of training.
///
/// # Errors
/// [`FigureError::Empty`] without allocations.
///
/// ```
/// use scaling_laws::{allocate_frontier, figures, published::BESIROGLU_2024, Constraints, Flops, Params};
/// let budgets = [Flops::new(1e22)?, Flops::new(1e23)?, Flops::new(1e24)?];
/// let free = allocate_frontier(&BESIROGLU_2024, &Constraints::new(), &budgets)?;
/// let small = Constraints::new().max_params(Params::billions(20.0)?);
/// let served = allocate_frontier(&BESIROGLU_2024, &small, &budgets)?;
/// let figure = figures::frontier(&[("unlimited", &free), ("at most 20B", &served)])?;
/// assert!(figure.to_svg().contains("at most 20B"));
/// # Ok::<(), scaling_laws::Error>(())
/// ```
pub fn frontier(lines: &[(&str, &[ConstrainedAllocation])]) -> Result<Figure, FigureError> {
    let first = lines.iter().find_map(|(_, line)| line.first());
    let empty = FigureError::Empty { figure: "a frontier of allocations", what: "allocation" };
    let count = first.ok_or(empty)?.conventions().params;
    let compute = || Axis::flops("training compute C, FLOP");
    let mut size = Panel::new(compute(), Axis::params(format!("parameters N ({count})")));
    let mut ratio = Panel::new(compute(), Axis::log("tokens per parameter D/N"));
    let mut loss = Panel::new(compute(), Axis::loss("loss, nats per token"));
    for (name, line) in lines {
        let of = |value: fn(&ConstrainedAllocation) -> f64| -> Vec<(f64, f64)> {
            line.iter().map(|split| (split.training().get(), value(split))).collect()
        };
        let drawn = |points: Vec<(f64, f64)>| {
            let mark = points.len() <= 12;
            let line = Series::line(*name, points.iter().copied());
            let marks = mark.then(|| Series::points(*name, points).weight(0.8));
            std::iter::once(line).chain(marks)
        };
        size = size.with_all(drawn(of(|split| split.params().get())));
        ratio = ratio.with_all(drawn(of(ConstrainedAllocation::tokens_per_param)));
        loss = loss.with_all(drawn(of(|split| split.loss().get())));
    }
    Ok(Figure::new("Allocation along the budget").columns(3).size(1000.0, 330.0).panel(size).panel(ratio).panel(loss))
}
