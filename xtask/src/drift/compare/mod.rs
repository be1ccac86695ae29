//! The context of a comparison: sites, reports, and a queue of pairs of schemas, each compared once per context.

pub(super) mod additional;
pub(super) mod bounds;
pub(super) mod constraints;
pub(super) mod content;
pub(super) mod document;
pub(super) mod operations;
pub(super) mod overlap;
pub(super) mod parameters;
pub(super) mod payload;
pub(super) mod properties;
pub(super) mod responses;
pub(super) mod schemas;
pub(super) mod security;
pub(super) mod types;
pub(super) mod unions;

use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap, VecDeque};
use std::rc::Rc;

use serde_json::Value;

use super::findings::{Change, Collector, NodeId};
use super::read::describe::describe;
use super::read::reader::Reader;
use super::read::schema::Schema;
use super::read::{Identity, Location};
use super::rules::{self, Relevance, Rule, RulePair, Severity};
use crate::document::pointer::Pointer;

/// The direction in which a schema's values are sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Direction {
    Request,
    Response,
}

/// The properties of a schema's location that decide what a change of the schema means.
#[expect(clippy::struct_excessive_bools, reason = "independent properties")]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct SchemaContext {
    pub(super) direction: Direction,
    /// Sent as plain text, in which a number is a string.
    pub(super) plain: bool,
    /// A parameter's own schema, whose default is the parameter's.
    pub(super) parameter: bool,
    /// A parameter in whose form one value is a list of one: `a=1&a=2` and `1,2`.
    pub(super) lists: bool,
    /// An optional property: the client reads null as absent.
    pub(super) optional: bool,
    /// An alternative: the union compares whether null is allowed.
    pub(super) alternative: bool,
    /// The body of a response as a whole, of which the client recognizes some property.
    pub(super) body: bool,
    pub(super) relevance: Relevance,
}

impl SchemaContext {
    pub(super) fn new(direction: Direction) -> Self {
        Self {
            direction,
            plain: false,
            parameter: false,
            lists: false,
            optional: false,
            alternative: false,
            body: false,
            relevance: Relevance::Full,
        }
    }

    /// The context of a schema inside a schema with this context.
    pub(super) fn within(self) -> Self {
        Self { parameter: false, lists: false, optional: false, alternative: false, body: false, ..self }
    }

    /// The context of one alternative of a schema with this context.
    pub(super) fn alternative(self) -> Self {
        Self { lists: self.lists, alternative: true, ..self.within() }
    }

    /// The rule of a pair that holds in this direction.
    pub(super) fn rule(self, pair: &RulePair) -> &'static Rule {
        match self.direction {
            Direction::Request => pair.request,
            Direction::Response => pair.response,
        }
    }
}

/// One part of both documents, compared on behalf of a node.
#[derive(Debug, Clone, Copy)]
pub(super) struct Site<'p, 'a> {
    pub(super) node: NodeId,
    pub(super) base: &'p Location<'a>,
    pub(super) revision: &'p Location<'a>,
}

impl<'p, 'a> Site<'p, 'a> {
    pub(super) fn new(node: NodeId, base: &'p Location<'a>, revision: &'p Location<'a>) -> Self {
        Self { node, base, revision }
    }

    /// The values of the member called `key`.
    pub(super) fn values(self, key: &str) -> (Option<&'a Value>, Option<&'a Value>) {
        (self.base.value.get(key), self.revision.value.get(key))
    }
}

/// Two schemas in one context, not read yet.
#[derive(Debug, Clone)]
pub(super) struct Pair<'a> {
    pub(super) base: Location<'a>,
    pub(super) revision: Location<'a>,
    pub(super) context: SchemaContext,
}

/// The identity of a pair.
pub(super) type PairKey = (Identity, Identity, SchemaContext);

impl<'a> Pair<'a> {
    pub(super) fn new(base: &Location<'a>, revision: &Location<'a>, context: SchemaContext) -> Self {
        Self { base: base.clone(), revision: revision.clone(), context }
    }

    pub(super) fn key(&self) -> PairKey {
        (self.base.identity(), self.revision.identity(), self.context)
    }
}

/// The pairs that were compared speculatively, and those that are being compared.
#[derive(Debug, Default)]
pub(super) struct Speculations {
    known: HashMap<PairKey, bool>,
    /// The pairs in the order in which their comparisons began.
    begun: Vec<PairKey>,
    /// How many comparisons began in all.
    count: usize,
}

/// The number of speculative comparisons up to which one is nested in another, and a wrong assumption has its consequences
/// compared again.
const MAX_REPEATED: usize = 100;

impl Speculations {
    /// Whether there were so many comparisons that no further one is nested in another.
    pub(super) fn are_many(&self) -> bool {
        self.count > MAX_REPEATED
    }

