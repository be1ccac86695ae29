//! Matches the path and the query of a request as the client sends them, for the mocks of operations.

use std::fmt::Display;

use regex::escape;
use serde::Serialize;
use serde_json::Value;

use super::encode_path;

/// Lets a mock take the requests whose path is `template`, such as `/v1/projects/{project_id}`, with the one given
/// parameter in its place and anything in the places of the others.
pub(crate) fn mock_path(when: httpmock::When, template: &str, given: Option<(&str, &dyn Display)>) -> httpmock::When {
    when.path_matches(pattern(template, given))
}

/// A value that a mock compares.
///
/// # Panics
/// It does not fit, as in a call. The message says why.
pub(crate) fn mock_value<T>(value: Result<T, String>) -> T {
    value.unwrap_or_else(|error| panic!("{error}"))
}

/// Lets a mock take the requests with this parameter: once for each of its `texts`. `None` takes those without it.
///
/// # Panics
/// As [`mock_value`].
pub(crate) fn mock_query<T>(
    when: httpmock::When,
    name: &'static str,
    value: Result<Option<T>, String>,
    texts: fn(T) -> Vec<String>,
) -> httpmock::When {
    match mock_value(value) {
        Some(value) => {
            let texts = texts(value);
            // Each value once, and no other.
            let when = when.query_param_count(format!("^{}$", escape(name)), ".*", texts.len());
            texts.into_iter().fold(when, |when, text| when.query_param(name, text))
        }
        None => when.query_param_missing(name),
    }
}

/// Lets a mock take the requests whose body has this property. `None` takes those without it.
///
/// # Panics
/// As [`mock_value`].
pub(crate) fn mock_body<T: Serialize>(
    when: httpmock::When,
    name: &'static str,
    value: Result<Option<T>, String>,
) -> httpmock::When {
    let expected = mock_value(value).map(|value| serde_json::to_value(value).expect("a value of a request is JSON"));
    when.is_true(move |request| {
        let body: Value = serde_json::from_slice(request.body_ref()).unwrap_or_default();
        body.get(name).filter(|value| !value.is_null()) == expected.as_ref()
    })
}

fn pattern(template: &str, given: Option<(&str, &dyn Display)>) -> String {
    let mut pattern = "^".to_owned();
    for (index, part) in template.split(['{', '}']).enumerate() {
        match given {
            // Every other part stands between braces.
            _ if index % 2 == 0 => pattern.push_str(&escape(part)),
            Some((name, value)) if name == part => pattern.push_str(&escape(&sent(&value.to_string()))),
            _ => pattern.push_str("[^/]+"),
        }
    }
    pattern + "$"
}

/// A value as it stands in the path of a request.
fn sent(value: &str) -> String {
    let path = format!("/{}", encode_path(value));
    let url = reqwest::Url::parse("http://localhost").and_then(|base| base.join(&path));
    // The client does not send a value that is no path; the unchanged text matches nothing.
    url.map_or(path.clone(), |url| url.path().to_owned())[1..].to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_takes_the_given_id_and_no_part_of_another_path() {
        let template = "/v1/projects/{project_id}/keys/{key_id}";
        let matches = |given: Option<(&str, &dyn Display)>, path: &str| {
            regex::Regex::new(&pattern(template, given)).unwrap().is_match(path)
        };
        for (id, other) in [("a+b", "aab"), ("a.b", "axb"), ("a@b", "a"), (".*", "x"), ("(", ")"), ("a|b", "a")] {
            let given: Option<(&str, &dyn Display)> = Some(("key_id", &id));
            assert!(matches(given, &format!("/v1/projects/p/keys/{id}")), "{id}");
            assert!(!matches(given, &format!("/v1/projects/p/keys/{other}")), "{id} {other}");
        }
        let given: Option<(&str, &dyn Display)> = Some(("project_id", &"p"));
        assert!(matches(given, "/v1/projects/p/keys/k"));
        for path in
            ["/v1/projects/p/keys/k/more", "/v1/projects/p/keys/", "/v1/projects/p/x/keys/k", "/v1xprojects/p/keys/k"]
        {
            assert!(!matches(given, path) && !matches(None, path), "{path}");
        }
    }

    #[test]
    fn an_id_stands_in_the_pattern_as_the_client_sends_it() {
        for (id, on_the_wire) in
            [("a b", "a%20b"), ("a/b", "a%2Fb"), ("50%", "50%25"), ("ö", "%C3%B6"), ("ada+x@b.org", "ada+x@b.org")]
        {
            assert_eq!(sent(id), on_the_wire);
        }
    }
}
