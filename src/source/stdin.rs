//! Standard input, as one blob.

use std::io::{self, Read};

use super::elsewhere::stand_in;
use super::{Limits, Outer, Text, Worker, decode, look_inside, oversized};
use crate::model::{Blob, Coverage, Gap, GapKind, Origin};

/// How many bytes of oversized input are read to find its end.
const MAX_REST: u64 = 16 << 30;

/// Reads `input` to its end and hands it to `worker` under the name `name`.
///
/// No more than the size limit is kept in memory: larger input is read, counted and reported as a gap.
pub fn read_stdin(
    mut input: impl Read,
    name: &str,
    limits: Limits,
    worker: &mut impl Worker,
) -> io::Result<Coverage> {
    let mut coverage = Coverage::default();
    let mut bytes = Vec::new();
    input
        .by_ref()
        .take(limits.max_file_size.saturating_add(1))
        .read_to_end(&mut bytes)?;
    if bytes.is_empty() {
        let reason = "standard input was empty: check the program that writes to it";
        coverage.gaps.push(Gap::new(GapKind::Empty, name, reason));
        return Ok(coverage);
    }
    if bytes.len() as u64 > limits.max_file_size {
        // Read on, so that the program that writes to it does not fail; but give up on one that never ends.
        let rest = io::copy(&mut input.take(MAX_REST), &mut io::sink())?;
        let size = bytes.len() as u64 + rest;
        coverage.gaps.push(oversized(name.to_owned(), size, limits));
        return Ok(coverage);
    }
    match decode(&bytes) {
        Text::Binary => {
            coverage.binary += 1;
            let file = Outer::of(Some(name), &Origin::Stdin);
            look_inside(&file, &bytes, limits, (worker, &mut coverage));
        }
        Text::Utf8(text) => {
            coverage.files += 1;
            if let Some((kind, reason)) = stand_in(&bytes) {
                coverage.gaps.push(Gap::new(kind, name, reason));
            }
            coverage.bytes += bytes.len() as u64;
            worker.blob(&Blob {
                bytes: &text,
                path: Some(name),
                origin: Origin::Stdin,
            });
        }
    }
    Ok(coverage)
}
