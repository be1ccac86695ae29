//! Doc comments: one attribute a line, so that they print as `/// line` whatever they hold.

use proc_macro2::{Delimiter, Group, Literal, TokenStream, TokenTree};
use quote::{ToTokens, quote};

/// Splits every `#[doc = "…"]` at its line ends.
pub(super) fn by_line(tokens: TokenStream) -> TokenStream {
    let mut out = TokenStream::new();
    let mut tokens = tokens.into_iter().peekable();
    while let Some(token) = tokens.next() {
        let attribute = match (&token, tokens.peek()) {
            (TokenTree::Punct(hash), Some(TokenTree::Group(group))) if hash.as_char() == '#' => doc_text(group),
            _ => None,
        };
        match (attribute, token) {
            (Some(text), _) => {
                tokens.next();
                out.extend(lines(&text));
            }
            (None, TokenTree::Group(group)) => {
                let mut rebuilt = Group::new(group.delimiter(), by_line(group.stream()));
                rebuilt.set_span(group.span());
                out.extend([TokenTree::Group(rebuilt)]);
            }
            (None, token) => out.extend([token]),
        }
    }
    out
}

/// The text of `[doc = "text"]`.
fn doc_text(group: &Group) -> Option<String> {
    if group.delimiter() != Delimiter::Bracket {
        return None;
    }
    text(syn::parse2(group.stream()).ok()?)
}

/// The text of a doc comment's line.
pub(super) fn line(attribute: &syn::Attribute) -> Option<String> {
    text(attribute.meta.require_name_value().ok()?.clone())
}

fn text(attribute: syn::MetaNameValue) -> Option<String> {
    match attribute.value {
        syn::Expr::Lit(literal) if attribute.path.is_ident("doc") => match literal.lit {
            syn::Lit::Str(text) => Some(text.value()),
            _ => None,
        },
        _ => None,
    }
}

/// Whether a character would end a comment early, or show it in another order than the compiler reads it.
fn is_treacherous(c: char) -> bool {
    c == '\r' || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

fn lines(text: &str) -> TokenStream {
    text.replace("\r\n", "\n")
        .replace(is_treacherous, "")
        .trim()
        .lines()
        .map(|line| {
            let line = if line.trim().is_empty() { String::new() } else { format!(" {}", line.trim_end()) };
            let line = Literal::string(&line).to_token_stream();
            quote!(#[doc = #line])
        })
        .collect()
}
