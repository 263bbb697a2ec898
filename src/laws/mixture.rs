use std::borrow::Cow;

use super::formula::finite;
use super::{Bound, Formula, Knob, Knobs, Law, Quantity};
use crate::error::LawError;

const FORMULA: &str = "c + k exp(sum_j t_j r_j)";
/// Most domains that a mixture may have: coefficient names are fixed.
const MOST: usize = 12;

/// Loss on one validation domain as a function of the training mixture (Ye 2024):
///
/// ```text
/// L(r) = c + k·exp(Σ_j t_j·r_j)
/// ```
///
/// r_j: share of domain j in the training data; the shares are not negative and sum to one. c: nats per token that no
/// mixture removes; k: nats; t_j < 0 where domain j helps. It holds at one size and one number of tokens.
///
/// ```
/// use scaling_laws::published;
/// let loss = published::YE_2024_PROSE.loss(&[0.125, 0.0, 0.0, 0.125, 0.75])?;
/// assert!((loss / 3.8037 - 1.0).abs() < 0.002); // measured
/// assert!(published::YE_2024_PROSE.loss(&[0.5, 0.5]).is_err());
/// # Ok::<(), scaling_laws::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Mixture {
    c: f64,
    k: f64,
    t: Cow<'static, [f64]>,
    shares: &'static [Knob],
}

impl Mixture {
    /// From c, k and t_j.
    ///
    /// # Errors
    /// [`LawError::Coefficient`] unless c and k are finite and not negative and all t_j finite;
    /// [`LawError::Length`] for no domain or more than twelve.
    pub fn new(c: f64, k: f64, t: &[f64]) -> Result<Self, LawError> {
        let shares = SHARES.get(..t.len()).filter(|shares| !shares.is_empty());
        let Some(shares) = shares else {
            return Err(LawError::Length { what: "the domains of a mixture law", got: t.len(), expected: MOST });
        };
        let form = MixtureForm { domains: t.len() };
        let all: Vec<f64> = [c, k].iter().chain(t).copied().collect();
        super::family::check_coefficients(FORMULA, form.coefficient_names(), &all, &form.bounds())?;
        Ok(Self { c, k, t: Cow::Owned(t.to_vec()), shares })
    }

    /// For published constants, with ln c and ln k taken by the caller.
    pub(crate) const fn known(c: f64, k: f64, t: &'static [f64], shares: &'static [Knob]) -> Self {
        Self { c, k, t: Cow::Borrowed(t), shares }
    }

    /// c, k, t_1, t_2, …
    pub fn coefficients(&self) -> Vec<f64> {
        [self.c, self.k].iter().chain(self.t.iter()).copied().collect()
    }

    /// The loss at these shares.
    ///
    /// # Errors
    /// [`LawError::Length`] for another number of domains; [`LawError::Knob`] for a share below zero or shares that do
    /// not sum to one, both within 1e-6; [`LawError::Value`] where the loss leaves the range of numbers.
    pub fn loss(&self, shares: &[f64]) -> Result<f64, LawError> {
        if shares.len() != self.t.len() {
            return Err(LawError::Length { what: "the mixture", got: shares.len(), expected: self.t.len() });
        }
        check_shares(self.shares, shares)?;
        finite(FORMULA, "loss", self.raw(shares))
    }

    fn raw(&self, shares: &[f64]) -> f64 {
        self.c + self.k * self.t.iter().zip(shares).map(|(t, r)| t * r).sum::<f64>().exp()
    }
}

/// Refuses shares that are no mixture.
pub(in crate::laws) fn check_shares(knobs: &[Knob], shares: &[f64]) -> Result<(), LawError> {
    for (knob, &share) in knobs.iter().zip(shares) {
        // A share that was computed as what others leave may miss zero by its rounding.
        super::knob::check(FORMULA, knob.name, share, -1e-6, 1.0 + 1e-6, "between 0 and 1")?;
    }
    let sum: f64 = shares.iter().sum();
    super::knob::check(FORMULA, "the sum of the shares", sum, 1.0 - 1e-6, 1.0 + 1e-6, "1").map(|_| ())
}

