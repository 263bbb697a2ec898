//! Where an axis is labelled, and with what.

use super::axis::Style;
use crate::units::{Flops, Params};

/// A place on an axis; the label of a minor tick is empty.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Tick {
    pub value: f64,
    pub label: String,
}

/// Multiples of 1, 2 or 5 times a power of ten between the ends, about `most` of them.
pub(super) fn linear(ends: (f64, f64), most: f64, style: Style) -> Vec<Tick> {
    let (from, to) = (ends.0.min(ends.1), ends.0.max(ends.1));
    let count = |step: f64| (to / step).floor() - (from / step).ceil() + 1.0;
    let usual = step((to - from) / most.max(2.0));
    // One label alone tells no distance.
    let step = if count(usual) < 2.0 { step(usual / 2.6) } else { usual };
    let first = (from / step).ceil() as i64;
    let last = (to / step).floor() as i64;
    (first..=last.min(first + 100))
        .map(|k| {
            // A product of a whole number and a step prints without the dust of a sum.
            let value = k as f64 * step;
            Tick { value, label: label(value, step, style) }
        })
        .collect()
}

/// The least of 1, 2, 5 times a power of ten that is not below `least`.
fn step(least: f64) -> f64 {
    let power = 10f64.powf(least.log10().floor());
    let factor = [1.0, 2.0, 5.0, 10.0].into_iter().find(|factor| factor * power >= least * (1.0 - 1e-9));
    factor.unwrap_or(10.0) * power
}

/// Powers of ten, every one or every second, third and so on as there is room; within less than two decades also 2 and 5
/// times a power, and within a fraction of one the even steps of a linear axis. `ends` are decimal logarithms.
pub(super) fn logarithmic(ends: (f64, f64), most: f64, style: Style) -> Vec<Tick> {
    let (from, to) = (ends.0.min(ends.1), ends.0.max(ends.1));
    let most = most.max(2.0);
    if to - from < 0.5 {
        return linear((10f64.powf(from), 10f64.powf(to)), most, style);
    }
    let (first, last) = ((from - 1e-9).ceil() as i32, (to + 1e-9).floor() as i32);
    let decades = f64::from(last - first + 1);
    if decades > 2.0 || (decades >= 2.0 && most < 5.0) {
        let every = (decades / most).ceil().max(1.0) as i32;
        let mut ticks: Vec<Tick> = (first..=last)
            .map(|decade| {
                let value = 10f64.powi(decade);
                let label = if decade.rem_euclid(every) == 0 { label(value, value, style) } else { String::new() };
                Tick { value, label }
            })
            .collect();
        if every == 1 {
            ticks.extend(between(first - 1, last, from, to, &[2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0]));
        }
        return ticks;
    }
    // The densest of these that leaves each label its room.
    const FACTORS: [&[f64]; 4] =
        [&[1.0, 1.5, 2.0, 3.0, 4.0, 5.0, 6.0, 8.0], &[1.0, 2.0, 3.0, 5.0, 7.0], &[1.0, 2.0, 5.0], &[1.0, 3.0]];
    let of = |factors: &[f64]| between(first - 1, last, from, to, factors);
    let fits = |ticks: &Vec<Tick>| ticks.len() as f64 <= most;
    let mut ticks = FACTORS.into_iter().map(of).find(fits).unwrap_or_else(|| of(&[1.0]));
    for tick in &mut ticks {
        let first_digits = tick.value / 10f64.powf(tick.value.log10().floor());
        let is_whole = (first_digits - first_digits.round()).abs() < 1e-6;
        tick.label = label(tick.value, if is_whole { tick.value } else { 0.1 * tick.value }, style);
    }
    ticks
}

fn between(first: i32, last: i32, from: f64, to: f64, factors: &[f64]) -> Vec<Tick> {
    let values = (first..=last).flat_map(|decade| factors.iter().map(move |factor| (decade, factor)));
    values
        .filter(|(decade, factor)| {
            let place = f64::from(*decade) + factor.log10();
            place >= from - 1e-9 && place <= to + 1e-9
        })
        // Through the decimal text, so that 2e9 is the double of that name.
        .map(|(decade, factor)| Tick {
            value: format!("{factor}e{decade}").parse().unwrap_or(factor * 10f64.powi(decade)),
            label: String::new(),
        })
        .collect()
}

