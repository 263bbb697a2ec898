use super::{Choice, Set, choose};
use crate::allocate::constrained::Constraints;
use crate::error::AllocateError;
use crate::laws::{Chinchilla, JointExperts, Slice, Sparsity};
use crate::units::Params;

/// The best active N and D for each number of experts, the best number first (Ludziejewski 2025).
///
/// N and its limits are active parameters, C = 6·N_act·D. `memory` is the most parameters there may be in all
/// ([`JointExperts::total_params`]): with it, few experts and many active parameters can be better than many experts.
///
/// # Errors
/// Those of [`allocate_within`](crate::allocate_within), where no setting has an answer; [`AllocateError::Law`] for fewer
/// than one expert.
///
/// ```
/// use scaling_laws::{choose_experts, published::LUDZIEJEWSKI_2025, Constraints, Flops, Params};
/// let (asked, experts) = (Constraints::new().budget(Flops::new(1e21)?), [1.0, 2.0, 4.0, 8.0, 16.0, 32.0]);
/// let free = choose_experts(&LUDZIEJEWSKI_2025, &asked, None, &experts)?;
/// assert_eq!(free[0].setting, 32.0);
/// let held = choose_experts(&LUDZIEJEWSKI_2025, &asked, Some(Params::billions(4.0)?), &experts)?;
/// assert!(held[0].setting < 32.0 && held[0].total_params.get() <= 4e9 * (1.0 + 1e-9));
/// # Ok::<(), scaling_laws::Error>(())
/// ```
pub fn choose_experts(
    law: &JointExperts,
    constraints: &Constraints,
    memory: Option<Params>,
    experts: &[f64],
) -> Result<Vec<Choice<f64>>, AllocateError> {
    choose(experts, constraints, |experts| {
        let experts = *experts;
        let chinchilla: Chinchilla = law.with_experts(experts)?;
        let mut limits = constraints.clone();
        if let Some(memory) = memory {
            let most = JointExperts::active_params(memory, experts)?;
            limits = limits.at_most_params(most);
        }
        let total = move |active| JointExperts::total_params(active, experts).unwrap_or(active);
        Ok(Set { law: chinchilla, constraints: limits, total: Box::new(total) })
    })
}

/// The best N and D for each sparsity, the best first (Abnar 2025).
///
/// N and its limits are all parameters, and so a limit of memory is one on N. Training costs the active share of 6ND. In
/// blocks of the usual proportions, a third of the active parameters attention and two thirds experts in use,
///
/// ```text
/// N_act/N = 3·(1 − S)/(3 − S)
/// ```
///
/// # Errors
/// Those of [`allocate_within`](crate::allocate_within), where no setting has an answer; [`AllocateError::Law`] unless each
/// sparsity is at least zero and below one.
///
/// ```
/// use scaling_laws::{choose_sparsity, published::ABNAR_2025, Constraints, Flops, Params};
/// let (asked, all) = (Constraints::new().budget(Flops::new(1e20)?), [0.0, 0.5, 0.75, 0.9, 0.95, 0.98]);
/// // Without a limit of memory the sparsest is the best; with one, a denser model.
/// assert_eq!(choose_sparsity(&ABNAR_2025, &asked, &all)?[0].setting, 0.98);
/// let held = choose_sparsity(&ABNAR_2025, &asked.max_params(Params::billions(1.0)?), &all)?;
/// assert!(held[0].setting < 0.98);
/// # Ok::<(), scaling_laws::Error>(())
/// ```
pub fn choose_sparsity(
    law: &Sparsity,
    constraints: &Constraints,
    sparsities: &[f64],
) -> Result<Vec<Choice<f64>>, AllocateError> {
    choose(sparsities, constraints, |sparsity| {
        let law: Slice<Sparsity> = law.with_sparsity(*sparsity)?;
        let active = Sparsity::active_share(*sparsity);
        let constraints = constraints.clone().training_factor(active).serving_factor(active);
        Ok(Set { law, constraints, total: Box::new(|params| params) })
    })
}
