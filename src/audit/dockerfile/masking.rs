//! Finds every secret in a Dockerfile, so that no excerpt shows one that is next to its finding.

use std::ops::Range;

use crate::audit::compose::masking::{Names, in_scalar};
use crate::lexicon::name;
use crate::lexicon::placeholder::says_what_it_is;
use crate::lexicon::value::is_reference;

use super::stage::{Dockerfile, Step};

/// Returns the byte ranges of `text` that no excerpt may show.
pub(super) fn secrets(text: &str, docker: &Dockerfile) -> Vec<Range<usize>> {
    let mut secrets = Vec::new();
    let mut names = Names::default();
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        in_scalar(&mut secrets, &mut names, text, start..start + line.len());
        start += line.len();
    }
    let steps = docker.stages.iter().flat_map(|stage| &stage.steps);
    let pairs = steps.flat_map(Step::pairs).chain(&docker.globals);
    for pair in pairs.filter(|pair| name::classify(&pair.name).is_some()) {
        let value = pair.value.as_ref();
        let is_shown = |raw: &str| raw.is_empty() || is_reference(raw) || says_what_it_is(raw);
        secrets.extend(
            value
                .filter(|value| !is_shown(&value.raw))
                .map(|value| value.span.clone()),
        );
    }
    secrets
}
