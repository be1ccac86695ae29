//! Puts the names of the document back where step adapt gave the generator an alias.

use proc_macro2::{Group, Literal, TokenStream, TokenTree};
use quote::ToTokens as _;
use syn::{File, LitStr};

use crate::document::aliases;

/// The character that begins an alias, as it prints in a literal. It prints as it is in a doc comment.
const ESCAPED: &str = "\\u{fdef}";

/// Replaces every alias within a string.
pub(super) fn restore(file: &File) -> syn::Result<File> {
    syn::parse2(restore_tokens(file.to_token_stream()))
}

fn restore_tokens(tokens: TokenStream) -> TokenStream {
    tokens
        .into_iter()
        .map(|token| match token {
            TokenTree::Group(group) => {
                let mut restored = Group::new(group.delimiter(), restore_tokens(group.stream()));
                restored.set_span(group.span());
                TokenTree::Group(restored)
            }
            TokenTree::Literal(literal) => TokenTree::Literal(restore_literal(literal)),
            other => other,
        })
        .collect()
}

fn restore_literal(literal: Literal) -> Literal {
    let printed = literal.to_string();
    if !printed.contains(ESCAPED) && !aliases::has_alias(&printed) {
        return literal;
    }
    match syn::parse2::<LitStr>(TokenTree::Literal(literal.clone()).into()) {
        Ok(text) => Literal::string(&aliases::restore(&text.value())),
        Err(_) => literal,
    }
}
