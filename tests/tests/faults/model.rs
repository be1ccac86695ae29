//! Random request logs: a reader gets each entry once and in order, or an error that says why not.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use deepgram_mgmt::chrono::{DateTime, TimeDelta, Utc};
use deepgram_mgmt::{Client, Error, ErrorKind, ResumePoint, Retry};
use fastrand::Rng;
use futures_util::{StreamExt, stream};
use serde_json::{Value, json};

use crate::server::{Reply, Seen, Server, http_response};
use crate::shared::builder;
use crate::size::sized;

/// How many logs are tried.
fn logs() -> u64 {
    sized(1_000, 250)
}

/// Another seed tries other logs.
const SEED: u64 = 13;

/// Milliseconds of the day of the log.
type Time = i64;

const START: Time = 43_200_000;

fn date(time: Time) -> DateTime<Utc> {
    DateTime::from_timestamp(1_789_430_400, 0).unwrap() + TimeDelta::milliseconds(time)
}

#[derive(Debug, Clone)]
struct Record {
    id: usize,
    /// When it was made: the server sorts by it, whether it tells it or not.
    made: Time,
    tells_time: bool,
    tells_id: bool,
    decodes: bool,
}

impl Record {
    fn body(&self) -> Value {
        let mut body = json!({ "path": self.id.to_string() });
        if self.tells_time {
            body["created"] = date(self.made).to_rfc3339().into();
        }
        if self.tells_id {
            body["request_id"] = format!("r{}", self.id).into();
        }
        if !self.decodes {
            body["response"] = "text".into();
        }
        body
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Tell {
    All,
    Some,
    None,
}

impl Tell {
    fn random(rng: &mut Rng) -> Self {
        *rng.choice(&[Self::All, Self::All, Self::All, Self::Some, Self::None]).unwrap()
    }

    fn tells(self, rng: &mut Rng) -> bool {
        self == Self::All || self == Self::Some && rng.u8(..5) > 0
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Limit {
    /// The response names the limit that was asked for.
    Echoed,
    /// The server gives less than was asked for, and names that.
    Capped,
    Unnamed,
}

/// A log and its server.
#[derive(Debug)]
struct Model {
    rng: Rng,
    /// Newest first.
    log: Vec<Record>,
    size: usize,
    limit: Limit,
    /// The time between two records, one after the other: none, or up to these.
    step: Time,
    /// How far the server's `Date` is from the time of its newest record.
    clock: Option<Time>,
    times: Tell,
    ids: Tell,
    /// One entry of so many does not decode.
    bad: Option<u8>,
    /// Whether a record is listed below those of its time that came before.
    below_equals: bool,
    /// How many may arrive at once, and in all.
    burst: usize,
    left: usize,
    /// Reads by cursors; one page of so many is empty.
    cursors: bool,
    /// One request of so many fails.
    failing: Option<u8>,
    slow: bool,
    /// The log at the first response.
    first: Option<Vec<Record>>,
}

impl Model {
    fn random(seed: u64) -> Self {
        let mut rng = Rng::with_seed(seed);
        let size = *rng.choice(&[2, 3, 5, 10]).unwrap();
        let burst = *rng.choice(&[0, 1, size, 2 * size, 4 * size + 1]).unwrap();
        let mut model = Self {
            log: Vec::new(),
            size,
            limit: *rng.choice(&[Limit::Echoed, Limit::Capped, Limit::Unnamed]).unwrap(),
            step: *rng.choice(&[0, 1, 1, 300, 2_000]).unwrap(),
            clock: *rng.choice(&[None, Some(0), Some(-600_000), Some(600_000)]).unwrap(),
            times: Tell::random(&mut rng),
            ids: if rng.u8(..4) == 0 { Tell::random(&mut rng) } else { Tell::All },
            bad: *rng.choice(&[None, None, Some(10), Some(2), Some(1)]).unwrap(),
            below_equals: rng.u8(..4) == 0,
            burst,
            left: if burst == 0 { 0 } else { rng.usize(..8 * size) },
            cursors: rng.u8(..5) == 0,
            failing: *rng.choice(&[None, Some(4), Some(12)]).unwrap(),
            slow: rng.bool(),
            first: None,
            rng,
        };
        let records = model.rng.usize(..16 * size);
        model.arrive(records);
        model
    }

    /// So many records come.
    fn arrive(&mut self, records: usize) {
        for _ in 0..records {
            let newest = self.log.iter().map(|record| record.made).max().unwrap_or(START);
            let made = newest + if self.rng.bool() { 0 } else { self.rng.i64(0..=self.step) };
            let record = Record {
                id: self.log.len(),
                made,
                tells_time: self.times.tells(&mut self.rng),
                tells_id: self.ids.tells(&mut self.rng),
                decodes: self.bad.is_none_or(|one_of| self.rng.u8(..one_of) > 0),
            };
            let equals = self.log.iter().take_while(|known| known.made == made).count();
            self.log.insert(if self.below_equals { equals } else { 0 }, record);
        }
    }

    fn grow(&mut self) {
        if self.left > 0 && self.first.is_some() && self.rng.u8(..3) == 0 {
            let records = self.rng.usize(1..=self.burst).min(self.left);
            self.left -= records;
            self.arrive(records);
        }
    }

    fn respond(&mut self, seen: &Seen) -> Vec<u8> {
        self.grow();
        let end = seen.asked("end").map(|end| end.replace("%3A", ":").parse::<DateTime<Utc>>().unwrap());
        let log: Vec<_> =
            self.log.iter().filter(|record| end.is_none_or(|end| date(record.made) <= end)).cloned().collect();
        if self.first.is_none() {
            self.first = Some(log.clone());
        }
        let mut body = json!({});
        let from = if self.cursors {
            // A cursor names the record before its page, and differs each time.
            let before = seen.asked("cursor").map(|cursor| cursor.split_once('-').unwrap().0.parse::<usize>().unwrap());
            // Page numbers are none of its business: it has but one page that is asked for by number.
            let by_number = if seen.asked("page").is_some_and(|page| page != "0") { log.len() } else { 0 };
            before.map_or(by_number, |id| log.iter().position(|record| record.id == id).unwrap() + 1)
        } else {
            let number: usize = seen.asked("page").unwrap().parse().unwrap();
            body["page"] = number.into();
            number * self.size
        };
        if self.limit != Limit::Unnamed {
            body["limit"] = self.size.into();
        }
        let mut page: Vec<_> = log.iter().skip(from).take(self.size).collect();
        if self.cursors {
            if from > 0 && self.rng.u8(..3) == 0 {
                page.clear();
            }
            let read = from + page.len();
            if read < log.len() && read > 0 {
                let name = if self.rng.bool() { "cursor" } else { "next_cursor" };
                body[name] = format!("{}-{}", log[read - 1].id, seen.n).into();
            }
        }
        body["requests"] = page.into_iter().map(Record::body).collect();
        let date = self.clock.map(|ahead| {
            let now = date(self.log.first().map_or(START, |record| record.made) + ahead);
            now.format("date: %a, %d %b %Y %H:%M:%S GMT\r\n").to_string()
        });
        http_response("200 OK", &date.unwrap_or_default(), body.to_string())
    }

    /// Whether records that arrived can be told from others.
    fn tells_arrivals(&self) -> bool {
        let first = self.first.as_deref().unwrap_or_default();
        let descends = first.iter().take(self.size).any(|record| record.made < first[0].made);
        self.times == Tell::All && descends
    }
}

/// The logs by their projects.
type Models = Arc<Mutex<HashMap<String, Arc<Mutex<Model>>>>>;

fn reply(model: &Arc<Mutex<Model>>, seen: &Seen) -> Reply {
    let mut log = model.lock().unwrap();
    let pause = Duration::from_millis(if log.slow { log.rng.u64(..4) } else { 0 });
    if log.failing.is_some_and(|one_of| log.rng.u8(..one_of) == 0) {
        return if log.rng.bool() {
            Reply::Reset
        } else {
            Reply::Bytes(http_response("503 Service Unavailable", "", ""))
        };
    }
    if log.rng.bool() {
        return Reply::After(pause, log.respond(seen));
    }
    let (model, seen) = (Arc::clone(model), seen.clone());
    Reply::LookedUpAfter(pause, Arc::new(move || model.lock().unwrap().respond(&seen)))
}

/// The records of a reading until it ended or failed, by the ids of the model.
async fn read(
    client: &Client,
    seed: u64,
    size: u64,
    at: Option<&ResumePoint>,
    concurrency: usize,
) -> (Vec<usize>, Option<Error>) {
    let mut list = client.list_project_requests(seed.to_string()).limit(size);
    if let Some(end) = at.and_then(|at| at.end) {
        list = list.end(end);
    }
    if let Some(cursor) = at.and_then(|at| at.cursor.as_ref()) {
        list = list.cursor(cursor);
    }
    let mut items = list.items().start_page(at.map_or(0, |at| at.page)).concurrency(concurrency);
    let mut found = Vec::new();
    while let Some(item) = items.next().await {
        let path = match item {
            Ok(record) => record.path.unwrap(),
            Err(error) => {
                let Some(entry) = error.entry() else {
                    assert!(items.next().await.is_none(), "the stream goes on after its error");
                    return (found, Some(error));
                };
                let entry: Value = serde_json::from_str(entry.json()).unwrap();
                entry["path"].as_str().unwrap().to_owned()
            }
        };
        found.push(path.parse().unwrap());
    }
    (found, None)
}

/// Reads one log to its end, or until an error that resuming does not get past. Says how often it failed, and how it
/// ended; or what is wrong.
async fn try_log(seed: u64, client: Client, models: Models) -> Result<(usize, Option<String>), String> {
    let model = Model::random(seed);
    let (size, limit) = (model.size, model.limit);
    let concurrency = *Rng::with_seed(seed ^ 0xABCD).choice(&[1, 2, 3, 4, 8, 64]).unwrap();
    let told =
        format!("seed {seed}, concurrency {concurrency}, {:?}", Model { log: Vec::new(), ..Model::random(seed) });
    let asked = if limit == Limit::Capped { size + 7 } else { size };
    let model = Arc::new(Mutex::new(model));
    models.lock().unwrap().insert(seed.to_string(), Arc::clone(&model));

    let wrong = |what: &str, found: &[usize]| Err(format!("{what}: {found:?}\n{told}"));
    let (mut got, mut at, mut failures) = (Vec::<usize>::new(), None::<ResumePoint>, 0);
    let ended = loop {
        let (found, error) = read(&client, seed, asked as u64, at.as_ref(), concurrency).await;
        let model = model.lock().unwrap();
        let place = |id: &usize| model.log.iter().position(|record| record.id == *id).unwrap();
        let unique: HashSet<_> = found.iter().collect();
        if unique.len() < found.len() {
            return wrong("doubled", &found);
        }
        let initial: HashSet<_> = model.first.iter().flatten().map(|record| record.id).collect();
        let of_first: Vec<_> = found.iter().filter(|id| initial.contains(id)).collect();
        let is_sorted = if model.tells_arrivals() {
            found.iter().map(place).is_sorted()
        } else {
            of_first.iter().map(|id| place(id)).is_sorted()
        };
        // A reading that was taken up again does not know what came before, and may repeat it. Its new records are
        // looked at below.
        if at.is_none() && !is_sorted {
            return wrong("out of order", &found);
        }
        got.extend(of_first.into_iter().filter(|id| !got.contains(id)).copied().collect::<Vec<_>>());
        let before: Vec<_> = model.first.iter().flatten().map(|record| record.id).collect();
        if !before.starts_with(&got) {
            return wrong(&format!("lost of {before:?}"), &got);
        }
        let Some(error) = error else {
            if got != before {
                return wrong(&format!("lost at the end of {before:?}"), &got);
            }
            break None;
        };
        failures += 1;
        let Some(resume) = error.resume() else { return wrong(&format!("no place to resume: {error}"), &got) };
        if error.kind() == ErrorKind::Decode {
            let text = error.to_string();
            let explained = text.contains("a record without an id") && model.ids != Tell::All
                || text.contains("goes in circles") && model.burst > 0
                || text.contains("changed its order") && model.below_equals && model.times != Tell::All;
            if !explained {
                return wrong(&format!("an error without a cause: {error}"), &got);
            }
            break Some(text);
        }
        at = Some(resume.clone());
    };
    Ok((failures, ended))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_all_random_logs_no_entry_is_lost_doubled_or_out_of_order_or_an_error_says_so() {
    // Building a client takes longer than reading a log: one client and one server have a project for each log.
    let models = Models::default();
    let shared = Arc::clone(&models);
    let server = Server::start(move |seen| {
        let model = Arc::clone(&shared.lock().unwrap()[seen.path.split('/').nth(3).unwrap()]);
        reply(&model, seen)
    })
    .await;
    let retry =
        Retry::default().max_attempts(2).min_delay(Duration::from_millis(1)).max_delay(Duration::from_millis(2));
    let client = builder(&server.base_url).attempt_timeout(Duration::from_secs(30)).retry(retry).build().unwrap();

    let seeds = (0..logs()).map(|n| SEED * 1_000_000 + n);
    let tries = seeds.map(|seed| tokio::spawn(try_log(seed, client.clone(), Arc::clone(&models))));
    let results: Vec<_> = stream::iter(tries).buffer_unordered(32).collect().await;
    let (mut wrong, mut refused, mut failures) = (Vec::new(), Vec::new(), 0);
    for result in results {
        match result.unwrap() {
            Ok((failed, ended)) => {
                failures += failed;
                refused.extend(ended);
            }
            Err(what) => wrong.push(what),
        }
    }
    assert!(wrong.is_empty(), "{} logs, of which: {}", wrong.len(), wrong[..wrong.len().min(5)].join("\n\n"));
    // Most logs are read to the end, and some after failures.
    assert!(
        10 * refused.len() < models.lock().unwrap().len() && failures > 25,
        "{failures} failures, {}",
        refused.join("\n")
    );
}
