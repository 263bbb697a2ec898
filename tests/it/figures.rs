//! Figures: what they draw, that they draw it the same way every time, and that nothing stands on anything else.

use std::path::{Path, PathBuf};

use roxmltree::{Document, Node};
use scaling_laws::figures::{self, Axis, Figure, Panel, Series};
use scaling_laws::{Approach2, Approach3, CsvReader, Flops, LossModel, Nats, Params, Runs, published};

#[path = "../../examples/gallery.rs"]
#[allow(dead_code)]
mod gallery;

/// `SCALING_LAWS_GOLDEN=overwrite` writes them again: look at each before it is committed.
fn golden(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/figures").join(format!("{name}.svg"))
}

#[test]
fn figures_are_those_that_were_looked_at() {
    let overwrite = std::env::var_os("SCALING_LAWS_GOLDEN").is_some_and(|value| value == "overwrite");
    let drawn = gallery::gallery().unwrap();
    for (name, figure) in &drawn {
        if overwrite {
            figure.save(golden(name)).unwrap();
        }
        let expected = std::fs::read_to_string(golden(name)).unwrap();
        // Logarithms of another machine may differ in the last bit, and so a coordinate in its last digit.
        let (expected, got) = (numbers(&expected), numbers(&figure.to_svg()));
        assert_eq!(expected.0, got.0, "{name}");
        let off = expected.1.iter().zip(&got.1).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max);
        assert!(off <= 0.0101, "{name} is off by {off} pixels");
    }
}

/// The text without its numbers, and the numbers.
fn numbers(svg: &str) -> (String, Vec<f64>) {
    let (mut text, mut numbers, mut digits) = (String::new(), Vec::new(), String::new());
    for letter in svg.chars().chain([' ']) {
        if letter.is_ascii_digit() || letter == '.' {
            digits.push(letter);
            continue;
        }
        match std::mem::take(&mut digits).parse::<f64>() {
            Ok(number) => {
                numbers.push(number);
                text.push('#');
            }
            Err(_) => text.push_str(&digits),
        }
        text.push(letter);
    }
    (text, numbers)
}

#[test]
fn figures_are_the_same_to_the_byte() {
    let (one, two) = (gallery::gallery().unwrap(), gallery::gallery().unwrap());
    assert!(one.len() >= 16);
    for ((name, a), (_, b)) in one.iter().zip(&two) {
        assert!(a.to_svg() == b.to_svg(), "{name}");
    }
}

#[test]
fn figures_are_well_formed_and_load_nothing() {
    for (name, figure) in gallery::gallery().unwrap() {
        let svg = figure.to_svg();
        let document = Document::parse(&svg).unwrap_or_else(|error| panic!("{name}: {error}"));
        for node in document.descendants().filter(Node::is_element) {
            for attribute in node.attributes() {
                assert!(!attribute.name().contains("href"), "{name} refers to {}", attribute.value());
                let value = attribute.value();
                assert!(!value.contains("NaN") && !value.contains("inf"), "{name}: {}={value}", attribute.name());
            }
            assert!(!["script", "image", "style", "foreignObject"].contains(&node.tag_name().name()), "{name}");
        }
        assert!(!svg.contains("http") || svg.matches("http").count() == 1, "{name} names an address");
    }
}

#[derive(Debug)]
struct Written {
    text: String,
    left: f64,
    right: f64,
    top: f64,
    bottom: f64,
}

/// Boxes of all texts, with letters of a usual width.
fn written(document: &Document) -> Vec<Written> {
    let texts = document.descendants().filter(|node| node.has_tag_name("text"));
    let read = |node: Node| {
        let number = |name: &str| node.attribute(name).unwrap().parse::<f64>().unwrap();
        let text: String =
            node.descendants().filter(Node::is_text).filter_map(|t| t.text().map(str::to_owned)).collect();
        let (x, y, size) = (number("x"), number("y"), number("font-size"));
        let width = 0.53 * size * text.chars().count() as f64;
        let left = match node.attribute("text-anchor") {
            Some("middle") => x - 0.5 * width,
            Some("end") => x - width,
            _ => x,
        };
        Written { text, left, right: left + width, top: y - 0.75 * size, bottom: y + 0.2 * size }
    };
    texts.map(read).collect()
}

