//! Records of the request log as the live API shows them: with many members, and null where one does not apply.

use serde_json::{Map, Value, json};

use crate::moment::{without_zone, zoned};
use crate::state::{Outcome, Project, RequestRecord, Sample, Work};

pub(super) fn record(project: &Project, record: &RequestRecord) -> Value {
    let sample = record.sample;
    json!({
        "request_id": record.id,
        "project_uuid": project.id,
        "created": zoned(record.created),
        "path": sample.path,
        "api_key_id": sample.traits.key_id,
        "response": response(record),
        // Within the response; only the vendor's document has them here.
        "code": null,
        "deployment": null,
        "callback": sample.callback.map(|url| json!({ "url": url, "code": 200, "attempts": 1 })),
    })
}

/// Null while the request has not ended.
fn response(record: &RequestRecord) -> Value {
    let sample = record.sample;
    let deployment = sample.traits.deployment;
    let mut response = json!({
        "code": null,
        "completed": null,
        "deployment": deployment,
        "message": null,
        "method": null,
        "details": null,
        "token_details": null,
        "tts_details": null,
        "sts_details": null,
    });
    match &sample.outcome {
        Outcome::Pending => return Value::Null,
        Outcome::Failed { code, message } => {
            response["code"] = (*code).into();
            response["completed"] = zoned(record.completed()).into();
            response["message"] = (*message).into();
            response["method"] = sample.traits.method.into();
        }
        Outcome::Succeeded { code, usd, work } => {
            // A whole number, written as it sometimes is.
            response["code"] = f64::from(*code).into();
            response["completed"] = without_zone(record.completed()).into();
            response["details"] = details(sample, *usd, work);
            match work {
                Work::Transcription { .. } => {}
                Work::Speech { characters, seconds } => {
                    response["tts_details"] = json!({ "characters": characters, "duration": seconds });
                }
                Work::Text { tokens_in, tokens_out } => {
                    let tokens = json!({ "feature": "summarize", "input": tokens_in, "output": tokens_out });
                    response["token_details"] = json!([tokens]);
                }
                Work::Agent { seconds, turns } => {
                    response["sts_details"] = json!({ "duration": seconds, "turns": turns });
                }
            }
        }
    }
    response
}

/// Only transcriptions have the audio group.
fn details(sample: &Sample, usd: f64, work: &Work) -> Value {
    let traits = &sample.traits;
    let audio = match work {
        Work::Transcription { seconds, channels, streams, tier } => Some((*seconds, *channels, *streams, *tier)),
        _ => None,
    };
    let config: Map<String, Value> = traits.features.iter().map(|&name| (name.to_owned(), true.into())).collect();
    json!({
        "usd": usd,
        "duration": audio.map(|(seconds, ..)| seconds),
        "total_audio": audio.map(|(seconds, channels, ..)| seconds * f64::from(channels)),
        // As 2.0: see above.
        "channels": audio.map(|(_, channels, ..)| f64::from(channels)),
        "streams": audio.map(|(_, _, streams, _)| streams),
        "tier": audio.map(|(.., tier)| tier),
        "models": traits.model_ids,
        "method": traits.method,
        "tags": if traits.tags.is_empty() { Value::Null } else { json!(traits.tags) },
        "features": traits.features,
        "config": config,
        "metadata": null,
    })
}
