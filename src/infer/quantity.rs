use std::fmt;
use std::sync::Arc;

use crate::allocate::{flops_for_loss, optimal_split};
use crate::error::InferError;
use crate::laws::{Chinchilla, ChinchillaForm, LossModel};
use crate::units::{Conventions, Domain, Flops, Nats, Params, Tokens};

/// What an interval is asked of.
///
/// ```
/// use scaling_laws::{Flops, Quantity};
/// let budget = Flops::new(1e24)?;
/// assert_eq!(Quantity::OptimalParams(budget).to_string(), "N_opt at 1e24 FLOP");
/// let gap = Quantity::of_law("alpha - beta", |law| law.alpha() - law.beta());
/// assert_eq!(gap.to_string(), "alpha - beta");
/// # Ok::<(), scaling_laws::Error>(())
/// ```
#[derive(Clone)]
#[non_exhaustive]
pub enum Quantity {
    /// E, A, B, alpha or beta.
    Coefficient(String),
    /// a = β/(α+β), the exponent of N_opt(C).
    ExponentParams,
    /// b = α/(α+β), the exponent of D_opt(C).
    ExponentTokens,
    /// N_opt at a budget.
    OptimalParams(Flops),
    /// D_opt at a budget.
    OptimalTokens(Flops),
    /// D_opt/N_opt at a budget.
    TokensPerParam(Flops),
    /// L at the optimal split of a budget.
    OptimalLoss(Flops),
    /// The least FLOPs that reach a loss.
    FlopsForLoss(Nats),
    /// The expected loss of N parameters on D tokens: the mean of many such runs.
    MeanLoss(Params, Tokens),
    /// The loss of one new run of N parameters on D tokens, with the scatter of a single run.
    NewRun(Params, Tokens),
    /// Any number that follows from the law; see [`of_law`](Self::of_law).
    Custom {
        /// What it is called.
        name: String,
        /// The number; one that is not finite where the law has none.
        value: Arc<dyn Fn(&Chinchilla) -> f64 + Send + Sync>,
    },
    /// Any number that follows from the coefficients of any law; see [`of_coefficients`](Self::of_coefficients).
    OfCoefficients {
        /// What it is called.
        name: String,
        /// The number, given the coefficients in the law's order; one that is not finite where there is none.
        value: Arc<dyn Fn(&[f64]) -> f64 + Send + Sync>,
    },
}

impl Quantity {
    /// A coefficient by name.
    pub fn coefficient(name: impl Into<String>) -> Self {
        Self::Coefficient(name.into())
    }

    /// Any number that follows from the law.
    pub fn of_law(name: impl Into<String>, value: impl Fn(&Chinchilla) -> f64 + Send + Sync + 'static) -> Self {
        Self::Custom { name: name.into(), value: Arc::new(value) }
    }

    /// Any number that follows from the coefficients of any law, given in the law's order. Take the logarithm in it of what is
    /// above zero and wide, unless the method is percentile, BCa or profile, which are the same in any scale.
    pub fn of_coefficients(name: impl Into<String>, value: impl Fn(&[f64]) -> f64 + Send + Sync + 'static) -> Self {
        Self::OfCoefficients { name: name.into(), value: Arc::new(value) }
    }

    /// Whether it is above zero and taken in logarithms.
    pub(super) fn is_log(&self) -> bool {
        match self {
            Self::Coefficient(name) => name == "A" || name == "B",
            Self::OptimalParams(_)
            | Self::OptimalTokens(_)
            | Self::TokensPerParam(_)
            | Self::FlopsForLoss(_)
            | Self::NewRun(..) => true,
            _ => false,
        }
    }

    /// From the scale it is taken in to its unit.
    pub(super) fn unscaled(&self, value: f64) -> f64 {
        if self.is_log() { value.exp() } else { value }
    }

    /// Its value, in logarithms where [`is_log`](Self::is_log); not a finite number where the law has none.
    pub(super) fn measure(&self, c: &[f64; 5], conventions: Conventions) -> f64 {
        let [e, a, b, alpha, beta] = *c;
        let law = || Chinchilla::known(e, a, b, alpha, beta, Domain::default()).with_conventions(conventions);
        let product = |budget: &Flops| conventions.compute.ln_product(*budget).unwrap_or(f64::NAN);
        let ln_params = |product: f64| law().ln_optimal_params(product).unwrap_or(f64::NAN);
        match self {
            Self::Coefficient(name) => match name.as_str() {
                "E" => e,
                "A" => a.ln(),
                "B" => b.ln(),
                "alpha" => alpha,
                "beta" => beta,
                _ => f64::NAN,
            },
            Self::ExponentParams => beta / (alpha + beta),
            Self::ExponentTokens => alpha / (alpha + beta),
            Self::OptimalParams(budget) => ln_params(product(budget)),
            Self::OptimalTokens(budget) => product(budget) - ln_params(product(budget)),
            Self::TokensPerParam(budget) => product(budget) - 2.0 * ln_params(product(budget)),
            Self::OptimalLoss(budget) => {
                let (x, product) = (ln_params(product(budget)), product(budget));
                law().at(x, product - x).loss
            }
            Self::FlopsForLoss(loss) => {
                // Along the optimum L − E = K·(ND)^(−g), g = αβ/(α+β), from its value at any one product.
                let x = ln_params(50.0);
                let above = law().at(x, 50.0 - x).loss - e;
                let g = alpha * beta / (alpha + beta);
                let per_flop = Flops::new(1.0).map_or(f64::NAN, |one| product(&one));
                50.0 + (above.ln() - (loss.get() - e).ln()) / g - per_flop
            }
            Self::MeanLoss(n, d) => law().at(n.ln(), d.ln()).loss,
            Self::NewRun(n, d) => law().at(n.ln(), d.ln()).loss.ln(),
            Self::Custom { value, .. } => value(&law()),
            Self::OfCoefficients { value, .. } => value(c),
        }
    }

