//! A document as the sandbox's contract: its routes, what it allows in, and what it lets out.

mod operation;
mod strict;

use std::collections::BTreeMap;

use axum::http::StatusCode;
use jsonschema::{Draft, Validator};
use percent_encoding::percent_decode_str;
use serde_json::{Map, Value, json};

pub(crate) use operation::Operation;

use crate::answer::Answer;

/// The statuses that any operation may answer with the Error schema, documented or not.
const ALWAYS_ALLOWED: [StatusCode; 3] =
    [StatusCode::BAD_REQUEST, StatusCode::NOT_FOUND, StatusCode::METHOD_NOT_ALLOWED];

#[derive(Debug)]
pub(crate) struct Contract {
    operations: Vec<Operation>,
    error: Validator,
}

/// Where method and path lead.
#[derive(Debug)]
pub(crate) enum Route<'a> {
    /// The operation, and its path parameters, percent-decoded.
    Found(&'a Operation, BTreeMap<String, String>),
    /// The path exists, with these methods.
    WrongMethod(Vec<&'a str>),
    Unknown,
}

impl<'a> Route<'a> {
    pub(crate) fn operation(&self) -> Option<&'a Operation> {
        match self {
            Self::Found(operation, _) => Some(operation),
            Self::WrongMethod(_) | Self::Unknown => None,
        }
    }
}

impl Contract {
    /// Reads an `OpenAPI` document. The error says where it has something that the sandbox cannot serve.
    pub(crate) fn read(document: &str) -> Result<Self, String> {
        let document: Value = serde_yaml::from_str(document).map_err(|error| error.to_string())?;
        let schemas = Schemas::read(&document)?;
        let mut operations = Vec::new();
        for (path, item) in object(&document, "/paths")? {
            let item = item.as_object().ok_or_else(|| format!("{path}: not an object"))?;
            for (method, operation) in item {
                let place = format!("{method} {path}");
                operations.push(Operation::read(&document, &schemas, (method, path), operation).at(&place)?);
            }
        }
        let error = schemas.answer(&json!({ "$ref": "#/components/schemas/Error" }))?;
        Ok(Self { operations, error })
    }

    /// Finds the operation for a method and a path as it came over the wire.
    pub(crate) fn route(&self, method: &str, path: &str) -> Route<'_> {
        // Split before decoding: an encoded slash is part of its segment. In a path, `+` is a plus.
        let segments: Option<Vec<String>> = path
            .strip_prefix('/')
            .into_iter()
            .flat_map(|path| path.split('/'))
            .map(|segment| percent_decode_str(segment).decode_utf8().ok().map(Into::into))
            .collect();
        let Some(segments) = segments else { return Route::Unknown };
        let mut methods = Vec::new();
        for operation in &self.operations {
            if let Some(parameters) = operation.matches(&segments) {
                if operation.method == method {
                    return Route::Found(operation, parameters);
                }
                methods.push(operation.method.as_str());
            }
        }
        methods.sort_unstable();
        if methods.is_empty() { Route::Unknown } else { Route::WrongMethod(methods) }
    }

    /// Holds an answer against the document, in its strict form; the error is the reason not to send it.
    ///
    /// Without an operation (unknown path, wrong method) only a refusal can be right.
    pub(crate) fn check_answer(&self, operation: Option<&Operation>, answer: &Answer) -> Result<(), String> {
        let Answer { status, body } = answer;
        let wrong = |reason: String| {
            let shown = body.as_ref().map(Value::to_string).unwrap_or_default();
            Err(format!("status {status}: {reason}: {shown}"))
        };
        let documented = operation.and_then(|operation| operation.answers.get(status));
        let refused = ALWAYS_ALLOWED.contains(status) || operation.is_none() && *status == StatusCode::UNAUTHORIZED;
        let schema = match documented {
            Some(content) => content.as_ref(),
            None if refused => Some(&self.error),
            None => return wrong("not documented".to_owned()),
        };
        match (schema, body) {
            (None, None) => Ok(()),
            (None, Some(_)) => wrong("a body where the document has none".to_owned()),
            (Some(_), None) => wrong("no body where the document has one".to_owned()),
            (Some(schema), Some(body)) => faults(schema, body).or_else(wrong),
        }
    }
}

