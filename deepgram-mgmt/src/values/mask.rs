//! Masks the client's own credential in text that a server sent, however the server wrote it.
//!
//! A server may repeat a credential in any field of an error and in any notation: escaped as JSON, a URL or HTML does
//! it, in base64, in another case, or broken over lines. A text is therefore searched as it is and with its escapes
//! decoded, layer by layer. Where a layer holds the credential, that layer is what is shown, masked.

use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use serde_json::{Map, Value};
use zeroize::Zeroizing;

use super::Secret;

/// Stands in place of the credential.
const MASK: &str = "…";

/// How often a text may have been escaped. A proxy that quotes an error that quotes an error makes three.
const LAYERS: usize = 8;

/// A shorter part of base64 stands in ordinary text by chance.
const MIN_BASE64: usize = 4;

/// Finds and masks one credential.
pub(crate) struct Mask {
    /// The credential and its encodings without escapes, as [`fold`] leaves them.
    needles: Vec<Zeroizing<String>>,
    /// The credential with its own escapes decoded, for each layer: `a%41` is `aA` in a text that is decoded once. Keys
    /// and tokens of the API hold no escapes.
    decoded: Vec<Zeroizing<String>>,
    /// The length of the shortest of both: most headers are shorter.
    shortest: usize,
    /// The characters of each: most texts lack one of them.
    characters: Vec<u128>,
}

impl Mask {
    /// A mask of a credential that an HTTP header carries: it is not empty and of printable ASCII.
    pub(crate) fn new(credential: &Secret) -> Self {
        let secret = credential.expose_secret();
        let base64 = (0..3).filter_map(|offset| base64_of(secret, offset));
        let needles = std::iter::once(secret.to_owned()).chain(base64).map(|needle| fold(&needle));
        let needles: Vec<Zeroizing<String>> = needles.collect();
        let decoded = std::iter::successors(Some(Zeroizing::new(secret.to_owned())), |last| {
            Some(Zeroizing::new(decode(last))).filter(|next| next != last)
        });
        let decoded: Vec<Zeroizing<String>> = decoded.skip(1).take(LAYERS).map(|layer| fold(&layer)).collect();
        let all = || needles.iter().chain(&decoded);
        let shortest = all().map(|needle| needle.len()).min().unwrap_or_default();
        let characters = all().filter_map(|needle| characters(needle)).collect();
        Self { needles, decoded, shortest, characters }
    }

    /// The text without the credential.
    pub(crate) fn text(&self, text: &str) -> String {
        let mut shown = text.to_owned();
        // Nothing makes a text longer here.
        if text.len() < self.shortest {
            return shown;
        }
        let mut layer = Zeroizing::new(text.to_owned());
        for depth in 0..=LAYERS {
            let plain = self.replaced(&layer, depth);
            let joined = joined(plain.as_ref().unwrap_or(&layer));
            // As it stands, and then without what breaks lines.
            if let Some(masked) = self.replaced(&joined, depth).or(plain) {
                shown.clone_from(&masked);
                *layer = masked;
            }
            let next = decode(&layer);
            if next == *layer {
                break;
            }
            *layer = next;
        }
        shown
    }

    /// The value without the credential in its strings, its numbers and its names.
    pub(crate) fn json(&self, value: Value) -> Value {
        match value {
            Value::String(text) => Value::String(self.text(&text)),
            Value::Number(number) if self.repeats(&number.to_string()) => Value::from(MASK),
            Value::Array(items) => items.into_iter().map(|item| self.json(item)).collect(),
            Value::Object(members) => {
                let mut masked = Map::new();
                for (name, value) in members {
                    let mut name = self.text(&name);
                    // Two names that hold the credential stay two.
                    while masked.contains_key(&name) {
                        name.push_str(MASK);
                    }
                    masked.insert(name, self.json(value));
                }
                Value::Object(masked)
            }
            other => other,
        }
    }

    /// Marks as sensitive the headers whose values repeat the credential, and removes those whose names do: nobody
    /// prints a sensitive header.
    pub(crate) fn headers(&self, headers: &mut HeaderMap) {
        let repeating: Vec<HeaderName> = headers.keys().filter(|name| self.repeats(name.as_str())).cloned().collect();
        for name in repeating {
            headers.remove(name);
        }
        for value in headers.values_mut() {
            let repeats = self.repeats(&String::from_utf8_lossy(value.as_bytes()));
            HeaderValue::set_sensitive(value, repeats);
        }
    }

    /// Whether a text repeats the credential.
    pub(crate) fn repeats(&self, text: &str) -> bool {
        text.len() >= self.shortest && self.may_repeat(text) && self.text(text) != text
    }

    /// Whether a text has escapes, or every character of the credential or of one of its encodings.
    fn may_repeat(&self, text: &str) -> bool {
        characters(text).is_none_or(|found| self.characters.iter().any(|needed| needed & !found == 0))
    }

