//! The families, one entry each.

use std::sync::Arc;

use super::Family;
use super::row::ByRow;
use crate::error::LawError;
use crate::laws::distillation::TEACHER_LOSS;
use crate::laws::downstream::ACCURACY;
use crate::laws::experts::{EXPERTS, GRANULARITY, SPARSITY, checked_sparsity};
use crate::laws::family::Inputs;
use crate::laws::float_training::{BLOCK_SIZE, EXPONENT_BITS, MANTISSA_BITS};
use crate::laws::one_variable::X;
use crate::laws::precision::{ACTIVATION_BITS, CACHE_BITS, POST_BITS, WEIGHT_BITS};
use crate::laws::repetition::UNIQUE_TOKENS;
use crate::laws::transfer::{FINE_TUNING, TRANSFERRED};
use crate::laws::vocabulary::{OTHER, UNIGRAM_NORMALIZED_LOSS, VOCABULARY};
use crate::laws::*;
use crate::units::{Nats, Params};

const OF_N_AND_D: &[Knob] = &[Knob::PARAMS, Knob::TOKENS];
const SUPERVISED_LOSS: Knob =
    Knob::new("supervised_loss", "L_supervised", Some("nats/token"), "loss of the student without a teacher");

fn n_and_d(knobs: &Knobs) -> Result<Vec<f64>, LawError> {
    let law = "a loss of N and D";
    Ok(vec![knobs.params(law)?.ln(), knobs.tokens(law)?.ln()])
}

fn of_x(knobs: &Knobs) -> Result<Vec<f64>, LawError> {
    Ok(vec![knobs.positive("a law of one variable", X)?])
}

fn of_loss(knobs: &Knobs) -> Result<Vec<f64>, LawError> {
    Ok(vec![knobs.loss("a law of the loss")?.get()])
}

/// A family over (N, D) whose laws can be stored.
macro_rules! over_n_and_d {
    ($name:literal, $summary:literal, $form:ident, $law:ident) => {
        Family {
            name: $name,
            summary: $summary,
            knobs: OF_N_AND_D,
            value: Quantity::LOSS,
            form: || Box::new(ByRow::numbers::<2>($form)),
            read: n_and_d,
            store: Some(|values, conventions, domain| {
                let count = $form::NAMES.len();
                let length = |_| LawError::Length { what: "the coefficients", got: values.len(), expected: count };
                let law = $law::new(values.try_into().map_err(length)?)?;
                Ok(StoredLaw::$law(law.with_conventions(conventions).with_domain(domain)))
            }),
            make: None,
        }
    };
}

/// A family whose rows are no (N, D) alone; with its law, one that has slices over N and D.
macro_rules! over_rows {
    ($name:literal, $summary:literal, $form:ident of $count:literal, $knobs:expr, $read:expr, $law:ident) => {
        Family {
            make: Some(|values, conventions, domain| {
                let count = $form::NAMES.len();
                let length = |_| LawError::Length { what: "the coefficients", got: values.len(), expected: count };
                let law = $law::new(values.try_into().map_err(length)?)?;
                Ok(Arc::new(law.with_conventions(conventions).with_domain(domain)))
            }),
            ..over_rows!($name, $summary, $form of $count, $knobs, $read)
        }
    };
    ($name:literal, $summary:literal, $form:ident of $count:literal, $knobs:expr, $read:expr) => {
        Family {
            name: $name,
            summary: $summary,
            knobs: $knobs,
            value: Quantity::LOSS,
            form: || Box::new(ByRow::numbers::<$count>($form)),
            read: $read,
            store: None,
            make: None,
        }
    };
}

/// A family of broken laws.
macro_rules! broken {
    ($name:literal, $summary:literal, $form:ident) => {
        Family {
            name: $name,
            summary: $summary,
            knobs: &[X],
            value: Quantity::LOSS,
            form: || Box::new(ByRow::broken(BrokenForm::$form)),
            read: of_x,
            store: None,
            make: None,
        }
    };
}

