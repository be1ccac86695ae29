//! Points in time, in every form the API writes them.

use std::fmt;
use std::ops::{Add, AddAssign, Sub, SubAssign};
use std::str::FromStr;
use std::time::{Duration, SystemTime};

use chrono::{DateTime, FixedOffset, NaiveDate, NaiveDateTime, NaiveTime, SecondsFormat, TimeDelta, Utc};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// A point in time, kept in UTC.
///
/// Read from RFC 3339 (`2026-09-15T11:32:22.678047Z`, any offset), from the same without an offset, and from a bare
/// date, which is its midnight; both of these mean UTC. Printed as RFC 3339 with `Z`, in bodies and queries too: a response
/// that is decoded and encoded again has all its times in this one form.
///
/// ```
/// use deepgram_mgmt::Timestamp;
///
/// let time: Timestamp = "2026-09-15T13:32:22+02:00".parse()?;
/// assert_eq!(time.to_string(), "2026-09-15T11:32:22Z");
/// assert_eq!("2026-09-15".parse::<Timestamp>()?.to_string(), "2026-09-15T00:00:00Z");
/// # Ok::<(), deepgram_mgmt::TimestampError>(())
/// ```
///
/// It compares, and a duration is added or subtracted; the difference of two is a
/// [`TimeDelta`](crate::chrono::TimeDelta), which may be negative.
///
/// ```
/// use deepgram_mgmt::Timestamp;
/// use std::time::Duration;
///
/// let soon = Timestamp::now() + Duration::from_secs(30 * 86_400);
/// assert!(Timestamp::now() < soon);
/// assert_eq!((soon - Timestamp::now()).num_days(), 29);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(DateTime<Utc>);

/// A text that is not a time in a form that [`Timestamp`] reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TimestampError;

/// The accepted forms, for messages. The text itself is not repeated: it may be anything that a server sent.
const EXPECTED: &str = "a date or a date and time as in 2026-09-15T11:32:22Z";

impl fmt::Display for TimestampError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "is not {EXPECTED}")
    }
}

impl std::error::Error for TimestampError {}

impl FromStr for Timestamp {
    type Err = TimestampError;
    fn from_str(text: &str) -> Result<Self, TimestampError> {
        if let Some(time) = usual(text.as_bytes()) {
            return Ok(Self(time.and_utc()));
        }
        if let Ok(time) = DateTime::parse_from_rfc3339(text) {
            return Ok(time.into());
        }
        let naive = NaiveDateTime::parse_from_str(text, "%Y-%m-%dT%H:%M:%S%.f")
            .or_else(|_| NaiveDate::parse_from_str(text, "%Y-%m-%d").map(|date| date.and_time(NaiveTime::MIN)));
        naive.map(|time| Self(time.and_utc())).map_err(|_| TimestampError)
    }
}

/// A time as the API writes nearly all of them, `2026-09-15T11:32:22.678047Z` or the same without `Z`, at a tenth of
/// what it costs to read whatever RFC 3339 allows. `None` says nothing: other forms are read by others.
fn usual(text: &[u8]) -> Option<NaiveDateTime> {
    const FORM: &[u8; 19] = b"0000-00-00T00:00:00";
    let text = text.strip_suffix(b"Z").unwrap_or(text);
    let (time, fraction) = text.split_first_chunk::<{ FORM.len() }>()?;
    // All are looked at, whatever the first ones are: the compiler makes a few wide instructions of it.
    let digits: [u8; FORM.len()] = std::array::from_fn(|at| time[at].wrapping_sub(FORM[at]));
    let strays = digits.iter().zip(FORM).fold(0, |strays, (digit, form)| {
        let largest = if *form == b'0' { 9 } else { 0 };
        strays | u8::from(*digit > largest)
    });
    if strays > 0 {
        return None;
    }
    let number = |at: usize| u32::from(digits[at]) * 10 + u32::from(digits[at + 1]);
    let nanos = match fraction {
        [] => 0,
        [b'.', digits @ ..] => nanos(digits)?,
        _ => return None,
    };
    let year = number(0) * 100 + number(2);
    NaiveDate::from_ymd_opt(year.cast_signed(), number(5), number(8))?.and_hms_nano_opt(
        number(11),
        number(14),
        number(17),
        nanos,
    )
}

