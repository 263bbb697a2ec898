//! The families beyond Kaplan and Chinchilla: gradients, refits, and every test vector that `laws.json` holds for them.

use std::fmt::Debug;
use std::sync::Arc;

use scaling_laws::laws::*;
use scaling_laws::published::{self, Model, find};
use scaling_laws::{
    AllocationLine, Chinchilla, ComputeRule, Fitter, FlopCount, Flops, Law, LossModel, Nats, Norm, ParamCount, Params,
    Residual, Shape, Tokens, allocate,
};
use serde_json::Value;

use crate::quantities::{d, n};
use crate::shared::shared;

/// The gradient at the coefficients, and a fit that finds them again from 5 % beside.
fn check<L: Law + Debug>(law: &L, coefficients: &[f64], inputs: &[L::Input], refit: bool) {
    let count = coefficients.len();
    assert_eq!(law.coefficient_names().len(), count, "{law:?}");
    assert_eq!((law.bounds().len(), law.search_range().len()), (count, count), "{law:?}");
    for input in inputs {
        let error = law.gradient_error(coefficients, input);
        assert!(error < 1e-6, "{law:?}: gradient off by {error:e}");
    }
    let mut gradient = vec![0.0; count];
    let at = |c: &[f64], input: &L::Input, gradient: &mut [f64]| law.predict(c, input, gradient);
    // Declared linear means that a step in the coefficient changes the value by its slope, however long.
    for &j in law.linear() {
        let value = at(coefficients, &inputs[0], &mut gradient);
        let (slope, mut moved) = (gradient[j], coefficients.to_vec());
        moved[j] += 0.5;
        let expected = value + 0.5 * slope;
        let there = at(&moved, &inputs[0], &mut gradient);
        assert!((there - expected).abs() <= 1e-9 * there.abs().max(value.abs()), "{law:?} is not linear in {j}");
    }
    for (j, (bound, search)) in law.bounds().iter().zip(law.search_range()).enumerate() {
        assert!(bound.least <= search.least && search.greatest <= bound.greatest, "{law:?} {j}");
    }
    if refit {
        let values: Vec<f64> = inputs.iter().map(|x| law.predict(coefficients, x, &mut gradient)).collect();
        let start: Vec<f64> =
            coefficients.iter().enumerate().map(|(j, c)| c * if j % 2 == 0 { 1.03 } else { 0.98 }).collect();
        let fit = Fitter::new(law).residual(Residual::Raw).start(&start).fit(inputs, &values).unwrap();
        let worst = fit.residuals().iter().fold(0.0f64, |worst, r| worst.max(r.abs()));
        assert!(worst < 1e-5, "{law:?}: {worst:e} left, {:?}", fit.termination());
    }
}

fn grid() -> Vec<(Params, Tokens)> {
    let sizes = [1e7, 5e7, 2e8, 1e9, 7e9];
    sizes.iter().flat_map(|&p| [1e9, 4e9, 2e10, 2e11].map(|t| (n(p), d(t)))).collect()
}

/// Every family of N, D and more, with a third number for each point.
fn knobbed<T>(values: &[f64], make: impl Fn(Params, Tokens, f64) -> T) -> Vec<T> {
    grid().iter().flat_map(|&(p, t)| values.iter().map(|&v| make(p, t, v)).collect::<Vec<_>>()).collect()
}

#[test]
fn families_of_n_and_d_have_exact_gradients_and_find_their_coefficients_again() {
    check(&TiedExponentsForm, &[1.7, 400.0, 1000.0, 0.33], &grid(), true);
    check(&OverTrainingForm, &published::GADRE_2024_C4.coefficients(), &grid(), true);
    check(&OuterExponentForm, &[1.8, 600.0, 3000.0, 0.44, 0.49, 0.77], &grid(), true);
    check(&KaplanFloorForm, &[1.0, 6.4e9, 1.8e11, 0.2, 0.25], &grid(), true);
    check(&FarseerForm, &published::FARSEER_2025.coefficients(), &grid(), false);
}

