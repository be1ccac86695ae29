//! A document's text as documentation: it never becomes code, markup of its own, or a link to an item.

use pulldown_cmark::{BrokenLink, CodeBlockKind, CowStr, Event, Options, Parser, Tag, TagEnd};
use serde_json::{Value, json};
use syn::visit::{self, Visit};
use syn::visit_mut::VisitMut;
use xtask::polish::Modules;

use crate::fixture::Fixture;

/// Text that would be code, markup or a command wherever it is taken for more than text.
const HOSTILE: [&str; 34] = [
    "```\npanic!(\"owned\");\n```",
    "```rust\npanic!();\n",
    "~~~\npanic!();\n~~~\n",
    "````rust,should_panic\n```\npanic!();\n```\n````",
    "curl:\n\n    curl -X POST https://api.example.com/\n",
    "\tpanic!();",
    "- item\n\n      panic!();\n",
    "> ```\n> panic!();\n",
    "1. a\n   ```\n   # hidden();\n   ```",
    "# hidden\n\n## Panics",
    "<script>alert(1)</script>",
    "text <b onclick=x>bold</b> <!-- gone --> & more",
    "<details>\n<summary>x</summary>\n\n```\npanic!();\n```\n</details>",
    "Vec<String> and List<T>",
    "[Foo] and [`Bar`] and [baz](crate::none) and [x][y]\n\n[y]: super::Nothing",
    "[run](javascript:alert(1)) ![shot](https://x.example/a.png) <javascript:alert(1)>",
    "see https://api.example.com/v1 (or http://x.example.org), and <https://ok.example.com>",
    "[docs](https://example.com/a_b \"title\") [^1]\n\n[^1]: a note\n\n    panic!();",
    "| a | b |\n| - | - |\n| `x \\| y` | <i>z</i> |",
    "*/ // /* \" \\ \\\\` `` ``` ~~~",
    "&#96;&#96;&#96;\n&lt;b&gt; &#x202e; &#27;[31m &amp;lt;",
    "a\u{202e}b\u{2066}c\u{1b}[31md\u{200b}\u{feff}\r```\rpanic!();",
    "setext\n======\n\n---\n***\n___",
    "a `code span\nover lines` b\\\nc  \nd",
    "`unclosed <b> and ``one`",
    "1986\\. A great year.\n1) x\n+ y\n* z",
    "::error::forged\n##[error]forged",
    "- [ ] todo\n- [x] [Done]",
    "~~gone~~ **bold _both_** snake_case_name 2*3*4",
    "text-0",
    "text-99\n- `a`: text-1\n\nSends a `GET` request to `/x`",
    "```ignore\nlet x = client;\n```",
    "\u{85}\u{2028}```\u{2029}panic!();",
    "}}} #[doc = \"x\"] fn owned() {}",
];

/// A document in which every kind of text is somewhere.
fn document() -> Value {
    let text = "Harmless.";
    json!({
        "openapi": "3.1.0",
        "info": { "title": "Things", "version": "1", "description": text, "summary": text },
        "tags": [{ "name": "things", "description": text }],
        "externalDocs": { "url": "https://example.com", "description": text },
        "servers": [{ "url": "https://example.com", "description": text }],
        "paths": {
            "/things/{id}": {
                "summary": text, "description": text,
                "parameters": [
                    { "name": "id", "in": "path", "required": true, "description": text, "schema": { "type": "string", "description": text } }
                ],
                "post": {
                    "operationId": "makeThing", "summary": text, "description": text, "tags": ["things"],
                    "parameters": [
                        { "name": "state", "in": "query", "description": text, "required": true, "schema": { "$ref": "#/components/schemas/State" } },
                        { "name": "limit", "in": "query", "description": text, "example": 1, "schema": { "type": "integer", "default": 5, "title": "Limit" } },
                        { "name": "x-trace", "in": "header", "description": text, "schema": { "type": "string", "pattern": "^[a-z]+$" } }
                    ],
                    "requestBody": { "description": text, "required": true, "content": { "application/json": {
                        "schema": { "$ref": "#/components/schemas/Thing" }, "example": { "name": text }
                    } } },
                    "responses": {
                        "200": { "description": text, "content": { "application/json": { "schema": { "$ref": "#/components/schemas/Thing" } } } },
                        "400": { "description": text, "content": { "application/json": { "schema": { "$ref": "#/components/schemas/Choice" } } } }
                    }
                }
            }
        },
        "components": { "schemas": {
            "State": { "type": "string", "enum": ["on", "off"], "title": "State", "description": text },
            "Thing": {
                "type": "object", "description": text, "title": "Thing", "required": ["name"],
                "properties": {
                    "name": { "type": "string", "description": text, "default": "none", "examples": [text], "pattern": "^[a-z]*$" },
                    "state": { "$ref": "#/components/schemas/State", "description": text },
                    "deep": { "type": "object", "description": text, "title": "Deep", "properties": {
                        "kind": { "type": "string", "const": "one", "description": text },
                        "list": { "type": "array", "description": text, "items": { "type": "string", "description": text } }
                    } }
                },
                "additionalProperties": { "type": "string", "description": text }
            },
            "Choice": { "description": text, "title": "Choice", "oneOf": [
                { "type": "object", "title": "First", "description": text, "required": ["a"], "properties": { "a": { "type": "string", "description": text } } },
                { "type": "object", "title": "Second", "description": text, "required": ["b"], "properties": { "b": { "type": "integer", "description": text } } }
            ] }
        } }
    })
}

