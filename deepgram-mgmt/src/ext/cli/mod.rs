//! Serves the program `deepgram-mgmt` alone. Only with the feature `cli`.
//!
//! `commands` looks at operations as commands, `requests` makes what is sent for them, `masks` hides secrets,
//! `secret_file` keeps them, `rows` makes tables and lists, `bars` draws charts, and `text` keeps texts from steering a terminal.

mod bars;
mod commands;
mod masks;
mod requests;
mod rows;
mod secret_file;
mod text;

pub use bars::bars;
pub use commands::{PROJECT, fields, find_command, parse_period};
pub use requests::{entry_json, request_log, successor_values, successors_values};
pub use rows::{Known, Rows};
pub use secret_file::{SecretFile, SuccessorFiles, loses_output, lost};
pub use text::{inert_json, one_line, whole_line};
