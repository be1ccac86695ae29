//! The public items of a generated client.

use std::collections::{BTreeMap, BTreeSet};

use quote::{ToTokens, quote};
use syn::{Attribute, Fields, ImplItem, Item, Visibility};

use super::known_values;
use crate::polish::Syntax;

/// The effect on callers of adding an item.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Addition {
    /// Nothing that callers have.
    Compatible,
    /// Callers' code breaks, for this reason.
    Breaking(&'static str),
}

/// An item's form, and the effect of adding it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct PublicItem {
    pub(super) form: String,
    pub(super) adding: Addition,
}

/// A generated client has these public items and this code; they decide how it differs from another.
#[derive(Debug, Default)]
pub struct PublicApi {
    /// Every public item, by path.
    pub(super) items: BTreeMap<String, PublicItem>,
    /// All tokens of the code, documentation too.
    pub(super) code: String,
}

impl PublicApi {
    /// The public items of a client, read from its syntax trees.
    #[must_use]
    pub fn of(client: &Syntax) -> Self {
        let mut api = Self::default();
        for (name, items) in [("", &client.operations), ("builder", &client.builder), ("types", &client.types)] {
            api.read(name, items);
            for item in items {
                api.code.push_str(&item.to_token_stream().to_string());
            }
        }
        api
    }

    fn insert(&mut self, path: String, form: impl ToTokens, adding: Addition) {
        self.items.insert(path, PublicItem { form: format_tokens(&form.to_token_stream().to_string()), adding });
    }

