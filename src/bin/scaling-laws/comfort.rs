//! What a shell and a reader of manuals want: completions and man pages, made from the command's own definition.

use std::path::PathBuf;

use clap::{Args, Command};
use clap_complete::Shell;
use clap_mangen::Man;

use crate::answer::{Answer, Failure};

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  scaling-laws completions bash > ~/.local/share/bash-completion/completions/scaling-laws
  scaling-laws completions zsh > ~/.zfunc/_scaling-laws
  scaling-laws completions fish > ~/.config/fish/completions/scaling-laws.fish")]
pub struct Completions {
    /// The shell
    #[arg(value_enum)]
    shell: Shell,
}

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  scaling-laws man | man -l -
  scaling-laws man fit | man -l -
  scaling-laws man --output ~/.local/share/man/man1     a page for every command")]
pub struct Manual {
    /// A command; without it the page of all
    #[arg(value_name = "COMMAND", conflicts_with = "output")]
    command: Option<String>,
    /// Write every page into this folder
    #[arg(short, long, value_name = "FOLDER")]
    output: Option<PathBuf>,
}

pub fn completions(mut command: Command, arguments: &Completions) -> Answer {
    let mut script = Vec::new();
    let name = command.get_name().to_owned();
    clap_complete::generate(arguments.shell, &mut command, &name, &mut script);
    let script = String::from_utf8_lossy(&script).into_owned();
    Answer::text(if arguments.shell == Shell::Bash { joined(&script, &name) } else { script })
}

/// The generator for bash writes the hyphen of the command's name in one way where the script says which command is typed, and
/// in another where it asks for it (clap_complete 4.6), so that nothing after a subcommand is completed: the former everywhere.
fn joined(script: &str, name: &str) -> String {
    script.replace(&name.replace('-', "__subcmd__"), &name.replace('-', "__"))
}

pub fn manual(mut command: Command, arguments: &Manual) -> Result<Answer, Failure> {
    command.build();
    let Some(folder) = &arguments.output else {
        let page = match &arguments.command {
            None => command,
            Some(name) => named(&command, name)?,
        };
        return Ok(Answer::text(render(page)?));
    };
    let written = |error: std::io::Error| Failure::NoAnswer(format!("cannot write to {}: {error}", folder.display()));
    std::fs::create_dir_all(folder).map_err(written)?;
    let mut pages = vec![command.clone()];
    pages.extend(commands(&command).map(page_of));
    let mut list = String::new();
    for page in pages {
        let path = folder.join(format!("{}.1", page.get_display_name().unwrap_or_else(|| page.get_name())));
        std::fs::write(&path, render(page)?).map_err(written)?;
        list.push_str(&format!("{}\n", path.display()));
    }
    Ok(Answer::text(list))
}

fn commands(command: &Command) -> impl Iterator<Item = &Command> {
    command.get_subcommands().filter(|sub| sub.get_name() != "help")
}

fn named(command: &Command, name: &str) -> Result<Command, Failure> {
    let known = || commands(command).map(Command::get_name).collect::<Vec<_>>().join(", ");
    let found = commands(command).find(|sub| sub.get_name() == name);
    found
        .map(page_of)
        .ok_or_else(|| Failure::Usage(format!("there is no command {name}; the commands are {}", known())))
}

/// A built command knows the name of its page, `scaling-laws-fit`; the version is that of all.
fn page_of(sub: &Command) -> Command {
    sub.clone().version(env!("CARGO_PKG_VERSION"))
}

fn render(command: Command) -> Result<String, Failure> {
    let mut page = Vec::new();
    let rendered = Man::new(command).render(&mut page);
    rendered.map_err(|error| Failure::NoAnswer(format!("cannot write the page: {error}")))?;
    Ok(String::from_utf8_lossy(&page).into_owned())
}
