//! The verdict of the drift check, held to the client: for pairs of documents, the client of the base reads values of the
//! revision's responses and sends values that the revision's requests are compared with.
//!
//! A miss is a pair in which a value fails and nothing is reported as breaking; an alarm, one that is reported so and in
//! which no value fails. A tenth of the pairs is tried, drawn by [`SEED`]; `ORACLE=all` tries all of them, and
//! `ORACLE=<part of a name>` the pairs that are called so.

mod changes;
mod clients;
mod contract;
mod pairs;
mod samples;
mod trial;

use std::collections::BTreeMap;

use fastrand::Rng;
use xtask::drift;
use xtask::drift::rules::Severity;

use clients::Clients;
use pairs::Pair;
use trial::Trial;

use crate::fixture::Fixture;

/// Draws the tenth of the pairs, and the values of large schemas.
const SEED: u64 = 17;

/// Rules that speak of what no value of a body or parameter shows, each with its reason.
const UNSEEN: &[(&str, &str)] = &[
    ("operation-removed", "an operation that is gone has no values"),
    ("request-parameter-default-added", "a default is the server's value, which no request holds"),
    ("request-parameter-default-changed", "a default is the server's value, which no request holds"),
    ("request-parameter-default-removed", "a default is the server's value, which no request holds"),
    ("request-parameter-serialization-changed", "values are compared, not the form in which they are written"),
    ("request-body-removed", "without a body, there is no schema that rejects one"),
    ("response-success-status-removed", "without a success, there is no schema of values"),
    ("response-required-header-removed", "callers read headers themselves; the client has no types of them"),
    ("response-header-became-optional", "callers read headers themselves; the client has no types of them"),
    ("request-content-changed", "JSON Schema does not look into a string"),
    ("security-requirement-replaced", "no value holds credentials"),
    ("response-media-type-removed", "the client hands over bytes without reading them"),
];

/// Rules that leave open whether a value fails, or that are no more than warnings on purpose, each with its reason.
const OPEN: &[(&str, &str)] = &[
    ("request-bound-added", "a document states a limit for the first time that the server had before"),
    ("request-pattern-changed", "whether one pattern holds another cannot be told"),
    ("request-constraint-changed", "whether what clients send satisfies the constraint cannot be told"),
    ("request-alternative-uncertain", "whether what clients send fits two alternatives cannot be told"),
];

/// Pairs that the drift check tells otherwise than the values do, each with its reason.
const KNOWN: &[(&str, &str)] = &[
    ("pairs/096.base.json", MISPLACED),
    ("pairs/099.base.json", MISPLACED),
    ("pairs/101.base.json", MISPLACED),
    ("pairs/097.base.json", MISPLACED),
    ("pairs/098.base.json", MISPLACED),
    ("pairs/100.base.json", MISPLACED),
    ("pairs/126.base.json", MISPLACED),
    ("constraints: a condition that asks for something else (request)", NAMELESS),
    ("alternatives: another type in alternatives that no type tells apart (request)", DISJOINT),
    ("pairs/128.base.json", NAMELESS),
    ("pairs/131.base.json", MISPLACED),
    ("pairs/134.base.json", MISPLACED),
    ("bodies: in a form, a number is a string", "the values here are JSON alone, no forms"),
    ("responses: a header of another type", "callers read headers themselves; the client has no types of them"),
    ("pairs/130.base.json", MISPLACED),
    ("pairs/189.base.json", MISPLACED),
    ("pairs/198.base.json", MISPLACED),
    ("pairs/129.base.json", NAMELESS),
    ("pairs/143.base.json", NAMELESS),
    ("references: a constant says something since draft 6", DIALECT),
    ("references: what stands beside a reference says something since 3.1", DIALECT),
    ("references: what stands beside a reference says something since 2019-09", DIALECT),
];
const DIALECT: &str = "the values here are those of 2020-12, whatever dialect the document names";
const DISJOINT: &str = "the other alternative accepts the value, and has no property in common with it";
const MISPLACED: &str = "a keyword at a type that JSON Schema ignores it for; the author means something by it";
const NAMELESS: &str = "the base requires a property that it does not name, so that its client sends nothing valid";

