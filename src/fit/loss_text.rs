//! Losses as people write them.

use std::fmt;
use std::str::FromStr;

use super::loss_function::{LossFunction, Residual};
use crate::error::FitError;

/// k of Huber's δ = k·σ̂ that keeps 95 % efficiency on normal noise (Huber 1981), and degrees of freedom for Student's t.
const USUAL: (f64, f64) = (1.345, 4.0);

/// `least-squares`, `huber:DELTA`, `huber-scale:K`, `absolute`, `cauchy:SCALE`, `student-t:FREEDOM`. Without a number Huber
/// takes 1e-3, Huber of scale 1.345, Cauchy 1e-3 and Student's t 4.
///
/// ```
/// use scaling_laws::LossFunction;
/// assert_eq!("huber:1e-3".parse::<LossFunction>()?, LossFunction::Huber(1e-3));
/// assert_eq!("absolute".parse::<LossFunction>()?, LossFunction::AbsoluteDeviations);
/// assert_eq!(LossFunction::StudentT(4.0).to_string(), "student-t:4");
/// # Ok::<(), scaling_laws::Error>(())
/// ```
impl FromStr for LossFunction {
    type Err = FitError;

    fn from_str(text: &str) -> Result<Self, FitError> {
        let (name, number) = match text.split_once(':') {
            Some((name, number)) => (name, Some(number)),
            None => (text, None),
        };
        let unknown = || FitError::UnknownLoss { text: text.into() };
        let number = |usual: f64| match number {
            None => Ok(usual),
            Some(number) => number.trim().parse().ok().filter(|v: &f64| v.is_finite() && *v > 0.0).ok_or_else(unknown),
        };
        match name.trim() {
            "least-squares" if !text.contains(':') => Ok(Self::LeastSquares),
            "absolute" if !text.contains(':') => Ok(Self::AbsoluteDeviations),
            "huber" => Ok(Self::Huber(number(1e-3)?)),
            "huber-scale" => Ok(Self::HuberOfScale(number(USUAL.0)?)),
            "cauchy" => Ok(Self::Cauchy(number(1e-3)?)),
            "student-t" => Ok(Self::StudentT(number(USUAL.1)?)),
            _ => Err(unknown()),
        }
    }
}

impl fmt::Display for LossFunction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let number = |v: &f64| if (1e-2..1e4).contains(v) { format!("{v}") } else { format!("{v:e}") };
        f.pad(&match self {
            Self::LeastSquares => "least-squares".into(),
            Self::AbsoluteDeviations => "absolute".into(),
            Self::Huber(delta) => format!("huber:{}", number(delta)),
            Self::HuberOfScale(k) => format!("huber-scale:{}", number(k)),
            Self::Cauchy(scale) => format!("cauchy:{}", number(scale)),
            Self::StudentT(freedom) => format!("student-t:{}", number(freedom)),
        })
    }
}

/// `log` or `raw`.
impl FromStr for Residual {
    type Err = FitError;

    fn from_str(text: &str) -> Result<Self, FitError> {
        match text.trim() {
            "log" => Ok(Self::Log),
            "raw" => Ok(Self::Raw),
            _ => Err(FitError::UnknownResidual { text: text.into() }),
        }
    }
}

impl fmt::Display for Residual {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Log => "log",
            Self::Raw => "raw",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_printed_is_read_again() {
        for text in ["least-squares", "absolute", "huber:1e-3", "huber-scale:1.345", "cauchy:0.05", "student-t:4"] {
            assert_eq!(text.parse::<LossFunction>().unwrap().to_string(), text);
        }
        assert_eq!("student-t".parse(), Ok(LossFunction::StudentT(4.0)));
        assert_eq!("raw".parse(), Ok(Residual::Raw));
    }

    #[test]
    fn what_is_no_loss_is_refused_with_those_there_are() {
        for text in ["", "l2", "huber:", "huber:-1", "huber:nan", "absolute:2", "least-squares:1", "cauchy:1e999"] {
            let error = text.parse::<LossFunction>().unwrap_err().to_string();
            assert!(error.contains("huber-scale") && error.contains(&format!("{text:?}")), "{error}");
        }
        assert!("ln".parse::<Residual>().unwrap_err().to_string().contains("log or raw"));
    }
}
