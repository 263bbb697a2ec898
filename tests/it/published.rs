//! The catalogue against its sources.
#![allow(clippy::unwrap_used, clippy::panic)]

mod cases;
mod families;
mod numbers;
mod vectors;

use std::collections::BTreeSet;

use scaling_laws::laws::Knobs;
use scaling_laws::published::{self, Entry, Model, catalogue, find};
use scaling_laws::{Conventions, Domain, Flops, LossModel, Params, Tokens, Warning};

#[test]
fn ids_and_aliases_are_unique_and_resolve_in_any_case() {
    let mut seen = BTreeSet::new();
    for entry in catalogue() {
        for name in std::iter::once(&entry.id).chain(entry.aliases) {
            assert!(seen.insert(name.to_lowercase()), "{name} twice");
            for spelt in [name.to_string(), name.to_uppercase(), format!(" {name} ")] {
                assert_eq!(find(&spelt).unwrap().id, entry.id, "{spelt}");
            }
        }
    }
    for (alias, id) in [
        ("chinchilla", "hoffmann2022.parametric_tex"),
        ("kaplan", "kaplan2020.L_ND"),
        ("besiroglu", "besiroglu2024.parametric"),
        ("epoch", "besiroglu2024.parametric"),
        ("besiroglu2024.minimiser", "besiroglu2024.fitter"),
    ] {
        assert_eq!(find(alias).unwrap().id, id);
    }
}

#[test]
fn every_entry_says_all_that_a_reader_needs() {
    for entry in catalogue() {
        for text in
            [entry.title, entry.authors, entry.equation, entry.formula, entry.note, entry.good_for, entry.verification]
        {
            assert!(!text.trim().is_empty() && !text.contains("  "), "{}: {text:?}", entry.id);
        }
        // Ids of the shared catalogue; two of them name a model or go by the year of the journal.
        let year =
            ["llama3.allocator", "fpquant2025"].contains(&entry.id) || entry.id.contains(&entry.year.to_string());
        assert!(year, "{} {}", entry.id, entry.year);
        let counts = ["mccandlish2018", "m4_2022"].contains(&entry.id) || entry.id.ends_with(".flops");
        assert!(counts != entry.coefficients.iter().any(|c| c.value != 0.0), "{}", entry.id);
        for c in entry.coefficients {
            assert!(c.value.is_finite(), "{} {}", entry.id, c.name);
            assert!(c.standard_error.is_none_or(|e| e.is_finite() && e > 0.0), "{} {}", entry.id, c.name);
            let ordered = c.interval.is_none_or(|i| i.low < i.high && i.level > 0.0 && i.level < 1.0);
            assert!(ordered, "{} {}", entry.id, c.name);
            let breaks = entry.id.starts_with("bnsl2022");
            assert!(entry.formula.contains(c.name) || entry.line().is_some() || breaks, "{} {}", entry.id, c.name);
        }
    }
}

#[test]
fn laws_not_seen_in_their_source_are_unverified_and_say_so() {
    let unverified: BTreeSet<&str> =
        catalogue().iter().filter(|e| !e.verified).filter_map(|e| e.id.split('.').next()).collect();
    let expected = [
        "aghajanyan2023",
        "bergsma2025",
        "bjorck2024",
        "busbridge2025",
        "farseer2025",
        "frantar2023",
        "hoffmann2022",
        "moonlight2025",
        "sardana2023",
        "sovit2023",
        "tissue2024",
        "zhang2024_cbs",
    ];
    assert!(unverified.is_superset(&BTreeSet::from(expected)), "{unverified:?}");
    for entry in catalogue().iter().filter(|e| !e.verified) {
        assert_eq!(entry.warnings().first().map(Warning::code), Some("unverified"), "{}", entry.id);
    }
    assert!(find("besiroglu2024.parametric").unwrap().verified, "the default");
    let warnings = find("hoffmann2022.parametric_3digit").unwrap().warnings();
    assert_eq!(warnings.first().map(Warning::code), Some("unverified"));
}

