//! Input that no reader may stumble over.

use std::path::PathBuf;

use scaling_laws::{LogReader, TrainingLog};

use crate::shared::shared;

fn read(text: &[u8]) -> TrainingLog {
    LogReader::new().read(text, "log").unwrap()
}

fn error(bytes: &[u8]) -> String {
    LogReader::new().read(bytes, "log").unwrap_err().to_string()
}

#[test]
fn encodings_of_text_do_not_matter() {
    let text = "iter 1: loss 3.5, time 1ms\r\niter 2: loss 3.25, time 1ms\r\n";
    let utf16 = |mark: bool, big: bool| -> Vec<u8> {
        let units = mark.then_some(0xfeff).into_iter().chain(text.encode_utf16());
        units.flat_map(|unit| if big { unit.to_be_bytes() } else { unit.to_le_bytes() }).collect()
    };
    let mut latin = b"d\xe9but de l'entra\xeenement\n".to_vec();
    latin.extend_from_slice(text.as_bytes());
    let marked = ["\u{feff}", text].concat().into_bytes();
    for bytes in [utf16(true, false), utf16(true, true), utf16(false, false), utf16(false, true), latin, marked] {
        let log = read(&bytes);
        assert_eq!(log.histories[0].get("train").unwrap().values(), [3.5, 3.25]);
    }
}

#[test]
fn a_half_written_last_line_gives_no_wrong_number() {
    for (whole, half) in [
        ("iter 1: loss 3.5, time 1ms\n", "iter 2: loss 3.2"),
        ("step:1/9 train_loss:3.5 train_time:1ms\n", "step:2/9 tr"),
        ("{'loss': 3.5, 'epoch': 0.1}\n", "{'loss': 3.25, 'epoch': 0."),
        (" step:  1  loss:  3.5  grad_norm: 1\n", " step:  2  loss:  3.2"),
        ("{\"step\": 1, \"loss\": 3.5}\n{\"step\": 2, \"loss\": 3.4}\n", "{\"step\": 3, \"lo"),
    ] {
        let log = read(format!("{whole}{half}").as_bytes());
        let alone = read(whole.as_bytes());
        assert_eq!(log.histories[0].series(), alone.histories[0].series(), "{half}");
    }
}

#[test]
fn nan_and_infinity_are_told_and_not_kept() {
    for text in [
        "iter 1: loss 3.5, time 1ms\niter 2: loss nan, time 1ms\n",
        "s:1 trl:3.5 lr:1\ns:2 trl:inf lr:1\n",
        "step,train_loss\n1,3.5\n2,NaN\n",
        "{\"step\": 1, \"loss\": 3.5}\n{\"step\": 2, \"loss\": NaN}\n",
        "{\"log_history\": [{\"step\": 1, \"loss\": 3.5}, {\"step\": 2, \"loss\": Infinity}]}",
    ] {
        let log = read(text.as_bytes());
        let series = &log.histories[0].series()[0];
        assert_eq!((series.values(), series.ends_not_finite()), (&[3.5][..], true), "{text}");
        assert!(log.histories[0].status().to_string().contains("not finite from step 2"));
    }
}

fn warnings(log: &TrainingLog) -> String {
    log.warnings.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}

#[test]
fn isolated_nan_and_infinity_are_said_once_with_their_number() {
    for text in [
        "step 0: train loss nan, val loss 9.5\niter 1: loss 3.5, time 1ms\niter 2: loss inf, time 1ms\niter 3: loss 3.4, time 1ms\nstep 4: train loss 3.3, val loss 3.4\n",
        "step,loss\n1,3.5\n2,NaN\n3,inf\n4,3.4\n",
        "{\"step\": 1, \"loss\": 3.5}\n{\"step\": 2, \"loss\": NaN}\n{\"step\": 3, \"loss\": -Infinity}\n{\"step\": 4, \"loss\": 3.4}\n",
    ] {
        let said = warnings(&read(text.as_bytes()));
        assert_eq!(said.matches("2 values are NaN or infinite and passed over").count(), 1, "{said}");
    }
}

