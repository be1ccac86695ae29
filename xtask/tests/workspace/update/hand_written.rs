//! The hand-written code that an update lists: as obstacles, and as what is left to do.

use std::fs;
use std::path::Path;

use super::checkout::{stderr, stdout};
use crate::checkout::{Checkout, DOCUMENT, OVERLAY};

/// The cure of code of the client that uses what goes.
const USED: &str =
    "change the code so that the client does without the item; examples and tests of the client can wait";

#[test]
fn code_of_the_client_that_uses_what_goes_is_an_obstacle_and_other_code_is_left_to_do() {
    let start = "        - name: cursor\n          in: query\n";
    let text = fs::read_to_string(Path::new("..").join(DOCUMENT)).unwrap();
    let cursor = &text[text.find(start).unwrap()..];
    let cursor = &cursor[..cursor.find("      responses:").unwrap()];
    let place = Checkout::with_newer(&[(cursor, "")]);
    let source = "use crate::builder::ListProjectRequests;\n\n// request.cursor in a comment is no use of it.\n\
                  fn next(request: ListProjectRequests<'_>, at: &Point) {\n    let old = &at.cursor;\n    \
                  let now = request.cursor.clone();\n}\n";
    let caller = "#[test]\nfn pages() {\n    client.list_project_requests(P).cursor(\"c\");\n    \
                server.saw(\"/requests?cursor=c\");\n}\n";
    for (folder, file, text) in [("deepgram-mgmt/src/page", "walk.rs", source), ("tests/tests", "query.rs", caller)] {
        fs::create_dir_all(place.root().join(folder)).unwrap();
        place.write(&format!("{folder}/{file}"), text);
    }
    place.write("CHANGELOG.md", "# Changelog\n\nDocument sha256 `0`.\n");
    let before = place.files();
    let output = place.run(&["update", "newer.yml"]);
    assert_eq!(output.status.code(), Some(2), "{}", stdout(&output));
    let obstacle = "deepgram-mgmt/src/page/walk.rs:6: uses `builder::ListProjectRequests::cursor()`, which the newer \
                    document lacks";
    assert_eq!(stderr(&output), format!("error: {obstacle}; {USED}\n"));
    assert!(place.files() == before);

    place.write("deepgram-mgmt/src/page/walk.rs", &source.replace("request.cursor.clone()", "None"));
    let output = place.run(&["update", "newer.yml"]);
    let printed = stdout(&output);
    assert_eq!(output.status.code(), Some(0), "{printed}{}", stderr(&output));
    let list: Vec<&str> =
        printed.split_once("left to do").unwrap().1.lines().filter(|line| line.starts_with("- ")).collect();
    let places: Vec<&str> = list.iter().map(|line| line[2..].split(": ").next().unwrap()).collect();
    let expected = ["CHANGELOG.md:3", "spec/drift-baseline.json", "tests/tests/query.rs:3", "tests/tests/query.rs:4"];
    assert_eq!(places, expected, "{printed}");
}

#[test]
fn a_common_name_is_left_to_do_only_near_its_owner_and_neither_documentation_nor_unit_tests_are_obstacles() {
    let member = "    Member:\n      type: object\n      properties:\n";
    let text = fs::read_to_string(Path::new("..").join(DOCUMENT)).unwrap();
    let before = &text[text.find(member).unwrap()..];
    let before = &before[..before.find("email:").unwrap() + "email:".len()];
    let place = Checkout::with_newer(&[(before, &before.replace("email:", "mail_address:"))]);
    let source = "/// A member, not `member.email`.\nfn other() {}\n\n#[cfg(test)]\nmod tests {\n    \
                  fn of(member: Member) {\n        member.email.len();\n    }\n}\n";
    let caller = "fn guest(invite: Invite) {\n    invite.email(\"a\");\n}\n\nfn other(email: &str, list: &List) {\n    \
                  list.email.len();\n    json!({ \"email\": 1 });\n}\n\nfn of(member: &Member, email: &str) {\n    \
                  member.email.len();\n    invite.email(\"a\");\n    json!({ \"email\": 1 });\n    \
                  Member { email: None };\n}\n";
    for (folder, file, text) in [("deepgram-mgmt/src/page", "walk.rs", source), ("tests/tests", "people.rs", caller)] {
        fs::create_dir_all(place.root().join(folder)).unwrap();
        place.write(&format!("{folder}/{file}"), text);
    }
    let output = place.run(&["update", "newer.yml"]);
    let printed = stdout(&output);
    assert_eq!(output.status.code(), Some(0), "{printed}{}", stderr(&output));
    // What is sure comes first; each of these may be about the e-mail address of an invitation.
    let (sure, guesses) =
        printed.split_once("\nperhaps left to do (another generated item has the name, too):\n").unwrap();
    assert!(
        sure.contains("\nleft to do (found by name, which other code may have, too):\n")
            && !sure.contains("types::Member::email`, which"),
        "{printed}"
    );
    let list = guesses.lines().filter_map(|line| line.strip_prefix("- "));
    let places: Vec<&str> = list.filter_map(|line| Some(line.split_once(": uses `types::Member::email`")?.0)).collect();
    let expected = ["walk.rs:1", "walk.rs:7"].map(|place| format!("deepgram-mgmt/src/page/{place}"));
    let expected = expected.into_iter().chain([11, 13, 14].map(|line| format!("tests/tests/people.rs:{line}")));
    assert_eq!(places, expected.collect::<Vec<_>>(), "{printed}");
}