#[test]
fn domains_are_ordered_and_those_of_the_model() {
    for entry in catalogue() {
        let Domain { params, tokens, flops, .. } = entry.domain;
        assert!(params.is_none_or(|(least, most)| least.get() > 0.0 && least <= most), "{}", entry.id);
        assert!(tokens.is_none_or(|(least, most)| least.get() > 0.0 && least <= most), "{}", entry.id);
        assert!(flops.is_none_or(|(least, most)| least.get() > 0.0 && least <= most), "{}", entry.id);
        if let Some(law) = entry.loss_model() {
            assert_eq!(law.domain(), entry.domain, "{}", entry.id);
            assert_eq!(law.conventions(), entry.conventions, "{}", entry.id);
        }
        if let Some(line) = entry.line() {
            assert_eq!(line.conventions(), entry.conventions, "{}", entry.id);
        }
    }
    let kaplan = find("kaplan").unwrap().domain;
    assert_eq!(kaplan.params, Some((Params::new(768.0).unwrap(), Params::new(1.5e9).unwrap())));
    assert_eq!(kaplan.tokens, Some((Tokens::new(22e6).unwrap(), Tokens::new(23e9).unwrap())));
    assert_eq!(find("chinchilla").unwrap().domain, find("besiroglu").unwrap().domain);
}

/// The sources that state a range of N, D, C or of a knob, as far as they were seen, are all but these.
#[test]
fn every_entry_whose_source_states_a_range_has_it() {
    let without = [
        "bnsl2022",
        "hoffmann2022.flops",
        "ho2024",
        "kaplan2020.flops",
        "m4_2022",
        "mccandlish2018",
        "moonlight2025",
        "sovit2023",
    ];
    for entry in catalogue() {
        let Domain { params, tokens, flops, .. } = entry.domain;
        let has = params.is_some() || tokens.is_some() || flops.is_some() || !entry.ranges.is_empty();
        assert_eq!(has, !without.iter().any(|id| entry.id.starts_with(id)), "{}", entry.id);
        for range in entry.ranges {
            assert!(range.least <= range.greatest && range.greatest.is_finite(), "{} {}", entry.id, range.knob);
            let known = entry.model.knobs().iter().any(|knob| knob.name == range.knob);
            let of_loss = entry.id.starts_with("gadre2024");
            let of_schedule = ["mpl2025", "tissue2024"].iter().any(|id| entry.id.starts_with(id))
                && ["peak_learning_rate", "steps"].contains(&range.knob);
            assert!(known || of_schedule || of_loss && range.knob == "tokens_per_param", "{} {}", entry.id, range.knob);
        }
    }
    for (id, n, d, c) in [
        ("muennighoff2023", Some((7e6, 9e9)), Some((1.0, 900e9)), None),
        ("kumar2024", Some((30e6, 220e6)), Some((1.5e9, 26e9)), None),
        ("gadre2024", Some((11e6, 6.9e9)), None, None),
        ("clark2022", Some((15e6, 1.3e9)), Some((130e9, 130e9)), None),
        ("llama3", Some((40e6, 16e9)), None, Some((6e18, 1e22))),
        ("deepseek2024.hparams", None, None, Some((1e17, 2e19))),
        ("steplaw2025", Some((215e6, 1.07e9)), Some((1.0, 100e9)), None),
    ] {
        let Domain { params, tokens, flops, .. } = find(id).unwrap().domain;
        assert_eq!(params.map(|(a, b)| (a.get(), b.get())), n, "{id}");
        assert_eq!(tokens.map(|(a, b)| (a.get(), b.get())), d, "{id}");
        assert_eq!(flops.map(|(a, b)| (a.get(), b.get())), c, "{id}");
    }
}

