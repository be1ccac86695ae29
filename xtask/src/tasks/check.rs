//! `cargo xtask check`: formats, lints and tests the packages that changed.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, bail, ensure};
use clap::Args;
use serde::Deserialize;

use super::Outcome;
use crate::stdout::print_line;
use crate::workspace;

/// The package whose tests read the files of no package.
const PIPELINE: &str = "xtask";

/// Options of `cargo xtask check`.
#[derive(Debug, Args)]
pub struct Options {
    /// Compare with this commit; default: where the branch left `main`.
    #[arg(long, value_name = "COMMIT")]
    base: Option<String>,
    /// Change no file: fail where the formatting differs.
    #[arg(long)]
    no_fix: bool,
    /// Format and lint, and run no test.
    #[arg(long)]
    no_tests: bool,
    /// List the packages, and do nothing.
    #[arg(long)]
    list: bool,
}

/// Formats, lints and tests each package with a changed file, and each package that depends on one. Changes are those of
/// the branch, of the index, of the working tree, and new files.
///
/// # Errors
/// Git or cargo cannot be started, or the base is no commit.
pub fn run(options: &Options, root: &Path) -> Result<Outcome> {
    let packages = Packages::read(root)?;
    let changed = changed_files(root, options.base.as_deref())?;
    let affected = packages.affected(&changed);
    if affected.is_empty() {
        print_line("no package has changed")?;
        return Ok(Outcome::Clean);
    }
    print_line(format_args!("packages: {}", affected.iter().copied().collect::<Vec<_>>().join(", ")))?;
    if options.list {
        return Ok(Outcome::Clean);
    }
    let selected: Vec<&str> = affected.iter().flat_map(|name| ["--package", name]).collect();
    let mut steps = vec![(&["fmt"][..], if options.no_fix { &["--", "--check"][..] } else { &[] })];
    steps.push((&["clippy", "--all-targets"], &["--", "--deny", "warnings"]));
    if !options.no_tests {
        steps.push((&["test"], &[]));
    }
    for (command, end) in steps {
        let arguments = [command, &selected, end].concat();
        print_line(format_args!("── cargo {}", arguments.join(" ")))?;
        let status =
            workspace::cargo().args(&arguments).current_dir(root).status().context("cargo cannot be started")?;
        if !status.success() {
            return Ok(Outcome::Stale);
        }
    }
    Ok(Outcome::Clean)
}

/// The paths, from the root, that differ from the base.
fn changed_files(root: &Path, base: Option<&str>) -> Result<Vec<String>> {
    let base = match base {
        Some(base) => git(root, &["rev-parse", "--verify", "--end-of-options", &format!("{base}^{{commit}}")])
            .map(|commit| commit.trim().to_owned())
            .with_context(|| format!("git knows no commit `{base}` for --base; fetch it, or name another one"))?,
        None => branch_point(root)?,
    };
    let differing = git(root, &["diff", "--name-only", "--no-renames", "-z", "--end-of-options", &base, "--"])?;
    let new = git(root, &["ls-files", "--others", "--exclude-standard", "-z"])?;
    Ok(differing.split('\0').chain(new.split('\0')).filter(|path| !path.is_empty()).map(ToOwned::to_owned).collect())
}

/// The commit where the branch left `main`; the newest commit in a repository without `main`.
fn branch_point(root: &Path) -> Result<String> {
    for main in ["origin/main", "main"] {
        if let Ok(commit) = git(root, &["merge-base", "HEAD", main]) {
            return Ok(commit.trim().to_owned());
        }
    }
    git(root, &["rev-parse", "HEAD"]).map(|commit| commit.trim().to_owned())
}

fn git(root: &Path, arguments: &[&str]) -> Result<String> {
    let output = Command::new("git").args(arguments).current_dir(root).output().context("git cannot be started")?;
    if !output.status.success() {
        bail!("git {}: {}", arguments.join(" "), String::from_utf8_lossy(&output.stderr).trim());
    }
    String::from_utf8(output.stdout).context("git names a path that is not UTF-8")
}

/// The packages of the workspace: the folder of each, and the members that it depends on.
#[derive(Debug)]
struct Packages(BTreeMap<String, Package>);

#[derive(Debug)]
struct Package {
    /// From the root; empty for none.
    folder: String,
    dependencies: BTreeSet<String>,
}

#[derive(Deserialize)]
struct Metadata {
    packages: Vec<Listed>,
}

#[derive(Deserialize)]
struct Listed {
    name: String,
    manifest_path: std::path::PathBuf,
    dependencies: Vec<Dependency>,
}

#[derive(Deserialize)]
struct Dependency {
    name: String,
    path: Option<std::path::PathBuf>,
}

