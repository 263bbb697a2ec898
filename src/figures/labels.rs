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
    taken: Vec<Box2>,
    labels: Vec<Box2>,
}

impl Placer {
    pub fn new(page: Box2) -> Self {
        Self { page, taken: Vec::new(), labels: Vec::new() }
    }

    /// Labels keep off this box where they can.
    pub fn avoid(&mut self, taken: Box2) {
        self.taken.push(taken);
    }

    /// Writes the text where, around the point, it hides least: never left out.
    pub fn beside(&mut self, svg: &mut Svg, text: &Text, x: f64, y: f64, gap: f64) {
        let (width, height) = (text.width(), text.size);
        let mut best: Option<(f64, Box2)> = None;
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
                let cost = self.cost(&spot);
                if best.as_ref().is_none_or(|(least, _)| cost < *least - 1e-6) {
                    best = Some((cost, spot));
                }
            }
            if best.as_ref().is_some_and(|(cost, _)| *cost == 0.0) {
                break;
            }
        }
        if let Some((_, spot)) = best {
            self.write(svg, text, spot);
        }
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

    fn write(&mut self, svg: &mut Svg, text: &Text, spot: Box2) {
        let text = text.anchor(Anchor::Start);
        text.draw(svg, spot.left, spot.bottom - 0.18 * text.size);
        self.labels.push(spot);
    }

    /// What the box would hide; other labels and the edge weigh most.
    fn cost(&self, spot: &Box2) -> f64 {
        let padded =
            Box2 { left: spot.left - 3.0, top: spot.top - 2.0, right: spot.right + 3.0, bottom: spot.bottom + 2.0 };
        let outside = spot.area() - spot.shared(&self.page);
        let labels: f64 = self.labels.iter().map(|label| label.shared(&padded)).sum();
        let marks: f64 = self.taken.iter().map(|mark| mark.shared(spot)).sum();
        // Dust of the difference of two areas is no overhang.
        10.0 * (if outside > 1e-6 { outside } else { 0.0 }) + 10.0 * labels + marks
    }
}
