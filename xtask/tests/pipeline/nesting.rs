//! Rejects deeply nested YAML with its location, before it takes long. Brackets in texts are texts.

use std::fmt::Write as _;
use std::time::{Duration, Instant};

use serde_json::Value;
use xtask::load;

const HEAD: &str = "openapi: 3.1.0\n";

fn error_of(name: &str, text: &str) -> String {
    let error = load::parse(name, text.as_bytes()).expect_err("what nests deeper than anything is read");
    format!("{error:#}")
}

#[test]
fn brackets_in_each_other_are_rejected_where_there_are_too_many_whatever_stands_before_them() {
    let (lists, maps) = ("[".repeat(129), "{a: ".repeat(129));
    for (before, brackets, step) in [
        ("a: ", &lists, 1),
        ("a: ", &maps, 4),
        ("", &lists, 1),
        ("- - ? ", &lists, 1),
        ("a: 'it''s [' # ' \"\nb: ", &lists, 1),
        ("a: \"\\\"[\\\\\"\nb: ", &lists, 1),
        ("a: |\n  [ \"\n\n  '\nb: ", &lists, 1),
        ("- |2-\n   \"\n- ", &lists, 1),
        ("a: b\n  \"c [\n\"d\": ", &lists, 1),
        ("a: it's\nb: ", &lists, 1),
        ("a: x#y\nb: ", &lists, 1),
        ("a: &one !two ", &lists, 1),
        ("a: [b, \"[\", 'c', d\"e, #]\n ", &lists, 1),
        ("# \"\r", &lists, 1),
        ("# \"\u{85}", &lists, 1),
        ("# \"\u{2028}\u{feff}", &lists, 1),
        ("---\na: \"\n  [\"\n---\nb: ", &lists, 1),
    ] {
        let text = format!("{before}{brackets}");
        let lines = before.matches('\n').count();
        let last = before.rsplit('\n').next().unwrap().len();
        // The one after the 128 that may be, less those that `before` has opened.
        let opened = match before {
            "" => 0,
            "- - ? " => 3,
            _ if before.starts_with('#') => 0,
            _ if before.contains("[b,") => 2,
            _ => 1,
        };
        let place = format!("d.yml:{}:{}: ", lines + 1, last + (128 - opened) * step + 1);
        let said = error_of("d.yml", &text);
        assert_eq!(said, format!("{place}more than 128 collections in each other"), "{before:?}");
    }
    let lines = "- ".repeat(129);
    assert_eq!(error_of("d.yml", &lines), "d.yml:1:257: more than 128 collections in each other");
    let directives = "%TAG !a! x\n".repeat(101);
    assert_eq!(error_of("d.yml", &directives), "d.yml:101:1: more than 100 directives");
}

#[test]
fn brackets_in_texts_and_comments_are_no_nesting() {
    let many = "[{".repeat(500);
    for (text, expected) in [
        (format!("a: x{many}"), format!("x{many}")),
        (format!("a: x\n  {many}"), format!("x {many}")),
        (format!("a: 'it''s {many}'"), format!("it's {many}")),
        (format!("a: \"\\\"{many}\\\\\""), format!("\"{many}\\")),
        (format!("a: \"\n  {many}\\\n  \""), format!(" {many}")),
        (format!("a: |-\n\n  \" '\n  {many}"), format!("\n\" '\n{many}")),
        (format!("a: >1-\n  {many}"), format!(" {many}")),
        (format!("# {many}\na: b # {many}\n#{many}"), "b".to_owned()),
        (format!("a: http://x/{many}#{many}"), format!("http://x/{many}#{many}")),
        (format!("é: ['{many}', \"{many}\"]\na: 'é: {many}'"), format!("é: {many}")),
        (format!("l:\n- |\n {many}\n- {{b: '{many}', c: \"{many}\"}}\n- - x\n  - >-\n   {many}\na: b"), "b".to_owned()),
        (format!("a: |+\r\n  {many}\r\nb: \"\"").replace("|+", "|-"), many.clone()),
        (format!("? a\n: |-\n  {many}"), many.clone()),
        (format!("a: &x !!str '{many}'"), many.clone()),
    ] {
        let read = load::parse("d.yml", text.as_bytes()).unwrap_or_else(|error| panic!("{error:#}: {text:.80}"));
        assert_eq!(read.value["a"], expected, "{text:.80}");
    }
    // As deep as it may be.
    let deep = format!("a: {}{}", "[".repeat(127), "]".repeat(127));
    assert!(load::parse("d.yml", deep.as_bytes()).is_ok());
}

