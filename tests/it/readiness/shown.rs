//! What reports show of what people and repositories have written: no secret, and nothing that a reader would act on.

use crate::harness::{World, token};

const FORMATS: [&str; 5] = ["text", "json", "html", "markdown", "sarif"];

/// Reasons, names, people and standards are written by people, who paste what they have at hand.
#[test]
fn no_secret_is_shown_whoever_has_written_it() {
    let world = World::new();
    let repo = world.init("repo");
    let parts = ["a", "b", "c", "d", "e", "f", "g", "h"].map(token);
    let [reason, system, place, signer, by, source, title, action] = &parts;
    repo.write(
        "readiness.toml",
        format!(
            "[system]\nname = \"Shop {system}\"\nenvironment = \"at {place}\"\nstandards = [\"own.toml\"]\n\
             [signers]\n\"{signer}\" = [\"qa\"]\n\"{by}\" = [\"devops\"]\n\
             [[not-applicable]]\nitem = \"O3\"\nreason = \"staging is root with {reason}\"\n"
        ),
    );
    repo.write(
        "own.toml",
        format!(
            "[category]\nid = \"own\"\ntitle = \"Own {title}\"\n[[item]]\nid = \"ZZ1\"\ntitle = \"Rotate {title}\"\nneeds = \"said\"\n\
             ask = \"qa\"\nperson = \"whether {title} is gone\"\naction = \"Revoke {action}.\"\n"
        ),
    );
    let statement = format!(
        "version = 1\nitem = \"L9\"\nstatement = \"done with {reason}\"\nby = \"{by}\"\nrole = \"devops\"\nscope = \"period\"\n\
         made = \"2026-01-01\"\nuntil = \"2026-03-31\"\n[[evidence]]\nname = \"https://example.org/{source}\"\nsha256 = \"{source}\"\n"
    );
    repo.write(".gonogo/attestations/L9.toml", &statement);
    let stale = statement.replace(
        "scope = \"period\"",
        &format!("scope = \"release\"\nsubject = \"{source}\""),
    );
    repo.write(".gonogo/attestations/L8.toml", stale.replace("L9", "L8"));
    let check = |args: &[&str]| {
        let run = repo.gonogo().arg("readiness").args(args).run();
        assert_eq!((run.code, run.stderr.as_str()), (0, ""), "{args:?}");
        for part in &parts {
            assert!(
                !run.stdout.contains(part.as_str()),
                "{args:?} shows a secret"
            );
        }
        run.stdout
    };
    for format in FORMATS {
        check(&["--no-scan", "--at", "2026-02-01", "-f", format]);
    }
    assert!(check(&["--at", "2026-02-01"]).contains("Shop ********"));
    check(&["ask", "--no-scan", "--at", "2026-02-01"]);
    check(&["items", "--people", "--standard", "own.toml"]);
}

/// What is asked in the built-in standard stays as it is written, with whatever it is read.
#[test]
fn the_built_in_standard_is_not_masked() {
    let world = World::new();
    let repo = world.init("repo");
    repo.write(
        "own.toml",
        "[category]\nid = \"own\"\ntitle = \"Own\"\n[[item]]\nid = \"ZZ1\"\ntitle = \"Own\"\nneeds = \"said\"\nask = \"qa\"\n\
         person = \"whether it is so\"\naction = \"Do it.\"\n",
    );
    let items = |args: &[&str]| {
        let run = repo.gonogo().args(["readiness", "items"]).args(args).run();
        assert_eq!((run.code, run.stderr.as_str()), (0, ""));
        run.stdout
    };
    let with_own = items(&["--standard", "own.toml"]);
    assert!(
        with_own.contains("\nOwn\n") && with_own.contains("ZZ1"),
        "{with_own}"
    );
    assert!(with_own.starts_with(&items(&[])), "{with_own}");
    assert!(!with_own.contains("********"), "{with_own}");
}

/// Names of files are chosen by the repository.
#[cfg(unix)]
#[test]
fn no_name_of_a_file_forges_a_line_of_the_report() {
    let world = World::new();
    let repo = world.init("repo");
    let name = "a\n\n# FORGED: GO\n\n<img src=x> \u{1b}[2J \u{202e} `b` .env";
    repo.commit_file(name, format!("GITHUB_TOKEN={}\n", token("named")));
    for format in FORMATS {
        let run = repo.gonogo().args(["readiness", "-f", format]).run();
        assert!(
            run.stdout.contains("FORGED"),
            "{format} does not show the file"
        );
        assert!(
            !run.stdout.contains("\n# FORGED"),
            "{format}: {}",
            run.stdout
        );
        assert!(!run.stdout.contains(['\u{1b}', '\u{202e}']), "{format}");
        let is_markup = matches!(format, "html" | "markdown");
        assert!(
            !(is_markup && run.stdout.contains("<img src=x>")),
            "{format}"
        );
    }
}
