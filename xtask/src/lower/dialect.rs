//! Lowering of schemas in older dialects of JSON Schema, as `$schema` or `jsonSchemaDialect` names them.

use anyhow::{Result, bail};
use serde_json::{Map, Value};

use super::Lowering;
use super::form::{check, text};
use super::keywords::Form;
use crate::document::pointer::Pointer;

/// The dialects that schemas of a 3.1 document are written in by default.
const OWN: [&str; 2] = ["spec.openapis.org/oas/3.1/dialect/", "json-schema.org/draft/2020-12/schema"];

/// The older dialects, in their order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Draft {
    Draft04,
    Draft06,
    Draft07,
    Draft2019,
}

const OLDER: [(&str, Draft); 4] = [
    ("json-schema.org/draft-04/schema", Draft::Draft04),
    ("json-schema.org/draft-06/schema", Draft::Draft06),
    ("json-schema.org/draft-07/schema", Draft::Draft07),
    ("json-schema.org/draft/2019-09/schema", Draft::Draft2019),
];

/// Keywords that would restrict a type, and the last dialect that reads them as annotations.
const NEWER: [(&str, Draft); 2] = [("const", Draft::Draft04), ("unevaluatedProperties", Draft::Draft07)];

/// Keywords beside a `$ref` that no type depends on, and the reference itself.
const BESIDE_REFERENCES: [&str; 16] = [
    "$ref",
    "$schema",
    "$id",
    "$comment",
    "$defs",
    "definitions",
    "title",
    "description",
    "deprecated",
    "readOnly",
    "writeOnly",
    "default",
    "example",
    "examples",
    "externalDocs",
    "xml",
];

impl Lowering<'_> {
    /// Checks the name of a dialect. A warning says that an older one is read like OpenAPI's own.
    pub(super) fn check_dialect(&mut self, value: &Value, at: &Pointer) -> Result<()> {
        check(Form::Text, value, at)?;
        let name = text(value, at)?;
        if draft(name).is_some() {
            self.warnings
                .insert(at.error(format!("schemas of the dialect `{name}` are read like those of OpenAPI 3.1")));
        } else if self.is_30 {
            self.warnings.insert(at.error(format!("OpenAPI 3.0 has its own dialect; `{name}` is left out")));
        } else if !OWN.iter().any(|own| without_scheme(name).starts_with(own)) {
            bail!(at.fixable(format!("the dialect `{name}` is not supported; OpenAPI 3.1's own is")));
        }
        Ok(())
    }

    /// The schema at `at` without the keywords that restrict nothing in its dialect; `None` if that has them all.
    pub(super) fn in_own_dialect(&mut self, written: &Map<String, Value>, at: &Pointer) -> Option<Map<String, Value>> {
        let refers = written.contains_key("$ref");
        if !refers && NEWER.iter().all(|(keyword, _)| !written.contains_key(*keyword)) {
            return None;
        }
        let draft = self.draft_at(at);
        let ignores_siblings = refers && (self.is_30 || draft.is_some_and(|draft| draft <= Draft::Draft07));
        let is_beside = |name: &str| ignores_siblings && !BESIDE_REFERENCES.contains(&name) && !name.starts_with("x-");
        let is_newer = |name: &str| {
            NEWER.iter().any(|(keyword, last)| *keyword == name && draft.is_some_and(|draft| draft <= *last))
        };
        let says_nothing = |name: &str| is_beside(name) || is_newer(name);
        let mut own = written.clone();
        own.retain(|name, _| !says_nothing(name));
        if own.len() == written.len() {
            return None;
        }
        for name in written.keys().filter(|name| !own.contains_key(*name)) {
            let place = if refers { "beside a `$ref` " } else { "" };
            self.warnings.insert(at.child(name).error(format!("`{name}` says nothing {place}in this dialect")));
        }
        Some(own)
    }

    /// The older dialect of a schema, which the nearest `$schema` around it names, else the document.
    fn draft_at(&self, at: &Pointer) -> Option<Draft> {
        let mut place = Some(at.clone());
        while let Some(at) = place {
            let dialect = at.find(self.document).and_then(|schema| schema.get("$schema")?.as_str());
            if let Some(dialect) = dialect {
                return draft(dialect);
            }
            place = at.parent().map(|(parent, _)| parent);
        }
        draft(self.document.get("jsonSchemaDialect")?.as_str()?)
    }
}

fn draft(dialect: &str) -> Option<Draft> {
    let name = without_scheme(dialect).trim_end_matches('#');
    OLDER.iter().find(|(known, _)| *known == name).map(|(_, draft)| *draft)
}

fn without_scheme(dialect: &str) -> &str {
    dialect.split_once("://").map_or(dialect, |(_, name)| name)
}
