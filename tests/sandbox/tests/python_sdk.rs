//! The vendor's Python SDK against the sandbox: every management call that it has. Skipped, with the reason, where Python
//! or the package registry is not at hand.

use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::process::Command;

use deepgram_mgmt_sandbox::{Sandbox, seed};
use serde_json::{Value, json};

/// The release that is tried.
const SDK: &str = "deepgram-sdk==7.17.0";

/// The one call that the sandbox rejects: the SDK sends the provider in the query, and the effective document wants it in
/// the body.
const REJECTED: &str = "self_hosted.v1.distribution_credentials.create";

/// The Python of a virtual environment that has the SDK, or the reason why there is none.
fn python() -> Result<PathBuf, String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/python-sdk");
    let python = folder.join(if cfg!(windows) { "Scripts/python.exe" } else { "bin/python" });
    let run = |program: &Path, arguments: &[&str]| {
        let output = Command::new(program).args(arguments).output().map_err(|error| error.to_string())?;
        let stderr = String::from_utf8_lossy(&output.stderr);
        if output.status.success() { Ok(()) } else { Err(stderr.trim().lines().last().unwrap_or_default().to_owned()) }
    };
    let wanted = format!(
        "import sys, importlib.metadata as m; sys.exit('deepgram-sdk==' + m.version('deepgram-sdk') != {SDK:?})"
    );
    if run(&python, &["-c", &wanted]).is_err() {
        run(Path::new("python3"), &["-m", "venv", "--clear", folder.to_str().unwrap()])
            .map_err(|reason| format!("no Python with `venv`: {reason}"))?;
        run(&python, &["-m", "pip", "install", "--quiet", "--no-compile", "--disable-pip-version-check", SDK])
            .map_err(|reason| format!("{SDK} cannot be installed: {reason}"))?;
    }
    Ok(python)
}

#[tokio::test(flavor = "multi_thread")]
async fn every_management_call_of_the_python_sdk_reads_a_response_of_the_sandbox() {
    let python = match python() {
        Ok(python) => python,
        Err(reason) => {
            // Past the harness, which keeps what a test that passes prints.
            return writeln!(io::stderr(), "SKIPPED: {reason}; the Python SDK was not tried").unwrap();
        }
    };
    let sandbox = Sandbox::start_live().await.unwrap();
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/python_sdk.py");
    let output = Command::new(python).args([script, &sandbox.base_url(), seed::API_KEY]).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let stdout = String::from_utf8(output.stdout).unwrap();
    let calls: Vec<Value> = stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(sandbox.violations(), Vec::<String>::new());

    // Each call is one request, with the SDK's credential.
    let seen = sandbox.requests();
    assert_eq!(seen.len(), calls.len());
    assert!(seen.iter().all(|request| request.header("authorization") == Some("Token sandbox-admin-key")));
    let errors: Vec<_> = calls.iter().filter(|call| call.get("error").is_some()).collect();
    let statuses: Vec<_> = errors.iter().map(|call| (call["method"].as_str().unwrap(), &call["status"])).collect();
    assert_eq!(statuses, [(REJECTED, &json!(400)), ("429; retry-after=0", &json!(429)), ("503", &json!(503))]);
    assert_eq!(errors[0]["error"]["message"], "body: \"provider\" is a required property");

    let call = |method: &str| {
        let index = calls.iter().position(|call| call["method"] == method).unwrap();
        (&seen[index], &calls[index]["response"])
    };
    let (request, key) = call("manage.v1.projects.keys.create");
    assert_eq!((request.method.as_str(), request.json()["comment"].as_str()), ("POST", Some("from Python")));
    assert!(key["key"].as_str().unwrap().ends_with("-sandbox-key"), "{key}");
    assert_eq!(key["scopes"], json!(["usage:read"]));
    let (request, log) = call("manage.v1.projects.requests.list");
    assert_eq!(request.path, format!("/v1/projects/{}/requests", seed::PROJECT_ID));
    assert_eq!(log["requests"].as_array().unwrap().len(), 10, "{log}");
    let (request, balance) = call("manage.v1.projects.billing.balances.get");
    assert_eq!(request.path, format!("/v1/projects/{}/balances/{}", seed::PROJECT_ID, seed::BALANCE_ID));
    assert_eq!(balance["amount"], 187.25);
    let (request, _) = call("manage.v1.projects.members.invites.delete");
    assert_eq!(request.method, "DELETE");
    assert!(request.path.ends_with("/invites/new+hire@example.com"), "{}", request.path);
    let (request, left) = call("manage.v1.projects.leave");
    assert_eq!(request.path, format!("/v1/projects/{}/leave", seed::SECOND_PROJECT_ID));
    assert!(left["message"].is_string(), "{left}");
    // What the SDK read holds something, for each of its management calls.
    for call in calls.iter().filter(|call| call.get("error").is_none()) {
        assert!(call["response"].as_object().is_some_and(|read| read.values().any(|value| !value.is_null())), "{call}");
    }
}
