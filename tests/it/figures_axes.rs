//! Figures: that a mark stands at its own numbers, what far ones do to the axes, and whose line a label names.

use roxmltree::{Document, Node};
use scaling_laws::figures;
use scaling_laws::{Approach3, Contender, CsvReader, Diagnose, Flops, RollOut, Runs, published, roll_out};

fn sweep(filtered: bool) -> Runs {
    let reader = CsvReader::new();
    let reader = if filtered { reader.filter("status=finished".parse().unwrap()) } else { reader };
    reader.read_path("docs/data/simulated-sweep.csv").unwrap()
}

fn rolled() -> RollOut {
    roll_out(&sweep(true), &Contender::named("chinchilla").unwrap(), 0.9).unwrap()
}

fn number(node: Node, name: &str) -> f64 {
    node.attribute(name).unwrap().parse().unwrap()
}

/// Text of a node, with what stands lower or higher.
fn text(node: Node) -> String {
    node.descendants().filter(Node::is_text).filter_map(|part| part.text()).collect()
}

/// Places and values of the ticks whose labels are so marked, in the order of the page: of x by their middle, of y by their height.
fn ticks(document: &Document, along: &str, read: impl Fn(&str) -> Option<f64>) -> Vec<(f64, f64)> {
    let shift = if along == "y" { 4.0 } else { 0.0 };
    let texts = document.descendants().filter(|node| node.has_tag_name("text"));
    texts.filter_map(|node| Some((number(node, along) - shift, read(&text(node))?))).collect()
}

fn factor(label: &str) -> Option<f64> {
    Some(label.strip_prefix('×')?.parse::<f64>().ok()?.ln())
}

fn percent(label: &str) -> Option<f64> {
    Some(label.strip_suffix(" %")?.replace('−', "-").parse::<f64>().ok()? / 100.0)
}

/// From pixels to values, by two ticks.
fn scale(ticks: &[(f64, f64)]) -> impl Fn(f64) -> f64 + use<> {
    let (a, b) = (ticks[0], *ticks.iter().find(|tick| tick.1 != ticks[0].1).unwrap());
    move |pixel| a.1 + (pixel - a.0) * (b.1 - a.1) / (b.0 - a.0)
}

/// Centres of the pale circles.
fn predictions(document: &Document) -> Vec<(f64, f64)> {
    let pale = document.descendants().filter(|node| node.attribute("opacity").is_some());
    let circles =
        pale.flat_map(|group| group.children().filter(|node| node.has_tag_name("circle")).collect::<Vec<_>>());
    circles.map(|circle| (number(circle, "cx"), number(circle, "cy"))).collect()
}

#[test]
fn an_error_of_a_prediction_stands_at_its_own_factor_and_in_true_percent() {
    let mut found = rolled();
    // So far off that a logarithm is no percentage.
    let count = found.predictions.len();
    found.predictions.iter_mut().enumerate().for_each(|(at, p)| p.error = -2.5 * (at as f64 / count as f64).powi(2));
    let svg = figures::rollout(&[&found]).unwrap().to_svg();
    let document = Document::parse(&svg).unwrap();
    assert!(svg.contains(">predicted/observed − 1<") && !svg.contains("ln(predicted"));
    let (x, y) = (scale(&ticks(&document, "x", factor)), scale(&ticks(&document, "y", percent)));
    let drawn = predictions(&document);
    assert_eq!(drawn.len(), count);
    for (mark, p) in drawn.iter().zip(&found.predictions) {
        assert!((x(mark.0) - p.factor.ln()).abs() < 2e-3, "{} at {}", p.factor, x(mark.0).exp());
        assert!((y(mark.1) - (p.error.exp() - 1.0)).abs() < 2e-3, "{} at {}", p.error, y(mark.1));
    }
}

#[test]
fn contenders_have_panels_on_the_same_axes_and_those_left_out_are_named() {
    let one = rolled();
    let named = |name: &str| {
        let mut rolled = one.clone();
        rolled.contender = name.into();
        rolled
    };
    let all = ["first", "second", "third", "fourth", "fifth", "sixth", "seventh"].map(named);
    let svg = figures::rollout(&all.iter().collect::<Vec<_>>()).unwrap().to_svg();
    let document = Document::parse(&svg).unwrap();
    for name in &all[..6] {
        assert!(svg.contains(&format!(">{}<", name.contender)), "{}", name.contender);
    }
    assert!(svg.contains("One more contender is not drawn: seventh."));
    // Equal predictions stand at equal factors in every panel, however many there are.
    let count = all[0].predictions.len();
    let (drawn, ticks) = (predictions(&document), ticks(&document, "x", factor));
    assert_eq!(drawn.len(), 6 * count);
    for panel in 0..6 {
        let own: Vec<(f64, f64)> = ticks.iter().skip(panel * ticks.len() / 6).take(ticks.len() / 6).copied().collect();
        let x = scale(&own);
        for (mark, p) in drawn.iter().skip(panel * count).zip(&all[panel].predictions) {
            assert!((x(mark.0) - p.factor.ln()).abs() < 5e-3, "{panel}: {} at {}", p.factor, x(mark.0).exp());
        }
    }
    // The means are drawn after the points of their panel, and lie over them.
    assert!(svg.split("opacity=\"0.45\"").skip(1).all(|after| after.contains("class=\"sl-s1\"")));
    let two = figures::rollout(&[&all[0], &all[1]]).unwrap().to_svg();
    assert!(!two.contains("not drawn"));
}

