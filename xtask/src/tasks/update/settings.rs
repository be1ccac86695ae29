//! Finds the hand-written code about the server and the credentials, which nothing generated holds.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::Result;
use serde_json::Value;

use super::sources::{self, CLIENT, has_word, is_remark};
use super::usages::Usage;
use crate::document::openapi::servers;
use crate::drift::Finding;
use crate::drift::report::Report;
use crate::drift::rules::{self, Rule};

/// The changes of a document that concern the credentials.
const CREDENTIALS: [&Rule; 7] = [
    rules::SECURITY_ADDED,
    rules::SECURITY_REMOVED,
    rules::SECURITY_REPLACED,
    rules::SECURITY_WAIVED,
    rules::SECURITY_SCHEME_ADDED,
    rules::SECURITY_SCHEME_CHANGED,
    rules::SECURITY_SCHEME_REMOVED,
];

/// The lines that name a server or a security scheme which the newer document changes. Both documents are effective ones.
///
/// # Errors
/// A source that cannot be read.
pub(super) fn find(root: &Path, report: &Report, before: &Value, now: &Value) -> Result<Vec<Usage>> {
    let has = |rule: &Rule| report.findings.iter().any(|finding: &Finding| finding.rule == rule);
    let has_other_servers = servers(before) != servers(now);
    let servers = servers(before).into_iter().filter(|_| has_other_servers);
    let servers: Vec<(String, String)> = servers.map(|url| (reason_of_server(&url, now), url)).collect();
    let has_other_credentials = CREDENTIALS.into_iter().any(has) || schemes(before).keys().ne(schemes(now).keys());
    let schemes_now = schemes(now);
    let schemes = schemes(before).into_iter().filter(|_| has_other_credentials);
    let schemes: Vec<(String, &str)> =
        schemes.map(|(name, scheme)| (reason_of_scheme(name, scheme, schemes_now.get(name).copied()), name)).collect();
    if servers.is_empty() && schemes.is_empty() {
        return Ok(Vec::new());
    }
    let mut usages = Vec::new();
    for (name, text) in sources::read(root)? {
        let is_client = name.starts_with(CLIENT);
        for (number, line) in (1..).zip(text.lines()).filter(|(_, line)| !is_remark(line)) {
            let of_server = servers.iter().find(|(_, url)| is_client && names_default(line, url));
            let of_scheme = schemes.iter().find(|(_, name)| has_word(line, name));
            let reason = of_server.map(|(reason, _)| reason).or(of_scheme.map(|(reason, _)| reason));
            let usage = |reason: &String| Usage {
                place: format!("{}:{number}", name.display()),
                reason: reason.clone(),
                is_obstacle: false,
                is_guess: false,
            };
            usages.extend(reason.map(usage));
        }
    }
    Ok(usages)
}

/// Whether a line holds a server as the default: as a constant, or as code in the documentation. Tests name it, too.
fn names_default(line: &str, url: &str) -> bool {
    let is_constant = line.contains("const ") && line.contains(&format!("\"{url}\""));
    is_constant || line.contains(&format!("`{url}`"))
}

fn reason_of_server(url: &str, now: &Value) -> String {
    let servers = servers(now);
    let others: Vec<String> = servers.iter().filter(|other| *other != url).map(|other| format!("`{other}`")).collect();
    match (servers.contains(url), others.join(", ")) {
        (true, others) => format!("names the server `{url}`; the newer document has {others}, too"),
        (false, others) if others.is_empty() => format!("names the server `{url}`, which the newer document lacks"),
        (false, others) => format!("names the server `{url}`, in whose place the newer document has {others}"),
    }
}

fn reason_of_scheme(name: &str, scheme: &Value, now: Option<&Value>) -> String {
    match now {
        None => format!("names the security scheme `{name}`, which the newer document lacks"),
        Some(now) if now != scheme => format!("names the security scheme `{name}`, which changes"),
        Some(_) => format!("names the security scheme `{name}`, beside which other credentials come or go"),
    }
}

fn schemes(document: &Value) -> BTreeMap<&str, &Value> {
    let schemes = document.pointer("/components/securitySchemes").and_then(Value::as_object).into_iter().flatten();
    schemes.map(|(name, scheme)| (name.as_str(), scheme)).collect()
}
