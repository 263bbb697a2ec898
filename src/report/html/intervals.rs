use super::element::{Table, paragraph};
use crate::infer::Interval;
use crate::report::table::number;
use crate::units::{Flops, Params, Tokens};

/// A value as it is written elsewhere on a page: N and D with their letters, C in FLOP. An open end is no quantity.
fn written(name: &str, value: f64) -> String {
    let quantity = match name {
        _ if name.starts_with("N_opt") => Params::new(value).map(|n| n.to_string()),
        _ if name.starts_with("D_opt") => Tokens::new(value).map(|d| d.to_string()),
        _ if name.starts_with("FLOPs") => Flops::new(value).map(|c| c.to_string()),
        _ => return number(value, 4),
    };
    quantity.unwrap_or_else(|_| number(value, 4))
}

/// Intervals with how they were made, for a page.
pub(crate) fn intervals(list: &[Interval]) -> String {
    let Some(first) = list.first() else { return String::new() };
    let mut table = Table::new(&["", "estimate", "from", "to"]);
    for interval in list {
        let name = interval.quantity.as_str();
        let [point, low, high] = [interval.point, interval.low, interval.high].map(|value| written(name, value));
        let name = match name {
            "alpha" => "α",
            "beta" => "β",
            name => name,
        };
        table.row(&[name.to_owned(), point, low, high]);
    }
    let by = match first.resampling {
        "" => String::new(),
        plan => format!(" of {} {plan} replicates", first.replicates),
    };
    // Names of quantities are the library's own: no text of the user is changed here.
    table.finish().replace("_opt", "<sub>opt</sub>")
        + &paragraph(&format!("{} intervals, {}{by}.", first.level, first.method))
}
