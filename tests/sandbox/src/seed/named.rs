//! The ids, names and times of seeded data that tests name.

use chrono::{DateTime, TimeDelta, Utc};

/// A credential that is always accepted. It is not among the keys of a project, so it cannot be deleted.
pub const API_KEY: &str = "sandbox-admin-key";

/// The first project: it has one of everything named below, and 30 days of usage.
pub const PROJECT_ID: &str = "11111111-1111-4111-8111-111111111111";
/// The second project: one member, one key, which expires soon, one day of usage, and otherwise empty.
pub const SECOND_PROJECT_ID: &str = "22222222-2222-4222-8222-222222222222";
/// The key of the first project, without expiry.
pub const KEY_ID: &str = "33333333-3333-4333-8333-333333333333";
/// The key of the second project.
pub const EXPIRING_KEY_ID: &str = "33333333-3333-4333-8333-555555555555";
/// The time between the start of a sandbox and the expiry of [`EXPIRING_KEY_ID`].
pub const EXPIRES_AFTER: TimeDelta = TimeDelta::days(14);
/// A key that requests and usage of the first project name and that exists no more: the key of the voice agent.
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
/// The line item of transcriptions.
pub const LINE_ITEM: &str = "transcription::nova-3";

/// How many records the request log of the first project has; each is a minute older than the one before it.
pub const REQUESTS: u32 = 27;
/// The time of the newest seeded record: 2026-09-15T12:00:00Z.
pub const NEWEST_REQUEST: DateTime<Utc> = DateTime::from_timestamp(1_789_473_600, 0).unwrap();
/// Where the recorded usage of both projects begins: 2026-09-01T00:00:00Z.
pub const USAGE_START: DateTime<Utc> = DateTime::from_timestamp(1_788_220_800, 0).unwrap();
/// How many days of usage the first project has.
pub const USAGE_DAYS: u32 = 30;

/// Owned copies of texts.
pub(super) fn texts(values: &[&str]) -> Vec<String> {
    values.iter().map(|&value| value.to_owned()).collect()
}
