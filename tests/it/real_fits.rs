//! The families fitted to public runs, against what their papers print or what their printed coefficients reach.

use std::collections::BTreeMap;
use std::sync::Arc;

use scaling_laws::laws::{
    BrokenForm, CurveLaw, CurvePoint, Decay, M4Form, MultiPower, MultiPowerForm, PowerRuleForm, RepeatedRun,
    RepetitionForm, RoutedForm, RoutedRun, Schedule,
};
use scaling_laws::published::{self, find};
use scaling_laws::{Fitter, Law, LossFunction, Params, Residual, Tokens};
use serde_json::Value;

use crate::shared::shared;

/// The rows of a CSV file as maps; no cell of these files holds a comma.
fn rows(path: &str) -> Option<Vec<BTreeMap<String, String>>> {
    let text = std::fs::read_to_string(shared(path)?).unwrap();
    let mut lines = text.lines().map(|line| line.split(',').map(str::to_owned).collect::<Vec<String>>());
    let header = lines.next().unwrap();
    Some(lines.map(|cells| header.iter().cloned().zip(cells).collect()).collect())
}

fn number(row: &BTreeMap<String, String>, name: &str) -> f64 {
    row[name].parse().unwrap()
}

fn params(value: f64) -> Params {
    Params::new(value).unwrap()
}

/// Value of the law at each input.
fn predicted<L: Law>(law: &L, coefficients: &[f64], inputs: &[L::Input]) -> Vec<f64> {
    let mut gradient = vec![0.0; coefficients.len()];
    inputs.iter().map(|input| law.predict(coefficients, input, &mut gradient)).collect()
}

/// Root mean square of ln ŷ − ln y.
fn log_error(predicted: &[f64], observed: &[f64]) -> f64 {
    let squares: f64 = predicted.iter().zip(observed).map(|(p, o)| (p.ln() - o.ln()).powi(2)).sum();
    (squares / observed.len() as f64).sqrt()
}

#[test]
fn repetition_reaches_a_lower_objective_than_the_published_constants_in_a_flat_valley() {
    let Some(rows) = rows("data/runs/datablations_c4.csv") else { return };
    let kept: Vec<_> = rows.iter().filter(|row| row["in_published_fit"] == "1").collect();
    assert_eq!(kept.len(), 182);
    let runs: Vec<RepeatedRun> = kept
        .iter()
        .map(|row| RepeatedRun {
            params: params(number(row, "params")),
            tokens: Tokens::new(number(row, "tokens")).unwrap(),
            unique_tokens: Tokens::new(number(row, "unique_tokens")).unwrap(),
        })
        .collect();
    let losses: Vec<f64> = kept.iter().map(|row| number(row, "loss")).collect();
    let form = RepetitionForm;
    let fixed = |fitter: Fitter<'static, RepetitionForm>| {
        fitter
            .fix("E", 0.6254804f64.exp())
            .fix("A", 6.255414f64.exp())
            .fix("B", 7.3049974f64.exp())
            .fix("alpha", 0.3526596)
            .fix("beta", 0.3526596)
    };
    let law: &'static RepetitionForm = &RepetitionForm;
    // The published pair is evaluated by a fit with nothing free but one coefficient on a hair's breadth.
    let at = |r_d: f64, r_n: f64| {
        let c = [0.6254804f64.exp(), 6.255414f64.exp(), 7.3049974f64.exp(), 0.3526596, 0.3526596, r_d, r_n];
        let huber = |r: f64| if r.abs() <= 1e-3 { 0.5 * r * r } else { 1e-3 * (r.abs() - 5e-4) };
        predicted(&form, &c, &runs).iter().zip(&losses).map(|(p, o)| huber(p.ln() - o.ln())).sum::<f64>()
    };
    let published = at(15.387756, 5.309743);
    assert!((published / 0.0158259353 - 1.0).abs() < 1e-7, "{published}");
    let fit = fixed(Fitter::new(law)).fit(&runs, &losses).unwrap();
    let [r_d, r_n] = ["R_D_star", "R_N_star"].map(|name| fit.coefficient(name).unwrap().value);
    eprintln!("R_D* {r_d} R_N* {r_n} objective {} ({:?})", fit.objective(), fit.termination());
    assert!(fit.objective() <= 0.0158046645 * (1.0 + 1e-8), "{}", fit.objective());
    assert!((at(r_d, r_n) / fit.objective() - 1.0).abs() < 1e-9);
    // The valley: R_D* fixed anywhere from 15 to 300, R_N* free.
    let mut profile = Vec::new();
    for r_d in [5.0, 10.0, 15.387756, 30.0, 60.0, 95.0, 300.0, 3000.0] {
        let held = fixed(Fitter::new(law)).fix("R_D_star", r_d).fit(&runs, &losses).unwrap();
        profile.push((r_d, held.objective() / fit.objective() - 1.0));
        eprintln!(
            "R_D* {r_d}: R_N* {}, excess {:.3e}",
            held.coefficient("R_N_star").unwrap().value,
            profile.last().unwrap().1
        );
    }
    assert!(profile.iter().all(|(_, excess)| *excess >= -1e-9));
    let flat = profile.iter().filter(|(r_d, _)| (15.0..=300.0).contains(r_d));
    assert!(flat.into_iter().all(|(_, excess)| *excess < 5e-3), "{profile:?}");
}

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