#[test]
fn no_text_stands_on_another_or_beyond_the_page() {
    for (name, figure) in gallery::gallery().unwrap() {
        let svg = figure.to_svg();
        let document = Document::parse(&svg).unwrap();
        let size = |attribute: &str| document.root_element().attribute(attribute).unwrap().parse::<f64>().unwrap();
        let (width, height) = (size("width"), size("height"));
        let texts = written(&document);
        assert!(texts.len() > 8, "{name}: {}", texts.len());
        for (i, a) in texts.iter().enumerate() {
            let inside = a.left >= 0.0 && a.right <= width && a.top >= 0.0 && a.bottom <= height;
            assert!(inside, "{name}: {a:?} leaves the page of {width} by {height}");
            for b in &texts[i + 1..] {
                let apart = a.right <= b.left || b.right <= a.left || a.bottom <= b.top || b.bottom <= a.top;
                assert!(apart, "{name}: {a:?} stands on {b:?}");
            }
        }
    }
}

fn attribute(node: Node, name: &str) -> f64 {
    node.attribute(name).unwrap().parse().unwrap()
}

#[test]
fn decades_are_equally_far_apart_and_losses_grow_upwards() {
    let panel =
        Panel::new(Axis::flops("C"), Axis::loss("L")).with(Series::points("", [(1e18, 2.0), (1e20, 2.5), (1e22, 3.0)]));
    let svg = Figure::new("scale").panel(panel).to_svg();
    let document = Document::parse(&svg).unwrap();
    let marks: Vec<(f64, f64)> = document
        .descendants()
        .filter(|node| node.has_tag_name("circle"))
        .map(|node| (attribute(node, "cx"), attribute(node, "cy")))
        .collect();
    let [a, b, c] = marks[..] else { panic!("{marks:?}") };
    assert!(((b.0 - a.0) - (c.0 - b.0)).abs() < 0.02 && b.0 > a.0 + 100.0, "{marks:?}");
    assert!(((a.1 - b.1) - (b.1 - c.1)).abs() < 0.02 && b.1 < a.1 - 100.0, "{marks:?}");
    // The ticks stand under their values.
    let tick = written(&document).into_iter().find(|text| text.text == "1e20").unwrap();
    assert!((0.5 * (tick.left + tick.right) - b.0).abs() < 0.02);
}

#[test]
fn what_has_no_place_is_counted_and_not_drawn() {
    let points = [(1e9, 2.0), (0.0, 2.0), (-1.0, 2.0), (f64::NAN, 2.0), (1e10, f64::INFINITY), (1e10, 2.5)];
    let panel = Panel::new(Axis::params("N"), Axis::loss("L"))
        .with(Series::points("some", points))
        .with(Series::line("line", points))
        .with(Series::band("band", [(1e9, f64::NAN, 3.0), (1e10, 2.0, 3.0)]))
        .with(Series::intervals("bars", [(1e9, 2.2, f64::NEG_INFINITY, f64::INFINITY)]));
    let svg = Figure::new("hostile").panel(panel).to_svg();
    assert!(svg.contains("Not drawn: 9 points that have no place on the axes."), "{svg}");
    assert!(!svg.contains("NaN") && !svg.contains("inf\""), "{svg}");
    assert_eq!(svg.matches("<circle").count(), 2 + 1, "two points and the mark of the legend");
    // An interval without an end goes to the edge of the panel.
    let document = Document::parse(&svg).unwrap();
    let bar = |node: &Node| node.has_tag_name("line") && node.attribute("stroke-width") == Some("1.5");
    let tall = document.descendants().filter(bar).map(|bar| (attribute(bar, "y1") - attribute(bar, "y2")).abs());
    assert!(tall.fold(0.0, f64::max) > 300.0);
}

