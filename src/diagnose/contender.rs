use std::fmt;
use std::sync::Arc;

use super::form::{Form, How};
use super::seeds;
use crate::error::FitError;
use crate::fit::{Approach3, LossFunction, Residual, Weights};
use crate::laws::{
    Chinchilla, ChinchillaForm, Farseer, FarseerForm, KaplanFloor, KaplanFloorForm, Law, LossModel, OuterExponent,
    OuterExponentForm, TiedExponents, TiedExponentsForm, families, family,
};
use crate::math::distribution::student_upper_tail;
use crate::math::quantile::robust_scale;
use crate::runs::Runs;
use crate::units::{Params, Tokens};

/// One way to fit runs: a law, a loss, weights, and what N counts.
///
/// | Name | Law |
/// |---|---|
/// | `chinchilla` | E + A/N^α + B/D^β |
/// | `tied` | the same with α = β |
/// | `kaplan` | \[(N_c/N)^(α_N/α_D) + D_c/D\]^α_D |
/// | `kaplan-floor` | E + the same |
/// | `outer-exponent` | E + (A/N^α + B/D^β)^k |
/// | `farseer` | nine coefficients, the exponent of D changes with N |
///
/// and every other [family](crate::laws::families) by its name, each of its knobs from the column of that name or from the
/// one that [`input`](Self::input) says: repeated data from `unique_tokens`, experts, precision, laws of one variable.
///
/// ```
/// use scaling_laws::{Contender, LossFunction, Weights};
/// let usual = Contender::named("chinchilla")?;
/// let large = Contender::named("chinchilla")?.weights(Weights::Flops).called("chinchilla by FLOPs");
/// let squares = Contender::named("tied")?.loss(LossFunction::LeastSquares);
/// assert_eq!(squares.name(), "tied");
/// assert!(Contender::named("cubic").unwrap_err().to_string().contains("outer-exponent"));
/// # Ok::<(), scaling_laws::Error>(())
/// ```
#[derive(Clone)]
#[must_use]
pub struct Contender {
    name: String,
    form: Form,
    start: Start,
    fixed: Vec<(String, f64)>,
    loss: LossFunction,
    residual: Residual,
    weights: Weights,
    runs: Option<Arc<Runs>>,
}

/// Where a fit of the law is started.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Start {
    Chinchilla,
    Tied,
    Kaplan,
    Outer,
    Farseer,
    /// By a search, or where the stage before ended.
    Search,
}

/// A contender's fit to some of the runs.
#[derive(Debug, Clone)]
pub(super) struct Fitted {
    pub values: Vec<f64>,
    covariance: Option<Vec<Vec<f64>>>,
    /// Robust standard deviation of ln L̂ − ln L, degrees of freedom counted.
    scale: f64,
    freedom: f64,
}

/// A prediction of ln L with the standard error of the law there.
#[derive(Debug, Clone, Copy)]
pub(super) struct Foretold {
    pub ln_loss: f64,
    error: Option<f64>,
}

