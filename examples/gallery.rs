//! Draws every figure of the library into a folder:
//!
//! cargo run --release --example gallery -- FOLDER
//!
//! All data are in the repository: measured runs of small byte-level models and a simulated sweep (docs/data).

use scaling_laws::figures::{self, Axis, Estimate, Figure, Optima};
use scaling_laws::laws::{Knobs, Schedule};
use scaling_laws::published::{BESIROGLU_2024, HOFFMANN_2022, KAPLAN_2020_JOINT, LUO_2025_100M};
use scaling_laws::{
    Approach1, Approach2, Approach3, Chinchilla, Constraints, Contender, CsvReader, Curve, Diagnose, Flops, Inference,
    Level, LossModel, Method, Params, Quantity, Resampling, Runs, Tokens, allocate_all, allocate_frontier, roll_out,
};

type Error = Box<dyn std::error::Error>;

#[allow(dead_code)]
fn main() -> Result<(), Error> {
    let folder = std::env::args().nth(1).unwrap_or_else(|| "target/gallery".into());
    std::fs::create_dir_all(&folder)?;
    for (name, figure) in gallery()? {
        let path = format!("{folder}/{name}.svg");
        figure.save(&path)?;
        println!("{path}");
    }
    Ok(())
}

/// Every figure by its file name.
pub fn gallery() -> Result<Vec<(&'static str, Figure)>, Error> {
    let sweep = sweep()?;
    let parabolas = Approach2::new().fit(&sweep)?;
    let fit = Approach3::new().fit(&sweep)?;
    let measured = CsvReader::new().read_path(data("kernel-bytes.csv"))?;
    let curves = curves()?;
    let envelope = Approach1::new().fit(&curves)?;
    let laws: [(&str, &dyn LossModel); 3] =
        [("Kaplan 2020", &KAPLAN_2020_JOINT), ("Hoffmann 2022", &HOFFMANN_2022), ("Besiroglu 2024", &BESIROGLU_2024)];
    let [quantities, profiles] = confidence(&measured)?;
    let diagnosis = Diagnose::new().refits(99).most(2).run(&measured)?;
    Ok(vec![
        ("allocation", published()?),
        ("isoflop", figures::isoflop(&parabolas, &sweep)?),
        ("optima", own_optima(&fit, &parabolas)?),
        ("cloud", cloud(&measured)?),
        ("contours", figures::contours(fit.law(), Some(&sweep), &[flops("1e22")?])?),
        ("goodness", figures::goodness(&Approach3::new().fit(&measured)?, &measured)?),
        ("curves", figures::training_curves(&curves, Some(&envelope))?),
        ("schedules", schedules()?),
        ("compare", figures::compare(&laws, flops("1e23")?)?),
        ("splits", figures::splits(&allocate_all(flops("1e21")?, &Knobs::new())?.laws)?),
        ("over-training", figures::over_training(&BESIROGLU_2024, &[flops("1e21")?, flops("1e23")?, flops("1e25")?])?),
        ("frontier", frontier()?),
        ("intervals", intervals(&fit, &parabolas)?),
        ("quantities", quantities),
        ("profiles", profiles),
        ("influence", figures::influence(&diagnosis)?),
        ("rollout", rolled(&sweep)?),
    ])
}

/// The figure of the README: Kaplan's line against the newer ones.
pub fn published() -> Result<Figure, Error> {
    let figure = Optima::over(flops("1e18")?, flops("1e26")?)
        .published()?
        .model("GPT-3", flops("3.14e23")?, Params::billions(175.0)?)
        .model("Gopher", flops("5.04e23")?, Params::billions(280.0)?)
        .model("Chinchilla", flops("5.88e23")?, Params::billions(70.0)?)
        .figure()?;
    Ok(figure.with_title("Compute-optimal size and tokens, as published"))
}

fn own_optima(fit: &scaling_laws::Fit, profiles: &scaling_laws::Approach2Fit) -> Result<Figure, Error> {
    let figure = Optima::over(flops("3e17")?, flops("1e24")?)
        .approach2("Approach 2", profiles)?
        .fit("Approach 3", fit)?
        .published()?
        .figure()?;
    Ok(figure.note("A simulated sweep. Bands and bars: one standard error either way."))
}

/// How sure a small and noisy set of runs is of its optimum.
fn cloud(runs: &Runs) -> Result<Figure, Error> {
    let approach = Approach3::new();
    let fit = approach.fit(runs)?;
    let refits = approach.refits(runs, &fit, &Resampling::Pairs, 400, 1)?;
    let laws: Vec<Chinchilla> = refits
        .iter()
        .map(|r| r.coefficients)
        .filter_map(|[e, a, b, alpha, beta]| Chinchilla::new(e, a, b, alpha, beta).ok())
        .collect();
    let figure = Optima::over(flops("1e10")?, flops("1e15")?)
        .fit("this fit, one standard error", &fit)?
        .cloud("90 % of 400 bootstrap refits", &laws, 0.9)?
        .figure()?;
    Ok(figure.note("34 small byte-level models (docs/data); the runs end at 3.2e12 FLOP."))
}

