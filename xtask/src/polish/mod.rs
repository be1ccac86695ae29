//! Step 6, polish: turns the generator's tokens into the crate's generated modules, by syntax and never by text.

mod aliases;
mod boxes;
mod builders;
mod calls;
mod commands;
mod complete;
mod docs;
mod enums;
mod examples;
mod extensions;
mod fields;
mod index;
mod inline;
mod mocks;
mod modules;
mod objects;
mod prose;
mod response_bodies;
mod setters;
mod syntax;
mod table;
mod type_builders;
mod types;
mod unions;
mod untyped;

use anyhow::{Result, bail};
use proc_macro2::TokenStream;
use quote::quote;
use serde_json::Value;
use syn::{File, Item, ItemMod};

pub use modules::{Modules, Syntax};

/// The parts that only the published client has.
#[derive(Debug)]
pub struct Published {
    /// The crate's name in its examples.
    pub name: &'static str,
    /// The generator's mocks of its operations.
    pub mocks: TokenStream,
}

/// Sorts and trims what the generator wrote for a lowered document.
///
/// Of the generator's own client nothing stays but the operations: the client and its error are hand-written, and
/// `builders` makes every `send` call `crate::runtime`.
///
/// For the `published` one, the examples compile, the operations have a table, and the mocks and the calls of operations that
/// are chosen at run time become modules behind the features `httpmock` and `cli`.
///
/// # Errors
/// Output of another shape than this step was written for, which a new version of the generator may bring.
pub fn syntax(tokens: TokenStream, published: Option<Published>, lowered: &Value) -> Result<Syntax> {
    let (tokens, builders_of_types) = type_builders::take(tokens);
    let mut file: File = syn::parse2(tokens)?;
    docs::of_client(&mut file, lowered);
    let (mut operations, mut builder, mut types) = (None, None, None);
    for item in file.items {
        match item {
            Item::Mod(module) if module.ident == "types" => types = Some(content(module)),
            Item::Mod(module) if module.ident == "builder" => builder = Some(content(module)),
            Item::Mod(module) if module.ident == "prelude" => {}
            Item::Impl(item) if item.trait_.is_none() && has_operations(&item) => operations = Some(item),
            // The generator's client: its struct, constructors, information, hooks and imports.
            Item::Impl(_) | Item::Struct(_) | Item::Use(_) | Item::Const(_) => {}
            other => bail!("polish: the generator wrote an item that is not expected: {}", quote!(#other)),
        }
    }
    let (Some(mut operations), Some(builder), Some(mut types)) = (operations, builder, types) else {
        bail!("polish: the generator wrote no operations, no builders or no types");
    };
    let (sent, received) = (type_builders::sent(&builder), type_builders::received(&builder));
    let built = type_builders::keep(&mut types, builders_of_types, &sent)?;
    let used = types::Used { sent, received, built };
    let (texts, bodies) = (setters::Texts::of(&types), builders::Bodies::of(&types));
    let types = types::polished(types, &used, &texts, lowered)?;
    let builder = builders::polished(builder, &mut operations, (&texts, &bodies), lowered)?;
    let (mut mocks, mut table, mut calls) = (None, None, None);
    examples::write(&mut operations, published.as_ref().map(|published| published.name), lowered);
    if let Some(published) = published {
        mocks = Some(mocks::polished(published.mocks, &builder, (&texts, &bodies), lowered)?);
        table = Some(table::items(lowered, &builder, &bodies)?);
        calls = Some(calls::items(lowered, &builder, &bodies)?);
    }
    let table_module = table.iter().map(|_| {
        quote!(
            pub mod operations;
        )
    });
    let calls_module = calls.iter().map(|_| {
        quote! {
            #[cfg(feature = "cli")]
            pub mod calls;
        }
    });
    let mocks_module = mocks.iter().map(|_| {
        quote! {
            #[cfg(feature = "httpmock")]
            pub mod mocks;
        }
    });
    let mut root: File = syn::parse_quote! {
        pub mod builder;
        #(#calls_module)*
        #(#mocks_module)*
        #(#table_module)*
        pub mod types;

        use crate::runtime::Client;
    };
    root.items.push(Item::Impl(operations));
    Ok(Syntax {
        operations: root.items,
        builder,
        types,
        table,
        calls,
        mocks,
        has_aliases: crate::document::aliases::are_in(lowered),
    })
}

fn content(module: ItemMod) -> Vec<Item> {
    module.content.map(|(_, items)| items).unwrap_or_default()
}

/// The generator writes two inherent `impl Client`: the constructors, and the operations.
fn has_operations(item: &syn::ItemImpl) -> bool {
    !item
        .items
        .iter()
        .any(|member| matches!(member, syn::ImplItem::Fn(function) if function.sig.ident == "new_with_client"))
}
