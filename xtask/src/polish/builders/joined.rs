//! Sends lists as one text: the generator sends each item of a list by itself, and has no lists in paths and headers.

use anyhow::{Context, Result};
use quote::quote;
use syn::visit_mut::{self, VisitMut};
use syn::{Block, Expr, Ident, Item, LitStr, Stmt, parse_quote};

use super::operation::{Joined, Operation, plain};
use super::url;
use crate::polish::syntax::{local_name, plain_name};

/// The functions that the rewritten statements call.
pub(super) fn functions() -> [Item; 2] {
    [
        parse_quote! {
            /// The text of a list in a path or a header: its items with commas between them. `None` if it has no items.
            #[allow(dead_code)]
            fn joined<T: ToString>(items: impl Iterator<Item = T>) -> Result<Option<String>, String> {
                let items: Vec<String> = items.map(|item| item.to_string()).collect();
                if items.iter().any(|item| item.contains(',')) {
                    return Err("an item of the list holds a comma, which separates the items".to_string());
                }
                Ok(Some(items.join(",")).filter(|_| !items.is_empty()))
            }
        },
        parse_quote! {
            /// A URL with a list in its query: each item is percent-encoded, and what separates them is not. A list
            /// without items is left out.
            #[allow(dead_code)]
            fn with_list<T: ToString>(
                url: impl ToString,
                name: &str,
                separator: &str,
                items: impl Iterator<Item = T>,
            ) -> String {
                let encode = |text: &str| -> String {
                    let is_plain = |byte: &u8| byte.is_ascii_alphanumeric() || b"-._~".contains(byte);
                    let encode = |byte: u8| match byte {
                        byte if is_plain(&byte) => char::from(byte).to_string(),
                        byte => format!("%{byte:02X}"),
                    };
                    text.bytes().map(encode).collect()
                };
                let url = url.to_string();
                let items: Vec<String> = items.map(|item| encode(&item.to_string())).collect();
                if items.is_empty() {
                    return url;
                }
                let start = if url.contains('?') { '&' } else { '?' };
                format!("{url}{start}{}={}", encode(name), items.join(separator))
            }
        },
    ]
}

/// Rewrites the statements that build a request.
///
/// # Errors
/// A request that is built in another way than this step was written for.
pub(super) fn rewrite(block: &mut Block, described: &Operation<'_>, operation: &LitStr) -> Result<()> {
    if described.joined.is_empty() {
        return Ok(());
    }
    // A parameter may be called `url`; the generator then calls the URL otherwise.
    let index = block.stmts.iter().position(url::is_made).context("`send` builds no URL")?;
    let url = local_name(&block.stmts[index]).context("the URL has no name")?.clone();
    let lists: Vec<(Ident, &Joined<'_>)> = block.stmts[..index]
        .iter()
        .filter_map(local_name)
        .filter_map(|name| Some((name.clone(), described.joined.get(plain(&plain_name(name)))?)))
        .collect();
    let (mut before, mut after): (Vec<Stmt>, Vec<Stmt>) = (Vec::new(), Vec::new());
    for (name, Joined { name: sent, place, separator, required }) in &lists {
        let items = if *required { quote!(#name.iter()) } else { quote!(#name.iter().flatten()) };
        let text = quote!(self::joined(#items).map_err(self::invalid(#operation))?);
        match (*place, required) {
            ("query", _) => after.push(parse_quote!(let #url = self::with_list(#url, #sent, #separator, #items);)),
            ("path", _) => {
                let error = format!("{} has no items", plain_name(name));
                before.push(parse_quote!(
                    let #name = #text.ok_or_else(|| self::invalid(#operation)(#error.to_string()))?;
                ));
            }
            (_, true) => before.push(parse_quote!(let #name = #text.unwrap_or_default();)),
            (_, false) => before.push(parse_quote!(let #name = #text;)),
        }
    }
    let names: Vec<&Ident> = lists.iter().filter(|(_, list)| list.place == "query").map(|(name, _)| name).collect();
    Queries { names }.visit_block_mut(block);
    let rest = block.stmts.split_off(index + 1);
    block.stmts.splice(index..index, before);
    block.stmts.extend(after.into_iter().chain(rest));
    Ok(())
}

/// Leaves out the calls of `query` that send the lists of these names item by item.
struct Queries<'a> {
    names: Vec<&'a Ident>,
}

impl VisitMut for Queries<'_> {
    fn visit_expr_mut(&mut self, expr: &mut Expr) {
        visit_mut::visit_expr_mut(self, expr);
        if let Expr::MethodCall(call) = expr
            && call.method == "query"
            && let Some(Expr::Reference(parameter)) = call.args.first()
            && let Expr::Call(parameter) = &*parameter.expr
            && let Some(Expr::Reference(value)) = parameter.args.last()
            && let Expr::Path(value) = &*value.expr
            && self.names.iter().any(|name| value.path.is_ident(*name))
        {
            *expr = (*call.receiver).clone();
        }
    }
}
