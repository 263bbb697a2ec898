//! The questions asked of the library, timed: what loss, what does a fit say, how to split a budget.
//!
//! `cargo bench --bench questions`. The synthetic sweep is always there; the Chinchilla runs only with the shared data
//! beside the repository. `benches/beside_reference.sh` prints the same jobs beside a C reference.
#![allow(clippy::unwrap_used)]

use std::path::Path;

use divan::counter::ItemsCount;
use divan::{Bencher, black_box};
use scaling_laws::{
    Approach3, BatchLimit, Chinchilla, Constraints, Diagnose, Flops, LossModel, Nats, Params, Resampling, Runs, Tokens,
    allocate, allocate_by_search, allocate_within, choose_bits, frontier_cloud, laws::Bits, optimal_split, published,
    value_of_data,
};

fn main() {
    divan::main();
}

/// The law the synthetic runs scatter about.
fn truth() -> Chinchilla {
    published::BESIROGLU_2024
}

/// The good start.
fn hoffmann() -> Chinchilla {
    published::HOFFMANN_2022
}

/// 240 runs of 4e7 to 2e10 parameters and 2 to 200 tokens a parameter, with half a percent of scatter; one run in ten has
/// ten times that. The generator is a fixed multiplicative one, so that every run of the benchmark has the same data.
fn synthetic() -> Runs {
    let mut state = 20_220_329_u64;
    let mut uniform = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 11) as f64 / (1u64 << 53) as f64
    };
    let (mut n, mut d, mut l) = (vec![], vec![], vec![]);
    for _ in 0..240 {
        let ln_n = 4e7f64.ln() + uniform() * 500f64.ln();
        let ln_d = ln_n + 2f64.ln() + uniform() * 100f64.ln();
        let normal = (-2.0 * uniform().max(1e-300).ln()).sqrt() * (std::f64::consts::TAU * uniform()).cos();
        let scatter = if uniform() < 0.1 { 0.05 } else { 0.005 };
        n.push(ln_n.exp());
        d.push(ln_d.exp());
        l.push(truth().at(ln_n, ln_d).loss * (scatter * normal).exp());
    }
    Runs::from_columns(&n, &d, &l).unwrap()
}

/// The digitised Chinchilla runs without the five largest losses, where present.
fn chinchilla() -> Option<Runs> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/bench/epoch240.csv");
    let text = std::fs::read_to_string(path).ok()?;
    let mut columns = [vec![], vec![], vec![]];
    for line in text.lines().skip(1) {
        for (column, cell) in columns.iter_mut().zip(line.split(',')) {
            column.push(cell.trim().parse::<f64>().ok()?);
        }
    }
    Runs::from_columns(&columns[0], &columns[1], &columns[2]).ok()
}

/// The sets of runs that are there, by name.
fn sets() -> Vec<&'static str> {
    if chinchilla().is_some() { vec!["synthetic", "chinchilla"] } else { vec!["synthetic"] }
}

fn runs(set: &str) -> Runs {
    chinchilla().filter(|_| set == "chinchilla").unwrap_or_else(synthetic)
}

#[divan::bench_group(name = "what_loss")]
mod what_loss {
    use super::*;

    #[divan::bench]
    fn one() -> f64 {
        black_box(truth()).at(black_box(70e9f64.ln()), black_box(1.4e12f64.ln())).loss
    }

    #[divan::bench(args = [240, 100_000])]
    fn batch(bencher: Bencher<'_, '_>, points: usize) {
        let ln_n: Vec<f64> = (0..points).map(|i| 17.0 + 7.0 * i as f64 / points as f64).collect();
        let ln_d: Vec<f64> = (0..points).map(|i| 20.0 + 9.0 * (i * 7 % points) as f64 / points as f64).collect();
        let mut losses = vec![0.0; points];
        let law = truth();
        bencher.counter(ItemsCount::new(points)).bench_local(|| {
            law.losses(black_box(&ln_n), black_box(&ln_d), black_box(&mut losses)).unwrap();
        });
    }
}

#[divan::bench_group(name = "what_do_my_runs_say")]
mod what_do_my_runs_say {
    use super::*;

    #[divan::bench(args = sets())]
    fn fit_from_hoffmann(bencher: Bencher<'_, '_>, set: &str) {
        let (runs, fit) = (runs(set), Approach3::new().start(hoffmann()));
        bencher.bench_local(|| fit.fit(black_box(&runs)).unwrap());
    }

    /// 4000 bootstrap refits on one thread and on two.
    #[divan::bench(args = sets(), consts = [1, 2], sample_count = 9)]
    fn refits<const THREADS: usize>(bencher: Bencher<'_, '_>, set: &str) {
        let (runs, approach) = (runs(set), Approach3::new());
        let fit = approach.fit(&runs).unwrap();
        let pool = rayon::ThreadPoolBuilder::new().num_threads(THREADS).build().unwrap();
        bencher.bench_local(|| {
            pool.install(|| approach.refits(black_box(&runs), &fit, &Resampling::Pairs, 4000, 1).unwrap())
        });
    }

    /// The default report: fit, intervals by 1000 refits and by profiles, influence, lack of fit by 999 refits, other laws.
    #[divan::bench(args = sets(), consts = [1, 2], sample_count = 9)]
    fn default_report<const THREADS: usize>(bencher: Bencher<'_, '_>, set: &str) {
        let (runs, report) = (runs(set), Diagnose::new());
        let pool = rayon::ThreadPoolBuilder::new().num_threads(THREADS).build().unwrap();
        bencher.bench_local(|| pool.install(|| report.clone().run(black_box(&runs)).unwrap()));
    }

