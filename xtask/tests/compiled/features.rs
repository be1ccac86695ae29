//! Cargo compiles each crate once, whichever packages it builds: for the pipeline, the tour and the tests.
// Crates of other systems have other features, which `xtask/features` does not ask for: more is compiled there.
#![cfg(target_os = "linux")]

use std::collections::{BTreeMap, BTreeSet};

use xtask::tasks::tour;

use crate::fixture::aligned::packages;

/// The packages that differ, because the tour does without TLS and mocks, and the features by which they do.
const DIFFERENT: [(&str, &[&str]); 3] = [
    ("cc ", &["parallel"]),
    ("deepgram-mgmt ", &["default", "httpmock", "rustls"]),
    ("reqwest ", &["__rustls", "__rustls-aws-lc-rs", "__tls", "rustls"]),
];

#[test]
fn the_pipeline_the_tour_and_the_tests_ask_for_one_set_of_features_of_each_crate() {
    let pipeline = packages(&["--package", "xtask", "--edges", "normal,build"]);
    // It builds an example, and with it what only tests and examples depend on.
    let tour = packages(&tour::selection(false));
    let tests = packages(&["--workspace"]);
    for (build, name) in [(&pipeline, "progenitor "), (&tour, "deepgram-mgmt "), (&tests, "httpmock ")] {
        assert!(build.iter().any(|(package, _)| package.starts_with(name)), "{name}: {build:?}");
    }
    let mut asked: BTreeMap<String, BTreeSet<BTreeSet<String>>> = BTreeMap::new();
    for (package, mut features) in [pipeline, tour, tests].concat() {
        if let Some((_, others)) = DIFFERENT.iter().find(|(name, _)| package.starts_with(name)) {
            features.retain(|feature| !others.contains(&feature.as_str()));
        }
        asked.entry(package).or_default().insert(features);
    }
    asked.retain(|_, features| features.len() > 1);
    assert!(asked.is_empty(), "xtask/features/Cargo.toml asks for too few features: {asked:#?}");
}
