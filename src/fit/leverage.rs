//! What a fit does to the residuals, undone for the bootstrap.
//!
//! A fit pulls the residuals in: those of least squares have variance (1−h)·σ², h the leverage; those of a loss near the
//! absolute deviations are as they should be, but for as many as there are coefficients, which are zero. A bootstrap of
//! plain residuals is therefore too narrow, by a fifth at 42 runs and by two fifths at 15.

use crate::math::linear::Matrix;
use crate::math::order::sort_by_number;
use crate::math::quantile::robust_scale;

/// Rows Q_i of the orthonormal basis of a weighted Jacobian √w·J = Q·R over the free coefficients: h_i = ‖Q_i‖².
#[derive(Debug, Clone)]
pub(super) struct Leverages {
    q: Matrix,
}

/// A leverage, and a share of a cluster's variance, beyond which a residual says nothing of its error.
pub(super) const GREATEST: f64 = 0.99;

impl Leverages {
    /// `None` without rank or data.
    pub fn new(jacobian: &Matrix) -> Option<Self> {
        let (n, p) = jacobian.shape();
        if p == 0 || n < p {
            return None;
        }
        let norms: Vec<f64> = jacobian.column_iter().map(|column| column.norm()).collect();
        if norms.iter().any(|norm| !(*norm > 0.0 && norm.is_finite())) {
            return None;
        }
        let q = Matrix::from_fn(n, p, |i, j| jacobian[(i, j)] / norms[j]).qr().q();
        q.iter().all(|v| v.is_finite()).then_some(Self { q })
    }

    /// Number of coefficients.
    fn count(&self) -> usize {
        self.q.ncols()
    }

    fn of(&self, row: usize) -> f64 {
        self.q.row(row).norm_squared().min(GREATEST)
    }

    /// How much of the fit is by medians: 1 for δ far inside the scatter, 0 from the scatter on.
    fn medians(delta: f64, scale: f64) -> f64 {
        if scale > 0.0 { 1.0 - (delta / scale).min(1.0).powi(2) } else { 0.0 }
    }

    /// The scatter of residuals without the ones that the fit pulls to zero.
    fn scale(&self, residuals: &[f64], delta: f64) -> f64 {
        let kept: Vec<f64> = self.not_pulled(residuals).into_iter().map(|(_, r)| r).collect();
        let scale = robust_scale(&kept);
        if Self::medians(delta, scale) > 0.5 { scale } else { robust_scale(residuals) }
    }

    /// All but the p smallest, by row.
    fn not_pulled(&self, residuals: &[f64]) -> Vec<(usize, f64)> {
        let mut kept: Vec<(usize, f64)> = residuals.iter().copied().enumerate().collect();
        sort_by_number(&mut kept, |a| a.1.abs());
        kept.drain(..self.count().min(kept.len().saturating_sub(1)));
        kept
    }

    /// Errors of the size that each residual speaks for, r²/(1−h) + κ·h·σ̂², κ the share of medians in the loss.
    pub fn filled(&self, residuals: &[f64], delta: f64) -> Vec<f64> {
        let scale = self.scale(residuals, delta);
        let fill = Self::medians(delta, scale) * scale * scale;
        let error = |(row, r): (usize, &f64)| {
            let h = self.of(row);
            (r * r / (1.0 - h) + fill * h).sqrt().copysign(*r)
        };
        residuals.iter().enumerate().map(error).collect()
    }

    /// A pool of errors alike, by row: for a loss of medians all residuals but the p that it pulls to zero, else r/√(1−h)
    /// about their mean.
    pub fn pool(&self, residuals: &[f64], delta: f64) -> Vec<(usize, f64)> {
        if Self::medians(delta, self.scale(residuals, delta)) > 0.5 {
            return self.not_pulled(residuals);
        }
        let wide = |(i, r): (usize, &f64)| (i, r / (1.0 - self.of(i)).sqrt());
        let mut pool: Vec<(usize, f64)> = residuals.iter().enumerate().map(wide).collect();
        let mean = pool.iter().map(|(_, r)| r).sum::<f64>() / pool.len().max(1) as f64;
        pool.iter_mut().for_each(|(_, r)| *r -= mean);
        pool
    }

