//! Prints data: as a table, JSON, JSON lines or CSV.

use std::io::{self, IsTerminal, Write};

use clap::ArgMatches;
use comfy_table::{ContentArrangement, Table, presets};
use deepgram_mgmt::operations::{flat, inert_json, one_line};
use deepgram_mgmt::serde_json::{Map, Value};

use crate::failure::{Failure, note};

/// The most columns of a table, unless fields are chosen.
const COLUMNS: usize = 8;

/// The form of the output.
pub(crate) struct Output {
    /// `table`, `json`, `ndjson` or `csv`.
    format: String,
    fields: Vec<String>,
    is_terminal: bool,
}

impl Output {
    pub(crate) fn new(matches: &ArgMatches) -> Self {
        let is_terminal = io::stdout().is_terminal();
        let format = matches.get_one::<String>("output").cloned();
        let format = format.unwrap_or_else(|| if is_terminal { "table" } else { "json" }.to_owned());
        let fields = matches.get_many::<String>("fields").into_iter().flatten().cloned().collect();
        Self { format, fields, is_terminal }
    }

    pub(crate) fn is_table(&self) -> bool {
        self.format == "table"
    }

    /// Whether each entry can be printed by itself.
    pub(crate) fn is_streamed(&self) -> bool {
        self.format == "ndjson"
    }

    /// Prints a response. Its entries are in the properties named `entries`; without one, it is an entry itself, or a list
    /// of entries.
    pub(crate) fn print(&self, response: &Value, entries: &[&str]) -> Result<(), Failure> {
        let mut stdout = io::stdout().lock();
        let pretty = |value: &Value| inert_json(&format!("{value:#}"));
        let is_list = !entries.is_empty() || response.is_array();
        let rows: Vec<Map<String, Value>> = rows(response, entries).into_iter().map(|row| self.chosen(row)).collect();
        match self.format.as_str() {
            "table" => self.table(&mut stdout, &rows, is_list)?,
            "csv" => self.csv(&mut stdout, &rows)?,
            "json" if self.fields.is_empty() => writeln!(stdout, "{}", pretty(response))?,
            "json" if is_list => writeln!(stdout, "{}", pretty(&rows.into_iter().map(Value::Object).collect()))?,
            _ => {
                for row in rows {
                    writeln!(stdout, "{}", inert_json(&Value::Object(row).to_string()))?;
                }
            }
        }
        Ok(stdout.flush()?)
    }

    /// An entry with the chosen fields alone.
    fn chosen(&self, entry: &Value) -> Map<String, Value> {
        let value = |field: &String| field.split('.').try_fold(entry, |value, name| value.get(name)).cloned();
        let fields = self.fields.iter().map(|field| (field.clone(), value(field).unwrap_or_default()));
        match entry {
            _ if !self.fields.is_empty() => fields.collect(),
            Value::Object(members) if self.is_streamed() => members.clone(),
            _ => flat(entry),
        }
    }

    /// The chosen fields, or every column of the rows, in the order of its first appearance.
    fn columns<'r>(&'r self, rows: &'r [Map<String, Value>]) -> Vec<&'r str> {
        let mut known = std::collections::HashSet::new();
        let all = self.fields.iter().chain(rows.iter().flat_map(Map::keys)).map(String::as_str);
        all.filter(|name| known.insert(*name)).collect()
    }

    fn csv(&self, stdout: &mut impl Write, rows: &[Map<String, Value>]) -> Result<(), Failure> {
        let columns = self.columns(rows);
        let mut csv = csv::Writer::from_writer(Vec::new());
        let cell = |text: String| if self.is_terminal { one_line(&text) } else { text };
        if !columns.is_empty() {
            csv.write_record(columns.iter().map(|column| cell((*column).to_owned()))).map_err(io::Error::from)?;
        }
        for row in rows {
            let cells = columns.iter().map(|column| cell(row.get(*column).map(text).unwrap_or_default()));
            csv.write_record(cells).map_err(io::Error::from)?;
        }
        csv.flush()?;
        Ok(stdout.write_all(csv.get_ref())?)
    }

    fn table(&self, stdout: &mut impl Write, rows: &[Map<String, Value>], is_list: bool) -> Result<(), Failure> {
        let mut table = Table::new();
        table.load_preset(presets::NOTHING).set_content_arrangement(ContentArrangement::Dynamic);
        let shown = |row: &Map<String, Value>, column: &str| one_line(&row.get(column).map(text).unwrap_or_default());
        let all = self.columns(rows);
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
                note(format_args!("{} more columns: --fields {}", all.len() - columns.len(), one_line(&all.join(","))));
            }
        }
        Ok(writeln!(stdout, "{}", table.trim_fmt())?)
    }
}

/// The entries of a response.
fn rows<'v>(response: &'v Value, entries: &[&str]) -> Vec<&'v Value> {
    if entries.is_empty() {
        return response.as_array().map_or_else(|| vec![response], |list| list.iter().collect());
    }
    entries.iter().filter_map(|name| response.get(name)?.as_array()).flatten().collect()
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