#[test]
fn a_type_that_goes_is_an_obstacle_only_where_the_client_names_the_generated_one() {
    let place = Checkout::with_newer(&[]);
    let newer = place.read("newer.yml").replace("\n    Error:\n", "\n    Problem:\n");
    place.write("newer.yml", &newer.replace("schemas/Error'", "schemas/Problem'"));
    // The overlay is written for the newer document already.
    let overlay = place.read(OVERLAY).replace("schemas.Error\n", "schemas.Problem\n");
    let overlay = overlay.replace("schemas/Error'", "schemas/Problem'").replace("      Error: {", "      Problem: {");
    place.write(OVERLAY, &overlay);
    fs::create_dir_all(place.root().join("deepgram-mgmt/src/page")).unwrap();
    let source = "fn f(error: crate::Error, count: usize) -> fmt::Error {\n    Error::new(count == 0, error.0)\n}\n";
    place.write("deepgram-mgmt/src/page/walk.rs", &format!("{source}use crate::types::Error as Body;\n"));
    let output = place.run(&["update", "newer.yml"]);
    let obstacle = "deepgram-mgmt/src/page/walk.rs:4: uses `types::Error`, which the newer document lacks";
    assert_eq!(stderr(&output), format!("error: {obstacle}; {USED}\n"), "{}", stdout(&output));
    place.write("deepgram-mgmt/src/page/walk.rs", source);
    let output = place.run(&["update", "newer.yml"]);
    let printed = stdout(&output);
    assert_eq!(output.status.code(), Some(0), "{printed}{}", stderr(&output));
    // The wire does not tell how a schema is called, and nothing else has changed.
    assert!(printed.contains("0 breaking, 0 warning"), "{printed}");
    assert!(!printed.contains("removed types::Problem"), "{printed}");
}

/// Updates with hand-written sources, and returns the places that are left to do, each with its reason.
fn left_to_do(edits: &[(&str, &str)], sources: &[(&str, &str)]) -> Vec<String> {
    let place = Checkout::with_newer(edits);
    for (file, text) in sources {
        fs::create_dir_all(place.root().join(file).parent().unwrap()).unwrap();
        place.write(file, text);
    }
    let output = place.run(&["update", "newer.yml"]);
    let printed = stdout(&output);
    assert_eq!(output.status.code(), Some(0), "{printed}{}", stderr(&output));
    let list = printed.split_once("left to do").unwrap().1.lines().filter_map(|line| line.strip_prefix("- "));
    let common = ["CHANGELOG.md", "spec/drift-baseline.json"];
    list.filter(|line| !common.iter().any(|file| line.starts_with(file))).map(str::to_owned).collect()
}

const BUILDER: (&str, &str) = (
    "deepgram-mgmt/src/client/builder.rs",
    "/// The server.\nconst DEFAULT_BASE_URL: &str = \"https://api.deepgram.com\";\n\n/// As `https://api.deepgram.com` \
     by default.\nfn f() {\n    // `https://api.deepgram.com` in a remark.\n    get(\"https://api.deepgram.com\");\n    \
     get(\"https://api.deepgram.com/v1\");\n}\n",
);

