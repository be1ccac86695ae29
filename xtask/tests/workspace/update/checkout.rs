//! A checkout to update.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;
use std::process::{Command, Output};

use tempfile::TempDir;

use crate::copy;

pub(crate) const DOCUMENT: &str = "spec/deepgram-management-openapi.yml";
pub(crate) const OVERLAY: &str = "spec/overlay.yaml";
pub(crate) const SOURCE: &str = "spec/SOURCE.toml";
pub(crate) const GENERATED: &str = "deepgram-mgmt/src/generated";

/// A checkout with what the task reads and writes, and a newer document beside it.
pub(crate) struct Checkout(pub(crate) TempDir);

impl Checkout {
    pub(crate) fn new(edits: &[(&str, &str)]) -> Self {
        let checkout = Self(copy::copy());
        let newer = edits.iter().fold(checkout.read(DOCUMENT), |text, (from, to)| {
            assert!(text.contains(from), "{from}");
            text.replacen(from, to, 1)
        });
        checkout.put("newer.yml", &newer);
        checkout
    }

    pub(crate) fn put(&self, file: &str, text: &str) {
        fs::write(self.0.path().join(file), text).unwrap();
    }

    pub(crate) fn read(&self, file: &str) -> String {
        fs::read_to_string(self.0.path().join(file)).unwrap()
    }

    /// Every file with its content.
    pub(crate) fn files(&self) -> BTreeMap<PathBuf, Vec<u8>> {
        let folders = ["spec", GENERATED, "."].map(|folder| self.0.path().join(folder));
        let entries =
            folders.iter().flat_map(|folder| fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()));
        entries.filter(|path| path.is_file()).map(|path| (path.clone(), fs::read(path).unwrap())).collect()
    }

    pub(crate) fn xtask(&self, arguments: &[&str]) -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_xtask"));
        let manifest = self.0.path().join("xtask");
        command.args(arguments).env("CARGO_MANIFEST_DIR", manifest).current_dir(self.0.path()).output().unwrap()
    }
}

pub(crate) fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

pub(crate) fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

/// The bundled document without the lines from `start` up to `end`.
pub(crate) fn without(document: &str, start: &str, end: &str) -> String {
    let from = document.find(start).unwrap();
    let to = from + document[from..].find(end).unwrap();
    format!("{}{}", &document[..from], &document[to..])
}
