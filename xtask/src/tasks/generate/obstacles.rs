//! Lists the errors of a document that keep operations from being generated, by kind.

use std::collections::BTreeMap;

use crate::document::load::Document;
use crate::document::locate::Positions;
use crate::document::pointer::Pointer;
use crate::inert::Lines;
use crate::overlay;
use crate::skip::Obstacle;

/// How many operations or fields a line names.
const NAMED: usize = 20;

/// The obstacles of a document with its overlay: each kind with its count, the most frequent first; below it each error
/// with its position, and the operations and fields that it costs.
pub(super) fn render(obstacles: &[Obstacle], document: &Document, overlay: Option<&Document>) -> String {
    let mut kinds: Vec<(String, Vec<&Obstacle>)> = Vec::new();
    for obstacle in obstacles {
        let kind = obstacle.error.kind();
        match kinds.iter_mut().find(|(known, _)| *known == kind) {
            Some((_, of_kind)) => of_kind.push(obstacle),
            None => kinds.push((kind, vec![obstacle])),
        }
    }
    kinds.sort_by_key(|(_, of_kind)| std::cmp::Reverse(of_kind.len()));
    let places = Places::of(obstacles, document, overlay);
    let mut lines = Lines::default();
    for (kind, of_kind) in kinds {
        let hint = of_kind[0].error.hint.map(|hint| format!("; {hint}")).unwrap_or_default();
        lines.add(format_args!("obstacle: {kind}{hint} (occurs {})", times(of_kind.len())));
        for Obstacle { error, operations, fields } in of_kind {
            let message = if error.message == kind { String::new() } else { format!(": {}", error.message) };
            lines.add(format_args!("  {} {}{message}", places.position(&error.at), error.at));
            let operations: Vec<String> = operations.iter().map(operation).collect();
            lines.add(format_args!("    leaves out {}", list(&operations, "operations")));
            if !fields.is_empty() {
                let fields: Vec<String> = fields.iter().map(ToString::to_string).collect();
                lines.add(format_args!("    is part of {}", list(&fields, "fields")));
            }
        }
    }
    lines.text()
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

fn list(names: &[String], things: &str) -> String {
    let shown = names[..names.len().min(NAMED)].join(", ");
    if names.len() > NAMED { format!("{shown} and {} more {things}", names.len() - NAMED) } else { shown }
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
