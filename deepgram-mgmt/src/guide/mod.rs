//! Guides for a program that uses another client today, call by call.

#[doc = include_str!("from_python_sdk.md")]
pub mod from_python_sdk {}

#[doc = include_str!("from_deepgram_crate.md")]
pub mod from_deepgram_crate {}
