//! Keeps builders only for types that requests send or that have no `Default`. A literal with `..Default::default()`
//! makes a value of any other type, and no user compiles a builder for it.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context, Result, bail};
use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};
use quote::{format_ident, quote};
use syn::visit::{self, Visit};
use syn::visit_mut::VisitMut;
use syn::{
    Expr, ExprStruct, Fields, File, FnArg, Ident, ImplItem, ImplItemFn, Item, ItemImpl, ItemMod, ItemStruct, TypePath,
    parse_quote,
};

use super::builders::{Bodies, NameMissing, documentation_of, value_of};
use super::index::Index;
use super::inline::compile_where_called;
use super::setters::Texts;
use super::syntax::{derives, last_name};

/// Names of generated types.
type Names = BTreeSet<String>;

/// The types that the builders of operations hold: parameters and bodies, but not responses.
pub(super) fn sent(operations: &[Item]) -> Names {
    let mut named = Named::default();
    for item in operations {
        if let Item::Struct(builder) = item {
            named.visit_fields(&builder.fields);
        }
    }
    named.0
}

/// The types that the methods of builders return: the types of responses.
pub(super) fn received(operations: &[Item]) -> Names {
    // Every call may fail with an `Error`. A schema of that name is of error responses, also in a part of a document in
    // which no operation is left.
    let mut named = Named(Names::from(["Error".to_owned()]));
    for item in operations {
        let Item::Impl(methods) = item else { continue };
        for method in &methods.items {
            if let ImplItem::Fn(method) = method
                && method.sig.ident == "send"
            {
                named.visit_return_type(&method.sig.output);
            }
        }
    }
    named.0
}

/// The types that keep their builder: those that are `sent`, themselves or within another, and those without a default.
fn built(index: &Index<'_>, sent: &Names) -> Names {
    let mut built = reached(index, sent);
    built.extend(without_default(index));
    built
}

/// Takes the builders of types out of what the generator wrote: most are left out, and need not be parsed.
pub(super) fn take(tokens: TokenStream) -> (TokenStream, TokenStream) {
    let mut builders = TokenStream::new();
    let rest = replace_content(tokens, "types", |types| {
        replace_content(types, "builder", |content| {
            builders = content;
            TokenStream::new()
        })
    });
    (rest, builders)
}

/// The tokens with what `replace` makes of the content of a module.
fn replace_content(
    tokens: TokenStream,
    module: &str,
    mut replace: impl FnMut(TokenStream) -> TokenStream,
) -> TokenStream {
    let mut replaced: Vec<TokenTree> = Vec::new();
    for tree in tokens {
        let tree = match (&replaced[..], tree) {
            ([.., TokenTree::Ident(keyword), TokenTree::Ident(name)], TokenTree::Group(content))
                if keyword == "mod" && name == module =>
            {
                Group::new(content.delimiter(), replace(content.stream())).into()
            }
            (_, tree) => tree,
        };
        replaced.push(tree);
    }
    replaced.into_iter().collect()
}

/// Puts the `builders` of those types back that keep theirs, and takes the methods that make the others. Returns the names
/// of the types that keep theirs.
///
/// # Errors
/// As [`Index::of`], and of what is no item.
pub(super) fn keep(items: &mut Vec<Item>, builders: TokenStream, sent: &Names) -> Result<Names> {
    let built = built(&Index::of(items)?, sent);
    let (mut kept, mut item, mut owner) = (Vec::new(), Vec::new(), None);
    for tree in builders {
        // An item ends with braces, before which stands the name of its type.
        let is_end = matches!(&tree, TokenTree::Group(group) if group.delimiter() == Delimiter::Brace);
        if let TokenTree::Ident(name) = &tree {
            owner = Some(name.to_string());
        }
        item.push(tree);
        if is_end {
            if owner.take().is_none_or(|name| built.contains(&name)) {
                kept.append(&mut item);
            }
            item.clear();
        }
    }
    kept.append(&mut item);
    let kept: File = syn::parse2(kept.into_iter().collect())?;
    let module = items.iter_mut().find_map(|item| match item {
        Item::Mod(ItemMod { ident, content: Some((_, builders)), .. }) if ident == "builder" => Some(builders),
        _ => None,
    });
    if let Some(builders) = module {
        *builders = kept.items;
    }
    items.retain(|item| maker(item).is_none_or(|name| built.contains(&name)));
    Ok(built)
}

/// Lets the builders of types keep the unknown properties of the values that they are made of.
pub(super) fn add_maps(items: &mut [Item], maps: &BTreeMap<String, Ident>) {
    for item in items {
        let Item::Mod(ItemMod { ident, content: Some((_, builders)), .. }) = item else { continue };
        for builder in builders.iter_mut().filter(|_| ident == "builder") {
            let Some(map) = owner(builder).ok().and_then(|name| maps.get(&name)) else { continue };
            match builder {
                Item::Struct(ItemStruct { fields: Fields::Named(fields), .. }) => {
                    fields.named.push(parse_quote!(#map: crate::values::UnknownProperties));
                }
                Item::Impl(ItemImpl { trait_: Some(_), .. }) => AddMap(map).visit_item_mut(builder),
                _ => {}
            }
        }
    }
}

/// Gives the values that a builder's conversions and default make the map of unknown properties.
struct AddMap<'a>(&'a Ident);

impl VisitMut for AddMap<'_> {
    fn visit_impl_item_fn_mut(&mut self, function: &mut ImplItemFn) {
        let map = self.0;
        let value: Expr = match function.sig.inputs.first_mut() {
            Some(FnArg::Typed(given)) => {
                // The generator calls the value of a type without properties `_value`.
                *given.pat = parse_quote!(value);
                parse_quote!(value.#map)
            }
            _ => parse_quote!(::std::default::Default::default()),
        };
        let mut literal = AddField { map, value };
        literal.visit_block_mut(&mut function.block);
    }
}

struct AddField<'a> {
    map: &'a Ident,
    value: Expr,
}

