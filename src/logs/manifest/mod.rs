//! What a person says of a folder of logs that the logs do not say themselves.

mod entry;
mod pattern;

use std::path::Path;

use self::entry::{Document, Fields};
pub(in crate::logs) use self::entry::{Entry, Settings};
pub(in crate::logs) use self::pattern::Pattern;
use super::opening::io;
use crate::error::LogError;
use crate::runs::LossPolicy;

/// What a folder of logs means: for each pattern of files N, the tokens of a step, and which loss counts.
///
/// It is read from TOML. `[[logs]]` are tried in order, and the first whose pattern matches a file holds for it;
/// `[defaults]` hold where an entry says nothing. A figure here counts over that in the log.
///
/// | key | meaning |
/// |---|---|
/// | `pattern` | files, by their path in the folder: `*` and `?` within a name, `**` for folders, `{name}` for a part to keep; `{params}`, `{tokens}` (D at the planned step, or else at the last one), `{tokens_per_step}`, `{batch}`, `{context}` and `{planned_steps}` are read as amounts. Names of the table's own columns, such as `{run}`, are refused. Without a slash: the file's name, in any folder |
/// | `params` | N: a number, or text such as `"124M"` |
/// | `config` | in its place, the `config.json` to count N from: beside the log, or in a folder above it |
/// | `param_count` | what N counts: `"total"`, `"non-embedding"` or `"active"` |
/// | `tokens_per_step` | tokens of one optimizer step |
/// | `batch`, `context` | in its place, sequences a step over all devices, and tokens a sequence |
/// | `loss` | the series that counts; needed where a log has several of the policy's kind |
/// | `policy` | which of its values counts, as text of [`LossPolicy`]; there is no default |
/// | `planned_steps` | steps the run was to have: fewer are an unfinished run |
/// | `keep` | a list of `"unfinished"` and `"diverged"`: runs that are otherwise named and left out |
/// | `run` | one name for all files of the pattern, which are stitched in order of their steps |
/// | `runs` | a pattern of the names of runs in one file, whose parts are kept as those of `pattern` are: `"m{params}-*"` |
/// | `skip` | `true`: the files are passed over |
///
/// ```
/// use scaling_laws::Manifest;
/// let folder = std::env::temp_dir().join("scaling-laws-doc-manifest");
/// for (name, loss) in [("124M", 3.25), ("350M", 3.0)] {
///     std::fs::create_dir_all(folder.join(name))?;
///     let log = format!("iter 0: loss 10.9, time 9ms\niter 5000: loss {loss}, time 9ms\n");
///     std::fs::write(folder.join(name).join("log.txt"), log)?;
/// }
/// let manifest = Manifest::parse(r#"
///     [[logs]]
///     pattern = "{params}/log.txt"
///     tokens_per_step = "0.5M"
///     policy = "last"
/// "#, "manifest.toml")?;
/// let sweep = manifest.read(&folder)?;
/// assert_eq!(sweep.runs().params(), [1.24e8, 3.5e8]);
/// assert_eq!(sweep.runs().tokens(), [2.5e9, 2.5e9]);
/// assert_eq!(sweep.runs().losses(), [3.25, 3.0]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
#[must_use]
pub struct Manifest {
    pub(super) origin: String,
    pub(super) entries: Vec<Entry>,
}

/// A manifest is written by hand or drafted.
const LARGEST: u64 = 16 << 20;

impl Manifest {
    /// The name of the file that is looked for in a folder.
    pub const FILE: &'static str = "manifest.toml";

    /// Reads a manifest; `origin` names it in messages.
    ///
    /// # Errors
    /// [`LogError::Manifest`] with the place and the reason.
    pub fn parse(text: &str, origin: &str) -> Result<Self, LogError> {
        let refused = |reason: String| LogError::Manifest { path: origin.into(), reason };
        let document: Document = toml::from_str(text).map_err(|error| refused(error.to_string().trim_end().into()))?;
        let none = Settings::default();
        let defaults = document.defaults.settings(&none).map_err(|reason| refused(format!("[defaults]: {reason}")))?;
        let entry = |(index, fields): (usize, &Fields)| {
            fields.entry(&defaults).map_err(|reason| refused(format!("[[logs]] number {}: {reason}", index + 1)))
        };
        let entries = document.logs.iter().enumerate().map(entry).collect::<Result<Vec<_>, _>>()?;
        if entries.is_empty() {
            return Err(refused("it has no [[logs]]".into()));
        }
        Ok(Self { origin: origin.into(), entries })
    }

    /// Reads a manifest from a file.
    ///
    /// # Errors
    /// [`LogError::File`] and [`LogError::TooLarge`] for the file, [`LogError::Manifest`] for its content.
    pub fn load(path: impl AsRef<Path>) -> Result<Self, LogError> {
        let path = path.as_ref();
        let name = path.display().to_string();
        let size = std::fs::metadata(path).map_err(|error| io(&name, &error))?.len();
        if size > LARGEST {
            return Err(LogError::TooLarge { path: name, what: "a manifest", limit: LARGEST });
        }
        let text = std::fs::read_to_string(path).map_err(|error| io(&name, &error))?;
        Self::parse(&text, &name)
    }

