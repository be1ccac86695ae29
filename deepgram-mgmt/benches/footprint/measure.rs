//! Measures a program that runs: processor time, page faults, instructions, memory.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::Result;
use crate::program::succeeded;

/// The cost of the processes that this one has started and waited for, and of theirs.
#[derive(Clone, Copy)]
pub(crate) struct Usage {
    /// Processor time, user and system.
    pub(crate) seconds: f64,
    pub(crate) page_faults: f64,
}

impl Usage {
    /// The cost up to now.
    fn of_children() -> Result<Self> {
        let stat = fs::read_to_string("/proc/self/stat")?;
        // After the name, which may hold anything: the 11th, and the 16th and 17th, in hundredths whatever the machine.
        let (_, fields) = stat.rsplit_once(')').ok_or("no name in /proc/self/stat")?;
        let fields: Vec<&str> = fields.split_whitespace().collect();
        let number =
            |index: usize| -> Result<f64> { Ok(fields.get(index - 3).ok_or("a short /proc/self/stat")?.parse()?) };
        Ok(Self { seconds: (number(16)? + number(17)?) / 100.0, page_faults: number(11)? })
    }

    /// The cost of what `run` waits for.
    pub(crate) fn of(run: impl FnOnce() -> Result<()>) -> Result<Self> {
        let before = Self::of_children()?;
        run()?;
        let after = Self::of_children()?;
        let page_faults = after.page_faults - before.page_faults;
        Ok(Self { seconds: after.seconds - before.seconds, page_faults })
    }
}

/// The cost of each of two programs that make these calls: the least processor time and the median of page faults of
/// `rounds` runs in alternation. Other programs of the machine add to a run, and take nothing off.
pub(crate) fn in_turn(binaries: [&Path; 2], arguments: [&str; 2], times: u32, rounds: usize) -> Result<[Usage; 2]> {
    let mut runs = [Vec::new(), Vec::new()];
    for _ in 0..rounds {
        for (binary, runs) in binaries.iter().zip(&mut runs) {
            let mut program = Command::new(binary);
            program.args(arguments).arg(times.to_string());
            runs.push(Usage::of(|| succeeded(&mut program).map(drop))?);
        }
    }
    Ok(runs.map(|mut runs| {
        let seconds = runs.iter().map(|run| run.seconds).fold(f64::INFINITY, f64::min);
        runs.sort_by(|a, b| a.page_faults.total_cmp(&b.page_faults));
        Usage { seconds, page_faults: runs[rounds / 2].page_faults }
    }))
}

/// Instructions of one call: the difference of `2 * times` calls and `times` calls.
pub(crate) fn instructions(binary: &Path, arguments: [&str; 2], times: u32) -> Result<f64> {
    let count = |times: u32| -> Result<f64> {
        let mut valgrind = Command::new("valgrind");
        valgrind.args(["--tool=cachegrind", "--cache-sim=no", "--cachegrind-out-file=/dev/null"]);
        let output = succeeded(valgrind.arg(binary).args(arguments).arg(times.to_string()))?;
        let said = String::from_utf8(output.stderr)?;
        let (_, count) =
            said.split_once("I refs:").or_else(|| said.split_once("I   refs:")).ok_or("valgrind says no I refs")?;
        Ok(count.lines().next().unwrap_or_default().trim().replace(',', "").parse()?)
    };
    Ok((count(2 * times)? - count(times)?) / f64::from(times))
}

/// The most memory of the whole process while it reads so many pages of 1,000 records, in MiB.
pub(crate) fn peak(binary: &Path, base_url: &str, pages: u32) -> Result<f64> {
    let output = succeeded(Command::new(binary).args([base_url, "stream", &pages.to_string()]))?;
    let said = String::from_utf8(output.stdout)?;
    if said.lines().next() != Some(&*(pages * 1000).to_string()) {
        return Err(format!("not {pages} pages were read: {said}").into());
    }
    let (_, peak) = said.split_once("VmHWM:").ok_or("no VmHWM in /proc/self/status")?;
    Ok(peak.split_whitespace().next().unwrap_or_default().parse::<f64>()? / 1024.0)
}