impl Contender {
    /// The names of the laws over (N, D); families have names of their own.
    pub const NAMES: [&'static str; 6] = ["chinchilla", "tied", "kaplan", "kaplan-floor", "outer-exponent", "farseer"];

    /// A law by name, fitted with Huber's loss (δ = 1e-3) of log residuals and equal weights.
    ///
    /// # Errors
    /// [`FitError::UnknownContender`] with the names there are, those of the families among them.
    pub fn named(name: &str) -> Result<Self, FitError> {
        let (law, start): (Arc<super::form::LossLaw>, Start) = match name {
            "chinchilla" => (Arc::new(ChinchillaForm), Start::Chinchilla),
            "tied" | "tied-exponents" => (Arc::new(TiedExponentsForm), Start::Tied),
            "kaplan" | "kaplan-floor" => (Arc::new(KaplanFloorForm), Start::Kaplan),
            "outer-exponent" => (Arc::new(OuterExponentForm), Start::Outer),
            "farseer" => (Arc::new(FarseerForm), Start::Farseer),
            _ => {
                let known = || families().iter().map(|family| family.name()).filter(|name| !Self::NAMES.contains(name));
                let known = || Self::NAMES.into_iter().chain(known()).collect::<Vec<_>>().join(", ");
                let unknown = |_| FitError::UnknownContender { name: name.into(), known: known() };
                let family = family(name).map_err(unknown)?;
                return Ok(Self::with(name, Form::Rows { family, columns: Vec::new() }));
            }
        };
        let fixed = if name == "kaplan" { vec![("E".into(), 0.0)] } else { Vec::new() };
        Ok(Self { start, fixed, ..Self::with(name, Form::Pairs(law)) })
    }

    /// A law of one's own.
    pub fn of(name: &str, law: impl Law<Input = (Params, Tokens)> + Send + 'static) -> Self {
        Self::with(name, Form::Pairs(Arc::new(law)))
    }

    fn with(name: &str, form: Form) -> Self {
        Self {
            name: name.into(),
            form,
            start: Start::Search,
            fixed: Vec::new(),
            loss: LossFunction::Huber(1e-3),
            residual: Residual::Log,
            weights: Weights::Equal,
            runs: None,
        }
    }

    /// Reads a knob of a family from this column; a law over (N, D) has none and passes it over.
    pub fn input(mut self, knob: &str, column: &str) -> Self {
        if let Form::Rows { columns, .. } = &mut self.form {
            columns.push((knob.into(), column.into()));
        }
        self
    }

    /// What reports call it.
    pub fn called(self, name: &str) -> Self {
        Self { name: name.into(), ..self }
    }

    /// What a residual costs.
    pub fn loss(self, loss: LossFunction) -> Self {
        Self { loss, ..self }
    }

    /// Log or raw residuals.
    pub fn residual(self, residual: Residual) -> Self {
        Self { residual, ..self }
    }

    /// How much each run counts.
    pub fn weights(self, weights: Weights) -> Self {
        Self { weights, ..self }
    }

    /// Holds a coefficient at a value.
    pub fn fix(mut self, name: &str, value: f64) -> Self {
        self.fixed.push((name.into(), value));
        self
    }

    /// Reads N from another table of the same runs in the same order: another count of parameters.
    pub fn on(self, runs: Runs) -> Self {
        Self { runs: Some(Arc::new(runs)), ..self }
    }

    /// What reports call it.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Coefficients that are free.
    pub fn coefficients(&self) -> usize {
        self.form.names().len().saturating_sub(self.fixed.len())
    }

    /// The names of all coefficients.
    pub(super) fn names(&self) -> Vec<&'static str> {
        self.form.names()
    }

    pub(super) fn loss_function(&self) -> LossFunction {
        self.loss
    }

    pub(super) fn residual_kind(&self) -> Residual {
        self.residual
    }

    pub(super) fn is_weighted(&self) -> bool {
        self.weights != Weights::Equal
    }

    /// Its own table, or the common one.
    pub(super) fn table<'a>(&'a self, common: &'a Runs) -> &'a Runs {
        self.runs.as_deref().unwrap_or(common)
    }

    /// Fits some rows of its table; `before` are the coefficients of an earlier fit, to start from as well.
    pub(super) fn fit(&self, common: &Runs, rows: &[usize], before: Option<&[f64]>) -> Result<Fitted, FitError> {
        let runs = self.table(common).select(rows);
        let weights = self.weights_of(rows);
        if let (Start::Chinchilla, LossFunction::Huber(delta), Residual::Log, true) =
            (self.start, self.loss, self.residual, self.fixed.is_empty())
        {
            let fit = Approach3::new().delta(delta).weights(weights).fit(&runs)?;
            let covariance = fit.covariance().map(|c| c.iter().map(|row| row.to_vec()).collect());
            return Ok(self.fitted(&runs, fit.law().coefficients().to_vec(), covariance));
        }
        let mut starts = self.starts(&runs);
        starts.extend(before.map(<[f64]>::to_vec));
        let how = How { loss: self.loss, residual: self.residual, weights, fixed: self.fixed.clone(), starts };
        let fit = self.form.fit(&runs, how)?;
        Ok(self.fitted(&runs, fit.values(), fit.covariance().map(<[Vec<f64>]>::to_vec)))
    }

    /// From the Chinchilla form's fit to the same runs, where the law is near to it.
    fn starts(&self, runs: &Runs) -> Vec<Vec<f64>> {
        if matches!(self.start, Start::Search | Start::Farseer) {
            return Vec::new();
        }
        let Ok(near) = Approach3::new().fit(runs) else { return Vec::new() };
        let here = near.law().coefficients();
        match self.start {
            Start::Chinchilla => vec![here.to_vec()],
            Start::Tied => seeds::tied(here, runs),
            Start::Kaplan if self.fixed.is_empty() => seeds::kaplan(here, runs, &[1.0, 0.5]),
            Start::Kaplan => seeds::kaplan(here, runs, &[0.0]),
            Start::Outer => seeds::outer(here),
            Start::Search | Start::Farseer => Vec::new(),
        }
    }

    fn weights_of(&self, rows: &[usize]) -> Weights {
        let of = |column: &[f64]| rows.iter().filter_map(|&row| column.get(row)).copied().collect();
        match &self.weights {
            Weights::Counts(column) => Weights::Counts(of(column)),
            Weights::Precision(column) => Weights::Precision(of(column)),
            Weights::Sigma(column) => Weights::Sigma(of(column)),
            other => other.clone(),
        }
    }

