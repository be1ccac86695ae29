//! Cargo compiles each crate once, whichever packages it builds: for the pipeline, the tour and the tests.
// Crates of other systems have other features, which `xtask/features` does not ask for: more is compiled there.
#![cfg(target_os = "linux")]

use std::collections::{BTreeMap, BTreeSet};

use xtask::tasks::tour;
use xtask::workspace;

/// The packages that differ, because the tour does without TLS and mocks, and the features by which they do.
const DIFFERENT: [(&str, &[&str]); 3] = [
    ("cc ", &["parallel"]),
    ("deepgram-mgmt ", &["default", "httpmock", "rustls"]),
    ("reqwest ", &["__rustls", "__rustls-aws-lc-rs", "__tls", "rustls"]),
];

/// The crates of a build, each with its features.
fn crates(build: &[&str]) -> Vec<(String, String)> {
    let mut tree = workspace::cargo();
    tree.args(["tree", "--locked", "--prefix", "none", "--format", "{p}|{f}"]).args(build);
    let output = tree.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let printed = String::from_utf8(output.stdout).unwrap();
    let crates = printed.lines().filter_map(|line| {
        let (package, features) = line.split_once('|')?;
        let different = DIFFERENT.iter().find(|(name, _)| package.starts_with(name));
        let features = features.trim_end_matches(" (*)").split(',');
        let kept: Vec<_> =
            features.filter(|feature| !different.is_some_and(|(_, others)| others.contains(feature))).collect();
        Some((package.to_owned(), kept.join(",")))
    });
    crates.collect()
}

#[test]
fn the_pipeline_the_tour_and_the_tests_ask_for_one_set_of_features_of_each_crate() {
    let pipeline = crates(&["--package", "xtask", "--edges", "normal,build"]);
    // It builds an example, and with it what only tests and examples depend on.
    let tour = crates(&tour::selection(false));
    let tests = crates(&["--workspace"]);
    for (build, name) in [(&pipeline, "progenitor "), (&tour, "deepgram-mgmt "), (&tests, "httpmock ")] {
        assert!(build.iter().any(|(package, _)| package.starts_with(name)), "{name}: {build:?}");
    }
    let mut asked: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (package, features) in [pipeline, tour, tests].concat() {
        asked.entry(package).or_default().insert(features);
    }
    asked.retain(|_, features| features.len() > 1);
    assert!(asked.is_empty(), "xtask/features/Cargo.toml asks for too few features: {asked:#?}");
}
