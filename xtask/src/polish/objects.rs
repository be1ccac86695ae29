//! Objects are read property by property, by the one visitor of the runtime, and keep what their type does not
//! name: the types that responses hold have a map for it.
//!
//! The derived reader would take a list for an object, and would read one that keeps unknown properties several times
//! slower.

use anyhow::{Result, bail};
use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use syn::punctuated::Punctuated;
use syn::{Attribute, Field, Fields, Ident, Index, Item, ItemStruct, Meta, Path, Stmt, Token, Type, parse_quote};

use super::extensions::Extensions;
use super::fields::Property;
use super::syntax::{arguments, has_argument, is_collection, last_name, option_of};
use crate::document::extensions;

/// How a struct is read.
pub(super) struct Reading<'a> {
    /// Whether a response may hold it, so that it keeps properties that it does not name.
    pub(super) is_received: bool,
    /// The extensions of its schema.
    pub(super) said: &'a Extensions,
    /// Whether a type is of open objects.
    pub(super) is_open: &'a dyn Fn(&Type) -> bool,
    /// Whether a type is a list by another name.
    pub(super) is_list: &'a dyn Fn(&Type) -> bool,
    /// The name of the map of unknown properties of a generated type that has one.
    pub(super) map_of: &'a dyn Fn(&Type) -> Option<Ident>,
}

/// The field for unknown properties: a name that no property has.
pub(super) fn map_name<'a>(fields: impl Iterator<Item = &'a Field>) -> Ident {
    let taken: Vec<String> = fields.filter_map(|field| Some(field.ident.as_ref()?.to_string())).collect();
    let names = ["unknown".to_owned(), "unknown_properties".to_owned()].into_iter();
    let mut names = names.chain((2..).map(|number| format!("unknown_{number}")));
    format_ident!("{}", names.find(|name| !taken.contains(name)).unwrap_or_default())
}

/// The field that holds all properties without a field of their own.
pub(super) fn rest(fields: &Fields) -> Option<&Field> {
    fields.iter().find(|field| has_argument(field, "flatten"))
}

/// The field for unknown properties.
pub(super) fn map_field(name: &Ident) -> Field {
    parse_quote! {
        /// The properties that the document does not name, as they came.
        #[serde(flatten)]
        pub #name: crate::values::UnknownProperties
    }
}

/// Takes the derived reader from a struct, and gives it one of its own.
pub(super) fn of_struct(item: &mut ItemStruct, reading: &Reading<'_>) -> Result<Item> {
    underive(&mut item.attrs);
    let reader = reader(item, reading)?;
    finish_fields(&mut item.fields, reading.is_received);
    Ok(reader)
}

/// Takes from fields what only the derived reader read, and adds the map of unknown properties to those of a type that
/// responses hold.
pub(super) fn finish_fields(fields: &mut Fields, is_received: bool) {
    let map = (is_received && rest(fields).is_none()).then(|| map_name(fields.iter()));
    for field in fields.iter_mut() {
        without_arguments(&mut field.attrs, &["deserialize_with"]);
    }
    if let (Some(map), Fields::Named(fields)) = (map, fields) {
        fields.named.push(map_field(&map));
    }
}

/// Lets the type of a response, one without an identity, write its empty lists: without them it would be unrecognized.
pub(super) fn write_empty_lists(fields: &mut Fields) {
    for field in fields.iter_mut().filter(|field| is_collection(&field.ty)) {
        without_arguments(&mut field.attrs, &["skip_serializing_if"]);
    }
}

