//! Command-line options, the keys of `readiness.toml`, and how a run ends.

use crate::harness::World;

use super::{Assessed, TODAY, write};

#[test]
fn the_gate_says_the_verdict() {
    let world = World::new();
    let repo = world.init("repo");
    repo.commit_file("README.md", "# An application\n");
    let code = |args: &[&str]| {
        let base = ["readiness", "--no-scan"];
        repo.gonogo().args(base).args(args).run().code
    };
    assert_eq!(code(&[]), 0);
    assert_eq!(code(&["--gate"]), 2);
    repo.write(
        "main.tf",
        "resource \"aws_db_instance\" \"main\" {\n  backup_retention_period = 0\n}\n",
    );
    assert_eq!(code(&["--gate"]), 1);
    assert_eq!(code(&[]), 0);
}

#[test]
fn a_mistake_is_one_line() {
    let world = World::new();
    let repo = world.init("repo");
    let check = |text: &str, message: &str| {
        repo.write("readiness.toml", text);
        let run = repo.gonogo().args(["readiness", "--no-scan"]).run();
        run.refused(message);
    };
    check(
        "[system]\nrepositorys = []\n",
        "readiness.toml:2:1: `system` has no key `repositorys`: did you mean `repositories`?",
    );
    check(
        "[[not-applicable]]\nitem = \"X9\"\nreason = \"none\"\n",
        "readiness.toml:1:1: there is no item `X9`: `gonogo readiness items` lists them",
    );
    check(
        "[system]\nrepositories = [\"../nowhere\"]\n",
        "./../nowhere: a system is made of folders: name the repository",
    );
}

#[test]
fn what_is_not_shown_is_no_go_only_where_the_system_is_complete() {
    let open = Assessed::of_files(">>>> compose.yml\nservices:\n  db: {image: postgres:16}\n");
    assert_eq!(open.states("indicators")["NOGO2"], "not shown here");
    let complete = Assessed::of_files(
        ">>>> compose.yml\nservices:\n  db: {image: postgres:16}\n>>>> readiness.toml\n[system]\ncomplete = true\n",
    );
    assert_eq!(complete.states("indicators")["NOGO2"], "present");
}

#[test]
fn several_repositories_are_one_system() {
    let world = World::new();
    let app = world.init("app");
    let infra = world.init("infra");
    write(
        &app,
        ">>>> compose.yml\nservices:\n  db: {image: postgres:16}\n>>>> readiness.toml\n[system]\nrepositories = [\".\", \"../infra\"]\n",
    );
    write(
        &infra,
        ">>>> crontab\n0 2 * * * pg_dump -Fc app > /backups/app.dump\n",
    );
    let assessed = Assessed::of(&app, &["--no-scan"]);
    assert_eq!(assessed.grade("C7"), "wired", "{}", assessed.evidence("C7"));
    let text = app.gonogo().args(["readiness", "--no-scan"]).run().stdout;
    assert!(text.contains("(infra:crontab:1)"), "{text}");
}

#[test]
fn items_that_do_not_apply_say_why() {
    let assessed = Assessed::of_files(
        ">>>> README.md\nAn application.\n>>>> readiness.toml\n[[not-applicable]]\nitem = \"O3\"\nreason = \"no experiments\"\n",
    );
    assert_eq!(assessed.state("O3"), "not applicable");
    assert_eq!(assessed.state("C7"), "not applicable");
    assert_eq!(assessed.state("J1"), "open");
}

#[test]
fn a_standard_of_ones_own_adds_items() {
    let files = ">>>> acme.toml\n[category]\nid = \"acme\"\ntitle = \"Acme\"\n\n[[item]]\nid = \"ACME1\"\ntitle = \"Two reviewers\"\n\
        needs = \"wired\"\nask = \"engineering\"\nevidence-of = [\"J10\"]\nperson = \"settings\"\nmaps = { soc2 = [\"CC8.1\"] }\n\
        >>>> readiness.toml\n[system]\nstandards = [\"acme.toml\"]\n>>>> CODEOWNERS\n* @team/core\n";
    let assessed = Assessed::of_files(files);
    assert_eq!(
        (assessed.state("ACME1"), assessed.grade("ACME1")),
        ("open", "set up")
    );
    let broken = files.replace("needs = \"wired\"", "needs = \"done\"");
    let world = World::new();
    let repo = world.init("repo");
    write(&repo, &broken);
    let run = repo.gonogo().args(["readiness", "--no-scan"]).run();
    run.refused("acme.toml:8:9: `needs` must be one of said, set up, wired, exercised, signed");
}

