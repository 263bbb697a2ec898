use super::axis::Axis;
use super::figure::Figure;
use super::panel::Panel;
use super::sample::{log_spaced, span, usual};
use super::series::Series;
use crate::allocate::{optimal_split, tokens_for_budget};
use crate::error::{Error, FigureError};
use crate::laws::LossModel;
use crate::units::{Flops, Params};

/// Sizes at which a profile is drawn.
const STEPS: usize = 121;

/// Laws compared at one budget: the loss of each by size, with its optimum, and how much each gives away off its optimum.
///
/// Laws of other corpora and tokenizers differ in their losses for that reason alone; the second panel, the excess over each
/// law's own optimum, does not.
///
/// # Errors
/// [`FigureError::Empty`] without laws; the error of the first law without an optimum at the budget.
///
/// ```
/// use scaling_laws::{figures, published, Flops, LossModel};
/// let laws: [(&str, &dyn LossModel); 2] =
///     [("Hoffmann 2022", &published::HOFFMANN_2022), ("Besiroglu 2024", &published::BESIROGLU_2024)];
/// assert!(figures::compare(&laws, Flops::new(1e23)?)?.to_svg().contains("1e23 FLOP"));
/// # Ok::<(), scaling_laws::Error>(())
/// ```
pub fn compare(laws: &[(&str, &dyn LossModel)], budget: Flops) -> Result<Figure, Error> {
    let mut optima = Vec::new();
    for (_, law) in laws {
        let (n, d) = optimal_split(*law, budget)?;
        optima.push((n.get(), law.loss(n, d)?.get()));
    }
    let empty = FigureError::Empty { figure: "a comparison of laws", what: "law" };
    let (least, most) = span(optima.iter().map(|(n, _)| *n)).ok_or(empty)?;
    let (from, to) = (least / 12.0, most * 12.0);
    let count = usual(laws.iter().map(|(_, law)| law.conventions().params));
    let size = || Axis::params(format!("parameters N ({count})"));
    let mut losses = Panel::new(size(), Axis::loss("loss L(N, C/6N), nats per token")).title("Loss");
    let mut excess = Panel::new(size(), Axis::linear("excess over the law's own optimum, nats").including(0.0));
    excess = excess.title("Excess loss");
    for ((name, law), (best, depth)) in laws.iter().zip(&optima) {
        let own = law.conventions().params;
        let name = if own == count { (*name).to_owned() } else { format!("{name} (N {own})") };
        let curve: Vec<(f64, f64)> =
            log_spaced(from, to, STEPS).into_iter().filter_map(|n| Some((n, at(*law, n, budget)?))).collect();
        losses = losses.with(Series::line(&*name, curve.iter().copied()));
        losses = losses.with(Series::points(&*name, [(*best, *depth)]).weight(1.4));
        excess = excess.with(Series::line(&*name, curve.iter().map(|(n, loss)| (*n, (loss - depth).max(0.0)))));
        excess = excess.with(Series::points(&*name, [(*best, 0.0)]).weight(1.4));
    }
    Ok(Figure::new(format!("Laws compared at {budget}")).columns(2).size(900.0, 360.0).panel(losses).panel(excess))
}

/// The loss of this size at the budget, where it leaves a token.
fn at(law: &dyn LossModel, n: f64, budget: Flops) -> Option<f64> {
    let params = Params::new(n).ok()?;
    let tokens = tokens_for_budget(law, params, budget).ok()?;
    law.loss(params, tokens).ok().map(|loss| loss.get())
}
