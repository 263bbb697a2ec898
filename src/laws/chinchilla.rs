use super::family::{Inputs, OfNumbers};
use super::{Bound, Law, LossModel, LossPoint};
use crate::error::LawError;
use crate::math::simd;
use crate::units::{Conventions, Domain, Nats, Params, Tokens};

/// The Chinchilla form (Hoffmann 2022, equation 2; Approach 3):
///
/// ```text
/// L(N, D) = E + A/N^α + B/D^β
/// ```
///
/// E: irreducible loss, nats per token. A, B: nats at N = 1 and D = 1. α, β: exponents, without unit.
/// N: parameters. D: training tokens.
///
/// On C = 6ND the optimum is closed (equation 4): N_opt = G·(C/6)^a, D_opt = (C/6)^b/G with
/// a = β/(α+β), b = α/(α+β), G = (αA/(βB))^(1/(α+β)).
///
/// ```
/// use scaling_laws::{Chinchilla, LossModel, Params, Tokens};
/// let law = Chinchilla::new(1.8172, 482.01, 2085.43, 0.3478, 0.3658)?; // Besiroglu 2024
/// let loss = law.loss(Params::billions(70.0)?, Tokens::trillions(1.4)?)?;
/// assert!((loss.get() - 1.9738818631585637).abs() < 1e-12);
/// # Ok::<(), scaling_laws::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Chinchilla {
    e: f64,
    a: f64,
    b: f64,
    alpha: f64,
    beta: f64,
    conventions: Conventions,
    domain: Domain,
}

impl Chinchilla {
    /// The formula, in the names of the coefficients.
    pub const FORMULA: &'static str = "E + A/N^alpha + B/D^beta";

    /// A law from its five coefficients, with N counting all parameters and C = 6ND.
    ///
    /// # Errors
    /// [`LawError::Coefficient`] unless E, A and B are finite and not negative, not all zero, and α and β are finite
    /// and above zero.
    pub fn new(e: f64, a: f64, b: f64, alpha: f64, beta: f64) -> Result<Self, LawError> {
        let refuse = |coefficient, value, allowed| {
            Err(LawError::Coefficient { law: Self::FORMULA, coefficient, value, allowed })
        };
        for (name, value) in [("E", e), ("A", a), ("B", b)] {
            if !(value.is_finite() && value >= 0.0) {
                return refuse(name, value, "finite and not negative");
            }
        }
        for (name, value) in [("alpha", alpha), ("beta", beta)] {
            if !(value.is_finite() && value > 0.0) {
                return refuse(name, value, "finite and above zero");
            }
        }
        if e == 0.0 && a == 0.0 && b == 0.0 {
            return refuse("E", e, "above zero when A and B are zero");
        }
        Ok(Self::known(e, a, b, alpha, beta, Domain::default()))
    }

    /// For published constants.
    pub(crate) const fn known(e: f64, a: f64, b: f64, alpha: f64, beta: f64, domain: Domain) -> Self {
        let conventions = Conventions::new(crate::units::ParamCount::Total, crate::units::ComputeRule::SixNd);
        Self { e, a, b, alpha, beta, conventions, domain }
    }

    /// For published constants of another convention.
    pub(crate) const fn count_as(self, conventions: Conventions) -> Self {
        Self { conventions, ..self }
    }

    /// The same law with N and C counted otherwise.
    #[must_use]
    pub fn with_conventions(self, conventions: Conventions) -> Self {
        Self { conventions, ..self }
    }

    /// The same law with the range it holds on.
    #[must_use]
    pub fn with_domain(self, domain: Domain) -> Self {
        Self { domain, ..self }
    }

    /// E, the irreducible loss in nats per token; may be zero.
    pub fn e(&self) -> f64 {
        self.e
    }
    /// A, nats at one parameter.
    pub fn a(&self) -> f64 {
        self.a
    }
    /// B, nats at one token.
    pub fn b(&self) -> f64 {
        self.b
    }
    /// α, exponent of N.
    pub fn alpha(&self) -> f64 {
        self.alpha
    }
    /// β, exponent of D.
    pub fn beta(&self) -> f64 {
        self.beta
    }

    /// E, A, B, α, β in the order of [`ChinchillaForm`]'s names.
    pub fn coefficients(&self) -> [f64; 5] {
        [self.e, self.a, self.b, self.alpha, self.beta]
    }

    /// a = β/(α+β): N_opt grows as C^a.
    pub fn exponent_params(&self) -> f64 {
        self.beta / (self.alpha + self.beta)
    }

    /// b = α/(α+β): D_opt grows as C^b.
    pub fn exponent_tokens(&self) -> f64 {
        self.alpha / (self.alpha + self.beta)
    }

