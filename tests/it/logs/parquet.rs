//! Tables in Parquet, written by pyarrow (tests/data/parquet.py): the same runs and histories as from text.

use std::path::{Path, PathBuf};

use scaling_laws::{CsvReader, Filter, LogFormat, LogReader, NumberColumns, ParamCount, RunsError};

const CODECS: [&str; 5] = ["none", "snappy", "gzip", "zstd", "lz4"];

fn file(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/logs").join(format!("{name}.parquet"))
}

fn bytes(name: &str) -> Vec<u8> {
    std::fs::read(file(name)).unwrap()
}

#[test]
fn every_codec_gives_the_runs_that_a_csv_of_them_gives() {
    let mut csv = String::from("params_total,tokens,val_loss,kind\n");
    for n in [19_000_000u64, 48_000_000, 124_000_000, 355_000_000, 774_000_000] {
        for d in [2e9f64, 16e9] {
            let loss = 1.7 + 400.0 / (n as f64).powf(0.34) + 400.0 / d.powf(0.28);
            let kind = if n == 774_000_000 && d == 16e9 { "extra" } else { "sweep" };
            csv += &format!("{n},{d},{loss:.4},{kind}\n");
        }
    }
    let expected = CsvReader::new().read(csv.as_bytes(), "runs").unwrap();
    for codec in CODECS {
        let name = format!("runs-{codec}");
        // From a file part by part, and from a stream.
        for runs in [CsvReader::new().read_path(file(&name)), CsvReader::new().read(&bytes(&name)[..], "runs")] {
            assert_eq!(runs.unwrap(), expected, "{codec}");
        }
    }
    assert_eq!(expected.conventions().params, ParamCount::Total);
}

#[test]
fn columns_and_filters_are_those_of_text() {
    let reader = CsvReader::new().filter("kind=sweep".parse::<Filter>().unwrap()).loss_column("tokens");
    let error = reader.read_path(file("runs-snappy")).unwrap_err();
    assert!(matches!(&error, RunsError::MissingColumn { .. }), "{error}");
    assert!(error.to_string().contains("params_total, tokens, val_loss, kind"), "{error}");
    let reader = CsvReader::new().filter("kind=sweep".parse::<Filter>().unwrap());
    assert_eq!(reader.read_path(file("runs-zstd")).unwrap().len(), 9);
    let table = CsvReader::new().measurements_path(file("runs-gzip")).unwrap();
    assert_eq!(table.numbers("params").unwrap()[9], 774e6);
}

#[test]
fn numbers_of_every_type_are_read_and_missing_ones_named() {
    let runs = CsvReader::new().read_path(file("types")).unwrap();
    assert_eq!(runs.params(), [19e6, 48e6, 124e6]);
    assert_eq!(runs.tokens(), [2e9, 16e9, 16.5e9]);
    assert_eq!(runs.losses(), [4.25, 3.5, 3.0]);
    let cells = |name: &str| runs.extra(name).unwrap().cells().map(String::from).collect::<Vec<_>>();
    assert_eq!(cells("seed"), ["1", "", "-3"]);
    assert_eq!(cells("good"), ["true", "false", ""]);
    assert_eq!(cells("raw"), ["a", "\u{fffd}", ""]);
    assert_eq!(cells("at")[0], "1767323045000");
    let warning = runs.warnings().iter().map(ToString::to_string).collect::<String>();
    assert!(warning.contains("column C is not used: 1 of 3 values"), "{warning}");

    let error = CsvReader::new().tokens_column("C").read_path(file("types")).unwrap_err();
    let RunsError::Faults { faults, .. } = &error else { panic!("{error}") };
    assert_eq!((faults[0].line, faults[0].column.as_str(), faults[0].value.as_str()), (2, "C", ""));
    assert!(error.to_string().contains("not a missing value"), "{error}");
}

#[test]
fn a_history_gives_its_runs() {
    let whole = LogReader::new().read(&bytes("history")[..], "history.parquet").unwrap();
    let log = LogReader::new().read_path(file("history")).unwrap();
    assert_eq!(log, whole);
    assert_eq!((log.format, log.histories.len()), (LogFormat::Parquet, 2));
    let [a, b] = &log.histories[..] else { panic!() };
    assert_eq!((a.label(), b.label()), ("a", "b"));
    assert_eq!(a.get("train/loss").unwrap().points().last(), Some((90, 2.2)));
    assert_eq!(a.get("val/loss").unwrap().steps(), [0, 20, 40, 60, 80]);
    assert!(b.get("train/loss").unwrap().ends_not_finite());
}

#[test]
fn a_file_that_is_cut_off_or_damaged_is_an_error_and_no_panic() {
    for name in ["runs-snappy", "types", "history"] {
        let good = bytes(name);
        for end in 4..good.len() {
            let error = CsvReader::new().read(&good[..end], "cut.parquet").unwrap_err();
            assert!(matches!(error, RunsError::Io { .. }), "{name} {end}: {error}");
        }
        for at in 4..good.len() {
            let mut bad = good.clone();
            bad[at] ^= 0x55;
            let _ = CsvReader::new().read(&bad[..], "bad.parquet").map(|runs| runs.len());
            let _ = LogReader::new().read(&bad[..], "bad.parquet").map(|log| log.histories.len());
        }
    }
    let error = CsvReader::new().read(&bytes("types")[..400], "cut.parquet").unwrap_err().to_string();
    assert!(error.starts_with("cannot read cut.parquet: it begins as Parquet and breaks off or is damaged"), "{error}");
}

#[test]
fn a_folder_of_them_is_a_sweep() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::copy(file("history"), folder.path().join("history.parquet")).unwrap();
    let manifest = scaling_laws::Manifest::parse(
        "[defaults]\nparams = 1e6\ntokens_per_step = 1000\npolicy = \"last\"\n[[logs]]\npattern = \"*.parquet\"",
        "manifest.toml",
    );
    let sweep = manifest.unwrap().read(folder.path()).unwrap();
    let labels: Vec<&str> = sweep.logged().iter().map(|run| run.history.label()).collect();
    let words: Vec<&str> = sweep.logged().iter().map(|run| run.outcome.word()).collect();
    assert_eq!((labels, words), (vec!["a", "b"], vec!["used", "diverged"]));
}
