//! The tasks of `cargo xtask`, one file each.

pub mod check;
pub mod drift;
pub mod generate;
pub mod probe;
pub mod sandbox;
pub mod tour;
pub mod update;

use std::process::{ExitCode, ExitStatus};

/// How a task ends if no error stops it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// All is as it should be.
    Clean,
    /// Generated files are stale, or a change breaks something.
    Stale,
    /// The task could not tell; its output says why.
    Undetermined,
}

impl From<Outcome> for ExitCode {
    fn from(outcome: Outcome) -> Self {
        Self::from(match outcome {
            Outcome::Clean => 0,
            Outcome::Stale => 1,
            Outcome::Undetermined => 2,
        })
    }
}

/// The outcome of a program with the exit codes of a task. Any other code, such as cargo's where a build fails, tells
/// nothing.
impl From<ExitStatus> for Outcome {
    fn from(status: ExitStatus) -> Self {
        match status.code() {
            Some(0) => Self::Clean,
            Some(1) => Self::Stale,
            _ => Self::Undetermined,
        }
    }
}
