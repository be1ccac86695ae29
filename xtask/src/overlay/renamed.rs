//! Schemas that a newer document has under other names.

use roas_overlay::v1_0::Action;
use serde_json::Value;

use crate::document::extensions;
use crate::document::pointer::Pointer;

/// A schema of `components` that was renamed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RenamedSchema {
    /// The name in the document that the overlay was written for.
    pub from: String,
    /// The name now.
    pub to: String,
}

/// The schemas whose old names an action uses.
pub(super) fn used<'r>(renamed: &'r [RenamedSchema], action: &Action) -> Vec<&'r RenamedSchema> {
    let is_used = |schema: &&RenamedSchema| {
        has_word(&action.target, &schema.from)
            || action.update.as_ref().is_some_and(|update| has_word(&update.to_string(), &schema.from))
    };
    renamed.iter().filter(is_used).collect()
}

/// A document with the old names of these schemas.
pub(super) fn to_old(document: &Value, schemas: &[&RenamedSchema]) -> Value {
    rename(document, &schemas.iter().map(|schema| (&*schema.to, &*schema.from)).collect::<Vec<_>>())
}

/// A document, or a part of one, with the new names of these schemas.
pub(super) fn to_new(document: &Value, schemas: &[&RenamedSchema]) -> Value {
    rename(document, &schemas.iter().map(|schema| (&*schema.from, &*schema.to)).collect::<Vec<_>>())
}

fn rename(document: &Value, names: &[(&str, &str)]) -> Value {
    let mut renamed = document.clone();
    if let Some(Value::Object(schemas)) = renamed.pointer_mut("/components/schemas") {
        let members = std::mem::take(schemas).into_iter();
        *schemas = members.map(|(name, schema)| (renamed_name(&name, names), schema)).collect();
    }
    rename_references(&mut renamed, names);
    renamed
}

fn rename_references(value: &mut Value, names: &[(&str, &str)]) {
    match value {
        Value::Object(members) => {
            for (key, value) in members {
                match value {
                    Value::String(reference) if key == "$ref" => *reference = renamed_reference(reference, names),
                    Value::String(name) if key == extensions::TYPE => *name = renamed_name(name, names),
                    // The mapping of a discriminator holds names or references.
                    Value::Object(mapping) if key == "mapping" => {
                        for target in mapping.values_mut() {
                            if let Value::String(target) = target {
                                *target = renamed_reference(&renamed_name(target, names), names);
                            }
                        }
                    }
                    value => rename_references(value, names),
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| rename_references(item, names)),
        _ => {}
    }
}

fn renamed_name(name: &str, names: &[(&str, &str)]) -> String {
    names.iter().find(|(from, _)| *from == name).map_or(name, |(_, to)| to).to_owned()
}

/// A reference to a schema, or to a part of one, under the new name.
fn renamed_reference(reference: &str, names: &[(&str, &str)]) -> String {
    let place = |name: &str| Pointer::schemas().child(name).to_string();
    let renamed = names.iter().find_map(|(from, to)| {
        let rest = reference.strip_prefix(&place(from))?;
        (rest.is_empty() || rest.starts_with('/')).then(|| format!("{}{rest}", place(to)))
    });
    renamed.unwrap_or_else(|| reference.to_owned())
}

fn has_word(text: &str, word: &str) -> bool {
    let is_part = |c: char| c.is_alphanumeric() || c == '_' || c == '-';
    text.match_indices(word).any(|(start, _)| {
        let (before, after) = (&text[..start], &text[start + word.len()..]);
        !before.ends_with(is_part) && !after.starts_with(is_part)
    })
}
