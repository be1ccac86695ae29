//! The operations of the bundled document as calls of the generated client, each with its body and a check of its first
//! response.

use std::collections::BTreeMap;
use std::pin::Pin;

use deepgram_mgmt::types::{Balance, Invitation, Key, Member, Model, ModelList, Project, RequestRecord};
use deepgram_mgmt::{Client, Error, ResponseValue, Timestamp, operations};
use deepgram_mgmt_sandbox::{Dialect, seed};
use serde_json::{Value, json};

use crate::live::LIVE_OPERATIONS;
use crate::scene::Responded;

/// A call on its way. That it is `Send` is part of its type, so a future that were not would not compile here.
pub(crate) type Calling<'a> = Pin<Box<dyn Future<Output = Result<Responded, Error>> + Send + 'a>>;

/// A call on its way whose value is still to be checked.
pub(crate) type Sending<'a> = Pin<Box<dyn Future<Output = Result<Sent, Error>> + Send + 'a>>;

/// A success, and the check of its value.
pub(crate) struct Sent {
    responded: Responded,
    /// The debug output of the value.
    pub(crate) printed: String,
    check: Box<dyn FnOnce() + Send>,
}

/// One operation of the client.
pub(crate) struct Operation {
    /// Its `operationId` in the document.
    pub(crate) id: &'static str,
    /// The JSON it sends, if any.
    pub(crate) body: Option<&'static str>,
    /// Calls it.
    pub(crate) send: for<'a> fn(&'a Client, &Ids) -> Sending<'a>,
}

impl Operation {
    /// Calls it. A response other than that of a sandbox just started, field by field, is a panic.
    pub(crate) fn call<'a>(&self, client: &'a Client, ids: &Ids) -> Calling<'a> {
        let sending = (self.send)(client, ids);
        Box::pin(async {
            let Sent { responded, check, .. } = sending.await?;
            check();
            Ok(responded)
        })
    }

    /// Its row in the client's table.
    pub(crate) fn row(&self) -> &'static operations::Operation {
        operations::find(self.id).unwrap_or_else(|| panic!("{} is no operation of the client", self.id))
    }
}

/// Sends, and keeps the check of the value for later.
pub(crate) fn call<'a, T: std::fmt::Debug + Send + 'static>(
    send: impl Future<Output = Result<ResponseValue<T>, Error>> + Send + 'a,
    check: impl FnOnce(&T) + Send + 'static,
) -> Sending<'a> {
    Box::pin(async move {
        let response = send.await?;
        let responded = Responded::from(&response);
        let value = response.into_inner();
        let printed = format!("{value:?} {value:#?}");
        Ok(Sent { responded, printed, check: Box::new(move || check(&value)) })
    })
}

/// The ids in paths, by the name of their parameter, and the dialect of the responses.
#[derive(Debug, Clone)]
pub(crate) struct Ids {
    ids: BTreeMap<&'static str, String>,
    dialect: Dialect,
}

impl Ids {
    /// The seeded ones.
    pub(crate) fn of_dialect(dialect: Dialect) -> Self {
        let seeded = [
            ("project_id", seed::PROJECT_ID),
            ("key_id", seed::KEY_ID),
            ("member_id", seed::MEMBER_ID),
            ("email", seed::INVITE_EMAIL),
            ("balance_id", seed::BALANCE_ID),
            ("model_id", seed::STT_MODEL_ID),
            ("request_id", seed::REQUEST_ID),
            ("distribution_credentials_id", seed::DISTRIBUTION_CREDENTIALS_ID),
        ];
        Self { ids: seeded.map(|(name, id)| (name, id.to_owned())).into(), dialect }
    }

    /// The seeded ones but for one.
    pub(crate) fn with(dialect: Dialect, name: &str, id: &str) -> Self {
        let mut ids = Self::of_dialect(dialect);
        id.clone_into(ids.ids.get_mut(name).expect("a parameter of the document"));
        ids
    }

    pub(crate) fn of(&self, name: &str) -> &str {
        &self.ids[name]
    }

    fn is_live(&self) -> bool {
        self.dialect == Dialect::Live
    }

