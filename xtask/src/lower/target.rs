//! The questions that lowering asks about the program that reads the lowered document. Lowering knows none itself.

use anyhow::Result;
use serde_json::{Map, Value};

use crate::document::pointer::Pointer;

/// A number that grows while a document is lowered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Size {
    /// The operations of the document.
    Operations,
    /// The parameters of all operations together.
    Parameters,
    /// The schemas under `components/schemas`.
    Schemas,
    /// The schemas that become types, wherever they stand.
    Types,
    /// The properties of one object.
    Properties,
}

/// A media type that is to be lowered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Selected {
    /// Its name in the document.
    pub name: String,
    /// Its name in the lowered document. Of several with one name, the last stays.
    pub lowered: &'static str,
}

/// A property of an object that is sent as a parameter of its own.
#[derive(Debug, Clone)]
pub struct Property<'a> {
    /// The name of the parameter.
    pub name: String,
    /// The schema of the property.
    pub schema: &'a Value,
    /// Where the schema stands.
    pub at: Pointer,
    /// Whether the object has the property in any case.
    pub required: bool,
    /// The warning about the way it is sent.
    pub note: Option<&'static str>,
}

/// The way to send a parameter.
#[derive(Debug, Clone)]
pub enum Sending<'a> {
    /// As a value, or as one value for each item of a list, by the usual style of its place.
    Usual,
    /// As one text of all items of a list, with this text between them.
    Joined(&'static str),
    /// As one parameter for each of these properties.
    WrittenOut(Vec<Property<'a>>),
}

/// A program that reads lowered documents.
pub trait Target {
    /// Checks a size that has become `count`. A reference can be written out many times, so a document of few lines can
    /// grow without bound.
    ///
    /// # Errors
    /// More than the program can hold.
    fn check_size(&self, size: Size, count: usize, at: &Pointer) -> Result<()>;

    /// Selects the media types of a request body at `at`, by its `content`. The others are not looked at.
    ///
    /// # Errors
    /// A body that the program cannot send.
    fn request_media_types(
        &self,
        document: &Value,
        content: &Map<String, Value>,
        at: &Pointer,
    ) -> Result<Vec<Selected>>;

    /// Selects the media types of a response at `at`. The others are not looked at.
    ///
    /// # Errors
    /// A response that the program cannot read.
    fn response_media_types(
        &self,
        document: &Value,
        response: &Value,
        content: &Map<String, Value>,
        at: &Pointer,
    ) -> Result<Vec<Selected>>;

    /// How the program sends a parameter at `at`.
    ///
    /// # Errors
    /// A parameter that the program cannot send.
    fn sending<'v>(&self, document: &'v Value, parameter: &'v Value, at: &Pointer) -> Result<Sending<'v>>;
}
