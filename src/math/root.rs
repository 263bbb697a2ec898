/// A zero of `f` in [a, b], where f(a) and f(b) have opposite signs, by Brent's method with bisection as its safeguard
/// (R. P. Brent, Algorithms for Minimization without Derivatives, 1973, chapter 4). Converges to the last bits of x.
/// `None` without a change of sign or where `f` is not finite.
pub(crate) fn brent(mut f: impl FnMut(f64) -> f64, a: f64, b: f64) -> Option<f64> {
    // Compiled once, not for each function.
    find(&mut f, a, b)
}

fn find(f: &mut dyn FnMut(f64) -> f64, mut a: f64, mut b: f64) -> Option<f64> {
    let (mut fa, mut fb) = (f(a), f(b));
    if fa == 0.0 {
        return Some(a);
    }
    if fb == 0.0 {
        return Some(b);
    }
    if !(fa.is_finite() && fb.is_finite()) || fa.signum() == fb.signum() {
        return None;
    }
    let (mut c, mut fc) = (a, fa);
    let mut last = b - a;
    let mut before = last;
    for _ in 0..200 {
        if fb.signum() == fc.signum() {
            (c, fc) = (a, fa);
            last = b - a;
            before = last;
        }
        if fc.abs() < fb.abs() {
            (a, b, c) = (b, c, b);
            (fa, fb, fc) = (fb, fc, fb);
        }
        let tolerance = 2.0 * f64::EPSILON * b.abs();
        let half = 0.5 * (c - b);
        if half.abs() <= tolerance || fb == 0.0 {
            return Some(b);
        }
        if before.abs() >= tolerance && fa.abs() > fb.abs() {
            // Secant through two points, inverse quadratic through three.
            let s = fb / fa;
            let (mut p, mut q) = if a == c {
                (2.0 * half * s, 1.0 - s)
            } else {
                let (q, r) = (fa / fc, fb / fc);
                (s * (2.0 * half * q * (q - r) - (b - a) * (r - 1.0)), (q - 1.0) * (r - 1.0) * (s - 1.0))
            };
            if p > 0.0 {
                q = -q;
            } else {
                p = -p;
            }
            if 2.0 * p < (3.0 * half * q - (tolerance * q).abs()).min((before * q).abs()) {
                before = last;
                last = p / q;
            } else {
                last = half;
                before = half;
            }
        } else {
            last = half;
            before = half;
        }
        (a, fa) = (b, fb);
        b += if last.abs() > tolerance { last } else { tolerance.copysign(half) };
        fb = f(b);
        if !fb.is_finite() {
            return None;
        }
    }
    Some(b)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn roots_are_found_to_the_last_bits() {
        let root = brent(|x| x.exp() - 5.0, 0.0, 10.0).unwrap();
        assert!((root - 5f64.ln()).abs() < 1e-15);
        // Nearly flat on one side, where a plain secant method fails.
        let root = brent(|x: f64| (x - 1.0).powi(9), -4.0, 7.3).unwrap();
        assert!((root - 1.0).abs() < 1e-2);
    }

    #[test]
    fn no_change_of_sign_is_no_root() {
        assert_eq!(brent(|x| x * x + 1.0, -1.0, 1.0), None);
        assert_eq!(brent(|_| f64::NAN, -1.0, 1.0), None);
    }
}
