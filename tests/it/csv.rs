//! Run logs in text tables: what is read, what is refused, and what is said about it.
#![allow(clippy::unwrap_used, clippy::panic)]

use std::io::Write;

use proptest::prelude::*;
use scaling_laws::{CsvReader, Fault, Filter, ParamCount, Runs, RunsError, Warning};

use crate::shared::shared;

fn read(text: impl AsRef<[u8]>) -> Result<Runs, RunsError> {
    CsvReader::new().read(text.as_ref(), "log.csv")
}

fn refusal(text: impl AsRef<[u8]>) -> String {
    read(text).unwrap_err().to_string()
}

fn faults(text: impl AsRef<[u8]>) -> Vec<Fault> {
    match read(text) {
        Err(RunsError::Faults { faults, total, .. }) if faults.len() == total => faults,
        other => panic!("expected faults, got {other:?}"),
    }
}

fn filter(text: &str) -> Filter {
    text.parse().unwrap()
}

// What is read.

#[test]
fn columns_are_found_by_the_names_people_use() {
    for header in [
        "params,tokens,loss",
        "N,D,L",
        "n_params,n_tokens,val_loss",
        "Model Size,Training Tokens,Validation Loss",
        "num-params,train_tokens,eval/loss",
        "parameters,dataset_size,final_loss",
        "size,D,test_loss",
        "PARAMS,TOKENS,LOSS",
    ] {
        let runs = read(format!("{header}\n1e8,2e9,3.1\n")).unwrap();
        assert_eq!((runs.params(), runs.tokens(), runs.losses()), (&[1e8][..], &[2e9][..], &[3.1][..]), "{header}");
        assert!(runs.warnings().is_empty(), "{header}");
    }
}

#[test]
fn separators_line_ends_and_byte_order_mark_do_not_matter() {
    let plain = read("params,tokens,loss,id\n1e8,2e9,3.1,a\n1e9,2e10,2.6,b\n").unwrap();
    for text in [
        "\u{feff}params,tokens,loss,id\n1e8,2e9,3.1,a\n1e9,2e10,2.6,b",
        "params,tokens,loss,id\r\n1e8,2e9,3.1,a\r\n1e9,2e10,2.6,b\r\n",
        "params,tokens,loss,id\r1e8,2e9,3.1,a\r1e9,2e10,2.6,b\r",
        "params\ttokens\tloss\tid\n1e8\t2e9\t3.1\ta\n1e9\t2e10\t2.6\tb\n\n\n",
        "params;tokens;loss;id\n1e8;2e9;3.1;a\n1e9;2e10;2.6;b\n",
        "sep=;\r\nparams;tokens;loss;id\r\n1e8;2e9;3.1;a\r\n1e9;2e10;2.6;b\r\n",
        "# sweep of May\n\n# by hand\nparams,tokens,loss,id\n1e8,2e9,3.1,a\n\n1e9,2e10,2.6,b\n,,,\n , , ,\n",
        "\"params\",\"tokens\",\"loss\",\"id\"\r\n\"1e8\",\"2e9\",\"3.1\",\"a\"\r\n\"1e9\",\"2e10\",\"2.6\",\"b\"\r\n",
        " params , tokens , loss ,id\n 1e8 , 2e9 , 3.1 ,a\n 1e9 , 2e10 , 2.6 ,b\n",
    ] {
        assert_eq!(read(text).unwrap(), plain, "{text:?}");
    }
}

#[test]
fn units_stand_in_the_cell_or_in_the_header() {
    let runs =
        read("Parameters [B],tokens (T),Compute (PF-days),loss (bits/token)\n70,1.4,6805.5,3\n70M,300B,1 PF-day,2\n")
            .unwrap();
    assert_eq!(runs.params(), [7e10, 7e7]);
    assert_eq!(runs.tokens(), [1.4e12, 3e11]);
    assert_eq!(runs.losses(), [3.0 * 2f64.ln(), 2.0 * 2f64.ln()]);
    assert_eq!(runs.logged_flops(), Some(&[6805.5 * 8.64e19, 8.64e19][..]));

    let runs = read("params,tokens,loss\n\"1,000,000\",1.4T,2.5 nats\n").unwrap();
    assert_eq!((runs.params()[0], runs.tokens()[0], runs.losses()[0]), (1e6, 1.4e12, 2.5));
}

