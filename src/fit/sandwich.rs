//! Covariances from the QR factorisation of the weighted Jacobian. Its normal matrix, which squares the condition number, is
//! formed nowhere. Rows are taken in blocks, so that a million of them need no copy.

use std::ops::Range;

use super::leverage::GREATEST;
use crate::math::linear::{Matrix, Vector};

/// The triangle of √ω·J = Q·R, ω the curvature of the loss at each datum: (JᵀΩJ)⁻¹ = R⁻¹·R⁻ᵀ.
pub(super) struct Bread {
    /// Column norms, divided out before the factorisation.
    norms: Vec<f64>,
    /// R⁻¹ of the unit columns.
    inverse: Matrix,
    /// (σ_max/σ_min)² of the unit columns.
    pub condition: f64,
}

/// Rows from zero, so many at a time that a block stays in the cache.
fn blocks(count: usize) -> impl Iterator<Item = Range<usize>> {
    const ROWS: usize = 1024;
    (0..count).step_by(ROWS).map(move |first| first..count.min(first + ROWS))
}

/// Data that move together.
pub(super) struct Clustering<'a> {
    /// The cluster of each row of the Jacobian.
    pub of: &'a [usize],
    /// How often each cluster was drawn; once each where that is empty.
    pub times: &'a [f64],
}

impl Bread {
    /// Of the rows of J with the curvature ω of each. `None` without columns or where they have no rank.
    pub fn new(jacobian: &Matrix, curvature: &dyn Fn(usize) -> f64) -> Option<Self> {
        let (n, p) = jacobian.shape();
        let weighted = |row: usize, k: usize| curvature(row).max(0.0).sqrt() * jacobian[(row, k)];
        let norm = |k: usize| (0..n).map(|row| weighted(row, k).powi(2)).sum::<f64>().sqrt();
        let norms: Vec<f64> = (0..p).map(norm).collect();
        if p == 0 || n < p || norms.iter().any(|norm| !(*norm > 0.0 && norm.is_finite())) {
            return None;
        }
        // The triangle of a matrix is that of its upper rows' triangle stacked on its lower rows.
        let triangle = blocks(n).fold(Matrix::zeros(0, p), |above, rows| {
            let height = above.nrows();
            let entry = |i: usize, k: usize| match i.checked_sub(height) {
                None => above[(i, k)],
                Some(i) => weighted(rows.start + i, k) / norms[k],
            };
            Matrix::from_fn(height + rows.len(), p, entry).qr().r()
        });
        let inverse = triangle.solve_upper_triangular(&Matrix::identity(p, p))?;
        if inverse.iter().any(|v| !v.is_finite()) {
            return None;
        }
        // (σ_max/σ_min)² of R by the greatest eigenvalues alone, which rounding leaves: those of RᵀR and of its inverse.
        // In units of the greatest entry: squares that overflow would not let the eigenvalues end.
        let greatest = |m: &Matrix| {
            let (size, unit) = (m.amax(), m / m.amax());
            size * size * (unit.transpose() * unit).symmetric_eigenvalues().max()
        };
        let condition = greatest(&triangle) * greatest(&inverse);
        Some(Self { norms, inverse, condition })
    }

    /// The step of the coefficients along whitened direction k: in these directions JᵀΩJ is the identity.
    pub fn direction(&self, k: usize) -> Vec<f64> {
        self.norms.iter().enumerate().map(|(i, norm)| self.inverse[(i, k)] / norm).collect()
    }

    /// (JᵀΩJ)⁻¹, the covariance under errors of variance 1/ω.
    pub fn model(&self) -> Matrix {
        let steps = self.steps();
        &steps * steps.transpose()
    }

    /// D⁻¹·R⁻¹.
    fn steps(&self) -> Matrix {
        Matrix::from_fn(self.norms.len(), self.norms.len(), |i, k| self.inverse[(i, k)] / self.norms[i])
    }

    /// Some rows of J in the coordinates in which JᵀΩJ is the identity.
    fn whitened(&self, jacobian: &Matrix, rows: &Range<usize>) -> Matrix {
        let unit = |i: usize, k: usize| jacobian[(rows.start + i, k)] / self.norms[k];
        Matrix::from_fn(rows.len(), self.norms.len(), unit) * &self.inverse
    }

    /// (JᵀΩJ)⁻¹·(Σ s_i²·J_i·J_iᵀ)·(JᵀΩJ)⁻¹: the outer products of what each datum with its score s moves the coefficients by.
    pub fn independent(&self, jacobian: &Matrix, scores: &[f64]) -> Matrix {
        let (p, steps) = (self.norms.len(), self.steps().transpose());
        blocks(jacobian.nrows()).fold(Matrix::zeros(p, p), |sum, rows| {
            let mut moves = self.whitened(jacobian, &rows);
            for (mut row, score) in moves.row_iter_mut().zip(&scores[rows]) {
                row *= *score;
            }
            let moves = moves * &steps;
            sum + moves.tr_mul(&moves)
        })
    }

