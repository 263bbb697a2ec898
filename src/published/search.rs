use super::{Entry, catalogue};
use crate::error::LawError;
use crate::math::nearest::nearest;

/// A search of the catalogue: every condition given must hold. Case does not matter.
///
/// | condition | holds where |
/// |---|---|
/// | [`author`](Self::author) | one of the authors' names contains the text |
/// | [`year`](Self::year) | the first version of the paper is of a year between two, inclusive |
/// | [`family`](Self::family) | the functional form has this name; dashes, blanks and underscores do not matter |
/// | [`knob`](Self::knob) | the law is evaluated from a knob of this name |
/// | [`gives`](Self::gives) | the law gives a quantity of this name |
/// | [`text`](Self::text) | id, alias, title, arXiv number, formula, data, note or use contains the text |
///
/// ```
/// use scaling_laws::published::Search;
/// let ids = |search: Search| search.entries().map(|found| found.iter().map(|e| e.id).collect::<Vec<_>>());
/// assert_eq!(ids(Search::new().knob("unique_tokens"))?, ["muennighoff2023.L_NDU"]);
/// assert_eq!(ids(Search::new().author("kaplan").year(2018, 2018))?, ["mccandlish2018"]);
/// assert!(ids(Search::new().family("over-training"))?.contains(&"gadre2024.loss.c4"));
/// let error = Search::new().author("Muenighoff").entries().unwrap_err();
/// assert!(error.to_string().contains("Muennighoff"), "{error}");
/// # Ok::<(), scaling_laws::LawError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Search {
    author: Option<String>,
    years: Option<(u16, u16)>,
    family: Option<String>,
    knob: Option<String>,
    gives: Option<String>,
    text: Option<String>,
}

impl Search {
    /// Without conditions: everything.
    pub fn new() -> Self {
        Self::default()
    }

    /// Papers with an author whose name contains this.
    #[must_use]
    pub fn author(self, name: &str) -> Self {
        Self { author: Some(name.trim().into()), ..self }
    }

    /// Papers of these years, inclusive.
    #[must_use]
    pub fn year(self, first: u16, last: u16) -> Self {
        Self { years: Some((first, last)), ..self }
    }

    /// Laws of this functional form.
    #[must_use]
    pub fn family(self, name: &str) -> Self {
        Self { family: Some(name.trim().into()), ..self }
    }

    /// Laws with this knob.
    #[must_use]
    pub fn knob(self, name: &str) -> Self {
        Self { knob: Some(name.trim().into()), ..self }
    }

    /// Laws that give this quantity, such as `loss`, `optimal_params` or `learning_rate`.
    #[must_use]
    pub fn gives(self, name: &str) -> Self {
        Self { gives: Some(name.trim().into()), ..self }
    }

    /// Entries that contain this text.
    #[must_use]
    pub fn text(self, text: &str) -> Self {
        Self { text: Some(text.trim().into()), ..self }
    }

    /// The entries, in the order of the catalogue.
    ///
    /// # Errors
    /// [`LawError::NoMatch`] where there is none: it names the first condition that alone finds nothing, with the nearest
    /// names, or says that the conditions exclude one another.
    pub fn entries(&self) -> Result<Vec<&'static Entry>, LawError> {
        let found: Vec<&Entry> = catalogue().iter().filter(|entry| self.matches(entry)).collect();
        if found.is_empty() { Err(self.miss()) } else { Ok(found) }
    }

    fn matches(&self, entry: &Entry) -> bool {
        holds(&self.author, |name| contains(entry.authors, name))
            && self.years.is_none_or(|(first, last)| (first..=last).contains(&entry.year))
            && holds(&self.family, |name| letters(entry.model.family()) == letters(name))
            && holds(&self.knob, |name| entry.model.knobs().iter().any(|knob| same(knob.name, name)))
            && holds(&self.gives, |name| entry.model.quantities().iter().any(|quantity| same(quantity.name, name)))
            && holds(&self.text, |text| texts(entry).any(|part| contains(part, text)))
    }

    fn miss(&self) -> LawError {
        let all = catalogue();
        let alone = |one: Self| !all.iter().any(|entry| one.matches(entry));
        let conditions = [
            ("author", &self.author, all.iter().flat_map(authors).collect::<Vec<&str>>()),
            ("family", &self.family, all.iter().map(|entry| entry.model.family()).collect()),
            ("knob", &self.knob, all.iter().flat_map(|e| e.model.knobs().iter().map(|knob| knob.name)).collect()),
            ("quantity", &self.gives, all.iter().flat_map(|e| e.model.quantities()).map(|q| q.name).collect()),
            ("text", &self.text, all.iter().flat_map(|entry| [entry.id, entry.title]).collect()),
        ];
        for (what, value, mut names) in conditions {
            let Some(value) = value else { continue };
            let one = match what {
                "author" => Self::new().author(value),
                "family" => Self::new().family(value),
                "knob" => Self::new().knob(value),
                "quantity" => Self::new().gives(value),
                _ => Self::new().text(value),
            };
            if alone(one) {
                names.sort_unstable();
                names.dedup();
                let near = nearest(value, &mut names.iter().copied());
                let hint = match (near.as_slice(), what) {
                    ([], "family" | "knob" | "quantity") => format!("there are {}", names.join(", ")),
                    ([], _) => "all laws are listed by `scaling-laws laws` and published::catalogue()".into(),
                    (near, _) => format!("did you mean {}?", near.join(", ")),
                };
                return LawError::NoMatch { condition: format!("{what} {value:?}"), hint };
            }
        }
        let years = all.iter().map(|entry| entry.year);
        let (first, last) = (years.clone().min().unwrap_or(0), years.max().unwrap_or(0));
        let hint = format!("each condition alone finds some; the years run from {first} to {last}");
        LawError::NoMatch { condition: "all of these conditions together".into(), hint }
    }
}