/// The nanoseconds of one to nine digits after the point.
fn nanos(digits: &[u8]) -> Option<u32> {
    const UNITS: [u32; 9] = [100_000_000, 10_000_000, 1_000_000, 100_000, 10_000, 1000, 100, 10, 1];
    let mut number = 0;
    for digit in digits {
        let digit = digit.wrapping_sub(b'0');
        if digit > 9 {
            return None;
        }
        number = number * 10 + u32::from(digit);
    }
    Some(number * UNITS.get(digits.len().checked_sub(1)?)?)
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.to_rfc3339_opts(SecondsFormat::AutoSi, true))
    }
}

impl Timestamp {
    /// The time of this machine's clock.
    #[must_use]
    pub fn now() -> Self {
        SystemTime::now().into()
    }
}

impl Add<Duration> for Timestamp {
    type Output = Self;

    /// # Panics
    /// The year is beyond 262,142.
    fn add(self, duration: Duration) -> Self {
        Self(self.0 + duration)
    }
}

impl Sub<Duration> for Timestamp {
    type Output = Self;

    /// # Panics
    /// The year is beyond -262,143.
    fn sub(self, duration: Duration) -> Self {
        Self(self.0 - duration)
    }
}

impl Add<TimeDelta> for Timestamp {
    type Output = Self;

    /// # Panics
    /// As with a [`Duration`].
    fn add(self, delta: TimeDelta) -> Self {
        Self(self.0 + delta)
    }
}

impl Sub<TimeDelta> for Timestamp {
    type Output = Self;

    /// # Panics
    /// As with a [`Duration`].
    fn sub(self, delta: TimeDelta) -> Self {
        Self(self.0 - delta)
    }
}

impl<D> AddAssign<D> for Timestamp
where
    Self: Add<D, Output = Self>,
{
    /// # Panics
    /// As the addition.
    fn add_assign(&mut self, duration: D) {
        *self = *self + duration;
    }
}

impl<D> SubAssign<D> for Timestamp
where
    Self: Sub<D, Output = Self>,
{
    /// # Panics
    /// As the subtraction.
    fn sub_assign(&mut self, duration: D) {
        *self = *self - duration;
    }
}

impl Sub for Timestamp {
    /// Negative where the second time is the later one.
    type Output = TimeDelta;

    fn sub(self, other: Self) -> TimeDelta {
        self.0 - other.0
    }
}

impl From<SystemTime> for Timestamp {
    fn from(time: SystemTime) -> Self {
        Self(time.into())
    }
}

impl From<Timestamp> for SystemTime {
    fn from(time: Timestamp) -> Self {
        time.0.into()
    }
}

impl TryFrom<&str> for Timestamp {
    type Error = TimestampError;
    fn try_from(text: &str) -> Result<Self, TimestampError> {
        text.parse()
    }
}

impl TryFrom<String> for Timestamp {
    type Error = TimestampError;
    fn try_from(text: String) -> Result<Self, TimestampError> {
        text.parse()
    }
}

impl From<DateTime<Utc>> for Timestamp {
    fn from(time: DateTime<Utc>) -> Self {
        Self(time)
    }
}

impl From<DateTime<FixedOffset>> for Timestamp {
    fn from(time: DateTime<FixedOffset>) -> Self {
        Self(time.to_utc())
    }
}

impl From<NaiveDate> for Timestamp {
    fn from(date: NaiveDate) -> Self {
        Self(date.and_time(NaiveTime::MIN).and_utc())
    }
}

