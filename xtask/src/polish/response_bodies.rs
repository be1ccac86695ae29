//! Implements `ResponseBody`, which distinguishes an empty response from an unrecognized one.

use std::collections::BTreeSet;

use anyhow::{Result, bail};
use proc_macro2::TokenStream;
use quote::quote;
use syn::{Field, Fields, Ident, Item, ItemEnum, ItemStruct, Type, parse_quote};

use super::extensions::Extensions;
use super::fields::Property;
use super::syntax::{arguments, attributes_have, has_argument, json_name, last_name};
use crate::document::extensions;

/// The context of an implementation of `ResponseBody`.
pub(super) struct Module<'a> {
    /// The names of the generated types.
    pub(super) types: &'a BTreeSet<String>,
    /// Whether values have to say whether the document names all that they hold: a union asks them.
    pub(super) has_unions: bool,
}

/// Implements `ResponseBody` for a struct as the generator wrote it. The properties that matter are those that the document
/// names, else all; `map` is the field of unknown properties.
pub(super) fn of_struct(
    item: &ItemStruct,
    said: &Extensions,
    map: Option<&Ident>,
    module: &Module<'_>,
) -> Result<Item> {
    let name = &item.ident;
    let known = module.is_known_struct(&item.fields, map);
    let judged = match &item.fields {
        Fields::Named(fields) => payload(said, &fields.named.iter().collect::<Vec<_>>())?,
        Fields::Unnamed(fields) => fields.unnamed.first().and_then(|field| module.alias(&field.ty)),
        Fields::Unit => None,
    };
    Ok(implementation(name, judged.into_iter().chain(known)))
}

