//! Deployment formats that no check knows: reports name them, so that silence is not taken for approval.

use memchr::memmem;

use crate::lexicon::path::{self, Role};

/// How many bytes of a file are read to recognise it.
const TOP: usize = 4_096;

/// Returns the format of a file that was scanned as text but that no check audits.
pub fn unaudited(path: &str, text: &[u8]) -> Option<&'static str> {
    let (folders, name) = path.rsplit_once('/').unwrap_or(("", path));
    let (stem, ending) = name.rsplit_once('.')?;
    let top = &text[..text.len().min(TOP)];
    let has = |word: &str| memmem::find(top, word.as_bytes()).is_some();
    let format = match ending {
        "tf" | "tofu" => "Terraform",
        "bicep" => "Bicep",
        "nomad" => "Nomad",
        "yml" | "yaml" | "template" | "json" => {
            if has("AWSTemplateFormatVersion") || has("AWS::Serverless") {
                "CloudFormation"
            } else if has("kind: ClowdApp") || has("kind: Template") && has("template.openshift.io")
            {
                "OpenShift templates"
            } else if stem == "serverless" {
                "Serverless Framework"
            } else if ending != "json" && is_of_ansible(folders, &has) {
                "Ansible"
            } else {
                return None;
            }
        }
        _ => return None,
    };
    (path::role(path, &[]) == Role::Shipped).then_some(format)
}

/// Whether a YAML file belongs to Ansible: variables, tasks, or a playbook.
fn is_of_ansible(folders: &str, has: &dyn Fn(&str) -> bool) -> bool {
    let mut parts = folders.split('/').rev();
    let last = parts.next().unwrap_or_default();
    let is_within = |word: &str| folders.split('/').any(|folder| folder == word);
    is_within("group_vars")
        || is_within("host_vars")
        || matches!(last, "tasks" | "handlers") && has("- name:")
        || (is_within("playbooks") || folders.is_empty())
            && has("hosts:")
            && (has("roles:") || has("tasks:"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formats_are_known_by_their_names_and_their_tops() {
        for (path, text, expected) in [
            (
                "infra/main.tf",
                "resource \"x\" \"y\" {}",
                Some("Terraform"),
            ),
            ("group_vars/all/vars.yml", "a: 1", Some("Ansible")),
            ("roles/db/tasks/main.yml", "- name: a\n", Some("Ansible")),
            ("site.yml", "- hosts: all\n  roles: [db]\n", Some("Ansible")),
            (
                "stack.yaml",
                "AWSTemplateFormatVersion: '2010-09-09'\n",
                Some("CloudFormation"),
            ),
            (
                "deploy/app.yml",
                "kind: ClowdApp\n",
                Some("OpenShift templates"),
            ),
            ("compose.yml", "services: {}\n", None),
            ("tasks/main.yml", "jobs: {}\n", None),
            ("tests/main.tf", "", None),
            ("main.tfstate", "{}", None),
        ] {
            assert_eq!(unaudited(path, text.as_bytes()), expected, "{path}");
        }
    }
}
