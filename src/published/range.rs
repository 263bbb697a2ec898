use super::Entry;
use crate::laws::{Knob, Knobs, Quantity};
use crate::units::Domain;
use crate::warning::Warning;

impl Entry {
    /// One [`Warning::Extrapolation`] for each of N, D, C and the further knobs that lies outside the range on which the
    /// law was fitted, with the factor by which it does. Asked are what the law takes of the knobs, an N or D that all its runs
    /// had in common, the best N and D that it answers, and C of N and D where it is not given.
    ///
    /// ```
    /// use scaling_laws::{laws::Knobs, published};
    /// let entry = published::find("kumar2024")?;
    /// let at = Knobs::new().with("params", 100e6).with("tokens", 10e9).with("weight_bits", 1.0);
    /// assert_eq!(
    ///     entry.domain_warnings(&at)[0].to_string(),
    ///     "weight_bits = 1 lies 3x below 3, the end of the range the law was fitted on"
    /// );
    /// // The best N for 1e26 FLOP is far beyond the sizes of Kaplan 2020, and so is the budget.
    /// let warnings = published::find("kaplan2020.allocator")?.domain_warnings(&Knobs::new().with("flops", 1e26));
    /// assert!(warnings.len() == 3 && warnings[0].to_string().starts_with("N = "));
    /// # Ok::<(), scaling_laws::Error>(())
    /// ```
    pub fn domain_warnings(&self, knobs: &Knobs) -> Vec<Warning> {
        let own = knobs.only(self.model.knobs());
        let answered = self.answered(&own);
        let value = |knob: Knob, in_common: bool, best: Quantity| {
            let found = || answered.iter().find(|(quantity, _)| *quantity == best).map(|(_, value)| *value);
            let told = || knobs.get(knob.name).filter(|_| in_common);
            own.get(knob.name).or_else(found).or_else(told).filter(|value| value.is_finite() && *value > 0.0)
        };
        let (one_size, one_length) = (
            self.domain.params.is_some_and(|(least, most)| least == most),
            self.domain.tokens.is_some_and(|(least, most)| least == most),
        );
        let params = value(Knob::PARAMS, one_size, Quantity::OPTIMAL_PARAMS);
        let tokens = value(Knob::TOKENS, one_length, Quantity::OPTIMAL_TOKENS);
        let given = own.get(Knob::FLOPS.name).filter(|value| value.is_finite() && *value > 0.0);
        let flops = given.or_else(|| Some(self.cost_factor(&own)? * 6.0 * params? * tokens?));
        let mut warnings = self.domain.point_warnings(params, tokens, flops);
        for range in self.ranges {
            let of_name = || knobs.get(range.knob).filter(|value| value.is_finite());
            let ratio = || Some(tokens? / params?).filter(|_| range.knob == "tokens_per_param");
            let Some(value) = of_name().or_else(ratio) else { continue };
            // What is left tells how far a sparsity goes: 0.9999 of 0.98 is a two-hundredth of the weights or experts in use.
            warnings.extend(if range.knob == "sparsity" {
                Domain::outside("1 - sparsity", 1.0 - value, (1.0 - range.greatest, 1.0 - range.least))
            } else {
                Domain::outside(range.knob, value, (range.least, range.greatest))
            });
        }
        warnings
    }

    /// What an allocation answers; nothing where it is none or refuses.
    fn answered(&self, own: &Knobs) -> Vec<(Quantity, f64)> {
        let best = [Quantity::OPTIMAL_PARAMS, Quantity::OPTIMAL_TOKENS];
        if !self.model.quantities().iter().any(|quantity| best.contains(quantity)) {
            return Vec::new();
        }
        self.evaluate(own).unwrap_or_default()
    }

    /// C over 6ND with these knobs, where it is known.
    fn cost_factor(&self, own: &Knobs) -> Option<f64> {
        self.formula().map_or(Some(1.0), |law| law.cost_factor(own).ok().flatten())
    }
}

#[cfg(test)]
mod tests {
    use crate::laws::Knobs;
    use crate::published::find;

    fn said(id: &str, at: &[(&str, f64)]) -> Vec<String> {
        let knobs = at.iter().fold(Knobs::new(), |all, (name, value)| all.with(name, *value));
        find(id).unwrap().domain_warnings(&knobs).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn budgets_and_answers_far_outside_are_told() {
        for (id, words) in [
            ("kaplan2020.allocator", &["N = ", "D = ", "C = "][..]),
            ("minicpm2024", &["N = "]),
            ("henighan2020.video.N_opt", &["N = "]),
            ("kaplan2020.L_Cmin", &["C = "]),
            ("kaplan2020.L_C", &["C = "]),
            ("kaplan2020.appendixB", &["N = ", "C = "]),
            ("henighan2020.math.L_C", &["C = "]),
        ] {
            let warnings = said(id, &[("flops", 1e26)]);
            assert_eq!(warnings.len(), words.len(), "{id}: {warnings:?}");
            assert!(warnings.iter().zip(words).all(|(text, word)| text.starts_with(word)), "{id}: {warnings:?}");
        }
        assert!(said("kaplan2020.allocator", &[("flops", 1e18)]).is_empty());
        assert_eq!(said("kaplan2020.L_NS", &[("params", 1e8), ("steps", 1e9)]).len(), 1);
    }

    #[test]
    fn an_axis_that_a_law_does_not_take_is_not_asked() {
        assert!(said("kaplan2020.L_N", &[("params", 1e9), ("tokens", 1e15), ("flops", 1e30)]).is_empty());
        assert!(said("kaplan2020.L_D", &[("params", 1e15), ("tokens", 1e9)]).is_empty());
        // All runs of Clark 2022 had 130B tokens: its law takes no D and holds at no other.
        assert_eq!(said("clark2022.s_base", &[("params", 1e9), ("tokens", 13e9), ("experts", 8.0)]).len(), 1);
    }

    #[test]
    fn sparse_experts_cost_what_is_active_and_are_measured_by_what_is_left() {
        // 6ND is 3.4e21, of which a thirty-fourth is computed.
        let at = |sparsity: f64| said("abnar2025", &[("params", 7.5e9), ("tokens", 7.5e10), ("sparsity", sparsity)]);
        assert!(at(0.98).is_empty(), "{:?}", at(0.98));
        assert!(at(0.0)[0].starts_with("C = 3.375e21 FLOP"), "{:?}", at(0.0));
        let far = at(0.9999);
        assert!(far.iter().any(|text| text.starts_with("1 - sparsity = 1e-4 lies 200x below 0.02")), "{far:?}");
    }
}
