//! Trainable shapes for an answer, their memory, and learning rate and batch by published laws.

use std::path::PathBuf;

use clap::Args;
use scaling_laws::published::TAO_2024;
use scaling_laws::{
    CloudRange, Cluster, Constraints, Flops, HyperParameters, LossModel, Nats, ParamCount, Params, Shape, ShapeLattice,
    ShapePlan, Tokens, TrainingMemory, hyper_parameters, shapes_for,
};
use serde_json::Value;

use super::cloud::Cloud;
use crate::all_laws::{LEGEND, marks};
use crate::answer::{Failure, to_json};
use crate::near::like_llama;
use crate::training::Training;

#[derive(Debug, Args)]
#[command(next_help_heading = "Shapes and recipes")]
pub struct Shapes {
    /// List trainable shapes for the answer, like the config.json named [default: like Llama 3]
    #[arg(long, value_name = "FILE", num_args = 0..=1)]
    shape: Option<Option<PathBuf>>,
    /// How many shapes
    #[arg(long, value_name = "K", requires = "shape", default_value_t = 5, value_parser = clap::value_parser!(u8).range(1..))]
    shapes: u8,
    /// Widths and inner sizes are multiples of this
    #[arg(long, value_name = "M", requires = "shape", default_value_t = 128)]
    width_multiple: u64,
    /// Least width over layers
    #[arg(long, value_name = "RATIO", requires = "shape", default_value_t = 40.0)]
    min_aspect: f64,
    /// Greatest width over layers
    #[arg(long, value_name = "RATIO", requires = "shape", default_value_t = 160.0)]
    max_aspect: f64,
    /// Vocabulary of the size that Tao 2024 gives
    #[arg(long, requires = "shape")]
    tao_vocabulary: bool,
    /// Print a Hugging Face config.json of the best shape and nothing else
    #[arg(long, requires = "shape", conflicts_with = "json")]
    pub emit_config: bool,
    /// Learning rate and batch by the published laws, side by side
    #[arg(long)]
    recipe: bool,
}

/// The answer that shapes are wanted for.
pub struct Answered<'a> {
    pub model: Option<&'a dyn LossModel>,
    /// What the shapes must satisfy too, the budget among it.
    pub limits: &'a Constraints,
    /// How the shapes stand to it, in words.
    pub how: &'static str,
    /// Experts of the law.
    pub experts: Option<f64>,
    pub params: Params,
    pub tokens: Tokens,
    pub training: Flops,
    pub loss: Option<Nats>,
}

/// The refits that the shapes are weighed under, and the split of least expected regret.
pub type Weighed<'a> = (&'a Cloud, (Params, Tokens));

/// Shapes with what the best needs on each device, and the recipe.
pub struct Built {
    plans: Vec<ShapePlan>,
    how: &'static str,
    /// Regret of each over the refits.
    regrets: Vec<CloudRange>,
    memory: Option<(u64, f64, TrainingMemory)>,
    /// Learning rates and batches, and the N and D that they are for.
    recipe: Option<(HyperParameters, Params, Tokens)>,
}

impl Shapes {
    pub fn build(
        &self,
        answer: &Answered<'_>,
        training: &Training,
        cluster: Option<&Cluster>,
        weighed: Option<Weighed<'_>>,
    ) -> Result<Option<Built>, Failure> {
        let (mut plans, mut regrets, mut memory) = (Vec::new(), Vec::new(), None);
        if let Some(file) = &self.shape {
            let like = template(file.as_ref())?;
            answer.admits(&like)?;
            plans = self.plans(answer, like)?;
            if let Some(weighed) = weighed {
                (plans, regrets) = self.least_regret(answer, like, plans, weighed)?;
            }
            if let Some((plan, cluster)) = plans.first().zip(cluster) {
                let setup = training.setup_on(cluster.devices(), cluster.number_format())?;
                let needed = plan.shape.training_memory(&setup).map_err(Failure::usage)?;
                memory = Some((cluster.devices(), cluster.accelerator().memory_bytes(), needed));
            }
        } else if !self.recipe {
            return Ok(None);
        }
        let size = |count: ParamCount| {
            let of_shape = plans.first().and_then(|plan| plan.shape.params(count).ok());
            of_shape.unwrap_or(answer.params)
        };
        let recipe = self.recipe.then(|| hyper_parameters(size, answer.tokens, answer.loss)).transpose()?;
        let recipe = recipe.map(|recipe| (recipe, answer.params, answer.tokens));
        Ok(Some(Built { regrets, memory, recipe, plans, how: answer.how }))
    }