fn holds(condition: &Option<String>, test: impl Fn(&str) -> bool) -> bool {
    condition.as_deref().is_none_or(test)
}

fn contains(text: &str, part: &str) -> bool {
    plain(text).contains(&plain(part))
}

/// Small letters, the marked vowels of names as they are written without.
fn plain(text: &str) -> String {
    let letter = |c: char| match c {
        'ä' | 'á' | 'à' | 'â' => 'a',
        'é' | 'è' | 'ê' | 'ë' => 'e',
        'ö' | 'ó' | 'ò' | 'ô' => 'o',
        'ü' | 'ú' | 'ù' | 'û' => 'u',
        other => other,
    };
    text.to_lowercase().chars().map(letter).collect()
}

fn same(one: &str, other: &str) -> bool {
    letters(one) == letters(other)
}

fn letters(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).collect::<String>().to_lowercase()
}

fn authors(entry: &'static Entry) -> impl Iterator<Item = &'static str> {
    entry.authors.split(',').map(str::trim)
}

fn texts(entry: &Entry) -> impl Iterator<Item = &str> {
    let parts = [entry.id, entry.title, entry.arxiv, entry.formula, entry.data, entry.note, entry.good_for];
    parts.into_iter().chain(entry.aliases.iter().copied())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ids(search: &Search) -> Vec<&'static str> {
        search.entries().unwrap().iter().map(|entry| entry.id).collect()
    }

    #[test]
    fn conditions_hold_together() {
        assert_eq!(Search::new().entries().unwrap().len(), catalogue().len());
        assert_eq!(ids(&Search::new().author("hoffmann").family("ALLOCATION line")).len(), 3);
        assert_eq!(ids(&Search::new().text("2001.08361").gives("critical_batch")), ["kaplan2020.B_crit"]);
        assert!(ids(&Search::new().gives("learning-rate")).contains(&"steplaw2025"));
        for name in ["Hägele", "hagele", "HÄGELE"] {
            assert_eq!(ids(&Search::new().author(name)), ["hagele2024"]);
        }
        assert_eq!(ids(&Search::new().family("m4")), ["m4_2022"]);
        let years = Search::new().year(2021, 2022);
        assert!(years.entries().unwrap().iter().all(|entry| (2021..=2022).contains(&entry.year)));
    }

    #[test]
    fn a_search_without_result_names_the_condition_and_what_is_near() {
        for (search, words) in [
            (Search::new().author("Hofman").year(2022, 2022), ["author \"Hofman\"", "Hoffmann"]),
            (Search::new().knob("unique_token"), ["knob", "unique_tokens"]),
            (Search::new().family("Chinchila"), ["family", "Chinchilla"]),
            (Search::new().knob("zzz"), ["knob", "granularity"]),
            (Search::new().gives("los"), ["quantity", "loss"]),
            (Search::new().text("qqqqqq"), ["text", "published::catalogue()"]),
            (Search::new().year(1990, 1999), ["together", "2018"]),
            (Search::new().author("Kaplan").knob("unique_tokens"), ["together", "alone"]),
        ] {
            let text = search.entries().unwrap_err().to_string();
            assert!(words.iter().all(|word| text.contains(word)), "{text}");
        }
    }
}