#[test]
fn other_columns_are_kept_as_they_stand() {
    let text = b"run,params,tokens,loss,note\r\n a ,1e8,2e9,3.1,\"x, \"\"y\"\"\nz\"\r\nb,1e9,2e10,2.6,caf\xe9\r\n";
    let runs = read(text).unwrap();
    let names: Vec<_> = runs.extra_columns().iter().map(|column| column.name()).collect();
    assert_eq!(names, ["run", "note"]);
    assert_eq!(runs.extra("run").unwrap().cells().collect::<Vec<_>>(), [" a ", "b"]);
    assert_eq!(runs.extra("note").unwrap().cells().collect::<Vec<_>>(), ["x, \"y\"\nz", "caf\u{fffd}"]);
    let bare = CsvReader::new().keep_extra_columns(false).read(&text[..], "f").unwrap();
    assert!(bare.extra_columns().is_empty());
}

#[test]
fn a_missing_n_or_d_is_derived_from_6nd() {
    let runs = read("flops,tokens,loss\n1.2e18,2e9,3.1\n").unwrap();
    assert_eq!(runs.params(), [1e8]);
    assert_eq!(
        runs.warnings(),
        [Warning::Derived {
            how: "N is not in the file and was derived as C/(6D) from columns flops and tokens".into()
        }]
    );
    let runs = read("N,C,loss\n1e8,1.2e18,3.1\n").unwrap();
    assert_eq!((runs.tokens(), runs.logged_flops()), (&[2e9][..], Some(&[1.2e18][..])));
    assert_eq!(runs.warnings()[0].to_string(), "D is not in the file and was derived as C/(6N) from columns C and N");
}

#[test]
fn logged_flops_are_kept_and_compared_with_6nd() {
    let runs = read("N,D,C,L\n1e8,2e9,1.2e18,3.1\n1e8,4e9,2.5e18,3\n").unwrap();
    assert_eq!(runs.logged_flops(), Some(&[1.2e18, 2.5e18][..]));
    assert!(runs.warnings().is_empty());
    // Forward passes alone were counted.
    let runs = read("N,D,C,L\n1e8,2e9,4e17,3.1\n1e8,4e9,8e17,3\n").unwrap();
    let [Warning::FlopsDisagree { ratio }] = runs.warnings() else { panic!("{:?}", runs.warnings()) };
    assert!((ratio - 1.0 / 3.0).abs() < 1e-12);
}

#[test]
fn bad_flops_beside_n_and_d_are_no_fault() {
    let runs = read("N,D,C,L\n1e8,2e9,1.2e18,3.1\n1e9,1e11,-8446744073709551616,2\n1e9,1e11,,2\n").unwrap();
    assert_eq!((runs.len(), runs.logged_flops()), (3, None));
    assert_eq!(runs.warnings().len(), 1);
    assert_eq!(runs.warnings()[0].code(), "ignored");
    assert_eq!(
        runs.warnings()[0].to_string(),
        "column C is not used: 2 of 3 values are no finite number above zero (the first on line 3: \
         \"-8446744073709551616\", as a 64-bit overflow leaves); N and D do not need it"
    );
    // Where C stands in for D they are.
    assert_eq!(faults("N,C,L\n1e9,-8446744073709551616,2\n")[0].column, "C");
}

#[test]
fn two_flop_columns_that_nobody_needs_are_no_error() {
    let runs = read("N,D,total_flops,compute,L\n1e8,2e9,1,2,3.1\n").unwrap();
    assert_eq!(runs.logged_flops(), None);
    assert_eq!(runs.extra_columns().len(), 2);
    assert!(runs.warnings()[0].to_string().contains("total_flops (column 3), compute (column 4)"));
    assert!(matches!(read("N,total_flops,compute,L\n1e8,1,2,3.1\n"), Err(RunsError::AmbiguousColumn { .. })));
}

