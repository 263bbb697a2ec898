use std::cell::{Cell, RefCell};
use std::io::{self, BufReader, Cursor, ErrorKind, Read};
use std::rc::Rc;

use super::opening::io as io_error;
use super::utf16::{Endian, Utf16};
use crate::error::LogError;

/// A file as a stream of plain bytes: unpacked by its first bytes, in UTF-8, without a byte order mark.
pub(super) struct Source<'a> {
    reader: Box<dyn Read + 'a>,
    notes: Notes,
    path: String,
}

/// What happens inside the chain of readers and must be told at its end.
#[derive(Debug, Clone, Default)]
struct Notes {
    /// Bytes of the file itself.
    packed: Rc<Cell<u64>>,
    unpacked: Rc<Cell<u64>>,
    bomb: Rc<Cell<bool>>,
    truncated: Rc<RefCell<Option<String>>>,
}

/// Unpacked bytes from which on the ratio is looked at, and the ratio at which reading stops. Text logs pack 5 to 30
/// times.
const ALLOWED: u64 = 64 << 20;
const RATIO: u64 = 200;

/// Memory that a packed file may ask for its window.
const WINDOW: u64 = 256 << 20;
const WINDOW_KIB: u32 = (WINDOW >> 10) as u32;

const LONGEST_SIGNATURE: usize = 64;

impl<'a> Source<'a> {
    /// # Errors
    /// [`LogError::File`] if nothing can be read, [`LogError::Malformed`] if the file does not unpack.
    pub fn new(input: impl Read + 'a, path: &str) -> Result<Self, LogError> {
        let notes = Notes::default();
        let counted = Counted { input, count: notes.packed.clone() };
        let unpacked = unpack(Box::new(counted), &notes, path)?;
        let (head, rest) = peek(unpacked).map_err(|error| fail(&notes, path, &error))?;
        let reader: Box<dyn Read + 'a> = match encoding(&head) {
            Encoding::Utf8 { mark } => Box::new(Cursor::new(head.get(mark..).unwrap_or(&[]).to_vec()).chain(rest)),
            Encoding::Utf16 { endian, mark } => {
                let bytes = Cursor::new(head.get(mark..).unwrap_or(&[]).to_vec()).chain(rest);
                Box::new(Utf16::new(BufReader::new(bytes), endian))
            }
        };
        Ok(Self { reader, notes, path: path.into() })
    }

    /// What cut the file short, if anything did.
    pub fn truncated(&self) -> Option<String> {
        self.notes.truncated.borrow().clone()
    }

    /// Whether reading stopped at a decompression bomb.
    pub fn is_bomb(&self) -> bool {
        self.notes.bomb.get()
    }

    /// The error behind a failed read.
    pub fn failed(&self, error: &io::Error) -> LogError {
        fail(&self.notes, &self.path, error)
    }
}

fn fail(notes: &Notes, path: &str, error: &io::Error) -> LogError {
    if notes.bomb.get() {
        let bytes = notes.unpacked.get();
        return LogError::Bomb { path: path.into(), bytes, ratio: bytes / notes.packed.get().max(1) };
    }
    io_error(path, error).into()
}

impl Read for Source<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.reader.read(buffer)
    }
}

/// The first bytes, and a reader of what follows them.
fn peek<'a>(mut reader: Box<dyn Read + 'a>) -> io::Result<(Vec<u8>, Box<dyn Read + 'a>)> {
    let mut head = Vec::new();
    reader.by_ref().take(LONGEST_SIGNATURE as u64).read_to_end(&mut head)?;
    Ok((head, reader))
}

fn unpack<'a>(input: Box<dyn Read + 'a>, notes: &Notes, path: &str) -> Result<Box<dyn Read + 'a>, LogError> {
    let (head, rest) = peek(input).map_err(|error| io_error(path, &error))?;
    let kind = head.clone();
    let packed = Cursor::new(head).chain(rest);
    let malformed = |kind: &str, error: &io::Error| LogError::Malformed {
        path: path.into(),
        reason: format!("it begins as {kind} and does not unpack: {}", in_words(error)),
    };
    let plain: Box<dyn Read + 'a> = match kind.as_slice() {
        [0x1f, 0x8b, ..] => Box::new(flate2::read::MultiGzDecoder::new(packed)),
        [0x28, 0xb5, 0x2f, 0xfd, ..] => Box::new(Zstd { input: Some(BufReader::new(packed)), frame: None }),
        [0xfd, b'7', b'z', b'X', b'Z', 0, ..] => {
            Box::new(lzma_rust2::XzReader::new_mem_limit(BufReader::new(packed), true, WINDOW_KIB))
        }
        _ => return Ok(Box::new(packed)),
    };
    let name = match kind.first() {
        Some(0x1f) => "gzip",
        Some(0x28) => "zstd",
        _ => "xz",
    };
    let mut guarded: Box<dyn Read + 'a> = Box::new(Guard { input: plain, notes: notes.clone(), name });
    // The first byte tells whether it unpacks at all.
    let mut first = Vec::new();
    guarded.by_ref().take(1).read_to_end(&mut first).map_err(|error| malformed(name, &error))?;
    Ok(Box::new(Cursor::new(first).chain(guarded)))
}

