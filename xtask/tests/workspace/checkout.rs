//! A copy of the workspace's parts that the pipeline reads and writes.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use tempfile::TempDir;

pub(crate) const DOCUMENT: &str = "spec/deepgram-management-openapi.yml";
pub(crate) const OVERLAY: &str = "spec/overlay.yaml";
pub(crate) const SOURCE: &str = "spec/SOURCE.toml";
pub(crate) const GENERATED: &str = "deepgram-mgmt/src/generated";

/// Documents and generated code; of the packages, it has what a task looks for.
pub(crate) struct Checkout(TempDir);

impl Checkout {
    pub(crate) fn new() -> Self {
        let root = tempfile::tempdir().unwrap();
        for folder in ["spec", GENERATED] {
            fs::create_dir_all(root.path().join(folder)).unwrap();
            for entry in fs::read_dir(Path::new("..").join(folder)).unwrap() {
                let path = entry.unwrap().path();
                fs::copy(&path, root.path().join(folder).join(path.file_name().unwrap())).unwrap();
            }
        }
        fs::create_dir_all(root.path().join("xtask/src")).unwrap();
        fs::write(root.path().join("deepgram-mgmt/Cargo.toml"), "").unwrap();
        Self(root)
    }

    pub(crate) fn root(&self) -> &Path {
        self.0.path()
    }

    pub(crate) fn read(&self, file: &str) -> String {
        fs::read_to_string(self.root().join(file)).unwrap()
    }

    pub(crate) fn write(&self, file: &str, text: &str) {
        fs::write(self.root().join(file), text).unwrap();
    }

    /// The program as cargo runs it in this checkout.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_xtask"));
        command.args(arguments).current_dir(self.root()).env("CARGO_MANIFEST_DIR", self.root().join("xtask"));
        command
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().unwrap()
    }
}