    /// (I − H_gg)⁻¹·r_g for every group g (Bell and McCaffrey 2002, CR3), by Q_g·(I − Q_gᵀ·Q_g)⁻¹·Q_gᵀ·r_g + r_g, which
    /// needs no matrix of a group's size.
    pub fn by_group(&self, residuals: &[f64], groups: &[usize], count: usize) -> Vec<f64> {
        let p = self.count();
        let mut errors = residuals.to_vec();
        let mut members: Vec<Vec<usize>> = vec![Vec::new(); count];
        groups.iter().enumerate().for_each(|(row, group)| members[*group].push(row));
        for rows in members {
            let own = Matrix::from_fn(rows.len(), p, |i, j| self.q[(rows[i], j)]);
            let r = Matrix::from_fn(rows.len(), 1, |i, _| residuals[rows[i]]);
            let gram = own.transpose() * &own;
            if gram.iter().any(|v| !v.is_finite()) {
                continue;
            }
            let eigen = gram.symmetric_eigen();
            let mut along = eigen.eigenvectors.transpose() * (own.transpose() * &r);
            for (value, share) in along.iter_mut().zip(eigen.eigenvalues.iter()) {
                *value /= 1.0 - share.min(GREATEST);
            }
            let more = own * (&eigen.eigenvectors * along);
            rows.iter().enumerate().for_each(|(i, row)| errors[*row] += more[(i, 0)]);
        }
        errors
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn design() -> (Matrix, Vec<f64>) {
        let jacobian = Matrix::from_fn(12, 2, |i, j| if j == 0 { 1.0 } else { (i * i) as f64 });
        let errors: Vec<f64> = (0..12).map(|i| (7.0 * i as f64).sin()).collect();
        (jacobian, errors)
    }

    /// Residuals of least squares.
    fn residuals(jacobian: &Matrix, errors: &[f64]) -> Vec<f64> {
        let q = Leverages::new(jacobian).unwrap().q;
        let e = Matrix::from_fn(errors.len(), 1, |i, _| errors[i]);
        (&e - &q * (q.transpose() * &e)).iter().copied().collect()
    }

    #[test]
    fn leverages_sum_to_the_number_of_coefficients() {
        let (jacobian, _) = design();
        let leverages = Leverages::new(&jacobian).unwrap();
        assert!(((0..12).map(|i| leverages.of(i)).sum::<f64>() - 2.0).abs() < 1e-12);
    }

    #[test]
    fn cr3_of_groups_of_one_is_the_residual_of_the_fit_without_it() {
        let (jacobian, errors) = design();
        let r = residuals(&jacobian, &errors);
        let leverages = Leverages::new(&jacobian).unwrap();
        let groups: Vec<usize> = (0..12).collect();
        let out = leverages.by_group(&r, &groups, 12);
        for i in 0..12 {
            let rows: Vec<usize> = (0..12).filter(|k| *k != i).collect();
            let without = Matrix::from_fn(11, 2, |k, j| jacobian[(rows[k], j)]);
            let e = Matrix::from_fn(11, 1, |k, _| errors[rows[k]]);
            let c = (without.transpose() * &without).try_inverse().unwrap() * without.transpose() * e;
            let predicted = c[(0, 0)] + c[(1, 0)] * jacobian[(i, 1)];
            assert!((out[i] - (errors[i] - predicted)).abs() < 1e-9, "{i}");
        }
    }

    #[test]
    fn a_group_comes_out_as_if_the_fit_had_not_seen_it() {
        let (jacobian, errors) = design();
        let r = residuals(&jacobian, &errors);
        let groups: Vec<usize> = (0..12).map(|i| i / 4).collect();
        let out = Leverages::new(&jacobian).unwrap().by_group(&r, &groups, 3);
        let rows: Vec<usize> = (4..12).collect();
        let without = Matrix::from_fn(8, 2, |k, j| jacobian[(rows[k], j)]);
        let e = Matrix::from_fn(8, 1, |k, _| errors[rows[k]]);
        let c = (without.transpose() * &without).try_inverse().unwrap() * without.transpose() * e;
        for i in 0..4 {
            assert!((out[i] - (errors[i] - c[(0, 0)] - c[(1, 0)] * jacobian[(i, 1)])).abs() < 1e-9, "{i}");
        }
    }

    #[test]
    fn squares_get_no_fill_and_medians_get_back_what_was_pulled_to_zero() {
        let (jacobian, errors) = design();
        let leverages = Leverages::new(&jacobian).unwrap();
        let by_squares = leverages.filled(&errors, f64::INFINITY);
        let h = leverages.of(3);
        assert!((by_squares[3] - errors[3] / (1.0 - h).sqrt()).abs() < 1e-12);
        let mut pulled = errors;
        (pulled[0], pulled[11]) = (0.0, 0.0);
        let by_medians = leverages.filled(&pulled, 1e-6);
        assert!(by_medians[11] > 0.3 && leverages.of(11) > 0.3);
        assert_eq!(leverages.pool(&pulled, 1e-6).len(), 10);
        assert!(leverages.pool(&pulled, f64::INFINITY).iter().map(|(_, r)| r).sum::<f64>().abs() < 1e-12);
    }
}
