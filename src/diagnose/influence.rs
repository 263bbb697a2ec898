use crate::allocate::optimal_split;
use crate::error::{Error, FitError};
use crate::fit::{Approach3, Fit};
use crate::laws::{Chinchilla, ChinchillaForm, LossModel};
use crate::math::dense::damped_solve;
use crate::math::quantile::robust_scale;
use crate::runs::Runs;
use crate::units::{Flops, Params};

/// What each run does to a fit and to N_opt at a budget.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Influence {
    /// The budget that N_opt is asked at.
    pub budget: Flops,
    /// N_opt there with all runs.
    pub params: Params,
    /// One entry a run, in the order of the runs.
    pub runs: Vec<RunInfluence>,
    /// The factor that [`sway`](Self::sway) was to exceed.
    pub factor: f64,
    /// Most runs that were tried together.
    pub most: usize,
    /// The fewest runs that were found whose removal moves N_opt by more than the factor. `None`: none were found among
    /// `most` runs. The search is greedy, so a smaller set may exist; each step is a true refit.
    pub sway: Option<Sway>,
}

/// One run's pull.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct RunInfluence {
    /// Row of the run, from zero.
    pub row: usize,
    /// ln L̂ − ln L over the robust scale of all residuals.
    pub robust_z: f64,
    /// What leaving the run out adds to E, A, B, α, β by one Newton step.
    pub change: [f64; 5],
    /// What leaving it out adds to ln N_opt, by the same step; `None` where a coefficient is on a bound.
    pub change_ln_params: Option<f64>,
    /// (Δ ln N_opt)²/Var(ln N_opt), after Cook (1977); `None` without a standard error.
    pub distance: Option<f64>,
}

/// Runs that together carry an answer.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Sway {
    /// Rows in the order in which they were left out.
    pub rows: Vec<usize>,
    /// N_opt of the true refit without them.
    pub params: Params,
}

/// The influence of each run on a fit of Approach 3 and on N_opt at a budget.
///
/// Leaving run i out moves the minimiser of F = Σ ρ(r) by about the Newton step
///
/// ```text
/// Δθ = (H − H_i)⁻¹·ψ(r_i)·J_i,   H = Σ ω·J·Jᵀ + ψ·∇²r
/// ```
///
/// with ω = (ψ(r+h) − ψ(r−h))/2h as in the standard errors: ψ' itself sees only residuals within δ, and a step moves
/// others across it. A run beyond δ pulls no harder the farther it is, yet leaving it out still moves the law. The step
/// is cheap and approximate; [`Influence::sway`] rests on true refits.
///
/// `factor` is how far N_opt must move, up or down, for a set of at most `most` runs to be named.
///
/// ```
/// use scaling_laws::{influence, Approach3, Chinchilla, Flops, LossModel, Runs};
/// let truth = Chinchilla::new(1.8, 480.0, 2000.0, 0.35, 0.37)?;
/// let (mut n, mut d, mut l) = (vec![], vec![], vec![]);
/// for i in 0..30 {
///     let (ln_n, ln_d) = (16.0 + 1.2 * f64::from(i % 6), 20.0 + 1.4 * f64::from(i / 6));
///     n.push(ln_n.exp());
///     d.push(ln_d.exp());
///     l.push(truth.at(ln_n, ln_d).loss * (0.003 * f64::from(7 * i).sin()).exp());
/// }
/// let runs = Runs::from_columns(&n, &d, &l)?;
/// let fit = Approach3::new().fit(&runs)?;
/// let found = influence(&runs, &fit, Flops::new(1e23)?, 3.0, 2)?;
/// assert_eq!(found.runs.len(), 30);
/// assert!(found.sway.is_none()); // no two of these runs move N_opt threefold
/// # Ok::<(), scaling_laws::Error>(())
/// ```
///
/// # Errors
/// [`FitError::Data`](crate::FitError::Data) for a fit of other runs, [`FitError::Option`](crate::FitError::Option)
/// unless the factor is above 1, and the errors of [`optimal_split`](crate::optimal_split).
pub fn influence(runs: &Runs, fit: &Fit, budget: Flops, factor: f64, most: usize) -> Result<Influence, Error> {
    if fit.residuals().len() != runs.len() {
        let expected = "the runs that were fitted, all of them in the same order";
        return Err(FitError::Data { row: 0, value: runs.len() as f64, expected }.into());
    }
    if !(factor.is_finite() && factor > 1.0) {
        return Err(FitError::Option { option: "factor", value: factor, allowed: "finite and above 1" }.into());
    }
    let (params, _) = optimal_split(fit.law(), budget)?;
    let found = one_step(runs, fit, budget);
    let sway = [1.0, -1.0]
        .into_iter()
        .filter_map(|sign| greedy(runs, fit, &found, budget, params, Search { factor, most, sign }))
        .min_by_key(|sway| sway.rows.len());
    Ok(Influence { budget, params, runs: found, factor, most, sway })
}