#[test]
fn what_n_counts_is_read_from_the_name_or_from_equal_columns() {
    let count = |text: &str| read(text).map(|runs| (runs.conventions().params, runs.warnings().len())).unwrap();
    assert_eq!(count("params,tokens,loss\n1e8,2e9,3\n"), (ParamCount::Total, 0));
    assert_eq!(count("params_total,tokens,loss\n1e8,2e9,3\n"), (ParamCount::Total, 0));
    assert_eq!(count("params_non_embedding,tokens,loss\n1e8,2e9,3\n"), (ParamCount::NonEmbedding, 0));
    assert_eq!(count("active_params (B),tokens,loss\n1,2e9,3\n"), (ParamCount::Active, 0));
    assert_eq!(count("params,params_non_embedding,tokens,loss\n100,100,2e9,3\n"), (ParamCount::NonEmbedding, 0));
    let both = "params,params_total,params_non_embedding,tokens,loss\n100,120,100,2e9,3\n";
    assert_eq!(count(both), (ParamCount::NonEmbedding, 1));
    assert_eq!(
        read(both).unwrap().warnings()[0].to_string(),
        "N is read from column params and taken to count non-embedding parameters, because it equals \
         params_non_embedding; the file also has params_total (choose with params_column, or state the count with \
         param_count)"
    );
    let neither = "params,params_non_embedding,tokens,loss\n100,90,2e9,3\n";
    assert_eq!(count(neither), (ParamCount::Total, 1));
    let stated = CsvReader::new().param_count(ParamCount::Active).read(neither.as_bytes(), "f").unwrap();
    assert_eq!((stated.conventions().params, stated.warnings().len()), (ParamCount::Active, 0));
    let chosen = CsvReader::new().params_column("params_non_embedding").read(neither.as_bytes(), "f").unwrap();
    assert_eq!((chosen.conventions().params, chosen.params()[0]), (ParamCount::NonEmbedding, 90.0));
}

#[test]
fn filters_pass_rows_over_before_their_cells_are_read() {
    let text = "params,tokens,loss,kind,excluded\n1e8,2e9,3.1,a,0\n1e9,x,NaN,a,1\n1e9,2e10,2.6,b,0.0\nbroken\n";
    let kept = |filters: &[&str], text: &str| {
        let reader = filters.iter().fold(CsvReader::new(), |reader, text| reader.filter(filter(text)));
        reader.read(text.as_bytes(), "log.csv").map(|runs| runs.len())
    };
    let without_broken = text.trim_end_matches("broken\n");
    assert_eq!(kept(&["excluded=0"], without_broken), Ok(2));
    assert_eq!(kept(&["excluded=0", "kind=a"], without_broken), Ok(1));
    assert_eq!(kept(&["kind!=a"], without_broken), Ok(1));
    assert_eq!(kept(&["params>=1B", "Excluded < 1"], without_broken), Ok(1));
    assert!(matches!(kept(&["excluded=0"], text), Err(RunsError::Faults { total: 1, .. })));
}

// What is refused.

#[test]
fn filters_that_keep_nothing_or_name_no_column_are_refused() {
    let text = "params,tokens,loss,kind\n1e8,2e9,3.1,a\n1e9,2e10,2.6,b\n";
    let refused = |filters: &[&str]| {
        let reader = filters.iter().fold(CsvReader::new(), |reader, text| reader.filter(filter(text)));
        reader.read(text.as_bytes(), "log.csv").unwrap_err()
    };
    let empty = refused(&["kind=c", "loss>2"]);
    assert!(matches!(empty, RunsError::Empty { .. }));
    assert_eq!(empty.to_string(), "log.csv holds no runs: none of its 2 rows passes the filter kind=c and loss>2");
    let unknown = refused(&["group=a"]);
    assert!(matches!(unknown, RunsError::FilterColumn { .. }));
    assert_eq!(
        unknown.to_string(),
        "the filter group=a asks for column \"group\"; the file has params, tokens, loss, kind"
    );
}

