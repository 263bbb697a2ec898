use super::weights::RowWeights;
use crate::math::simd::{self, WIDEST};
use crate::runs::Runs;

/// The runs as the solver sees them: logarithms, centred so that A and B are contributions at the mean size and not at
/// one parameter (which takes most of the correlation between A and α away), in an order that does not depend on the
/// order of the rows, so that a permuted log gives the same bits. Rows of weight zero are left out.
///
/// The columns are padded to whole lanes with copies of the last point of weight zero; `rows` is not.
#[derive(Debug, Clone)]
pub(super) struct Points {
    /// ln N − mean, ascending.
    pub x: Vec<f64>,
    /// ln D − mean.
    pub y: Vec<f64>,
    /// ln L.
    pub l: Vec<f64>,
    /// What a point counts in sums: m/s², since m·ρ_δ(r/s) = m/s²·ρ_{δs}(r).
    pub weight: Vec<f64>,
    /// The residual's scale s: a point's threshold is δ·s.
    pub scale: Vec<f64>,
    /// Means of ln N and ln D.
    pub centre: [f64; 2],
    /// Row of each point in the runs.
    pub rows: Vec<u32>,
    /// What the weights mean together.
    pub meaning: Meaning,
}

/// What of the weights is not in a single row.
#[derive(Debug, Clone, Copy)]
pub(super) struct Meaning {
    /// Observations, from which the coefficients are taken for the degrees of freedom.
    pub observations: f64,
    /// Whether a weight w stands for w observations, or for one of precision w.
    pub counts: bool,
    /// Whether the size of the errors is given.
    pub scale_known: bool,
}

/// Coefficients in the solver's own scale: E, A·e^(−α·mean ln N), B·e^(−β·mean ln D), α, β.
pub(super) type Theta = [f64; 5];

impl Points {
    /// Runs that count once each.
    #[cfg(test)]
    pub fn new(runs: &Runs) -> Self {
        Self::weighted(runs, &RowWeights::equal(runs.len()))
    }

    pub fn weighted(runs: &Runs, weights: &RowWeights) -> Self {
        let rows = sorted_rows(runs, weights);
        let column = |values: &[f64]| {
            let mut column: Vec<f64> = rows.iter().map(|&row| values[row as usize]).collect();
            simd::ln_in_place(&mut column);
            column
        };
        let centred = |values: &[f64]| {
            let mut column = column(values);
            let mean = column.iter().sum::<f64>() / column.len().max(1) as f64;
            column.iter_mut().for_each(|v| *v -= mean);
            (padded(column), mean)
        };
        let ((x, mean_x), (y, mean_y)) = (centred(runs.params()), centred(runs.tokens()));
        let l = padded(column(runs.losses()));
        let mut scale = vec![1.0; l.len()];
        let mut weight = vec![1.0; rows.len()];
        if !weights.are_equal() {
            for ((row, weight), scale) in rows.iter().zip(&mut weight).zip(&mut scale) {
                let (m, s) = weights.row(*row as usize);
                (*weight, *scale) = (m / (s * s), s);
            }
        }
        weight.resize(l.len(), 0.0);
        let meaning = Meaning {
            observations: weights.observations,
            counts: weights.are_counts(),
            scale_known: weights.scale_known(),
        };
        Self { x, y, l, weight, scale, centre: [mean_x, mean_y], rows, meaning }
    }

    /// Points without the padding.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Σ of the weights.
    pub fn total_weight(&self) -> f64 {
        self.weight.iter().sum()
    }

    /// At most `most` points, evenly spread over the sorted order, for the search map.
    pub fn thinned(&self, most: usize) -> Self {
        let step = self.len().div_ceil(most).max(1);
        self.keeping(|i| i % step == 0)
    }

