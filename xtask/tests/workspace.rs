//! The shipped client in its checkout: which checkout a task works on, and that it leaves others alone.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use tempfile::TempDir;

const DOCUMENT: &str = "spec/deepgram-management-openapi.yml";
const SOURCE: &str = "spec/SOURCE.toml";
const GENERATED: &str = "deepgram-mgmt/src/generated";

/// A checkout with what the pipeline reads and writes.
struct Checkout(TempDir);

impl Checkout {
    fn new() -> Self {
        let root = tempfile::tempdir().unwrap();
        for folder in ["spec", GENERATED] {
            fs::create_dir_all(root.path().join(folder)).unwrap();
            for entry in fs::read_dir(Path::new("..").join(folder)).unwrap() {
                let path = entry.unwrap().path();
                fs::copy(&path, root.path().join(folder).join(path.file_name().unwrap())).unwrap();
            }
        }
        fs::create_dir_all(root.path().join("xtask/src")).unwrap();
        Self(root)
    }

    fn root(&self) -> &Path {
        self.0.path()
    }

    /// Runs the program as cargo does.
    fn xtask(&self, arguments: &[&str]) -> Output {
        xtask(arguments).env("CARGO_MANIFEST_DIR", self.root().join("xtask")).output().unwrap()
    }

    fn generate(&self) -> Output {
        self.xtask(&["generate"])
    }

    fn check(&self) -> Output {
        self.xtask(&["generate", "--check"])
    }

    fn read(&self, file: &str) -> String {
        fs::read_to_string(self.root().join(file)).unwrap()
    }

    fn replace(&self, file: &str, from: &str, to: &str) {
        let text = self.read(file);
        assert!(text.contains(from), "{from}");
        fs::write(self.root().join(file), text.replacen(from, to, 1)).unwrap();
    }
}

fn xtask(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_xtask"));
    command.args(arguments);
    command
}

fn code(output: &Output) -> i32 {
    output.status.code().unwrap()
}

fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

/// The one line of a failure.
fn error(output: &Output) -> String {
    let error = String::from_utf8(output.stderr.clone()).unwrap();
    assert_eq!((code(output), error.trim_end().lines().count()), (2, 1), "{error}{}", stdout(output));
    error
}

#[test]
fn one_program_works_on_the_checkout_that_it_is_called_in_and_leaves_the_other_alone() {
    let (one, other) = (Checkout::new(), Checkout::new());
    let types = format!("{GENERATED}/types.rs");
    let before = one.read(&types);
    other.replace(DOCUMENT, "canonical_name:", "canonical_title:");
    assert_eq!((code(&one.check()), code(&other.check())), (0, 1));
    assert_eq!(code(&other.generate()), 0);
    assert!(one.read(&types) == before);
    assert!(other.read(&types).contains("pub canonical_title:"));

    // By itself, anywhere in a checkout.
    let direct = |folder: &Path| {
        xtask(&["generate", "--check"]).env_remove("CARGO_MANIFEST_DIR").current_dir(folder).output().unwrap()
    };
    one.replace(DOCUMENT, "canonical_name:", "canonical_title:");
    let folder = |checkout: &Checkout| checkout.root().join("deepgram-mgmt/src");
    assert_eq!((code(&direct(&folder(&one))), code(&direct(&folder(&other)))), (1, 0));
}

#[test]
fn outside_of_any_checkout_the_error_says_what_was_looked_for_and_other_documents_are_generated_all_the_same() {
    let outside = tempfile::tempdir().unwrap();
    let run =
        |arguments: &[&str]| xtask(arguments).env_remove("CARGO_MANIFEST_DIR").current_dir(&outside).output().unwrap();
    let error = error(&run(&["generate", "--check"]));
    assert!(error.contains(SOURCE) && error.contains(outside.path().to_str().unwrap()), "{error}");

    fs::copy(Path::new("..").join(DOCUMENT), outside.path().join("document.yml")).unwrap();
    assert_eq!(code(&run(&["generate", "--spec", "document.yml"])), 0);
    assert!(outside.path().join("generated/types.rs").is_file());
}