#[test]
fn empty_and_degenerate_figures_are_still_figures() {
    let empty = || Panel::new(Axis::params("N"), Axis::loss("L"));
    for figure in [
        Figure::new(""),
        Figure::new("no series").panel(empty()),
        Figure::new("one point").panel(empty().with(Series::points("", [(1e9, 2.0)]))),
        Figure::new("one value").panel(empty().with(Series::line("", [(1e9, 2.0), (1e10, 2.0)]))),
        Figure::new("extremes").panel(empty().with(Series::line("", [(1e-300, -1e300), (1e300, 1e300)]))),
        Figure::new("bad range").panel(Panel::new(Axis::params("N").range(0.0, 1.0), Axis::loss("L").range(2.0, 2.0))),
        Figure::new("tiny").size(f64::NAN, 1.0).columns(0).panel(empty()),
        Figure::new("rows").panel(Panel::new(Axis::linear("x"), Axis::categories("", Vec::<String>::new()))),
    ] {
        let svg = figure.to_svg();
        Document::parse(&svg).unwrap_or_else(|error| panic!("{error}\n{svg}"));
        assert!(!svg.contains("NaN") && !svg.contains("inf"), "{svg}");
        assert!(svg.len() < 100_000);
    }
}

#[test]
fn names_from_a_log_cannot_become_markup() {
    let evil = "</text><script>alert(1)</script>&\"'";
    let panel = Panel::new(Axis::params(evil), Axis::loss(evil))
        .title(evil)
        .with(Series::points(evil, [(1e9, 2.0)]).labelled([evil]));
    let svg = Figure::new(evil).subtitle(evil).panel(panel).note(evil).to_svg();
    assert!(Document::parse(&svg).is_ok() && !svg.contains("<script"), "{svg}");
}

#[test]
fn a_name_wider_than_the_page_is_broken_and_hides_nothing() {
    let name = ["MODEL OF 124M UNDER A NAME AS LONG AS SWEEPS PRINT"; 5].join(", ");
    let panel = Panel::new(Axis::params("N"), Axis::loss("L"))
        .with(Series::points("short", [(1e9, 2.0)]))
        .with(Series::points(&*name, [(1e10, 3.0)]))
        .with(Series::points("also short", [(1e10, 2.5)]));
    let svg = Figure::new("names").panel(panel).to_svg();
    let texts = written(&Document::parse(&svg).unwrap());
    let lines: Vec<&Written> = texts.iter().filter(|text| name.contains(&text.text) && text.text.len() > 9).collect();
    assert!(lines.len() >= 3 && lines.iter().all(|line| line.right < 760.0), "{lines:?}");
    assert_eq!(lines.iter().map(|line| line.text.as_str()).collect::<Vec<_>>().join(" "), name);
}

#[test]
fn the_frontier_of_the_contours_is_the_optimum() {
    // Along the star's upright line no contour of a lower loss is reached: the optimum lies on the frontier that is drawn.
    let law = &published::BESIROGLU_2024;
    let budget = Flops::new(1e22).unwrap();
    let svg = figures::contours(law, None, &[budget]).unwrap().to_svg();
    assert!(svg.contains("efficient frontier") && svg.matches("class=\"sl-q").count() >= 5);
    let best = scaling_laws::allocate(law, budget).unwrap();
    let other = law.loss(best.params().scaled(2.0).unwrap(), best.tokens().scaled(0.5).unwrap()).unwrap();
    assert!(best.loss().unwrap() < other);
}

#[test]
fn a_figure_refuses_what_it_cannot_draw() {
    let runs = CsvReader::new().read_path("docs/data/simulated-sweep.csv").unwrap();
    let fit = Approach3::new().fit(&runs).unwrap();
    let fewer: Runs = runs.iter().take(10).collect();
    let error = figures::goodness(&fit, &fewer).unwrap_err().to_string();
    assert!(error.contains("50 rows") && error.contains("10"), "{error}");
    let profiles = Approach2::new().fit(&runs).unwrap();
    let error = figures::isoflop(&profiles, &fewer).unwrap_err().to_string();
    assert!(error.contains("runs that were fitted"), "{error}");
    assert!(figures::contours(fit.law(), None, &[]).is_err());
    assert!(figures::over_training(fit.law(), &[]).is_err());
    assert!(figures::compare(&[], Flops::new(1e20).unwrap()).is_err());
    assert!(figures::training_curves(&[], None).is_err() && figures::rollout(&[]).is_err());
    let (low, high) = (Flops::new(1e20).unwrap(), Flops::new(1e22).unwrap());
    let error = figures::Optima::over(high, low).published().unwrap_err().to_string();
    assert!(error.contains("is no range"), "{error}");
    assert!(figures::Optima::over(low, high).figure().is_err());
    let error = Figure::new("").save("no/such/folder/a.svg").unwrap_err().to_string();
    assert!(error.contains("no/such/folder/a.svg"), "{error}");
}

