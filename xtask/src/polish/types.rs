//! Rewrites the types module: puts attributes in the order that the compiler wants, and lets serde read what responses
//! write another way.

use std::collections::BTreeSet;

use anyhow::{Result, bail};
use quote::{ToTokens, format_ident};
use serde_json::Value;
use syn::visit_mut::{self, VisitMut};
use syn::{Attribute, Field, Fields, Ident, Item, ItemEnum, ItemStruct, Type, parse_quote};

use super::answers::{self, Said};
use super::objects::{self, Read};
use super::{boxes, complete, type_builders};
use crate::pointer::Pointer;

/// The integers that the generator writes.
const INTEGERS: [&str; 8] = ["i8", "i16", "i32", "i64", "u8", "u16", "u32", "u64"];

/// The items of the module, polished, each type followed by its `ResponseBody`; `sent` are those that calls send.
pub(super) fn polished(mut items: Vec<Item>, sent: &BTreeSet<String>, lowered: &Value) -> Result<Vec<Item>> {
    let mut said = Said::of(lowered);
    let mut names = BTreeSet::new();
    for item in &items {
        if let Item::Struct(ItemStruct { ident, .. }) | Item::Enum(ItemEnum { ident, .. }) = item
            && !names.insert(ident.to_string())
        {
            bail!(
                "{}: two of them become the type `{ident}`; change a title with an overlay action",
                Pointer::schemas()
            );
        }
    }
    complete::check(&items, lowered)?;
    boxes::large(&mut items)?;
    type_builders::keep(&mut items, sent)?;
    let mut out = Vec::new();
    for mut item in items {
        Polish.visit_item_mut(&mut item);
        let mut additions = Vec::new();
        match &mut item {
            Item::Struct(item) => {
                refuse_repeated_fields(item)?;
                let said = said.take(&item.ident);
                let read = said.unwrap.as_deref().map_or(Read::Plain, Read::Unwrapped);
                if matches!(item.fields, Fields::Named(_)) {
                    additions.push(objects::of_struct(item, read));
                }
                additions.push(answers::response_body(item, &said, &names)?);
            }
            Item::Enum(item) => {
                additions.extend(objects::of_enum(item));
                additions.push(answers::never_empty(&item.ident));
            }
            _ => {}
        }
        out.push(item);
        out.extend(additions);
    }
    said.check_all_taken()?;
    Ok(out)
}

fn refuse_repeated_fields(item: &ItemStruct) -> Result<()> {
    let mut names = BTreeSet::new();
    for field in item.fields.iter().filter_map(|field| field.ident.as_ref()) {
        if !names.insert(field.to_string()) {
            let name = &item.ident;
            bail!(
                "{}: two properties of `{name}` become the field `{field}`; change one with an overlay action",
                Pointer::schemas()
            );
        }
    }
    Ok(())
}

struct Polish;

impl VisitMut for Polish {
    fn visit_item_struct_mut(&mut self, item: &mut ItemStruct) {
        sort(&mut item.attrs);
        visit_mut::visit_item_struct_mut(self, item);
    }

    fn visit_item_enum_mut(&mut self, item: &mut ItemEnum) {
        sort(&mut item.attrs);
        visit_mut::visit_item_enum_mut(self, item);
    }

