//! The inputs that the fuzzer found, and damaged seeds, through every entry point: a few thousand cases always, and for SCALING_LAWS_FUZZ_SECONDS a target in the
//! long mode.

use std::io::Read;
use std::panic::catch_unwind;
use std::path::Path;
use std::time::{Duration, Instant};

use super::entries;

struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        (self.0 >> 33) as usize % limit.max(1)
    }

    /// Bits flipped, bytes that mean something put in, ends cut off, pieces doubled and moved.
    fn damage(&mut self, bytes: &mut Vec<u8>) {
        const WORDS: [&[u8]; 12] =
            [b"\n", b"\0", b",", b": ", b"NaN", b"-inf", b"1e999", b"18446744073709551615", b"{", b"\"", b"\xff", b"|"];
        for _ in 0..1 + self.below(6) {
            let at = self.below(bytes.len());
            match self.below(5) {
                0 if !bytes.is_empty() => bytes[at] ^= 1 << self.below(8),
                1 => bytes.truncate(at + 1),
                2 => {
                    let word = WORDS[self.below(WORDS.len())];
                    bytes.splice(at..at, word.iter().copied());
                }
                3 => {
                    let end = (at + 1 + self.below(100)).min(bytes.len());
                    let piece = bytes[at..end].to_vec();
                    let to = self.below(bytes.len());
                    bytes.splice(to..to, piece);
                }
                _ => {
                    let end = (at + self.below(20)).min(bytes.len());
                    bytes.drain(at..end);
                }
            }
        }
    }
}

/// The seeds of a target, in order of their names; none in a package, which has no fuzz folder.
fn seeds(target: &str) -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/seeds").join(target);
    let Ok(entries) = std::fs::read_dir(&folder) else { return Vec::new() };
    let mut paths: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths.iter().map(|path| std::fs::read(path).unwrap()).collect()
}

/// The files of a packed corpus, in order; none in a package.
fn corpus(target: &str) -> Vec<Vec<u8>> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("fuzz/corpus/{target}.tar.gz"));
    let Ok(packed) = std::fs::File::open(path) else { return Vec::new() };
    let mut tar = Vec::new();
    flate2::read::GzDecoder::new(packed).read_to_end(&mut tar).unwrap();
    let (mut rest, mut files) = (tar.as_slice(), Vec::new());
    // A header of 512 bytes with the size in octal digits, then the content, filled up to a multiple of 512.
    while rest.len() >= 512 && rest[0] != 0 {
        let size = std::str::from_utf8(&rest[124..135]).unwrap();
        let size = usize::from_str_radix(size, 8).unwrap();
        files.push(rest[512..512 + size].to_vec());
        rest = &rest[512 + size.next_multiple_of(512)..];
    }
    files
}

fn check(target: &str, entry: fn(&[u8]), bytes: Vec<u8>) {
    let shown = bytes.clone();
    let passed = catch_unwind(move || entry(&bytes));
    assert!(passed.is_ok(), "{target}: {:?}", String::from_utf8_lossy(&shown));
}

#[test]
fn what_the_fuzzer_found_passes_through_every_reader() {
    let fuzz = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz");
    for (target, entry) in entries::ALL {
        let inputs = corpus(target);
        assert!(inputs.len() > 500 || !fuzz.exists(), "{target}: {} inputs", inputs.len());
        inputs.into_iter().for_each(|bytes| check(target, entry, bytes));
    }
}

#[test]
fn damaged_seeds_pass_through_every_reader() {
    let seconds = std::env::var("SCALING_LAWS_FUZZ_SECONDS").ok().map(|text| text.parse().unwrap());
    let fuzz = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz");
    for (number, (target, entry)) in entries::ALL.iter().enumerate() {
        let seeds = seeds(target);
        assert!(!seeds.is_empty() || !fuzz.exists(), "no seeds for {target}");
        let mut random = Random(0x5eed + number as u64);
        let (start, mut cases) = (Instant::now(), 0);
        while !seeds.is_empty() && seconds.map_or(cases < 400, |seconds| start.elapsed() < Duration::from_secs(seconds))
        {
            let mut bytes = seeds[cases % seeds.len()].clone();
            if cases >= seeds.len() {
                random.damage(&mut bytes);
            }
            bytes.truncate(1 << 14);
            cases += 1;
            check(target, *entry, bytes);
        }
        if seconds.is_some() {
            println!("{target}: {cases} cases");
        }
    }
}
