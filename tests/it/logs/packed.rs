//! Packed logs and TensorBoard event files, made by other programs.

use scaling_laws::{LogError, LogFormat, LogReader, LossKind};

const EVENTS: &[u8] = include_bytes!("../../data/logs/scalars.tfevents");
const GZIP: &[u8] = include_bytes!("../../data/logs/nanogpt.log.gz");
const PACKED: [(&str, &[u8]); 3] = [
    ("gzip", GZIP),
    ("xz", include_bytes!("../../data/logs/nanogpt.log.xz")),
    ("zstd", include_bytes!("../../data/logs/nanogpt.log.zst")),
];

#[test]
fn packed_logs_are_read_by_their_content() {
    for (name, bytes) in PACKED {
        let log = LogReader::new().read(bytes, "x").unwrap();
        let train = log.histories[0].get("train").unwrap();
        assert_eq!((log.format, train.len(), train.last()), (LogFormat::NanoGpt, 200, Some((1990, 3.01))), "{name}");
        assert!(log.warnings.is_empty(), "{name}: {:?}", log.warnings);
    }
}

#[test]
fn packed_logs_that_break_off_are_read_as_far_as_they_go_or_refused() {
    for (name, bytes) in PACKED {
        let mut read = 0;
        for end in 0..bytes.len() {
            match LogReader::new().read(&bytes[..end], "x") {
                Ok(log) => {
                    read += 1;
                    assert!(
                        log.warnings.iter().any(|warning| warning.to_string().contains("break off"))
                            || end + 16 > bytes.len(),
                        "{name} {end}"
                    );
                }
                Err(error) => assert!(!error.to_string().is_empty()),
            }
        }
        // gzip gives what it has; the other two hold this small text in one checked block.
        assert!(name != "gzip" || read > 100, "{name}: {read}");
    }
}

#[test]
fn two_packed_members_are_one_log() {
    for (name, bytes) in PACKED {
        let twice = [bytes, bytes].concat();
        let log = LogReader::new().read(&twice[..], "x").unwrap();
        assert_eq!(log.histories.len(), 2, "{name}: the second goes back to step 0");
    }
}

#[test]
fn a_decompression_bomb_is_stopped() {
    use std::io::Write;
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    for _ in 0..80 {
        encoder.write_all(&vec![0; 1 << 20]).unwrap();
    }
    let bomb = encoder.finish().unwrap();
    assert!(bomb.len() < 100_000);
    let error = LogReader::new().read(&bomb[..], "zeros.gz").unwrap_err();
    assert!(matches!(error, LogError::Bomb { .. } | LogError::UnknownFormat { .. }), "{error}");
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(b"iter 0: loss 5.0, time 1ms\n").unwrap();
    for _ in 0..80 {
        encoder.write_all(&vec![b' '; 1 << 20]).unwrap();
    }
    let error = LogReader::new().read(&encoder.finish().unwrap()[..], "blanks.gz").unwrap_err();
    assert!(matches!(error, LogError::Bomb { ratio, .. } if ratio >= 200), "{error}");
}

#[test]
fn event_files_hold_what_was_written_into_them() {
    let log = LogReader::new().read(EVENTS, "events.out.tfevents").unwrap();
    assert_eq!(log.format, LogFormat::TensorBoardEvents);
    assert!(log.warnings.is_empty(), "{:?}", log.warnings);
    let run = &log.histories[0];
    let expected: Vec<(u64, f64)> = (0..5).map(|i| (10 * i, f64::from((4.0 - 0.5 * i as f64) as f32))).collect();
    let train = run.get("train/loss").unwrap();
    assert_eq!((train.kind(), train.points().collect::<Vec<_>>()), (LossKind::Train, expected));
    let val = run.get("val/loss").unwrap();
    assert_eq!(
        (val.kind(), val.points().collect::<Vec<_>>()),
        (LossKind::Validation, vec![(0, 4.25), (20, 3.25), (40, 2.25)])
    );
}

#[test]
fn a_wrong_checksum_or_a_cut_record_is_said_and_the_rest_is_kept() {
    let read = |bytes: &[u8]| LogReader::new().read(bytes, "e").map(|log| (log.histories, log.warnings));
    let (histories, warnings) = read(&EVENTS[..EVENTS.len() - 3]).unwrap();
    assert!(warnings[0].to_string().contains("cut off") && !histories[0].series().is_empty(), "{warnings:?}");
    let at = EVENTS.windows(10).position(|window| window == b"train/loss").unwrap();
    let mut bad = EVENTS.to_vec();
    bad[at] ^= 1;
    let (histories, warnings) = read(&bad).unwrap();
    assert!(warnings[0].to_string().contains("1 records have a wrong checksum"), "{warnings:?}");
    assert_eq!(histories[0].get("train/loss").unwrap().len(), 4);
}
