use std::io::Read;

use super::columns::shortened;
use crate::error::RunsError;

/// The start of a file, read as far as its header line: what kind of file it is, and where the table begins.
#[derive(Debug)]
pub(super) struct Opening {
    /// The bytes read so far from the header on.
    pub table: Vec<u8>,
    pub separator: u8,
    /// Lines before the header: comments, blank lines, a spreadsheet's `sep=;`.
    pub lines_before: u64,
    /// Lines end in CR alone, as in files of some spreadsheets.
    pub cr_only: bool,
}

/// A header line longer than this is no header.
const LONGEST: usize = 1 << 20;
const CHUNK: usize = 1 << 16;

impl Opening {
    /// # Errors
    /// [`RunsError::Io`], [`RunsError::Empty`] without a header line, [`RunsError::NotATable`] for files of other kinds.
    pub fn read(input: &mut impl Read, path: &str) -> Result<Self, RunsError> {
        let mut bytes = Vec::new();
        loop {
            let before = bytes.len();
            input.take(CHUNK as u64).read_to_end(&mut bytes).map_err(|error| io(path, &error))?;
            let start = Start::of(&bytes);
            if bytes.len() == before || start.header_end.is_some() || bytes.len() >= LONGEST {
                return Self::judge(bytes, path);
            }
        }
    }

    fn judge(mut bytes: Vec<u8>, path: &str) -> Result<Self, RunsError> {
        let not_a_table = |reason: String| RunsError::NotATable { path: path.into(), reason };
        if let Some(kind) = other_kind(&bytes) {
            return Err(not_a_table(format!("it is {kind}")));
        }
        let cr_only = bytes.contains(&b'\r') && !bytes.contains(&b'\n');
        if cr_only {
            bytes.iter_mut().filter(|byte| **byte == b'\r').for_each(|byte| *byte = b'\n');
        }
        let start = Start::of(&bytes);
        let table = bytes.get(start.header..).unwrap_or(&[]).to_vec();
        if table.iter().all(u8::is_ascii_whitespace) {
            let reason = if bytes.is_empty() { "the file is empty" } else { "it has no header line" };
            return Err(RunsError::Empty { path: path.into(), reason: reason.into() });
        }
        if start.header_end.is_none() && bytes.len() >= LONGEST {
            return Err(not_a_table("its first MiB holds no header line".into()));
        }
        let header = bytes.get(start.header..start.header_end.unwrap_or(bytes.len())).unwrap_or(&[]);
        let Some(separator) = start.separator.or_else(|| commonest_separator(header)) else {
            let text = shortened(String::from_utf8_lossy(header).trim());
            return Err(not_a_table(format!("its first line has no comma, tab or semicolon: {text:?}")));
        };
        Ok(Self { table, separator, lines_before: start.lines_before, cr_only })
    }
}

pub(super) fn io(path: &str, error: &std::io::Error) -> RunsError {
    RunsError::Io { path: path.into(), reason: error.to_string() }
}

/// Where the header line stands in the first bytes.
#[derive(Debug, Default)]
struct Start {
    header: usize,
    header_end: Option<usize>,
    lines_before: u64,
    separator: Option<u8>,
}

impl Start {
    fn of(bytes: &[u8]) -> Self {
        let mut start = Self { header: if bytes.starts_with(BOM) { BOM.len() } else { 0 }, ..Self::default() };
        loop {
            let rest = bytes.get(start.header..).unwrap_or(&[]);
            let line_end = rest.iter().position(|byte| *byte == b'\n');
            let line = rest.get(..line_end.unwrap_or(rest.len())).unwrap_or(&[]).trim_ascii();
            let separator = named_separator(line);
            start.separator = start.separator.or(separator);
            if !(line.is_empty() || line.starts_with(b"#") || separator.is_some()) {
                start.header_end = end_of_record(rest).map(|end| start.header + end);
                return start;
            }
            let Some(end) = line_end else {
                start.header = bytes.len();
                return start;
            };
            start.header += end + 1;
            start.lines_before += 1;
        }
    }
}

const BOM: &[u8] = b"\xef\xbb\xbf";

/// A spreadsheet's first line `sep=;`.
fn named_separator(line: &[u8]) -> Option<u8> {
    match line {
        [b's' | b'S', b'e' | b'E', b'p' | b'P', b'=', separator @ (b',' | b';')] => Some(*separator),
        _ => None,
    }
}

/// Position of the line end that is not inside quotes.
fn end_of_record(bytes: &[u8]) -> Option<usize> {
    let mut quoted = false;
    bytes.iter().position(|byte| {
        quoted ^= *byte == b'"';
        *byte == b'\n' && !quoted
    })
}

fn commonest_separator(header: &[u8]) -> Option<u8> {
    let count = |separator: u8| {
        let mut quoted = false;
        let outside_quotes = |byte: &&u8| {
            quoted ^= **byte == b'"';
            **byte == separator && !quoted
        };
        header.iter().filter(outside_quotes).count()
    };
    // The last of equal maxima wins: the comma.
    [b';', b'\t', b','].into_iter().map(|s| (count(s), s)).max_by_key(|(n, _)| *n).filter(|(n, _)| *n > 0).map(|c| c.1)
}

