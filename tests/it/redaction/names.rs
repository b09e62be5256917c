//! Secrets in names, and in settings with misleading names.

use std::collections::BTreeSet;

use crate::harness::{FORMATS, World, token};

use super::corpus::{check_clean, random};

#[test]
fn names_of_files_folders_authors_and_services_are_masked() {
    let world = World::new();
    let repo = world.init("repo");
    let tokens: Vec<String> = ["file", "folder", "author", "service"].map(token).into();
    let [file, folder, author, service] = &tokens[..] else {
        unreachable!("there are four");
    };
    let password = random("password");
    repo.write("app.py", format!("password = \"{password}\"\n"));
    let compose = format!("services:\n  {service}:\n    image: redis\n    privileged: true\n");
    for name in [
        format!("{folder}/compose.yml"),
        format!("x-{file}/docker-compose.yml"),
        format!("deploy/{password}/compose.yml"),
    ] {
        repo.write(&name, &compose);
    }
    repo.git(&["config", "user.name", author]);
    repo.git(&["checkout", "-q", "-b", &format!("fix-{file}")]);
    repo.git(&["add", "-A"]);
    repo.git(&["commit", "-q", "-m", "add"]);
    let secrets: BTreeSet<String> = tokens.iter().cloned().chain([password]).collect();
    for format in FORMATS {
        let run = repo.gonogo().args(["scan", "--format", format]).run();
        assert_eq!(run.code, 1, "{format}: {}", run.stderr);
        check_clean(format, &run.stdout, &secrets);
        check_clean(format, &run.stderr, &secrets);
        assert!(
            run.stdout.contains("privileged") || format == "gitlab",
            "{format}"
        );
    }
    for args in [&["fix", "--dry-run"][..], &["baseline", "create"]] {
        let run = repo.gonogo().args(args).run();
        check_clean(&format!("{args:?}"), &(run.stdout + &run.stderr), &secrets);
    }
    let baseline = std::fs::read_to_string(repo.join(".gonogo-baseline")).unwrap();
    check_clean("baseline", &baseline, &secrets);
    // Fingerprints are computed from the real names, so the baseline still works.
    let run = repo.gonogo().arg("scan").run();
    assert_eq!(run.code, 0, "{}", run.stdout);
}

#[test]
fn sarif_names_the_folder_of_a_file_whose_name_is_masked() {
    let world = World::new();
    let folder = world.folder("tree");
    let secret = token("file");
    world.write(
        &format!("tree/deploy/{secret}.yml"),
        "services:\n  a:\n    image: redis\n    privileged: true\n",
    );
    let run = world
        .gonogo(&folder)
        .args(["scan", "--format", "sarif"])
        .run();
    let log: serde_json::Value = serde_json::from_str(&run.stdout).unwrap();
    let place = &log["runs"][0]["results"][0]["locations"][0]["physicalLocation"];
    assert_eq!(place["artifactLocation"]["uri"], "deploy");
}

