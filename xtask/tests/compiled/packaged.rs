//! The packaged client by itself: a crate outside of the workspace that depends on it builds the README's quickstart and
//! runs it against the sandbox.

use std::fs;
use std::path::Path;
use std::process::Command;

use xtask::workspace;

use crate::fixture::{Sandbox, here, succeed, target, write_outside};
use crate::size::sized;

/// The first block of this kind in a text.
fn block(text: &str, kind: &str) -> String {
    let (_, rest) = text.split_once(&format!("```{kind}\n")).unwrap();
    rest.split_once("```").unwrap().0.to_owned()
}

/// Packs the client as it is released, into `folder`, and unpacks it there.
fn package(folder: &Path) -> std::path::PathBuf {
    let target = folder.join("target");
    let arguments = ["package", "--quiet", "--offline", "--package", "deepgram-mgmt", "--no-verify", "--allow-dirty"];
    succeed(workspace::cargo().args(arguments).arg("--target-dir").arg(&target).current_dir(here("..")));
    let packages = target.join("package");
    let find = |end: &str| {
        let entries = fs::read_dir(&packages).unwrap().map(|entry| entry.unwrap().path());
        entries.into_iter().find(|path| path.to_str().unwrap().ends_with(end)).unwrap()
    };
    let archive = find(".crate");
    succeed(Command::new("tar").arg("-xzf").arg(&archive).arg("-C").arg(folder));
    folder.join(archive.file_stem().unwrap())
}

#[test]
fn the_quickstart_runs_in_a_crate_that_has_the_packaged_client_alone() {
    let folder = tempfile::tempdir().unwrap();
    let client = package(folder.path());
    for file in ["README.md", "LICENSE-MIT", "LICENSE-APACHE"] {
        assert!(client.join(file).metadata().unwrap().is_file() && !client.join(file).is_symlink(), "{file}");
    }
    let readme = fs::read_to_string(client.join("README.md")).unwrap();
    let dependencies = block(&readme, "toml");
    let place = r#"path = "deepgram-mgmt""#;
    assert!(dependencies.contains(place), "{dependencies}");
    let dependencies = dependencies.replace(place, &format!("path = {:?}", client.to_str().unwrap()));
    let outside = folder.path().join("outside");
    let package = "[package]\nname = \"outside\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n";
    write_outside(&outside, &format!("{package}{dependencies}\n[workspace]\n"), sized(true, false));
    fs::write(outside.join("src/main.rs"), block(&readme, "rust,no_run")).unwrap();

    let cargo = |arguments: &[&str]| {
        let mut command = workspace::cargo();
        command.args(arguments).arg("--offline").current_dir(&outside).env("CARGO_TARGET_DIR", target());
        command
    };
    let tree = succeed(&mut cargo(&["tree", "--package", "deepgram-mgmt", "--prefix", "none"]));
    assert!(
        tree.contains("deepgram-mgmt") && !tree.contains("httpmock") && !tree.contains("progenitor-impl"),
        "{tree}"
    );
    let sandbox = Sandbox::start();
    let mut quickstart = cargo(&["run", "--quiet"]);
    quickstart.env("DEEPGRAM_BASE_URL", &sandbox.url).env("DEEPGRAM_API_KEY", "sandbox-admin-key");
    quickstart.env_remove("DEEPGRAM_ACCESS_TOKEN").env_remove("DEEPGRAM_AUTH_SCHEME");
    let said = succeed(&mut quickstart);
    assert!(said.contains(" Some(\"Sandbox\")\n") && said.lines().count() > 1, "{said}");
}
