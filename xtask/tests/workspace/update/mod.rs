//! `cargo xtask update`: replaces the bundled document with a newer one, all files at once or none.

mod checkout;
mod hand_written;
mod overlay;

use std::fs;
use std::process::Command;

use checkout::{stderr, stdout};

use crate::checkout::{Checkout, DOCUMENT, GENERATED, OVERLAY, SOURCE};
use crate::git::git;

const RENAMED: (&str, &str) = ("canonical_name:", "canonical_title:");

#[test]
fn document_record_and_generated_code_are_replaced_together() {
    let place = Checkout::with_newer(&[RENAMED]);
    let output = place.run(&["update", "newer.yml", "--origin", "the vendor's mirror"]);
    let said = stdout(&output);
    assert_eq!(output.status.code(), Some(0), "{said}{}", stderr(&output));
    assert_eq!(said.lines().last(), Some("semver: major"), "{said}");
    let sum = Command::new("sha256sum").arg(place.root().join("newer.yml")).output().unwrap();
    let sum = stdout(&sum).split_whitespace().next().unwrap().to_owned();
    let entry = said.split_once("for CHANGELOG.md:").expect("an entry").1;
    assert!(entry.contains(&format!("Document sha256 `{sum}`")), "{entry}");
    let (added, removed) = entry.split_once("### Added").unwrap().1.split_once("### Removed").unwrap();
    assert!(added.contains("canonical_title") && removed.contains("canonical_name"), "{entry}");

    assert!(place.read(DOCUMENT) == place.read("newer.yml"));
    let record = place.read(SOURCE);
    assert!(record.contains(&sum) && record.contains("the vendor's mirror"), "{record}");
    assert!(place.read(&format!("{GENERATED}/types.rs")).contains("pub canonical_title:"));
    // Nothing is left to be generated.
    assert_eq!(place.run(&["generate", "--check"]).status.code(), Some(0));

    // The document once more is no change, and says so alone.
    let before = place.files();
    for options in [&["update", "newer.yml"][..], &["update", "newer.yml", "--dry-run"]] {
        let again = place.run(options);
        assert_eq!(again.status.code(), Some(0), "{}", stderr(&again));
        assert_eq!(stdout(&again), "nothing changed: newer.yml is the bundled document\n");
    }
    assert!(place.files() == before);

    // A document of other text and equal content replaces it; the overlay's additions to both neither came nor went.
    place.write("newer.yml", &format!("# Checked.\n{}", place.read("newer.yml")));
    let again = place.run(&["update", "newer.yml"]);
    assert_eq!(stdout(&again).lines().last(), Some("semver: none"), "{}{}", stdout(&again), stderr(&again));
    assert!(place.read(DOCUMENT).starts_with("# Checked.\n") && place.read(SOURCE).contains("the vendor's mirror"));
    assert!(!stdout(&again).contains("### "), "{}", stdout(&again));
    assert!(stdout(&again).contains("\nwire:  0 breaking, 0 warning, 0 info\n"), "{}", stdout(&again));
}

#[test]
fn an_update_that_was_killed_is_completed_though_its_document_is_in_place() {
    let place = Checkout::with_newer(&[RENAMED]);
    place.write(DOCUMENT, &place.read("newer.yml"));
    let output = place.run(&["update", "newer.yml"]);
    assert_eq!(output.status.code(), Some(0), "{}{}", stdout(&output), stderr(&output));
    assert!(stdout(&output).contains("\nreplaced: "), "{}", stdout(&output));
    assert!(place.read(&format!("{GENERATED}/types.rs")).contains("pub canonical_title:"));
    assert_eq!(place.run(&["generate", "--check"]).status.code(), Some(0));
}

