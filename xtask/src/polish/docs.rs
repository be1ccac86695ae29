//! Rewrites doc comments: one attribute for each line, so that they print as `/// line`, and the text of a document stays
//! text.

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};
use quote::ToTokens as _;
use serde_json::Value;
use syn::{Attribute, parse_quote};

use super::prose;
use crate::texts;

/// Where the generator's example of a call begins; with it, its documentation of an operation ends.
const EXAMPLE: &str = "```ignore\n";

/// The documentation of what the generator made of a lowered document, the texts of its operations put in.
pub(super) fn of_client(tokens: TokenStream, lowered: &Value) -> TokenStream {
    let (_, texts) = texts::marked(lowered);
    let of_operation = |doc: &str| operation(doc, &texts);
    let mut out = TokenStream::new();
    // Types are documented with texts of the document and nothing else.
    let mut is_types = false;
    let mut rest = tokens.into_iter().peekable();
    let mut items = TokenStream::new();
    while let Some(token) = rest.next() {
        match (&token, rest.peek()) {
            (TokenTree::Ident(module), Some(TokenTree::Ident(name))) if module == "mod" => is_types = name == "types",
            (TokenTree::Group(group), _) if is_types && group.delimiter() == Delimiter::Brace => {
                out.extend(by_line(std::mem::take(&mut items), &of_operation));
                out.extend(by_line(token.into(), &prose::inert));
                is_types = false;
                continue;
            }
            _ => {}
        }
        items.extend([token]);
    }
    out.extend(by_line(items, &of_operation));
    out
}

/// The documentation of the generator's mocks, in which no text of a document is.
pub(super) fn of_mocks(tokens: TokenStream) -> TokenStream {
    by_line(tokens, &str::to_owned)
}

/// Splits every `#[doc = "…"]`, as `write` has it, at its line ends.
fn by_line(tokens: TokenStream, write: &dyn Fn(&str) -> String) -> TokenStream {
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
                out.extend(attributes(&write(&text)).into_iter().map(Attribute::into_token_stream));
            }
            (None, TokenTree::Group(group)) => {
                let mut rebuilt = Group::new(group.delimiter(), by_line(group.stream(), write));
                rebuilt.set_span(group.span());
                out.extend([TokenTree::Group(rebuilt)]);
            }
            (None, token) => out.extend([token]),
        }
    }
    out
}

/// The generator's documentation of an operation, with a document's texts in place of their marks.
fn operation(doc: &str, texts: &[String]) -> String {
    let (says, example) = doc.split_at(doc.rfind(EXAMPLE).unwrap_or(doc.len()));
    let lines: Vec<String> = says.lines().map(|line| operation_line(line, texts)).collect();
    format!("{}\n{example}", lines.join("\n"))
}

fn operation_line(line: &str, texts: &[String]) -> String {
    if let Some(text) = texts::of_mark(line, texts) {
        return prose::inert(text);
    }
    if let Some((name, mark)) = line.split_once(": ")
        && let Some(text) = texts::of_mark(mark, texts)
    {
        let text = prose::inert(text);
        // What is no paragraph cannot go on from the name.
        let start = if prose::is_paragraph(&text) { " " } else { "\n\n  " };
        return format!("{name}:{start}{}", text.replace('\n', "\n  "));
    }
    match line.strip_prefix("Sends a ").and_then(|rest| rest.strip_suffix('`')?.split_once(" request to `")) {
        Some((method, path)) => format!("Sends a {method} request to {}", prose::code(path)),
        None => line.to_owned(),
    }
}

/// The text of `[doc = "text"]`.
fn doc_text(group: &Group) -> Option<String> {
    // Parsing is slow, and most groups are no documentation.
    let is_doc = || matches!(group.stream().into_iter().next(), Some(TokenTree::Ident(name)) if name == "doc");
    if group.delimiter() != Delimiter::Bracket || !is_doc() {
        return None;
    }
    text(syn::parse2(group.stream()).ok()?)
}

/// The text of a doc comment's line.
pub(super) fn line(attribute: &Attribute) -> Option<String> {
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

/// The lines of a text as doc comments.
pub(super) fn attributes(text: &str) -> Vec<Attribute> {
    let lines = text.trim().lines().map(|line| {
        let line = if line.trim().is_empty() { String::new() } else { format!(" {}", line.trim_end()) };
        parse_quote!(#[doc = #line])
    });
    lines.collect()
}
