//! Accepted findings, each by rule, location and fingerprint. A baseline holds no text of the foreign document.

use std::collections::BTreeSet;
use std::path::Path;

use anyhow::Result;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::findings::Finding;
use crate::document::load::{self, hex};
use crate::inert;

/// One accepted finding.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Accepted {
    rule: String,
    location: String,
    fingerprint: String,
}

impl Accepted {
    fn of(finding: &Finding) -> Self {
        let show = |value: &Option<serde_json::Value>| value.as_ref().map_or_else(String::new, ToString::to_string);
        let what = [finding.rule.id, finding.location(), &finding.subject, &show(&finding.old), &show(&finding.new)];
        let digest = hex(&Sha256::digest(what.join("\0").as_bytes()));
        Self {
            rule: finding.rule.id.to_owned(),
            location: finding.location().to_owned(),
            fingerprint: digest[..16].to_owned(),
        }
    }
}

/// The findings that were accepted.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Baseline(BTreeSet<Accepted>);

impl Baseline {
    /// Makes a baseline that accepts `findings`.
    #[must_use]
    pub fn of<'f>(findings: impl IntoIterator<Item = &'f Finding>) -> Self {
        Self(findings.into_iter().map(Accepted::of).collect())
    }

    /// Reads a baseline.
    ///
    /// # Errors
    /// A file that cannot be read or is no baseline, with line and column.
    pub fn read(path: &Path) -> Result<Self> {
        let name = path.display().to_string();
        let text = load::text(&name, path)?;
        let accepted = serde_json::from_str(&text)
            .map_err(|error| anyhow::anyhow!("{name}:{}:{}: not a baseline: {error}", error.line(), error.column()))?;
        Ok(Self(accepted))
    }

    /// The number of accepted findings.
    #[must_use]
    #[expect(clippy::len_without_is_empty, reason = "nobody asks")]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// The content of the baseline file.
    #[must_use]
    pub fn text(&self) -> String {
        let lines: Vec<String> =
            self.0.iter().map(|accepted| inert::json(&format!("  {}", serde_json::json!(accepted)))).collect();
        if lines.is_empty() { "[]\n".to_owned() } else { format!("[\n{}\n]\n", lines.join(",\n")) }
    }

    /// Whether this finding, with these values, was accepted.
    #[must_use]
    pub fn holds(&self, finding: &Finding) -> bool {
        self.0.contains(&Accepted::of(finding))
    }

    /// The number of accepted findings that are not among `findings`.
    #[must_use]
    pub fn gone(&self, findings: &[Finding]) -> usize {
        let now: BTreeSet<Accepted> = findings.iter().map(Accepted::of).collect();
        self.0.difference(&now).count()
    }
}
