//! Finds the operations whose response holds a type: code that calls them reads the type without naming it.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context, Result};
use heck::ToSnakeCase as _;
use syn::visit::{self, Visit};
use syn::{File, ImplItem, Item, Type};

use crate::polish::Modules;

/// The methods of the client that return a type, as a whole or within another one, by the name of the type.
pub(super) struct Readers(BTreeMap<String, BTreeSet<String>>);

impl Readers {
    /// The readers of each type of a generated client.
    ///
    /// # Errors
    /// Code that is not Rust. The generator writes none.
    pub(super) fn of(modules: &Modules) -> Result<Self> {
        let parse = |code: &str| syn::parse_file(code).context("generated code");
        let holds = held(&parse(&modules.types)?);
        let mut readers: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for item in parse(&modules.builder)?.items {
            let Item::Impl(item) = item else { continue };
            let output = item.items.iter().find_map(|member| match member {
                ImplItem::Type(member) if member.ident == "Output" => Some(names(|names| names.visit_type(&member.ty))),
                _ => None,
            });
            let Type::Path(builder) = &*item.self_ty else { continue };
            let (Some(mut waiting), Some(builder)) = (output, builder.path.segments.last()) else { continue };
            let method = builder.ident.to_string().to_snake_case();
            while let Some(name) = waiting.pop_first() {
                if readers.entry(name.clone()).or_default().insert(method.clone()) {
                    waiting.extend(holds.get(&name).into_iter().flatten().cloned());
                }
            }
        }
        Ok(Self(readers))
    }

    /// The methods that return the type of this name.
    pub(super) fn of_type<'r>(&'r self, name: &str) -> impl Iterator<Item = &'r String> {
        self.0.get(name).into_iter().flatten()
    }
}

/// The names within each type of the module.
fn held(types: &File) -> BTreeMap<String, BTreeSet<String>> {
    let of = |item: &Item| match item {
        Item::Struct(item) => Some((item.ident.to_string(), names(|names| names.visit_fields(&item.fields)))),
        Item::Enum(item) => Some((item.ident.to_string(), names(|names| names.visit_item_enum(item)))),
        Item::Type(item) => Some((item.ident.to_string(), names(|names| names.visit_type(&item.ty)))),
        _ => None,
    };
    types.items.iter().filter_map(of).collect()
}

/// The last names of the paths that a visit meets.
fn names(visit: impl FnOnce(&mut Names)) -> BTreeSet<String> {
    let mut names = Names(BTreeSet::new());
    visit(&mut names);
    names.0
}

struct Names(BTreeSet<String>);

impl<'ast> Visit<'ast> for Names {
    fn visit_path(&mut self, path: &'ast syn::Path) {
        self.0.extend(path.segments.last().map(|last| last.ident.to_string()));
        visit::visit_path(self, path);
    }
}
