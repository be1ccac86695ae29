//! The entries of a response as rows: a table, CSV, JSON or JSON lines. Only with the feature `cli`.

use std::collections::HashSet;
use std::io;

use comfy_table::{ColumnConstraint, ContentArrangement, Table, Width, presets};
use serde_json::{Map, Value};

use super::calls::{inert_json, whole_line};

/// The most columns of a table, unless fields are chosen.
const COLUMNS: usize = 8;

/// The spaces around a cell.
const PADDING: usize = 2;

/// The names of properties that entries may have, below the path of an object; the path of the entry itself is empty.
pub type Known<'k> = (&'k str, &'k [&'k str]);

/// The entries of a response, to be shown with the chosen fields, or with all that they have. A field is the path of a
/// property: `member.email`.
#[derive(Debug)]
pub struct Rows<'v> {
    entries: Vec<&'v Value>,
    fields: &'v [String],
    /// The paths that entries may have.
    known: Vec<String>,
    /// Whether there may be any number of entries.
    is_list: bool,
}

impl<'v> Rows<'v> {
    /// The entries of a response, which are in its properties named `entries`. Without such names, a list is its entries,
    /// and anything else is one entry itself. No `fields` are all fields: those that are `known`, in their order, and then
    /// those that nobody knows.
    #[must_use]
    pub fn new(response: &'v Value, entries: &[&str], fields: &'v [String], known: &[Known<'_>]) -> Self {
        let is_list = !entries.is_empty() || response.is_array();
        let entries = match response.as_array() {
            _ if !entries.is_empty() => {
                entries.iter().filter_map(|name| response.get(name)?.as_array()).flatten().collect()
            }
            Some(list) => list.iter().collect(),
            None => vec![response],
        };
        let known = known.iter().flat_map(|(above, names)| names.iter().map(move |name| format!("{above}.{name}")));
        let known = known.map(|path| path.trim_start_matches('.').to_owned()).collect();
        Self { entries, fields, known, is_list }
    }

    /// Checks the chosen fields: one that is neither known nor in any entry is a mistake, most likely.
    ///
    /// # Errors
    /// The field, and those that are known or there.
    pub fn check(&self) -> Result<(), String> {
        for field in self.fields {
            let holds =
                |path: &String| path.strip_prefix(field).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'));
            if !self.known.iter().any(holds) && !self.entries.iter().any(|entry| value_at(entry, field).is_some()) {
                let entries: Vec<_> = self.entries.iter().map(|entry| flat(entry)).collect();
                let names = unique(self.known.iter().chain(entries.iter().flat_map(Map::keys)));
                return Err(format!("`{field}` is no property of an entry; there are {}", names.join(", ")));
            }
        }
        Ok(())
    }

    /// The entries as indented JSON, with the chosen fields.
    #[must_use]
    pub fn json(&self) -> String {
        let mut entries = self.objects().map(Value::Object);
        let value = if self.is_list { entries.collect() } else { entries.next().unwrap_or_default() };
        inert_json(&format!("{value:#}\n"))
    }

    /// The entries as JSON, each on a line.
    #[must_use]
    pub fn json_lines(&self) -> String {
        let all = self.entries.iter().map(|entry| (*entry).clone());
        let chosen = self.objects().map(Value::Object);
        let lines: Vec<Value> = if self.fields.is_empty() { all.collect() } else { chosen.collect() };
        lines.iter().map(|line| inert_json(&format!("{line}\n"))).collect()
    }

    /// The entries as CSV, with a line of names first. An exact cell is the text of the server; any other one is
    /// [`whole_line`].
    ///
    /// # Errors
    /// None: the text is held in memory.
    pub fn csv(&self, is_exact: bool) -> io::Result<String> {
        let rows: Vec<_> = self.objects().collect();
        let names = self.names(&rows);
        let shown = |text: String| if is_exact { text } else { whole_line(&text) };
        let mut csv = csv::Writer::from_writer(Vec::new());
        if !names.is_empty() {
            csv.write_record(names.iter().map(|name| shown((*name).to_owned())))?;
        }
        for row in &rows {
            csv.write_record(names.iter().map(|name| shown(cell(row.get(*name), ","))))?;
        }
        let bytes = csv.into_inner().map_err(csv::IntoInnerError::into_error)?;
        Ok(String::from_utf8_lossy(&bytes).into_owned())
    }

    /// The entries as a table, or the one entry as a table of its properties; and the names of all columns, if some are left
    /// out. Without a `width` of the terminal, a table is as wide as it needs to be.
    ///
    /// On a terminal, cells break between words, and columns that do not fit are left out, unless they are chosen. No word
    /// breaks: ids and secrets can be copied. The table is wider than the terminal if need be.
    #[must_use]
    pub fn table(&self, width: Option<u16>) -> (String, Option<String>) {
        let rows: Vec<_> = self.objects().collect();
        let names = self.names(&rows);
        let mut columns: Vec<Vec<String>> = names.iter().map(|name| column(name, &rows)).collect();
        if !self.is_list {
            let pairs = [0, 1].map(|line| columns.iter().map(|column| column[line].clone()).collect());
            return (arrange(&pairs, width), None);
        }
        if self.fields.is_empty() {
            columns.retain(|column| column[1..].iter().any(|cell| !cell.is_empty()));
            columns.truncate(COLUMNS);
            let mut left = width.map_or(usize::MAX, usize::from);
            columns.retain(|column| {
                let least = least_width(column);
                let fits = least <= left;
                left -= if fits { least } else { 0 };
                fits
            });
        }
        let left_out = (columns.len() < names.len()).then(|| whole_line(&names.join(",")));
        (arrange(&columns, width), left_out)
    }

    /// The entries with the chosen fields, or with all their parts that are no objects.
    fn objects(&self) -> impl Iterator<Item = Map<String, Value>> {
        self.entries.iter().map(|entry| {
            let value = |field: &String| value_at(entry, field).cloned().unwrap_or_default();
            let chosen = self.fields.iter().map(|field| (field.clone(), value(field)));
            if self.fields.is_empty() { flat(entry) } else { chosen.collect() }
        })
    }

    /// The chosen fields in their order, or the names in the rows: the known ones first.
    fn names<'r>(&'r self, rows: &'r [Map<String, Value>]) -> Vec<&'r str> {
        if !self.fields.is_empty() {
            return self.fields.iter().map(String::as_str).collect();
        }
        let mut names = unique(rows.iter().flat_map(Map::keys));
        names.sort_by_key(|name| self.known.iter().position(|known| known == name).unwrap_or(usize::MAX));
        names
    }
}

/// Names without repetition, in the order of their first appearance.
fn unique<'n>(names: impl Iterator<Item = &'n String>) -> Vec<&'n str> {
    let mut seen = HashSet::new();
    names.map(String::as_str).filter(|name| seen.insert(*name)).collect()
}

