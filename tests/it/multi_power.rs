//! The Multi-Power Law on the public curves: the printed errors, its authors' descent, and fits to the end.

use std::collections::BTreeMap;
use std::sync::Arc;

use scaling_laws::laws::{CurveLaw, CurvePoint, Decay, MultiPower, MultiPowerForm, Schedule};
use scaling_laws::{Bound, Fitter, Law, published};

use crate::real_fits::{number, predicted, rows};
use crate::shared::shared;

/// A schedule of the published curves.
fn schedule(name: &str) -> Schedule {
    let (peak, end, warmup) = (3e-4, 3e-5, 2160);
    let parts: Vec<&str> = name.split('_').collect();
    let step = |i: usize| parts[i].parse::<usize>().unwrap();
    let made = match parts[0] {
        "constant" => Schedule::constant(peak, warmup, step(1)),
        "cosine" => Schedule::cosine(peak, end, warmup, step(1)),
        "wsd" => Schedule::warmup_stable_decay(peak, end, warmup, step(1), step(2), Decay::Exponential),
        "wsdld" => Schedule::warmup_stable_decay(peak, end, warmup, step(1), step(2), Decay::Linear),
        "wsdcon" => Schedule::stepwise(&[(0, peak), (8000, step(1) as f64 * 1e-5)], warmup, 16_000),
        other => panic!("{other}"),
    };
    made.unwrap()
}

/// Points of a curve and their losses.
type Points = (Vec<CurvePoint>, Vec<f64>);

/// The points of one model's curves of this split, by schedule, every `stride`-th of them.
fn curves(model: &str, split: &str, stride: usize) -> Option<BTreeMap<String, Points>> {
    let rows = rows("data/curves/multipowerlaw_lr_schedules.csv")?;
    let mut curves: BTreeMap<String, Points> = BTreeMap::new();
    let mut schedules: BTreeMap<String, Arc<Schedule>> = BTreeMap::new();
    for row in rows.iter().filter(|row| row["model"] == model && row["split"] == split).step_by(stride) {
        let name = row["schedule"].clone();
        let schedule = schedules.entry(name.clone()).or_insert_with(|| Arc::new(schedule(&name)));
        let (points, losses) = curves.entry(name).or_default();
        points.push(CurvePoint { schedule: schedule.clone(), step: number(row, "step") as usize });
        losses.push(number(row, "loss"));
    }
    Some(curves)
}

/// Mean absolute and root mean square error, mean and greatest relative error of a law on a model's test schedules: each
/// over the points of a schedule, then their mean over the schedules, as in the authors' evaluation.
fn test_errors(coefficients: [f64; 7], model: &str) -> [f64; 4] {
    let law = MultiPower::new(coefficients).unwrap();
    let curves = curves(model, "test", 1).unwrap();
    assert_eq!(curves.len(), 6);
    let mut mean = [0.0; 4];
    for (points, losses) in curves.values() {
        let steps: Vec<usize> = points.iter().map(|point| point.step).collect();
        let said = law.losses(&points[0].schedule, &steps).unwrap();
        let errors: Vec<(f64, f64)> = said.iter().zip(losses).map(|(p, l)| ((p.get() - l).abs(), *l)).collect();
        let average = |of: fn(&(f64, f64)) -> f64| errors.iter().map(of).sum::<f64>() / errors.len() as f64;
        let worst = errors.iter().map(|(e, l)| e / l).fold(0.0, f64::max);
        let here = [average(|(e, _)| *e), average(|(e, _)| e * e).sqrt(), average(|(e, l)| e / l), worst];
        mean.iter_mut().zip(here).for_each(|(mean, here)| *mean += here / curves.len() as f64);
    }
    mean
}

/// What the authors' repository prints of its constants on the test schedules, in the order of [`test_errors`].
const PRINTED: [(&str, MultiPower, [f64; 4]); 2] = [
    ("25M", published::LUO_2025_25M, [0.00376, 0.00465, 0.00110, 0.00409]),
    ("100M", published::LUO_2025_100M, [0.00435, 0.00592, 0.00142, 0.00583]),
];

#[test]
fn the_published_multi_power_laws_err_on_the_test_schedules_by_what_their_authors_print() {
    if shared("data/curves/multipowerlaw_lr_schedules.csv").is_none() {
        return;
    }
    for (model, law, printed) in PRINTED {
        let errors = test_errors(law.coefficients(), model);
        eprintln!("{model}: {errors:.6?}, printed {printed:?}");
        // One of the eight is printed as .00142 where it is .001427.
        assert!(errors.iter().zip(printed).all(|(ours, theirs)| (ours - theirs).abs() < 8e-6), "{model}: {errors:?}");
    }
}