/// The schemas of a document, as it has them for requests and in strict form for answers.
pub(crate) struct Schemas {
    documented: Value,
    strict: Value,
}

impl Schemas {
    fn read(document: &Value) -> Result<Self, String> {
        let schemas = object(document, "/components/schemas")?;
        let mut strict = Map::new();
        for (name, schema) in schemas {
            strict.insert(name.clone(), strict::strict(schema).at(&format!("#/components/schemas/{name}"))?);
        }
        Ok(Self { documented: schemas.clone().into(), strict: strict.into() })
    }

    /// Compiles a schema for what comes in: as documented.
    pub(crate) fn request(&self, schema: &Value) -> Result<Validator, String> {
        compile(schema, &self.documented)
    }

    /// Compiles a schema for what goes out: every documented property and no other.
    pub(crate) fn answer(&self, schema: &Value) -> Result<Validator, String> {
        compile(&strict::strict(schema)?, &self.strict)
    }
}

fn compile(schema: &Value, schemas: &Value) -> Result<Validator, String> {
    let root = json!({ "allOf": [schema], "components": { "schemas": schemas } });
    let options = jsonschema::options().with_draft(Draft::Draft202012).should_validate_formats(true);
    options.build(&root).map_err(|error| error.to_string())
}

/// All that is wrong with a value, each fault with its place.
pub(crate) fn faults(schema: &Validator, value: &Value) -> Result<(), String> {
    let fault = |error: jsonschema::ValidationError<'_>| match error.instance_path().as_str() {
        "" => error.to_string(),
        place => format!("{place}: {error}"),
    };
    let faults: Vec<String> = schema.iter_errors(value).map(fault).collect();
    if faults.is_empty() { Ok(()) } else { Err(faults.join("; ")) }
}

fn object<'a>(document: &'a Value, pointer: &str) -> Result<&'a Map<String, Value>, String> {
    document.pointer(pointer).and_then(Value::as_object).ok_or_else(|| format!("#{pointer}: not an object"))
}

/// Puts the place in front of an error.
pub(crate) trait At {
    fn at(self, place: &str) -> Self;
}

