use super::{Choice, Set, choose};
use crate::allocate::constrained::Constraints;
use crate::error::AllocateError;
use crate::laws::{Bits, FloatFormat, FloatTraining, Precision};

/// The best N and D for each set of number formats, the best format first: the compute-optimal bits.
///
/// A FLOP in P bits counts P/16 (C = 6·N·D·P/16, Kumar 2024), P being the widest of weights, activations and cache in
/// training; more than 16 bits cost no more. Bits after training change the loss and not the cost: what they save is
/// memory and bandwidth. Weights trained in no more bits than that lose nothing by it.
///
/// # Errors
/// Those of [`allocate_within`](crate::allocate_within), where no setting has an answer; [`AllocateError::Law`] for bits that
/// are not above zero.
///
/// ```
/// use scaling_laws::{choose_bits, laws::Bits, published::KUMAR_2024, Constraints, Flops};
/// let asked = Constraints::new().budget(Flops::new(1e21)?);
/// let settings: Vec<Bits> = (3..=16).map(|bits| Bits::training(f64::from(bits))).collect();
/// let best = choose_bits(&KUMAR_2024, &asked, &settings)?;
/// assert_eq!(best[0].setting.weights, 4.0);
/// assert!((KUMAR_2024.optimal_training_bits().unwrap() - 3.5).abs() < 0.1); // whatever the budget
/// # Ok::<(), scaling_laws::Error>(())
/// ```
pub fn choose_bits(
    law: &Precision,
    constraints: &Constraints,
    settings: &[Bits],
) -> Result<Vec<Choice<Bits>>, AllocateError> {
    choose(settings, constraints, |bits| {
        // Weights trained in as few bits are left as they are.
        let post_training = if bits.post_training < bits.weights { bits.post_training } else { f64::INFINITY };
        Ok(Set {
            law: law.with_bits(Bits { post_training, ..*bits })?,
            constraints: narrowed(constraints, bits.widest()),
            total: Box::new(|params| params),
        })
    })
}

/// The best N and D for each floating-point format of training, the best first (Sun 2025).
///
/// A format of E exponent and M mantissa bits has P = E + M + 1 and a FLOP in it counts P/16.
///
/// # Errors
/// As [`choose_bits`].
///
/// ```
/// use scaling_laws::{choose_float_format, published::SUN_2025, Constraints, Flops};
/// let formats: Vec<_> = [4, 6, 8, 16].iter().map(|bits| SUN_2025.best_format(*bits, 128.0)).collect::<Result<_, _>>()?;
/// let bits = |budget: f64| -> Result<f64, scaling_laws::Error> {
///     let best = choose_float_format(&SUN_2025, &Constraints::new().budget(Flops::new(budget)?), &formats)?;
///     Ok(1.0 + best[0].setting.exponent_bits + best[0].setting.mantissa_bits)
/// };
/// // Coarse formats hurt long trainings more: the best has more bits at a greater budget.
/// assert_eq!((bits(1e21)?, bits(1e24)?), (4.0, 6.0));
/// # Ok::<(), scaling_laws::Error>(())
/// ```
pub fn choose_float_format(
    law: &FloatTraining,
    constraints: &Constraints,
    formats: &[FloatFormat],
) -> Result<Vec<Choice<FloatFormat>>, AllocateError> {
    choose(formats, constraints, |format| {
        Ok(Set {
            law: law.with_format(*format)?,
            constraints: narrowed(constraints, format.bits()),
            total: Box::new(|params| params),
        })
    })
}

/// The same limits with FLOP of so many bits.
fn narrowed(constraints: &Constraints, bits: f64) -> Constraints {
    let factor = Precision::compute_factor(bits.min(Bits::FULL_COST));
    constraints.clone().training_factor(factor).serving_factor(factor)
}