/// The authors' training schedules, every `stride`-th point of each.
fn training(model: &str, stride: usize) -> Vec<Points> {
    let train = curves(model, "train", stride).unwrap();
    assert_eq!(train.keys().map(String::as_str).collect::<Vec<_>>(), ["constant_24000", "cosine_24000", "wsdcon_9"]);
    train.into_values().collect()
}

/// Coefficients of a fit to schedules by the authors' objective: the sum of Huber(1e-3) of log residuals. With `held`, beta
/// and gamma stay at 1/2, where the authors' descent starts.
fn fitted(train: &[Points], held: bool) -> [f64; 7] {
    let points: Vec<CurvePoint> = train.iter().flat_map(|(points, _)| points.clone()).collect();
    let losses: Vec<f64> = train.iter().flat_map(|(_, losses)| losses.clone()).collect();
    // From the coefficients of another size: none of this model's own.
    let [floor, a, alpha, b, ..] = published::LUO_2025_400M.coefficients();
    let fitter = Fitter::new(&MultiPowerForm).start(&[floor, a, alpha, b, 1.0, 0.5, 0.5]);
    let fitter = if held { fitter.fix("beta", 0.5).fix("gamma", 0.5) } else { fitter };
    let fit = fitter.fit(&points, &losses).unwrap();
    eprintln!("{:?} {:?}", fit.values(), fit.termination());
    fit.values().try_into().unwrap()
}

/// Mean absolute error of a law on points.
fn error(coefficients: &[f64], (points, losses): &Points) -> f64 {
    let said = predicted(&MultiPowerForm, coefficients, points);
    said.iter().zip(losses).map(|(p, l)| (p - l).abs()).sum::<f64>() / losses.len() as f64
}

/// Σ Huber(1e-3) of the log residuals on all points of the training schedules.
fn training_objective(coefficients: &[f64], model: &str) -> f64 {
    let huber = |r: f64| if r.abs() <= 1e-3 { 0.5 * r * r } else { 1e-3 * (r.abs() - 5e-4) };
    let of = |(points, losses): &Points| -> f64 {
        let said = predicted(&MultiPowerForm, coefficients, points);
        said.iter().zip(losses).map(|(p, o)| huber(p.ln() - o.ln())).sum()
    };
    training(model, 1).iter().map(of).sum()
}

/// The published constants are an early stop of a descent: a law below them in the training objective is no better for it.
#[test]
fn a_lower_training_objective_of_the_multi_power_law_is_not_a_lower_test_error() {
    if shared("data/curves/multipowerlaw_lr_schedules.csv").is_none() {
        return;
    }
    for (model, law, _) in PRINTED {
        let of = |c: [f64; 7]| (training_objective(&c, model), test_errors(c, model)[0]);
        let [published, held, free] = {
            let train = training(model, 4);
            [law.coefficients(), fitted(&train, true), fitted(&train, false)].map(of)
        };
        eprintln!("{model}: objective and test error published {published:?}, held {held:?}, free {free:?}");
        assert!(free.0 < held.0 && held.0 < published.0, "{model}: {free:?} {held:?} {published:?}");
        assert!(held.1 < free.1, "{model}: {free:?} {held:?}");
    }
}

#[test]
fn the_multi_power_law_fitted_to_three_schedules_predicts_six_others_as_well_as_the_published_one() {
    if shared("data/curves/multipowerlaw_lr_schedules.csv").is_none() {
        return;
    }
    let mut ratios = Vec::new();
    for (model, _, printed) in PRINTED {
        let errors = test_errors(fitted(&training(model, 2), true), model);
        eprintln!("{model}: {errors:.5?}, printed {printed:?}");
        ratios.push([0, 1, 2, 3].map(|i| errors[i] / printed[i]));
    }
    let [small, large] = ratios[..] else { panic!() };
    // At 100M better in all four; at 25M better in the worst error and within a tenth in the others; better in the mean.
    assert!(large.iter().all(|ratio| *ratio < 0.9), "{large:?}");
    assert!(small[3] < 1.0 && small.iter().all(|ratio| *ratio < 1.1), "{small:?}");
    assert!((0..4).all(|i| small[i] + large[i] < 2.0), "{small:?} {large:?}");
}

/// Which of the two to use is told by the training schedules alone: fitted to two of them, the law with its shape held errs
/// less on the third.
#[test]
#[ignore = "minutes: twelve fits along a curved valley"]
fn a_training_schedule_left_out_speaks_for_the_shape_held() {
    if shared("data/curves/multipowerlaw_lr_schedules.csv").is_none() {
        return;
    }
    for (model, _, _) in PRINTED {
        let train = training(model, 6);
        let left_out = |held: bool| -> f64 {
            let one = |out: usize| {
                let rest: Vec<Points> =
                    train.iter().enumerate().filter(|(i, _)| *i != out).map(|(_, curve)| curve.clone()).collect();
                error(&fitted(&rest, held), &train[out])
            };
            (0..train.len()).map(one).sum::<f64>() / train.len() as f64
        };
        let (held, free) = (left_out(true), left_out(false));
        eprintln!("{model}: error on a schedule left out {held:.5} with the shape held, {free:.5} free");
        assert!(held < 0.7 * free, "{model}: {held} {free}");
    }
}

