//! The legend stands above the panels, where it hides nothing.

use super::palette::{Ink, MARKERS, Marker, dash};
use super::panel::Panel;
use super::series::{Series, Shape};
use super::svg::{Svg, number};
use super::text::{Text, wrap};

/// Colour, dash and marker of a series.
#[derive(Debug, Clone, Copy)]
pub(super) struct Look {
    pub ink: Ink,
    pub dash: usize,
    pub marker: Marker,
}

/// The looks of all series of a figure by their names.
#[derive(Debug)]
pub(super) struct Legend {
    entries: Vec<Entry>,
}

#[derive(Debug)]
struct Entry {
    name: String,
    look: Look,
    weight: f64,
    line: bool,
    band: bool,
    mark: bool,
    bar: bool,
}

/// A line of a name with its place in the row, after a swatch if it is the first.
struct Named<'a> {
    swatch: Option<&'a Entry>,
    x: f64,
    text: String,
}

const SIZE: f64 = 12.0;
const SWATCH: f64 = 28.0;
const ROW: f64 = 19.0;
const GAP: f64 = 20.0;

impl Legend {
    pub fn new(panels: &[Panel]) -> Self {
        let mut legend = Self { entries: Vec::new() };
        let mut slots = 0;
        for series in panels.iter().flat_map(|panel| &panel.series).filter(|series| !series.name.is_empty()) {
            let known = legend.entries.iter().position(|entry| entry.name == series.name);
            let at = known.unwrap_or_else(|| {
                let ink = series.ink.unwrap_or_else(|| {
                    slots += 1;
                    Ink::Slot(slots - 1)
                });
                legend.entries.push(Entry {
                    name: series.name.clone(),
                    look: look(series, ink),
                    weight: series.weight,
                    line: false,
                    band: false,
                    mark: false,
                    bar: false,
                });
                legend.entries.len() - 1
            });
            let Some(entry) = legend.entries.get_mut(at) else { continue };
            match series.shape {
                Shape::Line | Shape::Level | Shape::Upright => {
                    entry.line = true;
                    entry.look.dash = look(series, entry.look.ink).dash;
                }
                Shape::Band => entry.band = true,
                Shape::Points => entry.mark = true,
                Shape::Bars | Shape::BarsAcross => (entry.mark, entry.bar) = (true, true),
            }
            if matches!(series.shape, Shape::Points | Shape::Bars | Shape::BarsAcross) {
                entry.look.marker = look(series, entry.look.ink).marker;
            }
        }
        legend
    }

    /// The look of a series: that of its name, else its own.
    pub fn look(&self, series: &Series) -> Look {
        let named = self.entries.iter().find(|entry| !series.name.is_empty() && entry.name == series.name);
        look(series, named.map_or(series.ink.unwrap_or(Ink::Black), |entry| entry.look.ink))
    }

    /// Rows of lines of names: a swatch stands before the first line of each.
    fn rows(&self, width: f64) -> Vec<Vec<Named<'_>>> {
        let mut rows: Vec<Vec<Named>> = Vec::new();
        let mut x = f64::INFINITY;
        for entry in &self.entries {
            let before = SWATCH + 7.0;
            let room = before + Text::new(&entry.name, SIZE).width();
            if room > width {
                // A name wider than the page has rows of its own.
                let lines = wrap(&entry.name, SIZE, width - before).into_iter().enumerate();
                rows.extend(
                    lines.map(|(line, text)| vec![Named { swatch: (line == 0).then_some(entry), x: 0.0, text }]),
                );
                x = f64::INFINITY;
                continue;
            }
            if x + room > width {
                rows.push(Vec::new());
                x = 0.0;
            }
            if let Some(row) = rows.last_mut() {
                row.push(Named { swatch: Some(entry), x, text: entry.name.clone() });
            }
            x += room + GAP;
        }
        rows
    }

    pub fn height(&self, width: f64) -> f64 {
        match self.rows(width).len() {
            0 => 0.0,
            rows => rows as f64 * ROW + 6.0,
        }
    }

    pub fn draw(&self, svg: &mut Svg, at: (f64, f64), width: f64) {
        for (row, entries) in self.rows(width).iter().enumerate() {
            let y = at.1 + row as f64 * ROW + 12.0;
            for Named { swatch, x, text } in entries {
                if let Some(entry) = swatch {
                    entry.draw(svg, at.0 + x, y - 4.0);
                }
                Text::new(text, SIZE).draw(svg, at.0 + x + SWATCH + 7.0, y);
            }
        }
    }
}

impl Entry {
    fn draw(&self, svg: &mut Svg, x: f64, y: f64) {
        let (class, colour) = self.look.ink.class_and_colour();
        svg.push(&format!("<g class=\"{class}\" color=\"{colour}\">"));
        if self.band {
            svg.rect((x, y - 6.0), (SWATCH, 12.0), "fill=\"currentColor\" fill-opacity=\"0.18\"");
        }
        if self.line {
            let width = number(1.9 * self.weight);
            let style = format!("stroke=\"currentColor\" stroke-width=\"{width}\"{}", dash(self.look.dash));
            svg.line((x, y), (x + SWATCH, y), &style);
        }
        let middle = x + 0.5 * SWATCH;
        if self.bar {
            svg.line((middle - 9.0, y), (middle + 9.0, y), "stroke=\"currentColor\" stroke-width=\"1.5\"");
        }
        if self.mark {
            self.look.marker.draw(svg, middle, y, 3.6 * self.weight.min(1.4));
        }
        svg.push("</g>");
    }
}

/// Dash and marker follow the colour unless the series says otherwise; ordered things are told apart by shade.
fn look(series: &Series, ink: Ink) -> Look {
    let slot = match ink {
        Ink::Slot(slot) => slot,
        _ => 0,
    };
    Look {
        ink,
        dash: series.dash.unwrap_or(slot),
        marker: series.marker.unwrap_or_else(|| MARKERS.get(slot % MARKERS.len()).copied().unwrap_or(Marker::Circle)),
    }
}
