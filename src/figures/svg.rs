//! SVG as text. Styles are presentation attributes, which every renderer knows and any style sheet of a page overrides.

/// SVG under construction.
#[derive(Debug, Default)]
pub(super) struct Svg {
    text: String,
}

impl Svg {
    /// A whole element or tag, on a line of its own.
    pub fn push(&mut self, element: &str) {
        self.text.push_str(element);
        self.text.push('\n');
    }

    pub fn line(&mut self, from: (f64, f64), to: (f64, f64), style: &str) {
        let [x1, y1, x2, y2] = [from.0, from.1, to.0, to.1].map(number);
        self.push(&format!("<line x1=\"{x1}\" y1=\"{y1}\" x2=\"{x2}\" y2=\"{y2}\" {style}/>"));
    }

    pub fn rect(&mut self, corner: (f64, f64), size: (f64, f64), style: &str) {
        let [x, y, width, height] = [corner.0, corner.1, size.0, size.1].map(number);
        self.push(&format!("<rect x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\" {style}/>"));
    }

    /// A line through the points, closed if asked.
    pub fn polyline(&mut self, points: &[(f64, f64)], closed: bool, style: &str) {
        if points.len() < 2 {
            return;
        }
        let mut path = String::new();
        let mut last = String::new();
        for (x, y) in points {
            let at = format!("{},{}", number(*x), number(*y));
            // Points that print alike add nothing.
            if at != last {
                path.push_str(if path.is_empty() { "M" } else { " " });
                path.push_str(&at);
                last = at;
            }
        }
        if closed {
            path.push('Z');
        }
        self.push(&format!("<path d=\"{path}\" {style}/>"));
    }

    pub fn finish(self) -> String {
        self.text
    }
}

/// At most two decimals: a hundredth of a pixel, below which rounding may differ between machines.
pub(super) fn number(value: f64) -> String {
    let text = format!("{value:.2}");
    let text = text.trim_end_matches('0').trim_end_matches('.');
    if text == "-0" { "0".into() } else { text.into() }
}

/// Text as it may stand in XML; what XML cannot hold becomes a replacement character.
pub(crate) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\t' | '\n' | '\r' => out.push(' '),
            '\u{0}'..='\u{1f}' | '\u{fffe}' | '\u{ffff}' => out.push('\u{fffd}'),
            other => out.push(other),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_short() {
        for (value, text) in [(1.0, "1"), (0.125, "0.12"), (-0.001, "0"), (1234.5, "1234.5"), (10.0, "10")] {
            assert_eq!(number(value), text);
        }
    }

    #[test]
    fn what_xml_cannot_hold_does_not_get_in() {
        assert_eq!(escape("a<b>\"&\u{1}\n"), "a&lt;b&gt;&quot;&amp;\u{fffd} ");
    }
}
