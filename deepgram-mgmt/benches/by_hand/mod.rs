//! The client that someone would write by hand for these calls: `reqwest`, `serde`, and the fields alone.

use std::collections::HashMap;
use std::time::Duration;

use chrono::{DateTime, Utc};
use reqwest::header::{AUTHORIZATION, HeaderMap, HeaderValue};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

pub(crate) struct ByHand {
    http: reqwest::Client,
    base_url: String,
}

impl ByHand {
    pub(crate) fn new(base_url: &str, key: &str) -> Self {
        let mut credential = HeaderValue::from_str(&format!("Token {key}")).expect("a key without line breaks");
        credential.set_sensitive(true);
        let headers = HeaderMap::from_iter([(AUTHORIZATION, credential)]);
        let http = reqwest::Client::builder().default_headers(headers).timeout(Duration::from_secs(30)).build();
        Self { http: http.expect("a client"), base_url: base_url.to_owned() }
    }

    pub(crate) async fn keys(&self, project: &str) -> reqwest::Result<KeyList> {
        self.get(&format!("/v1/projects/{project}/keys"), &[]).await
    }

    /// A page of the request log, of records with whichever fields `R` has.
    pub(crate) async fn requests<R: DeserializeOwned>(
        &self,
        project: &str,
        page: u64,
        limit: u64,
    ) -> reqwest::Result<RequestList<R>> {
        self.get(&format!("/v1/projects/{project}/requests"), &[("page", page), ("limit", limit)]).await
    }

    async fn get<T: DeserializeOwned>(&self, path: &str, query: &[(&str, u64)]) -> reqwest::Result<T> {
        let request = self.http.get(format!("{}{path}", self.base_url)).query(query);
        request.send().await?.error_for_status()?.json().await
    }
}

