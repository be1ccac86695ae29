//! The public items of an enumeration of texts that `known_values!`, a macro of the client's runtime, writes.

use syn::{Ident, ItemMacro};

/// The traits, of an enumeration called `Self`.
const TRAITS: [&str; 13] = [
    "Display",
    "From<&String>",
    "From<&str>",
    "From<String>",
    "FromStr",
    "PartialEq<&str>",
    "PartialEq<Self> for &str",
    "PartialEq<Self> for String",
    "PartialEq<Self> for str",
    "PartialEq<String>",
    "PartialEq<str>",
    "serde::Deserialize<'de>",
    "serde::Serialize",
];

/// The enumeration that a call of the macro is for, and the traits that it implements.
pub(super) fn implemented(call: &ItemMacro) -> Option<(String, impl Iterator<Item = String>)> {
    if call.mac.path.segments.last()?.ident != "known_values" {
        return None;
    }
    let name = call.mac.parse_body::<Ident>().ok()?.to_string();
    Some((name.clone(), TRAITS.iter().map(move |of| of.replace("Self", &name))))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::fs;

    use super::*;
    use crate::rust_api::PublicApi;

    #[test]
    fn the_macro_implements_these_traits_and_no_others() {
        let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../deepgram-mgmt/src/runtime/known_values.rs");
        let source = fs::read_to_string(file).unwrap();
        // The two arms: what is written once, and what is written for each text.
        let (once, each) = source.split_once("(@compared with $($text:ty),+; $name:ident) => {").unwrap();
        let once = once.split_once("($name:ident) => {").unwrap().1;
        let (texts, _) = once.split_once("@compared with ").unwrap().1.split_once("; $name);").unwrap();
        let impls = |body: &str, text: &str| -> String {
            let lines = body.lines().map(str::trim).filter(|line| line.starts_with("impl"));
            lines
                .map(|line| {
                    format!("{line} }}").replace("$crate", "crate").replace("$name", "Kind").replace("$text", text)
                })
                .collect()
        };
        let code = texts.split(", ").map(|text| impls(each, text)).collect::<String>() + &impls(once, "");
        let types = syn::parse_str::<syn::File>(&code).unwrap().items;
        let mut written = PublicApi::default();
        written.read("types", &types);
        let written: BTreeSet<&str> =
            written.items.keys().filter_map(|path| path.strip_prefix("types::Kind: ")).collect();
        let call = syn::parse_quote!(crate::runtime::known_values!(Kind););
        let listed: Vec<String> = implemented(&call).unwrap().1.collect();
        // Setters take it; that trait is the runtime's own.
        let written: BTreeSet<&str> = written.into_iter().filter(|of| !of.starts_with("crate::")).collect();
        assert_eq!(written, listed.iter().map(String::as_str).collect());
    }
}