#[test]
fn another_server_lists_the_lines_that_hold_the_default() {
    let url = ("- url: https://api.deepgram.com", "- url: https://manage.deepgram.com");
    let place = "deepgram-mgmt/src/client/builder.rs";
    let reason = "names the server `https://api.deepgram.com`, in whose place the newer document has \
                  `https://manage.deepgram.com`";
    assert_eq!(left_to_do(&[url], &[BUILDER]), [2, 4].map(|line| format!("{place}:{line}: {reason}")));
    let second = ("servers:\n", "servers:\n  - url: https://eu.deepgram.com\n");
    let reason = "names the server `https://api.deepgram.com`; the newer document has `https://eu.deepgram.com`, too";
    assert_eq!(left_to_do(&[second], &[BUILDER]), [2, 4].map(|line| format!("{place}:{line}: {reason}")));
}

#[test]
fn other_credentials_list_the_lines_that_name_a_scheme_and_other_words_list_nothing() {
    let source = (
        "deepgram-mgmt/src/credentials.rs",
        "enum Scheme {\n    /// `tokenAuth`\n    A,\n    /// `bearerAuth`\n    B,\n}\n",
    );
    let place = |line: usize| format!("deepgram-mgmt/src/credentials.rs:{line}: names the security scheme");
    let beside = "beside which other credentials come or go";
    let token = format!("{} `tokenAuth`, {beside}", place(2));

    let scheme = "      type: http\n      scheme: bearer\n";
    let list = left_to_do(&[(scheme, "      type: apiKey\n      in: header\n      name: X-Key\n")], &[source]);
    assert_eq!(list, [token.clone(), format!("{} `bearerAuth`, which changes", place(4))]);

    let second = "  securitySchemes:\n    headerKey: { type: apiKey, in: header, name: X-Key }\n";
    let list = left_to_do(&[("  securitySchemes:\n", second)], &[source]);
    assert_eq!(list, [token.clone(), format!("{} `bearerAuth`, {beside}", place(4))]);

    let name = [("- bearerAuth: []", "- bearer: []"), ("    bearerAuth:\n", "    bearer:\n")];
    let list = left_to_do(&name, &[source]);
    assert_eq!(list, [token, format!("{} `bearerAuth`, which the newer document lacks", place(4))]);

    // Other words alone concern neither of them.
    let words = [
        ("Deepgram API key passed as a bearer token", "An API key as a bearer token"),
        ("description: Deepgram Production Server", "description: Production"),
    ];
    assert_eq!(left_to_do(&words, &[source, BUILDER]), [""; 0]);
}

#[test]
fn what_requests_must_have_now_lists_the_calls_and_the_values_without_it() {
    let source = "fn make(c: &Client) -> KeyCreate {\n    c.create_project_key(P).comment(\"\");\n    c.get_project(P);\n    \
                  KeyCreate { comment }\n}\n\nfn build() {\n    KeyCreate::builder();\n    c.list_models();\n}\n";
    let owner = [
        ("        - comment\n        - scopes\n", "        - comment\n        - scopes\n        - owner\n"),
        (
            "        - owner\n      properties:\n",
            "        - owner\n      properties:\n        owner: { type: string }\n",
        ),
    ];
    let list = left_to_do(&owner, &[("deepgram-mgmt/src/ext/make.rs", source)]);
    let place = |line: usize| format!("deepgram-mgmt/src/ext/make.rs:{line}: ");
    let makes = "makes `types::builder::KeyCreate`, which requires `owner`";
    let lists = "lists the fields of `KeyCreate`, which gets `owner`";
    assert_eq!(list, [(2, makes), (4, lists), (8, makes)].map(|(line, reason)| place(line) + reason));

    let parameter = "- name: include_outdated\n          in: query\n";
    let list =
        left_to_do(&[(parameter, &format!("{parameter}          required: true\n"))], &[("tests/make.rs", source)]);
    assert_eq!(list, ["tests/make.rs:9: makes `builder::ListModels`, which requires `include_outdated`"]);
}

#[test]
fn another_response_lists_the_calls_of_its_operation_alone() {
    let source = "fn calls(c: &Client) {\n    c.delete_project_key(P, K)\n        .send();\n    c.get_project(P).send();\n    \
                  c.delete_project(P).send();\n}\n";
    let lacks = "        '204':\n          description: API key deleted successfully\n";
    let has = "        '200':\n          description: Deleted\n          content:\n            application/json:\n              \
               schema:\n                $ref: '#/components/schemas/Project'\n";
    let list = left_to_do(&[(lacks, has)], &[("tests/calls.rs", source)]);
    assert_eq!(list, ["tests/calls.rs:2: uses `builder::DeleteProjectKey::send()`, which changes its type"]);
}