impl VisitMut for AddField<'_> {
    fn visit_expr_struct_mut(&mut self, literal: &mut ExprStruct) {
        if literal.path.is_ident("Self") {
            let (map, value) = (self.map, &self.value);
            literal.fields.push(parse_quote!(#map: #value));
        }
    }
}

/// Lets the setters take what the setters of a call take, with the documentation of their properties.
///
/// # Errors
/// An item among the builders that is neither a builder nor a conversion of one.
pub(super) fn rewrite_setters(items: &mut [Item], texts: &Texts) -> Result<()> {
    let bodies = Bodies::of(items);
    for item in items {
        let Item::Mod(ItemMod { ident, content: Some((_, builders)), .. }) = item else { continue };
        for builder in builders.iter_mut().filter(|_| ident == "builder") {
            let name = owner(builder)?;
            let fields = bodies.fields(&name);
            match builder {
                Item::Impl(methods) if methods.trait_.is_none() => {
                    for member in &mut methods.items {
                        let ImplItem::Fn(method) = member else { continue };
                        let field = fields.iter().find(|field| field.ident.as_ref() == Some(&method.sig.ident));
                        let Some((field_name, ty)) =
                            field.and_then(|field| Some((field.ident.as_ref()?, value_of(field)?)))
                        else {
                            continue;
                        };
                        if let Some(setter) = texts.setter(field_name, ty) {
                            *method = setter;
                        }
                        method.attrs = field.map(documentation_of).unwrap_or_default();
                    }
                    if fields.iter().all(|field| field.ident.as_ref().is_none_or(|name| name != "build")) {
                        methods.items.push(build(&name));
                    }
                }
                Item::Impl(methods) => NameMissing.visit_item_impl_mut(methods),
                _ => {}
            }
            if let Item::Impl(functions) = builder {
                compile_where_called(functions);
            }
        }
    }
    Ok(())
}

/// A method that ends the building of a type.
fn build(name: &str) -> ImplItem {
    let ty = format_ident!("{name}");
    parse_quote! {
        /// The value.
        ///
        /// # Errors
        /// A value is missing, or does not fit.
        pub fn build(self) -> ::std::result::Result<super::#ty, super::error::ConversionError> {
            ::std::convert::TryFrom::try_from(self)
        }
    }
}

/// These types and all those within them.
pub(super) fn reached(index: &Index<'_>, types: &Names) -> Names {
    let mut reached = Names::new();
    let mut open: Vec<String> = types.iter().cloned().collect();
    while let Some(name) = open.pop() {
        let mut within = Named::default();
        if let Some(item) = index.structs.get(&name) {
            within.visit_item_struct(item);
        } else if let Some(item) = index.enums.get(&name) {
            within.visit_item_enum(item);
        } else if let Some(item) = index.aliases.get(&name) {
            within.visit_item_type(item);
        }
        if reached.insert(name) {
            open.extend(within.0);
        }
    }
    reached
}

/// The structs that have no default.
fn without_default<'a>(index: &'a Index<'_>) -> impl Iterator<Item = String> + 'a {
    let without = index.structs.iter().filter(|(name, item)| {
        matches!(item.fields, Fields::Named(_))
            && !index.defaults.contains(*name)
            && !item.attrs.iter().any(|attribute| derives(attribute, "Default"))
    });
    without.map(|(name, _)| name.clone())
}

/// The type that an item among the builders belongs to: the builder, its methods, its default or a conversion.
fn owner(item: &Item) -> Result<String> {
    match item {
        Item::Struct(builder) => Ok(builder.ident.to_string()),
        Item::Impl(methods) => last_name(&methods.self_ty).context("polish: a builder of no name"),
        other => bail!("polish: not expected among the builders of types: {}", quote!(#other)),
    }
}

/// The type of an `impl T { pub fn builder() … }`.
fn maker(item: &Item) -> Option<String> {
    let Item::Impl(ItemImpl { trait_: None, self_ty, items, .. }) = item else { return None };
    match &items[..] {
        [ImplItem::Fn(function)] if function.sig.ident == "builder" => last_name(self_ty),
        _ => None,
    }
}

/// The last names of all types that are visited.
#[derive(Default)]
struct Named(Names);

impl<'ast> Visit<'ast> for Named {
    fn visit_type_path(&mut self, path: &'ast TypePath) {
        self.0.extend(path.path.segments.last().map(|last| last.ident.to_string()));
        visit::visit_type_path(self, path);
    }
}
