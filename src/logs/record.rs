/// The cells of one row of a table, as bytes.
#[derive(Debug, Clone, Default)]
pub(super) struct Record {
    /// May be longer than the cells: a parser fills it again and again.
    pub(super) bytes: Vec<u8>,
    /// Where each cell ends; may be longer too.
    pub(super) ends: Vec<usize>,
    pub(super) cells: usize,
}

impl Record {
    pub fn new() -> Self {
        Self::default()
    }

    /// The number of cells.
    pub fn len(&self) -> usize {
        self.cells
    }

    pub fn get(&self, index: usize) -> Option<&[u8]> {
        let ends = self.ends.get(..self.cells)?;
        let start = index.checked_sub(1).map_or(Some(&0), |before| ends.get(before))?;
        self.bytes.get(*start..*ends.get(index)?)
    }

    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &[u8]> {
        (0..self.cells).map(|index| self.get(index).unwrap_or_default())
    }

    /// All cells without what parts them.
    pub fn as_slice(&self) -> &[u8] {
        let end = self.cells.checked_sub(1).and_then(|last| self.ends.get(last));
        end.and_then(|end| self.bytes.get(..*end)).unwrap_or_default()
    }

    #[cfg(any(feature = "parquet", test))]
    pub fn clear(&mut self) {
        self.cells = 0;
    }

    #[cfg(any(feature = "parquet", test))]
    pub fn push(&mut self, cell: &[u8]) {
        self.bytes.truncate(self.as_slice().len());
        self.bytes.extend_from_slice(cell);
        self.ends.truncate(self.cells);
        self.ends.push(self.bytes.len());
        self.cells += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_come_back_from_both_ends() {
        let mut record = Record::new();
        assert_eq!((record.len(), record.get(0), record.iter().count()), (0, None, 0));
        for cell in [&b"a"[..], b"", b"bc"] {
            record.push(cell);
        }
        assert_eq!(record.iter().collect::<Vec<_>>(), [&b"a"[..], b"", b"bc"]);
        assert_eq!(record.iter().next_back(), Some(&b"bc"[..]));
        assert_eq!((record.get(1), record.get(3), record.as_slice()), (Some(&b""[..]), None, &b"abc"[..]));
        record.clear();
        assert_eq!((record.len(), record.as_slice()), (0, &b""[..]));
    }
}
