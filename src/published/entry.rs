use crate::laws::{AllocationLine, Chinchilla, CriticalBatch, KaplanJoint, KaplanSteps, LossModel, PowerLaw};
use crate::units::{Conventions, Domain};
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
