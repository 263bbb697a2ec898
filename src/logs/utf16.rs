use std::io::{self, Read};

/// Order of the two bytes of a unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Endian {
    Little,
    Big,
}

/// UTF-16 as UTF-8; what is no character becomes the replacement character.
pub(super) struct Utf16<R> {
    input: R,
    endian: Endian,
    /// The first half of a pair whose second half is still to come.
    high: Option<u16>,
    /// A byte whose partner is still to come.
    odd: Option<u8>,
    ready: Vec<u8>,
    given: usize,
    ended: bool,
}

impl<R: Read> Utf16<R> {
    pub fn new(input: R, endian: Endian) -> Self {
        Self { input, endian, high: None, odd: None, ready: Vec::new(), given: 0, ended: false }
    }

    fn refill(&mut self) -> io::Result<()> {
        let mut bytes = [0; 4096];
        let count = self.input.read(&mut bytes)?;
        self.ready.clear();
        self.given = 0;
        self.ended = count == 0;
        for byte in bytes.iter().take(count) {
            match self.odd.take() {
                None => self.odd = Some(*byte),
                Some(first) => self.unit(match self.endian {
                    Endian::Little => u16::from_le_bytes([first, *byte]),
                    Endian::Big => u16::from_be_bytes([first, *byte]),
                }),
            }
        }
        if self.ended && (self.high.take().is_some() || self.odd.take().is_some()) {
            self.put(char::REPLACEMENT_CHARACTER);
        }
        Ok(())
    }

    fn unit(&mut self, unit: u16) {
        let pair = self.high.take().into_iter().chain([unit]);
        if self.high.is_none() && (0xd800..0xdc00).contains(&unit) && pair.clone().count() == 1 {
            self.high = Some(unit);
            return;
        }
        for decoded in char::decode_utf16(pair) {
            self.put(decoded.unwrap_or(char::REPLACEMENT_CHARACTER));
        }
    }

    fn put(&mut self, character: char) {
        self.ready.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
    }
}

impl<R: Read> Read for Utf16<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.given >= self.ready.len() && !self.ended {
            self.refill()?;
        }
        let ready = self.ready.get(self.given..).unwrap_or(&[]);
        let count = ready.len().min(buffer.len());
        if let (Some(to), Some(from)) = (buffer.get_mut(..count), ready.get(..count)) {
            to.copy_from_slice(from);
        }
        self.given += count;
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_survives_in_both_byte_orders_and_broken_text_does_no_harm() {
        let text = "iter 1: loss 3.5 é 🚀\n".repeat(500);
        for endian in [Endian::Little, Endian::Big] {
            let bytes: Vec<u8> = text
                .encode_utf16()
                .flat_map(|unit| if endian == Endian::Little { unit.to_le_bytes() } else { unit.to_be_bytes() })
                .collect();
            let mut read = String::new();
            Utf16::new(&bytes[..], endian).read_to_string(&mut read).unwrap();
            assert_eq!(read, text);
        }
        let mut read = String::new();
        Utf16::new(&[0x00, 0xd8, 0x41, 0x00, 0x42][..], Endian::Little).read_to_string(&mut read).unwrap();
        assert_eq!(read, "\u{fffd}A\u{fffd}");
    }
}
