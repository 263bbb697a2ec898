//! `docs/laws.md` is written from the registry by this file: it fails where the page differs, and writes it again under
//! `SCALING_LAWS_WRITE_DOCS=1`.
#![allow(clippy::unwrap_used)]

use std::fmt::Write;
use std::path::Path;

use scaling_laws::Domain;
use scaling_laws::published::{Entry, catalogue, find};

const HEAD: &str = "# Published laws

This page is written from the catalogue by `tests/it/laws_page.rs`; a change of the catalogue changes it. Laws of one paper
with the same formula share a section. `scaling-laws laws ID` shows one law with everything that is known of it, and
[choosing-a-law.md](choosing-a-law.md) says which law answers which question.

N: parameters. D: training tokens. C: training FLOP. L: nats per token where nothing else is said. \"Not where\" lists the
range of the fit, which is where the warnings begin, coefficients that were not seen in the source itself, and errata.
";

/// Consecutive entries of one paper and formula.
fn sections() -> Vec<Vec<&'static Entry>> {
    let mut sections: Vec<Vec<&Entry>> = Vec::new();
    for entry in catalogue() {
        let same = |other: &Entry| {
            let names = |e: &Entry| e.coefficients.iter().map(|c| c.name).collect::<Vec<_>>();
            (other.arxiv, other.formula) == (entry.arxiv, entry.formula) && names(other) == names(entry)
        };
        match sections.iter_mut().find(|section| section.first().is_some_and(|other| same(other))) {
            Some(section) => section.push(entry),
            None => sections.push(vec![entry]),
        }
    }
    sections
}

fn page() -> String {
    let mut text = String::from(HEAD);
    let mut paper = "";
    for section in sections() {
        let first = section[0];
        if paper != first.arxiv {
            paper = first.arxiv;
            let _ = write!(text, "\n## {} ({})\n\n{}. arXiv:{}\n", first.title, first.year, first.authors, first.arxiv);
        }
        write_section(&mut text, &section);
    }
    text
}

fn write_section(text: &mut String, section: &[&Entry]) {
    let first = section[0];
    let ids: Vec<String> = section.iter().map(|entry| format!("`{}`", entry.id)).collect();
    let _ = write!(text, "\n### {}\n\n```text\n{}\n```\n\n", ids[0], first.formula);
    coefficients(text, section);
    let model = &first.model;
    let knobs: Vec<String> = model
        .knobs()
        .iter()
        .map(|knob| {
            let unit = knob.unit.map_or(String::new(), |unit| format!(", {unit}"));
            format!("`{}` ({}{unit}: {})", knob.name, knob.symbol, knob.meaning)
        })
        .collect();
    let unit = |unit: Option<&str>| unit.map_or(String::new(), |unit| format!(" in {unit}"));
    let gives: Vec<String> = model.quantities().iter().map(|q| format!("`{}`{}", q.name, unit(q.unit))).collect();
    let from = if knobs.is_empty() { "the learning rate of every step".into() } else { knobs.join("; ") };
    let _ = writeln!(text, "- Gives {} from {from}.", gives.join(", "));
    let _ = writeln!(text, "- N counts {} parameters, C is {}.", first.conventions.params, first.conventions.compute);
    distinct(text, "Stands in", section, |entry| entry.equation.into());
    distinct(text, "Data", section, |entry| entry.data.into());
    distinct(text, "Use it for", section, |entry| entry.good_for.into());
    distinct(text, "Not where", section, not_where);
    distinct(text, "Note", section, |entry| entry.note.into());
}

fn coefficients(text: &mut String, section: &[&Entry]) {
    let first = section[0];
    if first.coefficients.is_empty() {
        return;
    }
    let heads: Vec<String> = first
        .coefficients
        .iter()
        .map(|c| c.unit.map_or_else(|| c.name.into(), |unit| format!("{}, {unit}", c.name)))
        .collect();
    let _ = writeln!(text, "| law | {} |\n|---|{}", heads.join(" | "), "---|".repeat(heads.len()));
    for entry in section {
        let cells: Vec<String> = entry
            .coefficients
            .iter()
            .map(|c| {
                c.standard_error.map_or_else(|| number(c.value), |e| format!("{} ± {}", number(c.value), number(e)))
            })
            .collect();
        let mark = if entry.verified { "" } else { " (not seen in the source)" };
        let _ = writeln!(text, "| `{}`{mark} | {} |", entry.id, cells.join(" | "));
    }
    text.push('\n');
}

