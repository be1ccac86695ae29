//! The source verdict: generates from what differs in both documents, and compares the public APIs.

use std::borrow::Cow;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Error, Result, bail};
use serde_json::Value;

use super::inputs::Input;
use crate::document::located::Located;
use crate::document::pointer::Pointer;
use crate::document::{errors, parts, references};
use crate::drift::report::ApiVerdict;
use crate::lower::Lowered;
use crate::rust_api::{ApiDiff, PublicApi};
use crate::{pipeline, rust_api, skip};

/// How long the generator may take for both documents. The largest known document takes a few seconds.
const GENERATOR_TIMEOUT: Duration = Duration::from_secs(60);

/// Compares the public APIs of the clients of both documents. Equal documents have equal ones, and so have equal parts of
/// them, whether the generator takes those or not; but a fault that an overlay hides in one document alone is an error. A
/// run of the generator over [`GENERATOR_TIMEOUT`] counts as failed, so that the comparison does not wait for it. `only`
/// lists the prefixes of the paths to compare; empty means all.
pub(super) fn compare(base: Input, revision: Input, only: &[String]) -> ApiVerdict {
    if let Some(reason) = revision.not_generated {
        return ApiVerdict::NotCompared { reason };
    }
    let unmatched = revision.unmatched.iter().map(ToString::to_string);
    let unmatched_actions = unmatched.chain(revision.leftovers.iter().map(ToString::to_string)).collect();
    let is_foreign = !base.has_overlay();
    match diff(base, revision, only) {
        Ok(diff) => ApiVerdict::Compared { diff, unmatched_actions },
        // Whoever compares documents of others has not asked for a client of them.
        Err(error) if is_foreign && !errors::located(&error).is_empty() => {
            let reason =
                "no client can be generated from one of the documents; `cargo xtask generate --spec FILE` lists why";
            ApiVerdict::NotCompared { reason: reason.to_owned() }
        }
        Err(error) => ApiVerdict::Unknown { error: format!("{error:#}") },
    }
}

/// Generates from the parts that differ alone.
fn diff(base: Input, revision: Input, only: &[String]) -> Result<ApiDiff> {
    let [old, new] = [&base, &revision].map(Input::hidden_faults);
    // What both have decides nothing.
    let own = |input: &Input, faults: &[Located], others: &[Located]| {
        let fault = faults.iter().find(|fault| !others.contains(fault))?;
        Some(Error::from(fault.clone()).context(input.document_name().to_owned()))
    };
    if let Some(fault) = own(&revision, &new, &old).or_else(|| own(&base, &old, &new)) {
        return Err(fault);
    }
    if base.document == revision.document {
        return Ok(ApiDiff::none());
    }
    let until = Instant::now() + GENERATOR_TIMEOUT;
    let [old, new] = at_once([base, revision], until, Side::lower)?;
    let [old_part, new_part] = parts::changed(&old.selected(only), &new.selected(only));
    let [old, new] = at_once([(old, old_part), (new, new_part)], until, |(side, part)| side.generate(&part))?;
    Ok(rust_api::compare(&old, &new))
}

/// One of both documents, lowered.
struct Side {
    input: Input,
    effective: Value,
    lowered: Lowered,
}

impl Side {
    fn lower(input: Input) -> Result<Self> {
        let lowered = || {
            let (effective, _) = skip::named(&input.document)?;
            Ok((pipeline::prepare(&effective)?, effective.into_owned()))
        };
        match lowered() {
            Ok((lowered, effective)) => Ok(Self { input, effective, lowered }),
            Err(error) => Err(input.attribute(error)),
        }
    }

    /// The lowered document with the paths that the document begins with one of `only`, and with what these reach.
    fn selected(&self, only: &[String]) -> Cow<'_, Value> {
        if only.is_empty() {
            return Cow::Borrowed(&self.lowered.document);
        }
        let mut selected = self.lowered.document.clone();
        let is_wanted = |path: &String| {
            let source = self.lowered.origins.trace(&Pointer::root().child("paths").child(path));
            source.keys().last().is_some_and(|path| only.iter().any(|prefix| path.starts_with(prefix)))
        };
        if let Some(paths) = selected.get_mut("paths").and_then(Value::as_object_mut) {
            paths.retain(|path, _| is_wanted(path));
        }
        let schemas = self.lowered.document.pointer("/components/schemas").and_then(Value::as_object);
        let reached = schemas.map(|schemas| references::reached(schemas, &[&selected["paths"]]));
        if let Some(schemas) = selected.pointer_mut("/components/schemas").and_then(Value::as_object_mut) {
            schemas.retain(|name, _| reached.as_ref().is_some_and(|reached| reached.contains_key(name)));
        }
        Cow::Owned(selected)
    }

    fn generate(&self, part: &Value) -> Result<PublicApi> {
        pipeline::public_api(&self.effective, &self.lowered, part).map_err(|error| self.input.attribute(error))
    }
}

/// Does the work for both sides at once, each on a thread with the stack that the generator needs.
fn at_once<T: Send + 'static, U: Send + 'static>(
    sides: [T; 2],
    until: Instant,
    work: fn(T) -> Result<U>,
) -> Result<[U; 2]> {
    let started = sides.map(|side| {
        let (sender, receiver) = mpsc::channel();
        let thread = thread::Builder::new().stack_size(pipeline::STACK);
        // Nobody listens any more after the timeout.
        thread.spawn(move || sender.send(work(side)).ok()).map(|_| receiver)
    });
    let wait = |receiver: mpsc::Receiver<Result<U>>| {
        match receiver.recv_timeout(until.saturating_duration_since(Instant::now())) {
            Ok(done) => done,
            Err(RecvTimeoutError::Timeout) => {
                bail!("the comparison of the generated clients takes longer than {} s", GENERATOR_TIMEOUT.as_secs())
            }
            // Its panic has been printed where it happened.
            Err(RecvTimeoutError::Disconnected) => bail!("the pipeline panicked"),
        }
    };
    let [old, new] = started;
    Ok([wait(old?)?, wait(new?)?])
}
