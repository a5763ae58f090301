//! How numbers and words are written into the files of an index.

use std::cell::RefCell;

use zlib_rs::adler32::adler32;
use zlib_rs::{Deflate, DeflateConfig, DeflateFlush, Strategy, compress_bound};

/// How long repeats are looked for, from 0 to 9.
const LEVEL: i32 = 4;
/// The largest window, of 32 kB, and neither a header nor a checksum.
const WITHOUT_HEADER: i32 = -15;
/// What RFC 1950 has for such a window and level.
const HEADER: [u8; 2] = [0x78, 0x5e];

/// Appends a number, seven bits to a byte, the lowest first; the top bit says that more follow.
pub fn number(bytes: &mut Vec<u8>, mut number: usize) {
    while number >= 0x80 {
        #[allow(clippy::cast_possible_truncation, reason = "masked to seven bits")]
        bytes.push((number & 0x7f) as u8 | 0x80);
        number >>= 7;
    }
    #[allow(clippy::cast_possible_truncation, reason = "below 128")]
    bytes.push(number as u8);
}

/// The number that these bytes begin with, and how many it takes.
pub fn read_number(bytes: &[u8]) -> (usize, usize) {
    let length = length_of(bytes, 1);
    (bytes[..length].iter().rev().fold(0, |number, byte| number << 7 | usize::from(byte & 0x7f)), length)
}

/// How many bytes so many numbers take; all bytes, if there are fewer.
pub fn length_of(bytes: &[u8], count: usize) -> usize {
    let ends = (1..).zip(bytes).filter(|(_, byte)| **byte < 0x80).map(|(end, _)| end);
    if count == 0 { 0 } else { ends.take(count).last().unwrap_or(bytes.len()) }
}

/// Appends a word as what it shares with another one (in bytes, at a character's border) and what is new.
pub fn word(bytes: &mut Vec<u8>, word: &str, other: &str) {
    let mut shared = word.bytes().zip(other.bytes()).take_while(|(a, b)| a == b).count();
    while !word.is_char_boundary(shared) || !other.is_char_boundary(shared) {
        shared -= 1;
    }
    number(bytes, shared);
    number(bytes, word.len() - shared);
    bytes.extend_from_slice(&word.as_bytes()[shared..]);
}

/// What is written into a file of an index, by what makes it shorter.
#[derive(Debug, Clone, Copy)]
pub enum Piece<'a> {
    /// Words: what was there before is named and not written again.
    Words(&'a [u8]),
    /// Numbers, which hardly repeat: to look for what was there before takes longer, and makes it no shorter.
    Numbers(&'a [u8]),
}

/// Pieces as one file, compressed in the form that `DecompressionStream("deflate")` reads (RFC 1950), so that no server need be set
/// up.
///
/// Each piece gets codes of its own: letters, steps and impacts are not equally common.
pub fn compressed(pieces: &[Piece<'_>]) -> Vec<u8> {
    thread_local! {
        // A new one has more to set up than most files have to compress.
        static ENCODERS: [RefCell<Deflate>; 2] = [encoder(Strategy::Default), encoder(Strategy::HuffmanOnly)];
    }
    // What holds nothing has an end too.
    let pieces = if pieces.is_empty() { &[Piece::Words(&[])] } else { pieces };
    let mut file = HEADER.to_vec();
    let mut checksum = 1;
    for (position, piece) in pieces.iter().enumerate() {
        let (encoder, bytes) = match piece {
            Piece::Numbers(bytes) if !are_mostly_one(bytes) => (1, bytes),
            Piece::Words(bytes) | Piece::Numbers(bytes) => (0, bytes),
        };
        checksum = adler32(checksum, bytes);
        // Only the last one ends what a reader reads; the others end at a byte, where another encoder may go on.
        let end = if position + 1 < pieces.len() { DeflateFlush::SyncFlush } else { DeflateFlush::Finish };
        ENCODERS.with(|encoders| append(&mut file, &mut encoders[encoder].borrow_mut(), bytes, end));
    }
    file.extend(checksum.to_be_bytes());
    file.shrink_to_fit();
    file
}

/// Whether a number nearly always follows itself, as the steps do of a term that most pages have.
fn are_mostly_one(numbers: &[u8]) -> bool {
    numbers.windows(2).filter(|two| two[0] == two[1]).count() > numbers.len() / 4 * 3
}

fn encoder(strategy: Strategy) -> RefCell<Deflate> {
    let config = DeflateConfig { level: LEVEL, window_bits: WITHOUT_HEADER, strategy, ..DeflateConfig::default() };
    RefCell::new(Deflate::new_with_config(config))
}

fn append(file: &mut Vec<u8>, encoder: &mut Deflate, bytes: &[u8], end: DeflateFlush) {
    encoder.reset();
    let so_far = |count: u64| usize::try_from(count).unwrap_or_default();
    let start = file.len();
    let mut room = compress_bound(bytes.len()) + 16;
    loop {
        file.resize(start + room, 0);
        let (read, written) = (so_far(encoder.total_in()), so_far(encoder.total_out()));
        // Nothing can be wrong with bytes; that there is no more room is seen below.
        let _ = encoder.compress(&bytes[read..], &mut file[start + written..], end);
        let written = so_far(encoder.total_out());
        if written < room {
            return file.truncate(start + written);
        }
        room *= 2;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    proptest::proptest! {
        #[test]
        fn pieces_are_read_as_one_file(pieces in proptest::collection::vec((proptest::bool::ANY, "[a-c]{0,40}|\\PC{0,400}", 1..200_usize), 0..5)) {
            let texts: Vec<(bool, String)> = pieces.into_iter().map(|(words, text, times)| (words, text.repeat(times))).collect();
            let pieces: Vec<Piece<'_>> = texts
                .iter()
                .map(|(words, text)| if *words { Piece::Words(text.as_bytes()) } else { Piece::Numbers(text.as_bytes()) })
                .collect();
            let mut read = String::new();
            std::io::Read::read_to_string(&mut flate2::read::ZlibDecoder::new(&*compressed(&pieces)), &mut read)?;
            proptest::prop_assert_eq!(read, texts.iter().map(|(_, text)| text.as_str()).collect::<String>());
        }

        #[test]
        fn numbers_are_read_as_they_were_written(numbers in proptest::collection::vec(proptest::num::usize::ANY, 1..20)) {
            let mut bytes = Vec::new();
            for written in &numbers {
                number(&mut bytes, *written);
            }
            proptest::prop_assert_eq!(length_of(&bytes, numbers.len()), bytes.len());
            let mut rest = &bytes[..];
            for written in numbers {
                let (read, length) = read_number(rest);
                proptest::prop_assert_eq!(read, written);
                rest = &rest[length..];
            }
            proptest::prop_assert!(rest.is_empty());
        }
    }
}
