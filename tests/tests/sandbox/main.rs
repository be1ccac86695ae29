//! What the sandbox does, over a real socket.

mod client;
mod live;
mod operations;
mod refusals;
mod server;
