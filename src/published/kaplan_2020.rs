//! Kaplan et al. 2020, Scaling Laws for Neural Language Models.

use super::Model;
use super::entry::{Coefficient, Entry, Range, UNKNOWN, pure, with_unit};
use super::kaplan_allocation::{KaplanAllocation, Power};
use crate::laws::{AllocationLine, CriticalBatch, FlopRule, KaplanFrontier, KaplanJoint, KaplanSteps, PowerLaw};
use crate::units::{ComputeRule, Conventions, Domain, Flops, ParamCount, Params, Tokens};

pub(super) const CONVENTIONS: Conventions = Conventions::new(ParamCount::NonEmbedding, ComputeRule::SixNd);

const DOMAIN: Domain = Domain {
    params: Some((Params::known(768.0), Params::known(1.5e9))),
    tokens: Some((Tokens::known(22e6), Tokens::known(23e9))),
    flops: None,
};

/// The same for laws of compute: the range by which Pearce 2024 takes up Kaplan's budgets, and the source of no other.
const BUDGETS: Domain = Domain { flops: Some((Flops::known(1e13), Flops::known(5e20))), ..DOMAIN };

/// The longest of the paper's runs.
const STEPS: &[Range] = &[Range::new("steps", 1.0, 250e3)];

/// L(N) = (8.8e13/N)^0.076: loss at convergence with unlimited data (Kaplan 2020, equation 1.1).
pub const KAPLAN_2020_BY_SIZE: PowerLaw = PowerLaw { scale: 8.8e13, exponent: 0.076 };

/// L(D) = (5.4e13/D)^0.095: loss of a large model on D tokens, stopped early (Kaplan 2020, equation 1.2).
pub const KAPLAN_2020_BY_DATA: PowerLaw = PowerLaw { scale: 5.4e13, exponent: 0.095 };

/// L(C) = (1.6e7/C)^0.057, C in PF-days at the paper's fixed batch (Kaplan 2020, table 5).
pub const KAPLAN_2020_BY_COMPUTE: PowerLaw = PowerLaw { scale: 1.6e7, exponent: 0.057 };

/// L(C_min) = (3.1e8/C_min)^0.050, C_min in PF-days (Kaplan 2020, equation 1.3).
pub const KAPLAN_2020_BY_MIN_COMPUTE: PowerLaw = PowerLaw { scale: 3.1e8, exponent: 0.050 };

/// Kaplan's L(N, D) with the constants of its own fit (Kaplan 2020, equation 1.5, table 2).
pub const KAPLAN_2020_JOINT: KaplanJoint =
    KaplanJoint { n_c: 6.4e13, d_c: 1.8e13, alpha_n: 0.076, alpha_d: 0.103, domain: DOMAIN };

/// Kaplan's L(N, S_min) with the constants of its own fit (Kaplan 2020, equation 1.6, table 3).
pub const KAPLAN_2020_STEPS: KaplanSteps = KaplanSteps { n_c: 6.5e13, s_c: 2100.0, alpha_n: 0.077, alpha_s: 0.76 };

/// B_crit(L) = 2e8/L^(1/0.21) tokens (Kaplan 2020, equation 1.4).
pub const KAPLAN_2020_CRITICAL_BATCH: CriticalBatch = CriticalBatch { b_star: 2e8, alpha_b: 0.21 };

/// The frontier derived from L(N, S_min) and B_crit(L) (Kaplan 2020, appendix B).
pub const KAPLAN_2020_FRONTIER: KaplanFrontier =
    KaplanFrontier { n_c: 6.5e13, s_c: 2100.0, b_star: 2.1e8, alpha_n: 0.077, alpha_s: 0.76, alpha_b: 0.21 };

/// N_opt = 1.3e9·(C_min/PF-day)^0.73 with D = C_min/(6N) (Kaplan 2020, table 6).
///
/// The budget is C_min. For a budget that is spent at the critical batch, halve it: see [`KaplanAllocation`], which
/// also gives batch, steps and the table's own D.
///
/// ```
/// use scaling_laws::{published, Flops};
/// let (n, _) = published::KAPLAN_2020_ALLOCATION.split(Flops::from_pf_days(1.0)?)?;
/// assert_eq!(n.to_string(), "1.3B");
/// # Ok::<(), scaling_laws::Error>(())
/// ```
// ln 1.3e9 − 0.73·ln 8.64e19.
pub const KAPLAN_2020_ALLOCATION: AllocationLine = AllocationLine::known(-12.525399023869163, 0.73, CONVENTIONS);

