//! Labels beside points, kept clear of each other, of marks and of the edges.

use super::svg::Svg;
use super::text::{Anchor, Text};

/// A box on the page.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Box2 {
    pub left: f64,
    pub top: f64,
    pub right: f64,
    pub bottom: f64,
}

impl Box2 {
    pub fn around(x: f64, y: f64, radius: f64) -> Self {
        Self { left: x - radius, top: y - radius, right: x + radius, bottom: y + radius }
    }

    fn area(&self) -> f64 {
        (self.right - self.left).max(0.0) * (self.bottom - self.top).max(0.0)
    }

    fn shared(&self, other: &Self) -> f64 {
        Self {
            left: self.left.max(other.left),
            top: self.top.max(other.top),
            right: self.right.min(other.right),
            bottom: self.bottom.min(other.bottom),
        }
        .area()
    }
}

/// What is on the panel already.
pub(super) struct Placer {
    page: Box2,
    marks: Vec<Box2>,
    lines: Vec<Box2>,
    labels: Vec<Box2>,
}

impl Placer {
    pub fn new(page: Box2) -> Self {
        Self { page, marks: Vec::new(), lines: Vec::new(), labels: Vec::new() }
    }

    /// Labels keep off this box where they can.
    pub fn avoid(&mut self, mark: Box2) {
        self.marks.push(mark);
    }

    /// Labels keep off this line where they can.
    pub fn avoid_line(&mut self, line: &[(f64, f64)]) {
        const STEP: f64 = 10.0;
        for pair in line.windows(2) {
            let [(x0, y0), (x1, y1)] = *pair else { continue };
            let steps = ((x1 - x0).hypot(y1 - y0) / STEP).ceil().clamp(1.0, 500.0);
            for k in 0..steps as usize {
                let t = k as f64 / steps;
                self.lines.push(Box2::around(x0 + t * (x1 - x0), y0 + t * (y1 - y0), 2.5));
            }
        }
    }

    /// Writes the text where, around the point, it hides least: never left out. Further off a thin line leads to it.
    pub fn beside(&mut self, svg: &mut Svg, text: &Text, x: f64, y: f64, gap: f64) {
        // So much hiding is a step away from the point worth.
        const FURTHER: f64 = 25.0;
        let (width, height) = (text.width(), text.size);
        let mut best: Option<(f64, u8, Box2)> = None;
        for ring in 0..6 {
            let gap = gap + 9.0 * f64::from(ring);
            let near = 0.75 * gap;
            // Right, left, above, below, then the corners.
            let corners = [
                (x + gap, y - 0.5 * height),
                (x - gap - width, y - 0.5 * height),
                (x - 0.5 * width, y - gap - height),
                (x - 0.5 * width, y + gap),
                (x + near, y - near - height),
                (x + near, y + near),
                (x - near - width, y - near - height),
                (x - near - width, y + near),
            ];
            for (left, top) in corners {
                let spot = Box2 { left, top, right: left + width, bottom: top + height };
                let cost = self.cost(&spot) + FURTHER * f64::from(ring);
                if best.as_ref().is_none_or(|(least, ..)| cost < *least - 1e-6) {
                    best = Some((cost, ring, spot));
                }
            }
        }
        let Some((_, ring, spot)) = best else { return };
        if ring > 0 {
            let end = (x.clamp(spot.left, spot.right), y.clamp(spot.top, spot.bottom));
            svg.line((x, y), end, "class=\"sl-axis\" stroke=\"#57606a\" stroke-width=\"0.7\"");
        }
        if self.lines.iter().any(|line| line.shared(&spot) > 0.0) {
            let paper = "class=\"sl-paper\" fill=\"#fff\" fill-opacity=\"0.7\"";
            svg.rect((spot.left - 1.0, spot.top - 1.0), (width + 2.0, height + 2.0), paper);
        }
        text.anchor(Anchor::Start).draw(svg, spot.left, spot.bottom - 0.18 * text.size);
        self.labels.push(spot);
    }

