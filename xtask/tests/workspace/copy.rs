//! A copy of the workspace's parts that the pipeline reads and writes.

use std::fs;
use std::path::Path;

use tempfile::TempDir;

/// Copies documents and generated code; of the packages, it has what a task looks for.
pub(crate) fn copy() -> TempDir {
    let root = tempfile::tempdir().unwrap();
    for folder in ["spec", "deepgram-mgmt/src/generated"] {
        fs::create_dir_all(root.path().join(folder)).unwrap();
        for entry in fs::read_dir(Path::new("..").join(folder)).unwrap() {
            let path = entry.unwrap().path();
            fs::copy(&path, root.path().join(folder).join(path.file_name().unwrap())).unwrap();
        }
    }
    fs::create_dir_all(root.path().join("xtask/src")).unwrap();
    fs::write(root.path().join("deepgram-mgmt/Cargo.toml"), "").unwrap();
    root
}
