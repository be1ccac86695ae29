//! Boxes large optional fields, so that absent ones take no space in every element of a list.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Result, bail};
use syn::visit_mut::{self, VisitMut};
use syn::{Expr, Field, FieldValue, Item, ItemImpl, Member, Type, parse_quote};

use super::index::Index;
use super::syntax::{arguments, has_default_of_its_own, last_name, option_of};

/// Optional objects of at least this many bytes are boxed: moving their owner would cost more than allocating them.
const LARGE: usize = 256;

/// The fields that were boxed, by their structs.
pub(super) type Boxed = BTreeMap<String, BTreeSet<String>>;

/// The optional objects of the module that are large.
pub(super) fn large(index: &Index<'_>) -> Boxed {
    let sizes = Sizes { index, known: RefCell::default() };
    let mut large = Boxed::new();
    for (name, item) in &index.structs {
        let fields = item.fields.iter().filter(|field| sizes.boxed(field).is_some());
        let names: BTreeSet<String> = fields.filter_map(|field| Some(field.ident.as_ref()?.to_string())).collect();
        if !names.is_empty() {
            large.insert(name.clone(), names);
        }
    }
    large
}

/// Boxes these fields. The builders, which the types of these names have, still take and give their values without the box.
pub(super) fn apply(items: &mut [Item], boxed: &Boxed, built: &BTreeSet<String>) -> Result<()> {
    for item in &mut *items {
        let Item::Struct(item) = item else { continue };
        let Some(names) = boxed.get(&item.ident.to_string()) else { continue };
        for field in &mut item.fields {
            if field.ident.as_ref().is_some_and(|name| names.contains(&name.to_string()))
                && let Some(ty) = option_of(&field.ty)
            {
                field.ty = parse_quote!(::std::option::Option<::std::boxed::Box<#ty>>);
            }
        }
    }
    let with_builder = boxed.iter().filter(|(name, _)| built.contains(*name));
    let expected = 2 * with_builder.map(|(_, fields)| fields.len()).sum::<usize>();
    let mut conversions = Conversions { boxed, at: None, done: 0 };
    for item in items {
        conversions.visit_item_mut(item);
    }
    if conversions.done != expected {
        bail!("polish: not every builder of {boxed:?} converts to and from its type");
    }
    Ok(())
}

/// How many bytes the generated structs take, about: what is not known counts as little.
struct Sizes<'a> {
    index: &'a Index<'a>,
    /// Those that were added up already: a type may be held by many, over and over.
    known: RefCell<BTreeMap<String, usize>>,
}

impl Sizes<'_> {
    /// The object that a field is to hold in a box.
    fn boxed<'f>(&self, field: &'f Field) -> Option<&'f Type> {
        // A default of the document's is a function that gives it as it is.
        let ty = option_of(&field.ty).filter(|_| field.ident.is_some() && !has_default_of_its_own(field))?;
        (self.ty(ty) >= LARGE).then_some(ty)
    }

    fn ty(&self, ty: &Type) -> usize {
        // A schema may be called `Box`, too; its type has no arguments.
        match (last_name(ty).as_deref(), &arguments(ty)[..]) {
            (Some("String" | "Secret"), _) | (Some("Vec" | "Map"), [_, ..]) => 24,
            (Some("HashMap"), [_, ..]) => 48,
            (Some("Value"), _) => 32,
            // A number has no bit to spare that could say whether it is there.
            (Some("Option"), [ty]) => self.ty(ty).max(16),
            (Some(name), []) => self.of_struct(name).unwrap_or(8),
            _ => 8,
        }
    }

    fn of_struct(&self, name: &str) -> Option<usize> {
        let fields = &self.index.structs.get(name)?.fields;
        if let Some(size) = self.known.borrow().get(name) {
            return Some(*size);
        }
        let sizes = fields.iter().map(|field| if self.boxed(field).is_some() { 8 } else { self.ty(&field.ty) });
        // Required types twice in each other come to more than any number holds.
        let size = sizes.fold(0, usize::saturating_add);
        self.known.borrow_mut().insert(name.to_owned(), size);
        Some(size)
    }
}

/// The conversions between a builder and its type, which have one name: `TryFrom` makes the type, `From` the builder.
struct Conversions<'a> {
    boxed: &'a Boxed,
    /// The fields that are boxed in the type of the conversion at hand, and whether it is the one into it.
    at: Option<(&'a BTreeSet<String>, bool)>,
    done: usize,
}

impl VisitMut for Conversions<'_> {
    fn visit_item_impl_mut(&mut self, item: &mut ItemImpl) {
        let conversion = item.trait_.as_ref().and_then(|(path, _)| path.segments.last());
        let is_into = conversion.is_some_and(|conversion| conversion.ident == "TryFrom");
        if is_into || conversion.is_some_and(|conversion| conversion.ident == "From") {
            self.at = last_name(&item.self_ty).and_then(|name| self.boxed.get(&name)).map(|fields| (fields, is_into));
            visit_mut::visit_item_impl_mut(self, item);
            self.at = None;
        }
    }

    fn visit_field_value_mut(&mut self, field: &mut FieldValue) {
        let (Some((fields, is_into)), Member::Named(name)) = (self.at, &field.member) else { return };
        if !fields.contains(&name.to_string()) {
            return;
        }
        match &mut field.expr {
            value if is_into => *value = parse_quote!(#value.map(::std::boxed::Box::new)),
            Expr::Call(ok) if ok.args.len() == 1 => {
                let value = &ok.args[0];
                ok.args[0] = parse_quote!(#value.map(|boxed| *boxed));
            }
            _ => return,
        }
        self.done += 1;
    }
}
