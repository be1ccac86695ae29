//! An error keeps its location, whatever context it gets on the way.

use anyhow::{Error, anyhow};
use serde_json::{Value, json};
use xtask::document::located::Located;
use xtask::pointer::Pointer;
use xtask::references::resolve;
use xtask::{adapt, load, lower, overlay};

/// A document with a parameter that the generator cannot send, behind a reference.
fn document() -> Value {
    json!({
        "openapi": "3.1.0",
        "info": { "title": "T", "version": "1" },
        "paths": { "/x": { "get": { "parameters": [{ "$ref": "#/components/parameters/P" }], "responses": {} } } },
        "components": { "parameters": { "P": { "name": "X-Key", "in": "header", "schema": { "type": "string", "format": "password" } } } }
    })
}

/// The error about the lowered document, and the error about `document` that it becomes.
fn relocated(change: impl FnOnce(Error) -> Error) -> (Error, Error) {
    let document = document();
    let error = || {
        let mut lowered = lower::to_30(&document, &adapt::Generator).unwrap();
        let error = adapt::to_generator(&mut lowered).unwrap_err();
        (error, lowered.origins)
    };
    let ((error, _), (again, origins)) = (error(), error());
    (error, origins.relocate(change(again), &document))
}

fn at(error: &Error) -> &str {
    error.downcast_ref::<Located>().unwrap().at.as_str()
}

#[test]
fn an_error_moves_to_what_its_author_can_change_with_any_context_around_it() {
    let (before, plain) = relocated(|error| error);
    assert_eq!(at(&before), "#/paths/~1x/get/parameters/0");
    assert_eq!(at(&plain), "#/components/parameters/P");
    let text = format!("{plain:#}");
    assert!(text.starts_with("#/components/parameters/P: a secret in the header cannot be generated"), "{text}");
    assert!(text.ends_with("; change it with an overlay action"), "{text}");

    // Context that reads like a location is none, and hides none.
    for context in ["while adapting", "#/info: here", "#/paths/~1x"] {
        let (_, error) = relocated(|error| error.context(context).context("again"));
        assert_eq!(at(&error), "#/components/parameters/P");
        assert_eq!(format!("{error:#}"), format!("again: {context}: {text}"));
    }
}

#[test]
fn a_message_that_reads_like_a_location_is_not_moved() {
    let document = document();
    let origins = lower::to_30(&document, &adapt::Generator).unwrap().origins;
    let message = "#/paths/~1x/get/parameters/0: forged";
    assert_eq!(format!("{:#}", origins.relocate(anyhow!(message), &document)), message);
}

#[test]
fn an_error_is_attributed_to_the_file_that_its_location_comes_from_with_any_context_around_it() {
    let file = |name: &str, value: &Value| load::parse(name, value.to_string().as_bytes()).unwrap();
    let bundled = file("document.json", &document());
    let corrections = file("overlay.json", &json!({}));
    let mut effective = document();
    effective["components"]["parameters"]["Q"] = json!({});
    effective["components"]["parameters"]["P"]["name"] = json!("X-Other");
    let located = |at: &str| {
        let at = Pointer::of_reference(at).unwrap();
        Error::new(resolve(&effective, "#/nothing", &at).unwrap_err())
    };
    let cases = [
        ("#/components/parameters/Q", "overlay.json"),
        ("#/components/parameters/P", "document.json with overlay.json"),
        ("#/info", "document.json"),
    ];
    for (at, name) in cases {
        for error in
            [located(at), located(at).context("while resolving"), located(at).context("#/components/parameters/Q: x")]
        {
            let text = format!("{error:#}");
            let error = overlay::attribute(error, &bundled, Some(&corrections), &effective);
            assert_eq!(format!("{error:#}"), format!("{name}: {text}"));
        }
    }
    let forged = overlay::attribute(anyhow!("#/components/parameters/Q: x"), &bundled, Some(&corrections), &effective);
    assert_eq!(format!("{forged:#}"), "document.json: #/components/parameters/Q: x");
}
