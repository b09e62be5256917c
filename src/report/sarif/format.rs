//! The objects of SARIF 2.1.0 that reports use, named as section 3 of the specification names them.
//!
//! The crate `serde-sarif` has all of them, generated from the schema at build time: that takes longer than all report
//! formats together, and brings in a second and third version of `syn`. Properties are written in the order of their
//! names; an optional one that is `None` is left out.
//!
//! Source: <https://docs.oasis-open.org/sarif/sarif/v2.1.0/os/sarif-v2.1.0-os.html>

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::Value;

/// Defines one struct for each object.
macro_rules! objects {
    ($($(#[$doc:meta])+ $name:ident { $($field:ident: $kind:ty,)+ })+) => {$(
        $(#[$doc])+
        #[derive(Debug, Clone, Default, PartialEq, Serialize)]
        #[serde(rename_all = "camelCase")]
        #[allow(
            clippy::struct_field_names,
            reason = "the names are those of the specification"
        )]
        pub(super) struct $name {
            $(
                #[serde(skip_serializing_if = "Property::is_absent")]
                pub(super) $field: $kind,
            )+
        }
    )+};
}

/// The value of a property.
trait Property {
    /// Whether the property is left out.
    fn is_absent(&self) -> bool {
        false
    }
}

impl<T> Property for Option<T> {
    fn is_absent(&self) -> bool {
        self.is_none()
    }
}

impl<T> Property for Vec<T> {}
impl<K, V> Property for BTreeMap<K, V> {}
impl Property for String {}
impl Property for &str {}
impl Property for bool {}
impl Property for ToolComponent {}
impl Property for Message {}
impl Property for Region {}
impl Property for ArtifactContent {}
impl Property for ArtifactLocation {}

/// 3.13: the whole file.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Log {
    /// Where validators find the schema.
    #[serde(rename = "$schema")]
    pub(super) schema: &'static str,
    /// The runs, each with its category.
    pub(super) runs: Vec<Run>,
    /// The version of the specification.
    pub(super) version: &'static str,
}

objects! {
    /// 3.14: one run of a tool.
    Run {
        automation_details: Option<RunAutomationDetails>,
        column_kind: &'static str,
        invocations: Vec<Invocation>,
        original_uri_base_ids: BTreeMap<&'static str, ArtifactLocation>,
        results: Vec<Finding>,
        tool: Option<Tool>,
        version_control_provenance: Option<Vec<VersionControlDetails>>,
    }

    /// 3.23: the repository that was scanned.
    VersionControlDetails {
        branch: Option<String>,
        mapped_to: Option<ArtifactLocation>,
        repository_uri: String,
        revision_id: Option<String>,
    }

    /// 3.17: the category that tells runs of one kind from another.
    RunAutomationDetails {
        id: String,
    }

    /// 3.18: the tool of a run.
    Tool {
        driver: ToolComponent,
    }

    /// 3.19: the program, with what it can report.
    ToolComponent {
        information_uri: Option<&'static str>,
        name: &'static str,
        notifications: Vec<ReportingDescriptor>,
        rules: Vec<ReportingDescriptor>,
        semantic_version: &'static str,
        version: &'static str,
    }

    /// 3.20: how a run went.
    Invocation {
        execution_successful: bool,
        tool_execution_notifications: Vec<Notification>,
    }

    /// 3.58: a condition of the run that is not a finding.
    Notification {
        descriptor: Option<ReportingDescriptorReference>,
        level: &'static str,
        message: Message,
    }

    /// 3.52: the descriptor that a notification refers to.
    ReportingDescriptorReference {
        id: String,
    }

    /// 3.49: what a viewer shows about a rule or notification.
    ReportingDescriptor {
        default_configuration: Option<ReportingConfiguration>,
        full_description: Option<MultiformatMessageString>,
        help: Option<MultiformatMessageString>,
        help_uri: Option<String>,
        id: String,
        name: String,
        properties: Option<PropertyBag>,
        short_description: Option<MultiformatMessageString>,
    }

    /// 3.50: the level of a rule's results.
    ReportingConfiguration {
        level: &'static str,
    }

    /// 3.12: a text, with another form for viewers that render Markdown.
    MultiformatMessageString {
        markdown: Option<String>,
        text: String,
    }

    /// 3.27: a result, which here is always a finding.
    Finding {
        baseline_state: Option<&'static str>,
        fixes: Option<Vec<Fix>>,
        level: &'static str,
        locations: Vec<Location>,
        message: Message,
        partial_fingerprints: BTreeMap<&'static str, String>,
        properties: Option<PropertyBag>,
        related_locations: Option<Vec<Location>>,
        rule_id: String,
        rule_index: Option<usize>,
        suppressions: Option<Vec<Suppression>>,
    }

    /// 3.35: the fact that a result was accepted, and why.
    Suppression {
        justification: String,
        kind: &'static str,
    }

    /// 3.11: a text without placeholders.
    Message {
        text: String,
    }

    /// 3.28: a place, with a number when a message links it.
    Location {
        id: Option<usize>,
        logical_locations: Option<Vec<LogicalLocation>>,
        message: Option<Message>,
        physical_location: Option<PhysicalLocation>,
    }

    /// 3.29: a region of a file.
    PhysicalLocation {
        artifact_location: ArtifactLocation,
        context_region: Option<Region>,
        region: Region,
    }

    /// 3.4: a file, or the root that files are relative to.
    ArtifactLocation {
        description: Option<Message>,
        uri: Option<String>,
        uri_base_id: Option<&'static str>,
    }

    /// 3.30: lines and columns from 1, the end after the last one; or bytes from 0.
    Region {
        byte_length: Option<usize>,
        byte_offset: Option<usize>,
        end_column: Option<u32>,
        end_line: Option<u32>,
        snippet: Option<ArtifactContent>,
        start_column: Option<u32>,
        start_line: Option<u32>,
    }

    /// 3.3: a piece of text of a file.
    ArtifactContent {
        text: String,
    }

    /// 3.33: a place that is not a file of the checkout.
    LogicalLocation {
        fully_qualified_name: Option<String>,
        kind: &'static str,
        name: String,
    }

    /// 3.55: a change that fixes a result.
    Fix {
        artifact_changes: Vec<ArtifactChange>,
        description: Message,
    }

    /// 3.56: the changes of one file.
    ArtifactChange {
        artifact_location: ArtifactLocation,
        replacements: Vec<Replacement>,
    }

    /// 3.57: one region, and what replaces it.
    Replacement {
        deleted_region: Region,
        inserted_content: ArtifactContent,
    }
}

/// 3.8: what SARIF has no property for.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub(super) struct PropertyBag {
    /// Words that viewers filter by.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) tags: Option<Vec<String>>,
    /// Everything else.
    #[serde(flatten)]
    pub(super) other: BTreeMap<&'static str, Value>,
}

impl From<String> for Message {
    fn from(text: String) -> Self {
        Self { text }
    }
}

impl From<String> for MultiformatMessageString {
    fn from(text: String) -> Self {
        Self {
            markdown: None,
            text,
        }
    }
}
