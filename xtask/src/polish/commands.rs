//! Names the commands of operations in the command line, and their options, and writes an example of each.

use std::collections::BTreeMap;

use anyhow::{Context, Result, bail};
use heck::ToKebabCase as _;
use serde_json::Value;

use super::builders::BodySetter;
use super::examples::{self, dereference};
use super::syntax::plain_name;
use crate::document::extensions;
use crate::document::openapi::{Operation, operations};
use crate::document::rust_names::setter_name;

/// The command of each operation, by the operation's id: its group, and its name.
///
/// Where the document names none, the group is the first tag, and the name the verb with which the id of the operation
/// begins: of several in a group, the shortest id has it (`listProjects` before `listProjectHooks`), and the others have
/// their whole ids.
///
/// # Errors
/// A command that the document gives to two operations, and one that is none.
pub(super) fn commands(lowered: &Value) -> Result<BTreeMap<String, [String; 2]>> {
    let mut paths: BTreeMap<[String; 2], &str> = BTreeMap::new();
    let mut commands = BTreeMap::new();
    for operation in operations(lowered) {
        let at = operation.at();
        let id = operation.id().with_context(|| format!("{at}: has no `operationId`"))?;
        let Some(command) = named(operation)? else { continue };
        if let Some(other) = paths.insert(command.clone(), operation.path) {
            let command = command.join(" ");
            bail!(at.child(extensions::COMMAND).error(format!("`{command}` is also the command of `{other}`")));
        }
        commands.insert(id.to_owned(), command);
    }
    let ids = operations(lowered).filter_map(|operation| Some((operation.id()?.to_kebab_case(), operation)));
    let mut unnamed: Vec<_> = ids.filter(|(_, operation)| operation.value.get(extensions::COMMAND).is_none()).collect();
    // Stable: of ids of as many words, the first in the document comes first.
    unnamed.sort_by_key(|(id, _)| id.split('-').count());
    for (whole, operation) in unnamed {
        let Some(id) = operation.id() else { continue };
        let group = operation.value["tags"][0].as_str().unwrap_or("other").to_kebab_case();
        let verb = whole.split('-').next().unwrap_or_default().to_owned();
        let mut names = [verb, whole].into_iter().map(|name| [group.clone(), name]);
        let command = names.find(|command| !paths.contains_key(command));
        let problem = || format!("has no name left for its command; give it one with `{}`", extensions::COMMAND);
        let command = command.with_context(|| format!("{}: {}", operation.at(), problem()))?;
        paths.insert(command.clone(), operation.path);
        commands.insert(id.to_owned(), command);
    }
    Ok(commands)
}

/// The command that the document names.
fn named(operation: Operation<'_>) -> Result<Option<[String; 2]>> {
    let Some(asked) = operation.value.get(extensions::COMMAND) else { return Ok(None) };
    let is_word = |word: &&str| word.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
    let words: Vec<&str> = asked.as_str().unwrap_or_default().split(' ').filter(|word| !word.is_empty()).collect();
    match words.as_slice() {
        [group, name] if words.iter().all(is_word) => Ok(Some([(*group).to_owned(), (*name).to_owned()])),
        _ => {
            let at = operation.at().child(extensions::COMMAND);
            bail!(
                at.error(format!("expected a group and a name, each of small letters, digits and `-`, found {asked}"))
            )
        }
    }
}

/// The name of an option in the command line.
pub(super) fn option_name(setter: &str) -> String {
    setter.trim_matches('_').replace('_', "-")
}

