//! Escaping and decoding: the only way text gets into HTML, and how a browser would read what is written in an address.

use crate::html::valid_character;

/// Text between tags.
pub fn text(html: &mut String, text: &str) {
    escaped(html, text, |character| match character {
        '&' => "&amp;",
        '<' => "&lt;",
        '>' => "&gt;",
        _ => "",
    });
}

/// Text in a quoted attribute.
pub fn attribute(html: &mut String, text: &str) {
    escaped(html, text, |character| match character {
        '&' => "&amp;",
        '<' => "&lt;",
        '>' => "&gt;",
        '"' => "&quot;",
        '\'' => "&#39;",
        _ => "",
    });
}

/// Bytes with which a character starts that may not stand as it is: those of HTML's syntax and of control characters, of which
/// U+0080 to U+009F start as other letters do.
const DOUBTFUL: [bool; 256] = {
    let mut doubtful = [false; 256];
    let mut byte = 0;
    while byte < 32 {
        doubtful[byte] = true;
        byte += 1;
    }
    doubtful[b'&' as usize] = true;
    doubtful[b'<' as usize] = true;
    doubtful[b'>' as usize] = true;
    doubtful[b'"' as usize] = true;
    doubtful[b'\'' as usize] = true;
    doubtful[127] = true;
    doubtful[0xc2] = true;
    doubtful
};

/// Most text needs nothing done, so it is copied in as long pieces as there are.
fn escaped(html: &mut String, text: &str, entity: impl Fn(char) -> &'static str) {
    let mut rest = text;
    while let Some(at) = rest.bytes().position(|byte| DOUBTFUL[usize::from(byte)]) {
        html.push_str(&rest[..at]);
        let mut characters = rest[at..].chars();
        if let Some(character) = characters.next() {
            match entity(character) {
                "" => html.push(valid_character(character)),
                entity => html.push_str(entity),
            }
        }
        rest = characters.as_str();
    }
    html.push_str(rest);
}

/// An address in a quoted attribute: what may not stand in a URL is percent-encoded, an existing `%20` is left alone.
pub fn href(html: &mut String, address: &str) {
    const HEX: &[u8; 16] = b"0123456789ABCDEF";
    for byte in address.bytes() {
        match byte {
            b'&' => html.push_str("&amp;"),
            b'\'' => html.push_str("&#39;"),
            safe if safe.is_ascii_alphanumeric() || b"-_.+!*(),%#@?=;:/$~".contains(&safe) => html.push(char::from(safe)),
            other => {
                html.push('%');
                html.push(char::from(HEX[usize::from(other >> 4)]));
                html.push(char::from(HEX[usize::from(other & 15)]));
            }
        }
    }
}

/// The character that an entity such as `&amp;` or `&#58;` stands for, and the entity's length; the few named ones that
/// matter in addresses and in short texts.
fn entity(text: &str) -> Option<(char, usize)> {
    let end = text.bytes().take(12).position(|byte| byte == b';')?;
    let name = text.get(1..end)?;
    let character = match name {
        "amp" => '&',
        "lt" => '<',
        "gt" => '>',
        "quot" => '"',
        "apos" => '\'',
        "nbsp" => '\u{a0}',
        "colon" => ':',
        "sol" => '/',
        "bsol" => '\\',
        "Tab" => '\t',
        "NewLine" => '\n',
        _ => {
            let number = name.strip_prefix('#')?;
            let code = match number.strip_prefix(['x', 'X']) {
                Some(hexadecimal) => u32::from_str_radix(hexadecimal, 16).ok()?,
                None => number.parse().ok()?,
            };
            char::from_u32(code)?
        }
    };
    Some((character, end + 1))
}

/// Text with its entities replaced by what they stand for; unknown ones stay as they are.
pub fn decode_entities(text: &str) -> String {
    let mut decoded = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        decoded.push_str(&rest[..at]);
        rest = &rest[at..];
        let (character, length) = entity(rest).unwrap_or(('&', 1));
        decoded.push(character);
        rest = &rest[length..];
    }
    decoded.push_str(rest);
    decoded
}

/// Text with `%41` replaced by `A`; what is not UTF-8 afterwards becomes replacement characters.
pub fn decode_percent(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut decoded = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        let digit = |place: usize| bytes.get(place).and_then(|byte| char::from(*byte).to_digit(16));
        if let (b'%', Some(high), Some(low)) = (byte, digit(at + 1), digit(at + 2)) {
            decoded.push(u8::try_from(high * 16 + low).unwrap_or(b'?'));
            at += 3;
        } else {
            decoded.push(byte);
            at += 1;
        }
    }
    String::from_utf8_lossy(&decoded).into_owned()
}

/// Text with the backslashes of Markdown's escapes taken out.
pub fn unescape(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        if character == '\\' && characters.peek().is_some_and(char::is_ascii_punctuation) {
            continue;
        }
        plain.push(character);
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(write: fn(&mut String, &str), value: &str) -> String {
        let mut html = String::new();
        write(&mut html, value);
        html
    }

    #[test]
    fn text_cannot_become_a_tag_and_an_attribute_cannot_end() {
        assert_eq!(written(text, "a<b> & \"c\"\0"), "a&lt;b&gt; &amp; \"c\"\u{fffd}");
        assert_eq!(written(text, "é\u{85}\u{a0}\n\u{7f}€"), "é\u{fffd}\u{a0}\n\u{fffd}€");
        assert_eq!(written(attribute, "\"'><"), "&quot;&#39;&gt;&lt;");
        assert_eq!(written(href, "/a b?c=é&d=\"%20"), "/a%20b?c=%C3%A9&amp;d=%22%20");
    }

    #[test]
    fn decoding_reads_what_a_browser_could_read() {
        assert_eq!(decode_entities("java&#115;cript&colon;&#x61; &nee; &"), "javascript:a &nee; &");
        assert_eq!(decode_percent("%6Aavascript%3a %zz %e9"), "javascript: %zz \u{fffd}");
        assert_eq!(unescape(r"p\. 3 \n"), r"p. 3 \n");
    }
}
