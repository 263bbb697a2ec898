use super::certificate::Certificate;
use super::descent::{Descent, Effort, descend};
use super::explore;
use super::law_certificate::certify;
use super::law_covariance::{Whitened, covariance};
use super::law_doubt::doubts;
use super::law_fit::LawFit;
use super::law_rows::{Inputs, LawRows, Rows};
use super::loss_function::{Kernel, LossFunction, Residual};
use super::options::Options;
use super::result::Coefficient;
use super::scale::{of_data, robust};
use super::system::{Role, System};
use super::weights::{RowWeights, Weights};
use crate::error::FitError;
use crate::laws::{Bound, Law};
use crate::math::linear::Vector;
use crate::math::order::sort_by_number;

/// Fits any [`Law`] to inputs and observed values.
///
/// | Option | Default | Meaning |
/// |---|---|---|
/// | [`residual`](Self::residual) | [`Residual::Log`] | log or raw differences |
/// | [`loss`](Self::loss) | Huber(1e-3) | what a residual costs |
/// | [`weights`](Self::weights) | equal | how much each datum counts, and why |
/// | [`start`](Self::start) | none: a search | a point to start from; give several, the best end counts |
/// | [`fix`](Self::fix) | none | holds a coefficient at a value |
/// | [`tie`](Self::tie) | none | makes one coefficient equal to another |
/// | [`prior`](Self::prior) | none | adds ½((θ−mean)/deviation)² to the objective |
///
/// Without a start the coefficients that are not [`linear`](Law::linear) are spread over their
/// [`search_range`](Law::search_range), the linear ones are solved for at each place (variable projection with the robust
/// weights of the loss), and the best places are followed down. The [`certificate`](LawFit::certificate) says how many of
/// them met. A start that is given is followed alone, and the certificate is then local.
///
/// # Example: a law that the crate does not know
/// ```
/// use scaling_laws::{Bound, Fitter, Law, LossFunction, Residual};
///
/// /// L(N) = E + A·N^(-alpha), N in millions
/// struct OneVariable;
/// impl Law for OneVariable {
///     type Input = f64;
///     fn coefficient_names(&self) -> &[&'static str] { &["E", "A", "alpha"] }
///     fn bounds(&self) -> Vec<Bound> { vec![Bound::NONNEGATIVE; 3] }
///     fn linear(&self) -> &[usize] { &[0, 1] } // optional: then only alpha is searched
///     fn predict(&self, c: &[f64], n: &f64, gradient: &mut [f64]) -> f64 {
///         let power = n.powf(-c[2]);
///         gradient.copy_from_slice(&[1.0, power, -c[1] * power * n.ln()]);
///         c[0] + c[1] * power
///     }
/// }
///
/// let sizes = [10.0, 30.0, 100.0, 300.0, 1000.0];
/// let losses = sizes.map(|n: f64| 1.7 + 2.0 * n.powf(-0.3));
/// let fit = Fitter::new(&OneVariable).fit(&sizes, &losses)?;
/// assert!((fit.coefficient("alpha")?.value - 0.3).abs() < 1e-8);
/// assert!(fit.certificate().certified);
///
/// let held = Fitter::new(&OneVariable).fix("E", 1.7).fit(&sizes, &losses)?;
/// assert_eq!(held.coefficient("E")?.standard_error, None);
/// # Ok::<(), scaling_laws::Error>(())
/// ```
#[derive(Debug, Clone)]
#[must_use]
pub struct Fitter<'a, L: Law + ?Sized> {
    pub(super) law: &'a L,
    pub(super) options: Options,
}

/// How many of a search's ends are followed to the end.
const LEADERS: usize = 8;
/// The same for starts that are given, which are few and chosen.
const GIVEN_LEADERS: usize = 2;

impl<'a, L: Law + ?Sized> Fitter<'a, L> {
    /// A fit of this family.
    pub fn new(law: &'a L) -> Self {
        Self { law, options: Options::default() }
    }

