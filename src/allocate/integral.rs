/// Positive nodes and weights of eight-point Gauss-Legendre quadrature on [-1, 1] (Abramowitz & Stegun, table 25.4).
const NODES: [(f64, f64); 4] = [
    (0.183_434_642_495_649_8, 0.362_683_783_378_362),
    (0.525_532_409_916_329, 0.313_706_645_877_887_3),
    (0.796_666_477_413_626_7, 0.222_381_034_453_374_48),
    (0.960_289_856_497_536_3, 0.101_228_536_290_376_26),
];

/// Widest panel, in e-folds: a power law with exponent 1 is integrated to the last digits over this width.
const PANEL: f64 = 2.0;

/// How far a panel may be from its two halves. The error falls 2^16-fold by halving, so the halves are far better.
const TOLERANCE: f64 = 1e-10;

/// Panels after which an integrand is too rough to go on refining.
const MOST_PANELS: u32 = 400;

/// The integral of `f` from `a` to `b`, signed, by halving panels until they agree; meant for smooth functions of one
/// sign. `None` where `f` has no value.
pub(super) fn integral(mut f: impl FnMut(f64) -> Option<f64>, a: f64, b: f64) -> Option<f64> {
    halved(&mut f, a, b)
}

/// Compiled once, not for each function.
fn halved(f: &mut dyn FnMut(f64) -> Option<f64>, a: f64, b: f64) -> Option<f64> {
    let mut panel = |(a, b): (f64, f64)| -> Option<f64> {
        let (middle, half) = (0.5 * (a + b), 0.5 * (b - a));
        let mut sum = 0.0;
        for (node, weight) in NODES {
            sum += weight * (f(middle - half * node)? + f(middle + half * node)?);
        }
        Some(sum * half)
    };
    let count = ((b - a).abs() / PANEL).ceil().clamp(1.0, f64::from(MOST_PANELS)) as u32;
    let step = (b - a) / f64::from(count);
    let mut open = Vec::new();
    let mut size = 0.0;
    for i in 0..count {
        let ends = (a + step * f64::from(i), a + step * f64::from(i + 1));
        let whole = panel(ends)?;
        size += whole.abs();
        open.push((ends, whole));
    }
    let (mut sum, mut spent) = (0.0, count);
    while let Some(((a, b), whole)) = open.pop() {
        let middle = 0.5 * (a + b);
        let (left, right) = (panel((a, middle))?, panel((middle, b))?);
        spent += 2;
        if (left + right - whole).abs() <= TOLERANCE * size || spent > MOST_PANELS {
            sum += left + right;
        } else {
            open.extend([((a, middle), left), ((middle, b), right)]);
        }
    }
    Some(sum)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exponentials_are_integrated_to_the_last_digits() {
        for (a, b) in [(0.0_f64, 1.4_f64), (3.0, -2.0), (-1.0, 12.0)] {
            let exact = (-b).exp() - (-a).exp();
            let found = integral(|x| Some(-(-x).exp()), a, b).unwrap();
            assert!((found / exact - 1.0).abs() < 1e-13, "{a} {b}: {found} {exact}");
        }
    }

    #[test]
    fn a_narrow_transition_and_a_kink_are_resolved() {
        let found = integral(|x| Some(1.0 / (1.0 + (40.0 * x).exp())), -2.0, 2.0).unwrap();
        assert!((found / 2.0 - 1.0).abs() < 1e-13, "{found}");
        let found = integral(|x: f64| Some(x.max(0.3)), 0.0, 1.0).unwrap();
        assert!((found / 0.545 - 1.0).abs() < 1e-9, "{found}");
    }

    #[test]
    fn a_missing_value_is_no_integral() {
        assert_eq!(integral(|x| (x < 0.5).then_some(x), 0.0, 1.0), None);
    }
}
