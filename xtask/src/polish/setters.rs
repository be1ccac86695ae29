//! Writes setters, which take whatever `crate::runtime::IntoValue` takes for their type.

use std::collections::BTreeSet;

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::{Attribute, Expr, Fields, Ident, ImplItemFn, Item, ItemImpl, ItemStruct, Type, parse_quote};

use super::builders::BodySetter;
use super::syntax::{arguments, last_name, option_of, plain_name};
use super::{docs, enums, prose};

/// Types, by their last names, that `IntoValue` knows wherever they come from.
const KNOWN: [&str; 24] = [
    "bool",
    "i8",
    "i16",
    "i32",
    "i64",
    "u8",
    "u16",
    "u32",
    "u64",
    "f64",
    "NonZeroI8",
    "NonZeroI16",
    "NonZeroI32",
    "NonZeroI64",
    "NonZeroU8",
    "NonZeroU16",
    "NonZeroU32",
    "NonZeroU64",
    "String",
    "PathSegment",
    "EmailSegment",
    "NaiveDate",
    "Secret",
    "Timestamp",
];

/// The generated types whose values are texts.
pub(super) struct Texts(BTreeSet<String>);

impl Texts {
    pub(super) fn of(types: &[Item]) -> Self {
        let texts = types.iter().filter_map(|item| match item {
            Item::Enum(item) if enums::is_of_texts(item) => Some(item.ident.to_string()),
            // Any text, or one that it checks.
            Item::Impl(ItemImpl { trait_: Some((path, _)), self_ty, .. })
                if path.segments.last()?.ident == "FromStr" =>
            {
                last_name(self_ty).filter(|name| is_of_text(types, name))
            }
            _ => None,
        });
        Self(texts.collect())
    }

    /// Whether the type of this name is one of them.
    pub(super) fn contain(&self, name: &Ident) -> bool {
        self.0.contains(&name.to_string())
    }

    /// Whether `IntoValue` knows a type, and not the standard library's conversions alone.
    fn know(&self, ty: &Type) -> bool {
        let Type::Path(path) = ty else { return false };
        let mut names = path.path.segments.iter().rev().map(|segment| segment.ident.to_string());
        let Some(name) = names.next() else { return false };
        match names.next().as_deref() {
            Some("types" | "super") => self.0.contains(&name),
            _ => KNOWN.contains(&name.as_str()),
        }
    }

    /// Whether a type is a list of known values; `None` where it is neither that nor a known value.
    fn is_list(&self, ty: &Type) -> Option<bool> {
        if self.know(ty) {
            return Some(false);
        }
        let is_list = last_name(ty)? == "Vec" && self.know(arguments(ty).first()?);
        is_list.then_some(true)
    }

