//! Formats one report for a terminal, a program, a page or a workflow.

mod github;
mod json;
mod lines;
mod markdown;
mod model;
mod text;

pub use model::{ApiVerdict, Report};

/// The format of a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Format {
    /// For a terminal.
    Text,
    /// For a program; holds everything.
    Json,
    /// For a page: a job's summary, a comment.
    Markdown,
    /// Workflow commands, which GitHub shows as annotations.
    Github,
}

impl Report {
    /// Formats the report.
    #[must_use]
    pub fn render(&self, format: Format) -> String {
        match format {
            Format::Text => text::render(self),
            Format::Json => json::render(self),
            Format::Markdown => markdown::render(self),
            Format::Github => github::render(self),
        }
    }
}
