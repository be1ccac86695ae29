//! Rewrites the builder module: `into_request` builds a request as the generator wrote it, and `send` passes it on to
//! `crate::runtime`.
//!
//! The generator's hooks (`ClientHooks`) do not suffice. They see a request and the head of its response. What follows
//! is in generated code, beyond them: it reads the body without a limit, does not repeat a call whose body breaks off,
//! takes an unrecognized object for an empty value, and returns an error whose text holds bodies and URLs. A hook can
//! fail only with an error of the HTTP client, which nobody else can make, or with a text.

use std::collections::BTreeMap;

use anyhow::{Context, Result, bail};
use quote::{ToTokens, quote};
use serde_json::Value;
use syn::visit_mut::{self, VisitMut};
use syn::{
    Block, Expr, ExprTry, FieldValue, Fields, Ident, ImplItem, ImplItemFn, Item, ItemImpl, LitStr, Local, Member, Pat,
    ReturnType, Stmt, Type, parse_quote,
};

use super::optional_body;
use super::syntax::{arguments, last_name};
use crate::document::extensions;
use crate::document::openapi::operations;
use crate::document::pointer::Pointer;
use crate::document::rust_names::builder_name;

/// The items of the module, polished.
pub(super) fn polished(items: Vec<Item>, lowered: &Value) -> Result<Vec<Item>> {
    let said = said(lowered);
    let mut out: Vec<Item> = vec![
        parse_quote!(
            use super::types;
        ),
        parse_quote!(
            #[allow(unused_imports)]
            use progenitor_client::{ByteStream, RequestBuilderExt, ResponseValue, encode_path};
        ),
    ];
    out.extend(shared());
    for mut item in items {
        match &mut item {
            Item::Use(_) => continue,
            Item::Struct(builder) => {
                if let Fields::Named(fields) = &mut builder.fields {
                    // Pagination and other hand-written methods read what a builder was given.
                    for field in &mut fields.named {
                        field.vis = parse_quote!(pub(crate));
                    }
                }
                let name = builder.ident.to_string();
                if said.get(plain(&name)).is_some_and(|said| said.body_is_optional) {
                    optional_body::field(builder).with_context(|| format!("polish: the builder {name}"))?;
                }
            }
            Item::Impl(methods) => {
                let name = last_name(&methods.self_ty).context("polish: a builder of no name")?;
                let Some(said) = said.get(plain(&name)) else {
                    let paths = Pointer::root().child("paths");
                    bail!(paths.error(format!("the builder {name} is of no operation")));
                };
                polish_methods(methods, said).with_context(|| format!("polish: the builder {name}"))?;
            }
            other => bail!("polish: not expected among the builders: {}", quote!(#other)),
        }
        out.push(item);
    }
    Ok(out)
}

/// The common parts of all setters and of all `send`, compiled once and not as a closure in each of them.
fn shared() -> [Item; 2] {
    [
        parse_quote! {
            /// Converts the value that a setter was given.
            #[allow(dead_code)]
            fn given<T, V>(name: &str, value: V) -> Result<T, String>
            where
                V: ::std::convert::TryInto<T>,
                V::Error: ::std::fmt::Display,
            {
                value.try_into().map_err(|error| format!("{name}: {error}"))
            }
        },
        parse_quote! {
            /// Why a call with such a value is not sent.
            #[allow(dead_code)]
            fn invalid(operation: &'static str) -> impl FnOnce(String) -> crate::runtime::Error {
                move |error| crate::runtime::Error::invalid_request(operation, error)
            }
        },
    ]
}

/// The name of a builder without what keeps it from being a word of Rust: `Self` of `Self_`.
fn plain(name: &str) -> &str {
    name.trim_end_matches('_')
}

/// The extensions of an operation that the generator ignores.
struct DeclaredExtensions<'a> {
    /// The media type of the body, if the generator has another one.
    sent: Option<&'a str>,
    /// The media type of the JSON that the operation accepts, if the generator has another one.
    wanted: Option<&'a str>,
    body_is_optional: bool,
}

/// The same of each operation, by the name of its builder.
fn said(lowered: &Value) -> BTreeMap<String, DeclaredExtensions<'_>> {
    let said = operations(lowered).filter_map(|operation| {
        let sent = operation.value["requestBody"][extensions::MEDIA_TYPE].as_str();
        let wanted = operation.value["responses"]["2XX"][extensions::MEDIA_TYPE].as_str();
        let body_is_optional = operation.value.get("requestBody").is_some_and(|body| body["required"] != true);
        Some((builder_name(operation.id()?), DeclaredExtensions { sent, wanted, body_is_optional }))
    });
    said.collect()
}

