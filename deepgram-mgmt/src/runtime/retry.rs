//! Decides whether a failed call is repeated, and waits before it is. Sends nothing itself.

use std::future::Future;
use std::time::{Duration, SystemTime};

use reqwest::header::{DATE, HeaderMap, HeaderName, RETRY_AFTER};
use reqwest::{Method, StatusCode};
use tokio::time::{Instant, sleep};
use tracing::warn;

use super::headers::http_date;
use super::random::random_fraction;
use super::response::BufferedResponse;
use crate::Error;
use crate::error::Processed;

/// The rules by which a failed call is repeated.
///
/// By default there are up to three attempts, with pauses that grow exponentially from half a second and are drawn
/// evenly from zero to that (full jitter), or as long as the server's `Retry-After` says, up to a minute.
///
/// | failure | GET | PUT, DELETE | POST, PATCH |
/// | --- | --- | --- | --- |
/// | no connection | repeated | repeated | repeated |
/// | no connection, for the certificate of TLS | never | never | never |
/// | 429 | repeated | repeated | repeated |
/// | time limit, broken connection | repeated | repeated | never |
/// | 408, 500, 502, 503, 504 | repeated | repeated | never |
/// | the body of a success breaks off | repeated | never | never |
/// | any other status, 409 included | never | never | never |
///
/// Below this, the HTTP stack may put a request on a new connection when it finds the old one closed before anything of
/// it was sent; the server sees one request, and it counts as one attempt. Its other retries are off.
///
/// ```
/// use deepgram_mgmt::Retry;
/// use std::time::Duration;
///
/// let retry = Retry::default().max_attempts(5).min_delay(Duration::from_secs(1)).max_delay(Duration::from_secs(30));
/// # let _ = retry;
/// ```
///
/// A POST whose connection broke may have been processed, and this API knows no idempotency keys: repeating it could
/// make a second key.
#[derive(Debug, Clone, PartialEq)]
pub struct Retry {
    attempts: u32,
    min_delay: Duration,
    max_delay: Duration,
    max_retry_after: Duration,
}

impl Default for Retry {
    fn default() -> Self {
        Self {
            attempts: 3,
            min_delay: Duration::from_millis(500),
            max_delay: Duration::from_secs(10),
            max_retry_after: Duration::from_secs(60),
        }
    }
}

impl Retry {
    /// One attempt, and no other.
    #[must_use]
    pub fn never() -> Self {
        Self { attempts: 1, ..Self::default() }
    }

    /// Sets the most attempts, the first one included. Zero counts as one.
    #[must_use]
    pub fn max_attempts(mut self, attempts: u32) -> Self {
        self.attempts = attempts.max(1);
        self
    }

    /// Sets the longest first pause; each further one is up to twice as long as the one before.
    #[must_use]
    pub fn min_delay(mut self, delay: Duration) -> Self {
        self.min_delay = delay;
        self
    }

    /// Sets the longest pause, where the server does not ask for one.
    #[must_use]
    pub fn max_delay(mut self, delay: Duration) -> Self {
        self.max_delay = delay;
        self
    }

    /// Sets the longest pause that a server's `Retry-After` may ask for; a longer one is cut to this.
    #[must_use]
    pub fn max_retry_after(mut self, delay: Duration) -> Self {
        self.max_retry_after = delay;
        self
    }
}

/// The phase in which an attempt failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Phase {
    /// No connection: the server has seen nothing.
    Connect,
    /// The request was sent, at least in part, and no response came.
    Send,
    /// The response is not a success.
    Status(StatusCode),
    /// The response is a success, and its body broke off.
    Body,
    /// The response is a success that no attempt can read.
    Permanent,
    /// The request cannot be sent.
    NotSent,
}

/// An attempt that failed.
pub(crate) struct Failure {
    pub(crate) phase: Phase,
    pub(crate) error: Error,
    /// The pause that the server asked for.
    pub(crate) retry_after: Option<Duration>,
    /// The response behind the error, for a caller that takes one of any status.
    pub(crate) response: Option<Box<BufferedResponse>>,
}

