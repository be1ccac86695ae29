//! A walk through the API, call by call: `cargo xtask tour` runs it against the sandbox.
//!
//! With `--live` it makes the read-only calls alone, against whatever the environment names. Without, it changes and
//! deletes things, and so it accepts only a sandbox on this machine.

use std::process::ExitCode;

use deepgram_mgmt::{Client, Error, ResponseValue, Secret};

#[tokio::main]
async fn main() -> ExitCode {
    let said = |flag: &str| std::env::args().any(|argument| argument == flag);
    let is_loopback = std::env::var("DEEPGRAM_BASE_URL").is_ok_and(|url| url.starts_with("http://127.0.0.1:"));
    let is_sandbox = is_loopback && (said("--bundled-sandbox") || said("--live-sandbox"));
    if !said("--live") && !is_sandbox {
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
    let mut tour = Tour { client, calls: 0, failures: 0 };
    // The sandbox of the bundled document lacks some operations.
    let knows_all = !said("--bundled-sandbox");
    if let Some(project) = tour.read().await {
        if knows_all {
            tour.read_more(&project).await;
        }
        if is_sandbox {
            if knows_all {
                tour.change_more(&project).await;
            }
            tour.change(&project).await;
        }
    }
    println!("{} calls, {} failed", tour.calls, tour.failures);
    if tour.failures == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

struct Tour {
    client: Client,
    calls: usize,
    failures: usize,
}

impl Tour {
    /// Prints one line for a call and hands on its response.
    fn show<T>(
        &mut self,
        operation: &str,
        outcome: Result<ResponseValue<T>, Error>,
        summary: impl FnOnce(&T) -> String,
    ) -> Option<T> {
        self.calls += 1;
        match outcome {
            Ok(response) => {
                let id = response.request_id().unwrap_or("-");
                println!("{operation:<32} {}  {:<44} request {id}", response.status().as_u16(), summary(&response));
                Some(response.into_inner())
            }
            Err(error) => {
                self.failures += 1;
                println!("{operation:<32} failed  {error}");
                None
            }
        }
    }

    /// Every read-only call; the id of the first project.
    async fn read(&mut self) -> Option<String> {
        let client = self.client.clone();
        let token = client.get_token_details().send().await;
        self.show("get_token_details", token, |token| count(token.len(), "detail"));
        let projects = self.show("list_projects", client.list_projects().send().await, |response| {
            count(response.projects.len(), "project")
        })?;
        let id = projects.projects.into_iter().next().map(|project| project.project_id)?;
        let project = client.get_project(&id).send().await;
        self.show("get_project", project, |project| text(project.name.as_deref()));

        let keys = client.list_project_keys(&id).send().await;
        let keys = self.show("list_project_keys", keys, |response| count(response.api_keys.len(), "key"));
        if let Some(key) = keys.and_then(|response| response.api_keys.into_iter().next().map(|key| key.api_key_id)) {
            let key = client.get_project_key(&id, key).send().await;
            self.show("get_project_key", key, |key| text(key.comment.as_deref()));
        }
        let members = client.list_project_members(&id).send().await;
        let members = self.show("list_project_members", members, |response| count(response.members.len(), "member"));
        if let Some(member) = members.and_then(|response| response.members.into_iter().next().map(|m| m.member_id)) {
            let scopes = client.get_member_scopes(&id, member).send().await;
            self.show("get_member_scopes", scopes, |response| response.scopes.join(", "));
        }
        let invites = client.list_project_invitations(&id).send().await;
        self.show("list_project_invitations", invites, |response| count(response.invites.len(), "invitation"));

        let usage = client.get_project_usage(&id).send().await;
        self.show("get_project_usage", usage, |usage| {
            let hours: f64 = usage.results.iter().filter_map(|day| day.hours).sum();
            format!("{hours:.1} hours in {}", count(usage.results.len(), "period"))
        });
        let requests = client.list_project_requests(&id).limit(5).send().await;
        self.show("list_project_requests", requests, |response| {
            format!("page {} with {}", response.page.unwrap_or_default(), count(response.requests.len(), "record"))
        });
        let balances = client.list_project_balances(&id).send().await;
        let balances =
            self.show("list_project_balances", balances, |response| count(response.balances.len(), "balance"));
        if let Some(balance) = balances.and_then(|response| response.balances.into_iter().next().map(|b| b.balance_id))
        {
            let balance = client.get_project_balance(&id, balance).send().await;
            self.show("get_project_balance", balance, |balance| {
                format!("{:.2} {}", balance.amount.unwrap_or_default(), text(balance.units.as_deref()))
            });
        }
        let models = client.list_models().send().await;
        let models = self.show("list_models", models, |response| {
            format!("{} to text, {} to speech", response.stt.len(), response.tts.len())
        });
        if let Some(model) = models.and_then(|response| response.stt.into_iter().find_map(|model| model.uuid)) {
            let model = client.get_model(model).send().await;
            self.show("get_model", model, |model| text(model.canonical_name.as_deref()));
        }
        Some(id)
    }

    /// The read-only calls that the bundled document lacks.
    async fn read_more(&mut self, id: &str) {
        let client = self.client.clone();
        let newest = client.list_project_requests(id).limit(1).send().await;
        let newest = newest.map(ResponseValue::into_inner).unwrap_or_default().requests;
        if let Some(request) = newest.into_iter().next().map(|record| record.request_id) {
            let record = client.get_project_request(id, request).send().await;
            self.show("get_project_request", record, |record| text(record.path.as_deref()));
        }
        let models = client.list_project_models(id).send().await;
        let models = self.show("list_project_models", models, |response| count(response.stt.len(), "model"));
        if let Some(model) = models.and_then(|response| response.stt.into_iter().find_map(|model| model.uuid)) {
            let model = client.get_project_model(id, model).send().await;
            self.show("get_project_model", model, |model| text(model.canonical_name.as_deref()));
        }
        let fields = client.get_usage_fields(id).send().await;
        self.show("get_usage_fields", fields, |fields| count(fields.features.len(), "feature"));
        let usage = client.get_usage_breakdown(id).grouping("endpoint").send().await;
        self.show("get_usage_breakdown", usage, |usage| count(usage.results.len(), "result"));
        let fields = client.get_billing_fields(id).send().await;
        self.show("get_billing_fields", fields, |fields| count(fields.line_items.len(), "line item"));
        let bill = client.get_billing_breakdown(id).send().await;
        self.show("get_billing_breakdown", bill, |bill| {
            format!("{:.2} dollars", bill.results.iter().filter_map(|result| result.dollars).sum::<f64>())
        });
        let orders = client.list_project_purchases(id).send().await;
        self.show("list_project_purchases", orders, |response| count(response.orders.len(), "order"));
        let credentials = client.list_distribution_credentials(id).send().await;
        self.show("list_distribution_credentials", credentials, |response| {
            count(response.distribution_credentials.len(), "set")
        });
    }

    /// The calls that change something and that the bundled document lacks.
    async fn change_more(&mut self, id: &str) {
        let client = self.client.clone();
        let made = client.create_distribution_credentials(id).provider("quay");
        let made = self.show("create_distribution_credentials", made.send().await, |made| secret(made.secret.as_ref()));
        if let Some(made) = made.map(|made| made.distribution_credentials_id) {
            let got = client.get_distribution_credentials(id, &made);
            self.show("get_distribution_credentials", got.send().await, |got| text(got.provider.as_deref()));
            let deleted = client.delete_distribution_credentials(id, &made);
            self.show("delete_distribution_credentials", deleted.send().await, |_| "gone again".to_owned());
        }
        let token = client.grant_token().ttl_seconds(60).send().await;
        self.show("grant_token", token, |token| secret(Some(&token.access_token)));
        // The sandbox takes every caller for the first member, and its second project has one to spare.
        let projects = client.list_projects().send().await.map(ResponseValue::into_inner).unwrap_or_default().projects;
        if let Some(other) = projects.into_iter().map(|project| project.project_id).find(|other| other != id) {
            let left = client.leave_project(other).send().await;
            self.show("leave_project", left, |()| "gone".to_owned());
        }
    }

    /// Every call that changes something, each undone or used by the next.
    async fn change(&mut self, id: &str) {
        let client = self.client.clone();
        let created = client.create_project_key(id).comment("made by the tour").scopes(["member"]).send().await;
        let created = self.show("create_project_key", created, |key| secret(Some(&key.key)));
        if let Some(key) = created.map(|key| key.api_key_id) {
            let deleted = client.delete_project_key(id, key).send().await;
            self.show("delete_project_key", deleted, |()| "gone again".to_owned());
        }
        let invitation =
            client.send_project_invitation(id).email("guest+tour@example.com").scope("member").send().await;
        self.show("send_project_invitation", invitation, |()| "to guest+tour@example.com".to_owned());
        let revoked = client.delete_project_invitation(id, "guest+tour@example.com").send().await;
        self.show("delete_project_invitation", revoked, |()| "taken back".to_owned());

        let members = client.list_project_members(id).send().await;
        let members = members.map(ResponseValue::into_inner).unwrap_or_default().members;
        if let Some(member) = members.into_iter().next().map(|member| member.member_id) {
            let updated = client.update_member_scopes(id, &member).scope("owner").send().await;
            self.show("update_member_scopes", updated, |()| "owner".to_owned());
            let removed = client.remove_project_member(id, &member).send().await;
            self.show("remove_project_member", removed, |()| "gone".to_owned());
        }
        let renamed = client.update_project(id).name("Renamed by the tour").send().await;
        self.show("update_project", renamed, |done| text(done.name.as_deref().or(done.message.as_deref())));
        let deleted = client.delete_project(id).send().await;
        self.show("delete_project", deleted, |()| "gone".to_owned());
    }
}

fn count(n: usize, thing: &str) -> String {
    format!("{n} {thing}{}", if n == 1 { "" } else { "s" })
}

fn text(value: Option<&str>) -> String {
    value.unwrap_or("(none)").to_owned()
}

/// A secret prints as itself nowhere but through `expose_secret`.
fn secret(value: Option<&Secret>) -> String {
    value.map_or_else(|| "(none)".to_owned(), |secret| format!("made; prints as {secret:?}"))
}
