//! `schema.yaml`, and the site that it makes of the garden.
#![no_main]

#[path = "../../tests/hostile/mod.rs"]
#[allow(dead_code, reason = "each target uses its own part")]
mod hostile;

libfuzzer_sys::fuzz_target!(|data: &[u8]| hostile::schema(data));
