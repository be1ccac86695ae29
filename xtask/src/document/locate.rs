//! Finds the lines and columns of values in the file of a document.

use std::collections::HashMap;
use std::fmt;

use saphyr_parser::{Event, Parser, Span};
use serde::Serialize;
use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

use super::load::{self, Document};
use super::pointer::Pointer;

/// A line and a column in a file, each from 1. A column counts characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Position {
    /// The line.
    pub line: usize,
    /// The column.
    pub column: usize,
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.line, self.column)
    }
}

/// The position of the value at `place`, as `file:line:column`.
#[must_use]
pub fn locate(document: &Document, place: &Pointer) -> String {
    Positions::of(document).locate(document, place)
}

/// The positions of all values of a document. A member of a mapping has the position of its key.
#[derive(Debug)]
pub struct Positions {
    /// The first is the whole document.
    nodes: Vec<Node>,
}

#[derive(Debug)]
struct Node {
    at: Position,
    children: Children,
}

/// The indices of the values inside a value.
#[derive(Debug)]
enum Children {
    None,
    List(Vec<usize>),
    Mapping {
        members: HashMap<String, (Position, usize)>,
        /// The value of `<<`: a mapping or a list of mappings, whose members belong to this one.
        merged: Option<usize>,
    },
}

impl Children {
    fn mapping() -> Self {
        Self::Mapping { members: HashMap::new(), merged: None }
    }
}

impl Positions {
    /// Reads the text of a document once more, for positions alone.
    #[must_use]
    pub fn of(document: &Document) -> Self {
        let mut positions = if load::is_json(&document.name) { json(&document.text) } else { yaml(&document.text) };
        if positions.nodes.is_empty() {
            positions.add(Position { line: 1, column: 1 }, Children::None);
        }
        positions
    }

    /// The position of the value at `place`. If an alias or a merge key leads there, it is the position where the value is
    /// written. If no value is there, it is the position of the nearest value around it.
    #[must_use]
    pub fn find(&self, place: &Pointer) -> Position {
        let (mut found, mut node) = (self.nodes[0].at, 0);
        for key in place.keys() {
            let Some((at, child)) = self.child(node, &key) else { break };
            (found, node) = (at, child);
        }
        found
    }

    /// The position of the value at `place` in the file of the document, as `file:line:column`.
    #[must_use]
    pub fn locate(&self, document: &Document, place: &Pointer) -> String {
        format!("{}:{}", document.name, self.find(place))
    }

    fn child(&self, node: usize, key: &str) -> Option<(Position, usize)> {
        match &self.nodes[node].children {
            Children::None => None,
            Children::List(items) => {
                let item = *items.get(key.parse::<usize>().ok()?)?;
                Some((self.nodes[item].at, item))
            }
            Children::Mapping { members, merged } => members.get(key).copied().or_else(|| {
                let merged = (*merged)?;
                match &self.nodes[merged].children {
                    Children::List(mappings) => mappings.iter().find_map(|mapping| self.child(*mapping, key)),
                    _ => self.child(merged, key),
                }
            }),
        }
    }

    fn add(&mut self, at: Position, children: Children) -> usize {
        self.nodes.push(Node { at, children });
        self.nodes.len() - 1
    }
}

/// The positions in a text of YAML, up to its first fault.
fn yaml(text: &str) -> Positions {
    let positions = Positions { nodes: Vec::new() };
    let mut reader = YamlReader { positions, anchors: HashMap::new(), open: Vec::new() };
    for event in Parser::new_from_str(text) {
        let Ok((event, span)) = event else { break };
        reader.read(&event, span);
    }
    reader.positions
}

struct YamlReader {
    positions: Positions,
    /// The nodes of the anchors.
    anchors: HashMap<usize, usize>,
    /// The collections that are not complete, each with the key that waits for its value.
    open: Vec<(usize, Option<(String, Position)>)>,
}

impl YamlReader {
    fn read(&mut self, event: &Event<'_>, span: Span) {
        let at = Position { line: span.start.line(), column: span.start.col() + 1 };
        match event {
            Event::Alias(anchor) => {
                if let Some(node) = self.anchors.get(anchor).copied() {
                    self.attach(node, at, "");
                }
            }
            Event::Scalar(text, _, anchor, _) => {
                self.begin(*anchor, at, Children::None, text);
            }
            Event::SequenceStart(anchor, _) => {
                let node = self.begin(*anchor, at, Children::List(Vec::new()), "");
                self.open.push((node, None));
            }
            Event::MappingStart(anchor, _) => {
                let node = self.begin(*anchor, at, Children::mapping(), "");
                self.open.push((node, None));
            }
            Event::SequenceEnd | Event::MappingEnd => {
                self.open.pop();
            }
            _ => {}
        }
    }

    fn begin(&mut self, anchor: usize, at: Position, children: Children, text: &str) -> usize {
        let node = self.positions.add(at, children);
        // Without an anchor it is 0.
        if anchor > 0 {
            self.anchors.insert(anchor, node);
        }
        self.attach(node, at, text);
        node
    }

    /// Adds a node to the collection that it is in. In a mapping, keys and values take turns.
    fn attach(&mut self, node: usize, at: Position, text: &str) {
        let Some((parent, key)) = self.open.last_mut() else { return };
        match &mut self.positions.nodes[*parent].children {
            Children::None => {}
            Children::List(items) => items.push(node),
            Children::Mapping { members, merged } => match key.take() {
                None => *key = Some((text.to_owned(), at)),
                Some((key, _)) if key == load::MERGE => *merged = Some(node),
                Some((key, at)) => {
                    members.insert(key, (at, node));
                }
            },
        }
    }
}