/// The authors' first step, L0 + A·S1^-alpha - B·(peak - eta); input S1 and peak - eta.
struct FirstStep;

impl Law for FirstStep {
    type Input = (f64, f64);

    fn coefficient_names(&self) -> &[&'static str] {
        &["L0", "A", "alpha", "B"]
    }
    fn bounds(&self) -> Vec<Bound> {
        vec![Bound::NONNEGATIVE; 4]
    }
    fn linear(&self) -> &[usize] {
        &[0, 1, 3]
    }
    fn search_range(&self) -> Vec<Bound> {
        vec![Bound::NONNEGATIVE, Bound::NONNEGATIVE, Bound::between(0.05, 1.5), Bound::NONNEGATIVE]
    }
    fn predict(&self, c: &[f64], &(area, below): &(f64, f64), gradient: &mut [f64]) -> f64 {
        let power = area.powf(-c[2]);
        gradient.copy_from_slice(&[1.0, power, -c[1] * power * area.ln(), -below]);
        c[0] + c[1] * power - c[3] * below
    }
}

/// The authors' estimate: the first step, then AdamW (rates 0.05 and, for the exponents, 0.005; decay 0.01) from C = 1 and
/// beta = gamma = 1/2 until twenty steps have brought nothing. See multi_power_reference.py.
fn authors_estimate(model: &str) -> [f64; 7] {
    let train = training(model, 1);
    let (points, losses): (Vec<_>, Vec<_>) = train.into_iter().unzip();
    let (points, losses) = (points.concat(), losses.concat());
    let reached = |point: &CurvePoint| {
        let rates = point.schedule.rates();
        (rates[..=point.step].iter().sum::<f64>(), 3e-4 - rates[point.step])
    };
    let first = Fitter::new(&FirstStep).fit(&points.iter().map(reached).collect::<Vec<_>>(), &losses).unwrap();
    let [floor, a, alpha, b] = first.values().try_into().unwrap();

    let mut c = [floor, a, alpha, b, 1.0, 0.5, 0.5];
    let (mut mean, mut square, mut slope) = ([0.0; 7], [0.0; 7], [0.0; 7]);
    let (mut least, mut best, mut without) = (f64::INFINITY, c, 0);
    for step in 1.. {
        let (mut objective, mut gradient) = (0.0, [0.0; 7]);
        for (point, loss) in points.iter().zip(&losses) {
            let said = MultiPowerForm.predict(&c, point, &mut slope);
            let r = said.ln() - loss.ln();
            objective += if r.abs() <= 1e-3 { 0.5 * r * r } else { 1e-3 * (r.abs() - 5e-4) };
            let pull = r.clamp(-1e-3, 1e-3) / said;
            gradient.iter_mut().zip(slope).for_each(|(sum, slope)| *sum += pull * slope);
        }
        for j in 0..7 {
            let rate = if matches!(j, 2 | 5 | 6) { 5e-3 } else { 5e-2 };
            mean[j] = 0.9 * mean[j] + 0.1 * gradient[j];
            square[j] = 0.999 * square[j] + 0.001 * gradient[j].powi(2);
            let (mean, square) = (mean[j] / (1.0 - 0.9f64.powi(step)), square[j] / (1.0 - 0.999f64.powi(step)));
            c[j] = c[j] * (1.0 - 0.01 * rate) - rate * mean / (square.sqrt() + 1e-8);
        }
        if objective < least {
            // As in their code, what is kept is the step after.
            (least, best, without) = (objective, c, 0);
        } else {
            without += 1;
            if without == 20 {
                break;
            }
        }
    }
    best
}

#[test]
fn the_authors_descent_on_our_law_ends_at_their_constants_and_test_errors() {
    if shared("data/curves/multipowerlaw_lr_schedules.csv").is_none() {
        return;
    }
    for (model, law, printed) in PRINTED {
        let found = authors_estimate(model);
        eprintln!("{model}: {found:?}");
        for (ours, theirs) in found.iter().zip(law.coefficients()) {
            assert!((ours / theirs - 1.0).abs() < 1e-4, "{model}: {ours} {theirs}");
        }
        let errors = test_errors(found, model);
        assert!(errors.iter().zip(printed).all(|(ours, theirs)| (ours - theirs).abs() < 8e-6), "{model}: {errors:?}");
    }
}
