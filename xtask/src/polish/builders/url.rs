//! Appends the path of an operation to the URL of the client, which was parsed once.

use syn::punctuated::Punctuated;
use syn::{Expr, ExprMacro, Lit, LitStr, Local, Member, Stmt, Token, parse_quote};

/// `client.url_of(&format!("/path/{}", …))` for `format!("{}/path/{}", client.baseurl, …)`, and `None` for any other macro.
pub(super) fn of_client(call: &ExprMacro) -> Option<Expr> {
    let arguments = call.mac.parse_body_with(Punctuated::<Expr, Token![,]>::parse_terminated).ok()?;
    let mut arguments = arguments.into_iter();
    let (Expr::Lit(text), Expr::Field(field)) = (arguments.next()?, arguments.next()?) else { return None };
    let (Lit::Str(text), Member::Named(name)) = (&text.lit, &field.member) else { return None };
    if name != "baseurl" {
        return None;
    }
    let client = &field.base;
    let path = LitStr::new(text.value().strip_prefix("{}")?, text.span());
    let values: Vec<Expr> = arguments.collect();
    Some(if values.is_empty() {
        parse_quote!(#client.url_of(#path))
    } else {
        parse_quote!(#client.url_of(&format!(#path, #(#values),*)))
    })
}

/// Whether a statement binds the URL that [`of_client`] writes.
pub(super) fn is_made(statement: &Stmt) -> bool {
    let Stmt::Local(Local { init: Some(init), .. }) = statement else { return false };
    matches!(&*init.expr, Expr::MethodCall(call) if call.method == "url_of")
}
