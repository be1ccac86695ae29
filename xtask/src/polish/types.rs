//! Rewrites the types module: puts attributes in the order that the compiler wants, and lets serde read what responses
//! write another way.

use std::collections::BTreeSet;

use anyhow::{Result, bail};
use quote::ToTokens;
use serde_json::Value;
use syn::visit_mut::{self, VisitMut};
use syn::{Attribute, Field, Fields, Item, ItemEnum, ItemStruct, Type, parse_quote};

use super::answers::{self, Said};
use super::index::Index;
use super::objects::{self, Read};
use super::syntax::{has_argument, has_plain_default, is_collection, option_of};
use super::{boxes, complete, open_objects, type_builders};
use crate::document::pointer::Pointer;

/// The integers that the generator writes.
const INTEGERS: [&str; 8] = ["i8", "i16", "i32", "i64", "u8", "u16", "u32", "u64"];

/// The items of the module, polished, each type followed by its `ResponseBody`; `sent` are those that calls send.
pub(super) fn polished(mut items: Vec<Item>, sent: &BTreeSet<String>, lowered: &Value) -> Result<Vec<Item>> {
    let index = Index::of(&items)?;
    complete::check(&index, lowered)?;
    let (names, boxed, built) = (index.names(), boxes::large(&index), type_builders::built(&index, sent));
    boxes::apply(&mut items, &boxed)?;
    type_builders::keep(&mut items, &built)?;
    let mut said = Said::of(lowered);
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
                    additions.push(objects::of_struct(item, &read));
                }
                additions.push(answers::response_body(item, &said, &names)?);
                additions.extend(open_objects::debug(item));
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
            bail!(Pointer::schemas().error(format!(
                "two properties of `{name}` become the field `{field}`; change one with an overlay action"
            )));
        }
    }
    Ok(())
}

fn is_integer(ty: &Type) -> bool {
    let name = ty.to_token_stream().to_string();
    INTEGERS.contains(&name.as_str())
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