#[test]
fn the_verdict_is_that_of_the_client() {
    let (all, missing) = pairs::all();
    for folder in missing {
        println!("no pairs at {folder}: they are not tried");
    }
    let wanted = std::env::var("ORACLE").unwrap_or_default();
    let mut rng = Rng::with_seed(SEED);
    let tried: Vec<Pair> = all
        .into_iter()
        .filter(|pair| {
            let drawn = rng.u8(..10) == 0;
            if wanted.is_empty() { drawn } else { wanted == "all" || pair.name.contains(&wanted) }
        })
        .collect();
    println!("{} pairs, drawn by the seed {SEED}", tried.len());

    let mut clients = Clients::default();
    let mut ungenerated: BTreeMap<String, String> = BTreeMap::new();
    let mut trials = Vec::new();
    for pair in &tried {
        match clients.add(&pair.base) {
            Ok(client) => trials.push((pair, Trial::new(pair, &client))),
            Err(error) => drop(ungenerated.insert(pair.name.clone(), error)),
        }
    }
    let fixture = Fixture::copy_of_shipped("oracle");
    let broken = clients.build(&fixture);
    let (mut trials, uncompiled): (Vec<_>, Vec<_>) =
        trials.into_iter().partition(|(_, trial)| !broken.contains_key(&trial.client));
    let questions: Vec<_> = trials.iter_mut().flat_map(|(_, trial)| trial.take_questions()).collect();
    let mut outcomes = clients::ask(&fixture, &questions).into_iter();

    let (mut misses, mut alarms, mut unread, mut unknown) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    let mut values = 0;
    for (pair, trial) in trials {
        let judged = trial.judge(&mut outcomes);
        values += judged.values;
        // One of each pair shows the fault.
        unread.extend(judged.unread.iter().take(1).map(|what| format!("{}: {what}", pair.name)));
        let drift = drift::compare(&pair.base, &pair.revision, &[]);
        let breaking = drift.findings.iter().filter(|finding| finding.severity == Severity::Breaking);
        let rules: Vec<&str> = breaking.map(|finding| finding.rule.id).collect();
        let name = pair.name.trim_end_matches(", reversed");
        if KNOWN.iter().any(|(known, _)| *known == name) {
            continue;
        }
        match judged.failures.first() {
            Some(failure)
                if rules.is_empty()
                    && !drift.findings.iter().any(|finding| OPEN.iter().any(|(open, _)| *open == finding.rule.id)) =>
            {
                misses.push(told(pair, failure));
            }
            None if judged.has_no_values => unknown.push(&pair.name),
            None if !rules.is_empty() && !rules.iter().any(|rule| UNSEEN.iter().any(|(unseen, _)| unseen == rule)) => {
                alarms.push(told(pair, &rules.join(", ")));
            }
            _ => {}
        }
    }
    println!("{values} values");
    println!("{} documents whose client does not compile:", uncompiled.len());
    for (pair, trial) in &uncompiled {
        println!("  {}: {}", pair.name, broken[&trial.client]);
    }
    println!("{} documents from which no client is generated:", ungenerated.len());
    for (name, error) in &ungenerated {
        println!("  {name}: {error}");
    }
    println!("{} pairs whose client does not read or write values of its own document:", unread.len());
    for what in &unread {
        println!("  {what}");
    }
    println!("{} pairs with a schema of which no value is known: {unknown:?}", unknown.len());
    println!("{} misses:", misses.len());
    for miss in &misses {
        println!("  {miss}");
    }
    println!("{} alarms:", alarms.len());
    for alarm in &alarms {
        println!("  {alarm}");
    }
    assert!(values > tried.len(), "{values} values are too few to tell");
    assert!(misses.is_empty() && alarms.is_empty(), "{} misses, {} alarms", misses.len(), alarms.len());
}

/// A pair with what is told of it, and where it is a changed schema, with the schema before and after.
fn told(pair: &Pair, what: &str) -> String {
    let schema = |document: &serde_json::Value| document["components"]["schemas"]["Thing"].to_string();
    let (before, now) = (schema(&pair.base), schema(&pair.revision));
    if before == "null" {
        format!("{}: {what}", pair.name)
    } else {
        format!("{}: {what}\n    {before}\n    {now}", pair.name)
    }
}

#[test]
fn every_rule_that_no_value_shows_is_a_rule() {
    for (id, _) in UNSEEN {
        assert!(drift::rules::find(id).is_some_and(|rule| rule.severity == Severity::Breaking), "{id}");
    }
}