#[test]
fn a_point_outside_is_warned_of_with_its_factor_on_every_axis() {
    let factor = |id: &str, knobs: Knobs| -> Vec<(String, f64)> {
        let warnings = find(id).unwrap().domain_warnings(&knobs);
        let read = |w: &Warning| match w {
            Warning::Extrapolation { axis, factor, .. } => ((*axis).to_string(), (factor * 1e6).round() / 1e6),
            other => panic!("{other:?}"),
        };
        warnings.iter().map(read).collect()
    };
    let at = |n: f64, d: f64| Knobs::new().with("params", n).with("tokens", d);
    assert_eq!(factor("gadre2024", at(69e9, 69e9)), [("N".into(), 10.0), ("tokens_per_param".into(), 5.0)]);
    // By the share of experts that is active.
    assert_eq!(factor("abnar2025", Knobs::new().with("sparsity", 0.999)), [("1 - sparsity".into(), 20.0)]);
    assert_eq!(factor("abnar2025", Knobs::new().with("sparsity", 0.98)), []);
    assert_eq!(factor("muennighoff2023", at(3.5e6, 1.8e12)), [("N".into(), 2.0), ("D".into(), 2.0)]);
    assert_eq!(
        factor("clark2022", at(1e9, 13e9).with("experts", 1024.0)),
        [("D".into(), 10.0), ("experts".into(), 2.0)]
    );
    assert_eq!(factor("deepseek2024.hparams", Knobs::new().with("flops", 2e20)), [("C".into(), 10.0)]);
    assert!(factor("muennighoff2023", at(1e9, 100e9)).is_empty());
}

#[test]
fn an_entry_lists_the_coefficients_of_its_model() {
    for entry in catalogue() {
        let value = |name: &str| entry.coefficient(name).unwrap_or_else(|| panic!("{} {name}", entry.id)).value;
        let names = |names: &[&str]| names.iter().map(|name| value(name)).collect::<Vec<f64>>();
        match entry.model {
            Model::Chinchilla(law) if entry.id == "krajewski2024.dense" => {
                assert_eq!(names(&["c", "a", "b", "alpha", "beta"]), law.coefficients(), "{}", entry.id);
            }
            Model::Chinchilla(law) => {
                assert_eq!(names(&["E", "A", "B", "alpha", "beta"]), law.coefficients(), "{}", entry.id);
            }
            Model::KaplanJoint(law) => {
                assert_eq!(names(&["N_c", "D_c", "alpha_N", "alpha_D"]), law.coefficients());
            }
            Model::BySize(law) => assert_eq!((value("N_c"), value("alpha_N")), (law.scale, law.exponent)),
            Model::ByData(law) => assert_eq!((value("D_c"), value("alpha_D")), (law.scale, law.exponent)),
            Model::ByCompute { law, minimum } => {
                let exponent = if minimum { "alpha_Cmin" } else { "alpha_C" };
                assert_eq!((value("C_c"), value(exponent)), (law.scale, law.exponent));
            }
            Model::Steps(law) => {
                let [n_c, s_c, alpha_n, alpha_s] = ["N_c", "S_c", "alpha_N", "alpha_S"].map(value);
                assert_eq!(scaling_laws::KaplanSteps::new(n_c, s_c, alpha_n, alpha_s), Ok(law));
            }
            Model::CriticalBatch(law) => {
                assert_eq!(scaling_laws::CriticalBatch::new(value("B_star"), value("alpha_B")), Ok(law));
            }
            Model::Line(line) if entry.id == "kaplan2020.allocator" => {
                assert_eq!(line.exponent_params(), value("p_N"));
            }
            Model::Line(line) if entry.id.starts_with("porian2024") => {
                let (n, _) = line.split(Flops::new(1e20).unwrap()).unwrap();
                assert!((n.get() / (value("k") * 1e20f64.powf(value("a"))) - 1.0).abs() < 1e-12, "{}", entry.id);
            }
            Model::Line(line) if entry.id.starts_with("henighan2020") => {
                let (n, _) = line.split(Flops::from_pf_days(1.0).unwrap()).unwrap();
                assert!((n.get() / value("C_0").recip().powf(value("p")) - 1.0).abs() < 1e-12, "{}", entry.id);
            }
            Model::Line(line) if entry.id == "llama3.allocator" => {
                let (_, d) = line.split(Flops::new(1e24).unwrap()).unwrap();
                assert!((d.get() / (value("A") * 1e24f64.powf(value("alpha"))) - 1.0).abs() < 1e-12);
            }
            Model::Line(line) if entry.id == "minicpm2024.ratio" => {
                let (n, d) = line.split(Flops::new(6e22).unwrap()).unwrap();
                assert!((n.get() / d.get() / (value("K2") * 1e4f64.powf(value("eta"))) - 1.0).abs() < 1e-12);
            }
            Model::Curve(law) => {
                assert_eq!(names(&["L0", "A", "alpha", "B", "C", "beta", "gamma"]), law.coefficients(), "{}", entry.id)
            }
            // The constants of these stand in families.rs.
            Model::Formula(_) => {}
            Model::Line(line) => {
                assert!((line.exponent_params() - 1.0 / (1.0 + value("s"))).abs() < 1e-15, "{}", entry.id);
                // Printed to two digits.
                assert!((line.exponent_params() - value("a")).abs() < 5e-3, "{}", entry.id);
                assert!((line.exponent_tokens() - value("b")).abs() < 5e-3, "{}", entry.id);
                let tokens = line.tokens_for(Params::billions(1.0).unwrap()).unwrap();
                assert!((tokens.get() / value("D_1B") - 1.0).abs() < 1e-12, "{}", entry.id);
            }
            _ => panic!("{}: a kind of model that this test does not know", entry.id),
        }
    }
}

