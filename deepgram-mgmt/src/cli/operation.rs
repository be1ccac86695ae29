//! Sends one operation, and prints its response.

use std::mem;

use deepgram_mgmt::Error;
use deepgram_mgmt::operations::{Operation, PROJECT, entry_json, lost, one_line, request_log};
use deepgram_mgmt::serde_json::{Map, Value, json};
use indicatif::ProgressBar;

use crate::commands;
use crate::context::Context;
use crate::failure::{Failure, MAYBE, UNREAD, note};
use crate::offboard;

pub(crate) async fn run(context: &Context<'_>, operation: &'static Operation) -> Result<(), Failure> {
    let mut values = commands::values(context.matches, operation).map_err(Failure::usage)?;
    if operation.is_of_project() {
        values.insert(PROJECT.to_owned(), context.project().await?.into());
    }
    if context.flag("all") {
        values.entry("limit").or_insert(1000.into());
        values.entry("page").or_insert(0.into());
    }
    if context.flag("dry-run") {
        return context.show(operation.id, values.into());
    }
    let call = operation.call(&context.client, values.clone())?;
    if context.flag("all") {
        return all(context, operation, values).await;
    }
    let line = format!("{} {}", call.request().method(), call.request().url());
    let (is_change, known) = (operation.method != "GET", [("", operation.fields)]);
    if is_change {
        // Afterwards, a mistake would look as if nothing had been done.
        context.output.check(&known)?;
    }
    if operation.is_deletion() {
        if operation.id == "removeProjectMember" {
            offboard::warn(context, &values).await?;
        }
        context.confirm(&format!("{}: {line}?", one_line(operation.summary)))?;
    }
    let prints_secret = operation.creates_secret() && context.path("secret-file").is_none();
    if prints_secret && !context.output.shows(operation.secrets) {
        let cure = "add it, or --secret-file";
        return Err(Failure::usage(format_args!("--fields leaves out the new secret, which is shown once: {cure}")));
    }
    let file = if operation.creates_secret() { context.secret_file()? } else { None };
    if context.flag("verbose") {
        note(line);
    }
    let mut response = call.send().await.map_err(|error| match (Failure::from(error), operation.shown_by()) {
        (failure @ Failure { code: MAYBE, .. }, Some(Operation { group, command, .. })) => {
            let done = if operation.method == "POST" { "created" } else { "done" };
            failure.and(&format!("; it may have been {done}: look at `{group} {command}` before you repeat it"))
        }
        (failure, _) => failure,
    })?;
    let id = operation.created_id(&response);
    // A secret that is not new does not print either.
    let secret = if prints_secret { None } else { operation.mask_secrets(&mut response) };
    if let Some(file) = file {
        let missing = "the response has no secret, so no file was written";
        let secret = secret.ok_or_else(|| Failure::new(MAYBE, missing))?;
        file.keep(&secret, id.as_deref()).map_err(|error| Failure::new(MAYBE, error))?;
    }
    if response.is_null() {
        note("done");
        return Ok(());
    }
    context.output.print(response, operation.entries, &known).map_err(|failure| match failure.code {
        _ if prints_secret => Failure { code: MAYBE, ..failure.and(&lost(id.as_deref())) },
        code if code == UNREAD || !is_change => failure,
        _ => Failure::new(MAYBE, format!("it was done, and the response cannot be printed: {}", failure.line)),
    })
}

/// Prints every entry of the request log: JSON lines as soon as their page is there, all else at the end.
async fn all(context: &Context<'_>, operation: &Operation, values: Map<String, Value>) -> Result<(), Failure> {
    // It is hidden where standard error is no terminal.
    let progress = ProgressBar::new_spinner();
    let mut pages = request_log(&context.client, values).pages().concurrency(4);
    let mut entries = Vec::new();
    let print = |entries: &mut Vec<Value>| {
        let response = json!({ "requests": mem::take(entries) });
        context.output.print(response, operation.entries, &[("", operation.fields)])
    };
    while let Some(page) = pages.try_next().await.map_err(|error| interrupted(context, error))? {
        let (number, bad) = (page.number, page.bad.len());
        if bad > 0 {
            let line = format!("page {number}: {bad} of the entries could not be decoded, and stay as they came");
            progress.suspend(|| note(line));
        }
        entries.extend(page.into_entries().map(entry_json));
        progress.set_message(format!("{} records in hand", entries.len()));
        progress.tick();
        if context.output.is_streamed() {
            progress.suspend(|| print(&mut entries))?;
        }
    }
    progress.finish_and_clear();
    if context.output.is_streamed() { Ok(()) } else { print(&mut entries) }
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
    Failure::from(error).and(&cure)
}