/// An example of a command: what it needs, or else the first of what it may have. The project has a default, but for what
/// deletes the project itself.
pub(super) fn example(
    operation: Operation<'_>,
    command: &[String; 2],
    setters: &[BodySetter],
    lowered: &Value,
) -> String {
    let mut words = command.to_vec();
    let (mut options, mut optional) = (Vec::new(), None);
    let parameters = operation.value["parameters"].as_array().into_iter().flatten().map(|parameter| {
        let name = parameter["name"].as_str().unwrap_or_default();
        (name, setter_name(name), &parameter["schema"], parameter["required"] == true)
    });
    let body = operation.value["requestBody"]["content"].as_object().and_then(|content| content.values().next());
    let body = dereference(lowered, body.map_or(&Value::Null, |media| &media["schema"]));
    let required = body["required"].as_array().map(Vec::as_slice).unwrap_or_default();
    let properties = body["properties"].as_object().into_iter().flatten().map(|(name, schema)| {
        let setter = setters.iter().find(|setter| setter.property == *name);
        let setter = setter.map_or_else(|| setter_name(name), |setter| plain_name(&setter.method));
        (name.as_str(), setter, schema, required.iter().any(|required| required == name))
    });
    for (name, setter, schema, is_required) in parameters.chain(properties) {
        let option = option_name(&setter);
        let value = examples::example(name, schema, lowered).map(|example| example.plain().to_owned());
        let value = value.unwrap_or_else(|| option.to_uppercase());
        // A word of a shell.
        let is_plain = |c: char| c.is_alphanumeric() || "-_.:@,/".contains(c);
        let value = if value.chars().all(is_plain) { value } else { format!("'{}'", value.replace('\'', "")) };
        let between = if dereference(lowered, schema)["type"] == "boolean" { '=' } else { ' ' };
        if operation.path.contains(&format!("{{{name}}}")) {
            if name != "project_id" {
                words.push(value);
            } else if operation.method == "delete" && operation.path.matches('{').count() == 1 {
                options.push(format!("--project {value}"));
            }
        } else if is_required {
            options.push(format!("--{option}{between}{value}"));
        } else {
            optional.get_or_insert_with(|| format!("--{option}{between}{value}"));
        }
    }
    if options.is_empty() {
        options.extend(optional);
    }
    words.extend(options);
    words.join(" ")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::pipeline::published_client;

    /// The table of these operations: the first with this extension, and the path, tag and id of another one.
    fn table(extension: serde_json::Value, other: (&str, &str)) -> Result<String, String> {
        let listed = json!({ "type": "object", "properties": {
            "things": { "type": "array", "items": { "$ref": "#/components/schemas/Thing" } },
        } });
        let thing = json!({ "type": "object", "properties": {
            "name": { "type": "string" }, "secret": { "type": "string", "format": "password" },
            "tags": { "type": "array", "items": { "type": "string" } },
        } });
        let success = |name: &str| {
            json!({ "200": { "description": "", "content": { "application/json": { "schema": {
            "$ref": format!("#/components/schemas/{name}")
        } } } } })
        };
        let make = json!({
            "operationId": "makeThing", "tags": ["Odd Things"], "responses": success("Thing"),
            "parameters": [{ "name": "project_id", "in": "path", "required": true, "schema": { "type": "string" } }],
            "requestBody": { "required": true, "content": { "application/json": { "schema": {
                "type": "object", "title": "Making", "required": ["loud", "type", "name"], "properties": {
                    "loud": { "type": "boolean" }, "type": { "type": "string", "enum": ["a b", "c"] }, "name": { "type": "string" },
                },
            } } } },
        });
        let mut document = json!({
            "openapi": "3.1.0", "info": { "title": "T", "version": "1" },
            "paths": {
                "/p/{project_id}/things": { "post": make },
                "/others": { "get": { "operationId": other.1, "tags": [other.0], "responses": success("Things") } },
            },
            "components": { "schemas": { "Thing": thing, "Things": listed } },
        });
        if !extension.is_null() {
            document["paths"]["/p/{project_id}/things"]["post"]["x-client-command"] = extension;
        }
        let modules = published_client(&document).map_err(|error| format!("{error:#}"))?;
        // Spaces do not matter, but within texts.
        Ok(modules.table.unwrap().split('\n').map(str::trim).collect())
    }

    #[test]
    fn a_command_is_the_tag_and_the_verb_or_else_what_the_document_names() {
        let derived = table(json!(null), ("Odd Things", "listOthers")).unwrap();
        assert!(derived.contains(r#"group: "odd-things",command: "make","#), "{derived}");
        assert!(derived.contains(r#"example: "odd-things make --loud=true --type 'a b' --name speech""#), "{derived}");
        assert!(
            derived.contains(r#"entries: &[],fields: &["name", "secret", "tags"],secrets: &["secret"],"#),
            "{derived}"
        );
        assert!(derived.contains(r#"entries: &["things"],fields: &["name", "secret", "tags"],"#), "{derived}");
        let named = table(json!("things  fab-2"), ("Odd Things", "makeOthers")).unwrap();
        assert!(named.contains(r#"group: "things",command: "fab-2","#), "{named}");
    }

    #[test]
    fn a_command_that_another_operation_has_gives_way_to_the_whole_id() {
        let derived = table(json!(null), ("Odd Things", "makeOtherThings")).unwrap();
        for command in ["make", "make-other-things"] {
            assert!(derived.contains(&format!(r#"group: "odd-things",command: "{command}","#)), "{derived}");
        }
        // The shorter id has the verb, wherever its operation stands.
        let derived = table(json!(null), ("Odd Things", "make")).unwrap();
        for command in ["make", "make-thing"] {
            assert!(derived.contains(&format!(r#"group: "odd-things",command: "{command}","#)), "{derived}");
        }
        // The name that the document gives is taken first, wherever its operation stands.
        let named = table(json!("odd-things list"), ("Odd Things", "listOthers")).unwrap();
        for command in ["list", "list-others"] {
            assert!(named.contains(&format!(r#"group: "odd-things",command: "{command}","#)), "{named}");
        }
    }

    #[test]
    fn a_command_that_is_none_is_an_error_with_its_place() {
        for extension in [json!(1), json!(""), json!("one"), json!("a b c"), json!("A b"), json!("a b!")] {
            let error = table(extension.clone(), ("X", "getOthers")).unwrap_err();
            let place = "#/paths/~1p~1{project_id}~1things/post/x-client-command: expected a group and a name";
            assert!(error.contains(place) && error.contains(&extension.to_string()), "{error}");
        }
    }
}
