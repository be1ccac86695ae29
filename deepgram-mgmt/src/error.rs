//! The error of every call: its kind, and what the server and the HTTP stack say of it.

use std::error::Error as StdError;
use std::fmt::{self, Write as _};

use reqwest::StatusCode;
use serde_json::Value;

use crate::values::{BadEntry, Mask, ResumePoint};

/// Why a call failed, or a client could not be built.
///
/// Prints as one line: the operation, what happened, and what the server said of it, each text cut off after 1,000
/// characters. `{:#?}` shows in full what the server said: its [`message`](Self::message) and [`details`](Self::details).
/// Neither shows the client's credential, which is masked (`…`) wherever the server repeats it, in whatever notation; nor a
/// request's body or query, or the text of a response that was not understood.
pub struct Error(Box<Inner>);

struct Inner {
    kind: ErrorKind,
    operation: Option<&'static str>,
    status: Option<StatusCode>,
    code: Option<String>,
    message: Option<String>,
    details: Option<Value>,
    request_id: Option<String>,
    /// Whole until [`Error::masked`] cuts it off.
    excerpt: Option<String>,
    attempts: u32,
    processed: Processed,
    resume: Option<ResumePoint>,
    entry: Option<BadEntry>,
    source: Option<Box<dyn StdError + Send + Sync>>,
}

/// Whether the server may have done what it was asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Processed {
    No,
    /// In the last attempt, or in one before it, too.
    Maybe,
    /// In an attempt before the last one, which did nothing.
    MaybeEarlier,
}

/// The kind of failure that an [`Error`] is. With retries, it is the last attempt's;
/// [`Error::maybe_processed`] tells whether the server may have done what it was asked in any of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The client could not be built: no credential or one that cannot be sent, or a base URL that is none.
    Configuration,
    /// The client rejected the request before anything was sent: an id that cannot stand in a path, a missing value.
    InvalidRequest,
    /// No connection to the server could be made; it has seen nothing of this attempt.
    Connect,
    /// A time limit passed. The server may have done what it was asked.
    Timeout,
    /// The connection broke. The server may have done what it was asked.
    Connection,
    /// The response is a client or server error, 4xx or 5xx.
    Status,
    /// The status of the response is neither success nor error. Redirects are not followed: no call of
    /// this API redirects.
    UnexpectedStatus,
    /// The response is a success, and its body is not what the document says.
    Decode,
    /// The response is larger than the client reads: see
    /// [`ClientBuilder::max_body_bytes`](crate::ClientBuilder::max_body_bytes).
    BodyTooLarge,
}

