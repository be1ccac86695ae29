//! The score: labelled pairs of documents, and how often the drift check says `breaking` where the label does.
//!
//! The pairs are reference data beside the project (`../shared/drift-cases`); without them nothing is tried, and the
//! test says so.

use std::path::{Path, PathBuf};

use serde_json::Value;
use xtask::drift::rules::Severity;
use xtask::{drift, load};

/// Rules of the reference tool whose verdict the drift check does not share; xtask/README.md says why, one by one.
const AGREED: &[&str] = &[
    "request-body-enum-value-removed",
    "response-property-became-nullable",
    "response-body-any-of-added",
    "response-property-any-of-added",
    "request-body-all-of-added",
    "request-property-all-of-added",
    "request-body-wrapped-in-one-of",
    "api-path-removed-with-deprecation",
    "api-removed-with-deprecation",
    "webhook-removed",
];

/// The scores that the check must reach, in per cent.
const LEAST_FOUND: f64 = 97.0;
const MOST_ALARMS: f64 = 3.0;

#[derive(Default)]
struct Score {
    breaking: usize,
    found: usize,
    harmless: usize,
    alarms: usize,
}

impl Score {
    fn count(&mut self, expected: &str, is_breaking: bool) {
        match expected {
            "breaking" => {
                self.breaking += 1;
                self.found += usize::from(is_breaking);
            }
            "non-breaking" | "none" => {
                self.harmless += 1;
                self.alarms += usize::from(is_breaking);
            }
            _ => {}
        }
    }

    #[allow(clippy::cast_precision_loss, reason = "a few hundred pairs")]
    fn per_cent(&self) -> (f64, f64) {
        let share = |part: usize, whole: usize| 100.0 * part as f64 / whole.max(1) as f64;
        (share(self.found, self.breaking), share(self.alarms, self.harmless))
    }
}

impl std::fmt::Display for Score {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (found, alarms) = self.per_cent();
        write!(
            f,
            "found {} of {} ({found:.1} %), missed {}, alarms {} of {} ({alarms:.1} %)",
            self.found,
            self.breaking,
            self.breaking - self.found,
            self.alarms,
            self.harmless
        )
    }
}

fn document(path: &Path) -> Value {
    load::document(path).unwrap_or_else(|error| panic!("{error:#}")).value
}

#[test]
fn the_labelled_pairs_are_told_apart() {
    let root = std::env::var_os("CARGO_MANIFEST_DIR").map(PathBuf::from).unwrap_or_default();
    let folder = root.join("../../shared/drift-cases");
    let Ok(table) = std::fs::read_to_string(folder.join("cases.tsv")) else {
        println!("skipped: no labelled pairs at {}", folder.display());
        return;
    };
    let (mut raw, mut agreed) = (Score::default(), Score::default());
    for line in table.lines().skip(1) {
        let columns: Vec<&str> = line.split('\t').collect();
        let [base, revision, expected, ids] = columns.as_slice() else { panic!("cases.tsv: {line}") };
        let drift = drift::compare(&document(&folder.join(base)), &document(&folder.join(revision)), &[]);
        let is_breaking = drift.findings.iter().any(|finding| finding.severity == Severity::Breaking);
        raw.count(expected, is_breaking);
        let set_aside = ids.split(',').filter_map(|id| id.split(':').next()).any(|id| AGREED.contains(&id));
        if !set_aside {
            agreed.count(expected, is_breaking);
        }
        let as_expected = match *expected {
            "breaking" => is_breaking,
            "warn" => true,
            _ => !is_breaking,
        };
        if !as_expected {
            let rules: Vec<&str> = drift.findings.iter().map(|finding| finding.rule.id).collect();
            println!("{revision}: {expected} ({ids}); here {}", rules.join(", "));
        }
        if std::env::var_os("SHOW_NONE").is_some() && drift.findings.is_empty() {
            println!("{revision}: {expected} ({ids}); nothing found");
        }
    }
    println!("raw: {raw}, errors 0");
    println!("agreed differences set aside: {agreed}, errors 0");
    let (found, alarms) = agreed.per_cent();
    assert!(found >= LEAST_FOUND && alarms <= MOST_ALARMS, "{agreed}");
}

#[test]
fn the_readme_says_of_every_agreed_difference_why() {
    let readme = std::fs::read_to_string("README.md").expect("README.md");
    let (_, table) = readme.split_once("### Agreed differences").expect("the table");
    let (table, _) = table.split_once("\n## ").expect("its end");
    let listed = table.lines().skip_while(|line| !line.starts_with("| ---")).skip(1);
    let cells: String = listed.filter_map(|line| line.split('|').nth(1)).collect();
    let rules: Vec<&str> = cells.split('`').skip(1).step_by(2).filter(|word| word.contains('-')).collect();
    assert_eq!(rules, AGREED);
    assert!(AGREED.len() <= 10, "{}", AGREED.len());
}
