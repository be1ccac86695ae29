//! A project and what belongs to it.

use chrono::{DateTime, TimeDelta, Utc};

use super::NotFound;

#[derive(Debug)]
pub(crate) struct Project {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) company: String,
    pub(crate) keys: Vec<Key>,
    pub(crate) members: Vec<Member>,
    pub(crate) invitations: Vec<Invitation>,
    pub(crate) balances: Vec<Balance>,
    /// Day after day.
    pub(crate) usage: Vec<UsageDay>,
    /// Oldest first.
    pub(crate) requests: Vec<RequestRecord>,
    /// The key that the request log names.
    pub(crate) used_key_id: String,
}

#[derive(Debug)]
pub(crate) struct Key {
    pub(crate) id: String,
    pub(crate) secret: String,
    pub(crate) comment: String,
    pub(crate) scopes: Vec<String>,
    pub(crate) created: DateTime<Utc>,
    pub(crate) expires: Option<DateTime<Utc>>,
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
    pub(crate) purchase: String,
}

#[derive(Debug)]
pub(crate) struct RequestRecord {
    pub(crate) id: String,
    pub(crate) created: DateTime<Utc>,
    pub(crate) path: &'static str,
    pub(crate) key_id: String,
}

/// What was used on one day, from midnight UTC.
#[derive(Debug)]
pub(crate) struct UsageDay {
    pub(crate) start: DateTime<Utc>,
    pub(crate) hours: f64,
    pub(crate) requests: u32,
}

impl UsageDay {
    pub(crate) fn end(&self) -> DateTime<Utc> {
        self.start + TimeDelta::days(1)
    }
}

/// A stretch of time, both ends included; without an end it is open there.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Period {
    pub(crate) start: Option<DateTime<Utc>>,
    pub(crate) end: Option<DateTime<Utc>>,
}

impl Period {
    fn contains(self, instant: DateTime<Utc>) -> bool {
        self.start.is_none_or(|start| start <= instant) && self.end.is_none_or(|end| instant <= end)
    }
}

/// The usage of a period.
#[derive(Debug)]
pub(crate) struct Usage<'a> {
    pub(crate) start: DateTime<Utc>,
    pub(crate) end: DateTime<Utc>,
    pub(crate) days: Vec<&'a UsageDay>,
}

/// The speech endpoints that records in a request log go round.
const USED_PATHS: [&str; 3] = ["/v1/listen", "/v1/speak", "/v1/read"];

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

    pub(crate) fn key(&self, id: &str) -> Result<&Key, NotFound> {
        self.keys.iter().find(|key| key.id == id).ok_or(NotFound("key"))
    }

    pub(crate) fn delete_key(&mut self, id: &str) -> Result<(), NotFound> {
        remove(&mut self.keys, |key| key.id == id).ok_or(NotFound("key"))
    }

    pub(crate) fn member(&self, id: &str) -> Result<&Member, NotFound> {
        self.members.iter().find(|member| member.id == id).ok_or(NotFound("member"))
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

    pub(crate) fn balance(&self, id: &str) -> Result<&Balance, NotFound> {
        self.balances.iter().find(|balance| balance.id == id).ok_or(NotFound("balance"))
    }

    /// The days that lie in a period as a whole. A bound that is open is that of the recorded usage.
    pub(crate) fn usage_in(&self, period: Period) -> Usage<'_> {
        let first = self.usage.first().map(|day| day.start).unwrap_or_default();
        let last = self.usage.last().map(UsageDay::end).unwrap_or_default();
        let start = period.start.unwrap_or_else(|| period.end.map_or(first, |end| first.min(end)));
        let end = period.end.unwrap_or_else(|| last.max(start));
        let days = self.usage.iter().filter(|day| start <= day.start && day.end() <= end).collect();
        Usage { start, end, days }
    }

    /// One page, from 0, of the records of a period, newest first.
    pub(crate) fn requests_in(
        &self,
        period: Period,
        page: usize,
        limit: usize,
    ) -> impl Iterator<Item = &RequestRecord> {
        let newest_first = self.requests.iter().rev().filter(move |record| period.contains(record.created));
        newest_first.skip(page.saturating_mul(limit)).take(limit)
    }

    /// Adds a record that is newer than all before it.
    pub(crate) fn record_request(&mut self, id: String, created: DateTime<Utc>) {
        let path = USED_PATHS[self.requests.len() % USED_PATHS.len()];
        self.requests.push(RequestRecord { id, created, path, key_id: self.used_key_id.clone() });
    }
}

/// Removes all that match; `None` if nothing did.
fn remove<T>(items: &mut Vec<T>, matches: impl Fn(&T) -> bool) -> Option<()> {
    let before = items.len();
    items.retain(|item| !matches(item));
    (items.len() < before).then_some(())
}
