//! Where reports go: one to standard output, any number to files, all from the same findings.

use std::io::{self, BufWriter, Write};
use std::path::PathBuf;

use crate::redact::Shown;
use crate::report::{Document, Format, FormatName, Options};

use crate::source::{Access, Draft};

use super::Error;

/// A requested report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Output {
    /// Its format.
    pub format: FormatName,
    /// Where it goes.
    pub target: Target,
    /// Colour and masking.
    pub options: Options,
}

/// Where a report goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// Standard output.
    Stdout,
    /// A file, which is replaced.
    File(PathBuf),
}

/// Writes text that is not a report to standard output.
pub(crate) fn print(text: &str) -> Result<(), Error> {
    let mut out = io::stdout();
    let written = out.write_all(text.as_bytes()).and_then(|()| out.flush());
    written.map_err(|error| Error::Stream {
        stream: "standard output",
        error,
    })
}

/// Returns a report of all findings as text.
pub(super) fn written(
    format: FormatName,
    options: Options,
    document: &Document<'_>,
) -> Result<String, Error> {
    let mut text = Vec::new();
    let write = format.writer(options).write(document, &mut text);
    write.map_err(|error| Error::Stream {
        stream: "a report",
        error,
    })?;
    Ok(String::from_utf8_lossy(&text).into_owned())
}

/// Reports that are being written.
pub(crate) struct Outputs(Vec<Open>);

struct Open {
    target: Target,
    format: Box<dyn Format>,
    out: Out,
}

/// Where the bytes of a report go.
enum Out {
    Stdout(BufWriter<io::Stdout>),
    File(BufWriter<Draft>),
}

impl Out {
    fn open(output: &Output) -> Result<Self, Error> {
        let Target::File(path) = &output.target else {
            return Ok(Self::Stdout(BufWriter::new(io::stdout())));
        };
        let access = if output.options.reveal {
            Access::Private
        } else {
            Access::Usual
        };
        let draft = Draft::new(path, access).map_err(|error| Error::File {
            path: path.clone(),
            error,
        })?;
        Ok(Self::File(BufWriter::new(draft)))
    }

    fn writer(&mut self) -> &mut dyn Write {
        match self {
            Self::Stdout(out) => out,
            Self::File(out) => out,
        }
    }

    /// Completes the output. Only now is an existing file replaced.
    fn finish(&mut self) -> io::Result<()> {
        match std::mem::replace(self, Self::Stdout(BufWriter::new(io::stdout()))) {
            Self::Stdout(mut out) => out.flush(),
            Self::File(out) => out.into_inner().map_err(io::Error::from)?.finish(),
        }
    }
}

impl Outputs {
    /// Opens all targets first, so that one that cannot be written fails before the work is done. Existing files stay
    /// as they are until everything is written.
    pub(crate) fn open(outputs: &[Output]) -> Result<Self, Error> {
        let open = |output: &Output| {
            Ok(Open {
                target: output.target.clone(),
                format: output.format.writer(output.options),
                out: Out::open(output)?,
            })
        };
        Ok(Self(
            outputs.iter().map(open).collect::<Result<_, Error>>()?,
        ))
    }

    /// Passes a batch of findings to the formats that write them as they arrive.
    pub(crate) fn stream(&mut self, batch: &[Shown]) -> Result<(), Error> {
        self.each(|open| open.format.stream(batch, open.out.writer()))
    }

    /// Completes all reports.
    pub(crate) fn finish(&mut self, document: &Document<'_>) -> Result<(), Error> {
        self.each(|open| {
            let findings = if open.format.streams() {
                &[]
            } else {
                document.findings
            };
            open.format.write(
                &Document {
                    findings,
                    ..*document
                },
                open.out.writer(),
            )?;
            open.out.finish()
        })
    }

    /// Applies `write` to every report; if one fails, the others are still written.
    fn each(&mut self, mut write: impl FnMut(&mut Open) -> io::Result<()>) -> Result<(), Error> {
        let mut result = Ok(());
        for open in &mut self.0 {
            if let Err(error) = write(open) {
                let error = match &open.target {
                    Target::Stdout => Error::Stream {
                        stream: "standard output",
                        error,
                    },
                    Target::File(path) => Error::File {
                        path: path.clone(),
                        error,
                    },
                };
                result = result.and(Err(error));
            }
        }
        result
    }
}
