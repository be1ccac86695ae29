//! `.ci/publishable`: what it asks for before a release, and that it asks for nothing otherwise.

#![cfg(unix)]

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::{Command, Output};

use tempfile::TempDir;

const READMES: [&str; 3] = ["README.md", "deepgram-mgmt/README.md", "tests/sandbox/README.md"];

/// A checkout with the files that the script reads, and a `cargo` that keeps its arguments.
struct Checkout(TempDir);

impl Checkout {
    fn new() -> Self {
        let checkout = Self(tempfile::tempdir().unwrap());
        for file in READMES.into_iter().chain(["Cargo.toml", "CHANGELOG.md", ".ci/publishable"]) {
            let target = checkout.0.path().join(file);
            fs::create_dir_all(target.parent().unwrap()).unwrap();
            fs::copy(Path::new("..").join(file), target).unwrap();
        }
        let cargo = checkout.0.path().join("bin/cargo");
        fs::create_dir(cargo.parent().unwrap()).unwrap();
        fs::write(&cargo, "#!/bin/sh\necho \"cargo $*\"\n").unwrap();
        fs::set_permissions(&cargo, fs::Permissions::from_mode(0o755)).unwrap();
        checkout
    }

    fn replace(&self, file: &str, old: &str, new: &str) {
        let path = self.0.path().join(file);
        let text = fs::read_to_string(&path).unwrap();
        assert!(text.contains(old), "{file}: {old}");
        fs::write(path, text.replace(old, new)).unwrap();
    }

    fn run(&self, publish: Option<&str>) -> Output {
        let path = format!("{}:{}", self.0.path().join("bin").display(), std::env::var("PATH").unwrap());
        let mut command = Command::new(self.0.path().join(".ci/publishable"));
        command.env("PATH", path).env_remove("PUBLISH");
        command.envs(publish.map(|tag| ("PUBLISH", tag))).output().unwrap()
    }
}

const PACKAGED: &str = "cargo package --workspace --locked --allow-dirty\n";

#[test]
fn without_a_release_it_packages_whatever_is_missing() {
    let output = Checkout::new().run(None);
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(String::from_utf8(output.stdout).unwrap(), PACKAGED);
}

#[test]
fn a_release_names_all_that_is_missing_and_packages_once_nothing_is() {
    let checkout = Checkout::new();
    let version = env!("CARGO_PKG_VERSION");
    let output = checkout.run(Some("v9.9.9"));
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert_eq!((output.status.code(), output.stdout.as_slice()), (Some(1), [].as_slice()), "{stderr}");
    let mut expected = vec![
        format!("error: the tag is v9.9.9, and version in Cargo.toml is {version}; tag the commit v{version}"),
        format!("error: CHANGELOG.md has no section for {version}; add: ## [{version}] - YYYY-MM-DD"),
    ];
    expected.insert(0, "error: Cargo.toml: repository is not set; write its address, https://…".to_owned());
    expected.extend(READMES.map(|readme| {
        format!("error: {readme} names a path where readers need a version; write: version = \"{version}\"")
    }));
    assert_eq!(stderr.lines().collect::<Vec<_>>(), expected);

    checkout.replace("Cargo.toml", "\nrepository = \"\"", "\nrepository = \"https://code.example.com/a/b\"");
    checkout.replace("CHANGELOG.md", "## [Unreleased]", &format!("## [Unreleased]\n\n## [{version}] - 2026-01-31"));
    for (readme, path) in READMES.into_iter().zip(["deepgram-mgmt", "deepgram-mgmt", "tests/sandbox"]) {
        checkout.replace(readme, &format!("path = \"{path}\""), &format!("version = \"{version}\""));
    }
    let output = checkout.run(Some(&format!("v{version}")));
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(String::from_utf8(output.stdout).unwrap(), PACKAGED);
}