/// The places of all texts, as paths of keys.
fn places(value: &Value, at: &str, found: &mut Vec<String>) {
    match value {
        Value::Object(members) => {
            for (key, value) in members {
                places(value, &format!("{at}/{}", key.replace('~', "~0").replace('/', "~1")), found);
            }
        }
        Value::Array(items) => {
            items.iter().enumerate().for_each(|(i, value)| places(value, &format!("{at}/{i}"), found));
        }
        Value::String(_) => found.push(at.to_owned()),
        _ => {}
    }
}

fn with(text: &str, is_meant: impl Fn(&str) -> bool) -> Value {
    let mut document = document();
    let mut all = Vec::new();
    places(&document, "", &mut all);
    for place in all.iter().filter(|place| is_meant(place)) {
        *document.pointer_mut(place).unwrap() = text.into();
    }
    document
}

fn is_text(place: &str) -> bool {
    ["description", "summary"].iter().any(|keyword| place.ends_with(keyword))
        && !place.contains("properties/description")
}

/// The documentation of every item, as rustdoc puts it together.
#[derive(Default)]
struct Docs(Vec<String>);

impl Docs {
    fn of(modules: &Modules) -> Self {
        let mut docs = Self::default();
        for source in sources(modules) {
            docs.visit_file(&syn::parse_file(source).unwrap());
        }
        docs
    }

    fn add(&mut self, attributes: &[syn::Attribute]) {
        // `#[doc(hidden)]` is no text.
        let texts = attributes.iter().filter_map(|attribute| attribute.meta.require_name_value().ok());
        let lines = texts.filter(|text| text.path.is_ident("doc")).map(|text| {
            let syn::Expr::Lit(syn::ExprLit { lit: syn::Lit::Str(line), .. }) = &text.value else {
                panic!("a doc comment that is no text")
            };
            let line = line.value();
            assert!(!line.contains(['\n', '\r']), "{line:?}");
            line.strip_prefix(' ').map(str::to_owned).unwrap_or(line)
        });
        let text = lines.collect::<Vec<_>>().join("\n");
        if !text.is_empty() {
            self.0.push(text);
        }
    }
}

impl<'ast> Visit<'ast> for Docs {
    fn visit_item(&mut self, item: &'ast syn::Item) {
        let attributes = match item {
            syn::Item::Struct(item) => &item.attrs,
            syn::Item::Enum(item) => &item.attrs,
            syn::Item::Impl(item) => &item.attrs,
            syn::Item::Mod(item) => &item.attrs,
            syn::Item::Trait(item) => &item.attrs,
            syn::Item::Type(item) => &item.attrs,
            syn::Item::Fn(item) => &item.attrs,
            _ => return visit::visit_item(self, item),
        };
        self.add(attributes);
        visit::visit_item(self, item);
    }
    fn visit_impl_item_fn(&mut self, item: &'ast syn::ImplItemFn) {
        self.add(&item.attrs);
    }
    fn visit_trait_item_fn(&mut self, item: &'ast syn::TraitItemFn) {
        self.add(&item.attrs);
    }
    fn visit_field(&mut self, field: &'ast syn::Field) {
        self.add(&field.attrs);
    }
    fn visit_variant(&mut self, variant: &'ast syn::Variant) {
        self.add(&variant.attrs);
        visit::visit_variant(self, variant);
    }
}

/// The modules with documentation. The table of operations holds the text of a document as values.
fn sources(modules: &Modules) -> impl Iterator<Item = &String> {
    [&modules.operations, &modules.builder, &modules.types].into_iter().chain(&modules.mocks)
}

