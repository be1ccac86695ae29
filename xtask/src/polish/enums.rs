//! Opens enumerations: they keep a value that the document does not list as its text, in requests and in responses.

use quote::format_ident;
use syn::{Fields, Ident, Item, ItemEnum, ItemImpl, parse_quote};

use super::objects::underive_all;
use super::prose;
use super::syntax::{attributes_have, last_name, written_name};

/// Names for the variant of other values: the first that no value of the document takes.
const CATCH_ALL: [&str; 3] = ["Unknown", "Other", "Unlisted"];

/// Whether an enum is one of texts.
pub(super) fn is_of_texts(item: &ItemEnum) -> bool {
    let is_union = ["untagged", "tag"].iter().any(|name| attributes_have(&item.attrs, name));
    !is_union && !item.variants.is_empty() && item.variants.iter().all(|variant| matches!(variant.fields, Fields::Unit))
}

/// Opens an enum of texts, and writes its conversions from and to texts, of which the runtime makes all others. Returns the
/// name of its variant for other values.
pub(super) fn open(item: &mut ItemEnum) -> (Ident, [Item; 2]) {
    let name = item.ident.clone();
    let variants: Vec<Ident> = item.variants.iter().map(|variant| variant.ident.clone()).collect();
    let texts: Vec<String> = item.variants.iter().map(|variant| written_name(&variant.ident, &variant.attrs)).collect();
    let names = CATCH_ALL.iter().map(|name| (*name).to_owned());
    let mut names = names.chain((2..).map(|number| format!("Unknown{number}")));
    let other = names.find(|name| variants.iter().all(|variant| variant != name)).unwrap_or_default();
    let other = format_ident!("{other}");
    underive_all(&mut item.attrs, &["Deserialize", "Serialize", "Copy"]);
    item.attrs.push(parse_quote!(#[non_exhaustive]));
    for (variant, text) in item.variants.iter_mut().zip(&texts) {
        variant.attrs.retain(|attribute| !attribute.path().is_ident("serde"));
        if !variant.attrs.iter().any(|attribute| attribute.path().is_ident("doc")) {
            let text = format!(" {}", prose::code(text));
            variant.attrs.push(parse_quote!(#[doc = #text]));
        }
    }
    item.variants.push(parse_quote! {
        /// A value that the document does not list.
        #other(::std::string::String)
    });
    let conversions = parse_quote! {
        impl #name {
            /// The value as it is written.
            #[inline]
            pub fn as_str(&self) -> &str {
                match self {
                    #(Self::#variants => #texts,)*
                    Self::#other(text) => text,
                }
            }
            #[inline]
            fn of(text: &str) -> Self {
                match text {
                    #(#texts => Self::#variants,)*
                    other => Self::#other(other.to_owned()),
                }
            }
        }
    };
    (other, [conversions, parse_quote!(crate::runtime::known_values!(#name);)])
}

/// Whether the generator wrote this for a closed enum of texts.
pub(super) fn is_of_closed(item: &ItemImpl, is_open: impl Fn(&str) -> bool) -> bool {
    const WRITTEN: [&str; 3] = ["Display", "FromStr", "TryFrom"];
    let written = item.trait_.as_ref().and_then(|(path, _)| path.segments.last());
    written.is_some_and(|last| WRITTEN.iter().any(|name| last.ident == name))
        && last_name(&item.self_ty).is_some_and(|name| is_open(&name))
}
