//! The chores of keys, the request log and usage.

use std::future::ready;
use std::io::{self, IsTerminal};
use std::time::Duration;

use deepgram_mgmt::operations::{Known, PROJECT, bars, fields, lost, one_line, successor_values, whole_line};
use deepgram_mgmt::serde_json::{Value, json};
use deepgram_mgmt::types::KeyWithSecret;
use deepgram_mgmt::{ExportProgress, Measure, Timestamp};
use indicatif::{ProgressBar, ProgressStyle};

use crate::context::Context;
use crate::failure::{Failure, REJECTED, go_on, note};
use crate::output;

pub(crate) async fn rotate(context: &Context<'_>) -> Result<(), Failure> {
    context.output.reject_options()?;
    let (project, key) = (context.project().await?, context.text("key_id").unwrap_or_default());
    if context.flag("dry-run") {
        context.show("createProjectKey", successor_values(&context.client, &project, key).await?.into())?;
        return context.show("deleteProjectKey", json!({ PROJECT: project, "key_id": key }));
    }
    context.confirm(&format!("Create a successor of the key {}, and then delete that key?", one_line(key)))?;
    let file = context.secret_file()?;
    let keep = |new: KeyWithSecret| {
        let (id, secret) = (&new.api_key_id, new.key.expose_secret());
        note(format_args!("new key {id}"));
        let Some(file) = file else { return ready(print_secret(secret, id)) };
        ready(file.keep(secret, Some(id)).map(|_| ()))
    };
    let rotated = context.client.rotate_key_with(&project, key, keep).await?;
    rotated.differences.iter().for_each(|difference| note(format_args!("not as the old key: {difference}")));
    Ok(())
}

fn print_secret(secret: &str, id: &str) -> io::Result<()> {
    let shown = if io::stdout().is_terminal() { whole_line(secret) } else { secret.to_owned() };
    output::write(&(shown + "\n")).map_err(|failure| io::Error::other(failure.line + &lost(Some(id))))
}

pub(crate) async fn expiring(context: &Context<'_>) -> Result<(), Failure> {
    if context.flag("dry-run") {
        context.show("listProjects", json!({}))?;
        return context.show("listProjectKeys", json!({ PROJECT: "EACH_PROJECT" }));
    }
    let within = context.matches.get_one::<Duration>("within").copied().unwrap_or_default();
    let found = context.client.expiring_keys(within).await?;
    let first: [Known<'_>; 2] = [("key", &["api_key_id"]), ("", &["expires"])];
    let known = [&first[..], &[("project", fields("getProject")), ("key", fields("getProjectKey"))]].concat();
    go_on(context.output.print(json!(found.keys), &[], &known))?;
    for (project, error) in &found.unread {
        note(format_args!("the keys of the project {} are missing: {error}", project.project_id));
    }
    if found.unread.is_empty() { Ok(()) } else { Err(Failure::new(REJECTED, "")) }
}

pub(crate) async fn export(context: &Context<'_>) -> Result<(), Failure> {
    context.output.reject_options()?;
    let (project, file) = (context.project().await?, context.path("file").unwrap_or_else(|| "".as_ref()));
    if context.flag("dry-run") {
        return context.show("listProjectRequests", json!({ PROJECT: project, "limit": 1000 }));
    }
    let style = ProgressStyle::with_template("{bar:40} {msg}").unwrap_or_else(|_| ProgressStyle::default_bar());
    // It is hidden where standard error is no terminal.
    let bar = ProgressBar::new(1).with_style(style);
    let seconds = |from: Timestamp, to: Timestamp| u64::try_from((to - from).num_seconds()).unwrap_or_default();
    let report = |at: ExportProgress| {
        bar.set_length(seconds(at.start, at.end));
        bar.set_position(seconds(at.start, at.done));
        bar.set_message(format!("{} records, up to {}", at.records, at.done));
    };
    let export = context.client.export_requests(project, file);
    let exported = export.append(context.flag("append")).on_progress(report).run().await?;
    bar.finish_and_clear();
    let records = if exported.records == 1 { "record" } else { "records" };
    note(format_args!("{} {records} added to {}", exported.records, file.display()));
    if exported.cut {
        note("the file ended with a part of a record, which was cut off");
    }
    if exported.bad > 0 {
        note(format_args!("of these, {} could not be decoded, and stay as they came", exported.bad));
    }
    if let Some(newest) = exported.gap_after {
        note(format_args!("the log reaches back 90 days: records after {newest} may be missing"));
    }
    Ok(())
}

pub(crate) async fn chart(context: &Context<'_>) -> Result<(), Failure> {
    let time = |name: &str| context.matches.get_one::<Timestamp>(name).copied();
    let (start, end, by) = (time("start"), time("end"), context.text("by").unwrap_or_default());
    let (measure, id) = match by {
        "dollars" => (Measure::Dollars, "getBillingBreakdown"),
        _ => (Measure::Hours, "getProjectUsage"),
    };
    let project = context.project().await?;
    if context.flag("dry-run") {
        return context.show(id, json!({ PROJECT: project, "start": start, "end": end }));
    }
    let amounts = context.client.amounts_over_time(project, measure, start, end).await?;
    if !context.output.is_free_table() {
        let rows = amounts.into_iter().map(|(start, amount)| json!({ "start": start, by: amount }));
        return context.output.print(Value::Array(rows.collect()), &[], &[("", &["start", by])]);
    }
    output::write(&bars(&amounts, output::width().unwrap_or(u16::MAX)).concat())
}
