//! The file of an export: where it stands, by its last lines, and what is added to it.

use std::collections::HashSet;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use chrono::TimeDelta;
use serde_json::{Map, Value};

use super::error::ExportError;
use crate::Timestamp;

/// Bytes that are read at once from the end of a file.
const BLOCK: u64 = 64 * 1024;

/// The cure of a file with a wrong line.
const CURE: &str = "mend or delete that line, or export to another file";

/// The file that is written, and the name that it gets at the end.
pub(super) struct Target {
    file: File,
    path: PathBuf,
    /// Where its entries end; `None` once something was written there.
    end: Option<End>,
    /// How long it is, unless another export writes it, too.
    length: u64,
    /// `None` where it has its name already.
    finished: Option<PathBuf>,
}

/// The entries that a file holds, as far back as the log is read again.
#[derive(Default)]
pub(super) struct Known {
    pub(super) newest: Option<Timestamp>,
    /// Whether a part of an entry, with which the file ended, was cut off.
    pub(super) cut: bool,
    keys: HashSet<String>,
}

impl Known {
    /// Adds an entry; `false` if it is there already.
    pub(super) fn insert(&mut self, line: &str) -> bool {
        self.keys.insert(key(line))
    }
}

/// The identity of an entry: its request id, or else all of it.
fn key(line: &str) -> String {
    let json: Value = serde_json::from_str(line).unwrap_or_default();
    let id = [&json["request_id"], &json["request"]["request_id"]].into_iter().find_map(Value::as_str);
    id.map_or_else(|| line.to_owned(), str::to_owned)
}

impl Target {
    /// Opens the file and reads its last lines. The first [`write`](Self::write) cuts off the part of an entry with which
    /// it ends; a whole entry there lacks its line break alone, and gets it.
    ///
    /// Within a run, times ascend, and a run begins at most `overlap` before the newest record so far. Whatever stands
    /// before a record that is twice as old is therefore older than all that is read again.
    pub(super) fn open(
        path: &Path,
        append: bool,
        project_id: &str,
        overlap: TimeDelta,
    ) -> Result<(Self, Known), ExportError> {
        let exists = path.try_exists().map_err(ExportError::of(path))?;
        if path.is_dir() {
            return Err(ExportError::content(path, "is a folder; name a file"));
        }
        if exists && !append {
            return Err(ExportError::exists(path));
        }
        let mut part = path.as_os_str().to_owned();
        part.push(".part");
        let (path, finished) = if exists { (path.to_owned(), None) } else { (part.into(), Some(path.to_owned())) };
        let mut options = OpenOptions::new();
        options.read(true).write(true).create(true).truncate(false);
        let mut file = options.open(&path).map_err(ExportError::of(&path))?;
        let (known, end) = known(&mut file, &path, project_id, overlap)?;
        let length = end.length_of_file;
        Ok((Self { file, path, end: Some(end), length, finished }, known))
    }

    /// Writes lines, all at once. An error if the file has grown or shrunk since: what another export wrote would be lost.
    pub(super) fn write<'l>(&mut self, lines: impl Iterator<Item = &'l str>) -> Result<(), ExportError> {
        let present = self.file.metadata().map_err(ExportError::of(&self.path))?;
        if present.is_file() && present.len() != self.length {
            return Err(ExportError::content(&self.path, "was written by another export meanwhile; wait for its end"));
        }
        let mut text = String::new();
        if let Some(End { length, lacks_break, .. }) = self.end.take() {
            let cut = self.file.set_len(length).and_then(|()| self.file.seek(SeekFrom::Start(length)));
            cut.map_err(ExportError::of(&self.path))?;
            self.length = length;
            text.extend(lacks_break.then_some('\n'));
        }
        text.extend(lines.flat_map(|line| [line, "\n"]));
        let written = self.file.write_all(text.as_bytes()).and_then(|()| self.file.sync_data());
        self.length += text.len() as u64;
        written.map_err(ExportError::of(&self.path))
    }

    /// Gives the file its name.
    pub(super) fn finish(self) -> Result<(), ExportError> {
        self.file.sync_all().map_err(ExportError::of(&self.path))?;
        let Some(finished) = self.finished else { return Ok(()) };
        if finished.exists() {
            let there = if self.path.exists() {
                format!("this export is in {}", self.path.display())
            } else {
                "another export wrote it".to_owned()
            };
            return Err(ExportError::content(&finished, format!("exists now, and did not before; {there}")));
        }
        fs::rename(&self.path, &finished).map_err(ExportError::of(&finished))
    }
}

/// Where the entries of a file end.
struct End {
    length: u64,
    length_of_file: u64,
    lacks_break: bool,
}

