//! Checks ids that stand in a path, before anything is sent.
//!
//! URLs are normalised on their way: an id of `..` makes another request of a call (`DELETE …/keys/..` deletes the
//! project), and `\` counts as `/`. Looking at the finished URL is too late, so the type does not let them in.

use std::convert::Infallible;
use std::fmt;
use std::str::FromStr;

/// An id in a path: not empty, not `.` or `..`, and without `/`, `\` and control characters.
///
/// Setters of ids take any string and make one; what is refused is an error of the call, before anything is sent.
///
/// ```
/// use deepgram_mgmt::PathSegment;
///
/// assert!("a+b".parse::<PathSegment>().is_ok());
/// assert!("..".parse::<PathSegment>().is_err());
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct PathSegment(String);

/// An e-mail address in a path: as [`PathSegment`], but it may hold `/`, which is sent percent-encoded.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct EmailSegment(String);

/// Why a string cannot stand in a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PathSegmentError(&'static str);

impl fmt::Display for PathSegmentError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

impl std::error::Error for PathSegmentError {}

impl From<Infallible> for PathSegmentError {
    fn from(never: Infallible) -> Self {
        match never {}
    }
}

/// Rejects what no segment of a path may be.
fn check(segment: &str) -> Result<(), PathSegmentError> {
    match segment {
        "" => Err(PathSegmentError("is empty, and would name the collection it belongs to")),
        "." | ".." => Err(PathSegmentError("is `.` or `..`, which a URL resolves to another path")),
        _ if segment.contains('\\') => Err(PathSegmentError("holds `\\`, which a URL takes for `/`")),
        _ if segment.contains(char::is_control) => Err(PathSegmentError("holds a control character")),
        _ => Ok(()),
    }
}

impl FromStr for PathSegment {
    type Err = PathSegmentError;
    fn from_str(segment: &str) -> Result<Self, PathSegmentError> {
        check(segment)?;
        if segment.contains('/') {
            return Err(PathSegmentError("holds `/`, which no id does"));
        }
        Ok(Self(segment.to_owned()))
    }
}

impl FromStr for EmailSegment {
    type Err = PathSegmentError;
    fn from_str(segment: &str) -> Result<Self, PathSegmentError> {
        check(segment)?;
        Ok(Self(segment.to_owned()))
    }
}

macro_rules! conversions {
    ($($segment:ident)+) => {$(
        impl $segment {
            /// The id as it was given, not yet percent-encoded.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }
        impl fmt::Display for $segment {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
        impl TryFrom<&str> for $segment {
            type Error = PathSegmentError;
            fn try_from(segment: &str) -> Result<Self, PathSegmentError> {
                segment.parse()
            }
        }
        impl TryFrom<&String> for $segment {
            type Error = PathSegmentError;
            fn try_from(segment: &String) -> Result<Self, PathSegmentError> {
                segment.parse()
            }
        }
        impl TryFrom<String> for $segment {
            type Error = PathSegmentError;
            fn try_from(segment: String) -> Result<Self, PathSegmentError> {
                segment.parse()
            }
        }
    )+};
}

conversions!(PathSegment EmailSegment);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_would_change_the_path_is_refused_with_its_reason() {
        let refused = ["", ".", "..", "a\\b", "..\\..", "x\\..\\..\\keys\\y", "a\u{0}b", "a\nb", "\u{7f}"];
        for segment in refused {
            assert!(segment.parse::<PathSegment>().is_err(), "{segment:?}");
            assert!(segment.parse::<EmailSegment>().is_err(), "{segment:?}");
        }
        assert_eq!("".parse::<PathSegment>().unwrap_err().to_string().split(',').next(), Some("is empty"));
    }

    #[test]
    fn a_slash_is_for_e_mail_addresses_only() {
        assert!("a/b".parse::<PathSegment>().is_err());
        assert_eq!("a/b@example.com".parse::<EmailSegment>().unwrap().as_str(), "a/b@example.com");
    }

    #[test]
    fn ordinary_ids_pass_as_they_are() {
        for id in ["11111111-1111-4111-8111-111111111111", "nova-2.general", "a+b", "...", "%2e%2e", "é"] {
            assert_eq!(PathSegment::try_from(id).unwrap().to_string(), id);
        }
    }
}
