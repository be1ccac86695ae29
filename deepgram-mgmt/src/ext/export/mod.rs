//! Exports the request log of a project to a file, oldest record first, so that the file itself says where to go on.
//!
//! The log is listed newest first, and records arrive and are written late. The export therefore reads it window by window
//! of time, from old to new, and writes a window at once. After a kill, and for the next export, the last lines of the
//! file tell the newest record and the records of [`OVERLAP`] before it: from there the log is read again, and what the
//! file has is left out.

pub(super) mod error;
mod file;

use std::fmt;
use std::path::PathBuf;

use chrono::TimeDelta;

use self::file::Target;
use crate::runtime::{IntoValue, given};
use crate::{Client, Error, ErrorKind, Timestamp};

pub use self::error::ExportError;

/// How far the request log reaches back, in the vendor's documentation.
const KEPT: TimeDelta = TimeDelta::days(90);
/// How long before the newest record of the file the log is read again: for records that were written late, as that of a
/// stream is once the stream ends. A guess; the API states no bound.
const OVERLAP: TimeDelta = TimeDelta::days(1);
/// The API may compare whole seconds, and leave out either bound of a period.
const SECOND: TimeDelta = TimeDelta::seconds(1);
/// The first window. It halves where it holds more than [`MOST`], and doubles where it holds fewer than a page.
const WINDOW: TimeDelta = TimeDelta::days(1);
/// The shortest window; it may hold any number of records.
const SHORTEST: TimeDelta = TimeDelta::minutes(1);
/// The most records of a window, which are held in memory until they are written.
const MOST: usize = 5000;
/// Records a page: the most that the API gives.
const PAGE: usize = 1000;

/// How far an export has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct ExportProgress {
    /// The records that it has written.
    pub records: u64,
    /// The start of what it reads.
    pub start: Timestamp,
    /// Up to when it has read the log.
    pub done: Timestamp,
    /// Up to when it will read the log: when it began.
    pub end: Timestamp,
}

/// The result of an export.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Exported {
    /// The records that this run has written.
    pub records: u64,
    /// Those of them that do not decode; they are in the file as they came.
    pub bad: u64,
    /// The newest record that the file had before, if that is older than the log reaches back: records between it and the
    /// first new one may be gone.
    pub gap_after: Option<Timestamp>,
    /// Whether the file ended with a part of an entry, as after a kill or on a full disk. The run has cut it off, before it
    /// wrote anything.
    pub cut: bool,
}

/// An export of the request log to a file: see [`Client::export_requests`].
#[must_use = "nothing is read before `run`"]
pub struct RequestExport<'a> {
    client: &'a Client,
    project_id: Result<String, Error>,
    file: PathBuf,
    append: bool,
    report: Box<dyn FnMut(ExportProgress) + Send + 'a>,
}

impl Client {
    /// Exports the request log of a project to `file`, as JSON lines, oldest record first: every record that the log holds
    /// when the export begins, each once.
    ///
    /// It writes `FILE.part`, which becomes `file` at the end. Called again after a failure or a kill, it goes on from the
    /// last lines of that. A file that exists is an error, unless [`append`](RequestExport::append) is set.
    ///
    /// Files are read and written on the thread of the caller. One export may write a file at a time; of two, one fails
    /// before it overwrites anything. An entry that does not decode is written as it came, on one line. A record is written
    /// as it was when it was first read: one whose request had not ended stays so.
    ///
    /// ```no_run
    /// # async fn example(client: deepgram_mgmt::Client) -> Result<(), deepgram_mgmt::ExportError> {
    /// let exported = client.export_requests("project id", "requests.ndjson").append(true).run().await?;
    /// println!("{} new records", exported.records);
    /// # Ok(())
    /// # }
    /// ```
    pub fn export_requests(&self, project_id: impl IntoValue<String>, file: impl Into<PathBuf>) -> RequestExport<'_> {
        let invalid = |error| Error::invalid_request("export_requests", error);
        RequestExport {
            client: self,
            project_id: given("project_id", project_id).map_err(invalid),
            file: file.into(),
            append: false,
            report: Box::new(|_| ()),
        }
    }
}