    /// One layer of a text without the credential; `None` where it does not hold it.
    fn replaced(&self, layer: &str, depth: usize) -> Option<String> {
        let own = depth.checked_sub(1).and_then(|depth| self.decoded.get(depth).or(self.decoded.last()));
        let mut masked: Option<String> = None;
        let mut folded = fold(layer);
        for needle in self.needles.iter().chain(own) {
            if !folded.contains(needle.as_str()) {
                continue;
            }
            // Folding keeps every offset.
            let text = masked.as_deref().unwrap_or(layer);
            let mut left = String::with_capacity(text.len());
            let mut from = 0;
            for (at, found) in folded.match_indices(needle.as_str()) {
                left.push_str(&text[from..at]);
                left.push_str(MASK);
                from = at + found.len();
            }
            left.push_str(&text[from..]);
            folded = fold(&left);
            masked = Some(left);
        }
        masked
    }
}

/// The part of a credential's base64 that is the same whatever stands before and after it, where `offset` bytes stand
/// before it in its group of three.
fn base64_of(secret: &str, offset: usize) -> Option<String> {
    let encoded = STANDARD_NO_PAD.encode([&b"   "[..offset], secret.as_bytes()].concat());
    // Six bits a character: those that are shared with what stands beside the credential are left out.
    let own = (offset * 8).div_ceil(6)..(offset + secret.len()) * 8 / 6;
    encoded.get(own).filter(|own| own.len() >= MIN_BASE64).map(str::to_owned)
}

/// A text of the same length in which letters of either case are equal, and both alphabets of base64.
fn fold(text: &str) -> Zeroizing<String> {
    let mut folded = text.replace('-', "+").replace('_', "/");
    folded.make_ascii_lowercase();
    Zeroizing::new(folded)
}

/// The characters of a text as [`fold`] leaves them, a bit for each; `None` where it has an escape or more than ASCII.
fn characters(text: &str) -> Option<u128> {
    text.bytes().try_fold(0, |found, byte| match byte {
        b'\\' | b'%' | b'&' | 0x80.. => None,
        b'-' => Some(found | 1 << b'+'),
        b'_' => Some(found | 1 << b'/'),
        _ => Some(found | 1 << byte.to_ascii_lowercase()),
    })
}

/// A text without white space, controls and characters that no reader sees.
fn joined(text: &str) -> Zeroizing<String> {
    let is_seen = |c: &char| {
        !c.is_whitespace()
            && !c.is_control()
            && !matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}')
    };
    Zeroizing::new(text.chars().filter(is_seen).collect())
}

/// A text with its escapes decoded once.
fn decode(text: &str) -> String {
    let mut decoded = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(['\\', '%', '&']) {
        decoded.push_str(&rest[..at]);
        rest = &rest[at..];
        let (c, length) = escape(rest).unwrap_or((char::from(rest.as_bytes()[0]), 1));
        decoded.push(c);
        rest = &rest[length..];
    }
    decoded + rest
}

