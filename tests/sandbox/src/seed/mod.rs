//! The data every sandbox starts from.

mod file;
mod models;
mod named;
mod traffic;

use chrono::{SubsecRound as _, TimeDelta, Utc};

pub use file::{Seed, SeedError};
use named::texts;
pub use named::*;

use crate::state::{Balance, DistributionCredentials, Invitation, Key, Member, Project, Purchase, State};

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
        keys: vec![Key {
            id: EXPIRING_KEY_ID.to_owned(),
            secret: "expiring-sandbox-key".to_owned(),
            comment: "expires soon".to_owned(),
            scopes: texts(&["usage:read"]),
            tags: Vec::new(),
            created: USAGE_START,
            expires: Some(Utc::now().trunc_subsecs(0) + EXPIRES_AFTER),
            owner_id: Some(SECOND_MEMBER_ID.to_owned()),
        }],
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
