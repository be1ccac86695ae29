//! The types module: attributes in the order the compiler wants, and `null` for what may be left out.

use syn::visit_mut::{self, VisitMut};
use syn::{Attribute, Field, Item, ItemEnum, ItemStruct, Type, parse_quote};

/// The items of the module, polished.
pub(super) fn polished(mut items: Vec<Item>) -> Vec<Item> {
    for item in &mut items {
        Polish.visit_item_mut(item);
    }
    items
}

struct Polish;

impl VisitMut for Polish {
    fn visit_item_struct_mut(&mut self, item: &mut ItemStruct) {
        sort(&mut item.attrs);
        visit_mut::visit_item_struct_mut(self, item);
    }

    fn visit_item_enum_mut(&mut self, item: &mut ItemEnum) {
        sort(&mut item.attrs);
        visit_mut::visit_item_enum_mut(self, item);
    }

    /// A list or map that may be left out may also be `null`.
    fn visit_field_mut(&mut self, field: &mut Field) {
        if is_collection(&field.ty) && field.attrs.iter().any(has_plain_default) {
            field.attrs.push(parse_quote!(#[serde(deserialize_with = "crate::null::as_default")]));
        }
    }
}

/// Helper attributes such as `#[serde(from = …)]` must follow the derive that reads them.
fn sort(attributes: &mut [Attribute]) {
    attributes.sort_by_key(|attribute| match attribute.path() {
        path if path.is_ident("doc") => 0,
        path if path.is_ident("derive") => 1,
        _ => 2,
    });
}

fn is_collection(ty: &Type) -> bool {
    let Type::Path(path) = ty else { return false };
    path.path.segments.last().is_some_and(|last| last.ident == "Vec" || last.ident == "HashMap" || last.ident == "Map")
}

/// Whether an attribute is `#[serde(default, …)]`, without a function of its own for the default.
fn has_plain_default(attribute: &Attribute) -> bool {
    let mut found = false;
    if attribute.path().is_ident("serde") {
        // Other arguments carry values, which this parser must step over; what it cannot read it need not find.
        let _ = attribute.parse_nested_meta(|meta| {
            found |= meta.path.is_ident("default") && !meta.input.peek(syn::Token![=]);
            if meta.input.peek(syn::Token![=]) {
                meta.value()?.parse::<syn::Expr>()?;
            }
            Ok(())
        });
    }
    found
}