    /// A manifest for logs that say everything themselves: all files, under one policy. Without a policy no run has a
    /// loss that counts, and what the files hold is only listed.
    pub fn everything(policy: Option<LossPolicy>) -> Self {
        let settings = Settings { policy, ..Settings::default() };
        Self { origin: "all files".into(), entries: entry::all(settings) }
    }

    /// Another value for a key of the table above in all entries, as text.
    ///
    /// # Errors
    /// [`LogError::Manifest`] for a key or value that cannot be read.
    pub fn with(mut self, key: &str, value: &str) -> Result<Self, LogError> {
        let refused = |reason: String| LogError::Manifest { path: format!("{key} = {value:?}"), reason };
        let fields = Fields::one(key, value).map_err(refused)?;
        for entry in &mut self.entries {
            entry.settings = fields.settings(&entry.settings).map_err(refused)?;
        }
        Ok(self)
    }

    /// Other kinds of runs to keep in all entries: "unfinished", "diverged".
    ///
    /// # Errors
    /// [`LogError::Manifest`] for another word.
    pub fn with_kept(mut self, kept: &[impl AsRef<str>]) -> Result<Self, LogError> {
        for word in kept.iter().map(AsRef::as_ref) {
            for settings in self.entries.iter_mut().map(|entry| &mut entry.settings) {
                match word {
                    "unfinished" => settings.keep_unfinished = true,
                    "diverged" => settings.keep_diverged = true,
                    _ => {
                        let reason = "expected unfinished or diverged".into();
                        return Err(LogError::Manifest { path: format!("keep {word:?}"), reason });
                    }
                }
            }
        }
        Ok(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(text: &str) -> String {
        Manifest::parse(text, "m.toml").unwrap_err().to_string()
    }

    #[test]
    fn entries_stand_over_defaults() {
        let manifest = Manifest::parse(
            r#"
            [defaults]
            policy = "smoothed"
            batch = 512
            context = 1024
            config = "config.json"
            [[logs]]
            pattern = "a.log"
            params = "124M"
            [[logs]]
            pattern = "b.log"
            batch = 256
            policy = "last"
            keep = ["unfinished"]
            [[logs]]
            pattern = "c{batch}.log"
            tokens_per_step = 1e6
            [[logs]]
            pattern = "d{batch}.log"
            "#,
            "m.toml",
        )
        .unwrap();
        let [a, b, c, d] = manifest.entries.as_slice() else { panic!() };
        assert_eq!((a.settings.params, a.settings.config.as_deref()), (Some(1.24e8), None));
        assert_eq!((a.settings.per_step(), a.settings.policy), (Some(524288.0), Some(LossPolicy::Smoothed)));
        assert_eq!((b.settings.per_step(), b.settings.policy), (Some(262144.0), Some(LossPolicy::Last)));
        assert!(b.settings.keep_unfinished && !b.settings.keep_diverged && b.settings.config.is_some());
        assert_eq!(c.settings.per_step(), Some(1e6));
        let captures = d.pattern.captures("d64.log").unwrap();
        assert_eq!(d.settings.with_captures(&captures).per_step(), Some(65536.0));
    }

    #[test]
    fn mistakes_are_named_with_their_place() {
        for (text, message) in [
            ("", "it has no [[logs]]"),
            ("[[logs]]\n", "number 1: it has no pattern"),
            ("[[logs]]\npattern = \"*.log\"\nparam = 1\n", "unknown field `param`"),
            ("[[logs]]\npattern = \"*.log\"\nparams = -1\n", "number 1: pattern \"*.log\": params = -1"),
            ("[[logs]]\npattern = \"*.log\"\nparams = \"many\"\n", "params = \"many\""),
            ("[[logs]]\npattern = \"*.log\"\nparams = 1\nconfig = \"c.json\"\n", "not both"),
            ("[[logs]]\npattern = \"*.log\"\nbatch = 1\ntokens_per_step = 1\n", "batch (sequences a step)"),
            ("[[logs]]\npattern = \"*.log\"\npolicy = \"best\"\n", "mean-of-last K"),
            ("[[logs]]\npattern = \"{params}.log\"\nparams = 1\n", "in the pattern and beside it"),
            ("[[logs]]\npattern = \"{tokens}.log\"\ntokens_per_step = 1\n", "{tokens} is all of D"),
            ("[[logs]]\npattern = \"{run}.log\"\n", "pattern \"{run}.log\": {run} is reserved"),
            ("[[logs]]\npattern = \"*\"\nparams = 1\nruns = \"m{params}-*\"\n", "in the pattern and beside it"),
            ("[[logs]]\npattern = \"*\"\nruns = \"{\"\n", "runs \"{\": a { without"),
            ("[defaults]\nplanned_steps = 1.5\n", "[defaults]: planned_steps = 1.5"),
            ("[[logs]]\npattern = \"*.log\"\nkeep = [\"all\"]\n", "line 3"),
            ("[[logs]\n", "line 1"),
        ] {
            assert!(refused(text).contains(message), "{text}: {}", refused(text));
        }
    }

    #[test]
    fn a_value_is_set_for_all_entries() {
        let manifest = Manifest::everything(None).with("policy", "last").unwrap().with("params", "1B").unwrap();
        assert_eq!(manifest.entries[0].settings.params, Some(1e9));
        assert!(Manifest::everything(None).with("size", "1B").unwrap_err().to_string().contains("unknown field"));
        assert!(Manifest::everything(None).with("params", "x").is_err());
    }
}
