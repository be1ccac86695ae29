//! Makes the commands, one for each row of the table of operations, and the chores; reads the values of an operation.

use std::ffi::OsStr;
use std::path::PathBuf;

use clap::builder::{PathBufValueParser, PossibleValue, StringValueParser, TypedValueParser};
use clap::{Arg, ArgAction, ArgMatches, Command, value_parser};
use clap_complete::Shell;
use deepgram_mgmt::Timestamp;
use deepgram_mgmt::operations::{
    Kind, Location, OPERATIONS, Operation, PROJECT, Parameter, describe_group, parse_period,
};
use deepgram_mgmt::serde_json::{Map, Value};

/// The name of the program.
pub(crate) const NAME: &str = env!("CARGO_PKG_NAME");

const ABOUT: &str = "Administers Deepgram projects: keys, members, usage, the request log, balances";
const AFTER: &str = "\
The credential comes from DEEPGRAM_API_KEY, DEEPGRAM_ACCESS_TOKEN or --api-key-file; DEEPGRAM_BASE_URL names the server.

Exit codes: 0 done; 1 the API rejected the call or cannot be reached; 2 wrong usage or configuration; 3 it may have been done: look before you repeat.";

const ROTATE: &str = "Replace an API key: create one like it, and delete the old one

The comment of the new key ends with the mark of its rotation, `[rotation TIME NUMBER]`. A run that is killed can leave both \
keys, and beside --secret-file an empty file `.secret-*`. The old key then still works. `keys list` shows the marks: delete \
the key with the mark of that run, and repeat the rotation.";
const EXPIRING: &str = "List the keys of all projects that expire soon";
const EXPORT: &str = "Export the request log to a file, as JSON lines, oldest first

Started again after a kill, it goes on from the last lines of FILE.part. The log reaches back 90 days; with --append, a job \
that runs at shorter intervals keeps all of it. A part of a record at the end of the file is cut off.";
const CHART: &str = "Show the hours or dollars of each day as bars";
const OFFBOARD: &str = "Replace the keys that a member created, and remove the member

It lists the keys with their use in the last week: removing the member disables them. With --secret-dir it creates a \
successor of each, with the credential of somebody who stays. Hand these out; then remove the member with --remove.";

/// The values of an operation that come from the command line: all but the project.
fn parameters(operation: &'static Operation) -> impl Iterator<Item = &'static Parameter> {
    let parameters = operation.parameters.iter().filter(|parameter| parameter.name != PROJECT);
    parameters.chain(operation.body.unwrap_or_default())
}

/// Reads the values of an operation from its options, by the names of the setters: all but the project.
pub(crate) fn values(matches: &ArgMatches, operation: &'static Operation) -> Result<Map<String, Value>, String> {
    let mut values = Map::new();
    for parameter in parameters(operation) {
        let Some(given) = matches.get_many::<String>(parameter.setter) else { continue };
        let hyphens = if parameter.location == Location::Path { "" } else { "--" };
        let given = given.map(|text| parameter.parse(text)).collect::<Result<Vec<_>, _>>();
        let given = given.map_err(|error| format!("{hyphens}{}: {error}", parameter.option))?;
        let value = if parameter.is_list { Some(Value::Array(given)) } else { given.into_iter().next() };
        values.extend(value.map(|value| (parameter.setter.to_owned(), value)));
    }
    Ok(values)
}

/// The whole command line.
pub(crate) fn all() -> Command {
    let mut groups: Vec<(&str, Vec<Command>)> = Vec::new();
    let commands = OPERATIONS.iter().map(|operation| (operation.group, of_operation(operation)));
    for (group, command) in commands.chain(chores()) {
        match groups.iter_mut().find(|(known, _)| *known == group) {
            Some((_, commands)) => commands.push(command),
            None => groups.push((group, vec![command])),
        }
    }
    let shell = Arg::new("shell").value_name("SHELL").required(true).value_parser(value_parser!(Shell));
    let completions = Command::new("completions").about("Print a script that completes commands in a shell").arg(shell);
    let groups = groups.into_iter().map(|(name, commands)| {
        let names = || commands.iter().map(Command::get_name).collect::<Vec<_>>().join(", ");
        let about = describe_group(name).map_or_else(names, str::to_owned);
        let group = Command::new(name).about(about).subcommand_required(true).arg_required_else_help(true);
        group.disable_help_subcommand(true).subcommands(commands)
    });
    let root = Command::new(NAME).about(ABOUT).after_help(AFTER).version(env!("CARGO_PKG_VERSION"));
    let root = root.subcommand_required(true).arg_required_else_help(true);
    root.subcommands(groups).subcommand(completions).args(global())
}

fn global() -> [Arg; 4] {
    let option = |name: &'static str| Arg::new(name).long(name).global(true).help_heading("Global options");
    [
        option("api-key-file")
            .value_name("FILE")
            .value_parser(value_parser!(PathBuf))
            .help("Read the API key from this file, or from standard input if it is `-`"),
        option("output")
            .value_name("FORM")
            .value_parser(["table", "json", "ndjson", "csv"])
            .help("The form of the output [default: table on a terminal, json elsewhere]"),
        option("fields")
            .value_name("NAMES")
            .value_delimiter(',')
            .help("Print only these properties of each entry: `api_key_id,member.email`"),
        option("verbose").short('v').action(ArgAction::SetTrue).help("Print each attempt to standard error"),
    ]
}

fn of_operation(operation: &'static Operation) -> Command {
    let command = Command::new(operation.command).about(operation.summary);
    let command = command.long_about(operation.description).after_help(example(operation.example));
    let project = || project(operation.deletes_project());
    let command = command.args(operation.is_of_project().then(project)).args(parameters(operation).map(argument));
    let command = command.arg(flag("dry-run").help("Print method, URL and body; send nothing"));
    let command = command.args(operation.is_deletion().then(yes)).args(operation.creates_secret().then(secret_file));
    let all = || flag("all").help("Read all pages, from --page or the first to the end of the log");
    command.args((operation.id == "listProjectRequests").then(all))
}

fn argument(parameter: &'static Parameter) -> Arg {
    let arg = Arg::new(parameter.setter).help(parameter.description).required(parameter.is_required);
    let arg = arg.value_name(parameter.option.to_ascii_uppercase().replace('-', "_"));
    if parameter.location == Location::Path {
        return arg;
    }
    let arg = arg.long(parameter.option).allow_negative_numbers(true);
    let arg = if parameter.is_list { arg.action(ArgAction::Append).value_delimiter(',') } else { arg };
    match parameter.kind {
        // `--diarize`, `--diarize=false` and `--diarize false`.
        Kind::Boolean => arg.num_args(0..=1).default_missing_value("true").value_parser(["true", "false"]),
        _ if parameter.known_values.is_empty() => arg,
        // clap would show them as the only possible values.
        _ => {
            let help = format!("{} [known values: {}]", parameter.description, parameter.known_values.join(", "));
            arg.value_parser(Known(parameter.known_values)).hide_possible_values(true).long_help(help)
        }
    }
}

/// Any text; some are known, for help and completion. The server may take others.
#[derive(Clone)]
struct Known(&'static [&'static str]);

