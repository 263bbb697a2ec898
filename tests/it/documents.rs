//! The tables of the documents are what the library computes.
#![allow(clippy::unwrap_used)]

#[path = "../../examples/kaplan_or_chinchilla.rs"]
#[allow(dead_code)]
mod kaplan_or_chinchilla;

/// The text of a document without trailing blanks.
fn document(name: &str) -> String {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("docs").join(name);
    let text = std::fs::read_to_string(path).unwrap();
    text.lines().map(|line| format!("{}\n", line.trim_end())).collect()
}

#[test]
fn the_budgets_under_kaplan_and_chinchilla_are_the_computed_ones() {
    let document = document("kaplan-and-chinchilla.md");
    let tables = kaplan_or_chinchilla::tables().unwrap();
    for table in tables.split("\n\n") {
        assert!(table.lines().count() == 8 && document.contains(table.trim_end()), "not in the document:\n{table}");
    }
}
