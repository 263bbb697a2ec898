//! One budget, several, or a range of them.

use std::str::FromStr;

use scaling_laws::Flops;

/// Budgets in the order given.
#[derive(Debug, Clone, PartialEq)]
pub struct Budgets(pub Vec<Flops>);

/// Budgets of a range where the number is not said.
const IN_A_RANGE: usize = 9;
const MOST: usize = 10_000;

impl FromStr for Budgets {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let one = |part: &str| part.trim().parse::<Flops>().map_err(|error| error.to_string());
        let Some((least, rest)) = text.split_once("..") else {
            return text.split(',').map(one).collect::<Result<_, _>>().map(Self);
        };
        let (greatest, count) = match rest.split_once(':') {
            Some((greatest, count)) => (greatest, count.trim().parse::<usize>().ok()),
            None => (rest, Some(IN_A_RANGE)),
        };
        let (least, greatest) = (one(least)?, one(greatest)?);
        let count = count.filter(|count| (2..=MOST).contains(count));
        let count =
            count.ok_or_else(|| format!("{text:?} has no number of budgets from 2 to {MOST} after the colon"))?;
        if least >= greatest {
            return Err(format!("{text:?} does not rise; give 1e20..1e24 or 1e20..1e24:5"));
        }
        let step = (greatest.ln() - least.ln()) / (count - 1) as f64;
        let at = |i: usize| match i {
            0 => Ok(least),
            i if i + 1 == count => Ok(greatest),
            i => Flops::new((least.ln() + step * i as f64).exp()).map_err(|error| error.to_string()),
        };
        (0..count).map(at).collect::<Result<_, _>>().map(Self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_and_ranges_are_read() {
        let read = |text: &str| text.parse::<Budgets>().map(|all| all.0.iter().map(|c| c.get()).collect::<Vec<_>>());
        assert_eq!(read("1e21"), Ok(vec![1e21]));
        assert_eq!(read("1e21, 1 PF-day,1e23"), Ok(vec![1e21, 8.64e19, 1e23]));
        let range = read("1e20..1e24:5").unwrap();
        assert!(range.iter().zip([1e20, 1e21, 1e22, 1e23, 1e24]).all(|(a, b)| (a / b - 1.0).abs() < 1e-9), "{range:?}");
        assert_eq!(read("1e20..1e24").unwrap().len(), 9);
        for wrong in ["", "1e21,", "1e24..1e20", "1e20..1e20", "1e20..1e24:1", "1e20..1e24:x", "..", "1e20.."] {
            assert!(read(wrong).is_err(), "{wrong}");
        }
    }
}
