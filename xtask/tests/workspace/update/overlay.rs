//! The overlay and a newer document: what corrects parts that are gone is deleted, what corrects renamed ones is an obstacle.

use super::checkout::{stderr, stdout, without};
use crate::checkout::{Checkout, OVERLAY};

const BALANCE: &str = "  /v1/projects/{project_id}/balances/{balance_id}:\n";

/// The lines that announce a deletion in the overlay.
fn deleted(printed: &str) -> Vec<&str> {
    printed.lines().filter_map(|line| line.strip_prefix("deletes spec/overlay.yaml:")).collect()
}

#[test]
fn actions_for_what_is_gone_are_deleted_with_their_lines_and_every_other_line_stays() {
    let place = Checkout::with_newer(&[]);
    place.write("newer.yml", &without(&place.read("newer.yml"), BALANCE, "  /v1/models:\n"));
    let (files, overlay) = (place.files(), place.read(OVERLAY));
    let dry = place.run(&["update", "newer.yml", "--dry-run"]);
    assert_eq!(dry.status.code(), Some(0), "{}{}", stdout(&dry), stderr(&dry));
    assert!(place.files() == files);
    let output = place.run(&["update", "newer.yml"]);
    assert_eq!(output.status.code(), Some(0), "{}{}", stdout(&output), stderr(&output));
    let printed = stdout(&output);
    let lines: Vec<&str> = printed.lines().filter_map(|line| line.strip_prefix("deletes spec/overlay.yaml:")).collect();
    let announced = stdout(&dry);
    let announced = announced.lines().filter_map(|line| line.strip_prefix("would delete spec/overlay.yaml:"));
    assert_eq!(lines, announced.collect::<Vec<_>>());
    let of_overlay: Vec<&str> = overlay.lines().collect();
    for line in &lines {
        let (number, target) = line.split_once(":5: action ").unwrap();
        let (_, target) = target.split_once(": ").unwrap();
        let target = target.strip_suffix(": the newer document lacks what it corrects").unwrap();
        assert_eq!(of_overlay[number.parse::<usize>().unwrap() - 1], format!("  - target: {target}"));
    }
    assert!(lines.len() == 3 && lines.iter().all(|line| line.contains("/balances/{balance_id}']")), "{printed}");
    // The rest of the overlay is there line by line, and nothing is left to be generated.
    let now = place.read(OVERLAY);
    let mut rest = now.lines();
    let gone: Vec<&str> =
        of_overlay.into_iter().filter(|line| rest.clone().next() != Some(*line) || rest.next().is_none()).collect();
    assert_eq!(rest.next(), None, "{now}");
    assert_eq!(gone.iter().filter(|line| line.starts_with("  - target: ")).count(), 3, "{gone:?}");
    assert!(printed.contains("`UPDATE_GOLDEN=1 cargo test -p xtask --test repository guide`"), "{printed}");
    assert_eq!(place.run(&["generate", "--check"]).status.code(), Some(0));
}

#[test]
fn an_action_for_what_was_renamed_or_is_a_property_is_an_obstacle() {
    let renamed = Checkout::with_newer(&[(
        "  /v1/projects/{project_id}/balances/{balance_id}:\n",
        "  /v1/projects/{project_id}/funds/{balance_id}:\n",
    )]);
    let secret = "        key:\n          type: string\n          description: >-\n            Full API key";
    let property = Checkout::with_newer(&[(secret, &secret.replace("key:", "secret_key:"))]);
    for place in [renamed, property] {
        let before = place.files();
        let output = place.run(&["update", "newer.yml"]);
        let printed = stdout(&output);
        assert_eq!(output.status.code(), Some(2), "{printed}");
        assert!(
            printed.contains("probably renamed: ") && printed.contains("\nobstacle: spec/overlay.yaml:"),
            "{printed}"
        );
        assert!(printed.contains("\ncure: change the target of the action if the location was renamed"), "{printed}");
        assert!(!printed.contains("deletes "), "{printed}");
        assert!(place.files() == before);
    }
}

