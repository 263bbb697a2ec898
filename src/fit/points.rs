use crate::math::simd::{self, WIDEST};
use crate::runs::Runs;

/// The runs as the solver sees them: logarithms, centred so that A and B are contributions at the mean size and not at
/// one parameter (which takes most of the correlation between A and α away), in an order that does not depend on the
/// order of the rows, so that a permuted log gives the same bits.
///
/// The columns are padded to whole lanes with copies of the last point of weight zero; `rows` is not.
#[derive(Debug, Clone)]
pub(super) struct Points {
    /// ln N − mean.
    pub x: Vec<f64>,
    /// ln D − mean.
    pub y: Vec<f64>,
    /// ln L.
    pub l: Vec<f64>,
    /// How often the point counts in sums.
    pub weight: Vec<f64>,
    /// Means of ln N and ln D.
    pub centre: [f64; 2],
    /// Row of each point in the runs.
    pub rows: Vec<usize>,
}

/// Coefficients in the solver's own scale: E, A·e^(−α·mean ln N), B·e^(−β·mean ln D), α, β.
pub(super) type Theta = [f64; 5];

impl Points {
    pub fn new(runs: &Runs) -> Self {
        let [ln_n, ln_d, ln_l] = [runs.params(), runs.tokens(), runs.losses()].map(simd::ln);
        let mut rows: Vec<usize> = (0..runs.len()).collect();
        rows.sort_unstable_by(|&i, &j| {
            (ln_n[i].total_cmp(&ln_n[j]))
                .then(ln_d[i].total_cmp(&ln_d[j]))
                .then(runs.losses()[i].total_cmp(&runs.losses()[j]))
        });
        let count = rows.len().max(1) as f64;
        let centre =
            [rows.iter().map(|&i| ln_n[i]).sum::<f64>() / count, rows.iter().map(|&i| ln_d[i]).sum::<f64>() / count];
        Self {
            x: padded(rows.iter().map(|&i| ln_n[i] - centre[0])),
            y: padded(rows.iter().map(|&i| ln_d[i] - centre[1])),
            l: padded(rows.iter().map(|&i| ln_l[i])),
            weight: weights(rows.len()),
            centre,
            rows,
        }
    }

    /// Points without the padding.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// At most `most` points, evenly spread over the sorted order, for the search map.
    pub fn thinned(&self, most: usize) -> Self {
        let step = self.len().div_ceil(most).max(1);
        let take = |column: &[f64]| padded(column.iter().take(self.len()).copied().step_by(step));
        let rows: Vec<usize> = self.rows.iter().copied().step_by(step).collect();
        Self {
            x: take(&self.x),
            y: take(&self.y),
            l: take(&self.l),
            weight: weights(rows.len()),
            centre: self.centre,
            rows,
        }
    }

    /// E, A, B, α, β in the units of the paper.
    pub fn natural(&self, theta: &Theta) -> Theta {
        let [e, a, b, alpha, beta] = *theta;
        [e, a * (alpha * self.centre[0]).exp(), b * (beta * self.centre[1]).exp(), alpha, beta]
    }

    /// The inverse of [`natural`](Self::natural).
    pub fn centred(&self, coefficients: &Theta) -> Theta {
        let [e, a, b, alpha, beta] = *coefficients;
        [e, a * (-alpha * self.centre[0]).exp(), b * (-beta * self.centre[1]).exp(), alpha, beta]
    }
}

fn padded(column: impl Iterator<Item = f64>) -> Vec<f64> {
    let mut column: Vec<f64> = column.collect();
    if let Some(&last) = column.last() {
        column.resize(column.len().next_multiple_of(WIDEST), last);
    }
    column
}

fn weights(len: usize) -> Vec<f64> {
    let mut weights = vec![1.0; len];
    weights.resize(len.next_multiple_of(WIDEST), 0.0);
    weights
}
