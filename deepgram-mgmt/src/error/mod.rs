//! The error of every call: its kind, and the texts of the server and the HTTP stack about it.

mod print;
mod text;

use std::error::Error as StdError;
use std::fmt;

use reqwest::StatusCode;
use serde_json::Value;

use crate::values::{BadEntry, Mask, ResumePoint};
#[cfg(feature = "cli")]
pub(crate) use text::breaks_line;
use text::causes;
pub(crate) use text::{OneLine, root_cause};

/// Maximum length of an excerpt: enough to recognise a gateway's page, too little to fill a log.
const EXCERPT_CHARACTERS: usize = 512;

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

    /// For a caller that does not hand out the page.
    pub(crate) fn without_resume(mut self) -> Self {
        self.0.resume = None;
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

/// Without a source: the line that an error prints holds its root cause, and would say it twice with its sources.
impl StdError for Error {}