#[test]
fn errors_in_settings_and_rule_files_repeat_no_value() {
    let world = World::new();
    let folder = world.folder("tree");
    world.write("tree/a.txt", "x\n");
    let value = random("value");
    let secrets = BTreeSet::from([value.clone()]);
    let rule = "[[rules]]\nid = \"acme/x\"\ntitle = \"X\"\n";
    let mut texts: Vec<(&str, String)> = Vec::new();
    for text in [
        "[report]\nfail-on = \"VALUE\"\n",
        "[rules]\noff = [\"VALUE\"]\n",
        "VALUE = 1\n",
        "[policy]\nVALUE = 1\n",
        "[policy]\nmin-tls = \"VALUE\"\n",
        "[[allow]]\nrule = \"VALUE\"\nuntil = \"VALUE\"\n",
        "[paths]\nexclude = 5 VALUE\n",
        "VALUE",
    ] {
        texts.push(("gonogo.toml", text.to_owned()));
    }
    for text in [
        "severity = \"VALUE\"\n",
        "severity = [\"VALUE\"]\n",
        "keywords = \"VALUE\"\n",
        "VALUE = 5\n",
        "keywords = [\"VALUE\"]\nregex = \"(VALUE\"\n",
        "category = 'VALUE\n",
    ] {
        texts.push(("rules.toml", format!("{rule}{text}")));
    }
    for (name, text) in texts {
        world.write(&format!("tree/{name}"), text.replace("VALUE", &value));
        let mut scan = world.gonogo(&folder).arg("scan");
        if name == "rules.toml" {
            scan = scan.args(["--rules", "rules.toml"]);
        }
        let run = scan.run();
        assert_eq!(run.code, 2, "{text}: {}", run.stdout);
        check_clean(&text, &(run.stdout + &run.stderr), &secrets);
        std::fs::remove_file(folder.join(name)).unwrap();
    }
}

#[cfg(unix)]
#[test]
fn reports_with_secrets_are_for_their_owner_and_an_aborted_scan_leaves_the_old_one() {
    use std::os::unix::fs::PermissionsExt as _;

    let world = World::new();
    let folder = world.folder("tree");
    world.write("tree/a.env", format!("TOKEN={}\n", token("a")));
    let report = world.write("report.json", "old\n");
    let scan = |args: &[&str]| {
        let report = format!("json={}", report.display());
        let scan = world.gonogo(&folder).args(["scan", "--report"]).arg(report);
        scan.args(args).run().code
    };
    assert_eq!(scan(&["--rules", "absent.toml"]), 2);
    assert_eq!(scan(&["absent"]), 2);
    assert_eq!(std::fs::read_to_string(&report).unwrap(), "old\n");
    assert_eq!(scan(&["--show-secrets"]), 1);
    let mode = std::fs::metadata(&report).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    assert!(
        std::fs::read_to_string(&report)
            .unwrap()
            .contains(&token("a"))
    );
    std::fs::remove_file(&report).unwrap();
    std::os::unix::fs::symlink(folder.join("a.env"), &report).unwrap();
    assert_eq!(scan(&[]), 2);
    assert!(
        std::fs::read_to_string(folder.join("a.env"))
            .unwrap()
            .starts_with("TOKEN=")
    );
}

/// What is typed in the wrong place may be a credential.
#[test]
fn errors_about_the_command_line_repeat_no_credential() {
    let world = World::new();
    let repo = world.init("repo");
    repo.commit_file("a.txt", "nothing\n");
    let secret = token("command line");
    for args in [
        &[secret.as_str()][..],
        &["scan", "--fail-on", &secret],
        &["scan", "--range", &secret],
        &["baseline", "accept", &secret],
        &["explain", &secret],
        &["baseline", "create", "--dry-run", "--reason", &secret],
    ] {
        let run = repo.gonogo().args(args).run();
        assert!(!run.stdout.contains(&secret), "{}", args[0]);
        assert!(!run.stderr.contains(&secret), "{}", args[0]);
    }
}

