//! The floors of the house, read from the imports in `src/`.
#![allow(clippy::unwrap_used)]

mod source;

use std::path::{Path, PathBuf};

use source::{Source, arrows};

/// Every top-level module with its height. An arrow must go to a smaller height; the tens are the floors of
/// CONTRIBUTING.md, the units order floor 0 within itself.
const HEIGHTS: &[(&str, u8)] = &[
    ("digits", 0),
    ("error", 0),
    ("warning", 1),
    ("units", 2),
    ("math", 3),
    ("laws", 10),
    ("runs", 10),
    ("published", 20),
    ("compute", 20),
    ("allocate", 30),
    ("fit", 30),
    ("logs", 30),
    ("infer", 40),
    ("diagnose", 50),
    ("report", 60),
    ("figures", 60),
    ("page", 61),
    ("testing", 60),
    ("documentation", 60),
];

const LONGEST_FILE: usize = 400;

#[test]
fn imports_point_to_lower_floors_only() {
    let faults: Vec<String> = library().iter().flat_map(faults).collect();
    assert!(faults.is_empty(), "\n{}", faults.join("\n"));
}

#[test]
fn every_top_level_module_has_a_floor() {
    let sources = library();
    let unknown: Vec<&str> = sources.iter().map(Source::module).filter(|module| height(module).is_none()).collect();
    assert!(unknown.is_empty(), "not in HEIGHTS: {unknown:?}");
    assert!(sources.len() > 30, "only {} files were read", sources.len());
}

#[test]
fn files_are_short() {
    for path in rust_files(&root()) {
        let lines = std::fs::read_to_string(&path).unwrap().lines().count();
        assert!(lines <= LONGEST_FILE, "{} has {lines} lines, more than {LONGEST_FILE}", path.display());
    }
}

#[test]
fn no_code_is_taken_in_past_the_imports() {
    // `#[path]` and `include!` would hide a module from this test, or the library's inside from its own command line.
    for path in rust_files(&root()) {
        let source = Source::read(&root(), &path);
        let hidden = source.tokens.windows(3).any(|t| t == ["[", "path", "="] || t[..2] == ["include", "!"]);
        assert!(!hidden, "{} uses #[path] or include!", source.file);
    }
}

#[test]
fn an_arrow_up_or_sideways_is_seen() {
    for (file, text) in [
        ("laws/power_law.rs", "use crate::runs::Runs;"),
        ("laws/power_law.rs", "fn f() { let x = crate::fit::approach3::Approach3; }"),
        ("error/mod.rs", "use crate::units::Params;"),
        ("units/mod.rs", "use crate::{error::UnitError, math::{root::brent, dense}};"),
        ("units/mod.rs", "use super::laws::Law;"),
        ("units/parse.rs", "use super::super::laws::Law;"),
        ("units/parse.rs", "mod tests { use super::super::super::laws::Law; }"),
        ("units/parse.rs", "mod tests { use super::*; fn f() { crate :: laws :: x() } }"),
        ("warning.rs", "use super::units;"),
        ("report/card.rs", "use crate::figures::Plot;"),
        ("report/card.rs", "use crate::Params;"),
        ("report/card.rs", "use crate::*;"),
        ("report/card.rs", "macro_rules! m { () => { $crate::testing::laws() } }"),
    ] {
        assert!(!faults(&Source::new(file, text)).is_empty(), "{file}: {text}");
    }
}

#[test]
fn an_arrow_down_or_within_the_module_is_allowed() {
    for (file, text) in [
        ("laws/power_law.rs", "use crate::{error::{LawError, UnitError}, units::Params};"),
        ("laws/power_law.rs", "use super::runs; mod tests { use super::super::runs; }"),
        ("laws/power_law.rs", "// crate::fit\n/* crate::fit /* crate::fit */ */ /// crate::fit\n"),
        (
            "laws/power_law.rs",
            r####"const T: &str = "crate::fit \" crate::fit"; const R: &str = r##"crate::fit"# "##;"####,
        ),
        ("laws/power_law.rs", "fn f<'a>(x: &'a str) -> char { '\"' } // \" crate::fit"),
        ("laws/power_law.rs", "pub(crate) fn f() {} pub(in crate::laws) fn g() {}"),
        ("fit/polish.rs", "use crate::fit::points::Points; use super::super::runs::Runs;"),
        ("warning.rs", "mod tests { use super::units; }"),
    ] {
        assert_eq!(faults(&Source::new(file, text)), Vec::<String>::new(), "{file}: {text}");
    }
}

/// What is wrong with the imports of one file.
fn faults(source: &Source) -> Vec<String> {
    let Some(from) = height(source.module()) else {
        return vec![format!("{}: module {:?} has no floor", source.file, source.module())];
    };
    let fault = |target: String| match height(&target) {
        _ if target == source.module() => None,
        Some(to) if to < from => None,
        Some(_) => Some(format!("{}: {} must not use crate::{target}", source.file, source.module())),
        None => Some(format!("{}: crate::{target} is not a module: name the module it comes from", source.file)),
    };
    arrows(source).into_iter().filter_map(fault).collect()
}

fn height(module: &str) -> Option<u8> {
    HEIGHTS.iter().find(|(name, _)| *name == module).map(|(_, height)| *height)
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src")
}

/// The files of the library, without its table of contents.
fn library() -> Vec<Source> {
    let root = root();
    let files = rust_files(&root).into_iter();
    files
        .filter(|f| !f.starts_with(root.join("bin")) && *f != root.join("lib.rs"))
        .map(|f| Source::read(&root, &f))
        .collect()
}

fn rust_files(directory: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(rust_files(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
    files.sort();
    files
}
