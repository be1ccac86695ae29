//! Faults that a server can have, for tests of what a client makes of them.

/// What a sandbox does wrong on purpose. Its answers still satisfy the document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Fault {
    /// The request log answers page 0, whatever page was asked for, as a server that does not know the parameter.
    ///
    /// A client that asks for page after page until one comes back empty would never end. In the bundled dialect, the
    /// page is that of the `cursor`.
    IgnoresPage,
}
