//! The sandbox over a real socket.

mod client;
mod faults;
mod live;
mod live_operations;
mod operations;
mod rejections;
mod seed;
mod server;
