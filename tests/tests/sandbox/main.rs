//! What the sandbox does, over a real socket.

mod client;
mod operations;
mod refusals;
mod server;
