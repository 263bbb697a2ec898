//! Results as HTML fragments, and how they show themselves in a notebook.

mod allocations;
#[cfg(feature = "fit")]
mod approaches;
mod element;
#[cfg(feature = "fit")]
mod fits;
#[cfg(all(feature = "figures", feature = "fit"))]
mod intervals;

#[cfg(all(feature = "figures", feature = "fit"))]
pub(crate) use element::{Table, escape, list_of_warnings};
#[cfg(all(feature = "figures", feature = "fit"))]
pub(crate) use intervals::intervals;

/// Results with `to_html` also show themselves in a cell of the evcxr kernel: as HTML, and as text where there is no HTML.
macro_rules! shows_itself {
    ($($name:ty),* $(,)?) => {$(
        impl $name {
            /// Shows the result in a Jupyter cell of the evcxr kernel: HTML, with the text of `Display` for plain frontends.
            pub fn evcxr_display(&self) {
                // One print, or other output of the cell could get between the lines.
                print!("{}", super::html::bundle(&self.to_html(), &self.to_string()));
            }
        }
    )*};
}

shows_itself!(crate::allocate::Allocation, crate::allocate::ConstrainedAllocation);
#[cfg(feature = "fit")]
shows_itself!(
    crate::fit::Fit,
    crate::fit::LawFit,
    crate::fit::Approach1Fit,
    crate::fit::Approach2Fit,
    crate::fit::Agreement,
);

/// The two forms of one result as evcxr reads them.
pub(super) fn bundle(html: &str, text: &str) -> String {
    let block =
        |mime: &str, content: &str| format!("EVCXR_BEGIN_CONTENT {mime}\n{}\nEVCXR_END_CONTENT\n", content.trim_end());
    block("text/html", html) + &block("text/plain", text)
}

#[cfg(test)]
mod tests {
    use crate::laws::Chinchilla;
    use crate::units::Flops;

    #[test]
    fn a_result_shows_itself_in_two_forms_of_one_bundle() {
        let law = Chinchilla::new(1.8172, 482.01, 2085.43, 0.3478, 0.3658).unwrap();
        let split = crate::allocate::allocate(&law, Flops::new(5.76e23).unwrap()).unwrap();
        let bundle = super::bundle(&split.to_html(), &split.to_string());
        assert!(bundle.starts_with("EVCXR_BEGIN_CONTENT text/html\n<div") && bundle.ends_with("\nEVCXR_END_CONTENT\n"));
        assert_eq!(bundle.matches("EVCXR_END_CONTENT").count(), 2);
        assert!(bundle.contains("EVCXR_BEGIN_CONTENT text/plain\n  C     5.76e23 FLOP"));
    }
}
