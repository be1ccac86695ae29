//! What the sandbox does, over a real socket.

mod client;
mod live;
mod live_operations;
mod operations;
mod refusals;
mod server;