/// The character of the escape that a text begins with, and the escape's length. The whole may stand in upper case.
fn escape(text: &str) -> Option<(char, usize)> {
    let hex = |digits: &str| char::from_u32(u32::from_str_radix(digits, 16).ok()?);
    let fixed = |from: usize, digits: usize| Some((hex(text.get(from..from + digits)?)?, from + digits));
    let bytes = text.as_bytes();
    match (bytes[0], *bytes.get(1)?) {
        // No credential holds more than ASCII.
        (b'%', _) => fixed(1, 2).filter(|(c, _)| c.is_ascii()),
        (b'\\', b'u') if bytes.get(2) == Some(&b'{') => {
            let end = text.bytes().take(10).position(|byte| byte == b'}')?;
            Some((hex(&text[3..end])?, end + 1))
        }
        (b'\\', b'u') => fixed(2, 4),
        (b'\\', b'U') => fixed(2, 8).or_else(|| fixed(2, 4)),
        (b'\\', b'x' | b'X') => fixed(2, 2),
        (b'\\', b'n' | b'r' | b't' | b'N' | b'R' | b'T') => Some((' ', 2)),
        (b'\\', c) if c.is_ascii_punctuation() => Some((char::from(c), 2)),
        (b'&', b'#') => {
            let is_hex = matches!(bytes.get(2), Some(b'x' | b'X'));
            let from = if is_hex { 3 } else { 2 };
            let is_digit = |byte: &u8| if is_hex { byte.is_ascii_hexdigit() } else { byte.is_ascii_digit() };
            let end = from + bytes[from..].iter().take_while(|byte| is_digit(byte)).count();
            let code = u32::from_str_radix(&text[from..end], if is_hex { 16 } else { 10 }).ok()?;
            Some((char::from_u32(code)?, end + usize::from(bytes.get(end) == Some(&b';'))))
        }
        (b'&', _) => [("&amp;", '&'), ("&lt;", '<'), ("&gt;", '>'), ("&quot;", '"'), ("&apos;", '\'')]
            .into_iter()
            .find_map(|(name, c)| text.get(..name.len())?.eq_ignore_ascii_case(name).then_some((c, name.len()))),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn masked(credential: &str, text: &str) -> String {
        let mask = Mask::new(&Secret::from(credential));
        let masked = mask.text(text);
        assert_eq!(mask.repeats(text), masked != text, "{text}");
        masked
    }

    #[test]
    fn a_credential_is_masked_in_every_notation_and_the_rest_is_kept() {
        for written in [
            "k/y-Sec\"ret",
            "K/Y-SEC\"RET",
            r#"k\/y-Sec\"ret"#,
            r"\u006b/y\u002DSec\u0022ret",
            r#"\\u006b/y-Sec\\\"ret"#,
            r"k\u005c/y-Sec\u005c\u0022ret",
            r#"\u{6b}/y-\x53ec"ret"#,
            "k%2Fy-Sec%22ret",
            "k%252fy%252DSec%2522ret",
            "k&#47;y&#x2d;Sec&quot;ret",
            "&#0000107/y-Sec&amp;quot;ret",
            "k/y-\r\n Sec\"ret",
            "k/y-\u{ad}Sec\u{200b}\"ret",
            r#"k/y-\nSec\"ret"#,
            "k\0/\0y\0-\0S\0e\0c\0\"\0r\0e\0t",
        ] {
            let text = masked("k/y-Sec\"ret", &format!("<{written}>"));
            assert_eq!(text, "<…>", "{written}");
        }
        assert_eq!(
            masked("hush", "Token hush is no hush, 100% \\o/ & \\ud83d é"),
            "Token … is no …, 100% \\o/ & \\ud83d é"
        );
        assert_eq!(masked("hush", r"é \u0068ush\nis unknown"), "é … is unknown");
    }

    #[test]
    fn base64_of_a_credential_is_masked_wherever_it_stands() {
        let secret = "0123456789abcdef0123456789abcdef01234567";
        for before in ["", "x", "xy", "Token ", "user:"] {
            for after in ["", "\n", "yz"] {
                let encoded = STANDARD_NO_PAD.encode(format!("{before}{secret}{after}"));
                let wrapped = format!("{}\n{}", &encoded[..20], &encoded[20..]);
                for text in [&encoded, &encoded.replace('+', "-"), &wrapped] {
                    let left = masked(secret, text);
                    assert!(left.len() < encoded.len() - 45, "{text}: {left}");
                }
            }
        }
    }

    #[test]
    fn a_credential_that_looks_like_an_escape_is_masked_too() {
        for credential in ["a%41b", r"a\u0041b", "a&#65;b", "a\\b", "p%&"] {
            let escaped: String =
                credential.chars().map(|c| format!("\\u{:04x}", u32::from(c))).collect::<Vec<_>>().concat();
            let percent: String = credential.bytes().map(|byte| format!("%{byte:02X}")).collect::<Vec<_>>().concat();
            let some = format!("\\u{:04x}{}", u32::from(credential.as_bytes()[0]), &credential[1..]);
            for written in [credential, &escaped, &percent, &some] {
                assert_eq!(masked(credential, written), "…", "{credential} as {written}");
            }
        }
    }

    #[test]
    fn text_without_the_credential_stays_as_it_is() {
        for text in [
            "",
            "…",
            r"\u0061%2F&lt;",
            "hus h\u{301}us",
            "hus\\u0068x".trim_end_matches("\\u0068x"),
            "\\",
            "%",
            "&",
            "&#",
            "\\u",
            "%e",
            "&#x;",
            "\\u{",
            "\\u{110000}",
            "%é",
            "\\ué",
        ] {
            assert_eq!(masked("hush-hush", text), text);
        }
    }

    #[test]
    fn json_is_masked_in_names_strings_and_numbers() {
        let value = serde_json::json!({ "4711": [4711, 14711, 7, true], "x4711": { "a": "47 11" }, "b": null });
        let masked = Mask::new(&Secret::from("4711")).json(value);
        assert_eq!(masked, serde_json::json!({ "…": ["…", "…", 7, true], "x…": { "a": "…" }, "b": null }));
        let two = serde_json::json!({ "A-KEY": 1, "a-key": 2 });
        assert_eq!(Mask::new(&Secret::from("a-key")).json(two), serde_json::json!({ "…": 1, "……": 2 }));
    }

    #[test]
    fn escapes_upon_escapes_cost_no_more_than_their_length() {
        let start = std::time::Instant::now();
        for text in ["\\", "\\\\u0068", "%25", "&amp;", "&#0", "h ", "hush", "hus ", "\\u{"] {
            let _ = masked("hush-hush-hush", &text.repeat(50_000));
        }
        assert!(start.elapsed().as_secs() < 30, "{:?}", start.elapsed());
    }
}
