//! A model, with the properties of its variety.

#[derive(Debug)]
pub(crate) struct Model {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) canonical_name: String,
    pub(crate) architecture: String,
    pub(crate) languages: Vec<String>,
    pub(crate) version: String,
    /// A later version exists.
    pub(crate) outdated: bool,
    pub(crate) variety: Variety,
}

impl Model {
    /// From speech to text; the others speak.
    pub(crate) fn transcribes(&self) -> bool {
        matches!(self.variety, Variety::SpeechToText(_))
    }
}

#[derive(Debug)]
pub(crate) enum Variety {
    SpeechToText(Abilities),
    TextToSpeech(Voice),
}

/// The features of a model that transcribes.
#[derive(Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each is a property of the API's own")]
pub(crate) struct Abilities {
    pub(crate) batch: bool,
    pub(crate) streaming: bool,
    pub(crate) formatted_output: bool,
    pub(crate) multilingual: bool,
}

/// The voice of a model that speaks.
#[derive(Debug)]
pub(crate) struct Voice {
    pub(crate) display_name: Option<&'static str>,
    pub(crate) accent: &'static str,
    pub(crate) age: &'static str,
    pub(crate) color: &'static str,
    pub(crate) image: &'static str,
    pub(crate) sample: &'static str,
    pub(crate) tags: &'static [&'static str],
    pub(crate) use_cases: &'static [&'static str],
}