    /// Its value under any loss of N and D, in logarithms where [`is_log`](Self::is_log); not a finite number where the law has
    /// none.
    pub(super) fn of_model(&self, law: &dyn LossModel) -> f64 {
        let ln_product = |budget: &Flops| law.conventions().compute.ln_product(*budget).unwrap_or(f64::NAN);
        let ln_params = |budget: &Flops| {
            let by_formula = law.ln_optimal_params(ln_product(budget));
            by_formula.or_else(|| Some(optimal_split(law, *budget).ok()?.0.ln())).unwrap_or(f64::NAN)
        };
        match self {
            Self::ExponentParams => exponent(law),
            Self::ExponentTokens => 1.0 - exponent(law),
            Self::OptimalParams(budget) => ln_params(budget),
            Self::OptimalTokens(budget) => ln_product(budget) - ln_params(budget),
            Self::TokensPerParam(budget) => ln_product(budget) - 2.0 * ln_params(budget),
            Self::OptimalLoss(budget) => {
                let x = ln_params(budget);
                law.at(x, ln_product(budget) - x).loss
            }
            Self::FlopsForLoss(loss) => flops_for_loss(law, *loss).map_or(f64::NAN, |flops| flops.get().ln()),
            Self::MeanLoss(n, d) => law.at(n.ln(), d.ln()).loss,
            Self::NewRun(n, d) => law.at(n.ln(), d.ln()).loss.ln(),
            Self::Coefficient(_) | Self::Custom { .. } | Self::OfCoefficients { .. } => f64::NAN,
        }
    }

    /// Refuses a name that is none and a quantity that the fitted law does not have.
    pub(super) fn check(&self, c: &[f64; 5], conventions: Conventions) -> Result<f64, InferError> {
        if let Self::Coefficient(name) = self
            && !ChinchillaForm::NAMES.contains(&name.as_str())
        {
            let known = ChinchillaForm::NAMES.join(", ");
            return Err(InferError::UnknownCoefficient { name: name.clone(), near: near(name), known });
        }
        let value = self.measure(c, conventions);
        if value.is_finite() {
            return Ok(value);
        }
        let reason = match self {
            Self::FlopsForLoss(loss) if loss.get() <= c[0] => format!("the irreducible loss is {:.4}", c[0]),
            Self::Coefficient(_) => "it is zero, and has no logarithm".into(),
            Self::Custom { .. } | Self::OfCoefficients { .. } => "the function gives no finite number".into(),
            _ if conventions
                .compute
                .ln_product(Flops::new(1e20).map_err(|_| InferError::Level { value })?)
                .is_err() =>
            {
                "its runs count compute in a way that gives no N and D for a budget".into()
            }
            _ => "A or B is zero, so that no split is best".into(),
        };
        Err(InferError::NoValue { quantity: self.to_string(), reason })
    }
}

/// a where N_opt is a known power of compute, as three budgets on one line tell.
fn exponent(law: &dyn LossModel) -> f64 {
    let at = |ln_product: f64| law.ln_optimal_params(ln_product).unwrap_or(f64::NAN);
    let (first, second) = ((at(50.0) - at(40.0)) / 10.0, (at(60.0) - at(50.0)) / 10.0);
    if (first - second).abs() <= 1e-9 { first } else { f64::NAN }
}

/// What was probably meant.
fn near(name: &str) -> String {
    let meant = match name.to_lowercase().as_str() {
        "α" | "al" | "alfa" | "alpah" => "alpha",
        "β" | "bt" | "betta" => "beta",
        other => ChinchillaForm::NAMES
            .into_iter()
            .find(|known| known.eq_ignore_ascii_case(other) || other.len() > 1 && known.starts_with(other))
            .or_else(|| ChinchillaForm::NAMES.into_iter().find(|known| known.len() > 1 && other.starts_with(known)))
            .unwrap_or(""),
    };
    if meant.is_empty() { String::new() } else { format!(", did you mean {meant:?}?") }
}

impl fmt::Display for Quantity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Coefficient(name) | Self::Custom { name, .. } | Self::OfCoefficients { name, .. } => {
                f.write_str(name)
            }
            Self::ExponentParams => f.write_str("a"),
            Self::ExponentTokens => f.write_str("b"),
            Self::OptimalParams(budget) => write!(f, "N_opt at {budget}"),
            Self::OptimalTokens(budget) => write!(f, "D_opt at {budget}"),
            Self::TokensPerParam(budget) => write!(f, "D/N at {budget}"),
            Self::OptimalLoss(budget) => write!(f, "loss at {budget}"),
            Self::FlopsForLoss(loss) => write!(f, "FLOPs for loss {loss}"),
            Self::MeanLoss(n, d) => write!(f, "mean loss at N = {n}, D = {d}"),
            Self::NewRun(n, d) => write!(f, "loss of a new run at N = {n}, D = {d}"),
        }
    }
}

impl fmt::Debug for Quantity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Quantity({self})")
    }
}
