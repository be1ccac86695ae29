//! The data every sandbox starts from.

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};

use crate::state::{Balance, Invitation, Key, Member, Model, ModelKind, Project, State, UsageDay};

/// A credential that is always accepted. It is not among the keys of a project, so it cannot be deleted.
pub const API_KEY: &str = "sandbox-admin-key";

/// The first project: it has one of everything named below, and 30 days of usage.
pub const PROJECT_ID: &str = "11111111-1111-4111-8111-111111111111";
/// The second project: one member, one day of usage, and otherwise empty.
pub const SECOND_PROJECT_ID: &str = "22222222-2222-4222-8222-222222222222";
/// The key of the first project, without expiry.
pub const KEY_ID: &str = "33333333-3333-4333-8333-333333333333";
/// The member of the first project, with the scope `admin`.
pub const MEMBER_ID: &str = "44444444-4444-4444-8444-444444444444";
/// The member of the second project.
pub const SECOND_MEMBER_ID: &str = "44444444-4444-4444-8444-555555555555";
/// The address of the first project's invitation, with the scope `member`. Its plus is for percent-encoding to get wrong.
pub const INVITE_EMAIL: &str = "new+hire@example.com";
/// The balance of the first project.
pub const BALANCE_ID: &str = "55555555-5555-4555-8555-555555555555";
/// The speech-to-text model.
pub const STT_MODEL_ID: &str = "66666666-6666-4666-8666-666666666666";
/// The text-to-speech model.
pub const TTS_MODEL_ID: &str = "77777777-7777-4777-8777-777777777777";
/// A speech-to-text model that is listed with `include_outdated=true` only, but can always be got.
pub const OUTDATED_MODEL_ID: &str = "88888888-8888-4888-8888-888888888888";

/// How many records the request log of the first project has; each is a minute older than the one before it.
pub const REQUESTS: u32 = 27;
/// The time of the newest seeded record: 2026-09-15T12:00:00Z.
pub const NEWEST_REQUEST: DateTime<Utc> = DateTime::from_timestamp(1_789_473_600, 0).unwrap();
/// Where the recorded usage of both projects begins: 2026-09-01T00:00:00Z.
pub const USAGE_START: DateTime<Utc> = DateTime::from_timestamp(1_788_220_800, 0).unwrap();
/// How many days of usage the first project has.
pub const USAGE_DAYS: u32 = 30;

pub(crate) fn state() -> State {
    let mut state =
        State { api_key: API_KEY, projects: vec![first_project(), second_project()], models: models(), ids: 0 };
    for age in (0..REQUESTS).rev() {
        let id = state.next_id();
        state.projects[0].record_request(id, NEWEST_REQUEST - TimeDelta::minutes(age.into()));
    }
    state
}

fn first_project() -> Project {
    Project {
        id: PROJECT_ID.to_owned(),
        name: "Sandbox".to_owned(),
        company: "Example Inc".to_owned(),
        keys: vec![Key {
            id: KEY_ID.to_owned(),
            secret: "seed-sandbox-key".to_owned(),
            comment: "seeded key".to_owned(),
            scopes: texts(&["usage:write"]),
            created: USAGE_START,
            expires: None,
        }],
        members: vec![Member {
            id: MEMBER_ID.to_owned(),
            email: "ada@example.com".to_owned(),
            first_name: "Ada".to_owned(),
            last_name: "Lovelace".to_owned(),
            scopes: texts(&["admin"]),
        }],
        invitations: vec![Invitation { email: INVITE_EMAIL.to_owned(), scope: "member".to_owned() }],
        balances: vec![Balance {
            id: BALANCE_ID.to_owned(),
            amount: 187.25,
            units: "usd".to_owned(),
            purchase: "pay as you go".to_owned(),
        }],
        usage: (0..USAGE_DAYS).map(usage_day).collect(),
        requests: Vec::new(),
        used_key_id: KEY_ID.to_owned(),
    }
}

fn second_project() -> Project {
    Project {
        id: SECOND_PROJECT_ID.to_owned(),
        name: "Second".to_owned(),
        company: "Example Inc".to_owned(),
        keys: Vec::new(),
        members: vec![Member {
            id: SECOND_MEMBER_ID.to_owned(),
            email: "grace@example.com".to_owned(),
            first_name: "Grace".to_owned(),
            last_name: "Hopper".to_owned(),
            scopes: texts(&["owner"]),
        }],
        invitations: Vec::new(),
        balances: Vec::new(),
        usage: vec![usage_day(0)],
        requests: Vec::new(),
        used_key_id: KEY_ID.to_owned(),
    }
}

fn usage_day(day: u32) -> UsageDay {
    UsageDay { start: USAGE_START + TimeDelta::days(day.into()), hours: f64::from(day) + 0.5, requests: 10 + day }
}

fn models() -> Vec<Model> {
    let speech_to_text = |id: &str, canonical: &str, version: &str, outdated| Model {
        id: id.to_owned(),
        kind: ModelKind::SpeechToText,
        name: "general".to_owned(),
        canonical_name: canonical.to_owned(),
        architecture: "nova-3".to_owned(),
        languages: texts(&["en", "de"]),
        version: version.to_owned(),
        outdated,
        metadata: [("streaming".to_owned(), Value::Bool(true))].into_iter().collect(),
    };
    let text_to_speech = Model {
        id: TTS_MODEL_ID.to_owned(),
        kind: ModelKind::TextToSpeech,
        name: "thalia".to_owned(),
        canonical_name: "aura-2-thalia-en".to_owned(),
        architecture: "aura-2".to_owned(),
        languages: texts(&["en"]),
        version: "2026-04-15.0".to_owned(),
        outdated: false,
        metadata: [("accent".to_owned(), json!("American")), ("tags".to_owned(), json!(["feminine"]))]
            .into_iter()
            .collect(),
    };
    vec![
        speech_to_text(STT_MODEL_ID, "nova-3-general", "2026-07-31.0", false),
        speech_to_text(OUTDATED_MODEL_ID, "nova-3-general", "2026-01-09.0", true),
        text_to_speech,
    ]
}

fn texts(values: &[&str]) -> Vec<String> {
    values.iter().map(|&value| value.to_owned()).collect()
}
