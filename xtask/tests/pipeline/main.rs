//! A document on its way through the pipeline: what becomes of it, or the error that rejects it.

mod bad_documents;
mod bounded_time;
mod differential;
mod generate;
mod held_values;
mod inert_output;
mod known_values;
mod located;
mod lowering;
mod mutation;
mod nesting;
#[path = "../random/mod.rs"]
mod random;
#[path = "../size/mod.rs"]
mod size;
mod skip;
