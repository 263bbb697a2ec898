//! Matrices and vectors of numbers, by nalgebra.

pub(crate) type Matrix = nalgebra::DMatrix<f64>;
pub(crate) type Vector = nalgebra::DVector<f64>;
