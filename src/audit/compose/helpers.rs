//! Images whose programs gain privileges on purpose, for other formats that run them.

use std::collections::BTreeSet;

use crate::audit::Project;

use super::Compose;
use super::built::helper_of;
use super::file::File;
use super::parts::Parts;

/// Compose files examined; no project has more of its own.
const MOST_FILES: usize = 200;

/// The images run by services of a project whose programs gain privileges, as far as their Dockerfiles show.
pub(in crate::audit) struct Helpers(BTreeSet<String>);

impl Helpers {
    /// Reads the Compose files of a project.
    pub(in crate::audit) fn of(project: &Project<'_>) -> Self {
        let mut images = BTreeSet::new();
        for source in project.claimed_by(&Compose).take(MOST_FILES) {
            let Ok(parts) = Parts::of(&source.path, &source.text, project) else {
                continue;
            };
            let Some(file) = File::recognise(&source.text, &parts, project) else {
                continue;
            };
            let gaining = file.services.iter().filter(|it| file.gains_rights(it));
            images.extend(gaining.filter_map(|it| name_of(&it.text("image")?)));
        }
        Self(images)
    }

    /// Whether programs of an image gain privileges on purpose, judged by its name or by how this project builds it.
    pub(in crate::audit) fn has(&self, image: &str) -> bool {
        helper_of(image).is_some() || name_of(image).is_some_and(|name| self.0.contains(&name))
    }
}

/// The name of an image with its owner, without the variables, the registry and the tag around it.
fn name_of(image: &str) -> Option<String> {
    let image = image.split('@').next().unwrap_or(image);
    let (before, last) = image.rsplit_once('/')?;
    let last = last.split(':').next().unwrap_or(last);
    let owner = before.rsplit('/').next().unwrap_or(before);
    let is_plain = |text: &str| {
        !text.is_empty()
            && text
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.'))
    };
    (is_plain(last) && is_plain(owner)).then(|| format!("{owner}/{last}").to_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::{helper_of, name_of};

    #[test]
    fn names_of_images_say_what_gains_privileges() {
        for (image, expected) in [
            ("jitsi/web:stable-9823", Some("s6-overlay-suexec")),
            ("ghcr.io/acme/mail:1", Some("the mail server")),
            ("quay.io/jupyter/base-notebook", Some("sudo")),
            ("nginx:1.27", None),
        ] {
            assert_eq!(helper_of(image), expected, "{image}");
        }
    }

    #[test]
    fn images_are_the_same_with_another_tag() {
        let expected = Some("shop/web".to_owned());
        assert_eq!(name_of("ghcr.io/acme/shop/web:latest"), expected);
        assert_eq!(name_of("a.example:5000/shop/web@sha256:00"), expected);
        assert_eq!(name_of("nginx:1"), None);
        assert_eq!(name_of("{{ .Values.a }}/{{ .Values.b }}"), None);
    }
}
