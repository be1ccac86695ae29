//! The report: findings by schema and field, for people, programs and pull requests.

use serde_json::json;
use xtask::inert::{self, Lines, code};

use crate::findings::{Finding, Outcome};

/// How a report is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// For a terminal.
    Text,
    /// For programs.
    Json,
    /// For a summary or an issue.
    Markdown,
    /// GitHub's workflow commands: one annotation a finding.
    Github,
}

impl Outcome {
    /// The report; ends with a line break.
    #[must_use]
    pub fn report(&self, format: Format) -> String {
        match format {
            Format::Text => self.text(),
            Format::Json => self.json(),
            Format::Markdown => self.markdown(),
            Format::Github => self.github(),
        }
    }

    fn summary(&self) -> String {
        let (succeeded, all) = self.succeeded;
        let findings = match self.findings.len() {
            0 => "no finding".to_owned(),
            1 => "1 finding".to_owned(),
            n => format!("{n} findings"),
        };
        format!("{findings}; {succeeded} of {all} GET operations succeeded")
    }

    /// The operations that were not seen, and the reasons.
    fn gaps(&self) -> impl Iterator<Item = (&'static str, &String)> {
        let untold = self.untold.iter().map(|line| ("could not tell", line));
        untold.chain(self.skipped.iter().map(|line| ("not asked", line)))
    }

    fn text(&self) -> String {
        let mut text = Lines::default();
        for group in self.findings.chunk_by(|one, other| one.schema == other.schema) {
            text.add(&group[0].schema);
            for finding in group {
                text.add(format_args!("  {}: {}", field(finding), finding.said()));
                finding.seen.iter().for_each(|seen| text.add(format_args!("      {seen}")));
                within(finding).for_each(|within| text.add(format_args!("        {within}")));
            }
        }
        self.gaps().for_each(|(what, gap)| text.add(format_args!("{what}: {gap}")));
        text.add(self.summary());
        text.text()
    }

    fn json(&self) -> String {
        let (succeeded, all) = self.succeeded;
        let report = json!({
            "findings": self.findings,
            "could_not_tell": self.untold,
            "not_asked": self.skipped,
            "operations": { "succeeded": succeeded, "documented": all },
        });
        inert::json(&format!("{report:#}\n"))
    }

    fn markdown(&self) -> String {
        let mut text = Lines::default();
        text.paragraph("## Probe");
        text.add(self.summary());
        if !self.findings.is_empty() {
            text.add("");
            text.add("| schema | field | finding | seen |");
            text.add("| --- | --- | --- | --- |");
        }
        for finding in &self.findings {
            let said = Some(finding.types()).filter(|types| !types.is_empty());
            let said = said.map_or_else(String::new, |types| format!(": {}", code(types)));
            let within: String = within(finding).flat_map(|within| ["<br>".to_owned(), code(within)]).collect();
            let seen: Vec<String> = finding.seen.iter().map(code).collect();
            let (schema, field, words) = (code(&finding.schema), code(field(finding)), finding.kind.words());
            text.add(format_args!("| {schema} | {field} | {words}{said}{within} | {} |", seen.join("<br>")));
        }
        for (index, (what, gap)) in self.gaps().enumerate() {
            if index == 0 {
                text.add("");
            }
            text.add(format_args!("- {what}: {}", code(gap)));
        }
        text.text()
    }

    fn github(&self) -> String {
        let mut text = Lines::default();
        for finding in &self.findings {
            // A path goes on from its schema; a status or a media type stands apart.
            let space = if finding.field.is_empty() || finding.field.starts_with(['.', '[']) { "" } else { " " };
            let title = format_args!("probe: {}{space}{}", finding.schema, finding.field);
            let lines = [finding.said()].into_iter().chain(finding.seen.iter().cloned()).chain(within(finding));
            text.command("warning", title, lines);
        }
        for (what, gap) in self.gaps() {
            text.command("notice", "probe", [format_args!("{what}: {gap}")]);
        }
        text.add(self.summary());
        text.text()
    }
}

/// The field of a finding; the body as a whole has none.
fn field(finding: &Finding) -> &str {
    if finding.field.is_empty() { "$" } else { &finding.field }
}

/// The types within a field that the document lacks, a line for each.
fn within(finding: &Finding) -> impl Iterator<Item = String> {
    finding.within.iter().map(|(path, types)| {
        let types = types.iter().copied().collect::<Vec<_>>().join(" or ");
        format!("{path}: {types}")
    })
}
