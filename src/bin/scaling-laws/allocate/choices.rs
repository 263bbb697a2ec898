//! Number formats, experts and sparsity: the best of several settings of a law.

use clap::Args;
use scaling_laws::laws::{Bits, FloatFormat, FloatTraining, JointExperts, Precision, Sparsity};
use scaling_laws::published::{ABNAR_2025, KUMAR_2024, LUDZIEJEWSKI_2025, SUN_2025};
use scaling_laws::{
    Choice, ConstrainedAllocation, Constraints, Params, Tokens, choose_bits, choose_experts, choose_float_format,
    choose_sparsity,
};
use serde_json::{Value, json};

use super::numbers::Numbers;
use crate::answer::Failure;
use crate::law::Law;

#[derive(Debug, Args)]
#[command(next_help_heading = "Precision and sparsity")]
pub struct Settings {
    /// Bits of training, as in 8, 4,8,16 or 3..16: the best is found (kumar2024, fpquant2025)
    #[arg(long, value_name = "BITS", conflicts_with = "knob")]
    bits: Option<Numbers>,
    /// Bits of the weights after training (kumar2024)
    #[arg(long, value_name = "BITS", conflicts_with = "knob")]
    quantise: Option<f64>,
    /// Elements that share a scale (fpquant2025)
    #[arg(long, value_name = "B", requires = "bits", default_value_t = 128.0)]
    block: f64,
    /// Experts, as in 8 or 1,2,4,8: the best number is found (ludziejewski2025)
    #[arg(long, value_name = "E", conflicts_with_all = ["knob", "bits"])]
    experts: Option<Numbers>,
    /// Share of experts that are idle, as in 0,0.5,0.9: the best is found (abnar2025)
    #[arg(long, value_name = "S", conflicts_with_all = ["knob", "bits", "experts"])]
    sparsity: Option<Numbers>,
    /// Most parameters in all, idle experts included
    #[arg(long, value_name = "N")]
    max_total_params: Option<Params>,
}

/// A law with the settings to try.
pub enum Ask {
    Bits(Precision, Vec<Bits>),
    Floats(FloatTraining, Vec<FloatFormat>),
    Experts(JointExperts, Vec<f64>),
    Sparsity(Sparsity, Vec<f64>),
}

impl Settings {
    /// What is asked of this law, if it is a question of settings.
    pub fn ask(&self, law: &Law) -> Result<Option<Ask>, Failure> {
        let Self { bits, quantise, experts, sparsity, .. } = self;
        let wants = |law_needed: &str, option: &str| {
            Err(Failure::Usage(format!("{option} is a question for {law_needed}, not for {}", law.name())))
        };
        let ask = match law.name() {
            "kumar2024.precision" if bits.is_some() || quantise.is_some() => {
                let after = quantise.unwrap_or(f64::INFINITY);
                let training = bits.as_ref().map_or(vec![f64::INFINITY], |all| all.0.clone());
                let all = training.into_iter().map(|bits| Bits { post_training: after, ..Bits::training(bits) });
                Ask::Bits(KUMAR_2024, all.collect())
            }
            "fpquant2025" if let Some(bits) = bits => {
                let best = |bits: &f64| match *bits {
                    bits if bits.fract() == 0.0 => {
                        SUN_2025.best_format(bits as u32, self.block).map_err(Failure::usage)
                    }
                    bits => Err(Failure::Usage(format!("a format has a whole number of bits, not {bits}"))),
                };
                Ask::Floats(SUN_2025, bits.0.iter().map(best).collect::<Result<_, _>>()?)
            }
            "ludziejewski2025" if let Some(experts) = experts => Ask::Experts(LUDZIEJEWSKI_2025, experts.0.clone()),
            "abnar2025" if let Some(sparsity) = sparsity => Ask::Sparsity(ABNAR_2025, sparsity.0.clone()),
            _ if bits.is_some() => return wants("--law kumar2024 or fpquant2025", "--bits"),
            _ if quantise.is_some() => return wants("--law kumar2024", "--quantise"),
            _ if experts.is_some() => return wants("--law ludziejewski2025", "--experts"),
            _ if sparsity.is_some() => return wants("--law abnar2025", "--sparsity"),
            _ if self.max_total_params.is_some() => {
                return wants(
                    "--law ludziejewski2025 with --experts or abnar2025 with --sparsity",
                    "--max-total-params",
                );
            }
            _ => return Ok(None),
        };
        Ok(Some(ask))
    }

