//! Which types have a builder: those that a call sends, and those that have no default. Of the others, which answers
//! are made of, a literal with `..Default::default()` makes a value, and no user compiles the builders.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context, Result, bail};
use quote::quote;
use syn::visit::{self, Visit};
use syn::{Fields, ImplItem, Item, ItemImpl, ItemMod, TypePath};

use super::types::last_name;

/// Names of generated types.
type Names = BTreeSet<String>;

/// The types that the builders of operations hold: parameters and bodies, but not answers.
pub(super) fn sent(operations: &[Item]) -> Names {
    let mut named = Named::default();
    for item in operations {
        if let Item::Struct(builder) = item {
            named.visit_fields(&builder.fields);
        }
    }
    named.0
}

/// Leaves out the builders of types that are neither `sent`, themselves or within another, nor without a default.
///
/// # Errors
/// What is neither a builder nor a conversion of one among the builders.
pub(super) fn keep(items: &mut Vec<Item>, sent: &Names) -> Result<()> {
    let mut kept = reached(items, sent);
    kept.extend(without_default(items));
    for item in &mut *items {
        if let Item::Mod(ItemMod { ident, content: Some((_, builders)), .. }) = item
            && ident == "builder"
        {
            let mut left = Vec::new();
            for builder in std::mem::take(builders) {
                if kept.contains(&built(&builder)?) {
                    left.push(builder);
                }
            }
            *builders = left;
        }
    }
    items.retain(|item| maker(item).is_none_or(|name| kept.contains(&name)));
    Ok(())
}

/// The `sent` types and all those within them.
fn reached(items: &[Item], sent: &Names) -> Names {
    let mut within: BTreeMap<String, Names> = BTreeMap::new();
    for item in items {
        let mut named = Named::default();
        let name = match item {
            Item::Struct(item) => &item.ident,
            Item::Enum(item) => &item.ident,
            Item::Type(item) => &item.ident,
            _ => continue,
        };
        named.visit_item(item);
        within.insert(name.to_string(), named.0);
    }
    let mut reached = Names::new();
    let mut open: Vec<String> = sent.iter().cloned().collect();
    while let Some(name) = open.pop() {
        if let Some(names) = within.get(&name).filter(|_| reached.insert(name)) {
            open.extend(names.iter().cloned());
        }
    }
    reached
}

/// The structs that have no default.
fn without_default(items: &[Item]) -> Names {
    let mut without = Names::new();
    for item in items {
        if let Item::Struct(item) = item
            && matches!(item.fields, Fields::Named(_))
            && !item.attrs.iter().any(|attribute| derives(attribute, "Default"))
        {
            without.insert(item.ident.to_string());
        }
    }
    for item in items {
        if let Item::Impl(ItemImpl { trait_: Some((path, _)), self_ty, .. }) = item
            && path.segments.last().is_some_and(|last| last.ident == "Default")
            && let Some(name) = last_name(self_ty)
        {
            without.remove(&name);
        }
    }
    without
}

fn derives(attribute: &syn::Attribute, name: &str) -> bool {
    let mut found = false;
    if attribute.path().is_ident("derive") {
        // What the generator derives are paths alone.
        let _ = attribute.parse_nested_meta(|meta| {
            found |= meta.path.segments.last().is_some_and(|last| last.ident == name);
            Ok(())
        });
    }
    found
}

/// The type that an item among the builders belongs to: the builder, its methods, its default or a conversion.
fn built(item: &Item) -> Result<String> {
    match item {
        Item::Struct(builder) => Ok(builder.ident.to_string()),
        Item::Impl(methods) => last_name(&methods.self_ty).context("polish: a builder of no name"),
        other => bail!("polish: not expected among the builders of types: {}", quote!(#other)),
    }
}

/// The type of an `impl T { pub fn builder() … }`.
fn maker(item: &Item) -> Option<String> {
    let Item::Impl(ItemImpl { trait_: None, self_ty, items, .. }) = item else { return None };
    match &items[..] {
        [ImplItem::Fn(function)] if function.sig.ident == "builder" => last_name(self_ty),
        _ => None,
    }
}

/// The last names of all types that are visited.
#[derive(Default)]
struct Named(Names);

impl<'ast> Visit<'ast> for Named {
    fn visit_type_path(&mut self, path: &'ast TypePath) {
        self.0.extend(path.path.segments.last().map(|last| last.ident.to_string()));
        visit::visit_type_path(self, path);
    }
}
