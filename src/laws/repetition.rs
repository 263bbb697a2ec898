use super::family::{Inputs, family, loss_point};
use super::{Bound, Knob, Knobs, LossPoint, Slice, SlicedLaw};
use crate::error::LawError;
use crate::math::dual::Real;
use crate::units::{Conventions, Domain, Nats, Params, Tokens};

/// A run on repeated data.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RepeatedRun {
    /// N.
    pub params: Params,
    /// D, tokens trained on, repeats counted.
    pub tokens: Tokens,
    /// U, tokens of the training set, each counted once.
    pub unique_tokens: Tokens,
}

impl Inputs<3> for RepeatedRun {
    fn numbers(&self) -> [f64; 3] {
        [self.params.ln(), self.tokens.ln(), self.unique_tokens.ln()]
    }
}

family! {
    /// Loss on repeated data (Muennighoff 2023):
    ///
    /// ```text
    /// L(N, D, U) = E + A/N'^α + B/D'^β
    /// D' = U_D + U_D·R_D*·(1 − exp(−R_D/R_D*)),   U_D = min(D, U),     R_D = D/U_D − 1
    /// N' = U_N + U_N·R_N*·(1 − exp(−R_N/R_N*)),   U_N = min(N, N_opt(U)), R_N = N/U_N − 1
    /// N_opt(U) = G·(U·G)^(β/α),   G = (αA/(βB))^(1/(α+β))
    /// ```
    ///
    /// D': the unique tokens that D tokens are worth; U·(1 + R_D*) at most. N': the same for parameters beyond N_opt(U),
    /// the compute-optimal size for U tokens. R_D*, R_N*: repetitions after which 1 − 1/e of the worth of repeating is
    /// used up. E, A, B, α, β as in Chinchilla. Where D < U only D tokens are seen, and U = D is taken, as every run of one
    /// epoch was in the authors' fit.
    ///
    /// # Fitting it
    /// R_D* and R_N* are the flattest directions of the family: on the 182 published runs R_D* = 15 and R_D* = 95 differ
    /// by 0.13 % of the objective. Ask for their intervals before you trust them. Muennighoff 2023 ties α to β.
    ///
    /// ```
    /// use scaling_laws::{published, LossModel, Params, Tokens};
    /// let unique = Tokens::billions(25.0)?;
    /// let law = published::MUENNIGHOFF_2023.with_unique_tokens(unique);
    /// let loss = law.loss(Params::billions(6.34)?, Tokens::billions(242.0)?)?;
    /// assert!((loss.get() - 2.2256440889984477).abs() < 1e-9); // the authors' own example
    /// let worth = published::MUENNIGHOFF_2023.effective_tokens(Tokens::trillions(100.0)?, unique);
    /// assert!((worth / unique - 16.39).abs() < 0.01); // however often repeated
    /// # Ok::<(), scaling_laws::Error>(())
    /// ```
    law Repetition = "E + A/N'^alpha + B/D'^beta with N' and D' worn by R_N_star and R_D_star";
    /// The family of [`Repetition`] laws: coefficients E, A, B, alpha, beta, R_D_star, R_N_star; input [`RepeatedRun`].
    form RepetitionForm of RepeatedRun, 3 numbers;
    linear [0];
    coefficients 7 {
        "E": Bound::NONNEGATIVE, search Bound::NONNEGATIVE;
        "A": Bound::NONNEGATIVE, search Bound::between(1.0, 1e7);
        "B": Bound::NONNEGATIVE, search Bound::between(1.0, 1e9);
        "alpha": Bound::NONNEGATIVE, search Bound::between(0.05, 1.5);
        "beta": Bound::NONNEGATIVE, search Bound::between(0.05, 1.5);
        "R_D_star": Bound::NONNEGATIVE, search Bound::between(1.0, 300.0);
        "R_N_star": Bound::NONNEGATIVE, search Bound::between(0.5, 100.0);
    }
}

/// ln of what x is worth when only `ln_unique` of it is new: u·(1 + R*·(1 − e^(−R/R*))), R = x/u − 1.
fn ln_worth<T: Real>(ln_x: T, ln_unique: T, star: T) -> T {
    if ln_x.value() <= ln_unique.value() {
        return ln_x;
    }
    let repeats = (ln_x - ln_unique).exp_m1();
    ln_unique + (T::of(1.0) - star * (-(repeats / star)).exp_m1()).ln()
}

impl Repetition {
    /// ln N_opt(U).
    fn ln_optimal<T: Real>(&[_, a, b, alpha, beta, ..]: &[T; 7], ln_unique: T) -> T {
        let ln_g = ((alpha * a).ln() - (beta * b).ln()) / (alpha + beta);
        ln_g + beta / alpha * (ln_unique + ln_g)
    }

    fn formula<T: Real>(c: &[T; 7], &[n, d, unique]: &[T; 3]) -> T {
        let &[e, a, b, alpha, beta, r_d, r_n] = c;
        let tokens = ln_worth(d, unique, r_d);
        // A set that is not used up counts as the set that was used.
        let used = if d.value() < unique.value() { d } else { unique };
        let params = ln_worth(n, Self::ln_optimal(c, used), r_n);
        e + (a.ln() - alpha * params).exp() + (b.ln() - beta * tokens).exp()
    }

    /// The loss of N and D with this many unique tokens.
    pub fn with_unique_tokens(self, unique: Tokens) -> Slice<Self> {
        Slice::new(self, unique)
    }

    /// D': the unique tokens that D tokens from a set of U are worth.
    pub fn effective_tokens(&self, tokens: Tokens, unique: Tokens) -> Tokens {
        Tokens::known(ln_worth(tokens.ln(), unique.ln(), self.c[5]).exp())
    }

    /// N_opt(U): the compute-optimal size for U tokens without repetition, beyond which parameters wear out.
    ///
    /// # Errors
    /// [`LawError::Value`] where it leaves the range of numbers.
    pub fn optimal_params(&self, unique: Tokens) -> Result<Params, LawError> {
        let value = Self::ln_optimal(&self.c, unique.ln()).exp();
        Params::new(value).map_err(|_| LawError::Value { law: Self::FORMULA, quantity: "N_opt(U)", value })
    }
}

pub(super) const UNIQUE_TOKENS: Knob =
    Knob::new("unique_tokens", "U", Some("tokens"), "tokens of the training set, each counted once");

impl SlicedLaw for Repetition {
    const FORMULA: &'static str = Self::FORMULA;
    type Knobs = Tokens;

    fn point(&self, unique: &Tokens, ln_params: f64, ln_tokens: f64) -> LossPoint {
        let c = self.c.map(Real::of);
        loss_point(ln_params, ln_tokens, |n, d| Self::formula(&c, &[n, d, Real::of(unique.ln())]))
    }
    fn knob_list(&self) -> &[Knob] {
        const { &[Knob::PARAMS, Knob::TOKENS, UNIQUE_TOKENS] }
    }
    fn read_knobs(&self, knobs: &Knobs) -> Result<Tokens, LawError> {
        knobs.positive(Self::FORMULA, UNIQUE_TOKENS).map(Tokens::known)
    }
    fn conventions(&self) -> Conventions {
        self.conventions
    }
    fn domain(&self) -> Domain {
        self.domain
    }
    /// A finite set of tokens keeps the loss above this.
    fn irreducible(&self, unique: &Tokens) -> Option<Nats> {
        let [e, _, b, _, beta, r_d, _] = self.c;
        Nats::new(e + b * (-beta * (unique.ln() + (1.0 + r_d).ln())).exp()).ok()
    }
}
