//! The drift check: its rules, its verdict, and its task as a program.

#[path = "../git/mod.rs"]
mod git;
mod golden;
mod properties;
mod question;
#[path = "../random/mod.rs"]
mod random;
mod report;
mod rules;
mod score;
#[path = "../size/mod.rs"]
mod size;
mod source_verdict;
mod superset;
mod task;
mod time;
