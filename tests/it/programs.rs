//! Small packages that depend on this crate, as a user's would: what compiles, what does not, and what it prints.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The folder of the build that runs this test.
fn target() -> PathBuf {
    let own = std::env::current_exe().unwrap();
    own.ancestors().nth(3).unwrap().to_owned()
}

/// Programs in a package of their own, with this crate's lock file and build folder.
pub struct Package(PathBuf);

impl Package {
    /// Writes the programs, given by name and source. Not optimised: compiling is what takes the time, and all packages share
    /// one build of the crate.
    pub fn new(name: &str, programs: &[(String, String)]) -> Self {
        let project = target().join(name);
        let bin = project.join("src/bin");
        std::fs::create_dir_all(&bin).unwrap();
        let manifest = format!(
            "[package]\nname = \"{name}\"\nversion = \"0.0.0\"\nedition = \"2024\"\npublish = false\n\n[workspace]\n\n\
             [dependencies]\nscaling-laws = {{ path = {:?}, default-features = false, features = [\"csv\", \"figures\", \"fit\"] }}\n\n\
             [profile.dev]\nopt-level = 0\ndebug = false\n",
            root()
        );
        std::fs::write(project.join("Cargo.toml"), manifest).unwrap();
        std::fs::copy(root().join("Cargo.lock"), project.join("Cargo.lock")).unwrap();
        for (name, source) in programs {
            std::fs::write(bin.join(format!("{name}.rs")), source).unwrap();
        }
        Self(project)
    }

    /// What the compiler says of one program.
    pub fn build(&self, program: &str) -> Output {
        Command::new(env!("CARGO"))
            .args(["build", "--offline", "--quiet", "--color", "never", "--bin", program])
            .current_dir(&self.0)
            .env("CARGO_TARGET_DIR", target())
            .output()
            .unwrap()
    }

    /// What a program prints that was built.
    pub fn run(&self, program: &str) -> Output {
        Command::new(target().join("debug").join(program)).output().unwrap()
    }
}
