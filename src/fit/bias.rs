//! How far the vertex of a parabola lies from the optimum of a law, on the very points of a group.
//!
//! Along C = 6ND a Chinchilla law is, in w = ln(N/N_opt), E + K·(e^{−αw}/α + e^{βw}/β): a sum of exponentials, not a
//! parabola. With α ≠ β, or points that do not lie symmetrically about the optimum, a least-squares parabola has its vertex
//! elsewhere, and further off the wider the points lie.

use super::parabola::parabola;
use crate::error::FrontierError;
use crate::laws::{Chinchilla, LossModel};
use crate::math::root::brent;

/// How far the vertex of a parabola lies from the optimum where the losses follow a law exactly: vertex less optimum.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct ParabolaBias {
    /// In ln N, of the parabola in ln N.
    pub ln_params: f64,
    /// In ln D, of the parabola in ln D.
    pub ln_tokens: f64,
    /// In nats, of the least loss of the parabola in ln N.
    pub loss: f64,
}

/// Points of one group, all columns in one order.
pub(super) struct GroupPoints {
    pub ln_params: Vec<f64>,
    pub ln_tokens: Vec<f64>,
    pub ln_budget: f64,
    /// Whether the parabola is one of ln L.
    pub log_loss: bool,
    /// Whether the budget is one of FLOPs that are not 6ND, so that ND varies along the group.
    pub curved: bool,
}

impl GroupPoints {
    /// ln(N·D) along the group as a function of ln N, with its slope. On C = 6ND it is ln(C/6); by FLOPs counted
    /// otherwise a parabola through the points stands for the rule, which is smooth in N.
    fn ln_product(&self) -> impl Fn(f64) -> (f64, f64) {
        let level = self.ln_budget - 6f64.ln();
        let products: Vec<f64> = self.ln_params.iter().zip(&self.ln_tokens).map(|(n, d)| n + d).collect();
        let rule = if self.curved { parabola(&self.ln_params, &products) } else { None };
        move |ln_params| rule.map_or((level, 0.0), |rule| rule.at(ln_params))
    }
}

#[derive(Clone, Copy, PartialEq)]
pub(super) enum Axis {
    Params,
    Tokens,
}

/// A displacement of the vertex and how much the vertex moves per move of the optimum.
pub(super) struct Displacement {
    pub along: f64,
    pub slope: f64,
    pub loss: f64,
}

/// A law that has an optimum, for the displacements of vertices.
#[derive(Clone, Copy)]
pub(super) struct BiasLaw {
    pub law: Chinchilla,
}

impl BiasLaw {
    pub fn new(law: Chinchilla) -> Result<Self, FrontierError> {
        for (coefficient, value) in [("A", law.a()), ("B", law.b())] {
            if value == 0.0 {
                return Err(FrontierError::NoOptimum { coefficient });
            }
        }
        Ok(Self { law })
    }

    /// The displacement at the optimum that would put the vertex where it was seen.
    ///
    /// The law lends its shape only. It is moved along the group, to optimum N_opt·e^s and D_opt·e^{−s} at the same least
    /// loss, until the parabola through its losses at the group's points has the vertex seen: so a law that misplaces the
    /// optimum of this budget still says how a parabola is bent there. `None` where no s does.
    pub fn displacement(&self, points: &GroupPoints, axis: Axis, seen: f64) -> Option<Displacement> {
        let x = match axis {
            Axis::Params => &points.ln_params,
            Axis::Tokens => &points.ln_tokens,
        };
        let ln_product = points.ln_product();
        // Moves of the optimum along the axis in question are +s in ln N and −s in ln D.
        let sign = if axis == Axis::Params { 1.0 } else { -1.0 };
        let along = |ln_params: f64| if axis == Axis::Params { ln_params } else { ln_product(ln_params).0 - ln_params };
        let near = self.law.ln_optimal_params(points.ln_budget - 6f64.ln())?;
        let vertex = |s: f64| {
            let losses = points.ln_params.iter().zip(&points.ln_tokens).map(|(n, d)| {
                let loss = self.law.at(n - s, d + s).loss;
                if points.log_loss { loss.ln() } else { loss }
            });
            parabola(x, &losses.collect::<Vec<_>>())?.vertex
        };
        let gap = |s: f64| vertex(s).map_or(f64::NAN, |v| v.x - seen);
        let first = sign * (seen - along(near));
        let width = x.iter().copied().fold(f64::MIN, f64::max) - x.iter().copied().fold(f64::MAX, f64::min);
        let s = [0.02, 0.1, 0.3, 0.6, 1.0]
            .iter()
            .find_map(|part| brent(gap, first - part * width, first + part * width))?;
        let step = 1e-4;
        let slope = sign * (gap(s + step) - gap(s - step)) / (2.0 * step);
        let optimum = if points.curved { self.optimum_along(&ln_product, s, near + s, width)? } else { near + s };
        let least = self.law.at(optimum - s, ln_product(optimum).0 - optimum + s).loss;
        let fitted = vertex(s)?.y;
        let loss = if points.log_loss { fitted.exp() - least } else { fitted - least };
        let along = seen - along(optimum);
        (slope.is_finite() && slope > 0.0 && along.is_finite()).then_some(Displacement { along, slope, loss })
    }