#[test]
fn a_dry_run_says_all_of_it_ends_with_the_step_and_writes_nothing() {
    let place = Checkout::with_newer(&[RENAMED]);
    let before = place.files();
    let output = place.run(&["update", "newer.yml", "--dry-run"]);
    let said = stdout(&output);
    assert_eq!(output.status.code(), Some(0), "{said}{}", stderr(&output));
    assert_eq!(said.lines().last(), Some("semver: major"), "{said}");
    let line = 1 + place.read("newer.yml").lines().position(|line| line.contains(RENAMED.1)).unwrap();
    assert!(said.contains(&format!("Model.canonical_name ({DOCUMENT}:{line}:9)")), "{said}");
    assert!(said.contains("for CHANGELOG.md:") && said.contains("dry run: nothing was written"), "{said}");
    assert!(place.files() == before);

    // It goes on where a run that writes would stop, and says so with file and line.
    place.write(OVERLAY, &place.read(OVERLAY).replacen("target: $.components.securitySchemes", "target: $.none", 1));
    let before = place.files();
    let output = place.run(&["update", "newer.yml", "--dry-run"]);
    let said = stdout(&output);
    assert_eq!(output.status.code(), Some(1), "{said}{}", stderr(&output));
    let line = 1 + place.read(OVERLAY).lines().position(|line| line.contains("target: $.none")).unwrap();
    let obstacles: Vec<&str> = said.lines().filter(|line| line.starts_with("obstacle: ")).collect();
    let [obstacle] = obstacles[..] else { panic!("{said}") };
    assert!(obstacle.starts_with(&format!("obstacle: spec/overlay.yaml:{line}:5: action ")), "{obstacle}");
    assert!(obstacle.ends_with(": $.none matches nothing"), "{obstacle}");
    assert!(said.contains("\ncure: change the target of the action if the location was renamed"), "{said}");
    assert!(said.lines().last().unwrap().starts_with("semver: "), "{said}");
    assert!(place.files() == before);
}

#[test]
fn any_obstacle_stops_it_before_the_first_byte() {
    let stopped = |place: &Checkout, said: &str| {
        let before = place.files();
        let output = place.run(&["update", "newer.yml"]);
        let error = stderr(&output);
        assert_eq!(output.status.code(), Some(2), "{said}: {}", stdout(&output));
        assert!(error.contains(said) && error.lines().count() == 1, "{error}");
        assert!(place.files() == before, "{said}");
    };
    let place = Checkout::with_newer(&[]);
    place.write(OVERLAY, &place.read(OVERLAY).replacen("target: $.components.securitySchemes", "target: $.none", 1));
    stopped(&place, ": $.none matches nothing");

    stopped(&Checkout::with_newer(&[("openapi: 3.1.0", "openapi: 2.0.0")]), "2.0.0");
    let swagger =
        "newer.yml: #/swagger: Swagger 2.0 is not supported; convert the document to OpenAPI 3.0 or 3.1 first";
    stopped(&Checkout::with_newer(&[("openapi: 3.1.0", "swagger: '2.0'")]), swagger);
    stopped(&Checkout::with_newer(&[("#/components/schemas/KeyList'", "#/components/schemas/Keyring'")]), "Keyring");
    stopped(&Checkout::with_newer(&[("\npaths:\n", "\npaths: [}\n")]), "newer.yml:");

    // A file by hand among the generated ones is in the way of the last step, and nothing before it is done.
    let place = Checkout::with_newer(&[RENAMED]);
    place.write(&format!("{GENERATED}/stray.rs"), "by hand");
    stopped(&place, "stray.rs");
    place.write(SOURCE, "sha256 = \n");
    fs::remove_file(place.root().join(GENERATED).join("stray.rs")).unwrap();
    stopped(&place, "spec/SOURCE.toml:1:");
}

#[test]
fn several_obstacles_are_all_listed_and_counted() {
    let place = Checkout::with_newer(&[]);
    let overlay = place.read(OVERLAY).replacen("target: $.components.securitySchemes", "target: $.none", 1);
    place.write(OVERLAY, &overlay.replacen("target: $.components.schemas.KeyWithSecret", "target: $.nothing", 1));
    let output = place.run(&["update", "newer.yml"]);
    let printed = stdout(&output);
    assert_eq!(output.status.code(), Some(2), "{printed}");
    let obstacles: Vec<&str> = printed.lines().filter(|line| line.starts_with("obstacle: ")).collect();
    assert!(obstacles.len() >= 2 && obstacles.iter().any(|line| line.contains("$.nothing")), "{printed}");
    assert!(stderr(&output).starts_with(&format!("error: {} obstacles", obstacles.len())), "{}", stderr(&output));
}

