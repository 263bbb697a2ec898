mod csv;
mod shared;
