//! Finds the hand-written code that a newer document concerns, by the names of the generated items.

use std::fmt;
use std::path::Path;

use anyhow::Result;
use heck::{ToLowerCamelCase as _, ToSnakeCase as _};

use super::readers::Readers;
use super::sources::{self, CLIENT, has_word, is_remark, parts, words};
use crate::polish::Modules;
use crate::rust_api::ApiDiff;

/// A line of hand-written code that uses a generated item.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Usage {
    /// File and line, from the workspace's root.
    pub(super) place: String,
    /// The item that the line uses, and the change of that item.
    pub(super) reason: String,
    /// Whether the client itself would not compile.
    pub(super) is_obstacle: bool,
    /// Whether other generated items have the name, too.
    pub(super) is_guess: bool,
}

impl fmt::Display for Usage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.place, self.reason)
    }
}

/// The lines below `root` that use an item which `diff` removes or changes. `newer` is the client of the newer document,
/// and `ids` are the removed operations.
///
/// # Errors
/// A source that cannot be read.
pub(super) fn find(root: &Path, diff: &ApiDiff, newer: &Modules, ids: &[String]) -> Result<Vec<Usage>> {
    let removed = diff.removed.iter().map(|path| Item::new(path, "which the newer document lacks".to_owned(), true));
    let changed = diff.changed.iter().map(|(path, _, _)| Item::new(path, "which changes its type".to_owned(), false));
    let mut items: Vec<Item> = removed.chain(changed).flatten().collect();
    for item in items.iter_mut().filter(|item| item.path.starts_with("builder::")) {
        let method = item.owner.as_ref().map(|owner| owner.to_snake_case());
        item.end = newer.table.as_ref().zip(method).and_then(|(table, method)| path_end(table, &method));
    }
    if items.is_empty() && ids.is_empty() {
        return Ok(Vec::new());
    }
    let readers = Readers::of(newer)?;
    let kept = [&newer.operations, &newer.builder, &newer.types].map(String::as_str).concat();
    // Each of these scans the whole client: once for an item, and not once for each part of each file.
    let companions: Vec<_> = items.iter().map(|item| item.companions(&kept, &readers)).collect();
    let files = sources::read(root)?;
    let of_client = files.iter().filter(|(name, _)| name.starts_with(CLIENT));
    let client = of_client.map(|(_, text)| text.as_str()).collect::<Vec<_>>().concat();
    let mut usages = Vec::new();
    for (name, text) in &files {
        let is_client = name.starts_with(CLIENT);
        let declared_in = is_client.then_some(client.as_str());
        let is_rust = name.extension().is_some_and(|extension| extension == "rs");
        let mut number = 0;
        for part in parts(text, is_rust) {
            // Neither unit tests nor documentation keep the client from compiling.
            let is_library = is_client && is_rust && !part.lines().any(|line| line == "#[cfg(test)]");
            let is_near = |names: &Option<Vec<String>>| {
                names.as_ref().is_none_or(|names| names.iter().any(|name| has_word(part, name)))
            };
            let candidates: Vec<(&Item, bool, bool)> =
                items.iter().zip(&companions).map(|(item, names)| (item, is_near(names), names.is_some())).collect();
            for line in part.lines() {
                number += 1;
                if is_remark(line) {
                    continue;
                }
                let used = candidates.iter().filter(|(item, is_near, _)| {
                    // What only changes is no obstacle, so that it may be named where nothing is left to do.
                    let declared_in = declared_in.filter(|_| item.is_removed);
                    *is_near && item.is_used(line, declared_in) || item.is_sent(line, *is_near)
                });
                let used = used.min_by_key(|(_, _, is_guess)| *is_guess);
                let used = used.map(|(item, _, is_guess)| (item.reason(), item.is_removed, *is_guess));
                let named = ids.iter().find(|id| line.contains(&format!("\"{id}\"")));
                let named = named
                    .map(|id| (format!("names the operation `{id}`, which the newer document lacks"), false, false));
                if let Some((reason, is_removed, is_guess)) = used.or(named) {
                    let place = format!("{}:{number}", name.display());
                    let is_code = is_library && !line.trim_start().starts_with("//");
                    usages.push(Usage { place, reason, is_obstacle: is_removed && is_code, is_guess });
                }
            }
        }
    }
    Ok(usages)
}

/// A generated item that goes or changes.
#[derive(Debug)]
struct Item {
    path: String,
    fate: String,
    is_removed: bool,
    /// The type or builder that it is a member of; `None` for an operation and for a type.
    owner: Option<String>,
    name: String,
    /// Of a parameter: the last segment of its operation's path that is no parameter.
    end: Option<String>,
}

impl Item {
    /// The item at a path of the public API: `Client::get_key()`, `types::Key::tags`, `types::Key`. `None` for one whose
    /// name says nothing.
    fn new(path: &str, fate: String, is_removed: bool) -> Option<Self> {
        // An `impl`, and a bound, have paths that no code writes.
        let bare = path.trim_end_matches("()");
        if bare.contains([' ', '<', '(']) {
            return None;
        }
        let mut names = bare.rsplit("::");
        let name = names.next()?.to_owned();
        // Of the field of a tuple struct, `.0`, nobody knows the owner.
        if name.starts_with(|c: char| c.is_ascii_digit()) {
            return None;
        }
        let owner = names.next().filter(|owner| !["Client", "types", "builder"].contains(owner));
        // Every builder has this method; a line that calls the operation says of which one it is.
        let sent = owner.filter(|_| path.starts_with("builder::") && name == "send");
        let (owner, name) = sent.map_or((owner, name), |builder| (None, builder.to_snake_case()));
        Some(Self { path: path.to_owned(), fate, is_removed, owner: owner.map(ToOwned::to_owned), name, end: None })
    }

