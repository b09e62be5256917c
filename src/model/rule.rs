//! What is known about a rule apart from how it matches: its name, its severity, its explanation.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use serde::{Serialize, Serializer};

use super::{Confidence, Severity, Version};

/// The name of a rule, `family/name` in lower-case words joined by hyphens: `aws/access-key-id`, `compose/privileged`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RuleId(Arc<str>);

impl RuleId {
    /// Wraps an id that was checked when its rule was loaded.
    pub fn new(id: &str) -> Self {
        Self(id.into())
    }

    /// Returns the id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns the part before the slash, which groups rules: `compose` in `compose/privileged`.
    pub fn family(&self) -> &str {
        self.0.split('/').next().unwrap_or(&self.0)
    }

    /// Returns whether the rule is about keys that everyone generates without asking a vendor, tests as well as wallets: a
    /// checksum of theirs shows that they are whole, and not that they are in use.
    pub fn is_self_made(&self) -> bool {
        is_self_made(self.family())
    }
}

/// Whether rules of a family are about keys that everyone generates: see [`RuleId::is_self_made`].
pub fn is_self_made(family: &str) -> bool {
    #[rustfmt::skip]
    const FAMILIES: &[&str] = &[
        "private-key", "putty", "ssh-com", "jwk", "paseto", "age", "minisign", "signify", "sigstore", "wireguard", "nats",
        "nostr", "bitcoin", "ethereum", "wallet", "tezos", "stellar", "dnssec", "i2p", "web-push", "xrdp",
    ];
    FAMILIES.contains(&family)
}

impl fmt::Display for RuleId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl Serialize for RuleId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

/// What a rule looks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Category {
    /// A credential.
    Secret,
    /// A value that was meant to be replaced before shipping.
    Placeholder,
    /// A setting of a container, service or pipeline.
    Configuration,
}

/// A rule as reports and `gonogo rules` show it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rule {
    /// Its unique name.
    pub id: RuleId,
    /// What it looks for.
    pub category: Category,
    /// A few words that name the finding: "AWS access key id".
    pub title: Cow<'static, str>,
    /// One or two sentences: what it is and why it matters.
    pub description: Cow<'static, str>,
    /// One or two sentences: what to do about it.
    pub remedy: Cow<'static, str>,
    /// The severity of a finding, unless the finding sets another.
    pub severity: Severity,
    /// The confidence of a finding, unless the finding sets another.
    pub confidence: Confidence,
    /// URLs of the vendor's or the standard's own words.
    pub references: Vec<Cow<'static, str>>,
    /// Words to filter by, among them `CWE-…` numbers.
    pub tags: Vec<Cow<'static, str>>,
    /// The version that brought it; none if its file does not say.
    pub since: Option<Version>,
}
