//! A walk through the API, call by call: `cargo xtask tour` runs it against the sandbox.
//!
//! With `--live` it makes the read-only calls alone, against whatever the environment names. Without, it changes and
//! deletes things, and so refuses any server that is not on this machine.

use std::process::ExitCode;

use deepgram_mgmt::{Client, Error, ResponseExt, ResponseValue};

#[tokio::main]
async fn main() -> Result<ExitCode, Error> {
    let live = std::env::args().any(|argument| argument == "--live");
    let is_sandbox = std::env::var("DEEPGRAM_BASE_URL").is_ok_and(|url| url.starts_with("http://127.0.0.1:"));
    if !live && !is_sandbox {
        eprintln!("the tour deletes what it finds: start it with `cargo xtask tour`, or with --live to read only");
        return Ok(ExitCode::from(2));
    }
    let mut tour = Tour { client: Client::from_env()?, calls: 0, failures: 0 };
    if let Some(project) = tour.read().await
        && !live
    {
        tour.change(&project).await;
    }
    println!("{} calls, {} failed", tour.calls, tour.failures);
    Ok(if tour.failures == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

struct Tour {
    client: Client,
    calls: usize,
    failures: usize,
}

impl Tour {
    /// Prints one line for a call and hands on its answer.
    fn show<T>(
        &mut self,
        operation: &str,
        outcome: Result<ResponseValue<T>, Error>,
        summary: impl FnOnce(&T) -> String,
    ) -> Option<T> {
        self.calls += 1;
        match outcome {
            Ok(answer) => {
                let id = answer.request_id().unwrap_or("-");
                println!("{operation:<26} {}  {:<44} request {id}", answer.status().as_u16(), summary(&answer));
                Some(answer.into_inner())
            }
            Err(error) => {
                self.failures += 1;
                println!("{operation:<26} failed  {error}");
                None
            }
        }
    }

    /// Every read-only call; the id of the first project.
    async fn read(&mut self) -> Option<String> {
        let client = self.client.clone();
        let projects = self.show("list_projects", client.list_projects().send().await, |answer| {
            count(answer.projects.len(), "project")
        })?;
        let id = projects.projects.into_iter().find_map(|project| project.project_id)?;
        let project = client.get_project().project_id(&id).send().await;
        self.show("get_project", project, |project| text(project.name.as_deref()));

        let keys = client.list_project_keys().project_id(&id).send().await;
        let keys = self.show("list_project_keys", keys, |answer| count(answer.api_keys.len(), "key"));
        if let Some(key) = keys.and_then(|answer| answer.api_keys.into_iter().find_map(|key| key.api_key_id)) {
            let key = client.get_project_key().project_id(&id).key_id(key).send().await;
            self.show("get_project_key", key, |key| text(key.comment.as_deref()));
        }
        let members = client.list_project_members().project_id(&id).send().await;
        let members = self.show("list_project_members", members, |answer| count(answer.members.len(), "member"));
        if let Some(member) = members.and_then(|answer| answer.members.into_iter().find_map(|m| m.member_id)) {
            let scopes = client.get_member_scopes().project_id(&id).member_id(member).send().await;
            self.show("get_member_scopes", scopes, |answer| answer.scopes.join(", "));
        }
        let invites = client.list_project_invitations().project_id(&id).send().await;
        self.show("list_project_invitations", invites, |answer| count(answer.invites.len(), "invitation"));

        let usage = client.get_project_usage().project_id(&id).send().await;
        self.show("get_project_usage", usage, |usage| {
            let hours: f64 = usage.results.iter().filter_map(|day| day.hours).sum();
            format!("{hours:.1} hours in {}", count(usage.results.len(), "period"))
        });
        let requests = client.list_project_requests().project_id(&id).limit(5).send().await;
        self.show("list_project_requests", requests, |answer| {
            format!("page {} with {}", answer.page.unwrap_or_default(), count(answer.requests.len(), "record"))
        });
        let balances = client.list_project_balances().project_id(&id).send().await;
        let balances = self.show("list_project_balances", balances, |answer| count(answer.balances.len(), "balance"));
        if let Some(balance) = balances.and_then(|answer| answer.balances.into_iter().find_map(|b| b.balance_id)) {
            let balance = client.get_project_balance().project_id(&id).balance_id(balance).send().await;
            self.show("get_project_balance", balance, |balance| {
                format!("{:.2} {}", balance.amount.unwrap_or_default(), text(balance.units.as_deref()))
            });
        }
        let models = client.list_models().include_outdated(false).send().await;
        let models = self.show("list_models", models, |answer| {
            format!("{} to text, {} to speech", answer.stt.len(), answer.tts.len())
        });
        if let Some(model) = models.and_then(|answer| answer.stt.into_iter().find_map(|model| model.uuid)) {
            let model = client.get_model().model_id(model).send().await;
            self.show("get_model", model, |model| text(model.canonical_name.as_deref()));
        }
        Some(id)
    }

    /// Every call that changes something, each undone or used by the next.
    async fn change(&mut self, id: &str) {
        let client = self.client.clone();
        let created = client
            .create_project_key()
            .project_id(id)
            .body_map(|key| key.comment("made by the tour").scopes(vec!["member".to_owned()]))
            .send()
            .await;
        let created = self.show("create_project_key", created, |key| format!("{:?}", key.key));
        if let Some(key) = created.and_then(|key| key.api_key_id) {
            let deleted = client.delete_project_key().project_id(id).key_id(key).send().await;
            self.show("delete_project_key", deleted, |()| "gone again".to_owned());
        }
        let invitation = client
            .send_project_invitation()
            .project_id(id)
            .body_map(|invitation| invitation.email("guest+tour@example.com").scope("member"))
            .send()
            .await;
        self.show("send_project_invitation", invitation, |()| "to guest+tour@example.com".to_owned());
        let revoked = client.delete_project_invitation().project_id(id).email("guest+tour@example.com").send().await;
        self.show("delete_project_invitation", revoked, |()| "taken back".to_owned());

        let members = client.list_project_members().project_id(id).send().await;
        let members = members.map(ResponseValue::into_inner).unwrap_or_default().members;
        if let Some(member) = members.into_iter().find_map(|member| member.member_id) {
            let updated = client
                .update_member_scopes()
                .project_id(id)
                .member_id(&member)
                .body_map(|scopes| scopes.scope("owner"))
                .send()
                .await;
            self.show("update_member_scopes", updated, |()| "owner".to_owned());
            let removed = client.remove_project_member().project_id(id).member_id(&member).send().await;
            self.show("remove_project_member", removed, |()| "gone".to_owned());
        }
        let renamed = client
            .update_project()
            .project_id(id)
            .body_map(|project| project.name("Renamed by the tour".to_owned()))
            .send()
            .await;
        self.show("update_project", renamed, |project| text(project.name.as_deref()));
        let deleted = client.delete_project().project_id(id).send().await;
        self.show("delete_project", deleted, |()| "gone".to_owned());
    }
}

fn count(n: usize, thing: &str) -> String {
    format!("{n} {thing}{}", if n == 1 { "" } else { "s" })
}

fn text(value: Option<&str>) -> String {
    value.unwrap_or("(none)").to_owned()
}
