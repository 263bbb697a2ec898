use crate::math::dual::Real;

/// ln Ê, the expansion that E experts are worth (Clark 2022; used again by Ludziejewski 2025):
/// 1/Ê = 1/(E − 1 + (1/E_start − 1/E_max)⁻¹) + 1/E_max. It is E_start at E = 1 and never passes E_max.
pub(super) fn ln_saturated<T: Real>(experts: T, start: T, most: T) -> T {
    let one = T::of(1.0);
    let offset = one / (one / start - one / most);
    -(one / (experts - one + offset) + one / most).ln()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_runs_from_its_start_to_its_limit() {
        let at = |experts: f64| ln_saturated(experts, 1.847, 314.478).exp();
        assert!((at(1.0) - 1.847).abs() < 1e-12);
        assert!((at(1e12) - 314.478).abs() < 1e-6);
        assert!(at(8.0) > at(4.0) && at(4.0) > at(1.0));
    }
}
