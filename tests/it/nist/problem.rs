//! A certified problem: data, starts and answers, typed in or read from a NIST file.

/// A data set of the collection with its certified answer.
#[derive(Debug, Clone, PartialEq)]
pub struct Problem {
    pub name: String,
    /// Start 1 and start 2.
    pub starts: [Vec<f64>; 2],
    pub certified: Vec<f64>,
    pub deviations: Vec<f64>,
    pub residual_sum_of_squares: f64,
    pub inputs: Vec<Vec<f64>>,
    /// The response as printed, before any logarithm.
    pub responses: Vec<f64>,
}

/// Reads a file of the collection: the header gives the counts and the lines of the data, which are checked.
pub fn parse(text: &str) -> Result<Problem, String> {
    let name = after(text, "Dataset Name:")?.split_whitespace().next().ok_or("no name")?.to_string();
    let mut problem = Problem {
        name,
        starts: [vec![], vec![]],
        certified: vec![],
        deviations: vec![],
        residual_sum_of_squares: number(after(text, "Residual Sum of Squares:")?.trim())?,
        inputs: vec![],
        responses: vec![],
    };
    for line in text.lines() {
        let expected = format!("b{} =", problem.certified.len() + 1);
        if let Some(rest) = line.trim_start().strip_prefix(&expected) {
            let [start_1, start_2, certified, deviation] = numbers(rest)?[..] else {
                return Err(format!("not four numbers: {line}"));
            };
            problem.starts[0].push(start_1);
            problem.starts[1].push(start_2);
            problem.certified.push(certified);
            problem.deviations.push(deviation);
        }
    }
    // "Data              (lines 61 to 66)"
    let range = text
        .lines()
        .find_map(|line| line.trim_start().strip_prefix("Data ")?.trim_start().strip_prefix("(lines "))
        .ok_or("no lines of the data")?;
    let (first, last) = range.trim_end_matches([')', ' ']).split_once(" to ").ok_or("no range of the data")?;
    let [first, last] = [first, last].map(|bound| bound.trim().parse::<usize>().map_err(|e| format!("{bound}: {e}")));
    let (first, last) = (first?, last?);
    for line in text.lines().take(last).skip(first - 1) {
        let mut row = numbers(line)?.into_iter();
        problem.responses.push(row.next().ok_or("an empty line in the data")?);
        problem.inputs.push(row.collect());
    }
    // Not the degrees of freedom of the header: Rat43's, 9, are not its 15 rows less 4 coefficients, its deviation is.
    let observations = number(after(text, "Number of Observations:")?.trim())?;
    let deviation = number(after(text, "Residual Standard Deviation:")?.trim())?;
    let rows = problem.responses.len() as f64;
    let freedom = rows - problem.certified.len() as f64;
    if observations != rows || !((problem.residual_sum_of_squares / freedom).sqrt() / deviation - 1.0).abs().le(&1e-9) {
        return Err(format!("{rows} rows, {} coefficients: not as the header says", problem.certified.len()));
    }
    Ok(problem)
}

fn after<'a>(text: &'a str, label: &str) -> Result<&'a str, String> {
    text.lines().find_map(|line| line.trim_start().strip_prefix(label)).ok_or_else(|| format!("no {label}"))
}

fn numbers(line: &str) -> Result<Vec<f64>, String> {
    line.split_whitespace().map(number).collect()
}

fn number(text: &str) -> Result<f64, String> {
    text.parse().map_err(|error| format!("{text:?}: {error}"))
}
