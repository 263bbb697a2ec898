//! Numbers quoted by the papers, typed in with their source, so that they are checked without any file.

use scaling_laws::published::{self, find};
use scaling_laws::{AllocationLine, Flops, LossModel, Nats, Params, Tokens};

use super::{loss_law, optimal_params, optimal_tokens};

fn close(computed: f64, expected: f64, tolerance: f64, source: &str) {
    assert!((computed / expected - 1.0).abs() <= tolerance, "{source}: {computed}, expected {expected}");
}

#[test]
fn kaplans_laws_of_one_variable_give_the_quoted_ratios() {
    let by_size = published::KAPLAN_2020_BY_SIZE;
    close(
        by_size.at(2.0).unwrap() / by_size.at(1.0).unwrap(),
        0.95,
        2e-3,
        "section 1.2: twice the size, 0.95 of the loss",
    );
    close(by_size.at(1.5e9).unwrap(), 2.3035505519976587, 1e-12, "formula");
    close(published::KAPLAN_2020_BY_DATA.at(23e9).unwrap(), 2.090322343478339, 1e-12, "formula");
    close(published::KAPLAN_2020_BY_COMPUTE.at(1.0).unwrap(), 2.574155859897865, 1e-12, "formula");
    close(published::KAPLAN_2020_BY_MIN_COMPUTE.at(1.0).unwrap(), 2.6580802262455236, 1e-12, "formula");
    close(published::KAPLAN_2020_BY_MIN_COMPUTE.at(1.12e4).unwrap(), 1.7, 0.03, "section 6.3: L* at the crossing");
}

#[test]
fn kaplans_joint_laws_give_the_quoted_numbers() {
    let law = published::KAPLAN_2020_JOINT;
    let loss = law.loss(Params::billions(1.0).unwrap(), Tokens::billions(20.0).unwrap()).unwrap();
    close(loss.get(), 2.373882448217487, 1e-12, "formula with table 2");
    let [_, _, alpha_n, alpha_d] = law.coefficients();
    close(8f64.powf(alpha_n / alpha_d), 5.0, 0.08, "section 1.1: 8x the size needs about 5x the data");
    let steps = published::KAPLAN_2020_STEPS;
    close(steps.excess_at_optimum(), 0.1, 0.02, "appendix B: f is about 10 %");
    let loss = steps.loss(Params::millions(100.0).unwrap(), 1e5).unwrap();
    close(loss.get(), 2.8558889168577313, 1e-12, "formula with table 3");
}

#[test]
fn kaplans_critical_batch_doubles_when_the_loss_falls_by_13_percent() {
    let at = |loss: f64| published::KAPLAN_2020_CRITICAL_BATCH.at(Nats::new(loss).unwrap()).unwrap().get();
    close(at(0.87 * 3.0) / at(3.0), 2.0, 0.04, "section 5.1");
    close(at(3.0), 1069114.010235652, 1e-12, "formula with 2e8");
}

#[test]
fn kaplans_allocation_distinguishes_compute_spent_from_minimal_compute() {
    let table = published::KAPLAN_2020_TABLE_6;
    let budget = Flops::new(1e21).unwrap();
    close(table.at_critical_batch(budget).unwrap().params.get(), 4.68e9, 1e-3, "Hoffmann 2022, appendix D.4");
    let minimal = table.at_min_compute(budget).unwrap();
    close(minimal.params.get(), 7.77e9, 1e-3, "table 6 with C_min = C");
    let (n, d) = published::KAPLAN_2020_ALLOCATION.split(budget).unwrap();
    close(n.get(), minimal.params.get(), 1e-12, "the line is the table's N_opt");
    close(6.0 * n.get() * d.get(), 1e21, 1e-12, "the line spends the budget");

    let one = table.at_min_compute(Flops::from_pf_days(1.0).unwrap()).unwrap();
    for (computed, printed) in
        [(one.params.get(), 1.3e9), (one.batch.get(), 2.0e6), (one.min_steps, 5.4e3), (one.tokens.get(), 2e10)]
    {
        close(computed, printed, 1e-12, "table 6 at 1 PF-day");
    }
    let ten = table.at_min_compute(Flops::from_pf_days(10.0).unwrap()).unwrap();
    close(ten.tokens / one.tokens, 2.0, 0.08, "section 1.1: 10x the compute, twice the data");
    let crossing = table.at_min_compute(Flops::from_pf_days(1e4).unwrap()).unwrap();
    close(crossing.params.get(), 1e12, 0.1, "section 6.3: N at the crossing");
}

