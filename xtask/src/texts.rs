//! The texts of operations, kept back from the generator: it would write them into documentation of its own, which they
//! might end or turn into code. It gets a mark in the place of each, and polish writes the text where the mark is.

use serde_json::Value;

/// The start of a mark; a number follows.
const MARK: &str = "text-";

/// The document with marks, and the texts in the order of their numbers.
#[must_use]
pub fn marked(lowered: &Value) -> (Value, Vec<String>) {
    let (mut document, mut texts) = (lowered.clone(), Vec::new());
    let mut mark = |owner: &mut Value, keyword: &str| {
        if let Some(Value::String(text)) = owner.get_mut(keyword)
            && !text.is_empty()
        {
            let mark = format!("{MARK}{}", texts.len());
            let text = std::mem::replace(text, mark);
            // As the generator would: a summary is a heading.
            texts.push(if keyword == "summary" { text.trim_end_matches(['.', ',']).to_owned() } else { text });
        }
    };
    let items = document["paths"].as_object_mut().into_iter().flat_map(serde_json::Map::values_mut);
    for operation in items.filter_map(Value::as_object_mut).flat_map(serde_json::Map::values_mut) {
        mark(operation, "summary");
        mark(operation, "description");
        for parameter in operation.get_mut("parameters").and_then(Value::as_array_mut).into_iter().flatten() {
            mark(parameter, "description");
        }
        if let Some(body) = operation.get_mut("requestBody") {
            mark(body, "description");
        }
    }
    (document, texts)
}

/// The text that a mark stands for.
pub(crate) fn of_mark<'t>(mark: &str, texts: &'t [String]) -> Option<&'t str> {
    texts.get(mark.strip_prefix(MARK)?.parse::<usize>().ok()?).map(String::as_str)
}
