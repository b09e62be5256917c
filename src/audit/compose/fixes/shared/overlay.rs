//! Files that only change services of another one.

use crate::audit::compose::file::File;
use crate::audit::yaml;

use super::super::{siblings, written_here};

/// Names under which compose finds the file that others are laid over.
const BELOW: [&str; 4] = [
    "compose.yaml",
    "compose.yml",
    "docker-compose.yaml",
    "docker-compose.yml",
];
/// More settings than these are a service of its own.
const FEW: usize = 2;
/// Larger files were written by no person.
const MAX_BYTES: usize = 256 << 10;

/// Whether all services of a file are those of the usual file beside it, and have a setting or two that differ: `-f
/// compose.yaml -f compose.full.yaml`.
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