fn schedules() -> Result<Figure, Error> {
    let (peak, end, warmup, steps) = (3e-4, 3e-5, 2160, 33_907);
    let named = [
        ("cosine", Schedule::cosine(peak, end, warmup, steps)?),
        ("linear", Schedule::linear(peak, end, warmup, steps)?),
        (
            "warm-up, stable, decay",
            Schedule::warmup_stable_decay(
                peak,
                end,
                warmup,
                4 * steps / 5,
                steps,
                scaling_laws::laws::Decay::Exponential,
            )?,
        ),
    ];
    Ok(figures::schedules(&LUO_2025_100M, &named)?)
}

fn frontier() -> Result<Figure, Error> {
    let budgets: Vec<Flops> =
        (0..=12).map(|k| Flops::new(1e21 * 10f64.powf(f64::from(k) / 3.0))).collect::<Result<_, _>>()?;
    let free = allocate_frontier(&BESIROGLU_2024, &Constraints::new(), &budgets)?;
    let small = Constraints::new().max_params(Params::billions(13.0)?);
    let small = allocate_frontier(&BESIROGLU_2024, &small, &budgets)?;
    let data = Constraints::new().max_tokens(Tokens::trillions(1.0)?);
    let data = allocate_frontier(&BESIROGLU_2024, &data, &budgets)?;
    Ok(figures::frontier(&[("unlimited", &free), ("N at most 13B", &small), ("D at most 1T", &data)])?)
}

/// The exponents of both approaches on the same runs.
fn intervals(fit: &scaling_laws::Fit, profiles: &scaling_laws::Approach2Fit) -> Result<Figure, Error> {
    let row = |label: &str, method: &str, value: f64, error: Option<f64>| {
        let error = 1.96 * error.unwrap_or(0.0);
        Estimate::new(label, method, value, value - error, value + error)
    };
    let (n, d, a) = (profiles.params_line(), profiles.tokens_line(), fit.exponent_a());
    let rows = [
        row("a, of N_{opt}", "Approach 2", n.exponent(), n.exponent_standard_error()),
        row("a, of N_{opt}", "Approach 3", a.value, a.standard_error),
        row("b, of D_{opt}", "Approach 2", d.exponent(), d.exponent_standard_error()),
        row("b, of D_{opt}", "Approach 3", 1.0 - a.value, a.standard_error),
    ];
    let figure = figures::intervals("Exponents of the optimum", Axis::linear("exponent of C"), &rows)?;
    Ok(figure.note("A simulated sweep with a = 0.514. Bars: 1.96 standard errors either way."))
}

/// Chinchilla's law on the sweep: fits below a budget, asked for the runs above it.
fn rolled(sweep: &Runs) -> Result<Figure, Error> {
    let found = roll_out(sweep, &Contender::named("chinchilla")?, 0.9)?;
    Ok(figures::rollout(&[&found])?.note("A simulated sweep."))
}

/// How sure the small models are of their law.
fn confidence(measured: &Runs) -> Result<[Figure; 2], Error> {
    let approach = Approach3::new();
    let fit = approach.fit(measured)?;
    let inference = Inference::new(&approach, measured, &fit).replicates(400);
    let mut asked = Vec::from(["E", "A", "B", "alpha", "beta"].map(Quantity::coefficient));
    asked.push(Quantity::ExponentParams);
    let level = Level::default();
    let mut found = Vec::new();
    for quantity in &asked {
        for method in [Method::Percentile, Method::Profile, Method::Delta] {
            found.push(inference.interval(quantity, level, method)?);
        }
    }
    Ok([figures::quantities(&found)?, figures::profiles(&inference, &asked, level)?])
}

/// Simulated training curves: a law's loss along the tokens, as if the rate were constant.
fn curves() -> Result<Vec<Curve>, Error> {
    let law = Chinchilla::new(1.75, 400.0, 1700.0, 0.34, 0.36)?;
    (0..9)
        .map(|k| {
            let params = Params::new(1e7 * 10f64.powf(f64::from(k) / 4.0))?;
            let tokens: Vec<f64> = (0..60).map(|j| 3e7 * 10f64.powf(f64::from(j) * 0.055)).collect();
            let loss = |d: &f64| Ok(law.loss(params, Tokens::new(*d)?)?.get());
            let losses: Vec<f64> = tokens.iter().map(loss).collect::<Result<_, Error>>()?;
            Ok(Curve::new(format!("{params}"), params, &tokens, &losses)?)
        })
        .collect()
}

fn sweep() -> Result<Runs, Error> {
    let reader = CsvReader::new().filter("status=finished".parse()?);
    Ok(reader.read_path(data("simulated-sweep.csv"))?)
}

fn data(name: &str) -> std::path::PathBuf {
    std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/data").join(name)
}

fn flops(text: &str) -> Result<Flops, scaling_laws::UnitError> {
    text.parse()
}
