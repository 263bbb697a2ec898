//! Limits as the user said them, days or milliseconds, and what they come to for the library, FLOP or parameters.

use scaling_laws::laws::JointExperts;
use scaling_laws::{AllocateError, Binding, Conflict, Limit, Params};
use serde::Serialize;

use super::plan;
use crate::answer::Failure;

/// One limit in both forms.
#[derive(Debug, Clone, Copy)]
pub struct Cap {
    /// What the library calls it.
    pub limit: Limit,
    /// What the user calls it.
    pub name: &'static str,
    /// In the user's unit.
    pub value: f64,
    /// In the library's.
    pub at: f64,
    pub through: Through,
}

/// How the user's value goes with the library's.
#[derive(Debug, Clone, Copy)]
pub enum Through {
    Proportion,
    /// The greater the one, the less the other.
    Inverse,
    /// A limit on all parameters, idle experts included; without experts they are N.
    Whole,
    /// Such a limit as one on the active parameters among so many experts.
    Experts(f64),
}

impl Cap {
    /// A limit that is said as the library takes it.
    pub fn plain(limit: Limit, value: f64) -> Self {
        Self { limit, name: limit.code(), value, at: value, through: Through::Proportion }
    }

    /// The user's value at which the library's is this.
    fn said(&self, at: f64) -> f64 {
        match self.through {
            Through::Proportion | Through::Whole => self.value * (at / self.at),
            Through::Inverse => self.value * (self.at / at),
            Through::Experts(experts) => self.value * total(at, experts) / total(self.at, experts),
        }
    }

    /// d ln(the library's)/d ln(the user's).
    fn elasticity(&self) -> f64 {
        // Total parameters have no simple slope in the active ones.
        const STEP: f64 = 1e-5;
        match self.through {
            Through::Proportion | Through::Whole => 1.0,
            Through::Inverse => -1.0,
            Through::Experts(experts) => {
                let ln_total = |step: f64| total(self.at * step.exp(), experts).ln();
                2.0 * STEP / (ln_total(STEP) - ln_total(-STEP))
            }
        }
    }

    fn is(&self, limit: &str, at: f64) -> bool {
        self.limit.code() == limit && (self.at / at - 1.0).abs() <= 1e-9
    }

    fn active(self, experts: f64) -> Option<Self> {
        match self.through {
            Through::Whole => {
                let at = JointExperts::active_params(Params::new(self.at).ok()?, experts).ok()?.get();
                Some(Self { at, through: Through::Experts(experts), ..self })
            }
            _ => Some(self),
        }
    }
}

/// All parameters of a model with these active ones.
fn total(active: f64, experts: f64) -> f64 {
    let all = Params::new(active).ok().and_then(|active| JointExperts::total_params(active, experts).ok());
    all.map_or(active, Params::get)
}

/// A limit that binds, as the user said it.
#[derive(Debug, Serialize)]
pub struct Bound {
    pub limit: &'static str,
    pub value: f64,
    pub shadow_price: f64,
}

/// All that limit the budget, the size or the steps.
#[derive(Debug, Clone, Default)]
pub struct Caps(pub Vec<Cap>);

impl Caps {
    /// The tightest of a kind, in the library's unit.
    pub fn least(&self, limit: Limit) -> Option<f64> {
        let all = self.0.iter().filter(|cap| cap.limit == limit);
        all.map(|cap| cap.at).min_by(f64::total_cmp)
    }

    /// The most parameters in all.
    pub fn whole(&self) -> Option<Params> {
        let all = self.0.iter().filter(|cap| matches!(cap.through, Through::Whole));
        all.map(|cap| cap.at).min_by(f64::total_cmp).and_then(|most| Params::new(most).ok())
    }

    /// Without the limits on all parameters.
    pub fn of_active(&self) -> Self {
        Self(self.0.iter().filter(|cap| !matches!(cap.through, Through::Whole)).copied().collect())
    }

    /// Those on all parameters as limits on the active ones.
    pub fn with_experts(&self, experts: f64) -> Self {
        Self(self.0.iter().filter_map(|cap| cap.active(experts)).collect())
    }

