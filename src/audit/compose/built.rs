//! The images that services run, as far as their Dockerfiles or names show.

use std::collections::BTreeMap;

use crate::audit::dockerfile::image::{self, Image};
use crate::audit::limit;
use crate::audit::project::resolve;
use crate::audit::yaml::Value;
use crate::lexicon::path::has_word;

use super::file::File;
use super::image as names;
use super::interpolation::{is_unknown, with_defaults};
use super::service::Service;

/// Dockerfiles and images examined for one Compose file. People write a handful.
const MAX_DOCKERFILES: usize = 1_000;

/// A Dockerfile and the stage of it to build.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Recipe {
    path: String,
    target: Option<String>,
}

/// Programs that gain privileges: `sudo`, mail servers that deliver as other users, and tools that open raw sockets.
const HELPERS: &[&str] = &[
    "sudo",
    "sudoers",
    "exim4",
    "exim4-daemon-light",
    "postfix",
    "opensmtpd",
    "fping",
];
/// Words in the names of images that have such programs: mail servers, monitoring with plugins that belong to root,
/// desktops and notebooks whose start scripts use `sudo`, and engines that run containers without root.
#[rustfmt::skip]
const WITH_HELPERS: &[&str] = &[
    "exim", "exim4", "postfix", "sendmail", "qmail", "opensmtpd", "smtp", "mail", "mailserver", "dovecot", "poste",
    "netdata", "nagios", "icinga2", "smokeping", "zabbix", "jitsi",
    "jupyter", "selenium", "seleniarm", "openvscode", "rootless",
];

/// The program of an image that gains privileges, if its name says that it has one.
pub(super) fn helper_of(image: &str) -> Option<&'static str> {
    let name = image.split('@').next().unwrap_or(image);
    let name = match name.split_once('/') {
        Some((host, rest)) if host.contains(['.', ':']) => rest,
        _ => name,
    };
    if name.contains("code-server") {
        return Some("sudo");
    }
    let (short, tag) = name
        .rsplit('/')
        .next()?
        .split_once(':')
        .unwrap_or((name, ""));
    let short = short.rsplit('/').next().unwrap_or(short);
    // Containers that an engine starts inherit the setting.
    if names::is_engine(short) || short == "docker" && has_word(tag, |word| word == "dind") {
        return Some("sudo in the containers that it starts");
    }
    // Their programs have file capabilities, and gain them when they no longer run as root.
    if matches!(short, "vault" | "openbao" | "pihole") {
        return Some("its program");
    }
    // The earliest entry of the list that is a word of the name.
    let words = name.split(|c: char| !c.is_alphanumeric());
    let known = words.filter_map(|word| {
        let mut known = WITH_HELPERS.iter();
        known.position(|it| word.eq_ignore_ascii_case(it))
    });
    Some(match WITH_HELPERS[known.min()?] {
        "smtp" | "mail" | "mailserver" | "poste" => "the mail server",
        "jupyter" | "selenium" | "seleniarm" | "openvscode" => "sudo",
        "nagios" | "icinga2" | "smokeping" | "zabbix" => "the plugin for ping",
        "rootless" => "newuidmap",
        // Its programs are started by s6-overlay as another user than root.
        "jitsi" => "s6-overlay-suexec",
        program => program,
    })
}

/// What is known so far of the images that are built.
pub(super) type Known = BTreeMap<(String, Option<String>), Option<Image>>;

impl File<'_> {
    /// Returns what is known of the image that a service runs.
    pub(super) fn image_of(&self, service: &Service) -> Option<Image> {
        let Some(build) = service.at(&["build"]) else {
            let name = service.text("image")?;
            let is_name = !is_unknown(&name) && !name.contains(char::is_whitespace);
            return is_name.then(|| self.named(&name)).flatten();
        };
        let target = service
            .at(&["build", "target"])
            .and_then(|target| target.text());
        let inline = service.at(&["build", "dockerfile_inline"]);
        if let Some(text) = inline.as_ref().and_then(|inline| inline.value.text()) {
            return image::of(text, target.as_deref());
        }
        // Paths in another file are relative to that file.
        if build.value.is_elsewhere() {
            return None;
        }
        let recipe = Recipe {
            path: self.dockerfile(build.value)?,
            target,
        };
        let key = (recipe.path.clone(), recipe.target.clone());
        let mut known = self.images.borrow_mut();
        if known.len() >= MAX_DOCKERFILES && !known.contains_key(&key) {
            limit::reached(format!(
                "more than {MAX_DOCKERFILES} Dockerfiles and images"
            ));
            return None;
        }
        known
            .entry(key)
            .or_insert_with(|| self.read(&recipe))
            .clone()
    }

    /// Whether processes of a service gain privileges on purpose, through `sudo` or setuid helpers: its image is built
    /// here with such programs, or is known to have them.
    pub(super) fn gains_rights(&self, service: &Service) -> bool {
        self.helper(service).is_some()
    }

    /// The program that gains privileges in a service, worded for a comment.
    pub(super) fn helper(&self, service: &Service) -> Option<&'static str> {
        let image = service.text("image").unwrap_or_default();
        let of_image = helper_of(&image);
        of_image.or_else(|| self.word_of_build(service, HELPERS))
    }

    /// Whether the image of a service is built here and sets file capabilities on a program.
    pub(super) fn uses_setcap(&self, service: &Service) -> bool {
        self.word_of_build(service, &["setcap"]).is_some()
    }

    /// The first of these words in the Dockerfile of a service that is built here.
    fn word_of_build(&self, service: &Service, wanted: &[&'static str]) -> Option<&'static str> {
        let build = service.at(&["build"]);
        let own = build.filter(|build| !build.value.is_elsewhere());
        let text = own.and_then(|build| self.project.read_text(&self.dockerfile(build.value)?));
        let text = text?;
        let mut words = text.split(|c: char| !c.is_ascii_alphanumeric() && c != '-');
        words.find_map(|word| wanted.iter().find(|it| **it == word).copied())
    }

    /// What is known of an image from its name, as if a Dockerfile built on it and added nothing.
    fn named(&self, name: &str) -> Option<Image> {
        let text = format!("FROM {name}\n");
        let key = (text.clone(), None);
        if let Some(known) = self.images.borrow().get(&key) {
            return known.clone();
        }
        let image = image::of(&text, None);
        let mut known = self.images.borrow_mut();
        if known.len() < MAX_DOCKERFILES {
            known.insert(key, image.clone());
        }
        image
    }

    /// The path of the Dockerfile that `build` names.
    fn dockerfile(&self, build: Value) -> Option<String> {
        let text = |key: &str| build.get(key).and_then(Value::text).map(with_defaults);
        let context = build.text().map(with_defaults).or_else(|| text("context"));
        let name = text("dockerfile").unwrap_or_else(|| "Dockerfile".to_owned());
        let inside = format!("{}/{name}", context.as_deref().unwrap_or("."));
        let is_known = !is_unknown(&inside) && !name.starts_with('/');
        is_known
            .then(|| resolve(&self.parts.path, &inside))
            .flatten()
    }

    fn read(&self, recipe: &Recipe) -> Option<Image> {
        let text = self.project.read_text(&recipe.path)?;
        image::of(&text, recipe.target.as_deref())
    }
}
