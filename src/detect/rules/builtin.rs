//! The rules that come with the tool, as static data written by the build script from `patterns/`.

use std::borrow::Cow;

use crate::detect::rule_file::{Allowlist, Loaded, Matcher, PartDefinition, RuleDefinition};
use crate::model::{Category, Confidence, Severity};

include!(concat!(env!("OUT_DIR"), "/builtin_rules.rs"));
