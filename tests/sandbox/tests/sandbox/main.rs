//! The sandbox over a real socket.

mod client;
mod live;
mod live_operations;
mod operations;
mod rejections;
mod server;
