//! Faults that a server can have, for tests of clients: what they are, how a text states them, and when they occur.

use std::fmt;
use std::str::FromStr;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// The request header that states a fault for its own request, in the form of [`FaultRule`].
pub const FAULT_HEADER: &str = "x-sandbox-fault";

/// How long [`Fault::Slow`] waits where the text names no time.
const SLOW: Duration = Duration::from_secs(5);

/// A fault that a sandbox shows on purpose. It concerns requests with a valid credential; others get their 401.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Fault {
    /// The request log sends page 0 for every page, as a server that does not know the parameter.
    ///
    /// A client that asks for page after page until one comes back empty would never end. In the bundled dialect, the
    /// page is the one of the `cursor`.
    IgnoresPage,
    /// Status 429 with `Retry-After`, without an effect of the request.
    TooManyRequests {
        /// The value of `Retry-After`, in seconds.
        retry_after: u32,
    },
    /// Status 503, without an effect of the request.
    Unavailable {
        /// The value of `Retry-After`, in seconds; `None` leaves the header out.
        retry_after: Option<u32>,
    },
    /// The response comes after this time.
    Slow(Duration),
    /// The connection is reset in place of a response. The request has no effect.
    Reset,
    /// The connection ends after half of the body that `Content-Length` announces. The request has its effect. A response
    /// without a body stays whole.
    Truncated,
}

/// A fault, and how often it occurs.
///
/// As text, it is the name of the fault and its parameters, separated by semicolons:
///
/// | text | fault |
/// | --- | --- |
/// | `429` or `429; retry-after=2` | [`Fault::TooManyRequests`], after 1 second if it names none |
/// | `503` or `503; retry-after=2` | [`Fault::Unavailable`] |
/// | `slow` or `slow; ms=300` | [`Fault::Slow`], by 5,000 ms if it names none |
/// | `reset` | [`Fault::Reset`] |
/// | `truncated` | [`Fault::Truncated`] |
/// | `ignores-page` | [`Fault::IgnoresPage`] |
///
/// Each takes `chance=0.2`, the share of requests that the fault concerns; without it, the fault concerns every request.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct FaultRule {
    fault: Fault,
    chance: f64,
}

impl FaultRule {
    /// The fault, for this share of requests. A chance beyond 0 to 1 is taken for the nearer of the two.
    #[must_use]
    pub fn new(fault: Fault, chance: f64) -> Self {
        Self { fault, chance: chance.clamp(0.0, 1.0) }
    }
}

/// The fault, for every request.
impl From<Fault> for FaultRule {
    fn from(fault: Fault) -> Self {
        Self::new(fault, 1.0)
    }
}

/// The text states no fault, or a parameter that the fault does not have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FaultError(String);

impl fmt::Display for FaultError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl std::error::Error for FaultError {}

impl FromStr for FaultRule {
    type Err = FaultError;

    fn from_str(text: &str) -> Result<Self, FaultError> {
        let mut parts = text.split(';').map(str::trim);
        let name = parts.next().unwrap_or_default();
        let (mut retry_after, mut ms, mut chance) = (None, None, None);
        for part in parts {
            let (parameter, value) =
                part.split_once('=').ok_or_else(|| FaultError(format!("{part:?}: expected NAME=VALUE")))?;
            match (parameter, name) {
                ("chance", _) => chance = Some(share(value)?),
                ("retry-after", "429" | "503") => retry_after = Some(whole(part, value)?),
                ("ms", "slow") => ms = Some(whole(part, value)?),
                _ => return Err(FaultError(format!("{part:?}: {name} has no such parameter"))),
            }
        }
        let fault = match name {
            "429" => Fault::TooManyRequests { retry_after: retry_after.unwrap_or(1) },
            "503" => Fault::Unavailable { retry_after },
            "slow" => Fault::Slow(ms.map_or(SLOW, |ms| Duration::from_millis(ms.into()))),
            "reset" => Fault::Reset,
            "truncated" => Fault::Truncated,
            "ignores-page" => Fault::IgnoresPage,
            unknown => {
                let known = "429, 503, slow, reset, truncated or ignores-page";
                return Err(FaultError(format!("{unknown:?} is no fault; expected {known}")));
            }
        };
        Ok(Self::new(fault, chance.unwrap_or(1.0)))
    }
}

fn whole(part: &str, value: &str) -> Result<u32, FaultError> {
    value.parse().map_err(|_| FaultError(format!("{part:?}: expected a whole number")))
}

