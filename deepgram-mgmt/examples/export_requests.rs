//! Exports a project's request log as NDJSON: `export_requests PROJECT_ID FILE`.
//!
//! Beside FILE, FILE.resume says how far it came: started again after a failure, the export goes on from there. It is
//! removed at the end.

use std::error::Error;
use std::fs::{self, File, OpenOptions};
use std::io::{self, IsTerminal, Seek, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use deepgram_mgmt::{Client, Timestamp};
use futures_util::TryStreamExt;
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
    let mut export = Export::open(Path::new(file))?;

    let mut request = client.list_project_requests().project_id(project).limit(LIMIT);
    if let Some(end) = export.next.end {
        request = request.end(end);
    }
    if let Some(cursor) = &export.next.cursor {
        request = request.cursor(cursor);
    }
    let mut pages = request.pages().start_page(export.next.page).concurrency(4);
    // Somebody may be watching, or a log may.
    let progress = if io::stderr().is_terminal() { ProgressBar::new_spinner() } else { ProgressBar::hidden() };
    while let Some(page) = pages.try_next().await? {
        for record in &page.records {
            serde_json::to_writer(&mut export.output, record)?;
            export.output.write_all(b"\n")?;
            progress.inc(1);
        }
        progress.set_message(format!("page {}", page.number));
        if let Some(next) = page.next {
            export.continue_at(Next { page: next.page, cursor: next.cursor, end: next.end })?;
        }
    }
    progress.finish();
    export.output.sync_data()?;
    fs::remove_file(&export.state)?;
    eprintln!("{} bytes in {file}", export.output.stream_position()?);
    Ok(())
}

/// Where the log is read on.
#[derive(Default, Serialize, Deserialize)]
struct Next {
    page: u64,
    /// Where the server gives one.
    cursor: Option<String>,
    /// The log is read up to here, by the server's clock, so that its pages stay the same however long it takes.
    end: Option<Timestamp>,
}

/// The file, and how far it came.
struct Export {
    output: File,
    state: PathBuf,
    next: Next,
}

impl Export {
    fn open(file: &Path) -> Result<Self, Box<dyn Error>> {
        let state = PathBuf::from(format!("{}.resume", file.display()));
        let mut output = OpenOptions::new().create(true).write(true).truncate(false).open(file)?;
        let (next, length) = match fs::read_to_string(&state) {
            Ok(text) => serde_json::from_str(&text)?,
            Err(error) if error.kind() == io::ErrorKind::NotFound => (Next::default(), 0),
            Err(error) => return Err(error.into()),
        };
        // What follows belongs to a page that was not finished.
        output.set_len(length)?;
        output.seek(io::SeekFrom::End(0))?;
        let mut export = Self { output, state, next };
        export.remember()?;
        Ok(export)
    }

    fn continue_at(&mut self, next: Next) -> Result<(), Box<dyn Error>> {
        self.next = next;
        self.output.sync_data()?;
        self.remember()
    }

    fn remember(&mut self) -> Result<(), Box<dyn Error>> {
        let state = (&self.next, self.output.stream_position()?);
        // Replaced at once: a state that is cut off would lose its place.
        let new = self.state.with_extension("resume.new");
        fs::write(&new, serde_json::to_string(&state)?)?;
        fs::rename(new, &self.state)?;
        Ok(())
    }
}
