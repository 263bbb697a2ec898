//! The loss of a new run, as wide as the same fit has erred when it was rolled out over growing compute.

use scaling_laws::{Contender, FitError, Level, Nats, Params, Runs, Tokens, roll_out};
use serde_json::{Value, json};

/// Conformal: the width comes from the errors of predictions as far ahead as this one.
pub struct Recalibrated {
    level: Level,
    loss: f64,
    /// C over the largest that was fitted; a run inside the fitted range is taken for one at its end.
    factor: f64,
    /// The farthest factor that a stage predicted at.
    farthest: f64,
    /// Of ln L; `None` where too few predictions went as far.
    half_width: Option<f64>,
}

impl Recalibrated {
    pub fn of(
        (contender, runs): (&Contender, &Runs),
        (params, tokens): (Params, Tokens),
        loss: f64,
        level: Level,
    ) -> Result<Self, FitError> {
        let found = roll_out(runs, contender, level.get())?;
        let largest = runs.params().iter().zip(runs.tokens()).map(|(n, d)| n * d).fold(0.0, f64::max);
        let factor = (params.get() * tokens.get() / largest).max(1.0);
        let farthest = found.predictions.iter().map(|prediction| prediction.factor).fold(1.0, f64::max);
        Ok(Self { level, loss, factor, farthest, half_width: found.recalibrated(factor) })
    }

    fn ends(&self) -> Option<[f64; 2]> {
        self.half_width.map(|half| [-half, half].map(|half| self.loss * half.exp()))
    }

    pub fn json(&self) -> Value {
        let [low, high] = self.ends().map_or([None; 2], |ends| ends.map(Some));
        json!({
            "level": self.level.get(),
            "factor": self.factor,
            "half_width": self.half_width,
            "point": self.loss,
            "low": low,
            "high": high,
        })
    }

    pub fn text(&self) -> String {
        let Self { level, loss, factor, farthest, half_width } = self;
        let (Some([low, high]), Some(half)) = (self.ends(), half_width) else {
            return format!(
                "\nno recalibrated interval: C is {factor:.1} times the largest fitted, where too few predictions of a \
                 roll-out went (the farthest to {farthest:.1} times) for {level}\n"
            );
        };
        let [loss, low, high] = [*loss, low, high]
            .map(|value| Nats::new(value).map_or_else(|_| value.to_string(), |nats| nats.to_string()));
        format!(
            "\n{level} interval of a new run, recalibrated by a roll-out of the same fit (conformal)\n  {loss}  [{low}, {high}]\n  \
             within {:.2} %, as its predictions at {:.1} to {:.1} times the compute it had seen; this is {factor:.1} times\n",
            100.0 * half.exp_m1(),
            (factor / 2.0).max(1.0),
            factor * 2.0,
        )
    }
}
