//! Scaling Laws for Autoregressive Generative Modeling (2020).

use super::Model;
use super::entry::{BLANK, Coefficient, Entry, NON_EMBEDDING, fitted_on, pure, with_unit};
use super::henighan_constants::*;
use crate::laws::{AxisLoss, Knob, Quantity};

/// FLOP.
const PF_DAY: f64 = 8.64e19;

const PAPER: Entry = Entry {
    title: "Scaling Laws for Autoregressive Generative Modeling",
    authors: "Henighan, Kaplan, Katz, Chen, Hesse, et al.",
    year: 2020,
    arxiv: "2010.14701",
    equation: "table 1",
    conventions: NON_EMBEDDING,
    good_for: "other modalities; the exponent of N_opt is near 0.7 in all of them",
    verified: true,
    verification: "read in the paper's text",
    domain: DOMAIN,
    ..BLANK
};

/// One token of an image, in words.
const TOKEN: &str = "1e5 to 1e11 parameters, without embeddings. A token of an image is one channel of one pixel, or one VQ \
    code. The second part of the id is the domain.";

const fn by_size(
    id: &'static str,
    data: &'static str,
    coefficients: &'static [Coefficient],
    law: &'static AxisLoss,
) -> Entry {
    let model = Model::Formula(law);
    Entry { id, data, coefficients, model, note: TOKEN, formula: "L(N) = E + (x_c/N)^alpha", ..PAPER }
}

const fn by_compute(
    id: &'static str,
    data: &'static str,
    (least, most): (f64, f64),
    coefficients: &'static [Coefficient],
    law: &'static AxisLoss,
) -> Entry {
    let note = "The paper states no range of C: given is where the best size by the same paper lies within its 1e5 to 1e11 \
        parameters. A token of an image is one channel of one pixel, or one VQ code. The second part of the id is the domain.";
    let domain = fitted_on(Some((1e5, 1e11)), None, Some((least, most)));
    let formula = "L(C) = E + (x_c/C)^alpha, C in PF-days";
    Entry { id, data, coefficients, model: Model::Formula(law), note, domain, formula, ..PAPER }
}

/// A loss over N in parameters.
macro_rules! of_size {
    ($curve:ident) => {
        const { &AxisLoss::floored($curve, Knob::PARAMS, 1.0, Quantity::LOSS) }
    };
}

/// A loss over C in FLOP, by a curve in PF-days.
macro_rules! of_compute {
    ($curve:ident) => {
        const { &AxisLoss::floored($curve, Knob::FLOPS, PF_DAY, Quantity::LOSS) }
    };
}

const fn allocation(id: &'static str, coefficients: &'static [Coefficient], model: Model) -> Entry {
    let note = "1e5 to 1e11 parameters. C_0 and C are in PF-days. The second part of the id is the domain.";
    let data = "the domain that the id names";
    Entry { id, data, coefficients, note, model, formula: "N_opt = (C/C_0)^p", ..PAPER }
}