    /// Counts a pair as one that breaks, without a comparison.
    pub(super) fn give_up(&mut self, pair: PairKey) {
        self.known.insert(pair, false);
    }

    /// Whether nothing breaks between the schemas of a pair, as far as that is known.
    pub(super) fn get(&self, pair: &PairKey) -> Option<bool> {
        self.known.get(pair).copied()
    }

    /// Assumes that nothing breaks, until the comparison of the pair is settled. Returns its number.
    pub(super) fn assume(&mut self, pair: PairKey) -> usize {
        self.known.insert(pair.clone(), true);
        self.begun.push(pair);
        self.count += 1;
        self.begun.len() - 1
    }

    /// Settles the comparison with this number. If the assumption was wrong, what was found under it is forgotten; after
    /// many comparisons it counts as a break instead, so that the time grows with the document alone.
    pub(super) fn settle(&mut self, number: usize, are_compatible: bool) {
        if are_compatible {
            return;
        }
        for pair in self.begun.drain(number + 1..) {
            if self.known.get(&pair) != Some(&true) {
                continue;
            }
            if self.count < MAX_REPEATED {
                self.known.remove(&pair);
            } else {
                self.known.insert(pair, false);
            }
        }
        if let Some(pair) = self.begun.get(number) {
            self.known.insert(pair.clone(), false);
        }
    }
}

/// The two schemas of a site, read.
pub(super) struct Schemas<'p, 'a> {
    pub(super) site: Site<'p, 'a>,
    pub(super) context: SchemaContext,
    pub(super) old: Rc<Schema<'a>>,
    pub(super) new: Rc<Schema<'a>>,
}

impl Schemas<'_, '_> {
    /// The rule of a pair that holds in the direction of these schemas.
    pub(super) fn rule(&self, pair: &RulePair) -> &'static Rule {
        self.context.rule(pair)
    }

    /// The context of a part that the client's types do not hold: it decodes every response.
    pub(super) fn unchecked(&self) -> SchemaContext {
        let context = self.context.within();
        match context.direction {
            Direction::Request => context,
            Direction::Response => SchemaContext { relevance: Relevance::Unchecked, ..context },
        }
    }

    /// The context of the items of a list. The client decodes the items of a tuple as any JSON values.
    pub(super) fn context_of_items(&self) -> SchemaContext {
        if self.old.is_tuple() { self.unchecked() } else { self.context.within() }
    }

    /// The context of the properties that the schema does not name. Beside properties by pattern, the client decodes them
    /// as any JSON values.
    pub(super) fn context_of_additional(&self) -> SchemaContext {
        let is_open = self.old.has_properties_by_pattern() && self.old.restrictions.is_empty();
        if is_open { self.unchecked() } else { self.context.within() }
    }
}

/// The state of a comparison: the two documents, the findings so far, and the schemas that wait.
pub(super) struct Comparison<'s, 'a> {
    pub(super) base: &'s Reader<'a>,
    pub(super) revision: &'s Reader<'a>,
    pub(super) collector: Collector,
    /// Whether findings by a rule are collected.
    wanted: fn(&Rule) -> bool,
    queue: VecDeque<(NodeId, Pair<'a>)>,
    seen: HashMap<PairKey, NodeId>,
    /// The results of speculative comparisons.
    pub(super) compatible: Rc<RefCell<Speculations>>,
    /// The number of speculative comparisons that this one is nested in, itself included.
    pub(super) depth: usize,
    /// The result of a speculative comparison: whether anything breaks.
    pub(super) breaks: bool,
}

impl<'s, 'a> Comparison<'s, 'a> {
    pub(super) fn new(base: &'s Reader<'a>, revision: &'s Reader<'a>, wanted: fn(&Rule) -> bool) -> Self {
        Self {
            base,
            revision,
            collector: Collector::default(),
            wanted,
            queue: VecDeque::new(),
            seen: HashMap::new(),
            compatible: Rc::default(),
            depth: 0,
            breaks: false,
        }
    }

    /// Starts a comparison of the two documents that only finds out whether anything breaks.
    pub(super) fn speculate(&self) -> Self {
        let mut speculative = Self::new(self.base, self.revision, self.wanted);
        speculative.compatible = Rc::clone(&self.compatible);
        speculative.depth = self.depth + 1;
        speculative
    }

    /// Has a pair of schemas compared on behalf of `node`.
    pub(super) fn enqueue(&mut self, node: NodeId, pair: Pair<'a>) {
        // A speculative comparison relies on those that were made, and on those that it is a part of.
        if self.depth > 0 && self.compatible.borrow().get(&pair.key()) == Some(true) {
            return;
        }
        let known = self.seen.get(&pair.key()).copied();
        if let Some(child) = known {
            self.collector.add_referrer(child, node);
        } else {
            let child = self.collector.add_node(Some(node), pair.context.relevance);
            self.seen.insert(pair.key(), child);
            self.queue.push_back((child, pair));
        }
    }

