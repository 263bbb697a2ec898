//! Small readers of words and numbers in the bytes of a line. Each gives what it read and what follows.

use std::sync::OnceLock;

use memchr::memmem::Finder;

/// A word to look for in many lines: its searcher is built once.
pub(super) struct Word {
    bytes: &'static [u8],
    finder: OnceLock<Finder<'static>>,
}

impl Word {
    pub const fn new(bytes: &'static [u8]) -> Self {
        Self { bytes, finder: OnceLock::new() }
    }

    /// Whether it stands anywhere, as a word or within one.
    pub fn is_in(&self, line: &[u8]) -> bool {
        self.anywhere(line).is_some()
    }

    /// Where it stands first, if it does not continue another word to its left there.
    pub fn find(&self, line: &[u8]) -> Option<usize> {
        let at = self.anywhere(line)?;
        let joined = self.bytes.first().is_some_and(u8::is_ascii_alphanumeric)
            && at
                .checked_sub(1)
                .and_then(|left| line.get(left))
                .is_some_and(|c| c.is_ascii_alphanumeric() || *c == b'_');
        (!joined).then_some(at)
    }

    /// What follows it there.
    pub fn after<'a>(&self, line: &'a [u8]) -> Option<&'a [u8]> {
        line.get(self.find(line)? + self.bytes.len()..)
    }

    fn anywhere(&self, line: &[u8]) -> Option<usize> {
        self.finder.get_or_init(|| Finder::new(self.bytes)).find(line)
    }
}

/// What follows a word at the very beginning, after blanks.
pub(super) fn strip<'a>(line: &'a [u8], word: &[u8]) -> Option<&'a [u8]> {
    line.trim_ascii_start().strip_prefix(word)
}

/// A whole number after blanks; commas and underscores between its digits are dropped.
pub(super) fn integer(text: &[u8]) -> Option<(u64, &[u8])> {
    let text = text.trim_ascii_start();
    let mut value: Option<u64> = None;
    let mut end = 0;
    for (index, byte) in text.iter().enumerate() {
        match byte {
            b'0'..=b'9' => {
                let digit = u64::from(byte - b'0');
                value = Some(value.unwrap_or(0).checked_mul(10)?.checked_add(digit)?);
                end = index + 1;
            }
            b',' | b'_' if value.is_some() && group_follows(text, index) => {}
            _ => break,
        }
    }
    Some((value?, text.get(end..)?))
}

/// Three digits behind a separator: without them the comma ends the number.
fn group_follows(text: &[u8], separator: usize) -> bool {
    let digits = text.iter().skip(separator + 1).take_while(|byte| byte.is_ascii_digit()).count();
    digits == 3
}

/// A number after blanks: decimal, with an exponent, NaN or infinite.
pub(super) fn number(text: &[u8]) -> Option<(f64, &[u8])> {
    let text = text.trim_ascii_start();
    let signs = usize::from(matches!(text.first(), Some(b'-' | b'+')));
    let body = text.get(signs..)?;
    let length = match body.first()? {
        b'0'..=b'9' | b'.' => decimal_length(body),
        b'n' | b'N' | b'i' | b'I' => word_length(body)?,
        _ => return None,
    };
    let (token, rest) = text.split_at_checked(signs + length)?;
    let value = std::str::from_utf8(token).ok()?.parse().ok()?;
    Some((value, rest))
}

fn decimal_length(body: &[u8]) -> usize {
    let mut end = 0;
    for (index, byte) in body.iter().enumerate() {
        match byte {
            b'0'..=b'9' => end = index + 1,
            b'.' => {
                // A full stop at the end of a sentence is read along: "3." is 3.
                end = index + usize::from(index > 0 || body.get(1).is_some_and(u8::is_ascii_digit));
            }
            b'e' | b'E' if body.get(index + 1).is_some_and(u8::is_ascii_digit) => {}
            b'e' | b'E'
                if matches!(body.get(index + 1), Some(b'-' | b'+'))
                    && body.get(index + 2).is_some_and(u8::is_ascii_digit) => {}
            b'-' | b'+' if matches!(index.checked_sub(1).and_then(|i| body.get(i)), Some(b'e' | b'E')) => {}
            _ => break,
        }
    }
    end
}

/// NaN and infinity as programs print them; a word that goes on is none of them.
fn word_length(body: &[u8]) -> Option<usize> {
    [&b"infinity"[..], b"inf", b"nan"].into_iter().find_map(|word| {
        let given = body.get(..word.len())?;
        let ends = body.get(word.len()).is_none_or(|next| !next.is_ascii_alphanumeric());
        (given.eq_ignore_ascii_case(word) && ends).then_some(word.len())
    })
}

/// A count that may carry thousands separators or a unit, as in 8,192 or 29.94M.
pub(super) fn count(text: &[u8]) -> Option<f64> {
    let text = text.trim_ascii_start();
    let end = text.iter().position(|b| !(b.is_ascii_alphanumeric() || b".,_+".contains(b))).unwrap_or(text.len());
    let token = std::str::from_utf8(text.get(..end)?).ok()?.trim_end_matches([',', '.']);
    crate::units::parse_number(token).filter(|value| value.is_finite() && *value > 0.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_end_where_they_end() {
        for (text, value, rest) in [
            ("6.2081, time", 6.2081, ", time"),
            (" 1.244238E+01 |", 12.44238, " |"),
            ("-1.5e-3x", -0.0015, "x"),
            ("3.", 3.0, ""),
            ("1e", 1.0, "e"),
            ("2.5e+x", 2.5, "e+x"),
            ("inf ", f64::INFINITY, " "),
            ("-Infinity,", f64::NEG_INFINITY, ","),
            (".5", 0.5, ""),
        ] {
            assert_eq!(number(text.as_bytes()), Some((value, rest.as_bytes())), "{text}");
        }
        assert!(number(b"nan,").is_some_and(|(value, rest)| value.is_nan() && rest == b","));
        for text in ["", "-", "n/a", "nanms", "info", "x1", ".", "e5", "--1"] {
            assert_eq!(number(text.as_bytes()).map(|(value, _)| value), None, "{text}");
        }
    }

    #[test]
    fn whole_numbers_may_be_grouped() {
        for (text, value, rest) in
            [("8,192", 8192, ""), ("12, loss", 12, ", loss"), (" 200/ 148693", 200, "/ 148693"), ("1,2345", 1, ",2345")]
        {
            assert_eq!(integer(text.as_bytes()), Some((value, rest.as_bytes())), "{text}");
        }
        assert_eq!(integer(b"99999999999999999999"), None);
        assert_eq!(integer(b"x"), None);
        assert_eq!(count(b" 29.94M, and"), Some(29.94e6));
        assert_eq!(count(b"12,226,560\n"), Some(12_226_560.0));
    }

    #[test]
    fn a_word_inside_another_is_not_found() {
        let step = Word::new(b"step:");
        assert_eq!(step.after(b"step: 3"), Some(&b" 3"[..]));
        assert_eq!(step.after(b"mstep: 3"), None);
        assert_eq!(step.after(b"\x1b[32mstep: 3"), None);
        assert!(step.is_in(b"mstep: 3") && !step.is_in(b"step 3"));
    }
}
