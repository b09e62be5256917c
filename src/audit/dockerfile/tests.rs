//! Properties of the audit of Dockerfiles as a whole: names, shapes, hostile input.

use proptest::prelude::*;

use crate::audit::{Outcome, audit};
use crate::redact::Shown;

use super::is_named_like_dockerfile;

#[test]
fn names_of_dockerfiles() {
    for path in [
        "Dockerfile",
        "a/dockerfile",
        "Dockerfile.web",
        "web.Dockerfile",
        "Containerfile",
        "Dockerfile-alpine",
        "x/Containerfile.dev",
        "Dockerfile_arm",
        "api.containerfile",
    ] {
        assert!(is_named_like_dockerfile(path), "{path}");
    }
    for path in [
        "Dockerfile.md",
        "Dockerfiles/a.sh",
        "Dockerfile.dockerignore",
        "Dockerfile.j2",
        "Dockerfiles",
        "mydockerfile",
        "docker",
        "é",
    ] {
        assert!(!is_named_like_dockerfile(path), "{path}");
    }
}

#[test]
fn other_files_are_not_audited() {
    for (path, text) in [
        ("Dockerfile", ""),
        ("Dockerfile", "# FROM x\n"),
        ("dockerfile.rb", "hello\n"),
    ] {
        let outcome = audit(path, text.as_bytes());
        assert!(matches!(outcome, Outcome::NotConfiguration), "{text}");
    }
    for text in ["hello\n", "RUN x\nFROM y\n"] {
        let outcome = audit("Dockerfile", text.as_bytes());
        assert!(
            matches!(outcome, Outcome::Unparsable { line: 1, .. }),
            "{text}"
        );
    }
    for text in [
        "FROM {{ image }}\n",
        "FROM x\n{% if y %}\nRUN z\n{% endif %}\n",
    ] {
        assert!(
            matches!(audit("Dockerfile", text.as_bytes()), Outcome::Template),
            "{text}"
        );
    }
    let here = "FROM x:1\nCOPY <<EOF /a\n{{ range . }}\nEOF\n";
    assert!(matches!(
        audit("Dockerfile", here.as_bytes()),
        Outcome::Audited(_)
    ));
    let format = "FROM x:1\nRUN docker inspect -f '{{.Id}}' a\n";
    assert!(matches!(
        audit("Dockerfile", format.as_bytes()),
        Outcome::Audited(_)
    ));
}

/// Returns stages that are each built on the one before.
fn chain() -> String {
    let stages: Vec<_> = (1..900)
        .map(|n| format!("FROM s{} AS s{n}\nENV A{n}=1\n", n - 1))
        .collect();
    format!("FROM a AS s0\n{}", stages.concat())
}

#[test]
fn hostile_files_are_quick() {
    for text in [
        "FROM a AS a\n".repeat(20_000),
        format!("FROM a\n{}", "ENV A=$A$A\n".repeat(20_000)),
        format!("FROM a\nENV A={}\n", "${A:-".repeat(50_000)),
        format!("FROM a\nRUN {}\n", "\\\n#\n".repeat(50_000)),
        format!("FROM a\nRUN {}\n", "sh -c '".repeat(30_000)),
        format!("FROM a\nRUN {}\n", "<<A ".repeat(50_000)),
        format!("FROM a\nCOPY [{}\n", "\"a\",".repeat(50_000)),
        format!("FROM a\nRUN {}\n", "chmod 777 a;".repeat(20_000)),
        chain(),
    ] {
        let start = std::time::Instant::now();
        let _ = audit("Dockerfile", text.as_bytes());
        assert!(start.elapsed().as_secs() < 120, "{}", &text[..40]);
    }
}

proptest! {
    #[test]
    fn no_dockerfile_breaks_the_audit(
        lines in proptest::collection::vec(
            proptest::sample::select(vec![
                "FROM a AS é\n", "FROM é\n", "FROM ${A:-ü}\n", "ARG A\n", "ARG A_TOKEN=ü\n", "ENV A_PASSWORD hünter\n", "ENV A=\"é\n",
                "RUN <<EOF\n", "EOF\n", "RUN é \\\n", "# é\n", "  && chmod 777 é # ü\n", "COPY [\"é\", \".\"]\n", "COPY --from=é --chmod=777 . .\n",
                "USER ${A}\n", "USER root\n", "HEALTHCHECK CMD é\n", "HEALTHCHECK NONE\n", "ENTRYPOINT [\"sh\", \"-c\", \"sudo é\"]\n",
                "RUN sh -c \"é | sh -c 'curl ü | sh'\"\n", "EXPOSE 22 ü\n", "CMD\n", "\\\n", "\t\n", "ONBUILD RUN <<X\n", "# escape=`\n", "RUN é `\n",
                "ADD http://é /\n",
            ]),
            0..14,
        )
    ) {
        let text = format!("FROM a\n{}", lines.concat());
        if let Outcome::Audited(findings) = audit("Dockerfile", text.as_bytes()) {
            for finding in findings {
                prop_assert!(text.get(finding.location.region.bytes()).is_some());
                let shown = Shown::alone(finding);
                let (_, text, marked) = shown.lines().unwrap();
                prop_assert!(text.get(marked).is_some());
            }
        }
    }
}
