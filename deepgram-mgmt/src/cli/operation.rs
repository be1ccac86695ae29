//! Sends one operation, and prints its response.

use std::io::{self, IsTerminal, Write as _};

use deepgram_mgmt::operations::{Operation, one_line, request_log};
use deepgram_mgmt::serde_json::{Map, Value, from_str, json, to_value};
use indicatif::ProgressBar;

use crate::commands::{PROJECT, has_project, is_deletion, shows_secret};
use crate::context::Context;
use crate::failure::Failure;
use crate::offboard;
use crate::secret::SecretFile;
use crate::values;

pub(crate) async fn run(context: &Context<'_>, operation: &'static Operation) -> Result<(), Failure> {
    let mut values = values::of(context.matches, operation)?;
    if has_project(operation) {
        let is_of_project = operation.parameters.iter().all(|parameter| parameter.name == PROJECT);
        if is_deletion(operation) && is_of_project && context.named_project().is_none() {
            let line = "name the project with --project or DEEPGRAM_PROJECT_ID; what deletes it takes no default";
            return Err(Failure::Usage(line.to_owned()));
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
    if context.flag("verbose") {
        eprintln!("{method} {url}");
    }
    let file = context.path("secret-file").map(SecretFile::create).transpose()?;
    let mut response = call.send().await?;
    keep_secrets(operation, &mut response, file)?;
    if response.is_null() {
        eprintln!("done");
        return Ok(());
    }
    let printed = context.output.print(&response, operation.entries);
    printed.map_err(|failure| match failure {
        Failure::ClosedOutput if shows_secret(operation) => {
            Failure::Maybe("nobody read the output: the new secret was shown nowhere else; delete it".to_owned())
        }
        other => other,
    })
}

/// Moves a new secret to its file; a secret that is not new, or that has a file, does not print.
fn keep_secrets(operation: &Operation, response: &mut Value, file: Option<SecretFile<'_>>) -> Result<(), Failure> {
    if shows_secret(operation) && file.is_none() {
        return Ok(());
    }
    let mut file = file;
    for name in operation.secrets {
        let Some(secret) = response.get_mut(name).filter(|secret| !secret.is_null()) else { continue };
        let secret = std::mem::replace(secret, "…".into());
        if let (Some(secret), Some(file)) = (secret.as_str(), file.take()) {
            file.keep(secret)?;
        }
    }
    if file.is_some() {
        return Err(Failure::Maybe("the response has no secret, so no file was written".to_owned()));
    }
    Ok(())
}

/// Prints every entry of the request log: one a line as soon as its page is there, or all at the end.
async fn all(context: &Context<'_>, operation: &Operation, values: Map<String, Value>) -> Result<(), Failure> {
    let progress = if io::stderr().is_terminal() { ProgressBar::new_spinner() } else { ProgressBar::hidden() };
    let mut pages = request_log(&context.client, values).pages().concurrency(4);
    let mut entries = Vec::new();
    let mut bad = 0;
    while let Some(page) = pages.try_next().await? {
        progress.inc((page.records.len() + page.bad.len()) as u64);
        progress.set_message(format!("{} records", progress.position()));
        for entry in page.into_entries() {
            entries.push(match entry {
                Ok(record) => to_value(record).unwrap_or_default(),
                Err(entry) => {
                    bad += 1;
                    from_str(entry.json()).unwrap_or_else(|_| entry.json().into())
                }
            });
        }
        if context.output.is_streamed() {
            context.output.print(&Value::Array(std::mem::take(&mut entries)), &[])?;
        }
    }
    progress.finish_and_clear();
    if bad > 0 {
        eprintln!("{bad} entries do not decode; they are there as they came");
    }
    if context.output.is_streamed() {
        return Ok(());
    }
    let name = operation.entries.first().copied().unwrap_or("entries");
    context.output.print(&json!({ name: entries }), operation.entries)
}
