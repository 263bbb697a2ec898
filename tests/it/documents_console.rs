//! The commands in the documents print what stands below them.
#![allow(clippy::unwrap_used)]

use crate::command::command;

/// A command with the lines that the document shows of its output; `[...]` stands for any.
struct Shown {
    arguments: Vec<String>,
    lines: Vec<String>,
}

fn shown(name: &str) -> Vec<Shown> {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("docs").join(name);
    let text = std::fs::read_to_string(path).unwrap();
    let mut all: Vec<Shown> = Vec::new();
    let blocks = text.split("```console\n").skip(1).map(|rest| rest.split("```").next().unwrap());
    for line in blocks.flat_map(str::lines) {
        match line.strip_prefix("$ scaling-laws ") {
            Some(rest) => {
                let arguments = rest.split_whitespace().map(str::to_owned).collect();
                all.push(Shown { arguments, lines: Vec::new() });
            }
            None => all.last_mut().unwrap().lines.push(line.trim_end().to_owned()),
        }
    }
    all
}

/// Whether the printed lines are the shown ones, `[...]` standing for any number of them.
fn agrees(shown: &[String], printed: &[&str]) -> bool {
    match shown.split_first() {
        None => printed.is_empty(),
        Some((first, rest)) if first == "[...]" => (0..=printed.len()).any(|skip| agrees(rest, &printed[skip..])),
        Some((first, rest)) => {
            printed.split_first().is_some_and(|(line, others)| first == line.trim_end() && agrees(rest, others))
        }
    }
}

#[test]
fn the_decisions_of_the_guide_are_what_the_command_prints() {
    let all = shown("allocation.md");
    assert!(all.len() >= 10, "{} commands", all.len());
    for Shown { arguments, lines } in all {
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        let output = command(&arguments).assert().success().get_output().stdout.clone();
        let output = String::from_utf8(output).unwrap();
        let printed: Vec<&str> = output.lines().collect();
        assert!(agrees(&lines, &printed), "{}\nprints\n{output}\nand not\n{}", arguments.join(" "), lines.join("\n"));
    }
}