    /// The points at some places of the order.
    pub fn keeping(&self, kept: impl Fn(usize) -> bool) -> Self {
        let take = |column: &[f64]| -> Vec<f64> {
            column.iter().take(self.len()).enumerate().filter(|(i, _)| kept(*i)).map(|(_, v)| *v).collect()
        };
        let rows: Vec<u32> = self.rows.iter().enumerate().filter(|(i, _)| kept(*i)).map(|(_, v)| *v).collect();
        let mut weight = take(&self.weight);
        weight.resize(rows.len().next_multiple_of(WIDEST), 0.0);
        Self {
            x: padded(take(&self.x)),
            y: padded(take(&self.y)),
            l: padded(take(&self.l)),
            weight,
            scale: padded(take(&self.scale)),
            centre: self.centre,
            rows,
            meaning: self.meaning,
        }
    }

    /// The points of a replicate: those that count, with their new losses, in the buffers of an earlier one.
    pub fn refill(&mut self, full: &Self, counts: &[f64], ln_losses: &[f64]) {
        let size = full.len().next_multiple_of(WIDEST);
        for column in [&mut self.x, &mut self.y, &mut self.l, &mut self.weight, &mut self.scale] {
            column.resize(size, 0.0);
        }
        self.rows.resize(full.len(), 0);
        let mut kept = 0;
        // Every place is written and only those that count are kept: no branch for the processor to guess.
        for (i, (count, l)) in counts.iter().zip(ln_losses).enumerate() {
            self.x[kept] = full.x[i];
            self.y[kept] = full.y[i];
            self.l[kept] = *l;
            self.weight[kept] = count * full.weight[i];
            self.scale[kept] = full.scale[i];
            self.rows[kept] = full.rows[i];
            kept += usize::from(*count > 0.0);
        }
        let size = kept.next_multiple_of(WIDEST);
        for column in [&mut self.x, &mut self.y, &mut self.l, &mut self.scale] {
            let last = column[kept.saturating_sub(1)];
            column.truncate(size);
            column[kept..].fill(last);
        }
        self.weight.truncate(size);
        self.weight[kept..].fill(0.0);
        self.rows.truncate(kept);
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

/// Rows that count, ordered by N, then D, then L, then weight.
///
/// Positive numbers are ordered as their bits. The last bits of N give way to the row, so that one fast sort of integers
/// does most of the work; rows that it cannot tell apart lie together and are sorted by the rest.
fn sorted_rows(runs: &Runs, weights: &RowWeights) -> Vec<u32> {
    let (params, tokens, losses) = (runs.params(), runs.tokens(), runs.losses());
    let low = (1u64 << (u64::BITS - (params.len() as u64).leading_zeros())) - 1;
    let mut keys: Vec<u64> = (0..params.len())
        .filter(|&row| weights.are_equal() || weights.row(row).0 > 0.0)
        .map(|row| (params[row].to_bits() & !low) | row as u64)
        .collect();
    keys.sort_unstable();
    let mut rows: Vec<u32> = keys.iter().map(|key| (key & low) as u32).collect();
    let mut begin = 0;
    while begin < keys.len() {
        let prefix = keys[begin] & !low;
        let length = keys[begin..].iter().take_while(|key| *key & !low == prefix).count();
        if length > 1 {
            rows[begin..begin + length].sort_unstable_by(|&i, &j| {
                let (i, j) = (i as usize, j as usize);
                (params[i].total_cmp(&params[j]))
                    .then(tokens[i].total_cmp(&tokens[j]))
                    .then(losses[i].total_cmp(&losses[j]))
                    .then_with(|| {
                        let ((a, b), (c, d)) = (weights.row(i), weights.row(j));
                        a.total_cmp(&c).then(b.total_cmp(&d))
                    })
            });
        }
        begin += length;
    }
    rows
}

fn padded(mut column: Vec<f64>) -> Vec<f64> {
    if let Some(&last) = column.last() {
        column.resize(column.len().next_multiple_of(WIDEST), last);
    }
    column
}
