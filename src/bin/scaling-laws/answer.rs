//! What a command gives back: text, JSON, or a failure with its exit code.

use std::io::{self, ErrorKind, Write};
use std::process::ExitCode;

use scaling_laws::{Error, Warning};

/// The text of standard output.
pub struct Answer(String);

/// Why there is no answer.
#[derive(Debug)]
pub enum Failure {
    /// The question has none: exit code 1.
    NoAnswer(String),
    /// The arguments are wrong: exit code 2.
    Usage(String),
}

impl Answer {
    /// A text for people, ended by one newline.
    pub fn text(text: impl Into<String>) -> Self {
        let mut text = text.into();
        text.truncate(text.trim_end().len());
        text.push('\n');
        Self(text)
    }

    /// One JSON document.
    pub fn json(value: &serde_json::Value) -> Self {
        Self(format!("{value:#}\n"))
    }

    /// Writes to standard output. A reader that has seen enough (`| head`) is no failure.
    pub fn print(self) -> Result<(), Failure> {
        match io::stdout().write_all(self.0.as_bytes()).and_then(|()| io::stdout().flush()) {
            Err(error) if error.kind() != ErrorKind::BrokenPipe => {
                Err(Failure::NoAnswer(format!("cannot write the answer: {error}")))
            }
            _ => Ok(()),
        }
    }
}

impl Failure {
    /// What is said of it.
    pub fn message(&self) -> &str {
        match self {
            Self::NoAnswer(message) | Self::Usage(message) => message,
        }
    }

    /// A usage failure from any error.
    pub fn usage(error: impl ToString) -> Self {
        Self::Usage(error.to_string())
    }

    /// Writes to standard error and gives the exit code.
    pub fn report(&self) -> ExitCode {
        let (message, code) = match self {
            Self::NoAnswer(message) => (message, 1),
            Self::Usage(message) => (message, 2),
        };
        // Nobody is left to tell if standard error is closed.
        let _ = writeln!(io::stderr(), "error: {message}");
        ExitCode::from(code)
    }
}

impl<E: Into<Error>> From<E> for Failure {
    fn from(error: E) -> Self {
        Self::NoAnswer(error.into().to_string())
    }
}

/// The warnings as the last section of a text, lines of at most 100 columns. Errata of a published law are only counted:
/// they are the same at every question, and `laws ID` shows them.
pub fn warnings(law: &str, list: &[Warning]) -> String {
    let is_erratum = |warning: &&Warning| matches!(warning, Warning::Erratum { .. });
    let errata = list.iter().filter(is_erratum).count();
    let mut text = String::new();
    for warning in list.iter().filter(|warning| !is_erratum(warning)) {
        bullet(&mut text, &format!("[{}] {warning}", warning.code()));
    }
    if errata > 0 {
        let noun = if errata == 1 { "note" } else { "notes" };
        bullet(&mut text, &format!("[erratum] {errata} {noun} on the published numbers: scaling-laws laws {law}"));
    }
    if text.is_empty() { text } else { format!("\nWarnings\n{text}") }
}

/// A list item, lines of at most 100 columns.
pub fn bullet(text: &mut String, words: &str) {
    const WIDTH: usize = 100;
    let mut line = String::from("  !");
    for (index, word) in words.split_whitespace().enumerate() {
        // The first word stays beside its mark, however long.
        if index > 0 && line.chars().count() + 1 + word.chars().count() > WIDTH {
            text.push_str(&line);
            text.push('\n');
            line = String::from("   ");
        }
        line.push(' ');
        line.push_str(word);
    }
    text.push_str(&line);
    text.push('\n');
}

/// A value as JSON. Serialising the library's own types cannot fail; null would show it if it did.
pub fn to_json(value: &impl serde::Serialize) -> serde_json::Value {
    serde_json::to_value(value).unwrap_or(serde_json::Value::Null)
}
