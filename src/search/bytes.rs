//! How numbers and words are written into the files of an index.

use std::cell::RefCell;
use std::io::Write;

use flate2::Compression;
use flate2::write::ZlibEncoder;

/// Shorter pieces are not worth the description of their own codes, in bytes.
const WORTH_OWN_CODES: usize = 400;

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

/// Compressed in the form that `DecompressionStream("deflate")` reads (RFC 1950), so that no server need be set up.
///
/// Each piece gets codes of its own: letters, steps and impacts are not equally common.
pub fn compressed(pieces: &[&[u8]]) -> Vec<u8> {
    thread_local! {
        // A new one has more to set up than most files have to compress.
        static ENCODER: RefCell<ZlibEncoder<Vec<u8>>> = RefCell::new(ZlibEncoder::new(Vec::new(), Compression::new(4)));
    }
    let length: usize = pieces.iter().map(|piece| piece.len()).sum();
    ENCODER.with_borrow_mut(|encoder| {
        encoder.get_mut().reserve(length / 2 + 64);
        for (position, piece) in pieces.iter().enumerate() {
            // Writing into memory cannot fail.
            let _ = encoder.write_all(piece);
            if piece.len() > WORTH_OWN_CODES && position + 1 < pieces.len() {
                let _ = encoder.flush();
            }
        }
        encoder.reset(Vec::new()).unwrap_or_default()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    proptest::proptest! {
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
