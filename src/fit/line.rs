use crate::error::{FrontierError, UnitError};
use crate::units::Flops;

/// A power law of compute through optima: ln y = ln k + m·ln C by least squares, with y = N_opt or D_opt.
///
/// [`fit`](Self::fit) weighs all budgets alike: independent errors of one size in ln y, standard errors from the scatter
/// about the line, n − 2 degrees of freedom. [`fit_weighted`](Self::fit_weighted) weighs by 1/s² and multiplies the
/// variance by the larger of 1 and χ²/(n − 2): where the optima scatter more than their errors say, the scatter counts.
///
/// ```
/// use scaling_laws::{Flops, ScalingLine};
/// // D_opt of nanochat's four IsoFLOP sweeps, N counting matmuls and the output head (its development log).
/// let budgets: Vec<Flops> = [1e18, 2e18, 5e18, 1e19].map(Flops::new).into_iter().collect::<Result<_, _>>()?;
/// let line = ScalingLine::fit(&budgets, &[1_241_505_403.0, 1_785_336_422.0, 2_642_234_152.0, 3_806_871_243.0])?;
/// assert_eq!(format!("{:.3}", line.exponent()), "0.479");
/// assert_eq!((line.points(), line.degrees_of_freedom()), (4, 2));
/// # Ok::<(), scaling_laws::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ScalingLine {
    /// Weighted mean of ln C: there level and slope are uncorrelated.
    centre: f64,
    level: f64,
    exponent: f64,
    /// Of level and exponent.
    covariance: Option<[[f64; 2]; 2]>,
    degrees_of_freedom: usize,
    residual_scale: f64,
    points: usize,
}

impl ScalingLine {
    /// The line through the values of y at budgets, all weighed alike. With two budgets it has no standard errors.
    ///
    /// # Errors
    /// [`FrontierError::Length`], [`FrontierError::Point`] naming the value, [`FrontierError::TooFewBudgets`] under two
    /// points, [`FrontierError::OneBudget`].
    pub fn fit(budgets: &[Flops], values: &[f64]) -> Result<Self, FrontierError> {
        let (ln_budgets, ln_values) = checked(budgets, values)?;
        let line = solve(&ln_budgets, &ln_values, &vec![1.0; ln_values.len()], budgets)?;
        Ok(line.with_scatter(0.0))
    }

    /// The line weighed by the standard error of ln y at each budget.
    ///
    /// # Errors
    /// As [`fit`](Self::fit), and [`FrontierError::Point`] for an error that is not finite and above zero.
    pub fn fit_weighted(budgets: &[Flops], values: &[f64], ln_standard_errors: &[f64]) -> Result<Self, FrontierError> {
        let (ln_budgets, ln_values) = checked(budgets, values)?;
        check_column("standard error", ln_standard_errors, budgets.len())?;
        let least = ln_standard_errors.iter().copied().fold(f64::MAX, f64::min);
        let weights: Vec<f64> = ln_standard_errors.iter().map(|s| (least / s) * (least / s)).collect();
        let line = solve(&ln_budgets, &ln_values, &weights, budgets)?;
        Ok(line.with_scatter(least * least))
    }

    /// The line through points that are alike within clusters, all weighed alike; standard errors by leaving out one
    /// cluster after the other: (G−1)/G·Σ(θ₋g − θ̄)², with G − 2 degrees of freedom.
    pub(super) fn fit_clustered(budgets: &[Flops], values: &[f64], clusters: &[usize]) -> Result<Self, FrontierError> {
        let (x, y) = checked(budgets, values)?;
        let ones = vec![1.0; y.len()];
        let line = solve(&x, &y, &ones, budgets)?.line;
        let mut names = clusters.to_vec();
        names.sort_unstable();
        names.dedup();
        let dropped = names.iter().map(|name| {
            let weights: Vec<f64> = clusters.iter().map(|c| f64::from(u8::from(c != name))).collect();
            let part = solve(&x, &y, &weights, budgets).ok()?.line;
            Some((part.ln_at_log(line.centre), part.exponent))
        });
        let covariance = match dropped.collect::<Option<Vec<(f64, f64)>>>() {
            Some(parts) if parts.len() >= 3 => {
                let count = parts.len() as f64;
                let mean = |k: fn(&(f64, f64)) -> f64| parts.iter().map(k).sum::<f64>() / count;
                let (level, slope) = (mean(|p| p.0), mean(|p| p.1));
                let moment = |f: &dyn Fn(&(f64, f64)) -> f64| (count - 1.0) / count * parts.iter().map(f).sum::<f64>();
                let both = moment(&|p| (p.0 - level) * (p.1 - slope));
                Some([
                    [moment(&|p| (p.0 - level) * (p.0 - level)), both],
                    [both, moment(&|p| (p.1 - slope) * (p.1 - slope))],
                ])
            }
            _ => None,
        };
        Ok(Self { covariance, degrees_of_freedom: names.len().saturating_sub(2), ..line })
    }

