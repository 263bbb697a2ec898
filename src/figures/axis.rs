use super::ticks::{self, Tick};

/// How numbers are written at the ticks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Style {
    /// 0.25, 3, 12
    Plain,
    /// 70B, 1.4T
    Count,
    /// 1e24
    Power,
    /// ×2
    Factor,
    /// 20 %
    Percent,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Scale {
    Linear,
    Log,
    Categories(Vec<String>),
}

/// One axis of a [`Panel`](super::Panel): its label with the unit, its scale and how its ticks are written.
///
/// Label text may lower with `_{…}` and raise with `^{…}`.
///
/// ```
/// use scaling_laws::figures::{Axis, Figure, Panel, Series};
/// let panel = Panel::new(Axis::params("parameters N"), Axis::loss("loss, nats per token"))
///     .with(Series::points("runs", [(1e8, 3.1), (1e9, 2.7), (1e10, 2.4)]));
/// let svg = Figure::new("Loss by size").panel(panel).to_svg();
/// assert!(svg.contains(">100M<") && svg.contains(">10B<"));
/// ```
#[derive(Debug, Clone, PartialEq)]
#[must_use]
pub struct Axis {
    pub(super) label: String,
    pub(super) scale: Scale,
    pub(super) style: Style,
    pub(super) range: Option<(f64, f64)>,
    /// Values that must lie within, such as zero.
    pub(super) include: Vec<f64>,
    /// Whether marks beyond the range are drawn at its edge.
    edges: bool,
}

impl Axis {
    fn new(label: impl Into<String>, scale: Scale, style: Style) -> Self {
        Self { label: label.into(), scale, style, range: None, include: Vec::new(), edges: false }
    }

    /// A count of parameters on a logarithmic axis: 100M, 1B, 10B.
    pub fn params(label: impl Into<String>) -> Self {
        Self::new(label, Scale::Log, Style::Count)
    }

    /// A count of tokens on a logarithmic axis: 10B, 100B, 1T.
    pub fn tokens(label: impl Into<String>) -> Self {
        Self::new(label, Scale::Log, Style::Count)
    }

    /// Compute on a logarithmic axis: 1e21, 1e22.
    pub fn flops(label: impl Into<String>) -> Self {
        Self::new(label, Scale::Log, Style::Power)
    }

    /// A loss, on a linear axis.
    pub fn loss(label: impl Into<String>) -> Self {
        Self::linear(label)
    }

    /// A factor on a logarithmic axis: ×0.5, ×1, ×2.
    pub fn factor(label: impl Into<String>) -> Self {
        Self::new(label, Scale::Log, Style::Factor)
    }

    /// A share of one on a linear axis, written in percent.
    pub fn percent(label: impl Into<String>) -> Self {
        Self::new(label, Scale::Linear, Style::Percent)
    }

    /// Plain numbers on a linear axis.
    pub fn linear(label: impl Into<String>) -> Self {
        Self::new(label, Scale::Linear, Style::Plain)
    }

    /// Plain numbers above zero on a logarithmic axis.
    pub fn log(label: impl Into<String>) -> Self {
        Self::new(label, Scale::Log, Style::Plain)
    }

    /// Names at 0, 1, 2 and so on, the first at the top of a vertical axis.
    pub fn categories<S: Into<String>>(label: impl Into<String>, names: impl IntoIterator<Item = S>) -> Self {
        Self::new(label, Scale::Categories(names.into_iter().map(Into::into).collect()), Style::Plain)
    }

    /// The ends of the axis, instead of those of what is drawn. Ends that are equal, not finite, or not above zero on a
    /// logarithmic axis are not used.
    pub fn range(self, from: f64, to: f64) -> Self {
        Self { range: Some((from, to)), ..self }
    }

    /// The same, with the marks of what lies beyond at the edge and counted in a note. Without ends those of what is drawn.
    pub(super) fn with_edges(self, ends: Option<(f64, f64)>) -> Self {
        Self { range: ends.or(self.range), edges: true, ..self }
    }

    /// Makes the axis reach this value.
    pub fn including(mut self, value: f64) -> Self {
        self.include.push(value);
        self
    }

