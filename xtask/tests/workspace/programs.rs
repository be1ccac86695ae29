//! The task that runs a program until it is stopped: the program takes its place, so that a signal reaches it.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::process::{Command, Stdio};

#[test]
fn the_sandbox_runs_in_the_process_of_its_task_with_its_arguments_and_exit_code() {
    let folder = tempfile::tempdir().unwrap();
    let cargo = folder.path().join("cargo");
    fs::write(&cargo, "#!/bin/sh\necho $$\necho \"$@\"\nexit 7\n").unwrap();
    fs::set_permissions(&cargo, fs::Permissions::from_mode(0o755)).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_xtask"));
    command.args(["sandbox", "--port", "8080"]).env("CARGO", &cargo).stdout(Stdio::piped());
    let running = command.spawn().unwrap();
    let process = running.id();
    let output = running.wait_with_output().unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    let [id, arguments] = said.lines().collect::<Vec<_>>()[..] else { panic!("{said}") };
    assert_eq!(id, process.to_string());
    assert!(arguments.starts_with("run --package deepgram-mgmt-sandbox "), "{arguments}");
    assert!(arguments.ends_with(" -- --port 8080"), "{arguments}");
    assert_eq!(output.status.code(), Some(7));
}
