//! The cold fit against a dense multi-start, on seeded synthetic sweeps that nobody tuned for.

use scaling_laws::{Approach3, Chinchilla, ChinchillaForm, Fitter, Params, Runs, Tokens};

/// Random starts of the dense search a set.
const STARTS: usize = 60;
/// Sets of each family.
const SETS: u64 = 200;
/// Sets of each family that the general fitter is tried on too.
const GENERAL: u64 = 8;

struct Random(u64);

impl Random {
    fn new(seed: u64) -> Self {
        let mut random = Self(0x9E37_79B9_7F4A_7C15 ^ (seed + 1).wrapping_mul(0xBF58_476D_1CE4_E5B9));
        (0..10).for_each(|_| _ = random.unit());
        random
    }

    fn unit(&mut self) -> f64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) as f64 / (1u64 << 53) as f64
    }

    fn between(&mut self, least: f64, greatest: f64) -> f64 {
        least + (greatest - least) * self.unit()
    }

    fn normal(&mut self) -> f64 {
        (-2.0 * self.unit().max(1e-300).ln()).sqrt() * (std::f64::consts::TAU * self.unit()).cos()
    }
}

/// E + a·(N/1e9)^−α + b·(D/2e10)^−β.
fn loss(e: f64, size: (f64, f64), data: (f64, f64), n: f64, d: f64) -> f64 {
    e + size.0 * (n / 1e9).powf(-size.1) + data.0 * (d / 2e10).powf(-data.1)
}

/// 60 runs on 6 IsoFLOP curves, 0.5 % noise, 5 % of the losses a tenth too high.
fn isoflop_sweep(random: &mut Random) -> Runs {
    let e = random.between(0.5, 2.5);
    let size = (random.between(0.1, 1.0), random.between(0.2, 0.6));
    let data = (random.between(0.1, 1.0), random.between(0.2, 0.6));
    let (mut n, mut d, mut l) = (vec![], vec![], vec![]);
    for budget in 0..6 {
        let product = 1e18 / 6.0 * 4f64.powi(budget);
        for k in 0..10 {
            let params = (product / 20.0).sqrt() * (0.45 * (f64::from(k) - 4.5)).exp();
            let outlier = if random.unit() < 0.05 { 1.1 } else { 1.0 };
            n.push(params);
            d.push(product / params);
            l.push(loss(e, size, data, params, product / params) * (0.005 * random.normal()).exp() * outlier);
        }
    }
    Runs::from_columns(&n, &d, &l).unwrap()
}

/// 12 runs over one decade of N, α close to β, E near zero, an exact tie and a far outlier.
fn mean_sweep(random: &mut Random) -> Runs {
    let alpha = random.between(0.2, 0.6);
    let e = random.between(0.0, 0.1);
    let size = (random.between(0.3, 2.0), alpha);
    let data = (random.between(0.3, 2.0), alpha * random.between(0.95, 1.05));
    let (mut n, mut d, mut l) = (vec![], vec![], vec![]);
    for i in 0..12 {
        let params = 3e8 * 10f64.powf(f64::from(i % 4) / 3.0);
        let tokens = 5e9 * (f64::from(i / 4) * random.between(0.6, 1.5)).exp();
        n.push(params);
        d.push(tokens);
        l.push(loss(e, size, data, params, tokens) * (0.005 * random.normal()).exp());
    }
    l[5] *= 1.5;
    l[7] = l[6];
    Runs::from_columns(&n, &d, &l).unwrap()
}

/// The best end of random starts over the exponents and shares of the least loss.
fn dense_search(runs: &Runs, random: &mut Random) -> f64 {
    let least = runs.losses().iter().copied().fold(f64::INFINITY, f64::min);
    let centre = |column: &[f64]| column.iter().map(|v| v.ln()).sum::<f64>() / column.len() as f64;
    let (x, y) = (centre(runs.params()), centre(runs.tokens()));
    (0..STARTS)
        .filter_map(|_| {
            let (alpha, beta) = (0.02 * 150f64.powf(random.unit()), 0.02 * 150f64.powf(random.unit()));
            let (a, b) = (least * random.unit() * (alpha * x).exp(), least * random.unit() * (beta * y).exp());
            let start = Chinchilla::new(least * random.unit(), a, b, alpha, beta).ok()?;
            Some(Approach3::new().start(start).fit(runs).ok()?.objective())
        })
        .fold(f64::INFINITY, f64::min)
}

fn compare(sweep: fn(&mut Random) -> Runs) {
    for seed in 0..SETS {
        let mut random = Random::new(seed);
        let runs = sweep(&mut random);
        let fit = Approach3::new().fit(&runs).unwrap();
        let gap = fit.objective() / dense_search(&runs, &mut random) - 1.0;
        assert!(gap <= 1e-9, "seed {seed}: the dense search is better by {gap:e}, {:?}", fit.certificate());
        assert!(fit.certificate().certified, "seed {seed}: {:?}", fit.certificate());
    }
}

#[test]
fn no_dense_search_beats_the_cold_fit_on_isoflop_sweeps_with_outliers() {
    compare(isoflop_sweep);
}

#[test]
fn no_dense_search_beats_the_cold_fit_on_small_mean_sweeps() {
    compare(mean_sweep);
}

/// Two solvers that share no line of the search or of the descent.
fn compare_with_the_general_fitter(sweep: fn(&mut Random) -> Runs) {
    for seed in 0..GENERAL {
        let runs = sweep(&mut Random::new(seed));
        let inputs: Vec<(Params, Tokens)> = runs.iter().map(|run| (run.params, run.tokens)).collect();
        let general = Fitter::new(&ChinchillaForm).fit(&inputs, runs.losses()).unwrap();
        let gap = general.objective() / Approach3::new().fit(&runs).unwrap().objective() - 1.0;
        assert!(gap.abs() <= 1e-9, "seed {seed}: {gap:e}, {:?}", general.certificate());
    }
}

#[test]
fn the_general_fitter_finds_the_same_optimum_on_isoflop_sweeps() {
    compare_with_the_general_fitter(isoflop_sweep);
}

#[test]
fn the_general_fitter_finds_the_same_optimum_on_small_mean_sweeps() {
    compare_with_the_general_fitter(mean_sweep);
}
