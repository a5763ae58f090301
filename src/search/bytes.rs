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
        static ENCODER: RefCell<ZlibEncoder<Vec<u8>>> = RefCell::new(ZlibEncoder::new(Vec::new(), Compression::new(6)));
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
