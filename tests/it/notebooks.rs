//! The notebooks' code as ordinary programs: it compiles against this crate, runs, and shows what its cells say they show.
//!
//! What only a kernel can show (inference of types from cell to cell, the display itself) is checked by
//! `tools/run_notebooks.py`, where there is one.

use std::fmt::Write;

use serde_json::Value;

use super::programs::{Package, root};

/// Every notebook by name.
fn notebooks() -> Vec<(String, Value)> {
    let mut found: Vec<(String, Value)> = std::fs::read_dir(root().join("docs/notebooks"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "ipynb"))
        .map(|path| {
            let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
            (name, serde_json::from_str(&std::fs::read_to_string(&path).unwrap()).unwrap())
        })
        .collect();
    found.sort_by(|a, b| a.0.cmp(&b.0));
    found
}

fn source(cell: &Value) -> String {
    cell["source"].as_array().unwrap().iter().map(|line| line.as_str().unwrap()).collect()
}

fn code_cells(notebook: &Value) -> impl Iterator<Item = &Value> {
    notebook["cells"].as_array().unwrap().iter().filter(|cell| cell["cell_type"] == "code")
}

/// What the cell says it shows.
fn shows(cell: &Value) -> Option<&str> {
    cell["metadata"]["tags"].as_array()?.iter().find_map(|tag| tag.as_str()?.strip_prefix("shows:"))
}

#[test]
fn notebooks_carry_no_outputs_and_end_with_a_check() {
    let all = notebooks();
    assert!(all.len() >= 5, "{}", all.len());
    for (name, notebook) in &all {
        assert_eq!(notebook["metadata"]["kernelspec"]["name"], "rust", "{name}");
        for cell in code_cells(notebook) {
            assert_eq!(cell["outputs"], Value::Array(vec![]), "{name}: strip the outputs");
            assert_eq!(cell["execution_count"], Value::Null, "{name}: strip the counts");
            // A cell that shows something ends with its name, on a line of its own.
            let text = source(cell);
            let last = text.lines().last().unwrap();
            let is_name = last.chars().all(|letter| letter.is_ascii_lowercase() || letter == '_');
            assert_eq!(shows(cell).is_some(), is_name, "{name}: {last}");
        }
        let last = source(code_cells(notebook).last().unwrap());
        assert!(last.contains("assert!") && last.contains("println!(\"notebook ok\")"), "{name}");
    }
}

/// The cells as one program.
fn program(notebook: &Value) -> String {
    let mut text = String::from("fn main() -> Result<(), Box<dyn std::error::Error>> {\n");
    writeln!(text, "std::env::set_current_dir({:?})?;", root().join("docs/notebooks")).unwrap();
    for cell in code_cells(notebook) {
        let code = source(cell);
        let lines: Vec<&str> = code.lines().filter(|line| !line.starts_with(':')).collect();
        match (shows(cell), lines.split_last()) {
            (Some(_), Some((shown, before))) => {
                writeln!(text, "{}\n{shown}.evcxr_display();", before.join("\n")).unwrap();
            }
            _ => writeln!(text, "{}", lines.join("\n")).unwrap(),
        }
    }
    text + "Ok(())\n}\n"
}

#[test]
fn notebooks_compile_run_and_show_what_they_say() {
    let all = notebooks();
    let programs: Vec<(String, String)> =
        all.iter().map(|(name, notebook)| (format!("notebook-{name}"), program(notebook))).collect();
    let package = Package::new("notebooks-as-programs", &programs);
    for ((name, notebook), (bin, _)) in all.iter().zip(&programs) {
        let build = package.build(bin);
        assert!(build.status.success(), "{name}: {}", String::from_utf8_lossy(&build.stderr));
        let run = package.run(bin);
        let (out, err) = (String::from_utf8_lossy(&run.stdout), String::from_utf8_lossy(&run.stderr));
        assert!(run.status.success() && err.is_empty(), "{name}: {err}");
        assert!(out.ends_with("notebook ok\n"), "{name}: {out}");
        let promised: Vec<&str> = code_cells(notebook).filter_map(shows).collect();
        assert!(!promised.is_empty(), "{name} shows nothing");
        for mime in ["text/html", "image/svg+xml"] {
            let block = format!("EVCXR_BEGIN_CONTENT {mime}\n<");
            let wanted = promised.iter().filter(|shown| **shown == mime).count();
            assert_eq!(out.matches(&block).count(), wanted, "{name}: {mime}");
        }
    }
}