/// Judges a value by the properties that matter. A value with a property that must be there is never empty.
fn payload(said: &Extensions, fields: &[&Field]) -> Result<Option<TokenStream>> {
    if fields.is_empty() || fields.iter().any(|field| has_argument(field, "flatten")) {
        // Whatever such an object holds has its place.
        return Ok(None);
    }
    let matters: Vec<&&Field> = fields.iter().filter(|field| said.payload.has(field)).collect();
    if let Some(problem) = said.payload.problem(fields, matters.is_empty()) {
        bail!(said.at().child(extensions::PAYLOAD).error(problem));
    }
    let names: Vec<String> = matters.iter().map(|field| json_name(field)).collect();
    let properties = matters.iter().map(|field| Property::of(field, said)).collect::<Result<Vec<_>>>()?;
    let absent = properties.iter().map(|property| {
        let name = &property.name;
        property.absent(&quote!(self.#name))
    });
    let paths = said.unwrap.iter().flatten();
    Ok(absent.collect::<Option<Vec<_>>>().filter(|absent| !absent.is_empty()).map(|absent| {
        judge(&quote!(#(#absent)&&*), &quote!(crate::runtime::validate_object(value, &[#(#names),*], &[#(#paths),*])))
    }))
}

/// The methods that say whether a value is empty, and whether its JSON is recognized all the same.
fn judge(is_empty: &TokenStream, validate: &TokenStream) -> TokenStream {
    quote! {
        #[inline]
        fn is_empty_payload(&self) -> bool {
            #is_empty
        }
        #[inline]
        fn validate(value: &::serde_json::Value) -> ::std::result::Result<(), crate::runtime::Unrecognized> {
            #validate
        }
    }
}

/// Judges a union by the branch that was read; its JSON is recognized if any branch does so.
fn branches(item: &ItemEnum, module: &Module<'_>) -> Result<Option<TokenStream>> {
    let (mut arms, mut checks) = (Vec::new(), Vec::new());
    for variant in &item.variants {
        let name = &variant.ident;
        match &variant.fields {
            Fields::Unnamed(fields) if fields.unnamed.len() == 1 => {
                let ty = &fields.unnamed[0].ty;
                if holds_generated(ty, module.types) {
                    arms.push(quote!(Self::#name(value) => crate::runtime::ResponseBody::is_empty_payload(value),));
                    checks.push(quote!(<#ty as crate::runtime::ResponseBody>::validate(value)));
                }
            }
            Fields::Named(fields) => {
                let is_property = |field: &&Field| !has_argument(field, "flatten");
                let properties = fields.named.iter().filter(is_property);
                let properties: Vec<Property> =
                    properties.map(|field| Property::of(field, &Extensions::default())).collect::<Result<_>>()?;
                let names: Vec<&Ident> = properties.iter().map(|property| &property.name).collect();
                let absent = properties.iter().zip(&names).map(|(property, name)| property.absent(&quote!(#name)));
                if let Some(absent) = absent.collect::<Option<Vec<_>>>().filter(|absent| !absent.is_empty()) {
                    let json = properties.iter().map(|property| &property.json);
                    arms.push(quote!(Self::#name { #(#names,)* .. } => #(#absent)&&*,));
                    checks.push(quote!(crate::runtime::validate_object(value, &[#(#json),*], &[])));
                }
            }
            _ => {}
        }
    }
    let Some((first, others)) = checks.split_first() else { return Ok(None) };
    if arms.len() < item.variants.len() {
        arms.push(quote!(_ => false,));
    }
    Ok(Some(judge(&quote!(match self { #(#arms)* }), &quote!(#first #(.or_else(|_| #others))*))))
}

/// Implements `ResponseBody` for an enum; `other` is its variant for values that the document does not list.
pub(super) fn of_enum(item: &ItemEnum, other: Option<&Ident>, module: &Module<'_>) -> Result<Item> {
    let arms = item.variants.iter().map(|variant| {
        let name = &variant.ident;
        if other == Some(name) {
            return quote!(Self::#name(_) => false,);
        }
        match &variant.fields {
            Fields::Unit => quote!(Self::#name => true,),
            Fields::Unnamed(fields) => match fields.unnamed.first() {
                Some(field) if fields.unnamed.len() == 1 && holds_generated(&field.ty, module.types) => {
                    quote!(Self::#name(value) => crate::runtime::ResponseBody::is_known(value),)
                }
                _ => quote!(Self::#name(..) => true,),
            },
            Fields::Named(fields) => {
                let conditions =
                    fields.named.iter().filter_map(|field| module.is_known_field(field, field.ident.as_ref()?));
                let (names, conditions): (Vec<Ident>, Vec<TokenStream>) = conditions.unzip();
                if conditions.is_empty() {
                    return quote!(Self::#name { .. } => true,);
                }
                quote!(Self::#name { #(#names,)* .. } => #(#conditions)&&*,)
            }
        }
    });
    let known = module.has_unions.then(|| {
        quote! {
            fn is_known(&self) -> bool {
                match self {
                    #(#arms)*
                }
            }
        }
    });
    let judged = if attributes_have(&item.attrs, "untagged") { branches(item, module)? } else { None };
    Ok(implementation(&item.ident, judged.into_iter().chain(known)))
}

/// Implements `ResponseBody` with these methods in place of its own.
pub(super) fn implementation(name: &Ident, methods: impl IntoIterator<Item = TokenStream>) -> Item {
    let methods = methods.into_iter();
    parse_quote! {
        impl crate::runtime::ResponseBody for #name {
            #(#methods)*
        }
    }
}

impl Module<'_> {
    /// Judges a type by the generated one that it stands for.
    fn alias(&self, ty: &Type) -> Option<TokenStream> {
        holds_generated(ty, self.types).then(|| {
            judge(
                &quote!(crate::runtime::ResponseBody::is_empty_payload(&self.0)),
                &quote!(<#ty as crate::runtime::ResponseBody>::validate(value)),
            )
        })
    }

    fn is_known_struct(&self, fields: &Fields, map: Option<&Ident>) -> Option<TokenStream> {
        if !self.has_unions {
            return None;
        }
        let nested = fields.members().zip(fields).filter_map(|(member, field)| {
            holds_generated(&field.ty, self.types)
                .then(|| quote!(crate::runtime::ResponseBody::is_known(&self.#member)))
        });
        let map = map.map(|map| quote!(self.#map.is_empty()));
        let conditions: Vec<TokenStream> = map.into_iter().chain(nested).collect();
        (!conditions.is_empty()).then(|| {
            quote! {
                fn is_known(&self) -> bool {
                    #(#conditions)&&*
                }
            }
        })
    }

    /// The condition under which a field of a variant holds nothing unknown, with its name.
    fn is_known_field(&self, field: &Field, value: &Ident) -> Option<(Ident, TokenStream)> {
        if last_name(&field.ty).as_deref() == Some("UnknownProperties") {
            return Some((value.clone(), quote!(#value.is_empty())));
        }
        holds_generated(&field.ty, self.types)
            .then(|| (value.clone(), quote!(crate::runtime::ResponseBody::is_known(#value))))
    }
}

/// Whether a type is generated, or an `Option`, `Vec`, `HashMap` or `Box` of one that is.
fn holds_generated(ty: &Type, types: &BTreeSet<String>) -> bool {
    match (last_name(ty).as_deref(), &arguments(ty)[..]) {
        (Some("Option" | "Vec" | "HashMap" | "Box"), within @ [_, ..]) => {
            within.iter().any(|ty| holds_generated(ty, types))
        }
        (Some(name), _) => matches!(ty, Type::Path(path) if path.path.segments.len() == 1) && types.contains(name),
        (None, _) => false,
    }
}
