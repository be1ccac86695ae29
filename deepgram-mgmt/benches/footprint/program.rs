//! The programs that are measured, each of them a package of its own.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use crate::Result;

/// A program, and what its `Cargo.toml` says.
pub(crate) struct Program {
    pub(crate) name: &'static str,
    source: &'static str,
    dependencies: String,
    /// The features that its source asks for with `cfg`.
    features: &'static [&'static str],
}

const TOKIO: &str = r#"tokio = { version = "1", features = ["macros", "rt-multi-thread"] }"#;

/// The programs: the one by hand, the one with the default features, and those with other choices of TLS.
pub(crate) fn programs() -> Vec<Program> {
    let by_hand = Program {
        name: "by hand, rustls",
        source: "by_hand.rs",
        dependencies: r#"
            chrono = { version = "0.4", default-features = false, features = ["serde", "std"] }
            reqwest = { version = "0.13", default-features = false, features = ["json", "query", "rustls"] }
            serde = { version = "1", features = ["derive"] }
            serde_json = "1"
        "#
        .to_owned(),
        features: &[],
    };
    let ours = |name, choice, other, features| {
        let path = env!("CARGO_MANIFEST_DIR");
        let dependencies = format!("deepgram-mgmt = {{ path = {path:?}, {choice} }}\n{other}");
        Program { name, source: "ours.rs", dependencies, features }
    };
    let mut programs = vec![
        by_hand,
        ours("`rustls` (default)", "default-features = true", "", &[]),
        ours(
            "`rustls-no-provider`, ring",
            r#"default-features = false, features = ["rustls-no-provider"]"#,
            r#"rustls = { version = "0.23", default-features = false, features = ["ring"] }"#,
            &["ring"],
        ),
        ours("no TLS", "default-features = false", "", &[]),
    ];
    if Command::new("pkg-config").args(["--exists", "openssl"]).status().is_ok_and(|status| status.success()) {
        programs.push(ours("`native-tls`", r#"default-features = false, features = ["native-tls"]"#, "", &[]));
    }
    programs
}

/// Where the programs are written, and built.
pub(crate) const FOLDER: &str = concat!(env!("CARGO_TARGET_TMPDIR"), "/footprint");
const TARGET: &str = concat!(env!("CARGO_TARGET_TMPDIR"), "/footprint/target");

/// A program that is written, and can be built.
pub(crate) struct Package {
    folder: PathBuf,
}

impl Package {
    /// Writes the program number `index`.
    pub(crate) fn write(index: usize, program: &Program) -> Result<Self> {
        let here = Path::new(env!("CARGO_MANIFEST_DIR"));
        let folder = Path::new(FOLDER).join(index.to_string());
        fs::create_dir_all(&folder)?;
        fs::copy(here.join("../Cargo.lock"), folder.join("Cargo.lock"))?;
        let source = here.join("benches/consumer").join(program.source);
        let Program { dependencies, features, .. } = program;
        let manifest = format!(
            "[package]\nname = \"consumer\"\nedition = \"2024\"\n\n[[bin]]\nname = \"consumer\"\npath = {source:?}\n\n\
             [dependencies]\n{TOKIO}\n{dependencies}\n\n[features]\ndefault = {features:?}\nring = []\n\n[workspace]\n"
        );
        fs::write(folder.join("Cargo.toml"), manifest)?;
        Ok(Self { folder })
    }

    /// How many crates it is built of, build scripts and macros included, without itself.
    pub(crate) fn crates(&self) -> Result<usize> {
        self.cargo(&["fetch"])?;
        let tree = self.cargo(&["tree", "--edges", "normal,build", "--prefix", "none", "--format", "{p}"])?;
        let crates: BTreeSet<&str> = tree.lines().filter_map(|line| line.split(" (").next()).collect();
        Ok(crates.len() - 1)
    }

    /// Builds it from nothing, without optimisation.
    pub(crate) fn build(&self) -> Result<()> {
        let built = Path::new(TARGET).join("debug");
        if built.exists() {
            fs::remove_dir_all(built)?;
        }
        self.cargo(&["build"]).map(drop)
    }

    /// Its release build, kept under a name of its own: all of them are built in one folder.
    pub(crate) fn release(&self) -> Result<PathBuf> {
        self.cargo(&["build", "--release"])?;
        let binary = self.folder.join("consumer");
        fs::copy(Path::new(TARGET).join("release/consumer"), &binary)?;
        Ok(binary)
    }

    fn cargo(&self, arguments: &[&str]) -> Result<String> {
        let mut cargo = Command::new(env!("CARGO"));
        cargo.args(arguments).current_dir(&self.folder).env("CARGO_TARGET_DIR", TARGET);
        Ok(String::from_utf8(succeeded(&mut cargo)?.stdout)?)
    }
}

/// Runs a command to its end; an error with what it said, if it fails.
pub(crate) fn succeeded(command: &mut Command) -> Result<Output> {
    let output = command.output().map_err(|error| format!("{command:?}: {error}"))?;
    if !output.status.success() {
        return Err(format!("{command:?}: {}\n{}", output.status, String::from_utf8_lossy(&output.stderr)).into());
    }
    Ok(output)
}
