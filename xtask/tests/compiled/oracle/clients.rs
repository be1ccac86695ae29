//! The clients of all base documents in one program: the published client's runtime with the types of each document.

use std::collections::{BTreeMap, HashMap};
use std::fmt::Write as _;
use std::io::Write as _;
use std::process::Stdio;

use quote::ToTokens as _;
use serde_json::{Value, json};
use syn::{ImplItem, Item, ReturnType, Type};
use xtask::polish::Modules;

use crate::fixture::Fixture;

/// The types of the bodies of one operation, as the generated code names them.
#[derive(Debug, Default)]
pub(crate) struct Bodies {
    /// The number of the JSON type that the client sends.
    pub(crate) request: Option<usize>,
    /// The number of the JSON type that the client reads.
    pub(crate) response: Option<usize>,
}

/// One client: its operations by method and path.
pub(crate) struct Client {
    pub(crate) number: usize,
    pub(crate) operations: HashMap<(String, String), Bodies>,
}

/// A question to a client: what becomes of this JSON.
pub(crate) struct Question {
    pub(crate) client: usize,
    pub(crate) body: usize,
    pub(crate) json: Value,
}

/// The numbers of the types of an operation's request and response, by method and path.
type Operations = HashMap<(String, String), (Option<usize>, Option<usize>)>;

/// The program under construction.
#[derive(Default)]
pub(crate) struct Clients {
    types: Vec<String>,
    calls: Vec<String>,
    known: BTreeMap<String, Result<usize, String>>,
    operations: Vec<Operations>,
}

impl Clients {
    /// Adds the client of a document, or tells why it has none. Equal documents have one client.
    pub(crate) fn add(&mut self, document: &Value) -> Result<Client, String> {
        let key = document.to_string();
        if !self.known.contains_key(&key) {
            let generated = xtask::client(document).map_err(|error| format!("{error:#}"));
            let number = generated.map(|modules| self.add_modules(&modules));
            self.known.insert(key.clone(), number);
        }
        let number = self.known[&key].clone()?;
        let operations = self.operations[number].iter();
        let operations =
            operations.map(|(at, &(request, response))| (at.clone(), Bodies { request, response })).collect();
        Ok(Client { number, operations })
    }

    fn add_modules(&mut self, modules: &Modules) -> usize {
        let mut arms = String::new();
        let mut operations = HashMap::new();
        let mut count = 0;
        for (at, request, response) in bodies(&modules.builder) {
            let mut arm = |of: Option<String>, function: &str| {
                let of = of?;
                let _ = writeln!(arms, "            {count} => super::{function}::<{of}>(json),");
                count += 1;
                Some(count - 1)
            };
            // The runtime tells an unknown response of the generated types alone.
            let is_generated = response.as_ref().is_some_and(|of| of.contains("types ::"));
            let reader = if is_generated { "decode" } else { "plain" };
            let bodies = (arm(request, "encode"), arm(response, reader));
            operations.insert(at, bodies);
        }
        self.types.push(modules.types.clone());
        self.calls.push(arms);
        self.operations.push(operations);
        self.types.len() - 1
    }

    /// Builds the program of all clients that compile. Returns the first error of each that does not.
    pub(crate) fn build(&self, fixture: &Fixture) -> BTreeMap<usize, String> {
        let mut broken = BTreeMap::new();
        fixture.add_library_module("oracle");
        fixture.add_binary(
            "oracle",
            "//! Reads and writes bodies.\n\nfn main() {\n    deepgram_mgmt::oracle::run();\n}\n",
        );
        loop {
            self.write(fixture, &broken);
            let build = fixture.cargo(&["build", "--quiet"]).args(PROGRAM).output().unwrap();
            if build.status.success() {
                return broken;
            }
            let errors = format!("\n{}", String::from_utf8_lossy(&build.stderr));
            let known = broken.len();
            for error in errors.split("\nerror").skip(1) {
                let Some((_, place)) = error.split_once("src/oracle/m") else { continue };
                let number: String = place.chars().take_while(char::is_ascii_digit).collect();
                let message = error.split_once(": ").map_or(error, |(_, message)| message);
                let message = message.lines().next().unwrap_or_default().to_owned();
                broken.entry(number.parse().unwrap()).or_insert(message);
            }
            assert!(broken.len() > known, "{errors}");
        }
    }

    fn write(&self, fixture: &Fixture, broken: &BTreeMap<usize, String>) {
        let (mut modules, mut root, mut arms) = (Vec::new(), RUN.to_owned(), String::new());
        for (number, (types, calls)) in self.types.iter().zip(&self.calls).enumerate() {
            if broken.contains_key(&number) {
                continue;
            }
            let source = format!(
                "pub mod types;\npub(super) fn call(body: usize, json: &[u8]) -> Result<serde_json::Value, String> {{\n    \
                 match body {{\n{calls}            _ => unreachable!(\"{{json:?}}\"),\n    }}\n}}\n"
            );
            modules.push((format!("m{number}"), source, types.clone()));
            let _ = writeln!(root, "mod m{number};");
            let _ = write!(arms, "{number} => m{number}::call(body, json), ");
        }
        let _ = writeln!(
            root,
            "fn call(client: usize, body: usize, json: &[u8]) -> Result<Value, String> {{\n    match client {{ {arms}_ => unreachable!() }}\n}}"
        );
        fixture.write_module("oracle", &root, &modules);
    }
}

