//! The comparison itself: a queue of pairs of schemas, each pair looked at once per direction.

use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap, VecDeque};
use std::rc::Rc;

use serde_json::Value;

use super::describe::describe;
use super::findings::{Change, Ledger, Node, short};
use super::rules::{self, Rule, Severity};
use super::side::{Place, Side};

/// Which way a schema travels; a widening in a request is a narrowing in a response.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Direction {
    Request,
    Response,
}

/// Whether what happens in a place matters to the client.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Weight {
    Full,
    /// Part of an error's answer, which the client reads in any shape.
    Error,
    /// A property that does not travel this way.
    OneWay,
}

impl Weight {
    /// The rule of a finding that `rule` stands for where it matters.
    fn of(self, rule: &'static Rule) -> &'static Rule {
        match self {
            Self::Error if rule.severity > Severity::Info => rules::ERROR_ANSWER_CHANGED,
            Self::OneWay if rule.severity > Severity::Info => rules::ONE_WAY_PROPERTY_CHANGED,
            _ => rule,
        }
    }
}

/// Where a schema stands, as far as that matters to what it means.
#[expect(clippy::struct_excessive_bools, reason = "five things that have nothing to do with each other")]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Role {
    pub(super) direction: Direction,
    /// Written as plain text: in it, a number is a string.
    pub(super) plain: bool,
    /// A parameter's own schema, whose default is the parameter's.
    pub(super) parameter: bool,
    /// A query parameter written `a=1&a=2`: one value is a list of one.
    pub(super) repeats: bool,
    /// An optional property: the client reads null as absent.
    pub(super) optional: bool,
    /// An alternative: whether null is allowed was compared with all of them together.
    pub(super) alternative: bool,
    pub(super) weight: Weight,
}

impl Role {
    pub(super) fn new(direction: Direction) -> Self {
        Self {
            direction,
            plain: false,
            parameter: false,
            repeats: false,
            optional: false,
            alternative: false,
            weight: Weight::Full,
        }
    }

    /// The role of what a schema in this role holds.
    pub(super) fn within(self) -> Self {
        Self { parameter: false, repeats: false, optional: false, alternative: false, ..self }
    }

    /// The role of one alternative of a schema in this role.
    pub(super) fn alternative(self) -> Self {
        Self { repeats: self.repeats, alternative: true, ..self.within() }
    }

    /// A rule for each direction.
    pub(super) fn rule(self, request: &'static Rule, response: &'static Rule) -> &'static Rule {
        match self.direction {
            Direction::Request => request,
            Direction::Response => response,
        }
    }
}

/// Two schemas in one role.
pub(super) type Pair<'a> = (Place<'a>, Place<'a>, Role);

/// What tells a pair from every other.
type Key = (usize, usize, Role);

pub(super) fn key((base, revision, role): &Pair<'_>) -> Key {
    (base.address(), revision.address(), *role)
}

pub(super) struct Comparison<'s, 'a> {
    pub(super) base: &'s Side<'a>,
    pub(super) revision: &'s Side<'a>,
    pub(super) ledger: Ledger,
    queue: VecDeque<(Node, Pair<'a>)>,
    seen: HashMap<Key, Node>,
    /// What trials of single alternatives came to.
    pub(super) trials: Rc<RefCell<HashMap<Key, bool>>>,
    /// How many trials this comparison is part of.
    pub(super) depth: usize,
    /// What a trial is about: whether anything breaks.
    pub(super) breaks: bool,
}

impl<'s, 'a> Comparison<'s, 'a> {
    pub(super) fn new(base: &'s Side<'a>, revision: &'s Side<'a>) -> Self {
        Self {
            base,
            revision,
            ledger: Ledger::default(),
            queue: VecDeque::new(),
            seen: HashMap::new(),
            trials: Rc::default(),
            depth: 0,
            breaks: false,
        }
    }

    /// A comparison of the same two documents of which only counts whether anything breaks.
    pub(super) fn trial(&self) -> Self {
        let mut trial = Self::new(self.base, self.revision);
        trial.trials = Rc::clone(&self.trials);
        trial.depth = self.depth + 1;
        trial
    }

    /// Has a pair of schemas compared on behalf of `node`.
    pub(super) fn schemas(&mut self, node: Node, pair: Pair<'a>) {
        let known = self.seen.get(&key(&pair)).copied();
        if let Some(child) = known {
            self.ledger.refer(node, child);
        } else {
            let child = self.ledger.node(Some(node), pair.2.weight);
            self.seen.insert(key(&pair), child);
            self.queue.push_back((child, pair));
        }
    }

    /// Looks at every pair in the queue, and at those that they bring.
    pub(super) fn run(&mut self) {
        while let Some((node, pair)) = self.queue.pop_front().filter(|_| !self.breaks) {
            super::schemas::compare(self, node, &pair);
        }
    }

    pub(super) fn add(
        &mut self,
        node: Node,
        rule: &'static Rule,
        subject: impl Into<String>,
        base: Option<&Place<'a>>,
        revision: Option<&Place<'a>>,
        values: (Option<&Value>, Option<&Value>),
    ) {
        let rule = self.ledger.weight(node).of(rule);
        if self.depth > 0 {
            self.breaks |= rule.severity == Severity::Breaking;
            return;
        }
        let values = (short(values.0), short(values.1));
        let place = match (base, revision) {
            (Some(base), _) => describe(self.base.document, &base.at),
            (None, Some(revision)) => describe(self.revision.document, &revision.at),
            (None, None) => String::new(),
        };
        self.ledger.add(node, Change { rule, place, subject: subject.into(), base, revision, values });
    }

    /// Compares what is of no consequence on the wire: the members that `known` does not name.
    pub(super) fn annotations(&mut self, node: Node, base: &Place<'a>, revision: &Place<'a>, known: &[&str]) {
        let mut changed: BTreeMap<&'static str, (&'static Rule, Vec<&str>)> = BTreeMap::new();
        let members = |place: &Place<'a>| place.value.as_object().into_iter().flatten();
        let names = members(base)
            .map(|(name, _)| name)
            .chain(members(revision).map(|(name, _)| name).filter(|name| base.value.get(name.as_str()).is_none()));
        for name in names.filter(|name| !known.contains(&name.as_str())) {
            if base.value.get(name) == revision.value.get(name) {
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
            self.add(node, rule, names.join(", "), Some(base), Some(revision), (None, None));
        }
    }
}