/// A random text in every style of YAML that can hold it.
fn scalar(random: &mut fastrand::Rng, in_flow: bool) -> (String, String) {
    let pieces = ["[", "{", "]", "}", "'", "\"", "# ", ": x", "é", "word", "\\", "- ", ",", "|", ">", "%", "&a", "*"];
    let text: String = (0..random.usize(..12)).map(|_| pieces[random.usize(..pieces.len())]).collect();
    let text = format!("t{text}t");
    let style = random.u8(..if in_flow { 2 } else { 3 });
    let written = match style {
        0 => format!("'{}'", text.replace('\'', "''")),
        1 => serde_json::to_string(&text).unwrap(),
        _ => format!("|-\n          {text}"),
    };
    (written, text)
}

#[test]
fn every_text_that_yaml_reads_is_let_through_and_means_the_same() {
    let mut random = fastrand::Rng::with_seed(9);
    for round in 0..2_000 {
        let (mut text, mut expected) = (HEAD.to_owned(), Vec::new());
        for n in 0..40 {
            let in_flow = random.bool();
            let (written, meant) = scalar(&mut random, in_flow);
            if random.u8(..4) == 0 {
                text.push_str("# [[[[ \" ' {\n\n");
            }
            // Writing to a string cannot fail.
            let _ = if in_flow {
                writeln!(text, "k{n}: [ {written} , {{ it's: {written} }}, [] ]  # [ '")
            } else {
                writeln!(text, "k{n}:\n  -   - {written}")
            };
            expected.push((n, in_flow, meant));
        }
        let read = load::parse("d.yml", text.as_bytes()).unwrap_or_else(|error| panic!("{round}: {error:#}\n{text}"));
        for (n, in_flow, meant) in expected {
            let at = &read.value[format!("k{n}")][0];
            assert_eq!(if in_flow { at } else { &at[0] }, &Value::from(meant), "{round}\n{text}");
        }
    }
}

#[test]
fn twice_the_nesting_takes_no_more_than_in_proportion() {
    let kinds: [(&str, &str, &str); 12] = [
        ("lists", "d.yml", "["),
        ("mappings", "d.yml", "{a: "),
        ("mappings without spaces", "d.yml", "{\"a\":"),
        ("lists after texts", "d.yml", "[\"]\",']',"),
        ("lists of keys", "d.yml", "[? "),
        ("lines", "d.yml", "- "),
        ("keys", "d.yml", "? "),
        ("both", "d.yml", "? - "),
        ("texts", "d.yml", "a b\n"),
        ("tags", "d.yml", "%TAG !a! x\n"),
        ("anchors", "d.yml", "- &a [*a]\n"),
        ("JSON", "d.json", "[{\"a\":"),
    ];
    for (kind, name, piece) in kinds {
        let time = |times: usize| {
            let text = piece.repeat(times);
            let least = (0..3).map(|_| {
                let start = Instant::now();
                let _ = load::parse(name, text.as_bytes());
                start.elapsed()
            });
            least.min().unwrap()
        };
        // By the square, this would be 64 times as long.
        let (small, large) = (time(10_000), time(80_000));
        assert!(large < small * 30 + Duration::from_millis(50), "{kind}: {small:?}, eight times as many {large:?}");
    }
    // Line after line, each deeper than the last.
    let stairs = |depth: usize| (0..depth).fold(String::new(), |text, n| format!("{text}{}a:\n", " ".repeat(n)));
    assert_eq!(error_of("d.yml", &stairs(2_000)), "d.yml:129:130: more than 128 collections in each other");
}