#[test]
fn the_constants_are_the_models_of_their_entries() {
    let model = |id: &str| find(id).unwrap().model;
    for (id, constant) in [
        ("besiroglu2024.parametric", Model::Chinchilla(published::BESIROGLU_2024)),
        ("besiroglu2024.fitter", Model::Chinchilla(published::BESIROGLU_2024_MINIMISER)),
        ("hoffmann2022.parametric_tex", Model::Chinchilla(published::HOFFMANN_2022)),
        ("hoffmann2022.parametric_rounded", Model::Chinchilla(published::HOFFMANN_2022_ROUNDED)),
        ("hoffmann2022.approach1", Model::Line(published::HOFFMANN_2022_APPROACH_1)),
        ("hoffmann2022.approach2", Model::Line(published::HOFFMANN_2022_APPROACH_2)),
        ("hoffmann2022.approach3_table", Model::Line(published::HOFFMANN_2022_APPROACH_3_TABLE)),
        ("kaplan2020.allocator", Model::Line(published::KAPLAN_2020_ALLOCATION)),
        ("kaplan2020.L_N", Model::BySize(published::KAPLAN_2020_BY_SIZE)),
        ("kaplan2020.L_D", Model::ByData(published::KAPLAN_2020_BY_DATA)),
        ("kaplan2020.L_C", Model::ByCompute { law: published::KAPLAN_2020_BY_COMPUTE, minimum: false }),
        ("kaplan2020.L_Cmin", Model::ByCompute { law: published::KAPLAN_2020_BY_MIN_COMPUTE, minimum: true }),
        ("kaplan2020.L_ND", Model::KaplanJoint(published::KAPLAN_2020_JOINT)),
        ("kaplan2020.L_NS", Model::Steps(published::KAPLAN_2020_STEPS)),
        ("kaplan2020.B_crit", Model::CriticalBatch(published::KAPLAN_2020_CRITICAL_BATCH)),
    ] {
        assert_eq!(model(id), constant, "{id}");
    }
}

#[test]
fn known_inconsistencies_of_the_papers_are_told_where_they_matter() {
    for (id, words) in [
        ("kaplan2020.B_crit", &["2e8", "2.1e8"][..]),
        ("kaplan2020.allocator", &["2e10 C^0.27", "4e10 C^0.26", "factor of two", "4.68B", "7.77B", "0.71", "0.68"]),
        ("kaplan2020.L_Cmin", &["1.6e8", "3.1e8"]),
        ("kaplan2020.L_ND", &["0.103", "0.095"]),
        ("hoffmann2022.approach1", &["67B", "4.41e24", "0.501", "6.3e23"]),
        ("hoffmann2022.approach2", &["67B"]),
        ("hoffmann2022.approach3_table", &["0.4587", "1.26e24", "67B", "20.1T"]),
        ("hoffmann2022.parametric_tex", &["table A3", "summed"]),
        ("hoffmann2022.parametric_rounded", &["25 %", "32.2B", "40.4B", "table A3"]),
        ("hoffmann2022.parametric_3digit", &["table A3"]),
        ("besiroglu2024.parametric", &["least absolute deviations", "25.7", "1.81686"]),
    ] {
        let errata = find(id).unwrap().errata.join("\n");
        for word in words {
            assert!(errata.contains(word), "{id} does not tell {word}");
        }
    }
}

