//! What a service is put together from: what each merged file states of it, and the services that it extends.

use crate::audit::yaml::{ELSEWHERE, Span, Value};

use super::parts::{Parts, Services, file_of};
use super::service::Layer;
use crate::audit::limit;
use crate::audit::project::resolve;

/// The length of a chain of extended services that no one writes.
const MAX_EXTENDS: usize = 16;

/// The layers of one service.
pub(super) struct Layers<'t> {
    /// The settings, those first that come before all others.
    pub(super) found: Vec<Layer<'t>>,
    /// Whether it also has settings that cannot be seen.
    pub(super) has_gap: bool,
    /// Whether the file under audit only adds to a service that another file of the project sets out.
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

    /// Adds what one file states of the service, and the services that it extends there.
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
            // Through a chain, the service at its start comes by everything at its own `extends`.
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

/// Returns the first of several ways by which a setting came that leads through the file under audit.
pub(super) fn first_of(ways: [Option<Span>; 3]) -> Option<Span> {
    ways.into_iter().flatten().find(|way| *way != ELSEWHERE)
}