    /// The bound of an argument for a value of this type, and the call that converts it.
    pub(super) fn argument(&self, name: &Ident, ty: &Type) -> (TokenStream, TokenStream) {
        let text = plain_name(name);
        match self.is_list(ty) {
            Some(_) => (quote!(impl crate::runtime::IntoValue<#ty>), quote!(crate::runtime::given(#text, #name))),
            None => (Taken::converted(ty).bound, quote!(crate::runtime::converted(#text, #name))),
        }
    }

    /// The values that a setter takes for the type of its field, and `None` of them. `None` for a type that `IntoValue`
    /// does not know.
    pub(super) fn taken(&self, ty: &Type) -> Option<Taken> {
        let inner = option_of(ty).unwrap_or(ty);
        let is_list = self.is_list(inner)?;
        Some(Taken::known(quote!(::std::option::Option<#inner>), is_list))
    }

    /// The values that a setter takes for a type, and the expression that converts its `value`.
    pub(super) fn whole(&self, name: &Ident, ty: &Type) -> (Taken, TokenStream) {
        let text = plain_name(name);
        match self.is_list(ty) {
            Some(is_list) => (Taken::known(ty, is_list), quote!(crate::runtime::given(#text, value))),
            None => (Taken::converted(ty), quote!(crate::runtime::converted(#text, value))),
        }
    }

    /// A setter of the field `name`, of the type `Result<ty, String>`. `None` for a type that `IntoValue` does not know.
    pub(super) fn setter(&self, name: &Ident, ty: &Type) -> Option<ImplItemFn> {
        let taken = self.taken(ty)?;
        let text = plain_name(name);
        let set = if option_of(ty).is_some() { quote!(set_optional) } else { quote!(set) };
        let statements = quote! {
            crate::runtime::#set(&mut self.#name, #text, value);
            self
        };
        Some(taken.method(&quote!(mut self), name, &statements))
    }

    /// A setter of a mock, which compares a parameter of the query.
    pub(super) fn mock(&self, name: &Ident, ty: &Type, parameter: &Expr) -> ImplItemFn {
        let inner = option_of(ty).unwrap_or(ty);
        let single = arguments(inner).into_iter().next().filter(|_| last_name(inner).is_some_and(|name| name == "Vec"));
        // A secret prints nowhere, so it has no `to_string`.
        let text = if last_name(single.unwrap_or(inner)).is_some_and(|name| name == "Secret") {
            quote!(value.expose_secret().to_owned())
        } else {
            quote!(value.to_string())
        };
        let texts = if single.is_some() {
            quote!(|values: #inner| values.iter().map(|value| #text).collect())
        } else {
            quote!(|value: #inner| vec![#text])
        };
        self.mock_method(name, ty, |value| quote!(crate::runtime::mock_query(self.0, #parameter, #value, #texts)))
    }

    /// A setter of a mock, which compares a property of the body.
    pub(super) fn mock_body(&self, BodySetter { method: name, ty, property, docs, .. }: &BodySetter) -> ImplItemFn {
        let inner = option_of(ty).unwrap_or(ty);
        let compared = |value| quote!(crate::runtime::mock_body::<#inner>(self.0, #property, #value));
        let mut method = self.mock_method(name, ty, compared);
        method.attrs.clone_from(docs);
        method
    }

    /// A setter of a mock: `compared` is a mock that compares what it is given, an optional value or why it does not fit.
    fn mock_method(&self, name: &Ident, ty: &Type, compared: impl FnOnce(TokenStream) -> TokenStream) -> ImplItemFn {
        let inner = option_of(ty).unwrap_or(ty);
        let text = plain_name(name);
        let (taken, value) = match self.taken(ty) {
            Some(taken) => (taken, quote!(crate::runtime::given(#text, value))),
            None => (Taken::of(quote!(impl Into<Option<#inner>>)), quote!(Ok(value.into()))),
        };
        let mock = compared(value);
        taken.method(&quote!(self), name, &quote!(Self(#mock)))
    }
}

/// Whether a type of this name holds one text.
fn is_of_text(types: &[Item], name: &str) -> bool {
    types.iter().any(|item| match item {
        Item::Struct(ItemStruct { ident, fields: Fields::Unnamed(fields), .. }) if ident == name => {
            fields.unnamed.first().and_then(|field| last_name(&field.ty)).is_some_and(|of| of == "String")
        }
        _ => false,
    })
}

/// The values that a setter takes.
pub(super) struct Taken {
    bound: TokenStream,
    /// Whether the bound has the parameter `Via`, by which iterators are taken.
    has_via: bool,
}

impl Taken {
    /// Values with this bound.
    fn of(bound: TokenStream) -> Self {
        Self { bound, has_via: false }
    }

    /// Values that `IntoValue` converts to a type.
    fn known(ty: impl ToTokens, is_list: bool) -> Self {
        let via = is_list.then(|| quote!(, Via));
        Self { bound: quote!(impl crate::runtime::IntoValue<#ty #via>), has_via: is_list }
    }

    /// Values that only a conversion of the standard library makes a type of.
    pub(super) fn converted(ty: impl ToTokens) -> Self {
        Self::of(quote!(impl ::std::convert::TryInto<#ty, Error: ::std::fmt::Display>))
    }

    /// A method of these statements that takes `receiver` and such a `value`.
    pub(super) fn method(&self, receiver: &TokenStream, name: &Ident, statements: &TokenStream) -> ImplItemFn {
        let bound = &self.bound;
        let via = self.has_via.then(|| quote!(<Via>));
        parse_quote!(pub fn #name #via(#receiver, value: #bound) -> Self { #statements })
    }
}

/// A description of a document as documentation.
pub(super) fn documentation(description: Option<&str>) -> Vec<Attribute> {
    docs::attributes(&description.map(prose::inert).unwrap_or_default())
}
