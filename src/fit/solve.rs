//! The one file that names a solver crate: a quasi-Newton method that does not need second derivatives, tried when the
//! Newton polish does not reach a stationary point.

use std::cell::{Cell, RefCell};

use argmin::core::{CostFunction, Error, Executor, Gradient};
use argmin::solver::linesearch::MoreThuenteLineSearch;
use argmin::solver::quasinewton::LBFGS;
use argmin_math::{
    ArgminAdd, ArgminDot, ArgminL1Norm, ArgminL2Norm, ArgminMinMax, ArgminMul, ArgminScaledAdd, ArgminSignum,
    ArgminSub, ArgminZeroLike,
};

use super::objective::Objective;
use super::points::Theta;
use super::polish::Bounds;

/// ln of the smallest coefficient the logarithmic coordinates can express; stands for zero.
const LN_TINY: f64 = -60.0;

/// Evaluations after which the solver is stopped: `max_iters` does not bound its line search, which can cycle.
const EVALUATIONS: usize = 3000;

/// A point or a gradient. The solver's own vectors would bring a generator of random numbers along.
#[derive(Debug, Clone)]
struct Logarithms(Theta);

impl Logarithms {
    fn with(&self, other: &Self, f: impl Fn(f64, f64) -> f64) -> Self {
        Self(std::array::from_fn(|j| f(self.0[j], other.0[j])))
    }
}

impl ArgminAdd<Self, Self> for Logarithms {
    fn add(&self, other: &Self) -> Self {
        self.with(other, |a, b| a + b)
    }
}

impl ArgminAdd<f64, Self> for Logarithms {
    fn add(&self, other: &f64) -> Self {
        Self(self.0.map(|a| a + other))
    }
}

impl ArgminSub<Self, Self> for Logarithms {
    fn sub(&self, other: &Self) -> Self {
        self.with(other, |a, b| a - b)
    }
}

impl ArgminSub<f64, Self> for Logarithms {
    fn sub(&self, other: &f64) -> Self {
        Self(self.0.map(|a| a - other))
    }
}

impl ArgminMul<Self, Self> for Logarithms {
    fn mul(&self, other: &Self) -> Self {
        self.with(other, |a, b| a * b)
    }
}

impl ArgminMul<f64, Self> for Logarithms {
    fn mul(&self, other: &f64) -> Self {
        Self(self.0.map(|a| a * other))
    }
}

impl ArgminScaledAdd<Self, f64, Self> for Logarithms {
    fn scaled_add(&self, factor: &f64, other: &Self) -> Self {
        self.with(other, |a, b| a + factor * b)
    }
}

impl ArgminDot<Self, f64> for Logarithms {
    fn dot(&self, other: &Self) -> f64 {
        self.0.iter().zip(&other.0).map(|(a, b)| a * b).sum()
    }
}

impl ArgminL1Norm<f64> for Logarithms {
    fn l1_norm(&self) -> f64 {
        self.0.iter().map(|a| a.abs()).sum()
    }
}

impl ArgminL2Norm<f64> for Logarithms {
    fn l2_norm(&self) -> f64 {
        self.dot(self).sqrt()
    }
}

impl ArgminSignum for Logarithms {
    fn signum(self) -> Self {
        Self(self.0.map(f64::signum))
    }
}

impl ArgminMinMax for Logarithms {
    fn min(one: &Self, other: &Self) -> Self {
        one.with(other, f64::min)
    }

    fn max(one: &Self, other: &Self) -> Self {
        one.with(other, f64::max)
    }
}

impl ArgminZeroLike for Logarithms {
    fn zero_like(&self) -> Self {
        Self([0.0; 5])
    }
}

struct InLogarithms<'a> {
    objective: Objective<'a>,
    bounds: Bounds,
    /// Multiplies the objective: it is about 1e-3 and argmin's tolerances are absolute.
    scale: f64,
    evaluations: Cell<usize>,
    /// The best point seen, kept here because a solver that is stopped or blows up returns none.
    best: RefCell<(f64, Theta)>,
}

