//! What the compiler must refuse, and what every public type must allow.
#![allow(clippy::unwrap_used)]

use std::collections::BTreeSet;
use std::path::Path;

use scaling_laws::{ChinchillaForm, Fitter};

/// Public traits, which have no values of their own to send.
const TRAITS: [&str; 2] = ["Law", "LossModel"];

/// Names the types after the compiler has seen that each is `Send`, `Sync`, `Unpin` and `Debug`. A type behind a feature
/// carries its `#[cfg(feature = "…")]`.
macro_rules! shareable {
    ($($(#[$condition:meta])* $name:ident),* $(,)?) => {{
        fn check<T: Send + Sync + Unpin + std::fmt::Debug>() {}
        $($(#[$condition])* check::<scaling_laws::$name>();)*
        BTreeSet::from([$(stringify!($name)),*])
    }};
}

#[test]
fn misuse_does_not_compile_and_the_message_names_the_types() {
    trybuild::TestCases::new().compile_fail("tests/ui/*.rs");
}

#[test]
fn every_public_type_can_be_sent_shared_and_printed() {
    let checked = shareable!(
        AllocateError,
        Allocation,
        AllocationLine,
        AllocationMethod,
        Approach3,
        Basin,
        Bound,
        Certificate,
        Chinchilla,
        ChinchillaForm,
        Coefficient,
        ComputeRule,
        Conventions,
        CriticalBatch,
        #[cfg(feature = "csv")]
        CsvReader,
        Domain,
        Error,
        Fault,
        #[cfg(feature = "csv")]
        Filter,
        Fit,
        FitError,
        Flops,
        Influence,
        KaplanJoint,
        KaplanSteps,
        LawError,
        LawFit,
        LossFunction,
        LossGradient,
        LossPoint,
        Nats,
        OffOptimum,
        ParamCount,
        Params,
        PowerLaw,
        Residual,
        Run,
        Runs,
        RunInfluence,
        RunsError,
        StoredLaw,
        Sway,
        Termination,
        TextColumn,
        Tokens,
        UnitError,
        Warning,
        Weights,
        WithoutOutliers,
    );
    // Generic over the law, so checked with one.
    fn shared<T: Send + Sync>(_: T) {}
    shared(Fitter::new(&ChinchillaForm));
    let exported = exported_types();
    let missing: Vec<&String> =
        exported.iter().filter(|name| *name != "Fitter" && !checked.contains(name.as_str())).collect();
    assert!(missing.is_empty(), "exported but not in this test's list: {missing:?}");
    assert!(exported.len() > 30, "only {exported:?} were read from lib.rs");
}

#[test]
fn types_of_the_catalogue_can_be_sent_and_shared() {
    fn check<T: Send + Sync + Unpin + std::fmt::Debug>() {}
    check::<scaling_laws::published::Entry>();
    check::<scaling_laws::published::Coefficient>();
    check::<scaling_laws::published::Model>();
    check::<scaling_laws::published::KaplanAllocation>();
    check::<scaling_laws::published::KaplanOptimum>();
}

#[test]
fn errors_can_be_boxed_and_downcast() {
    let error: Box<dyn std::error::Error + Send + Sync> = Box::new(scaling_laws::Params::new(0.0).unwrap_err());
    assert!(error.downcast_ref::<scaling_laws::UnitError>().is_some());
}

/// Names in CamelCase that lib.rs re-exports.
fn exported_types() -> BTreeSet<String> {
    let text = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("src/lib.rs")).unwrap();
    let code: String = text.lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n");
    let exports = code.split("pub use ").skip(1).filter_map(|rest| rest.split(';').next());
    let names = exports.flat_map(|path| {
        path.split(|c: char| !(c.is_alphanumeric() || c == '_')).map(str::to_owned).collect::<Vec<_>>()
    });
    let is_type = |name: &String| {
        name.starts_with(char::is_uppercase) && name.contains(char::is_lowercase) && !TRAITS.contains(&name.as_str())
    };
    names.filter(is_type).collect()
}
