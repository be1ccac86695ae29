//! The drift check, case by case: a small base, a change, and what is found, from `fixtures/drift`.
//!
//! `UPDATE_GOLDEN=1 cargo test -p xtask --test drift rules` writes the findings and `docs/drift-rules.md`. `worst` is
//! written by hand and stays: it is what a case claims.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use xtask::drift::rules::{self, Severity};
use xtask::drift::{self, Finding};
use xtask::output;

use crate::golden;

/// A change to a document.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct DocumentCase {
    claim: String,
    /// Beside `openapi` and `info`.
    given: Value,
    /// A JSON merge patch (RFC 7396).
    change: Value,
    /// The worst finding; none where nothing is found.
    worst: Option<Severity>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    defects: Vec<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    findings: Vec<Found>,
}

/// A change to the schema of a request and of its response.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct SchemaCase {
    claim: String,
    given: Value,
    becomes: Value,
    /// Components that both refer to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    schemas: Option<Value>,
    /// The worst finding in the request and in the response.
    worst: (Option<Severity>, Option<Severity>),
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    request: Vec<Found>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    response: Vec<Found>,
}

/// A finding as the golden files hold it.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Found {
    rule: String,
    severity: Severity,
    place: String,
    subject: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    old: Option<Value>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    new: Option<Value>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    base: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    revision: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    operations: Vec<String>,
}

impl From<Finding> for Found {
    fn from(finding: Finding) -> Self {
        Self {
            rule: finding.rule.id.to_owned(),
            severity: finding.severity,
            place: finding.place,
            subject: finding.subject,
            old: finding.old,
            new: finding.new,
            base: finding.base,
            revision: finding.revision,
            operations: finding.operations,
        }
    }
}

/// One golden file's kind of case.
trait Case: Serialize + DeserializeOwned {
    fn claim(&self) -> &str;
    /// Compares; the outcome is what the golden file should hold, and whether the claim holds.
    fn tried(&self) -> (Value, Result<(), String>);
    /// The outcome that the golden file holds.
    fn outcome(&self) -> Value;
    fn set(&mut self, outcome: Value);
}

fn found(base: &Value, revision: &Value) -> (Vec<Found>, Vec<String>) {
    let drift = drift::compare(base, revision, &[]);
    let defects = drift.diagnostics.0.iter().map(|defect| ("base", defect));
    let defects = defects.chain(drift.diagnostics.1.iter().map(|defect| ("revision", defect)));
    let defects = defects.map(|(side, defect)| format!("{side} {}: {}", defect.at, defect.what)).collect();
    (drift.findings.into_iter().map(Found::from).collect(), defects)
}

fn worst(found: &[Found]) -> Option<Severity> {
    found.iter().map(|found| found.severity).max()
}

fn claimed(claimed: Option<Severity>, found: Option<Severity>) -> Result<(), String> {
    if claimed == found { Ok(()) } else { Err(format!("claims {claimed:?}, finds {found:?}")) }
}

impl Case for DocumentCase {
    fn claim(&self) -> &str {
        &self.claim
    }

    fn tried(&self) -> (Value, Result<(), String>) {
        let (base, revision) = golden::changed(&self.given, &self.change);
        let (found, defects) = found(&base, &revision);
        let holds = claimed(self.worst, worst(&found));
        (json!({ "findings": found, "defects": defects }), holds)
    }

    fn outcome(&self) -> Value {
        json!({ "findings": self.findings, "defects": self.defects })
    }

    fn set(&mut self, mut outcome: Value) {
        self.findings = serde_json::from_value(outcome["findings"].take()).unwrap();
        self.defects = serde_json::from_value(outcome["defects"].take()).unwrap();
    }
}

impl Case for SchemaCase {
    fn claim(&self) -> &str {
        &self.claim
    }

    fn tried(&self) -> (Value, Result<(), String>) {
        let found = |sent| {
            let document = |schema| golden::of_schema(self.schemas.as_ref(), schema, sent);
            found(&document(&self.given), &document(&self.becomes)).0
        };
        let (request, response) = (found("request"), found("response"));
        let holds = claimed(self.worst.0, worst(&request)).and(claimed(self.worst.1, worst(&response)));
        (json!({ "request": request, "response": response }), holds)
    }

    fn outcome(&self) -> Value {
        json!({ "request": self.request, "response": self.response })
    }

