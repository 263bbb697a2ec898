//! Quantities: reading, printing, order, stored form, messages.
#![allow(clippy::unwrap_used)]

use proptest::prelude::*;
use scaling_laws::{ComputeRule, Flops, Nats, ParamCount, Params, Tokens, UnitError};

/// Finite numbers above zero over the whole range of doubles, subnormal ones included.
fn any_positive() -> impl Strategy<Value = f64> {
    (1..f64::INFINITY.to_bits()).prop_map(f64::from_bits)
}

/// Numbers of the size that people write.
fn of_use() -> impl Strategy<Value = f64> {
    (-3.0..30.0f64).prop_map(|power| 10f64.powf(power))
}

fn close(a: f64, b: f64, relative: f64) -> bool {
    (a / b - 1.0).abs() <= relative
}

/// Properties that hold for each kind of quantity, in one test a kind.
macro_rules! properties {
    ($($test:ident: $kind:ident),*) => {
        mod properties { $(
            mod $test {
                use super::super::*;

                proptest! {
                    #[test]
                    fn the_exact_form_reads_back_to_the_same_double(value in prop_oneof![any_positive(), of_use()]) {
                        let quantity = $kind::new(value)?;
                        prop_assert_eq!(format!("{quantity:#}").parse::<$kind>(), Ok(quantity));
                        prop_assert_eq!(quantity.get().to_bits(), value.to_bits());
                    }

                    #[test]
                    fn order_is_that_of_the_numbers(a in any_positive(), b in any_positive()) {
                        let (x, y) = ($kind::new(a)?, $kind::new(b)?);
                        prop_assert_eq!(Some(x.cmp(&y)), a.partial_cmp(&b));
                        prop_assert_eq!(x.partial_cmp(&y), a.partial_cmp(&b));
                        prop_assert_eq!(x == y, a == b);
                    }

                    #[test]
                    fn what_is_not_above_zero_is_refused(value in prop_oneof![
                        any_positive().prop_map(|v| -v),
                        prop::sample::select(vec![0.0, -0.0, f64::NAN, -f64::NAN, f64::INFINITY, f64::NEG_INFINITY]),
                    ]) {
                        prop_assert!($kind::new(value).is_err(), "{}", value);
                        prop_assert!($kind::try_from(value).is_err(), "{}", value);
                        prop_assert!(format!("{value}").parse::<$kind>().is_err(), "{}", value);
                        prop_assert!($kind::new(1.0)?.scaled(value).is_err(), "{}", value);
                    }

                    #[test]
                    fn hostile_text_is_read_or_refused_without_a_panic(
                        text in prop_oneof![any::<String>(), HOSTILE, "[0-9]{0,400}[.]?[0-9]{0,400}(e[+-]?[0-9]{0,20})?[a-z]?"]
                    ) {
                        match text.parse::<$kind>() {
                            Ok(quantity) => prop_assert!(quantity.get().is_finite() && quantity.get() > 0.0),
                            Err(UnitError::Parse { text: refused, .. }) => prop_assert_eq!(refused, text),
                            Err(other) => prop_assert!(false, "{}", other),
                        }
                    }

                    #[cfg(feature = "serde")]
                    #[test]
                    fn the_stored_form_is_the_number_and_reads_back(value in any_positive()) {
                        let quantity = $kind::new(value)?;
                        let stored = serde_json::to_string(&quantity).unwrap();
                        prop_assert_eq!(&stored, &serde_json::to_string(&value).unwrap());
                        prop_assert_eq!(serde_json::from_str::<$kind>(&stored).unwrap(), quantity);
                    }
                }
            }
        )* }
    };
}

properties!(params: Params, tokens: Tokens, flops: Flops, nats: Nats);

/// Signs, separators, letters and look-alikes that a parser might stumble over.
const HOSTILE: &str = "[-+.,_ eE0-9kKmMbBgGtTpPzZ/\\u{0}\\u{a0}\\u{130}\\u{212a}\\u{2212}\\u{ff11}é∞day]{0,24}";