fn share(value: &str) -> Result<f64, FaultError> {
    let chance = value.parse().ok().filter(|chance| (0.0..=1.0).contains(chance));
    chance.ok_or_else(|| FaultError(format!("\"chance={value}\": expected a number from 0 to 1")))
}

/// The rules of one sandbox, and the random numbers that decide.
#[derive(Debug)]
pub(crate) struct Faults(Mutex<Decider>);

#[derive(Debug)]
struct Decider {
    rules: Vec<FaultRule>,
    random: fastrand::Rng,
}

impl Faults {
    pub(crate) fn new(rules: Vec<FaultRule>, seed: u64) -> Self {
        Self(Mutex::new(Decider { rules, random: fastrand::Rng::with_seed(seed) }))
    }

    pub(crate) fn set(&self, rules: Vec<FaultRule>) {
        self.decider(|decider| decider.rules = rules);
    }

    /// The fault of a request: the one that its header states in place of the sandbox's own; else the first that occurs.
    pub(crate) fn of(&self, header: Option<&str>) -> Result<Option<Fault>, FaultError> {
        let stated = header.map(str::parse::<FaultRule>).transpose()?;
        Ok(self.decider(|Decider { rules, random }| {
            let rules = stated.as_ref().map_or(rules.as_slice(), std::slice::from_ref);
            rules.iter().find(|rule| random.f64() < rule.chance).map(|rule| rule.fault)
        }))
    }

    /// No call leaves it half changed, so it is still good behind a poisoned lock.
    fn decider<T>(&self, act: impl FnOnce(&mut Decider) -> T) -> T {
        act(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_fault_has_a_text() {
        let always = FaultRule::from;
        for (text, rule) in [
            ("429", always(Fault::TooManyRequests { retry_after: 1 })),
            ("429; retry-after=0;chance=0.5", FaultRule::new(Fault::TooManyRequests { retry_after: 0 }, 0.5)),
            ("503", always(Fault::Unavailable { retry_after: None })),
            ("503;retry-after=7", always(Fault::Unavailable { retry_after: Some(7) })),
            ("slow", always(Fault::Slow(SLOW))),
            ("slow; ms=30", always(Fault::Slow(Duration::from_millis(30)))),
            (" reset ", always(Fault::Reset)),
            ("truncated;chance=0", FaultRule::new(Fault::Truncated, 0.0)),
            ("ignores-page", always(Fault::IgnoresPage)),
        ] {
            assert_eq!(text.parse(), Ok(rule), "{text}");
        }
    }

    #[test]
    fn a_text_that_states_no_fault_is_rejected_by_name() {
        for (text, quoted) in [
            ("", "\"\" is no fault; expected 429, 503,"),
            ("500", "\"500\" is no fault"),
            ("reset; ms=3", "\"ms=3\": reset has no such parameter"),
            ("429; soon", "\"soon\": expected NAME=VALUE"),
            ("429; retry-after=-1", "\"retry-after=-1\": expected a whole number"),
            ("503; chance=1.5", "\"chance=1.5\": expected a number from 0 to 1"),
            ("503; chance=NaN", "\"chance=NaN\": expected a number from 0 to 1"),
        ] {
            let error = text.parse::<FaultRule>().unwrap_err().to_string();
            assert!(error.starts_with(quoted), "{text}: {error}");
        }
    }

    #[test]
    fn equal_seeds_decide_equally_and_about_as_often_as_the_chance_says() {
        let decide = |seed| {
            let faults = Faults::new(vec![FaultRule::new(Fault::Reset, 0.25)], seed);
            (0..1_000).map(|_| faults.of(None).unwrap().is_some()).collect::<Vec<_>>()
        };
        assert_eq!(decide(7), decide(7));
        assert_ne!(decide(7), decide(8));
        let share = decide(7).into_iter().filter(|occurs| *occurs).count();
        assert!((200..300).contains(&share), "{share}");
    }

    #[test]
    fn a_header_takes_the_place_of_the_rules_and_the_first_rule_that_occurs_holds() {
        let never = FaultRule::new(Fault::Reset, 0.0);
        let faults = Faults::new(vec![never, Fault::Truncated.into(), Fault::IgnoresPage.into()], 0);
        assert_eq!(faults.of(None), Ok(Some(Fault::Truncated)));
        assert_eq!(faults.of(Some("503")), Ok(Some(Fault::Unavailable { retry_after: None })));
        assert_eq!(faults.of(Some("503;chance=0")), Ok(None));
        faults.set(Vec::new());
        assert_eq!(faults.of(None), Ok(None));
    }
}
