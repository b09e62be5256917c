//! The variables of real jobs, event by event.

use serde_json::{Value, json};

use super::{Checkout, Looks, NOTHING, Origin, Row};
use crate::harness::World;

/// Variables, each with its value.
type Variables<'v> = Vec<(&'static str, &'v str)>;

const MAIN: &str = "refs/remotes/origin/main";

fn row(
    what: &'static str,
    variables: &[(&'static str, &str)],
    checkout: Checkout,
    looks: Looks,
) -> Row {
    let owned = |&(name, value): &(&'static str, &str)| (name, value.to_owned());
    Row {
        what,
        variables: variables.iter().map(owned).collect(),
        args: Vec::new(),
        checkout,
        looks,
    }
}

fn shallow(id: &str) -> Checkout {
    Checkout::Shallow(id.to_owned())
}

fn since(base: &str) -> Looks {
    Looks::Since(base.to_owned())
}

pub(super) fn gitlab(origin: &Origin<'_>) -> Vec<Row> {
    let Origin {
        parted,
        main,
        work,
        merge,
        ..
    } = origin;
    let job = |sha, source, more: &[(&'static str, &str)], looks| {
        let all = [
            ("CI", "true"),
            ("GITLAB_CI", "true"),
            ("CI_SERVER_NAME", "GitLab"),
            ("CI_DEFAULT_BRANCH", "main"),
            ("CI_COMMIT_SHA", sha),
            ("CI_PIPELINE_SOURCE", source),
        ];
        let all = [&all[..], more].concat();
        row(source, &all, shallow(sha), looks)
    };
    let branch = |before, looks| {
        let more = [
            ("CI_COMMIT_BRANCH", "work"),
            ("CI_COMMIT_REF_NAME", "work"),
            ("CI_COMMIT_BEFORE_SHA", before),
        ];
        job(work, "push", &more, looks)
    };
    let request = |sha, kind, target_sha, looks| {
        let more = [
            ("CI_COMMIT_BEFORE_SHA", NOTHING),
            ("CI_COMMIT_REF_NAME", "work"),
            ("CI_MERGE_REQUEST_IID", "1"),
            ("CI_MERGE_REQUEST_EVENT_TYPE", kind),
            ("CI_MERGE_REQUEST_DIFF_BASE_SHA", parted),
            ("CI_MERGE_REQUEST_TARGET_BRANCH_NAME", "main"),
            ("CI_MERGE_REQUEST_TARGET_BRANCH_SHA", target_sha),
            ("CI_MERGE_REQUEST_SOURCE_BRANCH_NAME", "work"),
        ];
        job(sha, "merge_request_event", &more, looks)
    };
    let whole = |source, more: &[(&'static str, &str)]| {
        let more = [&[("CI_COMMIT_BEFORE_SHA", NOTHING)], more].concat();
        job(merge, source, &more, Looks::Everywhere)
    };
    let external = [
        ("CI_EXTERNAL_PULL_REQUEST_IID", "1"),
        ("CI_EXTERNAL_PULL_REQUEST_TARGET_BRANCH_NAME", "main"),
        ("CI_EXTERNAL_PULL_REQUEST_TARGET_BRANCH_SHA", main),
        ("CI_EXTERNAL_PULL_REQUEST_SOURCE_BRANCH_SHA", work),
    ];
    let mut rows = vec![
        branch(parted, since(parted)),
        branch(NOTHING, since(MAIN)),
        request(work, "detached", "", since(parted)),
        request(merge, "merged_result", main, since(main)),
        request(merge, "merge_train", main, since(main)),
        job(work, "external_pull_request_event", &external, since(main)),
        whole("push", &[("CI_COMMIT_TAG", "v1")]),
    ];
    let main_branch = [("CI_COMMIT_BRANCH", "main")];
    // The very first push is of the default branch itself.
    for source in ["push", "schedule", "web", "api", "trigger", "pipeline"] {
        rows.push(whole(source, &main_branch));
    }
    rows
}

pub(super) fn bitbucket(origin: &Origin<'_>) -> Vec<Row> {
    let Origin {
        main, work, merge, ..
    } = origin;
    let job = |what, sha: &str, more: &[(&'static str, &str)], checkout, looks| {
        let all = [
            ("CI", "true"),
            ("BITBUCKET_BUILD_NUMBER", "7"),
            ("BITBUCKET_REPO_FULL_NAME", "house/app"),
            ("BITBUCKET_COMMIT", sha),
        ];
        row(what, &[&all[..], more].concat(), checkout, looks)
    };
    let request = |tip: &str, looks| {
        let more = [
            ("BITBUCKET_BRANCH", "work"),
            ("BITBUCKET_PR_ID", "1"),
            ("BITBUCKET_PR_DESTINATION_BRANCH", "main"),
            ("BITBUCKET_PR_DESTINATION_COMMIT", tip),
        ];
        job("pull request", work, &more, Checkout::Merged, looks)
    };
    let tip = &main[..12];
    let at = |branch| [("BITBUCKET_BRANCH", branch)];
    let everywhere = || Looks::Everywhere;
    vec![
        job("push", work, &at("work"), shallow(work), since(MAIN)),
        job(
            "push to the default branch",
            merge,
            &at("main"),
            shallow(merge),
            everywhere(),
        ),
        request(tip, since(tip)),
        request(main, since(main)),
        request("", since(MAIN)),
        job(
            "tag",
            merge,
            &[("BITBUCKET_TAG", "v1")],
            shallow(merge),
            everywhere(),
        ),
        job("custom pipeline", merge, &[], shallow(merge), everywhere()),
        Row {
            args: vec!["--everything".to_owned()],
            ..job("scheduled", work, &at("work"), shallow(work), everywhere())
        },
    ]
}

pub(super) fn azure(origin: &Origin<'_>) -> Vec<Row> {
    let Origin { work, merge, .. } = origin;
    let job = |reason, full_ref, sha: &str, more: &[(&'static str, &str)], looks| {
        let all = [
            ("TF_BUILD", "True"),
            ("BUILD_REPOSITORY_PROVIDER", "TfsGit"),
            ("BUILD_REASON", reason),
            ("BUILD_SOURCEBRANCH", full_ref),
            ("BUILD_SOURCEVERSION", sha),
        ];
        row(reason, &[&all[..], more].concat(), shallow(sha), looks)
    };
    let request = |target, fork| {
        let more = [
            ("SYSTEM_PULLREQUEST_TARGETBRANCH", target),
            ("SYSTEM_PULLREQUEST_SOURCECOMMITID", work.as_str()),
            ("SYSTEM_PULLREQUEST_ISFORK", fork),
        ];
        job(
            "PullRequest",
            "refs/pull/1/merge",
            merge,
            &more,
            since(MAIN),
        )
    };
    let branch = "refs/heads/work";
    let main = "refs/heads/main";
    let everywhere = |reason, full_ref| job(reason, full_ref, merge, &[], Looks::Everywhere);
    vec![
        job("IndividualCI", branch, work, &[], since(MAIN)),
        job("BatchedCI", branch, work, &[], since(MAIN)),
        request("refs/heads/main", "False"),
        // The form for repositories on GitHub.
        request("main", "True"),
        everywhere("IndividualCI", "refs/tags/v1"),
        everywhere("IndividualCI", main),
        everywhere("Schedule", main),
        everywhere("Manual", branch),
        everywhere("BuildCompletion", main),
        everywhere("ResourceTrigger", main),
    ]
}

pub(super) fn circleci(origin: &Origin<'_>) -> Vec<Row> {
    let Origin {
        parted,
        work,
        merge,
        ..
    } = origin;
    let job = |what, sha: &str, more: &[(&'static str, &str)], args: &[&str], looks| {
        let all = [("CI", "true"), ("CIRCLECI", "true"), ("CIRCLE_SHA1", sha)];
        let args = args.iter().map(|&arg| arg.to_owned()).collect();
        Row {
            args,
            ..row(what, &[&all[..], more].concat(), shallow(sha), looks)
        }
    };
    let branch = [("CIRCLE_BRANCH", "work")];
    let main = [("CIRCLE_BRANCH", "main")];
    let fork = [("CIRCLE_BRANCH", "pull/1"), ("CIRCLE_PR_NUMBER", "1")];
    let before = ["--base", "", "--base", parted.as_str()];
    let request = ["--base", "main", "--base", parted.as_str()];
    let first = ["--base", "", "--base", ""];
    vec![
        job("push", work, &branch, &before, since(parted)),
        job("push", work, &branch, &[], since(MAIN)),
        job("first push", work, &branch, &first, since(MAIN)),
        job("pull request", work, &branch, &request, since(MAIN)),
        job("pull request of a fork", work, &fork, &[], since(MAIN)),
        job("default branch", merge, &main, &[], Looks::Everywhere),
        job(
            "tag",
            merge,
            &[("CIRCLE_TAG", "v1")],
            &[],
            Looks::Everywhere,
        ),
        job(
            "scheduled",
            work,
            &branch,
            &["--everything"],
            Looks::Everywhere,
        ),
    ]
}

pub(super) fn jenkins(origin: &Origin<'_>) -> Vec<Row> {
    let Origin {
        parted,
        work,
        merge,
        ..
    } = origin;
    let job = |what, more: &[(&'static str, &str)], checkout, looks| {
        let all = [
            ("CI", "true"),
            ("JENKINS_HOME", "/var/jenkins_home"),
            ("JENKINS_URL", "https://ci.example/"),
            ("BUILD_TAG", "jenkins-app-work-7"),
        ];
        row(what, &[&all[..], more].concat(), checkout, looks)
    };
    let at_work = ("GIT_COMMIT", work.as_str());
    let at_merge = ("GIT_COMMIT", merge.as_str());
    let branch = ("BRANCH_NAME", "work");
    let before = ("GIT_PREVIOUS_SUCCESSFUL_COMMIT", parted.as_str());
    // The failed build was of the same commit.
    let again = ("GIT_PREVIOUS_COMMIT", work.as_str());
    let request = [
        ("BRANCH_NAME", "PR-1"),
        ("CHANGE_ID", "1"),
        ("CHANGE_TARGET", "main"),
        ("CHANGE_BRANCH", "work"),
        ("CHANGE_FORK", "someone/app"),
        at_work,
    ];
    let scripted = ("GIT_PREVIOUS_SUCCESSFUL_COMMIT", "null");
    let plain = ("GIT_BRANCH", "origin/main");
    vec![
        job(
            "push",
            &[at_work, branch, before],
            shallow(work),
            since(parted),
        ),
        job(
            "again",
            &[at_work, branch, before, again],
            shallow(work),
            since(parted),
        ),
        job(
            "first build",
            &[at_work, branch],
            shallow(work),
            since(MAIN),
        ),
        job("scripted", &[branch, scripted], shallow(work), since(MAIN)),
        job(
            "change request, merged",
            &request,
            Checkout::Merged,
            since(MAIN),
        ),
        job(
            "change request, as it is",
            &request,
            shallow(work),
            since(MAIN),
        ),
        job(
            "default branch",
            &[at_merge, plain],
            shallow(merge),
            Looks::Everywhere,
        ),
        job(
            "tag",
            &[at_merge, ("TAG_NAME", "v1")],
            shallow(merge),
            Looks::Everywhere,
        ),
    ]
}

/// Gitea and Forgejo use GitHub's variables and payloads, but build the head of a pull request.
pub(super) fn like_github(
    world: &World,
    origin: &Origin<'_>,
    markers: &[&'static str],
) -> Vec<Row> {
    let Origin {
        parted,
        main,
        work,
        merge,
        ..
    } = origin;
    let mut count = 0;
    let mut job = |event, full_ref, sha: &str, payload: &Value, looks| {
        count += 1;
        let path = world.write(&format!("event-{count}.json"), payload.to_string());
        let all = [
            ("CI", "true"),
            ("GITHUB_ACTIONS", "true"),
            ("GITHUB_EVENT_NAME", event),
            ("GITHUB_EVENT_PATH", path.to_str().unwrap()),
            ("GITHUB_REF", full_ref),
            ("GITHUB_SHA", sha),
        ];
        let markers: Vec<_> = markers.iter().map(|&marker| (marker, "true")).collect();
        row(event, &[&all[..], &markers].concat(), shallow(sha), looks)
    };
    let push = |before: &str| json!({"before": before, "repository": {"default_branch": "main"}});
    let request = json!({
        "action": "synchronized",
        "pull_request": {"base": {"ref": "main", "sha": main}, "head": {"ref": "work", "sha": work}},
    });
    let nothing = json!({});
    let heads = "refs/heads/work";
    vec![
        job("push", heads, work, &push(parted), since(parted)),
        job("push", heads, work, &push(NOTHING), since(MAIN)),
        job(
            "pull_request",
            "refs/pull/1/head",
            work,
            &request,
            since(main),
        ),
        job(
            "pull_request_target",
            "refs/heads/main",
            work,
            &request,
            since(main),
        ),
        job(
            "push",
            "refs/tags/v1",
            merge,
            &push(NOTHING),
            Looks::Everywhere,
        ),
        job("schedule", heads, merge, &nothing, Looks::Everywhere),
        job(
            "workflow_dispatch",
            heads,
            merge,
            &nothing,
            Looks::Everywhere,
        ),
    ]
}

/// Requests from the repository's own branches, and what is set in addition if they come from a fork. Bitbucket does
/// not run the latter.
pub(super) fn requests(head: &str) -> Vec<(Variables<'_>, Variables<'static>)> {
    vec![
        (
            vec![
                ("GITLAB_CI", "true"),
                ("CI_COMMIT_SHA", head),
                ("CI_PIPELINE_SOURCE", "merge_request_event"),
                ("CI_MERGE_REQUEST_IID", "1"),
                ("CI_MERGE_REQUEST_TARGET_BRANCH_NAME", "main"),
                ("CI_MERGE_REQUEST_PROJECT_ID", "1"),
                ("CI_MERGE_REQUEST_SOURCE_PROJECT_ID", "1"),
            ],
            vec![("CI_MERGE_REQUEST_SOURCE_PROJECT_ID", "2")],
        ),
        (
            vec![
                ("GITLAB_CI", "true"),
                ("CI_COMMIT_SHA", head),
                ("CI_PIPELINE_SOURCE", "external_pull_request_event"),
                ("CI_EXTERNAL_PULL_REQUEST_TARGET_BRANCH_NAME", "main"),
                ("CI_EXTERNAL_PULL_REQUEST_SOURCE_REPOSITORY", "house/app"),
                ("CI_EXTERNAL_PULL_REQUEST_TARGET_REPOSITORY", "house/app"),
            ],
            vec![("CI_EXTERNAL_PULL_REQUEST_SOURCE_REPOSITORY", "fork/app")],
        ),
        (
            vec![
                ("TF_BUILD", "True"),
                ("BUILD_REASON", "PullRequest"),
                ("BUILD_SOURCEBRANCH", "refs/pull/1/merge"),
                ("BUILD_SOURCEVERSION", head),
                ("SYSTEM_PULLREQUEST_TARGETBRANCH", "refs/heads/main"),
                ("SYSTEM_PULLREQUEST_ISFORK", "False"),
            ],
            vec![("SYSTEM_PULLREQUEST_ISFORK", "True")],
        ),
        (
            vec![
                ("CIRCLECI", "true"),
                ("CIRCLE_SHA1", head),
                ("CIRCLE_BRANCH", "work"),
            ],
            vec![("CIRCLE_PR_USERNAME", "someone"), ("CIRCLE_PR_NUMBER", "1")],
        ),
        (
            vec![
                ("JENKINS_URL", "https://ci.example/"),
                ("CHANGE_ID", "1"),
                ("CHANGE_TARGET", "main"),
            ],
            vec![("CHANGE_FORK", "someone/app")],
        ),
    ]
}