/// The mixture of least Σ_i s_i·L_i(r), given the law of each validation domain and its weight s_i.
///
/// Each L_i is convex in r, so the least on the simplex is found from any start (exponentiated gradient with
/// backtracking); shares below 1e-12 of it are zero.
///
/// # Errors
/// [`LawError::Length`] without laws or when they have different numbers of domains; [`LawError::Knob`] for a weight that
/// is not finite or below zero.
///
/// ```
/// use scaling_laws::{laws::best_mixture, published};
/// let laws = [(0.5, &published::YE_2024_PROSE), (0.5, &published::YE_2024_SYMBOLIC)];
/// let best = best_mixture(&laws)?;
/// let total = |r: &[f64]| -> Result<f64, scaling_laws::LawError> {
///     laws.iter().map(|(weight, law)| Ok(weight * law.loss(r)?)).sum()
/// };
/// assert!(total(&best)? < total(&[0.2; 5])?);
/// # Ok::<(), scaling_laws::Error>(())
/// ```
pub fn best_mixture(laws: &[(f64, &Mixture)]) -> Result<Vec<f64>, LawError> {
    let domains = laws.first().map_or(0, |(_, law)| law.t.len());
    for (weight, law) in laws {
        if law.t.len() != domains {
            return Err(LawError::Length { what: "a mixture law", got: law.t.len(), expected: domains });
        }
        super::knob::check(FORMULA, "weight", *weight, 0.0, f64::MAX, "finite and not negative")?;
    }
    if domains == 0 {
        return Err(LawError::Length { what: "the list of mixture laws", got: 0, expected: 1 });
    }
    let total = |r: &[f64]| laws.iter().map(|(weight, law)| weight * law.raw(r)).sum::<f64>();
    let mut shares = vec![1.0 / domains as f64; domains];
    let (mut value, mut step) = (total(&shares), 1.0);
    for _ in 0..20_000 {
        let slope: Vec<f64> = (0..domains)
            .map(|j| laws.iter().map(|(weight, law)| weight * law.t[j] * (law.raw(&shares) - law.c)).sum())
            .collect();
        let least = slope.iter().copied().fold(f64::INFINITY, f64::min);
        // The gap to the optimum is at most Σ r_j·(slope_j − least).
        let gap: f64 = shares.iter().zip(&slope).map(|(r, g)| r * (g - least)).sum();
        if gap <= 1e-13 * value.abs() {
            break;
        }
        let moved: Vec<f64> = shares.iter().zip(&slope).map(|(r, g)| r * (-step * (g - least)).exp()).collect();
        let sum: f64 = moved.iter().sum();
        let moved: Vec<f64> = moved.iter().map(|r| r / sum).collect();
        let next = total(&moved);
        if next < value {
            (shares, value, step) = (moved, next, step * 1.5);
        } else if step < 1e-12 {
            break;
        } else {
            step *= 0.5;
        }
    }
    let kept: Vec<f64> = shares.iter().map(|&r| if r < 1e-12 { 0.0 } else { r }).collect();
    let sum: f64 = kept.iter().sum();
    Ok(kept.iter().map(|r| r / sum).collect())
}

/// The family of [`Mixture`] laws over so many domains: coefficients c, k, t1, t2, …; input the shares.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MixtureForm {
    domains: usize,
}

impl MixtureForm {
    /// Over 1 to 12 domains, as the families that are fitted by name have them.
    pub(in crate::laws) const fn of(domains: usize) -> Self {
        Self { domains }
    }

    /// The family over this many domains.
    ///
    /// # Errors
    /// [`LawError::Length`] for no domain or more than twelve.
    pub fn new(domains: usize) -> Result<Self, LawError> {
        if (1..=MOST).contains(&domains) {
            Ok(Self { domains })
        } else {
            Err(LawError::Length { what: "the domains of a mixture law", got: domains, expected: MOST })
        }
    }
}

const NAMES: [&str; MOST + 2] = ["c", "k", "t1", "t2", "t3", "t4", "t5", "t6", "t7", "t8", "t9", "t10", "t11", "t12"];

impl Law for MixtureForm {
    type Input = Vec<f64>;

    fn formula(&self) -> &str {
        FORMULA
    }

