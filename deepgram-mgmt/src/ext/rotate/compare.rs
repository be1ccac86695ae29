//! Compares the new key of a rotation with the old one: their ids, scopes, and everything else.

use std::fmt;

use chrono::{DateTime, TimeDelta, Utc};

use crate::Timestamp;
use crate::error::OneLine;
use crate::types::{Key, KeyWithSecret};

/// The roles of a project, in the vendor's guide on roles. Single scopes hold a colon.
const ROLES: [&str; 3] = ["owner", "admin", "member"];

/// A difference between the two keys of a rotation that did not keep the old key from being deleted.
///
/// The values of the new key are from the response that reads it back, or else from the one that created it. A property
/// that neither response names counts as one that the key does not have.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum KeyDifference {
    /// The new key has scopes that the old one's neither name nor imply. Where the old key has a role, single scopes
    /// count as the role's.
    MoreScopes(Vec<String>),
    /// The tags differ; their order does not count.
    #[non_exhaustive]
    Tags {
        /// The tags of the old key, which the new one was to have.
        old: Vec<String>,
        /// The tags of the new key.
        new: Vec<String>,
    },
    /// The expiration dates are a second or more apart, or only one of the keys expires.
    #[non_exhaustive]
    ExpirationDate {
        /// The expiration date of the old key, which the new one was to have.
        old: Option<Timestamp>,
        /// The expiration date of the new key.
        new: Option<Timestamp>,
    },
    /// The new key's comment is not the one that was asked for.
    #[non_exhaustive]
    Comment {
        /// The comment that was asked for: the old key's, and the mark of the rotation.
        requested: String,
        /// The comment of the new key.
        new: Option<String>,
    },
}

/// One line: what differs, and how.
impl fmt::Display for KeyDifference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let time = |time: &Option<Timestamp>| time.map_or("none".to_owned(), |time| time.to_string());
        let line = match self {
            Self::MoreScopes(scopes) => format!("more scopes: {}", scopes.join(", ")),
            Self::Tags { old, new } => format!("tags: {new:?} instead of {old:?}"),
            Self::ExpirationDate { old, new } => format!("expiration date: {} instead of {}", time(new), time(old)),
            Self::Comment { requested, new } => {
                format!("comment: {:?} instead of {requested:?}", new.as_deref().unwrap_or_default())
            }
        };
        write!(f, "{}", OneLine(&line))
    }
}

/// Whether two ids may name one key. Ids are UUIDs, which are read in either case, with or without hyphens, braces and
/// `urn:uuid:`: when in doubt, they do.
pub(crate) fn is_same_id(one: &str, other: &str) -> bool {
    let normal = |id: &str| {
        let id: String = id.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect();
        id.strip_prefix("urnuuid").map(str::to_owned).unwrap_or(id)
    };
    normal(one) == normal(other)
}

/// Whether a key with the scopes `new` opens everything that one with the scopes `old` does.
pub(super) fn covers(new: &[String], old: &[String]) -> bool {
    old.iter().all(|scope| new.iter().any(|wide| implies(wide, scope)))
}

/// Whether one scope implies another, of what the vendor's guide on roles says for certain. A role implies scopes, too;
/// which ones is the server's business, so that a role implies nothing here.
fn implies(wide: &str, narrow: &str) -> bool {
    let has_within =
        |wide: &str| narrow.strip_prefix(wide).is_some_and(|rest| rest.is_empty() || rest.starts_with(':'));
    // `project:write` implies `project:write:settings` and `project:read`.
    has_within(wide)
        || wide.strip_suffix(":write").is_some_and(|resource| has_within(&format!("{resource}:read")))
        || wide == "self-hosted:products" && narrow.starts_with("self-hosted:product:")
}

/// Whether a response about a key with the scopes `old` may name a scope: it names implied ones, too.
fn is_expected(scope: &str, old: &[String]) -> bool {
    let has_role = old.iter().any(|scope| ROLES.contains(&scope.as_str()));
    has_role && scope.contains(':') || old.iter().any(|wide| implies(wide, scope))
}