    /// The names one of which a part of a file has if it uses the item: its owner, and the calls that return the owner.
    /// `None` if no other item has its name, so that any part can use it.
    fn companions(&self, kept: &str, readers: &Readers) -> Option<Vec<String>> {
        let owner = self.owner.as_ref()?;
        let is_unique = !kept.contains(&format!("pub fn {}(", self.name))
            && !kept.contains(&format!("pub fn {}<", self.name))
            && !kept.contains(&format!("pub {}:", self.name));
        if is_unique {
            return None;
        }
        let spellings = [owner.clone(), owner.to_snake_case(), owner.to_lower_camel_case()];
        Some(spellings.into_iter().chain(readers.of_type(owner).cloned()).collect())
    }

    /// Whether a line uses it: as a member, as a field that it sets, or, if it is a type, by its name. In the client's own
    /// source, whose text is `client`, a member counts only of a variable or field that has the owner's type there, and a
    /// type only as one of the generated types: a false obstacle could not be removed.
    fn is_used(&self, line: &str, client: Option<&str>) -> bool {
        let is_type = self.name.starts_with(char::is_uppercase) && self.owner.is_none();
        words(line, &self.name).any(|(before, after)| {
            let is_member = before.strip_suffix('.').is_some_and(|receiver| match (client, &self.owner) {
                (Some(client), Some(owner)) => is_of_type(receiver, owner, client),
                _ => !receiver.ends_with('.'),
            });
            // The client itself also reads the fields of its builders.
            let is_member = is_member && (client.is_some() || self.is_method() == after.starts_with('('));
            let is_property = self.owner.is_some() && !self.is_method();
            let is_field = is_property && is_set(line, before, after);
            let is_quoted = is_property && before.ends_with('"') && after.starts_with('"');
            // In a macro, the client may stand elsewhere.
            let is_called = self.owner.is_none() && after.starts_with('(');
            let is_type = is_type && client.is_none_or(|text| is_generated(before, &self.path, text));
            is_type || is_member || client.is_none() && (is_field || is_quoted || is_called)
        })
    }

    /// Whether a line holds it as a parameter of a written query: `/models?limit=5` with the path of its operation, or
    /// `"limit=5"` near a name of the operation.
    fn is_sent(&self, line: &str, is_near: bool) -> bool {
        let is_query = |(before, after): (&str, &str)| {
            let path = before.rsplit_once('?').map(|(path, _)| path.rsplit(['/', '"', '}']).next().unwrap_or_default());
            let belongs = match path {
                Some(end) if !end.is_empty() => self.end.as_deref() == Some(end),
                _ => is_near,
            };
            after.starts_with('=') && before.ends_with(['?', '&', '"']) && belongs
        };
        self.path.starts_with("builder::") && words(line, &self.name).any(is_query)
    }

    fn is_method(&self) -> bool {
        self.path.ends_with("()")
    }

    fn reason(&self) -> String {
        format!("uses `{}`, {}", self.path, self.fate)
    }
}

/// The last segment that is no parameter in the path of the operation that `method` calls, by the table of operations.
fn path_end(table: &str, method: &str) -> Option<String> {
    let (_, row) = table.split_once(&format!("method_name: \"{method}\""))?;
    let path = row.split_once("path: \"")?.1.split('"').next()?;
    path.rsplit('/').find(|segment| !segment.starts_with('{')).map(ToOwned::to_owned)
}

/// Whether a type, behind `before`, is the generated one at `path`: it is written so, or `text` imports it from there.
fn is_generated(before: &str, path: &str, text: &str) -> bool {
    let Some((module, name)) = path.rsplit_once("::") else { return false };
    let module = format!("{module}::");
    let imports = |rest: &str| match rest.strip_prefix('{') {
        Some(list) => has_word(list.split('}').next().unwrap_or_default(), name),
        None => rest.strip_prefix(name).is_some_and(|rest| rest.starts_with(';')),
    };
    before.ends_with(&module) || !before.ends_with("::") && text.split(&*module).skip(1).any(imports)
}

/// Whether an expression may have the type `owner`: a chain of calls may, and a name if it is declared so.
fn is_of_type(receiver: &str, owner: &str, text: &str) -> bool {
    let is_part = |c: char| c.is_alphanumeric() || c == '_';
    let name = &receiver[receiver.trim_end_matches(is_part).len()..];
    let declares = |(_, after): (&str, &str)| {
        let ty = after.strip_prefix(": ").unwrap_or_default();
        has_word(ty.split([',', ';', '{', ')', '=', '\n']).next().unwrap_or_default(), owner)
    };
    name.is_empty() || words(text, name).any(declares)
}

/// Whether a line gives the field between `before` and `after` a value: `{ name: value`. A parameter and a declaration
/// give it a type.
fn is_set(line: &str, before: &str, after: &str) -> bool {
    let before = before.trim_end();
    let is_first = before.is_empty() || before.ends_with(['{', ',']);
    after.starts_with(':') && !after.starts_with("::") && is_first && !has_word(line, "fn")
}
