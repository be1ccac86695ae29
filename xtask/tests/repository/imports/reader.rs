//! Reads the paths that a file mentions outside of its tests.

use std::collections::{BTreeMap, BTreeSet};

use proc_macro2::{TokenStream, TokenTree};
use quote::ToTokens;
use syn::visit::{self, Visit};
use syn::{Attribute, Item, ItemMod, ItemUse, Macro, UseTree};

/// A module's path, its crate first: `xtask::lower::form`.
pub(crate) type Module = String;

/// A module that is a file of its own.
#[derive(Default)]
pub(crate) struct Source {
    /// The names that its `use` lines bring, with the paths that they stand for.
    pub(crate) names: BTreeMap<String, Vec<String>>,
    /// All paths that it mentions, with the module in which they stand.
    pub(crate) paths: BTreeSet<(Module, Vec<String>)>,
}

/// Reads the file of `module`.
pub(crate) fn read(module: &str, text: &str) -> Source {
    let file = syn::parse_file(text).unwrap_or_else(|error| panic!("{module}: {error}"));
    let mut reader = Reader { module: module.to_owned(), source: Source::default() };
    // `lib.rs` is the crate's root, and `main.rs` one of its own.
    if let Some(root) = module.strip_suffix("::lib") {
        root.clone_into(&mut reader.module);
    }
    reader.visit_file(&file);
    reader.source
}

struct Reader {
    module: Module,
    source: Source,
}

impl Reader {
    fn path(&mut self, path: Vec<String>) {
        self.source.paths.insert((self.module.clone(), path));
    }

    fn tree(&mut self, tree: &UseTree, mut path: Vec<String>) {
        match tree {
            UseTree::Path(next) => {
                path.push(next.ident.to_string());
                self.tree(&next.tree, path);
            }
            UseTree::Group(group) => group.items.iter().for_each(|tree| self.tree(tree, path.clone())),
            UseTree::Glob(_) => self.path(path),
            UseTree::Name(name) if name.ident == "self" => self.brings(path[path.len() - 1].clone(), path),
            UseTree::Name(name) => {
                path.push(name.ident.to_string());
                self.brings(name.ident.to_string(), path);
            }
            UseTree::Rename(name) => {
                if name.ident != "self" {
                    path.push(name.ident.to_string());
                }
                self.brings(name.rename.to_string(), path);
            }
        }
    }

    fn brings(&mut self, name: String, path: Vec<String>) {
        self.source.names.insert(name, path.clone());
        self.path(path);
    }

    /// Paths from the crate's root among the tokens of a macro; code that is quoted is the generated client's.
    fn tokens(&mut self, tokens: TokenStream) {
        let mut path: Vec<String> = Vec::new();
        let mut is_quote = false;
        for token in tokens {
            match token {
                TokenTree::Ident(name) if name == "crate" => path = vec![name.to_string()],
                TokenTree::Ident(name) => path.push(name.to_string()),
                TokenTree::Punct(punct) if punct.as_char() == ':' => {}
                TokenTree::Punct(punct) if punct.as_char() == '!' => {
                    is_quote = path.last().is_some_and(|name| name.contains("quote"));
                }
                other => {
                    self.path_of_tokens(std::mem::take(&mut path));
                    if let (TokenTree::Group(group), false) = (other, std::mem::take(&mut is_quote)) {
                        self.tokens(group.stream());
                    }
                }
            }
        }
        self.path_of_tokens(path);
    }

    fn path_of_tokens(&mut self, path: Vec<String>) {
        if path.len() > 1 && path[0] == "crate" {
            self.path(path);
        }
    }
}

fn is_of_tests(attributes: &[Attribute]) -> bool {
    attributes.iter().any(|attribute| {
        attribute.path().is_ident("cfg")
            && attribute.parse_args::<syn::Path>().is_ok_and(|condition| condition.is_ident("test"))
    })
}

impl<'ast> Visit<'ast> for Reader {
    fn visit_item(&mut self, item: &'ast Item) {
        let attributes = match item {
            Item::Mod(item) => &item.attrs,
            Item::Use(item) => &item.attrs,
            Item::Fn(item) => &item.attrs,
            Item::Impl(item) => &item.attrs,
            _ => return visit::visit_item(self, item),
        };
        if !is_of_tests(attributes) {
            visit::visit_item(self, item);
        }
    }

    fn visit_item_mod(&mut self, item: &'ast ItemMod) {
        let outer = self.module.clone();
        self.module = format!("{outer}::{}", item.ident);
        visit::visit_item_mod(self, item);
        self.module = outer;
    }

    fn visit_item_use(&mut self, item: &'ast ItemUse) {
        self.tree(&item.tree, Vec::new());
    }

    fn visit_path(&mut self, path: &'ast syn::Path) {
        if path.segments.len() > 1 {
            self.path(path.segments.iter().map(|segment| segment.ident.to_string()).collect());
        }
        visit::visit_path(self, path);
    }

    fn visit_macro(&mut self, item: &'ast Macro) {
        self.tokens(item.to_token_stream());
        visit::visit_macro(self, item);
    }
}