#[derive(Debug, Clone, Copy)]
struct Search {
    factor: f64,
    most: usize,
    /// 1 for sets that raise N_opt when they go, −1 for those that lower it.
    sign: f64,
}

/// Leaves out the run with the largest pull in one direction, refits, and looks again.
fn greedy(
    runs: &Runs,
    fit: &Fit,
    first: &[RunInfluence],
    budget: Flops,
    params: Params,
    search: Search,
) -> Option<Sway> {
    let mut kept: Vec<usize> = (0..runs.len()).collect();
    let (mut rows, mut pulls) = (Vec::new(), first.to_vec());
    while rows.len() < search.most {
        let pull = |run: &&RunInfluence| run.change_ln_params.map(|change| search.sign * change).unwrap_or(f64::MIN);
        let next = pulls.iter().max_by(|one, two| pull(one).total_cmp(&pull(two))).filter(|run| pull(run) > 0.0)?;
        rows.push(kept.remove(next.row));
        let rest = runs.select(&kept);
        // From no start: the runs that go may be what holds the fit in its basin.
        let again = Approach3::new().delta(fit.delta()).fit(&rest).ok()?;
        let (moved, _) = optimal_split(again.law(), budget).ok()?;
        if search.sign * (moved / params).ln() > search.factor.ln() {
            return Some(Sway { rows, params: moved });
        }
        pulls = one_step(&rest, &again, budget);
    }
    None
}

/// One Newton step a run.
fn one_step(runs: &Runs, fit: &Fit, budget: Flops) -> Vec<RunInfluence> {
    let here = Centred::new(runs, fit);
    let scale = robust_scale(fit.residuals()).max(f64::MIN_POSITIVE);
    let slopes = ln_params_slopes(fit.law(), budget, &here.free);
    let error = fit.ln_optimal_params_standard_error(budget).filter(|error| *error > 0.0);
    let (parts, total) = here.curvature(fit);
    (0..runs.len())
        .map(|row| {
            let own = &parts[row];
            let rest: [[f64; 5]; 5] = std::array::from_fn(|j| std::array::from_fn(|k| total[j][k] - own.hessian[j][k]));
            // The minimiser without the run: H·Δ = +ψJ, since the other runs' slopes sum to −ψJ.
            let step = damped_solve(&rest, 0.0, &[0.0; 5], &own.slope.map(|s| -s), &here.free);
            let change = here.natural_change(&step.unwrap_or_default());
            let change_ln_params = slopes
                .filter(|_| step.is_some())
                .map(|slopes| slopes.iter().zip(change).map(|(slope, change)| slope * change).sum::<f64>())
                .filter(|change: &f64| change.is_finite());
            RunInfluence {
                row,
                robust_z: fit.residuals()[row] / scale,
                change,
                change_ln_params,
                distance: change_ln_params.zip(error).map(|(change, error)| (change / error).powi(2)),
            }
        })
        .collect()
}

/// ∂ ln N_opt/∂(E, A, B, α, β), ln N = (ln αA − ln βB)/(α+β) + β/(α+β)·ln ND.
fn ln_params_slopes(law: &Chinchilla, budget: Flops, free: &[bool; 5]) -> Option<[f64; 5]> {
    if free[1..].contains(&false) {
        return None;
    }
    let [_, a, b, alpha, beta] = law.coefficients();
    let ln_product = law.conventions().compute.ln_product(budget).ok()?;
    let sum = alpha + beta;
    let gap = (alpha * a).ln() - (beta * b).ln();
    Some([
        0.0,
        1.0 / (a * sum),
        -1.0 / (b * sum),
        1.0 / (alpha * sum) - (gap + beta * ln_product) / (sum * sum),
        -1.0 / (beta * sum) - (gap - alpha * ln_product) / (sum * sum),
    ])
}

