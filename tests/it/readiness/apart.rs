//! What is set apart: values that the running system does not have, unused files, and items about things that do not
//! exist.

use super::Assessed;
use crate::harness::World;

fn password() -> String {
    ["Vq7#kd", "92Lmzx"].concat()
}

/// A deployment that writes an env file of its own has its own values, not those of the repository.
#[test]
fn what_a_deployment_writes_anew_is_not_in_production() {
    let variables = format!("DB_PASSWORD={}\n", password());
    let workflow = |writes: &str| {
        format!(
            "on: [workflow_dispatch]\njobs:\n  deploy:\n    environment: production\n    steps:\n      - run: |\n          {writes}\n          ssh host docker compose up -d\n        env: {{A: \"${{{{ secrets.DB_PASSWORD }}}}\"}}\n      - run: echo ${{{{ secrets.DB_PASSWORD }}}}\n"
        )
    };
    for (writes, grade) in [
        ("echo DB_PASSWORD=$A > .env", "exercised"),
        ("printf x | tee -a app/.env", "exercised"),
        ("cat .env", "refuted"),
    ] {
        let world = World::new();
        let repo = world.init("repo");
        repo.write(".env", &variables);
        repo.write(
            "compose.yml",
            "services:\n  app:\n    image: app:1\n    env_file: .env\n",
        );
        repo.write(".github/workflows/deploy.yml", workflow(writes));
        repo.commit("first");
        let assessed = Assessed::of(&repo, &[]);
        let evidence = assessed.evidence("A1");
        assert_eq!(assessed.grade("A1"), grade, "{writes}\n{evidence}");
        let is_named = evidence.contains("in what the deployment writes anew");
        assert_eq!(is_named, grade != "refuted", "{evidence}");
        assert_eq!(assessed.grade("A5") == "refuted", grade == "refuted");
    }
}

/// An encrypted file with the same key takes the place of a stand-in beside it.
#[test]
fn stand_ins_beside_encrypted_values_are_not_in_production() {
    let sealed = "kind: SealedSecret\nspec:\n  encryptedData:\n    password: AgBy\n";
    let by_sops = "hub:\n  password: ENC[AES256_GCM,data:a]\nsops:\n  mac: a\n";
    for (path, text, is_replaced) in [
        ("config/enc-hub.secret.values.yaml", by_sops, true),
        ("config/hub.sealed.yaml", sealed, true),
        ("other/enc-hub.secret.values.yaml", by_sops, false),
        ("config/other.yaml", "hub:\n  password: a\n", false),
        (
            "config/enc-hub.secret.values.yaml",
            "hub:\n  token: ENC[AES256_GCM,data:a]\nsops:\n  mac: a\n",
            false,
        ),
    ] {
        let world = World::new();
        let repo = world.init("repo");
        let values = format!("hub:\n  password: &fake <{}-password>\n", "your");
        repo.write("config/hub.values.yaml", values);
        repo.write(path, text);
        repo.commit("first");
        let assessed = Assessed::of(&repo, &[]);
        let evidence = assessed.evidence("A6");
        let is_refuted = assessed.grade("A6") == "refuted";
        assert_ne!(is_refuted, is_replaced, "{path} {text}\n{evidence}");
    }
}

/// What only developers run or start is not in production: a script of theirs, and what pipelines test with.
#[test]
fn what_developers_run_is_not_in_production() {
    let script = |comment: &str| {
        format!(
            "# {comment}\nexport DB_HOST=localhost\nexport DB_PASSWORD={}\n",
            password()
        )
    };
    for (path, text, is_refuted) in [
        ("migrate.sh", script("Runs the migration locally"), false),
        ("migrate_locally.sh", script("Runs the migration"), false),
        ("migrate.sh", script("Runs the migration"), true),
        ("deploy.sh", script("Deploys what was built locally"), true),
    ] {
        let world = World::new();
        let repo = world.init("repo");
        repo.write(path, &text);
        repo.write(
            "k8s/app.yaml",
            "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n",
        );
        repo.commit("first");
        let assessed = Assessed::of(&repo, &[]);
        let evidence = assessed.evidence("A1");
        assert_eq!(
            assessed.grade("A1") == "refuted",
            is_refuted,
            "{path} {text}\n{evidence}"
        );
    }
}

/// What a container is given in production replaces a default in the code.
#[test]
fn a_default_that_the_deployment_replaces_is_not_in_production() {
    let code = format!(
        "<?php\ndefine('DB_PASSWORD', getenv_docker('WORDPRESS_DB_PASSWORD', '{}'));\n",
        password()
    );
    let task = |name: &str| {
        format!(
            "[{{\n  \"name\": \"app\",\n  \"secrets\": [{{\n    \"name\": \"{name}\",\n    \"valueFrom\": \"${{{name}}}\"\n  }}]\n}}]\n"
        )
    };
    for (name, is_replaced) in [("WORDPRESS_DB_PASSWORD", true), ("OTHER_PASSWORD", false)] {
        let world = World::new();
        let repo = world.init("repo");
        repo.write("wp-config.php", &code);
        repo.write("ecs/definitions/app.json.tmpl", task(name));
        repo.commit("first");
        let assessed = Assessed::of(&repo, &[]);
        let evidence = assessed.evidence("A1");
        assert_eq!(assessed.grade("A1") != "refuted", is_replaced, "{evidence}");
        assert_ne!(assessed.grade("A5"), "refuted");
    }
}

