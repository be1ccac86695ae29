//! Writes how a call is made: the parameters of its path are arguments, its other parameters and the fields of its body
//! are setters, and `.await` sends it.

use std::collections::BTreeMap;

use anyhow::{Context, Result, bail};
use quote::{format_ident, quote};
use syn::visit::{self, Visit};
use syn::visit_mut::{self, VisitMut};
use syn::{
    Attribute, Expr, Field, Fields, FnArg, Ident, ImplItem, ImplItemFn, Item, ItemImpl, ItemMod, ItemStruct, Macro,
    ReturnType, Type, parse_quote,
};

use super::operation::{Operation, plain};
use crate::document::rust_names::BUILDER_METHODS;
use crate::polish::setters::{self, Texts};
use crate::polish::syntax::{arguments, last_name};

/// The builders of types, by name: their fields, documented.
pub(crate) struct Bodies(BTreeMap<String, Vec<Field>>);

impl Bodies {
    /// Of the module of types.
    pub(crate) fn of(types: &[Item]) -> Self {
        let structs: BTreeMap<String, &ItemStruct> = types.iter().filter_map(of_struct).collect();
        let builders = types.iter().find_map(|item| match item {
            Item::Mod(ItemMod { ident, content: Some((_, items)), .. }) if ident == "builder" => Some(items),
            _ => None,
        });
        let fields = builders.into_iter().flatten().filter_map(of_struct).map(|(name, builder)| {
            let documented = structs.get(&name);
            let fields = builder.fields.iter().cloned().map(|mut field| {
                field.attrs = documented.map(|item| docs(item, &field)).unwrap_or_default();
                field
            });
            (name, fields.collect())
        });
        Self(fields.collect())
    }

    /// The fields of the builder of a type; none where it has no builder.
    pub(crate) fn fields(&self, name: &str) -> &[Field] {
        self.0.get(name).map(Vec::as_slice).unwrap_or_default()
    }
}

fn of_struct(item: &Item) -> Option<(String, &ItemStruct)> {
    match item {
        Item::Struct(item) => Some((item.ident.to_string(), item)),
        _ => None,
    }
}

/// The documentation of the field of this name.
fn docs(item: &ItemStruct, field: &Field) -> Vec<Attribute> {
    let field = item.fields.iter().find(|other| other.ident == field.ident);
    let attributes = field.into_iter().flat_map(|field| &field.attrs);
    attributes.filter(|attribute| attribute.path().is_ident("doc")).cloned().collect()
}

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
                ("body", Some(field)) => *method = body_method(&name, field, texts).context("`body` is of no type")?,
                (_, Some(_)) if is_of_path(&name) => continue,
                (_, Some(field)) => {
                    let ty = value_of(field).with_context(|| format!("`{name}` is of no type"))?;
                    *method = setter(&name, ty, texts);
                    let description = operation.descriptions.get(plain(&setters::text_of(&name))).copied();
                    method.attrs = setters::documentation(description);
                }
                (_, None) => bail!("`{name}` sets no field"),
            }
            written.push(member);
        }
        if let Some(fields) = body(fields.named.iter(), bodies) {
            let taken: Vec<String> =
                builder.fields.iter().filter_map(|field| field.ident.as_ref()).map(setters::text_of).collect();
            written.extend(body_setters(fields, taken, operation.body_is_optional, texts).map(ImplItem::Fn));
        }
        methods.items = written;
        Ok(Self { path })
    }

    /// Rewrites the client's method that makes the call.
    pub(super) fn write_method(&self, method: &mut ImplItemFn, builder: &Ident, texts: &Texts) {
        let mut values: Vec<Expr> = Vec::new();
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
                    self.0.extend(group.stream().into_iter().find_map(|token| match token {
                        proc_macro2::TokenTree::Ident(name) => Some(name),
                        _ => None,
                    }));
                }
            }
            visit::visit_macro(self, call);
        }
    }
    let mut names = Names::default();
    names.visit_item_impl(methods);
    names.0
}

