//! A plain number is not a number of parameters.
//~ error[E0308]: mismatched types
//~ expected `Params`, found floating-point number

use scaling_laws::{Chinchilla, LossModel, Tokens};

fn main() -> Result<(), scaling_laws::Error> {
    let law = Chinchilla::new(1.8172, 482.01, 2085.43, 0.3478, 0.3658)?;
    law.loss(70e9, Tokens::trillions(1.4)?)?;
    Ok(())
}
