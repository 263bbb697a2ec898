//! Small dense solves, sizes known at compile time, no allocation.

/// Solves (H + λ·diag(d)) s = −g on the coordinates where `free`, by Cholesky. Elsewhere s is zero.
/// `None` if the matrix is not safely positive definite.
pub(crate) fn damped_solve<const P: usize>(
    h: &[[f64; P]; P],
    lambda: f64,
    d: &[f64; P],
    g: &[f64; P],
    free: &[bool; P],
) -> Option<[f64; P]> {
    let mut l = [[0.0; P]; P];
    for j in 0..P {
        if !free[j] {
            continue;
        }
        for k in 0..=j {
            if !free[k] {
                continue;
            }
            let mut sum = h[j][k];
            if j == k {
                sum += lambda * d[j];
            }
            for m in 0..k {
                sum -= l[j][m] * l[k][m];
            }
            if j == k {
                // Relative to the diagonal: a pivot lost to rounding must not pass as positive.
                if !(sum > 1e-14 * (h[j][j].abs() + lambda * d[j])) {
                    return None;
                }
                l[j][j] = sum.sqrt();
            } else {
                l[j][k] = sum / l[k][k];
            }
        }
    }
    let mut s = [0.0; P];
    for j in (0..P).filter(|&j| free[j]) {
        let mut sum = -g[j];
        for m in 0..j {
            sum -= l[j][m] * s[m];
        }
        s[j] = sum / l[j][j];
    }
    for j in (0..P).rev().filter(|&j| free[j]) {
        let mut sum = s[j];
        for m in j + 1..P {
            sum -= l[m][j] * s[m];
        }
        s[j] = sum / l[j][j];
    }
    s.iter().all(|x| x.is_finite()).then_some(s)
}

/// argmin ½ cᵀMc − vᵀc over c ≥ 0 in three variables, by trying every set of positive variables: the problem is convex,
/// so the best feasible stationary point is the optimum.
pub(crate) fn nonnegative_quadratic(m: &[[f64; 3]; 3], v: &[f64; 3]) -> [f64; 3] {
    const SETS: [[bool; 3]; 7] = [
        [true, true, true],
        [true, true, false],
        [true, false, true],
        [false, true, true],
        [true, false, false],
        [false, true, false],
        [false, false, true],
    ];
    let minus_v = [-v[0], -v[1], -v[2]];
    let mut best = ([0.0; 3], 0.0);
    for free in &SETS {
        let Some(c) = damped_solve(m, 0.0, &[0.0; 3], &minus_v, free) else { continue };
        if c.iter().any(|x| *x < 0.0) {
            continue;
        }
        // At a stationary point the value is −½ vᵀc.
        let value = -0.5 * (v[0] * c[0] + v[1] * c[1] + v[2] * c[2]);
        if value < best.1 {
            best = (c, value);
        }
        if *free == SETS[0] {
            break;
        }
    }
    best.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn damped_solve_leaves_held_coordinates_alone() {
        let h = [[4.0, 1.0, 9.0], [1.0, 3.0, 9.0], [9.0, 9.0, 1.0]];
        let s = damped_solve(&h, 0.0, &[0.0; 3], &[1.0, 2.0, 3.0], &[true, true, false]).unwrap();
        assert!((4.0 * s[0] + s[1] + 1.0).abs() < 1e-14 && (s[0] + 3.0 * s[1] + 2.0).abs() < 1e-14);
        assert_eq!(s[2], 0.0);
        assert!(damped_solve(&h, 0.0, &[0.0; 3], &[1.0; 3], &[true; 3]).is_none(), "an indefinite matrix is refused");
    }

    #[test]
    fn nonnegative_quadratic_meets_its_optimality_conditions() {
        let m = [[2.0, 0.3, 0.1], [0.3, 1.0, 0.2], [0.1, 0.2, 1.5]];
        for v in [[1.0, 1.0, 1.0], [-1.0, 1.0, 1.0], [1.0, -2.0, -0.1], [-1.0, -1.0, -1.0], [0.5, 3.0, -1.0]] {
            let c = nonnegative_quadratic(&m, &v);
            for j in 0..3 {
                let slope = (0..3).map(|k| m[j][k] * c[k]).sum::<f64>() - v[j];
                assert!(c[j] >= 0.0 && slope > -1e-12 && (slope * c[j]).abs() < 1e-12, "{v:?} {c:?}");
            }
        }
    }
}