    /// Whether the axis has a place for the value.
    pub(super) fn holds(&self, value: f64) -> bool {
        value.is_finite() && (self.scale != Scale::Log || value > 0.0)
    }

    /// Whether the value has a place beyond the ends, and is drawn at the edge.
    pub(super) fn is_beyond(&self, value: f64) -> bool {
        self.edges && self.holds(value) && self.range.is_some_and(|(from, to)| value < from || value > to)
    }

    fn inner(&self, value: f64) -> f64 {
        if self.scale == Scale::Log { value.log10() } else { value }
    }

    /// The axis over these values; `pixels` go from the end where the axis begins to where it ends.
    pub(super) fn over(&self, values: impl Iterator<Item = f64>, pixels: (f64, f64)) -> Ruler<'_> {
        if let Scale::Categories(names) = &self.scale {
            return Ruler { axis: self, ends: (names.len() as f64 - 0.5, -0.5), pixels };
        }
        let good = |(from, to): &(f64, f64)| self.holds(*from) && self.holds(*to) && from < to;
        let ends = self.range.filter(good).map(|(from, to)| (self.inner(from), self.inner(to))).unwrap_or_else(|| {
            let held = values.chain(self.include.iter().copied()).filter(|value| self.holds(*value));
            let all = held.map(|value| self.inner(value));
            let (least, most) = all.fold((f64::INFINITY, f64::NEG_INFINITY), |(a, b), v| (a.min(v), b.max(v)));
            if least > most {
                return (0.0, 1.0);
            }
            let width = most - least;
            let width = if width > 1e-12 * most.abs().max(1e-12) { width } else { 0.2 * most.abs().max(0.5) };
            let middle = 0.5 * (least + most);
            (middle - 0.54 * width, middle + 0.54 * width)
        });
        Ruler { axis: self, ends, pixels }
    }
}

/// An axis laid out on pixels.
#[derive(Debug, Clone, Copy)]
pub(super) struct Ruler<'a> {
    axis: &'a Axis,
    /// In units of the scale: log10 of the value on a logarithmic axis.
    ends: (f64, f64),
    pixels: (f64, f64),
}

impl Ruler<'_> {
    /// Pixels of the value; `None` where the axis has no place for it.
    pub fn at(&self, value: f64) -> Option<f64> {
        if !self.axis.holds(value) {
            return None;
        }
        let share = (self.axis.inner(value) - self.ends.0) / (self.ends.1 - self.ends.0);
        Some(self.pixels.0 + share.clamp(-1e4, 1e4) * (self.pixels.1 - self.pixels.0))
    }

    /// Whether the value lies between the ends, a hair over them included.
    pub fn shows(&self, value: f64) -> bool {
        let (low, high) = (self.pixels.0.min(self.pixels.1), self.pixels.0.max(self.pixels.1));
        self.at(value).is_some_and(|pixel| pixel >= low - 0.5 && pixel <= high + 0.5)
    }

    /// Pixels of the value, or of the edge that it lies beyond, a mark's size inside.
    pub fn within(&self, value: f64) -> Option<f64> {
        const INSIDE: f64 = 6.0;
        if self.shows(value) {
            return self.at(value);
        }
        let (low, high) = (self.pixels.0.min(self.pixels.1), self.pixels.0.max(self.pixels.1));
        self.at(value)
            .filter(|_| self.axis.is_beyond(value))
            .map(|at| at.clamp(low + INSIDE, (high - INSIDE).max(low + INSIDE)))
    }

    pub fn ticks(&self) -> Vec<Tick> {
        // Labels stand side by side along x and one over the other along y, where pixels grow downwards.
        let room = if self.pixels.1 > self.pixels.0 { 58.0 } else { 38.0 };
        let most = (self.pixels.1 - self.pixels.0).abs() / room;
        match &self.axis.scale {
            Scale::Linear => ticks::linear(self.ends, most, self.axis.style),
            Scale::Log => ticks::logarithmic(self.ends, most, self.axis.style),
            Scale::Categories(names) => {
                names.iter().enumerate().map(|(i, name)| Tick { value: i as f64, label: name.clone() }).collect()
            }
        }
    }
}
