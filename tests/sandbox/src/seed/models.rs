//! The models of every sandbox.

use super::named::{OUTDATED_MODEL_ID, STT_MODEL_ID, TTS_MODEL_ID, texts};
use crate::state::{Abilities, Model, Variety, Voice};

pub(super) fn all() -> Vec<Model> {
    let speech_to_text = |id: &str, version: &str, outdated| Model {
        id: id.to_owned(),
        name: "general".to_owned(),
        canonical_name: "nova-3-general".to_owned(),
        architecture: "nova-3".to_owned(),
        languages: texts(&["en", "de"]),
        version: version.to_owned(),
        outdated,
        variety: Variety::SpeechToText(Abilities {
            batch: true,
            streaming: true,
            formatted_output: false,
            multilingual: true,
        }),
    };
    let text_to_speech = Model {
        id: TTS_MODEL_ID.to_owned(),
        name: "thalia".to_owned(),
        canonical_name: "aura-2-thalia-en".to_owned(),
        architecture: "aura-2".to_owned(),
        languages: texts(&["en"]),
        version: "2026-04-15.0".to_owned(),
        outdated: false,
        variety: Variety::TextToSpeech(Voice {
            display_name: None,
            accent: "American",
            age: "Adult",
            color: "#c58dff",
            image: "https://static.example.com/thalia.png",
            sample: "https://static.example.com/thalia.wav",
            tags: &["feminine"],
            use_cases: &["reading aloud"],
        }),
    };
    vec![
        speech_to_text(STT_MODEL_ID, "2026-07-31.0", false),
        speech_to_text(OUTDATED_MODEL_ID, "2026-01-09.0", true),
        text_to_speech,
    ]
}