/// `T` of a field of the type `Result<T, String>`.
pub(crate) fn value_of(field: &Field) -> Option<&Type> {
    arguments(&field.ty).first().copied()
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
        } else if let Expr::Call(call) = &field.expr
            && matches!(&*call.func, Expr::Path(variant) if variant.path.is_ident("Err"))
        {
            let message = missing(name);
            field.expr = parse_quote!(Err(#message.to_string()));
        }
    }
    method.sig.inputs.extend(path.iter().map(|(name, ty)| -> FnArg { parse_quote!(#name: Result<#ty, String>) }));
    Ok(method)
}

/// The error of a required value that nobody set, with its cure.
pub(crate) fn missing(name: &Ident) -> String {
    let name = setters::text_of(name);
    format!("{name} is missing: set it with `.{name}(…)`")
}

fn setter(name: &Ident, ty: &Type, texts: &Texts) -> ImplItemFn {
    if let Some(setter) = texts.setter(name, ty) {
        return setter;
    }
    let text = setters::text_of(name);
    let mut value = quote!(crate::runtime::converted(#text, value));
    let mut inner = ty;
    if let Some(within) = crate::polish::syntax::option_of(ty) {
        value = quote!(#value.map(Some));
        inner = within;
    }
    parse_quote! {
        pub fn #name(mut self, value: impl ::std::convert::TryInto<#inner, Error: ::std::fmt::Display>) -> Self {
            self.#name = #value;
            self
        }
    }
}

/// Sets the body as a whole.
fn body_method(name: &Ident, field: &Field, texts: &Texts) -> Option<ImplItemFn> {
    let ty = value_of(field)?;
    let Some(object) = object(ty) else {
        let mut method = texts.replace(name, ty);
        method.attrs = vec![parse_quote!(#[doc = " Sets the body."])];
        return Some(method);
    };
    Some(parse_quote! {
        /// Sets the whole body, in place of everything that was set in it before.
        pub fn body(mut self, value: impl ::std::convert::TryInto<types::#object, Error: ::std::fmt::Display>) -> Self {
            self.body = value.try_into().map(From::from).map_err(|error| error.to_string());
            self
        }
    })
}

/// The type of a body that its builder makes.
fn object(ty: &Type) -> Option<&Ident> {
    let Type::Path(path) = ty else { return None };
    let mut names = path.path.segments.iter().rev().map(|segment| &segment.ident);
    let name = names.next()?;
    (names.next()? == "builder").then_some(name)
}

/// The fields of the body, where it is an object.
fn body<'a>(mut fields: impl Iterator<Item = &'a Field>, bodies: &'a Bodies) -> Option<&'a [Field]> {
    let body = fields.find(|field| field.ident.as_ref().is_some_and(|name| name == "body"))?;
    bodies.0.get(&object(value_of(body)?)?.to_string()).map(Vec::as_slice)
}

/// One setter for each field of a body. A name that is `taken` gets `body_` before it.
fn body_setters<'a>(
    fields: &'a [Field],
    mut taken: Vec<String>,
    is_optional: bool,
    texts: &'a Texts,
) -> impl Iterator<Item = ImplItemFn> + 'a {
    taken.extend(BUILDER_METHODS.map(str::to_owned));
    taken.push("body".to_owned());
    fields.iter().filter_map(move |field| {
        let (name, ty) = (field.ident.as_ref()?, &of_types(value_of(field)?));
        let mut own = setters::text_of(name);
        while taken.contains(&own) {
            own.insert_str(0, "body_");
        }
        let method = if own == setters::text_of(name) { name.clone() } else { format_ident!("{own}") };
        taken.push(own);
        let body = if is_optional {
            quote!(Some(self.body.unwrap_or_else(|| Ok(::std::default::Default::default())).map(|body| body.#name(value))))
        } else {
            quote!(self.body.map(|body| body.#name(value)))
        };
        let block = parse_quote!({
            self.body = #body;
            self
        });
        let mut setter = match texts.taken(ty) {
            Some(taken) => taken.method(&method, &block),
            None => parse_quote! {
                pub fn #method(mut self, value: impl ::std::convert::TryInto<#ty, Error: ::std::fmt::Display>) -> Self #block
            },
        };
        setter.attrs.clone_from(&field.attrs);
        Some(setter)
    })
}

/// A type as the module of builders names it: `types::X` in place of `super::X`.
fn of_types(ty: &Type) -> Type {
    struct Paths;
    impl VisitMut for Paths {
        fn visit_path_mut(&mut self, path: &mut syn::Path) {
            visit_mut::visit_path_mut(self, path);
            if let Some(first) = path.segments.first_mut().filter(|first| first.ident == "super") {
                first.ident = parse_quote!(types);
            }
        }
    }
    let mut ty = ty.clone();
    Paths.visit_type_mut(&mut ty);
    ty
}

/// `.await` sends the call and gives its value.
pub(super) fn into_future(methods: &ItemImpl) -> Result<Item> {
    let send = methods.items.iter().find_map(|member| match member {
        ImplItem::Fn(method) if method.sig.ident == "send" => Some(method),
        _ => None,
    });
    let ReturnType::Type(_, output) = &send.context("a builder without `send`")?.sig.output else {
        bail!("`send` returns nothing");
    };
    let response = arguments(output).first().and_then(|value| arguments(value).first().copied());
    let response = response.context("`send` returns no `ResponseValue`")?;
    let name = last_name(&methods.self_ty).context("a builder of no name")?;
    let name = format_ident!("{name}");
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
