//! Applies actions to a document one after the other, each to the part that its target begins with: the library copies
//! all that it gets, so it gets no more than it needs.

use roas_overlay::apply::{Apply, ApplyErrorKind, ApplyOptions};
use roas_overlay::v1_0::{Action, Overlay};
use serde_json::Value;

use crate::document::pointer::Pointer;

/// A document before an action, and the same after that action.
pub(super) struct Transition {
    before: Value,
    after: Value,
    /// The names that lead to the only part in which the two may differ.
    part: Vec<String>,
}

impl Transition {
    /// A document to which no action was applied yet.
    pub(super) fn of(document: Value) -> Self {
        Self { before: document.clone(), after: document, part: Vec::new() }
    }

    pub(super) fn before(&self) -> &Value {
        &self.before
    }

    pub(super) fn after(&self) -> &Value {
        &self.after
    }

    /// The place of the only part in which the two documents may differ, and that part in either of them.
    pub(super) fn part(&self) -> (Pointer, &Value, &Value) {
        let at = self.part.iter().fold(Pointer::root(), |at, name| at.child(name));
        (at, find(&self.before, &self.part), find(&self.after, &self.part))
    }

    pub(super) fn into_after(self) -> Value {
        self.after
    }

    /// Applies the next action, which is one of `overlay`. If it cannot be applied, it changes nothing.
    pub(super) fn apply(
        &mut self,
        action: &Action,
        overlay: &Overlay,
        options: impl Into<enumset::EnumSet<ApplyOptions>>,
    ) -> Result<(), ApplyErrorKind> {
        self.proceed();
        self.part = find_part(action, &self.after);
        let part = find_mut(&mut self.after, &self.part).take();
        let mut excerpt = self
            .part
            .iter()
            .rev()
            .fold(part, |value, name| Value::Object([(name.clone(), value)].into_iter().collect()));
        let applied = alone(action, overlay).apply(&mut excerpt, options.into());
        *find_mut(&mut self.after, &self.part) = find_mut(&mut excerpt, &self.part).take();
        applied.map(drop).map_err(|error| error.kind)
    }

    /// Takes a part out of what the action changed.
    pub(super) fn remove(&mut self, at: &Pointer) {
        debug_assert!(at.is_within(&self.part().0), "{at} did not change");
        at.remove_from(&mut self.after);
    }

    /// Takes the last action back.
    pub(super) fn undo(&mut self) {
        find_mut(&mut self.after, &self.part).clone_from(find(&self.before, &self.part));
    }

    /// Sets the document after the next action.
    pub(super) fn replace(&mut self, document: Value) {
        self.proceed();
        (self.after, self.part) = (document, Vec::new());
    }

    /// Copies the part that the last action changed into the document before the next one.
    fn proceed(&mut self) {
        find_mut(&mut self.before, &self.part).clone_from(find(&self.after, &self.part));
    }
}

/// The names that lead to the part of a document that an action reads and changes.
fn find_part(action: &Action, document: &Value) -> Vec<String> {
    let mut names = first_names(&action.target);
    if action.is_remove() {
        // What is removed is a member of the part that changes.
        names.pop();
    }
    let mut part = document;
    let is_there = |name: &&str| part.get(name).map(|member| part = member).is_some();
    names.into_iter().take_while(is_there).map(ToOwned::to_owned).collect()
}

/// The names that a target (RFC 9535) begins with: `paths` and `/v1/models` of `$.paths['/v1/models'].*`.
fn first_names(target: &str) -> Vec<&str> {
    let mut names = Vec::new();
    // A filter may ask for a part anywhere, which begins with `$`.
    let mut rest = target.strip_prefix('$').filter(|rest| !rest.contains('$')).unwrap_or_default();
    while let Some((name, after)) = first_name(rest) {
        names.push(name);
        rest = after;
    }
    names
}

/// The name that a target goes on with in its plainest forms, `.name` and `['name']`, and the rest of the target.
fn first_name(target: &str) -> Option<(&str, &str)> {
    if let Some(quoted) = target.strip_prefix("['") {
        // Not an escape, nor the first of several names.
        return quoted.split_once("']").filter(|(name, _)| !name.contains(['\'', '\\']));
    }
    let rest = target.strip_prefix('.')?;
    let end = rest.find(['.', '[']).unwrap_or(rest.len());
    let is_plain = |c: char| c.is_ascii_alphanumeric() || c == '_';
    Some(rest.split_at(end)).filter(|(name, _)| !name.is_empty() && name.chars().all(is_plain))
}

fn find<'v>(document: &'v Value, part: &[String]) -> &'v Value {
    part.iter().fold(document, |value, name| &value[name])
}

fn find_mut<'v>(document: &'v mut Value, part: &[String]) -> &'v mut Value {
    part.iter().fold(document, |value, name| &mut value[name])
}

