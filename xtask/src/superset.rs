//! Checks that the effective document is a superset of the bundled one, by drift's comparison in both directions.
//!
//! A request that the bundled document allows must suit a server of the effective one: drift from bundled to effective.
//! A response that the bundled document allows must suit a client of the effective one: drift from effective to bundled.
//! Two parts may differ. The client demands the properties of `x-client-identity`, and it reads every error response,
//! whatever its schema.

use anyhow::{Result, bail};
use serde_json::Value;

use crate::document::pointer::Pointer;
use crate::drift::rules::{self, Rule, Severity};
use crate::drift::{self, Finding};

/// Changes by which the effective document loses a part that its client could use, or restricts a response. Rules about
/// requests are not listed: each that is more than information counts.
const LOSSES: [&Rule; 23] = [
    rules::OPERATION_REMOVED,
    rules::OPERATION_ID_CHANGED,
    rules::PATH_PARAMETER_RENAMED,
    rules::SERVER_REMOVED,
    rules::SECURITY_REMOVED,
    rules::SECURITY_REPLACED,
    rules::SECURITY_WAIVED,
    rules::SECURITY_SCHEME_CHANGED,
    rules::SECURITY_SCHEME_REMOVED,
    rules::RESPONSE_SUCCESS_REMOVED,
    rules::RESPONSE_ERROR_REMOVED,
    rules::RESPONSE_HEADER_REMOVED_REQUIRED,
    rules::RESPONSE_HEADER_REMOVED,
    rules::RESPONSE_BODY_IGNORED,
    rules::MEDIA_TYPE_REMOVED.response,
    rules::PROPERTY_REMOVED.response,
    rules::PROPERTY_REMOVED_REQUIRED.response,
    rules::READ_ONLY_CHANGED,
    rules::WRITE_ONLY_ADDED,
    rules::ADDITIONAL_CLOSED.response,
    rules::PATTERN_ADDED.response,
    rules::PATTERN_CHANGED.response,
    rules::CONSTRAINT_CHANGED.response,
];

/// Compares a document with the document that its overlay makes of it.
///
/// # Errors
/// Lists the parts that the overlay takes away or restricts, each with its pointer.
pub fn check(bundled: &Value, effective: &Value) -> Result<()> {
    let mut lost = find_lost_schemas(bundled, effective);
    for finding in drift::find(bundled, effective, is_loss) {
        lost.push(format!("{} ({})", describe(&finding), finding.rule.id));
    }
    for finding in drift::find(effective, bundled, is_rejected) {
        lost.push(format!("{}: the client would reject a response that was allowed", describe(&invert(finding))));
    }
    if lost.is_empty() {
        return Ok(());
    }
    bail!("the overlay takes away or restricts a part of the document; change the action: {}", lost.join("; "))
}

/// Whether the change from the bundled document to the effective one loses a request or a part.
fn is_loss(rule: &Rule) -> bool {
    rule.is_about_requests() && rule.severity > Severity::Info || LOSSES.contains(&rule)
}

/// Whether a client of the effective document rejects a response of the bundled one.
fn is_rejected(rule: &Rule) -> bool {
    rule.is_about_responses() && rule.severity == Severity::Breaking
}

/// The change in the other direction.
fn invert(finding: Finding) -> Finding {
    Finding { base: finding.revision, revision: finding.base, old: finding.new, new: finding.old, ..finding }
}

fn describe(finding: &Finding) -> String {
    let (at, subject) = (finding.location(), &finding.subject);
    match (&finding.old, &finding.new) {
        (None, None) => format!("{at}: {subject}"),
        (old, new) => format!("{at}: {subject}, {} → {}", text(old.as_ref()), text(new.as_ref())),
    }
}

fn text(value: Option<&Value>) -> String {
    value.map_or_else(|| "none".to_owned(), Value::to_string)
}

/// The named schemas that the effective document lacks. No request and no response contains such a name, so drift does
/// not report it, but programs name its type.
fn find_lost_schemas(bundled: &Value, effective: &Value) -> Vec<String> {
    let schemas = Pointer::schemas();
    let names = schemas.find(bundled).and_then(Value::as_object).into_iter().flatten();
    let places = names.map(|(name, _)| schemas.child(name));
    places.filter(|at| at.find(effective).is_none()).map(|at| format!("{at}: the schema is gone")).collect()
}
