//! Every family that can be fitted, by name: what a fit needs when the law is chosen at run time.

mod fitted;
mod many;
mod row;
mod table;

use std::fmt;
use std::sync::{Arc, LazyLock};

pub use fitted::FittedLaw;

use super::vocabulary::UNIGRAM_NORMALIZED_LOSS;
use super::{Formula, Knob, Knobs, Law, Quantity, StoredLaw};
use crate::error::LawError;
use crate::math::nearest::nearest;
use crate::units::{Conventions, Domain};
use many::MANY;
use table::TABLE;

/// A form over rows of numbers, as a [`Family`] gives it to a fit.
pub type RowForm = Box<dyn Law<Input = Vec<f64>> + Send>;

/// A family of laws that is chosen by name.
///
/// ```
/// use scaling_laws::{laws::{family, Knobs}, Fitter, LossFunction};
/// let power = family("power")?; // E + (x_c/x)^alpha
/// assert_eq!(power.coefficient_names(), ["E", "x_c", "alpha"]);
/// let sizes = [1e7, 3e7, 1e8, 3e8, 1e9, 3e9];
/// let losses = sizes.map(|n: f64| 1.7 + (1e12 / n).powf(0.2));
/// let rows = sizes.iter().map(|n| power.row(&Knobs::new().with("x", *n))).collect::<Result<Vec<_>, _>>()?;
/// let fit = Fitter::new(power.form().as_ref()).loss(LossFunction::LeastSquares).fit(&rows, &losses)?;
/// assert!((fit.coefficient("alpha")?.value - 0.2).abs() < 1e-6);
/// assert!(family("chinchila").unwrap_err().to_string().contains("chinchilla"));
/// # Ok::<(), scaling_laws::Error>(())
/// ```
#[derive(Clone, Copy)]
pub struct Family {
    name: &'static str,
    summary: &'static str,
    knobs: &'static [Knob],
    value: Quantity,
    form: fn() -> RowForm,
    read: fn(&Knobs) -> Result<Vec<f64>, LawError>,
    store: Option<Store>,
    make: Option<Make>,
}

/// Makes a law that can be stored of coefficients.
type Store = fn(&[f64], Conventions, Domain) -> Result<StoredLaw, LawError>;

/// Makes a law with further knobs of coefficients.
type Make = fn(&[f64], Conventions, Domain) -> Result<Arc<dyn Formula>, LawError>;

impl Family {
    /// The name by which it is found.
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// What it is for, in half a line.
    pub fn summary(&self) -> &'static str {
        self.summary
    }

    /// The numbers that each row needs.
    pub fn knobs(&self) -> &'static [Knob] {
        self.knobs
    }

    /// What it predicts, and what the values of a fit are: a loss unless it says otherwise.
    ///
    /// ```
    /// use scaling_laws::laws::family;
    /// assert_eq!(family("chinchilla")?.value().name, "loss");
    /// assert_eq!(family("downstream-error")?.value().name, "error_rate");
    /// # Ok::<(), scaling_laws::Error>(())
    /// ```
    pub fn value(&self) -> Quantity {
        self.value
    }

    /// Whether its values may be negative, so that they are fitted by raw residuals: the unigram-normalised loss.
    pub fn is_signed(&self) -> bool {
        self.value == UNIGRAM_NORMALIZED_LOSS
    }

    /// The family as a fit sees it. Its inputs are made by [`row`](Self::row).
    pub fn form(&self) -> RowForm {
        (self.form)()
    }

    /// The formula in the names of its coefficients.
    pub fn formula(&self) -> String {
        self.form().formula().to_owned()
    }

    /// Names of the coefficients in the order of a fit.
    pub fn coefficient_names(&self) -> Vec<&'static str> {
        self.form().coefficient_names().to_vec()
    }

    /// The input of one row from its knobs.
    ///
    /// # Errors
    /// [`LawError::MissingInput`] for a knob without value and default, [`LawError::Knob`] for a value that is not allowed.
    pub fn row(&self, knobs: &Knobs) -> Result<Vec<f64>, LawError> {
        (self.read)(knobs)
    }

    /// Whether it is a loss of N and D alone, which can be stored and allocated under.
    pub fn is_loss_of_params_and_tokens(&self) -> bool {
        self.store.is_some()
    }

    /// The law with these coefficients, for storing and for allocation.
    ///
    /// # Errors
    /// [`LawError::WrongKind`] for a family that is no loss of N and D alone; [`LawError::Coefficient`] for coefficients that
    /// it refuses.
    pub fn law(&self, values: &[f64], conventions: Conventions, domain: Domain) -> Result<StoredLaw, LawError> {
        match self.store {
            Some(store) => store(values, conventions, domain),
            None => Err(LawError::WrongKind { law: self.name.into(), reason: "it is no loss of N and D alone" }),
        }
    }

    /// The law with these coefficients, evaluated from knobs by name, whatever it is a function of.
    ///
    /// # Errors
    /// [`LawError::Length`] for another number of coefficients; [`LawError::Coefficient`] for coefficients that it refuses.
    ///
    /// ```
    /// use scaling_laws::laws::{family, Formula, Knobs};
    /// let power = family("power")?.fitted(&[1.7, 1e12, 0.2], Default::default(), Default::default())?;
    /// let at = power.evaluate(&Knobs::new().with("x", 1e9))?; // E + (x_c/x)^alpha
    /// assert!((at[0] - (1.7 + 1e3f64.powf(0.2))).abs() < 1e-12);
    /// // With its further knobs set, a law of repeated data is one of N and D.
    /// let worn = family("repetition")?;
    /// let law = worn.fitted(&[1.87, 521.0, 1488.0, 0.353, 0.353, 15.4, 5.3], Default::default(), Default::default())?;
    /// assert!(law.slice(&Knobs::new().with("unique_tokens", 25e9)).is_some());
    /// # Ok::<(), scaling_laws::Error>(())
    /// ```
    pub fn fitted(
        &'static self,
        values: &[f64],
        conventions: Conventions,
        domain: Domain,
    ) -> Result<FittedLaw, LawError> {
        FittedLaw::new(self, values, conventions, domain)
    }
}

