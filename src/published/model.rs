use crate::error::{LawError, UnitError};
use crate::laws::{
    AllocationLine, Chinchilla, CriticalBatch, Formula, KaplanJoint, KaplanSteps, Knob, Knobs, MultiPower, PowerLaw,
    Quantity,
};
use crate::units::Flops;

/// A published law as a type that can be evaluated.
///
/// With the feature `serde` its family, knobs and quantities are written; the coefficients stand in the entry.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub enum Model {
    /// L(N, D) = E + A/N^α + B/D^β.
    Chinchilla(Chinchilla),
    /// Kaplan's L(N, D).
    KaplanJoint(KaplanJoint),
    /// L(N) at convergence with unlimited data; N in parameters.
    BySize(PowerLaw),
    /// L(D) of a large model stopped early; D in tokens.
    ByData(PowerLaw),
    /// L(C), compute in PF-days of 8.64e19 FLOP.
    ByCompute {
        /// The law, in PF-days.
        law: PowerLaw,
        /// True where C is C_min, the compute a run would take at a batch far below critical.
        minimum: bool,
    },
    /// L(N, S_min).
    Steps(KaplanSteps),
    /// B_crit(L).
    CriticalBatch(CriticalBatch),
    /// N_opt(C) without a loss.
    Line(AllocationLine),
    /// A law of any other family, evaluated from knobs by name.
    Formula(&'static dyn Formula),
    /// A loss at every step of a learning-rate schedule.
    Curve(MultiPower),
}

/// Two laws are equal when all that they hold is.
impl PartialEq for dyn Formula {
    fn eq(&self, other: &Self) -> bool {
        format!("{self:?}") == format!("{other:?}")
    }
}

const CRITICAL_BATCH: Quantity = Quantity::new("critical_batch", Some("tokens"));

impl Model {
    /// The functional form, under the name of its type in [`laws`](crate::laws).
    ///
    /// ```
    /// use scaling_laws::published;
    /// assert_eq!(published::find("muennighoff2023")?.model.family(), "Repetition");
    /// assert_eq!(published::find("chinchilla")?.model.family(), "Chinchilla");
    /// # Ok::<(), scaling_laws::Error>(())
    /// ```
    pub fn family(&self) -> &'static str {
        match self {
            Self::Chinchilla(_) => "Chinchilla",
            Self::KaplanJoint(_) => "KaplanJoint",
            Self::BySize(_) | Self::ByData(_) | Self::ByCompute { .. } => "PowerLaw",
            Self::Steps(_) => "KaplanSteps",
            Self::CriticalBatch(_) => "CriticalBatch",
            Self::Line(_) => "AllocationLine",
            Self::Formula(law) => law.family(),
            Self::Curve(_) => "MultiPower",
        }
    }

    /// What it is evaluated from by name; nothing for a law of a whole schedule.
    pub fn knobs(&self) -> &[Knob] {
        match self {
            Self::Chinchilla(law) => law.knobs(),
            Self::KaplanJoint(law) => law.knobs(),
            Self::BySize(_) => const { &[Knob::PARAMS] },
            Self::ByData(_) => const { &[Knob::TOKENS] },
            Self::ByCompute { .. } | Self::Line(_) => const { &[Knob::FLOPS] },
            Self::Steps(_) => const { &[Knob::PARAMS, Knob::STEPS] },
            Self::CriticalBatch(_) => const { &[Knob::LOSS] },
            Self::Formula(law) => law.knobs(),
            Self::Curve(_) => &[],
        }
    }

    /// What it gives.
    pub fn quantities(&self) -> Vec<Quantity> {
        match self {
            Self::CriticalBatch(_) => vec![CRITICAL_BATCH],
            Self::Line(_) => vec![Quantity::OPTIMAL_PARAMS, Quantity::OPTIMAL_TOKENS],
            Self::Formula(law) => law.quantities().to_vec(),
            _ => vec![Quantity::LOSS],
        }
    }

    /// The values of its quantities, in their order.
    ///
    /// # Errors
    /// [`LawError::WrongKind`] for a law of a whole schedule, those of [`Formula::evaluate`] otherwise.
    pub fn evaluate(&self, id: &str, knobs: &Knobs) -> Result<Vec<f64>, LawError> {
        let refuse = |error: UnitError| LawError::Refused { law: id.into(), reason: error.to_string() };
        let given = |knob: Knob| {
            let missing = LawError::MissingInput { law: id.into(), needs: knob.name.into(), verb: "was" };
            knobs.get(knob.name).ok_or(missing)
        };
        let one = |value: Result<f64, UnitError>| Ok(vec![value.map_err(refuse)?]);
        match self {
            Self::Chinchilla(law) => law.evaluate(knobs),
            Self::KaplanJoint(law) => law.evaluate(knobs),
            Self::Formula(law) => law.evaluate(knobs),
            Self::BySize(law) => one(law.at(given(Knob::PARAMS)?)),
            Self::ByData(law) => one(law.at(given(Knob::TOKENS)?)),
            Self::ByCompute { law, .. } => {
                let compute = Flops::new(given(Knob::FLOPS)?).map_err(refuse)?;
                one(law.at(compute.pf_days()))
            }
            Self::Steps(law) => {
                given(Knob::PARAMS)?;
                Ok(vec![law.loss(knobs.params("L(N, S_min)")?, given(Knob::STEPS)?)?.get()])
            }
            Self::CriticalBatch(law) => {
                given(Knob::LOSS)?;
                one(law.at(knobs.loss("B_crit(L)")?).map(crate::units::Tokens::get))
            }
            Self::Line(line) => {
                let compute = Flops::new(given(Knob::FLOPS)?).map_err(refuse)?;
                let (params, tokens) = line.split(compute).map_err(refuse)?;
                Ok(vec![params.get(), tokens.get()])
            }
            Self::Curve(_) => {
                let reason = "it needs a learning rate for every step; see CurveLaw and the command `curve`";
                Err(LawError::WrongKind { law: id.into(), reason })
            }
        }
    }
}

/// `{"family": …, "knobs": [name, symbol, unit, meaning, required, default], "quantities": [name, unit]}`.
#[cfg(feature = "serde")]
impl serde::Serialize for Model {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        use serde::ser::SerializeStruct;
        let mut object = serializer.serialize_struct("Model", 3)?;
        object.serialize_field("family", self.family())?;
        object.serialize_field("knobs", self.knobs())?;
        object.serialize_field("quantities", &self.quantities())?;
        object.end()
    }
}
