//! Where reports go: one to standard output, any number to files, all from the same findings.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::PathBuf;

use crate::redact::Shown;
use crate::report::{Document, Format, FormatName, Options};

use super::Error;

/// A report that was asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Output {
    /// How it is written.
    pub format: FormatName,
    /// Where to.
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

/// Writes what is no report to standard output.
pub(super) fn print(text: &str) -> Result<(), Error> {
    let mut out = io::stdout();
    let written = out.write_all(text.as_bytes()).and_then(|()| out.flush());
    written.map_err(|error| Error::Stream {
        stream: "standard output",
        error,
    })
}

/// Reports that are being written.
pub(super) struct Outputs(Vec<Open>);

struct Open {
    target: Target,
    format: Box<dyn Format>,
    out: Box<dyn Write>,
}

impl Outputs {
    /// Opens all targets, so that one that cannot be written is known before the work is done.
    pub(super) fn open(outputs: &[Output]) -> Result<Self, Error> {
        let open = |output: &Output| {
            let out: Box<dyn Write> = match &output.target {
                Target::Stdout => Box::new(BufWriter::new(io::stdout())),
                Target::File(path) => {
                    let file = File::create(path).map_err(|error| Error::File {
                        path: path.clone(),
                        error,
                    })?;
                    Box::new(BufWriter::new(file))
                }
            };
            let format = output.format.writer(output.options);
            Ok(Open {
                target: output.target.clone(),
                format,
                out,
            })
        };
        Ok(Self(
            outputs.iter().map(open).collect::<Result<_, Error>>()?,
        ))
    }

    /// Hands a batch of findings to the formats that write them as they come.
    pub(super) fn stream(&mut self, batch: &[Shown]) -> Result<(), Error> {
        self.each(|open| open.format.stream(batch, &mut open.out))
    }

    /// Writes all reports to their end.
    pub(super) fn finish(&mut self, document: &Document<'_>) -> Result<(), Error> {
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
                &mut open.out,
            )?;
            open.out.flush()
        })
    }

    /// Does something with every report; one that fails does not keep the others from being written.
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
