//! Hugging Face `config.json`: reading a shape from one and writing one.

mod keys;
mod read;
mod write;