/// An overlay with one action of another.
fn alone(action: &Action, overlay: &Overlay) -> Overlay {
    Overlay {
        overlay: overlay.overlay.clone(),
        info: overlay.info.clone(),
        extends: overlay.extends.clone(),
        actions: vec![action.clone()],
        extensions: overlay.extensions.clone(),
    }
}

#[cfg(test)]
mod tests {
    use enumset::EnumSet;
    use serde_json::json;

    use super::*;
    use crate::document::load;

    /// The text has the order of members, which values do not compare.
    fn apply_whole(document: &Value, overlay: &Overlay) -> (String, Option<ApplyErrorKind>) {
        let mut whole = document.clone();
        let error = overlay.apply(&mut whole, EnumSet::all()).err().map(|error| error.kind);
        (whole.to_string(), error)
    }

    fn overlay(action: &Value) -> Overlay {
        let overlay = json!({ "overlay": "1.0.0", "info": { "title": "T", "version": "1" }, "actions": [action] });
        serde_json::from_value(overlay).unwrap()
    }

    #[test]
    fn an_action_does_to_a_part_what_it_does_to_the_whole_document() {
        let document = json!({
            "info": { "title": "T", "x": { "y": 1 }, "z": [] },
            "paths": {
                "/a": { "get": { "list": [{ "name": "x" }, { "name": "T" }] }, "put": {} },
                "/b']['c": { "get": {} },
                "/é": { "é": { "get": {} } },
            },
        });
        let targets = [
            "$",
            "$.info",
            "$['info']",
            "$.info.x",
            "$.info.x.y",
            "$.info.missing",
            "$.info.missing.x",
            "$.info.z",
            "$.paths['/a'].get",
            "$.paths['/a', '/é']",
            "$.paths[\"/a\"].put",
            "$.paths['/b\\'][\\'c'].get",
            "$.paths['/a'].get.list",
            "$.paths['/a'].get.list[0]",
            "$.paths['/a'].get.list.name",
            "$.paths['/a']['get','put']",
            "$.paths['/a'].get.list[?@.name == $.info.title]",
            "$.paths['/a'].get.list[?@.name == 'x']",
            "$.paths['/a'].get.list[-1:]",
            "$.paths.*",
            "$.paths[*].get",
            "$..get",
            "$.paths..get",
            "$.paths['/é'].é",
            "$.paths['/é'].é.get",
            "$.in-fo",
            "$.1",
            "$. info",
            "$ .info",
            "info",
            "$.info[",
            "$.",
            "",
        ];
        let mut applied = 0;
        for target in targets {
            for action in [
                json!({ "target": target, "update": { "new": { "er": [1] }, "x": { "w": 2 }, "get": {} } }),
                json!({ "target": target, "update": [1] }),
                json!({ "target": target, "update": "text" }),
                json!({ "target": target, "remove": true }),
            ] {
                let overlay = overlay(&action);
                let (whole, error) = apply_whole(&document, &overlay);
                let mut transition = Transition::of(document.clone());
                let result = transition.apply(&overlay.actions[0], &overlay, EnumSet::all());
                assert_eq!(result.clone().err(), error, "{action}");
                assert_eq!(transition.after().to_string(), whole, "{action}");
                assert_eq!(transition.before().to_string(), document.to_string(), "{action}");
                applied += usize::from(result.is_ok());
                transition.undo();
                assert_eq!(transition.after().to_string(), document.to_string(), "{action}");
            }
        }
        assert!(applied > 40, "{applied}");
    }

    #[test]
    fn one_action_after_the_other_does_what_the_overlay_does_at_once() {
        let [document, overlay] = ["../spec/deepgram-management-openapi.yml", "../spec/overlay.yaml"]
            .map(|path| load::document(path.as_ref()).unwrap().value);
        let overlay: Overlay = serde_json::from_value(overlay).unwrap();
        let mut transition = Transition::of(document.clone());
        let mut before = document.to_string();
        let missing = serde_json::from_value(json!({ "target": "$.paths.missing", "remove": true })).unwrap();
        for action in &overlay.actions {
            assert_eq!(transition.apply(&missing, &overlay, EnumSet::all()), Err(ApplyErrorKind::ZeroMatch));
            transition.apply(action, &overlay, EnumSet::all()).unwrap();
            assert_eq!(transition.before().to_string(), before, "{}", action.target);
            let (at, _, part) = transition.part();
            let mut with_part = transition.before().clone();
            at.find_mut(&mut with_part).unwrap().clone_from(part);
            before = transition.after().to_string();
            assert_eq!(with_part.to_string(), before, "{}", action.target);
        }
        assert_eq!((before, None), apply_whole(&document, &overlay));
    }
}
