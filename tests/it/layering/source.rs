//! Just enough reading of Rust to find paths that start at the crate.

use std::path::Path;

/// One file of the library as words and signs, without comments and literals.
pub struct Source {
    /// Path below `src/`, with slashes.
    pub file: String,
    pub tokens: Vec<String>,
}

impl Source {
    pub fn new(file: &str, text: &str) -> Self {
        Self { file: file.into(), tokens: tokens(text) }
    }

    pub fn read(root: &Path, path: &Path) -> Self {
        let file = path.strip_prefix(root).unwrap().to_string_lossy().replace('\\', "/");
        Self::new(&file, &std::fs::read_to_string(path).unwrap())
    }

    /// The top-level module it belongs to.
    pub fn module(&self) -> &str {
        self.file.split('/').next().unwrap_or("").trim_end_matches(".rs")
    }

    /// How many `super` lead from the file's own module to the crate.
    fn depth(&self) -> usize {
        self.file.trim_end_matches("/mod.rs").split('/').count()
    }
}

/// Top-level modules that a file names, by `crate::` or by climbing with `super::`.
pub fn arrows(source: &Source) -> Vec<String> {
    let tokens = &source.tokens;
    let mut found = Vec::new();
    // One entry for each open brace: does it belong to an inline module?
    let mut braces: Vec<bool> = Vec::new();
    let mut i = 0;
    while i < tokens.len() {
        match tokens[i].as_str() {
            "{" => braces.push(i >= 2 && tokens[i - 2] == "mod"),
            "}" => drop(braces.pop()),
            "crate" => after_root(tokens, i + 1, &mut found),
            "super" => {
                let mut climbed = 1;
                while at(tokens, i + 1) == "::" && at(tokens, i + 2) == "super" {
                    climbed += 1;
                    i += 2;
                }
                if climbed >= source.depth() + braces.iter().filter(|inline| **inline).count() {
                    after_root(tokens, i + 1, &mut found);
                }
            }
            _ => {}
        }
        i += 1;
    }
    found
}

/// The first names after the root of a path: one, or those of a group `{a::x, b::{y, z}}`.
fn after_root(tokens: &[String], start: usize, found: &mut Vec<String>) {
    if at(tokens, start) != "::" {
        return; // pub(crate)
    }
    if at(tokens, start + 1) != "{" {
        return found.push(at(tokens, start + 1).into());
    }
    let (mut depth, mut first, mut i) = (1, true, start + 2);
    while depth > 0 && i < tokens.len() {
        match at(tokens, i) {
            "{" => depth += 1,
            "}" => depth -= 1,
            "," if depth == 1 => first = true,
            name if depth == 1 && first => {
                found.push(name.into());
                first = false;
            }
            _ => {}
        }
        i += 1;
    }
}

fn at(tokens: &[String], i: usize) -> &str {
    tokens.get(i).map_or("", String::as_str)
}

fn tokens(text: &str) -> Vec<String> {
    let chars: Vec<char> = text.chars().collect();
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    let get = |i: usize| chars.get(i).copied().unwrap_or('\0');
    let mut tokens = Vec::new();
    let mut i = 0;
    while i < chars.len() {
        let c = chars[i];
        if c == '/' && get(i + 1) == '/' {
            i += chars[i..].iter().take_while(|c| **c != '\n').count();
        } else if c == '/' && get(i + 1) == '*' {
            i = end_of_comment(&chars, i);
        } else if c == '"' {
            i = end_of_string(&chars, i);
        } else if c == '\'' {
            i = end_of_quote(&chars, i);
        } else if is_word(c) {
            let length = chars[i..].iter().take_while(|c| is_word(**c)).count();
            let word: String = chars[i..i + length].iter().collect();
            i += length;
            let hashes = chars[i..].iter().take_while(|c| **c == '#').count();
            if word.ends_with('r') && word.len() <= 2 && get(i + hashes) == '"' {
                i = end_of_raw_string(&chars, i + hashes, hashes);
            } else {
                tokens.push(word);
            }
        } else if c == ':' && get(i + 1) == ':' {
            tokens.push("::".into());
            i += 2;
        } else {
            if !c.is_whitespace() {
                tokens.push(c.into());
            }
            i += 1;
        }
    }
    tokens
}

fn end_of_comment(chars: &[char], start: usize) -> usize {
    let (mut depth, mut i) = (1, start + 2);
    while depth > 0 && i < chars.len() {
        match (chars[i], chars.get(i + 1)) {
            ('/', Some('*')) => (depth, i) = (depth + 1, i + 2),
            ('*', Some('/')) => (depth, i) = (depth - 1, i + 2),
            _ => i += 1,
        }
    }
    i
}

fn end_of_string(chars: &[char], start: usize) -> usize {
    let mut i = start + 1;
    while i < chars.len() && chars[i] != '"' {
        i += if chars[i] == '\\' { 2 } else { 1 };
    }
    i + 1
}

fn end_of_raw_string(chars: &[char], quote: usize, hashes: usize) -> usize {
    let mut i = quote + 1;
    while i < chars.len() {
        if chars[i] == '"' && chars[i + 1..].iter().take_while(|c| **c == '#').count() >= hashes {
            return i + 1 + hashes;
        }
        i += 1;
    }
    i
}

/// A character literal ends at its quote; a lifetime is only its apostrophe.
fn end_of_quote(chars: &[char], start: usize) -> usize {
    match (chars.get(start + 1), chars.get(start + 2)) {
        (Some('\\'), _) => {
            let rest = chars.get(start + 3..).unwrap_or(&[]);
            start + 4 + rest.iter().take_while(|c| **c != '\'').count()
        }
        (Some(_), Some('\'')) => start + 3,
        _ => start + 1,
    }
}
