use super::palette::{Ink, MARKERS, Marker};

/// A place, with the ends of its interval where it has one.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Place {
    pub x: f64,
    pub y: f64,
    pub low: f64,
    pub high: f64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    Line,
    Points,
    Band,
    /// Points with a bar along y.
    Bars,
    /// Points with a bar along x.
    BarsAcross,
    /// A line through all of the panel at one y.
    Level,
    /// A line through all of the panel at one x.
    Upright,
}

/// Something drawn on a [`Panel`](super::Panel): a line, points, a band, intervals, or a reference line.
///
/// Series of one name share a colour, a dash and a marker across the panels of a figure and one entry in its legend; an
/// empty name stays out of the legend. Places that an axis does not hold (not finite, or not above zero on a logarithmic
/// axis) are not drawn, and a note of the figure counts them.
#[derive(Debug, Clone, PartialEq)]
#[must_use]
pub struct Series {
    pub(super) name: String,
    pub(super) shape: Shape,
    pub(super) places: Vec<Place>,
    pub(super) labels: Vec<String>,
    /// Written once into the line, where there is room.
    pub(super) inscription: String,
    /// Points under the lines, that many of them hide no line.
    pub(super) faint: bool,
    pub(super) ink: Option<Ink>,
    pub(super) dash: Option<usize>,
    pub(super) marker: Option<Marker>,
    pub(super) weight: f64,
}

impl Series {
    fn new(name: impl Into<String>, shape: Shape, places: Vec<Place>) -> Self {
        Self {
            name: name.into(),
            shape,
            places,
            labels: Vec::new(),
            inscription: String::new(),
            faint: false,
            ink: None,
            dash: None,
            marker: None,
            weight: 1.0,
        }
    }

    /// A line through (x, y) in their order.
    pub fn line(name: impl Into<String>, points: impl IntoIterator<Item = (f64, f64)>) -> Self {
        Self::new(name, Shape::Line, bare(points))
    }

    /// A mark at each (x, y).
    pub fn points(name: impl Into<String>, points: impl IntoIterator<Item = (f64, f64)>) -> Self {
        Self::new(name, Shape::Points, bare(points))
    }

    /// The area between (x, low) and (x, high).
    pub fn band(name: impl Into<String>, band: impl IntoIterator<Item = (f64, f64, f64)>) -> Self {
        let place = |(x, low, high)| Place { x, y: low, low, high };
        Self::new(name, Shape::Band, band.into_iter().map(place).collect())
    }

    /// A mark at each (x, y) with a bar from low to high along y: (x, y, low, high).
    pub fn intervals(name: impl Into<String>, points: impl IntoIterator<Item = (f64, f64, f64, f64)>) -> Self {
        let place = |(x, y, low, high)| Place { x, y, low, high };
        Self::new(name, Shape::Bars, points.into_iter().map(place).collect())
    }

    /// A mark at each (x, y) with a bar from low to high along x: (x, y, low, high).
    pub fn intervals_across(name: impl Into<String>, points: impl IntoIterator<Item = (f64, f64, f64, f64)>) -> Self {
        let place = |(x, y, low, high)| Place { x, y, low, high };
        Self::new(name, Shape::BarsAcross, points.into_iter().map(place).collect())
    }

    /// A thin line through the whole panel at this y.
    pub fn level(name: impl Into<String>, y: f64) -> Self {
        Self::new(name, Shape::Level, bare([(f64::NAN, y)])).grey()
    }

    /// A thin line through the whole panel at this x.
    pub fn upright(name: impl Into<String>, x: f64) -> Self {
        Self::new(name, Shape::Upright, bare([(x, f64::NAN)])).grey()
    }

    /// Text beside each point, in the order of the points.
    pub fn labelled<S: Into<String>>(mut self, labels: impl IntoIterator<Item = S>) -> Self {
        self.labels = labels.into_iter().map(Into::into).collect();
        self
    }

    /// One of the six colours of unordered things; they repeat after the sixth.
    pub fn colour(self, slot: usize) -> Self {
        Self { ink: Some(Ink::Slot(slot)), ..self }
    }

    /// A place on the scale of ordered things, from 0 (dark) to 1 (light).
    pub fn shade(self, place: f64) -> Self {
        let place = if place.is_finite() { place.clamp(0.0, 1.0) } else { 0.0 };
        Self { ink: Some(Ink::Shade(place)), ..self }
    }

    /// Black, or the colour of text on a dark page.
    pub fn black(self) -> Self {
        Self { ink: Some(Ink::Black), ..self }
    }

    /// Grey, for what is there but not the point.
    pub fn grey(self) -> Self {
        Self { ink: Some(Ink::Grey), ..self }
    }

    /// Dashed; there are five patterns. Without this the pattern follows the colour.
    pub fn dashed(self, pattern: usize) -> Self {
        Self { dash: Some(1 + pattern % 5), ..self }
    }

    /// Solid, whatever the colour.
    pub fn solid(self) -> Self {
        Self { dash: Some(0), ..self }
    }

    /// A text that interrupts the line once, away from other lines.
    pub(super) fn inscribed(self, text: impl Into<String>) -> Self {
        Self { inscription: text.into(), ..self }
    }

    /// Pale points under the lines.
    pub(super) fn faint(self) -> Self {
        Self { faint: true, ..self }
    }

    /// The pattern of the index-th of several ordered lines: solid, then each of the dashes.
    pub(super) fn dashed_after_first(self, index: usize) -> Self {
        Self { dash: Some(index), ..self }
    }

    /// The mark of the index-th of several ordered sets of points.
    pub(super) fn marked(self, index: usize) -> Self {
        Self { marker: MARKERS.get(index % MARKERS.len()).copied(), ..self }
    }

    /// Stars, for optima.
    pub fn stars(self) -> Self {
        Self { marker: Some(Marker::Star), weight: 1.15, ..self }
    }

    /// Rings, for what is left out of a fit.
    pub fn rings(self) -> Self {
        Self { marker: Some(Marker::Ring), ..self }
    }

    /// Circles, whatever the colour.
    pub fn circles(self) -> Self {
        Self { marker: Some(Marker::Circle), ..self }
    }

    /// Heavier above 1, lighter below: the width of lines and the size of marks.
    pub fn weight(self, factor: f64) -> Self {
        Self { weight: if factor.is_finite() { factor.clamp(0.1, 5.0) } else { 1.0 }, ..self }
    }

    /// Whether its places have marks.
    pub(super) fn is_marks(&self) -> bool {
        matches!(self.shape, Shape::Points | Shape::Bars | Shape::BarsAcross)
    }

    /// Values along x that the axis should show.
    pub(super) fn xs(&self) -> impl Iterator<Item = f64> + '_ {
        let across = self.shape == Shape::BarsAcross;
        self.places.iter().flat_map(move |p| if across { [p.x, p.low, p.high] } else { [p.x; 3] })
    }

    /// Values along y that the axis should show.
    pub(super) fn ys(&self) -> impl Iterator<Item = f64> + '_ {
        let across = self.shape == Shape::BarsAcross;
        self.places.iter().flat_map(move |p| if across { [p.y; 3] } else { [p.y, p.low, p.high] })
    }
}

fn bare(points: impl IntoIterator<Item = (f64, f64)>) -> Vec<Place> {
    points.into_iter().map(|(x, y)| Place { x, y, low: y, high: y }).collect()
}