impl Failure {
    pub(crate) fn new(phase: Phase, error: Error) -> Self {
        Self { phase, error, retry_after: None, response: None }
    }
}

/// Whether a request of this method may be sent again after it failed in this phase.
fn is_retryable(method: &Method, phase: Phase) -> bool {
    // Safe methods change nothing; PUT and DELETE change the same thing however often they are sent.
    let is_safe = method.is_safe();
    let is_idempotent = method.is_idempotent();
    match phase {
        Phase::Connect | Phase::Status(StatusCode::TOO_MANY_REQUESTS) => true,
        Phase::Send => is_idempotent,
        Phase::Status(status) => is_idempotent && matches!(status.as_u16(), 408 | 500 | 502 | 503 | 504),
        Phase::Body => is_safe,
        Phase::Permanent | Phase::NotSent => false,
    }
}

/// Whether the server may have done what it was asked.
fn may_have_been_processed(phase: Phase) -> bool {
    match phase {
        Phase::Connect | Phase::NotSent => false,
        // A redirect can be the response to a call that succeeded.
        Phase::Status(status) => !status.is_client_error() || status == StatusCode::REQUEST_TIMEOUT,
        Phase::Send | Phase::Body | Phase::Permanent => true,
    }
}

/// Runs `attempt` until it succeeds, until its failure may not be retried, or until `timeout` has passed. Each attempt
/// receives its number, from 1, and the time that is left.
pub(crate) async fn run<T, F: Future<Output = Result<T, Failure>>>(
    retry: &Retry,
    operation: &str,
    method: &Method,
    timeout: Duration,
    mut attempt: impl FnMut(u32, Duration) -> F,
) -> Result<T, Failure> {
    let start = Instant::now();
    let mut longest = retry.min_delay;
    let mut earlier_may_have = false;
    let mut number = 0;
    loop {
        number += 1;
        let left = timeout.saturating_sub(start.elapsed());
        let failure = match attempt(number, left).await {
            Ok(value) => return Ok(value),
            Err(failure) => failure,
        };
        longest = longest.min(retry.max_delay);
        let backoff = longest.mul_f64(random_fraction());
        longest = longest.saturating_mul(2);
        let delay = failure.retry_after.map_or(backoff, |asked| asked.min(retry.max_retry_after));
        let left = timeout.saturating_sub(start.elapsed());
        if number >= retry.attempts || !is_retryable(method, failure.phase) || delay >= left {
            let processed = match may_have_been_processed(failure.phase) {
                _ if method.is_safe() => Processed::No,
                true => Processed::Maybe,
                false if earlier_may_have => Processed::MaybeEarlier,
                false => Processed::No,
            };
            let error = failure.error.with_attempts(number).with_processed(processed);
            return Err(Failure { error, ..failure });
        }
        earlier_may_have |= may_have_been_processed(failure.phase);
        let status = failure.error.status().map(|status| status.as_u16());
        let delay_ms = u64::try_from(delay.as_millis()).unwrap_or(u64::MAX);
        warn!(target: "deepgram_mgmt", operation, attempt = number, status, failed = ?failure.error.kind(), delay_ms, "retry");
        sleep(delay).await;
    }
}