impl InLogarithms<'_> {
    fn theta(&self, p: &Logarithms) -> Theta {
        self.bounds.clamp(&p.0.map(|ln| ln.clamp(LN_TINY, -LN_TINY).exp()))
    }

    fn count(&self) -> Result<(), Error> {
        self.evaluations.set(self.evaluations.get() + 1);
        if self.evaluations.get() > EVALUATIONS { Err(Error::msg("evaluations used up")) } else { Ok(()) }
    }
}

impl CostFunction for &InLogarithms<'_> {
    type Param = Logarithms;
    type Output = f64;
    fn cost(&self, p: &Logarithms) -> Result<f64, Error> {
        self.count()?;
        let theta = self.theta(p);
        let value = self.objective.local(&theta).value;
        if value < self.best.borrow().0 {
            *self.best.borrow_mut() = (value, theta);
        }
        Ok(self.scale * value)
    }
}

impl Gradient for &InLogarithms<'_> {
    type Param = Logarithms;
    type Gradient = Logarithms;
    fn gradient(&self, p: &Logarithms) -> Result<Logarithms, Error> {
        self.count()?;
        let theta = self.theta(p);
        let gradient = self.objective.local(&theta).gradient;
        Ok(Logarithms(std::array::from_fn(|j| self.scale * gradient[j] * theta[j])))
    }
}

/// L-BFGS with a Moré–Thuente line search in the logarithms of the coefficients: the best point it saw, if that is better
/// than its start. Its own report is not used (it calls nearly every end "converged"): the caller polishes and checks the
/// gradient again.
pub(super) fn quasi_newton(objective: Objective<'_>, bounds: &Bounds, start: &Theta) -> Option<Theta> {
    let value = objective.local(start).value;
    let problem = InLogarithms {
        objective,
        bounds: *bounds,
        scale: if value > 0.0 { 1.0 / value } else { 1.0 },
        evaluations: Cell::new(0),
        best: RefCell::new((value, *start)),
    };
    let p = Logarithms(start.map(|v| v.ln().max(LN_TINY)));
    let solver = LBFGS::new(MoreThuenteLineSearch::new(), 10)
        .with_tolerance_grad(1e-12)
        .and_then(|solver| solver.with_tolerance_cost(0.0))
        .ok()?;
    // An error here is a stop by the evaluation limit or a failed line search: the best point stands all the same.
    let _ = Executor::new(&problem, solver).configure(|state| state.param(p).max_iters(500)).timer(false).run();
    let (reached, theta) = *problem.best.borrow();
    (reached < value && theta.iter().all(|v| v.is_finite())).then_some(theta)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fit::points::Points;
    use crate::laws::{Chinchilla, LossModel};
    use crate::runs::Runs;

    #[test]
    fn the_second_solver_finds_the_law_on_its_own() {
        let law = Chinchilla::new(1.8, 480.0, 2000.0, 0.35, 0.37).unwrap();
        let (mut n, mut d, mut l) = (vec![], vec![], vec![]);
        for i in 0..5 {
            for j in 0..5 {
                let (ln_n, ln_d) = (16.0 + 1.5 * f64::from(i), 20.0 + 1.5 * f64::from(j));
                n.push(ln_n.exp());
                d.push(ln_d.exp());
                l.push(law.at(ln_n, ln_d).loss);
            }
        }
        let points = Points::new(&Runs::from_columns(&n, &d, &l).unwrap());
        let objective = Objective { points: &points, delta: 1e-3 };
        let found = quasi_newton(objective, &Bounds::new((1e-3, 8.0)), &[1.5, 0.5, 0.5, 0.3, 0.3]).unwrap();
        let start = objective.local(&[1.5, 0.5, 0.5, 0.3, 0.3]).value;
        assert!(objective.local(&found).value < 1e-6 * start);
    }
}
