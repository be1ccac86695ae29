//! The records of a request log in a seed.

use serde::Deserialize;

use super::fields::{Id, Instant, id_or_next};
use crate::state::{Outcome, RequestRecord, Sample, State, Traits, Work};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, expecting = "an object with the members of a request")]
pub(super) struct Record {
    pub(super) request_id: Option<Id>,
    created: Instant,
    path: String,
    #[serde(default = "no_key")]
    api_key_id: Id,
    #[serde(default = "listen")]
    endpoint: String,
    #[serde(default = "sync")]
    method: String,
    #[serde(default = "hosted")]
    deployment: String,
    #[serde(default)]
    models: Vec<Id>,
    #[serde(default)]
    tags: Vec<String>,
    #[serde(default)]
    features: Vec<String>,
    callback: Option<String>,
    outcome: SeededOutcome,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
enum SeededOutcome {
    Pending,
    Failed { code: u16, message: String },
    Succeeded { code: u16, usd: f64, work: SeededWork },
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
enum SeededWork {
    Transcription { seconds: f64, channels: u32, streams: u32, tier: String },
    Speech { characters: u32, seconds: f64 },
    Text { tokens_in: u32, tokens_out: u32 },
    Agent { seconds: f64, turns: u32 },
}

fn no_key() -> Id {
    Id("00000000-0000-4000-8000-000000000000".to_owned())
}

fn listen() -> String {
    "listen".to_owned()
}

fn sync() -> String {
    "sync".to_owned()
}

fn hosted() -> String {
    "hosted:us".to_owned()
}

impl Record {
    /// The record. Its texts live until the process ends: a seed is read once, and the records of all sandboxes are static.
    pub(super) fn create(self, state: &mut State) -> RequestRecord {
        let sample = Box::leak(Box::new(Sample {
            path: self.path.leak(),
            traits: Traits {
                key_id: self.api_key_id.0.leak(),
                endpoint: self.endpoint.leak(),
                method: self.method.leak(),
                deployment: self.deployment.leak(),
                model_ids: leak_all(self.models.into_iter().map(|Id(id)| id)),
                tags: leak_all(self.tags),
                features: leak_all(self.features),
            },
            outcome: self.outcome.create(),
            callback: self.callback.map(|url| &*url.leak()),
        }));
        RequestRecord { id: id_or_next(self.request_id, state), created: self.created.0, sample }
    }
}

fn leak_all(texts: impl IntoIterator<Item = String>) -> &'static [&'static str] {
    texts.into_iter().map(|text| &*text.leak()).collect::<Vec<&'static str>>().leak()
}

impl SeededOutcome {
    fn create(self) -> Outcome {
        match self {
            Self::Pending => Outcome::Pending,
            Self::Failed { code, message } => Outcome::Failed { code, message: message.leak() },
            Self::Succeeded { code, usd, work } => Outcome::Succeeded { code, usd, work: work.create() },
        }
    }
}

impl SeededWork {
    fn create(self) -> Work {
        match self {
            Self::Transcription { seconds, channels, streams, tier } => {
                Work::Transcription { seconds, channels, streams, tier: tier.leak() }
            }
            Self::Speech { characters, seconds } => Work::Speech { characters, seconds },
            Self::Text { tokens_in, tokens_out } => Work::Text { tokens_in, tokens_out },
            Self::Agent { seconds, turns } => Work::Agent { seconds, turns },
        }
    }
}
