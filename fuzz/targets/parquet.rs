#![no_main]

#[path = "../../tests/it/logs/entries.rs"]
#[allow(dead_code)]
mod entries;

libfuzzer_sys::fuzz_target!(|data: &[u8]| entries::parquet(data));
