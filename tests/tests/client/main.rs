//! The generated client with real sockets: the requests that were sent, and the results that the caller got.

mod address;
mod command_line;
mod contract;
mod credentials;
mod decode;
mod document;
mod emptiness;
mod failures;
mod growth;
mod headers;
mod ids;
mod known_values;
mod lists;
mod live;
mod operation;
#[allow(dead_code, reason = "the tests of the program use the rest")]
#[path = "../cli/program.rs"]
mod program;
mod query;
mod raw;
mod request_ids;
mod round_trip;
mod scene;
mod secrecy;
#[path = "../../../xtask/tests/size/mod.rs"]
mod size;
mod state;
mod unknown_properties;
mod vendor;
