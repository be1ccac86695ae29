//! Rewrites doc comments: one attribute for each line, so that they print as `/// line`, and the text of a document stays
//! text.

use proc_macro2::Span;
use quote::format_ident;
use serde_json::Value;
use syn::token::Bracket;
use syn::visit_mut::VisitMut;
use syn::{
    AttrStyle, Attribute, Block, Expr, ExprLit, File, Item, Lit, LitStr, Meta, MetaNameValue, Signature, Token, Type,
};

use super::prose;
use crate::texts;

/// Where the generator's example of a call begins; with it, its documentation of an operation ends.
const EXAMPLE: &str = "```ignore\n";

/// Rewrites the documentation of what the generator made of a lowered document, the texts of its operations put in.
pub(super) fn of_client(file: &mut File, lowered: &Value) {
    let (_, texts) = texts::marked(lowered);
    for item in &mut file.items {
        match item {
            // Types are documented with texts of the document and nothing else.
            Item::Mod(module) if module.ident == "types" => Docs(&prose::inert).visit_item_mod_mut(module),
            item => Docs(&|doc| operation(doc, &texts)).visit_item_mut(item),
        }
    }
}

/// Rewrites the documentation of the generator's mocks, in which no text of a document is.
pub(super) fn of_mocks(file: &mut File) {
    Docs(&str::to_owned).visit_file_mut(file);
}

/// Splits every `#[doc = "…"]`, as the function writes it, at its line ends.
struct Docs<'a>(&'a dyn Fn(&str) -> String);

impl VisitMut for Docs<'_> {
    fn visit_attributes_mut(&mut self, all: &mut Vec<Attribute>) {
        if all.is_empty() {
            return;
        }
        let rewritten = std::mem::take(all).into_iter().flat_map(|attribute| match line(&attribute) {
            Some(text) => {
                let of_style = |line| Attribute { style: attribute.style, ..line };
                attributes(&self.0(&text)).into_iter().map(of_style).collect()
            }
            None => vec![attribute],
        });
        *all = rewritten.collect();
    }

    /// Nothing within a function is documented.
    fn visit_block_mut(&mut self, _: &mut Block) {}

    fn visit_signature_mut(&mut self, _: &mut Signature) {}

    fn visit_type_mut(&mut self, _: &mut Type) {}
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

/// The text of a doc comment's line.
pub(super) fn line(attribute: &Attribute) -> Option<String> {
    let Meta::NameValue(MetaNameValue { path, value: Expr::Lit(value), .. }) = &attribute.meta else { return None };
    match &value.lit {
        Lit::Str(text) if path.is_ident("doc") => Some(text.value()),
        _ => None,
    }
}

/// The lines of a text as doc comments.
pub(super) fn attributes(text: &str) -> Vec<Attribute> {
    let lines = text.trim().lines().map(|line| {
        let line = if line.trim().is_empty() { String::new() } else { format!(" {}", line.trim_end()) };
        comment(&line)
    });
    lines.collect()
}

/// One line of a doc comment.
pub(super) fn comment(line: &str) -> Attribute {
    let text = LitStr::new(line, Span::call_site());
    let doc = MetaNameValue {
        path: format_ident!("doc").into(),
        eq_token: Token![=](Span::call_site()),
        value: Expr::Lit(ExprLit { attrs: Vec::new(), lit: Lit::Str(text) }),
    };
    Attribute {
        pound_token: Token![#](Span::call_site()),
        style: AttrStyle::Outer,
        bracket_token: Bracket::default(),
        meta: Meta::NameValue(doc),
    }
}
