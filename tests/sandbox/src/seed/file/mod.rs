//! Data of the caller's own: projects, their keys, members and request logs, read from JSON.

mod fields;
mod position;
mod projects;
mod records;
mod unique;

use std::fmt;
use std::str::FromStr;

use serde_path_to_error::{Path, Segment};

use self::fields::Id;
use self::projects::File;
use crate::state::State;

/// Projects that take the place of the standard ones. Models and [`API_KEY`](super::API_KEY) stay.
///
/// Parsed from JSON text; the README of this package lists the members. An unknown member is an error, as is a value that
/// the document of the API does not allow.
#[derive(Debug)]
pub struct Seed(File);

/// The reason why a text is no seed, with its line and column, and the JSON pointer of its value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeedError(String);

impl fmt::Display for SeedError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl std::error::Error for SeedError {}

impl FromStr for Seed {
    type Err = SeedError;

    fn from_str(text: &str) -> Result<Self, SeedError> {
        if !text.trim_start().starts_with('{') {
            let (line, column) = position::find(text, "");
            return Err(SeedError(format!("{line}:{column}: #: a seed is an object: {{ \"projects\": [ … ] }}")));
        }
        let mut json = serde_json::Deserializer::from_str(text);
        let file: File = serde_path_to_error::deserialize(&mut json)
            .map_err(|error| located(&pointer(error.path()), error.inner()))?;
        json.end().map_err(|error| located("", &error))?;
        unique::check(&file).map_err(|(pointer, message)| {
            let (line, column) = position::find(text, &pointer);
            SeedError(format!("{line}:{column}: #{pointer}: {message}"))
        })?;
        Ok(Self(file))
    }
}

/// `LINE:COLUMN: #POINTER: MESSAGE`
fn located(pointer: &str, error: &serde_json::Error) -> SeedError {
    let (line, column, message) = (error.line(), error.column(), error.to_string());
    let message = message.strip_suffix(&format!(" at line {line} column {column}")).unwrap_or(&message);
    SeedError(format!("{line}:{column}: #{pointer}: {message}"))
}

fn pointer(path: &Path) -> String {
    let segments = path.iter().filter_map(|segment| match segment {
        Segment::Seq { index } => Some(index.to_string()),
        Segment::Map { key } | Segment::Enum { variant: key } => Some(key.replace('~', "~0").replace('/', "~1")),
        Segment::Unknown => None,
    });
    segments.fold(String::new(), |pointer, segment| pointer + "/" + &segment)
}

impl Seed {
    /// Puts the projects in the place of the state's.
    pub(crate) fn replace_projects(self, state: &mut State) {
        // What the sandbox numbers itself comes after what the file numbers.
        state.ids = self.0.projects.iter().flat_map(unique::ids).filter_map(Id::number).max().unwrap_or_default();
        state.projects = self.0.projects.into_iter().map(|project| project.create(state)).collect();
    }
}
