//! Ids and addresses in paths: a text that would change the path is an error before anything is sent; any other is one
//! segment.

use deepgram_mgmt::{Error, ErrorKind};
use deepgram_mgmt_sandbox::Dialect;
use deepgram_mgmt_sandbox::seed::PROJECT_ID;
use percent_encoding::percent_decode_str;

use crate::document;
use crate::operation::{Ids, operations};
use crate::scene::{Scene, assert_refused, project};

/// Texts that no path may hold, and a word of the reason.
const REFUSED: [(&str, &str); 7] = [
    ("", "empty"),
    (".", "`.`"),
    ("..", "`..`"),
    ("a\\b", "`\\`"),
    ("a\nb", "control character"),
    ("a\u{0}b", "control character"),
    ("a/b", "`/`"),
];

#[tokio::test]
async fn an_id_that_would_change_the_path_is_an_error_that_names_it_and_nothing_is_sent() {
    for scene in Scene::both().await {
        for operation in operations(scene.dialect) {
            for parameter in document::operation(scene.dialect, operation.id).parameters() {
                for (id, reason) in REFUSED {
                    // A slash is legal in an address, and is sent encoded.
                    if (parameter, id) == ("email", "a/b") {
                        continue;
                    }
                    let error =
                        operation.call(&scene.client, &Ids::with(scene.dialect, parameter, id)).await.unwrap_err();
                    assert_invalid(&error, parameter, reason);
                }
            }
        }
        scene.saw_nothing();
    }
}

fn assert_invalid(error: &Error, parameter: &str, reason: &str) {
    let line = error.to_string();
    assert_eq!(error.kind(), ErrorKind::InvalidRequest, "{line}");
    assert!(line.contains(parameter) && line.contains(reason) && !line.contains('\n'), "{parameter}: {line}");
    assert_eq!((error.status(), error.code(), error.request_id()), (None, None, None));
}

#[tokio::test]
async fn a_body_that_lacks_what_is_required_is_an_error_that_names_it_and_nothing_is_sent() {
    for scene in Scene::both().await {
        let create = || scene.client.create_project_key(PROJECT_ID);
        assert_invalid(&create().send().await.unwrap_err(), "comment", "comment is missing: set it with `.comment(…)`");
        assert_invalid(
            &create().comment("ci").send().await.unwrap_err(),
            "scopes",
            "scopes is missing: set it with `.scopes(…)`",
        );
        scene.saw_nothing();
    }
}

#[tokio::test]
async fn an_ordinary_id_is_one_segment_that_decodes_to_it_whichever_parameter_it_is() {
    for scene in Scene::both().await {
        let ids = ["a+b", "nova-2.general", "...", "%", "%2e%2e", "%2F", "ключ", "a b", "a?b#c", "a;b=c&d", "é@[1]|^"];
        for operation in operations(scene.dialect) {
            let documented = document::operation(scene.dialect, operation.id);
            for parameter in documented.parameters() {
                for id in ids {
                    let responded = operation.call(&scene.client, &Ids::with(scene.dialect, parameter, id)).await;
                    if scene.is_live() && parameter != "email" {
                        // The live API says so in plain text.
                        let error = responded.unwrap_err();
                        assert_eq!(error.status().map(|status| status.as_u16()), Some(404), "{error}");
                        assert!(error.body_excerpt().is_some_and(|text| text.starts_with("UUID parsing failed")));
                    } else {
                        assert_refused(responded, 404, "NOT_FOUND");
                    }
                    let seen = scene.the_request();
                    assert_eq!(seen.query, None, "{id}");
                    assert_eq!(segment(&documented.path, parameter, &seen.path), id, "{}", seen.path);
                }
            }
        }
    }
}

/// The decoded segment of a path that stands for a parameter of its template. The others are as they were.
fn segment(template: &str, parameter: &str, path: &str) -> String {
    let wanted = format!("{{{parameter}}}");
    let seeded = Ids::of_dialect(Dialect::Bundled).fill(&template.replace(&wanted, "\0"));
    let (expected, segments) = (seeded.split('/'), path.split('/'));
    assert_eq!(expected.clone().count(), segments.clone().count(), "{path}");
    let (own, others): (Vec<_>, Vec<_>) = expected.zip(segments).partition(|(expected, _)| *expected == "\0");
    assert!(others.iter().all(|(expected, segment)| expected == segment), "{path}");
    percent_decode_str(own[0].1).decode_utf8().unwrap().into_owned()
}

#[tokio::test]
async fn an_address_with_signs_of_urls_in_it_is_one_encoded_segment_and_finds_its_invitation() {
    for scene in Scene::both().await {
        for (email, encoded) in [
            ("a/b@example.com", "a%2Fb@example.com"),
            ("a+b@example.com", "a+b@example.com"),
            ("a%b@example.com", "a%25b@example.com"),
            ("a%2Fb@example.com", "a%252Fb@example.com"),
            ("a?b#c@example.com", "a%3Fb%23c@example.com"),
        ] {
            let invite = scene.client.send_project_invitation(PROJECT_ID);
            let sent = invite.email(email).scope("member").send().await;
            sent.unwrap_or_else(|error| panic!("{email}: {error}"));
            scene.sandbox.take_requests();
            let delete = || scene.client.delete_project_invitation(PROJECT_ID, email).send();
            delete().await.unwrap_or_else(|error| panic!("{email}: {error}"));
            scene.saw("DELETE", &project(&format!("/invites/{encoded}")), None);
            assert_eq!(percent_decode_str(encoded).decode_utf8().unwrap(), email);
        }
        // These are no addresses that can be invited; that they are not found shows their one segment all the same.
        for (email, encoded) in [
            ("a b@example.com", "a%20b@example.com"),
            ("../../keys/k", "..%2F..%2Fkeys%2Fk"),
            ("ü@example.com", "%C3%BC@example.com"),
        ] {
            let delete = scene.client.delete_project_invitation(PROJECT_ID, email);
            assert_refused(delete.send().await, 404, "NOT_FOUND");
            scene.saw("DELETE", &project(&format!("/invites/{encoded}")), None);
        }
    }
}
