//! Which options were written, so that one with no part in the answer is refused and not passed over.

use clap::parser::ValueSource;
use clap::{ArgMatches, Args, Command, Error, FromArgMatches};

/// The options that were written, as their flags are called; those that stand at their defaults are not among them.
///
/// As a field it must stand before all others: each takes its own values out of what was read.
#[derive(Debug, Default)]
pub struct Given(Vec<String>);

impl Given {
    /// Whether this option was written.
    pub fn has(&self, option: &str) -> bool {
        self.0.iter().any(|one| one == option)
    }

    /// Those of these options that were written.
    pub fn among<'a>(&self, options: &[&'a str]) -> Vec<&'a str> {
        options.iter().copied().filter(|option| self.has(option)).collect()
    }

    /// Those that were written and are none of these.
    pub fn beside(&self, options: &[&str]) -> Vec<&str> {
        self.0.iter().map(String::as_str).filter(|one| !options.contains(one)).collect()
    }
}

/// "--a", "--a and --b", "--a, --b and --c".
pub fn flags(options: &[&str]) -> String {
    let all: Vec<String> = options.iter().map(|option| format!("--{option}")).collect();
    match all.split_last() {
        Some((last, before)) if !before.is_empty() => format!("{} and {last}", before.join(", ")),
        _ => all.concat(),
    }
}

impl FromArgMatches for Given {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, Error> {
        let written = |id: &str| matches.value_source(id) == Some(ValueSource::CommandLine);
        // Groups have the names of types.
        let is_option = |id: &&str| !id.starts_with(char::is_uppercase) && written(id);
        let flag = |id: &str| match id {
            "path" => "figure".into(),
            "filters" => "where".into(),
            id => id.replace('_', "-"),
        };
        Ok(Self(matches.ids().map(|id| id.as_str()).filter(is_option).map(flag).collect()))
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}

impl Args for Given {
    fn augment_args(command: Command) -> Command {
        command
    }

    fn augment_args_for_update(command: Command) -> Command {
        command
    }
}
