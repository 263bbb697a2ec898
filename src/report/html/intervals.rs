use super::element::{Table, paragraph};
use crate::infer::Interval;

/// Intervals with how they were made, for a page.
pub(crate) fn intervals(list: &[Interval]) -> String {
    let Some(first) = list.first() else { return String::new() };
    let mut table = Table::new(&["", "estimate", "from", "to"]);
    for interval in list {
        let [point, low, high] = interval.written(4);
        let name = match interval.quantity.as_str() {
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