/// Kaplan's compute-optimal N, B, S_min and D (Kaplan 2020, table 6).
pub const KAPLAN_2020_TABLE_6: KaplanAllocation = KaplanAllocation {
    params: Power { at_one: 1.3e9, exponent: 0.73 },
    batch: Power { at_one: 2.0e6, exponent: 0.24 },
    min_steps: Power { at_one: 5.4e3, exponent: 0.03 },
    tokens: Power { at_one: 2e10, exponent: 0.27 },
};

const N: &str = "non-embedding parameters";
const PF_DAYS: &str = "PF-days";

const NOTE: &str = "WebText2 (2.29e10 tokens to train, 6.6e8 to test); GPT-2 byte-pair vocabulary of 50257; context \
    1024; batch 2^19 tokens, up to 250k steps; 3000 steps of warm-up, then cosine to zero. The scales N_c, D_c, C_c \
    depend on the vocabulary; only the exponents are meant to travel.";

/// What all entries of the paper share.
const PAPER: Entry = Entry {
    id: "",
    aliases: &[],
    title: "Scaling Laws for Neural Language Models",
    authors: "Kaplan, McCandlish, Henighan, Brown, Chess, Child, Gray, Radford, Wu, Amodei",
    year: 2020,
    arxiv: "2001.08361",
    equation: "",
    formula: "",
    coefficients: &[],
    conventions: CONVENTIONS,
    domain: DOMAIN,
    ranges: &[],
    data: "WebText2, GPT-2 vocabulary of 50k",
    note: NOTE,
    good_for: "",
    errata: &[],
    verified: true,
    verification: "read in the full text of the paper",
    model: Model::BySize(KAPLAN_2020_BY_SIZE),
};

const L_N: Entry = Entry {
    id: "kaplan2020.L_N",
    equation: "equation 1.1; table 5",
    formula: "L(N) = (N_c/N)^alpha_N",
    coefficients: &[with_unit("N_c", 8.8e13, N), pure("alpha_N", 0.076)],
    good_for: "loss at convergence with unlimited data",
    ..PAPER
};

const L_D: Entry = Entry {
    id: "kaplan2020.L_D",
    equation: "equation 1.2; table 5",
    formula: "L(D) = (D_c/D)^alpha_D",
    coefficients: &[with_unit("D_c", 5.4e13, "tokens"), pure("alpha_D", 0.095)],
    good_for: "loss of a large model limited by its data and stopped early",
    model: Model::ByData(KAPLAN_2020_BY_DATA),
    ..PAPER
};

const L_C: Entry = Entry {
    id: "kaplan2020.L_C",
    equation: "table 5",
    formula: "L(C) = (C_c/C)^alpha_C",
    coefficients: &[with_unit("C_c", 1.6e7, PF_DAYS), pure("alpha_C", 0.057)],
    good_for: "loss against compute spent at the paper's fixed batch of 2^19 tokens",
    model: Model::ByCompute { law: KAPLAN_2020_BY_COMPUTE, minimum: false },
    domain: BUDGETS,
    ..PAPER
};

const L_CMIN: Entry = Entry {
    id: "kaplan2020.L_Cmin",
    equation: "equation 1.3; table 5",
    formula: "L(C_min) = (C_c/C_min)^alpha_Cmin",
    coefficients: &[with_unit("C_c", 3.1e8, PF_DAYS), pure("alpha_Cmin", 0.050)],
    good_for: "the compute-efficient frontier, C_min being compute at a batch far below critical",
    errata: &["the frontier derived in appendix B from L(N, S_min) and B_crit has C_c = 1.6e8 PF-days and, by the \
        constants of table 3, the exponent 0.0525; the text prints 0.052 and 0.054, the direct fit 3.1e8 and 0.050. \
        The two routes are not to be mixed."],
    model: Model::ByCompute { law: KAPLAN_2020_BY_MIN_COMPUTE, minimum: true },
    domain: BUDGETS,
    ..PAPER
};

