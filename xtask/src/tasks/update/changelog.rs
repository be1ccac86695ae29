//! The changelog entry of an update: the document, and what its client adds, changes and removes.

use serde_json::Value;

use crate::document::extensions;
use crate::document::load::Document;
use crate::document::pointer::Pointer;
use crate::drift::Finding;
use crate::drift::report::{ApiVerdict, Report};
use crate::drift::rules;
use crate::inert::{Lines, code};

/// How many items of each kind an entry names.
const ITEMS: usize = 20;
/// The longest form that stands in a sentence; a longer one gets a block of its own.
const INLINE: usize = 60;

/// An entry for CHANGELOG.md: the document, and the additions, changes and removals. `before` and `now` are the effective
/// documents.
pub(super) fn entry(document: &Document, report: &Report, (before, now): (&Value, &Value)) -> String {
    let operations = |rule: &rules::Rule, is_skipped: &dyn Fn(&Finding) -> bool| -> Vec<String> {
        let found = report.findings.iter().filter(|finding| finding.rule == rule && !is_skipped(finding));
        found.map(|finding| finding.subject.clone()).collect()
    };
    let mut added = operations(rules::OPERATION_ADDED, &|finding| is_skipped(now, finding.revision.as_deref()));
    let mut removed = operations(rules::OPERATION_REMOVED, &|finding| is_skipped(before, finding.base.as_deref()));
    let mut changed = Vec::new();
    let named = |items: Vec<String>| items.into_iter().map(|item| vec![format!("- {}", code(item))]).collect();
    if let ApiVerdict::Compared { diff, .. } = &report.api {
        // That an item requires a value is no item, and breaks callers.
        let (demands, new): (Vec<_>, Vec<_>) = diff.added.iter().cloned().partition(|path| path.contains(" requires "));
        added.extend(new);
        removed.extend(diff.removed.iter().cloned());
        changed = diff.changed.iter().map(|(path, old, new)| change(path, old, new)).collect();
        changed.extend::<Vec<_>>(named(demands));
    }
    let mut entry = Lines::default();
    entry.add("");
    entry.paragraph("for CHANGELOG.md:");
    entry.paragraph(format_args!("Document sha256 `{}`.", document.sha256));
    let sections: [(&str, Vec<Vec<String>>); 3] =
        [("Added", named(added)), ("Changed", changed), ("Removed", named(removed))];
    for (title, items) in sections {
        if items.is_empty() {
            continue;
        }
        entry.paragraph(format_args!("### {title}"));
        for line in items.iter().take(ITEMS).flatten() {
            entry.add(line);
        }
        if items.len() > ITEMS {
            entry.add(format_args!("- and {} more", items.len() - ITEMS));
        }
        entry.add("");
    }
    entry.text()
}

/// Whether the client lacks the operation at a place of an effective document.
fn is_skipped(document: &Value, at: Option<&str>) -> bool {
    let at = at.and_then(|at| Pointer::of_reference(at).ok());
    at.and_then(|at| at.find(document)?.get(extensions::SKIP)).is_some()
}

/// The lines that tell how an item changed.
fn change(path: &str, old: &str, new: &str) -> Vec<String> {
    let [old, new] = [old, new].map(formatted);
    let is_short = |form: &String| form.len() <= INLINE && !form.contains('\n');
    // A literal with back quotes could end the block.
    if is_short(&old) && is_short(&new) || [&old, &new].iter().any(|form| form.contains('`')) {
        return vec![format!("- {}: {} is now {}", code(path), code(old), code(new))];
    }
    let mut lines = vec![format!("- {}:", code(path)), String::new(), "  ```rust".to_owned()];
    for (title, form) in [("// before", &old), ("// now", &new)] {
        lines.extend([title].into_iter().chain(form.lines()).map(|line| format!("  {line}")));
    }
    lines.push("  ```".to_owned());
    lines
}

/// The form of an item as Rust that is formatted, with the names that callers know. What is no Rust stays as it is.
fn formatted(form: &str) -> String {
    let form = form.replace("crate::runtime::", "").replace("crate::values::", "").replace("super::", "");
    let parts = [("trait T {\n    ", ";\n}\n"), ("type T = ", ";\n"), ("", "\n")];
    for (before, after) in parts {
        if let Ok(file) = syn::parse_file(&format!("{before}{form}{after}")) {
            let text = prettyplease::unparse(&file);
            let within = text.strip_prefix(before).and_then(|text| text.strip_suffix(after)).unwrap_or(&text);
            return within.lines().map(|line| line.strip_prefix("    ").unwrap_or(line)).collect::<Vec<_>>().join("\n");
        }
    }
    form
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_reads_as_rust_in_the_line_if_short_and_in_a_block_if_long() {
        let lines = change("types::Balance::amount", "Option<f64>", "Option <String>");
        assert_eq!(lines, ["- `types::Balance::amount`: `Option<f64>` is now `Option<String>`"]);
        let setter =
            |of: &str| format!("fn old(mut self, value : impl crate::runtime::IntoValue <Option<{of}>> ,) -> Self");
        let lines = change("builder::ListModels::old()", &setter("bool"), &setter("String"));
        let block = [
            "- `builder::ListModels::old()`:",
            "",
            "  ```rust",
            "  // before",
            "  fn old(mut self, value: impl IntoValue<Option<bool>>) -> Self",
            "  // now",
            "  fn old(mut self, value: impl IntoValue<Option<String>>) -> Self",
            "  ```",
        ];
        assert_eq!(lines, block);
    }

    #[test]
    fn a_form_that_could_end_its_block_stays_in_the_line() {
        let lines = change("types::A", &"a".repeat(80), "```\n<b>");
        assert_eq!(lines.len(), 1, "{lines:?}");
    }
}