    fn plans(&self, answer: &Answered<'_>, mut like: Shape) -> Result<Vec<ShapePlan>, Failure> {
        // The vocabulary depends on the shape and the shape on the vocabulary: a few rounds settle both.
        let rounds = if self.tao_vocabulary { 4 } else { 0 };
        for _ in 0..rounds {
            let Some(near) = self.near(answer, like, 1)?.into_iter().next() else { break };
            let other = near.shape.params(ParamCount::NonEmbedding)?;
            let embedding = TAO_2024.optimal_vocabulary_params(other, answer.training)?;
            let rows = (embedding.get() / near.shape.width() as f64 / 128.0).round().max(1.0) * 128.0;
            like = like.to_builder().vocabulary(rows as u64).build()?;
        }
        self.near(answer, like, self.shapes.into())
    }

    /// Of the shapes near the answer and near the split of least expected regret those that regret least.
    fn least_regret(
        &self,
        answer: &Answered<'_>,
        like: Shape,
        mut plans: Vec<ShapePlan>,
        (cloud, (params, tokens)): Weighed<'_>,
    ) -> Result<(Vec<ShapePlan>, Vec<CloudRange>), Failure> {
        for other in self.plans(&Answered { params, tokens, ..*answer }, like)? {
            if plans.iter().all(|plan| plan.shape != other.shape) {
                plans.push(other);
            }
        }
        let regrets = cloud.regrets(answer.limits, &plans)?;
        let mut both: Vec<(ShapePlan, CloudRange)> = plans.into_iter().zip(regrets).collect();
        both.sort_by(|a, b| a.1.mean.total_cmp(&b.1.mean));
        both.truncate(self.shapes.into());
        Ok(both.into_iter().unzip())
    }

    fn near(&self, answer: &Answered<'_>, like: Shape, most: usize) -> Result<Vec<ShapePlan>, Failure> {
        let lattice = ShapeLattice::like(like).multiple(self.width_multiple).map_err(Failure::usage)?;
        let lattice = lattice.band(self.min_aspect, self.max_aspect).map_err(Failure::usage)?;
        let model = answer.model.ok_or_else(|| {
            Failure::Usage("--shape ranks by loss: it needs one law of N and D, not a line or several settings".into())
        })?;
        Ok(shapes_for(model, answer.limits, answer.params, &lattice, most)?)
    }
}

impl Answered<'_> {
    /// Refuses a template whose parameters the law does not count.
    fn admits(&self, like: &Shape) -> Result<(), Failure> {
        let active = self.model.is_some_and(|model| model.conventions().params == ParamCount::Active);
        let (has, wants) = (like.experts().map_or(1.0, |all| all.count as f64), self.experts.unwrap_or(1.0));
        if active && has != wants {
            return Err(Failure::Usage(format!(
                "the law is one of models of {wants} experts, the template of --shape has {has}: give a config.json of as many"
            )));
        }
        if !active && has > 1.0 {
            return Err(Failure::Usage(format!(
                "the template of --shape has {has} experts, and the law counts all parameters as in use: give a dense \
                 template, or a law whose N is active, --law ludziejewski2025 --knob experts={has}"
            )));
        }
        Ok(())
    }
}

fn template(file: Option<&PathBuf>) -> Result<Shape, Failure> {
    let Some(path) = file else { return like_llama() };
    let name = path.display().to_string();
    let text =
        std::fs::read_to_string(path).map_err(|error| Failure::NoAnswer(format!("cannot read {name}: {error}")))?;
    Ok(Shape::from_config(&text, &name)?)
}

impl Built {
    /// The best shape as a config.json.
    pub fn config(&self) -> Result<String, Failure> {
        let plan = self.plans.first().ok_or_else(|| Failure::Usage("--emit-config needs --shape".into()))?;
        Ok(plan.shape.to_config()?)
    }