/// The fit about the mean ln N and ln D, where A and α are hardly correlated.
struct Centred {
    x: Vec<f64>,
    y: Vec<f64>,
    centre: [f64; 2],
    /// E, A·e^(−α·centre), B·e^(−β·centre), α, β.
    theta: [f64; 5],
    natural: [f64; 5],
    free: [bool; 5],
}

/// One run's part of the gradient and of the Hessian.
struct Part {
    slope: [f64; 5],
    hessian: [[f64; 5]; 5],
}

impl Centred {
    fn new(runs: &Runs, fit: &Fit) -> Self {
        let logs = |column: &[f64]| column.iter().map(|v| v.ln()).collect::<Vec<f64>>();
        let mean = |column: &[f64]| column.iter().sum::<f64>() / column.len().max(1) as f64;
        let (mut x, mut y) = (logs(runs.params()), logs(runs.tokens()));
        let centre = [mean(&x), mean(&y)];
        x.iter_mut().for_each(|v| *v -= centre[0]);
        y.iter_mut().for_each(|v| *v -= centre[1]);
        let natural = fit.law().coefficients();
        let [e, a, b, alpha, beta] = natural;
        let theta = [e, a * (-alpha * centre[0]).exp(), b * (-beta * centre[1]).exp(), alpha, beta];
        let free = ChinchillaForm::NAMES.map(|name| !fit.certificate().at_bound.contains(&name));
        Self { x, y, centre, theta, natural, free }
    }

    /// Each run's part and the sum.
    fn curvature(&self, fit: &Fit) -> (Vec<Part>, [[f64; 5]; 5]) {
        let delta = fit.delta();
        let residuals = fit.residuals();
        let psi = |r: f64| r.clamp(-delta, delta);
        let h = delta.max(1.06 * robust_scale(residuals) * (residuals.len() as f64).powf(-0.2));
        let mut total = [[0.0; 5]; 5];
        let parts: Vec<Part> = residuals
            .iter()
            .zip(self.x.iter().zip(&self.y))
            .map(|(&r, (&x, &y))| {
                let [e, a, b, alpha, beta] = self.theta;
                let (u, v) = ((-alpha * x).exp(), (-beta * y).exp());
                let s = e + a * u + b * v;
                let jacobian = [1.0 / s, u / s, v / s, -a * u * x / s, -b * v * y / s];
                let (pull, weight) = (psi(r), (psi(r + h) - psi(r - h)) / (2.0 * h));
                // ∇²r = S''/S − J·Jᵀ.
                let mut hessian: [[f64; 5]; 5] =
                    std::array::from_fn(|j| std::array::from_fn(|k| (weight - pull) * jacobian[j] * jacobian[k]));
                for (term, exponent, size, z) in [(1, 3, a * u, x), (2, 4, b * v, y)] {
                    let cross = -pull * jacobian[term] * z;
                    hessian[term][exponent] += cross;
                    hessian[exponent][term] += cross;
                    hessian[exponent][exponent] += pull * size * z * z / s;
                }
                for j in 0..5 {
                    for k in 0..5 {
                        total[j][k] += hessian[j][k];
                    }
                }
                Part { slope: jacobian.map(|j| pull * j), hessian }
            })
            .collect();
        (parts, total)
    }

    /// A step of the centred coefficients in those of the paper, to first order.
    fn natural_change(&self, step: &[f64; 5]) -> [f64; 5] {
        let of = |term: usize, exponent: usize, centre: f64| {
            let ratio = if self.theta[term] > 0.0 { step[term] / self.theta[term] } else { 0.0 };
            self.natural[term] * (ratio + centre * step[exponent])
        };
        [step[0], of(1, 3, self.centre[0]), of(2, 4, self.centre[1]), step[3], step[4]]
    }
}
