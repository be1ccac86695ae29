//! Optional bodies: a request has no body if the caller sets none.
//!
//! The generator sends every body, and has one that nobody set be empty or an error.

use anyhow::{Context, Result, bail};
use syn::visit_mut::VisitMut;
use syn::{
    Expr, ExprMethodCall, FieldValue, Fields, ImplItem, ImplItemFn, ItemImpl, ItemStruct, Local, Member, Pat, Stmt,
    parse_quote,
};

/// The calls by which a request gets its body.
const BODY: [&str; 3] = ["json", "body", "form"];

/// The builder's field: `None` until it is set.
pub(super) fn field(builder: &mut ItemStruct) -> Result<()> {
    let Fields::Named(fields) = &mut builder.fields else { bail!("a builder without fields") };
    let body = fields.named.iter_mut().find(|field| field.ident.as_ref().is_some_and(|name| name == "body"));
    let ty = &mut body.context("a builder without `body`")?.ty;
    *ty = parse_quote!(Option<#ty>);
    Ok(())
}

/// The builder's `new`, and its `send` after that has been polished otherwise.
pub(super) fn methods(item: &mut ItemImpl) -> Result<()> {
    for member in &mut item.items {
        let ImplItem::Fn(method) = member else { continue };
        match method.sig.ident.to_string().as_str() {
            "new" => NotSet.visit_block_mut(&mut method.block),
            "send" => send(method)?,
            _ => {}
        }
    }
    Ok(())
}

struct NotSet;

impl VisitMut for NotSet {
    fn visit_field_value_mut(&mut self, field: &mut FieldValue) {
        if matches!(&field.member, Member::Named(name) if name == "body") {
            field.expr = parse_quote!(None);
        }
    }
}

fn send(method: &mut ImplItemFn) -> Result<()> {
    let statements = &mut method.block.stmts;
    let Some(Stmt::Local(body)) = statements.iter_mut().find(|statement| is_local(statement, "body")) else {
        bail!("`send` has no `body`");
    };
    let set = body.init.as_mut().context("`body` has no value")?;
    let Expr::Try(attempt) = &*set.expr else { bail!("`body` is not `…?`") };
    let attempt = &attempt.expr;
    *set.expr = parse_quote!(body.map(|body| #attempt).transpose()?);

    let request = statements.iter().rposition(|statement| matches!(statement, Stmt::Local(_)));
    let request = request.context("`send` builds no request")?;
    let Stmt::Local(Local { pat: Pat::Ident(name), init: Some(init), .. }) = &mut statements[request] else {
        bail!("`send` builds no request");
    };
    let name = name.ident.clone();
    let mut with_body = parse_quote!(#name);
    let mut split = Split(&mut with_body);
    split.visit_expr_mut(&mut init.expr);
    let add = parse_quote!(let #name = match body { Some(body) => #with_body, None => #name };);
    statements.insert(request + 1, add);
    Ok(())
}

fn is_local(statement: &Stmt, name: &str) -> bool {
    matches!(statement, Stmt::Local(Local { pat: Pat::Ident(pat), .. }) if pat.ident == name)
}

/// Takes the calls that say the body out of the chain that builds a request, and makes them of what it holds.
struct Split<'a>(&'a mut Expr);

impl Split<'_> {
    fn is_of_body(call: &ExprMethodCall) -> bool {
        BODY.iter().any(|name| call.method == name)
            || call.method == "header"
                && matches!(call.args.first(), Some(Expr::Path(path)) if path.path.segments.last().is_some_and(|last| last.ident == "CONTENT_TYPE"))
    }
}

impl VisitMut for Split<'_> {
    fn visit_expr_mut(&mut self, expr: &mut Expr) {
        match expr {
            Expr::MethodCall(call) if Self::is_of_body(call) => {
                self.visit_expr_mut(&mut call.receiver);
                let rest = std::mem::replace(&mut *call.receiver, self.0.clone());
                *self.0 = std::mem::replace(expr, rest);
            }
            Expr::MethodCall(call) => self.visit_expr_mut(&mut call.receiver),
            _ => {}
        }
    }
}
