//! Text inside HTML.

use std::convert::Infallible;
use std::io::{self, Write};

/// Text as it may stand in HTML, also inside a quoted attribute; characters that may not stand in it are replaced.
pub fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len() + 8);
    let Ok(()) = for_parts(text, |part| {
        escaped.push_str(part);
        Ok::<(), Infallible>(())
    });
    escaped
}

/// The same, written to where a page is written.
///
/// # Errors
///
/// What the writer says.
pub fn write_escaped(text: &str, to: &mut dyn Write) -> io::Result<()> {
    for_parts(text, |part| to.write_all(part.as_bytes()))
}

/// Bytes with which a character can begin that may not stand as it is; all others are passed over without being decoded.
static SUSPECT: [bool; 256] = {
    let mut suspect = [false; 256];
    let mut byte = 0_u8;
    loop {
        suspect[byte as usize] = matches!(byte, 0..b'\t' | 0x0B | 0x0C | 0x0E..0x20 | b'"' | b'&' | b'\'' | b'<' | b'>' | 0x7F | 0xC2);
        if byte == u8::MAX {
            break;
        }
        byte += 1;
    }
    suspect
};

/// Hands over an escaped text in parts: what may stand as it is in one piece, and what stands for a character that may not.
fn for_parts<E>(text: &str, mut part: impl FnMut(&str) -> Result<(), E>) -> Result<(), E> {
    let (mut start, mut at) = (0, 0);
    while let Some(further) = text.as_bytes()[at..].iter().position(|byte| SUSPECT[usize::from(*byte)]) {
        at += further;
        let Some(character) = text[at..].chars().next() else { break };
        let instead = match character {
            '&' => "&amp;",
            '<' => "&lt;",
            '>' => "&gt;",
            '"' => "&quot;",
            '\'' => "&#39;",
            other if valid_character(other) == other => "",
            _ => "\u{FFFD}",
        };
        let end = at + character.len_utf8();
        if !instead.is_empty() {
            part(&text[start..at])?;
            part(instead)?;
            start = end;
        }
        at = end;
    }
    part(&text[start..])
}

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
        assert!(write_escaped(text, &mut written).is_ok());
        assert_eq!(written, expected.as_bytes());
    }
}
