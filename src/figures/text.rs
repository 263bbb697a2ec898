//! Text on a figure: how wide it is, and the marks `_{…}` and `^{…}` for what stands lower or higher.

use super::svg::{Svg, escape, number};

/// Where the text stands against its point.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Anchor {
    Start,
    Middle,
    End,
}

/// One line of text.
#[derive(Debug, Clone, Copy)]
pub(super) struct Text<'a> {
    pub content: &'a str,
    pub size: f64,
    pub bold: bool,
    pub anchor: Anchor,
    /// `sl-ink` for what is read first, `sl-soft` for the rest.
    pub class: &'static str,
}

impl<'a> Text<'a> {
    pub fn new(content: &'a str, size: f64) -> Self {
        Self { content, size, bold: false, anchor: Anchor::Start, class: "sl-ink" }
    }

    pub fn soft(self) -> Self {
        Self { class: "sl-soft", ..self }
    }

    pub fn bold(self) -> Self {
        Self { bold: true, ..self }
    }

    pub fn anchor(self, anchor: Anchor) -> Self {
        Self { anchor, ..self }
    }

    pub fn width(&self) -> f64 {
        let scale = if self.bold { 1.1 } else { 1.0 };
        scale * self.size * parts(self.content).iter().map(|part| part.width()).sum::<f64>()
    }

    pub fn draw(&self, svg: &mut Svg, x: f64, y: f64) {
        if self.content.is_empty() {
            return;
        }
        let parts = parts(self.content);
        // Some renderers anchor each raised or lowered part by itself, so such text begins where its width says.
        let marked = parts.iter().any(|part| part.rise != 0.0);
        let (x, anchor) = match self.anchor {
            Anchor::Start => (x, ""),
            Anchor::Middle if marked => (x - 0.5 * self.width(), ""),
            Anchor::End if marked => (x - self.width(), ""),
            Anchor::Middle => (x, " text-anchor=\"middle\""),
            Anchor::End => (x, " text-anchor=\"end\""),
        };
        let weight = if self.bold { " font-weight=\"600\"" } else { "" };
        let fill = if self.class == "sl-soft" { "#57606a" } else { "#1f2328" };
        let mut spans = String::new();
        let mut raised = 0.0;
        for part in parts {
            let rise = part.rise * self.size;
            if part.rise == 0.0 && raised == 0.0 {
                spans.push_str(&escape(part.text));
            } else {
                let small = if part.rise == 0.0 { self.size } else { self.size * SMALL };
                let shift = number(raised - rise);
                spans.push_str(&format!(
                    "<tspan dy=\"{shift}\" font-size=\"{}\">{}</tspan>",
                    number(small),
                    escape(part.text)
                ));
            }
            raised = rise;
        }
        svg.push(&format!(
            "<text class=\"{}\" x=\"{}\" y=\"{}\" font-size=\"{}\" fill=\"{fill}\"{weight}{anchor}>{spans}</text>",
            self.class,
            number(x),
            number(y),
            number(self.size)
        ));
    }
}

/// The text without its marks, for titles of documents and readers of screens.
pub(super) fn plain(text: &str) -> String {
    parts(text).iter().map(|part| part.text).collect()
}

/// Lines no wider than `width`, broken at spaces.
pub(super) fn wrap(text: &str, size: f64, width: f64) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        match lines.last_mut() {
            Some(line) if Text::new(&format!("{line} {word}"), size).width() <= width => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

const SMALL: f64 = 0.74;

struct Part<'a> {
    text: &'a str,
    /// In units of the size, upwards.
    rise: f64,
}

impl Part<'_> {
    fn width(&self) -> f64 {
        let scale = if self.rise == 0.0 { 1.0 } else { SMALL };
        scale * self.text.chars().map(advance).sum::<f64>()
    }
}

fn parts(text: &str) -> Vec<Part<'_>> {
    let mut parts = Vec::new();
    let mut rest = text;
    while let Some((at, rise)) = next_mark(rest) {
        let (before, marked) = rest.split_at(at);
        let Some((inside, after)) = marked.get(2..).and_then(|inner| inner.split_once('}')) else { break };
        parts.push(Part { text: before, rise: 0.0 });
        parts.push(Part { text: inside, rise });
        rest = after;
    }
    parts.push(Part { text: rest, rise: 0.0 });
    parts.retain(|part| !part.text.is_empty());
    parts
}

fn next_mark(text: &str) -> Option<(usize, f64)> {
    let low = text.find("_{").map(|at| (at, -0.22));
    let high = text.find("^{").map(|at| (at, 0.38));
    match (low, high) {
        (Some(low), Some(high)) => Some(if low.0 < high.0 { low } else { high }),
        (low, high) => low.or(high),
    }
}

/// Advance of a letter in units of the size. Those of DejaVu Sans, which is wider than the faces named before it, so that
/// what is laid out apart stays apart whichever face the reader has.
fn advance(letter: char) -> f64 {
    match letter {
        'i' | 'j' | 'l' | '\'' => 0.278,
        'I' | 'J' => 0.295,
        ' ' | '.' | ',' => 0.318,
        ':' | ';' | '/' => 0.337,
        'f' => 0.352,
        '-' => 0.361,
        't' | '(' | ')' | '[' | ']' => 0.391,
        'r' => 0.411,
        '_' | '*' | '"' => 0.5,
        's' | 'z' => 0.525,
        'c' => 0.55,
        'L' | 'F' => 0.575,
        'k' | 'v' | 'x' | 'y' => 0.592,
        'T' | 'Y' | 'P' | 'a' | 'o' | 'e' => 0.613,
        'b' | 'd' | 'g' | 'h' | 'n' | 'p' | 'q' | 'u' | '0'..='9' | 'E' | 'S' => 0.636,
        'A' | 'B' | 'C' | 'K' | 'R' | 'V' | 'X' | 'Z' => 0.698,
        'U' | 'N' | 'H' | 'D' => 0.77,
        'G' | 'O' | 'Q' => 0.787,
        'w' | '+' | '=' | '<' | '>' | '×' | '−' | '±' => 0.838,
        'M' => 0.863,
        'm' | '%' | 'W' => 0.989,
        // Letters of other scripts may be as wide as they are high.
        other if (other as u32) >= 0x1100 => 1.0,
        _ => 0.65,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_lower_and_raise_and_are_closed_again() {
        let mut svg = Svg::default();
        Text::new("N_{opt} = k C^{a} & more", 10.0).draw(&mut svg, 0.0, 0.0);
        let text = svg.finish();
        assert!(text.contains("N<tspan dy=\"2.2\" font-size=\"7.4\">opt</tspan>"), "{text}");
        assert!(text.contains("<tspan dy=\"-2.2\" font-size=\"10\"> = k C</tspan>"), "{text}");
        assert!(text.contains("<tspan dy=\"-3.8\" font-size=\"7.4\">a</tspan>"), "{text}");
        assert!(text.contains("<tspan dy=\"3.8\" font-size=\"10\"> &amp; more</tspan>"), "{text}");
        assert_eq!(plain("N_{opt}(C) ^{ open"), "Nopt(C) ^{ open");
    }

    #[test]
    fn lines_are_broken_at_spaces_within_the_width() {
        let lines = wrap("one two three four five six seven eight nine ten", 12.0, 100.0);
        assert!(lines.len() > 2 && lines.iter().all(|line| Text::new(line, 12.0).width() <= 100.0), "{lines:?}");
        assert_eq!(lines.join(" "), "one two three four five six seven eight nine ten");
    }
}
