//! Findings: what differs, where on either side, and which operations it touches.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use serde_json::Value;

use super::compare::Weight;
use super::rules::{Rule, Severity};
use super::side::Place;

/// One change, however many operations it touches.
#[derive(Debug, Clone)]
pub struct Finding {
    /// What kind of change.
    pub rule: &'static Rule,
    /// The rule's severity, or what the configuration makes of it.
    pub severity: Severity,
    /// The place as one reads it: `GET /v1/projects 200 ProjectList.projects[]`.
    pub place: String,
    /// What changed at this place: a parameter, a property, a keyword.
    pub subject: String,
    /// The value before, where it is short enough to be read.
    pub old: Option<Value>,
    /// The value now.
    pub new: Option<Value>,
    /// JSON pointer into the base document.
    pub base: Option<String>,
    /// JSON pointer into the revision.
    pub revision: Option<String>,
    /// Method and path of every operation it touches; none for what belongs to the whole document.
    pub operations: Vec<String>,
}

impl Finding {
    /// The place that configuration and baselines name: that of the base, or of the revision for what is new.
    #[must_use]
    pub fn location(&self) -> &str {
        self.base.as_deref().or(self.revision.as_deref()).unwrap_or("#")
    }
}

/// Something that refers to schemas: an operation, or a schema in one direction.
pub(super) type Node = usize;

/// What a finding is about.
pub(super) struct Change<'p, 'a> {
    pub(super) rule: &'static Rule,
    pub(super) place: String,
    pub(super) subject: String,
    pub(super) base: Option<&'p Place<'a>>,
    pub(super) revision: Option<&'p Place<'a>>,
    pub(super) values: (Option<Value>, Option<Value>),
}

/// What makes two findings one: rule, place and change. What the base has in one place may have become many.
type Identity = (&'static str, String, String, Option<String>, Option<String>);

/// Collects findings and who refers to what, so that one change to a shared schema is one finding.
#[derive(Debug, Default)]
pub(super) struct Ledger {
    findings: Vec<(Finding, BTreeSet<Node>)>,
    known: HashMap<Identity, usize>,
    /// What refers to each node.
    parents: Vec<Vec<Node>>,
    weights: Vec<Weight>,
    names: BTreeMap<Node, String>,
}

impl Ledger {
    /// A node for an operation, or for the document where it has no name.
    pub(super) fn root(&mut self, operation: Option<String>) -> Node {
        let node = self.node(None, Weight::Full);
        if let Some(name) = operation {
            self.names.insert(node, name);
        }
        node
    }

    pub(super) fn node(&mut self, parent: Option<Node>, weight: Weight) -> Node {
        self.parents.push(parent.into_iter().collect());
        self.weights.push(weight);
        self.parents.len() - 1
    }

    pub(super) fn weight(&self, node: Node) -> Weight {
        self.weights[node]
    }

    pub(super) fn refer(&mut self, parent: Node, child: Node) {
        if self.parents[child].last() != Some(&parent) {
            self.parents[child].push(parent);
        }
    }

    pub(super) fn add(&mut self, node: Node, change: Change<'_, '_>) {
        let Change { rule, place, subject, base, revision, values: (old, new) } = change;
        let base = base.map(|place| place.at.to_string());
        let revision = revision.map(|place| place.at.to_string());
        let at = base.clone().or_else(|| revision.clone()).unwrap_or_default();
        let text = |value: &Option<Value>| value.as_ref().map(Value::to_string);
        let key = (rule.id, at, subject.clone(), text(&old), text(&new));
        let index = *self.known.entry(key).or_insert_with(|| {
            let (severity, operations) = (rule.severity, Vec::new());
            let finding = Finding { rule, severity, place, subject, old, new, base, revision, operations };
            self.findings.push((finding, BTreeSet::new()));
            self.findings.len() - 1
        });
        self.findings[index].1.insert(node);
    }

    /// The findings, worst first, each with its operations.
    pub(super) fn close(self) -> Vec<Finding> {
        let mut findings: Vec<Finding> = Vec::with_capacity(self.findings.len());
        let mut reached: HashMap<Vec<Node>, Vec<String>> = HashMap::new();
        for (mut finding, nodes) in self.findings {
            let nodes: Vec<Node> = nodes.into_iter().collect();
            let operations =
                reached.entry(nodes.clone()).or_insert_with(|| operations(&self.parents, &self.names, nodes));
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

/// The operations that refer to `nodes`, directly or not.
fn operations(parents: &[Vec<Node>], names: &BTreeMap<Node, String>, nodes: Vec<Node>) -> Vec<String> {
    let mut seen: HashSet<Node> = nodes.iter().copied().collect();
    let mut next = nodes;
    let mut found = BTreeSet::new();
    while let Some(node) = next.pop() {
        found.extend(names.get(&node).cloned());
        next.extend(parents[node].iter().copied().filter(|parent| seen.insert(*parent)));
    }
    found.into_iter().collect()
}

/// A value as a finding holds it: what is long is its place's to show.
pub(super) fn short(value: Option<&Value>) -> Option<Value> {
    let value = value?;
    let is_short = match value {
        Value::Object(_) => false,
        Value::Array(items) => items.len() <= 32 && items.iter().all(|item| !item.is_array() && !item.is_object()),
        Value::String(text) => text.len() <= 200,
        _ => true,
    };
    is_short.then(|| value.clone())
}