    /// Writes the text over the line it belongs to, on a patch of paper; left out where another label stands.
    pub fn on_line(&mut self, svg: &mut Svg, text: &Text, x: f64, y: f64) {
        let (width, height) = (text.width() + 4.0, text.size + 2.0);
        let left = x.min(self.page.right - width).max(self.page.left + 2.0);
        let top = (y - 0.5 * height).clamp(self.page.top, (self.page.bottom - height).max(self.page.top));
        let spot = Box2 { left, top, right: left + width, bottom: top + height };
        if self.labels.iter().any(|label| label.shared(&spot) > 0.0) {
            return;
        }
        let paper = "class=\"sl-paper\" fill=\"#fff\" fill-opacity=\"0.85\"";
        svg.rect((spot.left, spot.top), (width, height), paper);
        text.soft().draw(svg, spot.left + 2.0, spot.bottom - 0.24 * height);
        self.labels.push(spot);
    }

    /// What the box would hide; other labels and the edge weigh most, marks more than lines. A mark close by may be taken for
    /// the one that is named.
    fn cost(&self, spot: &Box2) -> f64 {
        let padded = |by: f64| Box2 {
            left: spot.left - by,
            top: spot.top - by,
            right: spot.right + by,
            bottom: spot.bottom + by,
        };
        let outside = spot.area() - spot.shared(&self.page);
        let shared = |boxes: &[Box2], spot: Box2| boxes.iter().map(|taken| taken.shared(&spot)).sum::<f64>();
        // Dust of the difference of two areas is no overhang.
        10.0 * (if outside > 1e-6 { outside } else { 0.0 })
            + 10.0 * shared(&self.labels, padded(3.0))
            + 4.0 * shared(&self.marks, *spot)
            + 0.5 * shared(&self.marks, padded(6.0))
            + 0.6 * shared(&self.lines, *spot)
    }
}

/// Names that fit beside points and still tell them apart: where one is too long, what all begin with is left out, and of
/// what is still too long the middle.
pub(super) fn short(names: &[&str]) -> Vec<String> {
    const MOST: usize = 22;
    let length = |name: &str| name.chars().count();
    if names.iter().all(|name| length(name) <= MOST) {
        return names.iter().map(|name| (*name).to_owned()).collect();
    }
    let shared = names.iter().skip(1).fold(names.first().copied().unwrap_or(""), |shared, name| {
        let same = shared.char_indices().zip(name.chars()).take_while(|((_, a), b)| a == b);
        let end = same.last().map_or(0, |((at, a), _)| at + a.len_utf8());
        shared.get(..end).unwrap_or("")
    });
    // A word is left out whole or not at all, and never all of a name.
    let at = if names.len() < 2 { 0 } else { shared.rfind(|c: char| !c.is_alphanumeric()).map_or(0, |at| at + 1) };
    let cut = |name: &&str| {
        let rest = name.get(at..).filter(|rest| !rest.is_empty() && at > 1).unwrap_or(name);
        let mark = if rest.len() < name.len() { "…" } else { "" };
        let count = length(rest);
        if count + mark.len().min(1) <= MOST {
            return format!("{mark}{rest}");
        }
        let (head, tail) = (MOST / 2 - 2, MOST - MOST / 2);
        let middle = rest.chars().take(head).chain(['…']).chain(rest.chars().skip(count - tail));
        mark.chars().chain(middle).collect()
    };
    names.iter().map(cut).collect()
}

#[cfg(test)]
mod tests {
    use super::short;

    #[test]
    fn long_names_are_cut_where_they_do_not_differ() {
        assert_eq!(short(&["a", "run-12"]), ["a", "run-12"]);
        let long = ["porian_rw_base_long_k1_3e19", "porian_rw_base_long_k2_3e19", "porian_rw_base_long_k2_6e18"];
        assert_eq!(short(&long), ["…k1_3e19", "…k2_3e19", "…k2_6e18"]);
        let one = short(&["a-single-name-that-is-too-long-to-stand"]);
        assert_eq!(one, ["a-single-…ng-to-stand"]);
        let (a, b) = ("x".repeat(40) + "1", "x".repeat(40) + "2");
        let both = short(&[&a, &b]);
        assert!(both[0] != both[1] && both.iter().all(|name| name.chars().count() <= 22), "{both:?}");
        assert_eq!(short(&["ünï-cödé-nämes-that-are-long-1", "ünï-cödé"])[1], "…cödé");
        assert!(short(&[]).is_empty() && short(&[""]) == [""]);
    }
}
