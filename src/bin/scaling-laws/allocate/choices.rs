//! Number formats, experts, sparsity and granularity: the best of several settings of a law.

use clap::Args;
use scaling_laws::laws::{
    Bits, FloatFormat, FloatTraining, Granularity, JointExperts, Knobs, Precision, Sparsity, StoredLaw,
};
use scaling_laws::published::{self, ABNAR_2025, KRAJEWSKI_2024, KUMAR_2024, LUDZIEJEWSKI_2025, SUN_2025};
use scaling_laws::{
    AllocateError, Choice, Constraints, Flops, LawError, Limit, LossModel, Params, Warning, choose_bits,
    choose_experts, choose_float_format, choose_granularity, choose_sparsity,
};
use serde_json::json;

use super::caps::{Cap, Caps, Through};
use super::found::Found;
use super::numbers::Numbers;
use super::settings::{After, Refused, Row, text, tried};
use crate::answer::{Failure, to_json};
use crate::law::Law;

#[derive(Debug, Args)]
#[command(next_help_heading = "Precision and sparsity")]
pub struct Settings {
    /// Bits of training, as in 8, 4,8,16 or 3..16: the best is found (kumar2024, fpquant2025; with Kumar's factors under a
    /// law of your own, from --runs or a file)
    #[arg(long, value_name = "BITS", conflicts_with_all = ["knob", "wear"])]
    bits: Option<Numbers>,
    /// Bits of the weights after training (kumar2024, or with its factors as for --bits)
    #[arg(long, value_name = "BITS", conflicts_with_all = ["knob", "wear"])]
    quantise: Option<f64>,
    /// Elements that share a scale (fpquant2025) [default: 128]
    #[arg(long, value_name = "B", requires = "bits")]
    block: Option<f64>,
    /// Experts, as in 8 or 1,2,4,8: the best number is found (ludziejewski2025)
    #[arg(long, value_name = "E", conflicts_with_all = ["knob", "bits", "wear"])]
    experts: Option<Numbers>,
    /// Share of experts that are idle, as in 0,0.5,0.9: the best is found (abnar2025)
    #[arg(long, value_name = "S", conflicts_with_all = ["knob", "bits", "experts", "wear"])]
    sparsity: Option<Numbers>,
    /// Size of the dense feed-forward layer over that of one expert, as in 1,2,4,8,16: the best is found (krajewski2024)
    #[arg(long, value_name = "G", conflicts_with_all = ["knob", "bits", "experts", "sparsity", "wear"])]
    granularity: Option<Numbers>,
    /// All parameters of the experts over those in use (krajewski2024)
    #[arg(long, value_name = "E", requires = "granularity", default_value_t = 64.0)]
    expansion: f64,
    /// Most parameters in all, idle experts included; with --bits and --sparsity these are N
    #[arg(long, value_name = "N")]
    max_total_params: Option<Params>,
}

/// Elements that share a scale where it is not said.
const BLOCK: f64 = 128.0;

/// A law with the settings to try.
pub enum Ask {
    Bits(Precision, Vec<Bits>),
    Floats(FloatTraining, Vec<FloatFormat>),
    Experts(JointExperts, Vec<f64>),
    Sparsity(Sparsity, Vec<f64>),
    Granularity(Granularity, Vec<f64>),
}

impl Ask {
    /// The published law that knows the settings.
    fn law(&self) -> &'static str {
        match self {
            Self::Bits(..) => "kumar2024.precision",
            Self::Floats(..) => "fpquant2025",
            Self::Experts(..) => "ludziejewski2025",
            Self::Sparsity(..) => "abnar2025",
            Self::Granularity(..) => "krajewski2024.moe",
        }
    }

    /// That a law of one's own has taken what formats do from a published one.
    pub fn borrowed(&self, law: &Law) -> Option<Warning> {
        let what = "what few bits cost is taken from kumar2024.precision and was not measured on these runs; the loss of \
            quantising after training is in nats of its data";
        let own = matches!((self, law), (Self::Bits(..), Law::Stored { .. }));
        own.then(|| Warning::Assumed { what: what.into() })
    }
}

