use crate::error::LawError;
use crate::laws::{
    AllocationLine, Chinchilla, CriticalBatch, Formula, KaplanJoint, KaplanSteps, LossModel, MultiPower, PowerLaw,
};
use crate::laws::{Knobs, Quantity};
use crate::units::{ComputeRule, Conventions, Domain, ParamCount};
use crate::warning::Warning;

/// One published law: its coefficients, where they stand, what they count, where they hold and what is wrong with them.
///
/// `Display` prints all of it as a card. With the feature `serde` it serialises under the names of its fields; `model`,
/// which only repeats the coefficients as a type, is left out.
///
/// ```
/// use scaling_laws::published;
/// let entry = published::find("besiroglu2024.parametric")?;
/// let b = entry.coefficient("B").ok_or("no B")?;
/// assert_eq!((b.value, b.standard_error), (2085.43, Some(1293.23)));
/// assert!(entry.verified && !entry.errata.is_empty());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Entry {
    /// Stable name, `<first author><year>.<law>`.
    pub id: &'static str,
    /// Other names under which [`find`](super::find) knows it.
    pub aliases: &'static [&'static str],
    /// Title of the paper.
    pub title: &'static str,
    /// Its authors.
    pub authors: &'static str,
    /// Year of the first version.
    pub year: u16,
    /// Number on arXiv.
    pub arxiv: &'static str,
    /// Where in the paper the law and its coefficients stand.
    pub equation: &'static str,
    /// The law, in the names of the coefficients.
    pub formula: &'static str,
    /// The coefficients in the order of the law's own constructor.
    pub coefficients: &'static [Coefficient],
    /// What N counts and how C is counted.
    pub conventions: Conventions,
    /// The range of N, D and C it was fitted on.
    pub domain: Domain,
    /// Data set, tokenizer, schedule, published intervals.
    pub note: &'static str,
    /// What to use it for.
    pub good_for: &'static str,
    /// What is known to be rounded, superseded or inconsistent in the published numbers.
    pub errata: &'static [&'static str],
    /// Whether the coefficients were seen in the source itself.
    pub verified: bool,
    /// How they were verified, or why not.
    pub verification: &'static str,
    /// The law as a type that can be evaluated.
    #[cfg_attr(feature = "serde", serde(skip))]
    pub model: Model,
}

/// A coefficient as it is printed in the source.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Coefficient {
    /// Its name as in the formula.
    pub name: &'static str,
    /// Its value.
    pub value: f64,
    /// Its unit; `None` for a pure number.
    pub unit: Option<&'static str>,
    /// Its standard error, where the source gives one.
    pub standard_error: Option<f64>,
}

/// A published law as a type that can be evaluated.
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

impl Entry {
    /// The law of N and D, if it is one.
    pub fn loss_model(&self) -> Option<&dyn LossModel> {
        match &self.model {
            Model::Chinchilla(law) => Some(law),
            Model::KaplanJoint(law) => Some(law),
            _ => None,
        }
    }

    /// The law as one that is evaluated from knobs by name; `None` for the forms that have a variant of their own
    /// without knobs.
    pub fn formula(&self) -> Option<&dyn Formula> {
        match &self.model {
            Model::Chinchilla(law) => Some(law),
            Model::KaplanJoint(law) => Some(law),
            Model::Formula(law) => Some(*law),
            _ => None,
        }
    }

