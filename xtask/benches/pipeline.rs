//! How long each step of the pipeline takes, on the bundled document and on documents 10 and 100 times its size.
//!
//! `cargo bench -p xtask` measures; the table at its end says what one operation costs at each size, beside what it
//! costs in the bundled document: 1.0 everywhere is growth in proportion to the document.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::hint::black_box;
use std::path::Path;
use std::time::{Duration, Instant};

use criterion::{BenchmarkId, Criterion, SamplingMode, Throughput};
use serde_json::{Map, Value};
use xtask::load::Document;
use xtask::polish::Modules;
use xtask::{drift, generate, load, overlay, pipeline, polish, published};

const SIZES: [usize; 3] = [1, 10, 100];

/// Where the vendor's document is, for those who have it.
const VENDOR: &str = "../../shared/vendor/openapi.yml";

/// The times of each step at each size.
type Times = BTreeMap<(usize, &'static str), BTreeMap<usize, Vec<Duration>>>;

fn main() {
    let work = std::thread::Builder::new().stack_size(xtask::STACK).spawn(run);
    work.expect("a thread").join().expect("no panic");
}

fn run() {
    let mut criterion = Criterion::default()
        .output_directory(Path::new(concat!(env!("CARGO_TARGET_TMPDIR"), "/criterion")))
        .without_plots()
        .sample_size(10)
        .warm_up_time(Duration::from_millis(300))
        .measurement_time(Duration::from_secs(2))
        .configure_from_args();
    let root = Path::new("..");
    let bundled = read(&root.join(published::DOCUMENT));
    let corrections = read(&root.join(published::OVERLAY));
    let times = RefCell::new(Times::new());
    for size in SIZES {
        steps(&mut criterion, &times, size, &bundled.value, &corrections);
    }
    table(&times.borrow(), operations(&bundled.value));
    vendor(&mut criterion);
    ten_megabytes(&bundled.value);
    criterion.final_summary();
}

fn read(path: &Path) -> Document {
    load::document(path).unwrap_or_else(|error| panic!("{error:#}"))
}

/// Measures every step on a document `size` times as large as `document`.
fn steps(criterion: &mut Criterion, times: &RefCell<Times>, size: usize, document: &Value, corrections: &Document) {
    let document = enlarged(document, size);
    let text = serde_yaml::to_string(&document).expect("YAML");
    let lowered = pipeline::prepare(&document).expect("a document that can be generated").document;
    let tokens = generate::client(&lowered).expect("a client");
    let mut changed = document.clone();
    without_required(&mut changed);

    let mut group = criterion.benchmark_group("pipeline");
    group.sampling_mode(SamplingMode::Flat).throughput(Throughput::Elements(operations(&document) as u64));
    let mut measure = |nth: usize, step: &'static str, work: &dyn Fn()| {
        group.bench_function(BenchmarkId::new(step, size), |bencher| {
            bencher.iter_custom(|iterations| {
                let start = Instant::now();
                (0..iterations).for_each(|_| work());
                let taken = start.elapsed();
                let each = taken / u32::try_from(iterations).unwrap_or(u32::MAX);
                times.borrow_mut().entry((nth, step)).or_default().entry(size).or_default().push(each);
                taken
            });
        });
    };
    measure(0, "load", &|| drop(black_box(load::parse("document", text.as_bytes()))));
    measure(1, "overlay", &|| drop(black_box(overlay::apply(document.clone(), corrections))));
    measure(2, "lower and adapt", &|| drop(black_box(pipeline::prepare(&document))));
    measure(3, "generate", &|| drop(black_box(generate::client(&lowered))));
    let syntax = || polish::syntax(tokens.clone(), None, &lowered).expect("syntax trees");
    measure(4, "polish and print", &|| drop(black_box(Modules::print(syntax()))));
    measure(5, "drift, equal documents", &|| drop(black_box(drift::compare(&document, &document, &[]))));
    measure(6, "drift, every part changed", &|| drop(black_box(drift::compare(&document, &changed, &[]))));
    group.finish();
}

