//! Sends forms with lists: the generator's own encoding fails at the first list.

use quote::quote;
use syn::{ExprMethodCall, Item, LitStr, parse_quote};

/// The function that the rewritten calls call.
pub(super) fn function() -> Item {
    parse_quote! {
        /// The pairs of a form. A list has a pair for each of its items, and null has none.
        #[allow(dead_code)]
        fn form<T: ::serde::Serialize>(body: &T) -> Result<Vec<(String, String)>, String> {
            use ::serde_json::Value;
            let value = ::serde_json::to_value(body).map_err(|error| error.to_string())?;
            let Value::Object(properties) = value else {
                return Err("a form is an object".to_string());
            };
            let mut pairs = Vec::new();
            for (name, value) in properties {
                let items = match value {
                    Value::Array(items) => items,
                    single => vec![single],
                };
                for item in items {
                    let text = match item {
                        Value::Null => continue,
                        Value::String(text) => text,
                        Value::Bool(_) | Value::Number(_) => item.to_string(),
                        Value::Array(_) | Value::Object(_) => {
                            return Err(format!("{name} is not a single value or a list of them, and a form holds no other"));
                        }
                    };
                    pairs.push((name.clone(), text));
                }
            }
            Ok(pairs)
        }
    }
}

/// Sends the pairs of the body in place of the body.
pub(super) fn rewrite(call: &mut ExprMethodCall, operation: &LitStr) {
    for body in &mut call.args {
        let pairs = quote!(self::form(#body).map_err(self::invalid(#operation))?);
        *body = parse_quote!(&#pairs);
    }
}
