//! The documents as the tests read them: their operations, paths and statuses, and their security schemes.
//!
//! Read here once more, from the YAML, so that neither the generator nor the sandbox can forget an operation unseen.

use deepgram_mgmt_sandbox::Dialect;
use serde_yaml::Value;

const DOCUMENT: &str = include_str!("../../../spec/deepgram-management-openapi.yml");
const OVERLAY: &str = include_str!("../../../spec/overlay.yaml");

/// One operation of the document.
#[derive(Debug)]
pub(crate) struct Documented {
    pub(crate) id: String,
    /// In capitals.
    pub(crate) method: String,
    /// With its parameters in braces.
    pub(crate) path: String,
    pub(crate) has_body: bool,
    /// The status of success.
    pub(crate) success: u16,
    /// Whether success has a JSON body.
    pub(crate) responds_with_json: bool,
    /// The statuses of its errors.
    pub(crate) errors: Vec<u16>,
}

impl Documented {
    /// The names of its path parameters, in the order of the path.
    pub(crate) fn parameters(&self) -> Vec<&str> {
        self.path.split('/').filter_map(parameter).collect()
    }

    /// Its id as the crate writes it: `list_projects`.
    pub(crate) fn snake_case(&self) -> String {
        let mut name = String::new();
        for letter in self.id.chars() {
            if letter.is_uppercase() {
                name.push('_');
            }
            name.extend(letter.to_lowercase());
        }
        name
    }

    /// Whether a request line is one of this operation.
    pub(crate) fn is(&self, method: &str, path: &str) -> bool {
        let (template, path) = (self.path.split('/'), path.split('/'));
        let alike = |(template, segment): (&str, &str)| parameter(template).is_some() || template == segment;
        self.method == method && template.clone().count() == path.clone().count() && template.zip(path).all(alike)
    }
}

fn parameter(segment: &str) -> Option<&str> {
    segment.strip_prefix('{')?.strip_suffix('}')
}

/// Every operation of a dialect, in the order of its documents.
pub(crate) fn operations(dialect: Dialect) -> Vec<Documented> {
    let mut operations = operations_of(&bundled()["paths"]);
    if dialect == Dialect::Live {
        let overlay: Value = serde_yaml::from_str(OVERLAY).expect("YAML");
        let actions = overlay["actions"].as_sequence().expect("actions");
        for action in actions.iter().filter(|action| action["target"] == "$.paths") {
            operations.extend(operations_of(&action["update"]));
        }
        // The live API responds with 200 whatever the document says.
        for operation in &mut operations {
            operation.success = 200;
        }
    }
    operations
}

fn operations_of(paths: &Value) -> Vec<Documented> {
    let mut operations = Vec::new();
    for (path, item) in paths.as_mapping().expect("paths") {
        for (method, operation) in item.as_mapping().expect("methods") {
            let responses = operation["responses"].as_mapping().expect("responses");
            // The overlay has ranges.
            let status = |status: &Value| text(status).replace("XX", "00").parse().expect("a status");
            let statuses: Vec<u16> = responses.keys().map(status).collect();
            let success = *statuses.iter().find(|status| **status < 300).expect("a status of success");
            let response = responses.iter().find(|(key, _)| status(key) == success).expect("its response").1;
            operations.push(Documented {
                id: text(&operation["operationId"]).to_owned(),
                method: text(method).to_uppercase(),
                path: text(path).to_owned(),
                has_body: operation.get("requestBody").is_some(),
                success,
                responds_with_json: response.get("content").is_some() && response.get("x-client-body").is_none(),
                errors: statuses.into_iter().filter(|status| *status >= 400).collect(),
            });
        }
    }
    operations
}

pub(crate) fn operation(dialect: Dialect, id: &str) -> Documented {
    operations(dialect).into_iter().find(|operation| operation.id == id).expect("an operation of the document")
}

pub(crate) fn bundled() -> Value {
    serde_yaml::from_str(DOCUMENT).expect("YAML")
}

/// The addition of the overlay's action with this target.
pub(crate) fn overlaid(target: &str) -> Value {
    let overlay: Value = serde_yaml::from_str(OVERLAY).expect("YAML");
    let actions = overlay["actions"].as_sequence().expect("actions");
    let mut matching = actions.iter().filter(|action| action["target"] == target);
    let update = matching.next().expect("an action with this target")["update"].clone();
    assert!(matching.next().is_none(), "one action has the target {target}");
    update
}

pub(crate) fn text(value: &Value) -> &str {
    value.as_str().expect("a text")
}