/// The parts of a value that are no objects, each by its path: `member.email`. A value that is none itself is `value`.
fn flat(value: &Value) -> Map<String, Value> {
    let mut flat = Map::new();
    flatten("", value, &mut flat);
    flat
}

fn flatten(path: &str, value: &Value, flat: &mut Map<String, Value>) {
    match value {
        Value::Object(members) if !members.is_empty() => {
            for (name, value) in members {
                let path = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
                flatten(&path, value, flat);
            }
        }
        _ => {
            let name = if path.is_empty() { "value" } else { path };
            flat.insert(name.to_owned(), value.clone());
        }
    }
}

/// The value at a path of an entry. A property that has the whole path for its name comes first.
fn value_at<'v>(entry: &'v Value, path: &str) -> Option<&'v Value> {
    entry.get(path).or_else(|| path.split('.').try_fold(entry, |value, name| value.get(name)))
}

/// A value in a cell: a number with all its digits, a list of texts with the separator between them.
fn cell(value: Option<&Value>, separator: &str) -> String {
    match value {
        None | Some(Value::Null) => String::new(),
        Some(Value::String(text)) => text.clone(),
        Some(Value::Array(items)) if items.iter().all(|item| !item.is_object() && !item.is_array()) => {
            items.iter().map(|item| cell(Some(item), separator)).collect::<Vec<_>>().join(separator)
        }
        Some(other) => other.to_string(),
    }
}