struct Curves {
    points: Vec<CurvePoint>,
    losses: Vec<f64>,
}

/// The points of one model's curves of this split, every `stride`-th of them.
fn curves(model: &str, split: &str, stride: usize) -> Option<Curves> {
    let mut schedules: BTreeMap<String, Arc<Schedule>> = BTreeMap::new();
    let (mut points, mut losses) = (Vec::new(), Vec::new());
    let rows = rows("data/curves/multipowerlaw_lr_schedules.csv")?;
    for row in rows.iter().filter(|row| row["model"] == model && row["split"] == split).step_by(stride) {
        let schedule = schedules.entry(row["schedule"].clone()).or_insert_with(|| Arc::new(schedule(&row["schedule"])));
        let step = number(row, "step") as usize;
        if step < schedule.len() {
            points.push(CurvePoint { schedule: schedule.clone(), step });
            losses.push(number(row, "loss"));
        }
    }
    Some(Curves { points, losses })
}

fn mean_error(law: [f64; 7], curves: &Curves) -> f64 {
    let law = MultiPower::new(law).unwrap();
    let errors = curves
        .points
        .iter()
        .zip(&curves.losses)
        .map(|(point, loss)| (law.losses(&point.schedule, &[point.step]).unwrap()[0].get() - loss).abs());
    errors.sum::<f64>() / curves.losses.len() as f64
}

/// Two fits. The exact minimum of the training objective lies at half of what the published coefficients reach, but in a
/// corner of beta and gamma that predicts unseen schedules worse: seven coefficients are more than three curves of one size
/// tell. With the shape (C, beta, gamma) of another size held, the unseen schedules come out about as published.
fn multi_power(model: &str, published: MultiPower, stride: usize) {
    let Some(train) = curves(model, "train", stride) else { return };
    let test = curves(model, "test", 8).unwrap();
    // From the coefficients of another size: none of this model's own.
    let start = published::LUO_2025_400M.coefficients();
    let huber = |r: f64| if r.abs() <= 1e-3 { 0.5 * r * r } else { 1e-3 * (r.abs() - 5e-4) };
    let objective = |c: &[f64]| -> f64 {
        let values = predicted(&MultiPowerForm, c, &train.points);
        values.iter().zip(&train.losses).map(|(p, o)| huber(p.ln() - o.ln())).sum()
    };
    let free = Fitter::new(&MultiPowerForm).start(&start).fit(&train.points, &train.losses).unwrap();
    let of_published = objective(&published.coefficients());
    assert!(free.objective() < 0.75 * of_published, "{model}: {} {of_published}", free.objective());
    let held = Fitter::new(&MultiPowerForm).start(&start);
    let held = held.fix("C", start[4]).fix("beta", start[5]).fix("gamma", start[6]);
    let held = held.fit(&train.points, &train.losses).unwrap();
    let error = |values: Vec<f64>| mean_error(values.try_into().unwrap(), &test);
    let (free_error, held_error) = (error(free.values()), error(held.values()));
    let theirs = mean_error(published.coefficients(), &test);
    eprintln!(
        "{model}: training objective {:.3e} free, {:.3e} held, {of_published:.3e} published; mean error on the test \
         schedules {free_error:.5} free, {held_error:.5} held, {theirs:.5} published",
        free.objective(),
        held.objective()
    );
    assert!(held_error < free_error && held_error < 1.3 * theirs, "{model}: {held_error} {free_error} {theirs}");
}

