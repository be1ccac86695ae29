//! Checks the files of the repository: they survive a checkout on every system, and CI runs what was reviewed.

use std::collections::BTreeSet;
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

/// The pages that users read first.
const PAGES: [&str; 9] = [
    "CODE_OF_CONDUCT.md",
    "README.md",
    "CONTRIBUTING.md",
    "SECURITY.md",
    "deepgram-mgmt/README.md",
    "xtask/README.md",
    "xtask/probe/README.md",
    "tests/README.md",
    "tests/sandbox/README.md",
];

/// The files and folders that a page names as code or as the target of a link.
fn named_paths(page: &str) -> impl Iterator<Item = &str> {
    let code = page.split('`').skip(1).step_by(2);
    let links = page.split("](").skip(1).filter_map(|rest| rest.split(')').next());
    let paths = code.filter(|code| code.contains('/')).chain(links);
    let paths = paths.map(|path| path.split('#').next().unwrap_or_default());
    paths.filter(|path| {
        let is_plain = path.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"/._-".contains(&byte));
        let extensions = [".rs", ".md", ".toml", ".yml", ".yaml", ".json", "/"];
        is_plain && !path.starts_with('/') && extensions.iter().any(|end| path.ends_with(end))
    })
}

/// Whether a path exists, seen from the folder of the page or from the root.
fn is_there(page: &str, path: &str) -> bool {
    root().join(page).parent().unwrap().join(path).exists() || root().join(path).exists()
}

#[test]
fn every_file_that_a_page_names_is_there() {
    let mut missing = Vec::new();
    for page in PAGES {
        let text = fs::read_to_string(root().join(page)).unwrap();
        missing.extend(named_paths(&text).filter(|path| !is_there(page, path)).map(|path| format!("{page}: {path}")));
    }
    assert!(missing.is_empty(), "{missing:#?}");
    let found: Vec<_> = named_paths("`a/b.rs` and `c.rs`, [d](e/f.md#g) `h/` `GET /i.md` `*/j.rs`").collect();
    assert_eq!(found, ["a/b.rs", "h/", "e/f.md"]);
    assert!(is_there("xtask/README.md", "src/main.rs") && !is_there("README.md", "xtask/src/gone.rs"));
}

/// The target and the filter of each command in a text that runs a part of a target's tests.
fn filtered_tests(text: &str) -> Vec<(&str, &str)> {
    let is_name =
        |word: &str| word.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_');
    let commands = text.split("--test ").skip(1).filter_map(|rest| {
        let mut words = rest.split([' ', '`', ':', '\n']);
        Some((words.next()?, words.next()?))
    });
    commands.filter(|(target, filter)| !filter.is_empty() && is_name(target) && is_name(filter)).collect()
}

#[test]
fn every_command_for_a_part_of_the_tests_names_a_file_of_tests_as_a_filter_without_a_match_passes() {
    let is_there = |target: &str, filter: &str| {
        ["xtask", "tests", "xtask/probe", "tests/sandbox"].iter().any(|package| {
            let tests = root().join(package).join("tests").join(target).join(filter);
            tests.with_extension("rs").exists() || tests.join("mod.rs").exists()
        })
    };
    let mut found = Vec::new();
    files(&root(), &mut found);
    let (mut seen, mut missing) = (0, Vec::new());
    for path in found.iter().filter(|path| !path.ends_with(file!().rsplit('/').next().unwrap())) {
        // What is no text has no command.
        let text = fs::read_to_string(path).unwrap_or_default();
        for (target, filter) in filtered_tests(&text) {
            seen += 1;
            if !is_there(target, filter) {
                missing.push(format!("{}: --test {target} {filter}", path.display()));
            }
        }
    }
    assert!(missing.is_empty(), "{missing:#?}");
    assert!(seen > 20, "{seen}");
    let commands = "--test a b -- --nocapture, `--test c`, --test d_1 -- e, `--test f\ng`, --test h i::j";
    assert_eq!(filtered_tests(commands), [("a", "b"), ("f", "g"), ("h", "i")]);
    assert!(is_there("drift", "rules") && !is_there("drift", "oracle"));
}

