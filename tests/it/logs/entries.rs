//! Entry points of the readers for damaged input: by the fuzz targets, and by the tests without a fuzzer.
//!
//! Each takes any bytes and must neither panic nor give a value that is not finite. A first byte chooses between openings
//! that lead into one reader, since an arbitrary file is mostly none of a known kind.

use scaling_laws::{CsvReader, LogReader, LossPolicy, Manifest, Params, TrainingLog};

/// Takes any bytes.
pub type Entry = fn(&[u8]);

/// All of them by name.
pub const ALL: [(&str, Entry); 9 + cfg!(feature = "parquet") as usize] = [
    ("any", any),
    ("text", text),
    ("table", table),
    ("json", json),
    ("json_lines", json_lines),
    ("events", events),
    ("packed", packed),
    ("manifest", manifest),
    ("runs_csv", runs_csv),
    #[cfg(feature = "parquet")]
    ("parquet", parquet),
];

/// A file of any kind.
pub fn any(data: &[u8]) {
    read(data);
}

/// A line of each trainer, so that its reader is the one that goes on.
const LINES: [&str; 12] = [
    "step:1/9 train_loss:3.5 train_time:1ms step_avg:1ms\n",
    " iteration 1/ 9 | consumed samples: 128 | lm loss: 9.2E+00 | grad norm: 1.0 |\n",
    "completed step: 1, seconds: 1.0, TFLOP/s/device: 1.0, Tokens/s/device: 1.0, total_weights: 512, loss: 3.5\n",
    "Epoch 1 | iter 1 step 1 | loss train: 1.646, val: n/a | iter time: 1 ms\n",
    "Iter 10: Train loss 4.441, Learning Rate 1e-05, It/sec 1.0, Tokens/sec 100, Trained Tokens 1900, Peak mem 1 GB\n",
    "iter 1: loss 3.5, time 1ms, mfu 1.00%\n",
    "step 1 | loss: 3.5 | dt: 1.0ms | tok/sec: 1.0 | norm: 1.0 | lr: 1e-4\n",
    "s:1 trl:3.5 lr:0.1 norm:1\n",
    "step: 1  loss: 3.5  grad_norm: 1.0  memory: 1GiB(1%)  tps: 9\n",
    "[batch=1/100]:\n\t Train loss/train/total: 3.5\n",
    "{'loss': 3.5, 'grad_norm': 1.0, 'learning_rate': 1e-05, 'epoch': 0.1}\n",
    "",
];

/// Lines that a trainer prints.
pub fn text(data: &[u8]) {
    let Some((opening, rest)) = opening(&LINES, data) else { return };
    read(&[opening.as_bytes(), rest].concat());
}

const HEADERS: [&str; 6] = [
    "step,train_loss,val_loss\n",
    "Wall time,Step,Value\n",
    "Step,run a - loss,run a - loss__MIN,run a - loss__MAX\n",
    "Name,State,Created,N,tokens,loss\n",
    "name\tstep\tloss\ttotal steps\n",
    "run;step;loss\n",
];

/// Rows of a table.
pub fn table(data: &[u8]) {
    let Some((opening, rest)) = opening(&HEADERS, data) else { return };
    read(&[opening.as_bytes(), rest].concat());
}

/// A JSON document.
pub fn json(data: &[u8]) {
    let openings = ["{\"log_history\": [{\"step\": 1, \"loss\": 3.5}, ", "[{\"step\": 1, \"loss\": 3.5}, ", "{", "[["];
    let Some((opening, rest)) = opening(&openings, data) else { return };
    read(&[opening.as_bytes(), rest].concat());
}

/// JSON objects by line.
pub fn json_lines(data: &[u8]) {
    let openings = ["{\"step\": 1, \"loss\": 3.5}\n", "{\"name\": \"a\", \"N\": 1, \"loss\": 3.5}\n"];
    let Some((opening, rest)) = opening(&openings, data) else { return };
    read(&[opening.as_bytes(), b"{\"step\": 2, \"loss\": 3.25}\n", rest].concat());
}

