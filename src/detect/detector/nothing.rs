//! Assignments that are none: what is written around them shows that the value is not given to the name.

use std::ops::Range;

use crate::detect::assignment::{Assignment, Syntax};
use crate::detect::beside::{encrypts, is_in_map_of_names, names_target};
use crate::detect::classify::fallback;
use crate::detect::comment::{is_looked_for, is_within_reference};
use crate::detect::protection::protects_document;
use crate::lexicon::name;

/// Whether what `rule` has found is nothing: a reference, a name of an entry or a column, or what opens nothing.
pub(super) fn is_nothing(bytes: &[u8], found: &Assignment, rule: &str) -> bool {
    let is_placeholder = rule.starts_with("placeholder/");
    is_within_reference(bytes, found.name.start)
        || is_placeholder && is_looked_for(bytes, found.name.start)
        || names_key_of_secret(bytes, found)
        || is_key_of_table(bytes, &found.name)
        || protects_document(bytes, &found.name, &found.value)
        || fallback::is_of_others(bytes, (&found.name, &found.value), rule)
}

/// Whether a value is the name of a Secret's key, in a map of such names.
fn names_key_of_secret(bytes: &[u8], found: &Assignment) -> bool {
    let is_named = matches!(found.syntax, Syntax::Bare | Syntax::Quoted)
        && bytes.get(found.name.end..).is_some_and(|behind| {
            let behind = behind.strip_prefix(b"\"").unwrap_or(behind);
            behind.starts_with(b":")
        })
        && (is_in_map_of_names(bytes, found.name.start)
            || names_target(bytes, &bytes[found.name.clone()], &found.value));
    is_named
        && std::str::from_utf8(&bytes[found.value.clone()])
            .is_ok_and(|value| !crate::lexicon::value::is_random(value))
}

/// Whether a primary key is that of a table, rather than one that encrypts something.
fn is_key_of_table(bytes: &[u8], name: &Range<usize>) -> bool {
    let own = std::str::from_utf8(&bytes[name.clone()]).unwrap_or_default();
    name::is_primary_key(own) && name::classify(own).is_none() && !encrypts(bytes, name)
}
