//! The tasks that write a checkout, each in a copy of the workspace.

mod checkout;
mod everyday_updates;
#[path = "../git/mod.rs"]
mod git;
mod killed;
#[cfg(unix)]
mod programs;
mod published;
#[path = "../size/mod.rs"]
mod size;
mod update;
