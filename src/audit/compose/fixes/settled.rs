//! Decisions already made for a service, which a fix should not override.

use crate::audit::compose::file::File;
use crate::audit::compose::service::Service;

use super::needs::RIGHTS;

/// Capabilities that programs which are no root have from their files, as browsers and office servers do: without new
/// privileges they do not get them.
const OF_FILES: [&str; 3] = ["SYS_ADMIN", "SYS_CHROOT", "ALL"];

/// Whether a service is left without a setting: it belongs to another file, is in a comment, or would stop what the service
/// runs.
pub(super) fn is_settled(file: &File, service: &Service, key: &str) -> bool {
    let keeps_rights = || service.is_privileged() || has_capabilities_of_files(service);
    extends_another_file(service)
        || key == RIGHTS && keeps_rights()
        || has_in_comment(file, service, key)
}

/// Whether a service has another file's service under it: what all who extend that lack belongs there.
fn extends_another_file(service: &Service) -> bool {
    let mut settings = service.layers.iter().map(|layer| layer.settings);
    settings.any(|settings| {
        let extends = settings.get("extends");
        extends.is_some_and(|extends| extends.get("file").is_some())
    })
}

/// Whether a service has a setting in a comment, so that someone knows it and left it out, or is to put it in by taking
/// the comment away: `# security_opt: ["label:disable"]`.
fn has_in_comment(file: &File, service: &Service, key: &str) -> bool {
    let start = service.key.span().start;
    let column = file.editor.column_of(start).unwrap_or_default();
    let rest = file.text.get(start..).unwrap_or_default();
    let within = rest.lines().skip(1).take_while(|line| {
        let own = line.trim_start();
        let depth = line.len() - own.len();
        own.is_empty() || own.starts_with('#') || depth > column
    });
    within
        .filter_map(|line| line.trim_start().strip_prefix('#'))
        .any(|remark| {
            let behind = remark.trim_start().strip_prefix(key);
            behind.is_some_and(|behind| behind.starts_with(':'))
        })
}

/// Whether the program of a service needs what files give it: it is no root and was given capabilities, or those that
/// only such programs are given.
fn has_capabilities_of_files(service: &Service) -> bool {
    let added = service.items("cap_add");
    let user = service.text("user").unwrap_or_default();
    let id = user.split(':').next().unwrap_or_default();
    let is_other = !matches!(id, "" | "0" | "root");
    let is_of_files = |name: &str| {
        let name = name.trim().trim_start_matches("CAP_").to_ascii_uppercase();
        OF_FILES.contains(&name.as_str())
    };
    let mut names = added.iter().filter_map(|item| item.value.text());
    is_other && !added.is_empty() || names.any(is_of_files)
}
