//! Limits the size of a document to one that the generator holds in memory and stack, and reads in reasonable time.
//!
//! Drop when progenitor and typify work in memory and time proportional to the document.

use anyhow::{Result, bail};

use crate::document::pointer::Pointer;
use crate::lower::Size;

const MAX_OPERATIONS: usize = 5_000;
const MAX_PARAMETERS: usize = 15_000;
const MAX_SCHEMAS: usize = 5_000;
const MAX_TYPES: usize = 10_000;
const MAX_PROPERTIES: usize = 1_000;

pub(super) fn check(size: Size, count: usize, at: &Pointer) -> Result<()> {
    let (max, things) = match size {
        Size::Operations => (MAX_OPERATIONS, " operations"),
        Size::Parameters => (MAX_PARAMETERS, " parameters in all"),
        Size::Schemas => (MAX_SCHEMAS, " schemas"),
        Size::Types => (MAX_TYPES, " types"),
        Size::Properties => (MAX_PROPERTIES, ""),
    };
    if count <= max {
        return Ok(());
    }
    let message = format!("more than {max}{things} are more than the generator can hold");
    // An overlay can remove a parameter. No overlay makes a small document of a large one.
    bail!(if size == Size::Parameters { at.fixable(message) } else { at.error(message) })
}
