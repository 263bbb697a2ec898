use serde_json::{Map, Value};

use crate::error::ComputeError;

/// The keys of a configuration, with typed errors for those that are missing or of another kind. `null` is a missing key,
/// as it is in Hugging Face's own classes.
pub(super) struct Keys<'a> {
    pub map: &'a Map<String, Value>,
    pub origin: &'a str,
    pub model_type: &'a str,
}

impl Keys<'_> {
    fn value(&self, key: &str) -> Option<&Value> {
        self.map.get(key).filter(|value| !value.is_null())
    }

    fn refuse(&self, key: &'static str, value: &Value, expected: &'static str) -> ComputeError {
        ComputeError::ConfigValue { origin: self.origin.into(), key, value: value.to_string(), expected }
    }

    /// A whole number, also where it is written as 4096.0 or 1e4.
    pub fn number(&self, key: &'static str) -> Result<Option<u64>, ComputeError> {
        let Some(value) = self.value(key) else { return Ok(None) };
        let whole = |x: f64| ((0.0..=1e15).contains(&x) && x.fract() == 0.0).then_some(x as u64);
        let number = value.as_u64().or_else(|| value.as_f64().and_then(whole));
        number.map(Some).ok_or_else(|| self.refuse(key, value, "a whole number"))
    }

    pub fn needed(&self, key: &'static str) -> Result<u64, ComputeError> {
        self.number(key)?.ok_or_else(|| ComputeError::ConfigMissing {
            origin: self.origin.into(),
            model_type: self.model_type.into(),
            key,
        })
    }

    pub fn flag(&self, key: &'static str, default: bool) -> Result<bool, ComputeError> {
        let Some(value) = self.value(key) else { return Ok(default) };
        value.as_bool().ok_or_else(|| self.refuse(key, value, "true or false"))
    }

    /// A list of whole numbers; empty where the key is missing.
    pub fn list(&self, key: &'static str) -> Result<Vec<u64>, ComputeError> {
        let Some(value) = self.value(key) else { return Ok(Vec::new()) };
        let numbers = value.as_array().and_then(|items| items.iter().map(Value::as_u64).collect::<Option<Vec<_>>>());
        numbers.ok_or_else(|| self.refuse(key, value, "a list of whole numbers"))
    }
}
