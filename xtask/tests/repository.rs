//! What holds of the files of the repository: they survive a checkout on every system, and CI runs what was reviewed.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

const SOURCE: &str = "spec/deepgram-management-openapi.yml";

fn root() -> PathBuf {
    Path::new("..").canonicalize().unwrap()
}

/// Every file of the checkout but what is built and what git keeps.
fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.ends_with("target") || path.ends_with(".git") {
            continue;
        }
        if path.is_dir() && !path.is_symlink() { files(&path, found) } else { found.push(path) }
    }
}

/// The lines that use an action, each with what they use.
fn uses(text: &str) -> impl Iterator<Item = &str> {
    let lines = text.lines().map(|line| line.trim().trim_start_matches("- ").trim());
    lines.filter_map(|line| line.strip_prefix("uses:")).map(str::trim)
}

/// Whether an action is named by a commit, with its version in a comment.
fn is_pinned(used: &str) -> bool {
    let Some((action, version)) = used.split_once(" # v") else { return false };
    let Some((name, commit)) = action.split_once('@') else { return false };
    name.split('/').count() >= 2
        && commit.len() == 40
        && commit.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
        && version.split('.').count() == 3
        && version.split('.').all(|part| part.parse::<u32>().is_ok())
}

#[test]
fn every_action_of_every_workflow_is_pinned_by_its_commit_with_its_version() {
    let mut seen = 0;
    for entry in fs::read_dir(root().join(".github/workflows")).unwrap() {
        let path = entry.unwrap().path();
        for used in uses(&fs::read_to_string(&path).unwrap()) {
            assert!(is_pinned(used), "{}: {used}", path.display());
            seen += 1;
        }
    }
    assert!(seen > 0);
    for loose in
        ["a/b@v4", "a/b@main # v4.0.0", &format!("a/b@{}", "0".repeat(40)), &format!("a/b@{} # v4", "0".repeat(40))]
    {
        assert!(!is_pinned(loose), "{loose}");
    }
}

#[test]
fn no_file_is_a_link_and_every_package_has_the_licences_of_the_repository() {
    let mut found = Vec::new();
    files(&root(), &mut found);
    let links: Vec<_> = found.iter().filter(|path| path.is_symlink()).collect();
    assert!(links.is_empty(), "{links:?}");
    for licence in ["LICENSE-MIT", "LICENSE-APACHE"] {
        for package in ["deepgram-mgmt", "tests/sandbox"] {
            let of = |folder: &str| fs::read(root().join(folder).join(licence)).unwrap();
            assert!(of(package) == of("."), "{package}/{licence} is another text");
        }
    }
}

#[test]
fn the_sandbox_has_the_documents_of_the_workspace() {
    for file in ["deepgram-management-openapi.yml", "overlay.yaml"] {
        let of = |folder: &str| fs::read(root().join(folder).join(file)).unwrap();
        assert!(of("spec") == of("tests/sandbox/spec"), "{file}: run cargo xtask generate");
    }
}

#[test]
fn a_checkout_that_converts_line_endings_leaves_every_document_byte_for_byte() {
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path().join("place");
    let paths = [SOURCE, "spec/overlay.yaml", "tests/sandbox/spec/deepgram-management-openapi.yml", "a.rs"];
    let text = |path: &str| match path {
        // Of the documents, the bundled one alone may have other line endings than ours: it is another's.
        path if path.ends_with("openapi.yml") => "a: 1\r\nb: 2\nc: 3\r\n",
        _ => "a\nb\n",
    };
    for path in paths {
        fs::create_dir_all(place.join(path).parent().unwrap()).unwrap();
        fs::write(place.join(path), text(path)).unwrap();
    }
    fs::copy(root().join(".gitattributes"), place.join(".gitattributes")).unwrap();
    let git = |arguments: &[&str]| {
        let identity = ["-c", "user.name=a", "-c", "user.email=a@example.com", "-c", "core.autocrlf=true"];
        let output = Command::new("git").current_dir(&place).args(identity).args(arguments).output().unwrap();
        assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    };
    git(&["init", "--quiet"]);
    git(&["add", "--all"]);
    git(&["commit", "--quiet", "--message", "all"]);
    for path in paths {
        fs::remove_file(place.join(path)).unwrap();
    }
    git(&["checkout", "--", "."]);
    for path in paths {
        assert_eq!(fs::read_to_string(place.join(path)).unwrap(), text(path), "{path}");
    }
}
