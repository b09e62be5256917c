//! `gonogo checklist`: what no file can show, for people to sign.

use super::Error;
use crate::commands::output::print;

/// What has to be asked of people, by subject.
static QUESTIONS: &[(&str, &[&str])] = &[
    (
        "Load",
        &[
            "The service was tried with as many users as are expected, and answered in time.",
            "The figures for availability that were promised are measured, and met.",
            "Machines, databases and their limits are sized for the coming year, and the cost is known.",
        ],
    ),
    (
        "Data",
        &[
            "Backups run, arrive elsewhere, and were restored not long ago.",
            "The time to recover and the data that may be lost were measured in a drill, and are within what was agreed.",
            "Data is encrypted where it is stored: disks, databases, backups.",
            "Failover of databases, regions and networks was tried.",
        ],
    ),
    (
        "Access",
        &[
            "Credentials that ever were in a repository, a chat or a ticket have been revoked and replaced.",
            "Certificates are obtained, valid, and renewed without people.",
            "Second factors and single sign-on work, and former members have no way in.",
            "Roles allow what they should and nothing else, and somebody tried.",
        ],
    ),
    (
        "Attack",
        &[
            "A penetration test was made, and what it found is mended.",
            "Protection from floods of requests is switched on and has been tried.",
            "An outside audit was made, where one is due.",
        ],
    ),
    (
        "People",
        &[
            "Somebody is on call, knows the runbook, and has the rights it takes.",
            "Everybody knows who decides in an incident, and whom to tell.",
            "Persons can see and delete their data, and consent is kept.",
            "Going back to the last version was tried in production or its like.",
            "All who have to agree have agreed in writing, and remaining risks are accepted by name.",
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
        "What no file can show. gonogo decides none of this: somebody has to, and to sign.\n"
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