#[test]
fn the_lines_of_an_action_for_many_parts_go_with_the_part_and_bring_nothing_back() {
    let place = Checkout::with_newer(&[]);
    let document = place.read("newer.yml");
    let document =
        without(&document, "    put:\n      operationId: updateMemberScopes\n", "  /v1/projects/{project_id}/usage:\n");
    place.write("newer.yml", &without(&document, "    ScopeUpdate:\n", "    UsageSummary:\n"));
    let overlay = place.read(OVERLAY);
    let line = |text: &str| overlay.lines().position(|line| line.trim_start().starts_with(text)).unwrap() + 1;
    let output = place.run(&["update", "newer.yml"]);
    let printed = stdout(&output);
    assert_eq!(output.status.code(), Some(0), "{printed}{}", stderr(&output));
    // The report knows no rests of either part.
    assert!(printed.contains("\nwire:  1 breaking, 0 warning, 0 info\nbreaking operation-removed ×1"), "{printed}");
    assert!(!printed.contains("### Added"), "{printed}");
    assert!(stderr(&output).is_empty(), "{}", stderr(&output));
    let rows = deleted(&printed);
    let schema = line("ScopeUpdate: { description:");
    assert!(rows.iter().any(|row| row.starts_with(&format!("{schema}:7: action"))), "{printed}");
    assert!(rows.iter().any(|row| row.ends_with("in part: the newer document lacks #/components/schemas/ScopeUpdate")));
    assert!(rows.iter().any(|row| row.ends_with("~1scopes/put") && row.contains(":7: action ")), "{printed}");
    let now = place.read(OVERLAY);
    assert!(!now.contains("ScopeUpdate: {") && !now.contains("summary: Update the scopes of a member"));
    assert!(now.contains("summary: Get the scopes of a member") && now.contains("ScopeList: { description:"));
    assert_eq!(place.run(&["generate", "--check"]).status.code(), Some(0));
    assert!(!place.read("deepgram-mgmt/src/generated/builder.rs").contains("scopes_put"));
}

#[test]
fn a_renamed_schema_keeps_its_corrections_and_each_place_to_rename_is_an_obstacle() {
    // A rename alone, and one with another change. The text of the property is in no other schema.
    for change in ["description: >-\n            Scope assigned to the invitation.", "maxLength: 9"] {
        let place = Checkout::with_newer(&[]);
        let newer = place.read("newer.yml").replace("\n    Invitation:\n", "\n    Invite:\n");
        let newer = newer.replace("schemas/Invitation'", "schemas/Invite'");
        place.write(
            "newer.yml",
            &newer.replace("description: >-\n            Scope assigned to the invitation.", change),
        );
        let overlay = place.read(OVERLAY);
        let line = |text: &str| overlay.lines().position(|line| line == text).unwrap() + 1;
        let before = place.files();
        let output = place.run(&["update", "newer.yml"]);
        let printed = stdout(&output);
        assert_eq!(output.status.code(), Some(2), "{printed}");
        assert!(deleted(&printed).is_empty() && place.files() == before, "{printed}");
        let own = line("  - target: $.components.schemas.Invitation");
        let shared = line("      Invitation: { description: 'A pending invitation to a project.' }");
        for obstacle in [
            format!("\nobstacle: spec/overlay.yaml:{own}:5: action "),
            format!("\nobstacle: spec/overlay.yaml:{shared}:7: action "),
            " writes #/components/schemas/Invitation, which the newer document lacks".to_owned(),
            "\ncure: change the name in these lines of the action if the part was renamed".to_owned(),
        ] {
            assert!(printed.contains(&obstacle), "{obstacle}: {printed}");
        }
        let is_known = printed.contains("; it was probably renamed to `Invite`\n")
            && printed.contains("matches nothing; `Invitation` was probably renamed to `Invite`\n");
        assert_eq!(is_known, change != "maxLength: 9", "{printed}");
        assert_eq!(printed.contains("\nwire:  0 breaking, 0 warning, 0 info\n"), is_known, "{printed}");
        if change == "maxLength: 9" {
            let renamed = overlay.replace("schemas.Invitation\n", "schemas.Invite\n");
            place.write(OVERLAY, &renamed.replace("      Invitation: {", "      Invite: {"));
            let output = place.run(&["update", "newer.yml"]);
            assert_eq!(output.status.code(), Some(0), "{}{}", stdout(&output), stderr(&output));
            assert!(place.read("deepgram-mgmt/src/generated/types.rs").contains("pub struct Invite {"));
        }
    }
}

#[test]
fn an_operation_that_the_overlay_adds_stays_though_it_names_a_part_that_was_renamed() {
    let place = Checkout::with_newer(&[]);
    let newer = place.read("newer.yml").replace("\n    project_id:\n", "\n    ProjectId:\n");
    place.write("newer.yml", &newer.replace("parameters/project_id'", "parameters/ProjectId'"));
    let before = place.files();
    let output = place.run(&["update", "newer.yml"]);
    let printed = stdout(&output);
    assert_eq!(output.status.code(), Some(2), "{printed}");
    assert!(deleted(&printed).is_empty() && place.files() == before, "{printed}");
    assert!(printed.contains(" names #/components/parameters/project_id, which is not there\n"), "{printed}");
}