    pub(crate) fn law(&self) -> &'a L {
        self.law
    }

    /// Log or raw residuals.
    pub fn residual(mut self, residual: Residual) -> Self {
        self.options.residual = residual;
        self
    }

    /// What a residual costs.
    pub fn loss(mut self, loss: LossFunction) -> Self {
        self.options.loss = loss;
        self
    }

    /// How much each datum counts, and why. [`Weights::Flops`] needs compute, which inputs of any kind do not have.
    pub fn weights(mut self, weights: Weights) -> Self {
        self.options.weights = weights;
        self
    }

    /// Adds a start, in the order of the law's names.
    pub fn start(mut self, coefficients: &[f64]) -> Self {
        self.options.starts.push(coefficients.to_vec());
        self
    }

    /// Holds a coefficient at a value.
    pub fn fix(mut self, name: &str, value: f64) -> Self {
        self.options.fixed.push((name.into(), value));
        self
    }

    /// Makes one coefficient equal to another.
    pub fn tie(mut self, name: &str, to: &str) -> Self {
        self.options.tied.push((name.into(), to.into()));
        self
    }

    /// Adds a normal prior on a coefficient, in the unit of the objective: for least squares on residuals of known
    /// deviation 1 it is the posterior mode.
    pub fn prior(mut self, name: &str, mean: f64, deviation: f64) -> Self {
        self.options.priors.push((name.into(), mean, deviation));
        self
    }

    /// Minimises F = Σ m·ρ(r/s) over the coefficients that are free, within the law's bounds.
    ///
    /// # Errors
    /// [`FitError::UnknownCoefficient`], [`FitError::Option`], [`FitError::Data`] and the errors of [`Weights`] for what
    /// cannot be fitted, [`FitError::TooFewRuns`] for fewer values than free coefficients, [`FitError::Gradient`] in debug
    /// builds where the law's gradient is not the derivative of its prediction, [`FitError::NoFiniteStart`] where no start
    /// gives a finite objective.
    pub fn fit(&self, inputs: &[L::Input], values: &[f64]) -> Result<LawFit, FitError> {
        let weights = self.options.weights.rows(inputs.len(), &|| None)?;
        self.options.fit(&LawRows { law: self.law, inputs: Inputs::Given(inputs) }, values, &weights)
    }
}

impl Options {
    pub(super) fn fit(&self, rows: &dyn Rows, values: &[f64], weights: &RowWeights) -> Result<LawFit, FitError> {
        let resolved = self.resolve(rows, values, weights)?;
        let (system, bounds) = (self.system(rows, values, weights, &resolved), &resolved.bounds);
        let starts = self.starts(system, bounds, &resolved.free)?;
        let (loss, mut ends) = self.descend_all(system, bounds, &starts);
        rank(&mut ends);
        let Some(best) = ends.first() else {
            let (least, greatest) = values.iter().fold((f64::MAX, f64::MIN), |(a, b), v| (a.min(*v), b.max(*v)));
            return Err(FitError::NoFiniteStart { least, greatest });
        };
        let system = system.with(best.kernel);
        let whitened = Whitened::new(&system, &best.end);
        let certificate = certify(&system, bounds, whitened.as_ref(), best, &ends, self.starts.is_empty());
        Ok(self.conclude(&system, best, loss, whitened.as_ref(), certificate))
    }

    /// The given starts, or a search's.
    fn starts(&self, system: System<'_>, bounds: &[Bound], free_names: &[usize]) -> Result<Vec<Vector>, FitError> {
        if self.starts.is_empty() {
            let starts = explore::starts(system, self.loss, bounds);
            if let Some(first) = starts.first() {
                self.check_gradient(system.rows, &system.full(first))?;
            }
            return Ok(starts);
        }
        for start in &self.starts {
            self.check_gradient(system.rows, start)?;
        }
        let free = |start: &Vec<f64>| Vector::from_iterator(free_names.len(), free_names.iter().map(|&j| start[j]));
        Ok(self.starts.iter().map(free).collect())
    }

