//! `diagnose` and `compare` on every table of runs with N, D and a loss in a folder, written to target/real-sweeps/.
//!
//! `cargo run --release --features csv --example real_sweeps -- ../shared/data/runs`. The tables are not part of the
//! repository; docs/real-sweeps.md says what was found in them.

use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Instant;

use scaling_laws::{Contender, CsvReader, Diagnose, LossFunction, Runs, Weights, rank};

/// Tables with several recipes, and the rows that are one of them; the others are taken whole.
const PARTS: &[(&str, &str, &[&str])] = &[
    ("chinchilla_epoch", "all", &[]),
    ("chinchilla_epoch", "240", &["epoch_excluded=0"]),
    ("marin_isoflop_202603", "comma", &["group=comma"]),
    ("marin_isoflop_202603", "nemotron", &["group=nemotron"]),
    ("marin_isoflop_202603", "dclm", &["group=dclm"]),
    ("gadre_overtrained_104", "c4", &["group=c4_original"]),
    ("gadre_overtrained_104", "redpajama", &["group=rpj"]),
    ("gadre_overtrained_104", "refinedweb", &["group=rw_original"]),
    ("gemstones", "hot, to 100B", &["in_hot_le100b=1"]),
    ("gemstones", "after cooldown", &["group=cool_end"]),
    ("xlstm_isoflop", "llama, 8k", &["group=llama_ctx8192", "completed=1", "diverged=0"]),
    ("porian_isoflop", "kaplan", &["group=rw_base_long_kaplan_kaplan_train"]),
    ("porian_isoflop", "tuned", &["group=rw_tuned_short_const_standard_val"]),
    ("steplaw_dense", "best of each cell", &["best_for_ND=1"]),
    ("steplaw_dense", "all that did not diverge", &["diverged=0"]),
    ("steplaw_moe", "all", &[]),
    ("loss2loss_6datasets", "fineweb", &["group=fineweb-100b"]),
    ("loss2loss_6datasets", "starcoder", &["group=starcoder"]),
    ("datablations_c4", "one epoch", &["epochs=1"]),
    ("deepmind_routing_final", "dense", &["group=Dense"]),
];

fn main() -> Result<(), Box<dyn Error>> {
    let folder = std::env::args().nth(1).unwrap_or_else(|| "../shared/data/runs".into());
    let target = Path::new("target/real-sweeps");
    fs::create_dir_all(target)?;
    let mut files: Vec<PathBuf> = fs::read_dir(&folder)?.filter_map(|entry| Some(entry.ok()?.path())).collect();
    files.retain(|path| path.extension().is_some_and(|extension| extension == "csv"));
    files.sort();
    for path in files {
        let name = path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
        let parts: Vec<_> = PARTS.iter().filter(|(file, ..)| *file == name).collect();
        if parts.is_empty() {
            report(target, &path, &name, "whole", &[]);
        }
        for (_, part, filters) in parts {
            report(target, &path, &name, part, filters);
        }
    }
    Ok(())
}

/// A table that cannot be fitted is reported with the reason.
fn report(target: &Path, path: &Path, name: &str, part: &str, filters: &[&str]) {
    let began = Instant::now();
    let result = both(path, filters);
    let file = format!("{name}, {part}").replace([' ', ','], "_");
    let text = result.unwrap_or_else(|error| format!("no report: {error}\n"));
    let first = text.lines().next().unwrap_or_default().to_owned();
    println!("{name}, {part} ({:.1} s): {first}", began.elapsed().as_secs_f64());
    if let Err(error) = fs::write(target.join(format!("{file}.txt")), text) {
        eprintln!("{file}: {error}");
    }
}

fn both(path: &Path, filters: &[&str]) -> Result<String, Box<dyn Error>> {
    let mut reader = CsvReader::new();
    for filter in filters {
        reader = reader.filter(filter.parse()?);
    }
    let runs: Runs = reader.read_path(path)?;
    let diagnosis = Diagnose::new().run(&runs)?;
    let huber = |law| Contender::named(law);
    let mut contenders: Vec<Contender> = ["chinchilla", "tied", "kaplan", "kaplan-floor", "outer-exponent"]
        .into_iter()
        .map(huber)
        .collect::<Result<_, _>>()?;
    contenders.push(huber("chinchilla")?.loss(LossFunction::StudentT(4.0)).called("chinchilla, student-t"));
    contenders.push(huber("chinchilla")?.loss(LossFunction::LeastSquares).called("chinchilla, least squares"));
    contenders.push(huber("chinchilla")?.weights(Weights::Flops).called("chinchilla by FLOPs"));
    let ranking = match rank(&runs, &contenders, runs.usual_budget()?, 0.9, 0) {
        Ok(ranking) => ranking.to_string(),
        Err(error) => format!("no comparison: {error}\n"),
    };
    Ok(format!("{diagnosis}\n\n{ranking}"))
}
