use super::Model;
use crate::error::LawError;
use crate::laws::{AllocationLine, Formula, Knobs, LossModel, PowerLaw, Quantity};
use crate::units::{ComputeRule, Conventions, Domain, Flops, ParamCount, Params, Tokens};
use crate::warning::Warning;

/// One published law: its coefficients, where they stand, what they count, where they hold and what is wrong with them.
///
/// `Display` prints all of it as a card. With the feature `serde` it serialises under the names of its fields; of the
/// model, which repeats the coefficients as a type, its family, knobs and quantities are written.
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
    /// What N counts, how C is counted and what the loss is counted in.
    pub conventions: Conventions,
    /// The range of N, D and C it was fitted on.
    pub domain: Domain,
    /// The ranges of its further knobs on which it was fitted, where the source states them.
    pub ranges: &'static [Range],
    /// What the loss was measured on, in a few words: data and vocabulary. Losses of different data are not comparable.
    /// Empty where the source, as far as it was seen, does not say.
    pub data: &'static str,
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
    /// Its interval, where the source gives one.
    pub interval: Option<PublishedInterval>,
}

/// The interval of a coefficient as it is printed in the source.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct PublishedInterval {
    /// The share it is to hold: 0.95, or 0.8 between the 10th and the 90th percentile.
    pub level: f64,
    /// Lower end.
    pub low: f64,
    /// Upper end.
    pub high: f64,
}

/// The range of one knob on which a law was fitted, inclusive.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Range {
    /// The knob's name; `tokens_per_param` is D/N.
    pub knob: &'static str,
    /// Least value.
    pub least: f64,
    /// Greatest value.
    pub greatest: f64,
}

impl Range {
    pub(super) const fn new(knob: &'static str, least: f64, greatest: f64) -> Self {
        Self { knob, least, greatest }
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
        self.formula().and_then(|law| law.slice(knobs)).transpose().map_err(|error| error.of_law(self.id))
    }

    /// What the law gives for these knobs, by name.
    ///
    /// # Errors
    /// [`LawError::UnknownKnob`] for a knob that the law does not have; the errors of [`Model::evaluate`].
    ///
    /// ```
    /// use scaling_laws::{laws::Knobs, published};
    /// let batch = published::find("kaplan2020.B_crit")?.evaluate(&Knobs::new().with("loss", 2.0))?;
    /// assert_eq!((batch[0].0.name, (batch[0].1 / 1e6).round()), ("critical_batch", 7.0));
    /// # Ok::<(), scaling_laws::Error>(())
    /// ```
    pub fn evaluate(&self, knobs: &Knobs) -> Result<Vec<(Quantity, f64)>, LawError> {
        self.check_knobs(knobs)?;
        let values = self.model.evaluate(self.id, knobs).map_err(|error| error.of_law(self.id))?;
        Ok(self.model.quantities().into_iter().zip(values).collect())
    }

    fn check_knobs(&self, knobs: &Knobs) -> Result<(), LawError> {
        let known = self.model.knobs();
        // A law of a whole schedule has none, and says what it needs instead.
        if known.is_empty() && knobs.iter().next().is_some() {
            return self.model.evaluate(self.id, knobs).map(|_| ());
        }
        knobs.check(self.id, known)
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
    ranges: &[],
    data: "",
    note: "",
    good_for: "",
    errata: &[],
    verified: true,
    verification: "",
    model: Model::BySize(PowerLaw { scale: 1.0, exponent: 0.0 }),
};
pub(super) const UNKNOWN: Domain = Domain { params: None, tokens: None, flops: None };

/// Ranges of N, D and C as the source states them, each least to greatest. A least of one parameter or token stands for
/// "up to".
pub(super) const fn fitted_on(
    params: Option<(f64, f64)>,
    tokens: Option<(f64, f64)>,
    flops: Option<(f64, f64)>,
) -> Domain {
    // `Option::map` is not const.
    Domain {
        params: match params {
            Some((least, greatest)) => Some((Params::known(least), Params::known(greatest))),
            None => None,
        },
        tokens: match tokens {
            Some((least, greatest)) => Some((Tokens::known(least), Tokens::known(greatest))),
            None => None,
        },
        flops: match flops {
            Some((least, greatest)) => Some((Flops::known(least), Flops::known(greatest))),
            None => None,
        },
    }
}

pub(super) const TOTAL: Conventions = Conventions::new(ParamCount::Total, ComputeRule::SixNd);
pub(super) const NON_EMBEDDING: Conventions = Conventions::new(ParamCount::NonEmbedding, ComputeRule::SixNd);
pub(super) const ACTIVE: Conventions = Conventions::new(ParamCount::Active, ComputeRule::SixNd);

/// The same where further knobs of the law set what a FLOP or a parameter costs.
pub(super) const fn by_knobs(plain: Conventions) -> Conventions {
    Conventions { compute: ComputeRule::ByKnobs, ..plain }
}

/// A coefficient that is a pure number.
pub(super) const fn pure(name: &'static str, value: f64) -> Coefficient {
    Coefficient { name, value, unit: None, standard_error: None, interval: None }
}

/// A coefficient with a unit.
pub(super) const fn with_unit(name: &'static str, value: f64, unit: &'static str) -> Coefficient {
    Coefficient { name, value, unit: Some(unit), standard_error: None, interval: None }
}

impl Coefficient {
    pub(super) const fn standard_error(self, standard_error: f64) -> Self {
        Self { standard_error: Some(standard_error), ..self }
    }

    pub(super) const fn interval(self, level: f64, low: f64, high: f64) -> Self {
        Self { interval: Some(PublishedInterval { level, low, high }), ..self }
    }
}
