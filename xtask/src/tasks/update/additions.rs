//! Finds the hand-written code that a new part of the newer document concerns: nothing there names the part yet.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use heck::ToSnakeCase as _;

use super::sources::{self, collect, has_word, is_remark, words};
use super::usages::Usage;
use crate::polish::Modules;
use crate::rust_api::ApiDiff;

/// The code of the sandbox that writes responses.
const DIALECTS: &str = "tests/sandbox/src/dialect";

/// The functions of the sandbox that write a type to which `diff` adds a property. The sandbox sends every property that its
/// document has.
///
/// # Errors
/// A source that cannot be read.
pub(super) fn find_writers(root: &Path, diff: &ApiDiff) -> Result<Vec<Usage>> {
    let mut files = Vec::new();
    collect(&root.join(DIALECTS), &mut files)?;
    files.sort();
    let mut usages = Vec::new();
    for file in &files {
        let text = fs::read_to_string(file).with_context(|| file.display().to_string())?;
        let name = file.strip_prefix(root).unwrap_or(file).display();
        for path in &diff.added {
            let ["types", owner, property] = path.split("::").collect::<Vec<_>>()[..] else { continue };
            let function = format!("fn {}(", owner.to_snake_case());
            for (number, _) in (1..).zip(text.lines()).filter(|(_, line)| line.contains(&function)) {
                let reason = format!("writes `{owner}`, which gets `{property}`");
                let place = format!("{name}:{number}");
                usages.push(Usage { place, reason, is_obstacle: false, is_guess: false });
            }
        }
    }
    Ok(usages)
}

/// The lines that make a request without a part that `diff` adds: a field of a type whose values list every field, or a
/// property or a parameter that requests must have.
///
/// # Errors
/// A source that cannot be read.
pub(super) fn find_incomplete(root: &Path, diff: &ApiDiff, newer: &Modules) -> Result<Vec<Usage>> {
    let mut wanted: Vec<(Incomplete, String)> = Vec::new();
    for path in &diff.added {
        if let Some((owner, name)) = path.split_once(" requires ") {
            let reason = format!("makes `{owner}`, which requires `{name}`");
            wanted.extend(Incomplete::calls(owner, newer).into_iter().map(|call| (call, reason.clone())));
        } else if let ["types", owner, name] = path.split("::").collect::<Vec<_>>()[..]
            && diff.deciding.iter().any(|item| item.starts_with(&format!("added {path}: ")))
        {
            let reason = format!("lists the fields of `{owner}`, which gets `{name}`");
            wanted.push((Incomplete::Literal(owner.to_owned()), reason));
        }
    }
    let mut usages = Vec::new();
    for (name, text) in sources::read(root)?.iter().filter(|(_, text)| wanted.iter().any(|(it, _)| it.is_in(text))) {
        for (number, line) in (1..).zip(text.lines()).filter(|(_, line)| !is_remark(line)) {
            if let Some((_, reason)) = wanted.iter().find(|(incomplete, _)| incomplete.is_in(line)) {
                let place = format!("{}:{number}", name.display());
                usages.push(Usage { place, reason: reason.clone(), is_obstacle: false, is_guess: false });
            }
        }
    }
    Ok(usages)
}

/// Code that makes a value which lacks a part now.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Incomplete {
    /// `Key { … }`
    Literal(String),
    /// `Key::builder()`
    Builder(String),
    /// `.create_key(`
    Call(String),
}

impl Incomplete {
    /// The code that makes the builder at `path`: of an operation, or of a type and of the bodies that are such a type.
    fn calls(path: &str, newer: &Modules) -> BTreeSet<Self> {
        let name = path.rsplit("::").next().unwrap_or(path);
        if !path.starts_with("types::") {
            return [Self::Call(name.to_snake_case())].into();
        }
        let structs = newer.builder.split("pub struct ").skip(1).filter_map(|item| item.split_once('}'));
        let with_body = structs.filter(|(fields, _)| has_word(fields, "body") && has_word(fields, name));
        let operations = with_body.filter_map(|(fields, _)| fields.split(['<', ' ']).next());
        let calls = operations.map(|operation| Self::Call(operation.to_snake_case()));
        calls.chain([Self::Builder(name.to_owned())]).collect()
    }

    fn is_in(&self, text: &str) -> bool {
        match self {
            Self::Literal(name) => words(text, name).any(|(before, after)| {
                let is_declared = ["struct ", "impl ", "for ", "-> "].iter().any(|word| before.ends_with(word));
                after.starts_with(" {") && !is_declared
            }),
            Self::Builder(name) => words(text, name).any(|(_, after)| after.starts_with("::builder()")),
            Self::Call(name) => {
                words(text, name).any(|(before, after)| before.ends_with('.') && after.starts_with('('))
            }
        }
    }
}
