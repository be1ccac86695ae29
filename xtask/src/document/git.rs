//! Reads a document from a revision in git, by the name that git gives it: `REV:PATH`.

use std::io::ErrorKind;
use std::path::Path;
use std::process::{Command, Output};

use anyhow::{Context, Result, anyhow, bail};

use super::load::{self, Document};

/// Reads the document called `REV:PATH` in the repository that `folder` is in. As for git, PATH starts at the root of the
/// repository, or at `folder` if it starts with `./` or `../`.
///
/// # Errors
/// A folder in no repository, an unknown revision, a path that the revision does not have, and the errors of
/// [`load::parse`].
pub(crate) fn document(revision: &str, path: &str, folder: &Path) -> Result<Document> {
    let name = format!("{revision}:{path}");
    let git = |arguments: &[&str]| git(folder, arguments).with_context(|| name.clone());
    if !git(&["rev-parse", "--git-dir"])?.status.success() {
        bail!("{name}: there is no such file, and {} is in no git repository", folder.display());
    }
    // The name of an option is no revision.
    let is_known = !revision.is_empty()
        && !revision.starts_with('-')
        && git(&["rev-parse", "--verify", "--quiet", &format!("{revision}^{{tree}}")])?.status.success();
    if !is_known {
        bail!("{name}: there is no such file, and git knows no revision `{revision}`");
    }
    let blob = git(&["cat-file", "blob", &name])?;
    if !blob.status.success() {
        bail!(
            "{name}: revision `{revision}` has no file `{path}`; a path starts at the root of the repository, or with `./`"
        );
    }
    load::check_size(&name, &blob.stdout)?;
    load::parse(&name, &blob.stdout)
}

fn git(folder: &Path, arguments: &[&str]) -> Result<Output> {
    let output = Command::new("git").current_dir(folder).args(arguments).output();
    output.map_err(|error| match error.kind() {
        ErrorKind::NotFound => anyhow!("there is no such file, and `git` is not installed"),
        _ => anyhow!("`git` cannot be started: {error}"),
    })
}