impl<'a> RequestExport<'a> {
    /// Adds to a file that exists what came since: for a job that runs more often than every 90 days, which is how far the
    /// log reaches back. A record that came more than a day late, after newer ones were exported, is not added.
    pub fn append(self, append: bool) -> Self {
        Self { append, ..self }
    }

    /// Calls `report` after each part of the log.
    pub fn on_progress(self, report: impl FnMut(ExportProgress) + Send + 'a) -> Self {
        Self { report: Box::new(report), ..self }
    }

    /// Reads the log and writes the file.
    ///
    /// # Errors
    /// [`ExportError`]: a call that failed, a file that cannot be read or written, or one that is no export of the
    /// project. What was written stays, and the next run goes on from it.
    pub async fn run(mut self) -> Result<Exported, ExportError> {
        let project_id = self.project_id?;
        let end = Timestamp::now();
        let (mut target, mut known) = Target::open(&self.file, self.append, &project_id, OVERLAP)?;
        let newest = known.newest;
        let oldest = end - KEPT;
        let start = newest.map_or(oldest, |newest| newest.min(end) - OVERLAP);
        let gap_after = newest.filter(|newest| *newest < oldest);
        let mut exported = Exported { records: 0, bad: 0, gap_after, cut: known.cut };
        let log = Log { client: self.client, project_id: &project_id };
        // Without a file, all that is older than the log should reach back comes first, in one window.
        let mut from = newest.map(|_| start);
        let mut length = WINDOW;
        loop {
            let to = from.map_or(start, |from| (from + length).min(end));
            let is_splittable = from.is_some() && length > SHORTEST;
            let Some(entries) = log.window(from, to, is_splittable).await? else {
                length = (length / 2).max(SHORTEST);
                continue;
            };
            if entries.len() < PAGE {
                length = length * 2;
            }
            let new: Vec<Entry> = entries.into_iter().filter(|entry| known.insert(&entry.line)).collect();
            target.write(new.iter().map(|entry| entry.line.as_str()))?;
            exported.records += new.len() as u64;
            exported.bad += new.iter().filter(|entry| entry.is_bad).count() as u64;
            (self.report)(ExportProgress { records: exported.records, start, done: to, end });
            if to >= end {
                break;
            }
            from = Some(to - SECOND);
        }
        target.finish()?;
        Ok(exported)
    }
}

impl fmt::Debug for RequestExport<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RequestExport").field("file", &self.file).field("append", &self.append).finish_non_exhaustive()
    }
}

/// An entry of the log as a line of the file.
struct Entry {
    line: String,
    is_bad: bool,
}

struct Log<'a> {
    client: &'a Client,
    project_id: &'a str,
}

impl Log<'_> {
    /// The entries of a window, oldest first; `None` where it holds too many and can be made shorter.
    async fn window(
        &self,
        from: Option<Timestamp>,
        to: Timestamp,
        is_splittable: bool,
    ) -> Result<Option<Vec<Entry>>, ExportError> {
        let request = self.client.list_project_requests(self.project_id).start(from).end(to).limit(PAGE as u64);
        let mut pages = request.pages().concurrency(4);
        let mut entries = Vec::new();
        // The file says where to go on, not the page of a window.
        while let Some(page) = pages.try_next().await.map_err(Error::without_resume)? {
            for entry in page.into_entries() {
                let created = match &entry {
                    Ok(record) => record.created,
                    Err(bad) => bad.created,
                };
                // A server that does not know the bounds would give the whole log for each window.
                if created.is_some_and(|at| at > to + SECOND || from.is_some_and(|from| at < from - SECOND)) {
                    let message = "the server sent a record of another time than the one asked for".to_owned();
                    let error = Error::new(ErrorKind::Decode).with_operation("list_project_requests");
                    return Err(error.with_message(Some(message)).into());
                }
                entries.push(match entry {
                    Ok(record) => Entry { line: line_of(&record)?, is_bad: false },
                    // A line break stands between the parts of JSON, and never within one.
                    Err(bad) => Entry { line: bad.json().replace(['\n', '\r'], " "), is_bad: true },
                });
            }
            if is_splittable && entries.len() > MOST {
                return Ok(None);
            }
        }
        entries.reverse();
        Ok(Some(entries))
    }
}

fn line_of(record: &crate::types::RequestRecord) -> Result<String, Error> {
    serde_json::to_string(record).map_err(|error| Error::invalid_request("export_requests", error))
}
