//! Numbers as people read them, of at most four significant digits.

/// At most four significant digits with K, M, B or T; plain powers of ten outside.
pub(crate) fn lettered(value: f64) -> String {
    // Rounded first, so that 999 960 prints as 1M and not as 1000K.
    let rounded: f64 = format!("{value:.3e}").parse().unwrap_or(value);
    for (unit, suffix) in [(1e12, "T"), (1e9, "B"), (1e6, "M"), (1e3, "K"), (1.0, "")] {
        if rounded >= unit && rounded < 1e16 {
            let scaled = rounded / unit;
            let decimals = if scaled >= 1000.0 { 0 } else { 3 - scaled.log10().floor() as usize };
            let text = format!("{scaled:.decimals$}");
            let text = if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.') } else { &text };
            return format!("{text}{suffix}");
        }
    }
    format!("{rounded:e}")
}

/// A power of ten without idle zeros: 5.76e23.
pub(crate) fn scientific(value: f64) -> String {
    let text = format!("{value:.3e}");
    let (mantissa, exponent) = text.split_once('e').unwrap_or((&text, "0"));
    format!("{}e{exponent}", mantissa.trim_end_matches('0').trim_end_matches('.'))
}

/// All four digits, with a power of ten where the number is large or small.
pub(crate) fn four(value: f64) -> String {
    let size = value.abs();
    if value == 0.0 {
        return "0".into();
    }
    if !(1e-3..1e5).contains(&size) {
        return format!("{value:.3e}");
    }
    let decimals = (3 - size.log10().floor() as i32).clamp(0, 6) as usize;
    format!("{value:.decimals$}")
}

/// As [`four`], without idle zeros.
pub(crate) fn trimmed(value: f64) -> String {
    let text = four(value);
    if text.contains('e') {
        return scientific(value);
    }
    if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.').into() } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_four_digits() {
        let all = [
            (4967622.0929, "4.968e6", "4.968M"),
            (405.645, "405.6", "405.6"),
            (0.339958, "0.3400", "3.4e-1"),
            (1.6936, "1.694", "1.694"),
            (0.0, "0", "0e0"),
        ];
        for (value, digits, letters) in all {
            assert_eq!((four(value).as_str(), lettered(value).as_str()), (digits, letters));
        }
        assert_eq!([3.0, 0.34, 2e-5, 1.25e7].map(trimmed), ["3", "0.34", "2e-5", "1.25e7"]);
        assert_eq!([5.76e23, 1e21].map(scientific), ["5.76e23", "1e21"]);
    }

    #[test]
    fn printing_rounds_to_four_digits() {
        for (value, text) in [
            (7e10, "70B"),
            (6.996217e10, "69.96B"),
            (1.4e12, "1.4T"),
            (999_960.0, "1M"),
            (19968.0, "19.97K"),
            (1.0, "1"),
            (123.456, "123.5"),
            (1.4255e15, "1426T"),
            (3e20, "3e20"),
            (0.25, "2.5e-1"),
        ] {
            assert_eq!(lettered(value), text);
        }
    }
}
