//! Finds the operations and the fields that have an error, directly or by references.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::rc::Rc;

use serde_json::Value;

use crate::document::extensions;
use crate::document::located::Located;
use crate::document::openapi::{METHODS, Operation, operations, path_items};
use crate::document::pointer::Pointer;

/// An error that keeps operations from being generated.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Obstacle {
    /// The error.
    pub error: Located,
    /// The operations, or whole path items, that have it.
    pub operations: Vec<Pointer>,
    /// The properties that have it, directly or by a reference. A client without them could have the operations.
    pub fields: Vec<Pointer>,
}

impl Obstacle {
    /// The error, for each of the operations.
    pub(crate) fn reasons(&self) -> Vec<Located> {
        self.operations.iter().map(|at| self.error.seen_from(at)).collect()
    }
}

/// An operation, or a path item as a whole.
pub(super) struct Part {
    pub(super) path: String,
    pub(super) method: Option<&'static str>,
}

impl Part {
    pub(super) fn at(&self) -> Pointer {
        let at = Pointer::root().child("paths").child(&self.path);
        self.method.map_or_else(|| at.clone(), |method| at.child(method))
    }
}

/// The obstacles that errors of a document are, each with its operations.
pub(super) fn of(document: &Value, errors: &[Located]) -> Vec<(Obstacle, Vec<Part>)> {
    let places = Places::of(errors);
    let mut parts: Vec<Vec<Part>> =
        errors.iter().map(|error| part_around(document, &error.at).into_iter().collect()).collect();
    let is_of_one: Vec<bool> = parts.iter().map(|parts| !parts.is_empty()).collect();
    let mut references = References { document, known: HashMap::new() };
    for operation in operations(document) {
        for index in references.errors_of(&operation, &places) {
            if !is_of_one[index] {
                parts[index].push(Part { path: operation.path.to_owned(), method: Some(operation.method) });
            }
        }
    }
    let mut fields: Vec<Vec<Pointer>> = errors.iter().map(|error| error.at.property().into_iter().collect()).collect();
    let is_field: Vec<bool> = fields.iter().map(|fields| !fields.is_empty()).collect();
    each_reference(document, &Pointer::root(), &mut |at, target| {
        let field = at.property();
        for &index in places.below(target).filter(|index| !is_field[**index] && !is_of_one[**index]) {
            let known = &mut fields[index];
            known.extend(field.clone().filter(|field| known.last() != Some(field)));
        }
    });
    let of_error = |((error, parts), fields): ((&Located, Vec<Part>), _)| {
        let operations = parts.iter().map(Part::at).collect();
        (Obstacle { error: error.clone(), operations, fields }, parts)
    };
    errors.iter().zip(parts).zip(fields).map(of_error).collect()
}

/// The operation or path item that holds a location below `paths`.
fn part_around(document: &Value, at: &Pointer) -> Option<Part> {
    let keys: Vec<String> = at.keys().collect();
    let [paths, path, rest @ ..] = keys.as_slice() else { return None };
    let is_path = paths == "paths" && path_items(document).any(|(known, _)| known == path);
    let method = rest.first().and_then(|key| METHODS.into_iter().find(|method| method == key));
    is_path.then(|| Part { path: path.clone(), method })
}

/// The errors by each place that holds them.
struct Places(BTreeMap<Pointer, Vec<usize>>);

impl Places {
    fn of(errors: &[Located]) -> Self {
        let mut places: BTreeMap<Pointer, Vec<usize>> = BTreeMap::new();
        for (index, error) in errors.iter().enumerate() {
            let mut place = Some(error.at.clone());
            while let Some(at) = place {
                place = at.parent().map(|(parent, _)| parent);
                places.entry(at).or_default().push(index);
            }
        }
        Self(places)
    }

    /// The errors at a place and below it.
    fn below(&self, at: &Pointer) -> impl Iterator<Item = &usize> + use<'_> {
        self.0.get(at).into_iter().flatten()
    }
}

struct References<'a> {
    document: &'a Value,
    /// By place: places that many refer to are read once.
    known: HashMap<Pointer, Rc<[Pointer]>>,
}

impl References<'_> {
    /// The errors that an operation reaches.
    fn errors_of(&mut self, operation: &Operation<'_>, places: &Places) -> BTreeSet<usize> {
        let item = &self.document["paths"][operation.path];
        let target = item.get("$ref").and_then(Value::as_str).and_then(|text| Pointer::of_reference(text).ok());
        let behind = target.as_ref().and_then(|target| target.find(self.document));
        let mut errors = BTreeSet::new();
        if let Some(target) = &target {
            // An error in a method behind the path's reference is of that method, any other there of all of them.
            let of_another = METHODS.into_iter().filter(|method| *method != operation.method);
            let of_another: BTreeSet<_> =
                of_another.flat_map(|method| places.below(&target.child(method)).copied()).collect();
            errors.extend(places.below(target).copied().filter(|index| !of_another.contains(index)));
        }
        let shared = [Some(item), behind].into_iter().filter_map(|item| item?.get("parameters"));
        let mut found = BTreeSet::new();
        let mut waiting: Vec<Pointer> = std::iter::once(operation.value).chain(shared).flat_map(targets).collect();
        while let Some(target) = waiting.pop() {
            if !found.insert(target.clone()) {
                continue;
            }
            errors.extend(places.below(&target).copied());
            waiting.extend(self.below(&target).iter().cloned());
        }
        errors
    }

    /// The targets of the references below a place.
    fn below(&mut self, at: &Pointer) -> Rc<[Pointer]> {
        let document = self.document;
        let read = || at.find(document).map(targets).unwrap_or_default().into();
        Rc::clone(self.known.entry(at.clone()).or_insert_with(read))
    }
}

fn targets(value: &Value) -> Vec<Pointer> {
    let mut found = BTreeSet::new();
    each_reference(value, &Pointer::root(), &mut |_, target| {
        found.insert(target.clone());
    });
    found.into_iter().collect()
}

/// Visits the references below a place, each with the place that it stands at.
fn each_reference(value: &Value, at: &Pointer, visit: &mut impl FnMut(&Pointer, &Pointer)) {
    match value {
        Value::Object(members) => {
            let text = |name: &str| members.get(name).and_then(Value::as_str);
            if let Some(target) = text("$ref").and_then(|text| Pointer::of_reference(text).ok()) {
                visit(at, &target);
            }
            if let Some(name) = text(extensions::TYPE) {
                visit(at, &Pointer::schemas().child(name));
            }
            members.iter().for_each(|(name, value)| each_reference(value, &at.child(name), visit));
        }
        Value::Array(items) => {
            items.iter().enumerate().for_each(|(index, value)| each_reference(value, &at.child(index), visit));
        }
        _ => {}
    }
}
