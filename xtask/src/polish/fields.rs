//! How the fields of a generated struct are read: each is a slot of a draft until the object is complete.

use anyhow::{Context, Result};
use proc_macro2::TokenStream;
use quote::quote;
use syn::{Expr, Field, Ident, Type};

use super::extensions::Extensions;
use super::syntax::{
    arguments, default_of, has_argument, has_plain_default, is_collection, json_name, last_name, option_of,
};

/// The integers that the generator writes.
const INTEGERS: [&str; 8] = ["i8", "i16", "i32", "i64", "u8", "u16", "u32", "u64"];

/// A field that holds one property.
pub(super) struct Property {
    pub(super) name: Ident,
    pub(super) json: String,
    pub(super) ty: Type,
    presence: Presence,
    /// Whether it says which one an object is.
    is_identity: bool,
    /// Whether it is absent from JSON where its field is empty.
    is_skipped: bool,
}

enum Presence {
    Required,
    /// It must be there and may be null: the field is an `Option` all the same.
    Nullable,
    /// The field is an `Option`.
    Optional,
    /// The value of the field if the property is absent or null.
    Default(Option<Expr>),
}

impl Property {
    pub(super) fn of(field: &Field, said: &Extensions) -> Result<Self> {
        let presence =
            if has_argument(field, "default") && option_of(&field.ty).is_none() || default_of(&field.attrs).is_some() {
                Presence::Default(default_of(&field.attrs).map(|path| syn::parse_str(&path)).transpose()?)
            } else if option_of(&field.ty).is_none() {
                Presence::Required
            } else if has_argument(field, "deserialize_with") && !field.attrs.iter().any(has_plain_default) {
                Presence::Nullable
            } else {
                Presence::Optional
            };
        let name = field.ident.clone().context("polish: a property without a name")?;
        let (json, is_skipped) = (json_name(field), has_argument(field, "skip_serializing_if"));
        let is_identity = said.identity.contains(&json);
        Ok(Self { name, json, ty: field.ty.clone(), presence, is_identity, is_skipped })
    }

    /// The type of the value that the draft may hold.
    pub(super) fn slot(&self) -> &Type {
        match self.presence {
            Presence::Optional => option_of(&self.ty).unwrap_or(&self.ty),
            _ => &self.ty,
        }
    }

    /// Whether an object may lack the property, and then writes nothing of it.
    pub(super) fn may_be_absent(&self) -> bool {
        self.is_skipped && !matches!(self.presence, Presence::Required | Presence::Nullable)
    }

    /// Reads the value into its slot, in an open object; `is_open` says that a generated type is of open objects.
    pub(super) fn read_open(&self, is_open: impl Fn(&Type) -> bool) -> TokenStream {
        let (name, json) = (&self.name, &self.json);
        if comes_as_read(self.slot(), &is_open) {
            quote!(crate::runtime::open::property(&mut draft.#name, #json, rest, map))
        } else {
            quote!(crate::runtime::open::property_of_json(&mut draft.#name, #json, rest, map))
        }
    }

    /// Reads the value into its slot.
    pub(super) fn read(&self) -> TokenStream {
        let (name, json) = (&self.name, &self.json);
        let number = is_integer(option_of(&self.ty).unwrap_or(&self.ty));
        match self.presence {
            _ if number => {
                let seed = match self.presence {
                    Presence::Required => quote!(crate::runtime::de::whole()),
                    Presence::Nullable => quote!(crate::runtime::de::nullable_whole()),
                    Presence::Optional | Presence::Default(_) => quote!(crate::runtime::de::optional_whole()),
                };
                quote!(object::seeded(&mut draft.#name, #json, #seed, map))
            }
            Presence::Required | Presence::Optional | Presence::Default(_) if is_map_of_values(self.slot()) => {
                let seed = quote!(crate::runtime::de::optional_map());
                quote!(object::seeded(&mut draft.#name, #json, #seed, map))
            }
            Presence::Required | Presence::Nullable if !is_never_null(&self.ty) => {
                quote!(object::nullable(&mut draft.#name, #json, map))
            }
            _ => quote!(object::optional(&mut draft.#name, #json, map)),
        }
    }

    /// Makes the field of a draft's slot; `is_list` says that a generated type is a list.
    pub(super) fn finish(&self, is_list: impl Fn(&Type) -> bool) -> TokenStream {
        let (name, json) = (&self.name, &self.json);
        match &self.presence {
            Presence::Required if self.is_identity && is_text(&self.ty) => {
                quote!(draft.#name.filter(object::Identity::is_set).ok_or(#json)?)
            }
            Presence::Required | Presence::Nullable => quote!(draft.#name.ok_or(#json)?),
            // A list that is empty, one that is null and none at all are one value.
            Presence::Optional if is_collection(self.slot()) || is_list(self.slot()) => {
                quote!(draft.#name.filter(|list| !list.is_empty()))
            }
            Presence::Optional => quote!(draft.#name),
            Presence::Default(None) => quote!(draft.#name.unwrap_or_default()),
            Presence::Default(Some(default)) => quote!(draft.#name.unwrap_or_else(#default)),
        }
    }

    /// The condition under which `value`, the value of the field, is none; `None` for one that must be there.
    pub(super) fn absent(&self, value: &TokenStream) -> Option<TokenStream> {
        match self.presence {
            _ if option_of(&self.ty).is_some() => Some(quote!(#value.is_none())),
            _ if is_collection(&self.ty) => Some(quote!(#value.is_empty())),
            _ => None,
        }
    }
}

/// Whether a type is a map in which null is no value.
fn is_map_of_values(ty: &Type) -> bool {
    last_name(ty).is_some_and(|name| name == "HashMap")
        && arguments(ty)
            .get(1)
            .is_some_and(|value| option_of(value).is_none() && last_name(value).is_none_or(|name| name != "Value"))
}

/// Whether null is certainly no value of a type.
fn is_never_null(ty: &Type) -> bool {
    const NEVER: [&str; 5] = ["String", "Secret", "Timestamp", "bool", "f64"];
    last_name(ty).is_some_and(|name| NEVER.contains(&name.as_str()))
}

/// Whether the runtime reads a type of an open object as it comes.
fn comes_as_read(ty: &Type, is_open: &impl Fn(&Type) -> bool) -> bool {
    const THESE: [&str; 6] = ["String", "Timestamp", "bool", "f64", "Value", "Map"];
    match (last_name(ty).as_deref(), &arguments(ty)[..]) {
        (Some("Option" | "Box" | "Vec"), [ty]) => comes_as_read(ty, is_open),
        (Some(name), _) => THESE.contains(&name) || is_integer(ty) || is_open(ty),
        (None, _) => false,
    }
}

/// Whether a type is a text that may be empty.
fn is_text(ty: &Type) -> bool {
    last_name(ty).is_some_and(|name| ["String", "Secret"].contains(&name.as_str()))
}

fn is_integer(ty: &Type) -> bool {
    matches!(ty, Type::Path(path) if INTEGERS.iter().any(|integer| path.path.is_ident(integer)))
}
