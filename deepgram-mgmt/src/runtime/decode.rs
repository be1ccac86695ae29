//! Decodes the body of a response, or says what is wrong with it.

use std::borrow::Cow;

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use serde_path_to_error::{Path, Segment};

use super::large_numbers;
use super::response_body::ResponseBody;

/// Minimum number of bytes for each object of a response. An object of the API has properties, each with a name
/// and a value; the shortest known, an id alone, has 50 bytes. An object may take some hundreds of bytes of memory, so that
/// `{},` again and again takes a hundred times its length.
const BYTES_PER_OBJECT: usize = 16;

/// A response of up to this many bytes may hold any number of objects.
const SMALL: usize = 64 * 1024;

/// Length of the part of an error's body that is read if the body holds too many objects. It is more than an error keeps of
/// an unknown body.
const START: usize = 4096;

/// Decodes a body. An error says where it is wrong, and repeats nothing of the body, which may hold a new key.
/// A value with an empty payload is compared with the JSON that it came from.
pub(crate) fn decode<T: DeserializeOwned + ResponseBody>(body: &[u8]) -> Result<T, String> {
    let value: T = plain(body)?;
    if value.is_empty_payload() {
        let json: Value =
            serde_json::from_slice(&large_numbers::quote(without_mark(body))).map_err(|error| error.to_string())?;
        T::validate(&json).map_err(|unrecognized| unrecognized.to_string())?;
    }
    Ok(value)
}

/// Decodes a body as a type that does not tell an empty payload from an unrecognized one.
pub(crate) fn plain<T: DeserializeOwned>(body: &[u8]) -> Result<T, String> {
    part(body, "the response")
}

/// Decodes a part of a body; errors call it `name`.
pub(crate) fn part<T: DeserializeOwned>(body: &[u8], name: &str) -> Result<T, String> {
    let body = without_mark(body);
    if is_crowded(body) {
        return Err(format!("it holds more than one object in {BYTES_PER_OBJECT} bytes"));
    }
    if let Some(value) = of_text(body) {
        return Ok(value);
    }
    match large_numbers::quote(body) {
        Cow::Borrowed(body) => decode_with_path(body, name),
        Cow::Owned(body) => of_text(&body).map_or_else(|| decode_with_path(&body, name), Ok),
    }
}

/// Decodes a body that is text as a whole. To check it at once costs a tenth of checking string by string.
fn of_text<T: DeserializeOwned>(body: &[u8]) -> Option<T> {
    serde_json::from_str(str::from_utf8(body).ok()?).ok()
}

/// Decodes a body and keeps the path, for the error. Bytes that are not UTF-8 may stand in a property that is ignored.
fn decode_with_path<T: DeserializeOwned>(body: &[u8], name: &str) -> Result<T, String> {
    let mut json = serde_json::Deserializer::from_slice(body);
    let value = serde_path_to_error::deserialize::<_, T>(&mut json)
        .map_err(|error| complaint(body, name, error.path(), error.inner()))?;
    json.end().map_err(|_| "more follows after the JSON value".to_owned())?;
    Ok(value)
}

/// The part of an error's body that is read.
pub(crate) fn readable_part(body: &[u8]) -> &[u8] {
    let body = without_mark(body);
    if is_crowded(body) { &body[..START] } else { body }
}

/// JSON as it is meant: without the byte order mark that some servers put before it.
pub(crate) fn without_mark(body: &[u8]) -> &[u8] {
    body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body)
}

/// Whether a body holds more objects than a response of its length can. Braces within texts are counted, too: no text has
/// so many.
pub(crate) fn is_crowded(body: &[u8]) -> bool {
    body.len() > SMALL && are_too_many(memchr::memchr_iter(b'{', body).count(), body)
}

/// Whether so many values are more than a response of its length can hold.
pub(crate) fn are_too_many(values: usize, body: &[u8]) -> bool {
    body.len() > SMALL && values > body.len() / BYTES_PER_OBJECT
}

