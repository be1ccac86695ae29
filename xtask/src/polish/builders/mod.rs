//! Rewrites the builder module: `into_request` builds a request as the generator wrote it, and `send` passes it on to
//! `crate::runtime`.
//!
//! The generator's hooks (`ClientHooks`) do not suffice. They see a request and the head of its response. What follows
//! is in generated code, beyond them: it reads the body without a limit, does not repeat a call whose body breaks off,
//! takes an unrecognized object for an empty value, and returns an error whose text holds bodies and URLs. A hook can
//! fail only with an error of the HTTP client, which nobody else can make, or with a text.

mod bodies;
mod calls;
mod joined;
mod operation;
mod optional_body;
mod send;
mod url;

use std::collections::BTreeMap;

use anyhow::{Context, Result, bail};
use quote::quote;
use serde_json::Value;
use syn::{Fields, ImplItem, ImplItemFn, Item, ItemImpl, ItemStruct, parse_quote};

pub(super) use self::bodies::{Bodies, BodySetter, documentation_of, object as body_object, value_of};
use self::calls::Call;
pub(super) use self::calls::NameMissing;
use self::operation::{Operation, described, plain};
use super::inline::compile_where_called;
use super::setters::Texts;
use super::syntax::last_name;
use crate::document::pointer::Pointer;

/// The items of the module, polished, and the `methods` of the client that make the builders.
pub(super) fn polished(
    items: Vec<Item>,
    methods: &mut ItemImpl,
    (texts, bodies): (&Texts, &Bodies),
    lowered: &Value,
) -> Result<Vec<Item>> {
    let operations = described(lowered);
    let mut out: Vec<Item> = vec![
        parse_quote!(
            use super::types;
        ),
        parse_quote!(
            #[allow(unused_imports)]
            use crate::runtime::{ResponseValue, encode_path};
        ),
        parse_quote! {
            /// Why a call with such a value is not sent.
            #[allow(dead_code)]
            fn invalid(operation: &'static str) -> impl FnOnce(String) -> crate::runtime::Error {
                move |error| crate::runtime::Error::invalid_request(operation, error)
            }
        },
    ];
    if operations.values().any(|operation| !operation.joined.is_empty()) {
        out.extend(joined::functions());
    }
    let mut calls = BTreeMap::new();
    // The generator writes each builder before its methods.
    let mut last: Option<ItemStruct> = None;
    for mut item in items {
        let mut additions = Vec::new();
        match &mut item {
            Item::Use(_) => continue,
            Item::Struct(builder) => {
                last = Some(builder.clone());
                if let Fields::Named(fields) = &mut builder.fields {
                    // Pagination and other hand-written methods read what a builder was given.
                    for field in &mut fields.named {
                        field.vis = parse_quote!(pub(crate));
                    }
                }
                builder.attrs.push(parse_quote!(#[must_use = "nothing is sent before `.await` or `.send().await`"]));
                let name = builder.ident.to_string();
                if operations.get(plain(&name)).is_some_and(|operation| operation.body_is_optional) {
                    optional_body::field(builder).with_context(|| format!("polish: the builder {name}"))?;
                }
            }
            Item::Impl(methods) => {
                let name = last_name(&methods.self_ty).context("polish: a builder of no name")?;
                let Some(operation) = operations.get(plain(&name)) else {
                    let paths = Pointer::root().child("paths");
                    bail!(paths.error(format!("the builder {name} is of no operation")));
                };
                let builder = last.as_ref().filter(|builder| builder.ident == name);
                let builder = builder.with_context(|| format!("polish: no struct before the methods of {name}"))?;
                let (call, into_future) = polish_methods(methods, builder, operation, texts, bodies)
                    .with_context(|| format!("polish: the builder {name}"))?;
                additions.push(into_future);
                calls.insert(name, (builder.ident.clone(), call));
            }
            other => bail!("polish: not expected among the builders: {}", quote!(#other)),
        }
        out.push(item);
        out.extend(additions);
    }
    for method in &mut methods.items {
        let ImplItem::Fn(method) = method else { continue };
        let name =
            calls::builder_of(method).with_context(|| format!("polish: `{}` makes no builder", method.sig.ident))?;
        let (builder, call) = calls.get(&name).with_context(|| format!("polish: there is no builder {name}"))?;
        call.write_method(method, builder, texts);
    }
    Ok(out)
}

/// Rewrites the methods of a builder; with them comes what `.await` calls.
fn polish_methods(
    item: &mut ItemImpl,
    builder: &ItemStruct,
    operation: &Operation<'_>,
    texts: &Texts,
    bodies: &Bodies,
) -> Result<(Call, Item)> {
    let call = Call::write(item, builder, operation, texts, bodies)?;
    send::rewrite(send_of(item)?, operation)?;
    if operation.body_is_optional {
        optional_body::methods(item)?;
    }
    let send = send_of(item)?;
    let into_request = send::split(send)?;
    let mut into_future = calls::into_future(&builder.ident, send)?;
    item.items.push(ImplItem::Fn(into_request));
    compile_where_called(item);
    compile_where_called(&mut into_future);
    Ok((call, Item::Impl(into_future)))
}

fn send_of(item: &mut ItemImpl) -> Result<&mut ImplItemFn> {
    let send = item.items.iter_mut().find_map(|member| match member {
        ImplItem::Fn(method) if method.sig.ident == "send" => Some(method),
        _ => None,
    });
    send.context("a builder without `send`")
}
