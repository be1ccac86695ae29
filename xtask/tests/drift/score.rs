//! The score: labelled pairs of documents, and how often the drift check says `breaking` where the label does.
//!
//! The pairs are reference data beside the project (`../shared/drift-cases`); without them nothing is tried, and the
//! test says so.

use std::path::{Path, PathBuf};

use serde_json::Value;
use xtask::drift::rules::Severity;
use xtask::{drift, load, overlay};

/// Rules of the reference tool whose verdict the drift check does not share, each list with the rule that applies here, if
/// it is always one. xtask/README.md says why, one by one.
const AGREED: &[(&[&str], Option<&str>)] = &[
    (&["request-body-enum-value-removed"], Some("request-enum-dropped")),
    (&["response-property-became-nullable"], Some("response-optional-property-became-nullable")),
    (&["response-body-any-of-added", "response-property-any-of-added"], Some("response-alternative-added")),
    (&["request-body-all-of-added", "request-property-all-of-added"], None),
    (&["request-body-wrapped-in-one-of"], Some("request-alternative-added")),
    (&["api-path-removed-with-deprecation", "api-removed-with-deprecation"], Some("operation-removed")),
    (&["webhook-removed"], Some("webhook-changed")),
    (&["response-success-status-removed"], Some("response-success-status-replaced")),
    (&["response-body-const-removed", "response-property-const-removed"], Some("response-const-removed")),
    (
        &["response-body-min-items-decreased", "response-property-min-items-decreased"],
        Some("response-unchecked-bound-loosened"),
    ),
    (&["response-body-type-changed", "response-property-type-changed"], Some("response-type-narrowed")),
    (&["response-body-type-changed", "response-property-type-changed"], Some("response-constraint-changed")),
    (&["request-parameter-type-changed"], Some("request-type-widened")),
    (&["request-body-type-changed", "request-property-type-changed"], Some("request-became-nullable")),
    (&["request-property-became-not-nullable"], Some("request-optional-property-became-not-nullable")),
    (&["response-required-property-became-write-only"], Some("response-property-became-optional")),
    (&["request-required-property-became-not-read-only"], Some("request-property-became-required")),
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

fn here(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

fn document(path: &Path) -> Value {
    load::document(path).unwrap_or_else(|error| panic!("{error:#}")).value
}

#[test]
fn the_labelled_pairs_are_told_apart() {
    let folder = here("../../shared/drift-cases");
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
        let applies = |id: &str| drift.findings.iter().any(|finding| finding.rule.id == id);
        let is_agreed = |id: &str| AGREED.iter().any(|(theirs, here)| theirs.contains(&id) && here.is_none_or(applies));
        let set_aside = ids.split(',').filter_map(|id| id.split(':').next()).any(is_agreed);
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

/// The pairs of `../shared/cases/pairs`, each with the verdict that follows from the generated client.
#[test]
fn the_pairs_labelled_for_this_client_are_all_told_right() {
    let folder = here("../../shared/cases/pairs");
    let Ok(table) = std::fs::read_to_string(folder.join("cases.tsv")) else {
        println!("skipped: no labelled pairs at {}", folder.display());
        return;
    };
    let mut wrong = Vec::new();
    for line in table.lines().skip(1) {
        let columns: Vec<&str> = line.split('\t').collect();
        let [base, revision, expected, why] = columns.as_slice() else { panic!("cases.tsv: {line}") };
        let drift = drift::compare(&document(&folder.join(base)), &document(&folder.join(revision)), &[]);
        let is_breaking = drift.findings.iter().any(|finding| finding.severity == Severity::Breaking);
        if is_breaking != (*expected == "breaking") {
            let rules: Vec<&str> = drift.findings.iter().map(|finding| finding.rule.id).collect();
            wrong.push(format!("{base}: {expected} ({why}); here {}", rules.join(", ")));
        }
    }
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
}

/// A copy in which every property called `from` is called `to`.
fn rename_property(value: &Value, from: &str, to: &str) -> Value {
    match value {
        Value::Object(members) => {
            let rename = |(name, value): (&String, &Value)| {
                let is_property = name == from && value.is_object();
                (if is_property { to } else { name }.to_owned(), rename_property(value, from, to))
            };
            Value::Object(members.iter().map(rename).collect())
        }
        Value::Array(items) => items.iter().map(|item| rename_property(item, from, to)).collect(),
        Value::String(text) if text == from => Value::from(to),
        other => other.clone(),
    }
}

#[test]
fn a_renamed_list_and_a_renamed_identity_break_the_published_client() {
    let bundled = document(&here("../spec/deepgram-management-openapi.yml"));
    let corrections = load::document(&here("../spec/overlay.yaml")).unwrap();
    let base = overlay::apply(bundled.clone(), &corrections).unwrap();
    for (from, to, rule) in [
        ("projects", "items", "response-payload-removed"),
        ("balances", "items", "response-payload-removed"),
        ("api_key_id", "key_id", "response-identity-removed"),
        ("project_id", "id", "response-identity-removed"),
    ] {
        let drift = drift::compare(&base, &rename_property(&bundled, from, to), &[]);
        let breaking = drift.findings.iter().filter(|finding| finding.severity == Severity::Breaking);
        let found: Vec<&str> = breaking.map(|finding| finding.rule.id).collect();
        assert!(found.contains(&rule), "{from} → {to}: {found:?}");
    }
    let same = drift::compare(&base, &bundled, &[]);
    let lost = same.findings.iter().filter(|finding| finding.rule.id.ends_with("-removed")).map(|f| f.rule.id);
    let lost: Vec<&str> =
        lost.filter(|id| ["response-payload-removed", "response-identity-removed"].contains(id)).collect();
    assert!(lost.is_empty(), "{lost:?}");
}

#[test]
fn a_rename_in_a_schema_that_responses_nest_is_told_of_that_schema() {
    let bundled = document(&here("../spec/deepgram-management-openapi.yml"));
    let corrections = load::document(&here("../spec/overlay.yaml")).unwrap();
    let base = overlay::apply(bundled.clone(), &corrections).unwrap();
    let revision = rename_property(&bundled, "api_key_id", "key_id");
    let drift = drift::compare(&base, &revision, &[]);
    let renames = drift::renames::find(&base, &revision, &drift.findings);
    let told: Vec<_> = renames.iter().map(|rename| (&*rename.owner, &*rename.from, &*rename.to)).collect();
    for owner in ["Key", "KeyWithSecret"] {
        assert!(told.contains(&(owner, "api_key_id", "key_id")), "{owner}: {told:?}");
    }
}

#[test]
fn the_readme_says_of_every_agreed_difference_why() {
    let readme = std::fs::read_to_string("README.md").expect("README.md");
    let (_, table) = readme.split_once("### Agreed differences").expect("the table");
    let (table, _) = table.split_once("\n## ").expect("its end");
    let listed = table.lines().skip_while(|line| !line.starts_with("| ---")).skip(1);
    let rules = |cell: &str| -> Vec<String> {
        cell.split('`').skip(1).step_by(2).filter(|word| word.contains('-')).map(str::to_owned).collect()
    };
    let rows = listed.map(|line| line.split('|').collect::<Vec<_>>()).filter(|cells| cells.len() > 3);
    let rows: Vec<_> = rows.map(|cells| (rules(cells[1]), rules(cells[2]))).collect();
    let agreed = AGREED.iter().map(|(theirs, here)| {
        (theirs.iter().map(ToString::to_string).collect(), here.iter().map(ToString::to_string).collect())
    });
    assert_eq!(rows, agreed.collect::<Vec<(Vec<String>, Vec<String>)>>());
}