/// The package and the program of all clients.
const PROGRAM: [&str; 5] = ["--package", "deepgram-mgmt", "--no-default-features", "--bin", "oracle"];

/// Asks every question of the program that was built. An outcome is the JSON after it was read and written again, or the
/// error.
pub(crate) fn ask(fixture: &Fixture, questions: &[Question]) -> Vec<Result<Value, String>> {
    let mut process =
        fixture.cargo(&["run", "--quiet"]).args(PROGRAM).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let mut lines = Vec::new();
    for Question { client, body, json } in questions {
        writeln!(lines, "{}", json!([client, body, json.to_string()])).unwrap();
    }
    let mut input = process.stdin.take().unwrap();
    let writer = std::thread::spawn(move || input.write_all(&lines).unwrap());
    let output = process.wait_with_output().unwrap();
    writer.join().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let responded = String::from_utf8(output.stdout).unwrap();
    let outcomes: Vec<Result<Value, String>> =
        responded.lines().map(|line| serde_json::from_str(line).unwrap()).map(outcome).collect();
    assert_eq!(outcomes.len(), questions.len());
    outcomes
}

fn outcome(mut line: Value) -> Result<Value, String> {
    match line.get_mut("value") {
        Some(value) => Ok(value.take()),
        None => Err(line["error"].as_str().unwrap_or_default().to_owned()),
    }
}

/// The part of the program that all clients share.
const RUN: &str = r#"//! Reads and writes bodies as the types of many documents.
#![allow(warnings)]

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::runtime::ResponseBody;

fn decode<T: DeserializeOwned + ResponseBody + Serialize>(json: &[u8]) -> Result<Value, String> {
    let value: T = crate::runtime::decode::decode(json)?;
    serde_json::to_value(value).map_err(|error| error.to_string())
}

fn plain<T: DeserializeOwned + Serialize>(json: &[u8]) -> Result<Value, String> {
    let value: T = crate::runtime::decode::plain(json)?;
    serde_json::to_value(value).map_err(|error| error.to_string())
}

fn encode<T: DeserializeOwned + Serialize>(json: &[u8]) -> Result<Value, String> {
    let value: T = serde_json::from_slice(json).map_err(|error| error.to_string())?;
    serde_json::to_value(value).map_err(|error| error.to_string())
}

pub fn run() {
    for line in std::io::stdin().lines() {
        let (client, body, json): (usize, usize, String) = serde_json::from_str(&line.unwrap()).unwrap();
        match call(client, body, json.as_bytes()) {
            Ok(value) => println!("{}", serde_json::json!({ "value": value })),
            Err(error) => println!("{}", serde_json::json!({ "error": error })),
        }
    }
}

"#;

type Found = ((String, String), Option<String>, Option<String>);

/// The types of the JSON bodies of every builder, with method and path.
fn bodies(builder: &str) -> Vec<Found> {
    let file = syn::parse_file(builder).unwrap();
    let mut sent: BTreeMap<String, String> = BTreeMap::new();
    for item in &file.items {
        let Item::Struct(item) = item else { continue };
        let body = item.fields.iter().find(|field| field.ident.as_ref().is_some_and(|name| name == "body"));
        if let Some(of) =
            body.and_then(|body| argument(&argument(&body.ty, "Option").unwrap_or(body.ty.clone()), "Result"))
        {
            let of = of.to_token_stream().to_string();
            sent.insert(item.ident.to_string(), of.replace("types :: builder ::", "types ::"));
        }
    }
    let impls = file.items.iter().filter_map(|item| if let Item::Impl(item) = item { Some(item) } else { None });
    impls
        .filter_map(|item| {
            let functions =
                || item.items.iter().filter_map(|item| if let ImplItem::Fn(item) = item { Some(item) } else { None });
            let sending = functions().find(|function| function.sig.ident == "send")?;
            let docs =
                sending.attrs.iter().map(|attribute| attribute.to_token_stream().to_string()).collect::<String>();
            let mut quoted = docs.split('`').skip(1).step_by(2);
            let at = (quoted.next()?.to_lowercase(), quoted.next()?.to_owned());
            let Type::Path(name) = &*item.self_ty else { return None };
            let sends_json =
                functions().any(|function| function.block.to_token_stream().to_string().contains(". json (& body)"));
            let request = sent.get(&name.path.segments.last()?.ident.to_string()).filter(|_| sends_json).cloned();
            let ReturnType::Type(_, output) = &sending.sig.output else { return None };
            let response = argument(output, "Result").and_then(|of| argument(&of, "ResponseValue"));
            let reads_json = sending.block.to_token_stream().to_string().contains("runtime :: json (");
            let response = response.filter(|_| reads_json).map(|of| of.to_token_stream().to_string());
            Some((at, request, response))
        })
        .collect()
}

/// The first argument of a generic type of this name.
fn argument(of: &Type, name: &str) -> Option<Type> {
    let Type::Path(path) = of else { return None };
    let last = path.path.segments.last().filter(|last| last.ident == name)?;
    let syn::PathArguments::AngleBracketed(arguments) = &last.arguments else { return None };
    arguments
        .args
        .iter()
        .find_map(|argument| if let syn::GenericArgument::Type(of) = argument { Some(of.clone()) } else { None })
}
