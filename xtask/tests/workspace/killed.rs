//! Killed runs and concurrent runs: the next run repairs the files by itself.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;
use std::process::{Child, Output, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use crate::checkout::{Checkout, DOCUMENT, GENERATED, SOURCE};
use crate::size::sized;

/// Where a run puts files.
const FOLDERS: [&str; 2] = ["spec", GENERATED];
/// How long a run may take to begin to write.
const LIMIT: Duration = Duration::from_secs(120);

impl Checkout {
    fn start(&self, arguments: &[&str]) -> Child {
        self.command(arguments).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
    }

    fn succeed(&self, arguments: &[&str]) {
        let output = self.run(arguments);
        assert!(output.status.success(), "{arguments:?}: {}", said(&output));
    }

    /// Every file where a run puts some, with its content.
    fn written(&self) -> BTreeMap<PathBuf, Vec<u8>> {
        let entries = FOLDERS.iter().flat_map(|folder| fs::read_dir(self.root().join(folder)).unwrap());
        let paths = entries.map(|entry| entry.unwrap().path());
        paths.map(|path| (path.strip_prefix(self.root()).unwrap().to_owned(), fs::read(&path).unwrap())).collect()
    }

    fn leftovers(&self) -> usize {
        let entries = FOLDERS.iter().flat_map(|folder| fs::read_dir(self.root().join(folder)).unwrap());
        entries.filter(|entry| entry.as_ref().unwrap().path().extension().is_some_and(|end| end == "tmp")).count()
    }
}

fn said(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

/// Kills a run after `pause`, which begins when the run begins to write if `writing`.
fn kill(place: &Checkout, arguments: &[&str], pause: Duration, writing: bool) {
    let mut run = place.start(arguments);
    let start = Instant::now();
    while writing && place.leftovers() == 0 && run.try_wait().unwrap().is_none() {
        assert!(start.elapsed() < LIMIT, "{arguments:?} writes nothing");
    }
    thread::sleep(pause);
    run.kill().unwrap();
    run.wait().unwrap();
}

#[test]
fn after_a_run_that_was_killed_at_any_moment_the_next_one_makes_all_of_it_and_removes_what_was_left() {
    let place = Checkout::new();
    place.write("newer.yml", &place.read(DOCUMENT).replacen("canonical_name:", "canonical_title:", 1));
    let update = ["update", "newer.yml", "--origin", "elsewhere"];
    let before = place.written();
    let start = Instant::now();
    place.succeed(&update);
    let whole = start.elapsed();
    let after = place.written();
    assert_ne!(before, after);

    let mut random = fastrand::Rng::with_seed(13);
    let (mut left, mut mixed) = (0, 0);
    for round in 0..sized(16, 6) {
        for (file, content) in &before {
            fs::write(place.root().join(file), content).unwrap();
        }
        let writing = round % 4 != 0;
        let longest = if writing { Duration::from_millis(3) } else { whole };
        kill(&place, &update, longest.mul_f64(random.f64()), writing);
        let killed = place.written();
        left += place.leftovers();
        mixed += usize::from(killed != before && killed != after);
        // Alternately the next task, or the killed one again.
        let next: &[&str] = if round % 2 == 0 { &["generate"] } else { &update };
        place.succeed(next);
        place.succeed(&["generate", "--check"]);
        let files = place.written();
        // All of the new or all of the old: nothing in between, and nothing else.
        assert!(files == after || files == before && round % 2 == 0, "round {round}: {:?}", files.keys());
    }
    // Else the moments were not those at which something can go wrong.
    assert!(left > 0 && mixed > 0, "{left} files were left, {mixed} mixtures");
}

#[test]
fn a_document_in_its_place_has_the_origin_it_came_with_though_the_run_was_killed_before_its_record_was() {
    let place = Checkout::new();
    let (old, record) = (place.read(DOCUMENT), place.read(SOURCE));
    place.write("newer.yml", &old.replacen("canonical_name:", "canonical_title:", 1));
    place.succeed(&["update", "newer.yml", "--origin", "elsewhere"]);
    let after = place.written();
    // As it is between the two: the document is there, its record on its way.
    fs::rename(place.root().join(SOURCE), place.root().join("spec/.cargo-xtask-aB3dE6.tmp")).unwrap();
    place.write(SOURCE, &record);
    let check = place.run(&["generate", "--check"]);
    assert_eq!(check.status.code(), Some(1));
    assert!(
        said(&check).contains("spec/.cargo-xtask-aB3dE6.tmp: is a temporary file of a killed run"),
        "{}",
        said(&check)
    );
    place.succeed(&["generate"]);
    assert!(place.written() == after);
}

#[test]
fn what_only_looks_like_a_leftover_is_never_removed() {
    let place = Checkout::new();
    let strangers = [".tmpAbC123", ".cargo-xtask-.tmp", ".cargo-xtask-mine.tmp", ".cargo-xtask-abc-12.tmp", "x.tmp"];
    for name in strangers {
        place.write(&format!("spec/{name}"), "by hand");
    }
    fs::create_dir(place.root().join("spec/.cargo-xtask-folder.tmp")).unwrap();
    place.write("spec/.cargo-xtask-abc123.tmp", "half a rec");
    place.write("deepgram-mgmt/.cargo-xtask-abc123.tmp", "not where runs write");
    place.write(SOURCE, &place.read(SOURCE).replace("sha256 = \"", "sha256 = \"0"));
    place.succeed(&["generate"]);
    for name in strangers {
        assert_eq!(place.read(&format!("spec/{name}")), "by hand");
    }
    assert!(place.root().join("spec/.cargo-xtask-folder.tmp").is_dir());
    assert!(place.root().join("deepgram-mgmt/.cargo-xtask-abc123.tmp").is_file());
    assert!(!place.root().join("spec/.cargo-xtask-abc123.tmp").exists());
}

#[test]
fn runs_at_once_all_succeed_and_whoever_checks_meanwhile_sees_all_or_nothing() {
    let place = Checkout::new();
    let before = place.written();
    let other = tempfile::tempdir().unwrap();
    fs::copy(place.root().join(DOCUMENT), other.path().join("document.yml")).unwrap();
    let (document, out) = (other.path().join("document.yml"), other.path().join("made"));
    let outside = ["generate", "--spec", document.to_str().unwrap(), "--out", out.to_str().unwrap()];
    for _ in 0..sized(2, 1) {
        for file in ["mod.rs", "types.rs", "builder.rs"] {
            place.write(&format!("{GENERATED}/{file}"), "// Generated by `cargo xtask generate`\n");
        }
        let mut runs: Vec<Child> = (0..5).map(|_| place.start(&["generate"])).collect();
        runs.extend((0..2).map(|_| place.start(&outside)));
        let checks: Vec<Child> = (0..2).map(|_| place.start(&["generate", "--check"])).collect();
        for run in runs {
            let output = run.wait_with_output().unwrap();
            assert!(output.status.success(), "{}", said(&output));
        }
        for check in checks {
            let output = check.wait_with_output().unwrap();
            let stale = said(&output).matches("stale: ").count();
            assert!(matches!((output.status.code(), stale), (Some(0), 0) | (Some(1), 3)), "{}", said(&output));
        }
        assert!(place.written() == before);
        // Neither a lock nor anything else stands among what was made.
        assert_eq!(fs::read_dir(&out).unwrap().count(), 3);
        fs::remove_dir_all(&out).unwrap();
    }
}

#[test]
fn a_check_needs_no_place_to_write_to() {
    let place = Checkout::new();
    // In the way of the folder, as a read-only disk would be.
    place.write("target", "no folder");
    place.succeed(&["generate", "--check"]);
    let output = place.run(&["generate"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(said(&output).contains("target/xtask.lock: cannot be locked"), "{}", said(&output));
}
