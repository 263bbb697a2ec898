use super::curve::zero;
use super::item::{Item, ln_cost};
use super::region::Region;
use super::solve::Goal;

/// The objective along the bound of y that is best at each x.
pub(super) struct Walk<'a> {
    pub region: Region<'a>,
    pub cost: (f64, f64),
    pub goal: Goal,
}

impl Walk<'_> {
    /// Value, slope in x, and y.
    pub fn at(&self, x: f64) -> (f64, f64, f64) {
        let law = self.region.law;
        let along = |item: Option<&Item>, y: f64| item.map_or(0.0, |item| item.along(law, x, y));
        if self.goal == Goal::Cost {
            let (bottom, floor) = self.region.bottom(x);
            let (value, by_x, by_y) = ln_cost(self.cost.0, self.cost.1, x, bottom);
            return (value, by_x + by_y * along(floor, bottom), bottom);
        }
        let (top, ceiling) = self.region.top(x);
        // Where x is allowed the ceiling is above every floor; those that are curves are asked only where more tokens hurt.
        let at_top = |y: f64| {
            let point = law.at(x, y);
            ((point.loss, point.d_ln_params + point.d_ln_tokens * along(ceiling, y), y), point.d_ln_tokens <= 0.0)
        };
        if let (found, true) = at_top(top.max(self.region.floor(x).0)) {
            return found;
        }
        let (bottom, floor) = self.region.bottom(x);
        if top <= bottom {
            return at_top(bottom).0;
        }
        // More tokens hurt here, as for a model that will be quantised.
        let (y, item) = match zero(|y| law.at(x, y).d_ln_tokens, bottom, top) {
            Some(y) => (y, None),
            None => (bottom, floor),
        };
        let point = law.at(x, y);
        (point.loss, point.d_ln_params + point.d_ln_tokens * along(item, y), y)
    }
}
