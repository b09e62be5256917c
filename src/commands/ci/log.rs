//! Writes to a job's log in the dialect of its provider.
//!
//! Commands are created once, as GitHub workflow commands, and translated here, so that every provider masks the same
//! values and annotates the same findings.

use super::annotate;
use super::provider::Dialect;

/// The log of a job.
#[derive(Debug, Clone, Copy)]
pub(super) struct Log(pub(super) Dialect);

impl Log {
    /// Translates workflow commands to this log's dialect. Those it has no equivalent for are left out, masks above
    /// all: a log that does not understand them would print the very values they mask.
    pub(super) fn commands(self, commands: &str) -> String {
        let translated = |line: &str| match self.0 {
            Dialect::Workflow => Some(line.to_owned()),
            Dialect::Azure => azure(line),
            Dialect::Plain => plain(line),
        };
        let lines = commands.lines().filter_map(translated);
        lines.map(|line| line + "\n").collect()
    }

    /// Translates annotations of findings. A log that cannot show them beside the code gets none: the report has them.
    pub(super) fn annotations(self, commands: &str) -> String {
        match self.0 {
            Dialect::Plain => String::new(),
            _ => self.commands(commands),
        }
    }

    /// Makes text inert in this log: it includes scanned content, and could contain commands.
    pub(super) fn inert(self, text: &str) -> String {
        match self.0 {
            Dialect::Workflow => annotate::inert(text),
            Dialect::Azure => without_commands(text.trim_end()) + "\n",
            Dialect::Plain => text.trim_end().to_owned() + "\n",
        }
    }

    /// Returns the commands that pass values to later steps, if that is done through the log. `values` has one line
    /// `name=value` for each.
    pub(super) fn outputs(self, values: &str) -> String {
        if self.0 != Dialect::Azure {
            return String::new();
        }
        let outputs = values.lines().filter_map(|line| line.split_once('='));
        let command = |(name, value): (&str, &str)| {
            let name = azure_property(&format!("gonogo.{name}"));
            let value = azure_data(value);
            format!("##vso[task.setvariable variable={name};isoutput=true]{value}\n")
        };
        outputs.map(command).collect()
    }

    /// Returns the command that shows a file as the summary of the run, if that is done through the log.
    pub(super) fn summary(self, path: &str) -> Option<String> {
        (self.0 == Dialect::Azure)
            .then(|| format!("##vso[task.uploadsummary]{}\n", azure_data(path)))
    }
}

/// A workflow command: `::name key=value,key=value::data`.
struct Command<'a> {
    name: &'a str,
    properties: Vec<(&'a str, String)>,
    data: String,
}

impl<'a> Command<'a> {
    fn parse(line: &'a str) -> Option<Self> {
        let (head, data) = line.strip_prefix("::")?.split_once("::")?;
        let (name, properties) = head.split_once(' ').unwrap_or((head, ""));
        let pairs = properties
            .split(',')
            .filter_map(|pair| pair.split_once('='));
        Some(Self {
            name,
            properties: pairs.map(|(key, value)| (key, unescaped(value))).collect(),
            data: unescaped(data),
        })
    }

    fn property(&self, key: &str) -> Option<&str> {
        let found = self.properties.iter().find(|(name, _)| *name == key);
        found.map(|(_, value)| value.as_str())
    }
}

/// Undoes the escaping of a command's value.
fn unescaped(text: &str) -> String {
    text.replace("%3A", ":")
        .replace("%2C", ",")
        .replace("%0D", "\r")
        .replace("%0A", "\n")
        .replace("%25", "%")
}

/// Translates a line for a log without commands.
fn plain(line: &str) -> Option<String> {
    let Some(command) = Command::parse(line) else {
        return Some(line.to_owned());
    };
    match command.name {
        "error" | "warning" | "notice" => {
            let message = command.data.replace(['\r', '\n'], " ");
            Some(format!("{}: {message}", command.name))
        }
        _ => None,
    }
}

/// Translates a line for the log of Azure Pipelines.
fn azure(line: &str) -> Option<String> {
    let Some(command) = Command::parse(line) else {
        return Some(without_commands(line));
    };
    match command.name {
        "add-mask" => Some(format!(
            "##vso[task.setsecret]{}",
            azure_data(&command.data)
        )),
        "error" | "warning" => Some(azure_issue(&command)),
        // Azure has no level below warning, and the report has the message.
        _ => None,
    }
}

fn azure_issue(command: &Command<'_>) -> String {
    let mut properties = format!("type={};", command.name);
    for (theirs, ours) in [
        ("sourcepath", "file"),
        ("linenumber", "line"),
        ("columnnumber", "col"),
    ] {
        if let Some(value) = command.property(ours) {
            let value = azure_property(&without_commands(value));
            properties.push_str(&format!("{theirs}={value};"));
        }
    }
    let title = command.property("title").unwrap_or("gonogo");
    let message = azure_data(&without_commands(&format!("{title}: {}", command.data)));
    format!("##vso[task.logissue {properties}]{message}")
}

/// Escapes a command's value so that it arrives byte for byte.
fn azure_data(text: &str) -> String {
    text.replace('%', "%AZP25")
        .replace('\r', "%0D")
        .replace('\n', "%0A")
}

fn azure_property(text: &str) -> String {
    azure_data(text).replace(';', "%3B").replace(']', "%5D")
}

/// Defuses commands: the agent looks for them anywhere in a line, in any case, and that cannot be turned off.
fn without_commands(text: &str) -> String {
    text.replace("##", "# #")
}

#[cfg(test)]
mod tests {
    use super::*;

    const AZURE: Log = Log(Dialect::Azure);
    const PLAIN: Log = Log(Dialect::Plain);

    #[test]
    fn masks_are_only_written_where_they_mask() {
        let mask = "::add-mask::a%25b;]\n";
        assert_eq!(Log(Dialect::Workflow).commands(mask), mask);
        assert_eq!(AZURE.commands(mask), "##vso[task.setsecret]a%AZP25b;]\n");
        assert_eq!(PLAIN.commands(mask), "");
    }

    #[test]
    fn annotations_become_issues() {
        let error = "::error file=a%2Cb%3B].conf,line=3,endLine=3,col=5,endColumn=9,title=high x::why%0A100%25\n";
        assert_eq!(
            AZURE.annotations(error),
            "##vso[task.logissue type=error;sourcepath=a,b%AZP253B%5D.conf;linenumber=3;columnnumber=5;]\
             high x: why%0A100%AZP25\n"
        );
        assert_eq!(AZURE.annotations("::notice title=x::y\n"), "");
        assert_eq!(PLAIN.annotations(error), "");
        assert_eq!(
            PLAIN.commands("::warning title=gonogo::so%0Athat\n"),
            "warning: so that\n"
        );
    }

    #[test]
    fn scanned_text_holds_no_commands() {
        for hostile in [
            "##vso[task.setvariable variable=x]y",
            "text ##VSO[task.complete result=Succeeded;]",
            "####vso[build.addbuildtag]x",
        ] {
            let inert = AZURE.inert(hostile).to_ascii_lowercase();
            assert!(!inert.contains("##vso["), "{inert}");
        }
    }

    #[test]
    fn values_become_variables() {
        assert_eq!(
            AZURE.outputs("verdict=GO\n"),
            "##vso[task.setvariable variable=gonogo.verdict;isoutput=true]GO\n"
        );
        assert_eq!(PLAIN.outputs("verdict=GO\n"), "");
    }
}