#[test]
fn a_missing_column_says_what_was_looked_for_and_how_to_name_it() {
    let error = read("params,tokens,ppl\n1e8,2e9,20\n").unwrap_err();
    assert!(matches!(error, RunsError::MissingColumn { quantity: "loss (L)", .. }));
    let text = error.to_string();
    assert!(text.starts_with("no column for loss (L): looked for loss, L, val_loss, "), "{text}");
    assert!(text.ends_with("; the file has params, tokens, ppl. Name it with loss_column (--loss-column)"), "{text}");
    for (header, quantity) in
        [("params,loss", "tokens (D)"), ("flops,loss", "parameters (N)"), ("D,loss", "parameters (N)")]
    {
        match read(format!("{header}\n1,2\n")) {
            Err(RunsError::MissingColumn { quantity: q, .. }) => assert_eq!(q, quantity),
            other => panic!("{header}: {other:?}"),
        }
    }
    let named = CsvReader::new().loss_column("xent").read(&b"params,tokens,loss\n1,2,3\n"[..], "f").unwrap_err();
    assert!(named.to_string().starts_with("no column for loss (L): looked for xent; the file has"), "{named}");
    let twice = CsvReader::new().params_column("loss").loss_column("loss").read(&b"a,tokens,loss\n1,2,3\n"[..], "f");
    assert!(twice.unwrap_err().to_string().contains("looked for loss, which is already read as parameters (N)"));
}

#[test]
fn a_column_is_ambiguous_unless_it_has_the_canonical_name_or_is_named() {
    let text = "params,tokens,val_loss,test_loss\n1e8,2e9,3.1,3.2\n";
    let error = read(text).unwrap_err();
    assert!(matches!(error, RunsError::AmbiguousColumn { .. }));
    assert_eq!(
        error.to_string(),
        "several columns could be loss (L): val_loss (column 3), test_loss (column 4). Say which with loss_column \
         (--loss-column)"
    );
    let named = CsvReader::new().loss_column("test_loss").read(text.as_bytes(), "f").unwrap();
    assert_eq!(named.losses(), [3.2]);
    assert_eq!(read("params,tokens,val_loss,test_loss,loss\n1e8,2e9,3.1,3.2,3.3\n").unwrap().losses(), [3.3]);
}

#[test]
fn a_repeated_name_matters_only_for_a_needed_column() {
    assert!(refusal("params,tokens,loss,loss\n1,2,3,4\n").contains("loss (column 3), loss (column 4)"));
    assert_eq!(read("params,tokens,loss,lr,lr\n1,2,3,4,5\n").unwrap().extra_columns().len(), 2);
}

#[test]
fn all_faults_are_reported_together_with_their_lines() {
    let text = "# note\nparams,tokens,loss,note\n0,2e9,3.1,\"two\nlines\"\n-1,NaN,3.1,\n\n1e8,inf,-2,\n1e8,2e9\n1e8,2e9,3,x,5\n,n/a,abc,\n1e8,2e9,3,ok\n";
    let found = faults(text);
    let listed: Vec<_> =
        found.iter().map(|f| (f.line, f.column.as_str(), f.value.as_str(), f.expected.as_str())).collect();
    let positive = "a finite number above zero";
    assert_eq!(
        listed,
        [
            (3, "params", "0", positive),
            (5, "params", "-1", positive),
            (5, "tokens", "NaN", positive),
            (7, "tokens", "inf", positive),
            (7, "loss", "-2", positive),
            (8, "loss", "2 fields", "4 fields as in the header"),
            (9, "(too many)", "5 fields", "4 fields as in the header"),
            (10, "params", "", "a number above zero, not a missing value"),
            (10, "tokens", "n/a", "a number above zero, not a missing value"),
            (10, "loss", "abc", "a number such as 2.17"),
        ]
    );
    let message = refusal(text);
    assert!(message.starts_with("log.csv: 10 faults\n  line 3, column params: \"0\", expected a finite number"));
}

#[test]
fn lines_are_right_whatever_the_line_ends() {
    let lines =
        ["params,tokens,loss,note", "", "1e8,2e9,3,\"a", "", "b\"", "x,2e9,3,", "", "", "y,2e9,3,\"a", "b\"", "z,1,1,"];
    for end in ["\n", "\r\n", "\r"] {
        for tail in ["", end] {
            let found = faults(lines.join(end) + tail);
            let lines: Vec<_> = found.iter().map(|fault| (fault.line, fault.value.as_str())).collect();
            assert_eq!(lines, [(6, "x"), (9, "y"), (11, "z")], "{end:?} {tail:?}");
        }
    }
}

