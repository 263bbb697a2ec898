//! What the command offers besides answers: figures, pages, a sweep to try, completions, man pages.

use std::path::{Path, PathBuf};
use std::process::Command as Process;

use predicates::prelude::PredicateBooleanExt;
use predicates::str::contains;
use scaling_laws::{Approach3, CsvReader};

use crate::command::{command, fails};

fn folder() -> (tempfile::TempDir, impl Fn(&str) -> String) {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().to_owned();
    (folder, move |name: &str| root.join(name).to_str().unwrap().to_owned())
}

fn read(path: &str) -> String {
    std::fs::read_to_string(path).unwrap()
}

const SWEEP: &str = "docs/data/simulated-sweep.csv";

#[test]
fn the_demo_is_the_sweep_that_ships_and_says_that_it_is_simulated() {
    let (_folder, path) = folder();
    let file = path("sweep.csv");
    command(&["demo", "-o", &file])
        .assert()
        .success()
        .stdout(contains("simulated").and(contains("nothing was trained")));
    let shipped = read(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/data/simulated-sweep.csv"));
    assert_eq!(read(&file), shipped);
    command(&["demo"]).assert().success().stdout(shipped.clone());
    command(&["demo", "--seed", "8"]).assert().success().stdout(contains(&*shipped).not());
    assert!(shipped.lines().skip(1).all(|row| row.contains(",simulated,")));
    fails(&["demo", "-o", "no/such/folder/x.csv"], 1, "cannot write no/such/folder/x.csv");
}

#[test]
fn the_truth_behind_the_demo_is_recovered() {
    let runs = CsvReader::new().filter("status=finished".parse().unwrap()).read_path(SWEEP).unwrap();
    let fit = Approach3::new().fit(&runs).unwrap();
    for (c, truth) in fit.coefficients().iter().zip([1.75, 400.0, 1700.0, 0.34, 0.36]) {
        let error = c.standard_error.unwrap();
        assert!((c.value - truth).abs() < 3.0 * error, "{}: {} ± {error}, not {truth}", c.name, c.value);
    }
}

#[test]
fn an_answer_is_drawn_on_request() {
    let (_folder, path) = folder();
    let file = path("a.svg");
    let draws = |arguments: &[&str], text: &str| {
        command(&[arguments, &["--figure", &file]].concat()).assert().success();
        let svg = read(&file);
        assert!(svg.starts_with("<svg") && svg.contains(text), "{arguments:?}");
        std::fs::remove_file(&file).unwrap();
    };
    let fit = ["fit", SWEEP, "--where", "status=finished"];
    draws(&fit, "The fit and its residuals");
    for (what, text) in [
        ("isoflop", "IsoFLOP profiles"),
        ("contours", "efficient frontier"),
        ("optima", "Kaplan 2020"),
        ("fit", "49 runs"),
    ] {
        draws(&[&fit[..], &["--draw", what]].concat(), text);
    }
    draws(&["allocate", "--flops", "1e23"], "The cost of over-training");
    draws(&["allocate", "--flops", "1e23", "--params", "8B"], "the size you chose");
    draws(&["allocate", "--flops", "1e24", "--max-params", "8B"], "under your limits");
    draws(&["loss", "--params", "70B", "--tokens", "1.4T"], "70B on 1.4T");
    for (what, text) in [("intervals", "percentile, 90 %"), ("profiles", "Ends of the profile intervals")] {
        draws(&[&fit[..], &["--draw", what, "--replicates", "100"]].concat(), text);
    }
    for (what, text) in [("intervals", "percentile, 90 %"), ("profiles", "Ends of the profile intervals")] {
        let tied = ["--law", "tied-exponents", "--draw", what, "--replicates", "100"];
        draws(&[&fit[..], &tied].concat(), text);
    }
    draws(&[&fit[..], &["--approach", "all", "--draw", "intervals"]].concat(), "Exponents of the optimum");
    draws(&["allocate", "--all", "--flops", "1e23"], "hoffmann2022.approach2");
    draws(&["allocate", "--all", "--flops", "1e20,1e24"], "Kaplan 2020");
    draws(&["allocate", "--flops", "1e23", "--beside", "hoffmann2022,kaplan2020.L_ND"], "Laws compared at 1e23 FLOP");
    draws(&["allocate", "--flops", "1e20..1e24", "--max-params", "8B"], "under your limits");
    draws(&["allocate", "--flops", "1e20..1e24"], "least loss");
    draws(&["allocate", "--law", "kaplan2020.allocator", "--flops", "1e20..1e24"], "kaplan2020.allocator");
    let own = ["allocate", "--runs", SWEEP, "--where", "status=finished", "--replicates", "50"];
    draws(&[&own[..], &["--flops", "1e20..1e24"]].concat(), "90 % of 50 refits");
    let on = |command: &'static str| [command, SWEEP, "--where", "status=finished"];
    draws(&[&on("predict")[..], &["--params", "7B", "--tokens", "2T", "--method", "delta"]].concat(), "mean loss at N");
    draws(&[&on("diagnose")[..], &["--refits", "99", "--most", "1"]].concat(), "The pull of single runs");
    draws(&on("rollout"), "mean error with the fits");
    draws(&[&on("compare")[..], &["--laws", "chinchilla,tied"]].concat(), "Error of predictions by extrapolation");
    draws(&["curve", "--steps", "24000", "--warmup", "2160", "--schedule", "cosine,linear"], "Predicted loss under");
    let png = path("a.PNG");
    command(&["loss", "--params", "70B", "--tokens", "1.4T", "--figure", &png]).assert().success();
    assert!(std::fs::read(&png).unwrap().starts_with(b"\x89PNG"));
}

#[test]
fn what_cannot_be_drawn_is_refused_and_nothing_is_written() {
    let (_folder, path) = folder();
    let pdf = path("a.pdf");
    fails(&["loss", "--params", "1B", "--tokens", "20B", "--figure", &pdf], 2, "figures are written as .svg or .png");
    assert!(!Path::new(&pdf).exists());
    let svg = path("a.svg");
    fails(&["allocate", "--law", "kaplan2020.allocator", "--flops", "1e22", "--figure", &svg], 2, "no loss to draw");
    fails(&["loss", "--law", "kaplan2020.L_N", "--params", "1B", "--figure", &svg], 2, "contours");
    fails(&["fit", SWEEP, "--draw", "isoflop"], 2, "--figure");
    fails(&["allocate", "--flops", "1e22", "--beside", "kaplan2020.L_N", "--figure", &svg], 2, "no loss of N and D");
    fails(&["allocate", "--flops", "1e22", "--beside", "hoffmann2022"], 2, "--figure");
    let bits = ["allocate", "--law", "kumar2024", "--flops", "1e21", "--bits", "4,8", "--figure", &svg];
    fails(&bits, 2, "settings of a law have no figure");
    fails(&["loss", "--params", "1B", "--tokens", "20B", "--figure", "-"], 2, "a figure goes into a file");
}

fn page(file: &str) -> String {
    let arguments =
        ["report", SWEEP, "--where", "status=finished", "--flops", "1e22", "--flops", "1e23,1e24", "-o", file];
    command(&arguments).assert().success().stdout(contains("49 runs"));
    read(file)
}

#[test]
fn the_page_is_one_file_that_loads_nothing_and_says_how_it_was_made() {
    let (_folder, path) = folder();
    let file = path("report.html");
    let html = page(&file);
    for (what, text) in [
        ("data", "<summary>All runs"),
        ("fit", "std. error"),
        ("warnings", "<code>extrapolation</code>"),
        ("figures", "IsoFLOP profiles"),
        ("intervals", "90 % intervals, percentile of 1000 wild replicates"),
        ("diagnosis", "What the fit of 49 runs rests on"),
        ("laws", "Ways to fit these runs, by what they predicted"),
        ("approaches", "agree within their errors"),
        ("budgets", "1e24 FLOP"),
        ("command", "scaling-laws report docs/data/simulated-sweep.csv --where status=finished --flops 1e22"),
        ("version", concat!("scaling-laws ", env!("CARGO_PKG_VERSION"))),
        ("compiler", "built by rustc 1."),
        ("dark", "prefers-color-scheme:dark"),
    ] {
        assert!(html.contains(text), "{what}: no {text:?}");
    }
    for row in html.split(['\n']).filter(|row| row.contains("<sub>opt</sub> at") || row.contains("extrapolation")) {
        let plain = ["e9", "e10", "e11", "e12"].iter().any(|power| row.contains(power));
        assert!(!plain, "N and D are written with their letters: {row}");
    }
    for word in ["alpha", "beta"] {
        assert!(!html.contains(&format!(">{word}<")), "{word} has a letter of its own");
    }
    for loads in ["<script", "<link", "<img", "<iframe", "@import", "url(http", "src=", "href="] {
        assert!(!html.contains(loads), "{loads}");
    }
    assert!(!html.contains("Intervals at 90"), "intervals stand once, in their section");
    // The name space of SVG is the one address.
    assert_eq!(html.matches("http").count(), html.matches("xmlns=\"http://www.w3.org/2000/svg\"").count());
    assert_eq!(html.matches("<figure>").count(), 8);
    assert_eq!(html, page(&file), "the same command gives the same bytes");
}

#[test]
fn a_log_cannot_put_markup_on_the_page() {
    let (_folder, path) = folder();
    let (log, file) = (path("<b>evil.csv"), path("report.html"));
    let name = |row: usize| format!("<script>alert({row})</script>");
    let rows: String = read(SWEEP)
        .lines()
        .skip(1)
        .enumerate()
        .map(|(row, line)| format!("{},{}\n", name(row), line.split_once(',').unwrap().1))
        .collect();
    std::fs::write(&log, format!("run_id,source,params,tokens,flops,loss,status\n{rows}")).unwrap();
    command(&["report", &log, "-o", &file]).assert().success();
    let html = read(&file);
    assert!(html.contains("&lt;script&gt;alert(0)") && html.contains("&lt;b&gt;evil.csv"));
    assert!(!html.contains("<script") && !html.contains("<b>evil"));
}

/// A browser, or `None`, said aloud.
fn browser() -> Option<PathBuf> {
    let folders = std::env::var_os("PATH").unwrap_or_default();
    let names = ["chromium", "chromium-browser", "google-chrome"];
    let found =
        std::env::split_paths(&folders).flat_map(|folder| names.map(|name| folder.join(name))).find(|p| p.is_file());
    if found.is_none() {
        eprintln!("skipped: no chromium to open the page with");
    }
    found
}

#[test]
fn the_page_opens_in_a_browser_without_an_error() {
    let Some(browser) = browser() else { return };
    let (_folder, path) = folder();
    let (file, picture) = (path("report.html"), path("page.png"));
    page(&file);
    let output = Process::new(browser)
        .args(["--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--enable-logging=stderr", "--v=0"])
        .args(["--window-size=1100,3000", &format!("--user-data-dir={}", path("profile"))])
        .arg(format!("--screenshot={picture}"))
        .arg(format!("file://{file}"))
        .output()
        .unwrap();
    let log = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{log}");
    assert!(!log.contains("CONSOLE"), "{log}");
    // A page that is drawn does not compress to nothing.
    assert!(std::fs::metadata(&picture).unwrap().len() > 100_000);
}

#[test]
fn a_shortage_that_the_law_holds_itself_is_drawn_once() {
    let (_folder, path) = folder();
    let file = path("a.svg");
    let law = ["allocate", "--law", "muennighoff2023", "--flops", "1e22", "--unique-tokens", "25B", "--figure", &file];
    command(&law).assert().success().stdout(contains("without shortage"));
    let svg = read(&file);
    assert!(svg.contains("one line is drawn") && !svg.contains("under the budget alone"), "{svg}");
    let bound = ["allocate", "--flops", "1e22", "--max-params", "1B", "--figure", &file];
    command(&bound).assert().success();
    assert!(read(&file).contains("under the budget alone"));
}

#[test]
fn a_page_that_cannot_be_written_is_an_error() {
    fails(&["report", SWEEP, "-o", "no/such/folder/page.html"], 1, "no/such/folder/page.html");
    fails(&["report", SWEEP], 2, "--output");
    fails(&["report", SWEEP, "--law", "tied-exponents", "-o", "/dev/null"], 2, "--compare chinchilla,tied");
    fails(&["report", SWEEP, "--law", "no-such-law", "-o", "/dev/null"], 2, "no-such-law");
    fails(&["report", "no-such.csv", "-o", "/dev/null"], 1, "no-such.csv");
}

#[test]
fn every_shell_has_completions_of_every_command() {
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let every = ["allocate", "report", "demo", "--figure"].map(|word| word.trim_start_matches('-').to_owned());
        let assert = command(&["completions", shell]).assert().success();
        let script = String::from_utf8(assert.get_output().stdout.clone()).unwrap();
        assert!(every.iter().all(|word| script.contains(word)), "{shell}");
    }
    fails(&["completions", "tcsh"], 2, "possible values");
}

