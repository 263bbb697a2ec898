//! Tables whose rows do not fit their header, and values that are not there.

use scaling_laws::{CsvReader, LogReader, LossPolicy, RunStatus, TrainingLog};

fn read(text: &str) -> TrainingLog {
    LogReader::new().read(text.as_bytes(), "t.csv").unwrap()
}

fn warnings(log: &TrainingLog) -> String {
    log.warnings.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}

#[test]
fn rows_with_more_cells_than_the_header_are_never_read_shifted() {
    let rule = "step,tokens,train_loss,val_loss\n0,0,6,0500,6.1\n100,52428800,4,5000,4.6\n200,104857600,3,9000,4.0\n";
    let error = LogReader::new().read(rule.as_bytes(), "t.csv").unwrap_err().to_string();
    for words in ["3 of 3 rows", "first on line 2: 5 fields, expected 4 as in the header", "decimal comma"] {
        assert!(error.contains(words), "{error}");
    }
    // A comma in the loss and no validation loss: the cell behind the names is empty.
    let rows: String = (1..40).map(|i| format!("{i},{}e6,3.{i:02},\n", i)).collect();
    let log = read(&format!("step,tokens,train_loss,val_loss\n{rows}40,40e6,3,4500,\n41,41e6,3.45,3.5\n"));
    let train = log.histories[0].get("train_loss").unwrap();
    assert_eq!((train.len(), train.last()), (40, Some((41, 3.45))));
    assert_eq!(log.histories[0].get("val_loss").unwrap().values(), [3.5]);
    let said = warnings(&log);
    assert!(said.contains("1 row has more fields than the header and is passed over, on line 41: 5 fields"), "{said}");
    // A separator behind each row, and rows of separators alone, do no harm.
    for text in ["step,loss\n1,3.5,\n2,3.4,\n", "step,loss\n1,3.5\n2,3.4\n,,,\n"] {
        let log = read(text);
        assert_eq!((log.histories[0].get("loss").unwrap().values(), warnings(&log).as_str()), (&[3.5, 3.4][..], ""));
    }
}

/// A run of 50 records whose validation loss is measured at each fifth, with a word at the others.
fn sparse(records: usize, val: impl Fn(usize) -> Option<f64>, word: &str) -> [String; 2] {
    let loss = |i: usize| 3.0 + 1.0 / (i + 1) as f64;
    let (mut table, mut lines) = (String::from("step,train_loss,val_loss\n"), String::new());
    for i in 0..records {
        let val = val(i).map_or_else(|| word.to_owned(), |v| format!("{v:.4}"));
        table += &format!("{},{:.4},{val}\n", 10 * i, loss(i));
        lines += &format!("{{\"step\": {}, \"train_loss\": {:.4}, \"val_loss\": {val}}}\n", 10 * i, loss(i));
    }
    [table, lines]
}

#[test]
fn nan_between_rare_validations_is_no_divergence_and_nan_in_their_place_is() {
    let rare = |i: usize| i.is_multiple_of(5).then(|| 3.2 + 1.0 / (i + 1) as f64);
    let last = |text: &str| read(text).histories[0].final_loss(LossPolicy::LastValidation, None);
    for text in sparse(49, rare, "NaN") {
        let log = read(&text);
        assert_eq!(log.histories[0].status(), RunStatus::Unstated);
        assert_eq!(last(&text).unwrap().step, 450);
        assert!(warnings(&log).contains("NaN or infinite and passed over"), "{}", warnings(&log));
    }
    // It is missed where it should be: at record 45, then never again.
    let missed = |i: usize| rare(i).filter(|_| i < 45);
    for text in sparse(50, missed, "NaN") {
        assert!(last(&text).unwrap_err().to_string().contains("diverged"));
    }
    for text in sparse(49, rare, "Infinity") {
        assert!(last(&text.replace("Infinity", "inf").replace(": inf", ": Infinity")).is_err());
    }
    // A series that is mostly measured, and the training loss itself.
    for text in sparse(49, |i| (i % 5 != 3).then_some(3.5), "NaN") {
        assert!(last(&text).is_err());
    }
    {
        let [table, _] = sparse(49, rare, "NaN");
        let swapped = table.replace("train_loss,val_loss", "val_loss,train_loss");
        assert!(matches!(read(&swapped).histories[0].status(), RunStatus::NotFinite { .. }));
        let only: String = table
            .lines()
            .filter_map(|row| Some(format!("{},{}\n", row.split(',').next()?, row.split(',').nth(2)?)))
            .collect();
        assert!(matches!(read(&only).histories[0].status(), RunStatus::NotFinite { .. }), "the only series");
    }
}

#[test]
fn numbers_of_runs_are_their_names() {
    for name in ["run", "run_id", "Run ID", "id", "name"] {
        let table = format!("seed,{name},params,tokens,loss\n1,1000,1e6,2e7,3.5\n2,1017,2e6,4e7,3.2\n");
        let runs = CsvReader::new().read(table.as_bytes(), "r.csv").unwrap();
        assert_eq!(runs.labels([0, 1]), ["1000", "1017"], "{name}");
        let runs = CsvReader::new().read(table.replace("1017", "rerun").as_bytes(), "r.csv").unwrap();
        assert_eq!(runs.labels([0, 1]), ["1000", "rerun"], "{name}");
    }
    let twice =
        CsvReader::new().read(&b"seed,id,params,tokens,loss\n1,7,1e6,2e7,3.5\n2,7,2e6,4e7,3.2\n"[..], "r.csv").unwrap();
    assert_eq!(twice.labels([1]), ["row 2"]);
    let lines = "{\"run_id\": 1000, \"step\": 1, \"loss\": 3.5}\n{\"run_id\": 1000, \"step\": 2, \"loss\": 3.4}\n{\"run_id\": 1001, \"step\": 1, \"loss\": 3.6}\n";
    let log = read(lines);
    let named: Vec<_> = log.histories.iter().map(|run| (run.label(), run.get("loss").unwrap().len())).collect();
    assert_eq!(named, [("1000", 2), ("1001", 1)]);
}
