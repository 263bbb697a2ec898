//! How often intervals hold the truth, on simulated sweeps of the kinds that people run.
//!
//! ```text
//! cargo run --release --example coverage -- 1000 999            # sweeps and replicates for each design
//! cargo run --release --example coverage -- 1000 999 "15 runs"  # one design
//! ```
//!
//! Coverage in per cent, mean width and mean interval score (Gneiting and Raftery 2007: the width, and 2/(1−level) times the
//! distance by which the truth is missed) at the 90 % level. Widths and scores of N* are in ln N.
#![allow(clippy::unwrap_used)]

use std::collections::BTreeMap;

use chacha20::ChaCha8Rng;
use chacha20::rand_core::{Rng, SeedableRng};
use scaling_laws::{
    Approach3, Chinchilla, Clusters, Flops, Inference, Level, LossModel, Method, Params, Quantity, Resampling, Runs,
    Tokens,
};

/// Besiroglu 2024.
fn truth() -> Chinchilla {
    Chinchilla::new(1.8172, 482.01, 2085.43, 0.3478, 0.3658).unwrap()
}

#[derive(Clone, Copy)]
enum Noise {
    Normal(f64),
    /// Student's t of three degrees of freedom times the scale.
    HeavyTailed(f64),
    /// Normal, and 3 % of runs with a loss 3 to 10 % too high.
    Outliers(f64),
    /// Standard deviation that rises sixfold from the largest model to the smallest.
    BySize(f64),
    /// 64 % of the variance common to a cluster.
    Clustered(f64),
}

struct Design {
    name: &'static str,
    n: Vec<f64>,
    d: Vec<f64>,
    clusters: Option<Vec<usize>>,
    noise: Noise,
}

fn designs() -> Vec<Design> {
    let law = truth();
    let (mut n, mut d) = (vec![], vec![]);
    for c in [1e18, 3e18, 1e19, 3e19, 1e20, 3e20f64] {
        let best = law.ln_optimal_params((c / 6.0).ln()).unwrap().exp();
        for step in -3..=3 {
            n.push(best * 2f64.powi(step));
            d.push(c / 6.0 / (best * 2f64.powi(step)));
        }
    }
    let isoflop = |name, noise| Design { name, n: n.clone(), d: d.clone(), clusters: None, noise };
    let grid = |name, sizes: &[f64], ratios: &[f64], by_ratio: bool, noise| {
        let cells = || sizes.iter().flat_map(|n| ratios.iter().map(move |r| (*n, if by_ratio { r * n } else { *r })));
        Design { name, n: cells().map(|c| c.0).collect(), d: cells().map(|c| c.1).collect(), clusters: None, noise }
    };
    let sizes = [3e7, 1e8, 3e8, 1e9, 3e9];
    let normal = Noise::Normal(0.003);
    let mut all = vec![
        isoflop("6 budgets x 7 sizes", normal),
        isoflop("6 x 7, Student-t 3", Noise::HeavyTailed(0.002)),
        isoflop("6 x 7, 3 % outliers", Noise::Outliers(0.003)),
        isoflop("6 x 7, scatter by size", Noise::BySize(0.001)),
        grid("5 sizes x 4 token counts", &sizes, &[1e9, 4e9, 1.6e10, 6.4e10], false, normal),
        grid("15 runs", &sizes, &[5.0, 20.0, 80.0], true, normal),
        grid("10 runs", &sizes, &[8.0, 60.0], true, normal),
    ];
    for (name, count) in [("12 runs x 8 checkpoints", 12), ("8 runs x 8 checkpoints", 8), ("6 runs x 8 checkpoints", 6)]
    {
        let (mut n, mut d, mut clusters) = (vec![], vec![], vec![]);
        for run in 0..count {
            // Two lengths for the smaller models, one for the others.
            let size = 2e7 * 2f64.powf(7.0 * f64::from(run) / f64::from(count - 1));
            let last = size * if run % 3 == 0 { 60.0 } else { 20.0 };
            for checkpoint in 0..8 {
                n.push(size);
                d.push(last * 2f64.powf(-0.5 * f64::from(checkpoint)));
                clusters.push(run as usize);
            }
        }
        all.push(Design { name, n, d, clusters: Some(clusters), noise: Noise::Clustered(0.003) });
    }
    all
}