#[test]
fn the_multi_power_law_predicts_unseen_schedules_as_well_as_its_paper() {
    multi_power("25M", published::LUO_2025_25M, 8);
    multi_power("100M", published::LUO_2025_100M, 8);
}

#[test]
#[ignore = "every point of the training curves: over ten seconds"]
fn the_multi_power_law_on_all_points() {
    multi_power("25M", published::LUO_2025_25M, 1);
    multi_power("100M", published::LUO_2025_100M, 1);
}

#[test]
fn the_routed_law_fits_the_runs_at_least_as_well_as_the_printed_coefficients() {
    let Some(rows) = rows("data/runs/deepmind_routing_final.csv") else { return };
    assert_eq!(rows.len(), 223);
    for (group, law) in [
        ("S-Base", published::CLARK_2022_S_BASE),
        ("RL-R", published::CLARK_2022_RL_R),
        ("HASH", published::CLARK_2022_HASH),
    ] {
        let of_group = |row: &&BTreeMap<String, String>| {
            let plain = row["k"] == "1" && (row["routing_frequency"] == "0.5" || row["group"] == "Dense");
            plain && (row["group"].eq_ignore_ascii_case(group) || row["group"] == "Dense")
        };
        let kept: Vec<_> = rows.iter().filter(of_group).collect();
        let runs: Vec<RoutedRun> = kept
            .iter()
            .map(|row| RoutedRun { params: params(number(row, "params")), experts: number(row, "n_experts") })
            .collect();
        let losses: Vec<f64> = kept.iter().map(|row| number(row, "loss")).collect();
        assert!(runs.len() > 30, "{group}: {}", runs.len());
        let fit = Fitter::new(&RoutedForm).loss(LossFunction::LeastSquares).start(&law.coefficients());
        let fit = fit.fit(&runs, &losses).unwrap();
        let theirs = log_error(&predicted(&RoutedForm, &law.coefficients(), &runs), &losses);
        let ours = log_error(&predicted(&RoutedForm, &fit.values(), &runs), &losses);
        eprintln!("{group}, {} runs: rms {ours:.5}, printed {theirs:.5}; {:?}", runs.len(), fit.values());
        assert!(ours <= theirs, "{group}: {ours} {theirs}");
        assert!(ours < 0.01, "{group}: {ours}");
    }
}

#[test]
fn a_break_is_found_before_it_ends_and_m4_does_not_see_it() {
    let Some(rows) = rows("data/runs/bnsl_4digit_addition.csv") else { return };
    let of = |split: &str| -> (Vec<f64>, Vec<f64>) {
        let kept = rows.iter().filter(|row| row["split"] == split);
        kept.map(|row| (number(row, "dataset_size"), number(row, "loss"))).unzip()
    };
    let ((sizes, losses), (beyond, there)) = (of("fit"), of("extrapolate"));
    let one = BrokenForm::new(1).unwrap();
    let broken = Fitter::new(&one).loss(LossFunction::LeastSquares).fit(&sizes, &losses).unwrap();
    let m4 = Fitter::new(&M4Form).loss(LossFunction::LeastSquares).fit(&sizes, &losses).unwrap();
    let published: Vec<f64> = find("bnsl2022").unwrap().coefficients.iter().map(|c| c.value).collect();
    let error = |c: &[f64]| log_error(&predicted(&one, c, &beyond), &there);
    let (ours, theirs) = (error(&broken.values()), error(&published));
    let of_m4 = log_error(&predicted(&M4Form, &m4.values(), &beyond), &there);
    eprintln!(
        "4-digit addition: extrapolation rms BNSL {ours:.4}, published {theirs:.4}, M4 {of_m4:.4}; {:?}",
        broken.values()
    );
    let at = |c: &[f64]| log_error(&predicted(&one, c, &sizes), &losses);
    assert!(at(&broken.values()) <= at(&published) * (1.0 + 1e-6), "{} {}", at(&broken.values()), at(&published));
    assert!(ours < 0.5 * of_m4, "{ours} {of_m4}");
}