#[test]
fn every_fault_of_the_newer_document_is_an_obstacle_with_its_file_as_given_and_its_line() {
    let place = Checkout::with_newer(&[]);
    let newer = place.read("newer.yml");
    let newer = newer.replace("schemas/Project'", "schemas/Projct'").replace("schemas/KeyList'", "schemas/Keyring'");
    place.write("newer.yml", &newer);
    let output = place.run(&["update", "newer.yml", "--dry-run"]);
    let printed = stdout(&output);
    assert_eq!(output.status.code(), Some(1), "{printed}");
    let faults = |reference: &str| {
        let lines = (1..).zip(newer.lines()).filter(|(_, line)| line.contains(reference));
        lines.map(|(number, _)| number).collect::<Vec<u32>>()
    };
    let lines = [faults("schemas/Projct'"), faults("schemas/Keyring'")].concat();
    assert!(lines.len() > 3, "{lines:?}");
    let obstacles: Vec<&str> = printed.lines().filter(|line| line.starts_with("obstacle: ")).collect();
    assert_eq!(obstacles.len(), lines.len(), "{printed}");
    for obstacle in obstacles {
        let line = obstacle.strip_prefix("obstacle: newer.yml:").unwrap().split(':').next().unwrap();
        // A reference is named at the schema that holds it, one line above.
        assert!(lines.contains(&(line.parse::<u32>().unwrap() + 1)), "{obstacle}");
        assert!(obstacle.ends_with("names nothing in the document"), "{obstacle}");
    }
}

#[test]
fn the_step_is_untold_where_a_reference_names_nothing_also_behind_what_the_overlay_removes() {
    let bundled = Checkout::new().read(DOCUMENT);
    // The overlay writes the success of this operation in another form.
    let (head, paths) = bundled.split_once("\n  /v1/projects:\n").unwrap();
    for reference in ["'#/components/schemas/Nope'", "other.yml#/X"] {
        let place = Checkout::with_newer(&[]);
        let paths = paths.replacen("'#/components/schemas/ProjectList'", reference, 1);
        place.write("newer.yml", &format!("{head}\n  /v1/projects:\n{paths}"));
        let fault = "newer.yml: #/paths/~1v1~1projects/get/responses/200/content/application~1json/schema: `";
        let untold = format!("\nsemver: could not tell: {fault}");
        for (arguments, code) in [
            (&["update", "newer.yml", "--dry-run"][..], 1),
            (&["update", "newer.yml"], 2),
            (&["drift", "--revision", "newer.yml"], 1),
        ] {
            let output = place.run(arguments);
            let printed = stdout(&output);
            assert_eq!(output.status.code(), Some(code), "{printed}{}", stderr(&output));
            assert!(printed.contains(&untold) && !printed.contains("semver: none"), "{printed}");
        }
        // What both have decides nothing.
        place.write("older.yml", &place.read("newer.yml").replacen("List all projects", "List them", 1));
        let output = place.run(&["drift", "--base", "older.yml", "--revision", "newer.yml"]);
        assert!(stdout(&output).ends_with("\nsemver: none\n"), "{}", stdout(&output));
    }
}

#[test]
fn the_step_is_told_from_the_committed_client_whatever_the_overlay_says_since() {
    let place = Checkout::with_newer(&[("description: Deepgram Production Server", "description: Production")]);
    let step = || {
        let output = place.run(&["update", "newer.yml", "--dry-run"]);
        assert_eq!(output.status.code(), Some(0), "{}{}", stdout(&output), stderr(&output));
        stdout(&output)
    };
    assert_eq!(step().lines().last(), Some("semver: none"), "{}", step());
    git(place.root(), &["init", "--quiet"]);
    git(place.root(), &["add", "spec"]);
    git(place.root(), &["commit", "--quiet", "--message", "Add the documents"]);
    assert_eq!(step().lines().last(), Some("semver: none"), "{}", step());

    let property = "        purchase_order_id:\n          type: string\n";
    let overlay = place.read(OVERLAY);
    assert!(overlay.contains(property));
    place.write(OVERLAY, &overlay.replace(property, "        other_id:\n          type: string\n"));
    let said = step();
    assert_eq!(said.lines().last(), Some("semver: major"), "{said}");
    assert!(said.contains("Balance.purchase_order_id (HEAD:spec/overlay.yaml:"), "{said}");

    // A document that was put in place since is not the published client's either.
    place.write(OVERLAY, &overlay);
    place.write(DOCUMENT, &place.read(DOCUMENT).replace(RENAMED.0, RENAMED.1));
    let said = step();
    assert_eq!(said.lines().last(), Some("semver: none"), "{said}");
}
