//! Writes the calls of operations that are chosen at run time: each fills the operation's builder from JSON.

use anyhow::{Context, Result};
use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use serde_json::Value;
use syn::{Field, Item, ItemStruct, Type};

use super::builders::{Bodies, body_object, value_of};
use super::syntax::{option_of, plain_name};
use super::table::structure;
use crate::document::openapi::{Operation, operations};
use crate::document::rust_names::builder_name;

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
        let values = values(operation, builder, bodies).with_context(|| operation.at().to_string())?;
        let name = &builder.ident;
        let given = if values.is_empty() { format_ident!("_values") } else { format_ident!("values") };
        impls.push(quote! {
            impl<'a> FromValues<'a> for builder::#name<'a> {
                fn from_values(client: &'a Client, #given: &mut Values) -> Self {
                    Self { client, #(#values),* }
                }

                fn request(self) -> Result<::reqwest::RequestBuilder, Error> {
                    self.into_request().map(|(_, request)| request)
                }
            }
        });
        arms.push(quote!(#id => prepared::<builder::#name>(client, values)));
    }
    let file: syn::File = syn::parse_quote! {
        use super::{builder, types};
        use crate::runtime::calls::{FromValues, Prepared, Values, prepared};
        use crate::runtime::{Client, Error};

        #(#impls)*

        /// The call of an operation; `None` where the API has no operation of this id.
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
    let mut values = Vec::new();
    for field in &builder.fields {
        let name = field.ident.as_ref().context("polish: a builder has a field without a name")?;
        let plain = plain_name(name);
        let value = match plain.as_str() {
            "client" => continue,
            "body" if operation.value.get("requestBody").is_some() => body(field, builder, bodies)?,
            _ if operation.path.contains(&format!("{{{plain}}}")) => quote!(values.parsed(#plain)),
            _ if option_of(value(field)?).is_some() => quote!(values.optional(#plain)),
            _ => quote!(values.required(#plain)),
        };
        values.push(quote!(#name: #value));
    }
    Ok(values)
}

/// The value of a body: an object of its properties, or, of another kind, the value called `body`.
fn body(field: &Field, builder: &ItemStruct, bodies: &Bodies) -> Result<TokenStream> {
    let ty = value(field)?;
    let of_option = option_of(ty);
    let Some(object) = body_object(of_option.unwrap_or(ty)) else {
        return Ok(if of_option.is_some() { quote!(values.optional("body")) } else { quote!(values.required("body")) });
    };
    let names = bodies.setters(builder).into_iter().map(|setter| {
        let (property, method) = (setter.property, plain_name(&setter.method));
        quote!((#property, #method))
    });
    let object = format_ident!("{object}");
    let value = quote!(values.body::<types::#object>(&[#(#names),*]));
    Ok(if of_option.is_some() { quote!(#value.map(|body| Some(body.into()))) } else { quote!(#value.map(Into::into)) })
}

fn value(field: &Field) -> Result<&Type> {
    value_of(field).context("polish: a field of a builder is no `Result`")
}
