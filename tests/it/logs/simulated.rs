//! A sweep of logs as nanoGPT prints them, from a known law, with the accidents of a genuine one.

use std::fmt::Write;
use std::path::Path;

pub const TOKENS_PER_STEP: f64 = 524288.0;
const SIZES: [(&str, f64); 4] = [("19M", 19e6), ("48M", 48e6), ("124M", 124e6), ("355M", 355e6)];
const STEPS: [u64; 3] = [2000, 8000, 32000];

/// The law of the table of Hoffmann 2022, in rounded coefficients.
pub fn loss(params: f64, tokens: f64) -> f64 {
    1.69 + 406.4 / params.powf(0.34) + 410.7 / tokens.powf(0.28)
}

/// A number from -1 to 1 that looks random.
fn noise(seed: u64) -> f64 {
    let mixed = (seed ^ 0x9e37_79b9).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    ((mixed ^ (mixed >> 29)).wrapping_mul(0x94d0_49bb_1331_11eb) >> 40) as f64 / (1u64 << 23) as f64 - 1.0
}

/// The lines of a run for some of its steps: a batch loss every hundredth, an evaluation every twentieth.
fn lines(params: f64, steps: u64, attempt: u64, shown: impl Fn(u64) -> bool) -> String {
    let mut text = format!("tokens per iteration: see the config\n# {steps} steps\n");
    for step in (0..=steps).step_by(steps as usize / 100).filter(|step| shown(*step)) {
        let level = loss(params, (step as f64 * TOKENS_PER_STEP).max(1e6)).min(10.9);
        let seed = step + params as u64 + 1_000_003 * steps + attempt;
        if step % (steps / 20) == 0 {
            let (train, val) = (level + 0.001 * noise(seed + 1), level + 0.001 * noise(seed + 2));
            let _ = writeln!(text, "step {step}: train loss {train:.4}, val loss {val:.4}");
        }
        let _ = writeln!(text, "iter {step}: loss {:.4}, time 212.31ms, mfu 41.07%", level + 0.02 * noise(seed));
    }
    text
}

/// Twelve runs: one is split over two files where it was restarted, one diverges, one breaks off, one is copied.
pub fn write(folder: &Path) {
    for (name, params) in SIZES {
        std::fs::create_dir_all(folder.join(name)).unwrap();
        for steps in STEPS {
            let file = |ending: &str| folder.join(name).join(format!("steps{steps}{ending}.log"));
            let text = match (name, steps) {
                ("355M", 32000) => {
                    std::fs::write(file("-resumed"), lines(params, steps, 17, |step| step >= 17600)).unwrap();
                    lines(params, steps, 0, |step| step <= 19200)
                }
                ("48M", 32000) => {
                    let fall = lines(params, steps, 0, |step| step <= 9600);
                    format!("{fall}iter 9920: loss nan, time 212.30ms, mfu 41.08%\n")
                }
                ("19M", 8000) => lines(params, steps, 0, |step| step <= 6000) + "iter 6080: lo",
                _ => lines(params, steps, 0, |_| true),
            };
            if (name, steps) == ("124M", 2000) {
                std::fs::write(file("_copy"), &text).unwrap();
            }
            std::fs::write(file(""), text).unwrap();
        }
    }
    std::fs::write(folder.join("notes.txt"), "lr 6e-4, cosine to 10 %\n").unwrap();
}
