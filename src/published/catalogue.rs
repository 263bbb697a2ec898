use std::sync::LazyLock;

use super::Entry;
use crate::error::LawError;
use crate::math::nearest::nearest;

/// One line a paper, in order of year.
const PAPERS: &[&[Entry]] = &[
    super::mccandlish_2018::ENTRIES,
    super::kaplan_2020::ENTRIES,
    super::henighan_2020::ENTRIES,
    super::hernandez_2021::ENTRIES,
    super::zhai_2021::ENTRIES,
    super::alabdulmohsin_2022::ENTRIES,
    super::caballero_2022::ENTRIES,
    super::clark_2022::ENTRIES,
    super::hoffmann_2022::ENTRIES,
    super::aghajanyan_2023::ENTRIES,
    super::alabdulmohsin_2023::ENTRIES,
    super::frantar_2023::ENTRIES,
    super::muennighoff_2023::ENTRIES,
    super::sardana_2023::ENTRIES,
    super::besiroglu_2024::ENTRIES,
    super::bjorck_2024::ENTRIES,
    super::deepseek_2024::ENTRIES,
    super::gadre_2024::ENTRIES,
    super::hagele_2024::ENTRIES,
    super::ho_2024::ENTRIES,
    super::krajewski_2024::ENTRIES,
    super::kumar_2024::ENTRIES,
    super::llama_2024::ENTRIES,
    super::minicpm_2024::ENTRIES,
    super::pearce_2024::ENTRIES,
    super::porian_2024::ENTRIES,
    super::tao_2024::ENTRIES,
    super::tissue_2024::ENTRIES,
    super::ye_2024::ENTRIES,
    super::zhang_2024::ENTRIES,
    super::abnar_2025::ENTRIES,
    super::bergsma_2025::ENTRIES,
    super::busbridge_2025::ENTRIES,
    super::farseer_2025::ENTRIES,
    super::li_2025::ENTRIES,
    super::ludziejewski_2025::ENTRIES,
    super::luo_2025::ENTRIES,
    super::moonlight_2025::ENTRIES,
    super::sun_2025::ENTRIES,
];

static CATALOGUE: LazyLock<Vec<Entry>> = LazyLock::new(|| PAPERS.concat());

/// Every published law, in order of year.
///
/// ```
/// use scaling_laws::published;
/// let of_n_and_d: Vec<&str> =
///     published::catalogue().iter().filter(|e| e.loss_model().is_some()).map(|e| e.id).collect();
/// assert!(of_n_and_d.contains(&"kaplan2020.L_ND"));
/// ```
pub fn catalogue() -> &'static [Entry] {
    &CATALOGUE
}

/// The law of this id or alias; case and surrounding blanks do not matter.
///
/// # Errors
/// [`LawError::Unknown`] with the nearest ids.
///
/// ```
/// use scaling_laws::published;
/// assert_eq!(published::find("Epoch")?.id, "besiroglu2024.parametric");
/// let error = published::find("chinchila").unwrap_err();
/// assert!(error.to_string().contains("chinchilla"), "{error}");
/// # Ok::<(), scaling_laws::Error>(())
/// ```
pub fn find(id: &str) -> Result<&'static Entry, LawError> {
    let asked = id.trim();
    let mut entries = catalogue().iter();
    entries.find(|entry| names(entry).any(|name| name.eq_ignore_ascii_case(asked))).ok_or_else(|| {
        let near = nearest(asked, &mut catalogue().iter().flat_map(names));
        let hint = match near.as_slice() {
            [] => "all laws are listed by `scaling-laws laws` and published::catalogue()".into(),
            near => format!(
                "did you mean {}? all laws are listed by `scaling-laws laws` and published::catalogue()",
                near.join(", ")
            ),
        };
        LawError::Unknown { id: id.into(), hint }
    })
}

/// Id and aliases.
fn names(entry: &'static Entry) -> impl Iterator<Item = &'static str> {
    std::iter::once(entry.id).chain(entry.aliases.iter().copied())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_id_is_answered_with_the_nearest_ones() {
        for (asked, expected) in [
            ("kaplan2020.L_MD", "kaplan2020.L_ND"),
            ("besiroglo", "besiroglu"),
            ("hoffmann2022.approach", "hoffmann2022.approach1"),
            ("parametric", "besiroglu2024.parametric"),
        ] {
            let text = find(asked).map(|entry| entry.id).unwrap_err().to_string();
            assert!(text.contains(expected) && text.contains("published::catalogue()"), "{text}");
        }
    }

    #[test]
    fn an_id_unlike_any_other_is_answered_with_where_to_list_them() {
        for asked in ["", "  ", "qqqqqqqqqqqq", &"x".repeat(100_000)] {
            let LawError::Unknown { hint, .. } = find(asked).map(|entry| entry.id).unwrap_err() else {
                panic!("not Unknown")
            };
            assert_eq!(hint, "all laws are listed by `scaling-laws laws` and published::catalogue()");
        }
    }
}
