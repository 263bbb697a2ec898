//! The bar that a person sees while work goes on, on standard error; in pipes there is none.

use std::io::{IsTerminal, stderr, stdout};
use std::sync::mpsc::{Sender, channel};
use std::thread;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use scaling_laws::ReadProgress;

/// Bytes that are read before anybody has begun to wait.
const LITTLE: u64 = 32 << 20;
/// How long other work goes on before.
const SHORT: Duration = Duration::from_secs(1);

pub struct Progress {
    bar: Option<ProgressBar>,
    /// Its end tells the thread that waits to show the bar that there is nothing to show any more.
    waiting: Option<Sender<()>>,
}

impl Progress {
    /// By bytes, where there is much to read.
    pub fn of_bytes() -> Self {
        Self { bar: stderr().is_terminal().then(ProgressBar::no_length), waiting: None }
    }

    /// Of work that takes more than a second; with the time it has taken, and with a bar once [`step`](Self::step) says how
    /// far it is.
    pub fn of_work(what: &'static str) -> Self {
        if !(stderr().is_terminal() && stdout().is_terminal()) {
            return Self { bar: None, waiting: None };
        }
        let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::hidden());
        bar.set_message(what);
        style(&bar, "{spinner} {msg} {elapsed}");
        let (waiting, end) = channel();
        let shown = bar.clone();
        thread::spawn(move || {
            if end.recv_timeout(SHORT) == Err(std::sync::mpsc::RecvTimeoutError::Timeout) {
                shown.set_draw_target(ProgressDrawTarget::stderr());
                shown.enable_steady_tick(Duration::from_millis(120));
            }
        });
        Self { bar: Some(bar), waiting: Some(waiting) }
    }

    pub fn step(&self, done: usize, total: usize) {
        let Some(bar) = &self.bar else { return };
        if bar.length().is_none() {
            bar.set_length(total as u64);
            style(bar, "{wide_bar} {pos}/{len} {eta} {msg}");
        }
        bar.set_position(done as u64);
    }

    pub fn show(&self, step: ReadProgress<'_>) {
        let Some(bar) = self.bar.as_ref().filter(|_| step.total > LITTLE) else { return };
        if bar.length().is_none() {
            bar.set_length(step.total);
            style(bar, "{wide_bar} {bytes}/{total_bytes} {bytes_per_sec} {eta} {msg:24!}");
        }
        if bar.message() != step.file {
            bar.set_message(step.file.to_owned());
        }
        bar.set_position(step.done);
    }

    pub fn end(&mut self) {
        self.waiting = None;
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}

fn style(bar: &ProgressBar, template: &str) {
    if let Ok(style) = ProgressStyle::with_template(template) {
        bar.set_style(style);
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.end();
    }
}
