use std::borrow::Cow;

use super::trend::Rate;
use super::{Date, Trend};
use crate::error::ComputeError;

/// Every published trend of the catalogue.
pub fn trends() -> &'static [Trend] {
    ALL
}

/// The trend of this id.
///
/// # Errors
/// [`ComputeError::Unknown`] with the ids there are.
///
/// ```
/// use scaling_laws::trend;
/// assert_eq!(trend("moore-24")?.doubling_months()[1], 24.0);
/// let [fast, central, slow] = trend("algorithmic-progress")?.doubling_months();
/// assert_eq!((fast, central, slow), (4.52, 8.44, 14.27));
/// # Ok::<(), scaling_laws::Error>(())
/// ```
pub fn trend(id: &str) -> Result<&'static Trend, ComputeError> {
    ALL.iter().find(|trend| trend.id().eq_ignore_ascii_case(id.trim())).ok_or_else(|| ComputeError::Unknown {
        kind: "trend",
        name: id.into(),
        known: ALL.iter().map(Trend::id).collect::<Vec<_>>().join(", "),
    })
}

const fn months(fast: f64, central: f64, slow: f64) -> Rate {
    Rate::DoublingMonths { fast, central, slow }
}

const fn years(fast: f64, central: f64, slow: f64) -> Rate {
    months(fast * 12.0, central * 12.0, slow * 12.0)
}

const fn a_year(slow: f64, central: f64, fast: f64) -> Rate {
    Rate::PerYear { slow, central, fast }
}

/// A row of the catalogue, in constants that a constant function may copy.
#[derive(Clone, Copy)]
struct Published {
    id: &'static str,
    quantity: &'static str,
    rate: Rate,
    range: &'static str,
    observed: (f64, f64),
    source: &'static str,
    note: &'static str,
    verified: bool,
}

const fn published(
    id: &'static str,
    quantity: &'static str,
    rate: Rate,
    range: &'static str,
    observed: (f64, f64),
    source: &'static str,
    note: &'static str,
) -> Published {
    Published { id, quantity, rate, range, observed, source, note, verified: true }
}

impl Published {
    const fn unseen(self) -> Self {
        Self { verified: false, ..self }
    }
    const fn build(self) -> Trend {
        Trend {
            id: Cow::Borrowed(self.id),
            quantity: self.quantity,
            rate: self.rate,
            range: self.range,
            observed: Some((Date::known(self.observed.0), Date::known(self.observed.1))),
            source: self.source,
            note: self.note,
            verified: self.verified,
        }
    }
}

const CI: &str = "95 % interval";
const NO_RANGE: &str = "";
const HOBBHAHN: &str = "Hobbhahn & Besiroglu 2022, Trends in GPU price-performance, Epoch AI";
const HARDWARE: &str = "Hobbhahn, Heim & Aydos 2023, Trends in machine learning hardware, Epoch AI";
const COMPUTE: &str = "Sevilla & Roldán 2024, Training compute of frontier AI models, Epoch AI";

