//! Generated code, compiled: what it accepts and rejects, what its programs send and read, and what cargo builds for it.

mod decoding;
mod documents;
mod everyday_http;
mod features;
mod fixture;
#[path = "../drift/golden.rs"]
mod golden;
mod names;
mod odd_documents;
mod oracle;
mod packaged;
mod programs;
mod prose;
mod runtime_interface;
mod sending;
#[path = "../size/mod.rs"]
mod size;