/// Reads the pause that a response asks for in `Retry-After`, in seconds or until a date in one of HTTP's three forms. A
/// response without a `Date` was sent `now`.
pub(crate) fn retry_after(headers: &HeaderMap, now: SystemTime) -> Option<Duration> {
    let text = |name: HeaderName| headers.get(name)?.to_str().ok();
    let asked = text(RETRY_AFTER)?.trim();
    if !asked.is_empty() && asked.bytes().all(|byte| byte.is_ascii_digit()) {
        // More seconds than a number holds are as many as it holds.
        return Some(Duration::from_secs(asked.parse().unwrap_or(u64::MAX)));
    }
    let until = http_date(asked)?;
    let now = text(DATE).and_then(http_date).unwrap_or_else(|| now.into());
    // A date that has passed asks for no pause.
    Some((until - now).to_std().unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ErrorKind;

    fn failed(phase: Phase, retry_after: Option<Duration>) -> Failure {
        Failure { retry_after, ..Failure::new(phase, Error::new(ErrorKind::Status)) }
    }

    #[test]
    fn what_is_repeated_is_what_the_table_says() {
        let status = |code| Phase::Status(StatusCode::from_u16(code).unwrap());
        let all = [Method::GET, Method::PUT, Method::DELETE, Method::POST, Method::PATCH];
        for (phase, repeated) in [
            (Phase::Connect, [true, true, true, true, true]),
            (status(429), [true, true, true, true, true]),
            (Phase::Send, [true, true, true, false, false]),
            (status(408), [true, true, true, false, false]),
            (status(500), [true, true, true, false, false]),
            (status(502), [true, true, true, false, false]),
            (status(503), [true, true, true, false, false]),
            (status(504), [true, true, true, false, false]),
            (Phase::Body, [true, false, false, false, false]),
            (status(409), [false; 5]),
            (status(404), [false; 5]),
            (status(501), [false; 5]),
            (Phase::Permanent, [false; 5]),
        ] {
            let found = all.each_ref().map(|method| is_retryable(method, phase));
            assert_eq!(found, repeated, "{phase:?}");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn pauses_grow_are_jittered_and_never_exceed_the_maximum() {
        let retry = Retry::default().max_attempts(6).max_delay(Duration::from_secs(2));
        let mut longest = [Duration::ZERO; 5];
        for _ in 0..200 {
            let mut last = Instant::now();
            let outcome: Result<(), _> =
                run(&retry, "list_projects", &Method::GET, Duration::from_secs(600), |number, _| {
                    if let Some(slot) = number.checked_sub(2) {
                        longest[slot as usize] = longest[slot as usize].max(last.elapsed());
                    }
                    last = Instant::now();
                    async { Err(failed(Phase::Send, None)) }
                })
                .await;
            assert_eq!(outcome.unwrap_err().error.attempts(), 6);
        }
        for (longest, limit) in longest.into_iter().zip([500, 1000, 2000, 2000, 2000].map(Duration::from_millis)) {
            assert!(longest <= limit + Duration::from_millis(1) && longest > limit / 2, "{longest:?} of {limit:?}");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn the_operation_timeout_ends_the_call_before_a_pause_that_would_pass_it() {
        let start = Instant::now();
        let mut left_at_last = Duration::ZERO;
        let retry = Retry::default().max_attempts(100).max_retry_after(Duration::from_secs(4));
        let outcome: Result<(), _> = run(&retry, "list_projects", &Method::GET, Duration::from_secs(10), |_, left| {
            left_at_last = left;
            async { Err(failed(Phase::Send, Some(Duration::from_secs(60)))) }
        })
        .await;
        // The pause asked for is capped at 4 s: attempts at 0, 4 and 8 s, and 12 s would be too late.
        assert_eq!(outcome.unwrap_err().error.attempts(), 3);
        assert_eq!((start.elapsed(), left_at_last), (Duration::from_secs(8), Duration::from_secs(2)));
    }

    #[tokio::test(start_paused = true)]
    async fn the_longest_and_the_shortest_pauses_are_pauses_too() {
        for delay in [Duration::MAX, Duration::ZERO] {
            let retry = Retry::default().max_attempts(6).min_delay(delay).max_delay(delay).max_retry_after(delay);
            let outcome: Result<(), _> = run(&retry, "list_projects", &Method::GET, Duration::MAX, |number, _| {
                let asked = (number % 2 == 0).then_some(Duration::MAX);
                async move { Err(failed(Phase::Connect, asked)) }
            })
            .await;
            assert!(outcome.unwrap_err().error.attempts() >= 1);
        }
    }

    #[tokio::test(start_paused = true)]
    async fn what_an_earlier_attempt_may_have_done_is_not_forgotten_by_a_last_one_that_did_nothing() {
        let not_found = Phase::Status(StatusCode::NOT_FOUND);
        let denied = Phase::Status(StatusCode::UNAUTHORIZED);
        let busy = Phase::Status(StatusCode::TOO_MANY_REQUESTS);
        let broken = Phase::Status(StatusCode::BAD_GATEWAY);
        for (method, first, last, maybe, earlier) in [
            (Method::DELETE, Phase::Send, not_found, true, true),
            (Method::DELETE, broken, denied, true, true),
            (Method::PUT, Phase::Send, Phase::Connect, true, true),
            (Method::PUT, Phase::Send, Phase::NotSent, true, true),
            (Method::DELETE, Phase::Connect, not_found, false, false),
            (Method::DELETE, busy, not_found, false, false),
            // The last one says it itself.
            (Method::DELETE, Phase::Connect, Phase::Send, true, false),
            (Method::PUT, broken, broken, true, false),
            (Method::POST, busy, Phase::Send, true, false),
            (Method::POST, busy, Phase::Permanent, true, false),
            (Method::POST, busy, Phase::Status(StatusCode::SEE_OTHER), true, false),
            (Method::POST, busy, denied, false, false),
            (Method::GET, Phase::Send, Phase::Connect, false, false),
            (Method::GET, Phase::Send, Phase::Send, false, false),
        ] {
            let retry = Retry::default().max_attempts(2);
            let outcome: Result<(), _> = run(&retry, "list_projects", &method, Duration::from_secs(60), |number, _| {
                let phase = if number == 1 { first } else { last };
                async move { Err(failed(phase, None)) }
            })
            .await;
            let error = outcome.unwrap_err().error;
            assert_eq!(error.maybe_processed(), maybe, "{method}, {first:?}, {last:?}");
            let says_so = error.to_string().ends_with(" (2 attempts); an earlier attempt may have done it");
            assert_eq!((says_so, error.attempts()), (earlier, 2), "{method}, {first:?}, {last:?}: {error}");
        }
    }

    #[test]
    fn retry_after_is_read_in_seconds_and_in_every_form_of_a_date() {
        let now = SystemTime::UNIX_EPOCH + Duration::from_secs(784_111_777);
        for (text, pause) in [
            ("7", Some(7)),
            ("Sun, 06 Nov 1994 08:49:47 GMT", Some(10)),
            ("Sunday, 06-Nov-94 08:49:47 GMT", Some(10)),
            ("Sun Nov  6 08:49:47 1994", Some(10)),
            ("Sun, 06 Nov 1994 08:49:27 GMT", Some(0)),
            ("Sun, 06 Nov 1994 08:49:47 +0100", None),
            ("99999999999999999999999", Some(u64::MAX)),
            ("soon", None),
            ("-1", None),
            ("1.5", None),
            ("", None),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(RETRY_AFTER, text.parse().unwrap());
            assert_eq!(retry_after(&headers, now), pause.map(Duration::from_secs), "{text}");
        }
    }

    #[test]
    fn a_date_is_held_against_the_servers_clock_where_it_tells_the_time() {
        let mut headers = HeaderMap::new();
        headers.insert(RETRY_AFTER, "Sun, 06 Nov 1994 08:49:37 GMT".parse().unwrap());
        for date in ["Sun, 06 Nov 1994 08:49:30 GMT", "Sunday, 06-Nov-94 08:49:30 GMT", "Sun Nov  6 08:49:30 1994"] {
            headers.insert(DATE, date.parse().unwrap());
            assert_eq!(retry_after(&headers, SystemTime::now()), Some(Duration::from_secs(7)), "{date}");
        }
    }
}
