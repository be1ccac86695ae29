//! Reads unions branch by branch. Each branch keeps unknown properties.
//!
//! The derived reader would take the first branch whose known properties fit, and lose the others.

use anyhow::Result;
use quote::{ToTokens, format_ident, quote};
use syn::{Expr, Field, Fields, Ident, Item, ItemEnum, ItemStruct, Type, Variant, Visibility, parse_quote};

use super::objects::{self, Reading};
use super::syntax::{arguments, attributes_have, has_argument, last_name};

/// Whether an enum is a union of schemas. The generator tells the variants of few others apart, by a tag, and those keep
/// their derived reader.
pub(super) fn is_union(item: &ItemEnum) -> bool {
    attributes_have(&item.attrs, "untagged")
}

/// The type of the values of a union that is of one value or a list of such.
pub(super) fn one_or_many(union: &ItemEnum) -> Option<&Type> {
    let mut held = union.variants.iter().map(|variant| match &variant.fields {
        Fields::Unnamed(fields) if fields.unnamed.len() == 1 => fields.unnamed.first().map(|field| &field.ty),
        _ => None,
    });
    let (one, many, None) = (held.next()??, held.next()??, held.next()) else { return None };
    let item = arguments(many).into_iter().next().filter(|_| last_name(many).as_deref() == Some("Vec"))?;
    let is_same = item.to_token_stream().to_string() == one.to_token_stream().to_string();
    (is_same && is_union(union)).then_some(one)
}

/// Makes a list of a union of one value or several: no value, null and an empty list are one, and so are a value and a
/// list of it.
pub(super) fn list(item: &ItemEnum, of: &Type) -> Vec<Item> {
    let name = &item.ident;
    let docs = item.attrs.iter().filter(|attribute| attribute.path().is_ident("doc"));
    vec![
        parse_quote! {
            #(#docs)*
            #[derive(::serde::Serialize, Clone, Debug, Default, PartialEq)]
            #[serde(transparent)]
            pub struct #name(pub ::std::vec::Vec<#of>);
        },
        parse_quote! {
            impl<'de> ::serde::Deserialize<'de> for #name {
                fn deserialize<D: ::serde::Deserializer<'de>>(deserializer: D) -> ::std::result::Result<Self, D::Error> {
                    crate::runtime::de::one_or_many(deserializer).map(Self)
                }
            }
        },
        parse_quote! {
            impl ::std::ops::Deref for #name {
                type Target = ::std::vec::Vec<#of>;
                fn deref(&self) -> &Self::Target {
                    &self.0
                }
            }
        },
        parse_quote! {
            impl ::std::convert::From<::std::vec::Vec<#of>> for #name {
                fn from(values: ::std::vec::Vec<#of>) -> Self {
                    Self(values)
                }
            }
        },
    ]
}

/// Takes the derived reader from a union, and gives it one that keeps what a branch does not name.
pub(super) fn of_union(item: &mut ItemEnum, reading: &Reading<'_>) -> Result<Item> {
    let name = item.ident.clone();
    objects::underive(&mut item.attrs);
    let mut helpers = Vec::new();
    let mut branches: Vec<Expr> = Vec::new();
    for variant in &mut item.variants {
        if let Fields::Named(_) = variant.fields {
            let (helper, reader) = helper(variant, reading)?;
            helpers.extend([Item::Struct(helper), reader]);
        }
        branches.push(branch(variant));
    }
    let text = name.to_string();
    Ok(parse_quote! {
        const _: () = {
            #(#helpers)*
            impl<'de> ::serde::Deserialize<'de> for #name {
                fn deserialize<D: ::serde::Deserializer<'de>>(deserializer: D) -> ::std::result::Result<Self, D::Error> {
                    crate::runtime::union::read(deserializer, #text, &[#(#branches),*])
                }
            }
        };
    })
}

/// A struct with the fields of a variant, and its reader; the variant gets the map of unknown properties.
fn helper(variant: &mut Variant, reading: &Reading<'_>) -> Result<(ItemStruct, Item)> {
    let name = helper_name(&variant.ident);
    if let Fields::Named(fields) = &mut variant.fields {
        // The generator's own map would print the values.
        let kept = fields.named.iter().filter(|field| !is_open_map(field)).cloned();
        fields.named = kept.collect();
    }
    let mut helper: ItemStruct = parse_quote!(struct #name {});
    helper.fields = variant.fields.clone();
    let reader = objects::reader(&helper, reading)?;
    objects::finish_fields(&mut variant.fields, true);
    for field in &mut variant.fields {
        field.vis = Visibility::Inherited;
    }
    helper.fields = variant.fields.clone();
    for field in &mut helper.fields {
        field.attrs.clear();
    }
    Ok((helper, reader))
}

/// Whether a field holds further properties of any kind.
fn is_open_map(field: &Field) -> bool {
    has_argument(field, "flatten") && last_name(&field.ty).as_deref() == Some("Map")
}

/// A name that no schema becomes.
fn helper_name(variant: &Ident) -> Ident {
    format_ident!("__{variant}")
}

/// Reads a value as one variant.
fn branch(variant: &Variant) -> Expr {
    let name = &variant.ident;
    match &variant.fields {
        Fields::Unit => parse_quote!(|value| <() as ::serde::Deserialize>::deserialize(value).map(|()| Self::#name)),
        Fields::Unnamed(fields) => {
            let types = fields.unnamed.iter().map(|field| &field.ty);
            if fields.unnamed.len() == 1 {
                return parse_quote!(|value| #(<#types as ::serde::Deserialize>::deserialize(value))*.map(Self::#name));
            }
            let values: Vec<Ident> = (0..fields.unnamed.len()).map(|index| format_ident!("value_{index}")).collect();
            parse_quote! {
                |value| <(#(#types),*) as ::serde::Deserialize>::deserialize(value)
                    .map(|(#(#values),*)| Self::#name(#(#values),*))
            }
        }
        Fields::Named(fields) => {
            let helper = helper_name(name);
            let names: Vec<&Option<Ident>> = fields.named.iter().map(|field: &Field| &field.ident).collect();
            let names = quote!(#(#names),*);
            parse_quote! {
                |value| <#helper as ::serde::Deserialize>::deserialize(value)
                    .map(|#helper { #names }| Self::#name { #names })
            }
        }
    }
}
