//! The probe against real sockets: what it asks, what it finds, what it keeps, and what it suggests.

mod hostile;
mod kinds;
mod program;
mod properties;
mod recordings;
mod scene;
mod walking;
mod wire_facts;