/// The name of a column, and its cells.
fn column(name: &str, rows: &[Map<String, Value>]) -> Vec<String> {
    let cells = rows.iter().map(|row| cell(row.get(name), ", "));
    std::iter::once(name.to_owned()).chain(cells).map(|text| whole_line(&text)).collect()
}

/// The width of a column in which no word breaks, with its padding.
fn least_width(column: &[String]) -> usize {
    let words = column.iter().flat_map(|cell| cell.split(' '));
    words.map(|word| word.chars().count()).max().unwrap_or_default() + PADDING
}

/// A table of columns, each of as many cells.
fn arrange(columns: &[Vec<String>], width: Option<u16>) -> String {
    let mut table = Table::new();
    table.load_preset(presets::NOTHING);
    for line in 0..columns.first().map_or(0, Vec::len) {
        table.add_row(columns.iter().map(|column| &column[line]));
    }
    if let Some(width) = width {
        let least = |column: &Vec<String>| Width::Fixed(u16::try_from(least_width(column)).unwrap_or(u16::MAX));
        table.set_content_arrangement(ContentArrangement::Dynamic).set_width(width);
        table.set_constraints(columns.iter().map(|column| ColumnConstraint::LowerBoundary(least(column))));
    }
    table.trim_fmt() + "\n"
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const ID: &str = "11111111-1111-4111-8111-111111111111";

    #[test]
    fn a_row_has_every_part_of_an_entry_by_its_path() {
        let flat = flat(&json!({ "a": 1, "b": { "c": 9e-5, "d": {} }, "e": ["x", "y"] }));
        assert_eq!(Value::Object(flat), json!({ "a": 1, "b.c": 9e-5, "b.d": {}, "e": ["x", "y"] }));
    }

    #[test]
    fn a_field_is_a_mistake_unless_it_is_known_or_there() {
        let entry = json!({ "id": "k", "odd": { "x": 1 } });
        let check =
            |field: &str| Rows::new(&entry, &[], &[field.to_owned()], &[("", &["id"]), ("member", &["email"])]).check();
        for field in ["id", "member", "member.email", "odd", "odd.x"] {
            assert_eq!(check(field), Ok(()), "{field}");
        }
        for field in ["", "i", "member.e", "member.email.x", "odd.y"] {
            let said = format!("`{field}` is no property of an entry; there are id, member.email, odd.x");
            assert_eq!(check(field), Err(said));
        }
    }

    #[test]
    fn a_table_breaks_texts_between_words_and_leaves_out_columns_rather_than_break_an_id() {
        let key =
            json!({ "id": ID, "note": "one two three four five six seven eight", "other": ID, "scopes": ["a:b", "c"] });
        let list = json!([key, { "id": ID }]);
        let table = |width, fields: &[String]| Rows::new(&list, &[], fields, &[("", &["note", "id"])]).table(width);
        let (wide, left_out) = table(None, &[]);
        assert_eq!((wide.lines().count(), left_out), (3, None), "{wide}");
        let (narrow, left_out) = table(Some(60), &[]);
        assert_eq!(left_out.as_deref(), Some("note,id,other,scopes"));
        assert!(narrow.lines().all(|line| line.chars().count() <= 60), "{narrow}");
        assert_eq!((narrow.matches(ID).count(), narrow.contains("other"), narrow.contains("eight")), (2, false, true));
        let fields = ["id", "other"].map(str::to_owned);
        let (chosen, left_out) = table(Some(60), &fields);
        assert_eq!((chosen.matches(ID).count(), left_out), (3, None), "{chosen}");
        let secret = json!({ "key": "x".repeat(3000) });
        assert!(Rows::new(&secret, &[], &[], &[]).table(Some(20)).0.contains(&"x".repeat(3000)));
    }
}