struct Random(ChaCha8Rng);

impl Random {
    fn uniform(&mut self) -> f64 {
        ((self.0.next_u64() >> 11) as f64 + 0.5) / (1u64 << 53) as f64
    }

    fn normal(&mut self) -> f64 {
        let (a, b) = (self.uniform(), self.uniform());
        (-2.0 * a.ln()).sqrt() * (std::f64::consts::TAU * b).cos()
    }

    /// An error of ln L for each run, and for one more of the size and tokens of the last.
    fn errors(&mut self, design: &Design) -> Vec<f64> {
        let count = design.n.len() + 1;
        match design.noise {
            Noise::Normal(sigma) => (0..count).map(|_| sigma * self.normal()).collect(),
            Noise::HeavyTailed(scale) => (0..count)
                .map(|_| {
                    let z = self.normal();
                    let square: f64 = (0..3).map(|_| self.normal().powi(2)).sum();
                    scale * z / (square / 3.0).sqrt()
                })
                .collect(),
            Noise::Outliers(sigma) => (0..count)
                .map(|_| {
                    let error = sigma * self.normal();
                    if self.uniform() < 0.03 { error + 0.03 + 0.07 * self.uniform() } else { error }
                })
                .collect(),
            Noise::BySize(sigma) => {
                let (least, greatest) =
                    design.n.iter().fold((f64::MAX, 0f64), |(a, b), n| (a.min(n.ln()), b.max(n.ln())));
                let size = |i: usize| design.n.get(i).or(design.n.last()).unwrap().ln();
                let share = |i| (greatest - size(i)) / (greatest - least);
                (0..count).map(|i| sigma * 6f64.powf(share(i)) * self.normal()).collect()
            }
            Noise::Clustered(sigma) => {
                let common: Vec<f64> = (0..=design.n.len()).map(|_| self.normal()).collect();
                let own = |i: usize| design.clusters.as_ref().and_then(|c| c.get(i).copied()).unwrap_or(design.n.len());
                (0..count).map(|i| sigma * (0.8 * common[own(i)] + 0.6 * self.normal())).collect()
            }
        }
    }
}

#[derive(Default, Clone)]
struct Tally {
    asked: f64,
    held: f64,
    width: f64,
    score: f64,
    refused: usize,
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let number = |place: usize, default: u64| arguments.get(place).and_then(|a| a.parse().ok()).unwrap_or(default);
    let (sweeps, replicates) = (number(0, 300), number(1, 400) as usize);
    for design in designs() {
        if arguments.get(2).is_none_or(|only| design.name.contains(only.as_str())) {
            simulate(&design, sweeps, replicates);
        }
    }
}