    /// The best N and D for each setting, the best setting first.
    pub fn answer(&self, ask: &Ask, limits: &Constraints) -> Result<Chosen, Failure> {
        let rows = match ask {
            Ask::Bits(law, all) => {
                let mut found = rows(choose_bits(law, limits, all)?, |bits| match bits.weights {
                    full if full.is_infinite() => "full precision".into(),
                    bits => format!("{bits} bits"),
                });
                // The loss that quantising is a part of; none where nothing is left to quantise.
                for row in &mut found {
                    let trained = row.setting.strip_suffix(" bits").and_then(|bits| bits.parse::<f64>().ok());
                    row.quantised = self.quantise.is_some_and(|post| trained.is_none_or(|bits| post < bits));
                }
                found
            }
            Ask::Floats(law, all) => rows(choose_float_format(law, limits, all)?, |format| {
                format!("E{}M{}", format.exponent_bits, format.mantissa_bits)
            }),
            Ask::Experts(law, all) => {
                rows(choose_experts(law, limits, self.max_total_params, all)?, |experts| format!("{experts} experts"))
            }
            Ask::Sparsity(law, all) => {
                let limits = self.max_total_params.map_or(limits.clone(), |most| limits.clone().max_params(most));
                rows(choose_sparsity(law, &limits, all)?, |sparsity| format!("sparsity {sparsity}"))
            }
        };
        let after = match ask {
            Ask::Bits(law, _) => self.quantise.map(|bits| (*law, bits)),
            _ => None,
        };
        Ok(Chosen { rows, after })
    }
}

fn rows<K>(all: Vec<Choice<K>>, name: impl Fn(&K) -> String) -> Vec<Row> {
    let row = |choice: Choice<K>| Row {
        quantised: false,
        setting: name(&choice.setting),
        best: choice.best,
        total: choice.total_params,
        excess: choice.excess,
    };
    all.into_iter().map(row).collect()
}

struct Row {
    setting: String,
    /// Whether quantising after training changes it.
    quantised: bool,
    best: ConstrainedAllocation,
    total: Params,
    excess: f64,
}

/// The settings with their answers, the best first.
pub struct Chosen {
    rows: Vec<Row>,
    after: Option<(Precision, f64)>,
}

impl Chosen {
    /// The answer of the best setting.
    pub fn best(&self) -> Option<&ConstrainedAllocation> {
        self.rows.first().map(|row| &row.best)
    }

    pub fn text(&self) -> String {
        let mut text = format!(
            "\nSettings, the best first\n  {:<14} {:>9} {:>9} {:>9} {:>8} {:>9}\n",
            "", "N", "D", "in all", "loss", "excess"
        );
        for Row { setting, best, total, excess, .. } in &self.rows {
            let (params, tokens, total) = (best.params().to_string(), best.tokens().to_string(), total.to_string());
            let loss = best.loss().to_string();
            text.push_str(&format!("  {setting:<14} {params:>9} {tokens:>9} {total:>9} {loss:>8} {excess:>+9.4}\n"));
        }
        if let Some((bits, lost, critical)) = self.quantised() {
            text.push_str(&format!("\nAfter training in {bits} bits: {lost:.4} nats lost"));
            if let Some(critical) = critical {
                text.push_str(&format!("; from {critical} tokens on more of them make the model worse"));
            }
            text.push('\n');
        }
        text
    }

    pub fn json(&self) -> Value {
        let row = |row: &Row| {
            json!({
                "setting": row.setting, "params": row.best.params(), "tokens": row.best.tokens(),
                "total_params": row.total, "loss": row.best.loss(), "excess": row.excess,
            })
        };
        json!(self.rows.iter().map(row).collect::<Vec<_>>())
    }

    /// Bits after training, the nats that they cost, and the tokens from which on more hurt.
    fn quantised(&self) -> Option<(f64, f64, Option<Tokens>)> {
        let ((law, bits), row) = self.after.zip(self.rows.first())?;
        let (params, tokens) = (row.best.params(), row.best.tokens());
        Some(match row.quantised {
            true => (bits, law.post_training_loss(params, tokens, bits), law.critical_tokens(params, bits).ok()),
            false => (bits, 0.0, None),
        })
    }

    /// What quantising after training costs, for JSON.
    pub fn after_json(&self) -> Value {
        self.quantised().map_or(
            Value::Null,
            |(bits, lost, critical)| json!({"bits": bits, "lost": lost, "critical_tokens": critical}),
        )
    }
}
