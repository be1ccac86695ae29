//! A document's text as documentation: read as `CommonMark` and written again, so that it stays text whatever it holds.
//!
//! Code is never Rust, HTML is shown and not read, links lead to the web or nowhere, and what rustdoc would complain of
//! (a bare URL, the name of no item in brackets) is not there.

use pulldown_cmark::{
    BrokenLink, CodeBlockKind, CowStr, Event, LinkType, Options, Parser, Tag, TagEnd, TextMergeStream,
};
use pulldown_cmark_to_cmark as writer;

use crate::inert::{code_span, is_steering};

/// How code of a document is marked: rustdoc takes any other block for Rust, and compiles it.
const TEXT: &str = "text";

/// How deep lists and quotes may nest; no reader follows further, and what nests deeper is shown as it is written.
const DEPTH: usize = 12;

/// Text of a document as Markdown that shows only this text.
pub(super) fn inert(text: &str) -> String {
    if is_words(text) {
        return text.trim_end().to_owned();
    }
    let text = clean(text);
    written(&text).filter(|markdown| is_inert(markdown)).unwrap_or_else(|| plain(&text))
}

/// Whether a text is one line of words, names between backticks, and signs of which none is markup there, as most are: it
/// stays as it is.
fn is_words(text: &str) -> bool {
    let pieces: Vec<&str> = text.split('`').collect();
    let is_piece = |(index, piece): (usize, &&str)| {
        let signs: &[u8] = if index % 2 == 1 { b"_:" } else { b" ,.;'\"()-" };
        let is_last = index + 1 == pieces.len();
        (is_last || !piece.is_empty())
            && piece.bytes().all(|byte| byte.is_ascii_alphanumeric() || signs.contains(&byte))
    };
    pieces.len() % 2 == 1
        && text.starts_with(|c: char| c.is_ascii_alphabetic())
        && pieces.iter().enumerate().all(is_piece)
}

/// Text of a document on one line, as a code span: a path.
pub(super) fn code(text: &str) -> String {
    code_span(&text.replace(is_steering, " "))
}

/// Whether Markdown begins with a paragraph, which can go on from what stands before it.
pub(super) fn is_paragraph(markdown: &str) -> bool {
    matches!(Parser::new_ext(markdown, options()).next(), Some(Event::Start(Tag::Paragraph)))
}

/// The Markdown extensions that rustdoc reads.
fn options() -> Options {
    Options::ENABLE_TABLES | Options::ENABLE_FOOTNOTES | Options::ENABLE_STRIKETHROUGH | Options::ENABLE_TASKLISTS
}

/// Lines without characters that steer what shows them.
fn clean(text: &str) -> String {
    if text.bytes().all(|byte| matches!(byte, b'\n' | b' '..=b'~')) {
        return text.to_owned();
    }
    let text = text.replace("\r\n", "\n").replace(['\r', '\u{2028}', '\u{2029}'], "\n").replace('\t', "    ");
    text.replace(|c| c != '\n' && is_steering(c), "")
}

/// `None` of what nests too deep.
fn written(text: &str) -> Option<String> {
    let events = rewritten(text)?;
    let options = writer::Options {
        list_token: '-',
        code_block_token_count: writer::calculate_code_block_token_count(&events)
            .unwrap_or(writer::DEFAULT_CODE_BLOCK_TOKEN_COUNT),
        ..writer::Options::default()
    };
    let mut markdown = String::new();
    writer::cmark_with_options(events.iter(), &mut markdown, options).ok()?;
    Some(markdown.lines().map(str::trim_end).collect::<Vec<_>>().join("\n"))
}