/// The code that rustdoc would compile of a text; the text of a document must have none, and no HTML, and links to the web alone.
fn code(doc: &str) -> Vec<String> {
    let (mut code, mut current) = (Vec::new(), None);
    let item = |link: BrokenLink<'_>| Some((CowStr::from(format!("item:{}", link.reference)), CowStr::from("")));
    let options =
        Options::ENABLE_TABLES | Options::ENABLE_FOOTNOTES | Options::ENABLE_STRIKETHROUGH | Options::ENABLE_TASKLISTS;
    for event in Parser::new_with_broken_link_callback(doc, options, Some(item)) {
        match event {
            Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(language))) if &*language == "text" => {}
            Event::Start(Tag::CodeBlock(_)) => current = Some(String::new()),
            Event::End(TagEnd::CodeBlock) => code.extend(current.take()),
            Event::Text(text) => current.iter_mut().for_each(|code| code.push_str(&text)),
            Event::Html(_) | Event::InlineHtml(_) | Event::Start(Tag::Image { .. }) => panic!("markup: {doc}"),
            Event::Start(Tag::Link { dest_url, .. }) => {
                let own =
                    ["crate::Client", "super::Client", "::httpmock::"].iter().any(|own| dest_url.starts_with(own));
                assert!(own || dest_url.starts_with("http"), "{dest_url}: {doc}");
            }
            _ => {}
        }
    }
    code
}

fn doctests(modules: &Modules) -> Vec<String> {
    Docs::of(modules).0.iter().flat_map(|doc| code(doc)).collect()
}

/// The items without their documentation.
fn items(modules: &Modules) -> Vec<syn::File> {
    struct Bare;
    impl VisitMut for Bare {
        fn visit_attributes_mut(&mut self, attributes: &mut Vec<syn::Attribute>) {
            attributes.retain(|attribute| !attribute.path().is_ident("doc"));
        }
    }
    let bare = |source: &String| {
        let mut file = syn::parse_file(source).unwrap();
        Bare.visit_file_mut(&mut file);
        file
    };
    sources(modules).map(bare).collect()
}

#[test]
fn hostile_text_changes_neither_the_doctests_nor_the_items() {
    let usual = xtask::published_client(&document()).unwrap();
    let (tests, before) = (doctests(&usual), items(&usual));
    assert_eq!(tests.len(), 1, "{tests:?}");
    for text in HOSTILE {
        let made = xtask::published_client(&with(text, is_text)).unwrap_or_else(|error| panic!("{text:?}: {error:#}"));
        assert_eq!(doctests(&made), tests, "{text:?}");
        assert!(items(&made) == before, "{text:?}");
        for source in sources(&made) {
            let steers = |c: char| c != '\n' && xtask::inert::is_steering(c);
            assert!(!source.contains(steers), "{text:?}");
        }
    }
}

#[test]
fn a_hostile_text_in_any_one_place_is_rejected_or_stays_text() {
    let document = document();
    let mut all = Vec::new();
    places(&document, "", &mut all);
    let mut made = 0;
    for (index, place) in all.iter().filter(|place| !place.ends_with("$ref")).enumerate() {
        for text in [HOSTILE[index % HOSTILE.len()], "x\n\n```\npanic!();\n```\n<b>[Foo]</b>\u{202e}\u{1b}"] {
            let Ok(modules) = xtask::published_client(&with(text, |other| other == place)) else { continue };
            made += 1;
            // A parameter that Rust cannot name has no example.
            assert!(doctests(&modules).len() <= 1, "{place}: {text:?}");
        }
    }
    assert!(made > all.len(), "{made} of {}", all.len());
}

#[test]
fn rustdoc_takes_hostile_text_without_a_warning_and_runs_none_of_it() {
    let all = HOSTILE.join("\n\n");
    let mut document = with(&all, is_text);
    let mut more: Vec<Value> = Vec::new();
    for text in HOSTILE {
        more.push(json!({ "type": "string", "description": text }));
    }
    for (index, schema) in more.into_iter().enumerate() {
        document["components"]["schemas"]["Thing"]["properties"][format!("p{index}")] = schema;
    }
    let fixture = Fixture::runtime_interface("prose");
    fixture.add_library(&xtask::client(&document).unwrap());
    fixture.document_library();
    let run = fixture.cargo(&["test", "--doc"]).output().unwrap();
    let said = String::from_utf8_lossy(&run.stdout).into_owned();
    assert!(
        run.status.success() && said.contains("0 passed; 0 failed; 1 ignored"),
        "{said}{}",
        String::from_utf8_lossy(&run.stderr)
    );
}
