//! The one error of the crate.

use std::error::Error as StdError;
use std::fmt;

use reqwest::StatusCode;
use serde_json::Value;

use crate::ResumePoint;
use crate::transport::Answered;

/// Why a call failed, or a client could not be built.
///
/// Prints as one line: the operation, what happened, and what the server said of it. Never prints a credential, a
/// request's body or query, or the text of an answer that was not understood.
pub struct Error(Box<Inner>);

struct Inner {
    kind: ErrorKind,
    operation: Option<&'static str>,
    status: Option<StatusCode>,
    code: Option<String>,
    message: Option<String>,
    details: Option<Value>,
    request_id: Option<String>,
    excerpt: Option<String>,
    attempts: u32,
    maybe_done: bool,
    resume: Option<ResumePoint>,
    /// The whole answer, for a caller who asked for answers of any status.
    answer: Option<Answered>,
    source: Option<Box<dyn StdError + Send + Sync>>,
}

/// What kind of failure an [`Error`] is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The client could not be built: no credential, or a base URL that is none.
    Configuration,
    /// The request was refused before anything was sent: an id that cannot stand in a path, a missing value.
    InvalidRequest,
    /// No connection to the server could be made; it has seen nothing of the request.
    Connect,
    /// A time limit passed. The server may have done what it was asked.
    Timeout,
    /// The connection broke. The server may have done what it was asked.
    Connection,
    /// The server answered with a client or server error, 4xx or 5xx.
    Status,
    /// The server answered with a status that is neither success nor error. Redirects are not followed: no call of
    /// this API redirects.
    UnexpectedStatus,
    /// The server answered with success and a body that is not what the document says.
    Decode,
    /// The answer is larger than the client reads: see
    /// [`ClientBuilder::max_body_bytes`](crate::ClientBuilder::max_body_bytes).
    BodyTooLarge,
}

