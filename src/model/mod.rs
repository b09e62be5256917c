//! The nouns that every room shares.
//!
//! Nothing here reads input, matches, parses arguments or prints. A type lives in `model` when two rooms that must not
//! know each other (say `detect` and `report`) have to talk about the same thing.

mod blob;
mod comment;
mod coverage;
mod day;
mod doubtful;
mod finding;
mod fingerprint;
mod fix;
mod gap;
mod hex;
mod location;
mod outline;
mod part;
mod provenance;
mod released;
mod rule;
mod secret;
mod severity;
mod site;
pub(crate) mod steps;
mod suppression;
mod version;

pub use blob::{Blob, Inherited, ObjectId, Origin};
pub use comment::comments_in;
pub use coverage::{Allowed, Coverage, Verdict};
pub use day::day;
pub use doubtful::Doubtful;
pub use finding::{
    CommitSummary, Evidence, Excerpt, Fact, Finding, History, NewRule, Presence, Proof, Related,
    Remedy, Weighed,
};
pub use fingerprint::{Fingerprint, GROUP_BYTES, NoFingerprint};
pub use fix::{Edit, Fix, apply, compatible};
pub use gap::{Gap, GapKind};
pub use location::{LineIndex, Location, Position, Region, is_within};
pub use outline::Outline;
pub use part::{MEMBER, Part, Places, member_of, unpacked_name};
pub use provenance::Provenance;
pub use released::{current as current_version, since as rule_since};
pub use rule::{Category, Rule, RuleId, is_self_made};
pub use secret::{MASK, Secret};
pub use severity::{Confidence, Severity, UnknownLevel};
pub use site::Site;
pub use suppression::{Suppression, SuppressionKind};
pub use version::{NoVersion, Version};
