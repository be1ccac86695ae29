//! A project and what belongs to it.

use chrono::{DateTime, Utc};

use super::not_found::NotFound;
use super::traffic::{Filter, RequestRecord, Sample};
use super::usage::{Dimension, Period, Share, Usage, UsageDay};

#[derive(Debug)]
pub(crate) struct Project {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) company: String,
    /// Its data is not for improving models.
    pub(crate) opted_out: bool,
    pub(crate) keys: Vec<Key>,
    pub(crate) members: Vec<Member>,
    pub(crate) invitations: Vec<Invitation>,
    pub(crate) balances: Vec<Balance>,
    pub(crate) purchases: Vec<Purchase>,
    pub(crate) credentials: Vec<DistributionCredentials>,
    /// Day after day.
    pub(crate) usage: Vec<UsageDay>,
    /// Oldest first.
    pub(crate) requests: Vec<RequestRecord>,
}

#[derive(Debug)]
pub(crate) struct Key {
    pub(crate) id: String,
    pub(crate) secret: String,
    pub(crate) comment: String,
    pub(crate) scopes: Vec<String>,
    pub(crate) tags: Vec<String>,
    pub(crate) created: DateTime<Utc>,
    pub(crate) expires: Option<DateTime<Utc>>,
    /// The member that made it. Once that member has gone, the key opens nothing.
    pub(crate) owner_id: Option<String>,
}

impl Key {
    pub(crate) fn has_expired(&self, now: DateTime<Utc>) -> bool {
        self.expires.is_some_and(|end| end <= now)
    }
}

#[derive(Debug)]
pub(crate) struct Member {
    pub(crate) id: String,
    pub(crate) email: String,
    pub(crate) first_name: String,
    pub(crate) last_name: String,
    pub(crate) scopes: Vec<String>,
}

#[derive(Debug)]
pub(crate) struct Invitation {
    pub(crate) email: String,
    pub(crate) scope: String,
}

#[derive(Debug)]
pub(crate) struct Balance {
    pub(crate) id: String,
    pub(crate) amount: f64,
    pub(crate) units: String,
    /// How it was bought.
    pub(crate) purchase: String,
    /// The order that bought it.
    pub(crate) order_id: String,
}

/// An order.
#[derive(Debug)]
pub(crate) struct Purchase {
    pub(crate) order_id: String,
    pub(crate) kind: String,
    pub(crate) amount: f64,
    pub(crate) units: String,
    pub(crate) created: DateTime<Utc>,
    pub(crate) expires: DateTime<Utc>,
}

/// Credentials for pulling self-hosted images, without their secret, which is not kept.
#[derive(Debug)]
pub(crate) struct DistributionCredentials {
    pub(crate) id: String,
    pub(crate) provider: String,
    pub(crate) comment: Option<String>,
    pub(crate) scopes: Vec<String>,
    pub(crate) tags: Vec<String>,
    pub(crate) created: DateTime<Utc>,
    /// As of a key.
    pub(crate) owner_id: Option<String>,
}

impl Project {
    /// Changes what is given.
    pub(crate) fn update(&mut self, name: Option<&str>, company: Option<&str>) {
        if let Some(name) = name {
            name.clone_into(&mut self.name);
        }
        if let Some(company) = company {
            company.clone_into(&mut self.company);
        }
    }

    /// Those keys that have expired, or those that have not; all if neither is asked for.
    pub(crate) fn keys_of(&self, expired: Option<bool>, now: DateTime<Utc>) -> impl Iterator<Item = &Key> {
        self.keys.iter().filter(move |key| expired.is_none_or(|expired| key.has_expired(now) == expired))
    }

    pub(crate) fn key(&self, id: &str) -> Result<&Key, NotFound> {
        find(&self.keys, "key", |key| key.id == id)
    }

    pub(crate) fn delete_key(&mut self, id: &str) -> Result<(), NotFound> {
        remove(&mut self.keys, |key| key.id == id).ok_or(NotFound("key"))
    }

    pub(crate) fn member(&self, id: &str) -> Result<&Member, NotFound> {
        find(&self.members, "member", |member| member.id == id)
    }

    /// Who made something, unless that member has gone.
    pub(crate) fn owner(&self, id: Option<&str>) -> Option<&Member> {
        id.and_then(|id| self.member(id).ok())
    }

