//! The size of a long test: whole where the environment has `TEST_SIZE=full`, as a workflow has every night.

use std::env;

/// `full` with `TEST_SIZE=full`, and `usual` without the variable.
pub(crate) fn sized<T>(full: T, usual: T) -> T {
    match env::var("TEST_SIZE") {
        Ok(size) if size == "full" => full,
        Ok(other) => panic!("TEST_SIZE={other}: expected `full`, or no such variable"),
        Err(_) => usual,
    }
}