impl<T> At for Result<T, String> {
    fn at(self, place: &str) -> Self {
        self.map_err(|error| format!("{place}: {error}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dialect::Dialect;

    fn contract() -> &'static Contract {
        Dialect::Bundled.contract().unwrap()
    }

    fn operation(id: &str) -> &'static Operation {
        contract().operations.iter().find(|operation| operation.id == id).unwrap()
    }

    fn check(id: &str, status: StatusCode, body: Option<Value>) -> Result<(), String> {
        contract().check_answer(Some(operation(id)), &Answer { status, body })
    }

    fn key() -> Value {
        json!({
            "api_key_id": "1",
            "key": "abcd***",
            "comment": "c",
            "scopes": ["admin"],
            "created": "2026-09-15T12:00:00Z",
            "expiration_date": "2027-09-15T12:00:00Z",
        })
    }

    #[test]
    fn the_document_has_21_operations() {
        assert_eq!(contract().operations.len(), 21);
    }

    #[test]
    fn a_body_with_every_documented_property_is_let_out() {
        assert_eq!(check("getProjectKey", StatusCode::OK, Some(key())), Ok(()));
        assert_eq!(check("listProjectKeys", StatusCode::OK, Some(json!({ "api_keys": [key()] }))), Ok(()));
    }

    #[test]
    fn a_body_with_a_missing_property_is_caught_at_any_depth() {
        for name in key().as_object().unwrap().keys() {
            let mut key = key();
            key.as_object_mut().unwrap().remove(name);
            let reason = check("getProjectKey", StatusCode::OK, Some(key.clone())).unwrap_err();
            assert!(reason.contains(&format!("\"{name}\" is a required property")), "{reason}");
            let reason = check("listProjectKeys", StatusCode::OK, Some(json!({ "api_keys": [key] }))).unwrap_err();
            assert!(reason.contains("/api_keys/0: "), "{reason}");
        }
    }

    #[test]
    fn a_body_with_an_extra_property_is_caught_at_any_depth() {
        let mut key = key();
        key["tags"] = json!([]);
        let reason = check("getProjectKey", StatusCode::OK, Some(key.clone())).unwrap_err();
        assert!(reason.contains("'tags' was unexpected"), "{reason}");
        let reason = check("listProjectKeys", StatusCode::OK, Some(json!({ "api_keys": [key] }))).unwrap_err();
        assert!(reason.contains("/api_keys/0: "), "{reason}");
    }

    #[test]
    fn a_value_of_the_wrong_type_or_format_is_caught() {
        for (name, wrong) in [("created", json!("2026-09-15")), ("comment", Value::Null), ("scopes", json!([1]))] {
            let mut key = key();
            key[name] = wrong;
            let reason = check("getProjectKey", StatusCode::OK, Some(key)).unwrap_err();
            assert!(reason.contains(&format!("/{name}")), "{reason}");
        }
    }

    #[test]
    fn only_an_object_that_the_document_leaves_open_takes_any_property() {
        let model = |metadata: Value| {
            json!({
                "name": "n", "canonical_name": "n", "architecture": "a", "languages": [], "version": "1", "uuid": "1",
                "metadata": metadata,
            })
        };
        assert_eq!(check("getModel", StatusCode::OK, Some(model(json!({ "any": 1 })))), Ok(()));
        assert!(check("getModel", StatusCode::OK, Some(model(json!([])))).is_err());
    }

    #[test]
    fn a_status_is_let_out_only_where_documented_or_as_a_client_error() {
        let error = json!({ "err_code": "c", "err_msg": "m", "request_id": "r" });
        for status in ALWAYS_ALLOWED {
            assert_eq!(check("listProjectKeys", status, Some(error.clone())), Ok(()));
            assert!(check("listProjectKeys", status, Some(json!({ "err_msg": "m" }))).is_err());
            assert!(check("listProjectKeys", status, None).is_err());
        }
        assert!(check("listProjectKeys", StatusCode::CREATED, Some(json!({ "api_keys": [] }))).is_err());
        assert!(check("listProjectKeys", StatusCode::INTERNAL_SERVER_ERROR, Some(error)).is_err());
    }

    #[test]
    fn a_documented_status_without_content_must_have_no_body() {
        assert_eq!(check("deleteProject", StatusCode::NO_CONTENT, None), Ok(()));
        assert!(check("deleteProject", StatusCode::NO_CONTENT, Some(json!({}))).is_err());
        assert!(check("deleteProject", StatusCode::OK, Some(json!({ "message": "deleted" }))).is_err());
        assert!(check("getProjectKey", StatusCode::OK, None).is_err());
    }

    #[test]
    fn a_keyword_without_a_strict_form_is_an_error_with_its_place() {
        let document = "
            paths: {}
            components: { schemas: { Key: { type: object, properties: { tags: { items: { oneOf: [] } } } } } }
        ";
        let error = Contract::read(document).unwrap_err();
        assert_eq!(error, "#/components/schemas/Key: properties/tags/items/oneOf: no strict form is known");
    }

    #[test]
    fn a_path_is_decoded_segment_by_segment_and_its_plus_is_a_plus() {
        for path in ["/v1/projects/p/invites/a%2Bb%40example.com", "/v1/projects/p/invites/a+b@example.com"] {
            let Route::Found(operation, parameters) = contract().route("DELETE", path) else { panic!("{path}") };
            assert_eq!(operation.id, "deleteProjectInvitation");
            assert_eq!(parameters["email"], "a+b@example.com");
        }
        let Route::Found(operation, parameters) = contract().route("GET", "/v1/projects/a%2Fkeys") else { panic!() };
        assert_eq!((operation.id.as_str(), parameters["project_id"].as_str()), ("getProject", "a/keys"));
        assert!(matches!(contract().route("GET", "/v1/projects/"), Route::Unknown));
        assert!(matches!(contract().route("GET", "/v1/projects/%ff"), Route::Unknown));
    }
}
