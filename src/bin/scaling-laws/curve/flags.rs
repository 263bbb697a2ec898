//! Flags of `curve` that would change nothing are refused, with what would make them count.

use super::{Arguments, Kind};
use crate::answer::Failure;

impl Arguments {
    pub(super) fn refuse_unused(&self) -> Result<(), Failure> {
        let kinds = self.kinds();
        let any = |of: &[Kind]| kinds.iter().any(|kind| of.contains(kind));
        let decays = any(&[Kind::Cosine, Kind::Linear, Kind::Wsd]) || self.best;
        let before_stages = any(&[Kind::Stepwise]) && self.stage.first().is_some_and(|(from, _)| *from > 0);
        let unused = [
            (
                self.peak.is_some() && !decays && !any(&[Kind::Constant]) && !before_stages,
                "--peak: the rates of --rates and of a --stage from step 0 are set already; leave it out, or let the first \
                 --stage begin later",
            ),
            (self.end.is_some() && !decays, "--end: no decay is asked for; add --schedule cosine, linear or wsd"),
            (
                self.decay.is_some() && !any(&[Kind::Wsd]) && !self.best,
                "--decay is the shape of wsd; add --schedule wsd or --best",
            ),
            (self.decay_from.is_some() && !any(&[Kind::Wsd]), "--decay-from is a step of wsd; add --schedule wsd"),
            (!self.stage.is_empty() && !any(&[Kind::Stepwise]), "--stage is one of stepwise; add --schedule stepwise"),
            (
                self.every.is_some() && kinds.is_empty() && self.rates.is_none(),
                "--every: no curve is asked for; give --steps or --rates",
            ),
        ];
        let first = unused.into_iter().find(|(unused, _)| *unused);
        first.map_or(Ok(()), |(_, message)| Err(Failure::usage(message)))
    }
}