fn simulate(design: &Design, sweeps: u64, replicates: usize) {
    let law = truth();
    let largest = design.n.iter().zip(&design.d).map(|(n, d)| 6.0 * n * d).fold(0.0, f64::max);
    let far = Flops::new(100.0 * largest).unwrap();
    let (last_n, last_d) = (*design.n.last().unwrap(), *design.d.last().unwrap());
    let new_run = Quantity::NewRun(Params::new(last_n).unwrap(), Tokens::new(last_d).unwrap());
    let coefficient = |name: &str| (name.to_owned(), Quantity::coefficient(name));
    let quantities = [
        coefficient("E"),
        coefficient("alpha"),
        coefficient("beta"),
        ("a".into(), Quantity::ExponentParams),
        ("N*(100C)".into(), Quantity::OptimalParams(far)),
        ("L*(100C)".into(), Quantity::OptimalLoss(far)),
        ("new run".into(), new_run),
    ];
    let ln_optimal = law.ln_optimal_params((far.get() / 6.0).ln()).unwrap();
    let best_loss = law.at(ln_optimal, (far.get() / 6.0).ln() - ln_optimal).loss;
    let exact: Vec<f64> = design.n.iter().zip(&design.d).map(|(n, d)| law.at(n.ln(), d.ln()).loss).collect();
    let mut tallies: BTreeMap<(usize, String), Vec<Tally>> = BTreeMap::new();
    let level = Level::default();
    for sweep in 0..sweeps {
        let mut random = Random(ChaCha8Rng::seed_from_u64(sweep));
        let errors = random.errors(design);
        let losses: Vec<f64> = exact.iter().zip(&errors).map(|(l, e)| l * e.exp()).collect();
        let runs = Runs::from_columns(&design.n, &design.d, &losses).unwrap();
        let approach = Approach3::new();
        let Ok(fit) = approach.fit(&runs) else { continue };
        let next = exact.last().unwrap() * errors.last().unwrap().exp();
        let truths = [law.e(), law.alpha(), law.beta(), law.exponent_params(), ln_optimal.exp(), best_loss, next];
        let base = || Inference::new(&approach, &runs, &fit).replicates(replicates).seed(sweep);
        let mut rows: Vec<(Inference<'_>, Method)> = Vec::new();
        if let Some(labels) = &design.clusters {
            let clusters = Clusters::Labels(labels.clone());
            let wild = base().clusters(&clusters).unwrap();
            let pairs = base().resampling(Resampling::Pairs).clusters(&clusters).unwrap();
            for method in Method::ALL {
                rows.push((wild.clone(), method));
            }
            rows.push((pairs, Method::Percentile));
            rows.push((base(), Method::Percentile));
        } else {
            let wild = base();
            for method in Method::ALL {
                rows.push((wild.clone(), method));
            }
            for plan in [Resampling::Pairs, Resampling::Residuals] {
                let other = base().resampling(plan);
                rows.push((other.clone(), Method::Percentile));
                rows.push((other, Method::Bca));
            }
        }
        // Clones made before the first question would each draw: ask in order, the cloud travels with `base`.
        for (place, (inference, method)) in rows.iter().enumerate() {
            let mut tally = vec![Tally::default(); quantities.len()];
            let mut plan = "";
            for (k, (_, quantity)) in quantities.iter().enumerate() {
                let Ok(interval) = inference.interval(quantity, level, *method) else {
                    tally[k].refused = 1;
                    continue;
                };
                plan = interval.resampling;
                let (mut low, mut high, mut value) = (interval.low, interval.high, truths[k]);
                if k == 4 {
                    (low, high, value) = (low.ln(), high.ln(), value.ln());
                }
                let missed = (low - value).max(value - high).max(0.0);
                // An open interval holds the truth but has no width to average.
                let width = (high - low).min(1e3);
                tally[k] = Tally {
                    asked: 1.0,
                    held: f64::from(u8::from(missed == 0.0)),
                    width,
                    score: width + 2.0 / (1.0 - level.get()) * missed,
                    refused: 0,
                };
            }
            let plan = if method.resamples() { plan } else { "" };
            let sum = tallies
                .entry((place, format!("{plan} {method}").trim().to_owned()))
                .or_insert_with(|| vec![Tally::default(); quantities.len()]);
            for (sum, one) in sum.iter_mut().zip(tally) {
                sum.asked += one.asked;
                sum.held += one.held;
                sum.width += one.width;
                sum.score += one.score;
                sum.refused += one.refused;
            }
        }
    }
    println!("\n**{}**, {} runs, {sweeps} sweeps, {replicates} replicates\n", design.name, design.n.len());
    println!("| method | {} |", quantities.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>().join(" | "));
    println!("|---|{}", "---|".repeat(quantities.len()));
    for ((_, name), sums) in &tallies {
        let cell = |sum: &Tally| {
            if sum.asked == 0.0 {
                return "-".into();
            }
            let share = 100.0 * sum.held / sum.asked;
            let refused = if sum.refused > 0 { format!(" ({} refused)", sum.refused) } else { String::new() };
            format!("{share:.1}; {:.3}; {:.3}{refused}", sum.width / sum.asked, sum.score / sum.asked)
        };
        println!("| {name} | {} |", sums.iter().map(cell).collect::<Vec<_>>().join(" | "));
    }
}
