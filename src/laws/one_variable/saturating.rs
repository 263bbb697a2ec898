use super::of_one_variable;
use crate::laws::Bound;
use crate::laws::family::family;
use crate::math::dual::Real;

family! {
    /// A law that saturates at both ends (Zhai 2021):
    ///
    /// ```text
    /// y = E₀ + a·(x + d)^(−b)
    /// ```
    ///
    /// E₀: limit for large x. d, in the unit of x: below it the curve is flat at E₀ + a·d^(−b).
    ///
    /// ```
    /// use scaling_laws::published;
    /// // ImageNet error of a fine-tuned ViT after 1 TPUv3 core-day.
    /// assert!((published::ZHAI_2021_FINE_TUNED.at(1.0)? - 0.34909609478324877).abs() < 1e-12);
    /// # Ok::<(), scaling_laws::Error>(())
    /// ```
    law Saturating = "E0 + a (x + d)^-b";
    /// The family of [`Saturating`] laws: coefficients E0, a, d, b; input x.
    form SaturatingForm of f64, 1 numbers;
    linear [0, 1];
    coefficients 4 {
        "E0": Bound::NONNEGATIVE, search Bound::NONNEGATIVE;
        "a": Bound::NONNEGATIVE, search Bound::NONNEGATIVE;
        "d": Bound::NONNEGATIVE, search Bound::between(1e-9, 1e9);
        "b": Bound::NONNEGATIVE, search Bound::between(0.01, 3.0);
    }
}

impl Saturating {
    fn formula<T: Real>(&[floor, a, d, b]: &[T; 4], &[x]: &[T; 1]) -> T {
        floor + a * (x + d).power(-b)
    }
}

of_one_variable!(Saturating);
