//! Files that change services of another one, or have blocks like those of another one.

use crate::audit::compose::file::{File, is_for_development};
use crate::audit::yaml;

use super::super::blocks::NAMES;
use super::super::{siblings, written_here};
use super::ENOUGH;

/// Default names of the files that overlays are merged onto.
const BELOW: [&str; 4] = [
    "compose.yaml",
    "compose.yml",
    "docker-compose.yaml",
    "docker-compose.yml",
];
/// A service with more settings than this is one of its own.
const FEW: usize = 2;
/// Larger files are not written by hand.
const MAX_BYTES: usize = 256 << 10;

/// Whether a file only changes a few settings of services that the default file beside it defines, as with
/// `-f compose.yaml -f compose.full.yaml`.
pub(super) fn is_laid_over(file: &File) -> bool {
    let few: Option<Vec<(&str, usize)>> = file
        .services
        .iter()
        .map(|service| {
            let count = written_here(service)?.entries().count();
            (count <= FEW).then_some((service.name, count))
        })
        .collect();
    let Some(few) = few.filter(|few| !few.is_empty()) else {
        return false;
    };
    let texts = siblings(file).filter(|path| {
        let name = path.rsplit('/').next().unwrap_or(path);
        BELOW.contains(&name)
    });
    let mut texts = texts.filter_map(|path| file.project.read_text(&path));
    texts.any(|text| {
        let tree = (text.len() <= MAX_BYTES).then(|| yaml::parse(&text));
        let Some(Ok(tree)) = tree else {
            return false;
        };
        let mut roots = tree.documents();
        let services = roots.find_map(|root| root.get("services"));
        services.is_some_and(|services| {
            let mut all = few.iter();
            all.all(|(name, count)| {
                let below = services.get(name);
                below.is_some_and(|below| below.entries().count() > *count)
            })
        })
    })
}

/// Whether the Compose file at `path` has a new block for shared settings, or gets one: enough services, none with the
/// settings of such a block.
pub(super) fn shares_settings(file: &File, path: &str) -> bool {
    let Some(text) = file.project.read_text(path) else {
        return false;
    };
    let has_block = NAMES
        .iter()
        .any(|(name, anchor)| text.contains(&format!("{name}: &{anchor}")));
    let services = text.lines().filter(|line| {
        let line = line.trim_start();
        line.starts_with("image:") || line.starts_with("build:")
    });
    let lacks = !text.contains("no-new-privileges") && !text.contains("logging:");
    let is_alike =
        is_for_development(path, file.policy) == is_for_development(&file.parts.path, file.policy);
    is_alike && (has_block || lacks && services.count() >= ENOUGH)
}
