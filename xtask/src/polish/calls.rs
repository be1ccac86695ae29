//! Writes the calls of operations that are chosen at run time: each fills the operation's builder from JSON.

use anyhow::{Context, Result};
use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use serde_json::Value;
use syn::{Field, Ident, Item, ItemStruct, Type};

use super::builders::{Bodies, body_object, value_of};
use super::syntax::{arguments, last_name, option_of, plain_name};
use super::table::{is_bytes, output, structure};
use crate::document::openapi::{Operation, operations};
use crate::document::rust_names::{builder_name, setter_name};

/// The items of the module: the call of each operation, and the function that finds one.
///
/// # Errors
/// An operation whose builder is of another shape than this was written for.
pub(super) fn items(lowered: &Value, builders: &[Item], bodies: &Bodies) -> Result<Vec<Item>> {
    let (mut impls, mut arms) = (Vec::new(), Vec::new());
    for operation in operations(lowered) {
        let id = operation.id().context("has no `operationId`")?;
        let name = builder_name(id);
        let builder = structure(builders, &name).with_context(|| format!("polish: no builder `{name}`"))?;
        // Bytes are no JSON, which all calls give.
        let body = builder.fields.iter().find(|field| field.ident.as_ref().is_some_and(|name| name == "body"));
        let body = body.filter(|_| operation.value.get("requestBody").is_some()).map(body_type).transpose()?;
        let sends_bytes = body.and_then(last_name).is_some_and(|name| name == "Body");
        if sends_bytes || output(builders, &name).is_none_or(is_bytes) {
            continue;
        }
        let values = values(operation, builder, bodies).with_context(|| operation.at().to_string())?;
        let client = client(builder).with_context(|| format!("polish: the builder `{name}` has no client"))?;
        let name = &builder.ident;
        let given = if values.is_empty() { format_ident!("_values") } else { format_ident!("values") };
        impls.push(quote! {
            impl<'a> FromValues<'a> for builder::#name<'a> {
                fn from_values(#client: &'a Client, #given: &mut Values) -> Self {
                    Self { #client, #(#values),* }
                }

                fn request(self) -> Result<::reqwest::RequestBuilder, Error> {
                    self.into_request().map(|(_, request)| request)
                }
            }
        });
        arms.push(quote!(#id => prepared::<builder::#name>(client, values)));
    }
    let file: syn::File = syn::parse_quote! {
        use super::builder;
        #[allow(unused_imports, reason = "not every document has a body")]
        use super::types;
        use crate::runtime::calls::{FromValues, Prepared, Values, prepared};
        use crate::runtime::{Client, Error};

        #(#impls)*

        /// The call of an operation; `None` where the API has no operation of this id, or one of bytes.
        pub(crate) fn prepare<'a>(client: &'a Client, id: &str, values: Values) -> Option<Result<Prepared<'a>, Error>> {
            Some(match id {
                #(#arms,)*
                _ => return None,
            })
        }
    };
    Ok(file.items)
}

/// The fields of a builder, each with the value that it gets.
fn values(operation: Operation<'_>, builder: &ItemStruct, bodies: &Bodies) -> Result<Vec<TokenStream>> {
    let parameters = operation.value["parameters"].as_array().into_iter().flatten();
    let in_path = parameters.filter(|parameter| parameter["in"] == "path");
    let in_path: Vec<String> = in_path.filter_map(|parameter| parameter["name"].as_str().map(setter_name)).collect();
    let mut values = Vec::new();
    for field in &builder.fields {
        let name = field.ident.as_ref().context("polish: a builder has a field without a name")?;
        let plain = plain_name(name);
        if is_client(field) {
            continue;
        }
        let value = match plain.as_str() {
            "body" if operation.value.get("requestBody").is_some() => body(field, builder, bodies)?,
            _ if in_path.iter().any(|name| name == plain.trim_matches('_')) => quote!(values.parsed(#plain)),
            _ if option_of(value(field)?).is_some() => quote!(values.optional(#plain)),
            _ => quote!(values.required(#plain)),
        };
        values.push(quote!(#name: #value));
    }
    Ok(values)
}

/// The field of the client, which has another name beside a parameter called `client`.
fn client(builder: &ItemStruct) -> Option<&Ident> {
    builder.fields.iter().find(|field| is_client(field))?.ident.as_ref()
}

/// Whether a field is no value of the call.
fn is_client(field: &Field) -> bool {
    matches!(field.ty, Type::Reference(_))
}

/// The value of a body: an object of its properties, or, of another kind, the value called `body`.
fn body(field: &Field, builder: &ItemStruct, bodies: &Bodies) -> Result<TokenStream> {
    let (is_optional, ty) = (option_of(&field.ty).is_some(), body_type(field)?);
    let Some(object) = body_object(ty) else {
        let required = quote!(values.required("body"));
        return Ok(if is_optional { quote!(values.optional("body").transpose()) } else { required });
    };
    let names = bodies.setters(builder).into_iter().map(|setter| {
        let (property, method) = (setter.property, plain_name(&setter.method));
        quote!((#property, #method))
    });
    let names = quote!(&[#(#names),*]);
    let required = quote!(values.body::<types::#object>(#names).map(Into::into));
    Ok(if is_optional { quote!(values.has_body(#names).then(|| #required)) } else { required })
}

/// `T` of a body's field, `Result<T, String>` or an `Option` of that.
fn body_type(field: &Field) -> Result<&Type> {
    let result = option_of(&field.ty).unwrap_or(&field.ty);
    arguments(result).first().copied().context("polish: the body of a builder is no `Result`")
}

fn value(field: &Field) -> Result<&Type> {
    value_of(field).context("polish: a field of a builder is no `Result`")
}
