//! Colours, dashes and markers that are told apart by most colour-blind readers and in black and white.

use super::svg::{Svg, number};

/// The colour of a series.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Ink {
    /// One of the colours of unordered things.
    Slot(usize),
    /// A place on the scale of ordered things, 0 dark to 1 light.
    Shade(f64),
    /// For the truth, references and what stands apart.
    Black,
    /// For what is there but not the point.
    Grey,
}

/// Okabe and Ito's colours without the yellow, which is lost on white paper.
const SLOTS: [&str; 6] = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9"];
/// From dark violet to green with even steps of lightness; the light end of the scale is lost on white paper.
const SHADES: [&str; 10] =
    ["#440154", "#482475", "#414487", "#355f8d", "#2a788e", "#21918c", "#22a884", "#44bf70", "#7ad151", "#a8db34"];
/// Dashes of lines, the first one solid.
const DASHES: [&str; 6] = ["", "8 3", "2 2.5", "10 3 2 3", "5 2.5", "10 2.5 2 2.5 2 2.5"];

impl Ink {
    /// The class by which a page can choose another colour, and the colour without a page.
    pub fn class_and_colour(self) -> (String, &'static str) {
        match self {
            Self::Slot(slot) => (format!("sl-s{}", slot % SLOTS.len()), SLOTS[slot % SLOTS.len()]),
            Self::Shade(place) => {
                let step = (place.clamp(0.0, 1.0) * (SHADES.len() - 1) as f64).round() as usize;
                (format!("sl-q{step}"), SHADES[step.min(SHADES.len() - 1)])
            }
            Self::Black => ("sl-black".into(), "#1f2328"),
            Self::Grey => ("sl-grey".into(), "#8c959f"),
        }
    }
}

/// The attribute of a dash, empty for a solid line.
pub(super) fn dash(pattern: usize) -> String {
    match DASHES[pattern % DASHES.len()] {
        "" => String::new(),
        dashes => format!(" stroke-dasharray=\"{dashes}\""),
    }
}

/// Colours for a dark page: a style sheet for inline figures.
pub(crate) const DARK: &str = "\
.sl-paper{fill:var(--paper,#0d1117)}.sl-ink{fill:#e6edf3}.sl-soft{fill:#9aa4af}.sl-grid{stroke:#262c34}\
.sl-axis{stroke:#6e7781}.sl-mark{stroke:var(--paper,#0d1117)}.sl-black{color:#e6edf3}.sl-grey{color:#6e7781}\
.sl-s0{color:#4ba3dd}.sl-s1{color:#f0803c}.sl-s2{color:#2fc29a}.sl-s3{color:#dd95bd}.sl-s4{color:#f0b429}\
.sl-s5{color:#8fd0f5}.sl-q0{color:#a06cc9}.sl-q1{color:#8f76cf}.sl-q2{color:#7f86d3}.sl-q3{color:#6a97d0}\
.sl-q4{color:#4fa8c9}.sl-q5{color:#3db5b0}.sl-q6{color:#3cc296}.sl-q7{color:#5fcf80}.sl-q8{color:#8edb64}\
.sl-q9{color:#bce65a}";

/// A mark at a point.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Marker {
    Circle,
    Square,
    Triangle,
    Diamond,
    TriangleDown,
    Cross,
    /// A circle that is not filled, for what is left out.
    Ring,
    /// For optima.
    Star,
}

pub(super) const MARKERS: [Marker; 6] =
    [Marker::Circle, Marker::Square, Marker::Triangle, Marker::Diamond, Marker::TriangleDown, Marker::Cross];

/// An open triangle that points to what lies beyond an edge: `turn` is 0 upwards, a quarter to the right, and so on.
pub(super) fn pointer(svg: &mut Svg, x: f64, y: f64, turn: f64) {
    const RADIUS: f64 = 5.0;
    let corner = |k: u8| {
        let angle = std::f64::consts::TAU * (f64::from(k) / 3.0 + turn);
        (x + RADIUS * angle.sin(), y - RADIUS * angle.cos())
    };
    let style = "class=\"sl-paper\" fill=\"#fff\" stroke=\"currentColor\" stroke-width=\"1.3\"";
    svg.polyline(&[corner(0), corner(1), corner(2)], true, style);
}

impl Marker {
    /// Draws the mark in the colour of its group; `radius` is that of a circle of the same weight.
    pub fn draw(self, svg: &mut Svg, x: f64, y: f64, radius: f64) {
        let corners = |steps: usize, turn: f64, scale: &dyn Fn(usize) -> f64| -> Vec<(f64, f64)> {
            (0..steps)
                .map(|k| {
                    let angle = std::f64::consts::TAU * (k as f64 / steps as f64 + turn);
                    (x + scale(k) * radius * angle.sin(), y - scale(k) * radius * angle.cos())
                })
                .collect()
        };
        let filled = "class=\"sl-mark\" fill=\"currentColor\" stroke=\"#fff\" stroke-width=\"0.6\"";
        match self {
            Self::Circle | Self::Ring => {
                let style = if self == Self::Circle {
                    filled
                } else {
                    "fill=\"none\" stroke=\"currentColor\" stroke-width=\"1.3\""
                };
                let [x, y, r] = [x, y, radius].map(number);
                svg.push(&format!("<circle cx=\"{x}\" cy=\"{y}\" r=\"{r}\" {style}/>"));
            }
            Self::Square => svg.polyline(&corners(4, 0.125, &|_| 1.25), true, filled),
            Self::Diamond => svg.polyline(&corners(4, 0.0, &|_| 1.35), true, filled),
            Self::Triangle => svg.polyline(&corners(3, 0.0, &|_| 1.4), true, filled),
            Self::TriangleDown => svg.polyline(&corners(3, 0.5, &|_| 1.4), true, filled),
            Self::Star => svg.polyline(&corners(10, 0.0, &|k| if k % 2 == 0 { 2.0 } else { 0.85 }), true, filled),
            Self::Cross => {
                let style = "stroke=\"currentColor\" stroke-width=\"1.7\"";
                svg.line((x - radius, y - radius), (x + radius, y + radius), style);
                svg.line((x - radius, y + radius), (x + radius, y - radius), style);
            }
        }
    }
}
