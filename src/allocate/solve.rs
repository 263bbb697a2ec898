use super::allocation::{Allocation, AllocationMethod};
use super::off_optimum;
use super::optimum::Optimum;
use crate::error::AllocateError;
use crate::laws::{AllocationLine, LossModel};
use crate::units::{Flops, Params, Tokens};
use crate::warning::Warning;

/// The compute-optimal split of a budget: the N and D of least loss on C = 6ND.
///
/// ```text
/// (N_opt, D_opt) = argmin L(N, D)   over 6·N·D = C, N ≥ 1, D ≥ 1
/// ```
///
/// C in FLOP, N in parameters as the law counts them, D in tokens. By the law's formula where it has one, else by a
/// search along the IsoFLOP line that finds the best of several minima.
///
/// # Errors
/// [`AllocateError::NoInteriorOptimum`] if the loss is least at N = 1 or D = 1; [`AllocateError::Argument`] for a budget
/// below 6 FLOP; [`AllocateError::Law`] where the law is not finite; [`AllocateError::Unit`] for a law that does not
/// count C as 6ND.
///
/// ```
/// use scaling_laws::{allocate, Chinchilla, Flops};
/// let law = Chinchilla::new(1.69, 406.4, 410.7, 0.34, 0.28)?; // Hoffmann 2022, as printed
/// let split = allocate(&law, "5.76e23".parse::<Flops>()?)?;
/// assert_eq!((split.params().to_string(), split.tokens().to_string()), ("32.19B".into(), "2.982T".into()));
/// // Half the size at the same budget: 0.0056 nats worse, as if 14 % of the compute were lost.
/// let half = &split.off_optimum()[1];
/// assert_eq!(half.factor, 0.5);
/// assert!((half.penalty - 0.0056).abs() < 1e-4 && half.compute_factor.is_some_and(|f| (f - 0.86).abs() < 0.01));
/// # Ok::<(), scaling_laws::Error>(())
/// ```
pub fn allocate<L: LossModel + ?Sized>(law: &L, budget: Flops) -> Result<Allocation, AllocateError> {
    describe(&Optimum::new(law, budget)?)
}

/// As [`allocate`], but never by the law's formula: a check on the one by the other.
///
/// # Errors
/// As [`allocate`].
///
/// ```
/// use scaling_laws::{allocate, allocate_by_search, Flops, KaplanJoint};
/// let law = KaplanJoint::new(6.4e13, 1.8e13, 0.076, 0.103)?;
/// let budget = Flops::from_pf_days(1.0)?;
/// let (formula, search) = (allocate(&law, budget)?, allocate_by_search(&law, budget)?);
/// assert!((formula.params() / search.params() - 1.0).abs() < 1e-12);
/// # Ok::<(), scaling_laws::Error>(())
/// ```
pub fn allocate_by_search<L: LossModel + ?Sized>(law: &L, budget: Flops) -> Result<Allocation, AllocateError> {
    describe(&Optimum::by_search(law, budget)?)
}

/// N_opt and D_opt alone, without what [`allocate`] adds: for many budgets or many laws in a row.
///
/// # Errors
/// As [`allocate`].
///
/// ```
/// use scaling_laws::{optimal_split, Chinchilla, Flops};
/// let law = Chinchilla::new(1.8172, 482.01, 2085.43, 0.3478, 0.3658)?;
/// let (params, _) = optimal_split(&law, Flops::new(1e21)?)?;
/// assert!((params.get() / 2778459463.0676327 - 1.0).abs() < 1e-12);
/// # Ok::<(), scaling_laws::Error>(())
/// ```
pub fn optimal_split<L: LossModel + ?Sized>(law: &L, budget: Flops) -> Result<(Params, Tokens), AllocateError> {
    Optimum::new(law, budget)?.split()
}

/// The split of a budget by a line N_opt = k·C^a, for which no loss is known.
///
/// # Errors
/// [`AllocateError::Argument`] for a budget at which the line gives less than one parameter or one token;
/// [`AllocateError::Unit`] where a number overflows.
///
/// ```
/// use scaling_laws::{allocate_line, AllocationLine, Flops, Params};
/// let line = AllocationLine::new(Params::new(0.1)?, 0.5)?; // N = 0.1·C^0.5
/// let split = allocate_line(&line, Flops::new(1e22)?)?;
/// assert!((split.params().get() / 1e10 - 1.0).abs() < 1e-12);
/// assert!(split.loss().is_none());
/// # Ok::<(), scaling_laws::Error>(())
/// ```
pub fn allocate_line(line: &AllocationLine, budget: Flops) -> Result<Allocation, AllocateError> {
    let (params, tokens) = line.split(budget)?;
    if params.get() < 1.0 || tokens.get() < 1.0 {
        return Err(AllocateError::Argument {
            what: "budget",
            value: budget.get(),
            allowed: "one at which the line gives at least one parameter and one token",
        });
    }
    Ok(Allocation {
        budget,
        params,
        tokens,
        loss: None,
        exponent_params: line.exponent_params(),
        exponent_tokens: 1.0 - line.exponent_params(),
        method: AllocationMethod::Line,
        conventions: line.conventions(),
        off_optimum: Vec::new(),
        warnings: Vec::new(),
    })
}

fn describe<L: LossModel + ?Sized>(optimum: &Optimum<'_, L>) -> Result<Allocation, AllocateError> {
    let law = optimum.line.law;
    let (params, tokens) = optimum.split()?;
    let mut warnings = law.domain().warnings(params, tokens);
    if !optimum.by_slope {
        warnings.push(Warning::Ignored {
            what: "the law's slopes disagree with its losses and were not used; N is found from the losses alone, to \
                   about seven digits"
                .into(),
        });
    }
    let exponent_params = optimum.exponent()?;
    Ok(Allocation {
        budget: optimum.line.budget,
        params,
        tokens,
        loss: Some(optimum.loss()?),
        exponent_params,
        exponent_tokens: 1.0 - exponent_params,
        method: optimum.method,
        conventions: law.conventions(),
        off_optimum: off_optimum::table(optimum)?,
        warnings,
    })
}
