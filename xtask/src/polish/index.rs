//! Indexes the generated types by name, for the passes that look them up.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Result, bail};
use syn::{Item, ItemEnum, ItemImpl, ItemStruct, ItemType};

use super::syntax::last_name;
use crate::document::pointer::Pointer;

/// The types of the module, as the generator wrote them.
#[derive(Default)]
pub(super) struct Index<'a> {
    pub(super) structs: BTreeMap<String, &'a ItemStruct>,
    pub(super) enums: BTreeMap<String, &'a ItemEnum>,
    pub(super) aliases: BTreeMap<String, &'a ItemType>,
    /// Types with a written `impl Default`.
    pub(super) defaults: BTreeSet<String>,
}

impl<'a> Index<'a> {
    /// Indexes the items of the module.
    ///
    /// # Errors
    /// Two types of one name.
    pub(super) fn of(items: &'a [Item]) -> Result<Self> {
        let mut index = Self::default();
        for item in items {
            let twice = match item {
                Item::Struct(item) => {
                    let name = item.ident.to_string();
                    index.enums.contains_key(&name) || index.structs.insert(name, item).is_some()
                }
                Item::Enum(item) => {
                    let name = item.ident.to_string();
                    index.structs.contains_key(&name) || index.enums.insert(name, item).is_some()
                }
                Item::Type(item) => {
                    index.aliases.insert(item.ident.to_string(), item);
                    false
                }
                Item::Impl(ItemImpl { trait_: Some((path, _)), self_ty, .. }) => {
                    let is_default = path.segments.last().is_some_and(|last| last.ident == "Default");
                    index.defaults.extend(last_name(self_ty).filter(|_| is_default));
                    false
                }
                _ => false,
            };
            if let (true, Item::Struct(ItemStruct { ident, .. }) | Item::Enum(ItemEnum { ident, .. })) = (twice, item) {
                bail!(
                    Pointer::schemas()
                        .error(format!("two of them become the type `{ident}`"))
                        .hint("change a title with an overlay action")
                );
            }
        }
        Ok(index)
    }

    /// The names of structs and enums.
    pub(super) fn names(&self) -> BTreeSet<String> {
        self.structs.keys().chain(self.enums.keys()).cloned().collect()
    }
}