#[test]
fn every_format_tells_the_same_and_nothing_hostile_gets_through() {
    let world = World::new();
    let repo = world.init("repo");
    write(
        &repo,
        ">>>> compose.yml\nservices:\n  \"<script>alert(1)</script>\": {image: app:1, ports: [\"80:80\"]}\n>>>> readiness.toml\n[target]\nusers = 10\n",
    );
    let run = |format: &str| {
        let args = ["readiness", "--no-scan", "--at", TODAY, "--format", format];
        repo.gonogo().args(args).run().stdout
    };
    for format in ["text", "markdown", "html", "json", "sarif"] {
        let text = run(format);
        assert!(text.contains("NO-GO"), "{format}: {text}");
        assert_eq!(text, run(format), "{format}");
        assert!(
            format == "json"
                || format == "sarif"
                || format == "text"
                || !text.contains("<script>alert"),
            "{format}"
        );
    }
    assert!(run("html").contains("prefers-color-scheme: dark"));
    assert!(run("markdown").contains("```mermaid"));
    let sarif: serde_json::Value = serde_json::from_str(&run("sarif")).unwrap();
    let results = sarif["runs"][0]["results"].as_array().unwrap();
    for result in results {
        let is_problem = result["kind"] == "fail";
        assert_eq!(result["level"] == "none", !is_problem, "{result}");
    }
    assert_eq!(
        sarif["runs"][0]["automationDetails"]["id"],
        "gonogo/readiness/"
    );
}

#[test]
fn what_deploys_a_system_may_be_in_another_of_its_repositories() {
    let world = World::new();
    let nodes = |name: &str, of_infra: &str| {
        let app = world.init(&format!("{name}-app"));
        let infra = world.init(&format!("{name}-infra"));
        let settings = format!("[system]\nrepositories = [\".\", \"../{name}-infra\"]\n");
        let compose = ">>>> compose.yml\nservices:\n  web: {build: .}\n>>>> readiness.toml\n";
        write(&app, &format!("{compose}{settings}"));
        app.commit("add the program");
        write(&infra, of_infra);
        infra.commit("add the rest");
        let assessed = Assessed::of(&app, &["--no-scan"]);
        let nodes = assessed.json["deployment"]["nodes"].as_array().unwrap();
        nodes.iter().any(|node| node["name"] == "web")
    };
    assert!(nodes("without", ">>>> README.md\n# Infra\n"));
    assert!(!nodes(
        "with",
        ">>>> main.tf\nresource \"aws_ecs_service\" \"web\" {}\n"
    ));
}

#[test]
fn two_assessments_are_compared() {
    let world = World::new();
    let repo = world.init("repo");
    repo.commit_file("compose.yml", "services:\n  db: {image: postgres:16}\n");
    let save = |name: &str| {
        let report = format!("json={name}");
        let run = repo
            .gonogo()
            .args(["readiness", "--no-scan", "--at", TODAY, "--report", &report])
            .run();
        assert_eq!(run.code, 0, "{}", run.stderr);
    };
    save("before.json");
    repo.write(
        "crontab",
        "0 2 * * * pg_dump -Fc app | aws s3 cp - s3://backups/app.dump\n",
    );
    save("after.json");
    let run = repo
        .gonogo()
        .args(["readiness", "diff", "before.json", "after.json"])
        .run();
    assert!(
        run.stdout.contains("  C7: open [nothing] -> met [wired]"),
        "{}",
        run.stdout
    );
    let run = repo
        .gonogo()
        .args(["readiness", "diff", "before.json", "before.json"])
        .run();
    assert!(
        run.stdout.ends_with("Nothing has changed.\n"),
        "{}",
        run.stdout
    );
    let run = repo
        .gonogo()
        .args(["readiness", "diff", "before.json", "compose.yml"])
        .run();
    run.refused("this is no assessment: write one with `gonogo readiness --format json`");
}

