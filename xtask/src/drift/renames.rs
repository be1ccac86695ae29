//! Finds probable renames: one name was removed, and one with an equal schema was added.

use std::collections::{BTreeMap, HashSet};

use heck::ToSnakeCase;
use serde::Serialize;
use serde_json::Value;
use similar::TextDiff;

use super::findings::{Finding, lacks};
use super::read::describe::describe;
use super::rules;
use crate::document::extensions;
use crate::document::pointer::Pointer;
use crate::document::references::resolve;

/// The keywords that a rename may change with the name.
const ANNOTATIONS: [&str; 7] =
    ["title", "summary", "description", "example", "examples", "externalDocs", "operationId"];

/// The keywords whose members are names, and not keywords.
const NAMES: [&str; 3] = ["properties", "patternProperties", "responses"];

/// The least similarity of two names that belong together, where several have equal schemas.
const SIMILAR: f32 = 0.5;

/// How many references and lists an outline follows.
const OUTLINE_DEPTH: usize = 4;

/// Among more pairs of names with equal schemas, none is probable.
const MAX_PAIRS: usize = 2_500;

/// The part of a document that a name belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// A property of a schema.
    Property,
    /// A parameter of an operation.
    Parameter,
    /// An operation, by method and path.
    Operation,
    /// An `operationId`.
    OperationId,
    /// A schema of `components`.
    Schema,
}

impl Kind {
    /// Whether the name is sent over the network. The other names stand in documents alone.
    #[must_use]
    pub fn is_sent(self) -> bool {
        matches!(self, Self::Property | Self::Parameter | Self::Operation)
    }
}

impl std::fmt::Display for Kind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Property => "property",
            Self::Parameter => "parameter",
            Self::Operation => "operation",
            Self::OperationId => "operationId",
            Self::Schema => "schema",
        })
    }
}

/// A probable rename.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Rename {
    /// The part that was renamed.
    pub kind: Kind,
    /// The human-readable location of its owner; empty for an operation and a schema.
    pub owner: String,
    /// The name before.
    pub from: String,
    /// The name now.
    pub to: String,
    /// JSON pointer into the base document.
    pub base: String,
    /// JSON pointer into the revision.
    pub revision: String,
}

impl std::fmt::Display for Rename {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} → {} ({}", self.from, self.to, self.kind)?;
        if !self.owner.is_empty() {
            write!(f, " of {}", self.owner)?;
        }
        f.write_str(")")
    }
}

/// Finds the renames among `findings` and among the schemas of both documents, in the order of their kinds and places.
#[must_use]
pub fn find(base: &Value, revision: &Value, findings: &[Finding]) -> Vec<Rename> {
    let removed = findings.iter().filter_map(|finding| {
        let at = finding.base.as_deref()?;
        let name = read(base, finding, at, finding.revision.as_deref())?;
        let owner = if name.kind == Kind::Property { owner(base, &around(at)?) } else { name.owner };
        Some(Candidate { owner, ..name })
    });
    let added = findings.iter().filter_map(|finding| {
        let at = finding.revision.as_deref()?;
        let name = read(revision, finding, at, finding.base.as_deref())?;
        let owner = if name.kind == Kind::Property { owner(base, finding.base.as_deref()?) } else { name.owner };
        Some(Candidate { owner, ..name })
    });
    let (removed, added): (Vec<_>, Vec<_>) = (removed.collect(), added.collect());
    let mut renames = pair(&removed, &added);
    renames.extend(findings.iter().filter_map(changed_id));
    renames.extend(pair(&list_schemas(base, revision), &list_schemas(revision, base)));
    renames.sort_by(|a, b| (a.kind, &a.base, &a.revision).cmp(&(b.kind, &b.base, &b.revision)));
    renames.dedup_by(|a, b| (a.kind, &a.base, &a.revision) == (b.kind, &b.base, &b.revision));
    renames
}

/// A name that only one of the documents has.
struct Candidate {
    kind: Kind,
    owner: String,
    /// The parts that a rename leaves equal.
    form: String,
    /// The parts of `form` that documents by different authors have in common.
    outline: String,
    name: String,
    at: String,
}