    pub(crate) fn remove_member(&mut self, id: &str) -> Result<(), NotFound> {
        remove(&mut self.members, |member| member.id == id).ok_or(NotFound("member"))
    }

    /// Gives a member this scope in place of all it has.
    pub(crate) fn set_scope(&mut self, member_id: &str, scope: &str) -> Result<(), NotFound> {
        let member = self.members.iter_mut().find(|member| member.id == member_id).ok_or(NotFound("member"))?;
        member.scopes = vec![scope.to_owned()];
        Ok(())
    }

    /// Adds an invitation, beside any that the address has already.
    pub(crate) fn invite(&mut self, email: &str, scope: &str) {
        self.invitations.push(Invitation { email: email.to_owned(), scope: scope.to_owned() });
    }

    /// Removes all invitations of an address.
    pub(crate) fn withdraw_invitation(&mut self, email: &str) -> Result<(), NotFound> {
        remove(&mut self.invitations, |invitation| invitation.email == email).ok_or(NotFound("invitation"))
    }

    pub(crate) fn credentials(&self, id: &str) -> Result<&DistributionCredentials, NotFound> {
        find(&self.credentials, CREDENTIALS, |credentials| credentials.id == id)
    }

    /// Removes credentials and returns what they were.
    pub(crate) fn delete_credentials(&mut self, id: &str) -> Result<DistributionCredentials, NotFound> {
        let index = self.credentials.iter().position(|credentials| credentials.id == id);
        let index = index.ok_or(NotFound(CREDENTIALS))?;
        Ok(self.credentials.remove(index))
    }

    /// The shares of the days that lie in a period as a whole.
    pub(crate) fn shares_in(&self, period: Period) -> impl Iterator<Item = &Share> {
        self.usage.iter().filter(move |day| period.has_day(day)).flat_map(|day| &day.shares)
    }

    /// The usage of the days that lie in a period as a whole, told apart by dimensions. An open bound is the bound of
    /// the recorded usage.
    pub(crate) fn usage_in(&self, period: Period, filter: &Filter<'_>, by: &[Dimension]) -> Usage {
        let first = self.usage.first().map(|day| day.start).unwrap_or_default();
        let last = self.usage.last().map(UsageDay::end).unwrap_or_default();
        let start = period.start.unwrap_or_else(|| period.end.map_or(first, |end| first.min(end)));
        let end = period.end.unwrap_or_else(|| last.max(start));
        let days = self.usage.iter().filter(|day| period.has_day(day));
        Usage { start, end, results: days.flat_map(|day| day.results(filter, by)).collect() }
    }

    /// One page, from 0, of the records of a period that pass a filter, newest first.
    pub(crate) fn requests_in(
        &self,
        period: Period,
        filter: &Filter<'_>,
        page: usize,
        limit: usize,
    ) -> impl Iterator<Item = &RequestRecord> {
        let asked = move |record: &&RequestRecord| period.contains(record.created) && filter.admits_record(record);
        self.requests.iter().rev().filter(asked).skip(page.saturating_mul(limit)).take(limit)
    }

    pub(crate) fn request(&self, id: &str) -> Result<&RequestRecord, NotFound> {
        find(&self.requests, "request", |record| record.id == id)
    }

    /// Adds a record that is newer than all before it. The samples go round in the log.
    pub(super) fn record_request(&mut self, id: String, created: DateTime<Utc>, samples: &'static [Sample]) {
        let sample = &samples[self.requests.len() % samples.len()];
        self.requests.push(RequestRecord { id, created, sample });
    }
}

const CREDENTIALS: &str = "distribution credentials";

/// The first item that matches. An error calls it `thing`.
pub(crate) fn find<'i, T>(
    items: &'i [T],
    thing: &'static str,
    matches: impl Fn(&T) -> bool,
) -> Result<&'i T, NotFound> {
    items.iter().find(|item| matches(item)).ok_or(NotFound(thing))
}

/// Removes all that match; `None` if nothing did.
fn remove<T>(items: &mut Vec<T>, matches: impl Fn(&T) -> bool) -> Option<()> {
    let before = items.len();
    items.retain(|item| !matches(item));
    (items.len() < before).then_some(())
}