impl fmt::Debug for Family {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Family").field("name", &self.name).field("formula", &self.formula()).finish()
    }
}

/// The family of this name.
///
/// # Errors
/// [`LawError::UnknownFamily`] with the nearest names, or all there are.
pub fn family(name: &str) -> Result<&'static Family, LawError> {
    FAMILIES.iter().find(|family| family.name == name).ok_or_else(|| {
        let names = || FAMILIES.iter().map(|family| family.name);
        let hint = match nearest(name, &mut names()).as_slice() {
            [] => format!("there are {}", names().collect::<Vec<_>>().join(", ")),
            near => format!("did you mean {}? all are listed by `scaling-laws fit --families`", near.join(", ")),
        };
        LawError::UnknownFamily { name: name.into(), hint }
    })
}

/// All families that can be fitted to rows of numbers. Curves under a schedule have inputs of their own: see
/// [`MultiPowerForm`](crate::laws::MultiPowerForm). Mixtures of more than eight domains are [`MixtureForm`](crate::laws::MixtureForm).
pub fn families() -> &'static [Family] {
    &FAMILIES
}

static FAMILIES: LazyLock<Vec<Family>> = LazyLock::new(|| [TABLE, &MANY].concat());

#[cfg(test)]
mod tests {
    use super::*;
    use crate::laws::Bound;

    #[test]
    fn every_family_has_a_row_a_formula_and_a_right_gradient() {
        for family in families() {
            let given = [
                ("params", 1e8),
                ("tokens", 3e9),
                ("unique_tokens", 1e9),
                ("x", 50.0),
                ("steps", 1e4),
                ("x_1", 2.0),
                ("x_2", 3.0),
                ("x_3", 5.0),
                ("x_4", 7.0),
                ("loss", 2.5),
                ("experts", 8.0),
                ("granularity", 4.0),
                ("sparsity", 0.5),
                ("exponent_bits", 4.0),
                ("mantissa_bits", 3.0),
                ("vocabulary_params", 1e7),
                ("teacher_loss", 2.0),
                ("supervised_loss", 2.4),
                ("fine_tuning_data", 1e6),
                ("weight_bits", 8.0),
                ("activation_bits", 8.0),
                ("cache_bits", 8.0),
                ("post_bits", 4.0),
            ];
            let mut knobs = given.iter().fold(Knobs::new(), |knobs, (name, value)| knobs.with(name, *value));
            for knob in family.knobs().iter().filter(|knob| knob.name.starts_with("share_")) {
                knobs = knobs.with(knob.name, 1.0 / family.knobs().len() as f64);
            }
            let row = family.row(&knobs).unwrap();
            let form = family.form();
            assert!(!form.formula().is_empty(), "{}", family.name());
            // Somewhere inside of the search range.
            let middle = |bound: &Bound| match (bound.least, bound.greatest) {
                (a, b) if a > 0.0 && b.is_finite() => (a * b).sqrt(),
                (a, b) if a.is_finite() && b.is_finite() => 0.5 * (a + b),
                _ => 0.9,
            };
            let c: Vec<f64> = form.search_range().iter().map(middle).collect();
            let error = form.gradient_error(&c, &row);
            assert!(error < 1e-5, "{}: {error}", family.name());
        }
    }

    #[test]
    fn names_are_unique_and_a_miss_lists_them() {
        let mut names: Vec<_> = families().iter().map(Family::name).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), families().len());
        let error = family("gpt").unwrap_err().to_string();
        assert!(error.contains("tied-exponents") && error.contains("gpt"), "{error}");
        let near = family("chinchila").unwrap_err().to_string();
        assert!(near.contains("did you mean chinchilla?") && !near.contains("tied-exponents"), "{near}");
    }

    #[test]
    fn laws_of_n_and_d_can_be_stored_and_others_not() {
        let law =
            |name: &str, values: &[f64]| family(name).unwrap().law(values, Conventions::default(), Domain::default());
        let stored = law("tied-exponents", &[1.7, 400.0, 1000.0, 0.3]).unwrap();
        assert_eq!(stored.form(), "tied-exponents");
        assert!(matches!(law("tied-exponents", &[1.7]), Err(LawError::Length { expected: 4, .. })));
        assert!(matches!(law("power", &[1.7, 1.0, 0.3]), Err(LawError::WrongKind { .. })));
    }
}
