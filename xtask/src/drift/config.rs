//! Reads and applies `spec/drift.toml`: other severities, and ignores with their reasons.

use std::borrow::Borrow;
use std::collections::BTreeMap;
use std::path::Path;

use anyhow::Result;
use chrono::NaiveDate;
use serde::Deserialize;
use toml_edit::Datetime;

use super::findings::Finding;
use super::rules::{self, Severity};
use crate::document::load::{self, line_column};

/// The configuration of the drift check.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Severities in place of the rules' own, by rule id.
    #[serde(default)]
    severity: BTreeMap<RuleId, Severity>,
    /// Findings to leave out.
    #[serde(default)]
    ignore: Vec<Ignore>,
}

/// Findings to leave out, by rule and location.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Ignore {
    /// The rule's id.
    rule: RuleId,
    /// The finding's location. A `*` at its end covers everything below.
    location: String,
    /// The reason why the findings do not matter.
    #[expect(dead_code, reason = "it is for people")]
    reason: Reason,
    /// The last day on which the ignore applies.
    #[serde(default)]
    until: Option<LastDay>,
}

/// The id of a rule that exists.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(try_from = "String")]
struct RuleId(String);

impl TryFrom<String> for RuleId {
    type Error = String;
    fn try_from(id: String) -> Result<Self, String> {
        match rules::find(&id) {
            Some(_) => Ok(Self(id)),
            None => Err(format!("there is no rule `{id}`; xtask/docs/drift-rules.md lists them")),
        }
    }
}

// Lets a map find the rule by its id.
impl Borrow<str> for RuleId {
    fn borrow(&self) -> &str {
        &self.0
    }
}

/// A text that says something.
#[derive(Debug, Clone, Deserialize)]
#[serde(try_from = "String")]
struct Reason;

impl TryFrom<String> for Reason {
    type Error = &'static str;
    fn try_from(text: String) -> Result<Self, &'static str> {
        if text.trim().is_empty() {
            Err("the ignore has no reason; say why the findings do not matter")
        } else {
            Ok(Self)
        }
    }
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(try_from = "Datetime")]
struct LastDay(NaiveDate);

impl TryFrom<Datetime> for LastDay {
    type Error = &'static str;
    fn try_from(time: Datetime) -> Result<Self, &'static str> {
        let date = time
            .date
            .and_then(|date| NaiveDate::from_ymd_opt(i32::from(date.year), u32::from(date.month), u32::from(date.day)));
        date.map(Self).ok_or("the ignore has no date in `until`; write one as 2030-12-31")
    }
}

/// The effect of a configuration on findings.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Applied {
    /// How many findings were ignored.
    pub ignored: usize,
    /// Ignores that match nothing or have expired.
    pub idle: Vec<String>,
}

impl Config {
    /// Reads the configuration at `path`, which messages call `name`.
    ///
    /// # Errors
    /// A file that cannot be read or is no configuration, with line and column; a rule that does not exist; an ignore
    /// without a reason, or with an `until` that is no date.
    pub fn read(path: &Path, name: &str) -> Result<Self> {
        let text = load::text(name, path)?;
        toml_edit::de::from_str(&text).map_err(|error| {
            let (line, column) = line_column(&text.as_bytes()[..error.span().map_or(0, |span| span.start)]);
            anyhow::anyhow!("{name}:{line}:{column}: {}", error.message())
        })
    }

    /// Sets severities and removes ignored findings. An ignore whose `until` is before `today` has expired.
    pub fn apply(&self, findings: &mut Vec<Finding>, today: NaiveDate) -> Applied {
        for finding in findings.iter_mut() {
            if let Some(severity) = self.severity.get(finding.rule.id) {
                finding.severity = *severity;
            }
        }
        let mut applied = Applied::default();
        for ignore in &self.ignore {
            let what = format!("`{}` at {}", ignore.rule.0, ignore.location);
            if let Some(LastDay(until)) = ignore.until.filter(|last| last.0 < today) {
                applied.idle.push(format!("{what}: held until {until}"));
                continue;
            }
            let before = findings.len();
            findings.retain(|finding| !ignore.matches(finding));
            if findings.len() == before {
                applied.idle.push(format!("{what}: matches nothing; delete it"));
            }
            applied.ignored += before - findings.len();
        }
        findings.sort_by_key(|finding| std::cmp::Reverse(finding.severity));
        applied
    }
}

impl Ignore {
    fn matches(&self, finding: &Finding) -> bool {
        let is_there = match self.location.strip_suffix('*') {
            Some(start) => finding.location().starts_with(start),
            None => finding.location() == self.location,
        };
        self.rule.0 == finding.rule.id && is_there
    }
}