#[test]
fn a_card_shows_every_part_of_an_entry_within_a_hundred_columns() {
    for entry in catalogue() {
        let card = entry.to_string();
        for line in card.lines() {
            assert!(line.chars().count() <= 100 && line.trim_end() == line, "{line:?}");
        }
        let words = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
        let shown = words(&card);
        let mut parts = vec![entry.id, entry.formula, entry.title, entry.authors, entry.arxiv, entry.equation];
        parts.extend([entry.note, entry.good_for, entry.verification]);
        parts.extend(entry.errata.iter().chain(entry.aliases));
        parts.extend(entry.coefficients.iter().map(|c| c.name));
        for part in parts {
            assert!(shown.contains(&words(part)), "{}: {part}\n{card}", entry.id);
        }
    }
    let card = find("besiroglu").unwrap().to_string();
    for part in
        ["B     = 2085.43 nats, standard error 1293.23", "N 70M to 16B, D 5B to 500B", "total parameters; C: 6ND"]
    {
        assert!(card.contains(part), "{card}");
    }
    assert!(find("hoffmann2022.parametric_3digit").unwrap().to_string().contains("verified    NO: "));
}

#[cfg(feature = "serde")]
#[test]
fn an_entry_serialises_under_stable_names() {
    let json = serde_json::to_value(find("besiroglu").unwrap()).unwrap();
    let keys: BTreeSet<&str> = json.as_object().unwrap().keys().map(String::as_str).collect();
    let expected = "id aliases title authors year arxiv equation formula coefficients conventions domain ranges data note good_for \
                    errata verified verification model";
    assert_eq!(keys, expected.split_whitespace().collect());
    assert_eq!(
        json["coefficients"][1],
        serde_json::json!({"name": "A", "value": 482.01, "unit": "nats", "standard_error": 124.58,
            "interval": {"level": 0.95, "low": 285.2, "high": 743.6}})
    );
    assert_eq!(json["coefficients"][3]["unit"], serde_json::Value::Null);
    assert_eq!(json["conventions"], serde_json::json!({"params": "total", "compute": "6ND"}));
    assert_eq!(json["domain"]["params"], serde_json::json!([70e6, 16e9]));
    assert_eq!(json["verified"], true);
}

#[test]
fn kaplan_and_hoffmann_count_parameters_differently() {
    let of = |prefix: &str| -> Vec<Conventions> {
        catalogue().iter().filter(|e| e.id.starts_with(prefix)).map(|e| e.conventions).collect()
    };
    assert!(of("kaplan2020").iter().all(|c| c.params == scaling_laws::ParamCount::NonEmbedding));
    assert!(of("hoffmann2022").iter().chain(&of("besiroglu2024")).all(|c| *c == Conventions::default()));
}

/// N_opt of a law of N and D at a budget, on C = 6ND.
fn optimal_params(law: &dyn LossModel, compute: f64) -> f64 {
    law.ln_optimal_params((compute / 6.0).ln()).unwrap().exp()
}

/// D at which N is the optimum of a law of N and D: N_opt is a power of ND, so two points give the inverse.
fn optimal_tokens(law: &dyn LossModel, params: f64) -> f64 {
    let at = |ln_product: f64| law.ln_optimal_params(ln_product).unwrap();
    let slope = (at(50.0) - at(0.0)) / 50.0;
    ((params.ln() - at(0.0)) / slope).exp() / params
}

fn loss_law(id: &str) -> &'static dyn LossModel {
    find(id).map(Entry::loss_model).unwrap().unwrap()
}