#[test]
fn an_action_whose_anchor_others_use_stays_and_says_so_and_the_rest_is_deleted() {
    let place = Checkout::with_newer(&[]);
    let document = place.read("newer.yml");
    let document =
        without(&document, "  /v1/projects/{project_id}/usage:\n", "  /v1/projects/{project_id}/requests:\n");
    place.write("newer.yml", &without(&document, "    UsageSummary:\n", "    RequestList:\n"));
    let output = place.run(&["update", "newer.yml", "--dry-run"]);
    let printed = stdout(&output);
    assert_eq!(output.status.code(), Some(1), "{printed}");
    let obstacles: Vec<&str> = printed.lines().filter(|line| line.starts_with("obstacle: ")).collect();
    let [obstacle] = obstacles[..] else { panic!("{printed}") };
    let overlay = place.read(OVERLAY);
    let anchor = overlay.lines().position(|line| line.contains("&usage_filters")).unwrap();
    let place = obstacle.strip_prefix("obstacle: spec/overlay.yaml:").unwrap().split(':').next().unwrap();
    assert!((anchor - 4..=anchor).contains(&place.parse().unwrap()), "{obstacle}");
    assert!(obstacle.contains("an anchor in them, with others"), "{obstacle}");
    assert!(printed.matches("would delete spec/overlay.yaml:").count() > 10, "{printed}");
}

#[test]
fn an_error_in_what_the_overlay_wrote_names_its_lines_and_a_cure_that_works() {
    let place = Checkout::with_newer(&[]);
    let document = place.read("newer.yml");
    let schema = document.find("\n    Invitation:\n").unwrap();
    let (before, after) = document.split_at(schema);
    place.write("newer.yml", &format!("{before}{}", without(after, "        email:\n", "        scope:\n")));
    let overlay = place.read(OVERLAY);
    let line = overlay.lines().position(|line| line.trim() == "x-client-identity: [email]").unwrap() + 1;
    let files = place.files();
    let output = place.run(&["update", "newer.yml"]);
    let (printed, error) = (stdout(&output), stderr(&output));
    assert_eq!(output.status.code(), Some(2), "{printed}{error}");
    assert!(place.files() == files);
    let start = format!("error: spec/overlay.yaml:{line}:27: action ");
    assert!(error.starts_with(&start) && error.contains("/Invitation/x-client-identity/0: names \"email\""), "{error}");
    assert!(error.ends_with("; change these lines of the overlay, or delete them\n"), "{error}");
    // Nobody knows the uses of a client that cannot be generated.
    let unlisted = "\nthe code to change is not listed, because the clients could not be compared\n";
    assert!(printed.contains(unlisted), "{printed}");
    // The verdict and the obstacle tell the reason.
    assert_eq!(printed.matches("x-client-identity/0: names").count(), 2, "{printed}");

    let lines: Vec<&str> = overlay.lines().collect();
    place.write(OVERLAY, &format!("{}\n", [&lines[..line - 5], &lines[line..]].concat().join("\n")));
    let output = place.run(&["update", "newer.yml"]);
    assert_eq!(output.status.code(), Some(0), "{}{}", stdout(&output), stderr(&output));
    assert!(!stdout(&output).contains("is not listed"), "{}", stdout(&output));
}

#[test]
fn an_operation_that_the_overlay_leaves_out_is_not_in_the_changelog() {
    let put =
        "  /v1/projects:\n    put:\n      operationId: putAvatar\n      responses: { '200': { description: Good } }\n";
    let place = Checkout::with_newer(&[("  /v1/projects:\n", put)]);
    let entry = |place: &Checkout| {
        let output = place.run(&["update", "newer.yml", "--dry-run"]);
        assert_eq!(output.status.code(), Some(0), "{}{}", stdout(&output), stderr(&output));
        let (_, entry) =
            stdout(&output).split_once("for CHANGELOG.md:").map(|(a, b)| (a.to_owned(), b.to_owned())).unwrap();
        (entry.split_once("dry run:").unwrap().0.to_owned(), stderr(&output))
    };
    assert!(entry(&place).0.contains("- `PUT /v1/projects`"));
    let skip = "  - target: $.paths['/v1/projects']\n    description: No test of it. Drop when there is one.\n    update: { put: { \
                x-client-skip: not tried } }\n";
    place.write(OVERLAY, &format!("{}{skip}", place.read(OVERLAY)));
    let (entry, said) = entry(&place);
    assert!(said.contains("left out: #/paths/~1v1~1projects/put: not tried"), "{said}");
    assert!(!entry.contains("PUT") && !entry.contains("###"), "{entry}");
}
