use std::io::{IsTerminal, stderr};

use indicatif::{ProgressBar, ProgressStyle};
use scaling_laws::ReadProgress;

/// A bar by bytes on standard error, while a person watches and there is much to read.
pub struct Progress {
    bar: Option<ProgressBar>,
}

/// Bytes that are read before anybody has begun to wait.
const LITTLE: u64 = 32 << 20;

impl Progress {
    pub fn new() -> Self {
        Self { bar: stderr().is_terminal().then(ProgressBar::no_length) }
    }

    pub fn show(&self, step: ReadProgress<'_>) {
        let Some(bar) = self.bar.as_ref().filter(|_| step.total > LITTLE) else { return };
        if bar.length().is_none() {
            bar.set_length(step.total);
            let style =
                ProgressStyle::with_template("{wide_bar} {bytes}/{total_bytes} {bytes_per_sec} {eta} {msg:24!}");
            if let Ok(style) = style {
                bar.set_style(style);
            }
        }
        if bar.message() != step.file {
            bar.set_message(step.file.to_owned());
        }
        bar.set_position(step.done);
    }

    pub fn end(&self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.end();
    }
}