#[test]
fn every_package_takes_its_metadata_from_the_workspace() {
    let workspace = fs::read_to_string(root().join("Cargo.toml")).unwrap();
    for package in ["deepgram-mgmt", "xtask", "xtask/features", "xtask/probe", "tests", "tests/sandbox"] {
        assert!(workspace.contains(&format!("\"{package}\"")), "{package} is no member");
        let manifest = fs::read_to_string(root().join(package).join("Cargo.toml")).unwrap();
        for name in ["version", "edition", "rust-version", "license", "repository", "keywords", "categories"] {
            assert!(manifest.contains(&format!("\n{name}.workspace = true\n")), "{package}: {name}");
        }
        for name in ["homepage", "documentation"] {
            assert!(!manifest.contains(&format!("\n{name} =")), "{package}: {name}");
        }
    }
}

#[test]
fn a_workflow_runs_every_test_whole_that_is_shorter_by_default() {
    let workflow = fs::read_to_string(root().join(".github/workflows/everyday-updates.yml")).unwrap();
    let (_, job) = workflow.split_once("  full-size:").unwrap();
    assert!(job.contains("TEST_SIZE: full"));
    let mut shorter = Vec::new();
    for folder in ["xtask/tests", "tests/tests"] {
        for entry in fs::read_dir(root().join(folder)).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
            let main = if path.is_dir() { path.join("main.rs") } else { path };
            if fs::read_to_string(main).is_ok_and(|source| source.contains("\nmod size;\n")) {
                shorter.push(name);
            }
        }
    }
    assert!(shorter.len() > 2);
    for test in shorter {
        assert!(job.contains(&format!("--test {test}")), "{test}");
    }
}

#[test]
fn the_steps_for_contributors_stay_below_a_hundred_lines() {
    assert!(fs::read_to_string(root().join("CONTRIBUTING.md")).unwrap().lines().count() < 100);
}

#[cfg(unix)]
#[test]
fn git_runs_the_hook_before_a_commit_and_its_failure_stops_the_commit() {
    use std::os::unix::fs::PermissionsExt as _;

    let folder = tempfile::tempdir().unwrap();
    let program = folder.path().join("bin/cargo");
    fs::create_dir(program.parent().unwrap()).unwrap();
    let place = folder.path().join("place");
    fs::create_dir_all(place.join(".githooks")).unwrap();
    fs::copy(root().join(".githooks/pre-commit"), place.join(".githooks/pre-commit")).unwrap();
    let path = format!("{}:{}", program.parent().unwrap().display(), std::env::var("PATH").unwrap());
    let git = |arguments: &[&str]| {
        let identity = ["-c", "user.name=a", "-c", "user.email=a@example.com"];
        let mut git = Command::new("git");
        git.current_dir(&place).env("PATH", &path).args(identity).args(arguments).output().unwrap().status.success()
    };
    assert!(git(&["init", "--quiet"]) && git(&["config", "core.hooksPath", ".githooks"]) && git(&["add", "--all"]));
    for (code, commits) in [(1, false), (0, true)] {
        fs::write(
            &program,
            format!("#!/bin/sh\necho \"$*\" > '{}'\nexit {code}\n", folder.path().join("called").display()),
        )
        .unwrap();
        fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).unwrap();
        assert_eq!(git(&["commit", "--quiet", "--message", "all"]), commits);
        assert_eq!(fs::read_to_string(folder.path().join("called")).unwrap(), "xtask check --no-fix --no-tests\n");
    }
}

/// Lines of code: without empty ones, comments, and the tests at the end of a file.
fn lines_of_code(path: &Path) -> usize {
    let text = fs::read_to_string(path).unwrap();
    let code = text.split("#[cfg(test)]\nmod tests").next().unwrap();
    code.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with("//")).count()
}

#[test]
fn the_program_has_fewer_than_800_lines_of_code_by_hand_and_the_library_fewer_than_500_for_it_alone() {
    for (folder, least, most) in [("deepgram-mgmt/src/cli", 400, 800), ("deepgram-mgmt/src/ext/cli", 200, 500)] {
        let mut found = Vec::new();
        files(&root().join(folder), &mut found);
        let lines: usize = found.iter().map(|path| lines_of_code(path)).sum();
        assert!((least..most).contains(&lines), "{folder}: {lines} lines in {} files", found.len());
    }
    // Nothing else of the library stands behind the feature, but the calls of operations that are chosen at run time.
    let mut found = Vec::new();
    files(&root().join("deepgram-mgmt/src/ext"), &mut found);
    let is_of_program = |text: &str| text.contains("#[cfg(feature = \"cli\")]");
    found.retain(|path| is_of_program(&fs::read_to_string(path).unwrap()));
    let names: BTreeSet<_> = found.iter().map(|path| path.file_name().unwrap().to_str().unwrap()).collect();
    assert_eq!(names, BTreeSet::from(["mod.rs", "operations.rs", "rotation.rs"]));
}