    /// Sets of 60 runs, where the search tries the most starts.
    #[divan::bench(args = ["1", "2", "3"])]
    fn fit_cold_60(bencher: Bencher<'_, '_>, set: &str) {
        let all = synthetic();
        let first = 60 * (set.parse::<usize>().unwrap() - 1);
        let take = |column: &[f64]| column[first..first + 60].to_vec();
        let runs = Runs::from_columns(&take(all.params()), &take(all.tokens()), &take(all.losses())).unwrap();
        bencher.bench_local(|| Approach3::new().fit(black_box(&runs)).unwrap());
    }

    #[divan::bench(args = sets())]
    fn fit_cold(bencher: Bencher<'_, '_>, set: &str) {
        let runs = runs(set);
        bencher.bench_local(|| Approach3::new().fit(black_box(&runs)).unwrap());
    }
}

#[divan::bench_group(name = "how_to_split_a_budget")]
mod how_to_split_a_budget {
    use super::*;

    /// N and D alone, without their neighbourhood and doubts.
    #[divan::bench]
    fn split(bencher: Bencher<'_, '_>) {
        let (law, budget) = (truth(), Flops::new(5.76e23).unwrap());
        bencher.bench_local(|| optimal_split(black_box(&law), black_box(budget)).unwrap());
    }

    #[divan::bench]
    fn closed_form(bencher: Bencher<'_, '_>) {
        let (law, budget) = (truth(), Flops::new(5.76e23).unwrap());
        bencher.bench_local(|| allocate(black_box(&law), black_box(budget)).unwrap());
    }

    #[divan::bench]
    fn search(bencher: Bencher<'_, '_>) {
        let (law, budget) = (truth(), Flops::new(5.76e23).unwrap());
        bencher.bench_local(|| allocate_by_search(black_box(&law), black_box(budget)).unwrap());
    }
}

#[divan::bench_group(name = "how_to_split_under_limits")]
mod how_to_split_under_limits {
    use super::*;

    fn ask(bencher: Bencher<'_, '_>, asked: &Constraints) {
        let law = truth();
        bencher.bench_local(|| allocate_within(black_box(&law), black_box(asked)).unwrap());
    }

    #[divan::bench]
    fn budget_and_greatest_size(bencher: Bencher<'_, '_>) {
        let asked = Constraints::new().budget(Flops::new(1e24).unwrap());
        ask(bencher, &asked.max_params(Params::billions(8.0).unwrap()));
    }

    #[divan::bench]
    fn lifetime_budget(bencher: Bencher<'_, '_>) {
        let asked = Constraints::new().lifetime_budget(Flops::new(1e24).unwrap());
        ask(bencher, &asked.inference_tokens(Tokens::trillions(2.0).unwrap()));
    }

    /// A limit on steps with batches below the critical one, beside a budget that serving shares.
    #[divan::bench]
    fn lifetime_budget_and_critical_batch(bencher: Bencher<'_, '_>) {
        let batch = BatchLimit::Critical(published::KAPLAN_2020_CRITICAL_BATCH);
        let asked = Constraints::new().lifetime_budget(Flops::new(1e24).unwrap()).max_steps(1e5, batch);
        ask(bencher, &asked.inference_tokens(Tokens::trillions(2.0).unwrap()));
    }

    #[divan::bench]
    fn cheapest_for_a_loss(bencher: Bencher<'_, '_>) {
        let asked = Constraints::new().target_loss(Nats::new(2.0).unwrap());
        ask(bencher, &asked.inference_tokens(Tokens::trillions(2.0).unwrap()));
    }

    #[divan::bench]
    fn a_thousand_budgets_for_four_thousand_laws(bencher: Bencher<'_, '_>) {
        let laws: Vec<Chinchilla> = (0..4000)
            .map(|i| Chinchilla::new(1.8, 480.0 + 0.01 * f64::from(i), 2085.0, 0.348, 0.366).unwrap())
            .collect();
        let budgets: Vec<Flops> = (0..1000).map(|i| Flops::new(1e18 * 1.02f64.powi(i)).unwrap()).collect();
        bencher.bench_local(|| frontier_cloud(black_box(&laws), &Constraints::new(), &budgets, 0.9).unwrap());
    }

    /// Bits, as an example of several settings.
    #[divan::bench]
    fn the_best_of_fourteen_formats(bencher: Bencher<'_, '_>) {
        let asked = Constraints::new().budget(Flops::new(1e21).unwrap());
        let settings: Vec<Bits> = (3..=16).map(|bits| Bits::training(f64::from(bits))).collect();
        bencher.bench_local(|| choose_bits(black_box(&published::KUMAR_2024), &asked, &settings).unwrap());
    }

    #[divan::bench]
    fn a_corpus_that_runs_out(bencher: Bencher<'_, '_>) {
        let (asked, unique) = (Constraints::new().budget(Flops::new(1e22).unwrap()), Tokens::billions(25.0).unwrap());
        bencher.bench_local(|| value_of_data(black_box(&published::MUENNIGHOFF_2023), unique, &asked).unwrap());
    }
}

/// What a caller pays for checked units: a loss from N and D and not from their logarithms.
#[divan::bench]
fn one_loss_with_units() -> f64 {
    let (params, tokens) = (Params::new(black_box(70e9)).unwrap(), Tokens::new(black_box(1.4e12)).unwrap());
    truth().loss(params, tokens).unwrap().get()
}