/// The same events, but for those that would be more than text.
///
/// The writer escapes what the parser has told apart and no more, so it gets text that is escaped already, as what it
/// writes unchanged: HTML. None that the text itself holds is left.
fn rewritten(text: &str) -> Option<Vec<Event<'static>>> {
    let mut events: Vec<Event<'static>> = Vec::new();
    let (mut links, mut depth, mut is_code) = (Vec::new(), 0, false);
    for event in TextMergeStream::new(Parser::new_ext(text, options())) {
        match &event {
            Event::Start(_) => depth += 1,
            Event::End(_) => depth -= 1,
            _ => {}
        }
        if depth > DEPTH {
            return None;
        }
        let is_linked = links.contains(&true);
        match event {
            Event::Start(Tag::CodeBlock(_)) => {
                is_code = true;
                events.push(Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(TEXT.into()))));
            }
            Event::End(TagEnd::CodeBlock) => {
                is_code = false;
                events.push(Event::End(TagEnd::CodeBlock));
            }
            Event::Text(text) if is_code => events.push(Event::Text(clean(&text).into())),
            Event::Text(text) | Event::InlineHtml(text) => says(&mut events, &text, is_linked),
            // A line of a block, which has become a paragraph.
            Event::Html(line) => {
                if !matches!(events.last(), Some(Event::Start(_))) {
                    events.push(Event::SoftBreak);
                }
                says(&mut events, line.trim(), is_linked);
            }
            Event::Start(Tag::HtmlBlock) => events.push(Event::Start(Tag::Paragraph)),
            Event::End(TagEnd::HtmlBlock) => events.push(Event::End(TagEnd::Paragraph)),
            Event::Code(code) => {
                let code = code.replace(is_steering, " ");
                events.push(if code.trim().is_empty() { raw(" ") } else { Event::Code(code.into()) });
            }
            Event::Start(Tag::Link { dest_url, .. }) => {
                links.push(is_web(&dest_url) && !is_linked);
                if links.last() == Some(&true) {
                    events.push(Event::Start(link(LinkType::Inline, dest_url.into_string())));
                }
            }
            Event::End(TagEnd::Link) => {
                if links.pop() == Some(true) {
                    events.push(Event::End(TagEnd::Link));
                }
            }
            Event::Start(Tag::Heading { level, .. }) => {
                events.push(Event::Start(Tag::Heading { level, id: None, classes: Vec::new(), attrs: Vec::new() }));
            }
            Event::FootnoteReference(name) => says(&mut events, &format!("[^{name}]"), is_linked),
            // What an image shows stays, as text; what a footnote says stays, where it is said.
            Event::Start(Tag::Image { .. } | Tag::FootnoteDefinition(_))
            | Event::End(TagEnd::Image | TagEnd::FootnoteDefinition) => {}
            event => events.push(event.into_static()),
        }
    }
    Some(events)
}

/// Whether the next text begins a line, where more signs are markup than elsewhere.
fn starts_line(events: &[Event<'_>]) -> bool {
    match events.last() {
        Some(Event::Start(Tag::Emphasis | Tag::Strong | Tag::Strikethrough | Tag::Link { .. })) => false,
        Some(Event::Start(_) | Event::SoftBreak | Event::HardBreak) | None => true,
        Some(Event::End(tag)) => {
            !matches!(tag, TagEnd::Emphasis | TagEnd::Strong | TagEnd::Strikethrough | TagEnd::Link)
        }
        Some(_) => false,
    }
}

fn raw(text: impl Into<String>) -> Event<'static> {
    Event::InlineHtml(CowStr::from(text.into()))
}

fn link(link_type: LinkType, url: impl Into<String>) -> Tag<'static> {
    Tag::Link { link_type, dest_url: CowStr::from(url.into()), title: "".into(), id: "".into() }
}

/// Adds text, escaped; what is a URL in it becomes a link, unless it is within one.
fn says(events: &mut Vec<Event<'static>>, text: &str, is_linked: bool) {
    let text = text.replace(is_steering, " ");
    let mut rest = if starts_line(events) { text.trim_start() } else { &text };
    while let Some((before, url, after)) = bare_url(rest).filter(|_| !is_linked) {
        if !before.is_empty() {
            let before = escaped(before, starts_line(events));
            events.push(raw(before));
        }
        events.extend([Event::Start(link(LinkType::Autolink, url)), raw(url), Event::End(TagEnd::Link)]);
        rest = after;
    }
    if !rest.is_empty() {
        let rest = escaped(rest, starts_line(events));
        events.push(raw(rest));
    }
}

/// The first URL of the web in a text, with what stands before and after it.
fn bare_url(text: &str) -> Option<(&str, &str, &str)> {
    let scheme = |from: usize| {
        let found = ["https://", "http://"].into_iter().filter_map(|scheme| Some((text[from..].find(scheme)?, scheme)));
        found.min().map(|(at, scheme)| (from + at, from + at + scheme.len()))
    };
    let mut from = 0;
    while let Some((start, host)) = scheme(from) {
        let is_end = |c: char| c.is_whitespace() || c.is_control() || "<>\"'`\\^{}|".contains(c);
        let end = text[host..].find(is_end).map_or(text.len(), |length| host + length);
        let url = text[start..end].trim_end_matches(['.', ',', ';', ':', '!', '?', ')', ']', '*', '_']);
        if url.len() > host - start {
            return Some((&text[..start], url, &text[start + url.len()..]));
        }
        from = host;
    }
    None
}

