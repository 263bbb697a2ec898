//! Stored forms are a promise: documents of older versions keep loading, what is written reads back the same.

use scaling_laws::{Chinchilla, LawError, LossModel, Params, StoredLaw, Tokens, published};

fn golden(name: &str) -> String {
    std::fs::read_to_string(format!("{}/tests/data/schema/{name}", env!("CARGO_MANIFEST_DIR"))).unwrap()
}

#[test]
fn documents_of_version_1_load() {
    let law = StoredLaw::from_json(&golden("law-1.json"), "law-1.json").unwrap();
    let StoredLaw::Chinchilla(law) = law else { panic!("{law:?}") };
    assert_eq!(law.coefficients(), published::BESIROGLU_2024.coefficients());
    assert_eq!(law.domain().params, Some((Params::millions(70.0).unwrap(), Params::billions(16.0).unwrap())));

    let kaplan = StoredLaw::from_json(&golden("kaplan-1.json"), "kaplan-1.json").unwrap();
    let (n, d) = (Params::billions(1.0).unwrap(), Tokens::billions(20.0).unwrap());
    assert_eq!(kaplan.loss(n, d), published::KAPLAN_2020_JOINT.loss(n, d));

    let fit = StoredLaw::from_json(&golden("fit-1.json"), "fit-1.json").unwrap();
    let StoredLaw::Chinchilla(fit) = fit else { panic!("{fit:?}") };
    assert!((fit.e() - 1.45188).abs() < 1e-5 && fit.domain().flops.is_some());
}

#[test]
fn every_law_of_n_and_d_reads_back_the_same() {
    for entry in published::catalogue() {
        let stored = match entry.model {
            published::Model::Chinchilla(law) => StoredLaw::Chinchilla(law),
            published::Model::KaplanJoint(law) => StoredLaw::KaplanJoint(law),
            _ => continue,
        };
        assert_eq!(StoredLaw::from_json(&stored.to_json(), entry.id).unwrap(), stored, "{}", entry.id);
    }
}

#[test]
fn what_cannot_be_read_says_where_and_why() {
    let good = StoredLaw::Chinchilla(published::BESIROGLU_2024).to_json();
    for (text, message) in [
        ("".to_owned(), "cannot read a law from x.json: EOF"),
        ("[1, 2]".to_owned(), "cannot read a law from x.json"),
        (good.replace("scaling-laws/1", "scaling-laws/9"), "schema \"scaling-laws/9\" is not \"scaling-laws/1\""),
        (
            good.replace("\"chinchilla\"", "\"sigmoid\""),
            "form \"sigmoid\" is unknown: expected one of chinchilla, tied-exponents",
        ),
        (good.replace("\"alpha\"", "\"alfa\""), "coefficient \"alpha\" of form \"chinchilla\" is missing"),
        (
            good.replace("0.3478", "-0.3478"),
            "coefficient alpha = -0.3478 is not allowed, it must be finite and above zero",
        ),
        (good.replace("70000000.0", "-1.0"), "parameters must be a finite number above zero, got -1"),
    ] {
        let error = StoredLaw::from_json(&text, "x.json").unwrap_err();
        assert!(error.to_string().contains(message), "{error}\n{message}");
    }
    assert!(matches!(
        Chinchilla::new(1.0, f64::NAN, 1.0, 0.3, 0.3),
        Err(LawError::Coefficient { coefficient: "A", .. })
    ));
}
