//! Query parameters: a request has exactly those that the caller set.

use deepgram_mgmt::chrono::{DateTime, FixedOffset, NaiveDate, Utc};
use deepgram_mgmt::types::UsageResult;
use deepgram_mgmt::{Error, ErrorKind, Timestamp};
use deepgram_mgmt_sandbox::seed::{self, PROJECT_ID};

use crate::scene::{Scene, assert_refused, project};

/// The second half of a day and two whole ones, as it goes over the wire.
const PERIOD: &str = "end=2026-09-05T00%3A00%3A00Z&start=2026-09-02T12%3A00%3A00Z";

#[tokio::test]
async fn start_and_end_are_taken_as_text_as_timestamp_and_from_chrono_and_sent_in_utc() {
    for scene in Scene::both().await {
        let usage = || scene.client.get_project_usage(PROJECT_ID);
        let (start, end) = ("2026-09-02T12:00:00Z", "2026-09-05T00:00:00Z");
        let timestamp = |text: &str| text.parse::<Timestamp>().unwrap();
        let utc = |text: &str| text.parse::<DateTime<Utc>>().unwrap();
        let offset = "2026-09-02T14:00:00+02:00".parse::<DateTime<FixedOffset>>().unwrap();
        for chosen in [
            usage().start(start).end(end),
            usage().start("2026-09-02T14:00:00+02:00").end("2026-09-05"),
            usage().start(timestamp(start)).end(timestamp(end)),
            usage().start(utc(start)).end(utc(end)),
            usage().start(offset).end(NaiveDate::from_ymd_opt(2026, 9, 5).unwrap()),
        ] {
            let response = chosen.send().await.unwrap();
            scene.saw("GET", &project("/usage"), Some(PERIOD));
            // The live API responds with dates.
            let began = if scene.is_live() { "2026-09-02" } else { start };
            assert_eq!((response.start, response.end), (Some(timestamp(began)), Some(timestamp(end))));
            let requests = |day: &UsageResult| day.requests.map(|requests| requests.to_string());
            let days: Vec<_> = response.results.iter().map(|day| (day.start, requests(day))).collect();
            let day = |text| Some(timestamp(text));
            let expected = [("2026-09-03", "12"), ("2026-09-04", "13")];
            assert_eq!(days, expected.map(|(start, requests)| (day(start), Some(requests.to_owned()))));
        }
    }
}

#[tokio::test]
async fn a_fraction_of_a_second_is_sent_whole() {
    for scene in Scene::both().await {
        let usage = scene.client.get_project_usage(PROJECT_ID).start("2026-09-15T11:32:22.678047Z");
        usage.send().await.unwrap();
        scene.saw("GET", &project("/usage"), Some("start=2026-09-15T11%3A32%3A22.678047Z"));
    }
}

#[tokio::test]
async fn limit_cursor_start_and_end_page_through_the_request_log() {
    let scene = Scene::start().await;
    let list = || scene.client.list_project_requests(PROJECT_ID);
    let all = list().limit(100_u64).send().await.unwrap().into_inner().requests;
    scene.saw("GET", &project("/requests"), Some("limit=100"));
    assert_eq!(all.len(), usize::try_from(seed::REQUESTS).unwrap());
    let ids: Vec<_> = all.into_iter().map(|record| record.request_id).collect();

    let chosen = list().limit(7_u64).cursor("3").start("2026-09-01").end(Timestamp::from(seed::NEWEST_REQUEST));
    let page = chosen.send().await.unwrap();
    let query = "cursor=3&end=2026-09-15T12%3A00%3A00Z&limit=7&start=2026-09-01T00%3A00%3A00Z";
    scene.saw("GET", &project("/requests"), Some(query));
    assert_eq!((page.page, page.limit), (Some(3), Some(7)));
    let paged: Vec<_> = page.requests.iter().map(|record| record.request_id.clone()).collect();
    assert_eq!(paged, ids[21..]);
}

#[tokio::test]
async fn a_cursor_of_any_text_is_one_value_of_the_query() {
    let scene = Scene::start().await;
    let list = scene.client.list_project_requests(PROJECT_ID).cursor("a b&c=d+e/%");
    assert_refused(list.send().await, 400, "BAD_REQUEST");
    scene.saw("GET", &project("/requests"), Some("cursor=a+b%26c%3Dd%2Be%2F%25"));
}

#[tokio::test]
async fn outdated_models_are_asked_for_or_not_as_chosen() {
    for scene in Scene::both().await {
        for (outdated, query, listed) in [
            (true, "include_outdated=true", vec![seed::STT_MODEL_ID, seed::OUTDATED_MODEL_ID]),
            (false, "include_outdated=false", vec![seed::STT_MODEL_ID]),
        ] {
            let models = scene.client.list_models().include_outdated(outdated).send().await.unwrap();
            scene.saw("GET", "/v1/models", Some(query));
            let ids: Vec<_> = models.stt.iter().filter_map(|model| model.uuid.as_deref()).collect();
            assert_eq!(ids, listed);
        }
    }
}

#[tokio::test]
async fn a_limit_of_0_or_a_time_that_is_none_is_an_error_and_nothing_is_sent() {
    for scene in Scene::both().await {
        let list = || scene.client.list_project_requests(PROJECT_ID);
        let usage = || scene.client.get_project_usage(PROJECT_ID);
        assert_invalid(list().limit(0_u64).send().await, "limit");
        assert_invalid(list().start("yesterday").send().await, "start");
        assert_invalid(list().end("").send().await, "end");
        assert_invalid(usage().start("2026-13-01").send().await, "start");
        assert_invalid(usage().end("15.09.2026").send().await, "end");
        scene.saw_nothing();
    }
}

fn assert_invalid<T>(result: Result<T, Error>, parameter: &str) {
    let Err(error) = result else { panic!("{parameter} was taken") };
    assert_eq!(error.kind(), ErrorKind::InvalidRequest, "{error}");
    assert!(error.message().is_some_and(|message| message.starts_with(&format!("{parameter}: "))), "{error}");
}
