use std::io::{self, Read};

/// How far the reading of a folder has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct ReadProgress<'a> {
    /// The file being read.
    pub file: &'a str,
    /// Bytes of all files read so far, as they lie on the disk.
    pub done: u64,
    /// Bytes of all files.
    pub total: u64,
}

/// A file whose reading is told to somebody.
pub(super) struct Watched<'a, R> {
    pub input: R,
    pub file: &'a str,
    pub done: &'a mut u64,
    pub total: u64,
    pub watch: &'a mut dyn FnMut(ReadProgress<'_>),
}

impl<R: Read> Read for Watched<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.input.read(buffer)?;
        *self.done = self.done.saturating_add(count as u64);
        (self.watch)(ReadProgress { file: self.file, done: *self.done, total: self.total });
        Ok(count)
    }
}
