use super::of_one_variable;
use crate::laws::Bound;
use crate::laws::family::family;
use crate::math::dual::Real;

family! {
    /// A power law with an irreducible term, by its scale (Henighan 2020):
    ///
    /// ```text
    /// y = E + (x_c/x)^α
    /// ```
    ///
    /// E: unit of y. x_c: unit of x. With E = 0 it is [`PowerLaw`](crate::PowerLaw). [`M2`](super::M2) is the same
    /// curve by its coefficient, linear in it and the better one to fit.
    ///
    /// ```
    /// use scaling_laws::laws::FlooredPower;
    /// let images = FlooredPower::new([2.20, 63.0, 0.13])?; // 32x32 pixels, N in parameters
    /// assert!((images.at(1e8)? - 2.356283911192293).abs() < 1e-12);
    /// # Ok::<(), scaling_laws::Error>(())
    /// ```
    law FlooredPower = "E + (x_c/x)^alpha";
    /// The family of [`FlooredPower`] laws: coefficients E, x_c, alpha; input x.
    form FlooredPowerForm of f64, 1 numbers;
    linear [0];
    coefficients 3 {
        "E": Bound::NONNEGATIVE, search Bound::NONNEGATIVE;
        "x_c": Bound::NONNEGATIVE, search Bound::between(1e-12, 1e20);
        "alpha": Bound::NONNEGATIVE, search Bound::between(0.01, 3.0);
    }
}

impl FlooredPower {
    fn formula<T: Real>(&[e, scale, alpha]: &[T; 3], &[x]: &[T; 1]) -> T {
        e + (alpha * (scale.ln() - x.ln())).exp()
    }
}

of_one_variable!(FlooredPower);
