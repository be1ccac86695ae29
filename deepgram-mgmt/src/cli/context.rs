//! The client and the options that all commands have; finds the project, and asks before a deletion.

use std::io::{self, IsTerminal, Read, Write};
use std::path::Path;

use clap::ArgMatches;
use deepgram_mgmt::{Client, Credentials};

use crate::commands::PROJECT;
use crate::failure::Failure;
use crate::output::Output;

/// A command on its way.
pub(crate) struct Context<'m> {
    pub(crate) client: Client,
    pub(crate) matches: &'m ArgMatches,
    pub(crate) output: Output,
}

impl<'m> Context<'m> {
    pub(crate) fn new(matches: &'m ArgMatches) -> Result<Self, Failure> {
        Ok(Self { client: client(matches)?, matches, output: Output::new(matches) })
    }

    /// A text that an option gives.
    pub(crate) fn text(&self, name: &str) -> Option<&'m str> {
        self.matches.get_one::<String>(name).map(String::as_str)
    }

    pub(crate) fn path(&self, name: &str) -> Option<&'m Path> {
        self.matches.try_get_one::<std::path::PathBuf>(name).ok().flatten().map(std::path::PathBuf::as_path)
    }

    /// Whether a flag is set; `false` if the command has none of this name.
    pub(crate) fn flag(&self, name: &str) -> bool {
        is_set(self.matches, name)
    }

    /// The project that the command or the environment names.
    pub(crate) fn named_project(&self) -> Option<String> {
        let given = self.text(PROJECT).map(str::to_owned);
        given.or_else(|| std::env::var("DEEPGRAM_PROJECT_ID").ok()).filter(|project| !project.is_empty())
    }

    /// The project that the command or the environment names, or else the only one there is.
    pub(crate) async fn project(&self) -> Result<String, Failure> {
        if let Some(project) = self.named_project() {
            return Ok(project);
        }
        if self.flag("dry-run") {
            let line = "--dry-run sends nothing, also to find the project: name it with --project";
            return Err(Failure::Usage(line.to_owned()));
        }
        let projects = self.client.list_projects().await?.projects;
        match projects.as_slice() {
            [project] => Ok(project.project_id.clone()),
            projects => Err(Failure::Usage(format!(
                "the credential opens {} projects: name one with --project or DEEPGRAM_PROJECT_ID",
                projects.len()
            ))),
        }
    }

    /// Asks whether to go on, on a terminal; elsewhere it takes `--yes`.
    pub(crate) fn confirm(&self, question: &str) -> Result<(), Failure> {
        if self.flag("yes") {
            return Ok(());
        }
        if !io::stdin().is_terminal() || !io::stderr().is_terminal() {
            return Err(Failure::Usage(format!("{question} There is no terminal to ask on: repeat it with --yes")));
        }
        eprint!("{question} [y/N] ");
        io::stderr().flush()?;
        let mut answer = String::new();
        io::stdin().read_line(&mut answer)?;
        match answer.trim().to_ascii_lowercase().as_str() {
            "y" | "yes" => Ok(()),
            _ => Err(Failure::Usage("nothing was done".to_owned())),
        }
    }
}

fn is_set(matches: &ArgMatches, name: &str) -> bool {
    matches.try_get_one::<bool>(name).ok().flatten().copied().unwrap_or_default()
}

fn client(matches: &ArgMatches) -> Result<Client, Failure> {
    let variable = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
    let file = matches.get_one::<std::path::PathBuf>("api-key-file");
    let key = match file {
        // Nothing is sent.
        None if is_set(matches, "dry-run") => "none".to_owned(),
        None => return Ok(Client::from_env()?),
        Some(file) => {
            let mut key = String::new();
            let read = if file.as_os_str() == "-" {
                io::stdin().read_to_string(&mut key)
            } else {
                std::fs::File::open(file).and_then(|mut opened| opened.read_to_string(&mut key))
            };
            read.map_err(|error| Failure::Usage(format!("{}: {error}", file.display())))?;
            key.trim_end_matches(['\r', '\n']).to_owned()
        }
    };
    let scheme = variable("DEEPGRAM_AUTH_SCHEME").map(|scheme| scheme.to_ascii_lowercase());
    let credentials = match scheme.as_deref() {
        None | Some("token") => Credentials::api_key(key),
        Some("bearer") => Credentials::bearer(key),
        Some(_) => return Err(Failure::Usage("DEEPGRAM_AUTH_SCHEME is neither `token` nor `bearer`".to_owned())),
    };
    let builder = Client::builder().credentials(credentials);
    let builder = match variable("DEEPGRAM_BASE_URL") {
        Some(url) => builder.base_url(url),
        None => builder,
    };
    Ok(builder.build()?)
}