#[test]
fn a_comma_in_a_loss_is_decimal_or_named_and_never_thousands() {
    for (text, loss) in [
        ("step;loss\n1;3,605\n2;3,5\n", Some(3.5)),
        ("step\tloss\n1\t3,050\n2\t3,049\n", Some(3.049)),
        ("step\tloss\n1000,0\t3,050\n2000,0\t3,049\n", Some(3.049)),
        ("step,loss\n1,\"3,605\"\n2,3.5\n", Some(3.5)),
        ("{\"step\": 1, \"loss\": \"3,123\"}\n{\"step\": 2, \"loss\": \"3.5\"}\n", Some(3.5)),
        ("{\"step\": [1, 2], \"loss\": [\"3,123\", 3.5]}", Some(3.5)),
        ("Step\ta - loss\tb - loss\n1\t3,605\t3,7\n2\t3,5\t3,6\n", Some(3.5)),
        ("step;loss\n1;3,605\n2;3.5\n", None),
    ] {
        let Some(loss) = loss else {
            let said = error(text.as_bytes());
            assert!(said.contains("\"3,605\" on line 2 and a point in \"3.5\" on line 3"), "{said}");
            continue;
        };
        let log = read(text.as_bytes());
        let series = &log.histories[0].series()[0];
        assert_eq!(series.last().map(|(_, loss)| loss), Some(loss), "{text}");
        assert!(series.values().iter().all(|loss| *loss < 4.0), "{text}");
        assert!(series.len() == 2 || warnings(&log).contains(",") && warnings(&log).contains("passed over"), "{text}");
    }
    // Thousands in steps and tokens stay what they are, unless the table has decimal commas.
    let log = read(b"step,tokens,loss\n\"1,000\",\"5,000,000\",3.5\n\"2,000\",\"10,000,000\",3.4\n");
    assert_eq!(log.histories[0].tokens_at(2000).map(|d| d.get()), Some(1e7));
    let said = error(b"step\tloss\n1,000\t3,5\n2,000\t3,4\n");
    assert!(said.contains("\"1,000\" in column step"), "{said}");
    let doubt = read(b"step\ttokens\tloss\n1\t1,500\t3,5\n2\t3,000\t3,4\n");
    assert!(doubt.histories[0].tokens_at(2).is_none() && warnings(&doubt).contains("\"1,500\""), "{doubt:?}");
}

#[test]
fn a_half_written_last_cell_of_a_table_is_passed_over() {
    let rows: String = (0..200).map(|i| format!("{i},{:.3}\n", 4.0 - 0.001 * f64::from(i))).collect();
    let end = |tail: &str| {
        let log = read(format!("step,loss\n{rows}{tail}").as_bytes());
        let last = log.histories[0].series()[0].last().map(|(step, _)| step);
        (last, warnings(&log))
    };
    for tail in ["200,3", "200,3.", "200,3.7", "200"] {
        let (last, said) = end(tail);
        assert!(last == Some(199) && said.contains("half written; it is passed over"), "{tail}: {last:?} {said}");
    }
    for tail in ["200,3.799", "200,3\n", "200,", "200,3.799\r\n"] {
        let (last, said) = end(tail);
        assert!(said.is_empty() && last == Some(if tail == "200," { 199 } else { 200 }), "{tail}: {last:?} {said}");
    }
    let text = read(b"step,loss,note\n1,3.5,long text\n2,3.4,short");
    assert_eq!(text.histories[0].series()[0].len(), 2, "a text may be short");
}