/// Files of other scanners and lists of findings are settings, too.
#[test]
fn errors_in_files_of_other_scanners_and_in_baselines_repeat_no_value() {
    let world = World::new();
    let folder = world.folder("tree");
    world.write("tree/a.txt", "x\n");
    // One that no rule would consider a credential.
    for value in [random("value"), "correctHorse9battery".to_owned()] {
        let secrets = BTreeSet::from([value.clone()]);
        let rule = "[[rules]]\nid = \"x\"\nregex = '''x'''\n";
        let mut texts: Vec<(&str, String)> = Vec::new();
        for text in [
            "VALUE = 1\n",
            "VALUE\n",
            "[extend]\nVALUE = 1\n",
            "[extend]\nuseDefault = true\ndisabledRules = [\"VALUE\"]\n",
            "[[rules]]\nid = \"x\"\nregex = '''(VALUE'''\n",
            "[[rules]]\nid = \"x\"\nregex = '''VALUE[z-a]'''\n",
            "[[rules]]\nid = \"x\"\nregex = 5\nkeywords = \"VALUE\"\n",
            "[allowlist]\nregexes = ['''(VALUE''']\n",
            "[allowlist]\npaths = ['''*VALUE''']\nVALUE = 1\n",
            "[[allowlists]]\ntargetRules = [\"VALUE\"]\nregexes = ['''y''']\n",
        ] {
            texts.push((".gitleaks.toml", text.to_owned()));
        }
        if value != "correctHorse9battery" {
            // The name of a missing file is printed if it is the name of a file.
            texts.push((
                ".gitleaks.toml",
                "[extend]\npath = \"VALUE.toml\"\n".to_owned(),
            ));
        }
        for text in [
            "VALUE = 1\n",
            "filter = '''VALUE'''\n",
            "filter = '''finding[\"VALUE\"] == \"a\"'''\n",
            "filter = '''attributes[\"VALUE\"] == \"a\"'''\n",
            "filter = '''finding.secret.VALUE(\"a\")'''\n",
            "filter = '''finding.secret == \"VALUE'''\n",
            "filter = '''finding.secret.matches(\"(VALUE\")'''\n",
            "[[rules.required]]\nid = \"VALUE\"\n",
            "[[rules.required]]\nVALUE = 1\n",
            "[rules.allowlist]\nVALUE = 1\nregexes = ['''[VALUE''']\n",
            "secretGroup = \"VALUE\"\n",
            "entropy = \"VALUE\"\n",
        ] {
            texts.push((".gitleaks.toml", format!("{rule}{text}")));
        }
        for text in [
            "VALUE\n",
            "VALUE generic/password a.txt\n",
            "00112233445566778899 VALUE\n",
            "00112233445566778899 generic/password a.txt until=VALUE\n",
        ] {
            texts.push((".gonogo-baseline", text.to_owned()));
        }
        texts.push((".gitleaksignore", "VALUE\n".to_owned()));
        texts.push((".gitleaksignore", "a:b:VALUE\n".to_owned()));
        for (name, text) in texts {
            world.write(&format!("tree/{name}"), text.replace("VALUE", &value));
            let run = world.gonogo(&folder).arg("scan").run();
            check_clean(
                &format!("{name}: {text}"),
                &(run.stdout + &run.stderr),
                &secrets,
            );
            std::fs::remove_file(folder.join(name)).unwrap();
        }
    }
}

/// A rule of a user's own is described in the user's words.
#[test]
fn what_users_say_of_their_rules_is_masked() {
    let world = World::new();
    let repo = world.init("repo");
    let tokens: Vec<String> = ["title", "why", "how"].map(token).into();
    let [title, why, how] = &tokens[..] else {
        unreachable!("there are three");
    };
    repo.write(
        "rules.toml",
        format!(
            "[[rules]]\nid = \"acme/token\"\ntitle = \"Like {title}\"\ndescription = \"Was {why}.\"\nremedy = \"Not {how}.\"\n\
             severity = \"high\"\nconfidence = \"high\"\nkeywords = [\"acme_\"]\nregex = 'acme_[0-9]{{20}}'\n"
        ),
    );
    for args in [&["list"][..], &["show", "acme/token"]] {
        let run = repo
            .gonogo()
            .arg("rules")
            .args(args)
            .args(["--rules", "rules.toml"])
            .run();
        assert_eq!((run.code, run.stderr.as_str()), (0, ""), "{args:?}");
        assert!(run.stdout.contains("Like ********"), "{}", run.stdout);
        let is_shown = tokens
            .iter()
            .any(|token| run.stdout.contains(token.as_str()));
        assert!(!is_shown, "{args:?} shows a secret");
    }
}
