//! Opens enumerations: they keep a value that the document does not list as its text, in requests and in responses.

use quote::{format_ident, quote};
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

/// Opens an enum of texts, and writes what reads, writes and prints it. Returns the name of its variant for other values.
pub(super) fn open(item: &mut ItemEnum) -> (Ident, Vec<Item>) {
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
    let expected = format!("a value of {name}");
    let conversions =
        [quote!(&str), quote!(&::std::string::String), quote!(::std::string::String)].map(|from| -> Item {
            parse_quote! {
                impl ::std::convert::From<#from> for #name {
                    fn from(text: #from) -> Self {
                        Self::of(&text)
                    }
                }
            }
        });
    let mut items = vec![
        parse_quote! {
            impl #name {
                /// The value as it is written.
                pub fn as_str(&self) -> &str {
                    match self {
                        #(Self::#variants => #texts,)*
                        Self::#other(text) => text,
                    }
                }
                fn of(text: &str) -> Self {
                    match text {
                        #(#texts => Self::#variants,)*
                        other => Self::#other(other.to_owned()),
                    }
                }
            }
        },
        parse_quote! {
            impl ::std::fmt::Display for #name {
                fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                    f.write_str(self.as_str())
                }
            }
        },
        parse_quote! {
            impl ::std::str::FromStr for #name {
                type Err = ::std::convert::Infallible;
                fn from_str(text: &str) -> ::std::result::Result<Self, ::std::convert::Infallible> {
                    ::std::result::Result::Ok(Self::of(text))
                }
            }
        },
        parse_quote! {
            impl ::serde::Serialize for #name {
                fn serialize<S: ::serde::Serializer>(&self, serializer: S) -> ::std::result::Result<S::Ok, S::Error> {
                    serializer.serialize_str(self.as_str())
                }
            }
        },
        parse_quote! {
            impl<'de> ::serde::Deserialize<'de> for #name {
                fn deserialize<D: ::serde::Deserializer<'de>>(deserializer: D) -> ::std::result::Result<Self, D::Error> {
                    crate::runtime::de::text(deserializer, #expected, Self::of)
                }
            }
        },
    ];
    items.extend(conversions);
    items.extend(comparisons(&name));
    items.push(parse_quote!(crate::runtime::take_texts!(#name);));
    (other, items)
}

/// Compares the values of an enum with texts, from either side.
fn comparisons(name: &Ident) -> impl Iterator<Item = Item> {
    let texts = [quote!(str), quote!(&str), quote!(::std::string::String)].into_iter();
    texts.flat_map(move |text| -> [Item; 2] {
        [
            parse_quote! {
                #[doc(hidden)]
                impl ::std::cmp::PartialEq<#text> for #name {
                    fn eq(&self, text: &#text) -> bool {
                        self.as_str() == ::std::convert::AsRef::<str>::as_ref(text)
                    }
                }
            },
            parse_quote! {
                #[doc(hidden)]
                impl ::std::cmp::PartialEq<#name> for #text {
                    fn eq(&self, value: &#name) -> bool {
                        value == self
                    }
                }
            },
        ]
    })
}

/// Whether the generator wrote this for a closed enum of texts.
pub(super) fn is_of_closed(item: &ItemImpl, is_open: impl Fn(&str) -> bool) -> bool {
    const WRITTEN: [&str; 3] = ["Display", "FromStr", "TryFrom"];
    let written = item.trait_.as_ref().and_then(|(path, _)| path.segments.last());
    written.is_some_and(|last| WRITTEN.iter().any(|name| last.ident == name))
        && last_name(&item.self_ty).is_some_and(|name| is_open(&name))
}