/// The error of a body that is wrong at a path.
fn complaint(body: &[u8], name: &str, path: &Path, cause: &serde_json::Error) -> String {
    let place = |first| format!("line {} column {}", cause.line(), cause.column().max(first));
    if cause.is_eof() {
        return format!("at {}: the JSON ends too early", place(0));
    }
    if cause.is_syntax() {
        let is_deep = cause.to_string().starts_with("recursion limit exceeded");
        return format!("at {}: {}", place(0), if is_deep { "nested too deeply" } else { "not JSON" });
    }
    // A value that is wrong from its start is reported before its first character is taken.
    let place = place(1);
    let is_whole = path.iter().len() == 0;
    let holder = if is_whole { name.to_owned() } else { format!("`{path}`") };
    let message = cause.to_string();
    let property_of = |problem: &str| Some(message.strip_prefix(problem)?.split_once('`')?.0);
    if let Some(lacked) = property_of("missing field `") {
        let names = names_at(body, path);
        let is_there = names.iter().any(|name| name == lacked);
        let problem = if is_there { format!("its `{lacked}` is null or empty") } else { format!("lacks `{lacked}`") };
        return format!("at {place}: {holder} holds {names:?}, and {problem}");
    }
    if let Some(repeated) = property_of("duplicate field `") {
        return format!("at {place}: {holder} holds `{repeated}` twice");
    }
    let place = if is_whole { place } else { format!("{path}, {place}") };
    // serde puts what it found first, which may be anything, and what it expected last.
    match message.rsplit_once(", expected ") {
        Some((_, expected)) => {
            let expected = expected.rsplit_once(" at line ").map_or(expected, |(expected, _)| expected);
            let found = value_at(body, path).map(|found| format!(", found {}", kind(&found))).unwrap_or_default();
            format!("at {place}: expected {expected}{found}")
        }
        None => format!("at {place}: not what the document says"),
    }
}

/// The value at a path.
fn value_at(body: &[u8], path: &Path) -> Option<Value> {
    // What follows the value is no part of it.
    let mut json = Value::deserialize(&mut serde_json::Deserializer::from_slice(body)).ok()?;
    let mut value = &mut json;
    for step in path {
        value = match step {
            Segment::Seq { index } => value.get_mut(*index)?,
            Segment::Map { key } => value.get_mut(key)?,
            Segment::Enum { .. } | Segment::Unknown => return None,
        };
    }
    Some(value.take())
}

/// The names of the properties of the object at a path, in their order.
fn names_at(body: &[u8], path: &Path) -> Vec<String> {
    let object = value_at(body, path);
    let members = object.as_ref().and_then(Value::as_object);
    let mut names: Vec<String> = members.into_iter().flat_map(Map::keys).cloned().collect();
    // The order of a JSON object depends on features that other crates of a build may turn on.
    names.sort();
    names
}

