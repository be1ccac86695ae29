//! A walk through the API, call by call: `cargo xtask tour` runs it against the sandbox.
//!
//! With `--live` it makes the read-only calls alone, against whatever the environment names. Without, it changes and
//! deletes things, and so it accepts only a sandbox on this machine.

use std::collections::{BTreeSet, HashMap};
use std::process::ExitCode;

use deepgram_mgmt::operations::{OPERATIONS, Operation, inert_json};
use deepgram_mgmt::serde_json::{Map, Value};
use deepgram_mgmt::{Client, Error, Secret};

/// The widest summary of a response.
const WIDTH: usize = 72;

#[tokio::main]
async fn main() -> ExitCode {
    let has = |flag: &str| std::env::args().any(|argument| argument == flag);
    let is_loopback = std::env::var("DEEPGRAM_BASE_URL").is_ok_and(|url| url.starts_with("http://127.0.0.1:"));
    let is_sandbox = is_loopback && (has("--bundled-sandbox") || has("--live-sandbox"));
    if !has("--live") && !is_sandbox {
        eprintln!("the tour deletes what it finds: start it with `cargo xtask tour`, or with --live to read only");
        return ExitCode::from(2);
    }
    let client = match Client::from_env() {
        Ok(client) => client,
        Err(error) => {
            eprintln!("{error}");
            return ExitCode::from(2);
        }
    };
    // The sandbox of the bundled document lacks some operations.
    let knows_all = !has("--bundled-sandbox");
    let mut tour = Tour { client, knows_all, called: BTreeSet::new(), calls: 0, failures: 0 };
    let project = tour.read().await;
    if let (Some(project), true) = (project, is_sandbox) {
        if knows_all {
            tour.change_more(&project).await;
        }
        tour.change(&project).await;
        if knows_all {
            tour.list_missing();
        }
    }
    println!("{} calls, {} failed", tour.calls, tour.failures);
    if tour.failures == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

struct Tour {
    client: Client,
    /// Whether the server has every operation of the client.
    knows_all: bool,
    called: BTreeSet<&'static str>,
    calls: usize,
    failures: usize,
}

impl Tour {
    /// Prints one line for a call and hands on its response.
    fn show<T>(
        &mut self,
        operation: &'static str,
        outcome: Result<T, Error>,
        summary: impl FnOnce(&T) -> String,
    ) -> Option<T> {
        self.calls += 1;
        self.called.insert(operation);
        match outcome {
            Ok(response) => {
                println!("{operation:<32} ok      {}", summary(&response));
                Some(response)
            }
            Err(error) if !self.knows_all && error.message() == Some("no such path") => {
                println!("{operation:<32} -       only in the live dialect");
                None
            }
            Err(error) => {
                self.failures += 1;
                println!("{operation:<32} failed  {error}");
                None
            }
        }
    }

    /// Calls every operation that only reads, with the ids of the entries that earlier responses list. The id of the first
    /// project.
    async fn read(&mut self) -> Option<String> {
        let client = self.client.clone();
        let mut entries: HashMap<&str, Value> = HashMap::new();
        for operation in OPERATIONS.iter().filter(|operation| operation.method == "GET") {
            let Some(ids) = ids(operation, &entries) else {
                println!("{:<32} -       no entry to read", operation.method_name);
                continue;
            };
            let outcome = match operation.call(&client, ids) {
                Ok(call) => call.send().await,
                Err(error) => Err(error),
            };
            let response = self.show(operation.method_name, outcome, |response| summary(operation, response));
            let list = response.as_ref().and_then(|response| response.get(*operation.entries.first()?)?.get(0));
            entries.extend(list.map(|first| (operation.path, first.clone())));
        }
        entries.get("/v1/projects").and_then(|project| id(project, "project_id"))
    }

    /// The calls that change something and that the bundled document lacks.
    async fn change_more(&mut self, id: &str) {
        let client = self.client.clone();
        let made = client.create_distribution_credentials(id).provider("quay").await;
        let made = self.show("create_distribution_credentials", made, |made| secret(made.secret.as_ref()));
        if let Some(made) = made.map(|made| made.distribution_credentials_id) {
            let deleted = client.delete_distribution_credentials(id, &made).await;
            self.show("delete_distribution_credentials", deleted, |_| "gone again".to_owned());
        }
        let token = client.grant_token().ttl_seconds(60).await;
        self.show("grant_token", token, |token| secret(Some(&token.access_token)));
        // The sandbox takes every caller for the first member, and its second project has one to spare.
        let projects = client.list_projects().await.unwrap_or_default().projects;
        if let Some(other) = projects.into_iter().map(|project| project.project_id).find(|other| other != id) {
            let left = client.leave_project(other).await;
            self.show("leave_project", left, |()| "gone".to_owned());
        }
    }

    /// Every other call that changes something, each undone or used by the next.
    async fn change(&mut self, id: &str) {
        let client = self.client.clone();
        let created = client.create_project_key(id).comment("made by the tour").scopes(["member"]).await;
        let created = self.show("create_project_key", created, |key| secret(Some(&key.key)));
        if let Some(key) = created.map(|key| key.api_key_id) {
            let deleted = client.delete_project_key(id, key).await;
            self.show("delete_project_key", deleted, |()| "gone again".to_owned());
        }
        let invitation = client.send_project_invitation(id).email("guest+tour@example.com").scope("member").await;
        self.show("send_project_invitation", invitation, |()| "to guest+tour@example.com".to_owned());
        let revoked = client.delete_project_invitation(id, "guest+tour@example.com").await;
        self.show("delete_project_invitation", revoked, |()| "taken back".to_owned());

        let members = client.list_project_members(id).await.unwrap_or_default().members;
        if let Some(member) = members.into_iter().next().map(|member| member.member_id) {
            let updated = client.update_member_scopes(id, &member).scope("owner").await;
            self.show("update_member_scopes", updated, |()| "owner".to_owned());
            let removed = client.remove_project_member(id, &member).await;
            self.show("remove_project_member", removed, |()| "gone".to_owned());
        }
        let renamed = client.update_project(id).name("Renamed by the tour").await;
        self.show("update_project", renamed, |done| {
            done.name.as_deref().or(done.message.as_deref()).unwrap_or("(no name)").to_owned()
        });
        let deleted = client.delete_project(id).await;
        self.show("delete_project", deleted, |()| "gone".to_owned());
    }

    /// Prints a line for each operation of the client that was not called.
    fn list_missing(&self) {
        for operation in OPERATIONS.iter().filter(|operation| !self.called.contains(operation.method_name)) {
            println!("{:<32} -       not called by the tour", operation.method_name);
        }
    }
}

/// The ids in the path of an operation, each of the first entry of the list that the path goes through. `None` if no entry
/// is known there.
fn ids(operation: &Operation, entries: &HashMap<&str, Value>) -> Option<Map<String, Value>> {
    let segments = operation.path.match_indices("/{").map(|(at, _)| {
        let (name, _) = operation.path[at + 2..].split_once('}')?;
        Some((name.to_owned(), id(entries.get(&operation.path[..at])?, name)?.into()))
    });
    segments.collect()
}

/// The id of an entry: the property with the name of the parameter, or with a longer one (`api_key_id` for `key_id`).
fn id(entry: &Value, parameter: &str) -> Option<String> {
    let members = entry.as_object()?;
    let named = members.iter().find(|(name, _)| name.ends_with(parameter)).map(|(_, value)| value);
    Some(named.or(members.get("uuid"))?.as_str()?.to_owned())
}

/// The first properties of a response, a list as its length.
fn summary(operation: &Operation, response: &Value) -> String {
    let mut parts: Vec<String> = Vec::new();
    for (name, value) in response.as_object().into_iter().flatten() {
        let value = match value {
            _ if operation.secrets.contains(&name.as_str()) => continue,
            Value::Null => continue,
            Value::Array(items) => items.len().to_string(),
            Value::Object(members) => members.len().to_string(),
            other => inert_json(&other.to_string()),
        };
        parts.push(format!("{name}: {value}"));
        if parts.iter().map(|part| part.len() + 2).sum::<usize>() > WIDTH {
            parts.pop();
            break;
        }
    }
    parts.join(", ")
}

/// A secret prints as itself nowhere but through `expose_secret`.
fn secret(value: Option<&Secret>) -> String {
    value.map_or_else(|| "(none)".to_owned(), |secret| format!("made; prints as {secret:?}"))
}