fn polish_methods(item: &mut ItemImpl, said: &DeclaredExtensions<'_>) -> Result<()> {
    for member in &mut item.items {
        if let ImplItem::Fn(method) = member {
            if method.sig.ident == "send" {
                send(method, said)?;
            } else if method.sig.ident == "new" {
                SaysWhatIsMissing.visit_block_mut(&mut method.block);
            } else {
                setter(method);
            }
        }
    }
    if said.body_is_optional {
        optional_body::methods(item)?;
    }
    let send = item.items.iter_mut().find_map(|member| match member {
        ImplItem::Fn(method) if method.sig.ident == "send" => Some(method),
        _ => None,
    });
    let into_request = split(send.context("a builder without `send`")?)?;
    item.items.push(ImplItem::Fn(into_request));
    Ok(())
}

/// Takes out of `send` the statements that build its request. Hand-written methods send some of these requests, too, and
/// read the response in another way.
fn split(send: &mut ImplItemFn) -> Result<ImplItemFn> {
    let Some(Stmt::Expr(Expr::Await(end), None)) = send.block.stmts.last() else {
        bail!("`send` does not end in `.await`");
    };
    let Expr::Call(call) = &*end.base else { bail!("`send` does not end in a call") };
    let (client, request) = (&call.args[0], &call.args[1]);
    let rest: Block = parse_quote!({
        let (#client, #request) = self.into_request()?;
        #end
    });
    let value = parse_quote!(Ok((#client, #request)));
    let mut statements = std::mem::replace(&mut send.block, rest).stmts;
    statements.pop();
    statements.push(Stmt::Expr(value, None));
    let block = Block { brace_token: syn::token::Brace::default(), stmts: statements };
    Ok(parse_quote! {
        /// The request that `send` sends, and the client that sends it.
        pub(crate) fn into_request(
            self,
        ) -> Result<(&'a super::Client, ::reqwest::RequestBuilder), crate::runtime::Error> #block
    })
}

/// Puts the cure into the error that a builder holds as long as a required value is not set:
/// ``key_id is missing: set it with `.key_id(…)` ``.
struct SaysWhatIsMissing;

impl VisitMut for SaysWhatIsMissing {
    fn visit_field_value_mut(&mut self, field: &mut FieldValue) {
        if let (Member::Named(name), Expr::Call(call)) = (&field.member, &field.expr)
            && matches!(&*call.func, Expr::Path(variant) if variant.path.is_ident("Err"))
        {
            let name = name.to_string();
            let name = name.trim_start_matches("r#");
            let message = format!("{name} is missing: set it with `.{name}(…)`");
            field.expr = parse_quote!(Err(#message.to_string()));
        }
    }
}

/// A setter's failed conversion says which parameter and why: `key_id: is empty`.
fn setter(method: &mut ImplItemFn) {
    let name = method.sig.ident.to_string();
    let mut rewrite = SaysWhy { name: name.trim_start_matches("r#"), done: false };
    rewrite.visit_block_mut(&mut method.block);
    if !rewrite.done {
        return;
    }
    // `V: TryInto<T>` becomes `V: TryInto<T>, <V as TryInto<T>>::Error: Display`.
    let Some(clause) = &mut method.sig.generics.where_clause else { return };
    if let Some(syn::WherePredicate::Type(predicate)) = clause.predicates.first().cloned() {
        let (value, conversion) = (predicate.bounded_ty, predicate.bounds);
        clause.predicates.push(parse_quote!(<#value as #conversion>::Error: ::std::fmt::Display));
    }
}

struct SaysWhy<'a> {
    name: &'a str,
    done: bool,
}

impl VisitMut for SaysWhy<'_> {
    fn visit_expr_mut(&mut self, expr: &mut Expr) {
        // `value.try_into().map_err(|_| …)`, where the value need not be set with `.map(Some)` before the end.
        if let Expr::MethodCall(call) = expr
            && call.method == "map_err"
            && let Some(Expr::Closure(closure)) = call.args.first()
            && matches!(closure.inputs.first(), Some(Pat::Wild(_)))
        {
            *expr = (*call.receiver).clone();
            Given { name: self.name, done: &mut self.done }.visit_expr_mut(expr);
        } else {
            visit_mut::visit_expr_mut(self, expr);
        }
    }
}

/// `value.try_into()` becomes `given("name", value)`.
struct Given<'a> {
    name: &'a str,
    done: &'a mut bool,
}

impl VisitMut for Given<'_> {
    fn visit_expr_mut(&mut self, expr: &mut Expr) {
        match expr {
            Expr::MethodCall(call) if call.method == "try_into" => {
                let (name, value) = (self.name, &call.receiver);
                *expr = parse_quote!(given(#name, #value));
                *self.done = true;
            }
            _ => visit_mut::visit_expr_mut(self, expr),
        }
    }
}

/// Keeps the statements that build the request; a function of the runtime replaces those that send it and read the
/// response.
fn send(method: &mut ImplItemFn, said: &DeclaredExtensions<'_>) -> Result<()> {
    let response = response(&method.sig.output)?;
    let function: Ident = match response.to_token_stream().to_string().as_str() {
        "()" => parse_quote!(empty),
        "ByteStream" => parse_quote!(bytes),
        _ => parse_quote!(json),
    };
    method.sig.output = parse_quote!(-> Result<ResponseValue<#response>, crate::runtime::Error>);

    let statements = std::mem::take(&mut method.block.stmts);
    let info = statements.iter().position(|s| local_name(s).is_some_and(|name| name == "info"));
    let Some(info) = info else { bail!("`send` has no `info`") };
    let operation = operation_id(&statements[info]).context("`info` names no operation")?;
    let client = client_name(&statements[0]).context("`send` does not start with `let Self { client, … } = self`")?;
    let request = info.checked_sub(1).and_then(|last| local_name(&statements[last])).cloned();
    let request = request.context("`send` builds no request before `info`")?;

    let mut block = Block { brace_token: syn::token::Brace::default(), stmts: statements };
    block.stmts.truncate(info);
    let declares_headers = block.stmts.iter().any(|s| matches!(s, Stmt::Expr(Expr::If(_), _)) || appends_other(s));
    block.stmts.retain(|statement| !is_api_version(statement));
    if !declares_headers {
        block.stmts.retain(|statement| local_name(statement).is_none_or(|name| name != "header_map"));
    }
    let mut rewrite = Request { headers: declares_headers, operation: operation.clone(), said };
    rewrite.visit_block_mut(&mut block);
    if let Some(Stmt::Local(Local { attrs, pat, init: Some(init), .. })) = block.stmts.last_mut() {
        attrs.clear();
        *pat = parse_quote!(#request);
        // The runtime builds the request, and reports what cannot be built.
        *init.expr = without_build(&init.expr).context("the request does not end in `.build()?`")?;
    }
    block.stmts.push(Stmt::Expr(parse_quote!(crate::runtime::#function(#client, #request, #operation).await), None));
    method.block = block;
    Ok(())
}

/// `T` of `Result<ResponseValue<T>, _>`.
fn response(output: &ReturnType) -> Result<Type> {
    let ReturnType::Type(_, ty) = output else { bail!("`send` returns nothing") };
    let response = arguments(ty).first().and_then(|value| arguments(value).first().copied());
    response.cloned().context("`send` does not return `Result<ResponseValue<T>, _>`")
}

fn local_name(statement: &Stmt) -> Option<&Ident> {
    match statement {
        Stmt::Local(Local { pat: Pat::Ident(pat), .. }) => Some(&pat.ident),
        _ => None,
    }
}

fn operation_id(statement: &Stmt) -> Option<LitStr> {
    let Stmt::Local(Local { init: Some(init), .. }) = statement else { return None };
    let Expr::Struct(info) = &*init.expr else { return None };
    match &info.fields.first()?.expr {
        Expr::Lit(literal) => match &literal.lit {
            syn::Lit::Str(text) => Some(text.clone()),
            _ => None,
        },
        _ => None,
    }
}

fn client_name(statement: &Stmt) -> Option<Ident> {
    let Stmt::Local(Local { pat: Pat::Struct(pat), .. }) = statement else { return None };
    match &*pat.fields.first()?.pat {
        Pat::Ident(pat) => Some(pat.ident.clone()),
        _ => None,
    }
}

/// `header_map.append("api-version", …)`: the version of the document is no business of the server's.
fn is_api_version(statement: &Stmt) -> bool {
    matches!(statement, Stmt::Expr(Expr::MethodCall(call), _)
        if call.method == "append" && call.args.last().to_token_stream().to_string().contains("Client :: api_version"))
}

fn appends_other(statement: &Stmt) -> bool {
    matches!(statement, Stmt::Expr(Expr::MethodCall(call), _) if call.method == "append") && !is_api_version(statement)
}

/// `X.build()?` without its end.
fn without_build(expr: &Expr) -> Option<Expr> {
    let Expr::Try(ExprTry { expr, .. }) = expr else { return None };
    match &**expr {
        Expr::MethodCall(call) if call.method == "build" => Some((*call.receiver).clone()),
        _ => None,
    }
}

/// Errors become the crate's own; the call that would pass on no headers goes.
struct Request<'a> {
    headers: bool,
    operation: LitStr,
    said: &'a DeclaredExtensions<'a>,
}

impl VisitMut for Request<'_> {
    fn visit_expr_mut(&mut self, expr: &mut Expr) {
        visit_mut::visit_expr_mut(self, expr);
        let operation = &self.operation;
        match expr {
            Expr::Path(path) if is_invalid_request(&path.path) => {
                // A parameter may be called `invalid` too, and stands in the way of a name without a path.
                *expr = parse_quote!(self::invalid(#operation));
            }
            Expr::MethodCall(call) if call.method == "headers" && !self.headers => *expr = (*call.receiver).clone(),
            // The HTTP client leaves a content type that is there already as it is.
            Expr::MethodCall(call) if call.method == "json" => {
                if let Some(media_type) = self.said.sent {
                    let receiver = &call.receiver;
                    *call.receiver = parse_quote!(#receiver.header(::reqwest::header::CONTENT_TYPE, #media_type));
                }
            }
            Expr::MethodCall(call) if call.method == "header" => {
                let media_type = match header_name(call.args.first()).as_deref() {
                    Some("CONTENT_TYPE") => self.said.sent,
                    Some("ACCEPT") => self.said.wanted,
                    _ => None,
                };
                if let (Some(media_type), Some(value)) = (media_type, call.args.last_mut()) {
                    *value = parse_quote!(#media_type);
                }
            }
            Expr::Try(attempt) => {
                let inner = &attempt.expr;
                match &**inner {
                    Expr::MethodCall(call) if call.method == "form_urlencoded" => {
                        *expr = parse_quote!(#inner.map_err(|error: progenitor_client::Error<()>| {
                            crate::runtime::Error::invalid_request(#operation, error)
                        })?);
                    }
                    Expr::MethodCall(call) if call.method == "try_into" => {
                        *expr = parse_quote!(#inner.map_err(|error| crate::runtime::Error::invalid_request(#operation, error))?);
                    }
                    _ => {}
                }
            }
            _ => {}
        }
    }
}

/// The `X` of `::reqwest::header::X`.
fn header_name(name: Option<&Expr>) -> Option<String> {
    match name {
        Some(Expr::Path(path)) => path.path.segments.last().map(|last| last.ident.to_string()),
        _ => None,
    }
}

fn is_invalid_request(path: &syn::Path) -> bool {
    path.segments.len() == 2 && path.segments[0].ident == "Error" && path.segments[1].ident == "InvalidRequest"
}
