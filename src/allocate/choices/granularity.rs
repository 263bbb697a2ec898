use crate::allocate::solve::optimal_split;
use crate::error::{AllocateError, LawError};
use crate::laws::{Granularity, LossModel, LossPoint, SlicedLaw};
use crate::math::order::sort_by_number;
use crate::units::{Flops, Nats, Params, Tokens};

/// The best size and tokens at one granularity of experts.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct GranularAllocation {
    /// G, the size of the dense feed-forward layer over that of one expert.
    pub granularity: f64,
    /// Parameters that a token uses, without embeddings.
    pub active_params: Params,
    /// All parameters, without embeddings.
    pub total_params: Params,
    /// D.
    pub tokens: Tokens,
    /// Loss, nats per token.
    pub loss: Nats,
    /// Loss over that of the best granularity, nats.
    pub excess: f64,
}

/// The best active N and D for each granularity, the best first (Krajewski 2024).
///
/// Compute is not 6ND: routing costs more with finer experts ([`Granularity::training_flops`]), which is why there is a
/// best granularity. `expansion` is E, all parameters of the experts over those in use, 64 in the paper.
///
/// # Errors
/// [`AllocateError::Argument`] for no granularity or an expansion below one; [`AllocateError::Law`] for a granularity that is
/// not above zero.
///
/// ```
/// use scaling_laws::{choose_granularity, published::KRAJEWSKI_2024, Flops};
/// // Table 2 of the paper: at 6.46e21 FLOP 7B active parameters, 137.6B tokens, G = 32.
/// let best = choose_granularity(&KRAJEWSKI_2024, Flops::new(6.46e21)?, 64.0, &[1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0])?;
/// assert_eq!(best[0].granularity, 32.0);
/// assert!((best[0].active_params.get() / 7e9 - 1.0).abs() < 0.02);
/// # Ok::<(), scaling_laws::Error>(())
/// ```
pub fn choose_granularity(
    law: &Granularity,
    budget: Flops,
    expansion: f64,
    granularities: &[f64],
) -> Result<Vec<GranularAllocation>, AllocateError> {
    if !(expansion >= 1.0 && expansion.is_finite()) {
        return Err(AllocateError::Argument {
            what: "expansion",
            value: expansion,
            allowed: "at least one, and finite",
        });
    }
    let mut found = Vec::with_capacity(granularities.len());
    for &granularity in granularities {
        law.with_granularity(granularity)?;
        let priced = Priced { law, granularity, expansion };
        let (active_params, _) = optimal_split(&priced, budget)?;
        let (token, _) = priced.flops_per_token(active_params.ln());
        let tokens = Tokens::new(budget.get() / token)?;
        let point = priced.at(active_params.ln(), (budget.get() / (6.0 * active_params.get())).ln());
        let nats = |loss: f64| {
            Nats::new(loss).map_err(|_| LawError::NotFinite { params: active_params.get(), tokens: tokens.get(), loss })
        };
        found.push(GranularAllocation {
            granularity,
            active_params,
            total_params: Params::new(active_params.get() * priced.total_over_active())?,
            tokens,
            loss: nats(point.loss)?,
            excess: 0.0,
        });
    }
    sort_by_number(&mut found, |a| a.loss.get());
    let Some(least) = found.first().map(|best| best.loss.get()) else {
        return Err(AllocateError::Argument { what: "granularities", value: 0.0, allowed: "at least one" });
    };
    found.iter_mut().for_each(|one| one.excess = one.loss.get() - least);
    Ok(found)
}

/// The law over active parameters and C/(6·N_act): with the cost of a token written as tokens, a budget is a straight line.
#[derive(Debug)]
struct Priced<'a> {
    law: &'a Granularity,
    granularity: f64,
    expansion: f64,
}

impl Priced<'_> {
    /// N/N_act of blocks with 4d² attention and 8d² feed-forward parameters.
    fn total_over_active(&self) -> f64 {
        (8.0 * self.expansion + 4.0) / 12.0
    }

    /// FLOP a token, and d ln/d ln N_act: a cubic and a square of the depth.
    fn flops_per_token(&self, ln_active: f64) -> (f64, f64) {
        const WIDTH_PER_BLOCK: f64 = 64.0;
        let blocks = ((ln_active - (12.0 * WIDTH_PER_BLOCK * WIDTH_PER_BLOCK).ln()) / 3.0).exp();
        let width = WIDTH_PER_BLOCK * blocks;
        let matrices = 12.0 * width * width * 6.0 * blocks;
        let routing = width * self.expansion * self.granularity * 14.0 * blocks;
        (matrices + routing, (matrices + routing * 2.0 / 3.0) / (matrices + routing))
    }
}

impl LossModel for Priced<'_> {
    fn at(&self, ln_active: f64, ln_priced: f64) -> LossPoint {
        let (token, slope) = self.flops_per_token(ln_active);
        // D = C/token with C = 6·N_act·e^(ln_priced)
        let ln_tokens = ln_priced + 6f64.ln() + ln_active - token.ln();
        let point = self.law.point(&self.granularity, ln_active + self.total_over_active().ln(), ln_tokens);
        let d_ln_params = point.d_ln_params + point.d_ln_tokens * (1.0 - slope);
        LossPoint { d_ln_params, ..point }
    }
}
