//! `docs/laws.md` and the counts in the README are written from the registry by this file: it fails where they differ, and
//! writes them again under `SCALING_LAWS_WRITE_DOCS=1`.
#![allow(clippy::unwrap_used)]

use std::collections::HashSet;
use std::fmt::Write;
use std::path::Path;

use scaling_laws::Domain;
use scaling_laws::published::{Entry, catalogue, find};

const HEAD: &str = "# Published laws

This page is written from the catalogue by `tests/it/laws_page.rs`; a change of the catalogue changes it. Laws of one paper
with the same formula share a section. `scaling-laws laws ID` shows one law with everything that is known of it, and
[choosing-a-law.md](choosing-a-law.md) says which law answers which question.

N: parameters. D: training tokens. C: training FLOP. L: nats per token where nothing else is said. Each section has the
formula, the coefficients to seven digits, what goes in and what comes out with symbols and units, where the law stands in
its source, and when to use it. \"When not\" is the outside of the range that it was fitted on: there every answer comes with a
warning that has the factor. \"Beware\" lists what is wrong or doubtful in the source.
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
            let _ = write!(
                text,
                "\n## {} ({})\n\n{}. arXiv:{}\n",
                first.title,
                first.year,
                first.authors.trim_end_matches('.'),
                first.arxiv
            );
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
    counts(text, first);
    distinct(text, "Source", section, |entry| vec![entry.equation.into()]);
    distinct(text, "Data", section, |entry| vec![entry.data.into()]);
    distinct(text, "When", section, |entry| vec![entry.good_for.into()]);
    distinct(text, "When not", section, |entry| vec![outside(entry)]);
    distinct(text, "Beware", section, |entry| {
        let unseen = (!entry.verified).then(|| format!("not to be quoted as the paper's: {}", entry.verification));
        unseen.into_iter().chain(entry.errata.iter().map(ToString::to_string)).collect()
    });
    distinct(text, "Note", section, |entry| vec![entry.note.into()]);
}

/// How N and C are counted, for a law that has them.
fn counts(text: &mut String, entry: &Entry) {
    let (knobs, gives) = (entry.model.knobs(), entry.model.quantities());
    let names: Vec<&str> = knobs.iter().map(|knob| knob.name).chain(gives.iter().map(|q| q.name)).collect();
    let has = |part: &str| names.iter().any(|name| name.contains(part));
    let n = format!("N counts {} parameters", entry.conventions.params);
    let c = format!("C is {}", entry.conventions.compute);
    let said: Vec<String> = [(has("params"), n), (has("flops"), c)].into_iter().filter(|x| x.0).map(|x| x.1).collect();
    if !said.is_empty() {
        let _ = writeln!(text, "- {}.", said.join("; "));
    }
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
                let error = c.standard_error.map_or_else(String::new, |e| format!(" ± {}", number(e)));
                let interval = c.interval.map_or_else(String::new, |i| {
                    format!(" ({:.0} %: {} to {})", 100.0 * i.level, number(i.low), number(i.high))
                });
                number(c.value) + &error + &interval
            })
            .collect();
        let mark = if entry.verified { "" } else { " (not seen in the source)" };
        let _ = writeln!(text, "| `{}`{mark} | {} |", entry.id, cells.join(" | "));
    }
    text.push('\n');
}

/// Seven digits; the registry has all of them.
fn number(value: f64) -> String {
    let value: f64 = format!("{value:.6e}").parse().unwrap();
    if value != 0.0 && !(1e-4..1e6).contains(&value.abs()) { format!("{value:e}") } else { value.to_string() }
}

/// One line for all entries of a section that say the same; a list where they say several things.
fn distinct(text: &mut String, label: &str, section: &[&Entry], of: impl Fn(&Entry) -> Vec<String>) {
    let mut groups: Vec<(Vec<String>, Vec<&str>)> = Vec::new();
    for entry in section {
        let all = of(entry).into_iter().map(|one| one.trim_end_matches('.').to_owned());
        let said: Vec<String> = all.filter(|one| !one.is_empty()).collect();
        match groups.iter_mut().find(|(known, _)| *known == said) {
            Some((_, ids)) => ids.push(entry.id),
            None => groups.push((said, vec![entry.id])),
        }
    }
    let several = groups.len() > 1;
    for (said, ids) in groups {
        let of = if several { format!(", {}", names(&ids)) } else { String::new() };
        match said.as_slice() {
            [] => {}
            [one] => drop(writeln!(text, "- {label}{of}: {one}.")),
            all => drop(writeln!(text, "- {label}{of}:\n  - {}.", all.join(".\n  - "))),
        }
    }
}

/// Ids without what is common to all of them, which stands before.
fn names(ids: &[&str]) -> String {
    let paper = |id: &str| id.split_once('.').map_or("", |(paper, _)| paper).to_owned();
    let common = ids.len() > 1 && !paper(ids[0]).is_empty() && ids.iter().all(|id| paper(id) == paper(ids[0]));
    let short = |id: &&str| if common { format!("`.{}`", &id[paper(id).len() + 1..]) } else { format!("`{id}`") };
    ids.iter().map(short).collect::<Vec<_>>().join(", ")
}

/// The outside of the range of the fit.
fn outside(entry: &Entry) -> String {
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
    parts.join("; ")
}

fn writes() -> bool {
    std::env::var_os("SCALING_LAWS_WRITE_DOCS").is_some_and(|value| value == "1")
}

#[test]
fn the_page_of_laws_is_what_the_registry_says() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/laws.md");
    let page = page();
    if writes() {
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
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md");
    let readme = std::fs::read_to_string(&path).unwrap();
    let papers = catalogue().iter().map(|entry| entry.arxiv).collect::<HashSet<&str>>().len();
    let counted = count_before(&readme, " entries of ", catalogue().len());
    let counted = count_before(&counted, " papers", papers);
    if writes() {
        std::fs::write(&path, &counted).unwrap();
    }
    assert!(counted == std::fs::read_to_string(&path).unwrap(), "the README counts otherwise");
}

/// The text with this number before the words, wherever one stands there.
fn count_before(text: &str, words: &str, count: usize) -> String {
    let parts: Vec<&str> = text.split(words).collect();
    let (last, counted) = parts.split_last().unwrap();
    let set = |part: &&str| match part.trim_end_matches(|c: char| c.is_ascii_digit()) {
        words if words.len() == part.len() => words.to_owned(),
        before => format!("{before}{count}"),
    };
    let mut all: Vec<String> = counted.iter().map(set).collect();
    all.push((*last).to_owned());
    all.join(words)
}