#[test]
fn only_the_first_thousand_faults_are_kept() {
    let text = "params,tokens,loss\n".to_owned() + &"1e8,2e9,NaN\n".repeat(2500);
    let error = read(text).unwrap_err();
    let RunsError::Faults { faults, total, .. } = &error else { panic!("{error:?}") };
    assert_eq!((faults.len(), *total, faults[999].line), (1000, 2500, 1001));
    assert!(error.to_string().ends_with("and 2480 more"));
}

#[test]
fn a_product_out_of_range_is_a_fault() {
    assert_eq!(faults("N,D,L\n1e200,1e200,2\n")[0].column, "N");
    assert_eq!(faults("C,D,L\n1e300,1e-300,2\n")[0].column, "C");
    assert_eq!(faults("C,N,L\n1e-300,1e300,2\n")[0].line, 2);
    assert_eq!(faults("C (ZFLOP),N,L\n1e300,1e3,2\n")[0].value, "1e300");
}

#[test]
fn a_comma_that_can_be_read_two_ways_is_refused() {
    let found = faults("params;tokens;loss\n1,234;2e9;2,171\n");
    assert_eq!(found.len(), 2);
    assert!(found[0].to_string().contains("a number without a comma"), "{}", found[0]);
}

#[test]
fn a_quote_left_open_is_named_as_such() {
    let found = faults("params,tokens,loss,note\n1e8,2e9,3,ok\n\"1e8,2e9,3,x\n1e8,2e9,3,x\n");
    assert_eq!((found.len(), found[0].line), (1, 3));
    assert!(
        found[0].to_string().ends_with("expected 4 fields as in the header; is a quote left open?"),
        "{}",
        found[0]
    );
}

#[test]
fn text_in_another_encoding_is_a_fault_only_in_a_needed_cell() {
    let found = faults(b"params,tokens,loss\n1\xe98,2e9,3\n");
    assert_eq!((found[0].value.as_str(), found[0].expected.as_str()), ("1\u{fffd}8", "a number in UTF-8 text"));
    assert_eq!(
        read(b"params,tokens,loss,mod\xe8le\n1e8,2e9,3,\xe9\n").unwrap().extra_columns()[0].name(),
        "mod\u{fffd}le"
    );
}

#[test]
fn files_of_another_kind_are_named() {
    for (bytes, reason) in [
        (&b"\x1f\x8b\x08\0\0\0"[..], "it is compressed by gzip: unpack it first"),
        (b"PK\x03\x04\x14\0", "it is a zip archive or a spreadsheet such as .xlsx: unpack it, or save it as CSV"),
        #[cfg(not(feature = "parquet"))]
        (b"PAR1\x15\x04", "it is a Parquet file: convert it to CSV, or build with the feature parquet"),
        (b"{\"params\": [1, 2]}", "it is a JSON document: convert it to CSV"),
        (b"\xef\xbb\xbf [\n {\"params\": 1}]", "it is a JSON document: convert it to CSV"),
        (b"params,tokens,loss\n1,2,\0\n", "it is binary, with zero bytes among the first"),
        (b"\xff\xfep\0a\0", "it is in UTF-16: save it as UTF-8"),
        (b"<!DOCTYPE html>\n<p>a, b</p>", "it is an HTML or XML document"),
        (b"a line of prose\nand another\n", "its first line has no comma, tab or semicolon: \"a line of prose\""),
        (b"1e8,2e9,3.1\n1e9,2e10,2.6\n", "its first row holds numbers: a header line with column names is needed"),
    ] {
        let error = read(bytes).unwrap_err();
        assert!(matches!(error, RunsError::NotATable { .. }), "{error:?}");
        assert_eq!(error.to_string(), format!("log.csv is not a CSV or TSV table of runs: {reason}"));
    }
}

#[test]
fn files_without_a_run_are_empty() {
    for (text, reason) in [
        ("", "the file is empty"),
        ("\u{feff}", "it has no header line"),
        ("\n \n# only comments", "it has no header line"),
        ("params,tokens,loss", "there is only a header"),
        ("params,tokens,loss\r\n\r\n,,\r\n", "there is only a header"),
    ] {
        let error = read(text).unwrap_err();
        assert!(matches!(error, RunsError::Empty { .. }), "{error:?}");
        assert_eq!(error.to_string(), format!("log.csv holds no runs: {reason}"));
    }
}

