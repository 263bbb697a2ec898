//! Data sets that lie beside the repository and are not part of it.

use std::path::{Path, PathBuf};

/// A file or folder of the shared data, or `None`, said aloud, where it is not there.
///
/// With `SCALING_LAWS_REQUIRE_SHARED=1` its absence fails the test.
pub fn shared(relative: &str) -> Option<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared");
    let path = root.join(relative);
    if path.exists() {
        return Some(path);
    }
    let required = std::env::var_os("SCALING_LAWS_REQUIRE_SHARED").is_some_and(|value| value == "1");
    assert!(!required, "../shared/{relative} is required and not present");
    // A folder that is there without the file is a mistake in the test, not a missing download.
    assert!(!root.exists(), "../shared is present, but {relative} is not in it");
    eprintln!("skipped: ../shared not present");
    None
}
