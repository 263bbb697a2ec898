/// A column of text kept as one string and the ends of its cells: no allocation per cell.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TextColumn {
    name: String,
    text: String,
    ends: Vec<usize>,
}

impl TextColumn {
    /// An empty column.
    pub fn new(name: impl Into<String>) -> Self {
        Self { name: name.into(), ..Self::default() }
    }

    /// The column's name as in its file.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Adds a cell.
    pub fn push(&mut self, cell: &str) {
        self.text.push_str(cell);
        self.ends.push(self.text.len());
    }

    /// Number of cells.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether there are no cells.
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// The cell of a row, from zero.
    pub fn get(&self, row: usize) -> Option<&str> {
        let start = if row == 0 { 0 } else { *self.ends.get(row - 1)? };
        self.text.get(start..*self.ends.get(row)?)
    }

    /// The cells of these rows in this order.
    pub(crate) fn select(&self, rows: &[usize]) -> Self {
        let mut column = Self::new(self.name());
        rows.iter().for_each(|&row| column.push(self.get(row).unwrap_or("")));
        column
    }

    /// All cells in order.
    pub fn cells(&self) -> impl Iterator<Item = &str> + '_ {
        (0..self.len()).map(|row| self.get(row).unwrap_or(""))
    }
}
