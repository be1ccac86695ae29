//! Keeps builders only for types that requests send or that have no `Default`. A literal with `..Default::default()`
//! makes a value of any other type, and no user compiles a builder for it.

use std::collections::BTreeSet;

use anyhow::{Context, Result, bail};
use quote::quote;
use syn::visit::{self, Visit};
use syn::{Fields, ImplItem, Item, ItemImpl, ItemMod, TypePath};

use super::index::Index;
use super::syntax::{derives, last_name};

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

/// The types that keep their builder: those that are `sent`, themselves or within another, and those without a default.
pub(super) fn built(index: &Index<'_>, sent: &Names) -> Names {
    let mut built = reached(index, sent);
    built.extend(without_default(index));
    built
}

/// Leaves out the builders of all types but those that are `built`.
///
/// # Errors
/// What is neither a builder nor a conversion of one among the builders.
pub(super) fn keep(items: &mut Vec<Item>, built: &Names) -> Result<()> {
    for item in &mut *items {
        if let Item::Mod(ItemMod { ident, content: Some((_, builders)), .. }) = item
            && ident == "builder"
        {
            let mut left = Vec::new();
            for builder in std::mem::take(builders) {
                if built.contains(&owner(&builder)?) {
                    left.push(builder);
                }
            }
            *builders = left;
        }
    }
    items.retain(|item| maker(item).is_none_or(|name| built.contains(&name)));
    Ok(())
}

/// The `sent` types and all those within them.
fn reached(index: &Index<'_>, sent: &Names) -> Names {
    let mut reached = Names::new();
    let mut open: Vec<String> = sent.iter().cloned().collect();
    while let Some(name) = open.pop() {
        let mut within = Named::default();
        if let Some(item) = index.structs.get(&name) {
            within.visit_item_struct(item);
        } else if let Some(item) = index.enums.get(&name) {
            within.visit_item_enum(item);
        } else if let Some(item) = index.aliases.get(&name) {
            within.visit_item_type(item);
        }
        if reached.insert(name) {
            open.extend(within.0);
        }
    }
    reached
}

/// The structs that have no default.
fn without_default<'a>(index: &'a Index<'_>) -> impl Iterator<Item = String> + 'a {
    let without = index.structs.iter().filter(|(name, item)| {
        matches!(item.fields, Fields::Named(_))
            && !index.defaults.contains(*name)
            && !item.attrs.iter().any(|attribute| derives(attribute, "Default"))
    });
    without.map(|(name, _)| name.clone())
}

/// The type that an item among the builders belongs to: the builder, its methods, its default or a conversion.
fn owner(item: &Item) -> Result<String> {
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