/// The reader of a struct, from the fields that the generator wrote.
pub(super) fn reader(item: &ItemStruct, reading: &Reading<'_>) -> Result<Item> {
    let name = &item.ident;
    let text = name.to_string();
    let rest = rest(&item.fields);
    let is_property = |field: &&Field| rest.is_none_or(|rest| !std::ptr::eq(rest, *field));
    let property = |field| Property::of(field, reading.said);
    let properties: Vec<Property> = item.fields.iter().filter(is_property).map(property).collect::<Result<_>>()?;
    if reading.said.is_open {
        check_open(reading, rest.is_some(), &properties)?;
    }
    let (fields, slots): (Vec<&Ident>, Vec<&Type>) = properties.iter().map(|p| (&p.name, p.slot())).unzip();
    let json: Vec<&String> = properties.iter().map(|property| &property.json).collect();
    let read = |property: &Property| {
        if reading.said.is_open { property.read_open(reading.is_open) } else { property.read() }
    };
    let reads: Vec<TokenStream> = properties.iter().map(read).collect();
    let finishes: Vec<TokenStream> = properties.iter().map(|property| property.finish(reading.is_list)).collect();
    let numbers: Vec<Index> = (0..properties.len()).map(Index::from).collect();
    let (rest_type, rest_name): (Type, Option<Ident>) = match rest {
        Some(field) => (field.ty.clone(), field.ident.clone()),
        None if reading.is_received => {
            (parse_quote!(crate::values::UnknownProperties), Some(map_name(item.fields.iter())))
        }
        None => (parse_quote!(()), None),
    };
    let rest_value = rest_name.map(|name| quote!(#name: rest));
    let envelope =
        reading.said.unwrap.as_deref().map(|paths| envelope(name, paths, &properties, reading)).transpose()?;
    let unwrap = envelope.iter().map(|_| -> syn::ImplItemFn {
        parse_quote! {
            fn unwrap(draft: &mut __Draft, rest: &mut Self::Rest) -> ::std::result::Result<(), ::serde_json::Error> {
                crate::runtime::envelope::unwrap::<Self>(draft, rest)
            }
        }
    });
    let unused: Option<Stmt> = rest_value.is_none().then(|| parse_quote!(let () = rest;));
    // What a method does not use has no name, so that the compiler does not warn of it.
    let used = |is_used: bool, name: &str| if is_used { format_ident!("{name}") } else { format_ident!("_") };
    let has_properties = !properties.is_empty();
    let (draft, map) = (used(has_properties, "draft"), used(has_properties, "map"));
    let rest_of_read = used(has_properties && reading.said.is_open, "rest");
    Ok(parse_quote! {
        const _: () = {
            use crate::runtime::object;
            #[derive(Default)]
            pub struct __Draft {
                #(#fields: ::std::option::Option<#slots>,)*
            }
            impl object::Object for #name {
                const NAME: &'static str = #text;
                type Draft = __Draft;
                type Rest = #rest_type;
                #[inline]
                fn index(name: &str) -> ::std::option::Option<usize> {
                    ::std::option::Option::Some(match name {
                        #(#json => #numbers,)*
                        _ => return ::std::option::Option::None,
                    })
                }
                fn read<'de, A: ::serde::de::MapAccess<'de>>(
                    #draft: &mut __Draft,
                    index: usize,
                    #rest_of_read: &mut Self::Rest,
                    #map: &mut A,
                ) -> ::std::result::Result<(), A::Error> {
                    match index {
                        #(#numbers => #reads,)*
                        _ => ::std::result::Result::Ok(()),
                    }
                }
                #(#unwrap)*
                #[inline]
                fn finish(#draft: __Draft, rest: Self::Rest) -> ::std::result::Result<Self, &'static str> {
                    #unused
                    ::std::result::Result::Ok(Self {
                        #(#fields: #finishes,)*
                        #rest_value
                    })
                }
            }
            #envelope
            impl<'de> ::serde::Deserialize<'de> for #name {
                fn deserialize<D: ::serde::Deserializer<'de>>(deserializer: D) -> ::std::result::Result<Self, D::Error> {
                    object::read(deserializer)
                }
            }
        };
    })
}

/// Lets an open object stand in a property of another.
pub(super) fn open(name: &Ident) -> Item {
    parse_quote! {
        impl crate::runtime::open::Open for #name {
            fn of_object<'de, A: ::serde::de::MapAccess<'de>>(
                members: A,
            ) -> ::std::result::Result<crate::runtime::open::Fit<Self>, A::Error> {
                crate::runtime::open::object(members)
            }
        }
    }
}

