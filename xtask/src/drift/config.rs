//! Reads and applies `spec/drift.toml`: other severities, and ignores with their reasons.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context, Result, bail};
use chrono::NaiveDate;
use serde::Deserialize;

use super::findings::Finding;
use super::rules::{self, Severity};
use crate::document::load::line_column;

/// The configuration of the drift check.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Severities in place of the rules' own, by rule id.
    #[serde(default)]
    severity: BTreeMap<String, Severity>,
    /// Findings to leave out.
    #[serde(default)]
    ignore: Vec<Ignore>,
}

/// Findings to leave out, by rule and location.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Ignore {
    /// The rule's id.
    rule: String,
    /// The finding's location. A `*` at its end covers everything below.
    location: String,
    /// The reason why the findings do not matter.
    reason: String,
    /// The last day on which the ignore applies.
    #[serde(default)]
    until: Option<toml_edit::Datetime>,
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
        let text = std::fs::read_to_string(path).with_context(|| format!("{name}: cannot be read"))?;
        let config: Self = toml_edit::de::from_str(&text).map_err(|error| {
            let (line, column) = line_column(&text.as_bytes()[..error.span().map_or(0, |span| span.start)]);
            anyhow::anyhow!("{name}:{line}:{column}: {}", error.message())
        })?;
        for id in config.severity.keys().chain(config.ignore.iter().map(|ignore| &ignore.rule)) {
            if rules::find(id).is_none() {
                bail!("{name}: there is no rule `{id}`; xtask/docs/drift-rules.md lists them");
            }
        }
        if let Some(ignore) = config.ignore.iter().find(|ignore| ignore.reason.trim().is_empty()) {
            bail!("{name}: the ignore of `{}` at {} has no reason", ignore.rule, ignore.location);
        }
        if let Some(ignore) = config.ignore.iter().find(|ignore| ignore.until.is_some() && ignore.last_day().is_none())
        {
            bail!("{name}: the ignore of `{}` at {} has no date in `until`", ignore.rule, ignore.location);
        }
        Ok(config)
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
            let what = format!("`{}` at {}", ignore.rule, ignore.location);
            if let Some(until) = ignore.last_day().filter(|last| *last < today) {
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
    fn last_day(&self) -> Option<NaiveDate> {
        let date = self.until?.date?;
        NaiveDate::from_ymd_opt(i32::from(date.year), u32::from(date.month), u32::from(date.day))
    }

    fn matches(&self, finding: &Finding) -> bool {
        let is_there = match self.location.strip_suffix('*') {
            Some(start) => finding.location().starts_with(start),
            None => finding.location() == self.location,
        };
        self.rule == finding.rule.id && is_there
    }
}
