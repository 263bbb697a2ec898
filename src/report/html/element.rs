//! The few elements that the fragments are made of. Styles are attributes and leave colours to the page, light or dark.

use crate::warning::Warning;

/// Text as it may stand in HTML, in an element or a quoted attribute.
pub(crate) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            '\n' | '\t' => out.push(letter),
            // Control characters are not allowed in HTML.
            control if control.is_control() => out.push('\u{fffd}'),
            other => out.push(other),
        }
    }
    out
}

/// A table; the first column is text, the others are numbers. Cells are escaped.
#[derive(Debug)]
pub(crate) struct Table {
    text: String,
}

const TABLE: &str = "border-collapse:collapse;margin:.6em 0;font-variant-numeric:tabular-nums";
const LINE: &str = "padding:.2em .8em .2em 0;border-bottom:1px solid rgba(128,128,128,.35)";

impl Table {
    pub fn new(heading: &[&str]) -> Self {
        let mut table = Self { text: String::new() };
        table.line("th", heading.iter().copied());
        let heading = table.text.replace("_opt", "<sub>opt</sub>");
        Self { text: format!("<table class=\"sl-table\" style=\"{TABLE}\">\n<thead>{heading}</thead>\n<tbody>\n") }
    }

    pub fn row<S: AsRef<str>>(&mut self, cells: &[S]) {
        self.line("td", cells.iter().map(AsRef::as_ref));
        self.text.push('\n');
    }

    pub fn finish(mut self) -> String {
        self.text.push_str("</tbody>\n</table>\n");
        self.text
    }

    fn line<'a>(&mut self, element: &str, cells: impl Iterator<Item = &'a str>) {
        self.text.push_str("<tr>");
        for (column, cell) in cells.enumerate() {
            let align = if column == 0 { "left" } else { "right" };
            let cell = escape(cell);
            self.text.push_str(&format!("<{element} style=\"{LINE};text-align:{align}\">{cell}</{element}>"));
        }
        self.text.push_str("</tr>");
    }
}

/// The warnings with their codes; nothing without warnings.
pub(crate) fn list_of_warnings(warnings: &[Warning]) -> String {
    if warnings.is_empty() {
        return String::new();
    }
    let item = |warning: &Warning| {
        format!("<li><code>{}</code> {}</li>\n", escape(warning.code()), escape(&warning.to_string()))
    };
    let items: String = warnings.iter().map(item).collect();
    format!("<ul class=\"sl-warnings\">\n{items}</ul>\n")
}

/// A paragraph of escaped text.
pub(crate) fn paragraph(text: &str) -> String {
    format!("<p>{}</p>\n", escape(text))
}

/// A fragment.
pub(crate) fn block(content: &str) -> String {
    format!("<div class=\"sl-result\">\n{content}</div>\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_and_warnings_are_escaped() {
        let mut table = Table::new(&["", "<b>"]);
        table.row(&["<script>alert('x')</script>", "1 < 2 & \"3\""]);
        let html = table.finish();
        assert!(
            !html.contains("<script") && html.contains("&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;"),
            "{html}"
        );
        assert!(html.contains("1 &lt; 2 &amp; &quot;3&quot;") && html.contains("&lt;b&gt;"));
        let warning = Warning::Assumed { what: "column <img src=x onerror=alert(1)>".into() };
        assert!(!list_of_warnings(&[warning]).contains("<img"));
    }
}
