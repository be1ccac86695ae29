//! Sends one operation, and prints its response.

use std::io::{self, IsTerminal, Write as _};

use deepgram_mgmt::operations::{Operation, entry_json, one_line, request_log};
use deepgram_mgmt::serde_json::{Map, Value, json};
use indicatif::ProgressBar;

use crate::commands::{PROJECT, has_project, is_deletion, shows_secret};
use crate::context::Context;
use crate::failure::{Failure, note};
use crate::offboard;
use crate::secret::SecretFile;
use crate::values;

pub(crate) async fn run(context: &Context<'_>, operation: &'static Operation) -> Result<(), Failure> {
    let mut values = values::of(context.matches, operation)?;
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
    let call = operation.call(&context.client, values.clone())?;
    let (method, url) = (call.request().method().clone(), call.request().url().clone());
    if context.flag("dry-run") {
        let mut stdout = io::stdout().lock();
        writeln!(stdout, "{method} {url}")?;
        if let Some(body) = call.request().body().and_then(|body| body.as_bytes()) {
            writeln!(stdout, "{}", String::from_utf8_lossy(body))?;
        }
        return Ok(());
    }
    if is_deletion(operation) {
        if operation.id == "removeProjectMember" {
            offboard::warn(context, &values).await;
        }
        context.confirm(&format!("{}: {method} {url}?", one_line(operation.summary)))?;
    }
    let prints_secret = shows_secret(operation) && context.path("secret-file").is_none();
    let mut fields = context.matches.get_many::<String>("fields").into_iter().flatten().peekable();
    if prints_secret && fields.peek().is_some() && !fields.any(|field| operation.secrets.contains(&&**field)) {
        return Err(Failure::usage(
            "--fields leaves out the new secret, which is shown once: add it, or --secret-file",
        ));
    }
    let file = context.path("secret-file").map(SecretFile::create).transpose()?;
    if context.flag("verbose") {
        note(format_args!("{method} {url}"));
    }
    let mut response = call.send().await?;
    keep_secrets(operation, &mut response, file)?;
    if response.is_null() {
        note("done");
        return Ok(());
    }
    let printed = context.output.print(&response, operation.entries);
    let lost = "the output cannot be written, and the new secret was shown nowhere else: delete it";
    printed.map_err(|failure| if prints_secret { Failure::maybe(lost) } else { failure })
}

/// Moves a new secret to its file; a secret that is not new, or that has a file, does not print.
fn keep_secrets(operation: &Operation, response: &mut Value, mut file: Option<SecretFile<'_>>) -> Result<(), Failure> {
    if shows_secret(operation) && file.is_none() {
        return Ok(());
    }
    for name in operation.secrets {
        let Some(secret) = response.get_mut(name).filter(|secret| secret.is_string()) else { continue };
        let secret = std::mem::replace(secret, "…".into());
        if let Some(file) = file.take() {
            file.keep(secret.as_str().unwrap_or_default())?;
        }
    }
    if file.is_some() { Err(Failure::maybe("the response has no secret, so no file was written")) } else { Ok(()) }
}

/// Prints every entry of the request log: JSON lines as soon as their page is there, all else at the end.
async fn all(context: &Context<'_>, operation: &Operation, mut values: Map<String, Value>) -> Result<(), Failure> {
    values.entry("limit").or_insert(1000.into());
    let progress = if io::stderr().is_terminal() { ProgressBar::new_spinner() } else { ProgressBar::hidden() };
    let mut pages = request_log(&context.client, values).pages().concurrency(4);
    let mut entries = Vec::new();
    while let Some(page) = pages.try_next().await? {
        if !page.bad.is_empty() {
            note(format_args!(
                "page {}: {} entries do not decode; they are there as they came",
                page.number,
                page.bad.len()
            ));
        }
        entries.extend(page.into_entries().map(entry_json));
        progress.set_message(format!("{} records in hand", entries.len()));
        progress.tick();
        if context.output.is_streamed() {
            context.output.print(&Value::Array(std::mem::take(&mut entries)), &[])?;
        }
    }
    progress.finish_and_clear();
    if context.output.is_streamed() {
        return Ok(());
    }
    context.output.print(&json!({ "requests": entries }), operation.entries)
}