#[test]
fn files_that_cannot_be_read_are_an_io_error() {
    let folder = tempfile::tempdir().unwrap();
    let error = CsvReader::new().read_path(folder.path()).unwrap_err();
    assert_eq!(error.to_string(), format!("cannot read {}: it is a directory", folder.path().display()));
    let error = CsvReader::new().read_path(folder.path().join("none.csv")).unwrap_err();
    assert!(matches!(error, RunsError::Io { .. }), "{error:?}");

    struct Broken(usize);
    impl std::io::Read for Broken {
        fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
            if self.0 == 0 {
                return Err(std::io::Error::other("the disk is gone"));
            }
            self.0 -= 1;
            (&b"N,D,loss\n1,2"[..]).read(buffer)
        }
    }
    for reads in 0..2 {
        let error = CsvReader::new().read(Broken(reads), "log.csv").unwrap_err();
        assert_eq!(error.to_string(), "cannot read log.csv: the disk is gone");
    }
}

#[test]
fn a_file_is_read_by_its_path() {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(b"N,D,L\n1e8,2e9,3.1\n").unwrap();
    assert_eq!(CsvReader::new().read_path(file.path()).unwrap().len(), 1);
}

#[test]
fn input_that_comes_in_small_pieces_reads_the_same() {
    struct Dribble<'a>(&'a [u8]);
    impl std::io::Read for Dribble<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
            std::io::Read::read(&mut self.0, &mut buffer[..1])
        }
    }
    let text = "\u{feff}# x\r\nparams,tokens,loss,id\r\n1e8,2e9,3.1,\"a\r\nb\"\r\n1e9,2e10,2.6,b\r\n";
    assert_eq!(CsvReader::new().read(Dribble(text.as_bytes()), "log.csv"), read(text));
}

// For any input.

fn numbers(range: std::ops::Range<f64>) -> impl Strategy<Value = f64> {
    range.prop_map(|power| 10f64.powf(power))
}

proptest! {
    #[test]
    fn runs_that_are_written_read_back_the_same(
        rows in prop::collection::vec((numbers(3.0..15.0), numbers(3.0..16.0), numbers(-3.0..1.5), "[^\0]{0,12}"), 1..40),
        separator in prop::sample::select(vec![b',', b'\t', b';']),
        crlf in any::<bool>(),
    ) {
        let mut writer = csv::WriterBuilder::new()
            .delimiter(separator)
            .terminator(if crlf { csv::Terminator::CRLF } else { csv::Terminator::Any(b'\n') })
            .from_writer(Vec::new());
        writer.write_record(["id", "loss", "N", "D"]).unwrap();
        for (n, d, loss, id) in &rows {
            writer.write_record([id, &loss.to_string(), &format!("{n:e}"), &d.to_string()]).unwrap();
        }
        let runs = read(writer.into_inner().unwrap()).unwrap();
        prop_assert_eq!(runs.len(), rows.len());
        for (row, (n, d, loss, id)) in rows.iter().enumerate() {
            prop_assert_eq!(runs.params()[row], *n);
            prop_assert_eq!(runs.tokens()[row], *d);
            prop_assert_eq!(runs.losses()[row], *loss);
            prop_assert_eq!(runs.extra("id").unwrap().get(row), Some(id.as_str()));
        }
    }

    #[test]
    fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        let _ = read(&bytes);
    }

    #[test]
    fn any_table_is_read_or_refused_and_holds_only_usable_values(
        header in prop::sample::select(vec!["N,D,L,x", "C,D,L,x", "N,D,C,L", "params (M),D,loss,x"]),
        body in "([-0-9.eEBTna ,;\"\n\r#]{0,12}[,\n]){0,40}",
    ) {
        if let Ok(runs) = read(format!("{header}\n{body}")) {
            prop_assert!(!runs.is_empty());
            for column in [runs.params(), runs.tokens(), runs.losses(), runs.logged_flops().unwrap_or(runs.losses())] {
                prop_assert_eq!(column.len(), runs.len());
                prop_assert!(column.iter().all(|value| value.is_finite() && *value > 0.0));
            }
            prop_assert!(runs.extra_columns().iter().all(|column| column.len() == runs.len()));
        }
    }

    #[test]
    fn any_text_is_a_filter_or_refused(text in ".{0,20}") {
        if let Ok(filter) = text.parse::<Filter>() {
            prop_assert_eq!(filter.to_string().parse::<Filter>(), Ok(filter));
        }
    }
}

