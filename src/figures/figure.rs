use super::legend::Legend;
use super::panel::Panel;
use super::svg::{Svg, escape, number};
use super::text::{Text, plain, wrap};
use crate::error::FigureError;

/// A figure: a title, a legend, panels in columns and notes, drawn as SVG.
///
/// The text is the same to the byte for the same content. It names no file and loads nothing; styles are attributes, which
/// any style sheet of a page that holds the figure inline may override (classes `sl-…`). In a notebook a figure shows itself.
///
/// ```
/// use scaling_laws::figures::{Axis, Figure, Panel, Series};
/// let panel = Panel::new(Axis::flops("compute C, FLOP"), Axis::loss("loss, nats per token"))
///     .with(Series::line("mine", [(1e20, 3.0), (1e22, 2.5)]));
/// let figure = Figure::new("Loss by compute").panel(panel).note("Two points, made up.");
/// assert_eq!(figure.to_svg(), figure.clone().to_svg());
/// assert!(figure.to_svg().starts_with("<svg xmlns="));
/// ```
#[derive(Debug, Clone, PartialEq)]
#[must_use]
pub struct Figure {
    title: String,
    subtitle: String,
    panels: Vec<Panel>,
    columns: usize,
    notes: Vec<String>,
    width: f64,
    panel_height: f64,
}

const MARGIN: f64 = 20.0;
const BETWEEN: f64 = 26.0;
/// Faces that most machines have, widest last.
const FACE: &str = "'Helvetica Neue',Helvetica,Arial,'Liberation Sans','DejaVu Sans',sans-serif";

const FORMATS: &str = if cfg!(feature = "png") { ".svg or .png" } else { ".svg (.png needs the feature `png`)" };

impl Figure {
    /// A figure without panels.
    pub fn new(title: impl Into<String>) -> Self {
        Self {
            title: title.into(),
            subtitle: String::new(),
            panels: Vec::new(),
            columns: 1,
            notes: Vec::new(),
            width: 760.0,
            panel_height: 400.0,
        }
    }

    /// A line under the title.
    pub fn subtitle(self, subtitle: impl Into<String>) -> Self {
        Self { subtitle: subtitle.into(), ..self }
    }

    /// One more panel.
    pub fn panel(mut self, panel: Panel) -> Self {
        self.panels.push(panel);
        self
    }

    /// How many panels stand side by side; at least one.
    pub fn columns(self, columns: usize) -> Self {
        Self { columns: columns.max(1), ..self }
    }

    /// A note under the panels.
    pub fn note(mut self, note: impl Into<String>) -> Self {
        self.notes.push(note.into());
        self
    }

    /// Another title.
    pub fn with_title(self, title: impl Into<String>) -> Self {
        Self { title: title.into(), ..self }
    }

    /// Width of the figure and height of a row of panels, in pixels. Each is kept within 200 and 10 000.
    pub fn size(self, width: f64, panel_height: f64) -> Self {
        let within = |value: f64, default: f64| if value.is_finite() { value.clamp(200.0, 1e4) } else { default };
        Self { width: within(width, self.width), panel_height: within(panel_height, self.panel_height), ..self }
    }

    /// The panels, to draw some more on or to take into another figure.
    pub fn panels(&self) -> &[Panel] {
        &self.panels
    }

    /// The figure with something more drawn on the panel of this index, counted from zero; unchanged without such a panel.
    pub fn also(mut self, panel: usize, series: super::Series) -> Self {
        if let Some(panel) = self.panels.get_mut(panel) {
            panel.series.push(series);
        }
        self
    }