#[test]
fn one_far_prediction_does_not_flatten_the_others() {
    let mut found = rolled();
    found.predictions[3].error = 3.5;
    let svg = figures::rollout(&[&found]).unwrap().to_svg();
    let document = Document::parse(&svg).unwrap();
    let most = ticks(&document, "y", percent).iter().map(|tick| tick.1).fold(0.0, f64::max);
    assert!(most < 0.2, "{most}");
    assert!(svg.contains("Drawn at the edge as an open triangle: 1 mark that lies beyond the axes."), "{svg}");
    assert_eq!(predictions(&document).len(), found.predictions.len() - 1);
}

#[test]
fn a_diverged_run_stands_at_the_edge_of_the_residuals_with_its_size() {
    let runs = sweep(false);
    let fit = Approach3::new().fit(&runs).unwrap();
    let farthest = fit.residuals().iter().copied().fold(0.0, |a: f64, b| if b.abs() > a.abs() { b } else { a });
    let svg = figures::goodness(&fit, &runs).unwrap().to_svg();
    let document = Document::parse(&svg).unwrap();
    let far = format!("({:+.0} %)", 100.0 * farthest.exp_m1()).replace('-', "−");
    assert!(svg.contains("sim_diverged") && svg.contains(&far), "{far}");
    assert!(svg.contains("Drawn at the edge as open triangles"));
    let widest = ticks(&document, "y", percent).iter().map(|tick| tick.1.abs()).fold(0.0, f64::max);
    assert!(widest < 0.1 && widest < 0.2 * farthest.abs(), "{widest}");
}

type Line = Vec<(f64, f64)>;

/// Corners of the patches under labels, and the lines that are drawn.
fn patches_and_lines(svg: &str) -> (Vec<[f64; 4]>, Vec<Line>) {
    let document = Document::parse(svg).unwrap();
    let rects = document.descendants().filter(|node| node.has_tag_name("rect"));
    let patches = rects.filter(|node| node.attribute("class") == Some("sl-paper") && node.attribute("x").is_some());
    let corners = |node: Node| {
        let [x, y, width, height] = ["x", "y", "width", "height"].map(|name| number(node, name));
        [x, y, x + width, y + height]
    };
    let paths =
        document.descendants().filter(|node| node.attribute("fill") == Some("none") && node.has_tag_name("path"));
    let point = |text: &str| {
        let (x, y) = text.split_once(',').unwrap();
        (x.parse().unwrap(), y.parse().unwrap())
    };
    let points = |node: Node| node.attribute("d").unwrap().trim_matches(['M', 'Z']).split(' ').map(point).collect();
    (patches.map(corners).collect(), paths.map(points).collect())
}

fn passes(line: &[(f64, f64)], [left, top, right, bottom]: [f64; 4]) -> bool {
    line.windows(2).any(|pair| {
        (0..=100).map(|k| f64::from(k) / 100.0).any(|t| {
            let x = pair[0].0 + t * (pair[1].0 - pair[0].0);
            let y = pair[0].1 + t * (pair[1].1 - pair[0].1);
            x > left && x < right && y > top && y < bottom
        })
    })
}

#[test]
fn a_label_of_a_contour_interrupts_its_own_line_and_no_other() {
    let budget = |text: &str| text.parse::<Flops>().unwrap();
    for entry in published::catalogue() {
        let (name, Some(law)) = (entry.id, entry.loss_model()) else { continue };
        let Ok(figure) = figures::contours(law, None, &[budget("1e19"), budget("1e23")]) else { continue };
        let (patches, lines) = patches_and_lines(&figure.to_svg());
        assert!(patches.len() >= 3, "{name}: {} labels", patches.len());
        for patch in patches {
            let through = lines.iter().filter(|line| passes(line, patch)).count();
            assert_eq!(through, 1, "{name}: {patch:?}");
        }
    }
}

#[test]
fn the_limit_of_outliers_is_the_one_that_decides() {
    let runs = sweep(true);
    let found = Diagnose::new().refits(19).most(1).run(&runs).unwrap();
    let outliers = found.fit.outliers();
    let farthest = outliers.z.iter().fold(0.0f64, |a, z| a.max(z.abs()));
    assert!(outliers.rows.is_empty() && outliers.limit < outliers.first);
    let svg = figures::influence(&found).unwrap().to_svg();
    let document = Document::parse(&svg).unwrap();
    let plain = |label: &str| label.replace('−', "-").parse().ok();
    let x = scale(&ticks(&document, "x", plain));
    let dashed =
        document.descendants().filter(|node| node.has_tag_name("line") && node.attribute("stroke-dasharray").is_some());
    let limits: Vec<f64> = dashed.map(|line| x(number(line, "x1"))).filter(|at| at.abs() > farthest).collect();
    let first = outliers.first.unwrap();
    assert!(limits.iter().any(|at| (at / first - 1.0).abs() < 0.01), "{limits:?} and not {first}");
}

#[test]
fn few_runs_have_residuals_and_no_distances() {
    let runs = sweep(true).iter().step_by(4).take(12).collect::<Runs>();
    let found = Diagnose::new().refits(19).most(1).run(&runs).unwrap();
    assert!(found.fit.outliers().first.is_none() && found.influence.is_some());
    let told = found.to_string();
    let table = told.lines().skip_while(|line| !line.contains("N_opt without it")).skip(1).take(8);
    assert!(table.clone().all(|row| row.ends_with(" -")), "{told}");
    let svg = figures::influence(&found).unwrap().to_svg();
    assert!(svg.contains("residual of the fit, predicted/observed − 1") && svg.contains("No outlier can be told"));
    let document = Document::parse(&svg).unwrap();
    let mut places: Vec<String> =
        document.descendants().filter_map(|node| node.attribute("cx").map(str::to_owned)).collect();
    places.sort();
    places.dedup();
    assert!(places.len() >= 8, "{places:?}");
}
