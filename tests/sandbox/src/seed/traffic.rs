//! The requests that the logs record and the usage that is counted: every form that such things take.

use chrono::TimeDelta;

use super::named::{AGENT_TAGS, FORMER_KEY_ID, KEY_ID, LINE_ITEM, STT_MODEL_ID, TAG, TTS_MODEL_ID, USAGE_START};
use crate::state::{Amounts, Outcome, Sample, Share, Traits, UsageDay, Work};

pub(super) static LINE_ITEMS: [(&str, &str); 4] = [
    (LINE_ITEM, "Transcription with Nova 3"),
    ("speech::aura-2", "Speech with Aura 2"),
    ("text::analysis", "Text analysis"),
    ("agent::standard", "Voice agent"),
];

const TRANSCRIPTION: Traits = Traits {
    key_id: KEY_ID,
    endpoint: "listen",
    method: "sync",
    deployment: "hosted:us",
    model_ids: &[STT_MODEL_ID],
    tags: &[],
    features: &["punctuate", "smart_format"],
};

/// In the order in which a log goes round them.
pub(super) static SAMPLES: [Sample; 8] = [
    Sample {
        path: "/v1/listen",
        traits: TRANSCRIPTION,
        outcome: Outcome::Succeeded {
            code: 200,
            usd: 0.00009,
            work: Work::Transcription { seconds: 10.0, channels: 2, streams: 1, tier: "nova" },
        },
        callback: None,
    },
    Sample {
        path: "/v1/speak",
        traits: Traits { endpoint: "speak", model_ids: &[TTS_MODEL_ID], features: &["encoding"], ..TRANSCRIPTION },
        outcome: Outcome::Succeeded { code: 200, usd: 0.0123, work: Work::Speech { characters: 410, seconds: 27.5 } },
        callback: None,
    },
    Sample {
        path: "/v1/read",
        traits: Traits { endpoint: "read", model_ids: &[], features: &["summarize", "topics"], ..TRANSCRIPTION },
        outcome: Outcome::Succeeded { code: 200, usd: 0.000_004, work: Work::Text { tokens_in: 1200, tokens_out: 80 } },
        callback: None,
    },
    Sample {
        path: "/v1/listen",
        traits: Traits { method: "streaming", tags: &[TAG], features: &["diarize", "punctuate"], ..TRANSCRIPTION },
        outcome: Outcome::Succeeded {
            code: 101,
            usd: 0.5,
            work: Work::Transcription { seconds: 3600.25, channels: 1, streams: 1, tier: "nova" },
        },
        callback: None,
    },
    Sample {
        path: "/v1/listen",
        traits: Traits { method: "async", features: &["callback", "utterances"], ..TRANSCRIPTION },
        outcome: Outcome::Succeeded {
            code: 200,
            usd: 0.0086,
            work: Work::Transcription { seconds: 120.5, channels: 1, streams: 1, tier: "nova" },
        },
        callback: Some("https://hooks.example.com/transcripts"),
    },
    Sample {
        path: "/v1/listen",
        traits: TRANSCRIPTION,
        outcome: Outcome::Failed { code: 400, message: "the audio could not be decoded" },
        callback: None,
    },
    Sample {
        path: "/v1/agent/converse",
        traits: Traits {
            key_id: FORMER_KEY_ID,
            endpoint: "agent",
            method: "streaming",
            deployment: "self-hosted",
            model_ids: &[STT_MODEL_ID, TTS_MODEL_ID],
            tags: &AGENT_TAGS,
            features: &["smart_format"],
        },
        outcome: Outcome::Succeeded { code: 101, usd: 0.075, work: Work::Agent { seconds: 60.0, turns: 12 } },
        callback: None,
    },
    Sample { path: "/v1/listen", traits: TRANSCRIPTION, outcome: Outcome::Pending, callback: None },
];

/// An hour more and one request more than the day before; the rest is equal every day.
pub(super) fn usage_day(day: u32) -> UsageDay {
    let [sync, speech, text, streaming, _, _, agent, _] = SAMPLES.each_ref().map(|sample| &sample.traits);
    let hours = f64::from(day) + 0.25;
    let share = |traits, line_item: usize, amounts| Share { traits, line_item: LINE_ITEMS[line_item].0, amounts };
    let amounts = Amounts { requests: 1, ..Amounts::default() };
    UsageDay {
        start: USAGE_START + TimeDelta::days(day.into()),
        shares: vec![
            share(sync, 0, Amounts { requests: 5 + day, hours, dollars: hours * 0.25, ..amounts }),
            share(streaming, 0, Amounts { requests: 2, hours: 0.25, dollars: 0.125, ..amounts }),
            share(speech, 1, Amounts { characters: 900, dollars: 0.03, ..amounts }),
            share(text, 2, Amounts { tokens_in: 1200, tokens_out: 80, dollars: 0.00009, ..amounts }),
            share(agent, 3, Amounts { agent_hours: 0.125, tokens_in: 300, dollars: 0.5, ..amounts }),
        ],
    }
}
