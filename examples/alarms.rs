//! How often the warnings of a fit ring on sweeps that are well designed, and how often they are silent on bad ones.
//!
//! `cargo run --release --example alarms -- 500` simulates so many tables of each design about a law with the Chinchilla
//! coefficients and prints the table of docs/diagnostics.md. Seeded: the same number gives the same table.

use std::collections::BTreeMap;

use scaling_laws::{Approach3, Chinchilla, Error, Flops, LossModel, Runs, lack_of_fit, optimal_split};

/// What a table is drawn from.
struct Design {
    name: &'static str,
    /// Codes of which at least one should ring; none on a sound design or one in between.
    expected: &'static [&'static str],
    /// (ln N, ln D) of the runs.
    place: fn(&mut Uniform) -> Vec<(f64, f64)>,
    law: [f64; 5],
    /// Noise of ln L.
    noise: fn(&mut Uniform) -> f64,
}

const LAW: [f64; 5] = [1.82, 480.0, 2090.0, 0.348, 0.366];

fn designs() -> Vec<Design> {
    let sound = |name, place, noise: fn(&mut Uniform) -> f64| Design { name, expected: &[], place, law: LAW, noise };
    let bad = |name, expected, place, noise| Design { name, expected, place, law: LAW, noise };
    vec![
        sound("IsoFLOP, 6 budgets x 7 sizes, noise 0.3 %", isoflop, normal::<3>),
        sound("IsoFLOP, 9 budgets x 9 sizes, noise 0.5 %", isoflop_dense, normal::<5>),
        sound("grid, 6 sizes x 6 token counts, noise 0.3 %", |_| grid(6, 6, 1000.0, 1000.0), normal::<3>),
        sound("grid, 5 sizes x 5 token counts, noise 0.2 %", |_| grid(5, 5, 1000.0, 1000.0), normal::<2>),
        sound("scattered, 60 runs, noise 0.3 %", scattered, normal::<3>),
        sound("IsoFLOP, 6 x 7, Student-t(4) noise 0.2 %", isoflop, student),
        sound("in between: IsoFLOP, 5 x 5, noise 0.5 %", |_| isoflop_of(5, 3.0, 5), normal::<5>),
        bad("N over a factor of 6", &["narrow-range"], |_| grid(6, 6, 6.0, 1000.0), normal::<3>),
        bad("D over a factor of 6", &["narrow-range"], |_| grid(6, 6, 1000.0, 6.0), normal::<3>),
        bad("D/N fixed at 20 within 3 %", &["design-tied", "collinear"], |u| line(u, 0.03), normal::<3>),
        bad("D/N within x1.5 of 20", &["design-tied", "collinear", "second-basin"], |u| line(u, 0.4), normal::<3>),
        bad("9 runs for 5 coefficients", &["few-runs"], |_| grid(3, 3, 100.0, 100.0), normal::<3>),
        bad("E from one decade of small models, noise 2 %", &["at-bound", "not-identified"], |_| far(), normal::<20>),
        bad(
            "N and D over 1.2 decades, noise 2 %",
            &["at-bound", "not-identified"],
            |_| grid(5, 5, 15.0, 15.0),
            normal::<20>,
        ),
        Design {
            name: "no dependence on N (A = 0)",
            expected: &["at-bound", "not-identified"],
            place: |_| grid(6, 6, 1000.0, 1000.0),
            law: [1.82, 0.0, 2090.0, 0.348, 0.366],
            noise: normal::<3>,
        },
    ]
}

fn main() -> Result<(), Error> {
    let count: u64 = std::env::args().nth(1).and_then(|text| text.parse().ok()).unwrap_or(200);
    println!("| Design | Tables | Rings | Which, in % of the tables |\n|---|---|---|---|");
    for design in designs() {
        let (mut rings, mut named) = (0usize, BTreeMap::<&str, usize>::new());
        for seed in 0..count {
            let (rang, codes) = alarms(&design, seed)?;
            rings += usize::from(rang);
            codes.into_iter().for_each(|code| *named.entry(code).or_default() += 1);
        }
        let share = |part: usize| 100.0 * part as f64 / count as f64;
        let list: Vec<String> = named.iter().map(|(code, part)| format!("{code} {:.1}", share(*part))).collect();
        println!("| {} | {count} | {:.1} % | {} |", design.name, share(rings), list.join(", "));
    }
    Ok(())
}

