//! How results and laws show themselves: further `impl` blocks of the types of the floors below.

mod law_card;
