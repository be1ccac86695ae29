//! Implements `ResponseBody`, which distinguishes an empty response from an unrecognized one.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Result, bail};
use serde_json::Value;
use syn::{Arm, Expr, Field, Fields, Ident, ImplItemFn, Item, ItemEnum, ItemStruct, Type, parse_quote};

use super::fields::Property;
use super::syntax::{arguments, has_argument, json_name, last_name};
use crate::document::extensions;
use crate::document::pointer::Pointer;
use crate::document::rust_names::type_name;

/// The extensions of the document's schemas, by the name of the type.
pub(super) struct DeclaredExtensions(BTreeMap<String, Extensions>);

/// The extensions of one schema.
#[derive(Default)]
pub(super) struct Extensions {
    /// The schema's name.
    schema: String,
    pub(super) unwrap: Option<Vec<String>>,
    payload: Payload,
    pub(super) identity: Vec<String>,
    pub(super) is_open: bool,
}

impl Extensions {
    /// The place of the schema.
    pub(super) fn at(&self) -> Pointer {
        Pointer::schemas().child(&self.schema)
    }

    /// Refuses an identity of what calls send: the document lets them leave it out.
    pub(super) fn check_sent(&self) -> Result<()> {
        if !self.identity.is_empty() {
            let at = self.at().child(extensions::IDENTITY);
            bail!(at.error("a request holds the schema, and the document lets it leave out what an identity demands"));
        }
        Ok(())
    }
}

/// Which properties matter, of which one must be there.
#[derive(Default)]
enum Payload {
    #[default]
    All,
    Lists,
    Except(Vec<String>),
}

impl Payload {
    fn said(schema: &Value) -> Self {
        match schema.get(extensions::PAYLOAD) {
            None => Self::All,
            Some(Value::Object(said)) => Self::Except(texts(said.get(extensions::EXCEPT)).unwrap_or_default()),
            Some(_) => Self::Lists,
        }
    }

    fn has(&self, field: &Field) -> bool {
        match self {
            Self::All => true,
            Self::Lists => last_name(&field.ty).as_deref() == Some("Vec"),
            Self::Except(names) => !names.contains(&json_name(field)),
        }
    }

    /// Finds a statement of the extension that is false for the schema's `fields`.
    fn problem(&self, fields: &[&Field], nothing_matters: bool) -> Option<String> {
        match self {
            Self::Except(names) => {
                let unknown = names.iter().find(|name| fields.iter().all(|field| json_name(field) != **name));
                unknown.map(|name| format!("names `{name}`, which is not a property of the schema"))
            }
            Self::Lists if nothing_matters => Some("no property of the schema is a list".to_owned()),
            Self::All | Self::Lists => None,
        }
    }
}

fn texts(value: Option<&Value>) -> Option<Vec<String>> {
    Some(value?.as_array()?.iter().filter_map(Value::as_str).map(str::to_owned).collect())
}

impl DeclaredExtensions {
    pub(super) fn of(lowered: &Value) -> Self {
        let schemas = lowered["components"]["schemas"].as_object();
        let said = schemas.into_iter().flatten().filter_map(|(name, schema)| {
            let said = Extensions {
                schema: name.clone(),
                unwrap: texts(schema.get(extensions::UNWRAP)),
                payload: Payload::said(schema),
                identity: texts(schema.get(extensions::IDENTITY)).unwrap_or_default(),
                is_open: schema.get(extensions::OPEN).is_some(),
            };
            let has_any = said.unwrap.is_some()
                || !said.identity.is_empty()
                || said.is_open
                || !matches!(said.payload, Payload::All);
            has_any.then(|| (type_name(name), said))
        });
        Self(said.collect())
    }

    /// The types of open objects.
    pub(super) fn open_types(&self) -> BTreeSet<String> {
        self.0.iter().filter(|(_, said)| said.is_open).map(|(name, _)| name.clone()).collect()
    }

    pub(super) fn take(&mut self, name: &Ident) -> Extensions {
        self.0.remove(&name.to_string()).unwrap_or_default()
    }

    /// An extension that no struct took would be one that does nothing.
    pub(super) fn check_all_taken(&self) -> Result<()> {
        if let Some(name) = self.0.keys().next() {
            bail!("polish: the schema `{name}` has an `x-client-` extension and is no object that is generated");
        }
        Ok(())
    }
}

/// The context of an implementation of `ResponseBody`.
pub(super) struct Module<'a> {
    /// The names of the generated types.
    pub(super) types: &'a BTreeSet<String>,
    /// Whether values have to say whether the document names all that they hold: a union asks them.
    pub(super) has_unions: bool,
}

