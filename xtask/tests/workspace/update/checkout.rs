//! A checkout to update.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;
use std::process::Output;

use crate::checkout::{Checkout, DOCUMENT, GENERATED};

impl Checkout {
    /// A checkout with a newer document beside it, which has these edits.
    pub(crate) fn with_newer(edits: &[(&str, &str)]) -> Self {
        let checkout = Self::new();
        let newer = edits.iter().fold(checkout.read(DOCUMENT), |text, (from, to)| {
            assert!(text.contains(from), "{from}");
            text.replacen(from, to, 1)
        });
        checkout.write("newer.yml", &newer);
        checkout
    }

    /// Every file with its content.
    pub(crate) fn files(&self) -> BTreeMap<PathBuf, Vec<u8>> {
        let folders = ["spec", GENERATED, "."].map(|folder| self.root().join(folder));
        let entries =
            folders.iter().flat_map(|folder| fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()));
        entries.filter(|path| path.is_file()).map(|path| (path.clone(), fs::read(path).unwrap())).collect()
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
