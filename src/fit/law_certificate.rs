//! The certificate of a fit of any law: the same evidence as Approach 3's, from first derivatives alone.

use super::certificate::{AGREE, Basin, Certificate, DISTINCT, KEPT, Termination};
use super::descent::Descent;
use super::law_covariance::Whitened;
use super::loss_function::{Kernel, Residual};
use super::system::{Role, System};
use super::vertex::strictness;
use crate::laws::Bound;
use crate::math::linear::{Matrix, Vector};

/// `best` and the `ends` it is the best of.
pub(super) fn certify(
    system: &System<'_>,
    bounds: &[Bound],
    whitened: Option<&Whitened>,
    best: &Descent,
    ends: &[Descent],
    searched: bool,
) -> Certificate {
    let end = &best.end;
    let names = system.rows.names();
    let tolerance = AGREE * best.objective.abs() + rounding(system, best.kernel);
    let on_bound = |k: usize| end.free[k] <= bounds[k].least || end.free[k] >= bounds[k].greatest;
    let basins = basins(system, ends);
    let mut certificate = Certificate {
        scaled_gradient: if end.termination == Termination::Vertex {
            0.0
        } else {
            end.linear.scaled_gradient(&end.held)
        },
        smallest_curvature: match end.termination {
            Termination::Vertex => {
                strictness(system, &end.linear.residuals, &end.linear.jacobian, &end.held).unwrap_or(0.0)
            }
            _ => whitened.and_then(|whitened| smallest_curvature(system, best, whitened)).unwrap_or(0.0),
        },
        condition_number: whitened.map_or(f64::INFINITY, |whitened| whitened.bread.condition),
        starts: ends.len(),
        starts_agreeing: ends.iter().filter(|other| other.objective <= best.objective + tolerance).count(),
        global: searched,
        at_bound: (0..system.roles.len())
            .filter(|&j| matches!(system.roles[j], Role::Free(k) if on_bound(k)))
            .filter_map(|j| names.get(j).copied())
            .collect(),
        unseen_share: searched.then(|| unseen_share(&basins)),
        basins: basins.into_iter().take(KEPT).collect(),
        certified: false,
    };
    certificate.certified = certificate.reason(end.termination).is_none();
    certificate
}

/// What the objective may be when every datum lies on the law to the last bits.
fn rounding(system: &System<'_>, kernel: Kernel) -> f64 {
    let size = |value: &f64| match system.residual {
        Residual::Log => 1.0,
        Residual::Raw => value.abs(),
    };
    system.values.iter().map(|value| kernel.at(1e-12 * size(value)).rho).filter(|rho| rho.is_finite()).sum()
}

/// Smallest eigenvalue of the objective's Hessian in the directions in which the design's own curvature is the identity,
/// by central differences of the gradient.
///
/// The first step raises the objective by about a ten-thousandth. Along a valley that is nearly flat it is long, and what is
/// not quadratic there, or a kink of Huber's loss, spoils the differences; steps too short are lost in rounding. Of steps
/// each an eighth of the last the one counts that the next changes least.
fn smallest_curvature(system: &System<'_>, best: &Descent, whitened: &Whitened) -> Option<f64> {
    const STEPS: usize = 6;
    let system = system.with(best.kernel);
    let p = whitened.index.len();
    let directions: Vec<Vec<f64>> = (0..p).map(|k| whitened.bread.direction(k)).collect();
    let gradient_at = |k: usize, step: f64| {
        let mut free = best.end.free.clone();
        for (&j, along) in whitened.index.iter().zip(&directions[k]) {
            free[j] += step * along;
        }
        let gradient = system.linearise(&free)?.gradient;
        Some(Vector::from_fn(p, |m, _| {
            whitened.index.iter().zip(&directions[m]).map(|(&j, along)| gradient[j] * along).sum()
        }))
    };
    let hessian_by = |step: f64| {
        let mut hessian = Matrix::zeros(p, p);
        for k in 0..p {
            let column: Vector = (gradient_at(k, step)? - gradient_at(k, -step)?) / (2.0 * step);
            hessian.set_column(k, &column);
        }
        let symmetric = (&hessian + hessian.transpose()) * 0.5;
        symmetric.iter().all(|v| v.is_finite()).then_some(symmetric)
    };
    let longest = (2e-4 * best.end.linear.value.abs()).sqrt().max(1e-10);
    let all: Vec<Matrix> = (0..STEPS).filter_map(|i| hessian_by(longest * 0.125f64.powi(i as i32))).collect();
    let change = |pair: &[Matrix]| pair.first().zip(pair.get(1)).map_or(f64::INFINITY, |(a, b)| (a - b).norm());
    let steadiest = all.windows(2).min_by(|a, b| change(a).total_cmp(&change(b)));
    let hessian = steadiest.and_then(<[_]>::last).or(all.first())?;
    Some(hessian.symmetric_eigenvalues().min())
}

/// 1 where too few starts met to say.
fn unseen_share(basins: &[Basin]) -> f64 {
    let (distinct, starts) = (basins.len() as f64, basins.iter().map(|basin| basin.starts).sum::<usize>() as f64);
    if starts < 2.0 { 1.0 } else { (distinct * (distinct + 1.0) / (starts * (starts - 1.0))).min(1.0) }
}

/// Distinct stationary ends, best first.
fn basins(system: &System<'_>, ends: &[Descent]) -> Vec<Basin> {
    let mut found: Vec<Basin> = Vec::new();
    for descent in ends.iter().filter(|descent| descent.end.termination.is_optimal()) {
        let coefficients = system.full(&descent.end.free);
        let same = |basin: &&mut Basin| {
            basin.coefficients.iter().zip(&coefficients).all(|(a, b)| (a - b).abs() <= DISTINCT * a.abs().max(b.abs()))
        };
        if let Some(basin) = found.iter_mut().find(same) {
            basin.starts += 1;
        } else {
            found.push(Basin { objective: descent.objective, coefficients, starts: 1 });
        }
    }
    found
}
