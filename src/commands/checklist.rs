//! `gonogo checklist`: what no file can show, for people to sign.

use super::Error;
use crate::commands::output::print;

/// What has to be asked of people, by subject.
static QUESTIONS: &[(&str, &[&str])] = &[
    (
        "Load",
        &[
            "The service was load tested with the expected number of users and met its response times.",
            "The promised availability is measured and met.",
            "Machines, databases and quotas are sized for the coming year, and the cost is known.",
        ],
    ),
    (
        "Data",
        &[
            "Backups run, are stored off-site, and were restored recently.",
            "Recovery time (RTO) and data loss (RPO) were measured in a drill and are within the agreed limits.",
            "Data is encrypted at rest: disks, databases, backups.",
            "Failover of databases, regions and networks was tested.",
        ],
    ),
    (
        "Access",
        &[
            "Credentials that were ever in a repository, a chat or a ticket have been revoked and rotated.",
            "Certificates are valid and renewed automatically.",
            "Multi-factor authentication and single sign-on work, and former members have no access.",
            "Roles follow least privilege, and this was tested.",
        ],
    ),
    (
        "Attack",
        &[
            "A penetration test was done, and its findings are fixed.",
            "DDoS protection is enabled and was tested.",
            "An external audit was done, if one is required.",
        ],
    ),
    (
        "People",
        &[
            "A person is on call, knows the runbook, and has the required access.",
            "It is known who decides in an incident and who must be notified.",
            "Users can access and delete their data, and consent is recorded.",
            "A rollback was tested in production or in an equivalent environment.",
            "All required approvals are in writing, and each remaining risk is accepted by a named person.",
        ],
    ),
];

/// Prints the list. None of it can be passed by a scan.
///
/// # Errors
///
/// Standard output failed.
pub fn run() -> Result<(), Error> {
    print(&text())
}

fn text() -> String {
    let mut text =
        "What no file can show. gonogo decides none of this: a person has to, and to sign.\n"
            .to_owned();
    for (subject, questions) in QUESTIONS {
        text += &format!("\n{subject}\n");
        for question in *questions {
            text += &format!("  [ ] {question}\n");
        }
    }
    text
}

#[cfg(test)]
mod tests {
    #[test]
    fn nothing_on_the_list_is_ticked() {
        let text = super::text();
        assert!(
            text.lines()
                .filter(|line| line.starts_with("  [ ] "))
                .count()
                > 15
        );
        assert!(!text.contains("[x]"));
    }
}
