use std::collections::HashSet;

use crate::units::parse_number;

/// A pattern of paths, with parts that are read from them.
///
/// `?` stands for one character and `*` for any number of them, neither for a slash; `**` for any number of folders;
/// `{name}` for one character or more without a slash, which are kept under that name. `{params}` and the other names
/// of amounts match numbers only. A pattern without a slash is held against the file's name in any folder.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::logs) struct Pattern {
    text: String,
    parts: Vec<Part>,
}

#[derive(Debug, Clone, PartialEq)]
enum Part {
    Text(String),
    One,
    Any,
    /// Any number of folders with their slashes.
    Folders,
    Named(String),
}

/// Names whose text must be a number above zero.
const AMOUNTS: [&str; 6] = ["params", "tokens", "tokens_per_step", "batch", "context", "planned_steps"];

/// Names that columns of the table have already, and what these hold.
const RESERVED: [(&str, &str); 7] = [
    ("loss", "the loss that counts"),
    ("run", "the name of the run"),
    ("file", "the file of the run"),
    ("series", "the series of losses that counts"),
    ("policy", "the loss policy"),
    ("step", "the step of the loss that counts"),
    ("status", "how the run ended"),
];

impl Pattern {
    /// # Errors
    /// The reason why the pattern cannot be read.
    pub fn new(text: &str) -> Result<Self, String> {
        let mut parts = Vec::new();
        if !text.contains('/') {
            parts.push(Part::Folders);
        }
        let mut rest = text.strip_prefix("./").unwrap_or(text);
        while let Some(first) = rest.chars().next() {
            let (part, taken) = match first {
                '?' => (Part::One, 1),
                '*' if rest.starts_with("**/") => (Part::Folders, 3),
                '*' if rest == "**" => {
                    parts.push(Part::Folders);
                    (Part::Any, 2)
                }
                '*' if rest.starts_with("**") => return Err("** must stand between slashes".into()),
                '*' => (Part::Any, 1),
                '{' => {
                    let end = rest.find('}').ok_or("a { without its }")?;
                    let name = rest.get(1..end).unwrap_or("");
                    let is_name = !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || c == '_');
                    if !is_name {
                        return Err(format!("{{{name}}} is no name: letters, digits and underscores are allowed"));
                    }
                    if let Some((_, what)) = RESERVED.iter().find(|(reserved, _)| *reserved == name) {
                        return Err(format!(
                            "{{{name}}} is reserved: the table has a column {name}, {what}; take another name, such as {{{name}_name}}"
                        ));
                    }
                    let twice = parts.iter().any(|part| matches!(part, Part::Named(known) if known == name));
                    if twice {
                        return Err(format!("{{{name}}} stands there twice"));
                    }
                    (Part::Named(name.into()), end + 1)
                }
                _ => {
                    let end = rest.find(['?', '*', '{']).unwrap_or(rest.len());
                    (Part::Text(rest.get(..end).unwrap_or("").into()), end)
                }
            };
            parts.push(part);
            rest = rest.get(taken..).unwrap_or("");
        }
        if parts.iter().all(|part| *part == Part::Folders) {
            return Err("it is empty".into());
        }
        Ok(Self { text: text.into(), parts })
    }

    /// As it was given.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Whether it reads an amount of this name from the path.
    pub fn names(&self, name: &str) -> bool {
        self.parts.iter().any(|part| matches!(part, Part::Named(known) if known == name))
    }

    /// The named parts of a path with "/" between its folders; `None` if it does not match.
    pub fn captures(&self, path: &str) -> Option<Vec<(String, String)>> {
        let mut found = Vec::new();
        let mut failed = HashSet::new();
        matches(&self.parts, path, &mut found, &mut failed).then(|| {
            found.reverse();
            found
        })
    }
}

