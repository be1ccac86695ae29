//! The mock module: what the generator wrote for `httpmock`, with the paths and values that the client sends.

use std::collections::BTreeMap;

use anyhow::{Context, Result, bail};
use proc_macro2::TokenStream;
use quote::quote;
use serde_json::Value;
use syn::visit::{self, Visit};
use syn::{
    Attribute, Expr, ExprMethodCall, ImplItem, ImplItemFn, Item, ItemImpl, ItemStruct, Stmt, TraitItem, parse_quote,
};

use super::builders::{Bodies, value_of};
use super::docs;
use super::setters::Texts;
use super::syntax::last_name;
use crate::document::extensions;
use crate::document::openapi::operations;
use crate::document::pointer::Pointer;
use crate::document::rust_names::{builder_name, method_name, setter_name};

/// The items of the module, polished.
///
/// The generator matches paths with patterns in which an id of `a+b` does not match itself, and in which the id of one
/// operation may be half the path of another. `crate::runtime::mock_path` matches them as they are sent instead.
///
/// # Errors
/// Output of another shape than this step was written for.
pub(super) fn polished(
    tokens: TokenStream,
    builders: &[Item],
    (texts, bodies): (&Texts, &Bodies),
    lowered: &Value,
) -> Result<Vec<Item>> {
    if let Some(at) = joined(lowered) {
        bail!(at.fixable("mocks match no list that is sent as one text"));
    }
    let paths = paths(lowered);
    let mut file: syn::File = syn::parse2(tokens)?;
    docs::of_mocks(&mut file);
    let mut items = file.items;
    for item in &mut items {
        if let Item::Trait(mocks) = item {
            for member in &mut mocks.items {
                if let TraitItem::Fn(mock) = member {
                    let says = format!(" A mock of [`Client::{0}`](crate::Client::{0}).", mock.sig.ident);
                    mock.attrs.push(docs::comment(&says));
                }
            }
        }
    }
    let operations = items.iter_mut().find_map(|item| match item {
        Item::Mod(module) if module.ident == "operations" => module.content.as_mut(),
        _ => None,
    });
    let (_, operations) = operations.context("polish: the generator wrote no mocks")?;
    let error = lowered["components"]["schemas"].get("Error").map(|_| error());
    for item in operations {
        match item {
            Item::Impl(methods) => {
                let name = last_name(&methods.self_ty).context("polish: a mock of no name")?;
                if let Some(operation) = name.strip_suffix("When") {
                    let path = paths.get(operation).with_context(|| format!("polish: {name}: of no operation"))?;
                    let builder = builders.iter().find_map(|item| match item {
                        Item::Struct(builder) if builder.ident == operation => Some(builder),
                        _ => None,
                    });
                    let builder = builder.with_context(|| format!("polish: {name}: of no builder"))?;
                    when(methods, path, builder, texts).with_context(|| format!("polish: {name}"))?;
                    document(methods, builders, operation);
                    let setters = bodies.setters(builder);
                    methods.items.extend(setters.iter().map(|setter| ImplItem::Fn(texts.mock_body(setter))));
                    continue;
                }
                name_the_wrong_status(methods);
                methods.items.extend(error.clone());
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
                side.attrs.push(docs::comment(&says));
            }
            other => bail!("polish: not expected among the mocks: {}", quote!(#other)),
        }
    }
    Ok(items)
}

/// The first parameter that is sent as one text of all its items.
fn joined(lowered: &Value) -> Option<Pointer> {
    operations(lowered).find_map(|operation| {
        let parameters = operation.value["parameters"].as_array()?;
        let index = parameters.iter().position(|parameter| parameter.get(extensions::JOINED).is_some())?;
        Some(operation.at().child("parameters").child(index))
    })
}

/// The path of each operation, by the start of its mocks' names.
fn paths(lowered: &Value) -> BTreeMap<String, String> {
    operations(lowered)
        .filter_map(|operation| Some((builder_name(operation.id()?), operation.path.to_owned())))
        .collect()
}

/// Rewrites what takes requests: its path is the operation's, the ids in it are the caller's, and its setters take what
/// the setters of the call take.
fn when(methods: &mut ItemImpl, path: &str, builder: &ItemStruct, texts: &Texts) -> Result<()> {
    for member in &mut methods.items {
        let ImplItem::Fn(method) = member else { continue };
        let name = method.sig.ident.clone();
        let field = builder.fields.iter().find(|field| field.ident.as_ref() == Some(&name));
        let ty = field.and_then(value_of);
        if name == "new" {
            let method_name = method_of(method).context("`new` names no HTTP method")?;
            method.block = parse_quote!({ Self(crate::runtime::mock_path(inner.method(#method_name), #path, None)) });
        } else if method.block.stmts.iter().any(|statement| matches!(statement, Stmt::Local(_))) {
            // The only setters with a local are those of ids: it is the pattern.
            let parameter = parameter(path, &name.to_string()).context("an id that the path does not have")?;
            let ty = ty.context("an id that the builder does not have")?;
            let (bound, value) = texts.argument(&name, ty);
            method.sig.inputs = parse_quote!(self, #name: #bound);
            method.block = parse_quote!({
                let value = crate::runtime::mock_value(#value);
                Self(crate::runtime::mock_path(self.0, #path, Some((#parameter, &value))))
            });
        } else if let Some((ty, parameter)) = ty.zip(query_name(method)) {
            *method = texts.mock(&name, ty, &parameter);
        }
    }
    Ok(())
}

/// Gives the setters of a mock the documentation that those of the call have.
fn document(mock: &mut ItemImpl, builders: &[Item], operation: &str) {
    let call = builders.iter().find_map(|item| match item {
        Item::Impl(methods) if methods.trait_.is_none() && last_name(&methods.self_ty)? == operation => Some(methods),
        _ => None,
    });
    for member in &mut mock.items {
        let ImplItem::Fn(method) = member else { continue };
        let setter = call.into_iter().flat_map(|call| &call.items).find_map(|other| match other {
            ImplItem::Fn(other) if other.sig.ident == method.sig.ident => Some(other),
            _ => None,
        });
        let is_doc = |attribute: &&Attribute| attribute.path().is_ident("doc");
        if let Some(setter) = setter.filter(|setter| setter.sig.ident != "new") {
            method.attrs.extend(setter.attrs.iter().filter(is_doc).cloned());
        }
    }
}

/// Lets a success with another status panic with a sentence.
fn name_the_wrong_status(methods: &mut ItemImpl) {
    for member in &mut methods.items {
        if let ImplItem::Fn(method) = member
            && method.sig.ident == "success"
            && let Some(check) = method.block.stmts.first_mut()
        {
            *check = parse_quote!(assert!(matches!(status, 200..=299), "{status} is no status of a success"););
        }
    }
}

/// Lets a mock respond with an error of the document's.
fn error() -> ImplItem {
    parse_quote! {
        /// Responds with an error.
        pub fn error(self, status: u16, value: &types::Error) -> Self {
            assert!(matches!(status, 400..=599), "{status} is no status of an error");
            Self(self.0.status(status).header("content-type", "application/json").json_body_obj(value))
        }
    }
}

/// The name of the parameter that a setter compares.
fn query_name(method: &ImplItemFn) -> Option<Expr> {
    let mut find = FirstArgument("query_param", None);
    find.visit_block(&method.block);
    find.1
}

/// The `X` of `inner.method(X)…`.
fn method_of(method: &ImplItemFn) -> Option<Expr> {
    let mut find = FirstArgument("method", None);
    find.visit_block(&method.block);
    find.1
}

/// The first argument of a call of a method.
struct FirstArgument(&'static str, Option<Expr>);

impl<'ast> Visit<'ast> for FirstArgument {
    fn visit_expr_method_call(&mut self, call: &'ast ExprMethodCall) {
        if call.method == self.0 {
            self.1 = call.args.first().cloned();
        }
        visit::visit_expr_method_call(self, call);
    }
}

/// The name, in a path, of what a setter calls `name`.
fn parameter(path: &str, name: &str) -> Option<String> {
    let names = path.split('{').skip(1).filter_map(|rest| rest.split('}').next());
    let name = name.trim_start_matches("r#");
    names.into_iter().find(|own| setter_name(own) == name).map(str::to_owned)
}
