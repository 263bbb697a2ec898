use std::path::{Path, PathBuf};

/// A file of the data kept beside the repository, which is not part of it. `None`, said on stderr, where it is absent;
/// a failure instead when `SCALING_LAWS_REQUIRE_SHARED=1`.
pub fn shared(relative: &str) -> Option<PathBuf> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared").join(relative);
    if path.exists() {
        return Some(path);
    }
    assert!(std::env::var("SCALING_LAWS_REQUIRE_SHARED").as_deref() != Ok("1"), "../shared/{relative} is required");
    eprintln!("skipped: ../shared not present");
    None
}
