//! Text inside HTML.

/// Text as it may stand in HTML, also inside a quoted attribute.
pub fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len() + 8);
    for letter in text.chars() {
        match letter {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            letter => escaped.push(letter),
        }
    }
    escaped
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