#[test]
fn families_with_more_knobs_have_exact_gradients_and_find_their_coefficients_again() {
    let repeated = knobbed(&[3e8, 3e9, 1e12], |params, tokens, u| RepeatedRun { params, tokens, unique_tokens: d(u) });
    check(&RepetitionForm, &published::MUENNIGHOFF_2023.coefficients(), &repeated, true);
    let quantized = knobbed(&[3.0, 5.0, f64::INFINITY], |params, tokens, bits| QuantizedRun {
        params,
        tokens,
        bits: Bits { weights: bits, activations: 0.7 * bits, cache: 3.0, post_training: bits + 1.0 },
    });
    check(&PrecisionForm, &published::KUMAR_2024.coefficients(), &quantized, false);
    let float = knobbed(&[1.0, 3.0, 7.0], |params, tokens, mantissa_bits| FloatRun {
        params,
        tokens,
        format: FloatFormat { exponent_bits: 8.0 - mantissa_bits, mantissa_bits, block_size: 128.0 },
    });
    check(&FloatTrainingForm, &published::SUN_2025.coefficients(), &float, true);
    let routed = knobbed(&[1.0, 8.0, 64.0, 512.0], |params, _, experts| RoutedRun { params, experts });
    check(&RoutedForm, &published::CLARK_2022_S_BASE.coefficients(), &routed, true);
    let granular =
        knobbed(&[1.0, 4.0, 16.0], |params, tokens, granularity| GranularRun { params, tokens, granularity });
    check(&GranularityForm, &published::KRAJEWSKI_2024.coefficients(), &granular, true);
    let experts =
        knobbed(&[1.0, 8.0, 32.0], |active_params, tokens, experts| ExpertRun { active_params, tokens, experts });
    check(&JointExpertsForm, &published::LUDZIEJEWSKI_2025.coefficients(), &experts, true);
    let sparse = knobbed(&[0.0, 0.5, 0.9], |params, tokens, sparsity| SparseRun { params, tokens, sparsity });
    check(&SparsityForm, &published::ABNAR_2025.coefficients(), &sparse, true);
    check(&WeightSparsityForm, &published::FRANTAR_2023_T5.coefficients(), &sparse, true);
    let vocabulary =
        knobbed(&[1e7, 1e8], |other_params, tokens, v| VocabularyRun { other_params, vocabulary_params: n(v), tokens });
    check(&VocabularyForm, &published::TAO_2024.coefficients(), &vocabulary, true);
    let tuned = knobbed(&[1e6, 1e8], |params, _, data| FineTuning { params, data });
    check(&TransferForm, &published::HERNANDEZ_2021_TEXT.coefficients(), &tuned, false);
    let distilled = knobbed(&[2.0, 2.6], |student_params, student_tokens, teacher| DistilledRun {
        student_params,
        student_tokens,
        teacher_loss: Nats::new(teacher).unwrap(),
        supervised_loss: Nats::new(2.9).unwrap(),
    });
    check(&DistillationForm, &published::BUSBRIDGE_2025_STUDENT.coefficients(), &distilled, false);
}

#[test]
fn families_of_one_variable_have_exact_gradients_and_find_their_coefficients_again() {
    let x: Vec<f64> = (0..30).map(|i| 10f64.powf(0.1 + 0.25 * f64::from(i))).collect();
    check(&FlooredPowerForm, &[2.2, 63.0, 0.13], &x, true);
    check(&M1Form, &[2.0, -0.3], &x, true);
    check(&M2Form, &[0.1, 2.0, -0.3], &x, true);
    check(&M3Form, &[2.0, -0.3, 1e-4], &x, true);
    check(&M4Form, &[0.1, 0.9, 1.3, 3.0, -0.3], &x, true);
    check(&SaturatingForm, &[0.12, 0.63, 0.52, 0.32], &x, true);
    check(&BrokenForm::new(0).unwrap(), &[0.1, 2.0, 0.3], &x, true);
    check(&BrokenForm::new(2).unwrap(), &[0.1, 2.0, 0.1, 0.4, 1e3, 0.5, -0.2, 1e5, 0.4], &x, false);
    let losses: Vec<Nats> = (0..20).map(|i| Nats::new(1.5 + 0.1 * f64::from(i)).unwrap()).collect();
    check(&DownstreamErrorForm, &published::GADRE_2024_C4_46_TASKS.coefficients(), &losses, true);
    check(&SigmoidAccuracyForm, &[0.25, 0.95, 4.0, 2.4], &losses, true);
    let shares: Vec<Vec<f64>> = (0..20).map(|i| f64::from(i) / 20.0).map(|r| vec![r * r, r - r * r, 1.0 - r]).collect();
    check(&MixtureForm::new(3).unwrap(), &[1.0, 2.0, -3.0, 0.5, 0.2], &shares, false);
    let learning: Vec<(Params, f64)> = grid().iter().map(|&(p, t)| (p, t.get() / 5e5)).collect();
    check(&KaplanStepsForm, &[6.5e9, 2100.0, 0.2, 0.76], &learning, true);
    let pairs: Vec<Vec<f64>> = x.iter().enumerate().map(|(i, &x)| vec![x, 1.0 + i as f64 * i as f64]).collect();
    check(&PowerRuleForm::new(2).unwrap(), &[1.79, -0.7, 0.3], &pairs, true);
}

