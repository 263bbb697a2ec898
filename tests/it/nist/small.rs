//! Seven data sets of the NIST StRD nonlinear collection, typed in so that certification never depends on files.
//!
//! Source of all numbers: National Institute of Standards and Technology, Statistical Reference Datasets,
//! <https://www.itl.nist.gov/div898/strd/nls/nls_main.shtml>; the line above each names the origin of the data.

use super::models;
use super::problem::Problem;

pub fn problems() -> Vec<Problem> {
    vec![dan_wood(), misra1a(), mgh09(), box_bod(), rat42(), mgh10(), rat43()]
}

/// Rows are (response, predictor), certified values (value, standard deviation).
fn problem(name: &str, certified: &[(f64, f64)], residual_sum_of_squares: f64, rows: &[(f64, f64)]) -> Problem {
    Problem {
        name: name.into(),
        starts: models::find(name).unwrap().starts.map(<[f64]>::to_vec),
        certified: certified.iter().map(|pair| pair.0).collect(),
        deviations: certified.iter().map(|pair| pair.1).collect(),
        residual_sum_of_squares,
        inputs: rows.iter().map(|row| vec![row.1]).collect(),
        responses: rows.iter().map(|row| row.0).collect(),
    }
}

/// Energy radiated from a filament against its temperature. Daniel and Wood (1980), Fitting Equations to Data, p. 428.
fn dan_wood() -> Problem {
    problem(
        "DanWood",
        &[(7.6886226176E-01, 1.8281973860E-02), (3.8604055871E+00, 5.1726610913E-02)],
        4.3173084083E-03,
        &[(2.138, 1.309), (3.421, 1.471), (3.597, 1.49), (4.34, 1.565), (4.882, 1.611), (5.66, 1.68)],
    )
}

/// Adsorbed volume against pressure. Misra, NIST (1978), Dental Research Monomolecular Adsorption Study.
fn misra1a() -> Problem {
    problem(
        "Misra1a",
        &[(2.3894212918E+02, 2.7070075241E+00), (5.5015643181E-04, 7.2668688436E-06)],
        1.2455138894E-01,
        &[
            (10.07, 77.6),
            (14.73, 114.9),
            (17.94, 141.1),
            (23.93, 190.8),
            (29.61, 239.9),
            (35.18, 289.0),
            (40.02, 332.8),
            (44.82, 378.4),
            (50.76, 434.8),
            (55.05, 477.3),
            (61.01, 536.8),
            (66.40, 593.1),
            (75.47, 689.1),
            (81.78, 760.0),
        ],
    )
}

/// Generated. Kowalik and Osborne (1978), Methods for Unconstrained Optimization Problems.
fn mgh09() -> Problem {
    problem(
        "MGH09",
        &[
            (1.9280693458E-01, 1.1435312227E-02),
            (1.9128232873E-01, 1.9633220911E-01),
            (1.2305650693E-01, 8.0842031232E-02),
            (1.3606233068E-01, 9.0025542308E-02),
        ],
        3.0750560385E-04,
        &[
            (0.1957, 4.0),
            (0.1947, 2.0),
            (0.1735, 1.0),
            (0.16, 0.5),
            (0.0844, 0.25),
            (0.0627, 0.167),
            (0.0456, 0.125),
            (0.0342, 0.1),
            (0.0323, 0.0833),
            (0.0235, 0.0714),
            (0.0246, 0.0625),
        ],
    )
}

/// Biochemical oxygen demand against days. Box, Hunter and Hunter (1978), Statistics for Experimenters, p. 483.
fn box_bod() -> Problem {
    problem(
        "BoxBOD",
        &[(2.1380940889E+02, 1.2354515176E+01), (5.4723748542E-01, 1.0455993237E-01)],
        1.1680088766E+03,
        &[(109.0, 1.0), (149.0, 2.0), (149.0, 3.0), (191.0, 5.0), (213.0, 7.0), (224.0, 10.0)],
    )
}

/// Pasture yield against growing time. Ratkowsky (1983), Nonlinear Regression Modeling, pp. 61 and 88.
fn rat42() -> Problem {
    problem(
        "Rat42",
        &[
            (7.2462237576E+01, 1.7340283401E+00),
            (2.6180768402E+00, 8.8295217536E-02),
            (6.7359200066E-02, 3.4465663377E-03),
        ],
        8.0565229338E+00,
        &[
            (8.93, 9.0),
            (10.8, 14.0),
            (18.59, 21.0),
            (22.33, 28.0),
            (39.35, 42.0),
            (56.11, 57.0),
            (61.73, 63.0),
            (64.62, 70.0),
            (67.08, 79.0),
        ],
    )
}

/// Generated. Meyer (1970), Theoretical and Computational Aspects of Nonlinear Regression.
fn mgh10() -> Problem {
    problem(
        "MGH10",
        &[
            (5.6096364710E-03, 1.5687892471E-04),
            (6.1813463463E+03, 2.3309021107E+01),
            (3.4522363462E+02, 7.8486103508E-01),
        ],
        8.7945855171E+01,
        &[
            (34780.0, 50.0),
            (28610.0, 55.0),
            (23650.0, 60.0),
            (19630.0, 65.0),
            (16370.0, 70.0),
            (13720.0, 75.0),
            (11540.0, 80.0),
            (9744.0, 85.0),
            (8261.0, 90.0),
            (7030.0, 95.0),
            (6005.0, 100.0),
            (5147.0, 105.0),
            (4427.0, 110.0),
            (3820.0, 115.0),
            (3307.0, 120.0),
            (2872.0, 125.0),
        ],
    )
}

/// Dry weight of onion bulbs and tops against growing time. Ratkowsky (1983), Nonlinear Regression Modeling, p. 62.
fn rat43() -> Problem {
    problem(
        "Rat43",
        &[
            (6.9964151270E+02, 1.6302297817E+01),
            (5.2771253025E+00, 2.0828735829E+00),
            (7.5962938329E-01, 1.9566123451E-01),
            (1.2792483859E+00, 6.8761936385E-01),
        ],
        8.7864049080E+03,
        &[
            (16.08, 1.0),
            (33.83, 2.0),
            (65.80, 3.0),
            (97.20, 4.0),
            (191.55, 5.0),
            (326.20, 6.0),
            (386.87, 7.0),
            (520.53, 8.0),
            (590.03, 9.0),
            (651.92, 10.0),
            (724.93, 11.0),
            (699.56, 12.0),
            (689.96, 13.0),
            (637.56, 14.0),
            (717.41, 15.0),
        ],
    )
}
