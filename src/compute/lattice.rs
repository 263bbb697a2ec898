use super::Shape;
use super::accelerator::positive;
use crate::error::ComputeError;
use crate::math::order::sort_by_number;
use crate::units::{ParamCount, Params};

/// Trainable shapes around a size: from N of a law to layers and width that a device computes well.
///
/// The shapes are like a template: its head size, queries a kv head, feed-forward ratio, vocabulary, context, norms,
/// biases and experts are kept, layers and width vary. Widths are multiples of [`multiple`](Self::multiple) that whole
/// heads fill, inner sizes are rounded up to it, and width over layers stays in a [`band`](Self::band).
///
/// The loss depends little on the aspect ratio at equal N (Kaplan 2020, Figure 5: a few percent over a factor of 40), so
/// shapes are ranked by how near N is, and the ratio decides between equals.
///
/// ```
/// use scaling_laws::{ParamCount, Params, Shape, ShapeLattice};
/// let like = Shape::builder(32, 4096).gated(true).tied(false).build()?;
/// let near = ShapeLattice::like(like).near(Params::billions(3.0)?, ParamCount::Total, 5)?;
/// assert_eq!(near.len(), 5);
/// assert!(near[0].ln_ratio.abs() < 0.01 && near[0].shape.width() % 128 == 0);
/// # Ok::<(), scaling_laws::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
#[must_use]
pub struct ShapeLattice {
    like: Shape,
    multiple: u64,
    band: (f64, f64),
}

/// A shape and how near its size is to the one asked for.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct NearShape {
    /// The shape.
    pub shape: Shape,
    /// Its size in the count asked for.
    pub params: Params,
    /// ln(size / size asked for): negative for a smaller model.
    pub ln_ratio: f64,
}

/// Width over layers: holds every shape of Table A9 of Hoffmann 2022, GPT-3 and Llama.
const BAND: (f64, f64) = (40.0, 160.0);
/// Farther than this the lattice has no answer.
const WITHIN: f64 = 2.0;

impl ShapeLattice {
    /// Shapes like this one, of widths that are multiples of 128, with width over layers from 40 to 160.
    pub fn like(template: Shape) -> Self {
        Self { like: template, multiple: 128, band: BAND }
    }

    /// Widths and inner sizes are multiples of this.
    ///
    /// # Errors
    /// [`ComputeError::Argument`] unless it is from 1 to 65536.
    pub fn multiple(self, multiple: u64) -> Result<Self, ComputeError> {
        if (1..=65_536).contains(&multiple) {
            Ok(Self { multiple, ..self })
        } else {
            let (value, allowed) = (multiple as f64, "from 1 to 65536, such as 64 or 128");
            Err(ComputeError::Argument { what: "width multiple", value, allowed })
        }
    }

    /// Least and greatest width over layers.
    ///
    /// # Errors
    /// [`ComputeError::Argument`] unless both are finite, above zero and in order.
    pub fn band(self, least: f64, greatest: f64) -> Result<Self, ComputeError> {
        positive("least aspect ratio", least)?;
        positive("greatest aspect ratio", greatest)?;
        if least > greatest {
            let allowed = "at most the greatest aspect ratio";
            return Err(ComputeError::Argument { what: "least aspect ratio", value: least, allowed });
        }
        Ok(Self { band: (least, greatest), ..self })
    }

    /// The shapes nearest to a size, at most `most` of them, the nearest first.
    ///
    /// # Errors
    /// [`ComputeError::NoShape`] where the nearest is more than a factor of two off, which happens below the size of the
    /// embedding and with a narrow band.
    pub fn near(&self, target: Params, count: ParamCount, most: usize) -> Result<Vec<NearShape>, ComputeError> {
        let mut found: Vec<NearShape> = Vec::new();
        let mut smallest_of_all: Option<f64> = None;
        let mut width = self.multiple;
        loop {
            let (least, greatest) = self.layers(width);
            let column = Column::new(self, width, count);
            // Wider models are larger still once the shallowest is far too large.
            let smallest = column.as_ref().map_or(0.0, |column| column.params(least));
            if smallest_of_all.is_none() && smallest > 0.0 && least <= greatest {
                smallest_of_all = Some(smallest);
            }
            if smallest > 2.0 * WITHIN * target.get() || width > MOST_WIDE {
                break;
            }
            if let Some(column) = column.filter(|_| least <= greatest) {
                let middle = column.layers(target.get()).clamp(least as f64, greatest as f64) as u64;
                let reach = most as u64;
                for layers in middle.saturating_sub(reach).max(least)..=(middle + reach).min(greatest) {
                    if let Some(shape) = self.shape(layers, width) {
                        let params = shape.params(count)?;
                        found.push(NearShape { shape, params, ln_ratio: (params / target).ln() });
                    }
                }
            }
            width += self.multiple;
        }
        let centre = (self.band.0 * self.band.1).sqrt();
        let off_centre = |near: &NearShape| (near.shape.aspect_ratio() / centre).ln().abs();
        sort_by_number(&mut found, off_centre);
        sort_by_number(&mut found, |near| near.ln_ratio.abs());
        let nearest = found.first().map(|near| near.params.get()).or(smallest_of_all);
        if !found.first().is_some_and(|near| near.ln_ratio.abs() <= WITHIN.ln()) {
            return Err(ComputeError::NoShape { target: target.get(), nearest });
        }
        found.truncate(most);
        Ok(found)
    }

    /// Least and greatest number of layers at a width.
    fn layers(&self, width: u64) -> (u64, u64) {
        let dense = self.like.experts().map_or(0, |experts| experts.dense_layers);
        let least = (width as f64 / self.band.1).ceil() as u64;
        (least.max(1).max(dense + 1), (width as f64 / self.band.0).floor() as u64)
    }

