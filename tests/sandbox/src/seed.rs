//! The data every sandbox starts from.

mod models;
mod traffic;

use chrono::{DateTime, TimeDelta, Utc};

use crate::state::{Balance, DistributionCredentials, Invitation, Key, Member, Project, Purchase, State};

/// A credential that is always accepted. It is not among the keys of a project, so it cannot be deleted.
pub const API_KEY: &str = "sandbox-admin-key";

/// The first project: it has one of everything named below, and 30 days of usage.
pub const PROJECT_ID: &str = "11111111-1111-4111-8111-111111111111";
/// The second project: one member, one day of usage, and otherwise empty.
pub const SECOND_PROJECT_ID: &str = "22222222-2222-4222-8222-222222222222";
/// The key of the first project, without expiry.
pub const KEY_ID: &str = "33333333-3333-4333-8333-333333333333";
/// A key that requests and usage of the first project name and that exists no more: that of the voice agent.
pub const FORMER_KEY_ID: &str = "33333333-3333-4333-8333-444444444444";
/// The member of the first project, with the scope `admin`.
pub const MEMBER_ID: &str = "44444444-4444-4444-8444-444444444444";
/// The member of the second project.
pub const SECOND_MEMBER_ID: &str = "44444444-4444-4444-8444-555555555555";
/// The address of the first project's invitation, with the scope `member`. Its plus is for percent-encoding to get wrong.
pub const INVITE_EMAIL: &str = "new+hire@example.com";
/// The balance of the first project.
pub const BALANCE_ID: &str = "55555555-5555-4555-8555-555555555555";
/// The order of the first project, which its balance comes from.
pub const ORDER_ID: &str = "99999999-1111-4111-8111-999999999999";
/// The distribution credentials of the first project.
pub const DISTRIBUTION_CREDENTIALS_ID: &str = "aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa";
/// The speech-to-text model.
pub const STT_MODEL_ID: &str = "66666666-6666-4666-8666-666666666666";
/// The text-to-speech model.
pub const TTS_MODEL_ID: &str = "77777777-7777-4777-8777-777777777777";
/// A speech-to-text model that is listed with `include_outdated=true` only, but can always be got.
pub const OUTDATED_MODEL_ID: &str = "88888888-8888-4888-8888-888888888888";

/// The third-newest record of the first project's request log: a transcription that succeeded.
pub const REQUEST_ID: &str = "00000000-0000-4000-8000-000000000019";
/// The record before it: a transcription that has not ended.
pub const PENDING_REQUEST_ID: &str = "00000000-0000-4000-8000-000000000018";
/// The record of a transcription that failed.
pub const FAILED_REQUEST_ID: &str = "00000000-0000-4000-8000-000000000016";
/// The tag of streamed transcriptions.
pub const TAG: &str = "nightly";
/// The tags of the voice agent.
pub const AGENT_TAGS: [&str; 2] = ["support", "pilot"];
/// What transcriptions are billed as.
pub const LINE_ITEM: &str = "transcription::nova-3";

/// How many records the request log of the first project has; each is a minute older than the one before it.
pub const REQUESTS: u32 = 27;
/// The time of the newest seeded record: 2026-09-15T12:00:00Z.
pub const NEWEST_REQUEST: DateTime<Utc> = DateTime::from_timestamp(1_789_473_600, 0).unwrap();
/// Where the recorded usage of both projects begins: 2026-09-01T00:00:00Z.
pub const USAGE_START: DateTime<Utc> = DateTime::from_timestamp(1_788_220_800, 0).unwrap();
/// How many days of usage the first project has.
pub const USAGE_DAYS: u32 = 30;

pub(crate) fn state() -> State {
    let mut state = State {
        api_key: API_KEY,
        projects: vec![first_project(), second_project()],
        models: models::all(),
        languages: &[("de", "German"), ("en", "English")],
        line_items: &traffic::LINE_ITEMS,
        samples: &traffic::SAMPLES,
        ids: 0,
    };
    for age in (0..REQUESTS).rev() {
        let added = state.add_request(PROJECT_ID, NEWEST_REQUEST - TimeDelta::minutes(age.into()));
        debug_assert_eq!(added, Ok(()), "the first project is there");
    }
    state
}

fn first_project() -> Project {
    Project {
        id: PROJECT_ID.to_owned(),
        name: "Sandbox".to_owned(),
        company: "Example Inc".to_owned(),
        opted_out: true,
        keys: vec![Key {
            id: KEY_ID.to_owned(),
            secret: "seed-sandbox-key".to_owned(),
            comment: "seeded key".to_owned(),
            scopes: texts(&["usage:write"]),
            tags: texts(&["seeded"]),
            created: USAGE_START,
            expires: None,
            owner_id: Some(MEMBER_ID.to_owned()),
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
            order_id: ORDER_ID.to_owned(),
        }],
        purchases: vec![Purchase {
            order_id: ORDER_ID.to_owned(),
            kind: "promotional".to_owned(),
            amount: 200.0,
            units: "usd".to_owned(),
            created: USAGE_START,
            expires: USAGE_START + TimeDelta::days(365),
        }],
        credentials: vec![DistributionCredentials {
            id: DISTRIBUTION_CREDENTIALS_ID.to_owned(),
            provider: "quay".to_owned(),
            comment: Some("seeded credentials".to_owned()),
            scopes: texts(&["self-hosted:products"]),
            tags: texts(&["seeded"]),
            created: USAGE_START,
            owner_id: Some(MEMBER_ID.to_owned()),
        }],
        usage: (0..USAGE_DAYS).map(traffic::usage_day).collect(),
        requests: Vec::new(),
    }
}

fn second_project() -> Project {
    Project {
        id: SECOND_PROJECT_ID.to_owned(),
        name: "Second".to_owned(),
        company: "Example Inc".to_owned(),
        opted_out: false,
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
        purchases: Vec::new(),
        credentials: Vec::new(),
        usage: vec![traffic::usage_day(0)],
        requests: Vec::new(),
    }
}

fn texts(values: &[&str]) -> Vec<String> {
    values.iter().map(|&value| value.to_owned()).collect()
}
