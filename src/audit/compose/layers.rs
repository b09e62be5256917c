//! The layers of a service: what each merged file says about it, and the services that it extends.

use crate::audit::yaml::{ELSEWHERE, Span, Value};

use super::parts::{Parts, Services, file_of};
use super::service::Layer;
use crate::audit::limit;
use crate::audit::project::resolve;

/// Extended services followed in a chain; people write fewer.
const MAX_EXTENDS: usize = 16;

/// The layers of one service.
pub(super) struct Layers<'t> {
    /// The settings, in order of precedence.
    pub(super) found: Vec<Layer<'t>>,
    /// Whether some of its settings cannot be read.
    pub(super) has_gap: bool,
    /// Whether the audited file only adds to a service that another file of the project defines.
    pub(super) is_overlay: bool,
}

impl<'t> Layers<'t> {
    /// Returns the layers of the service of that name.
    pub(super) fn of(name: &'t str, parts: &'t Parts, services: &Services<'t>) -> Self {
        let mut layers = Self {
            found: Vec::new(),
            has_gap: false,
            is_overlay: false,
        };
        let (own, merged): (_, Vec<_>) = {
            let at = parts.stack.iter().position(|file| *file == parts.path);
            (at.unwrap_or(0), parts.stack.iter().enumerate().collect())
        };
        for (at, file) in merged.into_iter().rev() {
            layers.has_gap |= parts.tree(file).is_none();
            for settings in services.all(file, name).iter().rev() {
                if settings.tag() == Some("reset") {
                    return layers;
                }
                layers.is_overlay |= at < own;
                layers.add(*settings, name, file, services);
                if settings.tag() == Some("override") {
                    return layers;
                }
            }
        }
        layers
    }

    /// Adds what one file says about the service, and the services that it extends there.
    fn add(&mut self, settings: Value<'t>, name: &'t str, file: &str, services: &Services<'t>) {
        let mut seen = vec![(file.to_owned(), name)];
        let mut way = settings.via();
        let mut current = settings;
        self.found.push(Layer {
            settings,
            via: way.clone(),
        });
        while let Some(extends) = current.get("extends") {
            let Some((file, base)) = target(extends, &seen[seen.len() - 1].0) else {
                self.has_gap = true;
                return;
            };
            let Some(settings) = services.get(&file, base) else {
                self.has_gap = true;
                return;
            };
            if seen.iter().any(|known| *known == (file.clone(), base)) {
                return;
            }
            if seen.len() > MAX_EXTENDS {
                limit::reached(format!(
                    "a chain of more than {MAX_EXTENDS} extended services"
                ));
                self.has_gap = true;
                return;
            }
            seen.push((file, base));
            // Along a chain, everything reaches the service through the first `extends`.
            way = way.or_else(|| Some(extends.span()));
            self.found.push(Layer {
                settings,
                via: way.clone().filter(|way| *way != ELSEWHERE),
            });
            current = settings;
        }
    }
}

/// The file and the service that an `extends` in `file` names.
fn target<'t>(extends: Value<'t>, file: &str) -> Option<(String, &'t str)> {
    let base = extends.text().or_else(|| extends.get("service")?.text())?;
    match extends.get("file") {
        None => Some((file.to_owned(), base)),
        Some(_) => Some((resolve(file, &file_of(extends)?)?, base)),
    }
}

/// Returns the first of several ways to a setting that leads through the audited file.
pub(super) fn first_of(ways: [Option<Span>; 3]) -> Option<Span> {
    ways.into_iter().flatten().find(|way| *way != ELSEWHERE)
}
