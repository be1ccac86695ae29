//! Compares the public Rust API of two generated clients, and derives the semver bump that the change needs.

mod items;
mod known_values;

use std::collections::BTreeMap;

use serde::Serialize;

use items::{Addition, PublicItem};

pub use items::PublicApi;

/// The version bump that Semantic Versioning asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum SemverBump {
    /// The generated code is equal.
    None,
    /// The code differs, what callers name does not.
    Patch,
    /// Callers' code still compiles.
    Minor,
    /// Callers' code may not compile, or no longer do what it did.
    Major,
}

impl std::fmt::Display for SemverBump {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::None => "none",
            Self::Patch => "patch",
            Self::Minor => "minor",
            Self::Major => "major",
        })
    }
}

/// The difference between two public APIs, item by item.
#[derive(Debug, Clone, Serialize)]
pub struct ApiDiff {
    /// The bump that the crate's version needs.
    pub semver: SemverBump,
    /// The items that decide it.
    pub deciding: Vec<String>,
    /// Items that only the new code has.
    pub added: Vec<String>,
    /// Items that only the old code has.
    pub removed: Vec<String>,
    /// Items that both have, in another form: before and now.
    pub changed: Vec<(String, String, String)>,
}

impl ApiDiff {
    /// That of equal code.
    #[must_use]
    pub fn none() -> Self {
        Self { semver: SemverBump::None, deciding: vec![], added: vec![], removed: vec![], changed: vec![] }
    }
}

/// Compares the output of two runs of the generator.
#[must_use]
pub fn compare(before: &PublicApi, now: &PublicApi) -> ApiDiff {
    let (old, new) = (&before.items, &now.items);
    // A part of a type that was itself added or removed is not listed again.
    let removed: Vec<String> =
        old.keys().filter(|path| !new.contains_key(*path) && !is_part_of_other(path, new, old)).cloned().collect();
    let added: Vec<(String, Addition)> = new
        .iter()
        .filter(|(path, _)| !old.contains_key(*path) && !is_part_of_other(path, old, new))
        .map(|(path, shape)| (path.clone(), shape.adding))
        .collect();
    let changed: Vec<(String, String, String)> = old
        .iter()
        .filter_map(|(path, shape)| Some((path, &shape.form, &new.get(path)?.form)))
        .filter(|(_, old, new)| old != new)
        .map(|(path, old, new)| (path.clone(), old.clone(), new.clone()))
        .collect();
    let semver = if !removed.is_empty() || !changed.is_empty() {
        SemverBump::Major
    } else {
        let least = if before.code == now.code { SemverBump::None } else { SemverBump::Patch };
        added.iter().map(|(_, addition)| bump_of(*addition)).fold(least, SemverBump::max)
    };
    let gone = removed.iter().map(|path| format!("removed {path}"));
    let other = changed.iter().map(|(path, old, new)| format!("changed {path}: {old} → {new}"));
    let more =
        added.iter().filter(|(_, addition)| bump_of(*addition) == semver).map(|(path, addition)| match addition {
            Addition::Compatible => format!("added {path}"),
            Addition::Breaking(reason) => format!("added {path}: {reason}"),
        });
    let deciding = match semver {
        SemverBump::Major => gone.chain(other).chain(more).collect(),
        _ => more.collect(),
    };
    ApiDiff { semver, deciding, added: added.into_iter().map(|(path, _)| path).collect(), removed, changed }
}

fn bump_of(addition: Addition) -> SemverBump {
    match addition {
        Addition::Compatible => SemverBump::Minor,
        Addition::Breaking(_) => SemverBump::Major,
    }
}

