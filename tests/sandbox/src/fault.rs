//! Faults that a server can have, for tests of clients.

/// A fault that a sandbox shows on purpose. Its responses still satisfy the document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Fault {
    /// The request log sends page 0 for every page, as a server that does not know the parameter.
    ///
    /// A client that asks for page after page until one comes back empty would never end. In the bundled dialect, the
    /// page is the one of the `cursor`.
    IgnoresPage,
}