proptest! {
    #[test]
    fn the_short_form_keeps_four_digits(value in of_use()) {
        let (params, tokens, flops) = (Params::new(value)?, Tokens::new(value)?, Flops::new(value)?);
        for (text, read) in [
            (params.to_string(), params.to_string().parse::<Params>().map(Params::get)),
            (tokens.to_string(), tokens.to_string().parse::<Tokens>().map(Tokens::get)),
            (flops.to_string(), flops.to_string().parse::<Flops>().map(Flops::get)),
        ] {
            prop_assert!(close(read?, value, 5.001e-4), "{} {}", value, text);
        }
    }

    #[test]
    fn the_short_form_of_a_loss_keeps_four_decimals(value in 1e-3..20.0f64) {
        let read: Nats = Nats::new(value)?.to_string().parse()?;
        prop_assert!((read.get() - value).abs() <= 5.0001e-5);
    }

    #[test]
    fn the_short_form_never_grows_past_what_a_table_holds(value in any_positive()) {
        prop_assert!(Params::new(value)?.to_string().len() <= 10);
        prop_assert!(Flops::new(value)?.to_string().len() <= 15);
    }

    #[test]
    fn a_letter_is_its_power_of_ten(mantissa in 1u32..9999, digits in 0usize..3) {
        let number = format!("{:.digits$}", f64::from(mantissa) / 100.0);
        prop_assume!(number.parse::<f64>().is_ok_and(|v| v > 0.0));
        for (letter, power) in [("K", 3), ("M", 6), ("B", 9), ("T", 12)] {
            let expected: Params = format!("{number}e{power}").parse()?;
            for text in [format!("{number}{letter}"), format!(" {number} {} ", letter.to_lowercase())] {
                prop_assert_eq!(text.parse::<Params>(), Ok(expected), "{}", text);
            }
        }
    }

    #[test]
    fn six_n_d_is_undone_by_its_inverses(n in 1e3..1e13f64, d in 1e6..1e16f64) {
        let (params, tokens) = (Params::new(n)?, Tokens::new(d)?);
        let compute = ComputeRule::SixNd.flops(params, tokens)?;
        prop_assert!(close(compute.get(), 6.0 * n * d, 1e-15));
        prop_assert!(close(ComputeRule::SixNd.tokens(compute, params)?.get(), d, 1e-14));
        prop_assert!(close(ComputeRule::SixNd.params(compute, tokens)?.get(), n, 1e-14));
    }
}

#[test]
fn a_number_out_of_range_is_named_with_its_quantity() {
    for (error, text) in [
        (Params::new(0.0).unwrap_err(), "parameters must be a finite number above zero, got 0"),
        (Params::billions(-0.5).unwrap_err(), "parameters must be a finite number above zero, got -500000000"),
        (Tokens::new(f64::NAN).unwrap_err(), "tokens must be a finite number above zero, got NaN"),
        (Tokens::trillions(1e300).unwrap_err(), "tokens must be a finite number above zero, got inf"),
        (Flops::new(f64::INFINITY).unwrap_err(), "FLOPs must be a finite number above zero, got inf"),
        (Flops::from_pf_days(0.0).unwrap_err(), "FLOPs must be a finite number above zero, got 0"),
        (Nats::new(-2.5).unwrap_err(), "loss in nats must be a finite number above zero, got -2.5"),
        (Nats::from_bits(0.0).unwrap_err(), "loss in nats must be a finite number above zero, got 0"),
    ] {
        assert_eq!(error.to_string(), text);
    }
}

#[test]
fn text_that_is_no_quantity_is_quoted_with_what_would_be_one() {
    for (error, text) in [
        (
            "seventy".parse::<Params>().unwrap_err(),
            r#"cannot read "seventy" as parameters: expected a number above zero such as 7e10, 70B or 124M"#,
        ),
        (
            "1,4T".parse::<Tokens>().unwrap_err(),
            r#"cannot read "1,4T" as tokens: expected a number above zero such as 1.4e12, 1.4T or 300B"#,
        ),
        (
            "5 FLOP/s".parse::<Flops>().unwrap_err(),
            r#"cannot read "5 FLOP/s" as FLOPs: expected a number above zero such as 5.76e23, 576 ZFLOP or 3640 PF-days"#,
        ),
        (
            "-2.1\n".parse::<Nats>().unwrap_err(),
            r#"cannot read "-2.1\n" as loss in nats: expected a number above zero such as 2.17"#,
        ),
    ] {
        assert_eq!(error.to_string(), text);
    }
}

#[test]
fn compute_that_needs_a_shape_says_which_rule_and_what_to_do() {
    let (n, d) = (Params::billions(1.0).unwrap(), Tokens::billions(20.0).unwrap());
    let c = Flops::new(1e21).unwrap();
    for (rule, text) in [
        (
            ComputeRule::HoffmannAppendixF,
            "Hoffmann's appendix-F count cannot be computed from N and D alone: use 6ND, or give the FLOPs themselves",
        ),
        (
            ComputeRule::AsLogged,
            "the log's own FLOP count cannot be computed from N and D alone: use 6ND, or give the FLOPs themselves",
        ),
    ] {
        assert_eq!(rule.flops(n, d).unwrap_err().to_string(), text);
        assert_eq!(rule.tokens(c, n).unwrap_err().to_string(), text);
        assert_eq!(rule.params(c, d).unwrap_err().to_string(), text);
    }
}

