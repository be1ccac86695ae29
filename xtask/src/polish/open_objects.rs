//! Objects of which a document names no property: their `Debug` prints names and no values, one of which may be a secret.

use quote::ToTokens;
use syn::punctuated::Punctuated;
use syn::{Attribute, Fields, Item, ItemStruct, Meta, Path, Token, parse_quote};

use super::syntax::last_name;

/// The `Debug` of a type that is a map of anything, in place of the derived one.
pub(super) fn debug(item: &mut ItemStruct) -> Option<Item> {
    let Fields::Unnamed(fields) = &item.fields else { return None };
    let ty = &fields.unnamed.first()?.ty;
    if last_name(ty)? != "Map" || !ty.to_token_stream().to_string().contains("serde_json") {
        return None;
    }
    item.attrs.iter_mut().for_each(without_debug);
    let name = &item.ident;
    Some(parse_quote! {
        /// The names of its properties, without their values.
        impl ::std::fmt::Debug for #name {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                f.debug_set().entries(self.0.keys()).finish()
            }
        }
    })
}

fn without_debug(attribute: &mut Attribute) {
    if let Meta::List(derive) = &attribute.meta
        && derive.path.is_ident("derive")
        && let Ok(traits) = derive.parse_args_with(Punctuated::<Path, Token![,]>::parse_terminated)
    {
        let kept = traits.iter().filter(|name| name.segments.last().is_none_or(|last| last.ident != "Debug"));
        *attribute = parse_quote!(#[derive(#(#kept),*)]);
    }
}
