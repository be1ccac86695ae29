//! Reads names, types and serde's attributes of the code that the generator writes.

use proc_macro2::TokenTree;
use quote::format_ident;
use syn::{Attribute, Field, Ident, Local, Meta, Pat, Stmt, Type};

/// The last name of a type's path: `Vec` of `::std::vec::Vec<T>`.
pub(super) fn last_name(ty: &Type) -> Option<String> {
    match ty {
        Type::Path(path) => path.path.segments.last().map(|last| last.ident.to_string()),
        _ => None,
    }
}

/// Whether a type is a collection. A schema may be called `Map`, too; its type has no arguments.
pub(super) fn is_collection(ty: &Type) -> bool {
    last_name(ty).is_some_and(|name| ["Vec", "HashMap", "Map"].contains(&name.as_str())) && !arguments(ty).is_empty()
}

/// The types between the angle brackets of a type.
pub(super) fn arguments(ty: &Type) -> Vec<&Type> {
    let Type::Path(path) = ty else { return Vec::new() };
    match path.path.segments.last().map(|last| &last.arguments) {
        Some(syn::PathArguments::AngleBracketed(arguments)) => arguments
            .args
            .iter()
            .filter_map(|argument| match argument {
                syn::GenericArgument::Type(ty) => Some(ty),
                _ => None,
            })
            .collect(),
        _ => Vec::new(),
    }
}

pub(super) fn option_of(ty: &Type) -> Option<&Type> {
    (last_name(ty)? == "Option").then(|| arguments(ty).into_iter().next())?
}

/// The name of a field in JSON.
pub(super) fn json_name(field: &Field) -> String {
    written_name(&field.ident.clone().unwrap_or_else(|| format_ident!("_0")), &field.attrs)
}

/// The JSON name of a field or variant with these attributes.
pub(super) fn written_name(name: &Ident, attributes: &[Attribute]) -> String {
    let mut name = name.to_string();
    for attribute in attributes {
        serde_arguments(attribute, |argument, value| {
            if let (true, Some(syn::Lit::Str(text))) = (argument.is_ident("rename"), value) {
                name = text.value();
            }
        });
    }
    name.trim_start_matches("r#").to_owned()
}

/// Whether a field has this argument in a `#[serde(…)]` attribute.
pub(super) fn has_argument(field: &Field, name: &str) -> bool {
    attributes_have(&field.attrs, name)
}

/// Whether one of these is a `#[serde(…)]` with this argument.
pub(super) fn attributes_have(attributes: &[Attribute], name: &str) -> bool {
    // The generator and polish write names and `name = "text"`, so a word that stands there is a name: no need to parse it.
    let is_name = |token| matches!(token, TokenTree::Ident(word) if word == name);
    attributes.iter().filter(|attribute| attribute.path().is_ident("serde")).any(|attribute| match &attribute.meta {
        Meta::List(list) => list.tokens.clone().into_iter().any(is_name),
        _ => false,
    })
}

/// The text of an argument of `#[serde(…)]`.
fn text_of(attributes: &[Attribute], name: &str) -> Option<String> {
    let mut found = None;
    for attribute in attributes {
        serde_arguments(attribute, |argument, value| {
            if let (true, Some(syn::Lit::Str(text))) = (argument.is_ident(name), value) {
                found = Some(text.value());
            }
        });
    }
    found
}

/// Whether a field has a default that a function gives.
pub(super) fn has_default_of_its_own(field: &Field) -> bool {
    default_of(&field.attrs).is_some()
}

/// The function that gives a field its default, if it has one of its own.
pub(super) fn default_of(attributes: &[Attribute]) -> Option<String> {
    text_of(attributes, "default")
}

/// Whether an attribute is `#[serde(default, …)]`, without a function of its own for the default.
pub(super) fn has_plain_default(attribute: &Attribute) -> bool {
    let mut found = false;
    serde_arguments(attribute, |argument, value| found |= argument.is_ident("default") && value.is_none());
    found
}

/// Visits `name` or `name = value` of every argument of a `#[serde(…)]` attribute.
fn serde_arguments(attribute: &Attribute, mut visit: impl FnMut(&syn::Path, Option<syn::Lit>)) {
    if attribute.path().is_ident("serde") {
        // What the generator writes are names and `name = "text"`; whatever else there were, this does not look for it.
        let _ = attribute.parse_nested_meta(|meta| {
            let value = if meta.input.peek(syn::Token![=]) { Some(meta.value()?.parse()?) } else { None };
            visit(&meta.path, value);
            Ok(())
        });
    }
}

/// Whether an attribute derives the trait called `name`.
pub(super) fn derives(attribute: &Attribute, name: &str) -> bool {
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

/// The name of a field as its document's reader knows it.
pub(super) fn plain_name(name: &Ident) -> String {
    name.to_string().trim_start_matches("r#").to_owned()
}

/// The name that a statement binds.
pub(super) fn local_name(statement: &Stmt) -> Option<&Ident> {
    match statement {
        Stmt::Local(Local { pat: Pat::Ident(pat), .. }) => Some(&pat.ident),
        _ => None,
    }
}
