use super::{Entry, Model};
use crate::laws::{Annealing, CurveLaw};

impl Entry {
    /// The loss at every step of a learning-rate schedule, if it is such a law: the Multi-Power Law, or the annealing law
    /// with the momentum λ of the entry.
    ///
    /// ```
    /// use scaling_laws::{laws::Schedule, published};
    /// let law = published::find("tissue2024.25m")?.curve_law().ok_or("not a law of curves")?;
    /// let loss = law.final_loss(&Schedule::cosine(3e-4, 3e-5, 2160, 24_000)?)?;
    /// assert!((loss.get() - 3.3044).abs() < 0.002); // where the public curve of this schedule ends
    /// assert!(published::find("chinchilla")?.curve_law().is_none());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn curve_law(&self) -> Option<Box<dyn CurveLaw>> {
        match self.model {
            Model::Curve(law) => Some(Box::new(law)),
            Model::Formula(law) if law.family() == "Annealing" => {
                let values: Vec<f64> = self.coefficients.iter().map(|coefficient| coefficient.value).collect();
                let &[floor, a, alpha, c, momentum] = values.as_slice() else { return None };
                Some(Box::new(Annealing::new([floor, a, alpha, c]).ok()?.with_momentum(momentum).ok()?))
            }
            _ => None,
        }
    }
}
