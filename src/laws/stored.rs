use super::{
    Chinchilla, Farseer, KaplanFloor, KaplanJoint, LossModel, LossPoint, OuterExponent, OverTraining, TiedExponents,
};
use crate::units::{Conventions, Domain, Nats};

/// A law of N and D chosen at run time, such as one read from a file.
///
/// With the feature `serde` it has a stable JSON form:
///
/// ```json
/// {"schema": "scaling-laws/1", "law": {"form": "chinchilla",
///  "coefficients": {"E": 1.8172, "A": 482.01, "B": 2085.43, "alpha": 0.3478, "beta": 0.3658},
///  "conventions": {"params": "total", "compute": "6ND"}, "domain": {"params": [7e7, 1.6e10]}}}
/// ```
///
/// `form` is "chinchilla" (E, A, B, alpha, beta), "kaplan-joint" (N_c, D_c, alpha_N, alpha_D), or the name of a
/// [`Family`](crate::laws::Family) over N and D with its coefficients: "tied-exponents", "outer-exponent", "kaplan-floor",
/// "over-training", "farseer". Unknown fields are ignored, other major versions of the schema are refused, `conventions` and `domain` may be left out. The JSON of a
/// fit holds its law in the same place, so it can be read as one.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub enum StoredLaw {
    /// E + A/N^α + B/D^β.
    Chinchilla(Chinchilla),
    /// Kaplan's joint law.
    KaplanJoint(KaplanJoint),
    /// E + A/N^α + B/D^α.
    TiedExponents(TiedExponents),
    /// A free exponent around both terms.
    OuterExponent(OuterExponent),
    /// Kaplan's joint law with an irreducible loss.
    KaplanFloor(KaplanFloor),
    /// In compute and tokens per parameter.
    OverTraining(OverTraining),
    /// Exponents that change with N.
    Farseer(Farseer),
}

impl StoredLaw {
    /// The law as what allocation needs.
    pub fn as_loss_model(&self) -> &dyn LossModel {
        match self {
            Self::Chinchilla(law) => law,
            Self::KaplanJoint(law) => law,
            Self::TiedExponents(law) => law,
            Self::OuterExponent(law) => law,
            Self::KaplanFloor(law) => law,
            Self::OverTraining(law) => law,
            Self::Farseer(law) => law,
        }
    }

    /// The form's name in JSON.
    pub fn form(&self) -> &'static str {
        match self {
            Self::Chinchilla(_) => "chinchilla",
            Self::KaplanJoint(_) => "kaplan-joint",
            Self::TiedExponents(_) => "tied-exponents",
            Self::OuterExponent(_) => "outer-exponent",
            Self::KaplanFloor(_) => "kaplan-floor",
            Self::OverTraining(_) => "over-training",
            Self::Farseer(_) => "farseer",
        }
    }
}

impl LossModel for StoredLaw {
    fn at(&self, ln_params: f64, ln_tokens: f64) -> LossPoint {
        self.as_loss_model().at(ln_params, ln_tokens)
    }
    fn conventions(&self) -> Conventions {
        self.as_loss_model().conventions()
    }
    fn domain(&self) -> Domain {
        self.as_loss_model().domain()
    }
    fn irreducible(&self) -> Option<Nats> {
        self.as_loss_model().irreducible()
    }
    fn ln_optimal_params(&self, ln_product: f64) -> Option<f64> {
        self.as_loss_model().ln_optimal_params(ln_product)
    }
}

#[cfg(feature = "serde")]
mod json {
    use std::collections::BTreeMap;

    use serde::{Deserialize, Serialize, Serializer};

    use super::StoredLaw;
    use crate::error::LawError;
    use crate::laws::{
        Family, FarseerForm, FittedLaw, KaplanFloorForm, KaplanJoint, LossModel, OuterExponentForm, OverTrainingForm,
        TiedExponentsForm, families, family,
    };
    use crate::units::{Conventions, Domain};

    /// Version of the stored forms.
    const SCHEMA: &str = "scaling-laws/1";

    /// Names of each form's coefficients in the order of its constructor.
    const CHINCHILLA: [&str; 5] = ["E", "A", "B", "alpha", "beta"];
    const KAPLAN: [&str; 4] = ["N_c", "D_c", "alpha_N", "alpha_D"];

    #[derive(Serialize, Deserialize)]
    struct Body {
        form: String,
        coefficients: BTreeMap<String, f64>,
        #[serde(default)]
        conventions: Conventions,
        #[serde(default)]
        domain: Domain,
    }

    #[derive(Deserialize)]
    struct Document {
        schema: String,
        law: Option<Body>,
    }

    /// The law of a document of this schema.
    fn body(text: &str, origin: &str) -> Result<Body, LawError> {
        let refuse = |reason: String| LawError::Stored { origin: origin.into(), reason };
        let expected = || format!("{{\"schema\": \"{SCHEMA}\", \"law\": {{\"form\": …, \"coefficients\": …}}}}");
        let document: Document =
            serde_json::from_str(text).map_err(|error| refuse(format!("{error}; expected {}", expected())))?;
        if document.schema != SCHEMA {
            return Err(refuse(format!("schema {:?} is not {SCHEMA:?}, the one this version reads", document.schema)));
        }
        document.law.ok_or_else(|| refuse(format!("it holds no law; expected {}", expected())))
    }

    impl Body {
        fn of(form: &str, names: &[&str], values: &[f64], conventions: Conventions, domain: Domain) -> Self {
            let coefficients = names.iter().map(|n| (*n).to_owned()).zip(values.iter().copied()).collect();
            Self { form: form.into(), coefficients, conventions, domain }
        }

