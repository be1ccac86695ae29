//! Cargo builds each crate once, whichever packages it builds: for the pipeline, the tour and the tests.

use std::collections::{BTreeMap, BTreeSet};

use xtask::workspace;

/// Without TLS, which the tour does without, these are others.
const OF_TLS: [&str; 3] = ["cc ", "deepgram-mgmt ", "reqwest "];

/// What `cargo xtask`, the tour and `cargo test --workspace` build.
const BUILDS: [&[&str]; 3] = [
    &["--package", "xtask", "--edges", "normal,build"],
    &[
        "--package",
        "xtask",
        "--package",
        "deepgram-mgmt",
        "--package",
        "deepgram-mgmt-sandbox",
        "--no-default-features",
        "--features",
        "deepgram-mgmt/cli",
        "--edges",
        "normal,build,dev",
    ],
    &["--workspace", "--edges", "normal,build,dev"],
];

#[test]
fn the_builds_ask_for_one_set_of_features_of_each_crate() {
    let mut asked: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for build in BUILDS {
        let mut tree = workspace::cargo();
        tree.args(["tree", "--locked", "--prefix", "none", "--format", "{p}|{f}"]).args(build);
        let output = tree.output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        for line in String::from_utf8(output.stdout).unwrap().lines() {
            let Some((package, features)) = line.split_once('|') else { continue };
            asked.entry(package.to_owned()).or_default().insert(features.trim_end_matches(" (*)").to_owned());
        }
    }
    assert!(asked.len() > 200, "{asked:?}");
    asked.retain(|package, features| features.len() > 1 && !OF_TLS.iter().any(|name| package.starts_with(name)));
    assert!(asked.is_empty(), "xtask/features/Cargo.toml asks for too few features: {asked:#?}");
}
