//! Links, cards, citations, images and glossary terms on a whole page of the garden.
#![no_main]

#[path = "../../tests/hostile/mod.rs"]
mod hostile;

libfuzzer_sys::fuzz_target!(|data: &[u8]| hostile::links(data));