/// Implements `ResponseBody` for a struct as the generator wrote it. The properties that matter are those that the document
/// names, else all; `map` is the field of unknown properties.
pub(super) fn of_struct(
    item: &ItemStruct,
    said: &Extensions,
    map: Option<&Ident>,
    module: &Module<'_>,
) -> Result<Item> {
    let name = &item.ident;
    let known = module.is_known_struct(&item.fields, map);
    let Fields::Named(fields) = &item.fields else {
        return Ok(implementation(name, &known.into_iter().collect::<Vec<_>>()));
    };
    let fields: Vec<&Field> = fields.named.iter().collect();
    if fields.is_empty() || fields.iter().any(|field| has_argument(field, "flatten")) {
        // Whatever such an object holds has its place.
        return Ok(implementation(name, &known.into_iter().collect::<Vec<_>>()));
    }
    let matters: Vec<&&Field> = fields.iter().filter(|field| said.payload.has(field)).collect();
    if let Some(problem) = said.payload.problem(&fields, matters.is_empty()) {
        bail!(said.at().child(extensions::PAYLOAD).error(problem));
    }
    let names: Vec<String> = matters.iter().map(|field| json_name(field)).collect();
    let properties = matters.iter().map(|field| Property::of(field, said)).collect::<Result<Vec<_>>>()?;
    // A value with a property that must be there is not empty.
    let absent: Option<Vec<Expr>> = properties.iter().map(Property::absent).collect();
    let mut methods: Vec<ImplItemFn> = Vec::new();
    if let Some(absent) = absent.filter(|absent| !absent.is_empty()) {
        let paths = said.unwrap.iter().flatten();
        methods.push(parse_quote! {
            fn is_empty_payload(&self) -> bool {
                #(#absent)&&*
            }
        });
        methods.push(parse_quote! {
            fn validate(value: &::serde_json::Value) -> ::std::result::Result<(), crate::runtime::Unrecognized> {
                crate::runtime::validate_object(value, &[#(#names),*], &[#(#paths),*])
            }
        });
    }
    methods.extend(known);
    Ok(implementation(name, &methods))
}

/// Implements `ResponseBody` for an enum; `other` is its variant for values that the document does not list.
pub(super) fn of_enum(item: &ItemEnum, other: Option<&Ident>, module: &Module<'_>) -> Item {
    let arms = item.variants.iter().map(|variant| -> Arm {
        let name = &variant.ident;
        if other == Some(name) {
            return parse_quote!(Self::#name(_) => false,);
        }
        match &variant.fields {
            Fields::Unit => parse_quote!(Self::#name => true,),
            Fields::Unnamed(fields) => match fields.unnamed.first() {
                Some(field) if fields.unnamed.len() == 1 && holds_generated(&field.ty, module.types) => {
                    parse_quote!(Self::#name(value) => crate::runtime::ResponseBody::is_known(value),)
                }
                _ => parse_quote!(Self::#name(..) => true,),
            },
            Fields::Named(fields) => {
                let conditions = fields.named.iter().filter_map(|field| {
                    let field_name = field.ident.as_ref()?;
                    module.is_known_field(field, &parse_quote!(#field_name))
                });
                let (names, conditions): (Vec<Ident>, Vec<Expr>) = conditions.unzip();
                if conditions.is_empty() {
                    return parse_quote!(Self::#name { .. } => true,);
                }
                parse_quote!(Self::#name { #(#names,)* .. } => #(#conditions)&&*,)
            }
        }
    });
    let known: Option<ImplItemFn> = module.has_unions.then(|| {
        parse_quote! {
            fn is_known(&self) -> bool {
                match self {
                    #(#arms)*
                }
            }
        }
    });
    implementation(&item.ident, &known.into_iter().collect::<Vec<_>>())
}

/// Implements `ResponseBody` with these methods in place of its own.
pub(super) fn implementation(name: &Ident, methods: &[ImplItemFn]) -> Item {
    parse_quote! {
        impl crate::runtime::ResponseBody for #name {
            #(#methods)*
        }
    }
}

impl Module<'_> {
    fn is_known_struct(&self, fields: &Fields, map: Option<&Ident>) -> Option<ImplItemFn> {
        if !self.has_unions {
            return None;
        }
        let nested = fields.members().zip(fields).filter_map(|(member, field)| {
            holds_generated(&field.ty, self.types)
                .then(|| -> Expr { parse_quote!(crate::runtime::ResponseBody::is_known(&self.#member)) })
        });
        let map = map.map(|map| -> Expr { parse_quote!(self.#map.is_empty()) });
        let conditions: Vec<Expr> = map.into_iter().chain(nested).collect();
        (!conditions.is_empty()).then(|| {
            parse_quote! {
                fn is_known(&self) -> bool {
                    #(#conditions)&&*
                }
            }
        })
    }

    /// The condition under which a field of a variant holds nothing unknown, with its name.
    fn is_known_field(&self, field: &Field, value: &Ident) -> Option<(Ident, Expr)> {
        if last_name(&field.ty).as_deref() == Some("UnknownProperties") {
            return Some((value.clone(), parse_quote!(#value.is_empty())));
        }
        holds_generated(&field.ty, self.types)
            .then(|| (value.clone(), parse_quote!(crate::runtime::ResponseBody::is_known(#value))))
    }
}

/// Whether a type is generated, or an `Option`, `Vec`, `HashMap` or `Box` of one that is.
fn holds_generated(ty: &Type, types: &BTreeSet<String>) -> bool {
    match last_name(ty).as_deref() {
        Some("Option" | "Vec" | "HashMap" | "Box") => arguments(ty).iter().any(|ty| holds_generated(ty, types)),
        Some(name) => matches!(ty, Type::Path(path) if path.path.segments.len() == 1) && types.contains(name),
        None => false,
    }
}
