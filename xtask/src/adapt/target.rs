//! The generator as the target of lowering: its limits while the document is still in the author's own words.

use anyhow::Result;
use serde_json::{Map, Value};

use super::{media_types, sizes, styles};
use crate::document::extensions;
use crate::document::pointer::Pointer;
use crate::lower::{Selected, Sending, Size, Target};

/// progenitor 0.15 and its typify.
#[derive(Debug, Clone, Copy)]
pub struct Generator;

impl Target for Generator {
    fn check_size(&self, size: Size, count: usize, at: &Pointer) -> Result<()> {
        sizes::check(size, count, at)
    }

    fn request_media_types(
        &self,
        document: &Value,
        content: &Map<String, Value>,
        at: &Pointer,
    ) -> Result<Vec<Selected>> {
        Ok(vec![media_types::of_request(document, content, at)?])
    }

    fn response_media_types(
        &self,
        document: &Value,
        response: &Value,
        content: &Map<String, Value>,
        at: &Pointer,
    ) -> Result<Vec<Selected>> {
        let ignored = extensions::ignores_body(response, at)?;
        Ok(if ignored { Vec::new() } else { media_types::of_response(document, content, &at.child("content")) })
    }

    fn sending<'v>(&self, document: &'v Value, parameter: &'v Value, at: &Pointer) -> Result<Sending<'v>> {
        styles::sending(document, parameter, at)
    }
}
