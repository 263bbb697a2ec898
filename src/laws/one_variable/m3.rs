use super::of_one_variable;
use crate::laws::Bound;
use crate::laws::family::family;
use crate::math::dual::Real;

family! {
    /// M3, a power law that saturates (Alabdulmohsin 2022): ε = β·(x^(−1) + γ)^(−c) with c < 0 and γ ≥ 0.
    ///
    /// For γ·x ≪ 1 it is β·x^c, for large x it ends at β·γ^(−c).
    ///
    /// ```
    /// use scaling_laws::laws::M3;
    /// assert!((M3::new([2.0, -0.5, 0.0])?.at(100.0)? - 0.2).abs() < 1e-15); // γ = 0 is M1
    /// assert!((M3::new([2.0, -0.5, 0.01])?.at(1e12)? - 0.2).abs() < 1e-9); // the limit β·γ^(1/2)
    /// # Ok::<(), scaling_laws::Error>(())
    /// ```
    law M3 = "beta (x^-1 + gamma)^-c";
    /// The family of [`M3`] laws: coefficients beta, c, gamma; input x.
    form M3Form of f64, 1 numbers;
    linear [0];
    coefficients 3 {
        "beta": Bound::NONNEGATIVE, search Bound::NONNEGATIVE;
        "c": Bound::FREE, search Bound::between(-3.0, -0.01);
        "gamma": Bound::NONNEGATIVE, search Bound::between(1e-12, 10.0);
    }
}

impl M3 {
    fn formula<T: Real>(&[beta, c, gamma]: &[T; 3], &[x]: &[T; 1]) -> T {
        beta * (T::of(1.0) / x + gamma).power(-c)
    }
}

of_one_variable!(M3);
