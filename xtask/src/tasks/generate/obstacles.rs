//! Lists the errors of a document that keep operations from being generated, by kind.

use std::collections::{BTreeMap, BTreeSet};

use crate::count::count;
use crate::document::load::Document;
use crate::document::locate::Positions;
use crate::document::pointer::Pointer;
use crate::inert::Lines;
use crate::overlay;
use crate::skip::Obstacle;

/// How many operations or fields a line names.
const NAMED: usize = 20;

/// How many errors of a kind are shown whose operations are left out, and how many operations of each.
const SHOWN: usize = 3;

/// The obstacles of a document with its overlay: each kind with its count, the most frequent first; below it each error
/// with its position, and the operations and fields that it costs.
pub(super) fn render(obstacles: &[Obstacle], document: &Document, overlay: Option<&Document>) -> String {
    if obstacles.is_empty() {
        return String::new();
    }
    let places = Places::of(obstacles, document, overlay);
    let mut lines = Lines::default();
    for Kind { name, hint, obstacles } in kinds(obstacles) {
        lines.add(format_args!("obstacle: {name}{hint} (occurs {})", times(obstacles.len())));
        for Obstacle { error, operations, fields } in obstacles {
            let message = if error.message == name { String::new() } else { format!(": {}", error.message) };
            lines.add(format_args!("  {} {}{message}", places.position(&error.at), error.at));
            let operations: Vec<String> = operations.iter().map(operation).collect();
            lines.add(format_args!("    would leave out {}", list(&operations, NAMED, "more operation")));
            // Its own location names the field of an error in one.
            let fields: Vec<String> =
                fields.iter().filter(|field| !error.at.is_within(field)).map(ToString::to_string).collect();
            if !fields.is_empty() {
                lines.add(format_args!("    is part of {}", list(&fields, NAMED, "more field")));
            }
        }
    }
    lines.text()
}

/// The operations that are left out: each kind of obstacle with its count, the most frequent first; below it the first
/// errors with their positions and operations.
pub(super) fn render_left_out(obstacles: &[Obstacle], document: &Document, overlay: Option<&Document>) -> String {
    if obstacles.is_empty() {
        return String::new();
    }
    let places = Places::of(obstacles, document, overlay);
    let mut lines = Lines::default();
    for Kind { name, hint, obstacles } in kinds(obstacles) {
        let operations: BTreeSet<&Pointer> = obstacles.iter().flat_map(|obstacle| &obstacle.operations).collect();
        lines.add(format_args!("left out: {name}{hint} ({})", count(operations.len(), "operation")));
        for Obstacle { error, operations, .. } in &obstacles[..obstacles.len().min(SHOWN)] {
            let operations: Vec<String> = operations.iter().map(operation).collect();
            let operations = list(&operations, SHOWN, "more operation");
            lines.add(format_args!("  {} {} ({operations})", places.position(&error.at), error.at));
        }
        if obstacles.len() > SHOWN {
            lines.add(format_args!(
                "  and {}; the head of mod.rs lists each",
                count(obstacles.len() - SHOWN, "more error")
            ));
        }
    }
    lines.text()
}

/// The obstacles of one kind.
struct Kind<'a> {
    /// The message, if they share it; else with `…` in the place of names and values.
    name: String,
    hint: String,
    obstacles: Vec<&'a Obstacle>,
}

/// The kinds of obstacles, the most frequent first.
fn kinds<'a>(obstacles: &'a [Obstacle]) -> Vec<Kind<'a>> {
    let mut kinds: Vec<(String, Vec<&Obstacle>)> = Vec::new();
    for obstacle in obstacles {
        let kind = obstacle.error.kind();
        match kinds.iter_mut().find(|(known, _)| *known == kind) {
            Some((_, of_kind)) => of_kind.push(obstacle),
            None => kinds.push((kind, vec![obstacle])),
        }
    }
    kinds.sort_by_key(|(_, of_kind)| std::cmp::Reverse(of_kind.len()));
    let named = |(kind, obstacles): (String, Vec<&'a Obstacle>)| {
        let first = &obstacles[0].error;
        let is_shared = obstacles.iter().all(|obstacle| obstacle.error.message == first.message);
        let name = if is_shared { first.message.clone() } else { kind };
        let hint = first.hint.map(|hint| format!("; {hint}")).unwrap_or_default();
        Kind { name, hint, obstacles }
    };
    kinds.into_iter().map(named).collect()
}

fn times(count: usize) -> String {
    if count == 1 { "once".to_owned() } else { format!("{count} times") }
}

/// `GET /v1/projects`, or a path of which no operation can be generated.
fn operation(at: &Pointer) -> String {
    match at.keys().collect::<Vec<_>>().as_slice() {
        [_, path, method] => format!("{} {path}", method.to_uppercase()),
        [_, path] => format!("all of {path}"),
        _ => at.to_string(),
    }
}

fn list(names: &[String], most: usize, thing: &str) -> String {
    let shown = names[..names.len().min(most)].join(", ");
    if names.len() > most { format!("{shown} and {}", count(names.len() - most, thing)) } else { shown }
}

/// The positions of errors in the files of a document.
struct Places<'a> {
    document: (&'a Document, Positions),
    /// The overlay, and its actions that add parts with errors.
    overlay: Option<(&'a Document, Positions, BTreeMap<Pointer, Pointer>)>,
}

impl<'a> Places<'a> {
    fn of(obstacles: &[Obstacle], document: &'a Document, overlay: Option<&'a Document>) -> Self {
        let is_added = |at: &&Pointer| at.find(&document.value).is_none();
        let added: Vec<Pointer> =
            obstacles.iter().map(|obstacle| &obstacle.error.at).filter(is_added).cloned().collect();
        // The overlay has been applied before, so it has no fault.
        let overlay = overlay.filter(|_| !added.is_empty()).and_then(|overlay| {
            let actions = overlay::find_actions(&document.value, overlay, &added).ok()?;
            Some((overlay, Positions::of(overlay), actions))
        });
        Self { document: (document, Positions::of(document)), overlay }
    }

    /// `file:line:column`
    fn position(&self, at: &Pointer) -> String {
        let added =
            self.overlay.as_ref().and_then(|(file, positions, actions)| Some((file, positions, actions.get(at)?)));
        let ((file, positions), at) = match &added {
            Some((file, positions, at)) => ((**file, *positions), *at),
            None => ((self.document.0, &self.document.1), at),
        };
        format!("{}:{}", file.name, positions.find(at))
    }
}
