//! Which provider is detected, and what its variables mean.

use super::*;

const TIP: &str = "1111111111111111111111111111111111111111";
const OLD: &str = "2222222222222222222222222222222222222222";
const ZERO: &str = "0000000000000000000000000000000000000000";

fn chosen(name: Option<&str>, variables: &[(&str, &str)]) -> Result<(String, usize), Error> {
    let look_up = |name: &str| {
        let found = variables.iter().find(|(variable, _)| *variable == name);
        found.map(|(_, value)| (*value).to_owned())
    };
    let choice = choose(name, Env::new(&look_up))?;
    Ok((choice.provider.name().to_owned(), choice.others.len()))
}

#[track_caller]
fn planned(variables: &[(&str, &str)]) -> Plan {
    let look_up = |name: &str| {
        let found = variables.iter().find(|(variable, _)| *variable == name);
        found.map(|(_, value)| (*value).to_owned())
    };
    let env = Env::new(&look_up);
    plan(choose(None, env).unwrap().provider, env).unwrap()
}

#[test]
fn each_provider_is_detected_by_its_marker() {
    for (provider, marker, value) in [
        ("github", "GITHUB_ACTIONS", "true"),
        ("gitlab", "GITLAB_CI", "true"),
        ("azure", "TF_BUILD", "True"),
        ("bitbucket", "BITBUCKET_BUILD_NUMBER", "7"),
        ("circleci", "CIRCLECI", "true"),
        ("jenkins", "JENKINS_URL", "https://ci.example/"),
        ("jenkins", "BUILD_TAG", "jenkins-app-7"),
    ] {
        let found = chosen(None, &[(marker, value), ("CI", "true")]).unwrap();
        assert_eq!(found, (provider.to_owned(), 0), "{marker}");
    }
    for not in [
        ("CI", "true"),
        ("GITHUB_ACTIONS", "false"),
        ("GITLAB_CI", ""),
        ("BUILD_TAG", "nightly"),
    ] {
        assert!(chosen(None, &[not]).is_err(), "{not:?}");
    }
}

#[test]
fn compatible_providers_are_not_taken_for_github() {
    let github = ("GITHUB_ACTIONS", "true");
    let gitea = ("GITEA_ACTIONS", "true");
    let forgejo = ("FORGEJO_ACTIONS", "true");
    assert_eq!(chosen(None, &[github, gitea]).unwrap().0, "gitea");
    let found = chosen(None, &[github, gitea, forgejo]).unwrap();
    assert_eq!(found, ("forgejo".to_owned(), 0));
    assert_eq!(
        chosen(Some("github"), &[github, gitea]).unwrap().0,
        "github"
    );
}

#[test]
fn commands_are_only_for_runners_that_act_on_them() {
    let of = |name: &str, marker: &str| {
        let look_up = |variable: &str| (variable == marker).then(|| "true".to_owned());
        let env = Env::new(&look_up);
        dialect(choose(Some(name), env).unwrap().provider, env)
    };
    assert_eq!(of("github", "GITHUB_ACTIONS"), Dialect::Workflow);
    // Gitea runners that do not set Gitea's own variable yet.
    assert_eq!(of("gitea", "GITHUB_ACTIONS"), Dialect::Workflow);
    assert_eq!(of("azure", "TF_BUILD"), Dialect::Azure);
    assert_eq!(of("gitlab", "GITLAB_CI"), Dialect::Plain);
    for name in names() {
        assert_eq!(of(name, "CI"), Dialect::Plain, "{name}");
    }
}

#[test]
fn a_marker_that_is_left_over_does_not_win() {
    let jenkins = ("JENKINS_URL", "https://ci.example/");
    let gitlab = ("GITLAB_CI", "true");
    let sha = ("CI_COMMIT_SHA", TIP);
    let source = ("CI_PIPELINE_SOURCE", "push");
    // A GitLab container started on a Jenkins machine, and the other way round.
    let found = chosen(None, &[jenkins, gitlab, sha, source]).unwrap();
    assert_eq!(found, ("gitlab".to_owned(), 1));
    assert_eq!(chosen(None, &[jenkins, gitlab]).unwrap().0, "jenkins");
    assert_eq!(
        chosen(Some("jenkins"), &[gitlab, sha]).unwrap().0,
        "jenkins"
    );
    assert!(chosen(Some("travis"), &[gitlab]).is_err());
}

#[test]
fn a_merge_request_is_compared_with_the_target_where_it_was_merged() {
    let variables = [
        ("GITLAB_CI", "true"),
        ("CI_COMMIT_SHA", TIP),
        ("CI_PIPELINE_SOURCE", "merge_request_event"),
        ("CI_COMMIT_BEFORE_SHA", ZERO),
        ("CI_MERGE_REQUEST_IID", "4"),
        ("CI_MERGE_REQUEST_DIFF_BASE_SHA", OLD),
        ("CI_MERGE_REQUEST_TARGET_BRANCH_NAME", "main"),
    ];
    let parted = Base::Commit(OLD.to_owned());
    let target = Base::Branch("main".to_owned());
    let plan = planned(&variables);
    assert_eq!(plan.bases, [parted.clone(), target.clone()]);
    assert!(!plan.or_everything);
    let merged = [("CI_MERGE_REQUEST_TARGET_BRANCH_SHA", TIP)];
    let plan = planned(&[&variables[..], &merged].concat());
    let tip = Base::Commit(TIP.to_owned());
    assert_eq!(plan.bases, [tip, parted, target]);
}

#[test]
fn names_and_ids_from_outside_become_no_options_of_git() {
    let hostile = "--upload-pack=x";
    for variables in [
        [
            ("GITLAB_CI", "true"),
            ("CI_COMMIT_SHA", hostile),
            ("CI_PIPELINE_SOURCE", "push"),
        ],
        [
            ("BITBUCKET_BUILD_NUMBER", "1"),
            ("BITBUCKET_COMMIT", hostile),
            ("CI", "true"),
        ],
        [
            ("CIRCLECI", "true"),
            ("CIRCLE_SHA1", hostile),
            ("CI", "true"),
        ],
        [
            ("JENKINS_URL", "x"),
            ("CHANGE_ID", "1"),
            ("CHANGE_TARGET", hostile),
        ],
        [
            ("JENKINS_URL", "x"),
            ("GIT_COMMIT", hostile),
            ("CI", "true"),
        ],
    ] {
        let look_up = |name: &str| {
            let found = variables.iter().find(|(variable, _)| *variable == name);
            found.map(|(_, value)| (*value).to_owned())
        };
        let env = Env::new(&look_up);
        let provider = choose(None, env).unwrap().provider;
        assert!(plan(provider, env).is_err(), "{variables:?}");
    }
}