/// The differences between the old key, or the comment that was asked for, and the new key: as it was created, and as
/// it was read back.
pub(super) fn differences(old: &Key, comment: &str, created: &KeyWithSecret, new: &Key) -> Vec<KeyDifference> {
    let mut differences = Vec::new();
    let more = [&new.scopes, &created.scopes].into_iter().flatten().filter(|scope| !is_expected(scope, &old.scopes));
    let more = sorted(more.cloned().collect());
    if !more.is_empty() {
        differences.push(KeyDifference::MoreScopes(more));
    }
    let tags = if new.tags.is_empty() { &created.tags } else { &new.tags };
    if sorted(tags.clone()) != sorted(old.tags.clone()) {
        differences.push(KeyDifference::Tags { old: old.tags.clone(), new: tags.clone() });
    }
    let expiration_date = new.expiration_date.or(created.expiration_date);
    if !is_same_time(old.expiration_date, expiration_date) {
        differences.push(KeyDifference::ExpirationDate { old: old.expiration_date, new: expiration_date });
    }
    let new = new.comment.as_ref().or(created.comment.as_ref());
    if new.is_none_or(|new| new != comment) {
        differences.push(KeyDifference::Comment { requested: comment.to_owned(), new: new.cloned() });
    }
    differences
}

fn sorted(mut texts: Vec<String>) -> Vec<String> {
    texts.sort();
    texts.dedup();
    texts
}

/// Whether two times are equal; servers keep fractions of a second, or drop them.
fn is_same_time(one: Option<Timestamp>, other: Option<Timestamp>) -> bool {
    match (one, other) {
        (Some(one), Some(other)) => {
            (DateTime::<Utc>::from(one) - DateTime::<Utc>::from(other)).abs() < TimeDelta::seconds(1)
        }
        (None, None) => true,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_that_may_name_one_key_are_the_same() {
        let id = "0a1b2c3d-1111-4111-8111-abcdefabcdef";
        let upper = id.to_uppercase();
        let forms = [
            id.to_owned(),
            upper.clone(),
            format!(" {id}\n"),
            id.replace('-', ""),
            format!("{{{id}}}"),
            format!("urn:uuid:{upper}"),
        ];
        for one in &forms {
            assert!(forms.iter().all(|other| is_same_id(one, other)), "{one}");
            assert!(!is_same_id(one, "0a1b2c3d-1111-4111-8111-abcdefabcdee"), "{one}");
        }
        assert!(is_same_id("old", "OLD") && !is_same_id("old", "new") && !is_same_id("é", "è"));
    }

    #[test]
    fn a_difference_is_one_line_that_says_what_there_is_instead_of_what() {
        let texts = |texts: &[&str]| texts.iter().map(ToString::to_string).collect::<Vec<_>>();
        let date = "2030-01-01".parse().ok();
        for (difference, line) in [
            (KeyDifference::MoreScopes(texts(&["a", "b"])), "more scopes: a, b"),
            (KeyDifference::Tags { old: texts(&["x"]), new: vec![] }, r#"tags: [] instead of ["x"]"#),
            (
                KeyDifference::ExpirationDate { old: date, new: None },
                "expiration date: none instead of 2030-01-01T00:00:00Z",
            ),
            (
                KeyDifference::Comment { requested: "ci".to_owned(), new: Some("a\nb".to_owned()) },
                r#"comment: "a\nb" instead of "ci""#,
            ),
        ] {
            assert_eq!(difference.to_string(), line);
        }
    }

    #[test]
    fn scopes_cover_what_they_name_and_what_is_known_to_be_implied() {
        let texts = |list: &str| list.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
        for (new, old, expected) in [
            ("member", "member", true),
            ("project:read member keys:read", "member project:read", true),
            ("project:write", "project:read", true),
            ("project:write", "project:write:settings project:read", true),
            ("members:write", "members:read:invites", true),
            ("self-hosted:products", "self-hosted:product:api self-hosted:product:engine", true),
            // Less, or nobody knows.
            ("usage:read", "admin", false),
            ("admin", "usage:read", false),
            ("owner", "admin", false),
            ("project:read", "project:write", false),
            ("project:write:settings", "project:write", false),
            ("project:write:settings", "project:read", false),
            ("self-hosted:product:api", "self-hosted:products", false),
            ("usage:read", "usage:read billing:read", false),
            ("project", "projects:read", false),
            ("usage:write", "billing:read", false),
            ("Member", "member", false),
            ("", "member", false),
        ] {
            assert_eq!(covers(&texts(new), &texts(old)), expected, "{new} for {old}");
        }
    }
}