    /// The power m of C.
    pub fn exponent(&self) -> f64 {
        self.exponent
    }

    /// Its standard error; `None` without a degree of freedom.
    pub fn exponent_standard_error(&self) -> Option<f64> {
        self.covariance.map(|c| c[1][1].max(0.0).sqrt())
    }

    /// ln k, the value at one FLOP: far outside any data, so of no meaning alone.
    pub fn ln_k(&self) -> f64 {
        self.ln_at_log(0.0)
    }

    /// ln y at a budget.
    pub fn ln_at(&self, budget: Flops) -> f64 {
        self.ln_at_log(budget.ln())
    }

    /// y at a budget.
    ///
    /// # Errors
    /// [`UnitError::OutOfRange`] where it leaves the range of numbers.
    pub fn at(&self, budget: Flops) -> Result<f64, UnitError> {
        let value = self.ln_at(budget).exp();
        if value.is_finite() && value > 0.0 {
            Ok(value)
        } else {
            Err(UnitError::OutOfRange { quantity: "the value of a line in ln C", value })
        }
    }

    /// Standard error of ln y on the line at a budget: of the line, not of one more optimum about it.
    pub fn ln_standard_error(&self, budget: Flops) -> Option<f64> {
        let [[level, both], [_, slope]] = self.covariance?;
        let t = budget.ln() - self.centre;
        Some((level + 2.0 * t * both + t * t * slope).max(0.0).sqrt())
    }

    /// Points less two; clusters less two for an envelope.
    pub fn degrees_of_freedom(&self) -> usize {
        self.degrees_of_freedom
    }

    /// Standard deviation of ln y about the line; zero without a degree of freedom.
    pub fn residual_scale(&self) -> f64 {
        self.residual_scale
    }

    /// Number of points.
    pub fn points(&self) -> usize {
        self.points
    }

    fn ln_at_log(&self, ln_budget: f64) -> f64 {
        self.level + self.exponent * (ln_budget - self.centre)
    }
}

/// A line with what its errors are made of.
struct Solved {
    line: ScalingLine,
    /// Σw, Σw(x − x̄)² and Σw·r².
    weight: f64,
    spread: f64,
    squares: f64,
}

impl Solved {
    /// Errors from the scatter, at least those of a known variance of weight one.
    fn with_scatter(self, known: f64) -> ScalingLine {
        let freedom = self.line.degrees_of_freedom;
        if freedom == 0 {
            return self.line;
        }
        let variance = (self.squares / freedom as f64).max(known);
        let covariance = Some([[variance / self.weight, 0.0], [0.0, variance / self.spread]]);
        ScalingLine { covariance, ..self.line }
    }
}

fn solve(x: &[f64], y: &[f64], weights: &[f64], budgets: &[Flops]) -> Result<Solved, FrontierError> {
    let sum =
        |f: &dyn Fn(f64, f64, f64) -> f64| x.iter().zip(y).zip(weights).map(|((x, y), w)| f(*x, *y, *w)).sum::<f64>();
    let weight = sum(&|_, _, w| w);
    let centre = sum(&|x, _, w| w * x) / weight;
    let level = sum(&|_, y, w| w * y) / weight;
    let spread = sum(&|x, _, w| w * (x - centre) * (x - centre));
    // Budgets that differ by rounding alone are one.
    if !(spread > 1e-18 * weight * centre.abs().max(1.0)) {
        let budget = budgets.first().map_or(0.0, |b| b.get());
        return Err(FrontierError::OneBudget { points: x.len(), budget });
    }
    let exponent = sum(&|x, y, w| w * (x - centre) * (y - level)) / spread;
    let residual = |x: f64, y: f64| y - level - exponent * (x - centre);
    let squares = sum(&|x, y, w| w * residual(x, y) * residual(x, y));
    let degrees_of_freedom = x.len().saturating_sub(2);
    let plain = sum(&|x, y, _| residual(x, y) * residual(x, y));
    let residual_scale = if degrees_of_freedom == 0 { 0.0 } else { (plain / degrees_of_freedom as f64).sqrt() };
    let line =
        ScalingLine { centre, level, exponent, covariance: None, degrees_of_freedom, residual_scale, points: x.len() };
    Ok(Solved { line, weight, spread, squares })
}

