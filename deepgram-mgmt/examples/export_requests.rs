//! Exports a project's request log as NDJSON: `export_requests PROJECT_ID FILE`.
//!
//! An entry of the log that does not decode is written as it came, in its place; the last line of the output counts them.
//!
//! It is written to FILE.part, which becomes FILE at the end: until then, an older FILE stays as it is. FILE.resume says
//! how far it came: started again after a failure, the export goes on from there.

use std::error::Error;
use std::fmt::Display;
use std::fs::{self, File, OpenOptions};
use std::io::{self, IsTerminal, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use deepgram_mgmt::{Client, Page, Timestamp};
use indicatif::ProgressBar;
use serde::{Deserialize, Serialize};

/// Records a page: the most that the API gives.
const LIMIT: u64 = 1000;

#[tokio::main]
async fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [project, file] = arguments.as_slice() else {
        eprintln!("usage: export_requests PROJECT_ID FILE");
        return ExitCode::from(2);
    };
    match export(project, file).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("export_requests: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn export(project: &str, file: &str) -> Result<(), Box<dyn Error>> {
    let client = Client::from_env()?;
    let mut export = Export::open(project, file)?;

    let mut request = client.list_project_requests(project).limit(LIMIT);
    if let Some(end) = export.state.end {
        request = request.end(end);
    }
    if let Some(cursor) = &export.state.cursor {
        request = request.cursor(cursor);
    }
    let mut pages = request.pages().start_page(export.state.page).concurrency(4);
    // Somebody may be watching, or a log may.
    let progress = if io::stderr().is_terminal() { ProgressBar::new_spinner() } else { ProgressBar::hidden() };
    while let Some(page) = pages.try_next().await? {
        progress.inc((page.records.len() + page.bad.len()) as u64);
        progress.set_message(format!("page {}", page.number));
        export.add(page)?;
    }
    progress.finish();
    export.finish()
}

/// Where an export stands: what FILE.resume holds.
#[derive(Default, Serialize, Deserialize)]
struct State {
    project: String,
    /// Bytes of FILE.part: of pages that are whole.
    length: u64,
    /// The page to go on from.
    page: u64,
    /// Where the server gives one.
    cursor: Option<String>,
    /// Entries that do not decode, among those written.
    #[serde(default)]
    bad: u64,
    /// The log is read up to here, by the server's clock, so that its pages stay the same however long it takes.
    end: Option<Timestamp>,
}

struct Export {
    file: PathBuf,
    part: PathBuf,
    resume: PathBuf,
    output: File,
    state: State,
}

impl Export {
    fn open(project: &str, file: &str) -> Result<Self, Box<dyn Error>> {
        let [part, resume] = ["part", "resume"].map(|ending| PathBuf::from(format!("{file}.{ending}")));
        let file = PathBuf::from(file);
        if file.is_dir() {
            return Err(of(&file)("is a folder").into());
        }
        let anew = "delete it to start anew";
        let state = match fs::read(&resume) {
            Ok(json) => serde_json::from_slice(&json).map_err(|error| of(&resume)(format!("{error}; {anew}")))?,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                State { project: project.to_owned(), ..State::default() }
            }
            Err(error) => return Err(of(&resume)(error).into()),
        };
        if state.project != project {
            return Err(of(&resume)(format!("is of project `{}`; {anew}", state.project)).into());
        }
        let options = OpenOptions::new().create(true).truncate(false).write(true).clone();
        let mut output = options.open(&part).map_err(of(&part))?;
        let found = output.seek(SeekFrom::End(0)).map_err(of(&part))?;
        if found < state.length {
            let problem = format!("says that {} has {} bytes, not {found}; {anew}", part.display(), state.length);
            return Err(of(&resume)(problem).into());
        }
        // What follows belongs to a page that was not finished.
        output.set_len(state.length).map_err(of(&part))?;
        output.seek(SeekFrom::End(0)).map_err(of(&part))?;
        Ok(Self { file, part, resume, output, state })
    }

    fn add(&mut self, mut page: Page) -> Result<(), Box<dyn Error>> {
        let next = page.next.take();
        let mut lines = Vec::new();
        for entry in page.into_entries() {
            match entry {
                Ok(record) => serde_json::to_writer(&mut lines, &record)?,
                Err(bad) => {
                    // A line break stands between the parts of JSON, and never within one.
                    lines.extend(bad.json().replace(['\n', '\r'], " ").bytes());
                    self.state.bad += 1;
                }
            }
            lines.push(b'\n');
        }
        self.output.write_all(&lines).map_err(of(&self.part))?;
        self.state.length += lines.len() as u64;
        let Some(next) = next else { return Ok(()) };
        (self.state.page, self.state.cursor, self.state.end) = (next.page, next.cursor, next.end);
        self.output.sync_data().map_err(of(&self.part))?;
        // Replaced at once: a state that is cut off would lose its place.
        let new = self.resume.with_extension("resume.new");
        fs::write(&new, serde_json::to_vec(&self.state)?).map_err(of(&new))?;
        fs::rename(&new, &self.resume).map_err(of(&self.resume))?;
        Ok(())
    }

    fn finish(self) -> Result<(), Box<dyn Error>> {
        self.output.sync_all().map_err(of(&self.part))?;
        fs::rename(&self.part, &self.file).map_err(of(&self.file))?;
        // A log of one page has none.
        if self.resume.exists() {
            fs::remove_file(&self.resume).map_err(of(&self.resume))?;
        }
        eprintln!("{} bytes in {}", self.state.length, self.file.display());
        if self.state.bad > 0 {
            eprintln!("{} entries do not decode; they are there as they came", self.state.bad);
        }
        Ok(())
    }
}

/// An error of a file, with its name.
fn of<E: Display>(path: &Path) -> impl Fn(E) -> String {
    move |error| format!("{}: {error}", path.display())
}
