//! The last cell of a table whose file ends without a line end: whether it is half written.

use super::faults::text_of;
use super::record::Record;

/// How long the last cells of the rows of a table are.
///
/// A row that breaks off may leave a number that looks whole: of "3.605" only "3". Where the file does not end in a line
/// end, the last number counts only if others of its column are as short.
#[derive(Debug)]
pub(super) struct LastCells {
    columns: usize,
    rows: usize,
    lengths: [usize; LONGEST],
    last_width: usize,
}

/// Longer numbers count as this long.
const LONGEST: usize = 32;

/// Of so many rows one may have a shorter cell by accident, as where zeros at the end are not written.
const RARE: usize = 50;

impl LastCells {
    pub fn new(columns: usize) -> Self {
        Self { columns, rows: 0, lengths: [0; LONGEST], last_width: columns }
    }

    /// Takes a row that is whole.
    pub fn push(&mut self, record: &Record) {
        self.last_width = record.len();
        let length = self.last_of(record).map_or(0, |cell| cell.trim_ascii().len());
        if let Some(count) = self.lengths.get_mut(length.min(LONGEST - 1)).filter(|_| length > 0) {
            self.rows += 1;
            *count += 1;
        }
    }

    /// Why the last row, which has no line end, is taken for half written.
    pub fn half_written(&self, record: &Record, is_number: bool) -> Option<String> {
        if record.len() < self.columns {
            return Some(format!("the last row has {} of {} fields: it is half written", record.len(), self.columns));
        }
        let cell = self.last_of(record)?.trim_ascii();
        let as_short: usize = self.lengths.iter().take(cell.len() + 1).sum();
        let is_short = is_number && !cell.is_empty() && self.rows > 0 && as_short <= self.rows / RARE;
        is_short.then(|| {
            let cell = text_of(cell);
            format!(
                "the last row has no line end, and {cell:?} in it is shorter than what stands above: it is half written"
            )
        })
    }

    /// What to say of a last row with a line end and too few fields.
    pub fn short(&self) -> Option<String> {
        let (found, of) = (self.last_width, self.columns);
        (found < of).then(|| format!("the last row has {found} of {of} fields: it is half written"))
    }

    fn last_of<'a>(&self, record: &'a Record) -> Option<&'a [u8]> {
        record.get(self.columns.checked_sub(1)?)
    }
}