/// Records of an event file with good checksums, so that what is in them is read.
pub fn events(data: &[u8]) {
    let mut file = record(b"\x1a\x0dbrain.Event:2");
    for event in data.split(|byte| *byte == 0xff) {
        file.extend(record(event));
    }
    read(&file);
    let broken = data.len() % file.len();
    file[broken] ^= 1;
    read(&file);
}

fn record(event: &[u8]) -> Vec<u8> {
    let masked = |bytes: &[u8]| {
        let sum = crc32c::crc32c(bytes);
        sum.rotate_right(15).wrapping_add(0xa282_ead8).to_le_bytes()
    };
    let length = (event.len() as u64).to_le_bytes();
    [&length[..], &masked(&length), event, &masked(event)].concat()
}

/// Packed data.
pub fn packed(data: &[u8]) {
    let Some((magic, rest)) = data.split_first() else { return };
    let magics: [&[u8]; 4] = [&[0x1f, 0x8b, 8], &[0x28, 0xb5, 0x2f, 0xfd], &[0xfd, b'7', b'z', b'X', b'Z', 0], b""];
    read(&[magics[usize::from(*magic) % 4], rest].concat());
}

/// A manifest, and the patterns in it held against paths.
pub fn manifest(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    if let Ok(manifest) = Manifest::parse(text, "manifest.toml") {
        let folder = tempfile::tempdir().unwrap();
        for name in ["124M.log", "a{b}.log", "\u{e9}.log"] {
            std::fs::write(folder.path().join(name), LINES[5]).unwrap();
        }
        if let Ok(sweep) = manifest.read(folder.path()) {
            assert_eq!(sweep.logged().len() + sweep.skipped().len(), 3);
        }
    }
}

/// A table in Parquet, of runs or of metrics.
pub fn parquet(data: &[u8]) {
    runs_csv(data);
    read(data);
}

/// A table of finished runs.
pub fn runs_csv(data: &[u8]) {
    if let Ok(runs) = CsvReader::new().read(data, "runs.csv") {
        assert!(runs.losses().iter().chain(runs.params()).chain(runs.tokens()).all(|v| v.is_finite() && *v > 0.0));
    }
    if let Ok(runs) = CsvReader::new().read(&[b"params,tokens,loss,name\n", data].concat()[..], "runs.csv") {
        assert!(!runs.is_empty());
    }
}

fn opening<'a>(openings: &[&'a str], data: &'a [u8]) -> Option<(&'a str, &'a [u8])> {
    let (first, rest) = data.split_first()?;
    Some((openings.get(usize::from(*first) % openings.len())?, rest))
}

fn read(bytes: &[u8]) {
    if let Ok(log) = LogReader::new().read(bytes, "log") {
        check(&log);
    }
}

/// What holds of any log that was read, whatever was in it.
fn check(log: &TrainingLog) {
    assert!(!log.histories.is_empty());
    for history in &log.histories {
        for series in history.series() {
            assert!(series.values().iter().all(|value| value.is_finite()));
            assert!(series.steps().windows(2).all(|pair| pair[0] < pair[1]));
            assert_eq!(series.steps().len(), series.values().len());
        }
        assert!(!history.status().to_string().is_empty());
        for step in [0, 1, history.last_step().unwrap_or(0), u64::MAX] {
            history.tokens_at(step);
        }
        let ema = LossPolicy::Ema { half_life: 10.0 };
        for policy in [LossPolicy::Last, LossPolicy::Minimum, LossPolicy::MeanOfLast(2), ema, LossPolicy::Smoothed] {
            for series in history.series() {
                if let Ok(last) = history.final_loss(policy, Some(series.name())) {
                    assert!(last.standard_error.is_none_or(|error| error.is_finite() && error >= 0.0));
                }
                if let Ok(curve) = history.curve(Params::new(1e6).ok(), policy, Some(series.name())) {
                    assert!(curve.losses().iter().chain(curve.tokens()).all(|value| value.is_finite()));
                }
            }
        }
    }
}
