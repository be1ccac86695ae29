//! Rewrites the types module: puts attributes in the order that the compiler wants, and gives every type a reader that
//! keeps what the document does not name.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Result, bail};
use serde_json::Value;
use syn::{Attribute, Fields, Ident, Item, ItemEnum, ItemStruct, Type, parse_quote};

use super::extensions::{DeclaredExtensions, Extensions};
use super::index::Index;
use super::objects::{self, Reading};
use super::response_bodies::{self, Module};
use super::setters::Texts;
use super::syntax::last_name;
use super::{boxes, complete, enums, type_builders, unions, untyped};
use crate::document::pointer::Pointer;

/// The types that calls send, those that their responses hold, and those that have a builder, by name.
pub(super) struct Used {
    pub(super) sent: BTreeSet<String>,
    pub(super) received: BTreeSet<String>,
    pub(super) built: BTreeSet<String>,
}

/// The items of the module, polished, each type followed by what reads it.
pub(super) fn polished(mut items: Vec<Item>, used: &Used, texts: &Texts, lowered: &Value) -> Result<Vec<Item>> {
    let index = Index::of(&items)?;
    complete::check(&index, lowered)?;
    let (names, boxed) = (index.names(), boxes::large(&index));
    let sent = type_builders::reached(&index, &used.sent);
    let received = type_builders::reached(&index, &used.received);
    let mut said = DeclaredExtensions::of(lowered);
    let open_types = said.open_types();
    let maps: BTreeMap<String, Ident> = index
        .structs
        .iter()
        .filter(|(name, item)| received.contains(*name) && has_map(item))
        .map(|(name, item)| (name.clone(), objects::map_name(item.fields.iter())))
        .collect();
    let lists: BTreeSet<String> = index
        .enums
        .iter()
        .filter(|(name, item)| !sent.contains(*name) && unions::one_or_many(item).is_some())
        .map(|(name, _)| name.clone())
        .collect();
    let open: BTreeSet<String> =
        index.enums.iter().filter(|(_, item)| enums::is_of_texts(item)).map(|(name, _)| name.clone()).collect();
    let is_union = |(name, item): (&String, &&ItemEnum)| {
        received.contains(name) && !lists.contains(name) && unions::is_union(item)
    };
    let module = Module { types: &names, has_unions: index.enums.iter().any(is_union) };
    boxes::apply(&mut items, &boxed, &used.built)?;
    type_builders::add_maps(&mut items, &maps);
    type_builders::rewrite_setters(&mut items, texts)?;
    let is_list = |ty: &Type| objects::held(ty).is_some_and(|name| lists.contains(&name));
    let is_open = |ty: &Type| objects::held(ty).is_some_and(|name| open_types.contains(&name));
    let map_of = |ty: &Type| maps.get(&objects::held(ty)?).cloned();
    let mut out = Vec::new();
    for mut item in items {
        let mut additions = Vec::new();
        match &mut item {
            Item::Struct(item) => {
                sort(&mut item.attrs);
                reject_repeated_fields(item)?;
                let said = said.take(&item.ident);
                let name = item.ident.to_string();
                if sent.contains(&name) {
                    said.check_sent()?;
                }
                let is_received = received.contains(&name);
                additions.push(response_bodies::of_struct(item, &said, maps.get(&name), &module)?);
                if matches!(item.fields, Fields::Named(_)) {
                    let reading =
                        Reading { is_received, said: &said, is_open: &is_open, is_list: &is_list, map_of: &map_of };
                    additions.insert(0, objects::of_struct(item, &reading)?);
                }
                additions.extend(said.is_open.then(|| objects::open(&item.ident)));
                let is_judged = said.identity.is_empty() && used.received.contains(&name) && !sent.contains(&name);
                if is_judged && !said.is_open {
                    objects::write_empty_lists(&mut item.fields);
                }
                additions.extend(untyped::debug(item));
                if texts.contain(&item.ident) {
                    let name = &item.ident;
                    additions.push(parse_quote!(crate::runtime::take_parsed!(#name);));
                }
            }
            Item::Enum(item) => {
                sort(&mut item.attrs);
                let name = item.ident.to_string();
                if let Some(of) = unions::one_or_many(item).filter(|_| lists.contains(&name)) {
                    out.extend(unions::list(item, of));
                    out.push(response_bodies::implementation(&item.ident, []));
                    continue;
                }
                let mut other = None;
                if open.contains(&name) {
                    let (variant, written) = enums::open(item);
                    other = Some(variant);
                    additions.extend(written);
                } else if unions::is_union(item) && received.contains(&name) {
                    let said = Extensions::default();
                    let reading = Reading {
                        is_received: true,
                        said: &said,
                        is_open: &is_open,
                        is_list: &is_list,
                        map_of: &map_of,
                    };
                    additions.push(unions::of_union(item, &reading)?);
                }
                additions.push(response_bodies::of_enum(item, other.as_ref(), &module)?);
            }
            Item::Impl(item) if enums::is_of_closed(item, |name| open.contains(name)) => continue,
            Item::Impl(item) if last_name(&item.self_ty).is_some_and(|name| lists.contains(&name)) => continue,
            _ => {}
        }
        out.push(item);
        out.extend(additions);
    }
    said.check_all_taken()?;
    Ok(out)
}

/// Whether a struct that a response holds gets a map of unknown properties.
fn has_map(item: &ItemStruct) -> bool {
    matches!(item.fields, Fields::Named(_)) && objects::rest(&item.fields).is_none()
}

fn reject_repeated_fields(item: &ItemStruct) -> Result<()> {
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

/// Helper attributes such as `#[serde(from = …)]` must follow the derive that reads them.
fn sort(attributes: &mut [Attribute]) {
    attributes.sort_by_key(|attribute| match attribute.path() {
        path if path.is_ident("doc") => 0,
        path if path.is_ident("derive") => 1,
        _ => 2,
    });
}
