//! What one file itself says about a service, whatever other files change.

use crate::audit::yaml::{Span, Value};

use super::interpolation::{self, Supply};
use super::service::{Layer, Service, Variable, variables};

impl<'t> Service<'t> {
    /// Returns the variables written in this file, including values that another file replaces.
    pub(super) fn own_variables(&self, key: &str) -> Vec<Variable<'t>> {
        variables(self.own_layers(), &[key])
    }

    /// Returns the build arguments written in this file.
    pub(super) fn own_build_arguments(&self) -> Vec<Variable<'t>> {
        variables(self.own_layers(), &["build", "args"])
    }

    /// Returns the names of build arguments whose values come from the environment, each with its place and the way to
    /// it.
    pub(super) fn own_passed_arguments(&self) -> Vec<(String, Span, Option<Span>)> {
        let mut passed = Vec::new();
        for argument in self.own_build_arguments() {
            let is_variable = interpolation::supply(argument.written.trim()) == Supply::Environment;
            let is_empty = matches!(interpolation::supply(argument.written.trim()),
                Supply::Default { literal, .. } if literal.is_empty());
            if is_variable || is_empty {
                passed.push((argument.name, argument.scalar.span(), argument.via));
            }
        }
        for layer in self.own_layers() {
            let arguments = layer.get("build").and_then(|(build, _)| build.get("args"));
            let Some(arguments) = arguments else { continue };
            let bare = arguments.items().filter_map(|item| {
                let name = item.text().filter(|text| !text.contains('='))?;
                Some((name.trim().to_owned(), item.span(), layer.via.clone()))
            });
            let null = arguments.entries().filter(|entry| entry.value.is_null());
            let null = null.filter_map(|entry| {
                let name = entry.key.text()?.to_owned();
                Some((name, entry.key.span(), layer.via.clone()))
            });
            passed.extend(bare.chain(null));
        }
        passed
    }

    /// Returns the labels written in this file for containers, the service and the image.
    pub(super) fn own_labels(&self) -> Vec<Variable<'t>> {
        let paths: [&[&str]; 3] = [&["labels"], &["deploy", "labels"], &["build", "labels"]];
        let labels = paths.iter().map(|path| variables(self.own_layers(), path));
        labels.flatten().collect()
    }

    /// Everything that this file makes the service run: on start, as a health check, as a hook.
    pub(super) fn own_commands(&self) -> Vec<(Value<'t>, Option<Span>)> {
        let mut commands = Vec::new();
        for layer in self.own_layers() {
            for key in ["command", "entrypoint"] {
                commands.extend(layer.get(key));
            }
            let check = layer.get("healthcheck");
            commands.extend(check.and_then(|(check, via)| Some((check.get("test")?, via))));
            for hook in ["post_start", "pre_stop"] {
                let Some((hooks, via)) = layer.get(hook) else {
                    continue;
                };
                let run = hooks.items().filter_map(|hook| hook.get("command"));
                commands.extend(run.map(|command| (command, via.clone())));
            }
        }
        commands
    }

    fn own_layers(&self) -> impl Iterator<Item = &Layer<'t>> {
        let layers = self.layers.iter();
        layers.filter(|layer| !layer.settings.is_elsewhere())
    }
}
