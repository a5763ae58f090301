//! Front matter against a schema with a field of every type, and the page that it makes.
#![no_main]

#[path = "../../tests/hostile/mod.rs"]
#[allow(dead_code, reason = "each target uses its own part")]
mod hostile;

libfuzzer_sys::fuzz_target!(|data: &[u8]| hostile::front_matter(data));
