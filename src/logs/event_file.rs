//! TensorBoard event files: records of TFRecord (length, checksum, data, checksum), each a protobuf `Event`.
//!
//! Only what scalars need is read: Event{2: step, 5: summary}, Summary{1: value}, Value{1: tag, 2: simple_value,
//! 8: tensor}, TensorProto{1: dtype, 4: content, 5: float_val, 6: double_val}.

use std::collections::HashMap;
use std::io::{self, ErrorKind, Read};

use super::names::loss_kind;
use super::wire::{Fields, Value};
use crate::runs::{History, LossKind};
use crate::warning::Warning;

/// A record larger than this is an image or a graph at best, and is passed over.
const LARGEST: u64 = 64 << 20;

/// The checksum of TFRecord: CRC-32C, rotated and offset.
fn masked_crc(bytes: &[u8]) -> u32 {
    crc32c::crc32c(bytes).rotate_right(15).wrapping_add(0xa282_ead8)
}

/// Whether a file begins with the header of a record.
pub(super) fn is_event_file(head: &[u8]) -> bool {
    head.first_chunk::<12>().is_some_and(|header| length_of(header).is_some())
}

/// The length of a record if its checksum is right.
fn length_of(header: &[u8; 12]) -> Option<u64> {
    let (length, crc) = header.split_first_chunk::<8>()?;
    let crc = u32::from_le_bytes(*crc.first_chunk::<4>()?);
    (masked_crc(length) == crc).then_some(u64::from_le_bytes(*length))
}

/// All scalars of an event file as one history.
///
/// # Errors
/// Those of the stream.
pub(super) fn read(mut input: impl Read, label: &str) -> io::Result<(History, Vec<Warning>)> {
    let mut history = History::new(label);
    let mut tags: HashMap<String, usize> = HashMap::new();
    let mut warnings = Vec::new();
    let (mut offset, mut corrupt, mut large) = (0u64, 0usize, 0usize);
    let mut data = Vec::new();
    let mut header = [0u8; 12];
    let warn = |what: String| Warning::Ignored { what: format!("{label}: {what}") };
    loop {
        let got = fill(&mut input, &mut header)?;
        if got == 0 {
            break;
        }
        if got < header.len() {
            warnings.push(warn(format!("the record at byte {offset} is cut off")));
            break;
        }
        let Some(length) = length_of(&header) else {
            warnings.push(warn(format!(
                "the length of the record at byte {offset} has a wrong checksum; what follows is not read"
            )));
            break;
        };
        data.clear();
        let wanted = length.saturating_add(4);
        if length > LARGEST {
            large += 1;
            let skipped = io::copy(&mut input.by_ref().take(wanted), &mut io::sink())?;
            if skipped < wanted {
                break;
            }
        } else {
            input.by_ref().take(wanted).read_to_end(&mut data)?;
            if (data.len() as u64) < wanted {
                warnings.push(warn(format!("the record at byte {offset} is cut off")));
                break;
            }
            match data.split_last_chunk::<4>() {
                Some((event, crc)) if masked_crc(event) == u32::from_le_bytes(*crc) => {
                    scalars(event, &mut history, &mut tags);
                }
                _ => corrupt += 1,
            }
        }
        offset = offset.saturating_add(12).saturating_add(wanted);
    }
    if corrupt > 0 {
        warnings.push(warn(format!("{corrupt} records have a wrong checksum and are passed over")));
    }
    if large > 0 {
        warnings.push(warn(format!("{large} records larger than {LARGEST} bytes are passed over")));
    }
    history.finish();
    Ok((history, warnings))
}

/// As many bytes as there are, up to the length of the buffer.
fn fill(input: &mut impl Read, buffer: &mut [u8]) -> io::Result<usize> {
    let mut got = 0;
    while let Some(free) = buffer.get_mut(got..).filter(|free| !free.is_empty()) {
        match input.read(free) {
            Ok(0) => break,
            Ok(count) => got += count,
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(got)
}

fn scalars(event: &[u8], history: &mut History, tags: &mut HashMap<String, usize>) {
    let (mut step, mut summary) = (0, None);
    for (field, value) in Fields::new(event) {
        match (field, value) {
            (2, Value::Varint(value)) => step = value,
            (5, Value::Bytes(bytes)) => summary = Some(bytes),
            _ => {}
        }
    }
    // A negative step is a 64-bit one in two's complement: of no use.
    let Some(summary) = summary.filter(|_| step <= i64::MAX as u64) else { return };
    for (_, value) in Fields::new(summary).filter(|(field, _)| *field == 1) {
        let Value::Bytes(value) = value else { continue };
        if let Some((tag, scalar)) = scalar(value) {
            let index = match tags.get(tag) {
                Some(index) => *index,
                None => {
                    let index = history.index_of(tag, loss_kind(tag).unwrap_or(LossKind::Other));
                    tags.insert(tag.into(), index);
                    index
                }
            };
            history.record(index, step, scalar);
        }
    }
}

fn scalar(value: &[u8]) -> Option<(&str, f64)> {
    let (mut tag, mut number) = (None, None);
    for (field, value) in Fields::new(value) {
        match (field, value) {
            (1, Value::Bytes(bytes)) => tag = std::str::from_utf8(bytes).ok(),
            (2, Value::Fixed32(bits)) => number = Some(f64::from(f32::from_bits(bits))),
            (8, Value::Bytes(bytes)) => number = number.or_else(|| tensor(bytes)),
            _ => {}
        }
    }
    Some((tag?, number?))
}

/// A tensor of one floating-point number.
fn tensor(bytes: &[u8]) -> Option<f64> {
    const FLOAT: u64 = 1;
    const DOUBLE: u64 = 2;
    let (mut kind, mut content, mut number) = (0, None, None);
    let one_float = |bytes: &[u8]| Some(f64::from(f32::from_le_bytes(bytes.try_into().ok()?)));
    let one_double = |bytes: &[u8]| Some(f64::from_le_bytes(bytes.try_into().ok()?));
    for (field, value) in Fields::new(bytes) {
        match (field, value) {
            (1, Value::Varint(value)) => kind = value,
            (4, Value::Bytes(bytes)) => content = Some(bytes),
            (5, Value::Bytes(packed)) => number = one_float(packed),
            (5, Value::Fixed32(bits)) => number = Some(f64::from(f32::from_bits(bits))),
            (6, Value::Bytes(packed)) => number = one_double(packed),
            (6, Value::Fixed64(bits)) => number = Some(f64::from_bits(bits)),
            _ => {}
        }
    }
    match kind {
        FLOAT => number.or_else(|| content.and_then(one_float)),
        DOUBLE => number.or_else(|| content.and_then(one_double)),
        _ => None,
    }
}
