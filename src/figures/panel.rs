use super::axis::{Axis, Ruler, Scale};
use super::labels::{Box2, Placer};
use super::legend::Look;
use super::palette::pointer;
use super::series::{Place, Series, Shape};
use super::svg::{Svg, number};
use super::text::{Anchor, Text};

/// One pair of axes and what is drawn on it.
///
/// ```
/// use scaling_laws::figures::{Axis, Figure, Panel, Series};
/// let panel = Panel::new(Axis::flops("compute C, FLOP"), Axis::factor("observed/predicted loss"))
///     .title("Roll-out")
///     .with(Series::intervals("held-out runs", [(1e20, 1.01, 0.99, 1.03), (1e22, 1.04, 0.98, 1.10)]))
///     .with(Series::level("", 1.0));
/// assert!(Figure::new("Held-out error").panel(panel).to_svg().contains("held-out runs"));
/// ```
#[derive(Debug, Clone, PartialEq)]
#[must_use]
pub struct Panel {
    pub(super) title: String,
    pub(super) x: Axis,
    pub(super) y: Axis,
    pub(super) series: Vec<Series>,
}

pub(super) const LABEL: f64 = 12.0;
const TICK: f64 = 11.5;
/// Height of the text above the plot: the label of y, and a title over it.
const HEAD: f64 = 22.0;
/// Height of the text below the plot.
const FOOT: f64 = 44.0;

impl Panel {
    /// An empty panel with these axes.
    pub fn new(x: Axis, y: Axis) -> Self {
        Self { title: String::new(), x, y, series: Vec::new() }
    }

    /// A title over the panel.
    pub fn title(self, title: impl Into<String>) -> Self {
        Self { title: title.into(), ..self }
    }

    /// Draws this too; what comes later lies above, but marks lie above lines and lines above bands.
    pub fn with(mut self, series: Series) -> Self {
        self.series.push(series);
        self
    }

    /// Draws all of these too.
    pub fn with_all(mut self, series: impl IntoIterator<Item = Series>) -> Self {
        self.series.extend(series);
        self
    }

    /// Places that the axes do not hold.
    pub(super) fn hidden(&self) -> usize {
        let hides = |shape: Shape, place: &Place| {
            let x = self.x.holds(place.x) || shape == Shape::Level;
            let y = self.y.holds(place.y) || shape == Shape::Upright;
            !(x && y)
        };
        self.series.iter().map(|s| s.places.iter().filter(|place| hides(s.shape, place)).count()).sum()
    }

    /// Marks that are drawn at the edge.
    pub(super) fn beyond(&self) -> usize {
        let marks = self.series.iter().filter(|series| series.is_marks());
        let is_beyond = |place: &&Place| {
            let holds = self.x.holds(place.x) && self.y.holds(place.y);
            holds && (self.x.is_beyond(place.x) || self.y.is_beyond(place.y))
        };
        marks.map(|s| s.places.iter().filter(is_beyond).count()).sum()
    }

    /// Draws the panel into a box; `look` gives each series its colour, dash and marker.
    pub(super) fn draw(&self, svg: &mut Svg, at: (f64, f64), size: (f64, f64), look: &dyn Fn(&Series) -> Look) {
        let head = if self.title.is_empty() { HEAD } else { HEAD + 19.0 };
        let (top, bottom) = (at.1 + head, at.1 + size.1 - FOOT);
        let y = self.y.over(self.series.iter().flat_map(Series::ys), (bottom, top));
        let widest = y.ticks().iter().map(|tick| Text::new(&tick.label, TICK).width()).fold(0.0, f64::max);
        let (left, right) = (at.0 + widest + 12.0, at.0 + size.0 - 12.0);
        let x = self.x.over(self.series.iter().flat_map(Series::xs), (left, right));
        let frame = Frame { x, y, left, right, top, bottom, row: matches!(self.y.scale, Scale::Categories(_)) };

        let mut line = at.1 + 12.0;
        if !self.title.is_empty() {
            Text::new(&self.title, 13.0).bold().draw(svg, at.0, line);
            line += 19.0;
        }
        Text::new(&self.y.label, LABEL).soft().draw(svg, at.0, line);
        frame.axes(svg);
        let middle = 0.5 * (left + right);
        Text::new(&self.x.label, LABEL).soft().anchor(Anchor::Middle).draw(svg, middle, bottom + 37.0);

        // Named by its own corners, so that figures on one page share a name only where they share the shape.
        let clip = format!("clip{}-{}-{}-{}", number(left), number(top), number(right), number(bottom));
        svg.push(&format!("<clipPath id=\"{clip}\">"));
        svg.rect((left - 1.0, top - 1.0), (right - left + 2.0, bottom - top + 2.0), "");
        svg.push("</clipPath>");
        let order = |series: &Series| match series.shape {
            Shape::Band => 0,
            Shape::Level | Shape::Upright => 1,
            Shape::Points if series.faint => 1,
            Shape::Line => 2,
            Shape::Points | Shape::Bars | Shape::BarsAcross => 3,
        };
        let mut placer = Placer::new(Box2 { left, top, right, bottom });
        for layer in 0..4 {
            if layer < 3 {
                svg.push(&format!("<g clip-path=\"url(#{clip})\">"));
            }
            for (id, series) in self.series.iter().enumerate().filter(|(_, series)| order(series) == layer) {
                frame.series(svg, (id, series), look(series), &mut placer);
            }
            if layer < 3 {
                svg.push("</g>");
            }
        }
        for series in &self.series {
            frame.pointers(svg, series, look(series), &mut placer);
        }
        // Labels come last, over everything, and keep clear of each other and of the marks.
        for (id, series) in self.series.iter().enumerate().filter(|(_, series)| !series.inscription.is_empty()) {
            placer.inscribe(svg, &Text::new(&series.inscription, TICK), id);
        }
        for series in self.series.iter().filter(|series| !series.labels.is_empty()) {
            frame.labels(svg, series, &mut placer);
        }
    }
}