    /// Takes the next pair of schemas out of the queue. None is left to a speculative comparison that broke.
    pub(super) fn dequeue(&mut self) -> Option<(NodeId, Pair<'a>)> {
        if self.breaks { None } else { self.queue.pop_front() }
    }

    /// Reports a change of a part that both documents have.
    pub(super) fn report(&mut self, site: Site<'_, 'a>, rule: &'static Rule, subject: impl Into<String>) {
        self.report_values(site, rule, subject, (None, None));
    }

    /// Reports a change with the value before and the value now.
    pub(super) fn report_values(
        &mut self,
        site: Site<'_, 'a>,
        rule: &'static Rule,
        subject: impl Into<String>,
        (old, new): (Option<&Value>, Option<&Value>),
    ) {
        let (base, revision) = (Some(site.base), Some(site.revision));
        let change = Change { rule, subject: subject.into(), base, revision, old, new };
        self.add(site.node, change);
    }

    /// Reports a part that only the base has.
    pub(super) fn report_removed(
        &mut self,
        node: NodeId,
        rule: &'static Rule,
        subject: impl Into<String>,
        base: &Location<'a>,
    ) {
        let (base, revision, old, new) = (Some(base), None, None, None);
        self.add(node, Change { rule, subject: subject.into(), base, revision, old, new });
    }

    /// Reports a part that only the revision has.
    pub(super) fn report_added(
        &mut self,
        node: NodeId,
        rule: &'static Rule,
        subject: impl Into<String>,
        revision: &Location<'a>,
    ) {
        let (base, revision, old, new) = (None, Some(revision), None, None);
        self.add(node, Change { rule, subject: subject.into(), base, revision, old, new });
    }

    fn add(&mut self, node: NodeId, change: Change<'_, 'a>) {
        let rule = self.collector.relevance(node).adjust(change.rule);
        if self.depth > 0 {
            self.breaks |= rule.severity == Severity::Breaking;
            return;
        }
        if !(self.wanted)(rule) {
            return;
        }
        let base = change.base.map(|base| (self.base, base));
        let place = base.or_else(|| change.revision.map(|revision| (self.revision, revision)));
        let place = place.map_or_else(String::new, |(document, location)| describe(document.value, &location.at));
        self.collector.add(node, place, Change { rule, ..change });
    }

    /// Compares the members that `known` does not list. They do not change requests or responses.
    pub(super) fn compare_annotations(&mut self, site: Site<'_, 'a>, known: &[&str]) {
        let mut changed: BTreeMap<&'static str, (&'static Rule, Vec<&str>)> = BTreeMap::new();
        let members = |location: &Location<'a>| location.value.as_object().into_iter().flatten();
        let names = members(site.base).map(|(name, _)| name).chain(
            members(site.revision).map(|(name, _)| name).filter(|name| site.base.value.get(name.as_str()).is_none()),
        );
        for name in names.filter(|name| !known.contains(&name.as_str())) {
            let (old, new) = site.values(name);
            if old == new {
                continue;
            }
            let rule = match name.as_str() {
                "summary" | "description" | "tags" | "externalDocs" | "example" | "examples" | "title" => {
                    rules::DOCUMENTATION_CHANGED
                }
                name if name.starts_with("x-") => rules::EXTENSION_CHANGED,
                _ => rules::UNKNOWN_KEYWORD_CHANGED,
            };
            changed.entry(rule.id).or_insert((rule, Vec::new())).1.push(name);
        }
        for (rule, names) in changed.into_values() {
            // The whole document begins far from its members.
            let first = names.iter().min().copied().filter(|_| site.base.at == Pointer::root());
            self.report_at_member(site, first, rule, names.join(", "), (None, None));
        }
    }

    /// As [`report_values`](Self::report_values), with the locations of a member if there is a `key`.
    pub(super) fn report_at_member(
        &mut self,
        site: Site<'_, 'a>,
        key: Option<&str>,
        rule: &'static Rule,
        subject: impl Into<String>,
        values: (Option<&Value>, Option<&Value>),
    ) {
        let [base, revision] =
            [site.base, site.revision].map(|owner| key.map_or_else(|| owner.clone(), |key| owner.member_or_self(key)));
        self.report_values(Site::new(site.node, &base, &revision), rule, subject, values);
    }

    pub(super) fn compare_deprecation(&mut self, site: Site<'_, 'a>, what: &str) {
        let subject = match (site.base.flag("deprecated"), site.revision.flag("deprecated")) {
            (false, true) => format!("{what} deprecated"),
            (true, false) => format!("{what} no longer deprecated"),
            _ => return,
        };
        self.report(site, rules::DEPRECATION_CHANGED, subject);
    }
}