const L_ND: Entry = Entry {
    id: "kaplan2020.L_ND",
    aliases: &["kaplan", "kaplan2020"],
    equation: "equation 1.5; table 2",
    formula: "L(N, D) = [(N_c/N)^(alpha_N/alpha_D) + D_c/D]^alpha_D",
    coefficients: &[
        with_unit("N_c", 6.4e13, N),
        with_unit("D_c", 1.8e13, "tokens"),
        pure("alpha_N", 0.076),
        pure("alpha_D", 0.103),
    ],
    note: "WebText2 cut down to as few as 22M tokens, stopped early, dropout 10 %; GPT-2 byte-pair vocabulary of \
        50257; context 1024; batch 2^19 tokens. D is the size of the training set, not tokens read.",
    good_for: "over-fitting: how much data a size needs; history",
    errata: &["fitted apart from the one-variable laws: alpha_D is 0.103 here and 0.095 in L(D), N_c 6.4e13 here and \
        8.8e13 in L(N)."],
    model: Model::KaplanJoint(KAPLAN_2020_JOINT),
    ..PAPER
};

const L_NS: Entry = Entry {
    id: "kaplan2020.L_NS",
    equation: "equation 1.6; table 3",
    formula: "L(N, S_min) = (N_c/N)^alpha_N + (S_c/S_min)^alpha_S, S_min = S/(1 + B_crit/B)",
    coefficients: &[
        with_unit("N_c", 6.5e13, N),
        with_unit("S_c", 2100.0, "steps"),
        pure("alpha_N", 0.077),
        pure("alpha_S", 0.76),
    ],
    good_for: "learning curves in steps, after warm-up and with unlimited data",
    errata: &["fitted apart from the one-variable laws: alpha_N is 0.077 here and 0.076 in L(N), N_c 6.5e13 here and \
        8.8e13 in L(N)."],
    model: Model::Steps(KAPLAN_2020_STEPS),
    ranges: STEPS,
    ..PAPER
};

const B_CRIT: Entry = Entry {
    id: "kaplan2020.B_crit",
    equation: "equation 1.4, with 5.3 to 5.5",
    formula: "B_crit(L) = B_star/L^(1/alpha_B); S_min = S/(1 + B_crit/B); C_min = C/(1 + B/B_crit)",
    coefficients: &[with_unit("B_star", 2e8, "tokens"), pure("alpha_B", 0.21)],
    good_for: "the batch, in tokens, beyond which more of it saves few steps, at a given loss and any N",
    errata: &["B_star is 2e8 tokens in the text and 2.1e8 in table 5: 5 % in B_crit."],
    model: Model::CriticalBatch(KAPLAN_2020_CRITICAL_BATCH),
    ..PAPER
};

const ALLOCATOR: Entry = Entry {
    id: "kaplan2020.allocator",
    equation: "equations 1.7 and 1.8; table 6",
    formula: "N_opt = N_e C^p_N, C = C_min in PF-days; D = C/(6 N_opt), C in FLOP",
    coefficients: &ALLOCATOR_COEFFICIENTS,
    note: "WebText2, GPT-2 vocabulary of 50k. The table has three more powers of C_min: the batch B_e C^p_B, the steps \
        S_min = S_e C^p_S, and D_opt = D_e C^p_D; published::KAPLAN_2020_TABLE_6 gives them. D here is C/(6 N_opt) \
        instead, 1.1e10 at 1 PF-day, so that N and D spend the budget that is asked about: the table's 2e10 are the \
        tokens read at B = B_crit, where a run spends 2 C_min.",
    good_for: "the compute-optimal size as believed before Hoffmann 2022; history",
    errata: &[
        "D_opt is 2e10 C^0.27 in table 6 and 4e10 C^0.26 in equation 6.7, a factor of two. With the table's N_opt, \
            the tokens read at B = B_crit, 2 C_min/(6 N_opt), are 2.2e10 C^0.27, and C_min/(6 N_opt) is half of \
            that.",
        "C is C_min: a run at B = B_crit spends 2 C_min. Hoffmann 2022 (appendix D.4) quotes 4.68B for 1e21 FLOP, \
            which is C_min = C/2; C_min = C gives 7.77B.",
        "the exponent of N_opt is 0.73 fitted, 0.71 in the text of appendix B, and 0.68 there with the constants of \
            table 3.",
        "superseded: Hoffmann 2022 finds N_opt to grow with an exponent near 0.5.",
    ],
    model: Model::Line(KAPLAN_2020_ALLOCATION),
    domain: BUDGETS,
    ..PAPER
};

