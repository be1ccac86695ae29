//! Prints data: as a table, JSON, JSON lines or CSV.

use std::cell::Cell;
use std::io::{self, IsTerminal, Write};

use clap::ArgMatches;
use comfy_table::Table;
use deepgram_mgmt::operations::{Known, Rows};
use deepgram_mgmt::serde_json::Value;

use crate::failure::{Failure, note};

/// Writes to standard output at once.
pub(crate) fn write(text: &str) -> Result<(), Failure> {
    let mut stdout = io::stdout().lock();
    let written = stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush()).map_err(Failure::from);
    written.map_err(|failure| Failure { line: format!("standard output: {}", failure.line), ..failure })
}

/// The width of the terminal. Some have none, and say 0.
pub(crate) fn width() -> Option<u16> {
    Table::new().width().filter(|&width| width > 0)
}

/// The form of the output.
pub(crate) struct Output {
    /// `table`, `json`, `ndjson` or `csv`.
    form: String,
    fields: Vec<String>,
    is_terminal: bool,
    is_checked: Cell<bool>,
    /// Whether the command line chooses a form or fields.
    has_options: bool,
}

impl Output {
    pub(crate) fn new(matches: &ArgMatches) -> Self {
        let is_terminal = io::stdout().is_terminal();
        let chosen = matches.get_one::<String>("output").cloned();
        let has_options = chosen.is_some() || matches.contains_id("fields");
        let form = chosen.unwrap_or_else(|| if is_terminal { "table" } else { "json" }.to_owned());
        let fields = matches.get_many::<String>("fields").into_iter().flatten().cloned().collect();
        Self { form, fields, is_terminal, is_checked: Cell::new(false), has_options }
    }

    /// Rejects the options of the output: for a command that would ignore them.
    pub(crate) fn reject_options(&self) -> Result<(), Failure> {
        let message = "--output and --fields have no effect on this command";
        if self.has_options { Err(Failure::usage(message)) } else { Ok(()) }
    }

    /// Whether it is a table of any form.
    pub(crate) fn is_free_table(&self) -> bool {
        self.form == "table" && self.fields.is_empty()
    }

    /// Whether each entry can be printed by itself.
    pub(crate) fn is_streamed(&self) -> bool {
        self.form == "ndjson"
    }

    /// Whether it prints one of these properties.
    pub(crate) fn shows(&self, names: &[&str]) -> bool {
        self.fields.is_empty() || self.fields.iter().any(|field| names.contains(&field.as_str()))
    }

    /// Checks the chosen fields before there is a response: each is `known`.
    pub(crate) fn check(&self, known: &[Known<'_>]) -> Result<(), Failure> {
        self.check_rows(&Rows::new(&mut Value::Array(Vec::new()), &[], &self.fields, known))
    }

    /// Of several pages, the first has the fields, or none has: they are checked once.
    fn check_rows(&self, rows: &Rows<'_>) -> Result<(), Failure> {
        let checked = if self.is_checked.replace(true) { Ok(()) } else { rows.check() };
        checked.map_err(|problem| Failure::usage(format_args!("--fields: {problem}")))
    }

    /// Prints a response. Its entries are in the properties named `entries`; without one, it is an entry itself, or a list
    /// of entries.
    pub(crate) fn print(&self, mut response: Value, entries: &[&str], known: &[Known<'_>]) -> Result<(), Failure> {
        let rows = Rows::new(&mut response, entries, &self.fields, known);
        self.check_rows(&rows)?;
        let (text, left_out) = match self.form.as_str() {
            "table" => rows.table(width()),
            "csv" => (rows.csv(!self.is_terminal), None),
            "json" => (rows.json(), None),
            _ => (rows.json_lines(), None),
        };
        write(&text)?;
        if let Some(all) = left_out {
            note(format_args!("more columns: --fields {all}"));
        }
        Ok(())
    }
}
