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

    fn padded(&self, by: f64) -> Self {
        Self { left: self.left - by, top: self.top - by, right: self.right + by, bottom: self.bottom + by }
    }

    fn holds(&self, x: f64, y: f64) -> bool {
        (self.left..=self.right).contains(&x) && (self.top..=self.bottom).contains(&y)
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
    /// The lines of each series as close points.
    paths: Vec<(usize, Vec<(f64, f64)>)>,
    labels: Vec<Box2>,
}

impl Placer {
    pub fn new(page: Box2) -> Self {
        Self { page, marks: Vec::new(), lines: Vec::new(), paths: Vec::new(), labels: Vec::new() }
    }

    /// Labels keep off this box where they can.
    pub fn avoid(&mut self, mark: Box2) {
        self.marks.push(mark);
    }

    /// Labels keep off this line of a series where they can.
    pub fn avoid_line(&mut self, id: usize, line: &[(f64, f64)]) {
        self.lines.extend(along(line, 10.0).into_iter().map(|(x, y)| Box2::around(x, y, 2.5)));
        let mut path = along(line, 2.0);
        path.retain(|(x, y)| self.page.holds(*x, *y));
        self.paths.push((id, path));
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

    /// Writes the text into its own line, which it interrupts, where no other line passes and least is hidden; left out where
    /// there is no such place, for on another line it would name that one.
    pub fn inscribe(&mut self, svg: &mut Svg, text: &Text, id: usize) {
        let (width, height) = (text.width() + 6.0, text.size + 2.0);
        let own = self.paths.iter().filter(|(of, _)| *of == id).flat_map(|(_, path)| path);
        let mut best: Option<(f64, Box2)> = None;
        for (x, y) in own {
            let (left, top) = (x - 0.5 * width, y - 0.5 * height);
            let spot = Box2 { left, top, right: left + width, bottom: top + height };
            // With some of the line on either side.
            let wide = spot.padded(8.0);
            let is_inside = wide.area() - wide.shared(&self.page) < 1e-6;
            if !is_inside || self.is_crossed(&spot.padded(1.5), id) {
                continue;
            }
            let taken = |boxes: &[Box2]| boxes.iter().map(|taken| taken.shared(&spot.padded(3.0))).sum::<f64>();
            // High up, where contours are off the frontier and off most of the runs.
            let cost = 10.0 * taken(&self.labels) + taken(&self.marks) + 0.01 * (y - self.page.top);
            if best.as_ref().is_none_or(|(least, _)| cost < *least) {
                best = Some((cost, spot));
            }
        }
        let Some((_, spot)) = best else { return };
        if self.labels.iter().any(|label| label.shared(&spot) > 0.0) {
            return;
        }
        svg.rect((spot.left, spot.top), (width, height), "class=\"sl-paper\" fill=\"#fff\"");
        text.soft().draw(svg, spot.left + 3.0, spot.bottom - 0.24 * height);
        self.labels.push(spot);
    }

    /// Whether a line of another series passes through the box.
    fn is_crossed(&self, spot: &Box2, id: usize) -> bool {
        self.paths.iter().filter(|(of, _)| *of != id).flat_map(|(_, path)| path).any(|(x, y)| spot.holds(*x, *y))
    }

    /// What the box would hide; other labels and the edge weigh most, marks more than lines. A mark close by may be taken for
    /// the one that is named.
    fn cost(&self, spot: &Box2) -> f64 {
        let outside = spot.area() - spot.shared(&self.page);
        let shared = |boxes: &[Box2], spot: Box2| boxes.iter().map(|taken| taken.shared(&spot)).sum::<f64>();
        // Dust of the difference of two areas is no overhang.
        10.0 * (if outside > 1e-6 { outside } else { 0.0 })
            + 10.0 * shared(&self.labels, spot.padded(3.0))
            + 4.0 * shared(&self.marks, *spot)
            + 0.5 * shared(&self.marks, spot.padded(6.0))
            + 0.6 * shared(&self.lines, *spot)
    }
}

/// Points of a line at most a step apart.
fn along(line: &[(f64, f64)], step: f64) -> Vec<(f64, f64)> {
    let mut points = Vec::new();
    for pair in line.windows(2) {
        let [(x0, y0), (x1, y1)] = *pair else { continue };
        let steps = ((x1 - x0).hypot(y1 - y0) / step).ceil().clamp(1.0, 2000.0);
        points.extend((0..steps as usize).map(|k| k as f64 / steps).map(|t| (x0 + t * (x1 - x0), y0 + t * (y1 - y0))));
    }
    points
}

/// Names that fit beside points and still tell them apart: where one is too long, what all begin with is left out, and of
/// what is still too long the middle.
pub(super) fn short(names: &[&str]) -> Vec<String> {
    cut(names, 22)
}

/// The same for names of at most so many letters.
pub(super) fn cut(names: &[&str], most: usize) -> Vec<String> {
    let length = |name: &str| name.chars().count();
    if names.iter().all(|name| length(name) <= most) {
        return names.iter().map(|name| (*name).to_owned()).collect();
    }
    let shared = names.iter().skip(1).fold(names.first().copied().unwrap_or(""), |shared, name| {
        let same = shared.char_indices().zip(name.chars()).take_while(|((_, a), b)| a == b);
        let end = same.last().map_or(0, |((at, a), _)| at + a.len_utf8());
        shared.get(..end).unwrap_or("")
    });
    // A word is left out whole or not at all, and never all of a name.
    let at = if names.len() < 2 { 0 } else { shared.rfind(|c: char| !c.is_alphanumeric()).map_or(0, |at| at + 1) };
    let shorten = |name: &&str| {
        let rest = name.get(at..).filter(|rest| !rest.is_empty() && at > 1).unwrap_or(name);
        let mark = if rest.len() < name.len() { "…" } else { "" };
        let count = length(rest);
        if count + mark.len().min(1) <= most {
            return format!("{mark}{rest}");
        }
        let (head, tail) = (most / 2 - 2, most - most / 2);
        let middle = rest.chars().take(head).chain(['…']).chain(rest.chars().skip(count - tail));
        mark.chars().chain(middle).collect()
    };
    names.iter().map(shorten).collect()
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
