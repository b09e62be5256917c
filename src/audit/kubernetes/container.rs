//! A container as it will run: with its own settings, or else those of its pod.

use crate::audit::yaml::{Span, Value};

use super::scalar::is_true;

/// The role of a container.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    /// It serves requests for as long as the pod lives.
    Service,
    /// It ends: a job, or an init container.
    Task,
}

/// One container of a pod.
pub(super) struct Container<'t> {
    pub(super) name: &'t str,
    pub(super) root: Value<'t>,
    pub(super) role: Role,
    pub(super) is_windows: bool,
    pod: Value<'t>,
}

impl<'t> Container<'t> {
    pub(super) fn new(root: Value<'t>, pod: Value<'t>, role: Role, is_windows: bool) -> Self {
        let name = root.get("name").and_then(Value::text).unwrap_or("");
        Self {
            name,
            root,
            role,
            is_windows,
            pod,
        }
    }

    /// Returns the range of its name, which every container has.
    pub(super) fn span(&self) -> Span {
        let name = self.root.entry_of("name");
        name.map_or_else(
            || self.root.span(),
            |name| {
                let key = name.key.span();
                // The value of an alias is before it in the file.
                key.start..name.value.span().end.max(key.end)
            },
        )
    }

    /// Returns whether it is part of a container that another file completes: that file may have what it lacks.
    pub(super) fn is_fragment(&self) -> bool {
        self.image().is_none()
    }

    pub(super) fn image(&self) -> Option<Value<'t>> {
        self.root
            .get("image")
            .filter(|image| image.text().is_some_and(|text| !text.is_empty()))
    }

    /// Returns a setting in its own security context.
    pub(super) fn own(&self, key: &str) -> Option<Value<'t>> {
        self.root.get("securityContext")?.get(key)
    }

    /// Returns a setting in its security context, or else in that of its pod.
    pub(super) fn effective(&self, key: &str) -> Option<Value<'t>> {
        self.own(key)
            .or_else(|| self.pod.get("securityContext")?.get(key))
    }

    /// Returns whether to report what it lacks: it is complete, and runs on Linux.
    pub(super) fn is_judged(&self) -> bool {
        !self.is_fragment() && !self.is_windows
    }

    pub(super) fn is_privileged(&self) -> bool {
        self.own("privileged").is_some_and(is_true)
    }

    /// Returns the setting that makes it a Windows container that runs as a process of its node.
    pub(super) fn host_process(&self) -> Option<Value<'t>> {
        let options = self.effective("windowsOptions")?;
        options.get("hostProcess").filter(|value| is_true(*value))
    }

    /// Returns the capabilities that it adds or drops.
    pub(super) fn capabilities(&self, verb: &str) -> Vec<Value<'t>> {
        let list = self
            .own("capabilities")
            .and_then(|capabilities| capabilities.get(verb));
        list.into_iter().flat_map(Value::items).collect()
    }

    /// Returns all its variables, with their values if those are literals.
    pub(super) fn names(&self) -> impl Iterator<Item = (&'t str, Option<Value<'t>>)> {
        let items = self.root.get("env").into_iter().flat_map(Value::items);
        items.filter_map(|item| Some((item.get("name")?.text()?, item.get("value"))))
    }

    /// Returns the variables whose values are literals.
    pub(super) fn variables(&self) -> impl Iterator<Item = (&'t str, Value<'t>)> {
        let items = self.root.get("env").into_iter().flat_map(Value::items);
        items.filter_map(|item| Some((item.get("name")?.text()?, item.get("value")?)))
    }
}
