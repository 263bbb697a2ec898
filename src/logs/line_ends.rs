use std::io::{Read, Result};

/// Turns the line ends of a file that has only CR into LF.
pub(super) struct LineEnds<R> {
    pub input: R,
    pub cr_only: bool,
}

impl<R: Read> Read for LineEnds<R> {
    fn read(&mut self, buffer: &mut [u8]) -> Result<usize> {
        let count = self.input.read(buffer)?;
        if self.cr_only {
            buffer.iter_mut().take(count).filter(|byte| **byte == b'\r').for_each(|byte| *byte = b'\n');
        }
        Ok(count)
    }
}

/// Knows how much of a stream was read, and its last byte.
pub(super) struct Tail<R> {
    input: R,
    count: u64,
    last: Option<u8>,
}

impl<R> Tail<R> {
    pub fn new(input: R) -> Self {
        Self { input, count: 0, last: None }
    }

    #[cfg(feature = "logs")]
    pub fn count(&self) -> u64 {
        self.count
    }

    #[cfg(feature = "logs")]
    pub fn last(&self) -> Option<u8> {
        self.last
    }
}

impl<R: Read> Read for Tail<R> {
    fn read(&mut self, buffer: &mut [u8]) -> Result<usize> {
        let count = self.input.read(buffer)?;
        self.count += count as u64;
        self.last = buffer.get(..count).and_then(<[u8]>::last).copied().or(self.last);
        Ok(count)
    }
}