/// A manifest's values for a development environment, and references to entries of a Secret, are not in production.
#[test]
fn parts_for_developers_and_references_are_set_apart() {
    let variables = |name: &str| {
        format!(
            "{{\n  \"vars\": {{ \"A\": \"b\" }},\n  \"env\": {{\n    \"{name}\": {{\n      \"vars\": {{\n        \"API_PASSWORD\": \"{}\",\n      }},\n    }},\n  }},\n}}\n",
            password()
        )
    };
    for (name, grade) in [("local", false), ("production", true)] {
        let world = World::new();
        let repo = world.init("repo");
        repo.write("wrangler.jsonc", variables(name));
        repo.commit("first");
        let assessed = Assessed::of(&repo, &[]);
        let evidence = assessed.evidence("A1");
        assert_eq!(
            assessed.grade("A1") == "refuted",
            grade,
            "{name}\n{evidence}"
        );
    }
    for (beside, is_refuted) in [
        ("jwtSecretSecretName: api", false),
        ("logLevel: info", true),
    ] {
        let world = World::new();
        let repo = world.init("repo");
        let values = format!("app:\n  jwtSecretSecretKey: api-app-jwt-secret\n  {beside}\n");
        repo.write("k8s/argocd/api.values.yaml", values);
        repo.commit("first");
        let assessed = Assessed::of(&repo, &[]);
        let evidence = assessed.evidence("A6");
        assert_eq!(
            assessed.grade("A6") == "refuted",
            is_refuted,
            "{beside}\n{evidence}"
        );
    }
}

/// Not finding anything is weak evidence: an item is left out only if no file mentions its subject.
#[test]
fn an_item_is_left_out_only_where_nothing_speaks_of_its_thing() {
    for (files, item, applies) in [
        (
            ">>>> roles/db/tasks/main.yml\n- package: {name: mariadb-server}\n>>>> site.yml\n- {hosts: db, roles: [db]}\n",
            "C7",
            true,
        ),
        (
            ">>>> main.tf\nresource \"heroku_addon\" \"db\" {\n  plan = \"heroku-postgresql:standard-0\"\n}\n",
            "C7",
            true,
        ),
        (
            ">>>> main.tf\nmodule \"store\" {\n  source = \"terraform-aws-modules/rds/aws\"\n}\n",
            "C7",
            true,
        ),
        (
            ">>>> manifest.yml\napplications:\n  - {name: app, services: [api-rds]}\n",
            "C7",
            true,
        ),
        (
            ">>>> README.md\n# App\nIt needs a PostgreSQL server.\n",
            "C7",
            true,
        ),
        (">>>> README.md\n# App\nIt needs nothing.\n", "C7", false),
        (
            ">>>> README.md\n# App\nJobs are kept in Redis.\n",
            "D1",
            true,
        ),
        (
            ">>>> README.md\n# App\nThe results are redistributed.\n",
            "D1",
            false,
        ),
    ] {
        let assessed = Assessed::of_files(files);
        let is_left_out = assessed.state(item) == "not applicable";
        assert_eq!(is_left_out, !applies, "{item} {files}");
    }
    let ansible = ">>>> roles/db/tasks/main.yml\n- package: {name: mariadb-server}\n";
    let assessed = Assessed::of_files(ansible);
    assert_eq!(assessed.states("indicators")["NOGO2"], "not shown here");
}

/// Readers of a verdict must know first that nothing runs from the repository.
#[test]
fn a_repository_that_says_that_it_is_archived_has_a_note_at_the_head() {
    let archived =
        Assessed::of_files(">>>> README.md\n# App\n\nThis repository is no longer maintained.\n");
    let notices = archived.json["notices"].as_array().unwrap();
    assert_eq!(notices.len(), 1);
    assert_eq!(
        (notices[0]["path"].as_str(), notices[0]["line"].as_u64()),
        (Some("README.md"), Some(3))
    );
    let kept = Assessed::of_files(">>>> README.md\n# App\n\nThis repository is maintained.\n");
    assert!(kept.json["notices"].as_array().unwrap().is_empty());
}

/// Entries of a collection that a site shows configure nothing.
#[test]
fn entries_of_a_collection_are_no_settings() {
    for (count, grade) in [(25, "nothing"), (3, "set up")] {
        let world = World::new();
        let repo = world.init("repo");
        for number in 0..count {
            repo.write(
                &format!("data/talk-{number}.yml"),
                "title: Profiling with Skylight\n",
            );
        }
        repo.commit("first");
        let assessed = Assessed::of(&repo, &[]);
        assert_eq!(assessed.grade("I3"), grade, "{}", assessed.evidence("I3"));
    }
}

/// A placeholder in the variables of developers, or on a machine that is gone, is in no deployed file.
#[test]
fn placeholders_that_nothing_runs_with_are_set_apart() {
    let of = |name: &str, value: &str, readme: &str| {
        let world = World::new();
        let repo = world.init("repo");
        repo.write(
            "server/app.env",
            format!("{name}={value}\nDB_PASSWORD=changeme\n"),
        );
        repo.write("server/README.md", readme);
        repo.commit("first");
        Assessed::of(&repo, &[]).grade("A6").to_owned()
    };
    assert_eq!(of("APP_ENV", "production", "# App\n"), "refuted");
    assert_ne!(of("APP_ENV", "development", "# App\n"), "refuted");
    assert_ne!(of("POSTGRES_DB", "app_dev", "# App\n"), "refuted");
    let gone = "# App\n\nThis server is no longer used!\n";
    assert_ne!(of("APP_ENV", "production", gone), "refuted");
}

/// What a scanner is to pass over names files, and holds no value.
#[test]
fn lists_for_scanners_hold_no_placeholder() {
    let world = World::new();
    let repo = world.init("repo");
    repo.write(
        ".gitleaksignore",
        "db_password: changeme\napi_key.env:private-key: changeme\n",
    );
    repo.commit("first");
    assert_ne!(Assessed::of(&repo, &[]).grade("A6"), "refuted");
}
