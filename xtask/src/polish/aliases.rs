//! Puts the names of the document back where step adapt gave the generator an alias.

use proc_macro2::{Group, Literal, TokenStream, TokenTree};
use quote::ToTokens as _;
use syn::{File, LitStr};

use crate::document::aliases;

/// Replaces every alias within a string.
pub(super) fn restore(file: File) -> syn::Result<File> {
    let tokens = file.to_token_stream();
    let mut found = false;
    let restored = restore_tokens(tokens, &mut found);
    if found { syn::parse2(restored) } else { Ok(file) }
}

fn restore_tokens(tokens: TokenStream, found: &mut bool) -> TokenStream {
    tokens
        .into_iter()
        .map(|token| match token {
            TokenTree::Group(group) => {
                let mut restored = Group::new(group.delimiter(), restore_tokens(group.stream(), found));
                restored.set_span(group.span());
                TokenTree::Group(restored)
            }
            TokenTree::Literal(literal) => TokenTree::Literal(restore_literal(literal, found)),
            other => other,
        })
        .collect()
}

fn restore_literal(literal: Literal, found: &mut bool) -> Literal {
    // Noncharacters do not print: they are escapes in a literal. Parsing each would be slow.
    if !literal.to_string().contains("\\u{fdef}") {
        return literal;
    }
    match syn::parse2::<LitStr>(TokenTree::Literal(literal.clone()).into()) {
        Ok(text) if aliases::has_alias(&text.value()) => {
            *found = true;
            Literal::string(&aliases::restore(&text.value()))
        }
        _ => literal,
    }
}
