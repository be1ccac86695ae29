//! The entries of a response as rows: a table, CSV, JSON or JSON lines.

use std::collections::HashSet;
use std::iter::once;

use comfy_table::{ColumnConstraint, ContentArrangement, Table, Width, presets};
use serde_json::{Map, Value};

use super::masks::{leads_to, mask_unknown_secrets};
use super::text::{inert_json, whole_line};

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
    response: &'v Value,
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
    /// those that nobody knows. Of the latter, secrets are masked in the response, by their names.
    #[must_use]
    pub fn new(response: &'v mut Value, entries: &[&str], fields: &'v [String], known: &[Known<'_>]) -> Self {
        let known = known.iter().flat_map(|(above, names)| names.iter().map(move |name| format!("{above}.{name}")));
        let known: Vec<String> = known.map(|path| path.trim_start_matches('.').to_owned()).collect();
        mask_unknown_secrets(response, entries, &known);
        let response = &*response;
        let is_list = !entries.is_empty() || response.is_array();
        let entries = match response.as_array() {
            _ if !entries.is_empty() => {
                entries.iter().filter_map(|name| response.get(name)?.as_array()).flatten().collect()
            }
            Some(list) => list.iter().collect(),
            None => vec![response],
        };
        Self { response, entries, fields, known, is_list }
    }

    /// Checks the chosen fields: one that is neither known nor in any entry is a mistake, most likely.
    ///
    /// # Errors
    /// The field, and those that are known or there.
    pub fn check(&self) -> Result<(), String> {
        let is_there = |field: &str| self.entries.iter().any(|entry| value_at(entry, field).is_some());
        let is_unknown = |field: &&String| !self.known.iter().any(|path| leads_to(field, path)) && !is_there(field);
        let Some(field) = self.fields.iter().find(is_unknown) else { return Ok(()) };
        let entries: Vec<_> = self.entries.iter().map(|entry| flat(entry)).collect();
        let names = unique(self.known.iter().chain(entries.iter().flat_map(Map::keys)));
        Err(format!("`{field}` is no property of an entry; there are {}", names.join(", ")))
    }

    /// The response as indented JSON, or its entries with the chosen fields.
    #[must_use]
    pub fn json(&self) -> String {
        let mut entries = self.objects().map(Value::Object);
        inert_json(&match self.is_list {
            _ if self.fields.is_empty() => format!("{:#}\n", self.response),
            true => format!("{:#}\n", entries.collect::<Value>()),
            false => format!("{:#}\n", entries.next().unwrap_or_default()),
        })
    }

    /// The entries as JSON, each on a line.
    #[must_use]
    pub fn json_lines(&self) -> String {
        let all = self.entries.iter().copied().cloned();
        let chosen = self.objects().map(Value::Object);
        let lines: Vec<Value> = if self.fields.is_empty() { all.collect() } else { chosen.collect() };
        lines.iter().map(|line| inert_json(&format!("{line}\n"))).collect()
    }

    /// The entries as CSV, with a line of names first. An exact cell is the text of the server; any other one is
    /// [`whole_line`].
    #[must_use]
    pub fn csv(&self, is_exact: bool) -> String {
        let lines = self.lines(",", |text| if is_exact { text } else { whole_line(&text) });
        let mut csv = csv::Writer::from_writer(Vec::new());
        // A line without cells would be one with an empty cell.
        for line in lines.iter().filter(|line| !line.is_empty()) {
            // Memory takes it.
            let _ = csv.write_record(line);
        }
        String::from_utf8_lossy(&csv.into_inner().unwrap_or_default()).into_owned()
    }

    /// The entries as a table, or the one entry as a table of its properties; and the names of all columns, if some are left
    /// out. Without a `width` of the terminal, a table is as wide as it needs to be.
    ///
    /// On a terminal, cells break between words, and columns that do not fit are left out, unless they are chosen. No word
    /// breaks: ids and secrets can be copied. The table is wider than the terminal if need be.
    #[must_use]
    pub fn table(&self, width: Option<u16>) -> (String, Option<String>) {
        let lines = self.lines(", ", |text| whole_line(&text));
        let all: Vec<usize> = (0..lines[0].len()).collect();
        if !self.is_list {
            let pairs = all.iter().map(|&column| lines.iter().map(|line| &*line[column]).collect());
            return (arrange(&pairs.collect::<Vec<_>>(), width), None);
        }
        let mut left = width.map_or(usize::MAX, usize::from);
        let mut fits = |column: &usize| {
            let rest = left.checked_sub(least_width(lines.iter().map(|line| &*line[*column])));
            left = rest.unwrap_or(left);
            rest.is_some()
        };
        let is_used = |column: &usize| lines[1..].iter().any(|line| !line[*column].is_empty());
        let shown: Vec<usize> = match self.fields {
            [] => all.iter().copied().filter(is_used).take(COLUMNS).filter(&mut fits).collect(),
            _ => all.clone(),
        };
        let left_out = (shown.len() < all.len()).then(|| lines[0].join(","));
        let lines = lines.iter().map(|line| shown.iter().map(|&column| &*line[column]).collect());
        (arrange(&lines.collect::<Vec<_>>(), width), left_out)
    }

    /// The entries with the chosen fields, or with all their parts that are no objects.
    fn objects(&self) -> impl Iterator<Item = Map<String, Value>> {
        self.entries.iter().map(|entry| {
            let value = |field: &String| value_at(entry, field).cloned().unwrap_or_default();
            let chosen = self.fields.iter().map(|field| (field.clone(), value(field)));
            if self.fields.is_empty() { flat(entry) } else { chosen.collect() }
        })
    }

    /// The names of the columns, and then the cells of each entry. The columns are the chosen fields in their order, or the
    /// names in the entries: the known ones first.
    fn lines(&self, separator: &str, shown: impl Fn(String) -> String) -> Vec<Vec<String>> {
        let rows: Vec<_> = self.objects().collect();
        let names = match self.fields {
            [] => {
                let mut names = unique(rows.iter().flat_map(Map::keys));
                names.sort_by_key(|name| self.known.iter().position(|known| known == name).unwrap_or(usize::MAX));
                names
            }
            chosen => chosen.iter().map(String::as_str).collect(),
        };
        let cells =
            |row: &Map<String, Value>| names.iter().map(|name| shown(cell(row.get(*name), separator))).collect();
        let names = names.iter().map(|name| shown((*name).to_owned())).collect();
        once(names).chain(rows.iter().map(cells)).collect()
    }
}

