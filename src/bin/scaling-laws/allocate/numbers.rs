//! A list of numbers, or a range of whole ones.

use std::str::FromStr;

/// Numbers in the order given.
#[derive(Debug, Clone, PartialEq)]
pub struct Numbers(pub Vec<f64>);

const MOST: u32 = 1000;

impl FromStr for Numbers {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let refuse =
            || format!("{text:?} is no list of numbers; give 8, 4,8,16 or a range of whole numbers as in 3..16");
        if let Some((least, greatest)) = text.split_once("..") {
            let whole = |part: &str| part.trim().parse::<u32>().map_err(|_| refuse());
            let (least, greatest) = (whole(least)?, whole(greatest)?);
            if least > greatest || greatest - least > MOST {
                return Err(refuse());
            }
            return Ok(Self((least..=greatest).map(f64::from).collect()));
        }
        let number = |part: &str| part.trim().parse::<f64>().ok().filter(|x| x.is_finite()).ok_or_else(refuse);
        text.split(',').map(number).collect::<Result<_, _>>().map(Self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_and_ranges_are_read() {
        let read = |text: &str| text.parse::<Numbers>().map(|all| all.0);
        assert_eq!(read("8"), Ok(vec![8.0]));
        assert_eq!(read("0.5, .9"), Ok(vec![0.5, 0.9]));
        assert_eq!(read("3..5"), Ok(vec![3.0, 4.0, 5.0]));
        for wrong in ["", "4,", "x", "5..3", "0..1000000", "1.5..3", "inf", "nan"] {
            assert!(read(wrong).is_err(), "{wrong}");
        }
    }
}