#[test]
fn what_cannot_be_read_is_a_gap_and_no_evidence() {
    let world = World::new();
    let repo = world.init("repo");
    repo.write(
        "compose.yml",
        "services:\n  db: {image: postgres:16\n   broken: [\n",
    );
    repo.write("main.tf", "resource \"aws_db_instance\" {{{\n");
    repo.write(
        "deep.yml",
        format!("a: {}{}", "[".repeat(5000), "]".repeat(5000)),
    );
    repo.write("huge.yml", format!("a: {}\n", "x".repeat(3 << 20)));
    let assessed = Assessed::of(&repo, &["--no-scan"]);
    let gaps: Vec<_> = assessed.json["gaps"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| it["path"].as_str().unwrap())
        .collect();
    assert_eq!(gaps, ["compose.yml", "deep.yml", "huge.yml", "main.tf"]);
    assert_eq!(assessed.verdict(), "UNDECIDED");
}

/// A partial clone lacks objects: nothing shows that these are clean, and today's files are all there.
#[test]
fn objects_that_a_clone_lacks_are_gaps_and_say_so() {
    let world = World::new();
    let repo = world.init("repo");
    repo.write("compose.yml", "services:\n  app: {image: app:1}\n");
    repo.commit_file("old.txt", "a\n");
    repo.commit_file("old.txt", "b\n");
    let before = Assessed::of(&repo, &[]);
    for item in ["A1", "A3", "A5", "A6"] {
        assert_eq!(before.grade(item), "exercised", "{item}");
    }
    let blob = repo.id("HEAD~1:old.txt");
    std::fs::remove_file(repo.loose_object(&blob)).unwrap();
    let assessed = Assessed::of(&repo, &[]);
    assert_eq!(assessed.json["gaps"].as_array().unwrap().len(), 1);
    for item in ["A1", "A6"] {
        assert_eq!(assessed.grade(item), "exercised", "{item}");
    }
    for item in ["A3", "A5", "Q1"] {
        assert_eq!(assessed.grade(item), "nothing", "{item}");
        let says = assessed.evidence(item);
        assert!(says.contains("1 place was not scanned"), "{says}");
    }
    // Without the history, there is no gap.
    let assessed = Assessed::of(&repo, &["--no-history"]);
    assert_eq!(assessed.grade("A3"), "exercised");
}

#[test]
fn the_list_of_questions_is_what_only_people_know() {
    let world = World::new();
    let repo = world.init("repo");
    let run = repo.gonogo().args(["checklist"]).run();
    assert_eq!(run.code, 0);
    assert!(
        run.stdout
            .contains("[ ] L9   Disaster recovery was tested in the last quarter: the drill"),
        "{}",
        run.stdout
    );
    assert!(!run.stdout.contains("[x]"));
    let run = repo.gonogo().args(["readiness", "ask", "--no-scan"]).run();
    assert!(run.stdout.contains("Ask legal\n"), "{}", run.stdout);
}

#[test]
fn the_json_report_is_what_its_schema_says() {
    let schema = include_str!("../../../docs/schema/readiness-1.json");
    let schema = serde_json::from_str(schema).unwrap();
    let schema = jsonschema::validator_for(&schema).unwrap();
    let files = ">>>> compose.yml\nservices:\n  db: {image: postgres:16}\n>>>> readiness.toml\n[target]\nusers = 10\n";
    let report = Assessed::of_files(files).json;
    let errors: Vec<_> = schema
        .iter_errors(&report)
        .map(|error| error.to_string())
        .collect();
    assert!(errors.is_empty(), "{errors:#?}");
}

/// Items that do not apply show nothing, and a system of which nothing is asked is not ready for that.
#[test]
fn where_nothing_applies_nothing_was_assessed() {
    let world = World::new();
    let repo = world.init("repo");
    repo.commit_file("README.md", "# An application\n");
    let items = repo.gonogo().args(["readiness", "items"]).run().stdout;
    let ids = items.lines().filter(|line| line.starts_with("  "));
    let ids = ids.filter_map(|line| line.split_whitespace().next());
    let entry = |id: &str| format!("[[not-applicable]]\nitem = \"{id}\"\nreason = \"none\"\n");
    repo.write("readiness.toml", ids.map(entry).collect::<String>());
    let run = repo
        .gonogo()
        .args(["readiness", "--no-scan", "--gate"])
        .run();
    assert_eq!(run.code, 2, "{}", run.stdout);
    assert!(
        run.stdout.contains("Nothing was assessed"),
        "{}",
        run.stdout
    );
}