/// Names without repetition, in the order of their first appearance.
fn unique<'n>(names: impl Iterator<Item = &'n String>) -> Vec<&'n str> {
    let mut seen = HashSet::new();
    names.map(String::as_str).filter(|name| seen.insert(*name)).collect()
}

/// The parts of a value that are no objects, each by its path: `member.email`. A value that is none itself is `value`.
fn flat(value: &Value) -> Map<String, Value> {
    let below = |(name, value): (&String, &Value)| match value {
        Value::Object(members) if !members.is_empty() => {
            flat(value).into_iter().map(|(path, value)| (format!("{name}.{path}"), value)).collect()
        }
        _ => vec![(name.clone(), value.clone())],
    };
    match value {
        Value::Object(members) if !members.is_empty() => members.iter().flat_map(below).collect(),
        _ => Map::from_iter([("value".to_owned(), value.clone())]),
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

/// The width of a column in which no word breaks, with its padding.
fn least_width<'c>(column: impl Iterator<Item = &'c str>) -> usize {
    let words = column.flat_map(|cell| cell.split(' '));
    words.map(|word| word.chars().count()).max().unwrap_or_default() + PADDING
}

/// A table of lines, each of as many cells.
fn arrange(lines: &[Vec<&str>], width: Option<u16>) -> String {
    let mut table = Table::new();
    table.load_preset(presets::NOTHING).add_rows(lines);
    if let Some(width) = width {
        table.set_content_arrangement(ContentArrangement::Dynamic).set_width(width);
        for (index, column) in table.column_iter_mut().enumerate() {
            let least = least_width(lines.iter().map(|line| line[index]));
            let least = Width::Fixed(u16::try_from(least).unwrap_or(u16::MAX));
            column.set_constraint(ColumnConstraint::LowerBoundary(least));
        }
    }
    let text = table.trim_fmt();
    if text.is_empty() { text } else { text + "\n" }
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
        let check = |field: &str| {
            Rows::new(&mut entry.clone(), &[], &[field.to_owned()], &[("", &["id"]), ("member", &["email"])]).check()
        };
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
        let table =
            |width, fields: &[String]| Rows::new(&mut list.clone(), &[], fields, &[("", &["note", "id"])]).table(width);
        let (wide, left_out) = table(None, &[]);
        assert_eq!((wide.lines().count(), left_out), (3, None), "{wide}");
        let (narrow, left_out) = table(Some(60), &[]);
        assert_eq!(left_out.as_deref(), Some("note,id,other,scopes"));
        assert!(narrow.lines().all(|line| line.chars().count() <= 60), "{narrow}");
        assert_eq!((narrow.matches(ID).count(), narrow.contains("other"), narrow.contains("eight")), (2, false, true));
        let fields = ["id", "other"].map(str::to_owned);
        let (chosen, left_out) = table(Some(60), &fields);
        assert_eq!((chosen.matches(ID).count(), left_out), (3, None), "{chosen}");
        let mut secret = json!({ "id": "x".repeat(3000) });
        assert!(Rows::new(&mut secret, &[], &[], &[]).table(Some(20)).0.contains(&"x".repeat(3000)));
    }
}