    /// The figure as an SVG document.
    #[must_use]
    pub fn to_svg(&self) -> String {
        let inner = self.width - 2.0 * MARGIN;
        let legend = Legend::new(&self.panels);
        let mut body = Svg::default();
        let mut y = MARGIN;
        for line in wrap(&self.title, 17.0, inner / 1.1) {
            Text::new(&line, 17.0).bold().draw(&mut body, MARGIN, y + 13.0);
            y += 22.0;
        }
        for line in wrap(&self.subtitle, 12.5, inner) {
            Text::new(&line, 12.5).soft().draw(&mut body, MARGIN, y + 12.0);
            y += 17.0;
        }
        y += 8.0;
        legend.draw(&mut body, (MARGIN, y), inner);
        y += legend.height(inner) + 6.0;

        let columns = self.columns.min(self.panels.len()).max(1);
        let width = (inner - BETWEEN * (columns - 1) as f64) / columns as f64;
        for row in self.panels.chunks(columns) {
            for (column, panel) in row.iter().enumerate() {
                let x = MARGIN + column as f64 * (width + BETWEEN);
                panel.draw(&mut body, (x, y), (width, self.panel_height), &|series| legend.look(series));
            }
            y += self.panel_height + 10.0;
        }
        for note in self.all_notes() {
            for line in wrap(&note, 11.0, inner) {
                Text::new(&line, 11.0).soft().draw(&mut body, MARGIN, y + 11.0);
                y += 15.0;
            }
        }
        self.document(body, y + MARGIN - 6.0)
    }

    /// The notes, and one on what the axes do not hold.
    fn all_notes(&self) -> Vec<String> {
        let mut notes = self.notes.clone();
        let hidden: usize = self.panels.iter().map(Panel::hidden).sum();
        if hidden > 0 {
            let noun = if hidden == 1 { "point that has" } else { "points that have" };
            notes.push(format!("Not drawn: {hidden} {noun} no place on the axes."));
        }
        let beyond: usize = self.panels.iter().map(Panel::beyond).sum();
        if beyond > 0 {
            let (mark, noun) =
                if beyond == 1 { ("an open triangle", "mark that lies") } else { ("open triangles", "marks that lie") };
            notes.push(format!("Drawn at the edge as {mark}: {beyond} {noun} beyond the axes."));
        }
        notes
    }

    fn document(&self, body: Svg, height: f64) -> String {
        let (width, height) = (number(self.width), number(height.ceil()));
        let mut svg = Svg::default();
        svg.push(&format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"sl-figure\" viewBox=\"0 0 {width} {height}\" \
             width=\"{width}\" height=\"{height}\" font-family=\"{FACE}\" role=\"img\">"
        ));
        svg.push(&format!("<title>{}</title>", escape(&plain(&self.title))));
        if !self.subtitle.is_empty() {
            svg.push(&format!("<desc>{}</desc>", escape(&plain(&self.subtitle))));
        }
        svg.push(&format!("<rect class=\"sl-paper\" width=\"{width}\" height=\"{height}\" fill=\"#fff\"/>"));
        svg.push(body.finish().trim_end());
        svg.push("</svg>");
        svg.finish()
    }

    /// Writes the figure to a file: as PNG of twice its size where the name ends in `.png` (feature `png`), as SVG where it ends
    /// in `.svg` or has no ending.
    ///
    /// # Errors
    /// [`FigureError::Format`] for another ending, before anything is written; [`FigureError::Write`]; as
    /// [`to_png`](Self::to_png).
    pub fn save(&self, path: impl AsRef<std::path::Path>) -> Result<(), FigureError> {
        let path = path.as_ref();
        let name = || path.display().to_string();
        let ending = path.extension().map(|ending| ending.to_string_lossy().to_lowercase());
        let bytes = match ending.as_deref() {
            None | Some("svg") => self.to_svg().into_bytes(),
            #[cfg(feature = "png")]
            Some("png") => self.to_png(2.0)?,
            Some(_) => return Err(FigureError::Format { path: name(), known: FORMATS }),
        };
        std::fs::write(path, bytes).map_err(|error| FigureError::Write { path: name(), reason: error.to_string() })
    }

    /// Shows the figure in a Jupyter cell of the evcxr kernel.
    pub fn evcxr_display(&self) {
        println!(
            "EVCXR_BEGIN_CONTENT image/svg+xml\n{}\nEVCXR_END_CONTENT\nEVCXR_BEGIN_CONTENT text/plain\n{}\nEVCXR_END_CONTENT",
            self.to_svg().trim_end(),
            plain(&self.title)
        );
    }
}