    /// A path of the document with the ids in it, written as they are.
    pub(crate) fn fill(&self, template: &str) -> String {
        self.ids.iter().fold(template.to_owned(), |path, (name, id)| path.replace(&format!("{{{name}}}"), id))
    }
}

/// The operations of a dialect. Reads come first, and the deletion of the project last: one sandbox serves them all in this
/// order.
pub(crate) fn operations(dialect: Dialect) -> Vec<&'static Operation> {
    let live = if dialect == Dialect::Live { LIVE_OPERATIONS } else { &[] };
    let (reads, writes): (Vec<_>, Vec<_>) = OPERATIONS.iter().partition(|operation| operation.row().method == "GET");
    reads.into_iter().chain(live).chain(writes).collect()
}

/// Reads first, then what adds, then what deletes, the project last.
pub(crate) static OPERATIONS: &[Operation] = &[
    Operation {
        id: "listProjects",
        body: None,
        send: |client, ids| {
            // The live list has no company.
            let company = (!ids.is_live()).then_some("Example Inc");
            call(client.list_projects().send(), move |list| {
                let [first, second] = &list.projects[..] else { panic!("{list:?}") };
                assert_project(first, seed::PROJECT_ID, "Sandbox", company);
                assert_project(second, seed::SECOND_PROJECT_ID, "Second", company);
            })
        },
    },
    Operation {
        id: "getProject",
        body: None,
        send: |client, ids| {
            let get = client.get_project(ids.of("project_id"));
            let opted_out = ids.is_live().then_some(true);
            call(get.send(), move |project: &Project| {
                assert_project(project, seed::PROJECT_ID, "Sandbox", Some("Example Inc"));
                assert_eq!(project.mip_opt_out, opted_out);
            })
        },
    },
    Operation {
        id: "listProjectKeys",
        body: None,
        send: |client, ids| {
            let list = client.list_project_keys(ids.of("project_id"));
            let live = ids.is_live();
            call(list.send(), move |list| assert_seeded_key(the(&list.api_keys), live))
        },
    },
    Operation {
        id: "getProjectKey",
        body: None,
        send: |client, ids| {
            let get = client.get_project_key(ids.of("project_id"), ids.of("key_id"));
            let live = ids.is_live();
            call(get.send(), move |key| assert_seeded_key(key, live))
        },
    },
    Operation {
        id: "listProjectMembers",
        body: None,
        send: |client, ids| {
            let list = client.list_project_members(ids.of("project_id"));
            call(list.send(), |list| assert_seeded_member(the(&list.members)))
        },
    },
    Operation {
        id: "getMemberScopes",
        body: None,
        send: |client, ids| {
            let get = client.get_member_scopes(ids.of("project_id"), ids.of("member_id"));
            call(get.send(), |list| assert_eq!(list.scopes, ["admin"]))
        },
    },
    Operation {
        id: "listProjectInvitations",
        body: None,
        send: |client, ids| {
            let list = client.list_project_invitations(ids.of("project_id"));
            call(list.send(), |list| assert_invitation(the(&list.invites), seed::INVITE_EMAIL, "member"))
        },
    },
    Operation {
        id: "getProjectUsage",
        body: None,
        send: |client, ids| {
            call(client.get_project_usage(ids.of("project_id")).send(), |usage| {
                assert_eq!((usage.start, usage.end), (time("2026-09-01"), time("2026-10-01")));
                let resolution = usage.resolution.as_ref().expect("a resolution");
                assert_eq!((resolution.units.as_deref(), resolution.amount), (Some("day"), Some(1)));
                assert_eq!(usage.results.len(), 30);
                let second = &usage.results[1];
                assert_eq!((second.start, second.end), (time("2026-09-02"), time("2026-09-03")));
                assert_eq!((second.hours, second.requests), (Some(1.5), Some(11)));
            })
        },
    },
    Operation {
        id: "listProjectRequests",
        body: None,
        send: |client, ids| {
            call(client.list_project_requests(ids.of("project_id")).send(), |list| {
                assert_eq!((list.page, list.limit, list.requests.len()), (Some(0), Some(10), 10));
                assert_newest_record(&list.requests[0]);
            })
        },
    },
    Operation {
        id: "listProjectBalances",
        body: None,
        send: |client, ids| {
            let list = client.list_project_balances(ids.of("project_id"));
            let live = ids.is_live();
            call(list.send(), move |list| assert_seeded_balance(the(&list.balances), live))
        },
    },
    Operation {
        id: "getProjectBalance",
        body: None,
        send: |client, ids| {
            let get = client.get_project_balance(ids.of("project_id"), ids.of("balance_id"));
            let live = ids.is_live();
            call(get.send(), move |balance| assert_seeded_balance(balance, live))
        },
    },
    Operation {
        id: "listModels",
        body: None,
        send: |client, ids| {
            let live = ids.is_live();
            call(client.list_models().send(), move |list| assert_models(list, live))
        },
    },
    Operation {
        id: "getModel",
        body: None,
        send: |client, ids| {
            let live = ids.is_live();
            call(client.get_model(ids.of("model_id")).send(), move |model| {
                assert_speech_to_text(model, live);
            })
        },
    },
    Operation {
        id: "updateProject",
        body: Some(r#"{"name":"Renamed"}"#),
        send: |client, ids| {
            let update = client.update_project(ids.of("project_id")).name("Renamed");
            let live = ids.is_live();
            call(update.send(), move |updated| {
                let project = [&updated.project_id, &updated.name, &updated.company].map(|text| text.as_deref());
                let whole = [seed::PROJECT_ID, "Renamed", "Example Inc"].map(|text| (!live).then_some(text));
                assert_eq!((project, updated.message.is_some()), (whole, live));
            })
        },
    },
    Operation {
        id: "createProjectKey",
        body: Some(r#"{"comment":"ci","scopes":["member"]}"#),
        send: |client, ids| {
            let create = client.create_project_key(ids.of("project_id"));
            let create = create.comment("ci").scopes(["member"]);
            call(create.send(), |key| {
                assert!(key.api_key_id != seed::KEY_ID && !key.api_key_id.is_empty(), "{key:?}");
                assert!(key.key.expose_secret().ends_with("-sandbox-key"), "{key:?}");
                assert_eq!((key.comment.as_deref(), &key.scopes[..]), (Some("ci"), &["member".to_owned()][..]));
                assert!(key.created > time("2026-01-01"), "{key:?}");
            })
        },
    },
    Operation {
        id: "sendProjectInvitation",
        body: Some(r#"{"email":"grace@example.com","scope":"admin"}"#),
        send: |client, ids| {
            let invite = client.send_project_invitation(ids.of("project_id"));
            call(invite.email("grace@example.com").scope("admin").send(), |()| ())
        },
    },
    Operation {
        id: "updateMemberScopes",
        body: Some(r#"{"scope":"owner"}"#),
        send: |client, ids| {
            let update = client.update_member_scopes(ids.of("project_id"), ids.of("member_id"));
            call(update.scope("owner").send(), |()| ())
        },
    },
    Operation {
        id: "deleteProjectInvitation",
        body: None,
        send: |client, ids| {
            let delete = client.delete_project_invitation(ids.of("project_id"), ids.of("email"));
            call(delete.send(), |()| ())
        },
    },
    Operation {
        id: "removeProjectMember",
        body: None,
        send: |client, ids| {
            let remove = client.remove_project_member(ids.of("project_id"), ids.of("member_id"));
            call(remove.send(), |()| ())
        },
    },
    Operation {
        id: "deleteProjectKey",
        body: None,
        send: |client, ids| {
            let delete = client.delete_project_key(ids.of("project_id"), ids.of("key_id"));
            call(delete.send(), |()| ())
        },
    },
    Operation {
        id: "deleteProject",
        body: None,
        send: |client, ids| call(client.delete_project(ids.of("project_id")).send(), |()| ()),
    },
];

/// The only one of a list.
pub(crate) fn the<T: std::fmt::Debug>(list: &[T]) -> &T {
    assert_eq!(list.len(), 1, "{list:?}");
    &list[0]
}

pub(crate) fn time(text: &str) -> Option<Timestamp> {
    let time = text.parse().ok();
    assert!(time.is_some(), "{text}");
    time
}

fn assert_project(project: &Project, id: &str, name: &str, company: Option<&str>) {
    assert_eq!(project.project_id, id);
    assert_eq!((project.name.as_deref(), project.company.as_deref()), (Some(name), company));
}

/// The same key in either dialect, with what only the one or the other says of it.
fn assert_seeded_key(key: &Key, live: bool) {
    assert_eq!((key.api_key_id.as_str(), key.comment.as_deref()), (seed::KEY_ID, Some("seeded key")));
    assert_eq!((&key.scopes[..], key.created), (&["usage:write".to_owned()][..], time("2026-09-01")));
    if live {
        assert_eq!((key.key.as_deref(), key.expiration_date), (None, None));
        assert_eq!(key.tags, ["seeded"]);
        let owner = key.member.as_ref().expect("an owner");
        assert_eq!(
            (owner.member_id.as_deref(), owner.email.as_deref()),
            (Some(seed::MEMBER_ID), Some("ada@example.com"))
        );
    } else {
        assert_eq!((key.key.as_deref(), key.expiration_date), (Some("seed************"), time("9999-12-31T23:59:59Z")));
        assert!(key.tags.is_empty() && key.member.is_none());
    }
}

fn assert_seeded_member(member: &Member) {
    assert_eq!(
        (Some(member.member_id.as_str()), member.email.as_deref()),
        (Some(seed::MEMBER_ID), Some("ada@example.com"))
    );
    assert_eq!((member.first_name.as_deref(), member.last_name.as_deref()), (Some("Ada"), Some("Lovelace")));
    assert_eq!(member.scopes, ["admin"]);
}

pub(crate) fn assert_invitation(invitation: &Invitation, email: &str, scope: &str) {
    assert_eq!((invitation.email.as_str(), invitation.scope.as_deref()), (email, Some(scope)));
}

fn assert_newest_record(record: &RequestRecord) {
    assert_eq!(record.created, Some(seed::NEWEST_REQUEST.into()));
    assert!(!record.request_id.is_empty(), "{record:?}");
    assert_eq!((record.path.as_deref(), record.api_key_id.as_deref()), (Some("/v1/read"), Some(seed::KEY_ID)));
}

fn assert_seeded_balance(balance: &Balance, live: bool) {
    assert_eq!((balance.balance_id.as_str(), balance.amount), (seed::BALANCE_ID, Some(187.25)));
    let bought = (balance.purchase.as_deref(), balance.purchase_order_id.as_deref());
    assert_eq!(balance.units.as_deref(), Some("usd"));
    assert_eq!(bought, if live { (None, Some(seed::ORDER_ID)) } else { (Some("pay as you go"), None) });
}

pub(crate) fn assert_models(list: &ModelList, live: bool) {
    assert_speech_to_text(the(&list.stt), live);
    let voice = the(&list.tts);
    assert_model(voice, seed::TTS_MODEL_ID, ["thalia", "aura-2-thalia-en", "aura-2", "2026-04-15.0"], &["en"]);
    let metadata = voice.metadata.as_ref().expect("metadata");
    assert_eq!((metadata.accent.as_deref(), &metadata.tags[..]), (Some("American"), &["feminine".to_owned()][..]));
    assert_eq!(metadata.age.as_deref(), live.then_some("Adult"));
    assert_eq!(list.languages.get("de").map(String::as_str), live.then_some("German"));
}

pub(crate) fn assert_speech_to_text(model: &Model, live: bool) {
    assert_model(model, seed::STT_MODEL_ID, ["general", "nova-3-general", "nova-3", "2026-07-31.0"], &["en", "de"]);
    assert_eq!((model.streaming, model.formatted_output), if live { (Some(true), Some(false)) } else { (None, None) });
    let metadata = serde_json::to_value(&model.metadata).unwrap();
    assert_eq!(metadata, if live { Value::Null } else { json!({ "streaming": true }) });
}

fn assert_model(model: &Model, id: &str, texts: [&str; 4], languages: &[&str]) {
    let Model { name, canonical_name, architecture, version, .. } = model;
    assert_eq!(model.uuid.as_deref(), Some(id));
    assert_eq!([name, canonical_name, architecture, version].map(|text| text.as_deref()), texts.map(Some));
    assert_eq!(model.languages, languages);
}