#[derive(Debug, Deserialize)]
pub(crate) struct ProjectList {
    pub(crate) projects: Vec<Project>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Project {
    pub(crate) project_id: Option<String>,
    pub(crate) name: Option<String>,
    pub(crate) company: Option<String>,
    pub(crate) mip_opt_out: Option<bool>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct KeyList {
    pub(crate) api_keys: Vec<Key>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Key {
    pub(crate) api_key_id: Option<String>,
    pub(crate) comment: Option<String>,
    pub(crate) created: Option<DateTime<Utc>>,
    pub(crate) expiration_date: Option<DateTime<Utc>>,
    #[serde(default)]
    pub(crate) scopes: Vec<String>,
    #[serde(default)]
    pub(crate) tags: Vec<String>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct LiveKeyList {
    pub(crate) api_keys: Vec<LiveKey>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct LiveKey {
    pub(crate) member: Option<Member>,
    pub(crate) api_key: Key,
}

#[derive(Debug, Deserialize)]
pub(crate) struct MemberList {
    pub(crate) members: Vec<Member>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Member {
    pub(crate) member_id: Option<String>,
    pub(crate) email: Option<String>,
    pub(crate) first_name: Option<String>,
    pub(crate) last_name: Option<String>,
    #[serde(default)]
    pub(crate) scopes: Vec<String>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct InvitationList {
    pub(crate) invites: Vec<Invitation>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Invitation {
    pub(crate) email: Option<String>,
    pub(crate) scope: Option<String>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct BalanceList {
    pub(crate) balances: Vec<Balance>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Balance {
    pub(crate) balance_id: Option<String>,
    pub(crate) amount: Option<f64>,
    pub(crate) units: Option<String>,
    pub(crate) purchase: Option<String>,
    pub(crate) purchase_order_id: Option<String>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct PurchaseList {
    pub(crate) orders: Vec<Purchase>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Purchase {
    pub(crate) order_id: Option<String>,
    pub(crate) order_type: Option<String>,
    pub(crate) amount: Option<f64>,
    pub(crate) units: Option<String>,
    pub(crate) created: Option<DateTime<Utc>>,
    pub(crate) expiration: Option<DateTime<Utc>>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct ModelList {
    #[serde(default)]
    pub(crate) languages: HashMap<String, String>,
    pub(crate) stt: Vec<Model>,
    pub(crate) tts: Vec<Model>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Model {
    pub(crate) name: Option<String>,
    pub(crate) canonical_name: Option<String>,
    pub(crate) architecture: Option<String>,
    #[serde(default)]
    pub(crate) languages: Vec<String>,
    pub(crate) version: Option<String>,
    pub(crate) uuid: Option<String>,
    pub(crate) batch: Option<bool>,
    pub(crate) streaming: Option<bool>,
    pub(crate) formatted_output: Option<bool>,
    pub(crate) multilingual: Option<bool>,
    pub(crate) metadata: Option<HashMap<String, Value>>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct DistributionCredentialsList {
    pub(crate) distribution_credentials: Vec<OwnedCredentials>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct OwnedCredentials {
    pub(crate) member: Option<Member>,
    pub(crate) distribution_credentials: DistributionCredentials,
}

#[derive(Debug, Deserialize)]
pub(crate) struct DistributionCredentials {
    pub(crate) distribution_credentials_id: Option<String>,
    pub(crate) provider: Option<String>,
    pub(crate) comment: Option<String>,
    #[serde(default)]
    pub(crate) scopes: Vec<String>,
    #[serde(default)]
    pub(crate) tags: Vec<String>,
    pub(crate) created: Option<DateTime<Utc>>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct UsageSummary {
    pub(crate) start: Option<DateTime<Utc>>,
    pub(crate) end: Option<DateTime<Utc>>,
    pub(crate) resolution: Option<UsageResolution>,
    pub(crate) results: Vec<UsageResult>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct UsageResolution {
    pub(crate) units: Option<String>,
    pub(crate) amount: Option<i64>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct UsageResult {
    pub(crate) start: Option<DateTime<Utc>>,
    pub(crate) end: Option<DateTime<Utc>>,
    pub(crate) hours: Option<f64>,
    pub(crate) total_hours: Option<f64>,
    pub(crate) agent_hours: Option<f64>,
    pub(crate) requests: Option<i64>,
    pub(crate) tokens_in: Option<i64>,
    pub(crate) tokens_out: Option<i64>,
    pub(crate) tts_characters: Option<i64>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct RequestList<R> {
    pub(crate) page: Option<i64>,
    pub(crate) limit: Option<i64>,
    pub(crate) requests: Vec<R>,
}

/// The four fields of the bundled document.
#[derive(Debug, Deserialize)]
pub(crate) struct BriefRecord {
    pub(crate) request_id: Option<String>,
    pub(crate) created: Option<DateTime<Utc>>,
    pub(crate) path: Option<String>,
    pub(crate) api_key_id: Option<String>,
}

/// A request as the live API describes it.
#[derive(Debug, Deserialize)]
pub(crate) struct FullRecord {
    pub(crate) request_id: Option<String>,
    pub(crate) project_uuid: Option<String>,
    pub(crate) created: Option<DateTime<Utc>>,
    pub(crate) path: Option<String>,
    pub(crate) api_key_id: Option<String>,
    pub(crate) code: Option<i64>,
    pub(crate) deployment: Option<String>,
    pub(crate) callback: Option<Value>,
    pub(crate) response: Option<Response>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Response {
    pub(crate) code: Option<i64>,
    pub(crate) completed: Option<DateTime<Utc>>,
    pub(crate) deployment: Option<String>,
    pub(crate) message: Option<String>,
    pub(crate) method: Option<String>,
    pub(crate) details: Option<Details>,
    pub(crate) token_details: Option<Vec<HashMap<String, Value>>>,
    pub(crate) tts_details: Option<HashMap<String, Value>>,
    pub(crate) sts_details: Option<HashMap<String, Value>>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Details {
    pub(crate) usd: Option<f64>,
    pub(crate) duration: Option<f64>,
    pub(crate) total_audio: Option<f64>,
    pub(crate) channels: Option<i64>,
    pub(crate) streams: Option<i64>,
    pub(crate) tier: Option<String>,
    pub(crate) method: Option<String>,
    #[serde(default)]
    pub(crate) models: Vec<String>,
    #[serde(default)]
    pub(crate) tags: Vec<String>,
    #[serde(default)]
    pub(crate) features: Vec<String>,
    #[serde(default)]
    pub(crate) config: HashMap<String, Value>,
    #[serde(default)]
    pub(crate) metadata: HashMap<String, Value>,
}