    /// Where the starts end, and the loss with what the data had to say about it.
    fn descend_all(&self, system: System<'_>, bounds: &[Bound], starts: &[Vector]) -> (LossFunction, Vec<Descent>) {
        let all = |loss: LossFunction, starts: &[Vector]| -> Vec<Descent> {
            if self.starts.len() == 1 {
                return starts.iter().filter_map(|start| descend(system, bounds, loss, start, Effort::Full)).collect();
            }
            // A short run for each, a long one for the leaders: most starts are plainly worse.
            let leaders = if self.starts.is_empty() { LEADERS } else { GIVEN_LEADERS };
            let mut ends: Vec<Descent> =
                starts.iter().filter_map(|start| descend(system, bounds, loss, start, Effort::Brief)).collect();
            rank(&mut ends);
            for end in ends.iter_mut().take(leaders).filter(|end| !end.end.termination.is_optimal()) {
                let longer = descend(system, bounds, loss, &end.end.free.clone(), Effort::Full);
                if let Some(longer) = longer.filter(|longer| longer.objective <= end.objective) {
                    *end = longer;
                }
            }
            ends
        };
        let LossFunction::HuberOfScale(k) = self.loss else { return (self.loss, all(self.loss, starts)) };
        let mut absolute = all(LossFunction::AbsoluteDeviations, starts);
        rank(&mut absolute);
        let Some(median) = absolute.first() else { return (self.loss, absolute) };
        let scale = robust(&of_data(&median.end.linear, system.rows.len()), median.end.free.len());
        if !(scale > 0.0) {
            return (LossFunction::AbsoluteDeviations, absolute);
        }
        let loss = LossFunction::Huber(k * scale);
        let from_medians: Vec<Vector> = absolute.iter().map(|descent| descent.end.free.clone()).collect();
        (loss, all(loss, &from_medians))
    }

    fn conclude(
        &self,
        system: &System<'_>,
        best: &Descent,
        loss: LossFunction,
        whitened: Option<&Whitened>,
        certificate: Certificate,
    ) -> LawFit {
        let names = system.rows.names();
        let end = &best.end;
        let full = system.full(&end.free);
        let inner = whitened.and_then(|whitened| covariance(system, end, whitened));
        let covariance = inner.map(|inner| system.over_all(&inner));
        let coefficients: Vec<Coefficient> = (0..names.len())
            .map(|j| {
                let is_free = matches!(system.roles[j], Role::Free(k) if !end.held[k]);
                let error = covariance.as_ref().filter(|_| is_free).map(|c| c[j][j].sqrt());
                Coefficient { name: names[j], value: full[j], standard_error: error.filter(|e| e.is_finite()) }
            })
            .collect();
        let free = end.held.iter().filter(|held| !**held).count();
        let counting = system.weights.counting(system.rows.len());
        let (bounds, known) = (system.rows.bounds(), covariance.as_deref());
        let warnings = doubts(&certificate, end.termination, (&coefficients, &bounds), known, counting, free);
        LawFit {
            formula: system.rows.formula().to_owned(),
            coefficients,
            covariance,
            loss,
            residual: self.residual,
            scale: match (best.kernel, self.loss, loss) {
                (Kernel::StudentT { scale, .. }, ..) => Some(scale),
                (_, LossFunction::HuberOfScale(k), LossFunction::Huber(delta)) => Some(delta / k),
                _ => None,
            },
            objective: best.objective,
            residuals: of_data(&end.linear, system.rows.len()),
            in_sigma: system.weights.scale_known(),
            degrees_of_freedom: (system.weights.observations as usize).saturating_sub(free),
            termination: end.termination,
            certificate,
            warnings,
        }
    }
}

/// Best first; of two that are equal but for rounding the stationary one.
fn rank(ends: &mut Vec<Descent>) {
    sort_by_number(ends, |one| one.objective);
    let Some(first) = ends.first().map(|first| first.objective) else { return };
    let same = |end: &Descent| end.objective <= first + 1e-9 * first.abs();
    if let Some(stationary) = ends.iter().take_while(|end| same(end)).position(|end| end.end.termination.is_optimal()) {
        ends[..=stationary].rotate_right(1);
    }
}