    pub(super) fn read(&mut self, module: &str, items: &[Item]) {
        let inside = |name: &dyn std::fmt::Display| {
            if module.is_empty() { name.to_string() } else { format!("{module}::{name}") }
        };
        for item in items {
            match item {
                Item::Struct(item) if is_public(&item.vis) => {
                    let path = inside(&item.ident);
                    let generics = &item.generics;
                    self.insert(path.clone(), quote!(struct #generics), Addition::Compatible);
                    self.attributes(&path, &item.attrs);
                    self.fields(&path, &item.fields, &item.attrs);
                }
                Item::Enum(item) if is_public(&item.vis) => {
                    let path = inside(&item.ident);
                    self.insert(path.clone(), quote!(enum), Addition::Compatible);
                    self.attributes(&path, &item.attrs);
                    let adding = if is_open(&item.attrs) {
                        Addition::Compatible
                    } else {
                        Addition::Breaking("a `match` without it no longer compiles")
                    };
                    for variant in &item.variants {
                        self.insert(format!("{path}::{}", variant.ident), form(&variant.fields), adding);
                    }
                }
                Item::Type(item) if is_public(&item.vis) => {
                    let ty = &item.ty;
                    self.insert(inside(&item.ident), quote!(type #ty), Addition::Compatible);
                }
                Item::Mod(item) if is_public(&item.vis) => {
                    if let Some((_, items)) = &item.content {
                        self.read(&inside(&item.ident), items);
                    }
                }
                Item::Impl(item) => self.implementation(module, item),
                Item::Macro(call) => {
                    if let Some((name, traits)) = known_values::implemented(call) {
                        let path = inside(&name);
                        traits.for_each(|of| self.insert(format!("{path}: {of}"), quote!(), Addition::Compatible));
                    }
                }
                _ => {}
            }
        }
    }

    fn implementation(&mut self, module: &str, item: &syn::ItemImpl) {
        let implemented = item.trait_.as_ref().map(|(implemented, _)| implemented);
        let (path, of_other) = owner(module, &item.self_ty, implemented);
        let functions = item.items.iter().filter_map(|item| match item {
            ImplItem::Fn(function) => Some(function),
            _ => None,
        });
        for function in functions {
            for name in required_values(function) {
                let adding = Addition::Breaking("calls without it compile, and fail");
                self.insert(format!("{path} requires {name}"), quote!(), adding);
            }
            if item.trait_.is_none() && is_public(&function.vis) {
                self.insert(format!("{path}::{}()", function.sig.ident), &function.sig, Addition::Compatible);
            }
        }
        if let Some(implemented) = implemented {
            self.implements(&path, implemented, &of_other);
        }
    }

    /// A trait has one name, whether it is derived or implemented.
    fn implements(&mut self, path: &str, implemented: &syn::Path, of_other: &str) {
        let name = format_tokens(&implemented.to_token_stream().to_string());
        let name = name.trim_start_matches("::");
        self.insert(format!("{path}: {name}{of_other}"), quote!(), Addition::Compatible);
    }

    fn attributes(&mut self, path: &str, attributes: &[Attribute]) {
        for attribute in attributes.iter().filter(|attribute| attribute.path().is_ident("derive")) {
            let derived =
                attribute.parse_args_with(syn::punctuated::Punctuated::<syn::Path, syn::Token![,]>::parse_terminated);
            for name in derived.into_iter().flatten() {
                self.implements(path, &name, "");
            }
        }
    }

    fn fields(&mut self, path: &str, fields: &Fields, attributes: &[Attribute]) {
        // A struct whose fields are all public can be written out, and one more field breaks that.
        let can_be_written = !is_open(attributes) && fields.iter().all(|field| is_public(&field.vis));
        let adding = if can_be_written {
            Addition::Breaking("a struct literal that lists every field no longer compiles")
        } else {
            Addition::Compatible
        };
        for (index, field) in fields.iter().enumerate().filter(|(_, field)| is_public(&field.vis)) {
            let name = field.ident.as_ref().map_or_else(|| index.to_string(), ToString::to_string);
            self.insert(format!("{path}::{name}"), &field.ty, adding);
        }
    }
}

/// The values that a caller must set: the constructor fills them with an error.
fn required_values(function: &syn::ImplItemFn) -> BTreeSet<String> {
    struct Required(BTreeSet<String>);
    impl<'ast> syn::visit::Visit<'ast> for Required {
        fn visit_field_value(&mut self, field: &'ast syn::FieldValue) {
            let is_error = matches!(&field.expr, syn::Expr::Call(call)
                if matches!(&*call.func, syn::Expr::Path(path) if path.path.is_ident("Err")));
            if let (true, syn::Member::Named(name)) = (is_error, &field.member) {
                self.0.insert(name.to_string());
            }
        }
    }
    if !matches!(function.sig.ident.to_string().as_str(), "new" | "default") {
        return BTreeSet::new();
    }
    let mut required = Required(BTreeSet::new());
    syn::visit::Visit::visit_impl_item_fn(&mut required, function);
    required.0
}

fn form(fields: &Fields) -> proc_macro2::TokenStream {
    let fields = fields.iter().map(|field| {
        let (name, ty) = (&field.ident, &field.ty);
        quote!(#name #ty)
    });
    quote!((#(#fields),*))
}

/// The path of the generated type that an `impl` is about, and, if it is one of another type, that type:
/// `impl From<Name> for String` is about `Name`.
fn owner(module: &str, of: &syn::Type, implemented: Option<&syn::Path>) -> (String, String) {
    let bare = |tokens: &dyn ToTokens| {
        let mut name = format_tokens(&tokens.to_token_stream().to_string());
        name.truncate(name.find('<').unwrap_or(name.len()));
        name
    };
    let name = bare(of);
    // Neither a path of another crate, nor a primitive or a type of the runtime.
    let is_generated = matches!(of, syn::Type::Path(ty) if ty.path.leading_colon.is_none())
        && name.trim_start_matches("super::").starts_with(char::is_uppercase);
    let argument = implemented.and_then(|path| match &path.segments.last()?.arguments {
        syn::PathArguments::AngleBracketed(arguments) => arguments.args.last(),
        _ => None,
    });
    let (name, of_other) = match argument {
        Some(argument) if !is_generated => (bare(argument), format!(" for {name}")),
        _ => (name, String::new()),
    };
    let (module, name) = match name.strip_prefix("super::") {
        Some(name) => (module.rsplit_once("::").map_or("", |(above, _)| above), name),
        None => (module, &*name),
    };
    (if module.is_empty() { name.to_owned() } else { format!("{module}::{name}") }, of_other)
}

fn is_public(visibility: &Visibility) -> bool {
    matches!(visibility, Visibility::Public(_))
}

fn is_open(attributes: &[Attribute]) -> bool {
    attributes.iter().any(|attribute| attribute.path().is_ident("non_exhaustive"))
}

/// Formats tokens nearly as a person writes them, with the names of the standard library that callers know.
fn format_tokens(tokens: &str) -> String {
    let mut text = tokens.to_owned();
    for (spaced, close) in [
        (" :: ", "::"),
        (":: ", "::"),
        (" < ", "<"),
        (" <", "<"),
        (" > ", ">"),
        (" >", ">"),
        ("< ", "<"),
        (" ,", ","),
        (",)", ")"),
        (",>", ">"),
        ("& ", "&"),
        (" (", "("),
        ("( ", "("),
        (" )", ")"),
    ] {
        text = text.replace(spaced, close);
    }
    without_std(&text)
}

/// `Option<bool>` of `::std::option::Option<bool>`: generated types have other names than what these modules hold.
fn without_std(text: &str) -> String {
    const MODULES: [&str; 11] =
        ["cmp", "collections", "convert", "default", "error", "fmt", "ops", "option", "str", "string", "vec"];
    let (mut short, mut rest) = (String::new(), text);
    while let Some((before, after)) = rest.split_once("::std::") {
        short.push_str(before);
        rest = match after.split_once("::") {
            Some((module, name)) if MODULES.contains(&module) => name,
            _ => {
                short.push_str("::std::");
                after
            }
        };
    }
    short + rest
}
