//! The words that options take where a parser of their own hides them from the completions of shells.

use clap::builder::PossibleValuesParser;
use clap::{Arg, Command};
use scaling_laws::laws::{Family, families};
use scaling_laws::{Method, NumberFormat};

/// The command with the words of its options, to make completions of: it offers fewer values than the options take, some of
/// which hold a number or the name of a column.
pub fn with_words(command: Command) -> Command {
    // A parser keeps its words as long as the program runs, which ends with the script.
    let names: Vec<&'static str> = command.get_subcommands().map(|sub| &*sub.get_name().to_owned().leak()).collect();
    command.mut_subcommands(|sub| {
        let is_manual = sub.get_name() == "man";
        sub.mut_args(|arg| match words(&arg) {
            _ if is_manual && arg.get_id() == "command" => arg.value_parser(PossibleValuesParser::new(&names)),
            // Words of a `ValueEnum` are known already.
            Some(words) if arg.get_possible_values().is_empty() => arg.value_parser(PossibleValuesParser::new(words)),
            _ => arg,
        })
    })
}

fn words(arg: &Arg) -> Option<Vec<&'static str>> {
    let value = arg.get_value_names().and_then(|names| names.first()).map(|name| name.as_str());
    Some(match (arg.get_id().as_str(), value?) {
        (_, "FAMILY") => families().iter().map(Family::name).collect(),
        (_, "FORMAT") => NumberFormat::ALL.map(NumberFormat::name).to_vec(),
        (_, "METHOD") => Method::ALL.map(Method::name).to_vec(),
        ("resampling", _) => vec!["wild", "pairs", "residuals"],
        ("residual", _) => vec!["log", "raw"],
        ("weights", _) => vec!["equal", "flops"],
        ("loss", "LOSS") => vec!["least-squares", "absolute", "huber", "huber-scale", "cauchy", "student-t"],
        ("policy", _) => vec!["last", "last-validation", "minimum", "smoothed"],
        ("param_count", _) => vec!["total", "non-embedding", "active"],
        ("keep", _) => vec!["unfinished", "diverged"],
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use clap::error::ErrorKind;

    use super::*;

    #[test]
    fn every_word_that_is_offered_is_taken() {
        let plain = crate::command();
        let (mut offered, mut options) = (0, 0);
        for sub in plain.get_subcommands() {
            for (arg, words) in sub.get_arguments().filter_map(|arg| Some((arg, words(arg)?))) {
                options += 1;
                for word in words {
                    let name = arg.get_long().unwrap_or_default();
                    let line = ["scaling-laws", sub.get_name(), &format!("--{name}"), word].map(str::to_owned);
                    // Other arguments may be missing.
                    let kind = plain.clone().try_get_matches_from(line).err().map(|error| error.kind());
                    let refused = [ErrorKind::InvalidValue, ErrorKind::ValueValidation, ErrorKind::UnknownArgument];
                    assert!(
                        !kind.is_some_and(|kind| refused.contains(&kind)),
                        "{} --{name} {word}: {kind:?}",
                        sub.get_name()
                    );
                    offered += 1;
                }
            }
        }
        assert!(options >= 15 && offered > 100, "{options} options, {offered} words");
    }

    #[test]
    fn completions_hold_the_words() {
        let command = with_words(crate::command());
        let of = |sub: &str, id: &str| -> Vec<String> {
            let arg = command.find_subcommand(sub).unwrap().get_arguments().find(|arg| arg.get_id() == id).unwrap();
            arg.get_possible_values().iter().map(|value| value.get_name().to_owned()).collect()
        };
        assert_eq!(of("runs", "policy"), ["last", "last-validation", "minimum", "smoothed"]);
        assert!(
            of("fit", "law").contains(&"chinchilla".to_owned())
                && of("man", "command").contains(&"allocate".to_owned())
        );
        assert!(of("loss", "law").is_empty(), "a file is a law too");
    }
}
