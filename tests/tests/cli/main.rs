//! The program `deepgram-mgmt`: the requests that a server saw, what the program printed, and what it left on the disk.

mod chores;
mod credentials;
mod export;
mod habits;
mod offboard;
mod options;
mod output;
mod program;
mod secrets;
#[allow(dead_code, reason = "the tests of faults use the rest")]
#[path = "../faults/server.rs"]
mod server;
mod session;
mod successors;
#[cfg(target_os = "linux")]
mod terminal;
