//! The pipeline between the files: lower → adapt → generate → polish.

use std::collections::BTreeSet;

use anyhow::Result;
use proc_macro2::TokenStream;
use serde_json::Value;

use crate::adapt::Renamed;
use crate::document::extensions;
use crate::lower::Lowered;
use crate::polish::{Modules, Published};
use crate::rust_api::PublicApi;
use crate::skip::Obstacle;
use crate::{adapt, generate, lower, polish, skip};

/// The generator follows types within types by recursion; this is deep enough for every document that is let in.
pub const STACK: usize = 512 * 1024 * 1024;

/// The generated client of an effective document (OpenAPI 3.0 or 3.1).
///
/// # Errors
/// As [`prepare`], [`generate::client`] and [`polish::syntax`], with locations in `effective`.
pub fn client(effective: &Value) -> Result<Modules> {
    run(effective, |prepared| Ok((generate::client(prepared)?, None)))
}

/// The client that this project publishes, with a table and mocks of its operations.
///
/// # Errors
/// As [`client`], and [`generate::client_and_mocks`].
pub fn published_client(effective: &Value) -> Result<Modules> {
    run(effective, |prepared| {
        let (client, mocks) = generate::client_and_mocks(prepared)?;
        Ok((client, Some(Published { name: "deepgram_mgmt", mocks })))
    })
}

/// The client of an effective document without the operations that cannot be generated, nor the schemas that no other
/// operation needs; and the errors of these operations.
///
/// The client is an error, as of [`client`], if a part of the document that belongs to no operation has one.
pub fn client_of_supported(effective: &Value) -> (Result<Modules>, Vec<Obstacle>) {
    let (modules, obstacles) = skip::unsupported(effective.clone(), client);
    let modules = modules.map(|mut modules| {
        modules.left_out.extend(obstacles.iter().flat_map(Obstacle::reasons));
        // Without these operations, nothing needs the part that has the error.
        let known: BTreeSet<_> = obstacles.iter().map(|obstacle| &obstacle.error.at).collect();
        modules.warnings.retain(|warning| !known.contains(&warning.at));
        modules
    });
    (modules, obstacles)
}

/// The public API of the client that is generated from a `part` of a lowered document.
///
/// # Errors
/// As [`generate::client`] and [`polish::syntax`], with locations in `effective`, which was lowered.
pub fn public_api(effective: &Value, lowered: &Lowered, part: &Value) -> Result<PublicApi> {
    let syntax = generate::client(part).and_then(|tokens| polish::syntax(tokens, None, part));
    syntax.map(|syntax| PublicApi::of(&syntax)).map_err(|error| lowered.origins.relocate(error, effective))
}

fn run(
    effective: &Value,
    generate: impl FnOnce(&Value) -> Result<(TokenStream, Option<Published>)>,
) -> Result<Modules> {
    let (effective, left_out) = &skip::named(effective)?;
    let Lowered { document: prepared, origins, named, warnings } = prepare(effective)?;
    let syntax = generate(&prepared).and_then(|(tokens, published)| polish::syntax(tokens, published, &prepared));
    let modules = syntax.and_then(|syntax| {
        let types = syntax.type_names();
        Ok((types, Modules::print(syntax)?))
    });
    let renamed = adapt::renamed(effective)?.into_iter().map(|Renamed { at, id, method }| {
        at.error(format!(
            "`{id}` is also the name of another operation or of a method of the client; the method is called `{method}`"
        ))
    });
    let (types, modules) = modules.map_err(|error| origins.relocate(error, effective))?;
    let unnamed = named.iter().filter(|(name, _)| !types.contains(*name)).map(|(name, at)| {
        at.child(extensions::NAME).error(format!("no type is made of this schema that could be called `{name}`"))
    });
    let warnings = renamed.chain(unnamed).chain(warnings).collect();
    Ok(Modules { warnings, left_out: left_out.clone(), ..modules })
}

/// The document that the generator reads, where its parts stand in `effective`, and the warnings about parts of that.
///
/// # Errors
/// As [`lower::to_30`] and [`adapt::to_generator`], with locations in `effective`.
pub fn prepare(effective: &Value) -> Result<Lowered> {
    let mut lowered = lower::to_30(effective, &adapt::Generator)?;
    match adapt::to_generator(&mut lowered) {
        Ok(warnings) => {
            for mut warning in warnings {
                lowered.origins.relocate_to_source(&mut warning.at, effective);
                lowered.warnings.insert(warning);
            }
            Ok(lowered)
        }
        Err(error) => Err(lowered.origins.relocate(error, effective)),
    }
}