    fn coefficient_names(&self) -> &[&'static str] {
        NAMES.get(..self.domains + 2).unwrap_or(&NAMES)
    }
    fn bounds(&self) -> Vec<Bound> {
        let mut bounds = vec![Bound::FREE; self.domains + 2];
        bounds.iter_mut().take(2).for_each(|b| *b = Bound::NONNEGATIVE);
        bounds
    }
    fn linear(&self) -> &[usize] {
        &[0, 1]
    }
    fn search_range(&self) -> Vec<Bound> {
        let mut range = vec![Bound::between(-30.0, 15.0); self.domains + 2];
        range.iter_mut().take(2).for_each(|b| *b = Bound::NONNEGATIVE);
        range
    }
    fn predict(&self, coefficients: &[f64], shares: &Vec<f64>, gradient: &mut [f64]) -> f64 {
        let [c, k, t @ ..] = coefficients else { return f64::NAN };
        let [dc, dk, dt @ ..] = gradient else { return f64::NAN };
        if t.len() != shares.len() {
            return f64::NAN;
        }
        let power = t.iter().zip(shares).map(|(t, r)| t * r).sum::<f64>().exp();
        (*dc, *dk) = (1.0, power);
        dt.iter_mut().zip(shares).for_each(|(slope, r)| *slope = k * power * r);
        c + k * power
    }
}

impl Formula for Mixture {
    fn knobs(&self) -> &[Knob] {
        self.shares
    }
    fn quantities(&self) -> &[Quantity] {
        const { &[Quantity::LOSS] }
    }
    fn evaluate(&self, knobs: &Knobs) -> Result<Vec<f64>, LawError> {
        let shares: Result<Vec<f64>, LawError> = self.shares.iter().map(|knob| knobs.value(FORMULA, *knob)).collect();
        Ok(vec![self.loss(&shares?)?])
    }
}

/// A share of the training data.
pub(crate) const fn share(name: &'static str, symbol: &'static str) -> Knob {
    Knob::new(name, symbol, None, "share of the training data; the shares sum to one").or(0.0)
}

pub(in crate::laws) static SHARES: [Knob; MOST] = [
    share("share_1", "r_1"),
    share("share_2", "r_2"),
    share("share_3", "r_3"),
    share("share_4", "r_4"),
    share("share_5", "r_5"),
    share("share_6", "r_6"),
    share("share_7", "r_7"),
    share("share_8", "r_8"),
    share("share_9", "r_9"),
    share("share_10", "r_10"),
    share("share_11", "r_11"),
    share("share_12", "r_12"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_best_mixture_is_no_worse_than_a_fine_grid() {
        let a = Mixture::new(1.0, 2.0, &[-3.0, 0.5, 0.2]).unwrap();
        let b = Mixture::new(0.5, 1.0, &[0.4, -2.0, 0.1]).unwrap();
        let total = |r: &[f64]| 0.3 * a.raw(r) + 0.7 * b.raw(r);
        let best = best_mixture(&[(0.3, &a), (0.7, &b)]).unwrap();
        let mut least = f64::INFINITY;
        for i in 0..=400 {
            for j in 0..=400 - i {
                let r = [f64::from(i) / 400.0, f64::from(j) / 400.0, f64::from(400 - i - j) / 400.0];
                least = least.min(total(&r));
            }
        }
        assert!(total(&best) <= least && total(&best) > least - 1e-4, "{best:?}");
        assert_eq!(best[2], 0.0, "a domain that helps nobody");
    }

    #[test]
    fn shares_that_are_no_mixture_are_refused() {
        let law = Mixture::new(1.0, 2.0, &[-3.0, 0.5]).unwrap();
        assert!(law.loss(&[0.5, 0.4]).unwrap_err().to_string().contains("sum of the shares"));
        assert!(law.loss(&[1.5, -0.5]).is_err() && law.loss(&[f64::NAN, 1.0]).is_err());
        assert!(Mixture::new(1.0, 2.0, &[]).is_err() && Mixture::new(1.0, 2.0, &[0.0; 13]).is_err());
        assert!(best_mixture(&[]).is_err());
    }
}