/// Reads the name at `at`, if the finding says that the document of `other` does not have it.
fn read(document: &Value, finding: &Finding, at: &str, other: Option<&str>) -> Option<Candidate> {
    let place = Pointer::of_reference(at).ok()?;
    let value = place.find(document)?;
    let (_, key) = place.parent()?;
    let at = at.to_owned();
    if [rules::OPERATION_REMOVED, rules::OPERATION_ADDED].contains(&finding.rule) {
        let form = format!("{key} {}", normalize(value, false));
        let outline = value.get("operationId").map_or_else(|| form.clone(), |id| format!("{key} {id}"));
        let (kind, name) = (Kind::Operation, finding.subject.clone());
        return Some(Candidate { kind, owner: String::new(), form, outline, name, at });
    }
    let Some(other) = other else {
        let (sent_in, parameter) = (value.get("in")?.as_str()?, value.get("name")?.as_str()?);
        let schema = value.get("schema").or_else(|| value.get("content"))?;
        let form = format!("{sent_in} {}", normalize(schema, false));
        let outline = format!("{sent_in} {}", outline(document, schema, OUTLINE_DEPTH));
        let (owner, name) = (finding.operations.join(", "), parameter.to_owned());
        return Some(Candidate { kind: Kind::Parameter, owner, form, outline, name, at });
    };
    let is_property = lacks(other, &at) && finding.subject == format!("`{key}`");
    is_property.then(|| Candidate {
        kind: Kind::Property,
        owner: String::new(),
        form: normalize(value, false).to_string(),
        outline: outline(document, value, OUTLINE_DEPTH),
        name: key,
        at,
    })
}

/// The schema that a property at `at` belongs to.
fn around(at: &str) -> Option<String> {
    Some(at[..at.rfind("/properties/")?].to_owned())
}

/// Describes the schema at `at`. A reference stands for its target, a schema that the client reads as a named type for
/// that type, and a part of `allOf` for the whole.
fn owner(document: &Value, at: &str) -> String {
    let Ok(place) = Pointer::of_reference(at) else { return String::new() };
    let member = |place: &Pointer, name: &str| place.find(document)?.get(name)?.as_str();
    let target = member(&place, "$ref").and_then(|reference| Some(resolve(document, reference, &place).ok()?.0));
    let place = target.unwrap_or(place);
    let named = member(&place, extensions::TYPE).map(|name| Pointer::schemas().child(name));
    let mut place = named.unwrap_or(place);
    while let Some((parent, _)) = place.parent()
        && let Some((whole, "allOf")) = parent.parent().as_ref().map(|(whole, key)| (whole, key.as_str()))
    {
        place = whole.clone();
    }
    describe(document, &place)
}

/// The types of a schema, with those of the items of a list.
fn outline(document: &Value, schema: &Value, depth: usize) -> String {
    if let (Some(reference), Some(depth)) = (schema.get("$ref").and_then(Value::as_str), depth.checked_sub(1)) {
        let target = resolve(document, reference, &Pointer::root());
        return target.map_or_else(|_| reference.to_owned(), |(_, target)| outline(document, target, depth));
    }
    let types: Vec<&str> = match schema.get("type") {
        Some(Value::String(name)) => vec![name],
        Some(Value::Array(names)) => names.iter().filter_map(Value::as_str).filter(|name| *name != "null").collect(),
        _ => Vec::new(),
    };
    let items = schema.get("items").zip(depth.checked_sub(1)).map(|(items, depth)| outline(document, items, depth));
    match items {
        Some(items) => format!("{} of {items}", types.join("|")),
        None if types.is_empty() => normalize(schema, false).to_string(),
        None => types.join("|"),
    }
}

/// The change of an `operationId`.
fn changed_id(finding: &Finding) -> Option<Rename> {
    let is_changed = finding.rule == rules::OPERATION_ID_CHANGED;
    let (old, new) = (finding.old.as_ref()?.as_str()?, finding.new.as_ref()?.as_str()?);
    is_changed.then(|| Rename {
        kind: Kind::OperationId,
        owner: finding.place.clone(),
        from: old.to_owned(),
        to: new.to_owned(),
        base: finding.base.clone().unwrap_or_default(),
        revision: finding.revision.clone().unwrap_or_default(),
    })
}

