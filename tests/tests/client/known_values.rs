//! Known values: a name of one, its text and a text that nobody knows go over the wire alike, and compare as text.

use std::collections::{BTreeSet, HashSet};

use deepgram_mgmt::types::{BillingDimension, Deployment, KeyStatus, Scope, SelfHostedScope};
use deepgram_mgmt_sandbox::Dialect;
use deepgram_mgmt_sandbox::seed::PROJECT_ID;
use serde_json::json;

use crate::scene::{Scene, assert_refused, project};

#[tokio::test]
async fn a_grouping_is_taken_alone_and_as_a_list_by_name_and_as_text_and_each_is_a_parameter() {
    let scene = Scene::start_in(Dialect::Live).await;
    let costs = || scene.client.get_billing_breakdown(PROJECT_ID).end("2026-09-02");
    for (query, calls) in [
        ("grouping=tags", [costs().grouping("tags"), costs().grouping(BillingDimension::Tags)]),
        (
            "grouping=tags&grouping=line_item",
            [
                costs().grouping(["tags", "line_item"]),
                costs().grouping(vec![BillingDimension::Tags, BillingDimension::LineItem]),
            ],
        ),
    ] {
        for call in calls {
            let costs = call.await.unwrap();
            scene.saw("GET", &project("/billing/breakdown"), Some(&format!("end=2026-09-02T00%3A00%3A00Z&{query}")));
            let groups = costs.results.iter().map(|result| result.grouping.as_ref().unwrap());
            let by_item = groups.map(|group| group.line_item.is_some()).collect::<BTreeSet<_>>();
            assert_eq!(by_item, BTreeSet::from([query.contains("line_item")]));
        }
    }
}

#[tokio::test]
async fn a_filter_takes_a_name_and_its_text_and_a_value_that_only_the_server_knows() {
    let scene = Scene::start_in(Dialect::Live).await;
    let log = || scene.client.list_project_requests(PROJECT_ID).limit(1);
    for call in [log().deployment(Deployment::SelfHosted), log().deployment("self-hosted")] {
        let page = call.await.unwrap();
        scene.saw("GET", &project("/requests"), Some("deployment=self-hosted&limit=1"));
        let ran_on = page.requests.iter().map(|record| record.response.as_ref()?.deployment.as_deref());
        assert_eq!(ran_on.collect::<Vec<_>>(), [Some("self-hosted")]);
    }
    let keys = |status: KeyStatus| scene.client.list_project_keys(PROJECT_ID).status(status);
    assert!(!keys(KeyStatus::Active).await.unwrap().api_keys.is_empty());
    scene.saw("GET", &project("/keys"), Some("status=active"));
    assert_refused(keys("revoked".into()).send().await, 400, "BAD_REQUEST");
    scene.saw("GET", &project("/keys"), Some("status=revoked"));
}

#[tokio::test]
async fn scopes_are_sent_and_come_back_as_text_however_they_were_written() {
    for scene in Scene::both().await {
        let key = || scene.client.create_project_key(PROJECT_ID).comment("ci");
        for call in [
            key().scopes([Scope::UsageRead]),
            key().scopes(Scope::UsageRead),
            key().scopes(["usage:read"]),
            key().scopes("usage:read"),
            key().scopes(Some(Scope::UsageRead).iter()),
        ] {
            let created = call.await.unwrap();
            assert_eq!(scene.the_request().json(), json!({ "comment": "ci", "scopes": ["usage:read"] }));
            assert_eq!(created.scopes, ["usage:read"]);
            assert_eq!(created.scopes, [Scope::UsageRead]);
        }
        let created = key().scopes(["usage:export", "usage:read"]).await.unwrap();
        assert_eq!(scene.the_request().json()["scopes"], json!(["usage:export", "usage:read"]));
        assert_eq!(created.scopes, ["usage:export", "usage:read"]);
        let again = key().scopes(&created.scopes).await.unwrap();
        assert_eq!(scene.the_request().json()["scopes"], json!(["usage:export", "usage:read"]));
        assert_eq!(again.scopes, created.scopes);
    }
}

#[test]
fn a_value_compares_with_text_from_both_sides_and_an_unknown_one_keeps_its_text() {
    let (owned, member) = ("member".to_owned(), Scope::Member);
    assert!(member == "member" && member == *"member" && member == owned);
    assert!("member" == member && *"member" == member && owned == member);
    assert!(member != "owner" && "members" != member);
    let unknown = Scope::from("usage:export");
    assert_eq!(unknown, Scope::Unknown("usage:export".to_owned()));
    assert_eq!((unknown.as_str(), unknown.to_string().as_str()), ("usage:export", "usage:export"));
    assert_eq!(
        SelfHostedScope::from("self-hosted:product:license-proxy"),
        SelfHostedScope::SelfHostedProductLicenseProxy
    );
    let scopes = ["owner", "usage:read", "usage:export", "owner"].map(Scope::from);
    assert_eq!(scopes.iter().collect::<HashSet<_>>().len(), 3);
    assert!(scopes.contains(&Scope::UsageRead) && scopes.iter().any(|scope| scope == "usage:export"));
}