const ALLOCATOR_COEFFICIENTS: [Coefficient; 8] = [
    with_unit("N_e", 1.3e9, N),
    pure("p_N", 0.73),
    with_unit("B_e", 2.0e6, "tokens"),
    pure("p_B", 0.24),
    with_unit("S_e", 5.4e3, "steps"),
    pure("p_S", 0.03),
    with_unit("D_e", 2e10, "tokens"),
    pure("p_D", 0.27),
];

const FRONTIER: Entry = Entry {
    id: "kaplan2020.appendixB",
    equation: "appendix B; constants of tables 3 and 5",
    formula: "N(C), S(C), L(C) at least compute of L(N, S_min) = (N_c/N)^alpha_N + (S_c/S_min)^alpha_S with B_crit = \
        B_star/L^(1/alpha_B); C = C_min",
    coefficients: &[
        with_unit("N_c", 6.5e13, N),
        with_unit("S_c", 2100.0, "steps"),
        with_unit("B_star", 2.1e8, "tokens"),
        pure("alpha_N", 0.077),
        pure("alpha_S", 0.76),
        pure("alpha_B", 0.21),
    ],
    good_for: "the frontier derived from the learning curves and not fitted",
    errata: &[
        "C_c comes to 1.6e8 PF-days and the exponent of N to 0.681; the direct fit has 3.1e8 and 0.73, the text of the \
        appendix 0.71. The two routes are not to be mixed.",
    ],
    model: Model::Formula(&KAPLAN_2020_FRONTIER),
    domain: BUDGETS,
    ..PAPER
};

const FLOPS: Entry = Entry {
    id: "kaplan2020.flops",
    equation: "table 1 and section 2.1",
    formula: "C = 3 (2 N + 2 n_layer n_ctx d_attn) D, about 6 N D",
    coefficients: &[],
    data: "",
    note: "Dense transformers with d_model > n_ctx/12. Embedding look-up and logits are left out; the attention term is by \
        default. N = 12 n_layer d_model^2 in the usual shape.",
    good_for: "counting FLOPs without embeddings; Shape has this count and others",
    errata: &[],
    domain: UNKNOWN,
    model: Model::Formula(&FlopRule::Kaplan),
    ..PAPER
};

/// The entries of the paper.
pub(super) const ENTRIES: &[Entry] = &[L_N, L_D, L_C, L_CMIN, L_ND, L_NS, B_CRIT, ALLOCATOR, FRONTIER, FLOPS];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_is_the_table_in_flop_instead_of_pf_days() {
        let (typed, table) = (KAPLAN_2020_ALLOCATION, KAPLAN_2020_TABLE_6.line());
        assert!((typed.ln_k - table.ln_k).abs() < 1e-13, "{table:?}");
        assert_eq!((typed.exponent, typed.conventions), (table.exponent, table.conventions));
    }

    #[test]
    fn a_run_at_the_critical_batch_reads_the_tokens_of_the_table() {
        let optimum = KAPLAN_2020_TABLE_6.at_critical_batch(Flops::from_pf_days(2.0).unwrap()).unwrap();
        let read = ComputeRule::SixNd.tokens(Flops::from_pf_days(2.0).unwrap(), optimum.params).unwrap();
        assert!((read / optimum.tokens - 1.1077).abs() < 1e-4);
        // Its own batch and steps spend C_min to 2.5 %.
        let spent = 6.0 * optimum.params.get() * optimum.batch.get() * optimum.min_steps;
        assert!((spent / optimum.min_compute.get() - 0.975).abs() < 1e-12);
    }
}