fn is_web(url: &str) -> bool {
    let url = url.to_ascii_lowercase();
    ["https://", "http://"].into_iter().any(|scheme| url.len() > scheme.len() && url.starts_with(scheme))
        && !url.contains(|c: char| c.is_whitespace() || is_steering(c) || "<>\"`\\".contains(c))
}

/// Text in which nothing is markup.
fn escaped(text: &str, starts_line: bool) -> String {
    let mut escaped = String::with_capacity(text.len());
    let digits = text.len() - text.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    let mut before = None;
    let mut characters = text.char_indices().peekable();
    while let Some((index, c)) = characters.next() {
        let next = characters.peek().map(|(_, next)| *next);
        let is_within_word = before.is_some_and(char::is_alphanumeric) && next.is_some_and(char::is_alphanumeric);
        let is_markup = match c {
            '\\' | '`' | '*' | '<' | '[' | ']' | '|' | '~' => true,
            '_' => !is_within_word,
            '&' => next.is_some_and(|next| next == '#' || next.is_ascii_alphabetic()),
            '#' | '>' | '+' | '-' | '=' | ':' => starts_line && index == 0,
            '.' | ')' => starts_line && digits > 0 && index == digits,
            _ => false,
        };
        if is_markup {
            escaped.push('\\');
        }
        escaped.push(c);
        before = Some(c);
    }
    escaped
}

/// Whether Markdown is nothing but text to rustdoc, which takes what stands in brackets for the name of an item.
fn is_inert(markdown: &str) -> bool {
    if markdown.contains(|c| c != '\n' && is_steering(c)) {
        return false;
    }
    let item = |_: BrokenLink<'_>| Some((CowStr::from("item"), CowStr::from("")));
    let (mut links, mut is_code) = (0, false);
    TextMergeStream::new(Parser::new_with_broken_link_callback(markdown, options(), Some(item))).all(
        |event| match event {
            Event::Start(Tag::CodeBlock(kind)) => {
                is_code = true;
                matches!(kind, CodeBlockKind::Fenced(language) if &*language == TEXT)
            }
            Event::End(TagEnd::CodeBlock) => {
                is_code = false;
                true
            }
            Event::Start(Tag::Link { dest_url, .. }) => {
                links += 1;
                is_web(&dest_url)
            }
            Event::End(TagEnd::Link) => {
                links -= 1;
                true
            }
            Event::Text(text) => is_code || links > 0 || bare_url(&text).is_none(),
            Event::Html(_)
            | Event::InlineHtml(_)
            | Event::FootnoteReference(_)
            | Event::Start(Tag::HtmlBlock | Tag::Image { .. } | Tag::FootnoteDefinition(_) | Tag::MetadataBlock(_)) => {
                false
            }
            _ => true,
        },
    )
}

/// The text as it is written, every sign of markup escaped.
fn plain(text: &str) -> String {
    let line = |line: &str| -> String {
        line.trim().chars().flat_map(|c| c.is_ascii_punctuation().then_some('\\').into_iter().chain([c])).collect()
    };
    text.trim().lines().map(line).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_stay_as_the_parser_and_the_writer_would_leave_them() {
        let pieces = [
            "word", "a", "x1", "7", " ", "  ", ", ", ". ", ".", ")", " (", "; ", "'s ", "\"q\" ", "1. ", "1) ", "...",
            "-", " - ", "--", "`", "`a_b`", "`a:b`", "``", "_", ":",
        ];
        let mut random = fastrand::Rng::with_seed(1);
        let mut words = 0;
        for _ in 0..60_000 {
            let text: String = (0..random.usize(1..9)).map(|_| pieces[random.usize(..pieces.len())]).collect();
            if is_words(&text) {
                words += 1;
                assert_eq!(Some(inert(&text)), written(&text), "{text:?}");
                assert!(is_inert(&inert(&text)), "{text:?}");
            }
        }
        assert!(words > 3_000, "{words}");
        for text in [
            "1. one",
            "two\nlines",
            "a *b*",
            "a_b",
            "a\tb",
            "`a`",
            "a `b",
            "a ``",
            "a `b``c`",
            "a `b c`",
            "é",
            "",
            " a",
            "a: b",
            "a/b",
        ] {
            assert!(!is_words(text), "{text:?}");
        }
    }
}