    /// What binds, by the user's names and in the user's units. The price of an e-fold is then that of an e-fold of what
    /// the user can change.
    pub fn bound(&self, binding: &[Binding]) -> Vec<Bound> {
        let one = |binding: &Binding| match self.find(binding.limit.code(), binding.value) {
            Some(cap) => {
                Bound { limit: cap.name, value: cap.value, shadow_price: binding.shadow_price * cap.elasticity() }
            }
            None => Bound { limit: binding.limit.code(), value: binding.value, shadow_price: binding.shadow_price },
        };
        let mut all: Vec<Bound> = binding.iter().map(one).collect();
        self.price_days(binding, &mut all);
        all
    }

    /// Days buy FLOP and, where a step takes its seconds, steps: they have the price of both.
    fn price_days(&self, binding: &[Binding], all: &mut Vec<Bound>) {
        let of_steps = self.0.iter().find(|cap| cap.limit == Limit::Steps && matches!(cap.through, Through::Inverse));
        let by_steps = of_steps
            .and_then(|cap| binding.iter().find(|b| cap.is(b.limit.code(), b.value)))
            .map(|binding| binding.shadow_price);
        let days = self.0.iter().find(|cap| cap.name == "days");
        let Some((price, days)) = by_steps.zip(days) else { return };
        match all.iter_mut().find(|bound| bound.limit == days.name) {
            Some(bound) => bound.shadow_price += price,
            None => all.push(Bound { limit: days.name, value: days.value, shadow_price: price }),
        }
    }

    fn find(&self, limit: &str, at: f64) -> Option<&Cap> {
        self.0.iter().find(|cap| cap.is(limit, at))
    }

    /// A refusal by the user's names and in the user's units.
    pub fn told(&self, error: AllocateError) -> Failure {
        let AllocateError::Conflict { conflicts } = &error else { return error.into() };
        let each: Vec<String> = conflicts.iter().map(|conflict| self.one(conflict)).collect();
        Failure::NoAnswer(format!("no N and D satisfy these limits together: {}", each.join(", ")))
    }

    fn one(&self, conflict: &Conflict) -> String {
        let cap = self.find(conflict.limit, conflict.value).copied();
        let (name, value) = cap.map_or((conflict.limit, conflict.value), |cap| (cap.name, cap.value));
        let Some(needed) = conflict.needed else {
            return format!("{name} = {} (no other value would help alone)", short(value));
        };
        let would = cap.map_or(needed, |cap| cap.said(needed));
        let mut text = format!("{name} = {} ({} would do", short(value), outward(would, value));
        // A looser one helps only as far as the next of its kind.
        let next =
            self.0.iter().filter(|other| cap.is_some_and(|cap| other.limit == cap.limit && other.name != cap.name));
        let next: Vec<String> = next
            .filter(|other| other.at < needed * (1.0 - 1e-9))
            .map(|other| format!("{} = {}", other.name, outward(other.said(needed), other.value)))
            .collect();
        if !next.is_empty() {
            text.push_str(&format!(", together with {}", next.join(" and ")));
        }
        text + ")"
    }
}

/// What the user wrote, as it is written.
fn short(value: f64) -> String {
    if (1e-3..1e6).contains(&value) { value.to_string() } else { format!("{value:e}") }
}

/// Seven digits of what would do in place of a value, rounded away from it: the nearest number may miss.
fn outward(would: f64, value: f64) -> String {
    /// How exactly a limit is known.
    const KNOWN: f64 = 5e-12;
    let scale = 10f64.powf(6.0 - would.abs().log10().floor());
    let nearest = (would * scale).round() / scale;
    let rounded = match would >= value {
        _ if (nearest / would - 1.0).abs() <= KNOWN => nearest,
        true => (would * scale).ceil() / scale,
        false => (would * scale).floor() / scale,
    };
    digits(rounded)
}