/// Whether an alarm that counts rang, and the codes of all that did.
fn alarms(design: &Design, seed: u64) -> Result<(bool, Vec<&'static str>), Error> {
    let mut random = Uniform::new(seed);
    let [e, a, b, alpha, beta] = design.law;
    let law = Chinchilla::new(e, a, b, alpha, beta)?;
    let places = (design.place)(&mut random);
    let column = |of: &dyn Fn(&(f64, f64)) -> f64| places.iter().map(of).collect::<Vec<f64>>();
    let losses: Vec<f64> =
        places.iter().map(|(n, d)| law.at(*n, *d).loss * (design.noise)(&mut random).exp()).collect();
    let runs = Runs::from_columns(&column(&|p| p.0.exp()), &column(&|p| p.1.exp()), &losses)?;
    let fit = match Approach3::new().fit(&runs) {
        Ok(fit) => fit,
        Err(_) => return Ok((true, vec!["refused"])),
    };
    let mut codes: Vec<&'static str> = fit.warnings().iter().map(|warning| warning.code()).collect();
    if seed.is_multiple_of(5) && lack_of_fit(&runs, &fit, None, 199, seed)?.least_p() <= 0.01 {
        codes.push("diagnose: lack of fit at 1 % (one table in five)");
    }
    codes.sort_unstable();
    codes.dedup();
    let counts = |code: &&&str| design.expected.contains(*code) || design.expected.is_empty();
    let rang = codes.iter().filter(counts).count() > 0;
    Ok((rang, codes))
}

fn isoflop_of(budgets: i32, step: f64, sizes: i32) -> Vec<(f64, f64)> {
    let law = Chinchilla::new(1.82, 480.0, 2090.0, 0.348, 0.366).ok();
    let half = sizes / 2;
    let mut places = Vec::new();
    for budget in 0..budgets {
        let c = 6e18 * step.powi(budget);
        let split = law.as_ref().zip(Flops::new(c).ok()).and_then(|(law, c)| optimal_split(law, c).ok());
        let Some((params, _)) = split else { continue };
        for size in -half..=half {
            let ln_n = params.ln() + 0.5 * f64::from(size);
            places.push((ln_n, (c / 6.0).ln() - ln_n));
        }
    }
    places
}

fn isoflop(_: &mut Uniform) -> Vec<(f64, f64)> {
    isoflop_of(6, 3.5, 7)
}

fn isoflop_dense(_: &mut Uniform) -> Vec<(f64, f64)> {
    isoflop_of(9, 2.6, 9)
}

/// Sizes from 4e7 and token counts from 1e9 over these factors.
fn grid(sizes: i32, counts: i32, range_n: f64, range_d: f64) -> Vec<(f64, f64)> {
    let along =
        |start: f64, range: f64, i: i32, count: i32| start.ln() + range.ln() * f64::from(i) / f64::from(count - 1);
    let all = (0..sizes * counts).map(|k| (k / counts, k % counts));
    all.map(|(i, j)| (along(4e7, range_n, i, sizes), along(1e9, range_d, j, counts))).collect()
}

fn scattered(random: &mut Uniform) -> Vec<(f64, f64)> {
    let place = |_| (4e7f64.ln() + 6.2 * random.next(), 1e9f64.ln() + 6.2 * random.next());
    (0..60).map(place).collect()
}

/// Twenty tokens a parameter, give or take.
fn line(random: &mut Uniform, width: f64) -> Vec<(f64, f64)> {
    (0..36)
        .map(|i| {
            let ln_n = 4e7f64.ln() + 6.9 * f64::from(i) / 35.0;
            (ln_n, ln_n + 20.0f64.ln() + width * (2.0 * random.next() - 1.0))
        })
        .collect()
}

/// Small models on few tokens, where the floor is a small part of the loss.
fn far() -> Vec<(f64, f64)> {
    grid(5, 5, 12.0, 12.0).into_iter().map(|(n, d)| (n - 3.5, d - 3.0)).collect()
}

fn normal<const PER_MIL: u32>(random: &mut Uniform) -> f64 {
    1e-3 * f64::from(PER_MIL) * random.normal()
}

/// Z/√(χ²₄/4).
fn student(random: &mut Uniform) -> f64 {
    let squares: f64 = (0..4).map(|_| random.normal().powi(2)).sum();
    2e-3 * random.normal() / (squares / 4.0).sqrt()
}

/// xorshift64* (Vigna 2016).
struct Uniform(u64);

impl Uniform {
    fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ 0x1234_5678_9abc_def1)
    }

    fn next(&mut self) -> f64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        ((self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 11) as f64 + 0.5) / (1u64 << 53) as f64
    }

    fn normal(&mut self) -> f64 {
        (-2.0 * self.next().ln()).sqrt() * (std::f64::consts::TAU * self.next()).cos()
    }
}
