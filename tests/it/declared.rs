//! Keys that are declared as keys of tests or of developers: by a comment, by the branch of a program, by their file.

use crate::harness::{Repo, World, token};

/// Random, and made up for each run.
fn key(label: &str) -> String {
    let token = token(label);
    let random: String = token.chars().filter(char::is_ascii_alphanumeric).collect();
    random[random.len() - 32..].to_owned()
}

/// The severity of what was found in a file.
fn severity(repo: &Repo<'_>, path: &str) -> String {
    let report = repo.scan();
    let found = report.findings.iter().find(|it| it.path() == path);
    found.map(|it| it.severity.clone()).unwrap_or_default()
}

#[test]
fn what_a_file_declares_counts_for_the_copies_in_tests() {
    let world = World::new();
    let repo = world.init("repo");
    let key = key("declared");
    let settings = format!("signer:\n  hmac_secret: {key}\n");
    repo.commit_file("signer.yaml", &settings);
    repo.commit_file(
        "signer_test.go",
        format!("package a\n\nconst hmacSecret = \"{key}\"\n"),
    );
    // What runs has it, and so it counts in tests, too.
    assert_eq!(severity(&repo, "signer.yaml"), "high");
    assert_eq!(severity(&repo, "signer_test.go"), "high");
    let world = World::new();
    let repo = world.init("repo");
    let head = "# The keys below are testing keys that do not grant any power\n";
    repo.commit_file("signer.yaml", format!("{head}{settings}"));
    repo.commit_file(
        "signer_test.go",
        format!("package a\n\nconst hmacSecret = \"{key}\"\n"),
    );
    assert_eq!(severity(&repo, "signer.yaml"), "medium");
    assert_eq!(severity(&repo, "signer_test.go"), "medium");
    assert_eq!(repo.gonogo().arg("scan").run().code, 0);
    // A declaration in one file says nothing of another that runs.
    repo.commit_file("deploy/production.yaml", &settings);
    assert_eq!(severity(&repo, "deploy/production.yaml"), "high");
    assert_eq!(severity(&repo, "signer_test.go"), "high");
}

#[test]
fn branches_of_developers_count_and_others_do_not() {
    let world = World::new();
    for (path, text, expected) in [
        (
            "a.py",
            "import os\n\nif settings.DEBUG:\n    JWT_SECRET = \"KEY\"\n",
            "medium",
        ),
        (
            "a.py",
            "import os\n\nif not settings.DEBUG:\n    JWT_SECRET = \"KEY\"\n",
            "high",
        ),
        (
            "a.js",
            "if (process.env.NODE_ENV === 'production') {\n  a();\n} else {\n  const jwtSecret = 'KEY';\n}\n",
            "medium",
        ),
        (
            "a.sh",
            "if [ \"$IS_LOCAL\" = true ]; then\n  export JWT_SECRET=KEY\nfi\n",
            "medium",
        ),
        (
            "a.sh",
            "if test -f \"$a\"; then\n  export JWT_SECRET=KEY\nfi\n",
            "high",
        ),
    ] {
        let repo = world.init(&format!("repo{}", text.len()));
        repo.commit_file(path, text.replace("KEY", &key("branch")));
        assert_eq!(severity(&repo, path), expected, "{text}");
    }
}

/// A vendor's token is real wherever a program has it.
#[test]
fn what_a_vendor_issued_counts_in_every_branch() {
    let world = World::new();
    let repo = world.init("repo");
    let token = token("branch");
    repo.commit_file("a.py", format!("if DEBUG:\n    TOKEN = \"{token}\"\n"));
    assert_eq!(severity(&repo, "a.py"), "critical");
}

#[test]
fn profiles_of_visual_studio_are_of_developers() {
    let world = World::new();
    let repo = world.init("repo");
    let text = format!(
        "{{\"profiles\": {{\"Shop\": {{\"environmentVariables\": {{\n  \"JWT_SECRET\": \"{}\"\n}}}}}}}}\n",
        key("profile")
    );
    repo.commit_file("Shop/Properties/launchSettings.json", &text);
    repo.commit_file("Shop/appsettings.json", &text);
    let path = "Shop/Properties/launchSettings.json";
    // What ships has the same.
    assert_eq!(severity(&repo, path), "high");
    repo.git(&["rm", "-q", "Shop/appsettings.json"]);
    repo.git(&["commit", "-qm", "remove"]);
    let report = repo.scan_json(&["--no-history"]);
    assert_eq!(report["findings"][0]["severity"], "medium");
}

#[test]
fn a_variable_that_is_not_set_replaces_no_key() {
    let world = World::new();
    let repo = world.init("repo");
    let (jwt, captcha) = (key("jwt"), key("captcha"));
    let text = format!(
        "{{\n  \"keys\": {{\n    \"jwtSecret\": \"{jwt}\"\n  }},\n  \"captcha\": {{\n    \"secretKey\": \"{captcha}\"\n  }}\n}}\n"
    );
    repo.commit_file("config/default.json", text);
    repo.commit_file(
        "config/custom-environment-variables.json",
        "{\n  \"keys\": {\n    \"jwtSecret\": \"JWT_SECRET\"\n  },\n  \"captcha\": {\n    \"secretKey\": \"CAPTCHA_SECRET\"\n  }\n}\n",
    );
    let report = repo.scan_json(&["--no-history"]);
    let found = report["findings"].as_array().unwrap();
    let severities: Vec<_> = found.iter().map(|it| &it["severity"]).collect();
    assert_eq!(severities, ["high", "low"]);
    let message = found[0]["message"].as_str().unwrap();
    assert!(message.contains("jwtSecret") && message.contains("not set"));
    repo.commit_file(
        "config/production.json",
        "{\n  \"keys\": {\n    \"jwtSecret\": \"from the deployment\"\n  }\n}\n",
    );
    let report = repo.scan_json(&["--no-history"]);
    assert_eq!(report["findings"][0]["severity"], "low");
}

#[test]
fn a_value_typed_at_random_counts_for_a_server_that_everyone_reaches() {
    let world = World::new();
    let repo = world.init("repo");
    // Neighbouring keys, as a person types them who wants no word.
    let typed = ["drtfgyhu", "jikolpkj", "hg"].concat();
    for (path, host, expected) in [
        ("near.json", "db", "medium"),
        ("far.json", "lamp-x2.database.windows.net", "critical"),
    ] {
        let text = format!(
            "{{\"DefaultConnection\": \"data source={host};initial catalog=a;user id=app;password={typed}{path:.1}7!\"}}\n"
        );
        repo.commit_file(path, text);
        assert_eq!(severity(&repo, path), expected, "{path}");
    }
}
