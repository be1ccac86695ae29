//! Findings: the changes, their locations in both documents, and the operations that they touch.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use serde::Serialize;
use serde_json::Value;

use super::read::Location;
use super::rules::{Relevance, Rule, Severity};
use crate::document::locate::Position;

/// A position in a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FilePosition {
    /// The name of the file as the caller gave it.
    pub file: String,
    /// Line and column.
    #[serde(flatten)]
    pub position: Position,
}

impl std::fmt::Display for FilePosition {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:{}", self.file, self.position)
    }
}

/// One change, however many operations it touches.
#[derive(Debug, Clone)]
pub struct Finding {
    /// The kind of change.
    pub rule: &'static Rule,
    /// The rule's severity, or the one that the configuration sets.
    pub severity: Severity,
    /// The human-readable location: `GET /v1/projects 200 ProjectList.projects[]`.
    pub place: String,
    /// The part that changed at this location: a parameter, a property, a keyword.
    pub subject: String,
    /// The value before, if it is short enough to be read.
    pub old: Option<Value>,
    /// The value now.
    pub new: Option<Value>,
    /// JSON pointer into the base document.
    pub base: Option<String>,
    /// JSON pointer into the revision.
    pub revision: Option<String>,
    /// The position of `base`, where the file is known.
    pub base_position: Option<FilePosition>,
    /// The position of `revision`, where the file is known.
    pub revision_position: Option<FilePosition>,
    /// Method and path of every operation it touches; none for a change of the whole document.
    pub operations: Vec<String>,
}

impl Finding {
    /// The location that configuration and baselines refer to: the one in the base, or in the revision for additions.
    #[must_use]
    pub fn location(&self) -> &str {
        self.base.as_deref().or(self.revision.as_deref()).unwrap_or("#")
    }

    /// The position that reports show: the part that changed in the revision, or in the base for removals.
    #[must_use]
    pub fn position(&self) -> Option<&FilePosition> {
        let places = self.base.as_deref().zip(self.revision.as_deref());
        let is_gone = places.is_some_and(|(at, other)| lacks(other, at) || is_member(at, other));
        let (first, second) = (&self.revision_position, &self.base_position);
        if is_gone { second.as_ref().or(first.as_ref()) } else { first.as_ref().or(second.as_ref()) }
    }
}

/// Whether `at` is a property that the other document lacks: a finding then names the schema around it, `other`.
pub(super) fn lacks(other: &str, at: &str) -> bool {
    let property = at.rfind("/properties/").map(|index| &at[index..]);
    property.is_some_and(|property| property.matches('/').count() == 2 && !other.ends_with(property))
}

/// Whether `at` is a member of what is at `owner`: a finding names the owner of a member that is not there.
fn is_member(at: &str, owner: &str) -> bool {
    at.strip_prefix(owner).and_then(|rest| rest.strip_prefix('/')).is_some_and(|key| !key.contains('/'))
}

/// A node of the referrer graph: an operation, or a schema in one direction.
pub(super) type NodeId = usize;

/// A change, before the operations that it touches are known.
pub(super) struct Change<'p, 'a> {
    pub(super) rule: &'static Rule,
    pub(super) subject: String,
    pub(super) base: Option<&'p Location<'a>>,
    pub(super) revision: Option<&'p Location<'a>>,
    pub(super) old: Option<&'p Value>,
    pub(super) new: Option<&'p Value>,
}

