use super::columns::{Quantity, Scale};
use crate::units::ParamCount;

/// A name without case, spaces and punctuation: "Model Size" and "model_size" are one name.
pub(super) fn normalise(name: &str) -> String {
    name.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// The ways to read a column name: as it stands, then with a unit split off its end, as in "params (M)",
/// "Parameters [B]", "tokens_billions", "tokens in billions" or "compute_pf_days". Bases are normalised.
pub(super) fn readings(name: &str, quantity: Quantity) -> Vec<(String, Scale)> {
    let mut readings = vec![(normalise(name), Scale::One)];
    if let Some((base, unit)) = bracketed(name) {
        readings.extend(scale(unit, quantity, true).map(|scale| (normalise(base), scale)));
        return readings;
    }
    let words: Vec<&str> = name.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    for taken in 1..words.len().min(3) {
        let (base, unit) = words.split_at(words.len() - taken);
        let base = base.strip_suffix(&["in"]).unwrap_or(base).concat().to_lowercase();
        let unit = unit.concat();
        // One or two letters are a unit only behind a known word: "tokens_b" is in billions, "d_b" is something else.
        let clear = unit.len() > 2 || base.len() > 1 && quantity.is_called(&base);
        if let Some(scale) = scale(&unit, quantity, false).filter(|_| clear) {
            readings.push((base, scale));
            return readings;
        }
    }
    readings
}

/// What N counts, where the column's name says it.
pub(super) fn param_count(name: &str) -> Option<ParamCount> {
    let name = normalise(name);
    let says = |words: &[&str]| words.iter().any(|word| name.contains(word));
    if says(&["nonemb", "noemb"]) {
        Some(ParamCount::NonEmbedding)
    } else if says(&["active"]) {
        Some(ParamCount::Active)
    } else if says(&["total"]) {
        Some(ParamCount::Total)
    } else {
        None
    }
}

fn bracketed(name: &str) -> Option<(&str, &str)> {
    let name = name.trim();
    [('(', ')'), ('[', ']')].into_iter().find_map(|(open, close)| name.strip_suffix(close)?.rsplit_once(open))
}

/// The scale of a unit. A unit that only repeats the quantity, as in "N (params)", counts in brackets alone: "n_params"
/// is a name of its own.
fn scale(unit: &str, quantity: Quantity, in_brackets: bool) -> Option<Scale> {
    let compact = unit.trim().trim_start_matches(['×', 'x', '*']).trim();
    if let Some(power) = compact.strip_prefix("10^").or(compact.strip_prefix("1e")) {
        return power.parse().ok().filter(|power| (-30..=30).contains(power)).map(Scale::PowerOfTen);
    }
    // FLOP/s is a rate, not an amount.
    if quantity == Quantity::Flops && (compact.contains('/') || compact.to_lowercase().contains("per")) {
        return None;
    }
    let unit = normalise(compact);
    if quantity == Quantity::Loss {
        return match unit.as_str() {
            "nats" | "nat" | "natspertoken" | "natstoken" => Some(Scale::One),
            "bits" | "bit" | "bitspertoken" | "bitstoken" => Some(Scale::Times(std::f64::consts::LN_2)),
            _ => None,
        };
    }
    let own_words: &[&str] = match quantity {
        Quantity::Params => &["parameters", "params"],
        Quantity::Tokens => &["tokens"],
        _ => &["flops", "flop"],
    };
    let factor = own_words.iter().find_map(|word| unit.strip_suffix(word)).unwrap_or(&unit);
    if factor.is_empty() {
        return in_brackets.then_some(Scale::One);
    }
    match (factor, quantity) {
        ("k" | "thousand" | "thousands", _) => Some(Scale::PowerOfTen(3)),
        ("m" | "mn" | "million" | "millions" | "mega", _) => Some(Scale::PowerOfTen(6)),
        ("b" | "bn" | "g" | "billion" | "billions" | "giga", _) => Some(Scale::PowerOfTen(9)),
        ("t" | "tn" | "trillion" | "trillions" | "tera", _) => Some(Scale::PowerOfTen(12)),
        ("p" | "peta", Quantity::Flops) => Some(Scale::PowerOfTen(15)),
        ("e" | "exa", Quantity::Flops) => Some(Scale::PowerOfTen(18)),
        ("z" | "zetta", Quantity::Flops) => Some(Scale::PowerOfTen(21)),
        ("y" | "yotta", Quantity::Flops) => Some(Scale::PowerOfTen(24)),
        ("tfday" | "tfdays", Quantity::Flops) => Some(Scale::Times(8.64e16)),
        ("pfday" | "pfdays" | "pfsdays" | "petaflopday" | "petaflopdays" | "petaflopsdays", Quantity::Flops) => {
            Some(Scale::Times(8.64e19))
        }
        ("efday" | "efdays", Quantity::Flops) => Some(Scale::Times(8.64e22)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn unit_of(name: &str, quantity: Quantity) -> Option<Scale> {
        readings(name, quantity).into_iter().find(|(base, _)| quantity.is_called(base)).map(|(_, scale)| scale)
    }

    #[test]
    fn units_at_the_end_of_a_name_scale_the_column() {
        use Quantity::*;
        for (name, quantity, power) in [
            ("params (M)", Params, 6),
            ("Parameters [B]", Params, 9),
            ("params_millions", Params, 6),
            ("N(B)", Params, 9),
            ("model size (billion params)", Params, 9),
            ("tokens_billions", Tokens, 9),
            ("Training Tokens (T)", Tokens, 12),
            ("tokens in millions", Tokens, 6),
            ("D (10^9)", Tokens, 9),
            ("tokens_b", Tokens, 9),
            ("flops (1e18)", Flops, 18),
            ("Compute (ZFLOPs)", Flops, 21),
        ] {
            assert_eq!(unit_of(name, quantity), Some(Scale::PowerOfTen(power)), "{name}");
        }
        assert_eq!(unit_of("compute_pf_days", Flops), Some(Scale::Times(8.64e19)));
        assert_eq!(unit_of("C (PF-days)", Flops), Some(Scale::Times(8.64e19)));
        assert_eq!(unit_of("loss (bits/token)", Loss), Some(Scale::Times(std::f64::consts::LN_2)));
    }

    #[test]
    fn a_name_without_unit_is_taken_as_it_stands() {
        use Quantity::*;
        for (name, quantity) in [
            ("N", Params),
            ("n_params", Params),
            ("N (params)", Params),
            ("Model-Size", Params),
            ("Loss (nats/token)", Loss),
            ("D", Tokens),
            ("training FLOPs", Flops),
            ("eval/loss", Loss),
        ] {
            assert_eq!(unit_of(name, quantity), Some(Scale::One), "{name}");
        }
    }

    #[test]
    fn what_is_not_a_unit_of_the_quantity_is_not_split_off() {
        use Quantity::*;
        for (name, quantity) in [
            ("flops (TFLOP/s)", Flops),
            ("size (tokens)", Params),
            ("loss (bits per byte)", Loss),
            ("loss_c4", Loss),
            ("d_model", Tokens),
            ("d_b", Tokens),
            ("unique_tokens", Tokens),
            ("params (10^)", Params),
            ("()", Params),
            ("", Loss),
        ] {
            assert_eq!(unit_of(name, quantity), None, "{name}");
        }
    }

    #[test]
    fn names_say_what_they_count() {
        assert_eq!(param_count("params_total"), Some(ParamCount::Total));
        assert_eq!(param_count("N_no_emb"), Some(ParamCount::NonEmbedding));
        assert_eq!(param_count("Active params (B)"), Some(ParamCount::Active));
        assert_eq!(param_count("params"), None);
    }
}