static ALL: &[Trend] = &[
    published(
        "moore-24",
        "transistors on a chip",
        months(24.0, 24.0, 24.0),
        NO_RANGE,
        (1975.0, 2012.0),
        "Moore 1975, Progress in digital integrated electronics, IEDM",
        "Moore's law as he restated it: a doubling every two years",
    )
    .unseen()
    .build(),
    published(
        "moore-30",
        "transistors on a chip",
        months(30.0, 30.0, 30.0),
        NO_RANGE,
        (2012.0, 2015.5),
        "Krzanich, Intel's earnings call of the second quarter of 2015, as the press quotes it word for word",
        "Moore's law as its slowing was announced: the last two transitions took nearer to two and a half years",
    )
    .build(),
    published(
        "gpu-price-performance",
        "FP32 FLOP/s for a dollar, all GPUs",
        years(2.24, 2.46, 2.72),
        CI,
        (2006.0, 2021.75),
        HOBBHAHN,
        "470 GPUs",
    )
    .build(),
    published(
        "ml-gpu-price-performance",
        "FP32 FLOP/s for a dollar, GPUs used for machine learning",
        years(1.54, 2.07, 3.13),
        CI,
        (2006.0, 2021.75),
        HOBBHAHN,
        "",
    )
    .build(),
    published(
        "top-gpu-price-performance",
        "FP32 FLOP/s for a dollar, the best GPU of its time",
        years(2.54, 2.95, 3.52),
        CI,
        (2006.0, 2021.75),
        HOBBHAHN,
        "",
    )
    .build(),
    published(
        "accelerator-price-performance",
        "FLOP/s for a dollar, machine-learning accelerators",
        years(2.1, 2.1, 2.1),
        NO_RANGE,
        (2010.0, 2023.0),
        HARDWARE,
        "",
    )
    .build(),
    published(
        "accelerator-performance",
        "FP32 FLOP/s of machine-learning accelerators",
        years(2.3, 2.3, 2.3),
        NO_RANGE,
        (2010.0, 2023.0),
        HARDWARE,
        "47 accelerators; a change to a narrower format comes on top",
    )
    .build(),
    published(
        "energy-efficiency",
        "FLOP/s for a watt, machine-learning accelerators",
        years(3.0, 3.0, 3.0),
        NO_RANGE,
        (2010.0, 2023.0),
        HARDWARE,
        "",
    )
    .build(),
    published(
        "memory",
        "memory capacity and bandwidth of machine-learning accelerators",
        years(4.0, 4.0, 4.0),
        NO_RANGE,
        (2010.0, 2023.0),
        HARDWARE,
        "slower than FLOP/s: arithmetic intensity must rise",
    )
    .build(),
    published(
        "training-compute",
        "training FLOPs of notable models",
        a_year(4.0, 4.6, 5.0),
        "4 to 5 a year in the first report",
        (2010.0, 2024.4),
        COMPUTE,
        "4.6 is the later estimate of the same series",
    )
    .build(),
    published(
        "frontier-llm-compute",
        "training FLOPs of the largest language models",
        a_year(5.0, 5.0, 5.0),
        NO_RANGE,
        (2020.0, 2024.4),
        COMPUTE,
        "a doubling in 5.2 months",
    )
    .build(),
    published(
        "training-length",
        "duration of training runs",
        a_year(1.2, 1.2, 1.2),
        NO_RANGE,
        (2010.0, 2024.4),
        "Epoch AI, data insight on the length of training runs",
        "",
    )
    .build(),
    published(
        "algorithmic-progress",
        "effective compute of language models through algorithms alone",
        months(4.52, 8.44, 14.27),
        CI,
        (2012.0, 2023.0),
        "Ho et al. 2024, Algorithmic progress in language models, arXiv 2403.05812, code of the paper",
        "the abstract rounds to 8 months, 5 to 14; a later version prints 2 to 22 months as a 90 % interval",
    )
    .build(),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_catalogue_is_in_order() {
        for (index, trend) in trends().iter().enumerate() {
            let [fast, central, slow] = trend.doubling_months();
            assert!(0.0 < fast && fast <= central && central <= slow, "{}", trend.id());
            assert_eq!(trend.range().is_empty(), fast == slow, "{}", trend.id());
            assert!(!trend.source().is_empty() && trend.observed().is_some_and(|(a, b)| a < b));
            assert!(trends().iter().take(index).all(|other| other.id() != trend.id()));
        }
    }

    #[test]
    fn published_pairs_of_doubling_time_and_growth_agree() {
        // Epoch prints 5.2 months beside 5x a year, and about 2.7x a year for 8.44 months.
        assert!((super::trend("frontier-llm-compute").unwrap().doubling_months()[1] - 5.2).abs() < 0.05);
        assert!((super::trend("algorithmic-progress").unwrap().growth_per_year()[1] - 2.68).abs() < 0.005);
    }
}
