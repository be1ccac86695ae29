//! The repository as a whole: its files, its documentation, its workflows and its imports.

mod documentation;
mod files;
mod guide;
mod imports;
mod nightly;
mod publishable;
