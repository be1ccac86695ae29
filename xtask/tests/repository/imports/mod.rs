//! Imports go one way: no circle of files, and no arrow against the order of rooms that [`ORDER`] states.

mod graph;
mod reader;

use graph::Sources;

/// The hand-written crates, and where their sources are.
const CRATES: [(&str, &str); 5] = [
    ("xtask", "src"),
    ("deepgram_mgmt", "../deepgram-mgmt/src"),
    ("deepgram_mgmt_cli", "../deepgram-mgmt/src/cli"),
    ("probe", "probe/src"),
    ("deepgram_mgmt_sandbox", "../tests/sandbox/src"),
];

/// The rooms of a crate or of a folder from the ground up: a room imports from lower rows alone. A room is a module with
/// all below it, except what a longer name puts elsewhere; `mod` is the folder's own file.
const ORDER: &[(&str, &[&[&str]])] = &[
    (
        "xtask",
        &[
            &["count", "document", "workspace", "inert", "texts"],
            &["overlay", "lower", "generate", "polish", "skip", "stdout"],
            &["adapt", "output", "validate", "rust_api"],
            &["pipeline", "drift"],
            &["superset"],
            &["published"],
            &["tasks"],
            &["lib", "main"],
        ],
    ),
    (
        "xtask::drift",
        &[&["read", "rules"], &["findings"], &["compare", "config", "baseline", "renames"], &["mod"], &["report"]],
    ),
    (
        "xtask::drift::compare",
        &[
            &["mod", "types"],
            &["additional", "bounds", "content", "document", "overlap", "payload", "properties", "security"],
            &["constraints", "unions"],
            &["parameters", "schemas"],
            &["responses"],
            &["operations"],
        ],
    ),
    ("xtask::drift::report", &[&["model", "lines"], &["text", "json", "markdown", "github"], &["mod"]]),
    (
        "deepgram_mgmt",
        &[
            &["guide", "values"],
            &["error"],
            &["runtime::headers", "runtime::random"],
            &["runtime::response_value"],
            &["credentials", "runtime::response"],
            &["runtime::retry"],
            &["client"],
            &["runtime"],
            &["generated"],
            &["page", "ext"],
            &["lib"],
        ],
    ),
    (
        "deepgram_mgmt_cli",
        &[
            &["commands"],
            &["failure"],
            &["output", "secret", "values"],
            &["context"],
            &["chores", "offboard"],
            &["operation"],
            &["main"],
        ],
    ),
    (
        "probe",
        &[
            &["infer", "exchange"],
            &["findings", "parameter", "redact"],
            &["document", "report"],
            &["walk", "places", "decode", "suggest"],
            &["compare", "keys"],
            &["recording"],
            &["lib"],
            &["main"],
        ],
    ),
    (
        "deepgram_mgmt_sandbox",
        &[
            &["fault", "limits", "log", "moment", "state", "truncated"],
            &["response", "seed"],
            &["call"],
            &["contract"],
            &["dialect"],
            &["server"],
            &["listener"],
            &["sandbox"],
            &["lib", "main"],
        ],
    ),
];

#[test]
fn no_file_imports_in_a_circle_or_against_the_order() {
    let problems = Sources::of_crates().problems(ORDER);
    assert!(problems.is_empty(), "{problems}");
}

/// The problems of a crate `xtask` of these files.
fn problems(order: &[&[&str]], files: &[(&str, &str)]) -> String {
    let mut sources = Sources::default();
    for (module, text) in files {
        sources.add(&format!("xtask::{module}"), text);
    }
    sources.problems(&[("xtask", order)])
}

#[test]
fn a_circle_is_found_behind_re_exports_macros_and_paths_and_its_chain_is_named() {
    let order: &[&[&str]] = &[&["house", "a", "b"], &["lib"]];
    let circles = [
        [("house::a", "use super::b::B;"), ("house::b", "fn f() { super::a::g() }")],
        [("house::a", "use super::b; fn f() { b::g() }"), ("house::b", "use super::a; fn g() { a::f() }")],
        [("house::a", "use crate::{house::b::{self, B as C}};"), ("house::b", "type T = crate::house::a::A;")],
        [("house::a", "use crate::Exported;"), ("house::b", "use xtask::house::a::*;")],
        [
            ("house::a", "mod within { use super::super::b; }"),
            ("house::b", "fn f() { format!(\"{}\", crate::house::a::A) }"),
        ],
    ];
    for [a, b] in circles {
        let found =
            problems(order, &[("lib", "mod house; pub use house::b::Exported;"), ("house", "mod a; mod b;"), a, b]);
        assert_eq!(found, "a circle: xtask::house::a → xtask::house::b → xtask::house::a\n", "{} {}", a.1, b.1);
    }
    let innocent =
        [("house::a", "use super::b::B;"), ("house::b", "#[cfg(test)] mod tests { use super::super::a::A; }")];
    assert_eq!(problems(order, &innocent), "");
    let quoted = [("house::a", "use super::b::B;"), ("house::b", "fn f() { vec![quote!(crate::house::a::A)]; }")];
    assert_eq!(problems(order, &quoted), "");
}

#[test]
fn an_arrow_up_or_to_a_neighbour_or_from_a_room_without_a_row_is_found() {
    let order: &[&[&str]] = &[&["a"], &["b", "c"]];
    let found = |files: &[(&str, &str)]| problems(order, files);
    assert_eq!(found(&[("a", ""), ("b", "use crate::a;"), ("c", "use crate::a::x;"), ("c::d", "use super::x;")]), "");
    assert_eq!(found(&[("a::x", "use crate::b::B;"), ("b", "")]), "against the order: xtask::a::x → xtask::b\n");
    assert_eq!(found(&[("b", "use crate::c;"), ("c", "")]), "against the order: xtask::b → xtask::c\n");
    assert_eq!(found(&[("e", "")]), "xtask::e stands in no row of the order of xtask\n");
}
