//! Values of which a document gives no type: their `Debug` prints names and no values, one of which may be a secret.

use quote::ToTokens;
use syn::{Expr, Field, Fields, FieldsNamed, Item, ItemStruct, Type, parse_quote};

use super::objects::underive_all;
use super::syntax::{arguments, last_name};

/// The `Debug` of a type that holds values of any type, in place of the derived one.
pub(super) fn debug(item: &mut ItemStruct) -> Option<Item> {
    let (name, text) = (&item.ident, item.ident.to_string());
    let printed: Expr = match &item.fields {
        Fields::Named(fields) if fields.named.iter().any(|field| is_untyped(&field.ty)) => print(&text, fields),
        Fields::Unnamed(fields) if fields.unnamed.first().is_some_and(|field| is_untyped(&field.ty)) => {
            parse_quote!(crate::runtime::untyped::Names(&self.0).fmt(f))
        }
        _ => return None,
    };
    underive_all(&mut item.attrs, &["Debug"]);
    Some(parse_quote! {
        /// Values of which the document gives no type print the names that they hold.
        impl ::std::fmt::Debug for #name {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                #printed
            }
        }
    })
}

fn print(name: &str, fields: &FieldsNamed) -> Expr {
    let printed = fields.named.iter().map(|field: &Field| -> Expr {
        let name = &field.ident;
        if is_untyped(&field.ty) {
            parse_quote!(&crate::runtime::untyped::Names(&self.#name))
        } else {
            parse_quote!(&self.#name)
        }
    });
    let names = fields.named.iter().filter_map(|field| field.ident.as_ref()).map(ToString::to_string);
    parse_quote!(f.debug_struct(#name)#(.field(#names, #printed))*.finish())
}

/// Whether a type is any JSON value, or an `Option`, list or map of such.
fn is_untyped(ty: &Type) -> bool {
    match last_name(ty).as_deref() {
        Some("Value" | "Map") => ty.to_token_stream().to_string().contains("serde_json"),
        Some("Option" | "Vec" | "HashMap" | "Box") => arguments(ty).last().is_some_and(|ty| is_untyped(ty)),
        _ => false,
    }
}
