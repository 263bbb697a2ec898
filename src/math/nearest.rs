/// Names offered at most.
const OFFERED: usize = 3;

/// Names worth offering to somebody who wrote `asked`: those that contain it, then those within a third of its letters.
pub(crate) fn nearest<'a>(asked: &str, names: &mut dyn Iterator<Item = &'a str>) -> Vec<&'a str> {
    let asked: Vec<char> = asked.to_lowercase().chars().collect();
    // No id is this long, and the distance takes time in proportion to the length.
    if asked.is_empty() || asked.len() > 64 {
        return Vec::new();
    }
    let mut ranked: Vec<(usize, usize, &str)> = names
        .filter_map(|name| {
            let letters: Vec<char> = name.to_lowercase().chars().collect();
            let contained = asked.len() >= 3 && letters.windows(asked.len()).any(|window| window == asked);
            let distance = if contained { 0 } else { edit_distance(&asked, &letters) };
            (3 * distance <= asked.len()).then_some((distance, letters.len(), name))
        })
        .collect();
    // Short names add least to what was written. Stable, so names alike stay in the order of the catalogue.
    ranked.sort_by_key(|(distance, length, _)| (*distance, *length));
    ranked.into_iter().take(OFFERED).map(|(_, _, name)| name).collect()
}

/// Least number of insertions, deletions and replacements that turn one text into the other (Levenshtein).
fn edit_distance(from: &[char], to: &[char]) -> usize {
    let mut row: Vec<usize> = (0..=to.len()).collect();
    for (i, a) in from.iter().enumerate() {
        let mut diagonal = i;
        let mut left = i + 1;
        for (cell, b) in row.iter_mut().skip(1).zip(to) {
            let replaced = diagonal + usize::from(a != b);
            diagonal = *cell;
            left = replaced.min(diagonal + 1).min(left + 1);
            *cell = left;
        }
        if let Some(first) = row.first_mut() {
            *first = i + 1;
        }
    }
    row.last().copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_distance_counts_single_letter_edits() {
        for (from, to, distance) in
            [("", "", 0), ("", "abc", 3), ("abc", "", 3), ("kitten", "sitting", 3), ("flaw", "lawn", 2), ("a", "a", 0)]
        {
            let letters = |text: &str| text.chars().collect::<Vec<_>>();
            assert_eq!(edit_distance(&letters(from), &letters(to)), distance, "{from} {to}");
        }
    }

    #[test]
    fn names_that_contain_the_text_come_before_names_spelt_alike() {
        assert_eq!(nearest("Law", &mut ["claw", "saw", "x", "law"].into_iter()), ["law", "claw", "saw"]);
        assert!(nearest("zzz", &mut ["law", "saw"].into_iter()).is_empty());
    }
}