    /// The jackknife over clusters by first order, CR3 of Bell and McCaffrey 2002 (CV3 of MacKinnon, Nielsen and Webb 2023):
    ///
    /// ```text
    /// V = (G−1)/G·Σ_g d_g·d_gᵀ,   d_g = (JᵀΩJ − J_gᵀΩ_g·J_g)⁻¹·J_gᵀ·s_g
    /// ```
    ///
    /// the moves d_g of the coefficients when cluster g is left out.
    pub fn clustered(
        &self,
        jacobian: &Matrix,
        scores: &[f64],
        curvatures: &[f64],
        clusters: &Clustering<'_>,
    ) -> Matrix {
        let p = self.norms.len();
        let count = clusters.of.iter().max().map_or(0, |last| last + 1);
        let mut sums = vec![(Vector::zeros(p), Matrix::zeros(p, p), false); count];
        for rows in blocks(clusters.of.len()) {
            let whitened = self.whitened(jacobian, &rows);
            for (row, i) in whitened.row_iter().zip(rows) {
                let (score, share, seen) = &mut sums[clusters.of[i]];
                let row = row.transpose();
                score.axpy(scores[i], &row, 1.0);
                share.ger(curvatures[i], &row, &row, 1.0);
                *seen = true;
            }
        }
        let (mut total, mut covariance) = (0.0, Matrix::zeros(p, p));
        let steps = self.steps();
        for (cluster, (score, share, seen)) in sums.into_iter().enumerate() {
            let times = clusters.times.get(cluster).copied().unwrap_or(1.0);
            if !seen || !(times > 0.0) {
                continue;
            }
            total += times;
            let eigen = (share / times).symmetric_eigen();
            let mut along = eigen.eigenvectors.tr_mul(&(score / times));
            for (value, share) in along.iter_mut().zip(eigen.eigenvalues.iter()) {
                *value /= 1.0 - share.min(GREATEST);
            }
            let moved = &steps * (&eigen.eigenvectors * along);
            covariance.ger(times, &moved, &moved, 1.0);
        }
        covariance * ((total - 1.0) / total.max(1.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// tests/it/sandwich_reference.py: the entries 00, 11, 22 and 02 of each covariance in 60 digits.
    #[test]
    fn columns_that_are_all_but_equal_have_a_condition_without_end() {
        let jacobian = Matrix::from_row_slice(3, 2, &[1.0, 1.0, 0.0, 1e-158, 0.0, 0.0]);
        assert!(Bread::new(&jacobian, &|_| 1.0).is_some_and(|bread| bread.condition == f64::INFINITY));
    }

    #[test]
    fn an_ill_conditioned_design_in_mixed_units_keeps_five_digits() {
        let x: Vec<f64> = (0..12).map(|i| 1.0 + f64::from(i) / 32768.0).collect();
        let large = 2f64.powi(30);
        let jacobian = Matrix::from_fn(12, 3, |i, k| [large, x[i], x[i] * x[i] / large][k]);
        let scores: Vec<f64> = (0..12).map(|i| f64::from(7 * i % 11 - 5) / 8.0).collect();
        let curvatures: Vec<f64> = (0..12).map(|i| f64::from(1 + i % 3) / 4.0).collect();
        let of: Vec<usize> = (0..12).map(|i| i / 3).collect();
        let bread = Bread::new(&jacobian, &|row| curvatures[row]).unwrap();
        let clustered =
            |times: &[f64]| bread.clustered(&jacobian, &scores, &curvatures, &Clustering { of: &of, times });
        for (name, ours, theirs) in [
            (
                "model",
                bread.model(),
                [0.0015687785415275893, 7232143877074708.0, 2.0837829696669517e33, 1808035945606901.0],
            ),
            (
                "independent",
                bread.independent(&jacobian, &scores),
                [0.0008844736196991097, 4077393554076314.0, 1.1747904048095093e33, 1019348377650781.1],
            ),
            (
                "clustered",
                clustered(&[]),
                [0.04264510306419815, 1.965910402636397e17, 5.66419623595591e34, 4.914775978976698e16],
            ),
            (
                "a cluster drawn twice",
                clustered(&[1.0, 2.0, 1.0, 1.0]),
                [0.045483364162368804, 2.096752233627205e17, 6.041178483359326e34, 5.241880554652274e16],
            ),
        ] {
            for (place, expected) in [(0, 0), (1, 1), (2, 2), (0, 2)].into_iter().zip(theirs) {
                assert!((ours[place] / expected - 1.0).abs() < 1e-5, "{name} {place:?}: {} {expected}", ours[place]);
            }
        }
        // A normal matrix of these rows would keep none: 16 digits less the 17 of its condition number.
        assert!(bread.condition > 1e17, "{}", bread.condition);
    }
}
