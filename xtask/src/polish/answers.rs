//! Implements `ResponseBody`, which distinguishes an empty response from an unrecognized one.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Result, bail};
use quote::quote;
use serde_json::Value;
use syn::{Expr, Field, Fields, Ident, Item, ItemStruct, Type, parse_quote};

use super::syntax::{arguments, has_argument, is_collection, json_name, last_name, option_of};
use crate::document::extensions;
use crate::document::pointer::Pointer;
use crate::document::rust_names::type_name;

/// What the document's extensions say of its schemas, by the name of the type.
pub(super) struct Said(BTreeMap<String, Extensions>);

/// What they say of one.
#[derive(Default)]
pub(super) struct Extensions {
    /// The schema's name.
    schema: String,
    pub(super) unwrap: Option<Vec<String>>,
    payload: Payload,
}

/// Which properties matter, of which one must be there.
#[derive(Default)]
enum Payload {
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

    fn has(&self, field: &Field) -> bool {
        match self {
            Self::All => true,
            Self::Lists => last_name(&field.ty).as_deref() == Some("Vec"),
            Self::Except(names) => !names.contains(&json_name(field)),
        }
    }

    /// What the extension says that is not so of the schema's `fields`.
    fn problem(&self, fields: &[&Field], nothing_matters: bool) -> Option<String> {
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

impl Said {
    pub(super) fn of(lowered: &Value) -> Self {
        let schemas = lowered["components"]["schemas"].as_object();
        let said = schemas.into_iter().flatten().filter_map(|(name, schema)| {
            let said = Extensions {
                schema: name.clone(),
                unwrap: texts(schema.get(extensions::UNWRAP)),
                payload: Payload::said(schema),
            };
            (said.unwrap.is_some() || !matches!(said.payload, Payload::All)).then(|| (type_name(name), said))
        });
        Self(said.collect())
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

/// Implements `ResponseBody` for a struct. The properties that matter are those that the document names, else all;
/// `types` are the names of the generated types.
pub(super) fn response_body(item: &ItemStruct, said: &Extensions, types: &BTreeSet<String>) -> Result<Item> {
    let name = &item.ident;
    let Fields::Named(fields) = &item.fields else {
        return Ok(never_empty(name));
    };
    let fields: Vec<&Field> = fields.named.iter().collect();
    if fields.is_empty() || fields.iter().any(|field| has_argument(field, "flatten")) {
        // Whatever such an object holds has its place.
        return Ok(never_empty(name));
    }
    let matters: Vec<&&Field> = fields.iter().filter(|field| said.payload.has(field)).collect();
    if let Some(problem) = said.payload.problem(&fields, matters.is_empty()) {
        bail!(Pointer::schemas().child(&said.schema).child(extensions::PAYLOAD).error(problem));
    }
    let names: Vec<String> = matters.iter().map(|field| json_name(field)).collect();
    // A value with a property that must be there is not empty.
    let absent: Option<Vec<Expr>> = matters.iter().map(|field| absent(field)).collect();
    let own: Option<Expr> = absent.map(|absent| parse_quote!(#(#absent)&&*));
    let nested: Vec<&&Field> = fields.iter().filter(|field| holds_generated(&field.ty, types)).collect();
    let nested_empty = nested.iter().map(|field| -> Expr {
        let name = &field.ident;
        parse_quote!(crate::runtime::ResponseBody::is_empty_payload(&self.#name))
    });
    let empty: Vec<Expr> = own.into_iter().chain(nested_empty).collect();
    if empty.is_empty() {
        return Ok(never_empty(name));
    }
    let validations = nested.iter().map(|field| {
        let (name, ty) = (json_name(field), &field.ty);
        quote!((#name, <#ty as crate::runtime::ResponseBody>::validate))
    });
    let value: Expr = match &said.unwrap {
        Some(paths) => parse_quote!(&crate::runtime::envelope::flatten(value, &[#(#paths),*])),
        None => parse_quote!(value),
    };
    Ok(parse_quote! {
        impl crate::runtime::ResponseBody for #name {
            fn is_empty_payload(&self) -> bool {
                #(#empty)||*
            }
            fn validate(value: &::serde_json::Value) -> ::std::result::Result<(), crate::runtime::Unrecognized> {
                crate::runtime::validate_object(#value, &[#(#names),*], &[#(#validations),*])
            }
        }
    })
}

/// Implements `ResponseBody` for a type that has no empty value.
pub(super) fn never_empty(name: &Ident) -> Item {
    parse_quote!(impl crate::runtime::ResponseBody for #name {})
}

/// The condition under which a field holds nothing of a response; `None` for a field that must be there.
fn absent(field: &Field) -> Option<Expr> {
    let name = &field.ident;
    if option_of(&field.ty).is_some() {
        Some(parse_quote!(self.#name.is_none()))
    } else if is_collection(&field.ty) {
        Some(parse_quote!(self.#name.is_empty()))
    } else {
        None
    }
}

/// Whether a type is generated, or an `Option`, `Vec`, `HashMap` or `Box` of one that is.
fn holds_generated(ty: &Type, types: &BTreeSet<String>) -> bool {
    match last_name(ty).as_deref() {
        Some("Option" | "Vec" | "HashMap" | "Box") => arguments(ty).iter().any(|ty| holds_generated(ty, types)),
        Some(name) => matches!(ty, Type::Path(path) if path.path.segments.len() == 1) && types.contains(name),
        None => false,
    }
}
