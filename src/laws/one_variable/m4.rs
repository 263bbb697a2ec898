use super::of_one_variable;
use crate::laws::Bound;
use crate::laws::family::family;
use crate::math::dual::Real;
use crate::math::root::brent;

family! {
    /// M4, from the error of chance to the irreducible error (Alabdulmohsin 2022):
    ///
    /// ```text
    /// (ε − ε_∞)/(ε₀ − ε)^α = β·x^c,   c < 0
    /// ```
    ///
    /// ε₀: error of chance, approached for x → 0. ε_∞: irreducible error, approached for x → ∞. α = 0 is
    /// [`M2`](super::M2). ε is the root of an increasing function, found to the last bits; its gradient is that of the
    /// implicit equation. Fix ε₀ where chance is known.
    ///
    /// ```
    /// use scaling_laws::laws::M4;
    /// let law = M4::new([0.1, 1.0, 1.0, 2.0, -0.5])?; // (ε − 0.1)/(1 − ε) = 0.2
    /// assert!((law.at(100.0)? - 0.25).abs() < 1e-12);
    /// # Ok::<(), scaling_laws::Error>(())
    /// ```
    law M4 = "e with (e - e_inf)/(e_0 - e)^alpha = beta x^c";
    /// The family of [`M4`] laws: coefficients e_inf, e_0, alpha, beta, c; input x.
    form M4Form of f64, 1 numbers;
    linear [];
    coefficients 5 {
        "e_inf": Bound::NONNEGATIVE, search Bound::between(0.0, 1.0);
        "e_0": Bound::NONNEGATIVE, search Bound::between(0.1, 10.0);
        "alpha": Bound::NONNEGATIVE, search Bound::between(0.0, 4.0);
        "beta": Bound::NONNEGATIVE, search Bound::between(1e-3, 1e6);
        "c": Bound::FREE, search Bound::between(-3.0, -0.01);
    }
}

impl M4 {
    fn formula<T: Real>(&[floor, chance, alpha, beta, c]: &[T; 5], &[x]: &[T; 1]) -> T {
        let right = beta.ln() + c * x.ln();
        if alpha.value() == 0.0 {
            return floor + right.exp();
        }
        // e = floor + (chance − floor)·σ(z), so that the equation is finite and increasing in z everywhere.
        let ln_range = (chance.value() - floor.value()).ln();
        let softplus = |z: f64| Real::softplus(z);
        let excess = |z: f64| ln_range - softplus(-z) - alpha.value() * (ln_range - softplus(z)) - right.value();
        let Some(z) = brent(excess, -1e3, 1e3) else { return T::of(f64::NAN) };
        let e = floor.value() + (ln_range - softplus(-z)).exp();
        let (above, below) = ((ln_range - softplus(-z)).exp(), (ln_range - softplus(z)).exp());
        // One Newton step from the root moves nothing and carries the slopes (the implicit function theorem).
        let residual = (T::of(e) - floor).ln() - alpha * (chance - T::of(e)).ln() - right;
        let slope = 1.0 / above + alpha.value() / below;
        let step = residual / T::of(slope);
        // At the last bits e − floor may round to zero: then there is no step to take.
        if step.value().is_finite() { T::of(e) - step } else { T::of(e) }
    }
}

of_one_variable!(M4);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_implicit_equation_holds_from_chance_to_the_floor() {
        let law = M4::new([0.1, 0.9, 1.7, 3.0, -0.4]).unwrap();
        for x in [1e-6, 1e-2, 1.0, 1e3, 1e9] {
            let e = law.at(x).unwrap();
            let (left, right) = ((e - 0.1) / (0.9 - e).powf(1.7), 3.0 * x.powf(-0.4));
            assert!((left / right - 1.0).abs() < 1e-9, "{x}: {e}");
        }
        assert!((law.at(1e-30).unwrap() - 0.9).abs() < 1e-6 && (law.at(1e30).unwrap() - 0.1).abs() < 1e-6);
    }
}
