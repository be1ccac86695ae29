//! Writes how a call is made: the parameters of its path are arguments, its other parameters and the fields of its body
//! are setters, and `.await` sends it.

use anyhow::{Context, Result, bail};
use quote::quote;
use syn::visit::{self, Visit};
use syn::visit_mut::VisitMut;
use syn::{
    Expr, FieldValue, Fields, FnArg, Ident, ImplItem, ImplItemFn, ItemImpl, ItemStruct, Macro, Member, ReturnType,
    Type, parse_quote,
};

use super::bodies::{Bodies, BodySetter, object, value_of};
use super::operation::{Operation, plain};
use super::send::response;
use crate::polish::docs;
use crate::polish::setters::{self, Taken, Texts};
use crate::polish::syntax::{last_name, option_of, plain_name};

/// How the call of one builder is made.
pub(super) struct Call {
    /// The parameters of the path, in its order, and their types.
    path: Vec<(Ident, Type)>,
}

impl Call {
    /// Rewrites the methods of a builder that has these fields.
    ///
    /// # Errors
    /// Output of another shape than this step was written for.
    pub(super) fn write(
        methods: &mut ItemImpl,
        builder: &ItemStruct,
        operation: &Operation<'_>,
        texts: &Texts,
        bodies: &Bodies,
    ) -> Result<Self> {
        let Fields::Named(fields) = &builder.fields else { bail!("a builder without fields") };
        let mut path = Vec::new();
        for name in names_in_path(methods) {
            let field = fields.named.iter().find(|field| field.ident.as_ref() == Some(&name));
            let ty = field.and_then(value_of).with_context(|| format!("the path's `{name}` is of no type"))?;
            path.push((name, ty.clone()));
        }
        let is_of_path = |name: &Ident| path.iter().any(|(other, _)| other == name);
        let mut written = Vec::new();
        for mut member in std::mem::take(&mut methods.items) {
            let ImplItem::Fn(method) = &mut member else { bail!("a builder has more than methods") };
            let name = method.sig.ident.clone();
            let field = fields.named.iter().find(|field| field.ident.as_ref() == Some(&name));
            match (name.to_string().as_str(), field) {
                ("body_map", None) => continue,
                ("new", _) => *method = constructor(method, &path)?,
                ("send", _) => {}
                ("body", Some(field)) if operation.has_body => {
                    let ty = value_of(field).context("`body` is of no type")?;
                    *method = body_method(&name, ty, operation.body_is_optional, texts);
                }
                (_, Some(_)) if is_of_path(&name) => continue,
                (_, Some(field)) => {
                    let ty = value_of(field).with_context(|| format!("`{name}` is of no type"))?;
                    *method = setter(&name, ty, texts);
                    let description = operation.descriptions.get(plain(&plain_name(&name))).copied();
                    method.attrs = setters::documentation(description);
                }
                (_, None) => bail!("`{name}` sets no field"),
            }
            written.push(member);
        }
        let setters = bodies.setters(builder);
        written.extend(setters.iter().map(|setter| body_setter(setter, operation.body_is_optional, texts)));
        methods.items = written;
        Ok(Self { path })
    }