pub(super) static TABLE: &[Family] = &[
    Family {
        name: "chinchilla",
        summary: "Hoffmann 2022, Approach 3",
        knobs: OF_N_AND_D,
        value: Quantity::LOSS,
        form: || Box::new(ByRow::numbers::<2>(ChinchillaForm)),
        read: n_and_d,
        store: Some(|values, conventions, domain| {
            let &[e, a, b, alpha, beta] = values else {
                return Err(LawError::Length { what: "the coefficients", got: values.len(), expected: 5 });
            };
            let law = Chinchilla::new(e, a, b, alpha, beta)?;
            Ok(StoredLaw::Chinchilla(law.with_conventions(conventions).with_domain(domain)))
        }),
        make: None,
    },
    over_n_and_d!(
        "tied-exponents",
        "Chinchilla with alpha = beta: the same tokens per parameter at every budget",
        TiedExponentsForm,
        TiedExponents
    ),
    over_n_and_d!(
        "outer-exponent",
        "a free exponent around both terms: Chinchilla at k = 1, Kaplan's shape else",
        OuterExponentForm,
        OuterExponent
    ),
    over_n_and_d!("kaplan-floor", "Kaplan 2020 with an irreducible loss", KaplanFloorForm, KaplanFloor),
    Family {
        name: "kaplan",
        summary: "Kaplan 2020, L(N, D): no irreducible loss",
        knobs: OF_N_AND_D,
        value: Quantity::LOSS,
        form: || Box::new(ByRow::numbers::<2>(KaplanJointForm)),
        read: n_and_d,
        // With E = 0 of the other family, which keeps what N counts.
        store: Some(|values, conventions, domain| {
            let &[n_c, d_c, alpha_n, alpha_d] = values else {
                return Err(LawError::Length { what: "the coefficients", got: values.len(), expected: 4 });
            };
            let law = KaplanFloor::new([0.0, n_c, d_c, alpha_n, alpha_d])?;
            Ok(StoredLaw::KaplanFloor(law.with_conventions(conventions).with_domain(domain)))
        }),
        make: None,
    },
    over_n_and_d!("over-training", "Gadre 2024: in compute and tokens per parameter", OverTrainingForm, OverTraining),
    over_n_and_d!("farseer", "Farseer 2025: the exponent of D changes with N", FarseerForm, Farseer),
    over_rows!(
        "repetition",
        "Muennighoff 2023: repeated data",
        RepetitionForm of 3,
        const { &[Knob::PARAMS, Knob::TOKENS, UNIQUE_TOKENS] },
        |knobs| {
            let mut row = n_and_d(knobs)?;
            row.push(knobs.positive(Repetition::FORMULA, UNIQUE_TOKENS)?.ln());
            Ok(row)
        },
        Repetition
    ),
    over_rows!(
        "precision",
        "Kumar 2024: bits in training and after it",
        PrecisionForm of 6,
        const { &[Knob::PARAMS, Knob::TOKENS, WEIGHT_BITS, ACTIVATION_BITS, CACHE_BITS, POST_BITS] },
        |knobs| {
            let bits = Precision::read_bits(knobs)?;
            let run = QuantizedRun {
                params: knobs.params(Precision::FORMULA)?,
                tokens: knobs.tokens(Precision::FORMULA)?,
                bits,
            };
            Ok(run.numbers().to_vec())
        },
        Precision
    ),
    over_rows!(
        "float-training",
        "Sun 2025: training in floating-point formats",
        FloatTrainingForm of 5,
        const { &[Knob::PARAMS, Knob::TOKENS, EXPONENT_BITS, MANTISSA_BITS, BLOCK_SIZE] },
        |knobs| {
            let run = FloatRun {
                params: knobs.params(FloatTraining::FORMULA)?,
                tokens: knobs.tokens(FloatTraining::FORMULA)?,
                format: FloatTraining::read_format(knobs)?,
            };
            Ok(run.numbers().to_vec())
        },
        FloatTraining
    ),
    over_rows!(
        "granularity",
        "Krajewski 2024: fine-grained mixtures of experts",
        GranularityForm of 3,
        const { &[Knob::PARAMS, Knob::TOKENS, GRANULARITY] },
        |knobs| {
            let mut row = n_and_d(knobs)?;
            row.push(knobs.positive(Granularity::FORMULA, GRANULARITY)?.ln());
            Ok(row)
        },
        Granularity
    ),
    over_rows!(
        "joint-experts",
        "Ludziejewski 2025: mixtures of experts over active parameters",
        JointExpertsForm of 3,
        const { &[Knob::PARAMS, Knob::TOKENS, EXPERTS] },
        |knobs| {
            let mut row = n_and_d(knobs)?;
            row.push(knobs.within(JointExperts::FORMULA, EXPERTS, 1.0, 1e9, "one or more")?);
            Ok(row)
        },
        JointExperts
    ),
    over_rows!(
        "routed",
        "Clark 2022: routed models at a fixed number of tokens",
        RoutedForm of 2,
        const { &[Knob::PARAMS, EXPERTS] },
        |knobs| {
            let experts = knobs.within(Routed::FORMULA, EXPERTS, 1.0, 1e9, "one or more")?;
            Ok(RoutedRun { params: knobs.params(Routed::FORMULA)?, experts }.numbers().to_vec())
        }
    ),
    over_rows!(
        "sparsity",
        "Abnar 2025: sparsity of mixtures of experts",
        SparsityForm of 3,
        const { &[Knob::PARAMS, Knob::TOKENS, SPARSITY] },
        |knobs| sparse(Sparsity::FORMULA, knobs),
        Sparsity
    ),
    over_rows!(
        "weight-sparsity",
        "Frantar 2023: weights that are zero",
        WeightSparsityForm of 3,
        const { &[Knob::PARAMS, Knob::TOKENS, SPARSITY] },
        |knobs| sparse(WeightSparsity::FORMULA, knobs),
        WeightSparsity
    ),
    Family {
        value: UNIGRAM_NORMALIZED_LOSS,
        ..over_rows!(
            "vocabulary",
            "Tao 2024: parameters of the vocabulary",
            VocabularyForm of 3,
            const { &[OTHER, Knob::TOKENS, VOCABULARY] },
            |knobs| {
                let run = VocabularyRun {
                    other_params: knobs.params(Vocabulary::FORMULA)?,
                    vocabulary_params: Params::known(knobs.positive(Vocabulary::FORMULA, VOCABULARY)?),
                    tokens: knobs.tokens(Vocabulary::FORMULA)?,
                };
                Ok(run.numbers().to_vec())
            }
        )
    },
    over_rows!(
        "distillation",
        "Busbridge 2025: a student and its teacher",
        DistillationForm of 4,
        const { &[Knob::PARAMS, Knob::TOKENS, TEACHER_LOSS, SUPERVISED_LOSS] },
        |knobs| {
            let loss = |knob| knobs.positive(Distillation::FORMULA, knob).map(Nats::known);
            let run = DistilledRun {
                student_params: knobs.params(Distillation::FORMULA)?,
                student_tokens: knobs.tokens(Distillation::FORMULA)?,
                teacher_loss: loss(TEACHER_LOSS)?,
                supervised_loss: loss(SUPERVISED_LOSS)?,
            };
            Ok(run.numbers().to_vec())
        }
    ),
    Family {
        value: TRANSFERRED,
        ..over_rows!(
            "transfer",
            "Hernandez 2021: data that pre-training is worth",
            TransferForm of 2,
            const { &[Knob::PARAMS, FINE_TUNING] },
            |knobs| {
                let data = knobs.positive(Transfer::FORMULA, FINE_TUNING)?;
                Ok(FineTuning { params: knobs.params(Transfer::FORMULA)?, data }.numbers().to_vec())
            }
        )
    },
    over_rows!(
        "kaplan-steps",
        "Kaplan 2020, L(N, S): size and steps",
        KaplanStepsForm of 2,
        const { &[Knob::PARAMS, Knob::STEPS] },
        |knobs| {
            let steps = knobs.positive("a law of size and steps", Knob::STEPS)?;
            Ok(vec![knobs.params("a law of size and steps")?.ln(), steps.ln()])
        }
    ),
    over_rows!("power", "a power law of one variable with a floor", FlooredPowerForm of 1, &[X], of_x),
    over_rows!("saturating", "Zhai 2021: a power law that levels off at both ends", SaturatingForm of 1, &[X], of_x),
    over_rows!("m1", "Alabdulmohsin 2022: a pure power law", M1Form of 1, &[X], of_x),
    over_rows!("m2", "Alabdulmohsin 2022: a power law with a floor", M2Form of 1, &[X], of_x),
    over_rows!("m3", "Alabdulmohsin 2022: a shifted power law with a floor", M3Form of 1, &[X], of_x),
    over_rows!("m4", "Alabdulmohsin 2022: from chance to the floor", M4Form of 1, &[X], of_x),
    broken!("broken-1", "Caballero 2022: a power law with one break", ONE),
    broken!("broken-2", "Caballero 2022: a power law with two breaks", TWO),
    broken!("broken-3", "Caballero 2022: a power law with three breaks", THREE),
    Family {
        value: Quantity::ERROR_RATE,
        ..over_rows!(
            "downstream-error",
            "Gadre 2024: an error rate from the loss",
            DownstreamErrorForm of 1,
            &[Knob::LOSS],
            of_loss
        )
    },
    Family {
        value: ACCURACY,
        ..over_rows!(
            "sigmoid-accuracy",
            "an accuracy from the loss, between chance and a ceiling",
            SigmoidAccuracyForm of 1,
            &[Knob::LOSS],
            of_loss
        )
    },
];

fn sparse(law: &'static str, knobs: &Knobs) -> Result<Vec<f64>, LawError> {
    let sparsity = checked_sparsity(law, knobs.value(law, SPARSITY)?)?;
    Ok(SparseRun { params: knobs.params(law)?, tokens: knobs.tokens(law)?, sparsity }.numbers().to_vec())
}
