//! Lowering of schemas in older dialects of JSON Schema, as `$schema` or `jsonSchemaDialect` names them.

use anyhow::{Result, bail};
use serde_json::{Map, Value};

use super::Lowering;
use super::form::{check, text};
use super::keywords::Form;
use crate::document::dialects::{draft, idle_keywords, without_scheme};
use crate::document::pointer::Pointer;

/// The dialects that schemas of a 3.1 document are written in by default.
const OWN: [&str; 2] = ["spec.openapis.org/oas/3.1/dialect/", "json-schema.org/draft/2020-12/schema"];

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
        let idle = idle_keywords(self.document, written, at);
        if idle.is_empty() {
            return None;
        }
        let place = if written.contains_key("$ref") { "beside a `$ref` " } else { "" };
        for name in &idle {
            self.warnings.insert(at.child(name).error(format!("`{name}` says nothing {place}in this dialect")));
        }
        let mut own = written.clone();
        own.retain(|name, _| !idle.contains(&name.as_str()));
        Some(own)
    }
}