    /// A list or map that may be left out may also be `null`, and a whole number may be written `10.0`.
    fn visit_field_mut(&mut self, field: &mut Field) {
        if is_collection(&field.ty) && field.attrs.iter().any(has_plain_default) {
            field.attrs.push(parse_quote!(#[serde(deserialize_with = "crate::runtime::de::null_as_default")]));
        } else if let Some(ty) = option_of(&field.ty)
            && is_integer(ty)
        {
            field.attrs.push(parse_quote!(#[serde(deserialize_with = "crate::runtime::de::optional_whole")]));
            // A reader of one's own does not know that the property may be missing.
            if !has_argument(field, "default") {
                field.attrs.push(parse_quote!(#[serde(default)]));
            }
        } else if is_integer(&field.ty) && field.ident.is_some() {
            field.attrs.push(parse_quote!(#[serde(deserialize_with = "crate::runtime::de::whole")]));
        }
    }
}

/// Helper attributes such as `#[serde(from = …)]` must follow the derive that reads them.
fn sort(attributes: &mut [Attribute]) {
    attributes.sort_by_key(|attribute| match attribute.path() {
        path if path.is_ident("doc") => 0,
        path if path.is_ident("derive") => 1,
        _ => 2,
    });
}

/// The last name of a type's path: `Vec` of `::std::vec::Vec<T>`.
pub(super) fn last_name(ty: &Type) -> Option<String> {
    match ty {
        Type::Path(path) => path.path.segments.last().map(|last| last.ident.to_string()),
        _ => None,
    }
}

pub(super) fn is_collection(ty: &Type) -> bool {
    last_name(ty).is_some_and(|name| ["Vec", "HashMap", "Map"].contains(&name.as_str()))
}

/// The types between the angle brackets of a type.
pub(super) fn arguments(ty: &Type) -> Vec<&Type> {
    let Type::Path(path) = ty else { return Vec::new() };
    match path.path.segments.last().map(|last| &last.arguments) {
        Some(syn::PathArguments::AngleBracketed(arguments)) => arguments
            .args
            .iter()
            .filter_map(|argument| match argument {
                syn::GenericArgument::Type(ty) => Some(ty),
                _ => None,
            })
            .collect(),
        _ => Vec::new(),
    }
}

pub(super) fn option_of(ty: &Type) -> Option<&Type> {
    (last_name(ty)? == "Option").then(|| arguments(ty).into_iter().next())?
}

fn is_integer(ty: &Type) -> bool {
    let name = ty.to_token_stream().to_string();
    INTEGERS.contains(&name.as_str())
}

/// The name of a field in JSON.
pub(super) fn json_name(field: &Field) -> String {
    written_name(&field.ident.clone().unwrap_or_else(|| format_ident!("_0")), &field.attrs)
}

/// What a field or variant with these attributes is called in JSON.
pub(super) fn written_name(name: &Ident, attributes: &[Attribute]) -> String {
    let mut name = name.to_string();
    for attribute in attributes {
        serde_arguments(attribute, |argument, value| {
            if let (true, Some(syn::Lit::Str(text))) = (argument.is_ident("rename"), value) {
                name = text.value();
            }
        });
    }
    name.trim_start_matches("r#").to_owned()
}

/// Whether a field has this argument in a `#[serde(…)]` attribute.
pub(super) fn has_argument(field: &Field, name: &str) -> bool {
    attributes_have(&field.attrs, name)
}

/// Whether one of these is a `#[serde(…)]` with this argument.
pub(super) fn attributes_have(attributes: &[Attribute], name: &str) -> bool {
    let mut found = false;
    each_argument(attributes, |argument, _| found |= argument.is_ident(name));
    found
}

/// Whether a field has a default that a function gives.
pub(super) fn has_default_of_its_own(field: &Field) -> bool {
    let mut found = false;
    each_argument(&field.attrs, |argument, value| found |= argument.is_ident("default") && value.is_some());
    found
}

/// Whether an attribute is `#[serde(default, …)]`, without a function of its own for the default.
fn has_plain_default(attribute: &Attribute) -> bool {
    let mut found = false;
    serde_arguments(attribute, |argument, value| found |= argument.is_ident("default") && value.is_none());
    found
}

fn each_argument(attributes: &[Attribute], mut visit: impl FnMut(&syn::Path, Option<syn::Lit>)) {
    for attribute in attributes {
        serde_arguments(attribute, &mut visit);
    }
}

/// Visits `name` or `name = value` of every argument of a `#[serde(…)]` attribute.
fn serde_arguments(attribute: &Attribute, mut visit: impl FnMut(&syn::Path, Option<syn::Lit>)) {
    if attribute.path().is_ident("serde") {
        // What the generator writes are names and `name = "text"`; whatever else there were, this does not look for it.
        let _ = attribute.parse_nested_meta(|meta| {
            let value = if meta.input.peek(syn::Token![=]) { Some(meta.value()?.parse()?) } else { None };
            visit(&meta.path, value);
            Ok(())
        });
    }
}