impl Packages {
    fn read(root: &Path) -> Result<Self> {
        let arguments = ["metadata", "--no-deps", "--format-version=1", "--offline"];
        let output =
            workspace::cargo().args(arguments).current_dir(root).output().context("cargo cannot be started")?;
        ensure!(output.status.success(), "cargo metadata: {}", String::from_utf8_lossy(&output.stderr).trim());
        let metadata: Metadata = serde_json::from_slice(&output.stdout).context("cargo metadata")?;
        // Links above the workspace are resolved on either side.
        let root = root.canonicalize()?;
        let mut packages = BTreeMap::new();
        for listed in metadata.packages {
            let folder = listed.manifest_path.canonicalize()?;
            let folder = folder.parent().and_then(|folder| folder.strip_prefix(&root).ok()).unwrap_or(Path::new(""));
            let folder =
                folder.components().map(|part| part.as_os_str().to_string_lossy()).collect::<Vec<_>>().join("/");
            let members = listed.dependencies.into_iter().filter(|dependency| dependency.path.is_some());
            let dependencies = members.map(|dependency| dependency.name).collect();
            packages.insert(listed.name, Package { folder, dependencies });
        }
        Ok(Self(packages))
    }

    /// The packages with a changed file, and those that depend on them. A setting of the build concerns every package; any
    /// other file of none, such as a document of `spec/` or a workflow, is read by the pipeline and its tests.
    fn affected(&self, changed: &[String]) -> BTreeSet<&str> {
        let mut affected: BTreeSet<&str> = BTreeSet::new();
        for path in changed {
            match self.owner(path) {
                Some(name) => affected.insert(name),
                None if is_build_setting(path) => return self.0.keys().map(String::as_str).collect(),
                None => affected.insert(PIPELINE),
            };
        }
        loop {
            let depends = |package: &Package| affected.iter().any(|name| package.dependencies.contains(*name));
            let more: Vec<&str> =
                self.0.iter().filter(|(_, package)| depends(package)).map(|(name, _)| &**name).collect();
            let before = affected.len();
            affected.extend(more);
            if affected.len() == before {
                return affected;
            }
        }
    }

    /// The package with the longest folder that the path is in.
    fn owner(&self, path: &str) -> Option<&str> {
        let contains = |package: &Package| path.strip_prefix(&package.folder).is_some_and(|rest| rest.starts_with('/'));
        let owners = self.0.iter().filter(|(_, package)| contains(package));
        owners.max_by_key(|(_, package)| package.folder.len()).map(|(name, _)| name.as_str())
    }
}

fn is_build_setting(path: &str) -> bool {
    ["Cargo.toml", "Cargo.lock", "clippy.toml", "rustfmt.toml"].contains(&path) || path.starts_with(".cargo/")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn packages() -> Packages {
        let package = |name: &str, folder: &str, dependencies: &[&str]| {
            let dependencies = dependencies.iter().map(|&name| name.to_owned()).collect();
            (name.to_owned(), Package { folder: folder.to_owned(), dependencies })
        };
        Packages(BTreeMap::from([
            package("client", "client", &["sandbox"]),
            package("sandbox", "tests/sandbox", &[]),
            package("tests", "tests", &["client"]),
            package("xtask", "xtask", &[]),
        ]))
    }

    fn affected(changed: &[&str]) -> Vec<String> {
        let changed: Vec<String> = changed.iter().map(|&path| path.to_owned()).collect();
        packages().affected(&changed).into_iter().map(ToOwned::to_owned).collect()
    }

    #[test]
    fn a_file_concerns_its_package_and_all_that_depend_on_it() {
        assert_eq!(affected(&["xtask/src/main.rs"]), ["xtask"]);
        assert_eq!(affected(&["tests/tests/client/main.rs"]), ["tests"]);
        assert_eq!(affected(&["client/src/lib.rs"]), ["client", "tests"]);
        assert_eq!(affected(&["tests/sandbox/src/lib.rs"]), ["client", "sandbox", "tests"]);
        assert_eq!(affected(&[]), Vec::<String>::new());
    }

    #[test]
    fn a_setting_of_the_build_concerns_all_and_any_other_file_of_no_package_the_pipeline() {
        assert_eq!(affected(&["Cargo.lock"]), ["client", "sandbox", "tests", "xtask"]);
        assert_eq!(affected(&[".cargo/config.toml"]), ["client", "sandbox", "tests", "xtask"]);
        assert_eq!(affected(&["xtasks.md"]), ["xtask"]);
        assert_eq!(affected(&["spec/overlay.yaml", ".github/workflows/ci.yml"]), ["xtask"]);
    }
}
