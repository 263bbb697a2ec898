/// Reads a number with an optional unit: "70B", "1.4 T", "5.76e23", "1 PF-day", "576 ZFLOP", "1_000", "1,000,000".
/// `suffixes` maps lower-case letters to factors. `words` only repeat the quantity ("tokens" for tokens) and are dropped.
pub(crate) fn parse_quantity(text: &str, words: &[&str], suffixes: &[(&str, f64)]) -> Option<f64> {
    let text = text.trim().to_ascii_lowercase();
    let (digits, unit) = split_unit(&text);
    let unit = words.iter().find_map(|word| unit.strip_suffix(word)).unwrap_or(unit).trim();
    let value = plain_number(digits)?;
    if unit.is_empty() {
        return Some(value);
    }
    let singular = unit.strip_suffix('s').filter(|u| u.ends_with("day")).unwrap_or(unit);
    let (_, factor) = suffixes.iter().find(|(letter, _)| *letter == singular)?;
    scale(digits, value, *factor)
}

/// A number with the letters K, M, B, G, T allowed, for cells of a table.
#[cfg(feature = "csv")]
pub(crate) fn parse_number(text: &str) -> Option<f64> {
    // The fast path is nearly every cell of a real log.
    match text.trim().parse::<f64>() {
        Ok(value) => Some(value),
        Err(_) => parse_quantity(
            text,
            &["parameters", "params", "tokens", "nats per token", "nats/token", "nats", "flops", "flop"],
            &[
                ("k", 1e3),
                ("m", 1e6),
                ("b", 1e9),
                ("g", 1e9),
                ("t", 1e12),
                ("p", 1e15),
                ("z", 1e21),
                ("pf-day", 8.64e19),
            ],
        ),
    }
}

/// Splits after the number; an `e` belongs to the number only when digits follow.
fn split_unit(text: &str) -> (&str, &str) {
    let bytes = text.as_bytes();
    let mut end = 0;
    while end < bytes.len() {
        let accepted = match bytes[end] {
            b'0'..=b'9' | b'.' | b',' | b'_' => true,
            b'+' | b'-' => end == 0 || bytes[end - 1] == b'e',
            b'e' => {
                let next = bytes.get(end + 1).copied().unwrap_or(b' ');
                let after = bytes.get(end + 2).copied().unwrap_or(b' ');
                end > 0 && (next.is_ascii_digit() || ((next == b'-' || next == b'+') && after.is_ascii_digit()))
            }
            _ => false,
        };
        if !accepted {
            break;
        }
        end += 1;
    }
    (&text[..end], text[end..].trim())
}

/// A number without unit. Underscores anywhere between digits; commas only as thousands separators in groups of three,
/// because a decimal comma cannot be told from one.
fn plain_number(text: &str) -> Option<f64> {
    if !text.contains([',', '_']) {
        return text.parse().ok();
    }
    let whole = text.split(['.', 'e']).next().unwrap_or("").trim_start_matches(['+', '-']);
    if text.contains(',') {
        let mut groups = whole.split(',');
        let first = groups.next().unwrap_or("");
        let good = (1..=3).contains(&first.len()) && groups.clone().next().is_some() && groups.all(|g| g.len() == 3);
        if !good || text[whole.len()..].contains(',') {
            return None;
        }
    }
    text.replace([',', '_'], "").parse().ok()
}

/// Multiplies by a power of ten through the decimal text where possible, so that "1.4T" is the same double as 1.4e12.
fn scale(digits: &str, value: f64, factor: f64) -> Option<f64> {
    let power = factor.log10().round();
    let is_power = (10f64.powi(power as i32) - factor).abs() <= f64::EPSILON * factor;
    if is_power && !digits.contains(['e', ',', '_']) {
        return format!("{digits}e{power}").parse().ok();
    }
    Some(value * factor)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_are_read_to_the_nearest_double() {
        for (text, value) in [
            ("1.4T", 1.4e12),
            ("70B", 7e10),
            ("70 b", 7e10),
            ("124M", 1.24e8),
            ("5.76e23", 5.76e23),
            ("1e-3", 1e-3),
            ("1,000,000", 1e6),
            ("1_000", 1e3),
            ("2e3k", 2e6),
            ("300B tokens", 3e11),
            ("0.3K", 300.0),
        ] {
            assert_eq!(
                parse_quantity(text, &["tokens"], &[("k", 1e3), ("m", 1e6), ("b", 1e9), ("t", 1e12)]),
                Some(value),
                "{text}"
            );
        }
    }

    #[test]
    fn what_is_not_a_number_is_refused() {
        for text in [
            "",
            "B",
            "2,5",
            "1,00,000",
            ",5",
            "1,000,00",
            "12 apples",
            "300B params",
            "1.2.3",
            "--1",
            "1e",
            "7 T B",
            "é",
            "1e5e5",
        ] {
            assert_eq!(parse_quantity(text, &["tokens"], &[("b", 1e9), ("t", 1e12)]), None, "{text}");
        }
    }
}