pub(super) const ENTRIES: &[Entry] = &[
    by_size(
        "henighan2020.language.L_N",
        "text, as in Henighan 2020",
        &[with_unit("E", 0.0, "nats/token"), with_unit("x_c", 147000000000000.0, "parameters"), pure("alpha", 0.07)],
        of_size!(HENIGHAN_2020_LANGUAGE_BY_SIZE),
    ),
    by_compute(
        "henighan2020.language.L_C",
        "text, as in Henighan 2020",
        (2.02e14, 3.34e22),
        &[with_unit("E", 0.0, "nats/token"), with_unit("x_c", 347000000.0, "PF-days"), pure("alpha", 0.048)],
        of_compute!(HENIGHAN_2020_LANGUAGE_BY_COMPUTE),
    ),
    by_size(
        "henighan2020.image8x8.L_N",
        "images of 8x8 pixels, as in Henighan 2020",
        &[with_unit("E", 3.12, "nats/token"), with_unit("x_c", 80.0, "parameters"), pure("alpha", 0.24)],
        of_size!(HENIGHAN_2020_IMAGE8X8_BY_SIZE),
    ),
    by_compute(
        "henighan2020.image8x8.L_C",
        "images of 8x8 pixels, as in Henighan 2020",
        (2.97e14, 7.05e23),
        &[with_unit("E", 3.13, "nats/token"), with_unit("x_c", 1.8e-08, "PF-days"), pure("alpha", 0.19)],
        of_compute!(HENIGHAN_2020_IMAGE8X8_BY_COMPUTE),
    ),
    by_size(
        "henighan2020.image16x16.L_N",
        "images of 16x16 pixels, as in Henighan 2020",
        &[with_unit("E", 2.64, "nats/token"), with_unit("x_c", 280.0, "parameters"), pure("alpha", 0.22)],
        of_size!(HENIGHAN_2020_IMAGE16X16_BY_SIZE),
    ),
    by_compute(
        "henighan2020.image16x16.L_C",
        "images of 16x16 pixels, as in Henighan 2020",
        (1.92e15, 1.92e23),
        &[with_unit("E", 2.64, "nats/token"), with_unit("x_c", 1.6e-08, "PF-days"), pure("alpha", 0.16)],
        of_compute!(HENIGHAN_2020_IMAGE16X16_BY_COMPUTE),
    ),
    by_size(
        "henighan2020.image32x32.L_N",
        "images of 32x32 pixels, as in Henighan 2020",
        &[with_unit("E", 2.2, "nats/token"), with_unit("x_c", 63.0, "parameters"), pure("alpha", 0.13)],
        of_size!(HENIGHAN_2020_IMAGE32X32_BY_SIZE),
    ),
    by_compute(
        "henighan2020.image32x32.L_C",
        "images of 32x32 pixels, as in Henighan 2020",
        (6.81e14, 1.16e24),
        &[with_unit("E", 2.21, "nats/token"), with_unit("x_c", 3.6e-09, "PF-days"), pure("alpha", 0.1)],
        of_compute!(HENIGHAN_2020_IMAGE32X32_BY_COMPUTE),
    ),
    by_size(
        "henighan2020.imageVQ16.L_N",
        "images in 16x16 VQ codes, as in Henighan 2020",
        &[with_unit("E", 3.99, "nats/token"), with_unit("x_c", 27000.0, "parameters"), pure("alpha", 0.13)],
        of_size!(HENIGHAN_2020_IMAGEVQ16_BY_SIZE),
    ),
    by_compute(
        "henighan2020.imageVQ16.L_C",
        "images in 16x16 VQ codes, as in Henighan 2020",
        (3.48e14, 8.25e23),
        &[with_unit("E", 4.09, "nats/token"), with_unit("x_c", 6.1e-07, "PF-days"), pure("alpha", 0.11)],
        of_compute!(HENIGHAN_2020_IMAGEVQ16_BY_COMPUTE),
    ),
    by_size(
        "henighan2020.imageVQ32.L_N",
        "images in 32x32 VQ codes, as in Henighan 2020",
        &[with_unit("E", 3.07, "nats/token"), with_unit("x_c", 19000.0, "parameters"), pure("alpha", 0.14)],
        of_size!(HENIGHAN_2020_IMAGEVQ32_BY_SIZE),
    ),
    by_compute(
        "henighan2020.imageVQ32.L_C",
        "images in 32x32 VQ codes, as in Henighan 2020",
        (1.13e15, 4.21e23),
        &[with_unit("E", 3.17, "nats/token"), with_unit("x_c", 2.6e-06, "PF-days"), pure("alpha", 0.12)],
        of_compute!(HENIGHAN_2020_IMAGEVQ32_BY_COMPUTE),
    ),
    by_size(
        "henighan2020.text_to_image_text.L_N",
        "text to image: the text, as in Henighan 2020",
        &[with_unit("E", 0.0, "nats/token"), with_unit("x_c", 560000000.0, "parameters"), pure("alpha", 0.037)],
        of_size!(HENIGHAN_2020_TEXT_TO_IMAGE_TEXT_BY_SIZE),
    ),
    by_size(
        "henighan2020.text_to_image_image.L_N",
        "text to image: the image, as in Henighan 2020",
        &[with_unit("E", 2.0, "nats/token"), with_unit("x_c", 5100.0, "parameters"), pure("alpha", 0.16)],
        of_size!(HENIGHAN_2020_TEXT_TO_IMAGE_IMAGE_BY_SIZE),
    ),
    by_compute(
        "henighan2020.text_to_image_image.L_C",
        "text to image: the image, as in Henighan 2020",
        (1.13e15, 4.21e23),
        &[with_unit("E", 1.93, "nats/token"), with_unit("x_c", 1.5e-06, "PF-days"), pure("alpha", 0.15)],
        of_compute!(HENIGHAN_2020_TEXT_TO_IMAGE_IMAGE_BY_COMPUTE),
    ),
    by_size(
        "henighan2020.image_to_text_text.L_N",
        "image to text: the text, as in Henighan 2020",
        &[with_unit("E", 0.0, "nats/token"), with_unit("x_c", 700000000.0, "parameters"), pure("alpha", 0.039)],
        of_size!(HENIGHAN_2020_IMAGE_TO_TEXT_TEXT_BY_SIZE),
    ),
    by_size(
        "henighan2020.image_to_text_image.L_N",
        "image to text: the image, as in Henighan 2020",
        &[with_unit("E", 2.0, "nats/token"), with_unit("x_c", 5500.0, "parameters"), pure("alpha", 0.15)],
        of_size!(HENIGHAN_2020_IMAGE_TO_TEXT_IMAGE_BY_SIZE),
    ),
    by_compute(
        "henighan2020.image_to_text_image.L_C",
        "image to text: the image, as in Henighan 2020",
        (2.51e15, 5.41e23),
        &[with_unit("E", 1.97, "nats/token"), with_unit("x_c", 1.5e-06, "PF-days"), pure("alpha", 0.16)],
        of_compute!(HENIGHAN_2020_IMAGE_TO_TEXT_IMAGE_BY_COMPUTE),
    ),
    by_size(
        "henighan2020.video.L_N",
        "video, as in Henighan 2020",
        &[with_unit("E", 1.01, "nats/token"), with_unit("x_c", 37000.0, "parameters"), pure("alpha", 0.24)],
        of_size!(HENIGHAN_2020_VIDEO_BY_SIZE),
    ),
    by_compute(
        "henighan2020.video.L_C",
        "video, as in Henighan 2020",
        (1.08e15, 3.04e23),
        &[with_unit("E", 0.95, "nats/token"), with_unit("x_c", 2.2e-05, "PF-days"), pure("alpha", 0.14)],
        of_compute!(HENIGHAN_2020_VIDEO_BY_COMPUTE),
    ),
    by_size(
        "henighan2020.math.L_N",
        "mathematics, as in Henighan 2020",
        &[with_unit("E", 0.28, "nats/token"), with_unit("x_c", 11000.0, "parameters"), pure("alpha", 0.16)],
        of_size!(HENIGHAN_2020_MATH_BY_SIZE),
    ),
    by_compute(
        "henighan2020.math.L_C",
        "mathematics, as in Henighan 2020",
        (3.50e15, 1.74e24),
        &[with_unit("E", 0.14, "nats/token"), with_unit("x_c", 1.4e-05, "PF-days"), pure("alpha", 0.17)],
        of_compute!(HENIGHAN_2020_MATH_BY_COMPUTE),
    ),
    allocation(
        "henighan2020.language.N_opt",
        &[with_unit("C_0", 3.3e-13, "PF-days"), pure("p", 0.73)],
        Model::Line(HENIGHAN_2020_LANGUAGE_ALLOCATION),
    ),
    allocation(
        "henighan2020.image8x8.N_opt",
        &[with_unit("C_0", 5.3e-14, "PF-days"), pure("p", 0.64)],
        Model::Line(HENIGHAN_2020_IMAGE8X8_ALLOCATION),
    ),
    allocation(
        "henighan2020.image16x16.N_opt",
        &[with_unit("C_0", 4.8e-12, "PF-days"), pure("p", 0.75)],
        Model::Line(HENIGHAN_2020_IMAGE16X16_ALLOCATION),
    ),
    allocation(
        "henighan2020.image32x32.N_opt",
        &[with_unit("C_0", 1.6e-13, "PF-days"), pure("p", 0.65)],
        Model::Line(HENIGHAN_2020_IMAGE32X32_ALLOCATION),
    ),
    allocation(
        "henighan2020.imageVQ16.N_opt",
        &[with_unit("C_0", 6.2e-14, "PF-days"), pure("p", 0.64)],
        Model::Line(HENIGHAN_2020_IMAGEVQ16_ALLOCATION),
    ),
    allocation(
        "henighan2020.imageVQ32.N_opt",
        &[with_unit("C_0", 9.4e-13, "PF-days"), pure("p", 0.7)],
        Model::Line(HENIGHAN_2020_IMAGEVQ32_ALLOCATION),
    ),
    allocation(
        "henighan2020.text_to_image_image.N_opt",
        &[with_unit("C_0", 9.4e-13, "PF-days"), pure("p", 0.7)],
        Model::Line(HENIGHAN_2020_TEXT_TO_IMAGE_IMAGE_ALLOCATION),
    ),
    allocation(
        "henighan2020.image_to_text_image.N_opt",
        &[with_unit("C_0", 3.3e-12, "PF-days"), pure("p", 0.72)],
        Model::Line(HENIGHAN_2020_IMAGE_TO_TEXT_IMAGE_ALLOCATION),
    ),
    allocation(
        "henighan2020.video.N_opt",
        &[with_unit("C_0", 1.13e-12, "PF-days"), pure("p", 0.71)],
        Model::Line(HENIGHAN_2020_VIDEO_ALLOCATION),
    ),
    allocation(
        "henighan2020.math.N_opt",
        &[with_unit("C_0", 2.3e-12, "PF-days"), pure("p", 0.69)],
        Model::Line(HENIGHAN_2020_MATH_ALLOCATION),
    ),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::units::Flops;

    #[test]
    fn the_budgets_of_a_loss_are_those_whose_best_size_is_one_of_the_paper() {
        for entry in ENTRIES.iter().filter(|entry| entry.id.ends_with("L_C")) {
            let id = entry.id.replace("L_C", "N_opt");
            let line = ENTRIES.iter().find(|other| other.id == id).unwrap().line().unwrap();
            let (least, most) = entry.domain.flops.unwrap();
            let size = |flops: Flops| line.split(flops).unwrap().0.get();
            assert!((size(least) / 1e5 - 1.0).abs() < 0.01 && (size(most) / 1e11 - 1.0).abs() < 0.01, "{id}");
        }
    }
}
