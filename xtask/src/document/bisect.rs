//! Finds the part of a document that makes it fail.

/// The last part of the shortest run from the start that fails, found by halving, and the run's error. `error` is that of
/// the first `count` parts; none of them must not fail.
pub(crate) fn shortest<E>(count: usize, error: E, fails: impl Fn(usize) -> Option<E>) -> (usize, E) {
    let mut error = error;
    let (mut passing, mut failing) = (0, count);
    while failing - passing > 1 {
        let middle = passing + (failing - passing) / 2;
        match fails(middle) {
            Some(earlier) => (failing, error) = (middle, earlier),
            None => passing = middle,
        }
    }
    (failing - 1, error)
}
