//! One pattern for many paths.

use super::facts::Facts;

/// The pattern of some files with the same number of folders: what they have in common, `*` where they differ, and
/// `{params}` where each has a size.
pub(super) fn pattern(files: &[&Facts]) -> String {
    let folders = files.first().map_or(0, |facts| facts.name.matches('/').count());
    let segment = |facts: &Facts, index: usize| facts.name.split('/').nth(index).unwrap_or("").to_owned();
    let parts = (0..=folders).map(|index| {
        let all: Vec<String> = files.iter().map(|facts| segment(facts, index)).collect();
        let mut split = Vec::new();
        for (facts, text) in files.iter().zip(&all) {
            let at = facts.size.as_ref().filter(|(segment, _)| *segment == index).map(|(_, at)| at.clone());
            split.extend(at.and_then(|at| Some((text.get(..at.start)?.to_owned(), text.get(at.end..)?.to_owned()))));
        }
        if split.len() == all.len() {
            let (before, after): (Vec<String>, Vec<String>) = split.into_iter().unzip();
            return format!("{}{{params}}{}", common(&before), common(&after));
        }
        common(&all)
    });
    parts.collect::<Vec<_>>().join("/")
}

/// The pattern of one file that matches no other.
pub(super) fn own(facts: &Facts) -> String {
    let text = pattern(&[facts]);
    if text.contains('/') { text } else { format!("./{text}") }
}

/// The common beginning and end of some texts with a star between, or the text where all are one.
fn common(all: &[String]) -> String {
    let Some((first, rest)) = all.split_first() else { return String::new() };
    if rest.iter().all(|text| text == first) {
        return plain(first);
    }
    let shortest = all.iter().map(|text| text.chars().count()).min().unwrap_or(0);
    let agree = |a: &mut dyn Iterator<Item = char>, b: &mut dyn Iterator<Item = char>| {
        a.zip(b).take_while(|(a, b)| a == b).count()
    };
    let mut start = shortest;
    let mut end = shortest;
    for text in rest {
        start = start.min(agree(&mut first.chars(), &mut text.chars()));
        end = end.min(agree(&mut first.chars().rev(), &mut text.chars().rev()));
    }
    // Numbers are not cut in two, and beginning and end do not overlap in the shortest.
    let head: String = first.chars().take(start).collect();
    let head = head.trim_end_matches(|c: char| c.is_ascii_digit());
    let length = first.chars().count();
    let tail: String = first.chars().skip(length - end.min(shortest - head.chars().count().min(shortest))).collect();
    let tail = tail.trim_start_matches(|c: char| c.is_ascii_digit());
    format!("{}*{}", plain(head), plain(tail))
}

/// A text as a pattern of itself: what patterns read otherwise stands for one character.
fn plain(text: &str) -> String {
    text.replace(['*', '{', '}'], "?")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_joined_by_what_they_share() {
        for (texts, expected) in [
            (&["a.log", "a.log"][..], "a.log"),
            (&["run10.log", "run12.log"], "run*.log"),
            (&["aa", "aaa"], "aa*"),
            (&["x", "y"], "*"),
            (&["ab_1.csv", "ab_22.csv", "ab_3.csv"], "ab_*.csv"),
            (&["été.log", "étang.log"], "ét*.log"),
        ] {
            let texts: Vec<String> = texts.iter().map(|text| (*text).to_owned()).collect();
            let pattern = common(&texts);
            assert_eq!(pattern, expected);
            let read = crate::logs::manifest::Pattern::new(&pattern).unwrap();
            assert!(texts.iter().all(|text| read.captures(text).is_some()), "{pattern}");
        }
    }
}