#[test]
fn families_of_curves_have_exact_gradients_and_find_their_coefficients_again() {
    let schedules = [
        Schedule::cosine(3e-4, 3e-5, 100, 2000).unwrap(),
        Schedule::warmup_stable_decay(3e-4, 3e-5, 100, 1500, 2000, Decay::Exponential).unwrap(),
        Schedule::linear(3e-4, 0.0, 100, 2001).unwrap(),
    ];
    let steps: Vec<usize> = (1..20).map(|i| 100 * i + 50).chain([1999]).collect();
    let mut points = Vec::new();
    let mut annealed = Vec::new();
    for schedule in schedules {
        annealed.extend(AnnealedPoint::of_schedule(&schedule, 0.99, &steps).unwrap());
        let schedule = Arc::new(schedule);
        points.extend(steps.iter().map(|&step| CurvePoint { schedule: Arc::clone(&schedule), step }));
    }
    check(&AnnealingForm, &[2.5246, 0.6536, 0.4205, 0.57], &annealed, true);
    check(&MultiPowerForm, &published::LUO_2025_100M.coefficients(), &points, false);
}

#[test]
fn slices_have_the_slopes_of_their_loss() {
    let e4m3 = FloatFormat { exponent_bits: 4.0, mantissa_bits: 3.0, block_size: 128.0 };
    let slices: Vec<Box<dyn LossModel>> = vec![
        Box::new(published::MUENNIGHOFF_2023.with_unique_tokens(d(25e9))),
        Box::new(published::KUMAR_2024.with_bits(Bits::training(5.0)).unwrap()),
        Box::new(published::SUN_2025.with_format(e4m3).unwrap()),
        Box::new(published::KRAJEWSKI_2024.with_granularity(8.0).unwrap()),
        Box::new(published::ABNAR_2025.with_sparsity(0.5).unwrap()),
        Box::new(published::BUSBRIDGE_2025.with_teacher(Nats::new(2.0).unwrap())),
        Box::new(published::GADRE_2024_REDPAJAMA),
        Box::new(published::FARSEER_2025),
    ];
    for slice in slices {
        for (x, y) in [(20.0, 23.0), (23.0, 26.5)] {
            let (h, here) = (1e-5, slice.at(x, y));
            let by_size = (slice.at(x + h, y).loss - slice.at(x - h, y).loss) / (2.0 * h);
            let by_data = (slice.at(x, y + h).loss - slice.at(x, y - h).loss) / (2.0 * h);
            assert!((here.d_ln_params - by_size).abs() < 1e-7, "{slice:?}: {} {by_size}", here.d_ln_params);
            assert!((here.d_ln_tokens - by_data).abs() < 1e-7, "{slice:?}: {} {by_data}", here.d_ln_tokens);
        }
    }
}

#[test]
fn the_closed_optima_are_those_of_a_search() {
    let closed: [&dyn LossModel; 3] = [
        &published::GADRE_2024_C4,
        &KaplanFloor::new([1.0, 6.4e13, 1.8e13, 0.076, 0.103]).unwrap(),
        &OuterExponent::new([1.8, 600.0, 3000.0, 0.44, 0.49, 0.77]).unwrap(),
    ];
    for law in closed {
        let budget = Flops::new(1e21).unwrap();
        let (exact, found) = (allocate(law, budget).unwrap(), scaling_laws::allocate_by_search(law, budget).unwrap());
        assert!((exact.params() / found.params() - 1.0).abs() < 1e-4, "{law:?}");
    }
}

