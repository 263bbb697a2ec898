//! N and D cannot be swapped.
//~ error[E0308]: arguments to this method are incorrect
//~ expected `Tokens`, found `Params`
//~ expected `Params`, found `Tokens`

use scaling_laws::{Chinchilla, LossModel, Params, Tokens};

fn main() -> Result<(), scaling_laws::Error> {
    let law = Chinchilla::new(1.8172, 482.01, 2085.43, 0.3478, 0.3658)?;
    let n = Params::billions(70.0)?;
    let d = Tokens::trillions(1.4)?;
    law.loss(d, n)?;
    Ok(())
}