/// Prints what one operation costs at each size.
#[allow(clippy::cast_precision_loss, reason = "a few thousand operations")]
fn table(times: &Times, operations: usize) {
    println!("\n| step | {operations} operations | per operation | at 10 times the size | at 100 times |");
    println!("| --- | --- | --- | --- | --- |");
    for ((_, step), sizes) in times {
        // The median: what else the machine does comes in bursts.
        let median = |size: usize| {
            let mut times = sizes.get(&size)?.clone();
            times.sort_unstable();
            times.get(times.len() / 2).map(Duration::as_secs_f64)
        };
        let Some(once) = median(1) else { continue };
        let ratio = |size: usize| Some(format!("× {:.2}", median(size)? / once / size as f64));
        let each = once * 1e6 / operations as f64;
        let (ten, hundred) = (ratio(10).unwrap_or_default(), ratio(100).unwrap_or_default());
        println!("| {step} | {:.2} ms | {each:.0} µs | {ten} | {hundred} |", once * 1e3);
    }
    println!();
}

/// The vendor's document against itself.
fn vendor(criterion: &mut Criterion) {
    if !Path::new(VENDOR).exists() {
        println!("skipped: no vendor's document at {VENDOR}");
        return;
    }
    let document = read(Path::new(VENDOR)).value;
    criterion.bench_function("drift/the vendor's document with itself", |bencher| {
        bencher.iter(|| drift::compare(black_box(&document), &document, &[]));
    });
}

/// A document of 10 MB, once: read, and compared with itself.
fn ten_megabytes(bundled: &Value) {
    const LENGTH: usize = 10_000_000;
    let text = |size: usize| serde_yaml::to_string(&enlarged(bundled, size)).expect("YAML");
    let copy = text(2).len() - text(1).len();
    let text = text(LENGTH / copy + 1);
    let start = Instant::now();
    let document = load::parse("document", text.as_bytes()).unwrap_or_else(|error| panic!("{error:#}")).value;
    let loaded = start.elapsed();
    let drift = drift::compare(&document, &document, &[]);
    assert!(drift.findings.is_empty(), "a document differs from itself");
    let (megabytes, compared) = (text.len() / 1_000_000, start.elapsed().saturating_sub(loaded));
    println!("{megabytes} MB, {} operations: load {loaded:.1?}, drift {compared:.1?}", operations(&document));
}

/// The document with `size - 1` copies of its operations and schemas, each under names of their own.
fn enlarged(document: &Value, size: usize) -> Value {
    let mut large = document.clone();
    for copy in 1..size {
        let mut members = document.clone();
        renamed(&mut members, copy);
        for place in ["/paths", "/components/schemas"] {
            let copies = members.pointer_mut(place).and_then(Value::as_object_mut).map(std::mem::take);
            let all = large.pointer_mut(place).and_then(Value::as_object_mut).expect("a mapping");
            for (name, value) in copies.into_iter().flatten() {
                let name = if place == "/paths" { format!("/copy{copy}{name}") } else { format!("{name}Copy{copy}") };
                all.insert(name, value);
            }
        }
    }
    large
}

/// Gives operations, schemas and what refers to them the names of a copy.
fn renamed(value: &mut Value, copy: usize) {
    match value {
        Value::Object(members) => {
            for (key, value) in members {
                match value {
                    Value::String(text)
                        if matches!(key.as_str(), "operationId" | "title")
                            || key == "$ref" && text.starts_with("#/components/schemas/") =>
                    {
                        text.extend(["Copy", &copy.to_string()]);
                    }
                    value => renamed(value, copy),
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| renamed(item, copy)),
        _ => {}
    }
}

/// Takes every `required` away, which changes every schema and parameter.
fn without_required(value: &mut Value) {
    match value {
        Value::Object(members) => {
            members.shift_remove("required");
            members.values_mut().for_each(without_required);
        }
        Value::Array(items) => items.iter_mut().for_each(without_required),
        _ => {}
    }
}

fn operations(document: &Value) -> usize {
    let items = document["paths"].as_object().map(Map::values);
    let methods = ["get", "put", "post", "delete", "patch", "head"];
    items.into_iter().flatten().flat_map(|item| methods.iter().filter(|method| item.get(**method).is_some())).count()
}