/// The named schemas of `document` that `other` does not have.
fn list_schemas(document: &Value, other: &Value) -> Vec<Candidate> {
    let schemas = |document| Pointer::schemas().find(document).and_then(Value::as_object);
    let is_gone = |name: &String| !schemas(other).is_some_and(|schemas| schemas.contains_key(name));
    let names = schemas(document).into_iter().flatten().filter(|(name, _)| is_gone(name));
    let names = names.map(|(name, schema)| {
        let at = Pointer::schemas().child(name).to_string();
        // A schema that refers to itself does so by its new name.
        let form = normalize(schema, false).to_string().replace(&format!("\"{at}\""), "\"#\"");
        let (kind, owner, outline) = (Kind::Schema, String::new(), form.clone());
        Candidate { kind, owner, form, outline, name: name.clone(), at }
    });
    names.collect()
}

/// A value without its annotations and extensions. `are_names` is true of a mapping whose keys are names.
fn normalize(value: &Value, are_names: bool) -> Value {
    match value {
        Value::Object(members) => {
            let kept = members
                .iter()
                .filter(|(key, _)| are_names || !ANNOTATIONS.contains(&key.as_str()) && !key.starts_with("x-"));
            let mut kept: Vec<(String, Value)> = kept
                .map(|(key, value)| (key.clone(), normalize(value, !are_names && NAMES.contains(&key.as_str()))))
                .collect();
            kept.sort_by(|a, b| a.0.cmp(&b.0));
            Value::Object(kept.into_iter().collect())
        }
        Value::Array(items) => items.iter().map(|item| normalize(item, false)).collect(),
        other => other.clone(),
    }
}

/// The names of either document that have something in common. A schema in a request and in a response has two findings,
/// and its properties one name each.
type Group<'n> = [BTreeMap<&'n str, &'n Candidate>; 2];

/// The names that belong to a rename: of which document, and where.
type Paired<'n> = HashSet<(usize, Kind, &'n str, &'n str)>;

/// Pairs the names that have kind, owner and form in common, then those that have an outline in common: the only one of
/// either document, or those whose names are similar.
fn pair(removed: &[Candidate], added: &[Candidate]) -> Vec<Rename> {
    let (mut renames, mut paired) = (Vec::new(), Paired::new());
    for form in [|name: &Candidate| name.form.clone(), |name: &Candidate| name.outline.clone()] {
        let mut groups: BTreeMap<(Kind, &str, String), Group<'_>> = BTreeMap::new();
        for (side, names) in [removed, added].into_iter().enumerate() {
            for name in names {
                let group = groups.entry((name.kind, &name.owner, form(name))).or_default();
                group[side].entry(&name.name).or_insert(name);
            }
        }
        for group in groups.values() {
            renames.extend(pair_group(group, &mut paired));
        }
    }
    renames
}

fn pair_group<'n>([removed, added]: &Group<'n>, paired: &mut Paired<'n>) -> Vec<Rename> {
    let is_only = removed.len() == 1 && added.len() == 1;
    if removed.len() * added.len() > MAX_PAIRS {
        return Vec::new();
    }
    let pairs =
        removed.values().flat_map(|old| added.values().map(|new| (compare_names(&old.name, &new.name), *old, *new)));
    let mut pairs: Vec<_> = pairs.filter(|(similarity, ..)| is_only || *similarity >= SIMILAR).collect();
    pairs.sort_by(|a, b| b.0.total_cmp(&a.0));
    let mut renames = Vec::new();
    for (_, old, new) in pairs {
        let names = [(0, old), (1, new)].map(|(side, name)| (side, name.kind, name.owner.as_str(), name.name.as_str()));
        if names.iter().any(|name| paired.contains(name)) {
            continue;
        }
        paired.extend(names);
        renames.push(Rename {
            kind: old.kind,
            owner: old.owner.clone(),
            from: old.name.clone(),
            to: new.name.clone(),
            base: old.at.clone(),
            revision: new.at.clone(),
        });
    }
    renames
}

/// The similarity of two names, from 0 to 1: by their letters or by their words.
fn compare_names(old: &str, new: &str) -> f32 {
    let (old, new) = (old.to_snake_case(), new.to_snake_case());
    let words = TextDiff::from_slices(&words(&old), &words(&new)).ratio();
    TextDiff::from_chars(&old, &new).ratio().max(words)
}

fn words(name: &str) -> Vec<&str> {
    name.split('_').collect()
}
