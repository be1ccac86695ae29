//! Prints an error: one line that shows no secret, or all its parts.

use std::fmt;

use super::text::{OneLine, root_cause};
use super::{Error, ErrorKind, Inner, Processed};
use crate::values::ResumePoint;

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
            write!(f, " ({attempts} attempts)")?;
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

#[cfg(test)]
mod tests {
    use reqwest::StatusCode;

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
