//! The tasks of `cargo xtask`, one file each.

pub mod drift;