#[test]
fn compute_is_read_in_the_units_people_write() {
    for (text, value) in [
        ("5.76e23", 5.76e23),
        ("576 ZFLOP", 5.76e23),
        ("1 EFLOPs", 1e18),
        ("1 PF-day", 8.64e19),
        ("3640 PF-days", 3640.0 * 8.64e19),
        ("2 TF-days", 2.0 * 8.64e16),
    ] {
        assert_eq!(text.parse::<Flops>().unwrap().get(), value, "{text}");
    }
}

#[test]
fn width_and_alignment_are_obeyed() {
    let n = Params::billions(70.0).unwrap();
    assert_eq!(format!("[{n:>6}] [{n:<6}] [{n:^6}] [{n:>#12}]"), "[   70B] [70B   ] [ 70B  ] [ 70000000000]");
    assert_eq!(format!("{:>12}", Flops::new(1e21).unwrap()), "   1e21 FLOP");
    assert_eq!(format!("{:>8}", Nats::new(2.0).unwrap()), "  2.0000");
    assert_eq!(format!("{:>14}|{:<7}|", ParamCount::NonEmbedding, ComputeRule::SixNd), " non-embedding|6ND    |");
}

#[test]
fn bits_and_perplexity_are_the_same_loss() {
    let loss = Nats::from_bits(3.0).unwrap();
    assert!(close(loss.bits(), 3.0, 1e-15) && close(loss.perplexity(), 8.0, 1e-14));
}

#[cfg(feature = "serde")]
#[test]
fn stored_nonsense_is_refused_with_the_quantity() {
    for (text, expected) in [("0", "got 0"), ("-1e9", "got -1000000000"), ("-0.0", "got -0")] {
        let error = serde_json::from_str::<Params>(text).unwrap_err().to_string();
        assert_eq!(error, format!("parameters must be a finite number above zero, {expected}"));
    }
    for text in ["null", "\"70B\"", "[1]", "1e999", "NaN"] {
        assert!(serde_json::from_str::<Tokens>(text).is_err(), "{text}");
    }
}

#[cfg(feature = "serde")]
#[test]
fn conventions_are_stored_under_their_own_names() {
    let stored = |rule: ComputeRule| serde_json::to_value(rule).unwrap();
    assert_eq!(stored(ComputeRule::SixNd), "6ND");
    assert_eq!(stored(ComputeRule::HoffmannAppendixF), "hoffmann-appendix-F");
    assert_eq!(stored(ComputeRule::AsLogged), "as-logged");
    for count in [ParamCount::Total, ParamCount::NonEmbedding, ParamCount::Active] {
        assert_eq!(serde_json::to_value(count).unwrap(), count.to_string());
        assert_eq!(serde_json::from_value::<ParamCount>(count.to_string().into()).unwrap(), count);
    }
}

#[test]
fn a_quantity_named_as_another_is_refused() {
    assert!("300B tokens".parse::<scaling_laws::Params>().is_err());
    assert!("1.4T params".parse::<scaling_laws::Tokens>().is_err());
    assert!("5 nats".parse::<scaling_laws::Flops>().is_err());
    assert_eq!("300B tokens".parse::<scaling_laws::Tokens>(), scaling_laws::Tokens::billions(300.0));
}

#[test]
fn numbers_that_are_not_quantities_get_an_error_from_every_door() {
    use scaling_laws::{Chinchilla, LawError, Nats, PowerLaw, Tokens, published};
    let power = PowerLaw { scale: 8.8e13, exponent: 0.076 };
    for x in [0.0, -1.0, f64::NAN, f64::INFINITY] {
        assert!(power.at(x).is_err());
    }
    let batch = published::KAPLAN_2020_CRITICAL_BATCH;
    for steps in [0.0, -1.0, f64::NAN] {
        assert!(batch.min_steps(steps, Tokens::millions(1.0).unwrap(), Nats::new(3.0).unwrap()).is_err());
    }
    let law = Chinchilla::new(1.8, 480.0, 2000.0, 0.35, 0.37).unwrap();
    let refused = law.losses(&[20.0, f64::NAN], &[24.0, 24.0], &mut [0.0; 2]);
    assert!(matches!(refused, Err(LawError::NotFinite { .. })));
    assert!(matches!(law.losses(&[20.0], &[24.0, 24.0], &mut [0.0]), Err(LawError::Length { what: "ln_tokens", .. })));
}
