//! Parameters and tokens have no sum.
//~ error[E0369]: cannot add `Tokens` to `Params`

use scaling_laws::{Params, Tokens};

fn main() -> Result<(), scaling_laws::Error> {
    let _ = Params::billions(70.0)? + Tokens::trillions(1.4)?;
    Ok(())
}
