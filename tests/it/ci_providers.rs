//! `gonogo ci` for every provider and event: the program is run with the variables of a real job, in clones as shallow
//! as the providers make them.
//!
//! The tables are those of docs/ci.md.

mod rows;

use std::fs;
use std::path::Path;

use crate::harness::{Repo, Run, World, secret_line, token};
use crate::layout::{files_below, source_folder};

pub(crate) const NOTHING: &str = "0000000000000000000000000000000000000000";
const GONE: &str = "0123456789012345678901234567890123456789";

/// A bare repository in which `work` branched off `main`, both continued, and the two are merged.
pub(crate) struct Origin<'w> {
    bare: Repo<'w>,
    /// Where `work` branched off `main`.
    pub(crate) parted: String,
    /// The tip of `main`, with a secret that `work` does not have.
    pub(crate) main: String,
    /// The tip of `work`: one new secret, and a file with an old one that was touched.
    pub(crate) work: String,
    /// The result of merging `work` into `main`.
    pub(crate) merge: String,
}

fn origin(world: &World) -> Origin<'_> {
    let repo = world.init("author");
    repo.commit_file("first.conf", "port = 1\n");
    repo.commit_file("old.conf", secret_line("old"));
    let parted = repo.commit_file("app.conf", "port = 1\n");
    repo.git(&["checkout", "-q", "-b", "work"]);
    repo.commit_file("new.conf", secret_line("new"));
    let work = repo.commit_file("old.conf", format!("# why\n{}", secret_line("old")));
    repo.git(&["checkout", "-q", "main"]);
    let main = repo.commit_file("later.conf", secret_line("later"));
    repo.git(&["checkout", "-q", "--detach", "main"]);
    repo.git(&["merge", "-q", "--no-ff", "-m", "Merge", "work"]);
    let merge = repo.id("HEAD");
    repo.git(&["update-ref", "refs/merged/1", &merge]);
    repo.git(&["tag", "v1", &merge]);
    repo.git(&["checkout", "-q", "main"]);
    let bare = world.clone_of(&repo, "origin.git", &["--mirror"]);
    Origin {
        bare,
        parted,
        main,
        work,
        merge,
    }
}

/// What a job has checked out.
#[derive(Clone)]
pub(crate) enum Checkout {
    /// A commit without its history.
    Shallow(String),
    /// A merge of `main` into `work` that the checkout made itself, with a few commits of each.
    Merged,
    /// A commit with its whole history, and no remote branches.
    Full(String),
}

/// What is scanned for an event.
#[derive(Clone)]
pub(crate) enum Looks {
    /// The commits that this revision does not contain.
    Since(String),
    /// Everything.
    Everywhere,
}

/// One event of a provider.
#[derive(Clone)]
pub(crate) struct Row {
    pub(crate) what: &'static str,
    pub(crate) variables: Vec<(&'static str, String)>,
    pub(crate) args: Vec<String>,
    pub(crate) checkout: Checkout,
    pub(crate) looks: Looks,
}

impl Checkout {
    fn made<'w>(&self, world: &'w World, origin: &Origin<'w>) -> Repo<'w> {
        let clone = world.init("clone");
        let address = format!("file://{}", origin.bare.path().display());
        clone.git(&["remote", "add", "origin", &address]);
        match self {
            Self::Shallow(id) => {
                clone.git(&["fetch", "-q", "--depth=1", "origin", id]);
                clone.git(&["checkout", "-q", "--detach", id]);
            }
            Self::Full(id) => {
                clone.git(&["fetch", "-q", "origin", id]);
                clone.git(&["checkout", "-q", "--detach", id]);
            }
            Self::Merged => {
                clone.git(&["fetch", "-q", "--depth=3", "origin", &origin.work]);
                clone.git(&["checkout", "-q", "--detach", &origin.work]);
                clone.git(&["fetch", "-q", "--depth=2", "origin", &origin.main]);
                clone.git(&["merge", "-q", "-m", "Merge main", &origin.main]);
            }
        }
        clone
    }
}

impl Row {
    fn run(&self, clone: &Repo<'_>, more: &[(&str, &str)], args: &[&str]) -> Run {
        let mut gonogo = clone.gonogo().arg("ci").args(&self.args).args(args);
        for (name, value) in &self.variables {
            gonogo = gonogo.env(name, value);
        }
        for (name, value) in more {
            gonogo = gonogo.env(name, value);
        }
        gonogo.run()
    }

