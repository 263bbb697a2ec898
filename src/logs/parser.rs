use std::io::{ErrorKind, Read, Result};

use csv_core::{ReadRecordResult, ReaderBuilder, Terminator};

use super::record::Record;

/// Bytes read at once.
const BUFFER: usize = 1 << 16;

/// Parts a stream into records by the rules of RFC 4180: cells in quotes may hold separators and line ends. Rows may differ in
/// width, and blank lines are passed over.
pub(super) struct Parser<R> {
    input: R,
    rules: csv_core::Reader,
    buffer: Vec<u8>,
    /// The part of the buffer that is still to be parsed.
    next: usize,
    filled: usize,
    /// Bytes parsed.
    parsed: u64,
    /// The line at which the rules stood before the last record.
    started: u64,
}

impl<R: Read> Parser<R> {
    pub fn new(input: R, separator: u8) -> Self {
        // Records end at LF alone: at CRLF the rules would stop between the two and count the line too late.
        let rules = ReaderBuilder::new().delimiter(separator).terminator(Terminator::Any(b'\n')).build();
        Self { input, rules, buffer: vec![0; BUFFER], next: 0, filled: 0, parsed: 0, started: 1 }
    }

    /// Reads the next record; `false` at the end.
    ///
    /// # Errors
    /// Those of the stream.
    pub fn next(&mut self, record: &mut Record) -> Result<bool> {
        self.started = self.rules.line();
        let Record { bytes, ends, cells } = record;
        *cells = 0;
        let mut written = 0;
        loop {
            if self.next == self.filled {
                self.fill()?;
            }
            let input = self.buffer.get(self.next..self.filled).unwrap_or_default();
            let (output, places) = (bytes.get_mut(written..), ends.get_mut(*cells..));
            let (result, read, out, ended) =
                self.rules.read_record(input, output.unwrap_or_default(), places.unwrap_or_default());
            self.next += read;
            self.parsed += read as u64;
            written += out;
            *cells += ended;
            match result {
                ReadRecordResult::InputEmpty => {}
                ReadRecordResult::OutputFull => bytes.resize((2 * bytes.len()).max(256), 0),
                ReadRecordResult::OutputEndsFull => ends.resize((2 * ends.len()).max(16), 0),
                ReadRecordResult::Record => return Ok(true),
                ReadRecordResult::End => return Ok(false),
            }
        }
    }

    /// Nothing at the end of the stream, which tells the rules that it is there.
    fn fill(&mut self) -> Result<()> {
        (self.next, self.filled) = (0, 0);
        self.filled = loop {
            match self.input.read(&mut self.buffer) {
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                read => break read?,
            }
        };
        Ok(())
    }

    /// The stream.
    #[cfg(feature = "logs")]
    pub fn input(&self) -> &R {
        &self.input
    }

    /// Bytes parsed.
    #[cfg(feature = "logs")]
    pub fn parsed(&self) -> u64 {
        self.parsed
    }

    /// The line on which the record just read starts. The rules stood before the blank lines that they skipped; so count
    /// back from the record's end.
    pub fn line(&self, record: &Record) -> u64 {
        let inside = record.as_slice().iter().filter(|byte| **byte == b'\n').count() as u64;
        self.rules.line().saturating_sub(inside + 1).max(self.started)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Gives a byte a time, with an interruption before each.
    struct Dripping<'a>(&'a [u8], bool);

    impl Read for Dripping<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> Result<usize> {
            self.1 = !self.1;
            if self.1 {
                return Err(ErrorKind::Interrupted.into());
            }
            match (self.0.split_first(), buffer.first_mut()) {
                (Some((byte, rest)), Some(first)) => {
                    (*first, self.0) = (*byte, rest);
                    Ok(1)
                }
                _ => Ok(0),
            }
        }
    }

    fn rows(input: impl Read) -> Vec<(u64, Vec<String>)> {
        let (mut parser, mut record, mut rows) = (Parser::new(input, b','), Record::new(), Vec::new());
        while parser.next(&mut record).unwrap() {
            let cells = record.iter().map(|cell| String::from_utf8_lossy(cell).into_owned()).collect();
            rows.push((parser.line(&record), cells));
        }
        assert!(!parser.next(&mut record).unwrap(), "the end stays the end");
        rows
    }

    #[test]
    fn quotes_blank_lines_and_rows_of_any_width_are_read() {
        let text = b"a,b\n\n\"1,\n2\",\"say \"\"x\"\"\"\n,\n3\n4,5,6\n";
        let expected: [(u64, &[&str]); 5] =
            [(1, &["a", "b"]), (3, &["1,\n2", "say \"x\""]), (5, &["", ""]), (6, &["3"]), (7, &["4", "5", "6"])];
        let expected: Vec<(u64, Vec<String>)> =
            expected.iter().map(|(line, cells)| (*line, cells.iter().map(|c| (*c).to_owned()).collect())).collect();
        assert_eq!(rows(&text[..]), expected);
        assert_eq!(rows(Dripping(text, false)), expected);
    }

    #[test]
    fn cells_and_rows_longer_than_any_buffer_are_whole() {
        let long = "x".repeat(3 * BUFFER);
        let wide = vec!["1"; 5000].join(",");
        let found = rows(format!("{long},y\n{wide}\nz\n").as_bytes());
        let widths: Vec<usize> = found.iter().map(|(_, cells)| cells.len()).collect();
        assert_eq!(widths, [2, 5000, 1]);
        assert_eq!(found[0].1[0], long);
        assert_eq!(found[2], (3, vec!["z".to_owned()]));
    }
}
