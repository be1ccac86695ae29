//! The program `deepgram-mgmt`: the operations of the API, and chores made of several of them, as commands.
//!
//! Standard output is data; all else goes to standard error. `commands` makes the commands from the table of operations
//! and reads their options, `context` makes the client and finds the project, `operation` sends one operation,
//! `chores` and `offboard` are the commands of several calls, and `output` prints.

mod chores;
mod commands;
mod context;
mod failure;
mod offboard;
mod operation;
mod output;

use std::io;
use std::process::ExitCode;

use clap::ArgMatches;
use clap_complete::{Shell, generate};
use deepgram_mgmt::operations::{find_command, whole_line};
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;

use crate::context::Context;
use crate::failure::{Failure, note};

fn main() -> ExitCode {
    let matches = match commands::all().try_get_matches() {
        Ok(matches) => matches,
        Err(error) => {
            // An error repeats arguments, which may steer the terminal.
            let inert = std::env::args_os().map(|argument| whole_line(&argument.to_string_lossy()));
            let error = commands::all().try_get_matches_from(inert).err().unwrap_or(error);
            // Help and version are data, and come here as well. Nobody is there to be told that it cannot be printed.
            let _ = error.print();
            return ExitCode::from(if error.use_stderr() { 2 } else { 0 });
        }
    };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let outcome = runtime.map_err(Failure::from).and_then(|runtime| runtime.block_on(run(&matches)));
    outcome.map_or_else(Failure::report, |()| ExitCode::SUCCESS)
}

async fn run(matches: &ArgMatches) -> Result<(), Failure> {
    let none = ArgMatches::default();
    let (group, matches) = matches.subcommand().unwrap_or(("", &none));
    if let ("completions", Some(shell)) = (group, matches.try_get_one::<Shell>("shell").ok().flatten()) {
        return output::write(&completions(*shell));
    }
    let (name, matches) = matches.subcommand().unwrap_or(("", &none));
    if matches.get_flag("verbose") {
        let events = tracing_subscriber::fmt::layer().with_writer(io::stderr).with_ansi(false).without_time();
        let ours = Targets::new().with_target("deepgram_mgmt", LevelFilter::DEBUG);
        tracing_subscriber::registry().with(events).with(ours).init();
    }
    let reads = matches!((group, name), ("keys", "rotate") | ("members", "offboard"));
    let context = Context::new(matches, reads)?;
    if reads && context.flag("dry-run") {
        note("dry run: it sends only calls that read, and changes nothing");
    }
    match (group, name, find_command(group, name)) {
        (_, _, Some(operation)) => operation::run(&context, operation).await,
        ("keys", "rotate", _) => chores::rotate(&context).await,
        ("keys", "expiring", _) => chores::expiring(&context).await,
        ("requests", "export", _) => chores::export(&context).await,
        ("usage", "chart", _) => chores::chart(&context).await,
        _ => offboard::run(&context).await,
    }
}

fn completions(shell: Shell) -> String {
    let mut script = Vec::new();
    generate(shell, &mut commands::all(), commands::NAME, &mut script);
    // clap_complete gives a name with a hyphen two forms in its script for bash, which then completes only the first word.
    // Drop when `completions_of_bash_know_the_commands_and_options_of_a_group` passes without it.
    let forms = ["__subcmd__", "__"].map(|hyphen| commands::NAME.replace('-', hyphen));
    String::from_utf8_lossy(&script).replace(&forms[0], &forms[1])
}
