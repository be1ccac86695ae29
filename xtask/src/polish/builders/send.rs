//! Rewrites `send`: it builds the request as the generator wrote it, and passes it on to `crate::runtime`.

use anyhow::{Context, Result, bail};
use proc_macro2::Span;
use quote::{ToTokens, quote};
use syn::visit_mut::{self, VisitMut};
use syn::{Block, Expr, ExprTry, Ident, ImplItemFn, LitInt, LitStr, Local, Pat, ReturnType, Stmt, Type, parse_quote};

use super::operation::Operation;
use super::{joined, url};
use crate::polish::syntax::{arguments, local_name};

/// Takes out of `send` the statements that build its request. Hand-written methods send some of these requests, too, and
/// read the response in another way.
pub(super) fn split(send: &mut ImplItemFn) -> Result<ImplItemFn> {
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
    let mut into_request: ImplItemFn = parse_quote! {
        /// The request that `send` sends, and the client that sends it.
        pub(crate) fn into_request(
            self,
        ) -> Result<(&'a super::Client, ::reqwest::RequestBuilder), crate::runtime::Error> {}
    };
    into_request.block = block;
    Ok(into_request)
}

/// Keeps the statements that build the request; a function of the runtime replaces those that send it and read the
/// response.
pub(super) fn rewrite(method: &mut ImplItemFn, described: &Operation<'_>) -> Result<()> {
    let mut response = response(&method.sig.output)?;
    let (function, statuses): (Ident, Option<Expr>) = match response.to_token_stream().to_string().as_str() {
        "()" => (parse_quote!(empty), None),
        "ByteStream" => {
            response = parse_quote!(crate::runtime::Bytes);
            (parse_quote!(bytes), None)
        }
        _ if described.no_content.is_empty() => (parse_quote!(json), None),
        _ => {
            response = parse_quote!(Option<#response>);
            (parse_quote!(optional_json), Some(is_one_of(&described.no_content)?))
        }
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
    let mut rewrite = Request { headers: declares_headers, operation: operation.clone(), described };
    rewrite.visit_block_mut(&mut block);
    joined::rewrite(&mut block, described, &operation)?;
    if let Some(Stmt::Local(Local { attrs, pat, init: Some(init), .. })) = block.stmts.last_mut() {
        attrs.clear();
        *pat = parse_quote!(#request);
        // The runtime builds the request, and reports what cannot be built.
        *init.expr = without_build(&init.expr).context("the request does not end in `.build()?`")?;
    }
    let statuses = statuses.into_iter();
    let send = parse_quote!(crate::runtime::#function(#client, #request, #operation #(, #statuses)*).await);
    block.stmts.push(Stmt::Expr(send, None));
    method.block = block;
    Ok(())
}

/// A function that finds these among the statuses of success.
fn is_one_of(statuses: &[&str]) -> Result<Expr> {
    let patterns = statuses.iter().map(|status| match status.parse::<u16>() {
        Ok(code) => Ok(LitInt::new(&code.to_string(), Span::call_site()).into_token_stream()),
        Err(_) if status.eq_ignore_ascii_case("2XX") => Ok(quote!(200..=299)),
        Err(_) => bail!("`{status}` is not a status of success"),
    });
    let patterns = patterns.collect::<Result<Vec<_>>>()?;
    Ok(parse_quote!(|status| matches!(status, #(#patterns)|*)))
}

/// `T` of `Result<ResponseValue<T>, _>`.
pub(super) fn response(output: &ReturnType) -> Result<Type> {
    let ReturnType::Type(_, ty) = output else { bail!("`send` returns nothing") };
    let response = arguments(ty).first().and_then(|value| arguments(value).first().copied());
    response.cloned().context("`send` does not return `Result<ResponseValue<T>, _>`")
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
    described: &'a Operation<'a>,
}

impl VisitMut for Request<'_> {
    fn visit_expr_mut(&mut self, expr: &mut Expr) {
        visit_mut::visit_expr_mut(self, expr);
        let operation = &self.operation;
        match expr {
            Expr::Macro(call) => {
                if let Some(url) = url::of_client(call) {
                    *expr = url;
                }
            }
            Expr::Path(path) if path.path.segments[0].ident == "progenitor_client" => {
                let name = path.path.segments.iter().skip(1);
                *expr = parse_quote!(crate::runtime::#(#name)::*);
            }
            Expr::Path(path) if is_invalid_request(&path.path) => {
                // A parameter may be called `invalid` too, and stands in the way of a name without a path.
                *expr = parse_quote!(self::invalid(#operation));
            }
            Expr::MethodCall(call) if call.method == "headers" && !self.headers => *expr = (*call.receiver).clone(),
            // The HTTP client leaves a content type that is there already as it is.
            Expr::MethodCall(call) if call.method == "json" => {
                if let Some(media_type) = self.described.sent {
                    let receiver = &call.receiver;
                    *call.receiver = parse_quote!(#receiver.header(::reqwest::header::CONTENT_TYPE, #media_type));
                }
            }
            Expr::MethodCall(call) if call.method == "header" => {
                let media_type = match header_name(call.args.first()).as_deref() {
                    Some("CONTENT_TYPE") => self.described.sent,
                    Some("ACCEPT") => self.described.wanted,
                    _ => None,
                };
                if let (Some(media_type), Some(value)) = (media_type, call.args.last_mut()) {
                    *value = parse_quote!(#media_type);
                }
            }
            Expr::Try(attempt) => {
                let inner = &attempt.expr;
                match &**inner {
                    // The HTTP client reports what cannot be written when the request is built.
                    Expr::MethodCall(call) if call.method == "form_urlencoded" => {
                        let (receiver, body) = (&call.receiver, &call.args);
                        *expr = parse_quote!(#receiver.form(&crate::runtime::Form(#body)));
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
