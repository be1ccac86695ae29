//! What the client makes of servers and networks that fail: each outcome, and how often the server saw the request.

mod ahead;
mod circles;
mod connecting;
mod examples;
mod growth;
mod limits;
mod matrix;
mod model;
mod paging;
mod properties;
mod resume;
mod rotation;
mod secrets;
mod server;
mod shared;