    /// Rewrites the client's method that makes the call.
    pub(super) fn write_method(&self, method: &mut ImplItemFn, builder: &Ident, texts: &Texts) {
        let mut values = Vec::new();
        for (name, ty) in &self.path {
            let (bound, value) = texts.argument(name, ty);
            method.sig.inputs.push(parse_quote!(#name: #bound));
            values.push(value);
        }
        method.block = parse_quote!({ builder::#builder::new(self, #(#values),*) });
    }
}

/// The builder that a method of the client makes.
pub(super) fn builder_of(method: &ImplItemFn) -> Option<String> {
    match &method.sig.output {
        ReturnType::Type(_, ty) => last_name(ty),
        ReturnType::Default => None,
    }
}

/// The parameters of the path, in its order: `send` encodes them for it.
fn names_in_path(methods: &ItemImpl) -> Vec<Ident> {
    #[derive(Default)]
    struct Names(Vec<Ident>);
    impl<'ast> Visit<'ast> for Names {
        fn visit_macro(&mut self, call: &'ast Macro) {
            let mut tokens = call.tokens.clone().into_iter().peekable();
            while let Some(token) = tokens.next() {
                if let (proc_macro2::TokenTree::Ident(function), Some(proc_macro2::TokenTree::Group(group))) =
                    (token, tokens.peek())
                    && function == "encode_path"
                {
                    let name = group.stream().into_iter().find_map(|token| match token {
                        proc_macro2::TokenTree::Ident(name) => Some(name),
                        _ => None,
                    });
                    // A path may hold a value twice.
                    self.0.extend(name.filter(|name| !self.0.contains(name)));
                }
            }
            visit::visit_macro(self, call);
        }
    }
    let mut names = Names::default();
    names.visit_item_impl(methods);
    names.0
}

/// Takes the values of the path, converted.
fn constructor(method: &ImplItemFn, path: &[(Ident, Type)]) -> Result<ImplItemFn> {
    let mut method = method.clone();
    method.vis = parse_quote!(pub(crate));
    let Some(syn::Stmt::Expr(Expr::Struct(value), _)) = method.block.stmts.last_mut() else {
        bail!("`new` does not end in a value");
    };
    for field in &mut value.fields {
        let syn::Member::Named(name) = &field.member else { continue };
        if path.iter().any(|(other, _)| other == name) {
            field.expr = parse_quote!(#name);
        }
    }
    NameMissing.visit_block_mut(&mut method.block);
    method.sig.inputs.extend(path.iter().map(|(name, ty)| -> FnArg { parse_quote!(#name: Result<#ty, String>) }));
    Ok(method)
}

/// Makes the error of a required value that nobody set one with its cure.
pub(crate) struct NameMissing;

impl VisitMut for NameMissing {
    fn visit_field_value_mut(&mut self, field: &mut FieldValue) {
        if let (Member::Named(name), Expr::Call(call)) = (&field.member, &field.expr)
            && matches!(&*call.func, Expr::Path(variant) if variant.path.is_ident("Err"))
        {
            let name = plain_name(name);
            let message = format!("{name} is missing: set it with `.{name}(…)`");
            field.expr = parse_quote!(Err(#message.to_string()));
        }
    }
}

fn setter(name: &Ident, ty: &Type, texts: &Texts) -> ImplItemFn {
    if let Some(setter) = texts.setter(name, ty) {
        return setter;
    }
    let text = plain_name(name);
    let mut value = quote!(crate::runtime::converted(#text, value));
    let mut inner = ty;
    if let Some(within) = option_of(ty) {
        value = quote!(#value.map(Some));
        inner = within;
    }
    let statements = quote! {
        self.#name = #value;
        self
    };
    Taken::converted(inner).method(&quote!(mut self), name, &statements)
}

/// Sets the body as a whole.
fn body_method(name: &Ident, ty: &Type, is_optional: bool, texts: &Texts) -> ImplItemFn {
    let (says, (taken, value)) = match object(ty) {
        Some(object) => (
            " Sets the whole body, in place of everything that was set in it before.",
            (
                Taken::converted(quote!(types::#object)),
                quote!(value.try_into().map(From::from).map_err(|error| error.to_string())),
            ),
        ),
        None => (" Sets the body.", texts.whole(name, ty)),
    };
    let value = if is_optional { quote!(Some(#value)) } else { value };
    let statements = quote! {
        self.body = #value;
        self
    };
    let mut method = taken.method(&quote!(mut self), name, &statements);
    method.attrs = vec![docs::comment(says)];
    method
}

/// A setter of one property of the body.
fn body_setter(setter: &BodySetter, is_optional: bool, texts: &Texts) -> ImplItem {
    let BodySetter { method, field, ty, .. } = setter;
    let body = if is_optional {
        quote!(Some(self.body.unwrap_or_else(|| Ok(::std::default::Default::default())).map(|body| body.#field(value))))
    } else {
        quote!(self.body.map(|body| body.#field(value)))
    };
    let statements = quote! {
        self.body = #body;
        self
    };
    let taken = texts.taken(ty).unwrap_or_else(|| Taken::converted(ty));
    let mut written = taken.method(&quote!(mut self), method, &statements);
    written.attrs.clone_from(&setter.docs);
    ImplItem::Fn(written)
}

/// `.await` sends the call and gives its value: that of `send`, the method of the builder `name`.
pub(super) fn into_future(name: &Ident, send: &ImplItemFn) -> Result<ItemImpl> {
    let response = response(&send.sig.output)?;
    Ok(parse_quote! {
        impl<'a> ::std::future::IntoFuture for #name<'a> {
            type Output = Result<#response, crate::runtime::Error>;
            type IntoFuture = crate::runtime::CallFuture<'a, #response>;
            fn into_future(self) -> Self::IntoFuture {
                crate::runtime::value(self.send())
            }
        }
    })
}
