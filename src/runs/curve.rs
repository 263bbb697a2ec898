use crate::error::{Fault, RunsError};
use crate::units::{Nats, Params, Tokens};

/// The loss of one run on its way: L after each number of tokens seen, at a fixed size N.
///
/// Tokens rise strictly; every value is finite and above zero, so a log's step 0 must be left out.
///
/// ```
/// use scaling_laws::{Curve, Params};
/// let curve = Curve::new("124M", Params::millions(124.0)?, &[1e9, 2e9, 4e9], &[3.9, 3.6, 3.4])?;
/// assert_eq!((curve.len(), curve.label()), (3, "124M"));
/// let refused = Curve::new("124M", Params::millions(124.0)?, &[0.0, 2e9, 1e9], &[10.9, 3.6, 3.9]).unwrap_err();
/// assert!(refused.to_string().contains("2 faults"));
/// # Ok::<(), scaling_laws::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Curve {
    label: String,
    params: Params,
    tokens: Vec<f64>,
    losses: Vec<f64>,
}

/// Faults kept of one curve; the rest is counted.
const KEPT: usize = 1000;

impl Curve {
    /// A curve from the tokens seen and the loss at each.
    ///
    /// # Errors
    /// [`RunsError::Empty`] without a point; [`RunsError::Faults`] naming every value that is not finite and above zero,
    /// every token count that is not above the one before, and columns of unequal length.
    pub fn new(label: impl Into<String>, params: Params, tokens: &[f64], losses: &[f64]) -> Result<Self, RunsError> {
        let label = label.into();
        let path = format!("the curve {label:?}");
        if tokens.is_empty() && losses.is_empty() {
            return Err(RunsError::Empty { path, reason: "a curve needs at least one point".into() });
        }
        let mut faults = Vec::new();
        if tokens.len() != losses.len() {
            let (got, expected) = (format!("{} values", losses.len()), format!("{} values", tokens.len()));
            faults.push(Fault::new(0, "loss", got, expected));
        }
        for (name, column) in [("tokens", tokens), ("loss", losses)] {
            for (row, value) in column.iter().enumerate().filter(|(_, v)| !(v.is_finite() && **v > 0.0)) {
                faults.push(Fault::new(row as u64 + 1, name, value.to_string(), "a finite number above zero"));
            }
        }
        for (row, pair) in tokens.windows(2).enumerate() {
            if let &[before, after] = pair
                && after <= before
            {
                let expected = format!("more than the {before} of the point before");
                faults.push(Fault::new(row as u64 + 2, "tokens", after.to_string(), expected));
            }
        }
        if faults.is_empty() {
            return Ok(Self { label, params, tokens: tokens.to_vec(), losses: losses.to_vec() });
        }
        faults.sort_by_key(|fault| fault.line);
        let total = faults.len();
        faults.truncate(KEPT);
        Err(RunsError::Faults { path, faults, total })
    }

    /// What the run is called.
    pub fn label(&self) -> &str {
        &self.label
    }

    /// N.
    pub fn params(&self) -> Params {
        self.params
    }

    /// Number of points.
    pub fn len(&self) -> usize {
        self.tokens.len()
    }

    /// Never: a curve has at least one point.
    pub fn is_empty(&self) -> bool {
        self.tokens.is_empty()
    }

    /// Tokens seen at each point, rising.
    pub fn tokens(&self) -> &[f64] {
        &self.tokens
    }

    /// The loss at each point, nats per token.
    pub fn losses(&self) -> &[f64] {
        &self.losses
    }

    /// The last point: tokens seen and loss reached.
    pub fn last(&self) -> Option<(Tokens, Nats)> {
        Some((Tokens::new(*self.tokens.last()?).ok()?, Nats::new(*self.losses.last()?).ok()?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_fault_of_a_curve_is_named() {
        let n = Params::new(1e8).unwrap();
        let refused = Curve::new("x", n, &[1e9, 1e9, f64::NAN], &[3.0, -1.0]).unwrap_err();
        let RunsError::Faults { total, faults, .. } = &refused else { panic!("{refused}") };
        let at: Vec<_> = faults.iter().map(|f| (f.line, f.column.as_str())).collect();
        assert_eq!(*total, 4);
        assert_eq!(at, [(0, "loss"), (2, "loss"), (2, "tokens"), (3, "tokens")]);
        assert!(matches!(Curve::new("x", n, &[], &[]), Err(RunsError::Empty { .. })));
    }

    #[test]
    fn the_last_point_is_where_the_run_ended() {
        let curve = Curve::new("x", Params::new(1e8).unwrap(), &[1e9, 2e9], &[3.0, 2.5]).unwrap();
        let (tokens, loss) = curve.last().unwrap();
        assert_eq!((tokens.get(), loss.get(), curve.is_empty()), (2e9, 2.5, false));
    }
}