    pub fn text(&self) -> String {
        let mut text = String::new();
        if !self.plans.is_empty() {
            let (order, regret) = match self.regrets.first() {
                Some(first) => {
                    let share = (1.0 + first.level) * 50.0;
                    let order = format!(
                        ", the least expected regret first\n  (regret: mean over the refits, and below which {share} % of them are)"
                    );
                    (order, format!(" {:>17}", "regret"))
                }
                None => (String::new(), String::new()),
            };
            // By regret they stand in another order than by loss.
            let how =
                if self.regrets.is_empty() { self.how } else { self.how.split(", the").next().unwrap_or(self.how) };
            text.push_str(&format!(
                "\nTrainable shapes {how}{order}\n  {:>6} {:>6} {:>5} {:>4} {:>12} {:>10} {:>8} {:>8} {:>8} {:>9}{regret}\n",
                "layers", "width", "heads", "kv", "feed-forward", "vocabulary", "N", "D", "loss", "excess"
            ));
        }
        for (i, ShapePlan { shape, params, tokens, loss, excess, .. }) in self.plans.iter().enumerate() {
            let inner = shape.experts().map_or(shape.feed_forward(), |experts| experts.feed_forward);
            let regret = self
                .regrets
                .get(i)
                .map_or(String::new(), |regret| format!(" {:>8.5} {:>8.5}", regret.mean, regret.range.high));
            text.push_str(&format!(
                "  {:>6} {:>6} {:>5} {:>4} {inner:>12} {:>10} {:>8} {:>8} {:>8} {:>+9.1e}{regret}\n",
                shape.layers(),
                shape.width(),
                shape.heads(),
                shape.kv_heads(),
                shape.vocabulary(),
                params.to_string(),
                tokens.to_string(),
                loss.to_string(),
                excess,
            ));
        }
        if let Some((devices, has, needed)) = &self.memory {
            let (total, state) = (needed.total() / 1e9, needed.state() / 1e9);
            let share = 100.0 * needed.total() / has;
            let verdict =
                if share > 100.0 { ": it does not fit; try --zero, --tensor or --recompute full" } else { "" };
            text.push_str(&format!(
                "\nMemory of the first on each of {devices} devices\n  {total:.2} GB of {:.0} GB ({share:.0} %), {state:.2} of them weights, gradients and optimiser{verdict}\n",
                has / 1e9
            ));
        }
        if let Some((recipe, params, tokens)) = &self.recipe {
            text.push_str(&recipe_text(recipe, *params, *tokens));
        }
        text
    }

    /// Keys and values.
    pub fn json(&self) -> [(&'static str, Value); 3] {
        let memory = self.memory.as_ref().map(|(devices, has, needed)| {
            let mut memory = to_json(needed);
            memory["total"] = needed.total().into();
            memory["devices"] = (*devices).into();
            memory["device_bytes"] = (*has).into();
            memory
        });
        let plans = self.plans.iter().enumerate().map(|(i, plan)| {
            let mut plan = to_json(plan);
            if let Some(regret) = self.regrets.get(i) {
                plan["regret"] = serde_json::json!({"mean": regret.mean, "range": regret.range});
            }
            plan
        });
        [
            ("shapes", plans.collect()),
            ("memory", to_json(&memory)),
            ("recipe", to_json(&self.recipe.as_ref().map(|(recipe, ..)| recipe))),
        ]
    }
}

fn recipe_text(recipe: &HyperParameters, params: Params, tokens: Tokens) -> String {
    let or_dash = |value: Option<f64>, digits: usize| value.map_or("-".into(), |value| format!("{value:.digits$e}"));
    let width = recipe.rules.iter().map(|rule| rule.law.len()).max().unwrap_or(0);
    let mut text = format!(
        "\nRecipes by published laws for N {params} on D {tokens}\n  {:width$} {:>13} {:>13}\n",
        "", "learning rate", "batch, tokens"
    );
    for rule in &recipe.rules {
        let (rate, batch) = (or_dash(rule.learning_rate, 2), or_dash(rule.batch_tokens, 2));
        let line = format!("  {:width$} {rate:>13} {batch:>13}  {}", rule.law, marks(&rule.warnings));
        text.push_str(line.trim_end());
        text.push('\n');
    }
    let times = |range: Option<(f64, f64)>| range.map_or("-".into(), |(least, most)| format!("{:.1} x", most / least));
    let (rate, batch) = (times(recipe.learning_rate), times(recipe.batch_tokens));
    text.push_str(&format!("  {:width$} {rate:>13} {batch:>13}\n", "they differ by"));
    if recipe.rules.iter().any(|rule| !rule.verified) {
        text.push_str("  those marked ? are left out of the last line\n");
    }
    text + LEGEND
}
