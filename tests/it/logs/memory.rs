//! Ten times the log takes no more memory.

use std::io::Read;
use std::process::Command;

use scaling_laws::{LogFormat, LogReader};

use crate::scale::status;

/// What the peak may grow by, for a log of ten times the length: the points that are kept, of one line in a thousand bytes.
const GROWTH: f64 = 8.0 * 1024.0 * 1024.0;
const SHORT: usize = 12 << 20;
const LONG: usize = 120 << 20;

/// The line of a number.
type Line = fn(usize) -> String;

/// A log that is made while it is read, of whole lines.
struct Made {
    line: Line,
    bytes: usize,
    number: usize,
    text: Vec<u8>,
    at: usize,
}

impl Read for Made {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        if self.at == self.text.len() {
            if self.bytes == 0 {
                return Ok(0);
            }
            self.text = (self.line)(self.number).into_bytes();
            (self.number, self.at) = (self.number + 1, 0);
            self.bytes = self.bytes.saturating_sub(self.text.len());
        }
        let count = buffer.len().min(self.text.len() - self.at);
        buffer[..count].copy_from_slice(&self.text[self.at..self.at + count]);
        self.at += count;
        Ok(count)
    }
}

fn loss(number: usize) -> f64 {
    2.0 + 4.0 / (1.0 + number as f64).sqrt()
}

/// A line of each of three readers after much that is none of its business.
const KINDS: [(LogFormat, Line); 3] = [
    (LogFormat::NanoGpt, |i| {
        let noise = "WARNING: a library has something to say that is not a loss, and says it on a line of its own\n";
        format!("iter {i}: loss {:.4}, time 48.67ms, mfu 10.07%\n{}", loss(i), noise.repeat(10))
    }),
    (LogFormat::MetricsCsv, |i| {
        let header = if i == 0 { "step,train_loss,note\n" } else { "" };
        format!("{header}{i},{:.4},{}\n", loss(i), "x".repeat(1000))
    }),
    (LogFormat::JsonLines, |i| {
        format!("{{\"step\": {i}, \"loss\": {:.4}, \"note\": \"{}\"}}\n", loss(i), "x".repeat(1000))
    }),
];

/// Run by the test below in a process of its own, since memory is counted by process.
#[test]
#[ignore = "part of the_peak_does_not_grow_with_the_log"]
fn logs_measured() {
    if std::env::var_os("MEASURED_LOGS").is_none() {
        return;
    }
    for (format, line) in KINDS {
        for bytes in [SHORT, LONG] {
            // Sets the peak back to what is held now.
            if std::fs::write("/proc/self/clear_refs", "5").is_err() {
                return println!("no figures: the peak of memory cannot be set back here");
            }
            let made = Made { line, bytes, number: 0, text: Vec::new(), at: 0 };
            let log = LogReader::new().read(made, "log").unwrap();
            assert_eq!(log.format, format);
            assert!(log.histories[0].series()[0].len() > bytes / 1200);
            println!("figures: {}, {}", format.name(), status("VmHWM").unwrap());
        }
    }
}

#[test]
fn the_peak_does_not_grow_with_the_log() {
    let output = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "logs::memory::logs_measured", "--ignored", "--nocapture", "--test-threads", "1"])
        .env("MEASURED_LOGS", "1")
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{text}");
    let peaks: Vec<f64> =
        text.lines().filter_map(|line| line.split_once("figures: ")?.1.rsplit(", ").next()?.parse().ok()).collect();
    assert!(peaks.len() == 2 * KINDS.len() || text.contains("no figures: "), "{text}");
    for ((format, _), pair) in KINDS.iter().zip(peaks.chunks(2)) {
        println!(
            "{}: peak {:.1} MiB, of ten times the log {:.1} MiB",
            format.name(),
            pair[0] / 1048576.0,
            pair[1] / 1048576.0
        );
        assert!(pair[1] - pair[0] < GROWTH, "{}: {pair:?}", format.name());
    }
}