    fn fitted(&self, runs: &Runs, values: Vec<f64>, covariance: Option<Vec<Vec<f64>>>) -> Fitted {
        let mut fitted = Fitted { values, covariance, scale: 0.0, freedom: 0.0 };
        let residuals = self.residuals(&fitted, runs);
        let (n, free) = (residuals.len() as f64, self.coefficients() as f64);
        fitted.freedom = n - free;
        fitted.scale = robust_scale(&residuals) * (n / (n - free).max(1.0)).sqrt();
        fitted
    }

    /// ln L̂ − ln L of each run of a table; NaN where the law takes no such run.
    pub(super) fn residuals(&self, fitted: &Fitted, runs: &Runs) -> Vec<f64> {
        self.foretell(fitted, runs)
            .iter()
            .zip(runs.losses())
            .map(|(foretold, loss)| foretold.ln_loss - loss.ln())
            .collect()
    }

    /// What the fit says of each run of a table.
    pub(super) fn foretell(&self, fitted: &Fitted, runs: &Runs) -> Vec<Foretold> {
        let Ok(predictions) = self.form.predictions(&fitted.values, runs) else {
            return vec![Foretold { ln_loss: f64::NAN, error: None }; runs.len()];
        };
        let foretold = |(predicted, gradient): (f64, Vec<f64>)| {
            let variance = fitted.covariance.as_ref().map(|covariance| {
                let along = |row: &Vec<f64>| row.iter().zip(&gradient).map(|(c, g)| c * g).sum::<f64>();
                covariance.iter().zip(&gradient).map(|(row, g)| g * along(row)).sum::<f64>()
            });
            let error = variance.filter(|v| *v >= 0.0).map(|v| v.sqrt() / predicted).filter(|e| e.is_finite());
            Foretold { ln_loss: predicted.ln(), error }
        };
        predictions.into_iter().map(foretold).collect()
    }

    /// The law with fitted coefficients, where it is one that an optimum can be asked of.
    pub(super) fn model(&self, fitted: &Fitted, runs: &Runs) -> Option<Box<dyn LossModel>> {
        let (c, conventions) = (fitted.values.as_slice(), runs.conventions());
        Some(match (self.start, &self.form) {
            (Start::Chinchilla, _) => {
                let &[e, a, b, alpha, beta] = c else { return None };
                Box::new(Chinchilla::new(e, a, b, alpha, beta).ok()?.with_conventions(conventions))
            }
            (Start::Tied, _) => Box::new(TiedExponents::new(c.try_into().ok()?).ok()?.with_conventions(conventions)),
            (Start::Kaplan, _) => Box::new(KaplanFloor::new(c.try_into().ok()?).ok()?.with_conventions(conventions)),
            (Start::Outer, _) => Box::new(OuterExponent::new(c.try_into().ok()?).ok()?.with_conventions(conventions)),
            (Start::Farseer, _) => Box::new(Farseer::new(c.try_into().ok()?).ok()?.with_conventions(conventions)),
            (Start::Search, Form::Rows { family, .. }) => Box::new(family.law(c, conventions, runs.domain()).ok()?),
            (Start::Search, Form::Pairs(_)) => return None,
        })
    }
}

impl Fitted {
    /// Half-width in ln L of the interval for a new run: Student's t times √(s² + the law's own variance there).
    pub fn half_width(&self, foretold: &Foretold, level: f64) -> Option<f64> {
        let error = foretold.error.filter(|_| self.freedom >= 1.0)?;
        Some(student_quantile(level, self.freedom) * (self.scale * self.scale + error * error).sqrt())
    }
}

/// t that |T| exceeds with chance 1 − level.
fn student_quantile(level: f64, freedom: f64) -> f64 {
    let (mut low, mut high) = (0.0, 1e4);
    for _ in 0..80 {
        let middle = 0.5 * (low + high);
        if 2.0 * student_upper_tail(middle, freedom) > 1.0 - level { low = middle } else { high = middle }
    }
    0.5 * (low + high)
}

impl fmt::Debug for Contender {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Contender")
            .field("name", &self.name)
            .field("coefficients", &self.form.names())
            .field("fixed", &self.fixed)
            .field("loss", &self.loss)
            .field("residual", &self.residual)
            .field("weights", &self.weights)
            .field("own_table", &self.runs.is_some())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_are_those_of_scipy() {
        // scipy 1.17: scipy.stats.t.ppf(0.95, 7), (0.975, 30)
        assert!((student_quantile(0.9, 7.0) - 1.894578605061305).abs() < 1e-9);
        assert!((student_quantile(0.95, 30.0) - 2.0422724563012373).abs() < 1e-9);
    }
}