    fn set(&mut self, mut outcome: Value) {
        self.request = serde_json::from_value(outcome["request"].take()).unwrap();
        self.response = serde_json::from_value(outcome["response"].take()).unwrap();
    }
}

const DOCUMENTS: [&str; 7] = ["document", "operations", "parameters", "bodies", "responses", "references", "defects"];
const SCHEMAS: [&str; 8] =
    ["types", "nullable", "values", "limits", "constraints", "properties", "alternatives", "annotations"];

fn path(file: &str) -> PathBuf {
    PathBuf::from(format!("fixtures/drift/{file}.yaml"))
}

fn cases<C: Case>(file: &str) -> Vec<C> {
    let text = fs::read_to_string(path(file)).unwrap_or_else(|error| panic!("{file}: {error}"));
    serde_yaml::from_str(&text).unwrap_or_else(|error| panic!("{file}: {error}"))
}

fn update() -> bool {
    std::env::var_os("UPDATE_GOLDEN").is_some()
}

/// Tries every case of a file; what is wrong with them.
fn tried<C: Case>(file: &str) -> String {
    let mut wrong = String::new();
    let mut cases = cases::<C>(file);
    for case in &mut cases {
        let (outcome, holds) = case.tried();
        if let Err(error) = holds {
            let _ = writeln!(wrong, "{file}: {}: {error}: {outcome:#}", case.claim());
        }
        if update() {
            case.set(outcome);
        } else if case.outcome() != outcome {
            let _ = writeln!(wrong, "{file}: {}: {outcome:#}", case.claim());
        }
    }
    if update() {
        output::replace(&path(file), &serde_yaml::to_string(&cases).unwrap()).unwrap();
    }
    wrong
}

#[test]
fn every_case_claims_what_is_so_and_finds_what_its_golden_file_says() {
    let documents = DOCUMENTS.into_iter().map(tried::<DocumentCase>);
    let wrong: String = documents.chain(SCHEMAS.into_iter().map(tried::<SchemaCase>)).collect();
    assert!(wrong.is_empty(), "{wrong}");
    let files = fs::read_dir("fixtures/drift").unwrap().count();
    assert_eq!(files, DOCUMENTS.len() + SCHEMAS.len(), "a file of fixtures/drift is not read");
}

#[test]
fn every_rule_has_a_case_that_finds_it() {
    let documents = DOCUMENTS.into_iter().flat_map(cases::<DocumentCase>).map(|case| case.tried().0);
    let schemas = SCHEMAS.into_iter().flat_map(cases::<SchemaCase>).map(|case| case.tried().0);
    let found: BTreeSet<String> = documents
        .chain(schemas)
        .flat_map(|outcome| outcome.as_object().unwrap().values().cloned().collect::<Vec<_>>())
        .flat_map(|list| list.as_array().unwrap().clone())
        .filter_map(|found| Some(found["rule"].as_str()?.to_owned()))
        .collect();
    let without: Vec<&str> = rules::ALL.iter().map(|rule| rule.id).filter(|id| !found.contains(*id)).collect();
    assert!(without.is_empty(), "no case finds {without:?}");
}

#[test]
fn a_rule_has_an_id_of_its_own() {
    let ids: BTreeSet<&str> = rules::ALL.iter().map(|rule| rule.id).collect();
    assert_eq!(ids.len(), rules::ALL.len());
    assert!(ids.iter().all(|id| id.chars().all(|c| c == '-' || c.is_ascii_lowercase())), "{ids:?}");
}

/// The beginning of `docs/drift-rules.md`.
const HEAD: &str = "\
# Rules of the drift check

Each rule has an id, its usual severity, and the reason for it. The [README](../README.md#drift) describes the check.
`UPDATE_GOLDEN=1 cargo test -p xtask --test drift rules` writes this file.

";

#[test]
fn the_documented_rules_are_the_rules_of_the_code() {
    let mut page = format!("{HEAD}| rule | severity | because |\n| --- | --- | --- |\n");
    for rule in rules::ALL {
        let _ = writeln!(page, "| `{}` | {} | {} |", rule.id, rule.severity, rule.reason);
    }
    let path = "docs/drift-rules.md";
    if update() {
        output::replace(Path::new(path), &page).unwrap();
    } else {
        let found = fs::read_to_string(path).unwrap();
        assert!(found == page, "run UPDATE_GOLDEN=1 cargo test -p xtask --test drift rules");
    }
}
