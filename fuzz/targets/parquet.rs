#![no_main]

#[path = "../../tests/it/logs/entries.rs"]
#[allow(dead_code)]
mod entries;

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    // A panic of the decoder that the reader turns into an error is no finding; one that leaves the reader still is.
    std::panic::set_hook(Box::new(|_| ()));
    entries::parquet(data)
});