impl Error {
    /// The kind of failure.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// The operation that failed, in snake case: `get_project`.
    #[must_use]
    pub fn operation(&self) -> Option<&'static str> {
        self.0.operation
    }

    /// The status of the response, if there was one.
    #[must_use]
    pub fn status(&self) -> Option<StatusCode> {
        self.0.status
    }

    /// The server's code for the error, such as `INVALID_AUTH`.
    #[must_use]
    pub fn code(&self) -> Option<&str> {
        self.0.code.as_deref()
    }

    /// The server's message, whole, with the client's own credential masked; or this crate's where the server sent none.
    #[must_use]
    pub fn message(&self) -> Option<&str> {
        self.0.message.as_deref()
    }

    /// The details of the server's message, in the modern form of its errors: text or an object.
    #[must_use]
    pub fn details(&self) -> Option<&Value> {
        self.0.details.as_ref()
    }

    /// The start of an error's body in which neither code nor message was found — a gateway's HTML, plain text, JSON of
    /// another form — of at most 512 characters, with the client's own credential masked. Not part of what the error
    /// prints.
    #[must_use]
    pub fn body_excerpt(&self) -> Option<&str> {
        self.0.excerpt.as_deref()
    }

    /// The id under which the server logged the request, for its support.
    #[must_use]
    pub fn request_id(&self) -> Option<&str> {
        self.0.request_id.as_deref()
    }

    /// The number of attempts; 0 where the call failed before the first one, or where the error is about responses that
    /// succeeded: pages that contradict each other, an entry of a page, a key that a rotation cannot use.
    #[must_use]
    pub fn attempts(&self) -> u32 {
        self.0.attempts
    }

    /// Whether the server may have done what it was asked, in the last attempt or in one before it: then look before a
    /// call that changes something is made again. Never of calls that only read.
    ///
    /// A deletion whose first response was lost and whose second attempt found no connection, or nothing to delete, may
    /// have been processed, although its [`kind`](Self::kind) and [`status`](Self::status) are the last attempt's.
    #[must_use]
    pub fn maybe_processed(&self) -> bool {
        self.0.processed != Processed::No
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

    /// The entry of the request log that does not decode. Such an error stands in the place of the entry: the stream goes
    /// on after it, with no need to resume. Its [`page`](Self::page) holds the entry; read again from there, the log gives
    /// that page's records and this error again.
    #[must_use]
    pub fn entry(&self) -> Option<&BadEntry> {
        self.0.entry.as_ref()
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
            processed: Processed::No,
            resume: None,
            entry: None,
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

    /// Makes an error of the HTTP stack's, without the URL, which holds ids and e-mail addresses.
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

    /// The error without the credential in anything that a server had a part in. Every error of an attempt passes here.
    pub(crate) fn masked(self, mask: &Mask) -> Self {
        // Names every field: whoever adds one decides here whether a server has a part in it.
        let Inner {
            kind,
            operation,
            status,
            code,
            message,
            details,
            request_id,
            excerpt,
            attempts,
            processed,
            resume,
            entry,
            source,
        } = *self.0;
        let text = |text: Option<String>| text.map(|text| mask.text(&text));
        Self(Box::new(Inner {
            kind,
            operation,
            status,
            code: text(code),
            message: text(message),
            details: details.map(|details| mask.json(details)),
            request_id: text(request_id),
            // Cut off only now: half a credential would not be found.
            excerpt: text(excerpt).map(|excerpt| excerpt.chars().take(EXCERPT_CHARACTERS).collect()),
            attempts,
            processed,
            resume,
            entry: entry.map(|entry| entry.masked(mask)),
            source: source.map(|source| {
                let repeats = causes(&*source).any(|cause| mask.repeats(&format!("{cause}\n{cause:?}")));
                if repeats { mask.text(&root_cause(&*source).to_string()).into() } else { source }
            }),
        }))
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

    pub(crate) fn with_processed(mut self, processed: Processed) -> Self {
        self.0.processed = processed;
        self
    }

    pub(crate) fn with_resume(mut self, resume: ResumePoint) -> Self {
        self.0.resume = Some(resume);
        self
    }

    pub(crate) fn with_entry(mut self, entry: BadEntry) -> Self {
        self.0.entry = Some(entry);
        self
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
        let Inner {
            kind,
            operation,
            status,
            code,
            message,
            request_id,
            source,
            attempts,
            processed,
            resume,
            entry,
            ..
        } = &*self.0;
        if let Some(operation) = operation {
            write!(f, "{operation}: ")?;
        }
        match (kind, status) {
            (ErrorKind::Configuration, _) => f.write_str("the client cannot be built")?,
            (ErrorKind::InvalidRequest, _) => f.write_str("invalid request")?,
            (ErrorKind::Connect, _) => f.write_str("cannot connect")?,
            (ErrorKind::Timeout, _) => f.write_str("timed out")?,
            (ErrorKind::Connection, _) => f.write_str("the connection broke")?,
            (ErrorKind::BodyTooLarge, _) => f.write_str("the response is too large")?,
            (ErrorKind::UnexpectedStatus, Some(status)) => write!(f, "unexpected status {status}")?,
            (ErrorKind::Decode, Some(status)) => write!(f, "the response ({status}) was not understood")?,
            (ErrorKind::Decode, None) => f.write_str("the response was not understood")?,
            (_, Some(status)) => write!(f, "{status}")?,
            (_, None) => write!(f, "{kind:?}")?,
        }
        for part in [code, message].into_iter().flatten() {
            write!(f, ": {}", OneLine(part))?;
        }
        if let Some(cause) = source.as_deref().map(root_cause) {
            write!(f, ": {}", OneLine(&cause.to_string()))?;
        }
        if *attempts > 1 {
            write!(f, " after {attempts} attempts")?;
        }
        if *processed == Processed::MaybeEarlier {
            f.write_str("; an earlier attempt may have done it")?;
        }
        if let (Some(ResumePoint { page, cursor, .. }), None) = (resume, entry) {
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

/// Maximum length of an excerpt: enough to recognise a gateway's page, too little to fill a log.
const EXCERPT_CHARACTERS: usize = 512;

/// Maximum length of one text of a server in print: enough to read, too little to fill a log.
const PRINTED_CHARACTERS: usize = 1000;

/// Text of a server on one line of ours, cut off where it is long.
pub(crate) struct OneLine<'a>(pub(crate) &'a str);

impl fmt::Display for OneLine<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut all = self.0.chars();
        for c in all.by_ref().take(PRINTED_CHARACTERS) {
            f.write_char(if breaks_line(c) { ' ' } else { c })?;
        }
        if all.next().is_some() { f.write_char('…') } else { Ok(()) }
    }
}

/// Whether a character ends a line, or turns the direction of what stands beside it.
fn breaks_line(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// The HTTP stack wraps the one informative message in several that are not.
pub(crate) fn root_cause<'a>(error: &'a (dyn StdError + Send + Sync + 'static)) -> &'a dyn StdError {
    causes(error).last().unwrap_or(error)
}

/// An error, its source, and so on.
fn causes<'a>(error: &'a (dyn StdError + Send + Sync + 'static)) -> impl Iterator<Item = &'a (dyn StdError + 'static)> {
    std::iter::successors(Some(error as &(dyn StdError + 'static)), |&error| error.source())
}

/// As it prints, for a `main` that returns it; the alternate form (`{:#?}`) shows its parts in full.
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
            .field("maybe_processed", &self.maybe_processed())
            .field("page", &self.page())
            .field("entry", &self.0.entry)
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

    #[test]
    fn what_a_server_says_stays_on_its_line_and_within_bounds() {
        let said = "a\u{2028}b\u{202e}c\u{85}d\u{2066}e é 漢 👩‍🔧";
        let error = Error::new(ErrorKind::Status).with_message(Some(said.to_owned()));
        assert_eq!(error.to_string(), "Status: a b c d e é 漢 👩‍🔧");
        assert_eq!(error.message(), Some(said));

        let long = Some("é".repeat(2_000_000));
        let error = Error::new(ErrorKind::Status)
            .with_code(long.clone())
            .with_message(long.clone())
            .with_request_id(long.clone());
        let printed = error.to_string();
        assert!(printed.chars().count() < 3100 && printed.matches('…').count() == 3, "{}", printed.len());
        assert_eq!((error.message(), error.code()), (long.as_deref(), long.as_deref()));
    }
}