fn number(value: f64) -> String {
    if value != 0.0 && !(1e-4..1e6).contains(&value.abs()) { format!("{value:e}") } else { value.to_string() }
}

/// One line where all entries of a section say the same, one an entry otherwise.
fn distinct(text: &mut String, label: &str, section: &[&Entry], of: impl Fn(&Entry) -> String) {
    let said: Vec<String> = section.iter().map(|entry| of(entry).trim_end_matches('.').to_owned()).collect();
    if said.iter().all(|one| *one == said[0]) {
        if !said[0].is_empty() {
            let _ = writeln!(text, "- {label}: {}.", said[0]);
        }
        return;
    }
    for (entry, one) in section.iter().zip(said).filter(|(_, one)| !one.is_empty()) {
        let _ = writeln!(text, "- {label}, `{}`: {one}.", entry.id);
    }
}

fn not_where(entry: &Entry) -> String {
    let Domain { params, tokens, flops, .. } = entry.domain;
    let range = |axis: &str, ends: Option<(String, String)>| {
        ends.map(|(least, most)| match least.as_str() {
            "1" => format!("{axis} above {most}"),
            _ if least == most => format!("{axis} is not {most}"),
            _ => format!("{axis} outside {least} to {most}"),
        })
    };
    let mut parts: Vec<String> = [
        range("N", params.map(|(a, b)| (a.to_string(), b.to_string()))),
        range("D", tokens.map(|(a, b)| (a.to_string(), b.to_string()))),
        range("C", flops.map(|(a, b)| (a.to_string(), b.to_string()))),
    ]
    .into_iter()
    .flatten()
    .collect();
    parts.extend(entry.ranges.iter().map(|r| {
        let (least, most) = (number(r.least), number(r.greatest));
        if least == most {
            format!("{} is not {most}", r.knob)
        } else {
            format!("{} outside {least} to {most}", r.knob)
        }
    }));
    if !entry.verified {
        parts.push(format!("a number is to be quoted: {}", entry.verification));
    }
    parts.extend(entry.errata.iter().map(|note| note.trim_end_matches('.').to_owned()));
    parts.join("; ")
}

#[test]
fn the_page_of_laws_is_what_the_registry_says() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/laws.md");
    let page = page();
    if std::env::var_os("SCALING_LAWS_WRITE_DOCS").is_some_and(|value| value == "1") {
        std::fs::write(&path, &page).unwrap();
    }
    let written = std::fs::read_to_string(&path).unwrap_or_default().replace("\r\n", "\n");
    let differ = page.lines().zip(written.lines()).position(|(new, old)| new != old);
    assert!(
        page == written,
        "docs/laws.md differs from the registry at line {:?}; SCALING_LAWS_WRITE_DOCS=1 writes it again",
        differ.map(|line| line + 1)
    );
}

#[test]
fn every_law_has_a_section_with_its_formula_its_source_and_its_use() {
    let page = page();
    for entry in catalogue() {
        for part in [entry.id, entry.formula, entry.good_for.trim_end_matches('.'), entry.arxiv] {
            assert!(page.contains(part), "{}: {part}", entry.id);
        }
    }
}

#[test]
fn the_guide_names_only_laws_that_there_are() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/choosing-a-law.md");
    let guide = std::fs::read_to_string(path).unwrap();
    let mut named = 0;
    for word in guide.split('`').skip(1).step_by(2) {
        let year = word.chars().filter(char::is_ascii_digit).count() >= 4;
        if year && word.starts_with(|c: char| c.is_ascii_lowercase()) && !word.contains([' ', '=', '/']) {
            assert!(find(word).is_ok(), "{word}");
            named += 1;
        }
    }
    assert!(named > 20, "only {named} laws named");
}

#[test]
fn the_readme_counts_the_catalogue() {
    let readme = include_str!("../../README.md");
    let papers: std::collections::HashSet<&str> = catalogue().iter().map(|entry| entry.arxiv).collect();
    let counted = format!("{} entries of {} papers", catalogue().len(), papers.len());
    assert!(readme.contains(&counted), "the README should say {counted:?}");
    assert!(readme.contains(&format!("The laws of {} papers", papers.len())));
}
