//! What names of files and of runs say.

use super::folders::{falling, folder, log, read};

#[test]
fn d_in_a_path_is_that_of_the_planned_step_or_of_the_last() {
    let text = log((0..=100).step_by(10), falling);
    let root = folder(&[("19M_2B.log", &text)]);
    let manifest = "[[logs]]\npattern = \"{params}_{tokens}.log\"\npolicy = \"last\"\n";
    let sweep = read(root.path(), manifest);
    assert_eq!((sweep.runs().params(), sweep.runs().tokens()), (&[19e6][..], &[2e9][..]));
    let sweep = read(root.path(), &format!("{manifest}planned_steps = 200\nkeep = [\"unfinished\"]\n"));
    assert_eq!(sweep.runs().tokens(), [1e9]);
}

/// Two runs under their names.
const TABLE: &str = "run,step,loss\nm19M-a,100,5\nm19M-a,200,4.5\nm48M-a,100,4.8\nm48M-a,200,4.2\n";

#[test]
fn one_n_for_several_runs_of_a_file_is_said_and_their_names_may_say_it() {
    let root = folder(&[("t.csv", TABLE)]);
    let manifest =
        "[[logs]]\npattern = \"*.csv\"\ntokens_per_step = 1000\npolicy = \"last\"\nparam_count = \"total\"\n";
    let said = |sweep: &scaling_laws::Sweep| sweep.warnings().iter().map(ToString::to_string).collect::<Vec<_>>();
    let sweep = read(root.path(), &format!("{manifest}params = \"19M\"\n"));
    assert_eq!(said(&sweep), ["t.csv: one N, 19M, is given to all of its 2 runs"]);
    let config = r#"{"model_type": "gpt2", "n_layer": 12, "n_head": 12, "n_embd": 768, "n_positions": 1024, "vocab_size": 50257}"#;
    let counted = folder(&[("t.csv", TABLE), ("config.json", config)]);
    let sweep = read(counted.path(), &format!("{manifest}config = \"config.json\"\n"));
    assert_eq!(said(&sweep), ["t.csv: one N, 124.4M, is given to all of its 2 runs"]);
    let sweep = read(root.path(), &format!("{manifest}runs = \"m{{params}}-{{variant}}\"\n"));
    assert_eq!((sweep.runs().params(), said(&sweep).len()), (&[19e6, 48e6][..], 0));
    assert_eq!(sweep.runs().extra("variant").and_then(|column| column.get(1)), Some("a"));
}
