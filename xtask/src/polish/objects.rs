//! Objects are read from objects: a derived reader also takes a list, as the properties in their order.
//!
//! So `crate::runtime::Object` stands before the derived reader. Derived for the type itself, that reader would be a public
//! function beside it. It is derived for a twin of the type, which no other code can name.

use quote::format_ident;
use syn::punctuated::Punctuated;
use syn::visit_mut::VisitMut;
use syn::{Attribute, Field, Ident, Item, ItemEnum, ItemStruct, Path, Token, Variant, Visibility, parse_quote};

use super::syntax::attributes_have;

/// What reads an object.
pub(super) enum Read<'a> {
    Plain,
    /// The object may stand at these paths.
    Unwrapped(&'a [String]),
}

/// Takes the derived reader from a struct, and gives it one that reads objects only.
pub(super) fn of_struct(item: &mut ItemStruct, read: &Read) -> Item {
    underive(&mut item.attrs);
    let mut twin = item.clone();
    Twin::of(&item.ident).visit_item_struct_mut(&mut twin);
    reader(&item.ident, &Item::Struct(twin), read)
}

/// The reader of an enum likewise, if each of its values is an object that names its variant.
pub(super) fn of_enum(item: &mut ItemEnum) -> Option<Item> {
    if !attributes_have(&item.attrs, "tag") {
        return None;
    }
    underive(&mut item.attrs);
    let mut twin = item.clone();
    Twin::of(&item.ident).visit_item_enum_mut(&mut twin);
    Some(reader(&item.ident, &Item::Enum(twin), &Read::Plain))
}

fn reader(name: &Ident, twin: &Item, read: &Read) -> Item {
    let twin_name = Twin::of(name).name;
    let implementation: Vec<Item> = match read {
        Read::Plain => vec![parse_quote! {
            impl<'de> ::serde::Deserialize<'de> for #name {
                fn deserialize<D: ::serde::Deserializer<'de>>(deserializer: D) -> ::std::result::Result<Self, D::Error> {
                    #twin_name::deserialize(crate::runtime::Object(deserializer))
                }
            }
        }],
        Read::Unwrapped(paths) => vec![
            parse_quote! {
                impl<'de> crate::runtime::envelope::Enveloped<'de> for #name {
                    const PATHS: &'static [&'static str] = &[#(#paths),*];
                    fn deserialize_flat<D: ::serde::Deserializer<'de>>(deserializer: D) -> ::std::result::Result<Self, D::Error> {
                        #twin_name::deserialize(crate::runtime::Object(deserializer))
                    }
                }
            },
            parse_quote! {
                impl<'de> ::serde::Deserialize<'de> for #name {
                    fn deserialize<D: ::serde::Deserializer<'de>>(deserializer: D) -> ::std::result::Result<Self, D::Error> {
                        crate::runtime::envelope::deserialize(deserializer)
                    }
                }
            },
        ],
    };
    parse_quote! {
        const _: () = {
            #twin
            #(#implementation)*
        };
    }
}

/// Takes `Deserialize` from what is derived.
fn underive(attributes: &mut [Attribute]) {
    for attribute in attributes.iter_mut().filter(|attribute| attribute.path().is_ident("derive")) {
        if let Ok(derived) = attribute.parse_args_with(Punctuated::<Path, Token![,]>::parse_terminated) {
            let is_reader = |path: &Path| path.segments.last().is_some_and(|last| last.ident == "Deserialize");
            let kept = derived.iter().filter(|path| !is_reader(path));
            *attribute = parse_quote!(#[derive(#(#kept),*)]);
        }
    }
}

/// Makes the copy of a type its twin: of its attributes, those that say how it is written in JSON, and a name that no
/// schema becomes.
struct Twin {
    name: Ident,
    of: String,
}

impl Twin {
    fn of(name: &Ident) -> Self {
        Self { name: format_ident!("__Read"), of: name.to_string() }
    }

    fn reading(&self, attributes: &mut Vec<Attribute>) {
        let of = &self.of;
        attributes.retain(|attribute| attribute.path().is_ident("serde"));
        attributes.insert(0, parse_quote!(#[derive(::serde::Deserialize)]));
        attributes.push(parse_quote!(#[serde(remote = #of)]));
    }
}

impl VisitMut for Twin {
    fn visit_item_struct_mut(&mut self, item: &mut ItemStruct) {
        self.reading(&mut item.attrs);
        item.ident = self.name.clone();
        item.vis = Visibility::Inherited;
        self.visit_fields_mut(&mut item.fields);
    }

    fn visit_item_enum_mut(&mut self, item: &mut ItemEnum) {
        self.reading(&mut item.attrs);
        item.ident = self.name.clone();
        item.vis = Visibility::Inherited;
        item.variants.iter_mut().for_each(|variant| self.visit_variant_mut(variant));
    }

    fn visit_variant_mut(&mut self, variant: &mut Variant) {
        variant.attrs.retain(|attribute| attribute.path().is_ident("serde"));
        self.visit_fields_mut(&mut variant.fields);
    }

    fn visit_field_mut(&mut self, field: &mut Field) {
        field.attrs.retain(|attribute| attribute.path().is_ident("serde"));
        field.vis = Visibility::Inherited;
    }
}