/// The axes of a panel laid out on the page.
struct Frame<'a> {
    x: Ruler<'a>,
    y: Ruler<'a>,
    left: f64,
    right: f64,
    top: f64,
    bottom: f64,
    row: bool,
}

impl Frame<'_> {
    fn axes(&self, svg: &mut Svg) {
        let grid = "class=\"sl-grid\" stroke=\"#e4e7eb\" stroke-width=\"1\"";
        let axis = "class=\"sl-axis\" stroke=\"#57606a\" stroke-width=\"1\"";
        for tick in self.y.ticks() {
            let Some(pixel) = self.y.at(tick.value).filter(|_| self.y.shows(tick.value)) else { continue };
            // A row without a name has a line all the same, and no tick.
            if tick.label.is_empty() && !self.row {
                svg.line((self.left - 3.0, pixel), (self.left, pixel), axis);
                continue;
            }
            svg.line((self.left, pixel), (self.right, pixel), grid);
            if !self.row {
                svg.line((self.left - 5.0, pixel), (self.left, pixel), axis);
            }
            let text = Text::new(&tick.label, TICK).soft().anchor(Anchor::End);
            text.draw(svg, self.left - 8.0, pixel + 4.0);
        }
        let mut last = f64::NEG_INFINITY;
        for tick in self.x.ticks() {
            let Some(pixel) = self.x.at(tick.value).filter(|_| self.x.shows(tick.value)) else { continue };
            if tick.label.is_empty() {
                svg.line((pixel, self.bottom), (pixel, self.bottom + 3.0), axis);
                continue;
            }
            svg.line((pixel, self.top), (pixel, self.bottom), grid);
            svg.line((pixel, self.bottom), (pixel, self.bottom + 5.0), axis);
            let text = Text::new(&tick.label, TICK).soft().anchor(Anchor::Middle);
            let half = 0.5 * text.width();
            if pixel - half > last + 4.0 {
                text.draw(svg, pixel, self.bottom + 19.0);
                last = pixel + half;
            }
        }
        svg.line((self.left, self.bottom), (self.right, self.bottom), axis);
        if !self.row {
            svg.line((self.left, self.top), (self.left, self.bottom), axis);
        }
    }

    /// Pixels of a place that both axes hold.
    fn pixel(&self, x: f64, y: f64) -> Option<(f64, f64)> {
        Some((self.x.at(x)?, self.y.at(y)?))
    }

    fn series(&self, svg: &mut Svg, (id, series): (usize, &Series), look: Look, placer: &mut Placer) {
        let (class, colour) = look.ink.class_and_colour();
        let pale = if series.faint { " opacity=\"0.45\"" } else { "" };
        svg.push(&format!("<g class=\"{class}\" color=\"{colour}\"{pale}>"));
        let dash = super::palette::dash(look.dash);
        let width = number(1.9 * series.weight);
        let stroke =
            format!("fill=\"none\" stroke=\"currentColor\" stroke-width=\"{width}\" stroke-linejoin=\"round\"");
        match series.shape {
            Shape::Line => {
                for run in self.unbroken(series) {
                    placer.avoid_line(id, &run);
                    svg.polyline(&run, false, &format!("{stroke}{dash}"));
                }
            }
            Shape::Band => self.band(svg, series),
            Shape::Level => {
                if let Some(y) = series.places.first().and_then(|p| self.y.at(p.y)) {
                    svg.line((self.left, y), (self.right, y), &format!("{stroke}{dash}"));
                }
            }
            Shape::Upright => {
                if let Some(x) = series.places.first().and_then(|p| self.x.at(p.x)) {
                    svg.line((x, self.top), (x, self.bottom), &format!("{stroke}{dash}"));
                }
            }
            Shape::Points | Shape::Bars | Shape::BarsAcross => {
                for place in &series.places {
                    self.mark(svg, series, place, look, placer);
                }
            }
        }
        svg.push("</g>");
    }

    fn mark(&self, svg: &mut Svg, series: &Series, place: &Place, look: Look, placer: &mut Placer) {
        let (Some((x, y)), true) = (self.pixel(place.x, place.y), self.x.shows(place.x) && self.y.shows(place.y))
        else {
            return;
        };
        let ends = match series.shape {
            Shape::Bars => end(&self.y, place.low, self.bottom).zip(end(&self.y, place.high, self.top)),
            Shape::BarsAcross => end(&self.x, place.low, self.left).zip(end(&self.x, place.high, self.right)),
            _ => None,
        };
        if let Some((low, high)) = ends {
            let bar = "stroke=\"currentColor\" stroke-width=\"1.5\"";
            if series.shape == Shape::Bars {
                let clamp = |pixel: f64| pixel.clamp(self.top, self.bottom);
                svg.line((x, clamp(low)), (x, clamp(high)), bar);
            } else {
                let clamp = |pixel: f64| pixel.clamp(self.left, self.right);
                svg.line((clamp(low), y), (clamp(high), y), bar);
            }
        }
        let radius = 3.4 * series.weight;
        look.marker.draw(svg, x, y, radius);
        placer.avoid(Box2::around(x, y, radius));
    }

    /// Open triangles at the edge for the marks that lie beyond it.
    fn pointers(&self, svg: &mut Svg, series: &Series, look: Look, placer: &mut Placer) {
        let is_shown = |place: &Place| self.x.shows(place.x) && self.y.shows(place.y);
        let within = |place: &Place| self.x.within(place.x).zip(self.y.within(place.y));
        let beyond: Vec<(&Place, (f64, f64))> = series
            .places
            .iter()
            .filter(|place| series.is_marks() && !is_shown(place))
            .filter_map(|place| Some((place, within(place)?)))
            .collect();
        if beyond.is_empty() {
            return;
        }
        let (class, colour) = look.ink.class_and_colour();
        svg.push(&format!("<g class=\"{class}\" color=\"{colour}\">"));
        for (place, (x, y)) in beyond {
            let (left, above) = (self.x.at(place.x) < Some(x), self.y.at(place.y) < Some(y));
            let turn = match (self.x.shows(place.x), left, above) {
                (true, _, true) => 0.0,
                (true, _, false) => 0.5,
                (false, true, _) => 0.75,
                (false, false, _) => 0.25,
            };
            pointer(svg, x, y, turn);
            placer.avoid(Box2::around(x, y, 5.0));
        }
        svg.push("</g>");
    }

    fn band(&self, svg: &mut Svg, series: &Series) {
        let edge = |low: bool| {
            let held = series.places.iter().filter(|p| [p.low, p.high].iter().all(|y| self.y.at(*y).is_some()));
            held.filter_map(move |p| self.pixel(p.x, if low { p.low } else { p.high }))
        };
        let mut outline: Vec<(f64, f64)> = edge(true).collect();
        let upper: Vec<(f64, f64)> = edge(false).collect();
        outline.extend(upper.into_iter().rev());
        svg.polyline(&outline, true, "fill=\"currentColor\" fill-opacity=\"0.18\" stroke=\"none\"");
    }

    /// The pieces of a line between places that the axes do not hold.
    fn unbroken(&self, series: &Series) -> Vec<Vec<(f64, f64)>> {
        let mut pieces = vec![Vec::new()];
        for place in &series.places {
            match (self.pixel(place.x, place.y), pieces.last_mut()) {
                (Some(pixel), Some(piece)) => piece.push(pixel),
                _ => pieces.push(Vec::new()),
            }
        }
        pieces
    }

    fn labels(&self, svg: &mut Svg, series: &Series, placer: &mut Placer) {
        for (place, label) in series.places.iter().zip(&series.labels) {
            let Some((x, y)) = self.x.within(place.x).zip(self.y.within(place.y)) else { continue };
            if !label.is_empty() {
                placer.beside(svg, &Text::new(label, TICK), x, y, 3.4 * series.weight + 4.0);
            }
        }
    }
}

/// Pixels of the end of an interval; the edge of the panel for an end that the axis does not hold, such as infinity, and
/// nothing for an end that is not known.
fn end(ruler: &Ruler, value: f64, edge: f64) -> Option<f64> {
    if value.is_nan() { None } else { Some(ruler.at(value).unwrap_or(edge)) }
}