#[test]
fn far_runs_are_named_and_skipped_budgets_are_said() {
    let runs = CsvReader::new().read_path("docs/data/simulated-sweep.csv").unwrap();
    let svg = figures::goodness(&Approach3::new().fit(&runs).unwrap(), &runs).unwrap().to_svg();
    assert!(svg.contains("sim_diverged") && svg.contains("beyond 3 times the scatter"));
    let measured = CsvReader::new().read_path("docs/data/kernel-bytes.csv").unwrap();
    let profiles = Approach2::new().fit(&measured).unwrap();
    let svg = figures::isoflop(&profiles, &measured).unwrap().to_svg();
    let skipped = profiles.groups().iter().filter(|group| group.minimum.is_err()).count();
    assert!(skipped > 0 && svg.contains(&format!("{skipped} budgets give no minimum")), "{skipped}");
}

#[test]
fn every_budget_of_a_profile_is_named() {
    let law = published::BESIROGLU_2024;
    let mut runs = Vec::new();
    for step in 0..14 {
        let budget = 1e18 * 2f64.powi(step);
        for ratio in [5.0, 10.0, 20.0, 40.0, 80.0] {
            let params = Params::new(f64::sqrt(budget / (6.0 * ratio))).unwrap();
            let tokens = scaling_laws::Tokens::new(budget / (6.0 * params.get())).unwrap();
            runs.push(scaling_laws::Run { params, tokens, loss: law.loss(params, tokens).unwrap() });
        }
    }
    let runs: Runs = runs.into_iter().collect();
    let fit = Approach2::new().fit(&runs).unwrap();
    let svg = figures::isoflop(&fit, &runs).unwrap().to_svg();
    assert_eq!(fit.groups().len(), 14);
    for group in fit.groups() {
        assert!(svg.contains(&format!(">{}<", group.budget)), "{}", group.budget);
    }
}

#[test]
fn a_size_of_ones_own_stands_in_both_panels_or_a_note_says_why_not() {
    let (law, budget) = (published::BESIROGLU_2024, Flops::new(1e24).unwrap());
    let best = scaling_laws::allocate(&law, budget).unwrap().params();
    for (factor, stars, note) in [
        (0.5, 2, ""),
        (0.1, 1, "cannot reach that loss with any number of tokens"),
        (0.01, 0, "times the optimal size, beyond the axes"),
    ] {
        let svg = figures::over_training_with(&law, budget, best.scaled(factor).unwrap()).unwrap().to_svg();
        // One more mark stands in the legend.
        let labels = svg.matches(&format!(">{}<", best.scaled(factor).unwrap())).count();
        assert!(labels == stars && svg.contains(note), "{factor}: {labels} {svg}");
    }
}

#[test]
fn intervals_of_one_unit_have_one_axis() {
    let runs = CsvReader::new().filter("status=finished".parse().unwrap());
    let runs = runs.read_path("docs/data/simulated-sweep.csv").unwrap();
    let approach = Approach3::new();
    let fit = approach.fit(&runs).unwrap();
    let inference = scaling_laws::Inference::new(&approach, &runs, &fit);
    let (n, d) = (Params::billions(70.0).unwrap(), scaling_laws::Tokens::trillions(1.4).unwrap());
    let quantities = [scaling_laws::Quantity::MeanLoss(n, d), scaling_laws::Quantity::coefficient("E")];
    let mut found: Vec<scaling_laws::Interval> = quantities
        .iter()
        .map(|q| inference.interval(q, scaling_laws::Level::default(), scaling_laws::Method::Delta).unwrap())
        .collect();
    let mut wide = found[0].clone();
    let half = 0.5 * (wide.high - wide.low);
    (wide.quantity, wide.low, wide.high) =
        ("loss of a new run".into(), wide.point - 3.0 * half, wide.point + 3.0 * half);
    found.push(wide);
    let svg = figures::quantities(&found).unwrap().to_svg();
    let document = Document::parse(&svg).unwrap();
    let bar = |node: &Node| node.has_tag_name("line") && node.attribute("stroke-width") == Some("1.5");
    let long: Vec<f64> = document
        .descendants()
        .filter(bar)
        .map(|bar| (attribute(bar, "x2") - attribute(bar, "x1")).abs())
        .filter(|length| *length > 25.0)
        .collect();
    let [narrow, _, broad] = long[..] else { panic!("{long:?}") };
    assert!((broad / narrow - 3.0).abs() < 0.02, "{long:?}");
}