#[test]
fn every_test_vector_of_the_other_papers_is_reproduced() {
    let Some(path) = shared("laws/laws.json") else { return };
    let file: Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    let (mut checked, mut faults) = (0, Vec::new());
    for law in file["laws"].as_array().unwrap() {
        let id = law["id"].as_str().unwrap();
        if super::vectors::OLDER.iter().any(|paper| id.starts_with(paper)) {
            continue;
        }
        for vector in law["test_vectors"].as_array().unwrap() {
            let quantity = vector["quantity"].as_str().unwrap();
            let Some(value) = compute(id, quantity, &vector["inputs"], vector["source"].as_str().unwrap()) else {
                faults.push(format!("{id}: nothing computes {quantity:?}: {}", vector["inputs"]));
                continue;
            };
            let number = |key: &str| vector[key].as_f64().unwrap();
            // Where the source disagrees with its own constants, the value computed here is held.
            let (expected, tolerance) = if vector["agrees"] == true {
                (number("expected"), number("tolerance"))
            } else {
                (number("computed"), 1e-8)
            };
            let rounded = ROUNDED_ETA.contains(&(id, vector["inputs"]["ds"].as_str().unwrap_or("")));
            // A regression on a grid; which points is not said, and the ends weigh.
            let regression = id.starts_with("pearce2024") && vector["inputs"]["what"] != "NT";
            for (expected, tolerance) in [(expected, tolerance), (number("computed"), 1e-6)] {
                let tolerance = if rounded { tolerance.max(1e-5) } else { tolerance };
                let tolerance = if regression { tolerance.max(2e-3) } else { tolerance };
                if (value - expected).abs() > tolerance.max(1e-9) * expected.abs() {
                    faults.push(format!("{id} {quantity}: {value}, {vector}"));
                }
            }
            checked += 1;
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    assert!(checked >= 185, "only {checked} vectors");
    eprintln!("{checked} vectors checked");
}

/// The vectors that are held to 1e-5 and no better. The file computed them with an eta of seven digits (RefinedWeb:
/// 0.1271975) and prints six: half a unit of the sixth digit times ln C = 46 moves the reducible loss by 2e-5.
const ROUNDED_ETA: [(&str, &str); 2] = [("gadre2024.loss", "RedPajama"), ("gadre2024.loss", "RefinedWeb")];

/// With the seventh digit of eta the vector of RefinedWeb is met to 1e-9; with the printed six it is missed by 2.5e-5 nats.
#[test]
fn the_seventh_digit_of_eta_is_what_the_vectors_of_refined_web_have_and_the_registry_lacks() {
    let [e, _, b, eta] = published::GADRE_2024_REFINEDWEB.coefficients();
    assert_eq!(eta, 0.127197);
    let exact = OverTraining::new([e, 125.0957 * 6f64.powf(0.1271975), b, 0.1271975]).unwrap();
    let at = |law: &OverTraining| law.loss(n(1e9), d(2e10)).unwrap().get();
    assert!((at(&exact) / 2.846354691462821 - 1.0).abs() < 1e-9, "{}", at(&exact));
    let missed = at(&published::GADRE_2024_REFINEDWEB) - 2.846354691462821;
    assert!((missed - 2.487e-5).abs() < 1e-8, "{missed}");
}

/// The slope in ln C, without embeddings, of what an observer of Kaplan's range sees, by least squares over a C that is even in
/// its logarithm from 10^12.95 to 10^20.7 FLOP (Pearce & Song 2024).
fn recounted_slope(law: &Chinchilla, what: &str) -> Option<f64> {
    let count = EmbeddingCount::PEARCE_2024;
    if what == "NT" {
        return Some(law.exponent_params());
    }
    let mut points = Vec::new();
    for i in 0..=4000 {
        let size = n(10f64.powf(1.0 + 0.0025 * f64::from(i)));
        let (compute, data) = (count.optimal_compute(law, size).ok()?, count.optimal_tokens(law, size).ok()?);
        if (12.95..=20.7).contains(&compute.get().log10()) {
            let loss = law.loss(count.total(size).ok()?, data).ok()?.get();
            let seen = match what {
                "N" => size.ln(),
                "L" => loss.ln(),
                _ => (loss - law.e()).ln(),
            };
            points.push((compute.ln(), seen));
        }
    }
    let weight = |i: usize| points[(i + 1).min(points.len() - 1)].0 - points[i.saturating_sub(1)].0;
    let total: f64 = (0..points.len()).map(weight).sum();
    let mean = |of: &dyn Fn((f64, f64)) -> f64| -> f64 {
        points.iter().enumerate().map(|(i, p)| weight(i) * of(*p)).sum::<f64>() / total
    };
    let (x, y) = (mean(&|p| p.0), mean(&|p| p.1));
    Some(mean(&|p| (p.0 - x) * (p.1 - y)) / mean(&|p| (p.0 - x).powi(2)))
}

fn compute(id: &str, quantity: &str, inputs: &Value, source: &str) -> Option<f64> {
    let x = |name: &str| inputs[name].as_f64();
    let text = |name: &str| inputs[name].as_str();
    let point = || Some((n(x("N")?), d(x("D")?)));
    let loss = |law: &dyn LossModel| {
        let (n, d) = point()?;
        Some(law.loss(n, d).ok()?.get())
    };
    let published_loss = |id: &str, knob: Option<(&str, f64)>| {
        let knobs = knob.iter().fold(Knobs::new(), |all, (name, value)| all.with(name, *value));
        loss(&*find(id).ok()?.slice(&knobs).ok()??)
    };
    let first = |id: &str, knobs: &[(&str, f64)]| {
        let knobs = knobs.iter().fold(Knobs::new(), |all, (name, value)| all.with(name, *value));
        Some(find(id).ok()?.evaluate(&knobs).ok()?.first()?.1)
    };
    let shape =
        |layers: &str, width: &str| Some(Shape::builder(x(layers)? as u64, x(width)? as u64).norm(Norm::Uncounted));
    Some(match (id, quantity) {
        ("deepseek2024.allocator", "6N1/M" | "6N2/M") => {
            let shape = shape("n_layer", "d")?.context(x("l")? as u64).vocabulary(x("V").unwrap_or(102_400.0) as u64);
            let shape = shape.build().ok()?;
            let of = |count| Some(shape.training_flops_per_token(count).ok()?.get());
            let six = if quantity == "6N1/M" { FlopCount::SixNonEmbedding } else { FlopCount::SixN };
            of(six)? / of(FlopCount::DeepSeek)?
        }
        ("sovit2023", "head width") => shape("heads", "w")?.heads(x("heads")? as u64).build().ok()?.head_size() as f64,
        ("sovit2023", _) => {
            let shape = shape("depth", "w")?.heads(16).feed_forward(x("mlp")? as u64).build().ok()?;
            shape.params(ParamCount::NonEmbedding).ok()?.get()
        }
        ("tao2024", "V") => first("tao2024.approach2", &[("params", x("Nnv")?)])? / x("d")?,
        // With C = N·D the exponent of N is b/(a + b), and that of N/D twice that less one.
        ("minicpm2024", "eta_c") => {
            2.0 * Chinchilla::new(1.0, 1.0, 1.0, x("a")?, x("b")?).ok()?.exponent_params() - 1.0
        }
        ("pearce2024.local_exponent", _) => {
            let c: Vec<f64> = inputs["coefs"].as_array()?.iter().filter_map(Value::as_f64).collect();
            let law = Chinchilla::new(c[2], c[0], c[1], c[3], c[4]).ok()?;
            recounted_slope(&law, text("what")?)?
        }
        ("muennighoff2023.L_NDU", "D'max/U") => {
            published::MUENNIGHOFF_2023.effective_tokens(d(1e20), d(1e9)).get() / 1e9
        }
        ("muennighoff2023.L_NDU", _) => published_loss(id, Some(("unique_tokens", x("U")?)))?,
        ("gadre2024.loss", _) => published_loss(&format!("gadre2024.loss.{}", text("ds")?.to_lowercase()), None)?,
        ("gadre2024.downstream", _) => {
            let id = format!("gadre2024.downstream.{}_{}", text("ds")?.to_lowercase(), text("tasks")?);
            find(&id).ok()?.evaluate(&Knobs::new().with("loss", x("L")?)).ok()?[0].1
        }
        ("porian2024.allocator", _) => {
            let kind =
                text("kind")?.to_lowercase().replace('/', ".").replace('+', "").replace("tuned_constant_lr", "tuned");
            let line = find(&format!("porian2024.allocator.{kind}")).ok()?.line()?;
            line.split(Flops::new(x("C")?).ok()?).ok()?.0.get()
        }
        ("deepseek2024.allocator", "product") => {
            let rules = &published::DEEPSEEK_2024_ALLOCATION;
            rules.evaluate(&Knobs::new().with("flops", 1.0)).ok()?.iter().product()
        }
        ("deepseek2024.allocator", "M_opt") => {
            published::DEEPSEEK_2024_ALLOCATION.evaluate(&Knobs::new().with("flops", x("C")?)).ok()?[0]
        }
        ("deepseek2024.hparams", what) => {
            let values =
                published::DEEPSEEK_2024_HYPERPARAMETERS.evaluate(&Knobs::new().with("flops", x("C")?)).ok()?;
            values[usize::from(what == "B")]
        }
        ("llama3.allocator", "FLOP") => ComputeRule::SixNd.flops(n(x("N")?), d(x("D")?)).ok()?.get(),
        ("llama3.allocator", _) if x("A")? == 0.299 => {
            published::LLAMA_3_ALLOCATION.split(Flops::new(x("C")?).ok()?).ok()?.1.get()
        }
        ("llama3.allocator", _) => {
            let line = AllocationLine::new(n(1.0 / (6.0 * x("A")?)), 1.0 - x("alpha")?).ok()?;
            line.split(Flops::new(x("C")?).ok()?).ok()?.1.get()
        }
        // The coefficient is the exponential of the mean in the authors' bootstrap, printed to two or three digits.
        ("steplaw2025", "lr coefficient" | "B coefficient") => {
            let name = if quantity.starts_with("lr") { "lr_coef" } else { "B_coef" };
            let (exact, printed) = (x("m")?.exp(), find(id).ok()?.coefficient(name)?.value);
            ((exact / printed - 1.0).abs() < 0.005).then_some(exact)?
        }
        ("steplaw2025", what) => {
            let knobs = Knobs::new().with("params", x("N").unwrap_or(1e9)).with("tokens", x("D")?);
            published::LI_2025_STEP_LAW.evaluate(&knobs).ok()?[usize::from(what == "B")]
        }
        ("mccandlish2018", what) => {
            let trade = BatchTradeoff::at(x("B")?, x("Bc")?).ok()?;
            let product = (trade.steps_factor - 1.0) * (trade.examples_factor - 1.0);
            if what == "S/S_min" { trade.steps_factor } else { product }
        }
        ("kumar2024.precision", "weight factor") => {
            published::KUMAR_2024.effective_share(Bits { weights: x("P")?, ..Bits::FULL })
        }
        ("kumar2024.precision", "factor") => {
            // Two vectors with the same input: one doubles D, the other N.
            let at = |size: f64, data: f64| published::KUMAR_2024.post_training_loss(n(1e8 * size), d(2e9 * data), 4.0);
            if source.starts_with("D doubling") {
                at(1.0, x("r")?) / at(1.0, 1.0)
            } else {
                at(1.0, 1.0) / at(x("r")?, 1.0)
            }
        }
        ("kumar2024.precision", "delta_PTQ") => {
            published::KUMAR_2024.post_training_loss(n(x("N")?), d(x("D")?), x("P")?)
        }
        ("kumar2024.precision", "L at full precision") => published_loss(id, None)?,
        ("kumar2024.precision", _) => {
            let gamma = x("gamma")?;
            let mut c = published::KUMAR_2024.coefficients();
            c[5..8].fill(gamma);
            Precision::new(c).ok()?.optimal_training_bits()?
        }
        ("fpquant2025", what) => {
            let law = published::SUN_2025;
            if what.starts_with("M_opt") {
                return Some(law.optimal_mantissa_bits(x("P")?).round());
            }
            let format = FloatFormat { exponent_bits: x("E")?, mantissa_bits: x("M")?, block_size: x("B")? };
            if what == "L" {
                loss(&law.with_format(format).ok()?)?
            } else {
                law.critical_tokens(n(x("N")?), format).ok()?.get()
            }
        }
        ("clark2022", what) => {
            let law = match text("r")? {
                "S-BASE" => published::CLARK_2022_S_BASE,
                "RL-R" => published::CLARK_2022_RL_R,
                _ => published::CLARK_2022_HASH,
            };
            let run = || Some(RoutedRun { params: n(x("N")?), experts: x("E")? });
            match what {
                "EPC" => law.effective_params(run()?).ok()?.get(),
                "N_cutoff" => law.cutoff()?.get(),
                _ => law.loss(run()?).ok()?.get(),
            }
        }
        ("krajewski2024", "FLOP") => {
            Granularity::training_flops(n(x("N_active")?), d(x("D")?), x("G")?, 64.0).ok()?.get()
        }
        ("krajewski2024", _) => {
            let mut c = published::KRAJEWSKI_2024.coefficients();
            (c[2], c[4]) = (x("al").unwrap_or(c[2]), x("be").unwrap_or(c[4]));
            loss(&Granularity::new(c).ok()?.with_granularity(x("G")?).ok()?)?
        }
        ("abnar2025", _) => published_loss(id, Some(("sparsity", x("S")?)))?,
        ("ludziejewski2025", what) => {
            let law: Chinchilla = published::LUDZIEJEWSKI_2025.with_experts(x("E")?).ok()?;
            let split = || allocate(&law, Flops::new(x("C")?).ok()?).ok();
            match what {
                "m" => law.a(),
                "mu" => -law.alpha(),
                "n" => law.b(),
                "nu" => -law.beta(),
                "D" => split()?.tokens().get(),
                _ => split()?.params().get(),
            }
        }
        ("frantar2023", _) => {
            let id = if text("k")? == "ViT/JFT" { "frantar2023.vit" } else { "frantar2023.t5" };
            published_loss(id, Some(("sparsity", x("S")?)))?
        }
        ("mpl2025", _) => {
            let law = match text("model")? {
                "25M" => published::LUO_2025_25M,
                "100M" => published::LUO_2025_100M,
                _ => published::LUO_2025_400M,
            };
            law.losses(&schedule(text("schedule")?)?, &[x("step")? as usize]).ok()?[0].get()
        }
        ("tissue2024", "L") => {
            let law = Annealing::new([2.5246, 0.6536, 0.4205, 0.57]).ok()?;
            law.loss(AnnealedPoint { area: x("S1")?, annealing: x("S2")? }).ok()?.get()
        }
        ("tissue2024", what) => {
            let schedule = schedule(text("schedule")?)?;
            let point = AnnealedPoint::of_schedule(&schedule, 0.999, &[x("step")? as usize]).ok()?[0];
            if what == "S1" { point.area } else { point.annealing }
        }
        ("minicpm2024", "B") => first("minicpm2024.batch", &[("loss", x("L")?)])?,
        ("porian2024.hparams", what) => {
            let values = find(id).ok()?.evaluate(&Knobs::new().with("params", x("N")?)).ok()?;
            values[usize::from(what != "LR")].1
        }
        ("moonlight2025", what) => {
            let values = find(id).ok()?.evaluate(&Knobs::new().with("flops", x("C")?)).ok()?;
            values[usize::from(what == "B")].1
        }
        ("bjorck2024", what) => {
            let (params, tokens) = if what.contains("tokens") { (1.0, x("ratio")?) } else { (x("ratio")?, 1.0) };
            first(id, &[("params_ratio", params), ("tokens_ratio", tokens)])?
        }
        ("bergsma2025", _) => first("bergsma2025.time_scale", &[("tokens_per_param", x("TPP")?)])?,
        ("zhang2024_cbs", "ratio") => {
            let at = |tokens: f64| first("zhang2024_cbs.tokens", &[("tokens", tokens)]);
            at(20e6)? / at(1e6)?
        }
        ("zhang2024_cbs", _) => {
            // The file's numbers are the one law where its equation meets the other.
            let chinchilla = first("zhang2024_cbs.chinchilla", &[("params", 1e6 * x("N")?)])?;
            if source.starts_with("20N") {
                first("zhang2024_cbs.tokens", &[("tokens", 20e6 * x("N")?)])?
            } else {
                chinchilla
            }
        }
        ("sardana2023.inference", _) => {
            let law = published::SARDANA_2023;
            let (size, service) = (n(x("N0")?), x("Dinf")?);
            let usual = law.usual_tokens(size).ok()?;
            let loss = Chinchilla::new(1.69, 406.4, 410.7, 0.336, 0.283).ok()?.loss(size, usual).ok()?;
            let (params, tokens) = law.at(loss, service).ok()?;
            let cost = |n: Params, d: Tokens| 6.0 * n.get() * d.get() + 2.0 * n.get() * service;
            match text("what")? {
                "D" => tokens.get(),
                "N" => params.get(),
                "Dx" => tokens / usual,
                _ => 1.0 - cost(params, tokens) / cost(size, usual),
            }
        }
        ("hagele2024", _) => first(id, &[("progress", x("x")?)])?,
        ("bnsl2022", _) => {
            let breaks: Vec<Break> = inputs["br"]
                .as_array()?
                .iter()
                .map(|b| Break {
                    change: b[0].as_f64().unwrap(),
                    at: b[1].as_f64().unwrap(),
                    width: b[2].as_f64().unwrap(),
                })
                .collect();
            Broken::new(x("a")?, x("b")?, x("c0")?, &breaks).ok()?.at(x("x")?).ok()?
        }
        ("m4_2022", _) => {
            let knob = |name| Some((name, x(name)?));
            first(id, &[knob("x")?, knob("e_inf")?, knob("e_0")?, knob("alpha")?, knob("beta")?, knob("c")?])?
        }
        ("farseer2025", _) => published_loss(id, None)?,
        ("henighan2020", "N_opt") => {
            let line = find(&format!("henighan2020.{}.N_opt", text("dom")?)).ok()?.line()?;
            line.split(Flops::from_pf_days(x("C_pfd")?).ok()?).ok()?.0.get()
        }
        ("henighan2020", _) => {
            let entry = find(&format!("henighan2020.{}.L_{}", text("dom")?, text("axis")?)).ok()?;
            let pf_day = 8.64e19;
            let at = if text("axis")? == "N" { ("params", x("x")?) } else { ("flops", x("x")? * pf_day) };
            entry.evaluate(&Knobs::new().with(at.0, at.1)).ok()?[0].1
        }
        ("hernandez2021", "factor") => {
            let at = |size: f64| {
                let run = FineTuning { params: n(size), data: 1e8 };
                published::HERNANDEZ_2021_TEXT.data_transferred(run).unwrap()
            };
            at(1e9 * x("r")?) / at(1e9)
        }
        ("hernandez2021", _) => {
            let id = if text("k")? == "text->python" { "hernandez2021.text" } else { "hernandez2021.text_and_code" };
            let knobs = Knobs::new().with("params", x("N")?).with("fine_tuning_data", x("D_F")?);
            find(id).ok()?.evaluate(&knobs).ok()?[0].1
        }
        ("busbridge2025", "L supervised") => published_loss("busbridge2025.supervised", None)?,
        ("busbridge2025", _) => {
            let law = published::BUSBRIDGE_2025.with_teacher(Nats::new(x("LT")?).ok()?);
            law.loss(n(x("NS")?), d(x("DS")?)).ok()?.get()
        }
        ("datamix2024", _) => {
            let Model::Formula(law) = find(&format!("datamix2024.{}", text("dom")?)).ok()?.model else { return None };
            let r = inputs["r"].as_array()?;
            let knobs =
                law.knobs().iter().zip(r).fold(Knobs::new(), |all, (k, r)| all.with(k.name, r.as_f64().unwrap()));
            law.evaluate(&knobs).ok()?[0]
        }
        ("zhai2021", _) => {
            let id = if text("k")? == "finetune" { "zhai2021.fine_tuned" } else { "zhai2021.ten_shot" };
            find(id).ok()?.evaluate(&Knobs::new().with("x", x("C_core_days")?)).ok()?[0].1
        }
        // The row of text, as transcribed, cannot be right and is not in the catalogue.
        ("aghajanyan2023", _) if text("m")? == "text" => {
            loss(&Chinchilla::new(2.42, 492.51, 1987.4, 0.18, 0.22).ok()?)?
        }
        ("aghajanyan2023", _) => published_loss(&format!("aghajanyan2023.{}", text("m")?), None)?,
        ("tao2024", _) => {
            let run = VocabularyRun {
                other_params: n(1e6 * x("Nnv_M")?),
                vocabulary_params: n(1e6 * x("Nv_M")?),
                tokens: d(1e9 * x("D_B")?),
            };
            published::TAO_2024.unigram_normalized_loss(run).ok()?
        }
        ("ho2024", "months") => published::HO_2024.months(),
        ("ho2024", _) => published::HO_2024.factor(12.0).ok()?,
        _ => return None,
    })
}

/// The schedules that the vectors name.
fn schedule(name: &str) -> Option<Schedule> {
    const PEAK: f64 = 3e-4;
    const END: f64 = 3e-5;
    const WARMUP: usize = 2160;
    let parts: Vec<&str> = name.split('_').collect();
    let step = |i: usize| parts.get(i)?.parse::<usize>().ok();
    match parts[0] {
        "cosine" => Schedule::cosine(PEAK, END, WARMUP, step(1)?).ok(),
        "wsd" => Schedule::warmup_stable_decay(PEAK, END, WARMUP, step(1)?, step(2)?, Decay::Exponential).ok(),
        "wsdcon" => Schedule::stepwise(&[(0, PEAK), (8000, step(1)? as f64 * 1e-5)], WARMUP, 16_000).ok(),
        _ => None,
    }
}