    /// Checks that what is new fails the job, what is old does not, and what is not part of the change is not shown.
    fn check(&self, run: &Run, head: &str) {
        let Run {
            code,
            stdout,
            stderr,
        } = run;
        let context = format!("{}\n{stdout}\n{stderr}", self.what);
        assert_eq!(*code, 1, "{context}");
        assert!(stdout.contains("new.conf"), "{context}");
        let is_old = "Existed before this change, not counted: 1 finding";
        match &self.looks {
            Looks::Since(base) => {
                let range = format!("the commits {base}..{head}");
                assert!(stdout.contains(&range), "{range}: {context}");
                assert!(!stdout.contains("later.conf"), "{context}");
                assert_eq!(stdout.matches(is_old).count(), 1, "{context}");
                assert!(stdout.contains("NO-GO: 1 finding reaches"), "{context}");
            }
            Looks::Everywhere => {
                assert!(stdout.contains("the whole history"), "{context}");
                assert!(stdout.contains("old.conf"), "{context}");
                assert!(!stdout.contains(is_old), "{context}");
            }
        }
    }
}

/// Runs every row of a provider in a world of its own.
fn check_all(provider: &str, rows: impl Fn(&World, &Origin<'_>) -> Vec<Row>) {
    let count = {
        let world = World::new();
        rows(&world, &origin(&world)).len()
    };
    for n in 0..count {
        let world = World::new();
        let origin = origin(&world);
        let row = rows(&world, &origin).swap_remove(n);
        let clone = row.checkout.made(&world, &origin);
        let head = clone.id("HEAD");
        let run = row.run(&clone, &[], &[]);
        row.check(&run, &head);
        // Naming the provider gives the same result.
        let named = row.run(&clone, &[], &["--provider", provider]);
        let without_fetches = |run: &Run| {
            let lines = run.stdout.lines().filter(|line| {
                !line.starts_with("git ") && !line.contains("stop-commands") && !is_token(line)
            });
            lines.map(str::to_owned).collect::<Vec<_>>()
        };
        assert_eq!(
            without_fetches(&run),
            without_fetches(&named),
            "{}",
            row.what
        );
        check_words(provider, &run.stdout);
    }
}

fn is_token(line: &str) -> bool {
    line.starts_with("::") && line.ends_with("::") && line.len() == 36
}

/// Checks that the log has only commands that its provider understands, and that a secret is only in those that mask
/// it.
fn check_words(provider: &str, log: &str) {
    let secret = token("new");
    let masks: Vec<_> = log.lines().filter(|line| line.contains(&secret)).collect();
    let is_command = |line: &&str| line.starts_with("::") || line.contains("##vso[");
    match provider {
        "gitea" | "forgejo" => {
            assert_eq!(masks, [format!("::add-mask::{secret}")]);
            assert!(!log.contains("##vso["), "{log}");
            assert!(log.contains("\n::error "), "{log}");
        }
        "azure" => {
            assert_eq!(masks, [format!("##vso[task.setsecret]{secret}")]);
            assert!(!log.lines().any(|line| line.starts_with("::")), "{log}");
            assert!(log.contains("##vso[task.logissue type=error;"), "{log}");
        }
        _ => {
            assert!(masks.is_empty(), "{log}");
            assert_eq!(log.lines().find(is_command), None, "{log}");
        }
    }
}

#[test]
fn gitlab() {
    check_all("gitlab", |_, origin| rows::gitlab(origin));
}

#[test]
fn bitbucket() {
    check_all("bitbucket", |_, origin| rows::bitbucket(origin));
}

#[test]
fn azure() {
    check_all("azure", |_, origin| rows::azure(origin));
}

#[test]
fn circleci() {
    check_all("circleci", |_, origin| rows::circleci(origin));
}

#[test]
fn jenkins() {
    check_all("jenkins", |_, origin| rows::jenkins(origin));
}

#[test]
fn gitea() {
    check_all("gitea", |world, origin| {
        rows::like_github(world, origin, &["GITEA_ACTIONS"])
    });
}

#[test]
fn forgejo() {
    check_all("forgejo", |world, origin| {
        rows::like_github(world, origin, &["GITEA_ACTIONS", "FORGEJO_ACTIONS"])
    });
}

/// The base of the request is not in the clone, and the message uses the provider's name for the way out.
#[test]
fn without_fetching_a_shallow_clone_is_never_green() {
    let world = World::new();
    let origin = origin(&world);
    let requests = [
        (rows::gitlab(&origin), "GIT_DEPTH: 0"),
        (rows::azure(&origin), "fetchDepth: 0"),
        (rows::circleci(&origin), "method: full"),
        (rows::bitbucket(&origin), "depth: full"),
        (rows::jenkins(&origin), "shallow clone"),
    ];
    let clone = Checkout::Shallow(origin.work.clone()).made(&world, &origin);
    for (rows, way_out) in requests {
        for row in rows {
            let run = row.run(&clone, &[], &["--no-fetch"]);
            assert_eq!(run.code, 2, "{}\n{}", row.what, run.stdout);
            assert!(run.stderr.contains(way_out), "{}: {}", row.what, run.stderr);
        }
    }
}

/// The providers' settings for a full clone do work.
#[test]
fn a_full_clone_is_judged_without_fetching() {
    let world = World::new();
    let origin = origin(&world);
    let clone = Checkout::Full(origin.work.clone()).made(&world, &origin);
    let rows = [rows::gitlab(&origin), rows::jenkins(&origin)].concat();
    let is_here = |row: &Row| matches!(&row.looks, Looks::Since(base) if *base == origin.parted);
    let rows: Vec<_> = rows.into_iter().filter(is_here).collect();
    assert!(rows.len() > 3);
    for row in rows {
        let run = row.run(&clone, &[], &["--no-fetch"]);
        row.check(&run, &origin.work);
        assert!(!run.stdout.contains("git fetch"), "{}", run.stdout);
    }
}

/// Agents keep their workspaces, with the branches as they were when the last job ran.
#[test]
fn a_branch_is_compared_with_as_it_is_now() {
    let world = World::new();
    let origin = origin(&world);
    let clone = Checkout::Full(origin.merge.clone()).made(&world, &origin);
    let rows = rows::azure(&origin);
    let mut requests = rows.iter().filter(|row| row.what == "PullRequest");
    let row = requests.next().unwrap();
    clone.git(&["update-ref", "refs/remotes/origin/main", &origin.parted]);
    row.check(&row.run(&clone, &[], &[]), &origin.merge);
    // If the remote cannot be reached, scanning too much is better than scanning nothing.
    clone.git(&["update-ref", "refs/remotes/origin/main", &origin.parted]);
    clone.git(&["remote", "set-url", "origin", "/nowhere"]);
    let run = row.run(&clone, &[], &[]);
    assert_eq!(run.code, 1, "{}", run.stdout);
    assert!(run.stdout.contains("later.conf"), "{}", run.stdout);
}

#[test]
fn a_push_by_force_whose_past_is_gone_is_compared_with_the_default_branch() {
    let world = World::new();
    let origin = origin(&world);
    let mut row = rows::gitlab(&origin).swap_remove(0);
    row.variables
        .push(("CI_COMMIT_BEFORE_SHA", GONE.to_owned()));
    row.looks = Looks::Since("refs/remotes/origin/main".to_owned());
    let clone = row.checkout.made(&world, &origin);
    row.check(&row.run(&clone, &[], &[]), &origin.work);
}

#[test]
fn a_change_without_anything_new_is_green() {
    let world = World::new();
    let origin = origin(&world);
    for mut row in [
        rows::gitlab(&origin).swap_remove(0),
        rows::jenkins(&origin).swap_remove(0),
    ] {
        for (name, value) in &mut row.variables {
            if matches!(
                *name,
                "CI_COMMIT_BEFORE_SHA" | "GIT_PREVIOUS_SUCCESSFUL_COMMIT"
            ) {
                // The commit that introduced the secret.
                *value = origin.bare.id("work~1");
            }
        }
        let clone = row.checkout.made(&world, &origin);
        let run = row.run(&clone, &[], &[]);
        assert_eq!(run.code, 0, "{}\n{}", run.stdout, run.stderr);
        let is_old = "Existed before this change, not counted: 1 finding";
        assert!(run.stdout.contains(is_old), "{}", run.stdout);
        fs::remove_dir_all(clone.path()).unwrap();
    }
}

#[test]
fn what_a_fork_accepts_itself_does_not_count() {
    let world = World::new();
    let author = world.init("author");
    author.commit_file("app.conf", "port = 1\n");
    author.git(&["checkout", "-q", "-b", "work"]);
    let line = secret_line("new");
    let line = format!("{} # gonogo:allow made up\n", line.trim_end());
    let head = author.commit_file("new.conf", line);
    author.git(&["checkout", "-q", "main"]);
    let clone = world.clone_of(&author, "clone", &[]);
    clone.git(&["checkout", "-q", "--detach", &head]);
    for (request, fork) in rows::requests(&head) {
        let run_with = |more: &[(&str, &str)], args: &[&str]| {
            let mut gonogo = clone.gonogo().arg("ci").args(args);
            for (name, value) in request.iter().chain(more) {
                gonogo = gonogo.env(name, value);
            }
            gonogo.run()
        };
        let own = run_with(&[], &[]);
        assert_eq!(own.code, 0, "{request:?}\n{}\n{}", own.stdout, own.stderr);
        for more in [&[][..], &["--no-config"]] {
            let from_fork = run_with(&fork, more);
            assert_eq!(
                from_fork.code, 1,
                "{fork:?}\n{}\n{}",
                from_fork.stdout, from_fork.stderr
            );
        }
    }
}

/// That a file is not audited is accepted by a comment at its top, and that counts as little.
#[test]
fn a_gap_that_a_fork_accepts_itself_does_not_count() {
    let world = World::new();
    let author = world.init("author");
    author.commit_file("app.conf", "port = 1\n");
    author.git(&["checkout", "-q", "-b", "work"]);
    let head = author.commit_file("compose.yml", NOT_AUDITED);
    author.git(&["checkout", "-q", "main"]);
    let clone = world.clone_of(&author, "clone", &[]);
    clone.git(&["checkout", "-q", "--detach", &head]);
    for (request, fork) in rows::requests(&head) {
        let run = |more: &[(&str, &str)]| {
            let mut gonogo = clone.gonogo().arg("ci");
            for (name, value) in request.iter().chain(more) {
                gonogo = gonogo.env(name, value);
            }
            gonogo.run()
        };
        let own = run(&[]);
        assert_eq!(own.code, 0, "{request:?}\n{}\n{}", own.stdout, own.stderr);
        let shown = "1 gap, 1 accepted (1 of them by this change)";
        assert!(own.stdout.contains(shown), "{}", own.stdout);
        let from_fork = run(&fork);
        assert_eq!(from_fork.code, 2, "{fork:?}\n{}", from_fork.stdout);
    }
}

/// A Compose file that does not parse, with a comment that accepts that.
const NOT_AUDITED: &str =
    "# gonogo:allow not-audited made up\nservices:\n  a:\n    image: a\n   ports: [\n";

/// A checkout that fetches no old files leaves them out, as `CircleCI`'s does by default.
#[test]
fn what_a_partial_clone_lacks_is_fetched() {
    let world = World::new();
    let origin = origin(&world);
    origin
        .bare
        .git(&["config", "uploadpack.allowFilter", "true"]);
    let row = rows::circleci(&origin).swap_remove(0);
    let clone = world.clone_of(
        &origin.bare,
        "clone",
        &["--filter=blob:none", "--no-checkout"],
    );
    clone.git(&["checkout", "-q", "--detach", &origin.main]);
    let missing = || {
        let listed = clone.git(&["rev-list", "--objects", "--all", "--missing=print"]);
        listed.lines().filter(|line| line.starts_with('?')).count()
    };
    let before = missing();
    assert!(before > 0);
    let run = row.run(&clone, &[], &["--no-fetch"]);
    assert_eq!(run.code, 2, "{}", run.stdout);
    row.check(&row.run(&clone, &[], &[]), &origin.work);
    assert!(missing() < before, "no more than is needed");
    let run = row.run(&clone, &[], &["--everything"]);
    assert_eq!(run.code, 1, "{}\n{}", run.stdout, run.stderr);
    assert_eq!(missing(), 0);
    assert!(run.stdout.contains("later.conf"), "{}", run.stdout);
}

/// A clone without trees does not even have the settings of the commit before.
#[test]
fn what_a_clone_without_trees_lacks_is_fetched() {
    let world = World::new();
    let origin = origin(&world);
    origin
        .bare
        .git(&["config", "uploadpack.allowFilter", "true"]);
    let row = rows::circleci(&origin).swap_remove(0);
    let options = ["--filter=tree:0", "--no-checkout"];
    let clone = world.clone_of(&origin.bare, "clone", &options);
    let run = row.run(&clone, &[], &["--no-fetch"]);
    assert_eq!(run.code, 2, "{}", run.stdout);
    row.check(&row.run(&clone, &[], &[]), &origin.work);
}

#[test]
fn the_log_of_azure_takes_no_command_from_what_was_scanned() {
    let world = World::new();
    let repo = world.init("repo");
    let hostile = "##vso[task.setvariable variable=x]y";
    repo.write(
        "evil.conf",
        format!("# {hostile}\n{}# ##VSO[x]z\n", secret_line("new")),
    );
    repo.write(&format!("{hostile}.conf"), secret_line("named"));
    let head = repo.commit("Add it");
    let temp = world.folder("temp");
    let temp = temp.to_str().unwrap();
    let run = repo
        .gonogo()
        .arg("ci")
        .env("TF_BUILD", "True")
        .env("BUILD_REASON", "Manual")
        .env("BUILD_SOURCEBRANCH", "refs/heads/main")
        .env("BUILD_SOURCEVERSION", &head)
        .env("AGENT_TEMPDIRECTORY", temp)
        .run();
    assert_eq!(run.code, 1, "{}", run.stderr);
    assert!(run.stdout.contains("evil.conf"), "{}", run.stdout);
    for line in run.stdout.lines() {
        let commands = line.to_ascii_lowercase().matches("##vso[").count();
        let own = [
            "task.setsecret]",
            "task.logissue ",
            "task.setvariable variable=gonogo.",
            "task.uploadsummary]",
        ];
        let is_own = own
            .iter()
            .any(|name| line.starts_with(&format!("##vso[{name}")));
        assert!(commands == 0 || commands == 1 && is_own, "{line}");
    }
    assert!(
        run.stdout
            .contains("##vso[task.setvariable variable=gonogo.verdict;isoutput=true]NO-GO\n")
    );
    let pages: Vec<_> = fs::read_dir(temp)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    assert_eq!(pages.len(), 1);
    let page = fs::read_to_string(&pages[0]).unwrap();
    assert!(
        page.starts_with("## gonogo: NO-GO\n") && !page.contains(&token("new")),
        "{page}"
    );
    let name = pages[0].file_name().unwrap().to_str().unwrap();
    assert!(
        run.stdout
            .contains(&format!("##vso[task.uploadsummary][WORLD]/temp/{name}\n"))
    );
}

/// Outside a job, the commands that mask secrets would print them.
#[test]
fn a_provider_that_is_named_but_not_there_gets_no_commands() {
    let world = World::new();
    let repo = world.init("repo");
    let head = repo.commit_file("new.conf", secret_line("new"));
    let event = world.write("event.json", "{}");
    let run = repo
        .gonogo()
        .args(["ci", "--provider", "github"])
        .env("GITHUB_EVENT_NAME", "workflow_dispatch")
        .env("GITHUB_EVENT_PATH", event.to_str().unwrap())
        .env("GITHUB_SHA", &head)
        .run();
    assert_eq!(run.code, 1, "{}", run.stderr);
    check_words("none", &run.stdout);
    let run = repo
        .gonogo()
        .args(["ci", "--provider", "azure"])
        .env("BUILD_REASON", "Manual")
        .env("BUILD_SOURCEBRANCH", "refs/heads/main")
        .env("BUILD_SOURCEVERSION", &head)
        .run();
    assert_eq!(run.code, 1, "{}", run.stderr);
    check_words("none", &run.stdout);
}

#[test]
fn of_several_providers_the_one_with_all_of_its_variables_is_meant() {
    let world = World::new();
    let origin = origin(&world);
    let leftover = [
        ("JENKINS_URL", "https://ci.example/"),
        ("CIRCLECI", "true"),
        ("TF_BUILD", "True"),
    ];
    let row = rows::gitlab(&origin).swap_remove(0);
    let clone = row.checkout.made(&world, &origin);
    let run = row.run(&clone, &leftover, &[]);
    row.check(&run, &origin.work);
    let said = "Detected GitLab CI; also set: TF_BUILD, CIRCLECI, JENKINS_URL (";
    assert!(run.stdout.starts_with(said), "{}", run.stdout);
    check_words("gitlab", &run.stdout);
    let run = row.run(&clone, &[], &["--provider", "azure"]);
    assert_eq!(run.code, 2);
    assert!(
        run.stderr.contains("BUILD_REASON is not set"),
        "{}",
        run.stderr
    );
    let run = row.run(&clone, &[], &["--provider", "travis"]);
    assert_eq!(run.code, 2);
    assert!(
        run.stderr
            .contains("possible values: forgejo, gitea, github"),
        "{}",
        run.stderr
    );
}

#[test]
fn the_summary_goes_to_a_file_too_and_says_what_could_not_be_decided() {
    let world = World::new();
    let origin = origin(&world);
    let row = rows::gitlab(&origin).swap_remove(0);
    let clone = row.checkout.made(&world, &origin);
    let summary = || fs::read_to_string(clone.join("out.md")).unwrap();
    let project = [("CI_PROJECT_URL", "https://gitlab.example/house/app")];
    let run = row.run(&clone, &project, &["--no-fetch", "--summary=out.md"]);
    assert_eq!(run.code, 2);
    assert!(
        summary().starts_with("## gonogo: UNDECIDED\n"),
        "{}",
        summary()
    );
    let run = row.run(&clone, &project, &["--summary=out.md"]);
    row.check(&run, &origin.work);
    assert!(summary().starts_with("## gonogo: NO-GO\n"), "{}", summary());
    let address = format!(
        "https://gitlab.example/house/app/-/blob/{}/new.conf",
        origin.work
    );
    assert!(summary().contains(&address), "{}", summary());
}

fn page(name: &str) -> String {
    let docs = concat!(env!("CARGO_MANIFEST_DIR"), "/docs");
    fs::read_to_string(Path::new(docs).join(name)).unwrap()
}

#[test]
fn the_page_names_every_variable_that_is_read() {
    let page = page("ci.md") + &page("github-action.md");
    let providers = source_folder().join("commands/ci/provider");
    let is_variable = |word: &&str| {
        let is_part = |c: char| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_';
        word.contains('_') && word.chars().all(is_part)
    };
    let mut count = 0;
    for file in files_below(&providers, "rs") {
        if file.file_name().is_some_and(|name| name == "tests.rs") {
            continue;
        }
        let code = fs::read_to_string(&file).unwrap();
        for variable in code.split('"').filter(is_variable) {
            assert!(page.contains(variable), "{variable} of {}", file.display());
            count += 1;
        }
    }
    assert!(count > 30, "{count}");
}

#[test]
fn the_page_has_a_pipeline_for_each_provider() {
    let page = page("ci.md");
    for title in [
        "GitLab CI",
        "Bitbucket Pipelines",
        "Azure Pipelines",
        "CircleCI",
        "Jenkins",
        "Gitea Actions and Forgejo Actions",
    ] {
        let (_, section) = page.split_once(&format!("\n## {title}\n")).unwrap();
        let (_, pipeline) = section.split_once("\n```").unwrap();
        let (pipeline, _) = pipeline.split_once("\n```").unwrap();
        let (language, pipeline) = pipeline.split_once('\n').unwrap();
        assert!(pipeline.contains("cargo install --locked "), "{title}");
        assert!(
            pipeline.contains("gonogo ci") || pipeline.contains("gonogo\" ci"),
            "{title}"
        );
        if language == "yaml" {
            let mut events = saphyr_parser::Parser::new_from_str(pipeline);
            assert!(events.all(|event| event.is_ok()), "{title}");
        }
    }
}
