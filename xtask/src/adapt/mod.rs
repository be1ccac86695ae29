//! Step 4, adapt: changes an OpenAPI 3.0 document where progenitor 0.15 or its typify would panic, or lose something in
//! silence. If more than one meaning is possible, it rejects the document with the location.
//!
//! One file holds one limit of the generator, and says when to drop it. [`Generator`] holds the limits that lowering has
//! to know, because they decide which parts of a document are lowered at all.

mod all_of;
mod cleared_lists;
mod composition;
mod expansion_limits;
mod field_names;
mod forms;
mod integers;
mod media_types;
mod open_branches;
mod operation_names;
mod parameters;
mod path_names;
mod query;
mod read_write_only;
mod schemas;
mod shadowing;
mod single_values;
mod sizes;
mod styles;
mod successes;
mod target;
mod type_names;
mod walk;

use anyhow::Result;

use crate::document::located::Located;
use crate::lower::Lowered;

pub use operation_names::{CLIENT_METHODS, Renamed, renamed};
pub use target::Generator;

/// Makes of a document that was lowered for [`Generator`] the one that the generator reads. Notes in its origins where it
/// moved parts. Returns a warning, with its location in the lowered document, for each schema that became any JSON value,
/// and for each success in JSON that is read as bytes.
///
/// # Errors
/// With the JSON pointer in the lowered document: a response, schema or parameter that the generator cannot take, and for
/// which no other form has an equal meaning.
pub fn to_generator(lowered: &mut Lowered) -> Result<Vec<Located>> {
    let Lowered { document, origins, .. } = lowered;
    let mut warnings = successes::merge(document, origins);
    media_types::complete_requests(document);
    operation_names::assign(document)?;
    path_names::number(document, origins);
    field_names::number_parameters(document);
    expansion_limits::check_endless(document)?;
    expansion_limits::check_parts(document)?;
    read_write_only::relax(document);
    cleared_lists::make_optional(document);
    warnings.extend(schemas::repair(document));
    expansion_limits::check_choices(document)?;
    open_branches::open(document);
    field_names::number_properties(document);
    field_names::number_values(document);
    parameters::restrict(document)?;
    type_names::disambiguate(document);
    Ok(warnings)
}