#[test]
fn an_open_quote_and_lists_of_unequal_length_are_said() {
    let rows: String = (4..3000).map(|i| format!("{i},3.{i:04}\n")).collect();
    let log = read(format!("step,loss\n1,3.5\n2,3.4\n3,\"3.1\n{rows}").as_bytes());
    assert_eq!(log.histories[0].series()[0].len(), 2);
    assert!(warnings(&log).contains("a quote opened on line 4 is never closed"), "{}", warnings(&log));
    let none = error(format!("step,loss\n1,\"3.1\n{rows}").as_bytes());
    assert!(none.contains("a quote opened on line 2 is never closed"), "{none}");
    let closed = read(b"step,note,loss\n1,\"a\nb\",3.5\n2,x,\"3.4\"");
    assert!(closed.histories[0].series()[0].len() == 2 && closed.warnings.is_empty(), "{closed:?}");
    let unequal = read(br#"{"step": [1, 2], "loss": [3.5, 3.4, 3.3], "val_loss": [3.5, "x"]}"#);
    let said = warnings(&unequal);
    assert!(said.contains("the list loss has 3 entries and step has 2 entries"), "{said}");
    assert!(said.contains("in the list val_loss 1 entry is not numeric and passed over"), "{said}");
}

#[test]
fn what_is_no_log_is_refused_and_the_message_says_what_it_is() {
    for (bytes, message) in [
        (&b""[..], "the file is empty"),
        (b" \n\n", "the file is empty"),
        (b"PK\x03\x04xxxx", "zip archive"),
        (b"PAR1xxxx", "Parquet"),
        (b"\x1f\x8b\x08\x00garbage", "gzip"),
        (b"\x28\xb5\x2f\xfdgarbage", "zstd"),
        (b"\xfd7zXZ\x00garbage", "xz"),
        (b"hello world\n", "no line is of a known log"),
        (b"{\"a\": 1}", "holds no losses"),
        (b"{\"loss\": ", "no valid JSON"),
        (b"step,loss\n", "no row has a number"),
    ] {
        let message_given = error(bytes);
        assert!(message_given.contains(message), "{message_given}");
    }
}

#[test]
fn restarts_are_stitched_and_a_new_beginning_is_another_run() {
    let line = |step: u64, loss: f64| format!("iter {step}: loss {loss}, time 1ms\n");
    let restarted: String =
        [(0, 9.0), (10, 5.0), (20, 4.0), (30, 3.9), (20, 4.1), (30, 3.8)].map(|(s, l)| line(s, l)).concat();
    let log = read(restarted.as_bytes());
    assert_eq!(log.histories[0].get("train").unwrap().values(), [9.0, 5.0, 4.1, 3.8]);
    assert_eq!(log.histories[0].warnings()[0].code(), "restarted");
    let again: String = [(0, 9.0), (10, 5.0), (0, 9.1), (10, 5.1)].map(|(s, l)| line(s, l)).concat();
    let log = read(again.as_bytes());
    let labels: Vec<&str> = log.histories.iter().map(|history| history.label()).collect();
    assert_eq!(labels, ["log", "log (2)"]);
}

/// What stands above the records of a run.
fn head(tokens: &str, params: &str) -> String {
    format!("tokens per iteration will be: {tokens}\nnumber of parameters: {params}\n")
}

#[test]
fn what_stands_above_each_run_of_a_file_holds_for_that_run() {
    // Few records, and so many that the format is sure.
    for records in [3, 100] {
        let lines: String =
            (0..records).map(|i| format!("iter {}: loss {}, time 1ms\n", 10 * i, 4.0 - 0.01 * i as f64)).collect();
        let heads = [("491,520", "124.40M"), ("983,040", "354.80M"), ("983,040", "774.00M")];
        let mut text: String = heads.iter().map(|(d, n)| head(d, n) + &lines).collect();
        // A run without a head of its own.
        text.push_str(&lines);
        let log = read(text.as_bytes());
        let facts: Vec<(f64, f64)> =
            log.histories.iter().map(|run| (run.params().unwrap().0.get(), run.tokens_at(10).unwrap().get())).collect();
        assert_eq!(facts, [(124.4e6, 4_915_200.0), (354.8e6, 9_830_400.0), (774e6, 9_830_400.0), (774e6, 9_830_400.0)]);
    }
    // What the second head leaves out is not known, and is not that of the first run.
    let line = |step: u64| format!("iter {step}: loss 3.5, time 1ms\n");
    let text = head("8,192", "124M") + &line(0) + &line(10) + "number of parameters: 355M\n" + &line(0) + &line(10);
    let log = read(text.as_bytes());
    assert_eq!((log.histories[1].params().unwrap().0.get(), log.histories[1].tokens_at(10)), (355e6, None));
    // Another model from the same first step, of which nothing came before.
    let text = head("8,192", "124M") + &line(0) + &head("8,192", "355M") + &line(0) + &line(10);
    let sizes: Vec<f64> = read(text.as_bytes()).histories.iter().map(|run| run.params().unwrap().0.get()).collect();
    assert_eq!(sizes, [124e6, 355e6]);
    // A restart prints its head again; another batch is said.
    let text =
        head("8,192", "124M") + &line(0) + &line(10) + &line(20) + &head("4,096", "124M") + &line(10) + &line(20);
    let log = read(text.as_bytes());
    let doubts = log.histories[0].warnings().iter().map(ToString::to_string).collect::<String>();
    assert!(log.histories.len() == 1 && doubts.contains("before step 10"), "{doubts}");
    assert_eq!(log.histories[0].tokens_at(20).unwrap().get(), 20.0 * 8192.0);
    // Trainers whose records or epochs stand in lines of their own.
    let batch = |step: u64, of: u64| {
        format!("[batch={step}/{of}]:\n\t Train time/token: {}\n\t Train loss/train/total: 3.5\n", 64 * (step - 1))
    };
    let log = read((batch(1, 9) + &batch(2, 9) + &batch(1, 5) + &batch(2, 5)).as_bytes());
    let planned: Vec<_> =
        log.histories.iter().map(|run| (run.planned_steps(), run.tokens_at(2).unwrap().get())).collect();
    assert_eq!(planned, [(Some(9), 128.0), (Some(5), 128.0)]);
    let trainer = |steps: u64| {
        format!(
            "  Num Epochs = 1\n  Total optimization steps = {steps}\n{{'loss': 3.5, 'epoch': 0.5}}\n{{'loss': 3.4, 'epoch': 1.0}}\n"
        )
    };
    let log = read((trainer(100) + &trainer(50)).as_bytes());
    assert_eq!(log.histories.iter().map(|run| run.last_step()).collect::<Vec<_>>(), [Some(100), Some(50)]);
}

#[test]
fn parts_of_n_that_several_ranks_print_count_once() {
    let parts = "num decayed parameter tensors: 50, with 124,354,560 parameters\n\
                 num non-decayed parameter tensors: 98, with 121,344 parameters\n";
    let text = head("8,192", "124.34M") + parts + &head("8,192", "124.34M") + parts + "iter 0: loss 3.5, time 1ms\n";
    assert_eq!(read(text.as_bytes()).histories[0].params().unwrap().0.get(), 124_475_904.0);
}

#[test]
fn a_tar_archive_is_refused_packed_or_not() {
    use std::io::Write;
    let mut archive = Vec::new();
    for name in ["10M.log", "90M.log"] {
        let mut header = vec![0; 512];
        header[..name.len()].copy_from_slice(name.as_bytes());
        header[257..263].copy_from_slice(b"ustar\0");
        archive.extend(header);
        let mut log = (head("8,192", "1M") + "iter 0: loss 3.5, time 1ms\niter 1: loss 3.4, time 1ms\n").into_bytes();
        log.resize(512, 0);
        archive.extend(log);
    }
    let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packer.write_all(&archive).unwrap();
    for bytes in [archive, packer.finish().unwrap()] {
        assert!(error(&bytes).contains("it is a tar archive of several files: unpack it first"), "{}", error(&bytes));
    }
}

#[test]
fn a_progress_bar_and_colours_around_the_records_do_no_harm() {
    let text = "  1%|#  | 1/99\r  2%|## | 2/99\r\x1b[32miter 1: loss 3.5, time 1ms\x1b[0m\r\n";
    assert_eq!(read(text.as_bytes()).histories[0].get("train").unwrap().values(), [3.5]);
    let titan = b"[rank0]:\x1b[31mstep:  7  \x1b[32mloss:  2.5  \x1b[0mgrad_norm: 1\n";
    assert_eq!(read(titan).histories[0].get("train").unwrap().last(), Some((7, 2.5)));
}

/// Text of any length goes through bounded buffers; this one is longer than all of them.
#[test]
fn a_line_without_end_is_cut_and_what_follows_is_read() {
    let mut text = vec![b'x'; 3 << 20];
    text.extend_from_slice(b"\niter 1: loss 3.5, time 1ms\n");
    let log = read(&text);
    assert_eq!(log.histories[0].get("train").unwrap().values(), [3.5]);
    assert!(log.warnings[0].to_string().contains("log: 1 line is longer"), "{:?}", log.warnings);
}

/// Every sample, damaged at random places: an answer or an error, and never a panic or a value that is not finite.
#[test]
fn damaged_logs_of_every_kind_are_read_or_refused() {
    let mut samples: Vec<Vec<u8>> = std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/logs"))
        .unwrap()
        .map(|entry| std::fs::read(entry.unwrap().path()).unwrap())
        .collect();
    if let Some(root) = shared("data/formats") {
        let mut files: Vec<PathBuf> = std::fs::read_dir(root)
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .filter(|path| path.is_dir())
            .flat_map(|folder| std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()))
            .collect();
        files.sort();
        samples.extend(files.iter().map(|path| std::fs::read(path).unwrap()));
    }
    let mut state = 0x5eed_u64;
    let mut random = |below: usize| {
        state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        (state >> 33) as usize % below.max(1)
    };
    let (mut cases, mut good) = (0, 0);
    for sample in &samples {
        for round in 0..100 {
            let mut bytes = sample.clone();
            for _ in 0..1 + random(8) {
                let at = random(bytes.len());
                match random(4) {
                    0 => bytes[at] ^= 1 << random(8),
                    1 => bytes[at] = b"\0\n,:{}[]\"'-e9."[random(14)],
                    2 => bytes.truncate(at + 1),
                    _ => {
                        let piece = bytes[at..(at + random(200)).min(bytes.len())].to_vec();
                        let to = random(bytes.len());
                        bytes.splice(to..to, piece);
                    }
                }
            }
            cases += 1;
            if let Ok(log) = LogReader::new().read(&bytes[..], "damaged") {
                good += 1;
                for series in log.histories.iter().flat_map(|history| history.series()) {
                    assert!(series.values().iter().all(|value| value.is_finite()), "round {round}");
                    assert!(series.steps().windows(2).all(|pair| pair[0] < pair[1]), "round {round}");
                }
                log.histories.iter().for_each(|history| drop(history.status()));
            }
        }
    }
    assert!(cases >= 400 && good > cases / 3, "{good} of {cases}");
}

