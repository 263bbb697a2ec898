use super::columns::shortened;
use crate::error::{Fault, RunsError};

/// Faults that are kept; the rest is only counted, so that a file of another kind does not fill the memory.
const KEPT: usize = 1000;

/// The faults of a file, collected so that they are reported together.
#[derive(Debug, Default)]
pub(super) struct Faults {
    first: Vec<Fault>,
    total: usize,
}

impl Faults {
    pub fn total(&self) -> usize {
        self.total
    }

    pub fn push(&mut self, line: u64, column: &str, cell: &[u8], expected: &str) {
        self.total += 1;
        if self.first.len() < KEPT {
            self.first.push(Fault::new(line, column, text_of(cell), expected));
        }
    }

    /// # Errors
    /// [`RunsError::Faults`] if there are any.
    pub fn into_result(self, path: &str) -> Result<(), RunsError> {
        if self.total == 0 {
            return Ok(());
        }
        Err(RunsError::Faults { path: path.into(), faults: self.first, total: self.total })
    }
}

/// A cell for a message, whatever its bytes.
pub(super) fn text_of(cell: &[u8]) -> String {
    // Four bytes a character at most, and a few characters more than are shown.
    let start = cell.get(..256).unwrap_or(cell);
    shortened(String::from_utf8_lossy(start).trim())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_first_faults_are_kept_and_all_are_counted() {
        let mut faults = Faults::default();
        for line in 0..1500 {
            faults.push(line, "loss", &[b'x'; 10_000], "a number");
        }
        let RunsError::Faults { faults, total, .. } = faults.into_result("f").unwrap_err() else { panic!() };
        assert_eq!((faults.len(), total, faults[999].line), (1000, 1500, 999));
        assert_eq!(faults[0].value.chars().count(), 61);
    }
}