        fn value(&self, name: &str, origin: &str) -> Result<f64, LawError> {
            self.coefficients.get(name).copied().ok_or_else(|| LawError::Stored {
                origin: origin.into(),
                reason: format!("coefficient {name:?} of form {:?} is missing", self.form),
            })
        }

        fn values(&self, family: &Family, origin: &str) -> Result<Vec<f64>, LawError> {
            family.coefficient_names().into_iter().map(|name| self.value(name, origin)).collect()
        }
    }

    impl FittedLaw {
        /// Reads the law of a fit, or any that is written in the same way, from JSON: the form is the name of a family.
        /// `origin` names the source in errors.
        ///
        /// # Errors
        /// As [`StoredLaw::from_json`].
        ///
        /// ```
        /// use scaling_laws::laws::{family, FittedLaw, Formula, Knobs};
        /// let power = family("power")?.fitted(&[1.7, 1e12, 0.2], Default::default(), Default::default())?;
        /// let read = FittedLaw::from_json(&power.to_json(), "memory")?;
        /// let at = Knobs::new().with("x", 1e9);
        /// assert_eq!(read.evaluate(&at)?, power.evaluate(&at)?);
        /// # Ok::<(), scaling_laws::Error>(())
        /// ```
        pub fn from_json(text: &str, origin: &str) -> Result<Self, LawError> {
            let body = body(text, origin)?;
            let family = family(&body.form)
                .map_err(|error| LawError::Stored { origin: origin.into(), reason: error.to_string() })?;
            family.fitted(&body.values(family, origin)?, body.conventions, body.domain)
        }

        /// The law as a JSON document.
        pub fn to_json(&self) -> String {
            let law = serde_json::to_value(self).unwrap_or_default();
            format!("{:#}", serde_json::json!({"schema": SCHEMA, "law": law}))
        }
    }

    /// The `law` object of the document, without the schema.
    impl Serialize for FittedLaw {
        fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            let names = self.of().coefficient_names();
            Body::of(self.of().name(), &names, self.values(), self.conventions(), self.domain()).serialize(serializer)
        }
    }

    impl StoredLaw {
        /// Reads a law, or the law of a fit, from JSON. `origin` names the source in errors.
        ///
        /// # Errors
        /// [`LawError::Stored`] for text that is not JSON, has another schema or form, or lacks a coefficient;
        /// [`LawError::Coefficient`] for coefficients that the form refuses.
        ///
        /// ```
        /// use scaling_laws::{published, LossModel, StoredLaw};
        /// let law = StoredLaw::Chinchilla(published::BESIROGLU_2024);
        /// let text = law.to_json();
        /// assert_eq!(StoredLaw::from_json(&text, "memory")?, law);
        /// let other = text.replace("scaling-laws/1", "scaling-laws/2");
        /// assert!(StoredLaw::from_json(&other, "memory").unwrap_err().to_string().contains("scaling-laws/2"));
        /// # Ok::<(), scaling_laws::Error>(())
        /// ```
        pub fn from_json(text: &str, origin: &str) -> Result<Self, LawError> {
            let body = body(text, origin)?;
            let refuse = |reason: String| LawError::Stored { origin: origin.into(), reason };
            let (conventions, domain) = (body.conventions, body.domain);
            match body.form.as_str() {
                "kaplan-joint" => {
                    let [n_c, d_c, alpha_n, alpha_d] = KAPLAN.map(|name| body.value(name, origin));
                    let law = KaplanJoint::new(n_c?, d_c?, alpha_n?, alpha_d?)?;
                    Ok(Self::KaplanJoint(KaplanJoint { domain, ..law }))
                }
                other => {
                    let over_n_and_d = |known: &&Family| known.is_loss_of_params_and_tokens();
                    let known = families().iter().filter(over_n_and_d);
                    let Some(family) = known.clone().find(|known| known.name() == other) else {
                        let names: Vec<&str> = known.map(Family::name).chain(["kaplan-joint"]).collect();
                        return Err(refuse(format!("form {other:?} is unknown: expected one of {}", names.join(", "))));
                    };
                    family.law(&body.values(family, origin)?, conventions, domain)
                }
            }
        }

        /// The law as a JSON document.
        pub fn to_json(&self) -> String {
            let law = serde_json::to_value(self).unwrap_or_default();
            format!("{:#}", serde_json::json!({"schema": SCHEMA, "law": law}))
        }

        fn body(&self) -> Body {
            let body = |names: &[&str], values: &[f64]| {
                Body::of(self.form(), names, values, self.conventions(), self.domain())
            };
            match self {
                Self::Chinchilla(law) => body(&CHINCHILLA, &law.coefficients()),
                Self::KaplanJoint(law) => body(&KAPLAN, &law.coefficients()),
                Self::TiedExponents(law) => body(&TiedExponentsForm::NAMES, &law.coefficients()),
                Self::OuterExponent(law) => body(&OuterExponentForm::NAMES, &law.coefficients()),
                Self::KaplanFloor(law) => body(&KaplanFloorForm::NAMES, &law.coefficients()),
                Self::OverTraining(law) => body(&OverTrainingForm::NAMES, &law.coefficients()),
                Self::Farseer(law) => body(&FarseerForm::NAMES, &law.coefficients()),
            }
        }
    }

    /// The `law` object of the document, without the schema.
    impl Serialize for StoredLaw {
        fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            self.body().serialize(serializer)
        }
    }
}
