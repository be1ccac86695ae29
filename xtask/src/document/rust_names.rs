//! The generator's naming rules: the names of types, builders and methods that progenitor and typify make.

use heck::{ToSnakeCase, ToUpperCamelCase};

/// Type names that generated code uses for something else; a type of that name would hide it.
pub(crate) const TYPE_NAMES: [&str; 4] = ["Default", "Err", "Ok", "String"];

/// Names that generated builders use for something else; a builder of that name would hide it.
pub(crate) const BUILDER_NAMES: [&str; 11] =
    ["Box", "Default", "Err", "Error", "From", "Ok", "Option", "ResponseValue", "Result", "String", "Vec"];

/// Methods and variables of every generated builder; a parameter of that name would define them twice.
pub(crate) const BUILDER_METHODS: [&str; 5] = ["new", "send", "into_request", "header_map", "info"];

/// The type of a schema called `name`.
pub(crate) fn type_name(name: &str) -> String {
    name.replace('\'', "").to_upper_camel_case()
}

/// The variant of an enum for a value in JSON.
pub(crate) fn variant_name(value: &str) -> String {
    let is_of_name = |c: char| c.is_alphabetic() || c.is_ascii_digit() || c == '_';
    let plain = spelled(value).replace(|c| !is_of_name(c), "-").to_upper_camel_case();
    if plain.starts_with(char::is_alphabetic) { plain } else { format!("X{plain}") }
}

/// The method of the client for an operation.
pub(crate) fn method_name(operation_id: &str) -> String {
    operation_id.to_snake_case()
}

/// The builder of an operation, without the `_` that keeps it from being a word of Rust.
pub(crate) fn builder_name(operation_id: &str) -> String {
    method_name(operation_id).to_upper_camel_case()
}

/// The setter of a parameter or property, and the field that it sets, without the `_` that keeps it from being a word of
/// Rust.
pub(crate) fn setter_name(name: &str) -> String {
    let plain = spelled(name).to_snake_case();
    if plain.is_empty() { "x".to_owned() } else { plain }
}

/// A name without apostrophes. The signs of votes, which would be one name without them, are words.
fn spelled(name: &str) -> String {
    match name {
        "+1" => "plus1".to_owned(),
        "-1" => "minus1".to_owned(),
        _ => name.replace('\'', ""),
    }
}

/// The field of a property, as [`setter_name`]: it does not start with a digit.
pub(crate) fn field_name(property: &str) -> String {
    let plain = setter_name(property);
    if plain.starts_with(char::is_alphabetic) { plain } else { format!("x{plain}") }
}