impl Settings {
    /// The most parameters in all.
    pub fn cap(&self) -> Option<Cap> {
        let most = self.max_total_params?.get();
        let through = Through::Whole;
        Some(Cap { limit: Limit::MaxParams, name: "max-total-params", value: most, at: most, through })
    }

    /// Bits of the weights that are served, where they are said: those after training, or those of the one training.
    pub fn served_bits(&self) -> Option<f64> {
        let trained = self.bits.as_ref().and_then(|all| if let [bits] = all.0.as_slice() { Some(*bits) } else { None });
        self.quantise.or(trained)
    }

    /// Whether there are several settings of bits, none of which says in what weights are served.
    pub fn serves_in_bf16(&self) -> bool {
        self.bits.is_some() && self.served_bits().is_none()
    }

    /// What is asked of this law, if it is a question of settings.
    pub fn ask(&self, law: &Law) -> Result<Option<Ask>, Failure> {
        let Self { bits, quantise, experts, sparsity, granularity, .. } = self;
        if let Law::Stored { law: stored, path } = law {
            return self.ask_own(stored, path);
        }
        let wants = |law_needed: &str, option: &str| {
            Err(Failure::Usage(format!("{option} is a question for {law_needed}, not for {}", law.name())))
        };
        let refuse = |message: &str| Err(Failure::Usage(message.into()));
        let ask = match law.name() {
            "kumar2024.precision" if self.block.is_some() => {
                return refuse("--block is a question for --law fpquant2025; bits under kumar2024 have no blocks");
            }
            "fpquant2025" if quantise.is_some() => {
                return refuse(
                    "--quantise is a question for --law kumar2024: fpquant2025 knows formats of training alone; leave it out",
                );
            }
            "krajewski2024.moe" if self.max_total_params.is_some() => {
                return refuse(
                    "--max-total-params cannot go with --granularity, which takes a budget and no further limits; the \
                     column \"in all\" shows what each granularity needs",
                );
            }
            "kumar2024.precision" if bits.is_some() || quantise.is_some() => Ask::Bits(KUMAR_2024, self.formats()),
            "fpquant2025" if let Some(bits) = bits => {
                let best = |bits: &f64| match *bits {
                    bits if bits.fract() == 0.0 => {
                        SUN_2025.best_format(bits as u32, self.block.unwrap_or(BLOCK)).map_err(Failure::usage)
                    }
                    bits => Err(Failure::Usage(format!("a format has a whole number of bits, not {bits}"))),
                };
                Ask::Floats(SUN_2025, bits.0.iter().map(best).collect::<Result<_, _>>()?)
            }
            "ludziejewski2025" if let Some(experts) = experts => Ask::Experts(LUDZIEJEWSKI_2025, experts.0.clone()),
            "abnar2025" if let Some(sparsity) = sparsity => Ask::Sparsity(ABNAR_2025, sparsity.0.clone()),
            "krajewski2024.moe" if let Some(all) = granularity => Ask::Granularity(KRAJEWSKI_2024, all.0.clone()),
            "krajewski2024.moe" => {
                let message = "C of krajewski2024.moe counts routing and not 6ND; give --granularity, as in 1,2,4,8,16";
                return Err(Failure::Usage(message.into()));
            }
            _ if bits.is_some() => return wants("--law kumar2024 or fpquant2025", "--bits"),
            _ if quantise.is_some() => return wants("--law kumar2024", "--quantise"),
            _ if experts.is_some() => return wants("--law ludziejewski2025", "--experts"),
            _ if sparsity.is_some() => return wants("--law abnar2025", "--sparsity"),
            _ if granularity.is_some() => return wants("--law krajewski2024", "--granularity"),
            _ if self.max_total_params.is_some() => {
                let laws = "--law ludziejewski2025 with --experts, abnar2025 with --sparsity or a law with --bits";
                let message = format!("--max-total-params is a question for {laws}; elsewhere give --max-params");
                return Err(Failure::Usage(message));
            }
            _ => return Ok(None),
        };
        Ok(Some(ask))
    }

