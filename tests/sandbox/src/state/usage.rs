//! Usage day by day, and its sums.

use std::ops::Add;

use chrono::{DateTime, TimeDelta, Utc};

use super::traffic::{Filter, Traits};

/// A stretch of time, both ends included; without an end it is open there.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Period {
    pub(crate) start: Option<DateTime<Utc>>,
    pub(crate) end: Option<DateTime<Utc>>,
}

/// The usage of one day, from midnight UTC.
#[derive(Debug)]
pub(crate) struct UsageDay {
    pub(crate) start: DateTime<Utc>,
    pub(crate) shares: Vec<Share>,
}

/// The usage of requests of one kind.
#[derive(Debug)]
pub(crate) struct Share {
    pub(crate) traits: &'static Traits,
    /// The id of the line item on the bill.
    pub(crate) line_item: &'static str,
    pub(crate) amounts: Amounts,
}

#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(crate) struct Amounts {
    pub(crate) requests: u32,
    /// Of audio.
    pub(crate) hours: f64,
    pub(crate) agent_hours: f64,
    pub(crate) tokens_in: u32,
    pub(crate) tokens_out: u32,
    /// Turned into speech.
    pub(crate) characters: u32,
    pub(crate) dollars: f64,
}

/// By what usage is told apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Dimension {
    Accessor,
    Endpoint,
    FeatureSet,
    Models,
    Method,
    Tags,
    Deployment,
    LineItem,
}

/// The traits that all requests of a result share; `None` for a trait that does not tell them apart.
#[derive(Debug, PartialEq)]
pub(crate) struct Group {
    pub(crate) accessor: Option<&'static str>,
    pub(crate) endpoint: Option<&'static str>,
    pub(crate) feature_set: Option<&'static [&'static str]>,
    pub(crate) models: Option<&'static [&'static str]>,
    pub(crate) method: Option<&'static str>,
    pub(crate) tags: Option<&'static [&'static str]>,
    pub(crate) deployment: Option<&'static str>,
    pub(crate) line_item: Option<&'static str>,
}

/// The usage of a period.
#[derive(Debug)]
pub(crate) struct Usage {
    pub(crate) start: DateTime<Utc>,
    pub(crate) end: DateTime<Utc>,
    pub(crate) results: Vec<UsageResult>,
}

/// The usage of one group on one day.
#[derive(Debug)]
pub(crate) struct UsageResult {
    pub(crate) start: DateTime<Utc>,
    pub(crate) end: DateTime<Utc>,
    pub(crate) group: Group,
    pub(crate) amounts: Amounts,
}

impl Period {
    pub(super) fn contains(self, instant: DateTime<Utc>) -> bool {
        self.start.is_none_or(|start| start <= instant) && self.end.is_none_or(|end| instant <= end)
    }

    /// Whether a day lies in it as a whole.
    pub(super) fn has_day(self, day: &UsageDay) -> bool {
        self.contains(day.start) && self.contains(day.end())
    }
}

impl UsageDay {
    pub(crate) fn end(&self) -> DateTime<Utc> {
        self.start + TimeDelta::days(1)
    }

    /// The groups of this day, each with its sum; none for a filter that lets nothing through.
    pub(super) fn results(&self, filter: &Filter<'_>, by: &[Dimension]) -> Vec<UsageResult> {
        let mut results: Vec<UsageResult> = Vec::new();
        for share in self.shares.iter().filter(|share| share.passes(filter)) {
            let group = share.group(by);
            match results.iter_mut().find(|result| result.group == group) {
                Some(result) => result.amounts = result.amounts + share.amounts,
                None => {
                    results.push(UsageResult { start: self.start, end: self.end(), group, amounts: share.amounts });
                }
            }
        }
        results
    }
}

impl Share {
    fn passes(&self, filter: &Filter<'_>) -> bool {
        filter.admits(self.traits) && filter.line_item.is_none_or(|line_item| line_item == self.line_item)
    }

    fn group(&self, by: &[Dimension]) -> Group {
        let Self { traits, line_item, .. } = self;
        let told = |dimension| by.contains(&dimension);
        Group {
            accessor: told(Dimension::Accessor).then_some(traits.key_id),
            endpoint: told(Dimension::Endpoint).then_some(traits.endpoint),
            feature_set: told(Dimension::FeatureSet).then_some(traits.features),
            models: told(Dimension::Models).then_some(traits.model_ids),
            method: told(Dimension::Method).then_some(traits.method),
            tags: told(Dimension::Tags).then_some(traits.tags),
            deployment: told(Dimension::Deployment).then(|| traits.deployment_kind()),
            line_item: told(Dimension::LineItem).then_some(line_item),
        }
    }
}

impl Amounts {
    pub(crate) fn total_hours(&self) -> f64 {
        self.hours + self.agent_hours
    }
}

impl Add for Amounts {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self {
            requests: self.requests + other.requests,
            hours: self.hours + other.hours,
            agent_hours: self.agent_hours + other.agent_hours,
            tokens_in: self.tokens_in + other.tokens_in,
            tokens_out: self.tokens_out + other.tokens_out,
            characters: self.characters + other.characters,
            dollars: self.dollars + other.dollars,
        }
    }
}
