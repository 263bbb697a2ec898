//! Figures as pictures of pixels.

use std::sync::{Arc, LazyLock};

use resvg::tiny_skia::{Pixmap, Transform};
use resvg::usvg::fontdb::Database;
use resvg::usvg::{Options, Tree};

use super::figure::Figure;
use crate::error::FigureError;

/// The letters come along, so that a machine without any shows them, and every machine the same.
static LETTERS: LazyLock<Arc<Database>> = LazyLock::new(|| {
    let mut letters = Database::new();
    letters.load_font_data(dejavu::sans::regular().to_vec());
    letters.load_font_data(dejavu::sans::bold().to_vec());
    letters.set_sans_serif_family("DejaVu Sans");
    Arc::new(letters)
});

impl Figure {
    /// The figure as a PNG, `scale` pixels for each of its own: 1 for a screen, 2 for a fine one, 4 for print.
    ///
    /// The letters are those of DejaVu Sans, which comes along; no font of the machine is asked for.
    ///
    /// # Errors
    /// [`FigureError::Raster`] for a scale that gives no picture: at most 16 384 pixels a side.
    ///
    /// ```
    /// use scaling_laws::{figures, published::BESIROGLU_2024, Flops};
    /// let figure = figures::over_training(&BESIROGLU_2024, &[Flops::new(1e24)?])?;
    /// assert!(figure.to_png(1.0)?.starts_with(b"\x89PNG"));
    /// # Ok::<(), scaling_laws::Error>(())
    /// ```
    pub fn to_png(&self, scale: f64) -> Result<Vec<u8>, FigureError> {
        const MOST: f64 = 16_384.0;
        let refuse = |reason: String| FigureError::Raster { scale, reason };
        let options = Options { fontdb: Arc::clone(&LETTERS), font_family: "DejaVu Sans".into(), ..Options::default() };
        let tree = Tree::from_str(&self.to_svg(), &options).map_err(|error| refuse(error.to_string()))?;
        let [width, height] = [tree.size().width(), tree.size().height()].map(|side| (f64::from(side) * scale).round());
        let within = |side: f64| (1.0..=MOST).contains(&side);
        if !(within(width) && within(height)) {
            return Err(refuse(format!("{width} by {height} pixels, and a side has 1 to {MOST}")));
        }
        let pixels = Pixmap::new(width as u32, height as u32);
        let mut pixels = pixels.ok_or_else(|| refuse("there is no memory for it".into()))?;
        resvg::render(&tree, Transform::from_scale(scale as f32, scale as f32), &mut pixels.as_mut());
        pixels.encode_png().map_err(|error| refuse(error.to_string()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_are_drawn_whatever_fonts_the_machine_has() {
        let dark = |title: &str| {
            let picture = Figure::new(title).size(300.0, 200.0).to_png(1.0).unwrap();
            let picture = Pixmap::decode_png(&picture).unwrap();
            assert_eq!(picture.width(), 300);
            picture.pixels().iter().filter(|pixel| pixel.red() < 128 && pixel.alpha() == 255).count()
        };
        assert_eq!(dark(""), 0);
        let (short, long) = (dark("N"), dark("N N N N"));
        assert!(short > 20 && (3 * short..5 * short).contains(&long), "{short} and {long} dark pixels");
    }

    #[test]
    fn a_scale_that_gives_no_picture_is_refused() {
        for scale in [0.0, -1.0, f64::NAN, f64::INFINITY, 1e6] {
            let error = Figure::new("").to_png(scale).unwrap_err().to_string();
            assert!(error.contains("no PNG of scale"), "{error}");
        }
    }
}
