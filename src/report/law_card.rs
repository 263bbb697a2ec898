use std::fmt;

use super::table::wrapped;
use crate::published::{Coefficient, Entry};
use crate::units::LossUnit;

/// Column at which the text begins, after the labels.
const INDENT: usize = 14;

/// All that is known of a published law, at most 100 columns wide.
///
/// ```
/// let card = scaling_laws::published::find("besiroglu")?.to_string();
/// assert!(card.starts_with("besiroglu2024.parametric"));
/// assert!(card.contains("482.01 nats") && card.contains("standard error 124.58"));
/// assert!(card.lines().all(|line| line.chars().count() <= 100));
/// # Ok::<(), scaling_laws::Error>(())
/// ```
impl fmt::Display for Entry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut card = Card::default();
        card.heading(self.id);
        card.field("law", self.formula);
        card.coefficients(self.coefficients);
        card.field(
            "conventions",
            &format!("N: {} parameters; C: {}{}", self.conventions.params, self.conventions.compute, loss(self)),
        );
        card.field("domain", &ranges(self));
        if !self.data.is_empty() {
            card.field("measured on", self.data);
        }
        card.field("data", self.note);
        card.field("good for", self.good_for);
        card.field("source", &format!("{} ({}). {}. arXiv:{}", self.authors, self.year, self.title, self.arxiv));
        card.field("stands in", self.equation);
        let seen = if self.verified { "yes" } else { "NO" };
        card.field("verified", &format!("{seen}: {}", self.verification));
        for erratum in self.errata {
            card.field("erratum", erratum);
        }
        if !self.aliases.is_empty() {
            card.field("also called", &self.aliases.join(", "));
        }
        f.write_str(card.text.trim_end())
    }
}

/// What the loss is counted in, where it is not nats per token.
fn loss(entry: &Entry) -> String {
    match entry.conventions.loss {
        LossUnit::NatsPerToken => String::new(),
        unit => format!("; loss: {unit}"),
    }
}

fn ranges(entry: &Entry) -> String {
    let domain = &entry.domain;
    let range = |axis: &str, ends: Option<(String, String)>| {
        ends.map(|(least, most)| match least.as_str() {
            // The least there can be: the source says no more.
            "1" => format!("{axis} up to {most}"),
            _ if least == most => format!("{axis} {most}"),
            _ => format!("{axis} {least} to {most}"),
        })
    };
    let ranges: Vec<String> = [
        range("N", domain.params.map(|(a, b)| (a.to_string(), b.to_string()))),
        range("D", domain.tokens.map(|(a, b)| (a.to_string(), b.to_string()))),
        range("C", domain.flops.map(|(a, b)| (a.to_string(), b.to_string()))),
    ]
    .into_iter()
    .flatten()
    .chain(entry.ranges.iter().map(|r| format!("{} {} to {}", r.knob, number(r.least), number(r.greatest))))
    .collect();
    if ranges.is_empty() { "not stated".into() } else { ranges.join(", ") }
}

/// Text under construction.
#[derive(Default)]
struct Card {
    text: String,
}

impl Card {
    fn heading(&mut self, text: &str) {
        self.text.push_str(text);
        self.text.push('\n');
    }

    /// A label and its text, wrapped at spaces and indented.
    fn field(&mut self, label: &str, text: &str) {
        self.text.push_str(&wrapped(&format!("  {label:<width$}", width = INDENT - 2), text));
    }

    fn coefficients(&mut self, coefficients: &[Coefficient]) {
        let widest = coefficients.iter().map(|c| c.name.len()).max().unwrap_or(0);
        for (i, c) in coefficients.iter().enumerate() {
            let mut text = format!(
                "  {:<label$}{:<widest$} = {}",
                if i == 0 { "with" } else { "" },
                c.name,
                number(c.value),
                label = INDENT - 2
            );
            if let Some(unit) = c.unit {
                text.push(' ');
                text.push_str(unit);
            }
            if let Some(error) = c.standard_error {
                text.push_str(&format!(", standard error {}", number(error)));
            }
            if let Some(range) = c.interval {
                let (share, low, high) = (100.0 * range.level, number(range.low), number(range.high));
                text.push_str(&format!(", {share:.0} % interval {low} to {high}"));
            }
            self.heading(&text);
        }
    }
}

/// Every digit, with a power of ten from a million on.
fn number(value: f64) -> String {
    if value >= 1e6 { format!("{value:e}") } else { format!("{value}") }
}
