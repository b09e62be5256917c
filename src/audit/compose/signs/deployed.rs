//! What shows that a Compose file is deployed.

use crate::audit::compose::file::File;
use crate::audit::compose::interpolation::with_defaults;
use crate::audit::compose::service::Service;
use crate::audit::environment::{Runs, runs};
use crate::audit::yaml::ELSEWHERE;
use crate::lexicon::path::is_called_deployed;

use super::Found;
use super::kinds;

/// Signs that count whatever else the file shows.
pub(super) fn certain(path: &str, file: &File, programs: &[&Service]) -> Option<Found> {
    if is_called_deployed(path) {
        return Some(("its path says so".to_owned(), ELSEWHERE));
    }
    let set = programs.iter().find_map(|it| says(it, Runs::Production));
    set.or_else(|| certificates(file.text))
}

/// The variable of a service that sets its environment to the wanted one.
pub(super) fn says(service: &Service, wanted: Runs) -> Option<Found> {
    let variables = service.variables("environment");
    variables.iter().find_map(|it| {
        let value = with_defaults(&it.value);
        (runs(&it.name, &value) == Some(wanted))
            .then(|| (format!("`{}` is `{value}`", it.name), it.scalar.span()))
    })
}

/// Anything that requests certificates for public host names.
fn certificates(text: &str) -> Option<Found> {
    let words = ["letsencrypt", "certresolver", "certbot", "acme.sh"];
    let at = words.iter().filter_map(|word| text.find(word)).min()?;
    Some(("it requests certificates".to_owned(), at..at))
}

/// A program whose image is pulled rather than built, and that restarts with the machine.
pub(super) fn published(programs: &[&Service]) -> Option<Found> {
    programs.iter().find_map(|service| {
        let image = service.text("image")?;
        let is_had = service.setting("build").is_none() || image.contains('/');
        (is_had && is_kept_running(service)).then(|| {
            let says = format!("service `{}` restarts with the machine", service.name);
            (says, service.key.span())
        })
    })
}

/// Whether a program starts with the machine, and whether the stores beside it do, too. A deployment may consist of
/// stores alone.
pub(super) fn kept(file: &File, programs: &[&Service]) -> (bool, bool) {
    if programs.is_empty() {
        let is_kept = file.services.iter().any(is_kept_running);
        return (is_kept, is_kept);
    }
    let is_kept = programs.iter().any(|it| is_kept_running(it));
    let mut stores = file.services.iter().filter(|it| kinds::is_store(it));
    // A program that restarts only until its store is up is started by hand.
    (is_kept, is_kept && stores.all(is_kept_running))
}

fn is_kept_running(service: &Service) -> bool {
    let restart = service.text("restart");
    restart.is_some_and(|it| matches!(it.trim(), "always" | "unless-stopped"))
        || service
            .setting("deploy")
            .is_some_and(|it| it.part("replicas").is_some())
}
