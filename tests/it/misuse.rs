//! What the compiler must refuse, and what every public type must allow.
#![allow(clippy::unwrap_used)]

use std::collections::BTreeSet;

use scaling_laws::{ChinchillaForm, Fitter};

use super::programs::{Package, root};

/// Public traits, which have no values of their own to send.
const TRAITS: [&str; 3] = ["Law", "LossModel", "NumberColumns"];

/// Names the types after the compiler has seen that each is `Send`, `Sync`, `Unpin` and `Debug`. A type behind a feature
/// carries its `#[cfg(feature = "…")]`.
macro_rules! shareable {
    ($($(#[$condition:meta])* $name:ident),* $(,)?) => {{
        fn check<T: Send + Sync + Unpin + std::fmt::Debug>() {}
        $($(#[$condition])* check::<scaling_laws::$name>();)*
        BTreeSet::from([$(stringify!($name)),*])
    }};
}

/// Every program says in its lines `//~` what the compiler has to say of it.
#[test]
fn misuse_does_not_compile_and_the_message_names_the_types() {
    let mut programs = Vec::new();
    for entry in std::fs::read_dir(root().join("tests/ui")).unwrap() {
        let path = entry.unwrap().path();
        let name = format!("misuse-{}", path.file_stem().unwrap().to_str().unwrap());
        programs.push((name, std::fs::read_to_string(path).unwrap()));
    }
    assert!(programs.len() >= 3);
    let package = Package::new("misuse", &programs);
    for (name, source) in &programs {
        let build = package.build(name);
        let said = String::from_utf8_lossy(&build.stderr);
        assert!(!build.status.success(), "{name} compiles");
        let mut promised = source.lines().filter_map(|line| line.strip_prefix("//~ ")).peekable();
        assert!(promised.peek().is_some(), "{name} has no line //~");
        promised.for_each(|words| assert!(said.contains(words), "{name}: no {words:?} in\n{said}"));
    }
}

#[test]
fn every_public_type_can_be_sent_shared_and_printed() {
    let checked = shareable!(
        Agreement,
        Accelerator,
        AllocateError,
        Allocation,
        AllocationLine,
        AllocationMethod,
        Approach1,
        Approach1Fit,
        Approach2,
        Approach2Fit,
        AllocationRange,
        Approach3,
        ApproachKind,
        Approaches,
        Basin,
        Biases,
        Bill,
        BlockScale,
        BatchLimit,
        Binding,
        Bound,
        Certificate,
        Chinchilla,
        ChinchillaForm,
        Cluster,
        CloudAllocation,
        CloudRange,
        Cloud,
        Clusters,
        Coefficient,
        Comparison,
        ComputeError,
        ComputeRule,
        ComputeSource,
        Conflict,
        ConstrainedAllocation,
        Constraints,
        Conventions,
        CriticalBatch,
        #[cfg(feature = "csv")]
        CsvReader,
        Curve,
        Date,
        DateRange,
        DataValue,
        Decision,
        Contender,
        Coverage,
        FactorBand,
        Information,
        Prediction,
        Ranked,
        Ranking,
        RollOut,
        Stage,
        Diagnose,
        Diagnosis,
        Domain,
        EnvelopePoint,
        Error,
        Experts,
        Fault,
        FigureError,
        #[cfg(feature = "csv")]
        Filter,
        FinalLoss,
        Fit,
        FrontierRange,
        GranularAllocation,
        HyperParameters,
        HyperRule,
        Serving,
        ShapePlan,
        FitError,
        FlopCount,
        FlopPrice,
        Flops,
        History,
        FrontierDoubt,
        FrontierError,
        Influence,
        IsoFlopGroup,
        IsoFlopMinimum,
        KaplanJoint,
        KaplanSteps,
        LawAllocation,
        LawAllocations,
        LawError,
        LawFit,
        #[cfg(feature = "logs")]
        LogFormat,
        LogError,
        #[cfg(feature = "logs")]
        LogReader,
        #[cfg(feature = "logs")]
        LoggedRun,
        #[cfg(feature = "logs")]
        Manifest,
        #[cfg(feature = "logs")]
        Outcome,
        #[cfg(feature = "logs")]
        SkippedFile,
        #[cfg(feature = "logs")]
        Sweep,
        Limit,
        LossFunction,
        LossGradient,
        LossKind,
        LossPoint,
        LossPolicy,
        LossUnit,
        Nats,
        NotFinite,
        NearShape,
        Norm,
        NumberFormat,
        Objective,
        OffOptimum,
        OptimumEstimate,
        ParabolaBias,
        Optimizer,
        ParamCount,
        ParamParts,
        Params,
        Positions,
        PowerLaw,
        #[cfg(feature = "logs")]
        ReadProgress,
        Replicate,
        Resampling,
        Projection,
        Recomputation,
        Residual,
        Run,
        #[cfg(feature = "figures")]
        RunReport,
        RunStatus,
        Runs,
        LackOfFit,
        Known,
        MovedOptimum,
        Outliers,
        PureError,
        ResidualTrend,
        RivalLaw,
        RunInfluence,
        RunsError,
        Series,
        ScalingLine,
        SkippedGroup,
        Shape,
        ShapeBuilder,
        ShapeLattice,
        Sharding,
        StoredLaw,
        Sway,
        Termination,
        TextColumn,
        Tokens,
        #[cfg(feature = "logs")]
        TrainingLog,
        TrainingMemory,
        TrainingSetup,
        Trend,
        Tolerance,
        InferError,
        Inference,
        Interval,
        IntervalDoubt,
        LawReplicate,
        Level,
        #[cfg(feature = "csv")]
        Measurements,
        Method,
        Quantity,
        UnitError,
        Warning,
        Weights,
        WithoutOutliers,
        Zero,
    );
    // Generic over the law, so checked with one.
    fn shared<T: Send + Sync>(_: T) {}
    shared(Fitter::new(&ChinchillaForm));
    fn both<T: Send + Sync>() {}
    both::<scaling_laws::LawInference<'static, ChinchillaForm>>();
    let exported = exported_types();
    let missing: Vec<&String> = exported
        .iter()
        .filter(|name| {
            !["Fitter", "LawInference", "Choice", "CloudChoice", "Regretted"].contains(&name.as_str())
                && !checked.contains(name.as_str())
        })
        .collect();
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

#[cfg(feature = "figures")]
#[test]
fn parts_of_figures_can_be_sent_and_shared() {
    fn check<T: Send + Sync + Unpin + std::fmt::Debug>() {}
    check::<scaling_laws::figures::Axis>();
    check::<scaling_laws::figures::Estimate>();
    check::<scaling_laws::figures::Figure>();
    check::<scaling_laws::figures::Optima>();
    check::<scaling_laws::figures::Panel>();
    check::<scaling_laws::figures::Series>();
}

#[test]
fn families_of_laws_can_be_sent_and_shared() {
    fn check<T: Send + Sync + Unpin + std::fmt::Debug>() {}
    check::<scaling_laws::laws::Family>();
    check::<scaling_laws::laws::KaplanJointForm>();
    check::<scaling_laws::laws::AnnealedPoint>();
    check::<scaling_laws::laws::Annealing>();
    check::<scaling_laws::laws::AnnealingForm>();
    check::<scaling_laws::laws::AxisLoss>();
    check::<scaling_laws::laws::BatchTradeoff>();
    check::<scaling_laws::laws::Bits>();
    check::<scaling_laws::laws::Break>();
    check::<scaling_laws::laws::Broken>();
    check::<scaling_laws::laws::BrokenForm>();
    check::<scaling_laws::laws::CurvePoint>();
    check::<scaling_laws::laws::Decay>();
    check::<scaling_laws::laws::Distillation>();
    check::<scaling_laws::laws::DistillationForm>();
    check::<scaling_laws::laws::DistilledRun>();
    check::<scaling_laws::laws::Distiller>();
    check::<scaling_laws::laws::Doubling>();
    check::<scaling_laws::laws::DownstreamError>();
    check::<scaling_laws::laws::DownstreamErrorForm>();
    check::<scaling_laws::laws::EmbeddingCount>();
    check::<scaling_laws::laws::ExpertRun>();
    check::<scaling_laws::laws::Factor>();
    check::<scaling_laws::laws::Farseer>();
    check::<scaling_laws::laws::FarseerForm>();
    check::<scaling_laws::laws::FineTuning>();
    check::<scaling_laws::laws::FloatFormat>();
    check::<scaling_laws::laws::FloatRun>();
    check::<scaling_laws::laws::FloatTraining>();
    check::<scaling_laws::laws::FloatTrainingForm>();
    check::<scaling_laws::laws::FlooredPower>();
    check::<scaling_laws::laws::FlooredPowerForm>();
    check::<scaling_laws::laws::GranularRun>();
    check::<scaling_laws::laws::Granularity>();
    check::<scaling_laws::laws::GranularityForm>();
    check::<scaling_laws::laws::JointExperts>();
    check::<scaling_laws::laws::JointExpertsForm>();
    check::<scaling_laws::laws::KaplanFloor>();
    check::<scaling_laws::laws::KaplanFloorForm>();
    check::<scaling_laws::laws::Knob>();
    check::<scaling_laws::laws::Knobs>();
    check::<scaling_laws::laws::M1>();
    check::<scaling_laws::laws::M1Form>();
    check::<scaling_laws::laws::M2>();
    check::<scaling_laws::laws::M2Form>();
    check::<scaling_laws::laws::M3>();
    check::<scaling_laws::laws::M3Form>();
    check::<scaling_laws::laws::M4>();
    check::<scaling_laws::laws::M4Form>();
    check::<scaling_laws::laws::Mixture>();
    check::<scaling_laws::laws::MixtureForm>();
    check::<scaling_laws::laws::MultiPower>();
    check::<scaling_laws::laws::MultiPowerForm>();
    check::<scaling_laws::laws::OuterExponent>();
    check::<scaling_laws::laws::OuterExponentForm>();
    check::<scaling_laws::laws::OverTraining>();
    check::<scaling_laws::laws::OverTrainingForm>();
    check::<scaling_laws::laws::PowerRule>();
    check::<scaling_laws::laws::PowerRuleForm>();
    check::<scaling_laws::laws::PowerRules>();
    check::<scaling_laws::laws::Precision>();
    check::<scaling_laws::laws::PrecisionForm>();
    check::<scaling_laws::laws::Quantity>();
    check::<scaling_laws::laws::QuantizedRun>();
    check::<scaling_laws::laws::RepeatedRun>();
    check::<scaling_laws::laws::Repetition>();
    check::<scaling_laws::laws::RepetitionForm>();
    check::<scaling_laws::laws::Routed>();
    check::<scaling_laws::laws::RoutedForm>();
    check::<scaling_laws::laws::RoutedRun>();
    check::<scaling_laws::laws::Saturating>();
    check::<scaling_laws::laws::SaturatingForm>();
    check::<scaling_laws::laws::Schedule>();
    check::<scaling_laws::laws::ScheduleSearch>();
    check::<scaling_laws::laws::SigmoidAccuracy>();
    check::<scaling_laws::laws::SigmoidAccuracyForm>();
    check::<scaling_laws::laws::SparseRun>();
    check::<scaling_laws::laws::Sparsity>();
    check::<scaling_laws::laws::SparsityForm>();
    check::<scaling_laws::laws::TiedExponents>();
    check::<scaling_laws::laws::TiedExponentsForm>();
    check::<scaling_laws::laws::Transfer>();
    check::<scaling_laws::laws::TransferForm>();
    check::<scaling_laws::laws::Vocabulary>();
    check::<scaling_laws::laws::VocabularyForm>();
    check::<scaling_laws::laws::VocabularyRun>();
    check::<scaling_laws::laws::WeightSparsity>();
    check::<scaling_laws::laws::WeightSparsityForm>();
    check::<scaling_laws::laws::Slice<scaling_laws::laws::Repetition>>();
    check::<scaling_laws::Choice<f64>>();
    check::<scaling_laws::CloudChoice<f64>>();
    check::<scaling_laws::Regretted<f64>>();
}

#[test]
fn errors_can_be_boxed_and_downcast() {
    let error: Box<dyn std::error::Error + Send + Sync> = Box::new(scaling_laws::Params::new(0.0).unwrap_err());
    assert!(error.downcast_ref::<scaling_laws::UnitError>().is_some());
}

/// Names in CamelCase that lib.rs re-exports.
fn exported_types() -> BTreeSet<String> {
    let text = std::fs::read_to_string(root().join("src/lib.rs")).unwrap();
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
