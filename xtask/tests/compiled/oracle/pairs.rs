//! The pairs of documents: labelled ones beside the project, and those of the golden files.

use std::fs;

use fastrand::Rng;
use serde_json::Value;
use xtask::load;

use super::SEED;
use super::changes;

use crate::fixture::here;
use crate::golden;

/// Two documents of one API.
pub(crate) struct Pair {
    pub(crate) name: String,
    pub(crate) base: Value,
    pub(crate) revision: Value,
}

impl Pair {
    fn reversed(&self) -> Self {
        let name = format!("{}, reversed", self.name);
        Self { name, base: self.revision.clone(), revision: self.base.clone() }
    }
}

/// How many changes of each schema are drawn.
const CHANGES: u64 = 40;

/// Schemas that are changed at random, in a request and in a response.
fn changed() -> Vec<Pair> {
    let mut pairs = Vec::new();
    for (index, given) in changes::schemas().into_iter().enumerate() {
        for number in 0..CHANGES {
            let mut rng = Rng::with_seed(SEED + 1000 * index as u64 + number);
            let mut becomes = given.clone();
            for _ in 0..=number % 2 {
                changes::change(&mut becomes, &mut rng);
            }
            for sent in ["request", "response"] {
                let [base, revision] = [&given, &becomes].map(|schema| golden::of_schema(None, schema, sent));
                pairs.push(Pair { name: format!("schema {index}, change {number} ({sent})"), base, revision });
            }
        }
    }
    pairs
}

/// Every pair at hand, in both orders, and the folders that are not.
pub(crate) fn all() -> (Vec<Pair>, Vec<String>) {
    let (mut pairs, mut missing) = (golden(), Vec::new());
    for folder in ["../../shared/cases/pairs", "../../shared/drift-cases"] {
        match fs::read_to_string(here(folder).join("cases.tsv")) {
            Ok(table) => pairs.extend(table.lines().skip(1).map(|line| labelled(folder, line))),
            Err(_) => missing.push(folder.to_owned()),
        }
    }
    // What is added one way is removed the other way.
    let reversed: Vec<Pair> = pairs.iter().map(Pair::reversed).collect();
    pairs.extend(reversed);
    pairs.extend(changed());
    (pairs, missing)
}

fn labelled(folder: &str, line: &str) -> Pair {
    let mut files = line.split('\t');
    let mut read = || {
        let path = here(folder).join(files.next().unwrap());
        load::document(&path).unwrap_or_else(|error| panic!("{error:#}")).value
    };
    let (base, revision) = (read(), read());
    Pair { name: line.split('\t').next().unwrap().to_owned(), base, revision }
}

/// The cases of `fixtures/drift`: changes of a document, and changes of a schema in a request and in a response.
fn golden() -> Vec<Pair> {
    let mut files: Vec<_> = fs::read_dir(here("fixtures/drift")).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    let mut pairs = Vec::new();
    for file in files {
        let stem = file.file_stem().unwrap().to_string_lossy().into_owned();
        let cases: Vec<Value> = serde_yaml::from_str(&fs::read_to_string(&file).unwrap()).unwrap();
        for case in cases {
            let name = format!("{stem}: {}", case["claim"].as_str().unwrap());
            if case.get("change").is_some() {
                let (base, revision) = golden::changed(&case["given"], &case["change"]);
                pairs.push(Pair { name, base, revision });
            } else {
                for sent in ["request", "response"] {
                    let document = |schema: &str| golden::of_schema(case.get("schemas"), &case[schema], sent);
                    let (base, revision) = (document("given"), document("becomes"));
                    pairs.push(Pair { name: format!("{name} ({sent})"), base, revision });
                }
            }
        }
    }
    pairs
}
