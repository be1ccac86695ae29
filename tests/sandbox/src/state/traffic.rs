//! Requests to the speech endpoints: their traits, their results, and filters for them.

use chrono::{DateTime, TimeDelta, Utc};

/// How long every request that is done took.
const TAKEN: TimeDelta = TimeDelta::milliseconds(850);

/// A request as there are many.
#[derive(Debug)]
pub(crate) struct Sample {
    pub(crate) path: &'static str,
    pub(crate) traits: Traits,
    pub(crate) outcome: Outcome,
    /// The address that got the response instead.
    pub(crate) callback: Option<&'static str>,
}

/// The traits that tell requests apart, in the log and in usage.
#[derive(Debug)]
pub(crate) struct Traits {
    pub(crate) key_id: &'static str,
    pub(crate) endpoint: &'static str,
    pub(crate) method: &'static str,
    /// With its region, if it has one: `hosted:us`.
    pub(crate) deployment: &'static str,
    pub(crate) model_ids: &'static [&'static str],
    pub(crate) tags: &'static [&'static str],
    /// The options of the request that were used.
    pub(crate) features: &'static [&'static str],
}

#[derive(Debug)]
pub(crate) enum Outcome {
    Pending,
    Failed { code: u16, message: &'static str },
    Succeeded { code: u16, usd: f64, work: Work },
}

#[derive(Debug)]
pub(crate) enum Work {
    Transcription { seconds: f64, channels: u32, streams: u32, tier: &'static str },
    Speech { characters: u32, seconds: f64 },
    Text { tokens_in: u32, tokens_out: u32 },
    Agent { seconds: f64, turns: u32 },
}

/// A request in the log of a project.
#[derive(Debug)]
pub(crate) struct RequestRecord {
    pub(crate) id: String,
    pub(crate) created: DateTime<Utc>,
    pub(crate) sample: &'static Sample,
}

/// Selects requests by the traits that are given. A value that no request has selects none.
#[derive(Debug)]
pub(crate) struct Filter<'a> {
    /// The key, by its id.
    pub(crate) accessor: Option<&'a str>,
    pub(crate) request_id: Option<&'a str>,
    /// Without its region.
    pub(crate) deployment: Option<&'a str>,
    pub(crate) endpoint: Option<&'a str>,
    pub(crate) method: Option<&'a str>,
    pub(crate) status: Option<&'a str>,
    /// By its id.
    pub(crate) model: Option<&'a str>,
    pub(crate) tag: Option<&'a str>,
    pub(crate) line_item: Option<&'a str>,
    /// Options that were used, or were not.
    pub(crate) features: Vec<(&'a str, bool)>,
}

impl Traits {
    /// The deployment without its region.
    pub(crate) fn deployment_kind(&self) -> &'static str {
        self.deployment.split(':').next().unwrap_or_default()
    }
}

impl Outcome {
    fn status(&self) -> Option<&'static str> {
        match self {
            Self::Pending => None,
            Self::Failed { .. } => Some("failed"),
            Self::Succeeded { .. } => Some("succeeded"),
        }
    }
}

impl RequestRecord {
    pub(crate) fn completed(&self) -> DateTime<Utc> {
        self.created + TAKEN
    }
}

impl Filter<'_> {
    pub(super) fn admits_record(&self, record: &RequestRecord) -> bool {
        self.admits(&record.sample.traits)
            && same(self.request_id, &record.id)
            && (self.status.is_none() || self.status == record.sample.outcome.status())
    }

    /// Whether requests with these traits are counted, the line item apart.
    pub(super) fn admits(&self, traits: &Traits) -> bool {
        same(self.accessor, traits.key_id)
            && same(self.deployment, traits.deployment_kind())
            && same(self.endpoint, traits.endpoint)
            && same(self.method, traits.method)
            && self.model.is_none_or(|model| traits.model_ids.contains(&model))
            && self.tag.is_none_or(|tag| traits.tags.contains(&tag))
            && self.features.iter().all(|(feature, used)| traits.features.contains(feature) == *used)
    }
}

fn same(wanted: Option<&str>, value: &str) -> bool {
    wanted.is_none_or(|wanted| wanted == value)
}
