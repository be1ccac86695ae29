//! The bodies of requests that are objects: each of their properties is set by a method of the call.

use std::collections::BTreeMap;

use quote::format_ident;
use syn::visit_mut::{self, VisitMut};
use syn::{Attribute, Field, Ident, Item, ItemMod, ItemStruct, Type, parse_quote};

use crate::document::rust_names::BUILDER_METHODS;
use crate::polish::syntax::{arguments, json_name, option_of, plain_name};

/// The builders of types, by name: their fields, documented.
pub(crate) struct Bodies(BTreeMap<String, Vec<Field>>);

/// A setter of a call for one property of its body.
pub(crate) struct BodySetter {
    pub(crate) method: Ident,
    /// The setter of the body's own builder.
    pub(super) field: Ident,
    /// The type of the property, as the module of builders names it.
    pub(crate) ty: Type,
    /// The name of the property in JSON.
    pub(crate) property: String,
    pub(crate) docs: Vec<Attribute>,
}

impl Bodies {
    /// Of the module of types.
    pub(crate) fn of(types: &[Item]) -> Self {
        let structs: BTreeMap<String, &ItemStruct> = types.iter().filter_map(of_struct).collect();
        let builders = types.iter().find_map(|item| match item {
            Item::Mod(ItemMod { ident, content: Some((_, items)), .. }) if ident == "builder" => Some(items),
            _ => None,
        });
        let fields = builders.into_iter().flatten().filter_map(of_struct).map(|(name, builder)| {
            let documented = structs.get(&name);
            let fields = builder.fields.iter().cloned().map(|mut field| {
                field.attrs = documented.map(|item| attributes(item, &field)).unwrap_or_default();
                field
            });
            (name, fields.collect())
        });
        Self(fields.collect())
    }

    /// The setters of a call that has this builder: one for each property of its body, where that is an object. A name
    /// that the builder has already gets `body_` before it.
    pub(crate) fn setters(&self, builder: &ItemStruct) -> Vec<BodySetter> {
        let fields = || builder.fields.iter().filter_map(|field| Some((field.ident.as_ref()?, field)));
        let body = fields().find(|(name, _)| *name == "body").map(|(_, field)| &field.ty);
        // A body that may be left out is an `Option` of what others are.
        let body = body.and_then(|ty| object(arguments(option_of(ty).unwrap_or(ty)).first()?));
        let mut taken: Vec<String> =
            fields().map(|(name, _)| plain_name(name)).filter(|name| name != "client").collect();
        taken.extend(BUILDER_METHODS.map(str::to_owned));
        // A setter of this name would hide the trait's method.
        taken.push("clone".to_owned());
        let setters = body.map(|body| self.fields(&body.to_string())).unwrap_or_default().iter().filter_map(|field| {
            let name = field.ident.as_ref()?;
            let mut own = plain_name(name);
            while taken.contains(&own) {
                own.insert_str(0, "body_");
            }
            let method = if own == plain_name(name) { name.clone() } else { format_ident!("{own}") };
            taken.push(own);
            Some(BodySetter {
                method,
                field: name.clone(),
                ty: of_types(value_of(field)?),
                property: json_name(field),
                docs: documentation_of(field),
            })
        });
        setters.collect()
    }

    /// The fields of the builder of a type; none where it has no builder.
    pub(crate) fn fields(&self, name: &str) -> &[Field] {
        self.0.get(name).map(Vec::as_slice).unwrap_or_default()
    }
}

fn of_struct(item: &Item) -> Option<(String, &ItemStruct)> {
    match item {
        Item::Struct(item) => Some((item.ident.to_string(), item)),
        _ => None,
    }
}

/// The attributes of the field of this name.
fn attributes(item: &ItemStruct, field: &Field) -> Vec<Attribute> {
    let field = item.fields.iter().find(|other| other.ident == field.ident);
    field.map(|field| field.attrs.clone()).unwrap_or_default()
}

/// The documentation of a field.
pub(crate) fn documentation_of(field: &Field) -> Vec<Attribute> {
    field.attrs.iter().filter(|attribute| attribute.path().is_ident("doc")).cloned().collect()
}

/// The type of a body that its builder makes.
pub(crate) fn object(ty: &Type) -> Option<&Ident> {
    let Type::Path(path) = ty else { return None };
    let mut names = path.path.segments.iter().rev().map(|segment| &segment.ident);
    let name = names.next()?;
    (names.next()? == "builder").then_some(name)
}

/// `T` of a field of the type `Result<T, String>`.
pub(crate) fn value_of(field: &Field) -> Option<&Type> {
    arguments(&field.ty).first().copied()
}

/// A type as the module of builders names it: `types::X` in place of `super::X`.
fn of_types(ty: &Type) -> Type {
    struct Paths;
    impl VisitMut for Paths {
        fn visit_path_mut(&mut self, path: &mut syn::Path) {
            visit_mut::visit_path_mut(self, path);
            if let Some(first) = path.segments.first_mut().filter(|first| first.ident == "super") {
                first.ident = parse_quote!(types);
            }
        }
    }
    let mut ty = ty.clone();
    Paths.visit_type_mut(&mut ty);
    ty
}
