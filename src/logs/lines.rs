use std::io::{self, Read};

use memchr::memchr2;

/// Lines of a stream in bounded memory. A line ends at LF, CR or both: progress bars end theirs with CR alone.
pub(super) struct Lines<R> {
    input: R,
    buffer: Vec<u8>,
    start: usize,
    end: usize,
    longest: usize,
    ended: bool,
    number: u64,
    cut: u64,
    /// Inside the rest of a line that was cut.
    skipping: bool,
}

const CHUNK: usize = 1 << 18;

impl<R: Read> Lines<R> {
    /// Of lines longer than `longest` only the beginning is given.
    pub fn new(input: R, longest: usize) -> Self {
        Self {
            input,
            buffer: vec![0; CHUNK.min(longest.max(1))],
            start: 0,
            end: 0,
            longest,
            ended: false,
            number: 0,
            cut: 0,
            skipping: false,
        }
    }

    /// The line last given, counted from 1 by the line ends before it.
    pub fn number(&self) -> u64 {
        self.number
    }

    /// Lines that were cut.
    pub fn cut(&self) -> u64 {
        self.cut
    }

    /// The next line without its end; `None` at the end of the stream. Empty lines are given too.
    pub fn next(&mut self) -> io::Result<Option<&[u8]>> {
        let mut searched = 0;
        loop {
            let (from, to) = (self.start, self.end);
            let unsearched = self.buffer.get(from + searched..to).unwrap_or(&[]);
            if let Some(position) = memchr2(b'\n', b'\r', unsearched) {
                let line = (from, from + searched + position);
                self.start = line.1 + 1;
                searched = 0;
                if self.skipping {
                    self.skipping = false;
                    continue;
                }
                self.number += 1;
                return Ok(self.buffer.get(line.0..line.1));
            }
            searched = to - from;
            if searched >= self.longest {
                self.start = to;
                let first_part = !self.skipping;
                self.skipping = true;
                searched = 0;
                if first_part {
                    self.number += 1;
                    self.cut += 1;
                    return Ok(self.buffer.get(from..to));
                }
                continue;
            }
            if self.ended {
                self.start = to;
                if searched == 0 || self.skipping {
                    return Ok(None);
                }
                self.number += 1;
                return Ok(self.buffer.get(from..to));
            }
            self.fill()?;
        }
    }

    fn fill(&mut self) -> io::Result<()> {
        if self.start > 0 {
            self.buffer.copy_within(self.start..self.end, 0);
            self.end -= self.start;
            self.start = 0;
        }
        if self.end == self.buffer.len() {
            self.buffer.resize((self.buffer.len() * 2).min(self.longest.max(self.buffer.len() + 1)), 0);
        }
        let free = self.buffer.get_mut(self.end..).unwrap_or(&mut []);
        loop {
            match self.input.read(free) {
                Ok(0) => self.ended = true,
                Ok(count) => self.end += count.min(free.len()),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(error),
            }
            return Ok(());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(bytes: &[u8], longest: usize) -> (Vec<String>, u64) {
        // One byte a read: every state of the buffer occurs.
        struct Slow<'a>(&'a [u8]);
        impl Read for Slow<'_> {
            fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
                let count = buffer.len().min(1);
                self.0.read(&mut buffer[..count])
            }
        }
        let mut lines = Lines::new(Slow(bytes), longest);
        let mut all = Vec::new();
        while let Some(line) = lines.next().unwrap() {
            all.push(String::from_utf8_lossy(line).into_owned());
        }
        (all, lines.cut())
    }

    #[test]
    fn lines_end_at_either_character_and_the_last_needs_none() {
        assert_eq!(lines(b"a\nbc\r\n\rd", 100).0, ["a", "bc", "", "", "d"]);
        assert_eq!(lines(b"", 100).0.len(), 0);
        assert_eq!(lines(b"\n", 100).0, [""]);
    }

    #[test]
    fn a_long_line_is_cut_once_and_the_next_line_is_whole() {
        assert_eq!(lines(b"0123456789012345\nab\n", 8), (vec!["01234567".into(), "ab".into()], 1));
        assert_eq!(lines(b"01234567\nab\n", 8), (vec!["01234567".into(), "ab".into()], 1));
        assert_eq!(lines(b"012345678901234567890", 8), (vec!["01234567".into()], 1));
    }
}
