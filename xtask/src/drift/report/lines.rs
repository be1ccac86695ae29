//! Findings as lines: one change to several members of one owner, or to members of several owners, is one line.

use std::collections::HashMap;

use crate::drift::Finding;
use crate::drift::rules;

/// Rules whose findings are counted and not listed: they say nothing about the wire.
pub(super) const COUNTED: [&str; 4] = [
    rules::DOCUMENTATION_CHANGED.id,
    rules::EXTENSION_CHANGED.id,
    rules::UNUSED_COMPONENT_CHANGED.id,
    rules::OPERATION_ID_CHANGED.id,
];

/// Members that changed in one way: the change, the character that joins their names to the owner, and the names.
type Change<'f> = (String, char, Vec<&'f str>);

/// How many positions a line names.
const POSITIONS: usize = 3;

/// A line, and the findings that it tells.
pub(super) struct Item<'f> {
    /// `Model.{batch, metadata}`, `GET /v1/things/{keys, requests} status enum none → ["a"]`.
    pub(super) text: String,
    findings: Vec<&'f Finding>,
}

impl Item<'_> {
    /// The positions of the findings: ` (api.yaml:12:7, 30:7)`; empty where no file is known.
    pub(super) fn positions(&self) -> String {
        let mut all: Vec<_> = self.findings.iter().filter_map(|finding| finding.position()).collect();
        all.dedup();
        let mut shown: Vec<String> = Vec::new();
        let mut file = None;
        for position in all.iter().take(POSITIONS) {
            // A file is named once.
            let is_named = file.replace(&position.file) == Some(&position.file);
            shown.push(if is_named { position.position.to_string() } else { position.to_string() });
        }
        if all.len() > POSITIONS {
            shown.push(format!("+{}", all.len() - POSITIONS));
        }
        if shown.is_empty() { String::new() } else { format!(" ({})", shown.join(", ")) }
    }
}

/// Puts findings together to lines.
pub(super) fn lines<'f>(findings: &[&'f Finding]) -> Vec<Item<'f>> {
    let members = grouped(findings.iter().map(|finding| {
        let (owner, separator, name) = split(&finding.place);
        ((owner, separator, change(finding)), (name, *finding))
    }));
    let changes = members.into_iter().map(|((owner, separator, change), members)| {
        let (names, findings): (Vec<&str>, Vec<&Finding>) = members.into_iter().unzip();
        // What changed as a whole stays apart: operations, schemas.
        let whole = names.iter().all(|name| name.is_empty()).then_some(owner);
        (((change, separator, names), whole), (owner, findings))
    });
    let groups = grouped(changes).into_iter().map(|((change, _), members)| {
        let (owners, findings): (Vec<&str>, Vec<Vec<&Finding>>) = members.into_iter().unzip();
        Item { text: line(&change, &owners), findings: findings.concat() }
    });
    groups.collect()
}

/// Keys in the order of their first values, each with all of them.
fn grouped<K: std::hash::Hash + Eq + Clone, V>(entries: impl Iterator<Item = (K, V)>) -> Vec<(K, Vec<V>)> {
    let mut groups: Vec<(K, Vec<V>)> = Vec::new();
    let mut known: HashMap<K, usize> = HashMap::new();
    for (key, value) in entries {
        let index = *known.entry(key.clone()).or_insert(groups.len());
        match groups.get_mut(index) {
            Some((_, values)) => values.push(value),
            None => groups.push((key, vec![value])),
        }
    }
    groups
}

/// The owner of what a place is about, what joins the two, and the member's name; no name where the place has no owner.
fn split(place: &str) -> (&str, char, &str) {
    let index = place.rfind([' ', '.']).filter(|index| *index > 0 && index + 1 < place.len());
    match index.filter(|index| !place[index + 1..].contains('/')) {
        Some(index) if place.as_bytes()[index] == b'.' => (&place[..index], '.', &place[index + 1..]),
        Some(index) => (&place[..index], ' ', &place[index + 1..]),
        None => (place, ' ', ""),
    }
}

