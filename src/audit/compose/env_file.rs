//! The files that give variables to a service: `env_file` in its three forms.

use rustc_hash::FxHashSet;

use crate::audit::Project;
use crate::audit::limit;
use crate::audit::project::resolve;
use crate::audit::yaml::{Span, Value};

use super::dotenv;
use super::interpolation::{Variables, is_unknown, with_defaults};
use super::service::Service;

/// Limits per Compose file, summed over its services: env files read, and their bytes.
const MAX_FILES: usize = 1_000;
const MAX_BYTES: usize = 4 << 20;

/// Variables that a service gets from env files. The files are read only for what they set; problems in them are
/// reported where they are audited.
#[derive(Default)]
pub(super) struct EnvFiles {
    pub(super) given: Vec<Given>,
    /// Whether there may be more variables that are not known here.
    pub(super) is_partial: bool,
}

/// A variable from an env file.
pub(super) struct Given {
    pub(super) name: String,
    pub(super) value: String,
    /// Where the Compose file names the env file.
    pub(super) span: Span,
}

/// An env file that a service names.
pub(super) struct Named<'t> {
    /// The path, with known variables replaced; never empty, and free of unknown variables.
    pub(super) path: String,
    /// Where it is named.
    pub(super) value: Value<'t>,
    /// Whether Compose continues if the file is missing.
    pub(super) is_optional: bool,
}

/// Returns the files that an `env_file` names: one name, a list of names, or a list of mappings.
pub(super) fn named(files: Value<'_>) -> Vec<Named<'_>> {
    let alone = files.text().is_some() || files.is_mapping();
    let entries = alone.then_some(files).into_iter().chain(files.items());
    entries
        .filter_map(|entry| {
            let value = if entry.is_mapping() {
                entry.get("path")?
            } else {
                entry
            };
            let path = with_defaults(value.text()?);
            let required = entry.get("required").and_then(Value::text);
            (!path.is_empty() && !is_unknown(&path)).then(|| Named {
                path,
                value,
                is_optional: required == Some("false"),
            })
        })
        .collect()
}

/// Reads the env files of each service. Variables of its own take precedence.
pub(super) fn read(services: &mut [Service], base: &str, known: &Variables, project: &Project) {
    let (mut left, mut files_left) = (MAX_BYTES, MAX_FILES);
    for service in services {
        let mut given = Vec::new();
        let layers = service.layers.iter();
        for files in layers.filter_map(|layer| layer.settings.get("env_file")) {
            let count = files.size().max(1);
            let named = named(files);
            service.env_files.is_partial |= named.len() < count;
            for named in named {
                let file = resolve(base, &named.path);
                let text = file.and_then(|file| project.read(&file));
                let Some(text) = text else {
                    service.env_files.is_partial = true;
                    continue;
                };
                if files_left == 0 || text.len() > left {
                    limit::reached(format!(
                        "more than {MAX_FILES} env files, or {} MiB of them",
                        MAX_BYTES >> 20
                    ));
                    service.env_files.is_partial = true;
                    continue;
                }
                left -= text.len();
                files_left -= 1;
                let text = String::from_utf8_lossy(&text);
                let variables = dotenv::read(&text, known).into_iter();
                given.extend(variables.map(|(name, value)| Given {
                    name,
                    value,
                    span: named.value.span(),
                }));
            }
        }
        if !given.is_empty() {
            let own = service.variables("environment").into_iter();
            let own: FxHashSet<String> = own.map(|variable| variable.name).collect();
            given.retain(|given| !own.contains(&given.name));
        }
        service.env_files.given = given;
    }
}
