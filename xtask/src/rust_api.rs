//! Compares the public Rust API of two generated clients, and derives the semver bump that the change needs.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context, Result};
use quote::{ToTokens, quote};
use serde::Serialize;
use syn::{Attribute, Fields, ImplItem, Item, Visibility};

use crate::polish::Modules;

/// The version bump that Semantic Versioning asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum SemverBump {
    /// The generated code is equal.
    None,
    /// The code differs, what callers name does not.
    Patch,
    /// Callers' code still compiles.
    Minor,
    /// Callers' code may not compile, or no longer do what it did.
    Major,
}

impl std::fmt::Display for SemverBump {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::None => "none",
            Self::Patch => "patch",
            Self::Minor => "minor",
            Self::Major => "major",
        })
    }
}

/// The difference between two public APIs, item by item.
#[derive(Debug, Clone, Serialize)]
pub struct ApiDiff {
    /// The bump that the crate's version needs.
    pub semver: SemverBump,
    /// The items that decide it.
    pub deciding: Vec<String>,
    /// Items that only the new code has.
    pub added: Vec<String>,
    /// Items that only the old code has.
    pub removed: Vec<String>,
    /// Items that both have, in another form: before and now.
    pub changed: Vec<(String, String, String)>,
}

impl ApiDiff {
    /// That of equal code.
    #[must_use]
    pub fn none() -> Self {
        Self { semver: SemverBump::None, deciding: vec![], added: vec![], removed: vec![], changed: vec![] }
    }
}

/// The effect on callers of adding an item.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Addition {
    /// Nothing that callers have.
    Compatible,
    /// Callers' code breaks, for this reason.
    Breaking(&'static str),
}

impl Addition {
    fn bump(self) -> SemverBump {
        match self {
            Self::Compatible => SemverBump::Minor,
            Self::Breaking(_) => SemverBump::Major,
        }
    }
}

/// An item's form, and the effect of adding it.
#[derive(Debug, Clone, PartialEq, Eq)]
struct PublicItem {
    form: String,
    adding: Addition,
}

/// Every public item of generated code, by path.
#[derive(Debug, Default)]
struct PublicApi(BTreeMap<String, PublicItem>);

/// Compares the output of two runs of the generator.
///
/// # Errors
/// Code that is not Rust. The generator writes none.
pub fn compare(before: &Modules, now: &Modules) -> Result<ApiDiff> {
    let (old, new) = (PublicApi::of(before)?.0, PublicApi::of(now)?.0);
    // A part of a type that was itself added or removed is not listed again.
    let removed: Vec<String> =
        old.keys().filter(|path| !new.contains_key(*path) && !is_part_of_other(path, &new, &old)).cloned().collect();
    let added: Vec<(String, Addition)> = new
        .iter()
        .filter(|(path, _)| !old.contains_key(*path) && !is_part_of_other(path, &old, &new))
        .map(|(path, shape)| (path.clone(), shape.adding))
        .collect();
    let changed: Vec<(String, String, String)> = old
        .iter()
        .filter_map(|(path, shape)| Some((path, &shape.form, &new.get(path)?.form)))
        .filter(|(_, old, new)| old != new)
        .map(|(path, old, new)| (path.clone(), old.clone(), new.clone()))
        .collect();
    let same_code =
        [(&before.operations, &now.operations), (&before.builder, &now.builder), (&before.types, &now.types)]
            .into_iter()
            .all(|(old, new)| old == new);
    let semver = if !removed.is_empty() || !changed.is_empty() {
        SemverBump::Major
    } else {
        let least = if same_code { SemverBump::None } else { SemverBump::Patch };
        added.iter().map(|(_, addition)| addition.bump()).fold(least, SemverBump::max)
    };
    let gone = removed.iter().map(|path| format!("removed {path}"));
    let other = changed.iter().map(|(path, old, new)| format!("changed {path}: {old} → {new}"));
    let more = added.iter().filter(|(_, addition)| addition.bump() == semver).map(|(path, addition)| match addition {
        Addition::Compatible => format!("added {path}"),
        Addition::Breaking(reason) => format!("added {path}: {reason}"),
    });
    let deciding = match semver {
        SemverBump::Major => gone.chain(other).chain(more).collect(),
        _ => more.collect(),
    };
    Ok(ApiDiff { semver, deciding, added: added.into_iter().map(|(path, _)| path).collect(), removed, changed })
}

/// Whether the item is part of a type that only one of the two APIs has.
fn is_part_of_other(path: &str, without: &BTreeMap<String, PublicItem>, with: &BTreeMap<String, PublicItem>) -> bool {
    let end = path.find(": ").or_else(|| path.find(" requires ")).or_else(|| path.rfind("::"));
    end.is_some_and(|end| with.contains_key(&path[..end]) && !without.contains_key(&path[..end]))
}

impl PublicApi {
    fn of(modules: &Modules) -> Result<Self> {
        let mut api = Self::default();
        for (name, code) in [("Client", &modules.operations), ("builder", &modules.builder), ("types", &modules.types)]
        {
            let file = syn::parse_file(code).with_context(|| format!("generated {name}"))?;
            api.items(if name == "Client" { "" } else { name }, &file.items);
        }
        Ok(api)
    }

    fn insert(&mut self, path: String, form: impl ToTokens, adding: Addition) {
        self.0.insert(path, PublicItem { form: format_tokens(&form.to_token_stream().to_string()), adding });
    }

