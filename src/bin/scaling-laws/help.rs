//! Help that fits the width of the reader's terminal.

use clap::Command;

/// The command with the paragraphs of its help as one line each, which clap breaks at the width there is. What is indented,
/// as examples are, keeps its lines.
pub fn flowing(command: Command) -> Command {
    let names: Vec<String> = command.get_subcommands().map(|sub| sub.get_name().to_owned()).collect();
    let command = match command.get_after_help().map(ToString::to_string) {
        Some(text) => command.after_help(joined(&text)),
        None => command,
    };
    names.into_iter().fold(command, |command, name| command.mut_subcommand(name, flowing))
}

fn joined(text: &str) -> String {
    let mut out = String::new();
    let mut flows = false;
    for line in text.lines() {
        let is_prose = !line.is_empty() && !line.starts_with(' ');
        if !out.is_empty() {
            out.push(if flows && is_prose { ' ' } else { '\n' });
        }
        out.push_str(line);
        flows = is_prose;
    }
    out
}