/// Frames of zstd one after the other, as parallel packers write them.
struct Zstd<R: Read> {
    input: Option<R>,
    frame: Option<ruzstd::decoding::StreamingDecoder<R, ruzstd::decoding::FrameDecoder>>,
}

impl<R: io::BufRead> Read for Zstd<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if buffer.is_empty() {
            return Ok(0);
        }
        loop {
            if let Some(frame) = &mut self.frame {
                let count = frame.read(buffer)?;
                if count > 0 {
                    return Ok(count);
                }
            }
            if let Some(frame) = self.frame.take() {
                self.input = Some(frame.into_inner());
            }
            let Some(mut input) = self.input.take() else { return Ok(0) };
            if input.fill_buf()?.is_empty() {
                return Ok(0);
            }
            self.frame = Some(
                ruzstd::decoding::StreamingDecoder::new_with_max_window_size(input, WINDOW)
                    .map_err(io::Error::other)?,
            );
        }
    }
}

/// Stops at a decompression bomb, and takes the end of broken packed data for the end of the file.
struct Guard<R> {
    input: R,
    notes: Notes,
    name: &'static str,
}

impl<R: Read> Read for Guard<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let unpacked = self.notes.unpacked.get();
        match self.input.read(buffer) {
            Ok(count) => {
                let unpacked = unpacked.saturating_add(count as u64);
                self.notes.unpacked.set(unpacked);
                if unpacked > ALLOWED && unpacked / RATIO > self.notes.packed.get() {
                    self.notes.bomb.set(true);
                    return Err(io::Error::other("decompression bomb"));
                }
                Ok(count)
            }
            Err(error) if error.kind() == ErrorKind::Interrupted => Err(error),
            // What came out before is good: packed formats check their blocks.
            Err(error) if unpacked > 0 => {
                let why = in_words(&error);
                let what = format!("its {} data break off after {unpacked} bytes unpacked: {why}", self.name);
                *self.notes.truncated.borrow_mut() = Some(what);
                Ok(0)
            }
            Err(error) => Err(error),
        }
    }
}

/// What is wrong with packed data. Unpackers put the errors below theirs into the text as the program has them.
fn in_words(error: &io::Error) -> String {
    let text = error.to_string();
    let cut_short = ["UnexpectedEof", "failed to fill whole buffer", "incomplete", "unexpected end"];
    if error.kind() == ErrorKind::UnexpectedEof || cut_short.iter().any(|words| text.contains(words)) {
        return "the file is cut short".into();
    }
    match text.split_once(['(', '{']) {
        Some((words, _)) => words.rsplit_once(": ").map_or(words, |(words, _)| words).trim_end().to_lowercase(),
        None => text,
    }
}

struct Counted<R> {
    input: R,
    count: Rc<Cell<u64>>,
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.input.read(buffer)?;
        self.count.set(self.count.get().saturating_add(count as u64));
        Ok(count)
    }
}

enum Encoding {
    Utf8 { mark: usize },
    Utf16 { endian: Endian, mark: usize },
}

/// By the byte order mark, or by zeros in every second byte. Other one-byte encodings need no care: numbers and the
/// words around them are ASCII in all of them.
fn encoding(head: &[u8]) -> Encoding {
    match head {
        [0xef, 0xbb, 0xbf, ..] => return Encoding::Utf8 { mark: 3 },
        [0xff, 0xfe, ..] => return Encoding::Utf16 { endian: Endian::Little, mark: 2 },
        [0xfe, 0xff, ..] => return Encoding::Utf16 { endian: Endian::Big, mark: 2 },
        _ => {}
    }
    let zeros = |from: usize| head.iter().skip(from).step_by(2).all(|byte| *byte == 0);
    let text = |from: usize| head.iter().skip(from).step_by(2).all(|byte| byte.is_ascii() && *byte != 0);
    if head.len() >= 8 && zeros(1) && text(0) {
        Encoding::Utf16 { endian: Endian::Little, mark: 0 }
    } else if head.len() >= 8 && zeros(0) && text(1) {
        Encoding::Utf16 { endian: Endian::Big, mark: 0 }
    } else {
        Encoding::Utf8 { mark: 0 }
    }
}