/// Refuses an open object that demands something, or that would write a property twice.
fn check_open(reading: &Reading<'_>, has_rest: bool, properties: &[Property]) -> Result<()> {
    let at = reading.said.at().child(extensions::OPEN);
    if !reading.is_received {
        bail!(at.error("no response holds the schema"));
    }
    if has_rest || reading.said.unwrap.is_some() {
        bail!(at.error("the schema has an envelope, or gives a type to its further properties"));
    }
    if let Some(property) = properties.iter().find(|property| !property.may_be_absent()) {
        bail!(at.error(format!("an object of the schema cannot lack `{}`", property.json)));
    }
    Ok(())
}

/// Says at which `paths` the object stands in an envelope.
fn envelope(name: &Ident, paths: &[String], properties: &[Property], reading: &Reading<'_>) -> Result<Item> {
    if !reading.is_received {
        bail!("polish: `{name}` has an envelope, and no response holds it");
    }
    let fields: Vec<&Ident> = properties.iter().map(|property| &property.name).collect();
    let numbers = (0..properties.len()).map(Index::from);
    let mut holders: Vec<TokenStream> = Vec::new();
    for (holder, _) in paths.iter().filter_map(|path| path.rsplit_once('.')) {
        let Some(property) = properties.iter().find(|property| property.json == holder) else { continue };
        let Some(map) = (reading.map_of)(property.slot()) else { continue };
        let field = &property.name;
        holders.push(quote!(#holder => draft.#field.as_mut().map(|holder| &mut holder.#map)));
    }
    Ok(parse_quote! {
        impl crate::runtime::envelope::Enveloped for #name {
            const PATHS: &'static [&'static str] = &[#(#paths),*];
            fn is_set(draft: &__Draft, index: usize) -> bool {
                match index {
                    #(#numbers => draft.#fields.is_some(),)*
                    _ => false,
                }
            }
            #[allow(unused_variables, reason = "not every envelope stands in a property")]
            fn holder<'a>(draft: &'a mut __Draft, name: &str) -> ::std::option::Option<&'a mut crate::values::UnknownProperties> {
                match name {
                    #(#holders,)*
                    _ => ::std::option::Option::None,
                }
            }
        }
    })
}

/// The generated type that a slot holds, by its name.
pub(super) fn held(ty: &Type) -> Option<String> {
    match (last_name(ty).as_deref(), &arguments(ty)[..]) {
        (Some("Box"), [ty]) => held(ty),
        _ => option_of(ty).map_or_else(|| last_name(ty), held),
    }
}

/// Takes the derived reader, and what only it reads.
pub(super) fn underive(attributes: &mut Vec<Attribute>) {
    underive_all(attributes, &["Deserialize"]);
    without_arguments(attributes, &["deny_unknown_fields"]);
}

/// Takes these traits from what is derived.
pub(super) fn underive_all(attributes: &mut [Attribute], names: &[&str]) {
    for attribute in attributes.iter_mut().filter(|attribute| attribute.path().is_ident("derive")) {
        if let Ok(derived) = attribute.parse_args_with(Punctuated::<Path, Token![,]>::parse_terminated) {
            let is_kept =
                |path: &&Path| path.segments.last().is_none_or(|last| names.iter().all(|name| last.ident != name));
            let kept = derived.iter().filter(is_kept);
            *attribute = parse_quote!(#[derive(#(#kept),*)]);
        }
    }
}

/// Takes arguments of these names from every `#[serde(…)]`.
fn without_arguments(attributes: &mut Vec<Attribute>, names: &[&str]) {
    for attribute in attributes.iter_mut().filter(|attribute| attribute.path().is_ident("serde")) {
        if let Ok(arguments) = attribute.parse_args_with(Punctuated::<Meta, Token![,]>::parse_terminated) {
            let kept = arguments.iter().filter(|argument| names.iter().all(|name| !argument.path().is_ident(name)));
            *attribute = parse_quote!(#[serde(#(#kept),*)]);
        }
    }
    attributes.retain(|attribute| !matches!(&attribute.meta, Meta::List(list) if list.tokens.is_empty()));
}
