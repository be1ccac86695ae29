//! The changes that one call of the client makes show in its other calls.

use std::time::Duration;

use deepgram_mgmt::Timestamp;
use deepgram_mgmt::chrono::{DateTime, Utc};
use deepgram_mgmt::types::{Invitation, Key};
use deepgram_mgmt_sandbox::seed::{self, PROJECT_ID};
use serde_json::json;

use crate::operation::assert_invitation;
use crate::scene::{Scene, assert_refused, client_of, project};

#[tokio::test]
async fn a_created_key_is_listed_and_got_and_when_deleted_it_is_a_404_twice() {
    for scene in Scene::both().await {
        let client = &scene.client;
        let create = client.create_project_key(PROJECT_ID);
        let created = create.comment("ci").scopes(["member"]).send().await.unwrap();
        let seen = scene.saw("POST", &project("/keys"), None);
        assert_eq!(seen.json(), json!({ "comment": "ci", "scopes": ["member"] }));
        let id = created.api_key_id.clone();

        let listed = client.list_project_keys(PROJECT_ID).send().await.unwrap().into_inner().api_keys;
        scene.saw("GET", &project("/keys"), None);
        let ids: Vec<_> = listed.iter().map(|key| key.api_key_id.as_str()).collect();
        assert_eq!(ids, [seed::KEY_ID, &*id]);
        let path = project(&format!("/keys/{id}"));
        let get = || client.get_project_key(PROJECT_ID, &id).send();
        let got = get().await.unwrap();
        scene.saw("GET", &path, None);
        for key in [&listed[1], &got] {
            let Key { comment, scopes, created: since, .. } = key;
            assert_eq!((comment, scopes, since), (&created.comment, &created.scopes, &created.created));
        }

        let delete = || client.delete_project_key(PROJECT_ID, &id).send();
        assert_eq!(delete().await.unwrap().status(), if scene.is_live() { 200 } else { 204 });
        scene.saw("DELETE", &path, None);
        assert_refused(get().await, 404, "NOT_FOUND");
        scene.saw("GET", &path, None);
        assert_refused(delete().await, 404, "NOT_FOUND");
        scene.saw("DELETE", &path, None);
        let left = client.list_project_keys(PROJECT_ID).send().await.unwrap();
        assert_eq!(left.api_keys.len(), 1);
    }
}

#[tokio::test]
async fn the_secret_of_a_created_key_opens_the_api_until_the_key_is_deleted() {
    for scene in Scene::both().await {
        let create = scene.client.create_project_key(PROJECT_ID);
        let created = create.comment("ci").scopes([""; 0]).send().await.unwrap();
        let secret = created.key.clone();
        let own = scene.client(|builder| builder.credentials(scene.credentials(secret.clone())));
        scene.sandbox.take_requests();

        assert_eq!(own.list_projects().send().await.unwrap().projects.len(), 2);
        let bearer = format!("{} {}", scene.scheme(), secret.expose_secret());
        assert_eq!(scene.the_request().header("authorization"), Some(&*bearer));
        let id = created.api_key_id.as_str();
        own.delete_project_key(PROJECT_ID, id).send().await.unwrap();
        assert_refused(own.list_projects().send().await, 401, "INVALID_AUTH");
    }
}

#[tokio::test]
async fn a_key_expires_at_the_date_or_after_the_seconds_it_was_created_with() {
    for scene in Scene::both().await {
        let create = || scene.client.create_project_key(PROJECT_ID);
        let date: Timestamp = "2999-01-01T12:00:00+02:00".parse().unwrap();
        let dated = create().comment("d").scopes([""; 0]).expiration_date(date).send().await;
        let sent = json!({ "comment": "d", "scopes": [], "expiration_date": "2999-01-01T10:00:00Z" });
        assert_eq!(scene.the_request().json(), sent);
        let lived = create().comment("t").scopes([""; 0]).time_to_live_in_seconds(60).send().await;
        let sent = json!({ "comment": "t", "scopes": [], "time_to_live_in_seconds": 60 });
        assert_eq!(scene.the_request().json(), sent);

        let expiry = async |id: String| {
            let get = scene.client.get_project_key(PROJECT_ID, id);
            get.send().await.unwrap().expiration_date.map(DateTime::<Utc>::from)
        };
        assert_eq!(expiry(dated.unwrap().into_inner().api_key_id).await, Some(date.into()));
        let lived = lived.unwrap().into_inner();
        let created = lived.created.map(|created| DateTime::<Utc>::from(created) + Duration::from_secs(60));
        assert_eq!(expiry(lived.api_key_id).await, created);
    }
}

