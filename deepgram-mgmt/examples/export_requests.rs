//! Exports a project's request log as NDJSON: `export_requests PROJECT_ID FILE`.
//!
//! Beside FILE, FILE.resume says how far it came: started again after a failure, the export goes on from there. It is
//! removed at the end.

use std::error::Error;
use std::fs::{self, File, OpenOptions};
use std::io::{self, IsTerminal, Seek, Write};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use deepgram_mgmt::chrono::{DateTime, Utc};
use deepgram_mgmt::{Client, Timestamp};
use futures_util::TryStreamExt;
use indicatif::ProgressBar;

/// Records a page: the most that the API gives.
const LIMIT: u64 = 1000;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [project, file] = arguments.as_slice() else {
        return Err("usage: export_requests PROJECT_ID FILE".into());
    };
    let client = Client::from_env()?;
    let mut export = Export::open(Path::new(file))?;

    let request = client.list_project_requests().project_id(project).end(export.end).limit(LIMIT);
    let mut pages = request.pages().start_page(export.page).concurrency(4);
    // Somebody may be watching, or a log may.
    let progress = if io::stderr().is_terminal() { ProgressBar::new_spinner() } else { ProgressBar::hidden() };
    while let Some(page) = pages.try_next().await? {
        for record in &page.records {
            serde_json::to_writer(&mut export.output, record)?;
            export.output.write_all(b"\n")?;
            progress.inc(1);
        }
        export.finish_page(page.number)?;
        progress.set_message(format!("page {}", page.number));
    }
    progress.finish();
    fs::remove_file(&export.state)?;
    eprintln!("{} bytes in {file}", export.output.stream_position()?);
    Ok(())
}

/// The file, and how far it came.
struct Export {
    output: File,
    state: PathBuf,
    /// The log is read up to here, so that its pages stay the same however long it takes.
    end: Timestamp,
    page: u64,
}

impl Export {
    fn open(file: &Path) -> Result<Self, Box<dyn Error>> {
        let state = PathBuf::from(format!("{}.resume", file.display()));
        let mut output = OpenOptions::new().create(true).write(true).truncate(false).open(file)?;
        let (end, page, length) = match fs::read_to_string(&state) {
            Ok(text) => serde_json::from_str(&text)?,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                (DateTime::<Utc>::from(SystemTime::now()).into(), 0, 0)
            }
            Err(error) => return Err(error.into()),
        };
        // What follows belongs to a page that was not finished.
        output.set_len(length)?;
        output.seek(io::SeekFrom::End(0))?;
        let mut export = Self { output, state, end, page };
        export.remember()?;
        Ok(export)
    }

    fn finish_page(&mut self, number: u64) -> Result<(), Box<dyn Error>> {
        self.page = number + 1;
        self.output.sync_data()?;
        self.remember()
    }

    fn remember(&mut self) -> Result<(), Box<dyn Error>> {
        let state = (self.end, self.page, self.output.stream_position()?);
        // Replaced at once: a state that is cut off would lose its place.
        let new = self.state.with_extension("resume.new");
        fs::write(&new, serde_json::to_string(&state)?)?;
        fs::rename(new, &self.state)?;
        Ok(())
    }
}
