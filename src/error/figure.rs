/// Why a figure cannot be drawn or written.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum FigureError {
    /// There is nothing to draw.
    #[error("nothing to draw: {figure} needs at least one {what}")]
    Empty {
        /// The figure.
        figure: &'static str,
        /// What it needs.
        what: &'static str,
    },
    /// A result and the runs that it is drawn with do not belong together.
    #[error(
        "the {figure} is drawn with the runs that were fitted: the fit has {expected} rows and these runs have {got}"
    )]
    OtherRuns {
        /// The figure.
        figure: &'static str,
        /// Rows of the fit.
        expected: usize,
        /// Rows given.
        got: usize,
    },
    /// A range that is none.
    #[error("{what} from {from:e} to {to:e} is no range: the first must be smaller")]
    Range {
        /// Of what.
        what: &'static str,
        /// Its first end.
        from: f64,
        /// Its other end.
        to: f64,
    },
    /// The name of the file says another format than those there are.
    #[error("{path}: figures are written as {known}; name the file so")]
    Format {
        /// The file.
        path: String,
        /// The formats there are.
        known: &'static str,
    },
    /// The figure has no picture of so many pixels.
    #[error("no PNG of scale {scale}: {reason}")]
    Raster {
        /// The scale asked for.
        scale: f64,
        /// What is wrong.
        reason: String,
    },
    /// The file cannot be written.
    #[error("cannot write the figure to {path}: {reason}")]
    Write {
        /// The file.
        path: String,
        /// What the system says.
        reason: String,
    },
}
