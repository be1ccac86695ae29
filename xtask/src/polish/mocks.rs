//! The mock module: what the generator wrote for `httpmock`, with the paths and values that the client sends.

use std::collections::BTreeMap;

use anyhow::{Context, Result, bail};
use proc_macro2::TokenStream;
use quote::quote;
use serde_json::Value;
use syn::visit::{self, Visit};
use syn::visit_mut::{self, VisitMut};
use syn::{Expr, ExprMethodCall, FnArg, ImplItem, ImplItemFn, Item, ItemImpl, Pat, Stmt, TraitItem, parse_quote};

use super::docs;
use super::syntax::last_name;
use crate::document::openapi::operations;
use crate::document::rust_names::{builder_name, method_name, setter_name};

/// The items of the module, polished.
///
/// The generator matches paths with patterns in which an id of `a+b` does not match itself, and in which the id of one
/// operation may be half the path of another. `crate::runtime::mock_path` matches them as they are sent instead.
///
/// # Errors
/// Output of another shape than this step was written for.
pub(super) fn polished(tokens: TokenStream, lowered: &Value) -> Result<Vec<Item>> {
    let paths = paths(lowered);
    let mut items = syn::parse2::<syn::File>(docs::of_mocks(tokens))?.items;
    for item in &mut items {
        if let Item::Trait(mocks) = item {
            for member in &mut mocks.items {
                if let TraitItem::Fn(mock) = member {
                    let says = format!(" A mock of [`Client::{0}`](crate::Client::{0}).", mock.sig.ident);
                    mock.attrs.push(parse_quote!(#[doc = #says]));
                }
            }
        }
    }
    let operations = items.iter_mut().find_map(|item| match item {
        Item::Mod(module) if module.ident == "operations" => module.content.as_mut(),
        _ => None,
    });
    let (_, operations) = operations.context("polish: the generator wrote no mocks")?;
    for item in operations {
        match item {
            Item::Impl(methods) => {
                let name = last_name(&methods.self_ty).context("polish: a mock of no name")?;
                if let Some(operation) = name.strip_suffix("When") {
                    let path = paths.get(operation).with_context(|| format!("polish: {name}: of no operation"))?;
                    when(methods, path).with_context(|| format!("polish: {name}"))?;
                }
            }
            Item::Use(import) => {
                *import = parse_quote!(
                    use super::super::types;
                );
            }
            Item::Struct(side) => {
                let name = side.ident.to_string();
                let (operation, says) = match (name.strip_suffix("When"), name.strip_suffix("Then")) {
                    (Some(operation), _) => (operation, "Which requests a mock takes"),
                    (None, Some(operation)) => (operation, "The response of a mock"),
                    (None, None) => bail!("polish: not expected among the mocks: {name}"),
                };
                let says = format!(" {says}: [`Client::{0}`](crate::Client::{0}).", method_name(operation));
                side.attrs.push(parse_quote!(#[doc = #says]));
            }
            other => bail!("polish: not expected among the mocks: {}", quote!(#other)),
        }
    }
    Ok(items)
}

/// The path of each operation, by the start of its mocks' names.
fn paths(lowered: &Value) -> BTreeMap<String, String> {
    operations(lowered)
        .filter_map(|operation| Some((builder_name(operation.id()?), operation.path.to_owned())))
        .collect()
}

/// The conditions on a request: its path is the operation's path, with the ids that the caller states.
fn when(methods: &mut ItemImpl, path: &str) -> Result<()> {
    for member in &mut methods.items {
        let ImplItem::Fn(method) = member else { continue };
        if method.sig.ident == "new" {
            let method_name = method_of(method).context("`new` names no HTTP method")?;
            method.block = parse_quote!({ Self(crate::runtime::mock_path(inner.method(#method_name), #path, None)) });
        } else if method.block.stmts.iter().any(|statement| matches!(statement, Stmt::Local(_))) {
            // The only setters with a local are those of ids: it is the pattern.
            let name = parameter(path, &method.sig.ident.to_string()).context("an id that the path does not have")?;
            let Some(FnArg::Typed(value)) = method.sig.inputs.last_mut() else { bail!("a setter takes no value") };
            if !matches!(&*value.pat, Pat::Ident(pat) if pat.ident == "value") {
                bail!("a setter does not call its value so");
            }
            *value.ty = parse_quote!(impl ::std::fmt::Display);
            method.block = parse_quote!({ Self(crate::runtime::mock_path(self.0, #path, Some((#name, &value)))) });
        } else {
            if takes(method, "Secret") {
                Exposed.visit_block_mut(&mut method.block);
            }
            if takes(method, "Vec") {
                ForEachValue.visit_block_mut(&mut method.block);
            }
        }
    }
    Ok(())
}

/// Whether a setter's value is of a type called so, itself or within an `Option`.
fn takes(method: &ImplItemFn, name: &'static str) -> bool {
    struct Find(&'static str, bool);
    impl<'ast> Visit<'ast> for Find {
        fn visit_path_segment(&mut self, segment: &'ast syn::PathSegment) {
            self.1 |= segment.ident == self.0;
            visit::visit_path_segment(self, segment);
        }
    }
    let mut find = Find(name, false);
    find.visit_signature(&method.sig);
    find.1
}

/// A secret prints nowhere, so it has no `to_string`; a mock that waits for one compares its text.
struct Exposed;

impl VisitMut for Exposed {
    fn visit_expr_method_call_mut(&mut self, call: &mut ExprMethodCall) {
        visit_mut::visit_expr_method_call_mut(self, call);
        if call.method == "to_string" {
            call.method = parse_quote!(expose_secret);
        }
    }
}

/// A list in a query is sent as one parameter for each of its values; the generator takes it for one text.
struct ForEachValue;

impl VisitMut for ForEachValue {
    fn visit_expr_mut(&mut self, expr: &mut Expr) {
        visit_mut::visit_expr_mut(self, expr);
        if let Expr::MethodCall(call) = expr
            && call.method == "query_param"
        {
            let (when, arguments) = (&call.receiver, &call.args);
            *expr = parse_quote!(value.iter().fold(#when, |when, value| when.query_param(#arguments)));
        }
    }
}

/// The `X` of `inner.method(X)…`.
fn method_of(method: &ImplItemFn) -> Option<Expr> {
    struct Find(Option<Expr>);
    impl<'ast> Visit<'ast> for Find {
        fn visit_expr_method_call(&mut self, call: &'ast ExprMethodCall) {
            if call.method == "method" {
                self.0 = call.args.first().cloned();
            }
            visit::visit_expr_method_call(self, call);
        }
    }
    let mut find = Find(None);
    find.visit_block(&method.block);
    find.0
}

/// The name, in a path, of what a setter calls `name`.
fn parameter(path: &str, name: &str) -> Option<String> {
    let names = path.split('{').skip(1).filter_map(|rest| rest.split('}').next());
    let name = name.trim_start_matches("r#");
    names.into_iter().find(|own| setter_name(own) == name).map(str::to_owned)
}
