//! Level curves of a function on a grid, by marching squares.

/// The function's values on a grid, `values[row][column]` at (xs[column], ys[row]).
pub(super) struct Grid {
    pub xs: Vec<f64>,
    pub ys: Vec<f64>,
    pub values: Vec<Vec<f64>>,
}

type Point = (f64, f64);

impl Grid {
    pub fn new(xs: Vec<f64>, ys: Vec<f64>, value: impl Fn(f64, f64) -> f64) -> Self {
        let values = ys.iter().map(|y| xs.iter().map(|x| value(*x, *y)).collect()).collect();
        Self { xs, ys, values }
    }

    fn at(&self, row: usize, column: usize) -> Option<(f64, f64, f64)> {
        let value = *self.values.get(row)?.get(column)?;
        Some((*self.xs.get(column)?, *self.ys.get(row)?, value)).filter(|_| value.is_finite())
    }

    /// The curves on which the function is `level`, each a chain of points. Cells with a value that is not finite have none.
    pub fn level(&self, level: f64) -> Vec<Vec<Point>> {
        let mut segments: Vec<(Point, Point)> = Vec::new();
        for row in 0..self.ys.len().saturating_sub(1) {
            for column in 0..self.xs.len().saturating_sub(1) {
                let corners = [(row, column), (row, column + 1), (row + 1, column + 1), (row + 1, column)];
                let Some(corners) = corners.into_iter().map(|(r, c)| self.at(r, c)).collect::<Option<Vec<_>>>() else {
                    continue;
                };
                let mut crossings = Vec::with_capacity(4);
                for side in 0..4 {
                    let (a, b) = (corners[side], corners[(side + 1) % 4]);
                    if (a.2 < level) != (b.2 < level) {
                        // From the lower to the higher value, so that two cells find the same point of their common side.
                        let (a, b) = if a.2 < b.2 { (a, b) } else { (b, a) };
                        let t = (level - a.2) / (b.2 - a.2);
                        // On a grid point that point itself, whichever side comes to it.
                        let on_point = b.2 == level;
                        let crossing = (a.0 + t * (b.0 - a.0), a.1 + t * (b.1 - a.1));
                        crossings.push(if on_point { (b.0, b.1) } else { crossing });
                    }
                }
                let pairs = crossings.as_chunks::<2>().0.iter().map(|&[from, to]| (from, to));
                segments.extend(pairs.filter(|(from, to)| from != to));
            }
        }
        chains(segments)
    }
}

/// Segments that share ends, joined.
fn chains(mut segments: Vec<(Point, Point)>) -> Vec<Vec<Point>> {
    let mut chains = Vec::new();
    while let Some((a, b)) = segments.pop() {
        let mut chain = std::collections::VecDeque::from([a, b]);
        while let (Some(&first), Some(&last)) = (chain.front(), chain.back()) {
            let touching = segments.iter().position(|(a, b)| [*a, *b].iter().any(|end| *end == first || *end == last));
            let Some(found) = touching else { break };
            let (a, b) = segments.swap_remove(found);
            match () {
                () if a == last => chain.push_back(b),
                () if b == last => chain.push_back(a),
                () if a == first => chain.push_front(b),
                () => chain.push_front(a),
            }
        }
        chains.push(chain.into());
    }
    chains
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_level_of_a_circle_is_one_closed_curve_at_its_radius() {
        let axis = || (0..=40).map(|k| -2.0 + 0.1 * f64::from(k)).collect::<Vec<f64>>();
        let curves = Grid::new(axis(), axis(), |x, y| x.hypot(y)).level(1.5);
        assert_eq!(curves.len(), 1);
        let curve = &curves[0];
        assert_eq!(curve.first(), curve.last());
        assert!(curve.len() > 60 && curve.iter().all(|(x, y)| (x.hypot(*y) - 1.5).abs() < 2e-3));
    }

    #[test]
    fn what_is_not_finite_has_no_curve() {
        let grid = Grid::new(vec![0.0, 1.0], vec![0.0, 1.0], |_, _| f64::NAN);
        assert!(grid.level(0.5).is_empty());
    }
}
