/// A field of a protobuf message, by its wire type.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Value<'a> {
    Varint(u64),
    Fixed64(u64),
    Fixed32(u32),
    Bytes(&'a [u8]),
}

/// The fields of a protobuf message in order: number and value. Ends early where the message is broken.
pub(super) struct Fields<'a> {
    rest: &'a [u8],
}

impl<'a> Fields<'a> {
    pub fn new(message: &'a [u8]) -> Self {
        Self { rest: message }
    }

    fn varint(&mut self) -> Option<u64> {
        let mut value = 0u64;
        for shift in (0..70).step_by(7) {
            let (byte, rest) = self.rest.split_first()?;
            self.rest = rest;
            if shift < 64 {
                value |= u64::from(byte & 0x7f) << shift;
            }
            if byte & 0x80 == 0 {
                return Some(value);
            }
        }
        None
    }

    fn take(&mut self, count: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.rest.split_at_checked(count)?;
        self.rest = rest;
        Some(taken)
    }
}

impl<'a> Iterator for Fields<'a> {
    type Item = (u64, Value<'a>);

    fn next(&mut self) -> Option<Self::Item> {
        let key = self.varint()?;
        let value = match key & 7 {
            0 => Value::Varint(self.varint()?),
            1 => Value::Fixed64(u64::from_le_bytes(self.take(8)?.try_into().ok()?)),
            2 => {
                let length = usize::try_from(self.varint()?).ok()?;
                Value::Bytes(self.take(length)?)
            }
            5 => Value::Fixed32(u32::from_le_bytes(self.take(4)?.try_into().ok()?)),
            _ => return None,
        };
        Some((key >> 3, value))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_examples_of_the_protobuf_documentation_are_read() {
        // https://protobuf.dev/programming-guides/encoding/: a = 150, b = "testing".
        let message = b"\x08\x96\x01\x12\x07testing\x1d\x00\x00\x80\x3f";
        let fields: Vec<_> = Fields::new(message).collect();
        let expected = [(1, Value::Varint(150)), (2, Value::Bytes(b"testing")), (3, Value::Fixed32(1.0f32.to_bits()))];
        assert_eq!(fields, expected);
        assert_eq!(Fields::new(&message[..8]).count(), 1, "a broken field ends the message");
        assert_eq!(Fields::new(b"\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01").count(), 0);
    }
}