    /// The loss of N and D that the law is once its further knobs are set; `None` where it is no such loss.
    ///
    /// # Errors
    /// [`LawError::MissingInput`] and [`LawError::Knob`].
    ///
    /// ```
    /// use scaling_laws::{laws::Knobs, published};
    /// let entry = published::find("muennighoff2023")?;
    /// let slice = entry.slice(&Knobs::new().with("unique_tokens", 25e9))?.ok_or("not a law of N and D")?;
    /// let loss = slice.loss("6.34B".parse()?, "242B".parse()?)?;
    /// assert!((loss.get() - 2.2256440889984477).abs() < 1e-9);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn slice(&self, knobs: &Knobs) -> Result<Option<Box<dyn LossModel>>, LawError> {
        self.check_knobs(knobs)?;
        self.formula().and_then(|law| law.slice(knobs)).transpose()
    }

    /// What the law gives for these knobs, by name.
    ///
    /// # Errors
    /// [`LawError::UnknownKnob`] for a knob that the law does not have, [`LawError::WrongKind`] for a law that has none;
    /// the errors of [`Formula::evaluate`].
    pub fn evaluate(&self, knobs: &Knobs) -> Result<Vec<(Quantity, f64)>, LawError> {
        self.check_knobs(knobs)?;
        let reason = "it has a type of its own; see its field `model`";
        let law = self.formula().ok_or_else(|| LawError::WrongKind { law: self.id.into(), reason })?;
        Ok(law.quantities().iter().copied().zip(law.evaluate(knobs)?).collect())
    }

    fn check_knobs(&self, knobs: &Knobs) -> Result<(), LawError> {
        let known: Vec<&str> = self.formula().map_or(Vec::new(), |law| law.knobs().iter().map(|k| k.name).collect());
        match knobs.iter().find(|(name, _)| !known.contains(name)) {
            Some((name, _)) if !known.is_empty() => {
                Err(LawError::UnknownKnob { law: self.id.into(), knob: name.into(), known: known.join(", ") })
            }
            _ => Ok(()),
        }
    }

    /// The allocation without a loss, if it is one.
    pub fn line(&self) -> Option<AllocationLine> {
        match self.model {
            Model::Line(line) => Some(line),
            _ => None,
        }
    }

    /// The coefficient of this name.
    pub fn coefficient(&self, name: &str) -> Option<Coefficient> {
        self.coefficients.iter().copied().find(|c| c.name == name)
    }

    /// What a result that rests on this law should say: that it was not seen in the source, and each erratum.
    pub fn warnings(&self) -> Vec<Warning> {
        let unverified = (!self.verified).then(|| Warning::Unverified { law: self.id.into() });
        let errata = self.errata.iter().map(|note| Warning::Erratum { note: (*note).into() });
        unverified.into_iter().chain(errata).collect()
    }
}

/// An entry to fill in.
pub(super) const BLANK: Entry = Entry {
    id: "",
    aliases: &[],
    title: "",
    authors: "",
    year: 0,
    arxiv: "",
    equation: "",
    formula: "",
    coefficients: &[],
    conventions: TOTAL,
    domain: UNKNOWN,
    note: "",
    good_for: "",
    errata: &[],
    verified: true,
    verification: "",
    model: Model::BySize(PowerLaw { scale: 1.0, exponent: 0.0 }),
};
pub(super) const UNKNOWN: Domain = Domain { params: None, tokens: None, flops: None };
pub(super) const TOTAL: Conventions = Conventions { params: ParamCount::Total, compute: ComputeRule::SixNd };
pub(super) const NON_EMBEDDING: Conventions =
    Conventions { params: ParamCount::NonEmbedding, compute: ComputeRule::SixNd };
pub(super) const ACTIVE: Conventions = Conventions { params: ParamCount::Active, compute: ComputeRule::SixNd };

/// A coefficient that is a pure number.
pub(super) const fn pure(name: &'static str, value: f64) -> Coefficient {
    Coefficient { name, value, unit: None, standard_error: None }
}

/// A coefficient with a unit.
pub(super) const fn with_unit(name: &'static str, value: f64, unit: &'static str) -> Coefficient {
    Coefficient { name, value, unit: Some(unit), standard_error: None }
}

impl Coefficient {
    pub(super) const fn standard_error(self, standard_error: f64) -> Self {
        Self { standard_error: Some(standard_error), ..self }
    }
}