/// Two findings with equal rule, location, subject and values are one. One location of the base may have become many.
type Identity = (&'static str, String, String, Option<String>, Option<String>);

/// Collects findings and the referrer graph, so that one change of a shared schema is one finding.
#[derive(Debug, Default)]
pub(super) struct Collector {
    findings: Vec<(Finding, BTreeSet<NodeId>)>,
    known: HashMap<Identity, usize>,
    /// The referrers of each node.
    referrers: Vec<Vec<NodeId>>,
    relevances: Vec<Relevance>,
    operations: BTreeMap<NodeId, String>,
}

impl Collector {
    /// Adds a node for an operation, or for the document where there is no name.
    pub(super) fn add_root(&mut self, operation: Option<String>) -> NodeId {
        let node = self.add_node(None, Relevance::Full);
        if let Some(name) = operation {
            self.operations.insert(node, name);
        }
        node
    }

    pub(super) fn add_node(&mut self, referrer: Option<NodeId>, relevance: Relevance) -> NodeId {
        self.referrers.push(referrer.into_iter().collect());
        self.relevances.push(relevance);
        self.referrers.len() - 1
    }

    pub(super) fn relevance(&self, node: NodeId) -> Relevance {
        self.relevances[node]
    }

    pub(super) fn add_referrer(&mut self, node: NodeId, referrer: NodeId) {
        if self.referrers[node].last() != Some(&referrer) {
            self.referrers[node].push(referrer);
        }
    }

    /// Adds a change at `place`, the human-readable location.
    pub(super) fn add(&mut self, node: NodeId, place: String, change: Change<'_, '_>) {
        let Change { rule, subject, base, revision, old, new } = change;
        let (old, new) = (short(old), short(new));
        let base = base.map(|location| location.at.to_string());
        let revision = revision.map(|location| location.at.to_string());
        let at = base.clone().or_else(|| revision.clone()).unwrap_or_default();
        let text = |value: &Option<Value>| value.as_ref().map(Value::to_string);
        let identity = (rule.id, at, subject.clone(), text(&old), text(&new));
        let index = *self.known.entry(identity).or_insert_with(|| {
            let (severity, operations) = (rule.severity, Vec::new());
            let (base_position, revision_position) = (None, None);
            let finding = Finding {
                rule,
                severity,
                place,
                subject,
                old,
                new,
                base,
                revision,
                base_position,
                revision_position,
                operations,
            };
            self.findings.push((finding, BTreeSet::new()));
            self.findings.len() - 1
        });
        self.findings[index].1.insert(node);
    }

    /// Returns the findings, worst first, each with its operations.
    pub(super) fn finish(self) -> Vec<Finding> {
        let mut findings: Vec<Finding> = Vec::with_capacity(self.findings.len());
        let mut known: HashMap<Vec<NodeId>, Vec<String>> = HashMap::new();
        for (mut finding, nodes) in self.findings {
            let nodes: Vec<NodeId> = nodes.into_iter().collect();
            let operations =
                known.entry(nodes.clone()).or_insert_with(|| find_operations(&self.referrers, &self.operations, nodes));
            finding.operations.clone_from(operations);
            findings.push(finding);
        }
        findings.sort_by(|a, b| {
            let key = |f: &'_ Finding| (std::cmp::Reverse(f.severity), f.rule.id);
            (key(a), a.location(), &a.subject).cmp(&(key(b), b.location(), &b.subject))
        });
        findings
    }
}

/// Finds the operations that refer to `nodes`, directly or not.
fn find_operations(referrers: &[Vec<NodeId>], names: &BTreeMap<NodeId, String>, nodes: Vec<NodeId>) -> Vec<String> {
    let mut seen: HashSet<NodeId> = nodes.iter().copied().collect();
    let mut next = nodes;
    let mut found = BTreeSet::new();
    while let Some(node) = next.pop() {
        found.extend(names.get(&node).cloned());
        next.extend(referrers[node].iter().copied().filter(|referrer| seen.insert(*referrer)));
    }
    found.into_iter().collect()
}

/// A value in the form that a finding holds. A long value is left to its location.
fn short(value: Option<&Value>) -> Option<Value> {
    let value = value?;
    let is_short = match value {
        Value::Object(_) => false,
        Value::Array(items) => items.len() <= 32 && items.iter().all(|item| !item.is_array() && !item.is_object()),
        Value::String(text) => text.len() <= 200,
        _ => true,
    };
    is_short.then(|| value.clone())
}
