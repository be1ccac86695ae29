//! Sends one operation, and prints its response.

use std::io::{self, IsTerminal};

use deepgram_mgmt::Error;
use deepgram_mgmt::operations::{Operation, entry_json, one_line, request_log};
use deepgram_mgmt::serde_json::{Map, Value, json};
use indicatif::ProgressBar;

use crate::commands::{self, PROJECT, has_project, is_deletion, shows_secret};
use crate::context::Context;
use crate::failure::{Failure, note};
use crate::offboard;
use crate::secret::SecretFile;

pub(crate) async fn run(context: &Context<'_>, operation: &'static Operation) -> Result<(), Failure> {
    let mut values = commands::values(context.matches, operation).map_err(Failure::usage)?;
    if has_project(operation) {
        let is_of_project = operation.parameters.iter().all(|parameter| parameter.name == PROJECT);
        if is_deletion(operation) && is_of_project && context.text(PROJECT).is_none() {
            return Err(Failure::usage("name the project with --project: what deletes one takes no default"));
        }
        values.insert(PROJECT.to_owned(), context.project().await?.into());
    }
    if context.flag("all") && !context.flag("dry-run") {
        return all(context, operation, values).await;
    }
    if context.flag("dry-run") {
        return context.show(operation.id, values.into());
    }
    let call = operation.call(&context.client, values.clone())?;
    let (method, url) = (call.request().method().clone(), call.request().url().clone());
    let is_change = operation.method != "GET";
    if is_change {
        // Afterwards, a mistake would look as if nothing had been done.
        context.output.check(&json!([]), &[], &[("", operation.fields)])?;
    }
    if is_deletion(operation) {
        if operation.id == "removeProjectMember" {
            offboard::warn(context, &values).await?;
        }
        context.confirm(&format!("{}: {method} {url}?", one_line(operation.summary)))?;
    }
    let prints_secret = shows_secret(operation) && context.path("secret-file").is_none();
    let mut fields = context.matches.get_many::<String>("fields").into_iter().flatten().peekable();
    if prints_secret && fields.peek().is_some() && !fields.any(|field| operation.secrets.contains(&&**field)) {
        let cure = "add it, or --secret-file";
        return Err(Failure::usage(format!("--fields leaves out the new secret, which is shown once: {cure}")));
    }
    let file = context.path("secret-file").map(SecretFile::create).transpose()?;
    if context.flag("verbose") {
        note(format_args!("{method} {url}"));
    }
    let mut response = call.send().await?;
    // A secret that is not new does not print either.
    let secret = if prints_secret { None } else { operation.mask_secrets(&mut response) };
    match (file, secret) {
        (Some(file), Some(secret)) => file.keep(&secret).map_err(|error| Failure::maybe(error.to_string()))?,
        (Some(_), None) => return Err(Failure::maybe("the response has no secret, so no file was written")),
        (None, _) => {}
    }
    if response.is_null() {
        note("done");
        return Ok(());
    }
    let printed = context.output.print(&response, operation.entries, &[("", operation.fields)]);
    printed.map_err(|failure| if is_change { failure.after_change(prints_secret) } else { failure })
}

/// Prints every entry of the request log: JSON lines as soon as their page is there, all else at the end.
async fn all(context: &Context<'_>, operation: &Operation, mut values: Map<String, Value>) -> Result<(), Failure> {
    values.entry("limit").or_insert(1000.into());
    let progress = if io::stderr().is_terminal() { ProgressBar::new_spinner() } else { ProgressBar::hidden() };
    let mut pages = request_log(&context.client, values).pages().concurrency(4);
    let mut entries = Vec::new();
    let print = |entries: Vec<Value>| {
        context.output.print(&json!({ "requests": entries }), operation.entries, &[("", operation.fields)])
    };
    while let Some(page) = pages.try_next().await.map_err(|error| interrupted(context, error))? {
        let (number, bad) = (page.number, page.bad.len());
        if bad > 0 {
            note(format_args!("page {number}: {bad} entries do not decode; they are there as they came"));
        }
        entries.extend(page.into_entries().map(entry_json));
        progress.set_message(format!("{} records in hand", entries.len()));
        progress.tick();
        if context.output.is_streamed() {
            print(std::mem::take(&mut entries))?;
        }
    }
    progress.finish_and_clear();
    if context.output.is_streamed() { Ok(()) } else { print(entries) }
}

/// Adds to the error of a page how to go on after it.
fn interrupted(context: &Context<'_>, error: Error) -> Failure {
    let cure = match error.resume() {
        _ if !context.output.is_streamed() => "; nothing was printed: repeat it, or use --output ndjson".to_owned(),
        // A cursor is a text of the server, and no word of a command line.
        Some(at) if at.cursor.is_none() => {
            let end = at.end.map(|end| format!(" --end {end}")).unwrap_or_default();
            format!("; --all --page {}{end} goes on from there", at.page)
        }
        _ => "; repeat it from the start".to_owned(),
    };
    Failure::from(error).with(&cure)
}
