//! Options that have no part in the question asked: refused, never passed over.

use scaling_laws::NumberFormat;

use crate::answer::Failure;
use crate::given::{Given, flags};
use crate::training::OF_MEMORY;

/// What `--all` takes.
const OF_ALL: [&str; 5] = ["all", "flops", "knob", "figure", "json"];

/// Options of one budget.
const OF_ONE_BUDGET: [&str; 9] = [
    "shape",
    "shapes",
    "width-multiple",
    "min-aspect",
    "max-aspect",
    "tao-vocabulary",
    "emit-config",
    "recipe",
    "beside",
];

/// Options of a table of runs, which a law given by name has no use for.
const OF_RUNS: [&str; 9] = [
    "where",
    "params-column",
    "tokens-column",
    "flops-column",
    "loss-column",
    "param-count",
    "replicates",
    "seed",
    "level",
];

/// `--all` beside anything but a budget.
pub fn of_all(given: &Given) -> Result<(), Failure> {
    refuse(&given.beside(&OF_ALL), |flags| {
        format!(
            "{flags} cannot be used with --all, which asks every published law the same of a budget and takes --flops, \
             --knob, --figure and --json; leave it out, or ask one law: --law ID in place of --all"
        )
    })
}

/// What is asked of one budget beside several.
pub fn of_several(given: &Given) -> Result<(), Failure> {
    refuse(&given.among(&OF_ONE_BUDGET), |flags| {
        format!("{flags} cannot be used with several budgets: give one to --flops")
    })
}

/// Laws drawn beside an answer that is more than the split of a budget.
pub fn of_limits(given: &Given) -> Result<(), Failure> {
    refuse(&given.among(&["beside"]), |flags| {
        format!(
            "{flags} draws laws at a budget and cannot be used with limits, which other laws need not meet; leave out one"
        )
    })
}

/// A time to write a token, which reads the active parameters alone, where N counts the idle ones too.
pub fn of_sparsity(given: &Given) -> Result<(), Failure> {
    refuse(&given.among(&["latency-ms"]), |flags| {
        format!("{flags} limits the active parameters and cannot be used with --sparsity, whose N is all: leave it out")
    })
}

/// Memory to serve in beside experts that were set by name: N is what a token uses, and idle experts must be held too.
pub fn of_experts(experts: Option<f64>, serve_on: bool) -> Result<(), Failure> {
    match experts.filter(|experts| *experts > 1.0 && serve_on) {
        Some(experts) => Err(Failure::Usage(format!(
            "--serve-on limits the memory of all {experts} experts, and beside --knob experts={experts} N counts what a token \
             uses: ask with --experts {experts}, which counts both"
        ))),
        None => Ok(()),
    }
}

/// A format of the devices beside bits, which say themselves how fast a FLOP is: P/16 of one in 16 bits.
pub fn of_bits(format: Option<NumberFormat>) -> Result<(), Failure> {
    match format.filter(|format| format.storage_bits() != 16) {
        Some(format) => Err(Failure::Usage(format!(
            "--format {format} cannot be used with --bits, which counts a FLOP in P bits as P/16 of one in 16: its peak would \
             count the same gain twice; leave it out"
        ))),
        None => Ok(()),
    }
}

/// Options that have a part only beside others; `serves_on_own` says that devices of training serve.
pub fn alone(given: &Given, serves_on_own: bool) -> Result<(), Failure> {
    let has_steps = given.has("max-steps") || given.has("step-seconds");
    let has_devices = given.has("gpus") || given.has("peak");
    if given.has("all") {
        return Err(Failure::Usage("--all asks every published law to split a budget: give --flops".into()));
    }
    if !given.has("runs") {
        refuse(&given.among(&OF_RUNS), |flags| {
            format!("{flags} reads a table of runs or its refits: give --runs in place of --law, or leave it out")
        })?;
    }
    if !given.has("bits") {
        refuse(&given.among(&["block"]), |flags| format!("{flags} is of formats of so many bits: give --bits"))?;
    }
    if !has_steps {
        refuse(&given.among(&["batch"]), |flags| {
            format!("{flags} limits the tokens of a step: give --max-steps, or --step-seconds with --days")
        })?;
    }
    if !has_devices {
        refuse(&given.among(&["format", "watts"]), |flags| {
            format!("{flags} is that of the devices: give --gpus or --peak")
        })?;
    }
    if !(has_devices && given.has("shape")) {
        refuse(&given.among(&OF_MEMORY), |flags| {
            format!("{flags} is for the memory that a shape needs on each device: give --shape and --gpus")
        })?;
    }
    if !(given.has("shape") || serves_on_own) {
        refuse(&given.among(&["memory"]), |flags| {
            format!(
                "{flags} is for the memory of a shape, or for serving on devices of training: give --shape, or --serve-on with a number \
                 alone"
            )
        })?;
    }
    if !(given.has("latency-ms") && serves_on_own) {
        refuse(&given.among(&["bandwidth"]), |flags| {
            format!(
                "{flags} is for the time to write a token on devices of training: give --latency-ms, and --serve-on \
                 with a number alone"
            )
        })?;
    }
    Ok(())
}

fn refuse(options: &[&str], message: impl Fn(&str) -> String) -> Result<(), Failure> {
    if options.is_empty() { Ok(()) } else { Err(Failure::Usage(message(&flags(options)))) }
}