/// Seven digits without idle zeros.
fn digits(value: f64) -> String {
    if !(1e-3..1e6).contains(&value) {
        let text = format!("{value:.6e}");
        let (mantissa, exponent) = text.split_once('e').unwrap_or((&text, "0"));
        return format!("{}e{exponent}", mantissa.trim_end_matches('0').trim_end_matches('.'));
    }
    let decimals = (6.0 - value.log10().floor()).clamp(0.0, 9.0) as usize;
    let text = format!("{value:.decimals$}");
    if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.').into() } else { text }
}

/// The limits that bind, if any, as the last section of an answer; prices are changes of this.
pub fn table(bound: &[Bound], priced_in: &str) -> String {
    if bound.is_empty() {
        return String::new();
    }
    let mut rows = vec![["limit".to_owned(), "value".into(), "shadow price".into()]];
    for Bound { limit, value, shadow_price } in bound {
        // No sign on a zero.
        rows.push([(*limit).into(), plan::digits(*value), price(shadow_price + 0.0)]);
    }
    let width = |column: usize| rows.iter().map(|row| row.get(column).map_or(0, String::len)).max().unwrap_or(0);
    let widths = [width(0), width(1), width(2)];
    let mut text = format!("\nBinding limits, with the change of {priced_in} per e-fold of the limit\n");
    for [limit, value, price] in &rows {
        text.push_str(&format!("  {limit:<0$}  {value:>1$}  {price:>2$}\n", widths[0], widths[1], widths[2]));
    }
    text
}

/// Four decimals, or two digits of what these would round away.
fn price(value: f64) -> String {
    if value != 0.0 && value.abs() < 5e-4 { format!("{value:+.1e}") } else { format!("{value:+.4}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_limit_is_said_in_its_own_unit_and_priced_by_it() {
        let latency =
            Cap { limit: Limit::MaxParams, name: "latency-ms", value: 10.0, at: 1e10, through: Through::Proportion };
        assert_eq!((latency.said(3e10), latency.elasticity()), (30.0, 1.0));
        let seconds = Cap { through: Through::Inverse, ..latency };
        assert_eq!((seconds.said(2e10), seconds.elasticity()), (5.0, -1.0));
        let whole = Cap { name: "max-total-params", value: 4e9, at: 4e9, through: Through::Whole, ..latency };
        let active = whole.active(8.0).unwrap();
        assert!(active.at < 1e9 && (active.said(active.at) / 4e9 - 1.0).abs() < 1e-12, "{active:?}");
        // Embeddings do not grow with the experts, so that an e-fold of all parameters is more than one of those in use.
        let steps = (total(active.at * 1.01, 8.0) / total(active.at, 8.0)).ln() / 1.01f64.ln();
        assert!((active.elasticity() * steps - 1.0).abs() < 1e-2 && active.elasticity() != 1.0, "{active:?}");
    }

    #[test]
    fn a_looser_limit_helps_as_far_as_the_next() {
        let cap = |name, value, at| Cap { limit: Limit::MaxParams, name, value, at, through: Through::Proportion };
        let caps = Caps(vec![cap("latency-ms", 10.0, 1e10), cap("serving-memory-gb", 40.0, 2e10)]);
        let conflict = |needed| caps.find("max-params", 1e10).map(|cap| (cap.name, cap.said(needed)));
        assert_eq!(conflict(4e10), Some(("latency-ms", 40.0)));
        assert_eq!(caps.least(Limit::MaxParams), Some(1e10));
        assert_eq!(
            (short(10.0), digits(29.850746), digits(3.474e8)),
            ("10".into(), "29.85075".into(), "3.474e8".into())
        );
        // What would do does, whichever side it is on.
        assert_eq!(
            (outward(14.323_720_001, 10.0), outward(14.323_720_001, 20.0)),
            ("14.32373".into(), "14.32372".into())
        );
        assert_eq!(outward(1.666_666_7e10, 4e9), "1.666667e10");
        assert_eq!((outward(30.0, 10.0), outward(140.0 * (1.0 + 1e-13), 64.0)), ("30".into(), "140".into()));
    }
}
