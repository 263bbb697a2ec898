#!/bin/sh
# Times the C reference and this library in one go and prints a table: job, reference, ours, ratio (medians, one thread).
# Needs ../shared/bench, gcc and an AVX-512 processor; PYTHON=python3 with NumPy and SciPy adds the peers.
set -eu
cd "$(dirname "$0")/.."
shared=../shared/bench
target=${CARGO_TARGET_DIR:-target}/beside_reference
if [ ! -f "$shared/floor.c" ]; then
    echo "skipped: $shared is not present" >&2
    exit 0
fi
mkdir -p "$target"
gcc -O3 -march=native -ffast-math -mprefer-vector-width=512 "$shared/floor.c" -o "$target/floor" -lm
# Everything is built before anything is timed.
cargo bench --quiet --bench questions --no-run
cargo test --quiet --release --lib --no-run
cargo test --quiet --release --test it --no-run

"$target/floor" "$shared/epoch240.csv" >"$target/reference"
cargo bench --quiet --bench questions -- 'batch|chinchilla|fit_cold_60|how_to_split|one' >"$target/questions"
cargo test --quiet --release --lib time_of_the_polish_alone -- --ignored --nocapture >"$target/polish"
cargo test --quiet --release --test it a_million_runs -- --nocapture >"$target/scale"

awk -v reference="$target/reference" -v questions="$target/questions" -v polish="$target/polish" -v scale="$target/scale" '
    function microseconds(value, unit) {
        return value * (unit == "ns" ? 1e-3 : unit == "ms" ? 1e3 : unit == "s" ? 1e6 : 1)
    }
    function row(job, theirs, ours) {
        printf "| %s | %s | %.4g µs | %s |\n", job, theirs ? sprintf("%.4g µs", theirs) : "none", ours, \
            theirs ? sprintf("%.2g", ours / theirs) : ""
    }
    BEGIN {
        while ((getline line <reference) > 0) {
            split(line, word, / +/)
            if (line ~ /objective only, AVX-512/) { match(line, /median +[0-9.]+/); loss = substr(line, RSTART + 6, RLENGTH - 6) / 1e3 }
            if (line ~ /Hessian, AVX-512/) { match(line, /median +[0-9.]+/); hessian = substr(line, RSTART + 6, RLENGTH - 6) / 1e3 }
            if (line ~ /^one fit/) { match(line, /median [0-9.]+/); fit = substr(line, RSTART + 7, RLENGTH - 7) }
            if (line ~ /^4000 warm/) { match(line, /: [0-9.]+/); refits = 1e6 * substr(line, RSTART + 2, RLENGTH - 2) }
            if (line ~ /^4500-init/) { match(line, /: [0-9.]+/); grid = 1e6 * substr(line, RSTART + 2, RLENGTH - 2) }
        }
        while ((getline line <questions) > 0) {
            gsub(/[│├╰─]/, " ", line)
            sub(/^ +/, "", line)
            split(line, word, / +/)
            if (word[1] ~ /^fit_|^batch$/) group = word[1]
            if (word[1] ~ /^(refits|default_report)$/) { threaded = word[1]; group = "" }
            if (threaded && word[1] ~ /^[12]$/ && word[2] !~ /^[0-9.]+$/) group = threaded "_" word[1]
            key = (word[1] == "chinchilla" ? group : group == "fit_cold_60" ? group "_" word[1] : word[1])
            if (word[2] ~ /^[0-9.]+$/) ours[key] = microseconds(word[6], word[7])
        }
        while ((getline line <polish) > 0) {
            split(line, word, / +/)
            if (line ~ /^evaluation/) evaluation = word[4]
            if (line ~ /^polish/) alone = word[3]
        }
        while ((getline line <scale) > 0) if (match(line, /100 000 runs.*/)) million = substr(line, RSTART)
        print "| job, 240 points unless said | reference | ours | ratio |"
        print "|---|---|---|---|"
        row("batch of losses (reference: objective, one logarithm a point more)", loss, ours["240"])
        row("batch of 1e5 losses", loss * 1e5 / 240, ours["100000"])
        row("objective, gradient and Hessian", hessian, evaluation)
        row("solver alone, from Hoffmann'"'"'s coefficients", fit, alone)
        row("whole fit from there: checks, solver, certificate, standard errors, warnings", fit, ours["fit_from_hoffmann"])
        row("cold fit, certified (reference: the 4500 published starts)", grid, ours["fit_cold"])
        row("cold fit of 60 synthetic runs", 0, (ours["fit_cold_60_1"] + ours["fit_cold_60_2"] + ours["fit_cold_60_3"]) / 3)
        row("4000 bootstrap refits, one thread", refits, ours["refits_1"])
        row("4000 bootstrap refits, two threads (reference: one)", refits, ours["refits_2"])
        row("the default report, one thread", 0, ours["default_report_1"])
        row("the default report, two threads", 0, ours["default_report_2"])
        row("one loss", 0, ours["one"])
        row("allocation, closed form", 0, ours["closed_form"])
        row("allocation, by search", 0, ours["search"])
        row("allocation, the split alone", 0, ours["split"])
        row("budget and a greatest N", 0, ours["budget_and_greatest_size"])
        row("training and serving together", 0, ours["lifetime_budget"])
        row("cheapest for a loss with serving", 0, ours["cheapest_for_a_loss"])
        row("value of data", 0, ours["a_corpus_that_runs_out"])
        row("14 settings of bits", 0, ours["the_best_of_fourteen_formats"])
        row("1000 budgets for 4000 laws, two threads", 0, ours["a_thousand_budgets_for_four_thousand_laws"])
        print ""
        print million
    }'

if "${PYTHON:-false}" -c 'import numpy, scipy' 2>/dev/null; then
    OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 "$PYTHON" "$shared/peers.py" "$shared/epoch240.csv"
else
    echo "peers skipped: set PYTHON to an interpreter with NumPy and SciPy" >&2
fi
