//! The guide of the crate, `deepgram-mgmt/src/guide.md`: its table has every operation, and the README for code hosts,
//! which know no rustdoc, is made of it. The guides from other clients have every operation, too.
//!
//! The front page compares their number with that of other clients.
//!
//! `UPDATE_GOLDEN=1 cargo test -p xtask --test repository guide` writes all of them.

use std::collections::BTreeSet;
use std::fs;
use std::ops::Range;
use std::path::PathBuf;

use heck::ToSnakeCase;
use pulldown_cmark::{BrokenLink, CowStr, Event, Options, Parser, Tag, TagEnd};
use serde_json::Value;
use xtask::published;
use xtask::workspace;

const GUIDE: &str = "deepgram-mgmt/src/guide.md";
const README: &str = "deepgram-mgmt/README.md";
/// The workspace's own page, and the start of its row with the number of operations.
const FRONT_PAGE: &str = "README.md";
const COUNT: &str = "| operations of the management API | **";
const MARKS: [&str; 2] = ["<!-- operations -->\n", "<!-- end of operations -->\n"];
const UPDATE: &str = "run UPDATE_GOLDEN=1 cargo test -p xtask --test repository guide";

#[test]
fn the_guide_lists_every_operation_by_resource_and_the_readme_is_made_of_the_guide() {
    let guide = read(GUIDE);
    let (before, rest) = guide.split_once(MARKS[0]).expect("the first mark");
    let (found, after) = rest.split_once(MARKS[1]).expect("the second mark");
    let table = table();
    let updated = [before, MARKS[0], &table, MARKS[1], after].concat();
    let readme = readme(&updated);
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        fs::write(path(GUIDE), &updated).unwrap();
        fs::write(path(README), &readme).unwrap();
        return;
    }
    assert!(found == table, "the table of operations is stale: {UPDATE}");
    assert!(read(README) == readme, "{README} is stale: {UPDATE}");
}

#[test]
fn the_front_page_compares_the_number_of_operations_that_the_guide_lists() {
    let page = read(FRONT_PAGE);
    let (before, rest) = page.split_once(COUNT).expect("the row that compares operations");
    let (found, after) = rest.split_once("**").expect("the number of operations");
    let count = linked(&table(), "(Client::").len().to_string();
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        fs::write(path(FRONT_PAGE), [before, COUNT, &count, "**", after].concat()).unwrap();
    } else {
        assert_eq!(found, count, "{UPDATE}");
    }
}

#[test]
fn the_guides_from_other_clients_have_every_operation_and_no_other() {
    let methods = linked(&table(), "(Client::");
    for page in ["from_python_sdk", "from_deepgram_crate"] {
        let name = format!("deepgram-mgmt/src/guide/{page}.md");
        let text = read(&name);
        let updated = with_calls(&text, &methods);
        if std::env::var_os("UPDATE_GOLDEN").is_some() {
            fs::write(path(&name), &updated).unwrap();
        } else {
            // rustdoc checks that each link leads somewhere.
            assert!(updated == text, "the calls of {name} are stale: {UPDATE}");
        }
    }
}

#[test]
fn a_removed_operation_leaves_the_table_of_calls_and_a_new_one_gets_a_row() {
    let methods = ["a", "c", "new"].map(str::to_owned).into();
    let link = |name: &str| format!("[`{name}`](crate::Client::{name})");
    let page =
        |rows: &[String]| format!("P.\n\n# Calls\n\n| x | y |\n| --- | --- |\n{}\n# Z\n\nText.\n", rows.concat());
    let row = |call: &str, right: &[&str]| {
        format!("| {call} | {} |\n", right.iter().map(|name| link(name)).collect::<Vec<_>>().join(", "))
    };
    let old = page(&[row("`a()`", &["a"]), row("`b()`", &["b"]), row("–", &["b", "c", "d"])]);
    let new = page(&[row("`a()`", &["a"]), row("–", &["c"]), row("–", &["new"])]);
    assert_eq!(with_calls(&old, &methods), new);
    assert_eq!(with_calls(&new, &methods), new);
}

/// A guide whose table of calls has each of `methods` and no other. A new operation gets a row without a call of the other
/// client, as long as nobody adds one.
fn with_calls(page: &str, methods: &BTreeSet<String>) -> String {
    let (before, rest) = page.split_once("\n# Calls\n").expect("a table of calls");
    let (calls, after) = rest.split_at(rest.find("\n# ").unwrap_or(rest.len()));
    let link = |method: &String| format!("[`{method}`](crate::Client::{method})");
    let mut updated = format!("{before}\n# Calls\n");
    for line in calls.split_inclusive('\n') {
        let found = linked(line, "(crate::Client::");
        let (kept, gone): (Vec<_>, Vec<_>) = found.iter().partition(|method| methods.contains(*method));
        if kept.is_empty() && !gone.is_empty() {
            continue;
        }
        let without = |line: String, method: &String| {
            let link = link(method);
            line.replace(&format!(", {link}"), "").replace(&format!("{link}, "), "")
        };
        updated.push_str(&gone.into_iter().fold(line.to_owned(), without));
    }
    let listed = linked(calls, "(crate::Client::");
    updated.extend(methods.difference(&listed).map(|method| format!("| – | {} |\n", link(method))));
    updated + after
}

/// The names behind `mark`, each up to the next bracket.
fn linked(text: &str, mark: &str) -> BTreeSet<String> {
    let names = text.split(mark).skip(1).filter_map(|rest| rest.split(')').next());
    names.map(str::to_owned).collect()
}