    fn items(&mut self, module: &str, items: &[Item]) {
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
                        self.items(&inside(&item.ident), items);
                    }
                }
                Item::Impl(item) => self.implementation(module, item),
                _ => {}
            }
        }
    }

    fn implementation(&mut self, module: &str, item: &syn::ItemImpl) {
        let mut owner = format_tokens(&item.self_ty.to_token_stream().to_string());
        if let Some((name, _)) = owner.split_once('<') {
            owner.truncate(name.len());
        }
        let path = if module.is_empty() { owner } else { format!("{module}::{owner}") };
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
        if let Some((implemented, _)) = &item.trait_ {
            self.insert(
                format!("{path}: {}", format_tokens(&implemented.to_token_stream().to_string())),
                quote!(),
                Addition::Compatible,
            );
        }
    }

    fn attributes(&mut self, path: &str, attributes: &[Attribute]) {
        for attribute in attributes.iter().filter(|attribute| attribute.path().is_ident("derive")) {
            let derived =
                attribute.parse_args_with(syn::punctuated::Punctuated::<syn::Path, syn::Token![,]>::parse_terminated);
            for name in derived.into_iter().flatten() {
                self.insert(
                    format!("{path}: {}", format_tokens(&name.to_token_stream().to_string())),
                    quote!(),
                    Addition::Compatible,
                );
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

fn is_public(visibility: &Visibility) -> bool {
    matches!(visibility, Visibility::Public(_))
}

fn is_open(attributes: &[Attribute]) -> bool {
    attributes.iter().any(|attribute| attribute.path().is_ident("non_exhaustive"))
}

/// Formats tokens nearly as a person writes them.
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
        ("std::option::", ""),
        ("std::vec::", ""),
        ("std::string::", ""),
        ("std::collections::", ""),
    ] {
        text = text.replace(spaced, close);
    }
    text.replace("::Option", "Option").replace("::Vec", "Vec").replace("::String", "String")
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn document() -> Value {
        let thing = json!({ "type": "object", "required": ["name"], "properties": {
            "name": { "type": "string" }, "note": { "type": "string", "description": "A note" } } });
        json!({
            "openapi": "3.1.0", "info": { "title": "Things", "version": "1" },
            "paths": { "/things": { "get": { "operationId": "list_things", "responses": { "200": {
                "description": "Good", "content": { "application/json": {
                    "schema": { "$ref": "#/components/schemas/Thing" } } } } } } } },
            "components": { "schemas": { "Thing": thing } }
        })
    }

    /// Compares the clients before and after a change of the document, through the whole pipeline.
    fn diff(change: impl FnOnce(&mut Value)) -> ApiDiff {
        let base = document();
        let mut revision = base.clone();
        change(&mut revision);
        compare(&crate::client(&base).unwrap(), &crate::client(&revision).unwrap()).unwrap()
    }

    fn properties(document: &mut Value) -> &mut Value {
        &mut document["components"]["schemas"]["Thing"]["properties"]
    }

    fn parameter(required: bool) -> Value {
        json!([{ "name": "kind", "in": "query", "required": required, "schema": { "type": "string" } }])
    }

    fn operation(document: &mut Value) -> &mut Value {
        &mut document["paths"]["/things"]["get"]
    }

    #[test]
    fn the_same_code_needs_no_step_and_documentation_a_patch() {
        let same = diff(|_| {});
        assert_eq!((same.semver, same.deciding.len()), (SemverBump::None, 0), "{same:?}");
        let words = diff(|document| properties(document)["note"]["description"] = json!("Another"));
        assert_eq!((words.semver, words.deciding.len()), (SemverBump::Patch, 0), "{words:?}");
    }

    #[test]
    fn what_is_new_and_breaks_no_caller_is_minor() {
        let operation_added = diff(|document| {
            let mut other = operation(document).clone();
            other["operationId"] = json!("list_others");
            document["paths"]["/others"] = json!({ "get": other });
        });
        assert_eq!(operation_added.semver, SemverBump::Minor, "{operation_added:?}");
        assert!(operation_added.added.iter().any(|path| path == "Client::list_others()"), "{operation_added:?}");
        let optional = diff(|document| operation(document)["parameters"] = parameter(false));
        assert_eq!(optional.semver, SemverBump::Minor, "{optional:?}");
    }

    #[test]
    fn what_callers_name_and_is_gone_or_other_is_major() {
        let gone = diff(|document| {
            properties(document).as_object_mut().unwrap().remove("note");
        });
        assert_eq!(gone.semver, SemverBump::Major);
        assert!(gone.removed.iter().any(|path| path == "types::Thing::note"), "{gone:?}");
        let other = diff(|document| properties(document)["note"] = json!({ "type": "boolean" }));
        assert_eq!(other.semver, SemverBump::Major);
        let (_, before, now) = other.changed.iter().find(|(path, ..)| path == "types::Thing::note").expect("the field");
        assert!(before.contains("String") && now.contains("bool"), "{before} {now}");
        let renamed = diff(|document| operation(document)["operationId"] = json!("all_things"));
        assert_eq!(renamed.semver, SemverBump::Major);
        assert!(renamed.removed.iter().any(|path| path == "Client::list_things()"), "{renamed:?}");
        assert!(renamed.added.iter().any(|path| path == "Client::all_things()"), "{renamed:?}");
    }

    #[test]
    fn one_more_field_of_a_struct_that_callers_can_write_out_is_major() {
        let field = diff(|document| properties(document)["more"] = json!({ "type": "string" }));
        let reason = "added types::Thing::more: a struct literal that lists every field no longer compiles";
        assert_eq!((field.semver, field.deciding), (SemverBump::Major, vec![reason.to_owned()]));
    }

    #[test]
    fn a_parameter_that_has_to_be_set_is_major_although_callers_still_compile() {
        let required = diff(|document| operation(document)["parameters"] = parameter(true));
        assert_eq!(required.semver, SemverBump::Major, "{required:?}");
        assert!(required.deciding.iter().any(|item| item.contains("requires kind: calls without it")), "{required:?}");
    }
}