// Real logs.

#[test]
fn published_run_tables_are_read_whole() {
    let Some(folder) = shared("data/runs") else { return };
    let rows = [
        ("cerebras_pythia_pile", 30),
        ("chinchilla_epoch", 245),
        ("datablations_c4", 308),
        ("deepmind_routing_final", 223),
        ("gadre_overtrained_104", 95),
        ("gemstones", 1368),
        ("gpt2_mini_c4", 9),
        ("llama3_isoflop_digitized", 133),
        ("loss2loss_6datasets", 174),
        ("marin_isoflop_202603", 258),
        ("misfitting_finalckpt", 253),
        ("porian_isoflop", 1745),
        ("steplaw_dense", 1911),
        ("steplaw_moe", 708),
        ("xlstm_isoflop", 430),
    ];
    for (name, expected) in rows {
        let runs = CsvReader::new().read_path(folder.join(format!("{name}.csv"))).unwrap();
        assert_eq!(runs.len(), expected, "{name}");
    }
    let chinchilla = folder.join("chinchilla_epoch.csv");
    let kept = CsvReader::new().filter(filter("epoch_excluded=0")).read_path(chinchilla).unwrap();
    assert_eq!(kept.len(), 240);
    let gemstones = folder.join("gemstones.csv");
    let hot = CsvReader::new().filter(filter("in_hot_le100b=1")).read_path(gemstones).unwrap();
    assert_eq!(hot.len(), 220);
}

#[test]
fn every_published_table_with_two_of_n_d_c_and_a_loss_is_read() {
    let Some(folder) = shared("data/runs") else { return };
    let mut read = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|extension| extension != "csv") {
            continue;
        }
        let text = std::fs::read_to_string(&path).unwrap();
        let names: Vec<_> = text.lines().next().unwrap().split(',').collect();
        let known = ["params", "tokens", "flops"].iter().filter(|name| names.contains(name)).count();
        let outcome = CsvReader::new().read_path(&path);
        if names.contains(&"loss") && known >= 2 {
            assert_eq!(outcome.unwrap().len(), text.lines().count() - 1, "{}", path.display());
            read += 1;
        } else {
            assert!(matches!(outcome, Err(RunsError::MissingColumn { .. })), "{}: {outcome:?}", path.display());
        }
    }
    assert!(read >= 15, "{read}");
}

#[test]
fn what_n_counts_in_published_tables_is_told_from_their_columns() {
    let Some(folder) = shared("data/runs") else { return };
    for (name, count) in [
        ("steplaw_dense", ParamCount::NonEmbedding),
        ("gpt2_mini_c4", ParamCount::NonEmbedding),
        ("marin_isoflop_202603", ParamCount::Total),
        ("gemstones", ParamCount::Total),
        ("deepmind_routing_final", ParamCount::Active),
    ] {
        let runs = CsvReader::new().read_path(folder.join(format!("{name}.csv"))).unwrap();
        assert_eq!(runs.conventions().params, count, "{name}");
    }
}

#[test]
fn logs_of_other_shapes_are_refused_with_a_reason() {
    let Some(folder) = shared("data/formats") else { return };
    for name in [
        "lightning_csv/metrics_v0.csv",
        "wandb_csv_export/wikitext_groups.csv",
        "wandb_csv_export/runtable_gshard.csv",
        "tensorboard_csv/excerpt.csv",
        "sheets_csv/misfitting_data.csv",
    ] {
        let error = CsvReader::new().read_path(folder.join(name)).unwrap_err();
        assert!(matches!(error, RunsError::MissingColumn { .. }), "{name}: {error:?}");
    }
}