fn line((change, separator, names): &Change<'_>, owners: &[&str]) -> String {
    let mut line = joined(owners);
    let names: Vec<&str> = names.iter().copied().filter(|name| !name.is_empty()).collect();
    match names.as_slice() {
        [] => {}
        [only] => line.extend([&separator.to_string(), *only]),
        several => line.extend([&separator.to_string(), "{", &several.join(", "), "}"]),
    }
    if !line.is_empty() && !change.is_empty() {
        line.push(' ');
    }
    line + change
}

/// Several owners in short: what they begin with, and how each goes on.
fn joined(owners: &[&str]) -> String {
    let [first, rest @ ..] = owners else { return String::new() };
    if rest.is_empty() {
        return (*first).to_owned();
    }
    let is_common = |(index, byte): &(usize, u8)| rest.iter().all(|other| other.as_bytes().get(*index) == Some(byte));
    let common = first.bytes().enumerate().take_while(is_common);
    let start = common.filter(|(_, byte)| *byte == b'/').last().map_or(0, |(index, _)| index + 1);
    let ends: Vec<&str> = owners.iter().map(|owner| &owner[start..]).collect();
    if start == 0 { ends.join(", ") } else { format!("{}{{{}}}", &first[..start], ends.join(", ")) }
}

/// Describes a finding in one line: its place, the part that changed, and the old and the new value.
pub(super) fn describe(finding: &Finding) -> String {
    let change = change(finding);
    if finding.place.is_empty() || change.is_empty() {
        format!("{}{change}", finding.place)
    } else {
        format!("{} {change}", finding.place)
    }
}

/// The changed part, unless the place names it, and both values, unless the part names the only one.
fn change(finding: &Finding) -> String {
    let subject = unnamed(&finding.place, &finding.subject);
    let show = |value: &Option<serde_json::Value>| match value {
        None => "none".to_owned(),
        Some(serde_json::Value::String(text)) => text.clone(),
        Some(other) => other.to_string(),
    };
    let is_named = match (&finding.old, &finding.new) {
        (None, None) => true,
        (Some(only), None) | (None, Some(only)) => subject.ends_with(&format!(" {only}")),
        (Some(_), Some(_)) => false,
    };
    if is_named {
        return subject.to_owned();
    }
    format!("{subject} {} → {}", show(&finding.old), show(&finding.new)).trim_start().to_owned()
}

/// The part of a subject that the place does not name: `in query` of `` `limit` in query`` at `GET /v1/things limit`, and
/// nothing of `status 200` at `GET /v1/things 200`.
fn unnamed<'s>(place: &str, subject: &'s str) -> &'s str {
    let name = place.rsplit([' ', '.']).next().unwrap_or_default();
    let is_named = subject.rsplit(' ').next().is_some_and(|last| last.eq_ignore_ascii_case(name));
    if place.ends_with(subject.trim_matches('`')) || is_named {
        return "";
    }
    subject.strip_prefix(&format!("`{name}`")).map_or(subject, |rest| rest.trim_start_matches([':', ' ']))
}

#[cfg(test)]
mod tests {
    use super::unnamed;

    #[test]
    fn a_line_names_each_part_once() {
        for (place, subject, expected) in [
            ("GET /v1/things limit", "`limit` in query", "in query"),
            ("GET /v1/things 200", "status 200", ""),
            ("GET /v1/things default", "status DEFAULT", ""),
            ("POST /v1/things body", "request body", ""),
            ("Token", "`Token`: http bearer", "http bearer"),
            ("Thing.name", "`name`", ""),
            ("Thing.name", "type", "type"),
            ("", "no credentials", "no credentials"),
        ] {
            assert_eq!(unnamed(place, subject), expected, "{place}: {subject}");
        }
    }
}
