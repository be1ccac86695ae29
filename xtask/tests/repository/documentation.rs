//! The generated documentation of the published client: no type and no operation goes without a sentence.

use std::fs;

use quote::ToTokens;
use syn::{Attribute, ImplItem, Item, Visibility};

const TYPES: &str = "../deepgram-mgmt/src/generated/types.rs";
const OPERATIONS: &str = "../deepgram-mgmt/src/generated/mod.rs";

#[test]
fn every_type_says_what_it_is_and_no_name_passes_for_a_sentence() {
    let items = items(TYPES);
    let types = items.iter().filter_map(|item| match item {
        Item::Struct(item) => Some((&item.vis, &item.ident, &item.attrs)),
        Item::Enum(item) => Some((&item.vis, &item.ident, &item.attrs)),
        _ => None,
    });
    let mut count = 0;
    for (_, name, attributes) in types.filter(|(visibility, ..)| matches!(visibility, Visibility::Public(_))) {
        count += 1;
        let says = documentation(attributes);
        assert!(is_sentence(&says), "describe the schema `{name}` in spec/overlay.yaml: {says:?}");
        assert_ne!(says.trim_end_matches('.'), format!("`{name}`"), "describe the schema in spec/overlay.yaml");
    }
    assert!(count > 0, "{TYPES} has types");
}

#[test]
fn every_operation_has_a_description_beyond_its_summary() {
    let items = items(OPERATIONS);
    let methods = items.iter().filter_map(|item| match item {
        Item::Impl(item) => Some(&item.items),
        _ => None,
    });
    let mut count = 0;
    for method in methods.flatten() {
        let ImplItem::Fn(method) = method else { continue };
        count += 1;
        let says = documentation(&method.attrs);
        let mut paragraphs = says.split("\n\n");
        let (_, description) = (paragraphs.next(), paragraphs.next().unwrap_or_default());
        assert!(is_sentence(description) && !description.starts_with("Sends a `"), "{}: {says}", method.sig.ident);
    }
    assert!(count > 0, "{OPERATIONS} has operations");
}

#[test]
fn operations_say_what_they_do_beyond_their_response() {
    let items = items(OPERATIONS);
    let methods = items.iter().filter_map(|item| match item {
        Item::Impl(item) => Some(&item.items),
        _ => None,
    });
    let documented = methods.flatten().filter_map(|item| match item {
        ImplItem::Fn(method) => Some((method.sig.ident.to_string(), documentation(&method.attrs))),
        _ => None,
    });
    let methods: Vec<_> = documented.collect();
    for (method, effect) in [
        ("remove_project_member", "disables every API key that this member created"),
        ("leave_project", "deletes the API keys of the project that this account created"),
        ("leave_project", "fails for the only owner"),
        ("delete_project", "everything in it"),
        ("delete_project_key", "rejects the call of an `admin` for a key that another account created"),
        ("create_project_key", "The response is the only one that has its secret"),
        ("update_member_scopes", "the keys that the member created lose rights"),
        ("send_project_invitation", "Sends an e-mail with a link"),
        ("list_project_requests", "reaches back 90 days"),
        ("get_project_request", "reaches back 90 days"),
        ("get_project_usage", "A period can begin at any time in the past"),
    ] {
        let says = methods.iter().find(|(name, _)| name == method).map(|(_, says)| says.replace('\n', " "));
        let says = says.unwrap_or_else(|| panic!("{method} is an operation"));
        assert!(says.contains(effect), "{method}: {says}");
    }
    let periods = methods.iter().filter(|(_, says)| says.contains("- `end`: "));
    for (method, says) in periods {
        let end = says.split("- `end`: ").nth(1).unwrap_or_default().replace("\n  ", " ");
        assert!(
            end.starts_with("End of the period. The client sends a bare date as its midnight in UTC."),
            "{method}: {end}"
        );
        assert!(end.contains("does not document whether the period includes this time"), "{method}: {end}");
    }
}

fn items(file: &str) -> Vec<Item> {
    let text = fs::read_to_string(file).unwrap_or_else(|error| panic!("{file}: {error}"));
    syn::parse_file(&text).unwrap_or_else(|error| panic!("{file}: {error}")).items
}

/// The text of the doc comments.
fn documentation(attributes: &[Attribute]) -> String {
    let lines = attributes.iter().filter(|attribute| attribute.path().is_ident("doc")).map(|attribute| {
        let value = &attribute.meta.require_name_value().expect("a text").value;
        syn::parse2::<syn::LitStr>(value.to_token_stream()).expect("a text").value().trim_start().to_owned()
    });
    lines.collect::<Vec<_>>().join("\n").trim().to_owned()
}

/// Whether a text is more than a name.
fn is_sentence(text: &str) -> bool {
    text.contains(' ')
}