/// The positions in a text of JSON.
fn json(text: &str) -> Positions {
    let mut reader = JsonReader { text, lines: vec![0], positions: Positions { nodes: Vec::new() } };
    reader.lines.extend(text.match_indices('\n').map(|(index, _)| index + 1));
    if let Ok(value) = serde_json::from_str(text) {
        reader.read(value);
    }
    reader.positions
}

struct JsonReader<'t> {
    text: &'t str,
    /// Where each line begins.
    lines: Vec<usize>,
    positions: Positions,
}

impl<'t> JsonReader<'t> {
    fn read(&mut self, value: &'t RawValue) -> usize {
        let node = self.positions.add(self.position(value), Children::None);
        let children = match value.get().as_bytes().first() {
            Some(b'[') => {
                let items: Vec<&RawValue> = serde_json::from_str(value.get()).unwrap_or_default();
                Children::List(items.into_iter().map(|item| self.read(item)).collect())
            }
            Some(b'{') => {
                let Members(all) = serde_json::from_str(value.get()).unwrap_or_default();
                let members = all.into_iter().filter_map(|(key, value)| {
                    let name = serde_json::from_str(key.get()).ok()?;
                    Some((name, (self.position(key), self.read(value))))
                });
                Children::Mapping { members: members.collect(), merged: None }
            }
            _ => Children::None,
        };
        self.positions.nodes[node].children = children;
        node
    }

    /// The position of a part of the text.
    fn position(&self, part: &RawValue) -> Position {
        let offset = part.get().as_ptr().addr() - self.text.as_ptr().addr();
        let line = self.lines.partition_point(|start| *start <= offset);
        Position { line, column: self.text[self.lines[line - 1]..offset].chars().count() + 1 }
    }
}

/// The members of an object, each with its key as it is written.
#[derive(Default)]
struct Members<'t>(Vec<(&'t RawValue, &'t RawValue)>);

impl<'de> Deserialize<'de> for Members<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct All;
        impl<'de> Visitor<'de> for All {
            type Value = Members<'de>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Members<'de>, A::Error> {
                let mut members = Vec::new();
                while let Some(entry) = entries.next_entry()? {
                    members.push(entry);
                }
                Ok(Members(members))
            }
        }
        deserializer.deserialize_map(All)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The position of each place, as `line:column`.
    fn found(name: &str, text: &str, places: &[&str]) -> Vec<String> {
        let document = load::parse(name, text.as_bytes()).unwrap();
        let positions = Positions::of(&document);
        places.iter().map(|place| positions.find(&Pointer::of_reference(place).unwrap()).to_string()).collect()
    }

    #[test]
    fn a_member_has_the_position_of_its_key_and_an_item_its_own() {
        let text = "# Things\n\u{e9}: { a: 1, 'b c': [x,  {d: 2}] }\nlist:\n- one\n-   name: |\n      text\n      b: 1\n    200: {}\n";
        let places =
            ["#", "#/\u{e9}", "#/\u{e9}/a", "#/\u{e9}/b c", "#/\u{e9}/b c/0", "#/\u{e9}/b c/1", "#/\u{e9}/b c/1/d"];
        assert_eq!(found("a.yml", text, &places), ["2:1", "2:1", "2:6", "2:12", "2:20", "2:24", "2:25"]);
        let places = ["#/list", "#/list/0", "#/list/1", "#/list/1/name", "#/list/1/200"];
        assert_eq!(found("a.yml", text, &places), ["3:1", "4:3", "5:5", "5:5", "8:5"]);
    }

    #[test]
    fn json_has_positions_too_behind_text_of_any_script_and_escapes() {
        let text = "{ \"a\\/\\ud83d\\ude00\": {\"\u{e9}\": \"\u{e9}\", \"b\":\n\t[1, {\"c\": null}]},\r\n\"d\": 2 }";
        let places = ["#", "#/a~1\u{1f600}", "#/a~1\u{1f600}/b", "#/a~1\u{1f600}/b/1", "#/a~1\u{1f600}/b/1/c", "#/d"];
        assert_eq!(found("a.json", text, &places), ["1:1", "1:3", "1:33", "2:6", "2:7", "3:1"]);
        // JSON is YAML as well.
        let text = "{\n  \"a\": {\n    \"b\": [1, 2]\n  }\n}\n";
        for name in ["a.json", "a.yaml"] {
            assert_eq!(found(name, text, &["#/a", "#/a/b", "#/a/b/1"]), ["2:3", "3:5", "3:14"]);
        }
    }

    #[test]
    fn an_alias_and_a_merge_key_lead_to_the_written_value() {
        let text = "base: &base\n  a: { x: 1 }\n  b: 2\nother: &other {c: 3}\n\
                    alias: *base\none:\n  <<: *base\n  b: 4\ntwo:\n  <<: [*base, *other]\n";
        let places = ["#/alias", "#/alias/a/x", "#/one/a", "#/one/b", "#/two/c", "#/two/b"];
        assert_eq!(found("a.yml", text, &places), ["5:1", "2:8", "2:3", "8:3", "4:16", "3:3"]);
    }

    #[test]
    fn a_place_without_a_value_has_the_position_of_the_value_around_it() {
        let text = "a:\n  b:\n    - 1\n";
        assert_eq!(found("a.yml", text, &["#/a/b/1", "#/a/c/d", "#/none", "#/a/b/x"]), ["2:3", "1:1", "1:1", "2:3"]);
    }
}