impl From<Timestamp> for DateTime<Utc> {
    fn from(time: Timestamp) -> Self {
        time.0
    }
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Text;
        impl de::Visitor<'_> for Text {
            type Value = Timestamp;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(EXPECTED)
            }
            fn visit_str<E: de::Error>(self, text: &str) -> Result<Timestamp, E> {
                text.parse().map_err(|_| E::invalid_value(de::Unexpected::Other("text"), &self))
            }
        }
        deserializer.deserialize_str(Text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_of_the_api_is_read_and_printed_as_rfc_3339() {
        for (written, printed) in [
            ("2026-09-15T11:32:22.678047Z", "2026-09-15T11:32:22.678047Z"),
            ("2026-09-15T13:32:22+02:00", "2026-09-15T11:32:22Z"),
            ("2026-09-15T11:32:22.678047", "2026-09-15T11:32:22.678047Z"),
            ("2026-09-15T11:32:22", "2026-09-15T11:32:22Z"),
            ("2024-10-16", "2024-10-16T00:00:00Z"),
        ] {
            let time: Timestamp = serde_json::from_value(written.into()).unwrap();
            assert_eq!(time.to_string(), printed);
            assert_eq!(serde_json::to_value(time).unwrap(), printed);
            assert_eq!(Timestamp::from(DateTime::<Utc>::from(time)), time);
        }
    }

    #[test]
    fn the_short_way_reads_what_chrono_reads_and_nothing_else() {
        // Each byte of each form replaced by bytes that a time might hold, and each form cut short.
        for form in ["2024-02-29T23:59:59.123456789Z", "2026-09-15T11:32:22Z", "0001-01-01T00:00:00.5Z"] {
            let cut = (0..form.len()).map(|end| format!("{}Z", &form[..end]));
            let changed = (0..form.len()).flat_map(|at| {
                b"0123456789-:.TZtz+ ".iter().map(move |byte| {
                    let mut bytes = form.as_bytes().to_vec();
                    bytes[at] = *byte;
                    String::from_utf8(bytes).unwrap()
                })
            });
            for text in cut.chain(changed) {
                let chrono = DateTime::parse_from_rfc3339(&text).ok().map(|time| time.naive_utc());
                if let (Some(read), true) = (usual(text.as_bytes()), text.ends_with('Z')) {
                    assert_eq!(Some(read), chrono, "{text}");
                }
            }
            assert!(usual(form.as_bytes()).is_some(), "{form}");
        }
    }

    #[test]
    fn a_duration_leads_from_one_time_to_the_other_and_the_clock_of_the_system_keeps_both() {
        let (start, end): (Timestamp, Timestamp) = ("2026-02-28".parse().unwrap(), "2026-03-01".parse().unwrap());
        let day = Duration::from_secs(86_400);
        assert_eq!((start + day, end - day), (end, start));
        assert_eq!((end - start, start - end), (TimeDelta::days(1), TimeDelta::days(-1)));
        let mut day = start;
        day += TimeDelta::days(1);
        assert_eq!(day, end);
        day -= Duration::from_secs(86_400);
        assert_eq!(day, start);
        assert_eq!((start + (end - start), start - (start - end)), (end, end));
        assert_eq!(Timestamp::from(SystemTime::from(start)), start);
        assert_eq!(Timestamp::from(SystemTime::UNIX_EPOCH).to_string(), "1970-01-01T00:00:00Z");
        assert!(Timestamp::now() > end);
    }

    #[test]
    fn times_are_ordered_whatever_their_offset() {
        let earlier = Timestamp::try_from("2026-09-15T13:00:00+02:00").unwrap();
        let later = Timestamp::try_from("2026-09-15T11:30:00Z").unwrap();
        assert!(earlier < later);
    }

    #[test]
    fn anything_else_is_an_error_that_does_not_repeat_it() {
        for text in ["", "yesterday", "2026-13-01", "2026-09-15T25:00:00Z", "15.09.2026"] {
            assert!(text.parse::<Timestamp>().is_err(), "{text}");
            let error = serde_json::from_value::<Timestamp>(text.into()).unwrap_err().to_string();
            assert!(error.contains(EXPECTED) && (text.is_empty() || !error.contains(text)), "{error}");
        }
    }
}
