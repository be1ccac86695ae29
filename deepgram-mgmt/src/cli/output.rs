//! Prints data: as a table, JSON, JSON lines or CSV.

use std::cell::Cell;
use std::io::{self, IsTerminal, Write};

use clap::ArgMatches;
use comfy_table::Table;
use deepgram_mgmt::operations::{Known, Rows, inert_json};
use deepgram_mgmt::serde_json::Value;

use crate::failure::{Failure, note};

/// The form of the output.
pub(crate) struct Output {
    /// `table`, `json`, `ndjson` or `csv`.
    format: String,
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
        let format = chosen.unwrap_or_else(|| if is_terminal { "table" } else { "json" }.to_owned());
        let fields = matches.get_many::<String>("fields").into_iter().flatten().cloned().collect();
        Self { format, fields, is_terminal, is_checked: Cell::new(false), has_options }
    }

    /// Rejects the options of the output: for a command that would ignore them.
    pub(crate) fn reject_options(&self) -> Result<(), Failure> {
        let message = "--output and --fields have no effect on this command";
        if self.has_options { Err(Failure::usage(message)) } else { Ok(()) }
    }

    pub(crate) fn is_table(&self) -> bool {
        self.format == "table"
    }

    /// Whether each entry can be printed by itself.
    pub(crate) fn is_streamed(&self) -> bool {
        self.format == "ndjson"
    }

    /// Checks the chosen fields, unless it has: each is `known`, or in an entry of the response.
    pub(crate) fn check(&self, response: &Value, entries: &[&str], known: &[Known<'_>]) -> Result<(), Failure> {
        let rows = Rows::new(response, entries, &self.fields, known);
        let checked = if self.is_checked.replace(true) { Ok(()) } else { rows.check() };
        checked.map_err(|problem| Failure::usage(format_args!("--fields: {problem}")))
    }

    /// Prints a response. Its entries are in the properties named `entries`; without one, it is an entry itself, or a list
    /// of entries.
    pub(crate) fn print(&self, response: &Value, entries: &[&str], known: &[Known<'_>]) -> Result<(), Failure> {
        let rows = Rows::new(response, entries, &self.fields, known);
        self.check(response, entries, known)?;
        let (text, left_out) = match self.format.as_str() {
            // Some terminals have no width, and say 0.
            "table" => rows.table(Table::new().width().filter(|&width| width > 0)),
            "csv" => (rows.csv(!self.is_terminal)?, None),
            "json" if self.fields.is_empty() => (inert_json(&format!("{response:#}\n")), None),
            "json" => (rows.json(), None),
            _ => (rows.json_lines(), None),
        };
        let mut stdout = io::stdout().lock();
        stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush())?;
        if let Some(all) = left_out {
            note(format_args!("more columns: --fields {all}"));
        }
        Ok(())
    }
}
