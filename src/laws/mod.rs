//! Functional forms: one file each. [`LossModel`] is what allocation needs of a law, [`Law`] what a fit needs,
//! [`Formula`] what is asked of any law by name at run time.
//!
//! A family comes as two types: `X`, a set of coefficients that can be evaluated, and `XForm`, the same family as a fit
//! sees it. A law with more knobs than N and D is a [`SlicedLaw`]: with its knobs set it is a [`Slice`], a [`LossModel`]
//! that every allocator takes. The published coefficients of each are in [`published`](crate::published).

mod batch_tradeoff;
mod chinchilla;
mod counting;
mod curve;
mod distillation;
mod doubling;
mod downstream;
mod experts;
mod families;
mod family;
mod farseer;
mod float_training;
mod flop_rule;
mod formula;
mod inference_optimum;
mod kaplan;
mod kaplan_floor;
mod kaplan_frontier;
mod kaplan_steps;
mod knob;
mod law;
mod loss_model;
mod mixture;
mod one_variable;
mod outer_exponent;
mod over_training;
mod power_law;
mod power_rule;
mod precision;
mod repetition;
mod slice;
mod stored;
mod tied;
mod transfer;
mod vocabulary;

pub use batch_tradeoff::BatchTradeoff;
pub(crate) use batch_tradeoff::BatchTradeoffFormula;
pub use chinchilla::{Chinchilla, ChinchillaForm};
pub use counting::EmbeddingCount;
pub(crate) use counting::RecountedLaw;
pub(crate) use curve::CoolDown;
pub use curve::{
    AnnealedPoint, Annealing, AnnealingForm, CurveLaw, CurvePoint, Decay, MultiPower, MultiPowerForm, Schedule,
    ScheduleSearch, best_schedule, compare_schedules,
};
pub use distillation::{Distillation, DistillationForm, DistilledRun, Distiller};
pub use doubling::Doubling;
pub use downstream::{DownstreamError, DownstreamErrorForm, SigmoidAccuracy, SigmoidAccuracyForm};
pub use experts::{
    ExpertRun, GranularRun, Granularity, GranularityForm, JointExperts, JointExpertsForm, Routed, RoutedForm,
    RoutedRun, SparseRun, Sparsity, SparsityForm, WeightSparsity, WeightSparsityForm,
};
pub use families::{Family, FittedLaw, RowForm, families, family};
pub use farseer::{Farseer, FarseerForm};
pub use float_training::{FloatFormat, FloatRun, FloatTraining, FloatTrainingForm};
pub use flop_rule::FlopRule;
pub use formula::Formula;
pub use inference_optimum::InferenceOptimum;
pub use kaplan::{CriticalBatch, KaplanJoint, KaplanJointForm, KaplanSteps};
pub use kaplan_floor::{KaplanFloor, KaplanFloorForm};
pub use kaplan_frontier::{FrontierPoint, KaplanFrontier};
pub use kaplan_steps::KaplanStepsForm;
pub use knob::{Knob, Knobs, Quantity};
pub use law::{Bound, Law};
pub use loss_model::{LossGradient, LossModel, LossPoint};
pub(crate) use mixture::share;
pub use mixture::{Mixture, MixtureForm, best_mixture};
pub(crate) use one_variable::M4Shape;
pub use one_variable::{
    AxisLoss, Break, Broken, BrokenForm, FlooredPower, FlooredPowerForm, M1, M1Form, M2, M2Form, M3, M3Form, M4,
    M4Form, Saturating, SaturatingForm,
};
pub use outer_exponent::{OuterExponent, OuterExponentForm};
pub use over_training::{OverTraining, OverTrainingForm};
pub use power_law::{AllocationLine, PowerLaw};
pub use power_rule::{Factor, PowerRule, PowerRuleForm, PowerRules};
pub use precision::{Bits, Precision, PrecisionForm, QuantizedRun};
pub use repetition::{RepeatedRun, Repetition, RepetitionForm};
pub use slice::{Slice, SlicedLaw};
pub use stored::StoredLaw;
pub use tied::{TiedExponents, TiedExponentsForm};
pub use transfer::{FineTuning, Transfer, TransferForm};
pub use vocabulary::{Vocabulary, VocabularyForm, VocabularyRun};
