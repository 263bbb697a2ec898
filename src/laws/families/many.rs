//! Families whose number of inputs is part of their name: products of powers and mixtures of domains.

use super::Family;
use crate::error::LawError;
use crate::laws::mixture::{SHARES, check_shares};
use crate::laws::power_rule::FACTORS;
use crate::laws::{Knob, Knobs, MixtureForm, PowerRuleForm, Quantity};

/// A product of powers of so many inputs.
macro_rules! power_rule {
    ($name:literal, $summary:literal, $inputs:literal) => {
        Family {
            name: $name,
            summary: $summary,
            knobs: FACTORS.split_at($inputs).0,
            value: Quantity::new("value", None),
            form: || Box::new(PowerRuleForm::of($inputs)),
            read: |knobs| factors(knobs, FACTORS.split_at($inputs).0),
            store: None,
            make: None,
        }
    };
}

/// A mixture of so many domains.
macro_rules! mixture {
    ($name:literal, $summary:literal, $domains:literal) => {
        Family {
            name: $name,
            summary: $summary,
            knobs: SHARES.split_at($domains).0,
            value: Quantity::LOSS,
            form: || Box::new(MixtureForm::of($domains)),
            read: |knobs| shares(knobs, SHARES.split_at($domains).0),
            store: None,
            make: None,
        }
    };
}

pub(super) static MANY: [Family; 11] = [
    power_rule!("power-rule-1", "a rule such as that of batch from compute: one power", 1),
    power_rule!("power-rule-2", "a rule such as that of learning rate from N and D: a product of two powers", 2),
    power_rule!("power-rule-3", "a product of three powers", 3),
    power_rule!("power-rule-4", "a product of four powers", 4),
    mixture!("mixture-2", "Ye 2024: shares of two domains; k trades with the t: --fix k=1", 2),
    mixture!("mixture-3", "Ye 2024: shares of three domains; k trades with the t: --fix k=1", 3),
    mixture!("mixture-4", "Ye 2024: shares of four domains; k trades with the t: --fix k=1", 4),
    mixture!("mixture-5", "Ye 2024: shares of five domains; k trades with the t: --fix k=1", 5),
    mixture!("mixture-6", "Ye 2024: shares of six domains; k trades with the t: --fix k=1", 6),
    mixture!("mixture-7", "Ye 2024: shares of seven domains; k trades with the t: --fix k=1", 7),
    mixture!("mixture-8", "Ye 2024: shares of eight domains; k trades with the t: --fix k=1", 8),
];

fn factors(knobs: &Knobs, all: &[Knob]) -> Result<Vec<f64>, LawError> {
    all.iter().map(|knob| knobs.positive("a product of powers", *knob)).collect()
}

fn shares(knobs: &Knobs, all: &[Knob]) -> Result<Vec<f64>, LawError> {
    let row: Result<Vec<f64>, LawError> = all.iter().map(|knob| knobs.value("a mixture", *knob)).collect();
    let row = row?;
    check_shares(all, &row)?;
    Ok(row)
}
