use super::of_one_variable;
use crate::laws::Bound;
use crate::laws::family::family;
use crate::math::dual::Real;

family! {
    /// M1, a pure power law (Alabdulmohsin 2022): ε = β·x^c with c < 0.
    ///
    /// ```
    /// use scaling_laws::laws::M1;
    /// assert!((M1::new([2.0, -0.5])?.at(100.0)? - 0.2).abs() < 1e-15);
    /// # Ok::<(), scaling_laws::Error>(())
    /// ```
    law M1 = "beta x^c";
    /// The family of [`M1`] laws: coefficients beta, c; input x.
    form M1Form of f64, 1 numbers;
    linear [0];
    coefficients 2 {
        "beta": Bound::NONNEGATIVE, search Bound::NONNEGATIVE;
        "c": Bound::FREE, search Bound::between(-3.0, -0.01);
    }
}

impl M1 {
    fn formula<T: Real>(&[beta, c]: &[T; 2], &[x]: &[T; 1]) -> T {
        beta * (c * x.ln()).exp()
    }
}

of_one_variable!(M1);
