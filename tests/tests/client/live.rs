//! The operations that only the live dialect has, as calls of the generated client, each with its body and a check.

use deepgram_mgmt::types::RequestRecord;
use deepgram_mgmt_sandbox::seed;
use serde_json::json;

use crate::operation::{Operation, assert_models, assert_speech_to_text, call, the, time};

pub(crate) static LIVE_OPERATIONS: &[Operation] = &[
    Operation {
        id: "getTokenDetails",
        body: None,
        send: |client, _| {
            call(client.get_token_details().send(), |token| {
                // The sandbox's own credential is no key of a project.
                assert_eq!(token.get("scopes"), Some(&json!(["owner"])));
                assert_eq!(token.get("api_key_id"), Some(&json!(null)));
            })
        },
    },
    Operation {
        id: "getProjectRequest",
        body: None,
        send: |client, ids| {
            let get = client.get_project_request(ids.of("project_id"), ids.of("request_id"));
            call(get.send(), assert_transcription)
        },
    },
    Operation {
        id: "listProjectModels",
        body: None,
        send: |client, ids| {
            let list = client.list_project_models(ids.of("project_id"));
            call(list.send(), |list| assert_models(list, true))
        },
    },
    Operation {
        id: "getProjectModel",
        body: None,
        send: |client, ids| {
            let get = client.get_project_model(ids.of("project_id"), ids.of("model_id"));
            call(get.send(), |model| assert_speech_to_text(model, true))
        },
    },
    Operation {
        id: "getUsageFields",
        body: None,
        send: |client, ids| {
            call(client.get_usage_fields(ids.of("project_id")).send(), |fields| {
                assert!(fields.tags.contains(&seed::TAG.to_owned()), "{fields:?}");
                assert_eq!(fields.processing_methods, ["streaming", "sync"]);
                assert!(fields.features.contains(&"diarize".to_owned()), "{fields:?}");
                let ids: Vec<_> = fields.models.iter().map(|model| model.model_id.as_deref()).collect();
                assert_eq!(ids, [Some(seed::STT_MODEL_ID), Some(seed::TTS_MODEL_ID)]);
            })
        },
    },
    Operation {
        id: "getUsageBreakdown",
        body: None,
        send: |client, ids| {
            call(client.get_usage_breakdown(ids.of("project_id")).send(), |usage| {
                assert_eq!((usage.start, usage.end, usage.results.len()), (time("2026-09-01"), time("2026-10-01"), 30));
                let first = &usage.results[0];
                assert_eq!(
                    (first.requests, first.tts_characters, first.agent_hours),
                    (Some(10), Some(900), Some(0.125))
                );
                let group = first.grouping.as_ref().expect("a group");
                assert_eq!((group.start, group.end), (time("2026-09-01"), time("2026-09-02")));
                assert!(group.tags.is_none() && group.accessor.is_none() && group.models.is_none(), "{group:?}");
            })
        },
    },
    Operation {
        id: "getBillingBreakdown",
        body: None,
        send: |client, ids| {
            call(client.get_billing_breakdown(ids.of("project_id")).send(), |bill| {
                assert_eq!(bill.results.len(), 30);
                assert!(bill.results.iter().all(|day| day.dollars.is_some_and(|dollars| dollars > 0.6)), "{bill:?}");
            })
        },
    },
    Operation {
        id: "getBillingFields",
        body: None,
        send: |client, ids| {
            call(client.get_billing_fields(ids.of("project_id")).send(), |fields| {
                assert_eq!(fields.accessors, [seed::KEY_ID, seed::FORMER_KEY_ID]);
                assert_eq!(fields.deployments, ["hosted", "self-hosted"]);
                assert!(fields.line_items.contains_key(seed::LINE_ITEM), "{fields:?}");
            })
        },
    },
    Operation {
        id: "listProjectPurchases",
        body: None,
        send: |client, ids| {
            call(client.list_project_purchases(ids.of("project_id")).send(), |list| {
                let order = the(&list.orders);
                assert_eq!((order.order_id.as_deref(), order.amount), (Some(seed::ORDER_ID), Some(200.0)));
                assert_eq!((order.created, order.order_type.as_deref()), (time("2026-09-01"), Some("promotional")));
            })
        },
    },
    Operation {
        id: "listDistributionCredentials",
        body: None,
        send: |client, ids| {
            let list = client.list_distribution_credentials(ids.of("project_id"));
            call(list.send(), |list| assert_credentials(the(&list.distribution_credentials)))
        },
    },
    Operation {
        id: "getDistributionCredentials",
        body: None,
        send: |client, ids| {
            let id = ids.of("distribution_credentials_id");
            call(client.get_distribution_credentials(ids.of("project_id"), id).send(), assert_credentials)
        },
    },
    Operation {
        id: "createDistributionCredentials",
        body: Some(r#"{"provider":"quay","comment":"ci","scopes":["self-hosted:products"]}"#),
        send: |client, ids| {
            let create = client.create_distribution_credentials(ids.of("project_id"));
            let create = create.provider("quay").comment("ci").scopes("self-hosted:products");
            call(create.send(), |made| {
                assert_eq!((made.comment.as_deref(), made.provider.as_deref()), (Some("ci"), Some("quay")));
                let secret = made.secret.as_ref().expect("a secret");
                assert!(secret.expose_secret().starts_with("sandbox-distribution-secret-"));
                assert!(made.username.is_some() && made.member.is_none(), "{made:?}");
            })
        },
    },
    Operation {
        id: "deleteDistributionCredentials",
        body: None,
        send: |client, ids| {
            let id = ids.of("distribution_credentials_id");
            call(client.delete_distribution_credentials(ids.of("project_id"), id).send(), assert_credentials)
        },
    },
    Operation {
        id: "grantToken",
        body: Some(r#"{"ttl_seconds":60}"#),
        send: |client, _| {
            call(client.grant_token().ttl_seconds(60).send(), |token| {
                assert!(!token.access_token.expose_secret().is_empty());
                assert_eq!(token.expires_in, Some(60.0));
            })
        },
    },
    Operation {
        id: "leaveProject",
        body: None,
        send: |client, ids| call(client.leave_project(ids.of("project_id")).send(), |()| ()),
    },
];

fn assert_credentials(found: &deepgram_mgmt::types::DistributionCredentials) {
    let id = Some(found.distribution_credentials_id.as_str());
    assert_eq!((id, found.comment.as_deref()), (Some(seed::DISTRIBUTION_CREDENTIALS_ID), Some("seeded credentials")));
    assert_eq!(
        (&found.scopes[..], &found.tags[..]),
        (&["self-hosted:products".to_owned()][..], &["seeded".to_owned()][..])
    );
    let owner = found.member.as_ref().expect("an owner");
    assert_eq!(owner.email.as_deref(), Some("ada@example.com"));
    assert!(found.secret.is_none() && found.username.is_none());
}

/// The record of a transcription, with all that the live API says of one.
fn assert_transcription(record: &RequestRecord) {
    assert_eq!((record.request_id.as_str(), record.path.as_deref()), (seed::REQUEST_ID, Some("/v1/listen")));
    assert_eq!(record.project_uuid.as_deref(), Some(seed::PROJECT_ID));
    let response = record.response.as_ref().expect("a response");
    assert_eq!((response.code, response.deployment.as_deref()), (Some(200), Some("hosted:us")));
    assert!(response.completed > record.created, "{record:?}");
    let details = response.details.as_ref().expect("details");
    assert_eq!((details.usd, details.duration), (Some(0.00009), Some(10.0)));
    assert_eq!((details.total_audio, details.channels, details.streams), (Some(20.0), Some(2), Some(1)));
    assert_eq!((details.tier.as_deref(), details.method.as_deref()), (Some("nova"), Some("sync")));
    assert_eq!(
        (&details.models[..], &details.features[..]),
        (&[seed::STT_MODEL_ID.to_owned()][..], &["punctuate", "smart_format"].map(str::to_owned)[..],)
    );
    assert_eq!(details.config.get("punctuate"), Some(&json!(true)));
    assert!(details.tags.is_empty() && details.metadata.is_empty() && record.callback.is_none());
}

#[tokio::test]
async fn tags_are_none_one_or_several_and_records_of_every_kind_are_read() {
    let scene = crate::scene::Scene::start_in(deepgram_mgmt_sandbox::Dialect::Live).await;
    let breakdown = scene.client.get_usage_breakdown(seed::PROJECT_ID).grouping("tags").end("2026-09-02");
    let usage = breakdown.send().await.unwrap();
    let tags: Vec<_> = usage.results.iter().map(|result| result.grouping.as_ref().unwrap().tags.clone()).collect();
    assert!(
        matches!(&tags[..], [None, Some(one), Some(several)] if one[..] == [seed::TAG] && several[..] == seed::AGENT_TAGS),
        "{tags:?}"
    );

    let list = scene.client.list_project_requests(seed::PROJECT_ID).limit(100_u64);
    let records = list.send().await.unwrap().into_inner().requests;
    assert_eq!(records.len(), seed::REQUESTS as usize);
    let codes: Vec<_> =
        records.iter().map(|record| record.response.as_ref().and_then(|response| response.code)).collect();
    for code in [None, Some(101), Some(200), Some(400)] {
        assert!(codes.contains(&code), "{code:?}");
    }
    let responses = || records.iter().filter_map(|record| record.response.as_ref());
    assert!(responses().any(|response| response.tts_details.is_some()));
    assert!(responses().any(|response| response.sts_details.is_some()));
    assert!(responses().any(|response| response.token_details.is_some()));
    assert!(responses().any(|response| response.message.is_some() && response.details.is_none()));
    assert!(records.iter().any(|record| record.callback.is_some()));
}

#[tokio::test]
async fn a_credential_is_told_what_it_is_in_both_dialects_and_a_wrong_one_is_told_that_it_is_not() {
    for scene in crate::scene::Scene::both().await {
        let token = scene.client.get_token_details().send().await.unwrap();
        assert_eq!(token.get("api_key_id"), Some(&json!(null)));
        scene.saw("GET", "/v1/auth/token", None);
        let create = scene.client.create_project_key(seed::PROJECT_ID);
        let key = create.comment("c").scopes(["usage:read"]).send().await.unwrap();
        let secret = key.key.expose_secret();
        let its_own = scene.client(|builder| builder.credentials(scene.credentials(secret)));
        let token = its_own.get_token_details().send().await.unwrap();
        assert_eq!(token.get("api_key_id"), Some(&json!(key.api_key_id)));
        assert_eq!(token.get("scopes"), Some(&json!(["usage:read"])));
        let stranger = scene.client(|builder| builder.credentials(scene.credentials("wrong")));
        let error = stranger.get_token_details().send().await.unwrap_err();
        assert_eq!((error.status().unwrap().as_u16(), error.code()), (401, Some("INVALID_AUTH")));
    }
}
