//! The client and the options that all commands have; finds the project, and asks before a deletion.

use std::fs::File;
use std::io::{self, IsTerminal, Read, Write as _};
use std::path::{Path, PathBuf};

use clap::ArgMatches;
use deepgram_mgmt::operations::{self, PROJECT, SecretFile};
use deepgram_mgmt::serde_json::Value;
use deepgram_mgmt::{Client, ErrorKind};

use crate::failure::Failure;
use crate::output::{self, Output};

/// Bytes of a file, which are more than any key has.
const LONGEST: usize = 64 * 1024;

/// A command on its way.
pub(crate) struct Context<'m> {
    pub(crate) client: Client,
    pub(crate) matches: &'m ArgMatches,
    pub(crate) output: Output,
    /// Whether nothing is sent.
    is_shown: bool,
}

impl<'m> Context<'m> {
    /// A request that is only shown needs no credential, unless the command `reads` something for it.
    pub(crate) fn new(matches: &'m ArgMatches, reads: bool) -> Result<Self, Failure> {
        let is_shown = is_set(matches, "dry-run") && !reads;
        Ok(Self { client: client(matches, is_shown)?, matches, output: Output::new(matches), is_shown })
    }

    /// Prints the request of an operation, which is not sent: method, URL and body.
    pub(crate) fn show(&self, id: &str, values: Value) -> Result<(), Failure> {
        let operation = operations::find(id).ok_or_else(|| Failure::usage(format!("there is no operation {id}")))?;
        let Value::Object(mut values) = values else { return Ok(()) };
        values.retain(|_, value| !value.is_null());
        let call = operation.call(&self.client, values)?;
        let (request, body) = (call.request(), call.request().body().and_then(|body| body.as_bytes()));
        let body = body.map(|json| format!("{}\n", String::from_utf8_lossy(json))).unwrap_or_default();
        output::write(&operations::inert_json(&format!("{} {}\n{body}", request.method(), request.url())))
    }

    /// A text that an option gives.
    pub(crate) fn text(&self, name: &str) -> Option<&'m str> {
        self.matches.get_one::<String>(name).map(String::as_str)
    }

    pub(crate) fn path(&self, name: &str) -> Option<&'m Path> {
        self.matches.try_get_one::<PathBuf>(name).ok().flatten().map(PathBuf::as_path)
    }

    /// The file for a new secret that `--secret-file` names, made before the call. Without one, somebody has to see the
    /// secret on standard output.
    pub(crate) fn secret_file(&self) -> Result<Option<SecretFile>, Failure> {
        match self.path("secret-file") {
            None if operations::loses_output() => {
                let line = "standard output is closed or /dev/null, and a new secret is shown once: add --secret-file";
                Err(Failure::usage(line))
            }
            path => Ok(path.map(SecretFile::create).transpose()?),
        }
    }

    /// Whether a flag is set; `false` if the command has none of this name.
    pub(crate) fn flag(&self, name: &str) -> bool {
        is_set(self.matches, name)
    }

    /// The project that the command or the environment names, or else the only one there is.
    pub(crate) async fn project(&self) -> Result<String, Failure> {
        let set = || std::env::var_os("DEEPGRAM_PROJECT_ID").filter(|project| !project.is_empty());
        if let Some(project) = self.text(PROJECT).map(Into::into).or_else(set) {
            return project.into_string().map_err(|_| Failure::usage("DEEPGRAM_PROJECT_ID is no UTF-8 text"));
        }
        if self.is_shown {
            return Err(Failure::usage("--dry-run sends nothing to find the project: name it with --project"));
        }
        let error = match self.client.only_project().await {
            Ok(project) => return Ok(project.project_id),
            Err(error) => error,
        };
        // A credential may open a project and no list of projects.
        let is_nameable =
            error.kind() == ErrorKind::InvalidRequest || error.status().is_some_and(|status| status == 403);
        let cure = if is_nameable { "; name one with --project or DEEPGRAM_PROJECT_ID" } else { "" };
        Err(Failure::from(error).and(cure))
    }

    /// Asks whether to go on, on a terminal; elsewhere it takes `--yes`.
    pub(crate) fn confirm(&self, question: &str) -> Result<(), Failure> {
        if self.flag("yes") {
            return Ok(());
        }
        if !io::stdin().is_terminal() || !io::stderr().is_terminal() {
            return Err(Failure::usage(format!("{question} There is no terminal to ask on: repeat it with --yes")));
        }
        let mut answer = String::new();
        let asked = write!(io::stderr(), "{} [y/N] ", operations::whole_line(question));
        asked.and_then(|()| io::stdin().read_line(&mut answer)).map_err(Failure::usage)?;
        let is_yes = matches!(answer.trim().to_ascii_lowercase().as_str(), "y" | "yes");
        if is_yes { Ok(()) } else { Err(Failure::usage("not confirmed: it was not done")) }
    }
}

fn is_set(matches: &ArgMatches, name: &str) -> bool {
    matches.try_get_one::<bool>(name).ok().flatten().copied().unwrap_or_default()
}

/// Reads what is longer than any key no further: a device may have no end.
fn read(file: impl Read) -> io::Result<String> {
    let mut text = String::new();
    file.take(LONGEST as u64).read_to_string(&mut text).map(|_| text)
}

fn client(matches: &ArgMatches, is_shown: bool) -> Result<Client, Failure> {
    let Some(file) = matches.get_one::<PathBuf>("api-key-file") else {
        let client = if is_shown { Client::builder().api_key_and_env("none")?.build() } else { Client::from_env() };
        return Ok(client?);
    };
    let is_stdin = file.as_os_str() == "-";
    let name = if is_stdin { "standard input".into() } else { file.to_string_lossy() };
    let text = if is_stdin { read(io::stdin()) } else { File::open(file).and_then(read) };
    let text = text.map_err(|error| Failure::usage(format_args!("{name}: {error}")))?;
    // Editors on Windows write a byte order mark.
    let key = text.strip_prefix('\u{feff}').unwrap_or(&text).trim_end_matches(['\r', '\n']);
    if key.is_empty() || text.len() == LONGEST || !key.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err(Failure::usage(format_args!("{name}: holds no API key, which is one line, without white space")));
    }
    Ok(Client::builder().api_key_and_env(key)?.build()?)
}
