//! The modules of a generated client: as syntax trees, and printed.

use std::collections::BTreeSet;

use syn::{File, Item};

use super::aliases;
use crate::document::located::Located;

/// The modules of a generated client, as syntax trees.
#[derive(Debug)]
pub struct Syntax {
    /// `impl Client`: one method per operation.
    pub operations: Vec<Item>,
    /// One builder per operation.
    pub builder: Vec<Item>,
    /// The types of parameters and responses.
    pub types: Vec<Item>,
    /// The table of operations, for the published client only.
    pub(super) table: Option<Vec<Item>>,
    /// The calls of operations that are chosen at run time, for the published client only.
    pub(super) calls: Option<Vec<Item>>,
    /// Mocks of the operations, for the published client only.
    pub(super) mocks: Option<Vec<Item>>,
    /// Whether aliases stand for names of the document.
    pub(super) has_aliases: bool,
}

impl Syntax {
    /// The names of the types of parameters and responses.
    pub(crate) fn type_names(&self) -> BTreeSet<String> {
        let names = self.types.iter().filter_map(|item| match item {
            Item::Struct(item) => Some(&item.ident),
            Item::Enum(item) => Some(&item.ident),
            Item::Type(item) => Some(&item.ident),
            _ => None,
        });
        names.map(ToString::to_string).collect()
    }
}

/// The modules of a generated client, as formatted source without header.
#[derive(Debug, Clone)]
pub struct Modules {
    /// `impl Client`: one method per operation.
    pub operations: String,
    /// One builder per operation.
    pub builder: String,
    /// The types of parameters and responses.
    pub types: String,
    /// The table of operations, for the published client only.
    pub table: Option<String>,
    /// The calls of operations that are chosen at run time, for the published client only.
    pub calls: Option<String>,
    /// Mocks of the operations, for the published client only.
    pub mocks: Option<String>,
    /// The parts of the document that the client reads in another way than the document says, or not at all.
    pub warnings: Vec<Located>,
    /// The operations that the client leaves out, each with the reason.
    pub left_out: Vec<Located>,
}

impl Modules {
    /// Formats the modules of a client, with the names of the document in place of their aliases.
    ///
    /// # Errors
    /// A literal that the document's name makes invalid.
    pub fn print(client: Syntax) -> syn::Result<Self> {
        let print = |items| print(items, client.has_aliases);
        Ok(Self {
            operations: print(client.operations)?,
            builder: print(client.builder)?,
            types: print(client.types)?,
            table: client.table.map(print).transpose()?,
            calls: client.calls.map(print).transpose()?,
            mocks: client.mocks.map(print).transpose()?,
            warnings: Vec::new(),
            left_out: Vec::new(),
        })
    }
}

fn print(items: Vec<Item>, has_aliases: bool) -> syn::Result<String> {
    let mut file = File { shebang: None, frontmatter: None, attrs: Vec::new(), items };
    if has_aliases {
        file = aliases::restore(&file)?;
    }
    Ok(prettyplease::unparse(&file))
}