    /// ln N of the least loss of the law moved by s along a curve of ln(ND), where ∂L/∂ln N + ∂L/∂ln D·(dln(ND)/dln N − 1)
    /// = 0.
    fn optimum_along(&self, ln_product: &impl Fn(f64) -> (f64, f64), s: f64, near: f64, width: f64) -> Option<f64> {
        let slope = |ln_params: f64| {
            let (product, rise) = ln_product(ln_params);
            let point = self.law.at(ln_params - s, product - ln_params + s);
            point.d_ln_params + point.d_ln_tokens * (rise - 1.0)
        };
        [0.1, 0.3, 1.0].iter().find_map(|part| brent(slope, near - part * width, near + part * width))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// One budget of 15 sizes, evenly in ln N to both sides of the optimum.
    fn group(law: &Chinchilla, budget: f64, factor: f64) -> GroupPoints {
        let ln_product = (budget / 6.0).ln();
        let centre = law.ln_optimal_params(ln_product).unwrap();
        let ln_params: Vec<f64> = (0..15).map(|i| centre + factor.ln() * (f64::from(i) - 7.0) / 7.0).collect();
        let ln_tokens = ln_params.iter().map(|n| ln_product - n).collect();
        GroupPoints { ln_params, ln_tokens, ln_budget: budget.ln(), log_loss: false, curved: false }
    }

    fn vertex(law: &Chinchilla, points: &GroupPoints) -> f64 {
        let losses: Vec<f64> =
            points.ln_params.iter().zip(&points.ln_tokens).map(|(n, d)| law.at(*n, *d).loss).collect();
        parabola(&points.ln_params, &losses).unwrap().vertex.unwrap().x
    }

    #[test]
    fn on_exact_losses_the_vertex_less_the_displacement_is_the_optimum() {
        let law = Chinchilla::new(1.69, 406.4, 410.7, 0.34, 0.28).unwrap();
        for factor in [2.0, 4.0, 8.0, 16.0] {
            let points = group(&law, 1e20, factor);
            let seen = vertex(&law, &points);
            let found = BiasLaw::new(law).unwrap().displacement(&points, Axis::Params, seen).unwrap();
            let optimum = law.ln_optimal_params((1e20f64 / 6.0).ln()).unwrap();
            assert!((seen - found.along - optimum).abs() < 1e-9 && found.along > 0.001);
        }
    }

    #[test]
    fn the_displacement_needs_the_exponents_only() {
        // Another E, A and B, hence another optimum: the same displacement, because the law is moved to the vertex.
        let law = Chinchilla::new(1.69, 406.4, 410.7, 0.34, 0.28).unwrap();
        let other = Chinchilla::new(0.5, 900.0, 300.0, 0.34, 0.28).unwrap();
        let points = group(&law, 1e20, 8.0);
        let seen = vertex(&law, &points);
        let by = |law: Chinchilla| BiasLaw::new(law).unwrap().displacement(&points, Axis::Params, seen).unwrap().along;
        assert!((by(law) - by(other)).abs() < 1e-9);
    }

    #[test]
    fn along_flops_that_are_not_6nd_the_optimum_is_that_of_their_curve() {
        // C = 6ND·(1 + 0.5·(N/1e9)^−0.3): small models cost more than 6ND. The truth by golden section on that curve.
        let law = Chinchilla::new(1.69, 406.4, 410.7, 0.34, 0.28).unwrap();
        let mut points = group(&law, 1e20, 4.0);
        let tokens = |n: f64| (1e20f64 / 6.0).ln() - n - (0.5 * (-0.3 * (n - 1e9f64.ln())).exp()).ln_1p();
        points.ln_tokens = points.ln_params.iter().map(|n| tokens(*n)).collect();
        points.curved = true;
        let seen = vertex(&law, &points);
        let found = BiasLaw::new(law).unwrap().displacement(&points, Axis::Params, seen).unwrap();
        let (mut a, mut b) = (points.ln_params[0], points.ln_params[14]);
        for _ in 0..200 {
            let (c, d) = (b - 0.618 * (b - a), a + 0.618 * (b - a));
            if law.at(c, tokens(c)).loss < law.at(d, tokens(d)).loss { b = d } else { a = c }
        }
        // Not exact: a parabola stands for the rule.
        assert!((seen - found.along - a).abs() < 1e-3, "{} {a}", seen - found.along);
        assert!(found.along.abs() > 1e-3);
        // Read on C = 6ND, the same points would put it elsewhere.
        assert!((law.ln_optimal_params((1e20f64 / 6.0).ln()).unwrap() - a).abs() > 0.01);
    }

    #[test]
    fn equal_exponents_about_the_optimum_displace_nothing() {
        let law = Chinchilla::new(1.69, 400.0, 400.0, 0.31, 0.31).unwrap();
        let points = group(&law, 1e20, 16.0);
        let seen = vertex(&law, &points);
        let found = BiasLaw::new(law).unwrap().displacement(&points, Axis::Params, seen).unwrap();
        assert!(found.along.abs() < 1e-9);
        assert!(found.slope > 0.3 && found.slope < 1.5);
    }
}