/// What a file is that cannot be a table of text.
pub(super) fn other_kind(bytes: &[u8]) -> Option<&'static str> {
    const SIGNATURES: [(&[u8], &str); 16] = [
        (b"\x1f\x8b", "compressed by gzip: unpack it first"),
        (b"PK\x03\x04", "a zip archive or a spreadsheet such as .xlsx: unpack it, or save it as CSV"),
        (b"\x28\xb5\x2f\xfd", "compressed by zstd: unpack it first"),
        (b"\xfd7zXZ\0", "compressed by xz: unpack it first"),
        (b"BZh", "compressed by bzip2: unpack it first"),
        (b"PAR1", "a Parquet file: convert it to CSV, or build with the feature parquet"),
        (b"ARROW1", "an Arrow file: convert it to CSV"),
        (b"\x89HDF", "an HDF5 file: convert it to CSV"),
        (b"\x93NUMPY", "a NumPy array: convert it to CSV"),
        (b"SQLite format 3\0", "an SQLite database: export the table as CSV"),
        (b"\xd0\xcf\x11\xe0", "an old spreadsheet or document: save it as CSV"),
        (b"%PDF", "a PDF document"),
        (b"\x80\x04", "a Python pickle: convert it to CSV"),
        (b"\xff\xfe", "in UTF-16: save it as UTF-8"),
        (b"\xfe\xff", "in UTF-16: save it as UTF-8"),
        (b"<", "an HTML or XML document"),
    ];
    if is_tar(bytes) {
        return Some("a tar archive of several files: unpack it first");
    }
    let text = bytes.strip_prefix(BOM).unwrap_or(bytes).trim_ascii_start();
    let signed = |signature: &[u8]| bytes.starts_with(signature) || text.starts_with(signature);
    if let Some((_, kind)) = SIGNATURES.iter().find(|(signature, _)| signed(signature)) {
        return Some(kind);
    }
    if bytes.contains(&0) {
        return Some("binary, with zero bytes among the first");
    }
    is_json(text).then_some("a JSON document: convert it to CSV")
}

/// An archive, whose files one after the other could be taken for one log.
pub(super) fn is_tar(head: &[u8]) -> bool {
    head.get(257..262) == Some(b"ustar")
}

/// A brace or bracket followed by what JSON allows there and a header does not.
fn is_json(text: &[u8]) -> bool {
    let Some((b'{' | b'[', rest)) = text.split_first() else { return false };
    let rest = rest.trim_ascii_start();
    match rest.first() {
        None => true,
        Some(b'-' | b'0'..=b'9') => is_list_of_numbers(rest),
        Some(next) => matches!(next, b'"' | b'{' | b'[' | b'}' | b']'),
    }
}

/// Whether a number and a comma or the end of a list follow a bracket. Loggers put the time of a line in brackets.
fn is_list_of_numbers(text: &[u8]) -> bool {
    let end = text.iter().position(|b| !(b.is_ascii_digit() || b"+-.eE".contains(b))).unwrap_or(text.len());
    let number = text.get(..end).and_then(|number| std::str::from_utf8(number).ok());
    let rest = text.get(end..).unwrap_or(&[]).trim_ascii();
    let ends = match rest.split_first() {
        Some((b']', behind)) => behind.is_empty(),
        Some((next, _)) => *next == b',',
        None => true,
    };
    ends && number.is_some_and(|number| number.parse::<f64>().is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn opening(bytes: &[u8]) -> Result<Opening, RunsError> {
        Opening::read(&mut &bytes[..], "f")
    }

    #[test]
    fn the_separator_is_the_commonest_outside_quotes() {
        for (header, separator) in
            [("a,b;c,d", b','), ("a\tb", b'\t'), ("\"x,y,z\";b;c", b';'), ("a,b;c", b','), ("sep=;\na,b,c;d", b';')]
        {
            assert_eq!(opening(header.as_bytes()).unwrap().separator, separator, "{header}");
        }
    }

    #[test]
    fn comments_blank_lines_and_the_byte_order_mark_come_before_the_header() {
        let opening = opening(b"\xef\xbb\xbf# by hand\r\n\r\n#\na,b\n1,2\n").unwrap();
        assert_eq!((opening.lines_before, opening.table.as_slice()), (3, &b"a,b\n1,2\n"[..]));
    }

    #[test]
    fn carriage_returns_alone_end_lines_too() {
        let opening = opening(b"# x\ra,b\r1,2\r").unwrap();
        assert!(opening.cr_only);
        assert_eq!((opening.lines_before, opening.table.as_slice()), (1, &b"a,b\n1,2\n"[..]));
    }

    #[test]
    fn a_long_comment_does_not_hide_the_header() {
        let text = format!("#{}\na,b\n", "x".repeat(3 * CHUNK));
        assert_eq!(opening(text.as_bytes()).unwrap().lines_before, 1);
        let endless = "x,".repeat(LONGEST);
        assert!(opening(endless.as_bytes()).unwrap_err().to_string().contains("no header line"));
    }
}