/// Matches the longest text first. What failed once is not tried again, so the time is bounded by the product of the
/// lengths, squared.
fn matches(
    parts: &[Part],
    path: &str,
    found: &mut Vec<(String, String)>,
    failed: &mut HashSet<(usize, usize)>,
) -> bool {
    let Some((first, rest)) = parts.split_first() else { return path.is_empty() };
    let place = (parts.len(), path.len());
    if failed.contains(&place) {
        return false;
    }
    let mut then = |end: usize| path.get(end..).is_some_and(|after| matches(rest, after, found, failed));
    let segment = path.find('/').unwrap_or(path.len());
    // Places where a text of this segment may end, the longest first.
    let ends = || (0..=segment).rev().filter(|end| path.is_char_boundary(*end));
    let good = match first {
        Part::Text(text) => path.starts_with(text.as_str()) && then(text.len()),
        Part::One => path.chars().next().filter(|c| *c != '/').is_some_and(|c| then(c.len_utf8())),
        Part::Any => ends().any(&mut then),
        Part::Folders => {
            let mut slashes: Vec<usize> = path.match_indices('/').map(|(at, _)| at + 1).collect();
            slashes.insert(0, 0);
            slashes.into_iter().any(&mut then)
        }
        Part::Named(name) => {
            let amount = AMOUNTS.contains(&name.as_str());
            let end = ends().filter(|end| *end > 0).find(|end| {
                let text = path.get(..*end).unwrap_or("");
                (!amount || parse_number(text).is_some_and(|value| value.is_finite() && value > 0.0)) && then(*end)
            });
            if let Some(text) = end.and_then(|end| path.get(..end)) {
                found.push((name.clone(), text.into()));
            }
            end.is_some()
        }
    };
    if !good {
        failed.insert(place);
    }
    good
}

#[cfg(test)]
mod tests {
    use super::*;

    fn captured(pattern: &str, path: &str) -> Option<String> {
        let found = Pattern::new(pattern).unwrap().captures(path)?;
        Some(found.iter().map(|(name, text)| format!("{name}={text}")).collect::<Vec<_>>().join(" "))
    }

    #[test]
    fn paths_match_as_in_a_shell_and_named_parts_are_kept() {
        for (pattern, path, expected) in [
            ("*.log", "a.log", Some("")),
            ("*.log", "deep/er/a.log", Some("")),
            ("*.log", "a.log.gz", None),
            ("a/*.log", "a/b/c.log", None),
            ("**/c.log", "c.log", Some("")),
            ("**/c.log", "a/b/c.log", Some("")),
            ("**", "a/b", Some("")),
            ("a/**", "a/b/c", Some("")),
            ("run?.txt", "run7.txt", Some("")),
            ("{params}/log.txt", "124M/log.txt", Some("params=124M")),
            ("{params}/log.txt", "small/log.txt", None),
            ("{params}*.log", "124M.log", Some("params=124M")),
            ("{params}*.log", "124M_x.log", Some("params=124M")),
            ("n{params}_lr{lr}/s{seed}.csv", "n1.5B_lr3e-4/s2.csv", Some("params=1.5B lr=3e-4 seed=2")),
            ("{params}_{tokens}.log", "19M_2B.log", Some("params=19M tokens=2B")),
            ("{tokens}.log", "long.log", None),
            ("{name}.log", "é.log", Some("name=é")),
        ] {
            assert_eq!(captured(pattern, path).as_deref(), expected, "{pattern} {path}");
        }
    }

    #[test]
    fn patterns_that_mean_nothing_are_refused() {
        for (pattern, reason) in
            [("", "empty"), ("a{b", "without"), ("a{}", "no name"), ("{x}{x}", "twice"), ("a**b", "between slashes")]
        {
            assert!(Pattern::new(pattern).unwrap_err().contains(reason), "{pattern}");
        }
    }

    #[test]
    fn names_of_the_tables_own_columns_are_refused_with_the_reason() {
        for name in ["loss", "run", "file", "series", "policy", "step", "status"] {
            let said = Pattern::new(&format!("*/{{{name}}}.log")).unwrap_err();
            assert!(
                said.contains(&format!("{{{name}}} is reserved: the table has a column {name}, the"))
                    || said.contains("how the run ended"),
                "{said}"
            );
        }
    }

    #[test]
    fn a_pattern_made_to_be_slow_is_not() {
        let pattern = Pattern::new(&"*a".repeat(40)).unwrap();
        assert!(pattern.captures(&"a".repeat(200)).is_some());
        assert!(pattern.captures(&format!("{}b", "a".repeat(200))).is_none());
    }
}