/// Rows of table 3 and table A3 as printed: N in 1e9, D in 1e12, FLOP.
type Row = (f64, f64, f64);
const APPROACH_1: [Row; 8] = [
    (0.4, 0.0080, 1.92e19),
    (1.0, 0.0202, 1.21e20),
    (10.0, 0.2051, 1.23e22),
    (175.0, 3.7, 3.85e24),
    (280.0, 5.9, 9.90e24),
    (520.0, 11.0, 3.43e25),
    (1000.0, 21.2, 1.27e26),
    (10000.0, 216.2, 1.30e28),
];
const APPROACH_2: [Row; 8] = [
    (0.4, 0.0077, 1.84e19),
    (1.0, 0.0200, 1.20e20),
    (10.0, 0.2195, 1.32e22),
    (175.0, 4.3, 4.54e24),
    (280.0, 7.1, 1.18e25),
    (520.0, 13.4, 4.19e25),
    (1000.0, 26.5, 1.59e26),
    (10000.0, 292.0, 1.75e28),
];
/// Without the rows of 67B and 280B and the FLOPs of 175B, which are misprinted.
const APPROACH_3: [Row; 7] = [
    (0.4, 0.0092, 2.21e19),
    (1.0, 0.0271, 1.62e20),
    (10.0, 0.4101, 2.46e22),
    (175.0, 12.0, 1.26e25),
    (520.0, 43.5, 1.36e26),
    (1000.0, 94.1, 5.65e26),
    (10000.0, 1425.5, 8.55e28),
];

#[test]
fn hoffmanns_lines_reproduce_the_printed_rows() {
    let check = |line: AllocationLine, rows: &[Row]| {
        for &(billions, trillions, flops) in rows {
            let source = format!("row of {billions}B, a = {:.3}", line.exponent_params());
            let tokens = line.tokens_for(Params::billions(billions).unwrap()).unwrap();
            close(tokens.get(), trillions * 1e12, 0.015, &source);
            let (n, d) = line.split(Flops::new(flops).unwrap()).unwrap();
            close(n.get(), billions * 1e9, 0.015, &source);
            close(d.get(), trillions * 1e12, 0.015, &source);
        }
    };
    check(published::HOFFMANN_2022_APPROACH_1, &APPROACH_1);
    check(published::HOFFMANN_2022_APPROACH_2, &APPROACH_2);
    check(published::HOFFMANN_2022_APPROACH_3_TABLE, &APPROACH_3);
}

#[test]
fn rounding_hoffmanns_coefficients_shifts_the_optimal_size_by_a_quarter() {
    let (exact, rounded) = (published::HOFFMANN_2022, published::HOFFMANN_2022_ROUNDED);
    close(optimal_params(&exact, 5.76e23), 40e9, 0.05, "section 3.4: 40B for Gopher's budget");
    close(optimal_params(&exact, 5.76e23) / optimal_params(&rounded, 5.76e23), 1.254, 1e-3, "25 %");
    // The rounded coefficients are those of the TeX source to the digits printed.
    for ((exact, rounded), unit) in
        exact.coefficients().into_iter().zip(rounded.coefficients()).zip([0.01, 0.1, 0.1, 0.01, 0.01])
    {
        assert!((exact - rounded).abs() <= 0.5 * unit, "{exact} {rounded}");
    }
}

#[test]
fn parametric_laws_give_the_quoted_losses_and_optima() {
    let loss =
        |id: &str, n: f64, d: f64| loss_law(id).loss(Params::new(n).unwrap(), Tokens::new(d).unwrap()).unwrap().get();
    for (id, chinchilla, gopher) in [
        ("hoffmann2022.parametric_tex", 1.9208460265656064, 1.9672433240299165),
        ("hoffmann2022.parametric_rounded", 1.9366454705587173, 1.9932584616598494),
    ] {
        close(loss(id, 70e9, 1.4e12), chinchilla, 1e-12, id);
        close(loss(id, 280e9, 300e9), gopher, 1e-12, id);
    }
    close(loss("besiroglu", 70e9, 1.4e12), 1.9738818631585637, 1e-12, "Besiroglu 2024");
    close(published::BESIROGLU_2024.exponent_params(), 0.5126, 1e-4, "Besiroglu 2024: a = 0.5126");
    close(optimal_params(&published::BESIROGLU_2024, 1e21), 2778459463.0676327, 1e-11, "formula");
    for (billions, trillions) in [(30.0, 1.56), (70.0, 4.26)] {
        let tokens = optimal_tokens(loss_law("hoffmann2022.parametric_3digit"), billions * 1e9);
        close(tokens, trillions * 1e12, 5e-3, "Sardana 2023");
    }
}

#[test]
fn the_printed_and_the_minimising_coefficients_of_besiroglu_allocate_alike() {
    for compute in [1e19, 1e21, 1e23, 1e26] {
        let ratio = optimal_params(&published::BESIROGLU_2024, compute)
            / optimal_params(&published::BESIROGLU_2024_MINIMISER, compute);
        assert!((ratio - 1.0).abs() < 0.02, "{compute:e}: {ratio}");
    }
}

#[test]
fn lines_have_no_loss_and_losses_no_line() {
    let line = find("hoffmann2022.approach2").unwrap();
    assert!(line.loss_model().is_none() && line.line().is_some());
    let law = find("chinchilla").unwrap();
    assert!(law.loss_model().is_some() && law.line().is_none());
    let batch = find("kaplan2020.B_crit").unwrap();
    assert!(batch.loss_model().is_none() && batch.line().is_none());
}