/// Whether the item is part of a type that only one of the two APIs has.
fn is_part_of_other(path: &str, without: &BTreeMap<String, PublicItem>, with: &BTreeMap<String, PublicItem>) -> bool {
    let end = path.find(": ").or_else(|| path.find(" requires ")).or_else(|| path.rfind("::"));
    end.is_some_and(|end| with.contains_key(&path[..end]) && !without.contains_key(&path[..end]))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::pipeline;

    fn document() -> Value {
        let thing = json!({ "type": "object", "required": ["name"], "properties": {
            "name": { "type": "string" }, "note": { "type": "string", "description": "A note" } } });
        json!({
            "openapi": "3.1.0", "info": { "title": "Things", "version": "1" },
            "paths": { "/things": { "get": { "operationId": "list_things", "responses": { "200": {
                "description": "Good", "content": { "application/json": {
                    "schema": { "$ref": "#/components/schemas/Thing" } } } } } } } },
            "components": { "schemas": { "Thing": thing } }
        })
    }

    /// Compares the clients before and after a change of the document, through the whole pipeline.
    fn diff(change: impl FnOnce(&mut Value)) -> ApiDiff {
        let base = document();
        let mut revision = base.clone();
        change(&mut revision);
        let [before, now] = [base, revision].map(|document| {
            let lowered = pipeline::prepare(&document).unwrap();
            pipeline::public_api(&document, &lowered, &lowered.document).unwrap()
        });
        compare(&before, &now)
    }

    fn properties(document: &mut Value) -> &mut Value {
        &mut document["components"]["schemas"]["Thing"]["properties"]
    }

    fn parameter(required: bool) -> Value {
        json!([{ "name": "kind", "in": "query", "required": required, "schema": { "type": "string" } }])
    }

    fn operation(document: &mut Value) -> &mut Value {
        &mut document["paths"]["/things"]["get"]
    }

    #[test]
    fn the_same_code_needs_no_step_and_documentation_a_patch() {
        let same = diff(|_| {});
        assert_eq!((same.semver, same.deciding.len()), (SemverBump::None, 0), "{same:?}");
        let words = diff(|document| properties(document)["note"]["description"] = json!("Another"));
        assert_eq!((words.semver, words.deciding.len()), (SemverBump::Patch, 0), "{words:?}");
    }

    #[test]
    fn what_is_new_and_breaks_no_caller_is_minor() {
        let operation_added = diff(|document| {
            let mut other = operation(document).clone();
            other["operationId"] = json!("list_others");
            document["paths"]["/others"] = json!({ "get": other });
        });
        assert_eq!(operation_added.semver, SemverBump::Minor, "{operation_added:?}");
        assert!(operation_added.added.iter().any(|path| path == "Client::list_others()"), "{operation_added:?}");
        let optional = diff(|document| operation(document)["parameters"] = parameter(false));
        assert_eq!(optional.semver, SemverBump::Minor, "{optional:?}");
    }

    #[test]
    fn what_callers_name_and_is_gone_or_other_is_major() {
        let gone = diff(|document| {
            properties(document).as_object_mut().unwrap().remove("note");
        });
        assert_eq!(gone.semver, SemverBump::Major);
        assert!(gone.removed.iter().any(|path| path == "types::Thing::note"), "{gone:?}");
        let other = diff(|document| properties(document)["note"] = json!({ "type": "boolean" }));
        assert_eq!(other.semver, SemverBump::Major);
        let (_, before, now) = other.changed.iter().find(|(path, ..)| path == "types::Thing::note").expect("the field");
        assert!(before.contains("String") && now.contains("bool"), "{before} {now}");
        let renamed = diff(|document| operation(document)["operationId"] = json!("all_things"));
        assert_eq!(renamed.semver, SemverBump::Major);
        assert!(renamed.removed.iter().any(|path| path == "Client::list_things()"), "{renamed:?}");
        assert!(renamed.added.iter().any(|path| path == "Client::all_things()"), "{renamed:?}");
    }

    #[test]
    fn a_type_that_comes_is_one_item_and_its_parts_are_none() {
        let choice = |values: &[&str]| json!({ "type": "string", "enum": values });
        let added = diff(|document| properties(document)["kind"] = choice(&["a", "b"]));
        let expected = ["types::Thing::kind", "types::ThingKind", "types::builder::Thing::kind()"];
        assert_eq!(added.added, expected, "{added:?}");
    }

    #[test]
    fn one_more_field_of_a_struct_that_callers_can_write_out_is_major() {
        let field = diff(|document| properties(document)["more"] = json!({ "type": "string" }));
        let reason = "added types::Thing::more: a struct literal that lists every field no longer compiles";
        assert_eq!((field.semver, field.deciding), (SemverBump::Major, vec![reason.to_owned()]));
    }

    #[test]
    fn a_parameter_that_has_to_be_set_is_major_although_callers_still_compile() {
        let required = diff(|document| operation(document)["parameters"] = parameter(true));
        assert_eq!(required.semver, SemverBump::Major, "{required:?}");
        assert!(required.deciding.iter().any(|item| item.contains("requires kind: calls without it")), "{required:?}");
    }
}