#[test]
fn bash_completes_what_stands_after_a_command() {
    if Process::new("bash").arg("--version").output().is_err() {
        eprintln!("skipped: no bash to complete in");
        return;
    }
    let (_folder, path) = folder();
    let script = path("completions.bash");
    let assert = command(&["completions", "bash"]).assert().success();
    std::fs::write(&script, &assert.get_output().stdout).unwrap();
    let completed = |words: &[&str]| {
        let (last, before) = (words.len() - 1, words[words.len() - 2]);
        let call = format!(
            "source {script}; COMP_WORDS=({}); COMP_CWORD={last}; \
             $(complete -p scaling-laws | sed 's/.*-F \\([^ ]*\\).*/\\1/') {} '{}' '{before}'; echo \"${{COMPREPLY[*]}}\"",
            words.join(" "),
            words[0],
            words[last],
        );
        let output = Process::new("bash").args(["--norc", "-c", &call]).output().unwrap();
        String::from_utf8(output.stdout).unwrap().trim().to_owned()
    };
    assert_eq!(completed(&["scaling-laws", "fit", "--fig"]), "--figure");
    assert_eq!(completed(&["scaling-laws", "diagnose", "--drop"]), "--drop-outliers");
    assert_eq!(completed(&["scaling-laws", "compl"]), "completions");
    assert!(completed(&["scaling-laws", "fit", "--draw", "iso"]).contains("isoflop"));
}