    /// Losses of many runs at once, from ln N and ln D, vectorised.
    ///
    /// # Errors
    /// [`LawError::Length`] unless the three slices have one length; [`LawError::NotFinite`] at the first point that is not a
    /// number or where the law leaves the range of numbers, with `out` written all the same.
    ///
    /// ```
    /// # use scaling_laws::Chinchilla;
    /// let law = Chinchilla::new(1.8172, 482.01, 2085.43, 0.3478, 0.3658)?;
    /// let mut losses = [0.0; 2];
    /// law.losses(&[7e10f64.ln(), 1e9f64.ln()], &[1.4e12f64.ln(), 2e10f64.ln()], &mut losses)?;
    /// assert!((losses[0] - 1.9738818631585637).abs() < 1e-12);
    /// # Ok::<(), scaling_laws::Error>(())
    /// ```
    pub fn losses(&self, ln_params: &[f64], ln_tokens: &[f64], out: &mut [f64]) -> Result<(), LawError> {
        for (what, got) in [("ln_tokens", ln_tokens.len()), ("out", out.len())] {
            if got != ln_params.len() {
                return Err(LawError::Length { what, got, expected: ln_params.len() });
            }
        }
        simd::sum_of_two_powers(
            self.e,
            [(self.a.ln(), self.alpha, ln_params), (self.b.ln(), self.beta, ln_tokens)],
            out,
        );
        // Losses are positive, so sums of them are finite unless one of them is not. Eight sums, so that the additions do not
        // wait for each other.
        let mut sums = [0.0; 8];
        for chunk in out.chunks(8) {
            sums.iter_mut().zip(chunk).for_each(|(sum, loss)| *sum += loss);
        }
        if sums.iter().all(|sum| sum.is_finite()) {
            return Ok(());
        }
        let bad = out.iter().position(|loss| !loss.is_finite());
        bad.map_or(Ok(()), |i| {
            let (params, tokens) = (ln_params[i].exp(), ln_tokens[i].exp());
            Err(LawError::NotFinite { params, tokens, loss: out[i] })
        })
    }

    fn term(&self, coefficient: f64, exponent: f64, ln_x: f64) -> f64 {
        coefficient * (-exponent * ln_x).exp()
    }
}

impl LossModel for Chinchilla {
    fn at(&self, ln_params: f64, ln_tokens: f64) -> LossPoint {
        let by_size = self.term(self.a, self.alpha, ln_params);
        let by_data = self.term(self.b, self.beta, ln_tokens);
        LossPoint {
            loss: self.e + by_size + by_data,
            d_ln_params: -self.alpha * by_size,
            d_ln_tokens: -self.beta * by_data,
        }
    }

    fn conventions(&self) -> Conventions {
        self.conventions
    }

    fn domain(&self) -> Domain {
        self.domain
    }

    fn irreducible(&self) -> Option<Nats> {
        Nats::new(self.e).ok()
    }

    fn ln_optimal_params(&self, ln_product: f64) -> Option<f64> {
        if self.a == 0.0 || self.b == 0.0 {
            return None;
        }
        // ln G + a·ln(ND), in logarithms because A and B may differ by many decades.
        let sum = self.alpha + self.beta;
        let ln_g = ((self.alpha * self.a).ln() - (self.beta * self.b).ln()) / sum;
        Some(ln_g + self.beta / sum * ln_product)
    }
}

super::formula::loss_formula!(Chinchilla);

/// The family of [`Chinchilla`] laws, as a fit sees it: coefficients E, A, B, alpha, beta; input (N, D).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ChinchillaForm;

impl ChinchillaForm {
    /// Coefficient names in covariance order.
    pub const NAMES: [&'static str; 5] = ["E", "A", "B", "alpha", "beta"];
}

impl Law for ChinchillaForm {
    type Input = (Params, Tokens);

    fn coefficient_names(&self) -> &[&'static str] {
        &Self::NAMES
    }

    fn formula(&self) -> &str {
        "L(N, D) = E + A/N^alpha + B/D^beta"
    }

    fn bounds(&self) -> Vec<Bound> {
        vec![Bound::NONNEGATIVE; 5]
    }

    fn linear(&self) -> &[usize] {
        &[0, 1, 2]
    }

    fn search_range(&self) -> Vec<Bound> {
        let exponent = Bound::between(0.02, 3.2);
        vec![Bound::NONNEGATIVE, Bound::NONNEGATIVE, Bound::NONNEGATIVE, exponent, exponent]
    }

    fn predict(&self, c: &[f64], input: &(Params, Tokens), gradient: &mut [f64]) -> f64 {
        self.predict_numbers(c, &input.numbers(), gradient)
    }
}

impl OfNumbers<2> for ChinchillaForm {
    fn predict_numbers(&self, c: &[f64], &[ln_params, ln_tokens]: &[f64; 2], gradient: &mut [f64]) -> f64 {
        // Slices of another length are a mistake of the caller, who sees it at once in a loss that is not a number.
        let &[e, a, b, alpha, beta] = c else { return f64::NAN };
        let (u, v) = ((-alpha * ln_params).exp(), (-beta * ln_tokens).exp());
        let slopes = [1.0, u, v, -a * u * ln_params, -b * v * ln_tokens];
        gradient.iter_mut().zip(slopes).for_each(|(to, slope)| *to = slope);
        e + a * u + b * v
    }
}