#[test]
fn every_link_of_the_readme_leads_somewhere_on_a_code_host() {
    let readme = readme(&read(GUIDE));
    let anchors: Vec<String> = readme.lines().filter_map(|line| line.strip_prefix("## ")).map(anchor).collect();
    for Link { target, .. } in links(&readme) {
        let is_anchor = target.strip_prefix('#').is_some_and(|name| anchors.iter().any(|anchor| anchor == name));
        assert!(is_anchor || target.starts_with("https://"), "{target}");
    }
    assert!(without_hidden_lines(&readme) == readme, "rustdoc alone hides lines of its examples");
}

#[test]
fn a_readme_has_neither_hidden_lines_nor_links_to_items() {
    let guide = "\
# t

[`A`] and [b *c*](crate::D) in [E](https://e.example), [f](#g), [h].

```rust,no_run
# use a::B;
#[derive(Debug)]
struct C;
#
let d = [e][0];
  # hidden
## shown
```

| [`A::b`] | [1] |
| --- | --- |

[h]: https://h.example
";
    let expected = "\
# t

`A` and b *c* in [E](https://e.example), [f](#g), [h].

```rust,no_run
#[derive(Debug)]
struct C;
let d = [e][0];
# shown
```

| `A::b` | [1] |
| --- | --- |

[h]: https://h.example
";
    let expected = expected.replace("[1]", "1");
    assert_eq!(readme(guide), format!("# t\n\n{NOTE}\n{}", expected.strip_prefix("# t\n\n").unwrap()));
}

/// The line below the title of the README.
const NOTE: &str = "<!-- Made of src/guide.md: change that file, and run UPDATE_GOLDEN=1 cargo test -p xtask --test repository guide. -->\n";

fn path(name: &str) -> PathBuf {
    workspace::root().expect("the workspace").join(name)
}

fn read(name: &str) -> String {
    fs::read_to_string(path(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// The operations of the effective document, one row for each tag, in the order of the document.
fn table() -> String {
    let root = workspace::root().expect("the workspace");
    let (document, overlay) = published::load(&root).expect("the documents");
    let effective = published::effective(&document, &overlay).expect("no error");
    let mut rows: Vec<(String, Vec<String>)> = Vec::new();
    let items = effective["paths"].as_object().expect("paths").values().filter_map(Value::as_object);
    for operation in items.flat_map(|item| item.values()).filter(|operation| operation.get("operationId").is_some()) {
        let tag = operation["tags"][0].as_str().expect("a tag");
        let method = operation["operationId"].as_str().expect("a text").to_snake_case();
        let link = format!("[`{method}`](Client::{method})");
        match rows.iter_mut().find(|(name, _)| name == tag) {
            Some((_, links)) => links.push(link),
            None => rows.push((tag.to_owned(), vec![link])),
        }
    }
    let rows = rows.into_iter().map(|(tag, links)| format!("| {tag} | {} |\n", links.join(", ")));
    ["| resource | operations |\n".to_owned(), "| --- | --- |\n".to_owned()].into_iter().chain(rows).collect()
}

/// The guide without the lines that rustdoc hides and without the links that rustdoc alone can follow.
fn readme(guide: &str) -> String {
    let mut text = guide.to_owned();
    // From the end, so that earlier ranges stay right.
    for link in links(guide).into_iter().rev().filter(Link::is_to_item) {
        text.replace_range(link.range, &guide[link.text]);
    }
    let shown = without_hidden_lines(&text);
    let (title, rest) = shown.split_once("\n\n").expect("a title");
    format!("{title}\n\n{NOTE}\n{rest}")
}

/// A page as rustdoc shows its examples.
fn without_hidden_lines(page: &str) -> String {
    let mut shown = String::new();
    let (mut is_code, mut is_rust) = (false, false);
    for line in page.split_inclusive('\n') {
        let trimmed = line.trim();
        if let Some(info) = trimmed.strip_prefix("```") {
            is_code = !is_code;
            is_rust = is_code && info.starts_with("rust");
        }
        if is_rust && is_hidden(trimmed) {
            continue;
        }
        if is_rust && trimmed.starts_with("##") {
            shown.push_str(&line.replacen("##", "#", 1));
        } else {
            shown.push_str(line);
        }
    }
    shown
}

/// Whether rustdoc hides a line of an example.
fn is_hidden(line: &str) -> bool {
    line == "#" || line.starts_with("# ")
}

/// A link of a page.
struct Link {
    range: Range<usize>,
    text: Range<usize>,
    target: String,
}

impl Link {
    fn is_to_item(&self) -> bool {
        !self.target.contains("://") && !self.target.starts_with('#')
    }
}

/// The links of a page in its order. A reference without a definition is a link to an item of that name.
fn links(page: &str) -> Vec<Link> {
    let mut to_item = |link: BrokenLink<'_>| Some((CowStr::from(link.reference.to_string()), CowStr::Borrowed("")));
    let parser = Parser::new_with_broken_link_callback(page, Options::ENABLE_TABLES, Some(&mut to_item));
    let mut links = Vec::new();
    let mut open: Option<Link> = None;
    for (event, range) in parser.into_offset_iter() {
        match event {
            Event::Start(Tag::Link { dest_url, .. }) => {
                open = Some(Link { text: range.end..range.start, range, target: dest_url.to_string() });
            }
            Event::End(TagEnd::Link) => links.extend(open.take()),
            _ => {
                if let Some(link) = &mut open {
                    link.text = link.text.start.min(range.start)..link.text.end.max(range.end);
                }
            }
        }
    }
    links
}

/// The anchor of a heading on a code host.
fn anchor(heading: &str) -> String {
    heading.to_lowercase().replace(' ', "-")
}