impl TypedValueParser for Known {
    type Value = String;

    fn parse_ref(&self, command: &Command, arg: Option<&Arg>, value: &OsStr) -> Result<String, clap::Error> {
        StringValueParser::new().parse_ref(command, arg, value)
    }

    fn possible_values(&self) -> Option<Box<dyn Iterator<Item = PossibleValue> + '_>> {
        Some(Box::new(self.0.iter().map(PossibleValue::new)))
    }
}

fn example(command: &str) -> String {
    format!("Example:\n  {NAME} {command}")
}

fn chores() -> [(&'static str, Command); 5] {
    let chore = |name: &'static str, about: &'static str, line: &str| {
        let first = about.lines().next().unwrap_or_default();
        Command::new(name).about(first).long_about(about).after_help(example(line))
    };
    let id = |name: &'static str, value: &'static str| Arg::new(name).value_name(value).required(true);
    let time = |name: &'static str| Arg::new(name).long(name).value_name("TIME").value_parser(value_parser!(Timestamp));
    let rotate = chore("rotate", ROTATE, "keys rotate KEY_ID --secret-file new.key");
    let expiring = chore("expiring", EXPIRING, "keys expiring --within 30d");
    let within = Arg::new("within").long("within").value_name("TIME").default_value("30d").value_parser(parse_period);
    let export = chore("export", EXPORT, "requests export requests.ndjson --append");
    let file = id("file", "FILE").value_parser(file()).help("The file to write");
    let chart = chore("chart", CHART, "usage chart --by dollars --start 2026-09-01");
    let by = Arg::new("by").long("by").value_name("MEASURE").value_parser(["hours", "dollars"]).default_value("hours");
    let offboard = chore("offboard", OFFBOARD, "members offboard MEMBER_ID --secret-dir successors");
    let member = id("member", "MEMBER").help("The id or the email address of the member");
    let remove = flag("remove").help("Remove the member");
    let folder = Arg::new("secret-dir").long("secret-dir").value_name("DIR").value_parser(value_parser!(PathBuf));
    let folder = folder.help("Create successors; write each secret to a file in this folder, which must exist, named after the old key, mode 0600");
    let chores = [
        (
            "keys",
            rotate.args([id("key_id", "KEY_ID").help("The id of the old key"), project(false), yes(), secret_file()]),
        ),
        ("keys", expiring.arg(within.help("Weeks, days or hours: 4w, 30d, 12h"))),
        (
            "requests",
            export.args([file, project(false), flag("append").help("Add to a file that exists what came since")]),
        ),
        ("usage", chart.args([project(false), by, time("start").help("From when on"), time("end").help("Up to when")])),
        ("members", offboard.args([member, project(false), folder, remove, yes()])),
    ];
    let dry = "Print method, URL and body of what it would change, or else read; change nothing";
    chores.map(|(group, chore)| (group, chore.arg(flag("dry-run").help(dry))))
}

fn flag(name: &'static str) -> Arg {
    Arg::new(name).long(name).action(ArgAction::SetTrue)
}

fn yes() -> Arg {
    flag("yes").help("Do not ask; needed where there is no terminal")
}

fn project(is_required: bool) -> Arg {
    let default =
        if is_required { "; no default" } else { " [default: DEEPGRAM_PROJECT_ID, or the only project there is]" };
    let project = Arg::new(PROJECT).long("project").value_name("PROJECT_ID").required(is_required);
    project.help(format!("The project{default}"))
}

fn secret_file() -> Arg {
    let file = Arg::new("secret-file").long("secret-file").value_name("FILE").value_parser(file());
    file.help("Write the secret to this new file, mode 0600, and do not print it")
}

/// A file to write. To `--api-key-file`, `-` is no file; here it would be one, by mistake.
fn file() -> impl TypedValueParser<Value = PathBuf> {
    let reject = |path: PathBuf| if path.as_os_str() == "-" { Err("name a file; this one is `./-`") } else { Ok(path) };
    PathBufValueParser::new().try_map(reject)
}