#[test]
fn man_pages_are_written_for_every_command() {
    command(&["man"]).assert().success().stdout(contains(".TH scaling").and(contains("SUBCOMMANDS")));
    command(&["man", "fit"])
        .assert()
        .success()
        .stdout(contains("scaling\\-laws\\-fit").or(contains("scaling-laws-fit")));
    fails(&["man", "bake"], 2, "the commands are loss, allocate");
    let (_folder, path) = folder();
    command(&["man", "-o", &path("man1")]).assert().success().stdout(contains("scaling-laws-report.1"));
    let pages = std::fs::read_dir(path("man1")).unwrap().count();
    let commands = String::from_utf8(command(&["--help"]).assert().get_output().stdout.clone()).unwrap();
    let listed = commands.lines().skip_while(|line| *line != "Commands:").skip(1);
    let listed = listed.take_while(|line| line.starts_with("  ")).filter(|line| !line.contains(" help ")).count();
    assert_eq!(pages, listed + 1, "{commands}");
}

#[test]
fn help_is_broken_at_the_width_of_the_terminal() {
    for (command_, columns) in [("fit", "80"), ("runs", "100"), ("report", "80"), ("diagnose", "100")] {
        let output = Process::new(env!("CARGO_BIN_EXE_scaling-laws"))
            .args([command_, "--help"])
            .env("COLUMNS", columns)
            .output();
        let text = String::from_utf8(output.unwrap().stdout).unwrap();
        let width: usize = columns.parse().unwrap();
        let prose: Vec<&str> = text.lines().filter(|line| !line.starts_with(' ')).collect();
        assert!(prose.iter().all(|line| line.chars().count() <= width), "{command_} at {columns}: {prose:?}");
        // No line of a paragraph ends long before the width while another follows.
        let short = prose.windows(2).find(|pair| {
            let next = pair[1].split(' ').next().unwrap_or("").chars().count();
            !pair[0].is_empty() && next > 0 && !pair[1].ends_with(':') && pair[0].chars().count() + 1 + next <= width
        });
        assert_eq!(short, None, "{command_} at {columns}");
    }
}

#[test]
fn every_command_has_examples_and_plain_help_has_no_colour() {
    let help = String::from_utf8(command(&["--help"]).assert().success().get_output().stdout.clone()).unwrap();
    let commands =
        help.lines().skip_while(|line| *line != "Commands:").skip(1).take_while(|line| line.starts_with("  "));
    let names: Vec<&str> =
        commands.filter_map(|line| line.split_whitespace().next()).filter(|name| *name != "help").collect();
    assert!(names.len() >= 12, "{names:?}");
    for name in names {
        let assert = command(&[name, "--help"]).env("NO_COLOR", "1").env("CLICOLOR_FORCE", "1").assert().success();
        let text = String::from_utf8(assert.get_output().stdout.clone()).unwrap();
        assert!(text.contains(&format!("scaling-laws {name}")) && text.contains("Examples:"), "{name}: {text}");
        assert!(!text.contains('\u{1b}'), "{name} is coloured in spite of NO_COLOR");
    }
}