    /// The template at other layers and width, where whole heads fill it.
    fn shape(&self, layers: u64, width: u64) -> Option<Shape> {
        let like = &self.like;
        let scaled = |size: u64| {
            let exact = u128::from(size) * u128::from(width);
            (exact % u128::from(like.width()) == 0).then(|| (exact / u128::from(like.width())) as u64)
        };
        let rounded = |size: u64| {
            let ratio = size as f64 / like.width() as f64;
            ((ratio * width as f64).round() as u64).max(1).next_multiple_of(self.multiple)
        };
        let heads = scaled(like.heads() * like.head_size())
            .filter(|queries| *queries > 0 && queries % like.head_size() == 0)
            .map(|queries| queries / like.head_size())?;
        // One kv head stays one; otherwise the queries a kv head are kept.
        let queries_each = like.heads() / like.kv_heads();
        let kv_heads = match like.kv_heads() {
            1 => 1,
            _ if heads.is_multiple_of(queries_each) => heads / queries_each,
            _ => return None,
        };
        let mut builder = like
            .to_builder()
            .layers(layers)
            .width(width)
            .heads(heads)
            .kv_heads(kv_heads)
            .feed_forward(rounded(like.feed_forward()));
        if let Some(mut experts) = like.experts() {
            experts.feed_forward = rounded(experts.feed_forward);
            if experts.shared_feed_forward > 0 {
                experts.shared_feed_forward = rounded(experts.shared_feed_forward);
            }
            builder = builder.experts(experts);
        }
        builder.build().ok()
    }
}

/// No model is wider.
const MOST_WIDE: u64 = 1 << 18;

/// The sizes at one width: a straight line in the layers.
struct Column {
    at: (f64, f64),
    slope: f64,
}

impl Column {
    fn new(lattice: &ShapeLattice, width: u64, count: ParamCount) -> Option<Self> {
        let (layers, _) = lattice.layers(width);
        let size = |layers| lattice.shape(layers, width)?.params(count).ok().map(Params::get);
        let (one, two) = (size(layers)?, size(layers + 1)?);
        Some(Self { at: (layers as f64, one), slope: two - one })
    }

    fn params(&self, layers: u64) -> f64 {
        self.at.1 + (layers as f64 - self.at.0) * self.slope
    }

    fn layers(&self, params: f64) -> f64 {
        self.at.0 + (params - self.at.1) / self.slope
    }
}

#[cfg(test)]
mod tests {
    use super::super::Experts;
    use super::*;

    fn llama() -> Shape {
        Shape::builder(32, 4096).kv_heads(8).gated(true).tied(false).build().unwrap()
    }

    /// Every shape of the lattice with at most so many layers and such width.
    fn brute(lattice: &ShapeLattice, target: f64, widest: u64) -> f64 {
        let widths = (1..=widest / lattice.multiple).map(|i| i * lattice.multiple);
        let sizes = widths.flat_map(|width| {
            let (least, greatest) = lattice.layers(width);
            (least..=greatest).filter_map(move |layers| lattice.shape(layers, width))
        });
        sizes.map(|shape| (shape.parts().total() as f64 / target).ln().abs()).fold(f64::INFINITY, f64::min)
    }

    #[test]
    fn the_nearest_shape_is_the_nearest_of_all() {
        for target in [1.5e8, 7.7e8, 3e9, 1.1e10, 7e10] {
            let lattice = ShapeLattice::like(llama());
            let near = lattice.near(Params::new(target).unwrap(), ParamCount::Total, 10).unwrap();
            let best = brute(&lattice, target, 16_384);
            assert_eq!(near[0].ln_ratio.abs(), best, "{target}");
            assert!(near.windows(2).all(|pair| pair[0].ln_ratio.abs() <= pair[1].ln_ratio.abs()));
            for NearShape { shape, params, ln_ratio } in near {
                assert_eq!(shape.width() % 128, 0);
                assert_eq!(shape.heads() * shape.head_size(), shape.width());
                assert_eq!(shape.heads() / shape.kv_heads(), 4);
                assert!((40.0..=160.0).contains(&shape.aspect_ratio()));
                assert!((params.get() / target / ln_ratio.exp() - 1.0).abs() < 1e-12);
            }
        }
    }

    #[test]
    fn a_model_is_found_from_its_own_size() {
        let shape = llama();
        let near =
            ShapeLattice::like(shape).near(shape.params(ParamCount::Total).unwrap(), ParamCount::Total, 1).unwrap();
        assert_eq!(near[0].shape, shape);
        let sparse =
            shape.to_builder().feed_forward(2048).experts(Experts::new(16, 2, 1024).dense_layers(1)).build().unwrap();
        let size = sparse.params(ParamCount::Active).unwrap();
        let near = ShapeLattice::like(sparse).near(size, ParamCount::Active, 1).unwrap();
        assert_eq!(near[0].shape, sparse);
    }

    #[test]
    fn sizes_that_no_shape_has_are_refused() {
        let tiny = ShapeLattice::like(llama()).near(Params::new(1e5).unwrap(), ParamCount::Total, 3);
        assert!(matches!(tiny, Err(ComputeError::NoShape { nearest: Some(_), .. })), "{tiny:?}");
        let narrow = ShapeLattice::like(llama()).band(1e7, 2e7).unwrap();
        assert!(narrow.near(Params::billions(1.0).unwrap(), ParamCount::Total, 3).is_err());
        assert!(ShapeLattice::like(llama()).band(3.0, 2.0).is_err());
        assert!(ShapeLattice::like(llama()).multiple(0).is_err());
    }
}