/// ln C and ln y.
fn checked(budgets: &[Flops], values: &[f64]) -> Result<(Vec<f64>, Vec<f64>), FrontierError> {
    check_column("value", values, budgets.len())?;
    if budgets.len() < 2 {
        let reasons = "a line needs two points".into();
        return Err(FrontierError::TooFewBudgets { usable: budgets.len(), groups: budgets.len(), needed: 2, reasons });
    }
    Ok((budgets.iter().map(|b| b.ln()).collect(), values.iter().map(|v| v.ln()).collect()))
}

fn check_column(what: &'static str, values: &[f64], expected: usize) -> Result<(), FrontierError> {
    if values.len() != expected {
        return Err(FrontierError::Length { what, got: values.len(), expected });
    }
    let bad = values.iter().position(|v| !(v.is_finite() && *v > 0.0));
    bad.map_or(Ok(()), |i| {
        Err(FrontierError::Point { what, index: i + 1, value: values.get(i).copied().unwrap_or(f64::NAN) })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn flops(values: &[f64]) -> Vec<Flops> {
        values.iter().map(|v| Flops::new(*v).unwrap()).collect()
    }

    const BUDGETS: [f64; 5] = [1e18, 3e18, 1e19, 6e19, 1e21];
    const VALUES: [f64; 5] = [1.0e8, 2.1e8, 3.4e8, 9.9e8, 3.3e9];
    const ERRORS: [f64; 5] = [0.01, 0.02, 0.05, 0.03, 0.2];

    #[test]
    fn slope_and_error_are_those_of_scipy() {
        // scipy 1.17 linregress(ln C, ln y): slope, stderr; error of the mean line at 1e22 from statsmodels' formula.
        let line = ScalingLine::fit(&flops(&BUDGETS), &VALUES).unwrap();
        let [slope, error, at, at_error] = LINREGRESS;
        let c = Flops::new(1e22).unwrap();
        assert!((line.exponent() / slope - 1.0).abs() < 1e-12);
        assert!((line.exponent_standard_error().unwrap() / error - 1.0).abs() < 1e-10);
        assert!((line.ln_at(c) - at).abs() < 1e-11);
        assert!((line.ln_standard_error(c).unwrap() / at_error - 1.0).abs() < 1e-10);
    }

    #[test]
    fn weighted_slope_and_error_are_those_of_scipy() {
        // scipy 1.17 curve_fit with sigma, absolute_sigma=False.
        let line = ScalingLine::fit_weighted(&flops(&BUDGETS), &VALUES, &ERRORS).unwrap();
        let [slope, error] = CURVE_FIT;
        assert!((line.exponent() / slope - 1.0).abs() < 1e-7, "{}", line.exponent());
        assert!((line.exponent_standard_error().unwrap() / error - 1.0).abs() < 1e-6);
        // Ten times the errors make χ² small: then the errors themselves count, not the scatter.
        let wide = ScalingLine::fit_weighted(&flops(&BUDGETS), &VALUES, &ERRORS.map(|e| 100.0 * e)).unwrap();
        assert!(wide.exponent_standard_error().unwrap() > 5.0 * error);
    }

    #[test]
    fn a_clustered_error_is_the_jackknife_over_clusters() {
        let line = ScalingLine::fit_clustered(&flops(&BUDGETS), &VALUES, &[7, 7, 3, 4, 4]).unwrap();
        let plain = ScalingLine::fit(&flops(&BUDGETS), &VALUES).unwrap();
        assert!((line.exponent() - plain.exponent()).abs() < 1e-14);
        assert!((line.exponent_standard_error().unwrap() / JACKKNIFE - 1.0).abs() < 1e-10);
        assert_eq!(line.degrees_of_freedom(), 1);
    }

    #[test]
    fn what_is_no_line_is_refused() {
        let two = flops(&[1e18, 1e19]);
        assert!(matches!(ScalingLine::fit(&two, &[1.0]), Err(FrontierError::Length { got: 1, .. })));
        assert!(matches!(ScalingLine::fit(&two, &[1.0, -1.0]), Err(FrontierError::Point { index: 2, .. })));
        assert!(matches!(ScalingLine::fit(&two[..1], &[1.0]), Err(FrontierError::TooFewBudgets { .. })));
        let one = flops(&[1e18, 1e18]);
        assert!(matches!(ScalingLine::fit(&one, &[1.0, 2.0]), Err(FrontierError::OneBudget { .. })));
        assert!(ScalingLine::fit_weighted(&two, &[1.0, 2.0], &[0.1, f64::NAN]).is_err());
        assert_eq!(ScalingLine::fit(&two, &[1.0, 2.0]).unwrap().exponent_standard_error(), None);
    }

    const LINREGRESS: [f64; 4] = [0.502857396838127, 0.022031422656062078, 23.154558636913837, 0.1493668378480725];
    const CURVE_FIT: [f64; 2] = [0.562711627712649, 0.025712758149799824];
    const JACKKNIFE: f64 = 0.0244718511640276;
}