    /// A law of one's own has N and D alone: formats can be set over it by the published factors, experts cannot.
    fn ask_own(&self, law: &StoredLaw, name: &str) -> Result<Option<Ask>, Failure> {
        let knobs = [
            ("experts", self.experts.is_some(), "ludziejewski2025"),
            ("sparsity", self.sparsity.is_some(), "abnar2025"),
            ("granularity", self.granularity.is_some(), "krajewski2024"),
        ];
        if let Some((knob, _, published)) = knobs.into_iter().find(|(_, asked, _)| *asked) {
            let error =
                LawError::UnknownKnob { law: name.into(), knob: knob.into(), known: "params and tokens".into() };
            return Err(Failure::Usage(format!(
                "{error}: what it does cannot be told from runs without it; --law {published} knows it"
            )));
        }
        if self.block.is_some() {
            let message = "--block is a question for --law fpquant2025; over a law of your own bits have no blocks";
            return Err(Failure::Usage(message.into()));
        }
        if self.bits.is_none() && self.quantise.is_none() {
            if self.max_total_params.is_some() {
                let message =
                    "--max-total-params goes with --bits here: give --max-params, all parameters of a dense model";
                return Err(Failure::Usage(message.into()));
            }
            return Ok(None);
        }
        let StoredLaw::Chinchilla(law) = law else {
            return Err(Failure::Usage(format!("--bits needs a law E + A/N^alpha + B/D^beta, not {name}")));
        };
        Ok(Some(Ask::Bits(KUMAR_2024.over(law).map_err(Failure::usage)?, self.formats())))
    }

    /// The formats of training, each with the bits after it.
    fn formats(&self) -> Vec<Bits> {
        let post_training = self.quantise.unwrap_or(f64::INFINITY);
        let training = self.bits.as_ref().map_or(vec![f64::INFINITY], |all| all.0.clone());
        training.into_iter().map(|bits| Bits { post_training, ..Bits::training(bits) }).collect()
    }

    /// The best N and D for each setting, the best setting first. `alone` is the budget where it is the only limit.
    pub fn answer(&self, ask: &Ask, limits: &Constraints, caps: &Caps, alone: Option<Flops>) -> Result<Found, Failure> {
        let (mut found, rows, refused, knobs) = match ask {
            Ask::Bits(law, all) => answered(
                all,
                |some| choose_bits(law, limits, some),
                |_| caps.clone(),
                |bits| bits_name(*bits),
                bits_knobs,
            ),
            Ask::Floats(law, all) => {
                let name = |format: &FloatFormat| format!("E{}M{}", format.exponent_bits, format.mantissa_bits);
                answered(
                    all,
                    |some| choose_float_format(law, limits, some),
                    |_| caps.clone(),
                    name,
                    |format| {
                        Knobs::new()
                            .with("exponent_bits", format.exponent_bits)
                            .with("mantissa_bits", format.mantissa_bits)
                    },
                )
            }
            Ask::Experts(law, all) => answered(
                all,
                |some| choose_experts(law, limits, caps.whole(), some),
                |experts| caps.with_experts(*experts),
                |experts| format!("{experts} experts"),
                |experts| Knobs::new().with("experts", *experts),
            ),
            Ask::Sparsity(law, all) => answered(
                all,
                |some| choose_sparsity(law, limits, some),
                |_| caps.clone(),
                |sparsity| format!("sparsity {sparsity}"),
                |sparsity| Knobs::new().with("sparsity", *sparsity),
            ),
            Ask::Granularity(law, all) => self.granular(law, all, alone),
        }?;
        if let Ok(entry) = published::find(ask.law()) {
            found.warnings.splice(0..0, entry.domain_warnings(&knobs));
        }
        found.add("settings", text(&rows), json!(rows.iter().map(Row::json).collect::<Vec<_>>()));
        let left: String =
            refused.iter().map(|Refused { setting, reason }| format!("  {setting}: {reason}\n")).collect();
        found.add("refused", left, json!(refused.iter().map(Refused::json).collect::<Vec<_>>()));
        let after = match (ask, self.quantise) {
            (Ask::Bits(law, all), Some(bits)) => rows.first().map(|row| After::new(law, all, row, bits)),
            _ => None,
        };
        found.add(
            "after_training",
            after.as_ref().map_or(String::new(), After::text),
            to_json(&after.map(After::json)),
        );
        Ok(found)
    }

