//! The client with servers and networks that fail: each outcome, and how often the server saw the request.

mod ahead;
mod bad_entries;
mod certificates;
mod circles;
mod connecting;
mod examples;
mod growth;
mod growth_limits;
mod limits;
mod masking;
mod matrix;
mod memory;
mod model;
mod open_response;
mod paging;
mod properties;
mod replacement;
mod resume;
mod rotation;
mod secrets;
mod server;
mod shared;
#[path = "../../../xtask/tests/size/mod.rs"]
mod size;
mod token_details;
