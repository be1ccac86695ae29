//! Explains the faults of a YAML text that the deserializer names without a place.

use saphyr_parser::{Event, Parser};

/// Line and column, from 1, and the reason of the fault that `message` is about. `None` if the message says enough.
pub(super) fn explain(message: &str, text: &str) -> Option<(Option<(usize, usize)>, &'static str)> {
    match message {
        "deserializing from YAML containing more than one document is not supported" => {
            let second = places(text, |event| matches!(event, Event::DocumentStart(_))).nth(1);
            Some((second, "a second document begins here; keep one of them in the file"))
        }
        "repetition limit exceeded" => {
            let last = places(text, |event| matches!(event, Event::Alias(_))).last();
            Some((
                last,
                "the aliases of this file, of which the last is here, multiply to more than can be read; write `$ref` instead",
            ))
        }
        _ => None,
    }
}

/// Where the events are that `is_wanted` selects, up to the first fault.
fn places(text: &str, is_wanted: impl Fn(&Event<'_>) -> bool) -> impl Iterator<Item = (usize, usize)> {
    let events = Parser::new_from_str(text).map_while(Result::ok);
    events.filter(move |(event, _)| is_wanted(event)).map(|(_, span)| (span.start.line(), span.start.col() + 1))
}