#[tokio::test]
async fn a_project_shows_its_new_name_and_keeps_what_was_not_named() {
    for scene in Scene::both().await {
        let update = scene.client.update_project(PROJECT_ID);
        let updated = update.name("Renamed").send().await.unwrap();
        assert_eq!(scene.saw("PATCH", &project(""), None).json(), json!({ "name": "Renamed" }));
        let got = scene.client.get_project(PROJECT_ID).send().await.unwrap();
        scene.saw("GET", &project(""), None);
        let renamed = (Some("Renamed"), Some("Example Inc"));
        // The live API responds with a message, and the project comes with the next call.
        let shown = if scene.is_live() { (None, None) } else { renamed };
        assert_eq!((updated.name.as_deref(), updated.company.as_deref()), shown);
        assert_eq!(updated.message.is_some(), scene.is_live());
        assert_eq!((got.name.as_deref(), got.company.as_deref()), renamed);
    }
}

#[tokio::test]
async fn a_deleted_project_is_gone_with_its_keys() {
    for scene in Scene::both().await {
        scene.client.delete_project(PROJECT_ID).send().await.unwrap();
        scene.saw("DELETE", &project(""), None);
        assert_refused(scene.client.get_project(PROJECT_ID).send().await, 404, "NOT_FOUND");
        assert_refused(scene.client.list_project_keys(PROJECT_ID).send().await, 404, "NOT_FOUND");
        let left = scene.client.list_projects().send().await.unwrap().into_inner().projects;
        assert_eq!(left.len(), 1);
        assert_eq!(left[0].project_id, seed::SECOND_PROJECT_ID);
    }
}

#[tokio::test]
async fn a_sent_invitation_is_listed_until_it_is_deleted() {
    for scene in Scene::both().await {
        let invite = scene.client.send_project_invitation(PROJECT_ID);
        let sent = invite.email("grace@example.com").scope("admin").send().await.unwrap();
        assert_eq!(sent.status(), 200);
        let seen = scene.saw("POST", &project("/invites"), None);
        assert_eq!(seen.json(), json!({ "email": "grace@example.com", "scope": "admin" }));
        let [seeded, own] = &invitations(&scene).await[..] else { panic!("two invitations") };
        assert_invitation(seeded, seed::INVITE_EMAIL, "member");
        assert_invitation(own, "grace@example.com", "admin");

        let delete = || scene.client.delete_project_invitation(PROJECT_ID, "grace@example.com").send();
        scene.sandbox.take_requests();
        delete().await.unwrap();
        scene.saw("DELETE", &project("/invites/grace@example.com"), None);
        assert_eq!(invitations(&scene).await.len(), 1);
        assert_refused(delete().await, 404, "NOT_FOUND");
    }
}

async fn invitations(scene: &Scene) -> Vec<Invitation> {
    scene.client.list_project_invitations(PROJECT_ID).send().await.unwrap().into_inner().invites
}

#[tokio::test]
async fn a_member_has_the_scope_it_was_given_until_it_is_removed() {
    for scene in Scene::both().await {
        let scopes = project(&format!("/members/{}/scopes", seed::MEMBER_ID));
        let get = || scene.client.get_member_scopes(PROJECT_ID, seed::MEMBER_ID).send();
        assert_eq!(get().await.unwrap().scopes, ["admin"]);
        scene.saw("GET", &scopes, None);
        let put = scene.client.update_member_scopes(PROJECT_ID, seed::MEMBER_ID);
        put.scope("member").send().await.unwrap();
        assert_eq!(scene.saw("PUT", &scopes, None).json(), json!({ "scope": "member" }));
        assert_eq!(get().await.unwrap().scopes, ["member"]);
        let members = scene.client.list_project_members(PROJECT_ID).send().await.unwrap();
        assert_eq!(members.members[0].scopes, ["member"]);

        let remove = scene.client.remove_project_member(PROJECT_ID, seed::MEMBER_ID);
        remove.send().await.unwrap();
        assert_refused(get().await, 404, "NOT_FOUND");
        assert!(scene.client.list_project_members(PROJECT_ID).send().await.unwrap().members.is_empty());
    }
}

#[tokio::test]
async fn clients_of_one_sandbox_see_each_others_changes_and_those_of_another_do_not() {
    let (scene, elsewhere) = (Scene::start().await, Scene::start().await);
    scene.client.delete_project(PROJECT_ID).send().await.unwrap();
    let second = client_of(&scene.sandbox.base_url());
    assert_eq!(second.list_projects().send().await.unwrap().projects.len(), 1);
    assert_eq!(elsewhere.client.list_projects().send().await.unwrap().projects.len(), 2);
}