/// The number as this axis writes it; `step` says how many decimals tell it from its neighbours.
fn label(value: f64, step: f64, style: Style) -> String {
    let decimals = (-(step.abs().log10() + 1e-9).floor()).clamp(0.0, 12.0) as usize;
    match style {
        Style::Count => Params::new(value).map_or_else(|_| plain(value, decimals), |n| n.to_string()),
        Style::Power => Flops::new(value)
            .map_or_else(|_| plain(value, decimals), |c| c.to_string().trim_end_matches(" FLOP").to_owned()),
        Style::Plain => plain(value, decimals),
        Style::Factor => format!("×{}", plain(value, decimals)),
        Style::Percent => format!("{} %", plain(100.0 * value, decimals.saturating_sub(2))),
    }
}

fn plain(value: f64, decimals: usize) -> String {
    let size = value.abs();
    if size >= 1e6 {
        return format!("{value:e}");
    }
    if decimals > 5 && size > 0.0 && size < 1e-3 {
        // As many digits as tell it from its neighbours: more would show the rounding of sums.
        let digits = (decimals as f64 + size.log10().floor()).clamp(0.0, 15.0) as usize;
        return format!("{value:.digits$e}").replace('-', "−");
    }
    let text = format!("{value:.decimals$}");
    let zero = text.chars().all(|letter| matches!(letter, '-' | '0' | '.'));
    // A minus sign and not a hyphen.
    if zero { text.trim_start_matches('-').into() } else { text.replace('-', "−") }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(ticks: Vec<Tick>) -> Vec<String> {
        ticks.into_iter().map(|tick| tick.label).filter(|label| !label.is_empty()).collect()
    }

    #[test]
    fn decades_are_written_as_people_write_them() {
        assert_eq!(labels(logarithmic((7.9, 11.1), 7.0, Style::Count)), ["100M", "1B", "10B", "100B"]);
        assert_eq!(labels(logarithmic((20.0, 24.0), 7.0, Style::Power)), ["1e20", "1e21", "1e22", "1e23", "1e24"]);
        assert_eq!(labels(logarithmic((10.0, 26.0), 5.3, Style::Power)), ["1e12", "1e16", "1e20", "1e24"]);
    }

    #[test]
    fn a_short_logarithmic_axis_still_has_labels() {
        assert_eq!(labels(logarithmic((8.2, 9.4), 4.0, Style::Count)), ["200M", "500M", "1B", "2B"]);
        let factors = labels(logarithmic((0.1, 0.95), 8.0, Style::Factor));
        assert_eq!(factors, ["×1.5", "×2", "×3", "×4", "×5", "×6", "×8"]);
        let narrow = labels(logarithmic((9.0, 9.1), 7.0, Style::Count));
        assert!(narrow.len() >= 3 && narrow.contains(&"1.1B".to_owned()), "{narrow:?}");
    }

    #[test]
    fn linear_steps_are_round_and_zero_has_no_sign() {
        assert_eq!(labels(linear((-0.25, 0.25), 5.3, Style::Plain)), ["−0.2", "−0.1", "0.0", "0.1", "0.2"]);
        assert_eq!(labels(linear((-0.02, 0.021), 4.5, Style::Percent)), ["−2 %", "−1 %", "0 %", "1 %", "2 %"]);
        assert_eq!(labels(linear((0.02, 0.88), 2.6, Style::Plain)), ["0.2", "0.4", "0.6", "0.8"]);
        let close = labels(linear((0.340042, 0.340058), 5.3, Style::Plain));
        assert_eq!(close, ["0.340045", "0.340050", "0.340055"]);
        assert_eq!(
            labels(linear((-2.1e-7, 2.1e-7), 5.3, Style::Plain)),
            ["−2e−7", "−1e−7", "0.0000000", "1e−7", "2e−7"]
        );
        assert_eq!(labels(linear((1.8, 4.2), 5.3, Style::Plain)), ["2.0", "2.5", "3.0", "3.5", "4.0"]);
    }
}
