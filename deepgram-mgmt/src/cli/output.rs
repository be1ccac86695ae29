//! Prints data: as a table, JSON, JSON lines or CSV.

use std::fmt::Write as _;
use std::io::{self, IsTerminal, Write};

use clap::ArgMatches;
use comfy_table::{ContentArrangement, Table, presets};
use deepgram_mgmt::operations::one_line;
use deepgram_mgmt::serde_json::{Map, Value, to_string, to_string_pretty};

use crate::failure::Failure;

/// The most columns of a table, unless fields are chosen.
const COLUMNS: usize = 8;

/// The form of the output.
pub(crate) struct Output {
    format: Format,
    fields: Vec<String>,
    is_terminal: bool,
}

#[derive(Clone, Copy, PartialEq)]
enum Format {
    Table,
    Json,
    Lines,
    Csv,
}

impl Output {
    pub(crate) fn new(matches: &ArgMatches) -> Self {
        let is_terminal = io::stdout().is_terminal();
        let format = match matches.get_one::<String>("output").map(String::as_str) {
            Some("table") => Format::Table,
            Some("ndjson") => Format::Lines,
            Some("csv") => Format::Csv,
            None if is_terminal => Format::Table,
            _ => Format::Json,
        };
        let fields = matches.get_many::<String>("fields").into_iter().flatten().cloned().collect();
        Self { format, fields, is_terminal }
    }

    pub(crate) fn is_table(&self) -> bool {
        self.format == Format::Table
    }

    /// Whether each entry can be printed by itself.
    pub(crate) fn is_streamed(&self) -> bool {
        self.format == Format::Lines
    }

    /// Prints a response. Its entries are in the properties named `entries`; without one, it is an entry itself, or a list
    /// of entries.
    pub(crate) fn print(&self, response: &Value, entries: &[&str]) -> Result<(), Failure> {
        let mut stdout = io::stdout().lock();
        if self.format == Format::Json && self.fields.is_empty() {
            writeln!(stdout, "{}", inert(&to_string_pretty(response).unwrap_or_default()))?;
            return Ok(stdout.flush()?);
        }
        let is_list = !entries.is_empty() || response.is_array();
        let rows: Vec<Map<String, Value>> = rows(response, entries).into_iter().map(|row| self.chosen(row)).collect();
        match self.format {
            Format::Json if is_list => {
                writeln!(stdout, "{}", inert(&to_string_pretty(&rows).unwrap_or_default()))?;
            }
            Format::Json | Format::Lines => {
                for row in &rows {
                    writeln!(stdout, "{}", inert(&to_string(row).unwrap_or_default()))?;
                }
            }
            Format::Csv => self.csv(&mut stdout, &rows)?,
            Format::Table => self.table(&mut stdout, &rows, is_list)?,
        }
        Ok(stdout.flush()?)
    }

    /// An entry with the chosen fields alone.
    fn chosen(&self, entry: &Value) -> Map<String, Value> {
        if self.fields.is_empty() && self.is_streamed() {
            return entry.as_object().cloned().unwrap_or_else(|| Map::from_iter([("value".to_owned(), entry.clone())]));
        }
        let mut flat = Map::new();
        flatten("", entry, &mut flat);
        if self.fields.is_empty() {
            return flat;
        }
        let value = |field: &String| {
            let nested = field.split('.').try_fold(entry, |value, name| value.get(name));
            (field.clone(), flat.get(field).or(nested).cloned().unwrap_or_default())
        };
        self.fields.iter().map(value).collect()
    }

    fn csv(&self, stdout: &mut impl Write, rows: &[Map<String, Value>]) -> Result<(), Failure> {
        let columns = columns(rows);
        let mut csv = csv::Writer::from_writer(stdout);
        let cell = |text: String| if self.is_terminal { one_line(&text) } else { text };
        let failed = |error: csv::Error| match error.into_kind() {
            csv::ErrorKind::Io(error) => Failure::from(error),
            other => Failure::Usage(format!("{other:?}")),
        };
        if !columns.is_empty() {
            csv.write_record(columns.iter().map(|column| cell((*column).to_owned()))).map_err(failed)?;
        }
        for row in rows {
            let cells = columns.iter().map(|column| cell(row.get(*column).map(text).unwrap_or_default()));
            csv.write_record(cells).map_err(failed)?;
        }
        Ok(csv.flush()?)
    }