/// The last entries of a file, and where they end.
fn known(file: &mut File, path: &Path, project_id: &str, overlap: TimeDelta) -> Result<(Known, End), ExportError> {
    let mut lines = LinesFromEnd::of(file).map_err(ExportError::of(path))?;
    let last = lines.next_line().map_err(ExportError::of(path))?.unwrap_or_default();
    if last.first().is_some_and(|&first| first != b'{') {
        return Err(ExportError::content(path, "does not end with a record, so it is no export; choose another name"));
    }
    let is_whole = serde_json::from_slice::<Map<String, Value>>(&last).is_ok();
    let mut known = Known { cut: !is_whole && !last.is_empty(), ..Known::default() };
    let end = End {
        length: lines.length - if is_whole { 0 } else { last.len() as u64 },
        length_of_file: lines.length,
        lacks_break: is_whole,
    };
    let mut next_line = || lines.next_line().map_err(ExportError::of(path));
    let mut next = if is_whole { Some(last) } else { next_line()? };
    let mut number = usize::from(known.cut);
    while let Some(line) = next {
        number += 1;
        let complain = |problem: &str| {
            let place = if number == 1 { "its last line".to_owned() } else { format!("line {number} from its end") };
            ExportError::content(path, format!("{place} {problem}; {CURE}"))
        };
        let line = String::from_utf8(line).map_err(|_| complain("is not UTF-8"))?;
        let json: Value = serde_json::from_str(&line).map_err(|_| complain("is not JSON"))?;
        if json["project_uuid"].as_str().is_some_and(|project| !project.eq_ignore_ascii_case(project_id)) {
            return Err(complain("is a record of another project"));
        }
        let created = [&json["created"], &json["request"]["created"]].into_iter().find_map(Value::as_str);
        let created: Option<Timestamp> = created.and_then(|text| text.parse().ok());
        known.insert(&line);
        known.newest = known.newest.max(created);
        let is_older = |(created, newest): (Timestamp, Timestamp)| created < newest - overlap * 2;
        if created.zip(known.newest).is_some_and(is_older) {
            break;
        }
        next = next_line()?;
    }
    Ok((known, end))
}

/// The lines of a file, the last one first: what follows the last line break, then the line before it, and so on.
struct LinesFromEnd<'a> {
    file: &'a mut File,
    length: u64,
    /// Where the bytes begin that are not yet handed out.
    start: u64,
    bytes: Vec<u8>,
    is_done: bool,
}

impl<'a> LinesFromEnd<'a> {
    fn of(file: &'a mut File) -> io::Result<Self> {
        let length = file.seek(SeekFrom::End(0))?;
        Ok(Self { file, length, start: length, bytes: Vec::new(), is_done: length == 0 })
    }

    fn next_line(&mut self) -> io::Result<Option<Vec<u8>>> {
        while !self.is_done {
            if let Some(end) = memchr::memrchr(b'\n', &self.bytes) {
                let line = self.bytes.split_off(end + 1);
                self.bytes.pop();
                self.is_done = self.start == 0 && self.bytes.is_empty();
                return Ok(Some(line));
            }
            if self.start == 0 {
                self.is_done = true;
                return Ok(Some(std::mem::take(&mut self.bytes)));
            }
            let before = self.start.saturating_sub(BLOCK);
            let mut block = vec![0; usize::try_from(self.start - before).unwrap_or_default()];
            self.file.seek(SeekFrom::Start(before))?;
            self.file.read_exact(&mut block)?;
            block.append(&mut self.bytes);
            (self.start, self.bytes) = (before, block);
        }
        Ok(None)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_come_from_the_end_whatever_blocks_they_lie_in() {
        let folder = std::env::temp_dir().join(format!("deepgram-mgmt-lines-{}", std::process::id()));
        let long = "x".repeat(usize::try_from(BLOCK).unwrap() * 2);
        for (text, expected) in [
            (String::new(), vec![]),
            ("a\nb\n".to_owned(), vec!["", "b", "a"]),
            ("a\n\nb".to_owned(), vec!["b", "", "a"]),
            (format!("{long}\n{long}1\nc"), vec!["c", &format!("{long}1"), &long]),
        ] {
            fs::write(&folder, &text).unwrap();
            let mut file = File::open(&folder).unwrap();
            let mut lines = LinesFromEnd::of(&mut file).unwrap();
            let mut found = Vec::new();
            while let Some(line) = lines.next_line().unwrap() {
                found.push(String::from_utf8(line).unwrap());
            }
            assert!(found == expected, "{} of {}", found.len(), expected.len());
        }
        fs::remove_file(&folder).unwrap();
    }

    #[test]
    fn of_two_exports_to_one_file_one_fails_and_nothing_is_overwritten() {
        let folder = std::env::temp_dir().join(format!("deepgram-mgmt-two-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        let [first, second] = ["{\"request_id\":\"a\"}", "{\"request_id\":\"b\"}"];
        // Either one may write first, into a new file or behind a part of a record.
        for (name, before) in [("new", ""), ("cut", "{\"request_id\":\"x\"}\n{\"requ")] {
            let path = folder.join(name);
            let part = folder.join(format!("{name}.part"));
            fs::write(&part, before).unwrap();
            let open = || Target::open(&path, false, "p", TimeDelta::days(1)).unwrap().0;
            let (mut one, mut other) = (open(), open());
            one.write([first].into_iter()).unwrap();
            let error = other.write([second].into_iter()).unwrap_err().to_string();
            assert!(error.contains("was written by another export meanwhile"), "{error}");
            one.write([second].into_iter()).unwrap();
            let whole = before.split_inclusive('\n').filter(|line| line.ends_with('\n')).collect::<String>();
            assert_eq!(fs::read_to_string(&part).unwrap(), format!("{whole}{first}\n{second}\n"));

            // One that was opened later and writes earlier stops the first one.
            let mut later = open();
            later.write([first].into_iter()).unwrap();
            assert!(one.write([second].into_iter()).is_err());
            one.finish().unwrap();
            let error = later.finish().unwrap_err().to_string();
            assert!(error.ends_with("exists now, and did not before; another export wrote it"), "{error}");
        }
        fs::remove_dir_all(&folder).unwrap();
    }
}