/// The type of a JSON value, as a message names it.
fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::types;

    #[test]
    fn an_object_of_which_nothing_is_known_is_named_with_its_properties() {
        for (body, said) in [
            (r#"{"x":1}"#, r#"the response holds ["x"], and nothing of ["projects"]"#),
            (
                r#"{"projects":[{"project_id":"p"},{"z":1,"y":2}]}"#,
                r#"`projects[1]` holds ["y", "z"], and lacks `project_id`"#,
            ),
            (
                r#"{"projects":[{"project_id":null}]}"#,
                r#"`projects[0]` holds ["project_id"], and its `project_id` is null or empty"#,
            ),
            (r#"{"projects":[{"project_id":"p"},{"project_id":" "}]}"#, "`projects[1]` holds"),
            (r#"{"projects":[{"project_id":"p","name":1,"name":2}]}"#, "at projects[0].name, "),
            (r#"{"projects":[{"name":"a","name":"b"}]}"#, "`projects[0]` holds `name` twice"),
            (
                r#"{"projects":[[]]}"#,
                "at projects[0], line 1 column 13: expected an object of type Project, found a list",
            ),
            ("[]", "at line 1 column 1: expected an object of type ProjectList, found a list"),
            (r#""text""#, "at line 1 column 6: expected an object of type ProjectList, found a string"),
            ("", "the JSON ends too early"),
            (&format!(r#"{{"projects":[],"x":{}"#, "[".repeat(200)), "nested too deeply"),
            (r#"{"projects":[]} x"#, "more follows"),
        ] {
            let complaint = decode::<types::ProjectList>(body.as_bytes()).unwrap_err();
            assert!(complaint.contains(said), "{body}: {complaint}");
        }
    }

    #[test]
    fn a_list_response_without_its_list_is_not_an_empty_one() {
        let page = decode::<types::RequestList>(br#"{"page":0,"limit":10}"#).unwrap_err();
        assert!(page.contains(r#"["limit", "page"]"#) && page.contains(r#"["requests"]"#), "{page}");
        for empty in [r#"{"requests":null,"page":0}"#, r#"{"requests":[]}"#, "{}"] {
            assert!(decode::<types::RequestList>(empty.as_bytes()).unwrap().requests.is_empty(), "{empty}");
        }
    }

    #[test]
    fn a_byte_order_mark_before_json_is_passed_over_once() {
        for (body, is_read) in [
            ("\u{feff}{\"projects\":[]}", true),
            ("\u{feff}{}", true),
            ("\u{feff}\u{feff}{}", false),
            ("{}\u{feff}", false),
            ("\u{feff}", false),
        ] {
            assert_eq!(decode::<types::ProjectList>(body.as_bytes()).is_ok(), is_read, "{body:?}");
        }
    }

    #[test]
    fn a_large_body_of_more_objects_than_a_response_has_is_not_decoded_and_a_small_one_is() {
        let of = |count: usize, object: &str| format!("{{\"projects\":[{}]}}", vec![object; count].join(","));
        let complaint = decode::<types::ProjectList>(of(100_000, "{}").as_bytes()).unwrap_err();
        assert_eq!(complaint, "it holds more than one object in 16 bytes");
        for body in [of(4_000, "{\"project_id\":1}").replace('1', "\"p\""), of(100_000, "{\"project_id\":\"p\"}")] {
            assert!(decode::<types::ProjectList>(body.as_bytes()).is_ok(), "{}", body.len());
        }
    }

    #[test]
    fn an_entry_without_its_identity_is_an_error_in_an_envelope_too() {
        for (body, said) in [
            (
                r#"{"api_keys":[{"member":{"member_id":"m"},"api_key":{"x":"hush"}}]}"#,
                r#"`api_keys[0]` holds ["api_key", "member"], and lacks `api_key_id`"#,
            ),
            (r#"{"api_keys":[{"member":{}}]}"#, r#"`api_keys[0]` holds ["member"], and lacks `api_key_id`"#),
        ] {
            let complaint = decode::<types::KeyList>(body.as_bytes()).unwrap_err();
            assert!(complaint.contains(said) && !complaint.contains("hush"), "{body}: {complaint}");
        }
        let key = r#"{"api_keys":[{"member":{"member_id":"m"},"api_key":{"api_key_id":"k"}}]}"#;
        assert_eq!(decode::<types::KeyList>(key.as_bytes()).unwrap().api_keys[0].api_key_id, "k");
    }

    #[test]
    fn emptiness_is_judged_at_the_top_only() {
        assert!(decode::<types::UsageSummary>(br#"{"x":1}"#).is_err());
        let usage = br#"{"start":"2024-10-16","end":"2024-10-17","resolution":{"x":1}}"#;
        let usage = decode::<types::UsageSummary>(usage).unwrap();
        assert_eq!(usage.resolution.unwrap().unknown.get("x"), Some(&Value::from(1)));
        let record = decode::<types::RequestRecord>(br#"{"request_id":"r","response":{"x":{"y":[1]}}}"#).unwrap();
        assert_eq!(record.response.unwrap().unknown.get("x").unwrap()["y"][0], 1);
    }

    #[test]
    fn null_everywhere_but_in_the_identity_is_a_response_in_which_nothing_is_set() {
        let key = decode::<types::Key>(br#"{"api_key_id":"k","comment":null,"scopes":null,"created":null}"#).unwrap();
        assert!(key.comment.is_none() && key.scopes.is_empty());
    }

    #[test]
    fn a_record_has_no_room_for_the_response_it_lacks() {
        assert!(size_of::<types::RequestRecord>() < size_of::<types::RequestResponse>());
        let response = types::RequestResponse { code: Some(200), ..types::RequestResponse::default() };
        let record: types::RequestRecord =
            types::RequestRecord::builder().request_id("r").response(response).try_into().unwrap();
        let json = serde_json::to_vec(&record).unwrap();
        assert_eq!(decode::<types::RequestRecord>(&json).unwrap().response.unwrap().code, Some(200));
    }
}