/// With each reader looking for its words anew in every line this took three times as long as is allowed here.
#[test]
fn lines_without_a_record_are_passed_over_fast() {
    let line =
        |i: usize| format!("2026-01-01 13:05:00,123 INFO loader: fetched shard {i} of 99999 in 12.3 ms from cache\n");
    let mut text: String = (0..300_000).map(line).collect();
    let begun = std::time::Instant::now();
    assert!(error(text.as_bytes()).contains("no line is of a known log"));
    text.push_str("iter 1: loss 3.5, time 1ms\n");
    assert_eq!(read(text.as_bytes()).histories.len(), 1);
    assert!(begun.elapsed().as_secs() < 4, "{:?}", begun.elapsed());
}

/// `cargo test --release --all-features --test it logs::hostile::speed -- --ignored --nocapture`
#[test]
#[ignore = "prints a measurement"]
fn speed() {
    type Line = fn(u64) -> String;
    let lines: [(&str, Line); 3] = [
        ("nanoGPT", (|i| format!("iter {i}: loss 3.2081, time 48.67ms, mfu 10.07%\n"))),
        ("modded-nanogpt", (|i| format!("step:{i}/9999999 train_loss:3.4580 train_time:1280ms step_avg:213.27ms\n"))),
        (
            "Megatron",
            (|i| {
                format!(
                    " iteration {i:8}/ 9999999 | consumed samples: {:12} | consumed tokens: {:12} | elapsed time per iteration (s): 3.70 | learning rate: 4.194E-05 | global batch size:   128 | lm loss: 9.265682E+00 | grad norm: 1.084 | number of skipped iterations:   0 | number of nan iterations:   0 | samples per second: 34.557 | TFLOPs: 31.23 |\n",
                    128 * i,
                    262144 * i
                )
            }),
        ),
    ];
    for (name, line) in lines {
        let mut text = String::new();
        let mut step = 0;
        while text.len() < 64 << 20 {
            text.push_str(&line(step));
            step += 1;
        }
        let mut times = Vec::new();
        for _ in 0..5 {
            let start = std::time::Instant::now();
            assert_eq!(LogReader::new().read(text.as_bytes(), "x").unwrap().histories.len(), 1);
            let read = start.elapsed().as_secs_f64();
            let start = std::time::Instant::now();
            let count = plain_count(text.as_bytes());
            times.push((read, start.elapsed().as_secs_f64(), count));
        }
        times.sort_by(|a, b| a.0.total_cmp(&b.0));
        let (read, plain, count) = times[2];
        let mb = text.len() as f64 / 1e6;
        println!("{name}: {:.0} MB/s, {count} lines; {:.1} times a plain count of lines", mb / read, read / plain);
    }
}

fn plain_count(bytes: &[u8]) -> usize {
    bytes.split(|byte| *byte == b'\n').count()
}
