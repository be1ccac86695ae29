//! Points in time as texts, in every form that requests and responses write.

use chrono::{DateTime, SecondsFormat, Utc};

/// The name of the format that [`parse`] reads, as the overlay has it.
pub(crate) const FORMAT: &str = "date-or-date-time";

/// Reads an RFC 3339 date-time, one without its zone, or a full-date; what is missing is midnight and UTC.
pub(crate) fn parse(text: &str) -> Option<DateTime<Utc>> {
    // Completed to one form, since chrono's readers of parts also take what RFC 3339 does not, such as `2026-9-1`. They
    // take a space for the T, too.
    let complete = |end| DateTime::parse_from_rfc3339(&format!("{text}{end}")).ok();
    let found = ["", "Z", "T00:00:00Z"].into_iter().find_map(complete);
    found.filter(|_| !text.contains(' ')).map(|instant| instant.to_utc())
}

/// `2026-09-15T11:32:22.678047Z`
pub(crate) fn zoned(instant: DateTime<Utc>) -> String {
    instant.to_rfc3339_opts(SecondsFormat::AutoSi, true)
}

/// `2026-09-15T11:32:22.678047`
pub(crate) fn without_zone(instant: DateTime<Utc>) -> String {
    instant.format("%Y-%m-%dT%H:%M:%S%.6f").to_string()
}

/// `2026-09-15`
pub(crate) fn date(instant: DateTime<Utc>) -> String {
    instant.format("%Y-%m-%d").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_as_the_same_instant() {
        let instant = parse("2026-09-15T13:32:22.678047+02:00").unwrap();
        assert_eq!(zoned(instant), "2026-09-15T11:32:22.678047Z");
        assert_eq!(parse(&zoned(instant)), Some(instant));
        assert_eq!(parse(&without_zone(instant)), Some(instant));
        assert_eq!(parse(&date(instant)), parse("2026-09-15T00:00:00Z"));
    }

    #[test]
    fn what_is_none_of_the_forms_is_not_read() {
        for text in ["", "Z", "2026", "2026-9-15", "2026-02-30", "2026-09-15Z", "2026-09-15 12:00:00", "+2026-09-15"] {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}
