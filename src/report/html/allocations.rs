use super::element::{Table, block, list_of_warnings, paragraph};
use crate::allocate::{Allocation, ConstrainedAllocation};
use crate::report::table::number;

impl Allocation {
    /// The split, what other sizes cost, and the warnings as an HTML fragment.
    ///
    /// ```
    /// use scaling_laws::{allocate, published::BESIROGLU_2024, Flops};
    /// let html = allocate(&BESIROGLU_2024, Flops::new(5.76e23)?)?.to_html();
    /// assert!(html.contains("72.25B parameters"));
    /// # Ok::<(), scaling_laws::Error>(())
    /// ```
    #[must_use]
    pub fn to_html(&self) -> String {
        let loss =
            self.loss().map_or("not given by this line".into(), |loss| format!("{loss} {}", self.conventions().loss));
        let mut table = Table::new(&["", "optimum of the budget"]);
        table.row(&["C".to_owned(), self.budget().to_string()]);
        table.row(&["N".to_owned(), format!("{} parameters ({})", self.params(), self.conventions().params)]);
        table.row(&["D".to_owned(), format!("{} tokens", self.tokens())]);
        table.row(&["D/N".to_owned(), format!("{} tokens per parameter", number(self.tokens_per_param(), 4))]);
        table.row(&["loss".to_owned(), loss]);
        let mut html = table.finish();
        html += &paragraph(&format!(
            "N grows as C^{:.4}, D as C^{:.4} around this budget.",
            self.exponent_params(),
            self.exponent_tokens()
        ));
        if !self.off_optimum().is_empty() {
            let mut table = Table::new(&["N/N_opt at the same C", "N", "D", "loss", "excess", "as if C times"]);
            for off in self.off_optimum() {
                table.row(&[
                    format!("{}", off.factor),
                    off.params.to_string(),
                    off.tokens.to_string(),
                    off.loss.to_string(),
                    format!("{:+.4}", off.penalty),
                    off.compute_factor.map_or("-".into(), |c| format!("{c:.3}")),
                ]);
            }
            html += &table.finish();
        }
        block(&(html + &list_of_warnings(self.warnings())))
    }
}

impl ConstrainedAllocation {
    /// The split, its cost, the binding limits with their prices, and the warnings as an HTML fragment.
    #[must_use]
    pub fn to_html(&self) -> String {
        let mut table = Table::new(&["", "best within the limits"]);
        let mut row = |name: &str, value: String| table.row(&[name.to_owned(), value]);
        row("N", format!("{} parameters ({})", self.params(), self.conventions().params));
        row("D", format!("{} tokens", self.tokens()));
        row("D/N", format!("{} tokens per parameter", number(self.tokens_per_param(), 4)));
        if let Some(epochs) = self.epochs() {
            row("epochs", number(epochs, 4));
        }
        row("loss", format!("{} {}", self.loss(), self.conventions().loss));
        if let Some(excess) = self.excess_loss() {
            row("over the budgets alone", format!("{excess:+.4} {}", self.conventions().loss));
        }
        if let Some(excess) = self.excess_cost() {
            row("cost over that without the other limits", format!("{:+.2} %", 100.0 * excess));
        }
        row("C in training", self.training().to_string());
        if let Some(inference) = self.inference() {
            row("C in serving", inference.to_string());
            row("C in all", format!("{} FLOP", number(self.lifetime(), 4)));
        }
        if let Some(dollars) = self.dollars() {
            row("dollars", number(dollars, 4));
        }
        let mut html = table.finish();
        if !self.binding().is_empty() {
            let change = format!("change of {} per e-fold", self.priced_in());
            let mut table = Table::new(&["binding limit", "value", &change]);
            for binding in self.binding() {
                // No sign on a zero.
                let price = format!("{:+.4}", binding.shadow_price + 0.0);
                table.row(&[binding.limit.to_string(), number(binding.value, 4), price]);
            }
            html += &table.finish();
        }
        block(&(html + &list_of_warnings(self.warnings())))
    }
}
