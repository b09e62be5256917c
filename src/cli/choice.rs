//! Values of options of which there are a few.

use std::error::Error;
use std::str::FromStr;

use clap::builder::{PossibleValuesParser, TypedValueParser};

use crate::model::{Confidence, Severity};

/// One of these words; help and completions list them.
pub(super) fn one_of<T>(
    words: impl IntoIterator<Item = &'static str>,
) -> impl TypedValueParser<Value = T>
where
    T: FromStr + Clone + Send + Sync + 'static,
    T::Err: Error + Send + Sync + 'static,
{
    PossibleValuesParser::new(words).try_map(|word| word.parse::<T>())
}

/// A severity.
pub(super) fn severity() -> impl TypedValueParser<Value = Severity> {
    one_of(Severity::ALL.iter().map(|level| level.as_str()))
}

/// A confidence.
pub(super) fn confidence() -> impl TypedValueParser<Value = Confidence> {
    one_of(Confidence::ALL.iter().map(|level| level.as_str()))
}

/// From which severity on findings fail a scan.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum FailOn {
    /// From this one on.
    Severity(Severity),
    /// From none: what is found is reported, and the exit code is 0.
    Never,
}

/// The word for [`FailOn::Never`].
const NEVER: &str = "never";

/// A severity, or `never`.
pub(super) fn fail_on() -> impl TypedValueParser<Value = FailOn> {
    let severities = Severity::ALL.iter().map(|level| level.as_str());
    PossibleValuesParser::new(severities.chain([NEVER])).try_map(|word| match word.as_str() {
        NEVER => Ok(FailOn::Never),
        word => word.parse().map(FailOn::Severity),
    })
}