    fn table(&self, stdout: &mut impl Write, rows: &[Map<String, Value>], is_list: bool) -> Result<(), Failure> {
        let mut table = Table::new();
        table.load_preset(presets::NOTHING).set_content_arrangement(ContentArrangement::Dynamic);
        let shown = |row: &Map<String, Value>, column: &str| one_line(&row.get(column).map(text).unwrap_or_default());
        let all = columns(rows);
        let mut columns: Vec<&str> = all.clone();
        if let ([row], false) = (rows, is_list) {
            for column in columns {
                table.add_row([one_line(column), shown(row, column)]);
            }
        } else {
            if self.fields.is_empty() {
                columns.retain(|column| rows.iter().any(|row| row.get(*column).is_some_and(|value| !value.is_null())));
                columns.truncate(COLUMNS);
            }
            table.set_header(columns.iter().map(|column| one_line(column)));
            for row in rows {
                table.add_row(columns.iter().map(|column| shown(row, column)));
            }
            if self.fields.is_empty() && all.len() > columns.len() {
                eprintln!("{} more columns: --fields {}", all.len() - columns.len(), one_line(&all.join(",")));
            }
        }
        Ok(writeln!(stdout, "{}", table.trim_fmt())?)
    }
}

/// The entries of a response. Those of several lists name their list.
fn rows<'v>(response: &'v Value, entries: &[&str]) -> Vec<&'v Value> {
    if entries.is_empty() {
        return response.as_array().map_or_else(|| vec![response], |list| list.iter().collect());
    }
    entries.iter().filter_map(|name| response.get(name)?.as_array()).flatten().collect()
}

/// Every column of the rows, in the order of its first appearance.
fn columns(rows: &[Map<String, Value>]) -> Vec<&str> {
    let mut columns: Vec<&str> = Vec::new();
    let mut known = std::collections::HashSet::new();
    columns.extend(rows.iter().flat_map(Map::keys).map(String::as_str).filter(|name| known.insert(*name)));
    columns
}

/// Adds the parts of a value that are no objects, each by its path.
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

/// A value in a cell: a number with all its digits, a list of texts with commas.
fn text(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        Value::Array(items) if items.iter().all(|item| !item.is_object() && !item.is_array()) => {
            items.iter().map(text).collect::<Vec<_>>().join(",")
        }
        other => other.to_string(),
    }
}

/// JSON in which no character steers a terminal: such characters stand in texts alone, where an escape means the same.
fn inert(json: &str) -> String {
    let mut inert = String::with_capacity(json.len());
    for c in json.chars() {
        if c == '\n' || one_line(c.encode_utf8(&mut [0; 4])).starts_with(c) {
            inert.push(c);
        } else {
            let _ = c.encode_utf16(&mut [0; 2]).iter().try_for_each(|unit| write!(inert, "\\u{unit:04x}"));
        }
    }
    inert
}

#[cfg(test)]
mod tests {
    use deepgram_mgmt::serde_json::{from_str, json};

    use super::*;

    #[test]
    fn json_that_steers_no_terminal_is_the_data_all_the_same() {
        let value = json!({ "a\u{9b}": "\u{202e}b\u{1b}[31m\n\u{7f}é漢\u{1f469}" });
        let printed = inert(&to_string(&value).unwrap());
        assert!(printed.chars().all(|c| !c.is_control() && c != '\u{202e}'), "{printed:?}");
        assert_eq!(from_str::<Value>(&printed).unwrap(), value);
    }

    #[test]
    fn a_row_has_every_part_of_an_entry_by_its_path() {
        let mut flat = Map::new();
        flatten("", &json!({ "a": 1, "b": { "c": 9e-5, "d": {} }, "e": ["x", "y"] }), &mut flat);
        assert_eq!(Value::Object(flat.clone()), json!({ "a": 1, "b.c": 9e-5, "b.d": {}, "e": ["x", "y"] }));
        assert_eq!(flat.values().map(text).collect::<Vec<_>>(), ["1", "9e-5", "{}", "x,y"]);
    }
}