    fn granular(&self, law: &Granularity, all: &[f64], alone: Option<Flops>) -> Result<Answered, Failure> {
        let budget =
            alone.ok_or_else(|| Failure::Usage("--granularity takes a budget and no further limits".into()))?;
        let found = choose_granularity(law, budget, self.expansion, all).map_err(Failure::usage)?;
        let rows: Vec<Row> = found
            .iter()
            .map(|one| Row {
                setting: format!("G = {}", one.granularity),
                params: one.active_params,
                tokens: one.tokens,
                total: one.total_params,
                loss: one.loss.get(),
                excess: one.excess,
            })
            .collect();
        let best = found.first().ok_or_else(none)?;
        let domain = law.with_granularity(best.granularity).map_err(Failure::usage)?.domain();
        let (n, d, ratio) = (best.active_params, best.tokens, best.tokens / best.active_params);
        let text = format!(
            "  C     {budget}, routing included\n  N     {n} parameters (active, without embeddings)\n  D     {d} tokens\n  \
             D/N   {ratio:.1} tokens per parameter\n  loss  {} nats per token\n",
            best.loss
        );
        let json = json!({
            "budget_flops": budget, "params": n, "tokens": d, "loss": best.loss, "tokens_per_param": ratio,
        });
        let warnings: Vec<Warning> = domain.warnings(best.total_params, d);
        let loss = Some(best.loss);
        let found = Found { text, json, warnings, params: n, tokens: d, loss, training: budget, serving: None };
        Ok((found, rows, Vec::new(), Knobs::new().with("granularity", best.granularity)))
    }
}

/// The answer of the best setting, all that have one, those that have none, and the best as knobs of the law.
type Answered = (Found, Vec<Row>, Vec<Refused>, Knobs);

fn answered<K: PartialEq>(
    all: &[K],
    choose: impl Fn(&[K]) -> Result<Vec<Choice<K>>, AllocateError>,
    caps: impl Fn(&K) -> Caps,
    name: impl Fn(&K) -> String,
    knobs: impl Fn(&K) -> Knobs,
) -> Result<Answered, Failure> {
    let (all, refused) = tried(all, choose, &caps, &name)?;
    let best = all.first().ok_or_else(none)?;
    let (found, knobs) = (Found::of(&best.best, &caps(&best.setting)), knobs(&best.setting));
    let row = |choice: Choice<K>| Row {
        setting: name(&choice.setting),
        params: choice.best.params(),
        tokens: choice.best.tokens(),
        total: choice.total_params,
        loss: choice.best.loss().get(),
        excess: choice.excess,
    };
    Ok((found, all.into_iter().map(row).collect(), refused, knobs))
}

/// Bits as knobs; those after training have a part where they are fewer.
fn bits_knobs(bits: &Bits) -> Knobs {
    let knobs = Knobs::new()
        .with("weight_bits", bits.weights)
        .with("activation_bits", bits.activations)
        .with("cache_bits", bits.cache);
    if bits.post_training < bits.weights { knobs.with("post_bits", bits.post_training) } else { knobs }
}

fn none() -> Failure {
    Failure::Usage("give at least one setting".into())
}

/// Bits of training in words.
pub fn bits_name(bits: Bits) -> String {
    match bits.weights {
        full if full.is_infinite() => "full precision".into(),
        bits => format!("{bits} bits"),
    }
}
