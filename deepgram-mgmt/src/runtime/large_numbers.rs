//! Numbers beyond the range of a 64-bit float, such as `1e400`: JSON allows them, and no number of `serde_json` holds one.
//!
//! Their digits are read as a text. Where the document has a number, that is an error or, in an open object, an unknown
//! property. The feature `arbitrary_precision` of `serde_json` would hold them as numbers, but it changes and slows
//! `serde_json` in every crate of a program.

use std::borrow::Cow;

/// Puts quotes around each such number of a body, so that its digits come as a text: one number does not make the rest of
/// a response unreadable.
pub(crate) fn quote(body: &[u8]) -> Cow<'_, [u8]> {
    let mut quoted = Vec::new();
    let (mut copied, mut at) = (0, 0);
    while at < body.len() {
        let length = match body[at] {
            b'"' => string(&body[at..]),
            b'-' | b'0'..=b'9' => number(&body[at..]),
            _ => 1,
        };
        let token = &body[at..at + length];
        if token[0] != b'"' && is_too_large(token) {
            quoted.extend_from_slice(&body[copied..at]);
            quoted.extend([b"\"", token, b"\""].concat());
            copied = at + length;
        }
        at += length;
    }
    if quoted.is_empty() {
        return body.into();
    }
    quoted.extend_from_slice(&body[copied..]);
    quoted.into()
}

/// The length of the string that `text` begins with.
fn string(text: &[u8]) -> usize {
    let mut is_escaped = false;
    let end = text.iter().skip(1).position(|byte| {
        let is_end = *byte == b'"' && !is_escaped;
        is_escaped = *byte == b'\\' && !is_escaped;
        is_end
    });
    end.map_or(text.len(), |end| end + 2)
}

/// The length of the number that `text` begins with.
fn number(text: &[u8]) -> usize {
    let is_part = |byte: &u8| matches!(byte, b'-' | b'+' | b'.' | b'e' | b'E' | b'0'..=b'9');
    text.iter().position(|byte| !is_part(byte)).unwrap_or(text.len())
}

fn is_too_large(token: &[u8]) -> bool {
    str::from_utf8(token).is_ok_and(|token| token.parse().is_ok_and(f64::is_infinite))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_that_is_too_large_becomes_a_text_and_all_else_stays() {
        for (body, expected) in [
            (r#"{"a":1e400,"b":[-2E+999,1]}"#, r#"{"a":"1e400","b":["-2E+999",1]}"#),
            (r#"{"a":"1e400 \" 1e400","b\\":1e400}"#, r#"{"a":"1e400 \" 1e400","b\\":"1e400"}"#),
            ("1e400", r#""1e400""#),
        ] {
            assert_eq!(quote(body.as_bytes()), expected.as_bytes(), "{body}");
        }
        for body in [r#"{"a":[1e308,1e-400,0.5,12345678901234567890123,-1]}"#, r#""open 1e400"#, "1e4e400", "-", ""] {
            assert!(matches!(quote(body.as_bytes()), Cow::Borrowed(_)), "{body}");
        }
    }
}
