use super::of_one_variable;
use crate::laws::Bound;
use crate::laws::family::family;
use crate::math::dual::Real;

family! {
    /// M2, a power law with an irreducible term (Alabdulmohsin 2022): ε − ε_∞ = β·x^c with c < 0.
    ///
    /// ```
    /// use scaling_laws::laws::M2;
    /// assert!((M2::new([0.1, 2.0, -0.5])?.at(100.0)? - 0.3).abs() < 1e-15);
    /// # Ok::<(), scaling_laws::Error>(())
    /// ```
    law M2 = "e_inf + beta x^c";
    /// The family of [`M2`] laws: coefficients e_inf, beta, c; input x.
    form M2Form of f64, 1 numbers;
    linear [0, 1];
    coefficients 3 {
        "e_inf": Bound::NONNEGATIVE, search Bound::NONNEGATIVE;
        "beta": Bound::NONNEGATIVE, search Bound::NONNEGATIVE;
        "c": Bound::FREE, search Bound::between(-3.0, -0.01);
    }
}

impl M2 {
    fn formula<T: Real>(&[floor, beta, c]: &[T; 3], &[x]: &[T; 1]) -> T {
        floor + beta * (c * x.ln()).exp()
    }
}

of_one_variable!(M2);
