use super::{Entry, Model};
use crate::laws::{Annealing, CurveLaw};

/// Momentum of the annealing laws of the catalogue.
const MOMENTUM: f64 = 0.999;

impl Entry {
    /// The loss at every step of a learning-rate schedule, if it is such a law: the Multi-Power Law, or the annealing law
    /// with the momentum 0.999 that the catalogue's coefficients were fitted with.
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
                let law = Annealing::new(<[f64; 4]>::try_from(values).ok()?).ok()?;
                Some(Box::new(law.with_momentum(MOMENTUM).ok()?))
            }
            _ => None,
        }
    }
}
