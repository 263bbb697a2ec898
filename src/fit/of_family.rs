//! Runs as the inputs of a family that is chosen by name.

use crate::error::{FitError, RunsError};
use crate::laws::{Family, Knob, Knobs};
use crate::runs::NumberColumns;
use crate::units::Domain;
use crate::warning::Warning;

/// The rows that a [`Family`] is fitted to, from runs or other measurements: each of its knobs from the column of the same name, or from the column
/// that `columns` gives for it, or at its default.
///
/// `params`, `tokens` and `flops` are what the table was read for, and in `columns` so is `loss`, unless a column has that very
/// name.
///
/// ```
/// use scaling_laws::{family_inputs, laws::family, Fitter, LossFunction, Runs};
/// let n = [1e7, 3e7, 1e8, 3e8, 1e9, 3e9];
/// let losses = n.map(|n: f64| 1.7 + (1e12 / n).powf(0.2));
/// let runs = Runs::from_columns(&n, &[1e11; 6], &losses)?;
/// let power = family("power")?; // L(N) = E + (x_c/N)^alpha
/// let rows = family_inputs(power, &runs, &[("x", "params")])?;
/// let fit = Fitter::new(power.form().as_ref()).loss(LossFunction::LeastSquares).fit(&rows, runs.losses())?;
/// assert!((fit.coefficient("alpha")?.value - 0.2).abs() < 1e-6);
/// # Ok::<(), scaling_laws::Error>(())
/// ```
///
/// # Errors
/// [`FitError::UnknownKnob`], [`FitError::MissingKnob`] and [`FitError::OwnInput`]; [`FitError::Runs`] for a column that is not there or holds no
/// numbers; [`FitError::Row`] for a run that the law cannot take, such as one with less than one expert.
pub fn family_inputs(
    family: &Family,
    runs: &impl NumberColumns,
    columns: &[(&str, &str)],
) -> Result<Vec<Vec<f64>>, FitError> {
    let known = || family.knobs().iter().map(|knob| knob.name).collect::<Vec<_>>().join(", ");
    if let Some((knob, _)) = columns.iter().find(|(name, _)| family.knobs().iter().all(|knob| knob.name != *name)) {
        return Err(FitError::UnknownKnob { law: family.name(), knob: (*knob).into(), known: known() });
    }
    let mut numbers = Vec::new();
    for knob in family.knobs() {
        let given = columns.iter().any(|(name, _)| *name == knob.name);
        // The loss of a row is what is fitted: a law of a loss must be told which other column holds it.
        if !given && knob.name == Knob::LOSS.name {
            return Err(FitError::OwnInput { law: family.name() });
        }
        match column(knob, runs, columns) {
            Ok(column) => numbers.push((knob.name, column)),
            Err(RunsError::UnknownColumn { found, .. }) if !given => {
                if knob.default.is_none() {
                    let (law, knob, meaning) = (family.name(), knob.name, knob.meaning);
                    return Err(FitError::MissingKnob { law, knob, meaning, found });
                }
            }
            Err(error) => return Err(error.into()),
        }
    }
    (0..runs.rows())
        .map(|row| {
            let cell = |column: &Vec<f64>| column.get(row).copied().unwrap_or(f64::NAN);
            let knobs = numbers.iter().fold(Knobs::new(), |knobs, (name, column)| knobs.with(name, cell(column)));
            family.row(&knobs).map_err(|reason| FitError::Row { row: row + 1, reason })
        })
        .collect()
}

fn column(knob: &Knob, runs: &impl NumberColumns, columns: &[(&str, &str)]) -> Result<Vec<f64>, RunsError> {
    match columns.iter().find(|(name, _)| *name == knob.name) {
        Some((_, column)) => runs.numbers(column),
        None => runs.quantity(knob.name),
    }
}

/// How far a question lies beyond the table that a [`Family`] was fitted to: an extrapolation for each of its knobs that is
/// above zero and outside of what its column holds.
///
/// ```
/// use scaling_laws::{family_range_warnings, laws::{family, Knobs}, Runs};
/// let runs = Runs::from_columns(&[1e8, 1e9], &[1e10; 2], &[3.0, 2.5])?;
/// let asked = Knobs::new().with("x", 1e12);
/// let warnings = family_range_warnings(family("power")?, &runs, &[("x", "params")], &asked);
/// assert!(warnings[0].to_string().contains("1000x"));
/// # Ok::<(), scaling_laws::Error>(())
/// ```
pub fn family_range_warnings(
    family: &Family,
    runs: &impl NumberColumns,
    columns: &[(&str, &str)],
    at: &Knobs,
) -> Vec<Warning> {
    let one = |knob: &Knob| {
        let value = at.get(knob.name).filter(|value| *value > 0.0)?;
        let held = column(knob, runs, columns).ok()?;
        let ends = held.iter().fold((f64::INFINITY, 0.0f64), |(least, most), x| (least.min(*x), most.max(*x)));
        let axis = match knob.name {
            "params" => "N",
            "tokens" => "D",
            "flops" => "C",
            other => other,
        };
        (ends.0 > 0.0 && ends.1.is_finite()).then(|| Domain::outside(axis, value, ends)).flatten()
    };
    family.knobs().iter().filter_map(one).collect()
}