impl Error {
    /// What kind of failure this is.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// The operation that failed, in snake case: `get_project`.
    #[must_use]
    pub fn operation(&self) -> Option<&'static str> {
        self.0.operation
    }

    /// The status of the answer, if there was one.
    #[must_use]
    pub fn status(&self) -> Option<StatusCode> {
        self.0.status
    }

    /// The server's code for the error, such as `INVALID_AUTH`.
    #[must_use]
    pub fn code(&self) -> Option<&str> {
        self.0.code.as_deref()
    }

    /// The server's message, or this crate's where the server sent none.
    #[must_use]
    pub fn message(&self) -> Option<&str> {
        self.0.message.as_deref()
    }

    /// What else the server said, in the modern form of its errors: text or an object.
    #[must_use]
    pub fn details(&self) -> Option<&Value> {
        self.0.details.as_ref()
    }

    /// The start of an error's body that was not JSON — a gateway's HTML, plain text — of at most 512 characters,
    /// with the client's own credential masked. Not part of what the error prints.
    #[must_use]
    pub fn body_excerpt(&self) -> Option<&str> {
        self.0.excerpt.as_deref()
    }

    /// The id under which the server logged the request, for its support.
    #[must_use]
    pub fn request_id(&self) -> Option<&str> {
        self.0.request_id.as_deref()
    }

    /// How often the request was sent, or tried to be; 0 where it failed before that.
    #[must_use]
    pub fn attempts(&self) -> u32 {
        self.0.attempts
    }

    /// The page of the request log from which to resume, where reading it failed.
    #[must_use]
    pub fn page(&self) -> Option<u64> {
        self.resume().map(|resume| resume.page)
    }

    /// Where to resume the request log, where reading it failed.
    #[must_use]
    pub fn resume(&self) -> Option<&ResumePoint> {
        self.0.resume.as_ref()
    }

    pub(crate) fn new(kind: ErrorKind) -> Self {
        Self(Box::new(Inner {
            kind,
            operation: None,
            status: None,
            code: None,
            message: None,
            details: None,
            request_id: None,
            excerpt: None,
            attempts: 0,
            maybe_done: false,
            resume: None,
            answer: None,
            source: None,
        }))
    }

    pub(crate) fn configuration(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Configuration).with_message(Some(message.into()))
    }

    /// A request that cannot be sent. Called by generated code.
    pub(crate) fn invalid_request(operation: &'static str, message: impl fmt::Display) -> Self {
        Self::new(ErrorKind::InvalidRequest).with_message(Some(message.to_string())).with_operation(operation)
    }

    /// What the HTTP stack reports, without the URL: it holds ids and e-mail addresses.
    pub(crate) fn http(error: reqwest::Error) -> Self {
        let kind = if error.is_builder() {
            ErrorKind::InvalidRequest
        } else if error.is_connect() {
            // A time limit on connecting counts: what was not connected to has seen nothing.
            ErrorKind::Connect
        } else if error.is_timeout() {
            ErrorKind::Timeout
        } else {
            ErrorKind::Connection
        };
        let mut this = Self::new(kind);
        this.0.source = Some(Box::new(error.without_url()));
        this
    }

    pub(crate) fn with_operation(mut self, operation: &'static str) -> Self {
        self.0.operation = Some(operation);
        self
    }

    pub(crate) fn with_status(mut self, status: StatusCode) -> Self {
        self.0.status = Some(status);
        self
    }

    pub(crate) fn with_code(mut self, code: Option<String>) -> Self {
        self.0.code = code;
        self
    }

    pub(crate) fn with_message(mut self, message: Option<String>) -> Self {
        self.0.message = message;
        self
    }

    pub(crate) fn with_attempts(mut self, attempts: u32) -> Self {
        self.0.attempts = attempts;
        self
    }

    /// Marks a 404 that an earlier attempt of the same DELETE may have caused.
    pub(crate) fn with_maybe_done(mut self, maybe_done: bool) -> Self {
        self.0.maybe_done = maybe_done;
        self
    }

    pub(crate) fn with_resume(mut self, resume: ResumePoint) -> Self {
        self.0.resume = Some(resume);
        self
    }

    pub(crate) fn with_answer(mut self, answer: Answered) -> Self {
        self.0.answer = Some(answer);
        self
    }

    /// The whole answer behind the error, or the error itself.
    pub(crate) fn into_answer(mut self) -> Result<Answered, Self> {
        self.0.answer.take().ok_or(self)
    }

    pub(crate) fn with_details(mut self, details: Option<Value>) -> Self {
        self.0.details = details;
        self
    }

    pub(crate) fn with_excerpt(mut self, excerpt: Option<String>) -> Self {
        self.0.excerpt = excerpt;
        self
    }

    pub(crate) fn with_request_id(mut self, request_id: Option<String>) -> Self {
        self.0.request_id = request_id;
        self
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Inner { kind, operation, status, code, message, request_id, source, attempts, maybe_done, resume, .. } =
            &*self.0;
        if let Some(operation) = operation {
            write!(f, "{operation}: ")?;
        }
        match (kind, status) {
            (ErrorKind::Configuration, _) => f.write_str("the client cannot be built")?,
            (ErrorKind::InvalidRequest, _) => f.write_str("invalid request")?,
            (ErrorKind::Connect, _) => f.write_str("cannot connect")?,
            (ErrorKind::Timeout, _) => f.write_str("timed out")?,
            (ErrorKind::Connection, _) => f.write_str("the connection broke")?,
            (ErrorKind::BodyTooLarge, _) => f.write_str("the answer is too large")?,
            (ErrorKind::UnexpectedStatus, Some(status)) => write!(f, "unexpected status {status}")?,
            (ErrorKind::Decode, Some(status)) => write!(f, "the answer ({status}) was not understood")?,
            (ErrorKind::Decode, None) => f.write_str("the answer was not understood")?,
            (_, Some(status)) => write!(f, "{status}")?,
            (_, None) => write!(f, "{kind:?}")?,
        }
        for part in [code, message].into_iter().flatten() {
            write!(f, ": {}", OneLine(part))?;
        }
        if let Some(cause) = source.as_deref().map(root_cause) {
            write!(f, ": {cause}")?;
        }
        if *maybe_done {
            f.write_str("; an earlier attempt may have done it")?;
        }
        if *attempts > 1 {
            write!(f, " after {attempts} attempts")?;
        }
        if let Some(ResumePoint { page, cursor, .. }) = resume {
            // A cursor is a value of a query, and those are not printed.
            let by = if cursor.is_some() { ", by the cursor that this error holds" } else { "" };
            write!(f, "; resume from page {page}{by}")?;
        }
        if let Some(id) = request_id {
            write!(f, " (request id {})", OneLine(id))?;
        }
        Ok(())
    }
}

/// Text of a server on one line of ours.
struct OneLine<'a>(&'a str);

impl fmt::Display for OneLine<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.chars().try_for_each(|c| fmt::Write::write_char(f, if c.is_control() { ' ' } else { c }))
    }
}

/// The HTTP stack wraps the one informative message in several that are not.
fn root_cause<'a>(error: &'a (dyn StdError + Send + Sync + 'static)) -> &'a dyn StdError {
    let mut cause: &dyn StdError = error;
    while let Some(next) = cause.source() {
        cause = next;
    }
    cause
}

/// As it prints, for a `main` that returns it; the alternate form (`{:#?}`) shows its parts.
impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !f.alternate() {
            return fmt::Display::fmt(self, f);
        }
        f.debug_struct("Error")
            .field("kind", &self.0.kind)
            .field("operation", &self.0.operation)
            .field("status", &self.0.status)
            .field("code", &self.0.code)
            .field("message", &self.0.message)
            .field("details", &self.0.details)
            .field("request_id", &self.0.request_id)
            .field("attempts", &self.0.attempts)
            .field("page", &self.page())
            .field("source", &self.0.source)
            .finish()
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.0.source.as_deref().map(|source| source as _)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_that_main_returns_is_one_readable_line() {
        let error = Error::new(ErrorKind::Status)
            .with_operation("list_projects")
            .with_status(StatusCode::NOT_FOUND)
            .with_message(Some("no\nsuch project".to_owned()));
        assert_eq!(format!("{error:?}"), "list_projects: 404 Not Found: no such project");
        assert!(format!("{error:#?}").contains("kind: Status"), "{error:#?}");
    }
}
