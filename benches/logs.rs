//! Logs read, in bytes and rows a second, beside a plain count of the lines.
//!
//! `cargo bench --all-features --bench logs`. Each input is 32 MiB in memory and the same in every run.
#![allow(clippy::unwrap_used)]

use divan::counter::{BytesCount, ItemsCount};
use divan::{Bencher, black_box};
use scaling_laws::{CsvReader, LogReader};

fn main() {
    divan::main();
}

const SIZE: usize = 32 << 20;

const KINDS: [&str; 8] = ["nanogpt", "modded", "megatron", "llm.c", "torchtitan", "hf", "csv", "jsonl"];

/// A loss with four digits that looks random.
fn loss(step: u64) -> f64 {
    3.0 + (step.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 50) as f64 / 16384.0
}

fn text(kind: &str) -> Vec<u8> {
    let mut text = String::with_capacity(SIZE + 512);
    if kind == "csv" {
        text.push_str("_step,train/loss,train/lr,val/loss\n");
    }
    let mut step = 0;
    while text.len() < SIZE {
        let l = loss(step);
        text += &match kind {
            "nanogpt" => format!("iter {step}: loss {l:.4}, time 48.67ms, mfu 10.07%\n"),
            "modded" => format!("step:{step}/9999999 train_loss:{l:.4} train_time:1280ms step_avg:213.27ms\n"),
            "megatron" => format!(
                " iteration {step:8}/ 9999999 | consumed samples: {:12} | consumed tokens: {:12} | elapsed time per iteration \
                 (s): 3.70 | learning rate: 4.194E-05 | global batch size:   128 | lm loss: {l:.6E} | grad norm: 1.084 | \
                 number of skipped iterations:   0 | number of nan iterations:   0 | samples per second: 34.557 |\n",
                128 * step,
                262_144 * step
            ),
            "llm.c" => format!("s:{step} trl:{l:.4} lr:0.000600 norm:0.31\n"),
            "torchtitan" => format!(
                "[rank0]:2025-01-01 00:00:00,000 - root - INFO - step: {step:2}  loss: {l:7.4}  grad_norm: 1.2  memory: 4.5GiB(5%)  tps: 9,432\n"
            ),
            "hf" => format!(
                "{{'loss': {l:.4}, 'grad_norm': 1.4, 'learning_rate': 4e-05, 'epoch': {:.4}}}\n",
                step as f64 / 1e5
            ),
            "csv" => format!("{step},{l:.6},0.0006,{}\n", if step % 100 == 0 { "3.1" } else { "" }),
            _ => {
                format!("{{\"step\": {step}, \"loss\": {l:.4}, \"lr\": 0.0006, \"tokens\": {}}}\n", 1 + step * 524_288)
            }
        };
        step += 1;
    }
    text.into_bytes()
}

fn lines(text: &[u8]) -> usize {
    text.iter().filter(|byte| **byte == b'\n').count()
}

#[divan::bench(args = KINDS, sample_count = 5, sample_size = 1)]
fn histories(bencher: Bencher, kind: &str) {
    let text = text(kind);
    let bencher = bencher.counter(BytesCount::of_slice(&text)).counter(ItemsCount::new(lines(&text)));
    bencher.bench_local(|| LogReader::new().read(black_box(&text[..]), "log").unwrap());
}

/// The floor: every line found, none read.
#[divan::bench(args = KINDS, sample_count = 5, sample_size = 1)]
fn plain_count(bencher: Bencher, kind: &str) {
    let text = text(kind);
    let bencher = bencher.counter(BytesCount::of_slice(&text)).counter(ItemsCount::new(lines(&text)));
    bencher.bench_local(|| lines(black_box(&text)));
}

/// A table of finished runs, a row a run.
#[divan::bench(sample_count = 5, sample_size = 1)]
fn runs_table(bencher: Bencher) {
    let mut text = String::from("params,tokens,loss,name\n");
    for row in 0..1_000_000u64 {
        text += &format!("{},{},{:.5},run{row}\n", 10_000_000 + row * 1000, 1_000_000_000 + row * 7777, loss(row));
    }
    let text = text.into_bytes();
    let bencher = bencher.counter(BytesCount::of_slice(&text)).counter(ItemsCount::new(lines(&text)));
    bencher.bench_local(|| CsvReader::new().read(black_box(&text[..]), "runs").unwrap());
}
