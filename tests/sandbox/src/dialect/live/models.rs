//! Models as the live API shows them: the features of models that transcribe, and the voices of models that speak.

use serde_json::{Map, Value, json};

use crate::call::Call;
use crate::dialect::items::all;
use crate::state::{Model, State, Variety};

/// The list of models, and the names of the languages.
pub(super) fn list(state: &State, call: &Call) -> Value {
    let (stt, tts) = state.listed_models(call.flag("include_outdated"));
    let languages: Map<String, Value> =
        state.languages.iter().map(|&(tag, name)| (tag.to_owned(), name.into())).collect();
    json!({ "stt": all(stt, model), "tts": all(tts, model), "languages": languages })
}

pub(super) fn model(model: &Model) -> Value {
    let (abilities, voice) = match &model.variety {
        Variety::SpeechToText(abilities) => (Some(abilities), None),
        Variety::TextToSpeech(voice) => (None, Some(voice)),
    };
    json!({
        "name": model.name,
        "canonical_name": model.canonical_name,
        "architecture": model.architecture,
        "languages": model.languages,
        "version": model.version,
        "uuid": model.id,
        "batch": abilities.map(|abilities| abilities.batch),
        "streaming": abilities.map(|abilities| abilities.streaming),
        "formatted_output": abilities.map(|abilities| abilities.formatted_output),
        "multilingual": abilities.map(|abilities| abilities.multilingual),
        "metadata": voice.map(|voice| json!({
            "display_name": voice.display_name,
            "accent": voice.accent,
            "age": voice.age,
            "color": voice.color,
            "image": voice.image,
            "sample": voice.sample,
            "tags": voice.tags,
            "use_cases": voice.use_cases,
        })),
    })
}
