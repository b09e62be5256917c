//! The format for build servers: a test case for each finding, which fails if the finding means NO-GO.

use std::io::{self, Write};

use quick_xml::Writer;
use quick_xml::events::BytesText;

use super::escape::escaped;
use super::place::subject;
use super::{Document, Format, Options, excerpt, words};
use crate::model::{Severity, Verdict};
use crate::redact::Shown;

/// Writes the test suite.
#[derive(Debug)]
pub(super) struct Junit;

impl Junit {
    /// Returns a writer for one report.
    pub(super) fn new(_: Options) -> Self {
        Self
    }

    fn case(finding: &Shown, threshold: Severity, out: &mut Writer<Vec<u8>>) -> io::Result<()> {
        let place = subject(finding);
        let line = finding.location.region.start.line;
        let name = format!(
            "{} at line {line}: {}",
            finding.rule.as_str(),
            finding.message
        );
        let shown = excerpt::show(finding);
        let mut shown = shown.map_or_else(String::new, |shown| lines(&shown.text));
        if let Some(why) = words::new_rule(finding) {
            shown = format!("{why}\n{shown}");
        }
        let case = out
            .create_element("testcase")
            .with_attribute(("classname", &*escaped(&place)))
            .with_attribute(("name", &*escaped(&name)))
            .with_attribute(("file", &*escaped(&place)))
            .with_attribute(("line", line.to_string().as_str()));
        let fails = finding.severity >= threshold && finding.decides();
        case.write_inner_content(|out| {
            if fails {
                let failure = out
                    .create_element("failure")
                    .with_attribute(("type", finding.severity.as_str()))
                    .with_attribute(("message", &*escaped(&finding.message)));
                failure.write_text_content(BytesText::new(&shown))?;
            } else {
                out.create_element("system-out")
                    .write_text_content(BytesText::new(&shown))?;
            }
            Ok(())
        })?;
        Ok(())
    }
}

impl Format for Junit {
    fn write(&mut self, document: &Document<'_>, out: &mut dyn Write) -> io::Result<()> {
        let fails = |finding: &&Shown| finding.severity >= document.threshold && finding.decides();
        let failures = document.findings.iter().filter(fails).count();
        let is_undecided = document.verdict == Verdict::Undecided;
        // The scan is a test, too: of whether everything could be scanned.
        let tests = (document.findings.len() + 1).to_string();
        let errors = usize::from(is_undecided).to_string();
        let mut writer = Writer::new_with_indent(Vec::new(), b' ', 2);
        let suites = writer.create_element("testsuites");
        suites.write_inner_content(|writer| {
            let suite = writer
                .create_element("testsuite")
                .with_attribute(("name", "gonogo"))
                .with_attribute(("tests", tests.as_str()))
                .with_attribute(("failures", failures.to_string().as_str()))
                .with_attribute(("errors", errors.as_str()));
            suite.write_inner_content(|writer| {
                let scan = writer
                    .create_element("testcase")
                    .with_attribute(("classname", "gonogo"))
                    .with_attribute(("name", "everything was scanned"));
                if is_undecided {
                    scan.write_inner_content(|writer| {
                        let gaps = words::sorted_gaps(document.coverage);
                        let gaps = gaps
                            .iter()
                            .map(|gap| format!("{}: {}", gap.place, gap.reason));
                        let gaps = gaps.collect::<Vec<_>>().join("\n");
                        let error = writer.create_element("error");
                        let error = error.with_attribute(("message", "not everything was scanned"));
                        error.write_text_content(BytesText::new(&crate::report::visible_lines(
                            &gaps,
                        )))?;
                        Ok(())
                    })?;
                } else {
                    scan.write_empty()?;
                }
                for finding in document.findings {
                    Self::case(finding, document.threshold, writer)?;
                }
                Ok(())
            })?;
            Ok(())
        })?;
        out.write_all(b"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n")?;
        out.write_all(&writer.into_inner())?;
        out.write_all(b"\n")
    }
}

/// Escapes a text line by line, so that nothing in it remains that a viewer would act on.
fn lines(text: &str) -> String {
    let lines: Vec<_> = text.lines().map(escaped).collect();
    lines.join("\n")
}
