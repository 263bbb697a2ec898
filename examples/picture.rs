//! Draws docs/images/allocation.svg: the compute-optimal size under each law, and two famous models.
//!
//! cargo run --release --example picture

use plotters::prelude::*;
use scaling_laws::published::{
    BESIROGLU_2024, HOFFMANN_2022, HOFFMANN_2022_APPROACH_2, HOFFMANN_2022_ROUNDED, KAPLAN_2020_ALLOCATION,
};
use scaling_laws::{Chinchilla, Flops, optimal_split};

type Error = Box<dyn std::error::Error>;
/// Name, colour, points, dashed.
type Line = (&'static str, RGBColor, Vec<(f64, f64)>, bool);

const BUDGETS: (f64, f64) = (1e18, 1e26);

fn main() -> Result<(), Error> {
    let path = std::env::args().nth(1).unwrap_or_else(|| "docs/images/allocation.svg".into());
    let root = SVGBackend::new(&path, (860, 560)).into_drawing_area();
    root.fill(&WHITE)?;
    let mut chart = ChartBuilder::on(&root)
        .caption("Compute-optimal size N_opt(C) on C = 6ND", ("sans-serif", 22))
        .margin(16)
        .x_label_area_size(48)
        .y_label_area_size(64)
        .build_cartesian_2d((BUDGETS.0..BUDGETS.1).log_scale(), (1e7..1e14).log_scale())?;
    chart
        .configure_mesh()
        .light_line_style(TRANSPARENT)
        .bold_line_style(RGBColor(225, 225, 225))
        .x_desc("training compute C, FLOP")
        .y_desc("parameters N")
        .x_labels(9)
        .y_labels(8)
        .x_label_formatter(&|c| format!("{c:.0e}"))
        .y_label_formatter(&|n| engineering(*n))
        .label_style(("sans-serif", 15))
        .draw()?;

    let parametric = |law: &Chinchilla| curve(|c| Ok(optimal_split(law, c)?.0.get()));
    // Okabe and Ito's colours, which most colour-blind readers tell apart.
    let lines: [Line; 5] = [
        ("Kaplan 2020, N without embeddings", BLACK, curve(|c| Ok(KAPLAN_2020_ALLOCATION.split(c)?.0.get()))?, true),
        ("Besiroglu 2024", RGBColor(0, 114, 178), parametric(&BESIROGLU_2024)?, false),
        (
            "Hoffmann 2022, Approach 2",
            RGBColor(230, 159, 0),
            curve(|c| Ok(HOFFMANN_2022_APPROACH_2.split(c)?.0.get()))?,
            false,
        ),
        ("Hoffmann 2022, Approach 3", RGBColor(0, 158, 115), parametric(&HOFFMANN_2022)?, false),
        ("the same, coefficients as printed", RGBColor(204, 121, 167), parametric(&HOFFMANN_2022_ROUNDED)?, false),
    ];
    for (name, colour, points, dashed) in lines {
        let style = colour.stroke_width(2);
        if dashed {
            let dash = move |from| PathElement::new([(from, 0), (from + 7, 0)], style);
            let key = move |at| EmptyElement::at(at) + dash(0) + dash(10) + dash(20);
            chart.draw_series(DashedLineSeries::new(points, 8, 5, style))?.label(name).legend(key);
        } else {
            let key = move |(x, y)| PathElement::new([(x, y), (x + 26, y)], style);
            chart.draw_series(LineSeries::new(points, style))?.label(name).legend(key);
        }
    }
    for (name, compute, params, lift) in
        [("GPT-3", 3.14e23, 175e9, 0.8), ("Gopher", 5.04e23, 280e9, 1.1), ("Chinchilla", 5.88e23, 70e9, 0.45)]
    {
        chart.draw_series([Circle::new((compute, params), 4, BLACK.filled())])?;
        let label = Text::new(name, (compute * 1.3, params * lift), ("sans-serif", 14));
        chart.draw_series([label])?;
    }
    chart
        .configure_series_labels()
        .position(SeriesLabelPosition::UpperLeft)
        .background_style(WHITE)
        .border_style(RGBColor(200, 200, 200))
        .legend_area_size(34)
        .label_font(("sans-serif", 15))
        .draw()?;
    root.present()?;
    Ok(())
}

fn curve(size: impl Fn(Flops) -> Result<f64, scaling_laws::Error>) -> Result<Vec<(f64, f64)>, Error> {
    // Every line here is a power law, straight on these axes; the renderer rounds to whole pixels, so more points only
    // roughen it.
    let steps = 1;
    let ratio: f64 = BUDGETS.1 / BUDGETS.0;
    (0..=steps)
        .map(|k| {
            let compute = BUDGETS.0 * ratio.powf(f64::from(k) / f64::from(steps));
            Ok((compute, size(Flops::new(compute)?)?))
        })
        .collect()
}

fn engineering(value: f64) -> String {
    scaling_laws::Params::new(value).map_or_else(|_| String::new(), |n| n.to_string())
}
