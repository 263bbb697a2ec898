use super::constraints::Limit;
use crate::laws::LossModel;

/// One inequality g(x, y) ≤ 0 in x = ln N and y = ln D, written so that ln of its limit enters with slope −1 (a ceiling)
/// or +1 (a floor).
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Item {
    pub limit: Limit,
    pub shape: Shape,
    /// The limit as the user said it.
    pub value: f64,
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Shape {
    LeastX(f64),
    MostX(f64),
    LeastY(f64),
    MostY(f64),
    LeastRatio(f64),
    MostRatio(f64),
    MostSum(f64),
    /// ln(e^(train + x + y) + e^(serve + x)) ≤ most.
    Cost {
        train: f64,
        serve: f64,
        most: f64,
    },
    /// y + power·ln L(x, y) ≤ most.
    CriticalBatch {
        most: f64,
        power: f64,
    },
    /// L(x, y) ≤ loss, measured as ln L − ln loss.
    Loss(f64),
}

/// ln(e^a + e^b).
fn ln_sum(a: f64, b: f64) -> f64 {
    let greater = a.max(b);
    greater + (-(a - b).abs()).exp().ln_1p()
}

/// ln of a cost and its slopes in x and y.
pub(super) fn ln_cost(train: f64, serve: f64, x: f64, y: f64) -> (f64, f64, f64) {
    let (training, serving) = (train + x + y, serve + x);
    let sum = ln_sum(training, serving);
    (sum, 1.0, (training - sum).exp())
}

impl Item {
    /// g and its gradient.
    pub fn at(&self, law: &dyn LossModel, x: f64, y: f64) -> (f64, [f64; 2]) {
        match self.shape {
            Shape::LeastX(v) => (v - x, [-1.0, 0.0]),
            Shape::MostX(v) => (x - v, [1.0, 0.0]),
            Shape::LeastY(v) => (v - y, [0.0, -1.0]),
            Shape::MostY(v) => (y - v, [0.0, 1.0]),
            Shape::LeastRatio(v) => (v - (y - x), [1.0, -1.0]),
            Shape::MostRatio(v) => (y - x - v, [-1.0, 1.0]),
            Shape::MostSum(v) => (x + y - v, [1.0, 1.0]),
            Shape::Cost { train, serve, most } => {
                let (cost, by_x, by_y) = ln_cost(train, serve, x, y);
                (cost - most, [by_x, by_y])
            }
            Shape::CriticalBatch { most, power } => {
                let point = law.at(x, y);
                let slope = power / point.loss;
                (y + power * point.loss.ln() - most, [slope * point.d_ln_params, 1.0 + slope * point.d_ln_tokens])
            }
            Shape::Loss(loss) => {
                let point = law.at(x, y);
                ((point.loss / loss).ln(), [point.d_ln_params / point.loss, point.d_ln_tokens / point.loss])
            }
        }
    }

    /// d y/d x along g = const through a point.
    pub fn along(&self, law: &dyn LossModel, x: f64, y: f64) -> f64 {
        let [by_x, by_y] = self.at(law, x, y).1;
        -by_x / by_y
    }

    /// −1 for a ceiling, +1 for a floor: the slope of g in ln of the limit.
    pub fn sense(&self) -> f64 {
        match self.shape {
            Shape::LeastX(_) | Shape::LeastY(_) | Shape::LeastRatio(_) => 1.0,
            _ => -1.0,
        }
    }

    /// The same limit made looser by a factor of e^t.
    pub fn relaxed(&self, t: f64) -> Self {
        let shape = match self.shape {
            Shape::LeastX(v) => Shape::LeastX(v - t),
            Shape::MostX(v) => Shape::MostX(v + t),
            Shape::LeastY(v) => Shape::LeastY(v - t),
            Shape::MostY(v) => Shape::MostY(v + t),
            Shape::LeastRatio(v) => Shape::LeastRatio(v - t),
            Shape::MostRatio(v) => Shape::MostRatio(v + t),
            Shape::MostSum(v) => Shape::MostSum(v + t),
            Shape::Cost { train, serve, most } => Shape::Cost { train, serve, most: most + t },
            Shape::CriticalBatch { most, power } => Shape::CriticalBatch { most: most + t, power },
            Shape::Loss(loss) => Shape::Loss(loss * t.exp()),
        };
        Self { shape, value: self.value * (-self.sense() * t).exp(), ..*self }
    }

    /// The greatest y at x under a ceiling in closed form; `None` for other shapes.
    pub fn ceiling(&self, x: f64) -> Option<f64> {
        match self.shape {
            Shape::MostY(v) => Some(v),
            Shape::MostRatio(v) => Some(x + v),
            Shape::MostSum(v) => Some(v - x),
            Shape::Cost { train, serve, most } => {
                let left = most - x;
                // ln(e^left − e^serve) − train
                Some(if serve < left { left + (-(serve - left).exp()).ln_1p() - train } else { f64::NEG_INFINITY })
            }
            _ => None,
        }
    }

    /// The least y at x under a floor in closed form; `None` for other shapes.
    pub fn floor(&self, x: f64) -> Option<f64> {
        match self.shape {
            Shape::LeastY(v) => Some(v),
            Shape::LeastRatio(v) => Some(x + v),
            _ => None,
        }
    }
}
