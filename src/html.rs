//! Text inside HTML.

use std::io::{self, Write};

/// Text as it may stand in HTML, also inside a quoted attribute.
pub fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len() + 8);
    for_parts(text, |part| escaped.push_str(part));
    escaped
}

/// The same, written to where a page is written.
///
/// # Errors
///
/// What the writer says.
pub fn write_escaped(text: &str, to: &mut dyn Write) -> io::Result<()> {
    let mut written = Ok(());
    for_parts(text, |part| {
        if written.is_ok() {
            written = to.write_all(part.as_bytes());
        }
    });
    written
}

/// Hands over an escaped text in parts: what may stand as it is in one piece, and what stands for a character that may not.
fn for_parts(text: &str, mut part: impl FnMut(&str)) {
    let mut start = 0;
    for (at, byte) in text.bytes().enumerate() {
        let instead = match byte {
            b'&' => "&amp;",
            b'<' => "&lt;",
            b'>' => "&gt;",
            b'"' => "&quot;",
            b'\'' => "&#39;",
            b'\n' | b'\t' | b'\r' => continue,
            0..0x20 | 0x7F => REPLACEMENT,
            // The others are two bytes long, and this is the first.
            0xC2 if text.as_bytes().get(at + 1).is_some_and(|next| *next < 0xA0) => REPLACEMENT,
            _ => continue,
        };
        part(&text[start..at]);
        part(instead);
        start = at + if byte == 0xC2 { 2 } else { 1 };
    }
    part(&text[start..]);
}

const REPLACEMENT: &str = "\u{FFFD}";

/// A character as it may stand in HTML and in XML, which have no control characters: those become the replacement character, as
/// the specification of HTML does with NUL.
pub fn valid_character(character: char) -> char {
    let valid = !character.is_control() || matches!(character, '\n' | '\t' | '\r');
    if valid { character } else { char::REPLACEMENT_CHARACTER }
}

/// The same for a text.
pub fn valid(text: &str) -> String {
    text.chars().map(valid_character).collect()
}

/// The path of a file as it may stand in an address (RFC 3986): all but letters, digits and a few signs percent-encoded.
pub fn path(file: &str) -> String {
    let mut path = String::with_capacity(file.len() + 8);
    for byte in file.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte) {
            path.push(char::from(byte));
        } else {
            path.push_str(&format!("%{byte:02X}"));
        }
    }
    path
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_html_has_no_place_for_is_replaced() {
        let text = "a<b & \"c\"'\0\u{1}\u{7f}\u{80}\u{9f}\u{a0}é\n\t";
        let expected = "a&lt;b &amp; &quot;c&quot;&#39;\u{fffd}\u{fffd}\u{fffd}\u{fffd}\u{fffd}\u{a0}é\n\t";
        assert_eq!(escape(text), expected);
        let mut written = Vec::new();
        write_escaped(text, &mut written).unwrap_or_default();
        assert_eq!(written, expected.as_bytes());
    }
}
