//! Step 4, adapt: changes an OpenAPI 3.0 document where progenitor 0.15 or its typify would panic or lose something in
//! silence, if only one meaning is possible; refuses it with its location otherwise.
//!
//! One file holds one limit of the generator, and says when to drop it.

mod composition;
mod expansion_limits;
mod open_branches;
mod operation_names;
mod parameters;
mod read_write_only;
mod schemas;
mod shadowing;
mod type_names;
mod walk;

use anyhow::Result;
use serde_json::Value;

pub use operation_names::{CLIENT_METHODS, Renamed, renamed};

/// Makes of a lowered document the one that the generator reads.
///
/// # Errors
/// With the JSON pointer in the lowered document: a schema or parameter that the generator cannot take, and for which
/// no other form has the same meaning.
pub fn to_generator(mut document: Value) -> Result<Value> {
    operation_names::assign(&mut document)?;
    parameters::check_names(&document)?;
    expansion_limits::refuse_endless(&document)?;
    expansion_limits::check_parts(&document)?;
    read_write_only::relax(&mut document);
    schemas::repair(&mut document);
    expansion_limits::check_choices(&document)?;
    open_branches::open(&mut document);
    parameters::restrict(&mut document)?;
    type_names::disambiguate(&mut document);
    Ok(document)
}
