//! Reads the `x-client-` extensions of the document's schemas, for the passes that write what reads their types.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Result, bail};
use serde_json::Value;
use syn::{Field, Ident};

use super::syntax::{json_name, last_name};
use crate::document::extensions;
use crate::document::pointer::Pointer;
use crate::document::rust_names::type_name;

/// The extensions of the document's schemas, by the name of the type.
pub(super) struct DeclaredExtensions(BTreeMap<String, Extensions>);

/// The extensions of one schema.
#[derive(Default)]
pub(super) struct Extensions {
    /// The schema's name.
    schema: String,
    pub(super) unwrap: Option<Vec<String>>,
    pub(super) payload: Payload,
    pub(super) identity: Vec<String>,
    pub(super) is_open: bool,
}

impl Extensions {
    /// The place of the schema.
    pub(super) fn at(&self) -> Pointer {
        Pointer::schemas().child(&self.schema)
    }

    /// Refuses an identity of what calls send: the document lets them leave it out.
    pub(super) fn check_sent(&self) -> Result<()> {
        if !self.identity.is_empty() {
            let at = self.at().child(extensions::IDENTITY);
            bail!(at.error("a request holds the schema, and the document lets it leave out what an identity demands"));
        }
        Ok(())
    }
}

/// Which properties matter, of which one must be there.
#[derive(Default)]
pub(super) enum Payload {
    #[default]
    All,
    Lists,
    Except(Vec<String>),
}

impl Payload {
    fn said(schema: &Value) -> Self {
        match schema.get(extensions::PAYLOAD) {
            None => Self::All,
            Some(Value::Object(said)) => Self::Except(texts(said.get(extensions::EXCEPT)).unwrap_or_default()),
            Some(_) => Self::Lists,
        }
    }

    pub(super) fn has(&self, field: &Field) -> bool {
        match self {
            Self::All => true,
            Self::Lists => last_name(&field.ty).as_deref() == Some("Vec"),
            Self::Except(names) => !names.contains(&json_name(field)),
        }
    }

    /// Finds a statement of the extension that is false for the schema's `fields`.
    pub(super) fn problem(&self, fields: &[&Field], nothing_matters: bool) -> Option<String> {
        match self {
            Self::Except(names) => {
                let unknown = names.iter().find(|name| fields.iter().all(|field| json_name(field) != **name));
                unknown.map(|name| format!("names `{name}`, which is not a property of the schema"))
            }
            Self::Lists if nothing_matters => Some("no property of the schema is a list".to_owned()),
            Self::All | Self::Lists => None,
        }
    }
}

fn texts(value: Option<&Value>) -> Option<Vec<String>> {
    Some(value?.as_array()?.iter().filter_map(Value::as_str).map(str::to_owned).collect())
}

impl DeclaredExtensions {
    pub(super) fn of(lowered: &Value) -> Self {
        let schemas = lowered["components"]["schemas"].as_object();
        let said = schemas.into_iter().flatten().filter_map(|(name, schema)| {
            let said = Extensions {
                schema: name.clone(),
                unwrap: texts(schema.get(extensions::UNWRAP)),
                payload: Payload::said(schema),
                identity: texts(schema.get(extensions::IDENTITY)).unwrap_or_default(),
                is_open: schema.get(extensions::OPEN).is_some(),
            };
            let has_any = said.unwrap.is_some()
                || !said.identity.is_empty()
                || said.is_open
                || !matches!(said.payload, Payload::All);
            has_any.then(|| (type_name(name), said))
        });
        Self(said.collect())
    }

    /// The types of open objects.
    pub(super) fn open_types(&self) -> BTreeSet<String> {
        self.0.iter().filter(|(_, said)| said.is_open).map(|(name, _)| name.clone()).collect()
    }

    pub(super) fn take(&mut self, name: &Ident) -> Extensions {
        self.0.remove(&name.to_string()).unwrap_or_default()
    }

    /// An extension that no struct took would be one that does nothing.
    pub(super) fn check_all_taken(&self) -> Result<()> {
        if let Some(name) = self.0.keys().next() {
            bail!("polish: the schema `{name}` has an `x-client-` extension and is no object that is generated");
        }
        Ok(())
    }
}
