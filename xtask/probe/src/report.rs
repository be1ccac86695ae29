//! The report: findings by schema and field, for people, programs and pull requests.

use serde_json::json;

use crate::{Finding, Outcome};

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
        let (answered, all) = self.answered;
        let findings = match self.findings.len() {
            0 => "no finding".to_owned(),
            1 => "1 finding".to_owned(),
            n => format!("{n} findings"),
        };
        format!("{findings}; {answered} of {all} GET operations answered")
    }

    /// What was not seen, and why.
    fn gaps(&self) -> impl Iterator<Item = (&'static str, &String)> {
        let untold = self.untold.iter().map(|line| ("could not tell", line));
        untold.chain(self.skipped.iter().map(|line| ("not asked", line)))
    }

    fn text(&self) -> String {
        let mut text = String::new();
        for group in self.findings.chunk_by(|one, other| one.schema == other.schema) {
            line(&mut text, &group[0].schema);
            for finding in group {
                line(&mut text, &format!("  {}: {}", field(finding), finding.said()));
                finding.seen.iter().for_each(|seen| line(&mut text, &format!("      {seen}")));
                within(finding).for_each(|within| line(&mut text, &format!("        {within}")));
            }
        }
        self.gaps().for_each(|(what, gap)| line(&mut text, &format!("{what}: {gap}")));
        line(&mut text, &self.summary());
        text
    }

    fn json(&self) -> String {
        let (answered, all) = self.answered;
        let report = json!({
            "findings": self.findings,
            "could_not_tell": self.untold,
            "not_asked": self.skipped,
            "operations": { "answered": answered, "documented": all },
        });
        // What JSON itself does not escape.
        let escaped = |c: char| if is_steering(c) && c != '\n' { format!("\\u{:04x}", u32::from(c)) } else { c.into() };
        format!("{report:#}\n").chars().map(escaped).collect()
    }

    fn markdown(&self) -> String {
        let mut text = format!("## Probe\n\n{}\n", self.summary());
        if !self.findings.is_empty() {
            text += "\n| schema | field | finding | seen |\n| --- | --- | --- | --- |\n";
        }
        for finding in &self.findings {
            let said = Some(finding.types()).filter(|types| !types.is_empty());
            let said = said.map_or_else(String::new, |types| format!(": {}", code(&types)));
            let within: String = within(finding).flat_map(|within| ["<br>".to_owned(), code(&within)]).collect();
            let seen: Vec<String> = finding.seen.iter().map(|seen| code(seen)).collect();
            let (schema, field, words) = (code(&finding.schema), code(field(finding)), finding.kind.words());
            line(&mut text, &format!("| {schema} | {field} | {words}{said}{within} | {} |", seen.join("<br>")));
        }
        for (index, (what, gap)) in self.gaps().enumerate() {
            text += if index == 0 { "\n" } else { "" };
            line(&mut text, &format!("- {what}: {}", code(gap)));
        }
        text
    }

    fn github(&self) -> String {
        let mut text = String::new();
        for finding in &self.findings {
            // A path goes on from its schema; a status or a media type stands apart.
            let space = if finding.field.is_empty() || finding.field.starts_with(['.', '[']) { "" } else { " " };
            let title = data(&format!("probe: {}{space}{}", finding.schema, finding.field));
            let title = title.replace(':', "%3A").replace(',', "%2C");
            let lines = [finding.said()].into_iter().chain(finding.seen.iter().cloned()).chain(within(finding));
            let message: Vec<String> = lines.map(|line| data(&line)).collect();
            line(&mut text, &format!("::warning title={title}::{}", message.join("%0A")));
        }
        for (what, gap) in self.gaps() {
            line(&mut text, &format!("::notice title=probe::{}", data(&format!("{what}: {gap}"))));
        }
        line(&mut text, &self.summary());
        text
    }
}

/// The field of a finding; the body as a whole has none.
fn field(finding: &Finding) -> &str {
    if finding.field.is_empty() { "$" } else { &finding.field }
}

/// What is within a field that the document lacks, a line for each.
fn within(finding: &Finding) -> impl Iterator<Item = String> {
    finding.within.iter().map(|(path, types)| {
        let types = types.iter().copied().collect::<Vec<_>>().join(" or ");
        format!("{path}: {types}")
    })
}

/// One line; documents and servers are quoted in it, and must not end it or steer what shows it.
fn line(text: &mut String, content: &str) {
    text.extend(content.chars().map(|c| if is_steering(c) { ' ' } else { c }));
    text.push('\n');
}

/// Characters that end a line, steer a terminal, or turn the direction of text.
fn is_steering(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

/// Text within a cell of a table, as code: no markup is read in it.
fn code(text: &str) -> String {
    format!("`{}`", text.replace('`', "'").replace('|', "\\|"))
}

/// Text within a workflow command.
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}