#[test]
fn laws_of_other_conventions_are_told_apart() {
    let laws: [(&str, &dyn LossModel); 2] =
        [("Kaplan", &published::KAPLAN_2020_JOINT), ("Besiroglu", &published::BESIROGLU_2024)];
    let svg = figures::compare(&laws, Flops::new(1e22).unwrap()).unwrap().to_svg();
    assert!(svg.contains("Besiroglu (N total)") || svg.contains("Kaplan (N non-embedding)"), "{svg}");
}

#[test]
fn the_band_of_a_cloud_holds_its_share_of_the_laws() {
    let law = published::BESIROGLU_2024;
    let over = || figures::Optima::over(Flops::new(1e20).unwrap(), Flops::new(1e24).unwrap());
    let paths = |svg: &str| -> Vec<Vec<(f64, f64)>> {
        let document = Document::parse(svg).unwrap();
        let drawn = document.descendants().filter(|node| node.has_tag_name("path"));
        let point = |text: &str| {
            let (x, y) = text.split_once(',').unwrap();
            (x.parse().unwrap(), y.parse().unwrap())
        };
        drawn
            .map(|path| path.attribute("d").unwrap().trim_matches(['M', 'Z']).split(' ').map(point).collect())
            .collect()
    };
    // Of laws that are all one, the band is the line, there and back.
    let svg = over().law("law", &law).unwrap().cloud("cloud", &[law; 5], 0.9).unwrap().figure().unwrap().to_svg();
    let [band, line, ..] = &paths(&svg)[..] else { panic!("{svg}") };
    assert!(line.len() == 61 && line.iter().all(|point| band.contains(point)), "{band:?}");
    // Of laws to both sides, the band lies about the line.
    let laws: Vec<scaling_laws::Chinchilla> = (0..=20)
        .map(|k| scaling_laws::Chinchilla::new(1.8, 482.0 * (0.8 + 0.02 * f64::from(k)), 2085.0, 0.348, 0.366).unwrap())
        .collect();
    let svg = over().law("law", &laws[10]).unwrap().cloud("cloud", &laws, 0.9).unwrap().figure().unwrap().to_svg();
    let [band, line, ..] = &paths(&svg)[..] else { panic!("{svg}") };
    for (x, y) in line {
        let at: Vec<f64> = band.iter().filter(|point| point.0 == *x).map(|point| point.1).collect();
        let [low, high] = at[..] else { panic!("{at:?} at {x}") };
        assert!(low > *y + 1.0 && high < *y - 1.0, "{at:?} about {y}");
    }
    assert!(over().cloud::<scaling_laws::Chinchilla>("none", &[], 0.9).is_err());
    assert!(over().cloud("all", &laws, 1.0).is_err());
}

/// A loss that knows no optimum.
#[derive(Debug)]
struct Flat;

impl LossModel for Flat {
    fn at(&self, _: f64, _: f64) -> scaling_laws::LossPoint {
        scaling_laws::LossPoint { loss: 2.0, d_ln_params: 0.0, d_ln_tokens: 0.0 }
    }
}

#[test]
fn a_law_without_an_optimum_is_an_error_and_no_figure() {
    let budget = Flops::new(1e20).unwrap();
    assert!(figures::contours(&Flat, None, &[budget]).is_err());
    assert!(figures::over_training(&Flat, &[budget]).is_err());
    let loss = Flat.loss(Params::new(1e9).unwrap(), scaling_laws::Tokens::new(1e10).unwrap()).unwrap();
    assert_eq!(loss, Nats::new(2.0).unwrap());
}