/// Extrapolation errors of the broken law and of M4 on the translation curves of these names.
fn translation(names: &[&str]) -> Vec<(f64, f64)> {
    let Some(rows) = rows("data/curves/revisiting_nmt.csv") else { return Vec::new() };
    let one = BrokenForm::new(1).unwrap();
    let of_name = |name: &&str| {
        let of = |split: &str| -> (Vec<f64>, Vec<f64>) {
            let kept = rows.iter().filter(|row| row["run_id"] == *name && row["split"] == split);
            kept.map(|row| (number(row, "examples") / 1e6, number(row, "loss"))).unzip()
        };
        let ((x, y), (beyond, there)) = (of("fit"), of("extrapolate"));
        let broken = Fitter::new(&one).loss(LossFunction::LeastSquares).fit(&x, &y).unwrap();
        let m4 = Fitter::new(&M4Form).loss(LossFunction::LeastSquares).fit(&x, &y).unwrap();
        let errors = (
            log_error(&predicted(&one, &broken.values(), &beyond), &there),
            log_error(&predicted(&M4Form, &m4.values(), &beyond), &there),
        );
        eprintln!("{name}: extrapolation error BNSL {:.4}, M4 {:.4}", errors.0, errors.1);
        // The broken law has two coefficients more and fits what it saw better.
        let within = |values: Vec<f64>| log_error(&values, &y);
        assert!(within(predicted(&one, &broken.values(), &x)) <= within(predicted(&M4Form, &m4.values(), &x)) * 1.001);
        errors
    };
    names.iter().map(of_name).collect()
}

#[test]
fn a_broken_law_extrapolates_a_translation_curve_to_a_tenth_of_a_percent_where_m4_errs_by_more() {
    for (broken, m4) in translation(&["nmt_6Enc_6Dec"]) {
        assert!(broken < 2e-3 && m4 > 1e-2, "{broken} {m4}");
    }
}

/// Six coefficients on nine or ten points: on two of the five curves the last point is missed by a tenth, where M4 misses
/// it by at most 3 %.
#[test]
#[ignore = "five fits of six coefficients each: over ten seconds"]
fn m4_is_the_safer_of_the_two_on_the_other_translation_curves() {
    let errors = translation(&["nmt_28Enc_6Dec", "nmt_6Enc_28Dec", "nmt_Dec-only", "nmt_TEnc-LSTM"]);
    if errors.is_empty() {
        return;
    }
    let worst = |of: fn(&(f64, f64)) -> f64| errors.iter().map(of).fold(0.0, f64::max);
    assert!(worst(|e| e.1) < 0.03 && worst(|e| e.0) > 0.05 && worst(|e| e.0) < 0.15, "{errors:?}");
}

#[test]
fn porians_exponents_come_out_to_four_digits_under_every_convention() {
    let (Some(rows), Some(pins)) = (rows("data/runs/porian_optima.csv"), shared("data/pins.json")) else { return };
    let pins: Value = serde_json::from_str(&std::fs::read_to_string(pins).unwrap()).unwrap();
    let pins = &pins.as_array().unwrap().iter().find(|pin| pin["id"] == "porian_n_exponents").unwrap()["published"];
    let mut groups: Vec<&str> = rows.iter().map(|row| row["group"].as_str()).collect();
    groups.sort_unstable();
    groups.dedup();
    assert_eq!(groups.len(), 15);
    let form = PowerRuleForm::new(1).unwrap();
    let mut pinned = 0;
    for group in groups {
        let kept: Vec<_> = rows.iter().filter(|row| row["group"] == group).collect();
        let compute: Vec<Vec<f64>> = kept.iter().map(|row| vec![number(row, "flops") / 1e18]).collect();
        let sizes: Vec<f64> = kept.iter().map(|row| number(row, "n_opt") / 1e6).collect();
        let fit = Fitter::new(&form).residual(Residual::Log).loss(LossFunction::LeastSquares);
        let exponent = fit.fit(&compute, &sizes).unwrap().coefficient("p1").unwrap().value;
        // The slope in closed form, for the groups that nobody pinned.
        let points: Vec<(f64, f64)> = compute.iter().zip(&sizes).map(|(c, n)| (c[0].ln(), n.ln())).collect();
        let count = points.len() as f64;
        let (x, y) = points.iter().fold((0.0, 0.0), |(x, y), p| (x + p.0 / count, y + p.1 / count));
        let slope = points.iter().map(|p| (p.0 - x) * (p.1 - y)).sum::<f64>()
            / points.iter().map(|p| (p.0 - x).powi(2)).sum::<f64>();
        assert!((exponent - slope).abs() < 1e-6, "{group}: {exponent} {slope}");
        if let Some(expected) = pins[group].as_f64() {
            assert!((exponent - expected).abs() < 5e-5, "{group}: {exponent} {expected}");
            pinned += 1;
        }
    }
    assert_eq!(pinned, pins.as_object().unwrap().len());
}
