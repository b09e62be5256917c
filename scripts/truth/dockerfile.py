#!/usr/bin/env python3
"""Holds the rows about Dockerfiles against BuildKit's frontend.

    scripts/truth/dockerfile.py [FOLDER]

Needs Go; builds scripts/truth/dockerfile in FOLDER (else a temporary one). Nothing is built: history, settings and
commands are those that BuildKit would write and run. Commands that fetch are run in an empty folder with a `curl` and a
`wget` that only give a script which leaves a mark, to see whether it runs. Prints how many rows agree, and fails if one
does not that gives no reason (`differs`).
"""
import json, os, pathlib, re, shutil, subprocess, sys, tempfile, tomllib

VERSION = "v0.34.2"
HERE = pathlib.Path(__file__).resolve().parent
TABLE = HERE.parent.parent / "tests/it/servers/dockerfile.toml"
LITERAL, PASSED = "hunter2xyz", "passed-in-value"
FETCHER = """#!/bin/sh
name=$(basename "$0") out= remote= last=
while [ $# -gt 0 ]; do
  case $1 in
    --output) out=$2; shift ;;
    -*o) if [ "$name" = curl ]; then out=$2; shift; fi ;;
    -qO-|-O-) out=- ;;
    -O|-qO) if [ "$name" = wget ]; then out=$2; shift; else remote=1; fi ;;
    -*O) remote=1 ;;
    *://*) last=$1 ;;
  esac
  shift
done
[ "$name" = wget ] && [ -z "$out" ] && remote=1
[ -n "$remote" ] && [ -z "$out" ] && out=${last##*/}
case $last in
  *.py) text="open('$MARK', 'w').close()" ;;
  *) text=": > '$MARK'" ;;
esac
if [ -z "$out" ] || [ "$out" = - ]; then echo "$text"; else echo "$text" > "$out"; fi
"""


def runs_what_it_fetches(commands):
    """Whether some of the commands, run one after the other, run what a download gave."""
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        work, tools, mark = folder / "work", folder / "tools", folder / "mark"
        work.mkdir()
        tools.mkdir()
        for program in ("curl", "wget"):
            (tools / program).write_text(FETCHER)
            (tools / program).chmod(0o755)
        (tools / "sudo").write_text('#!/bin/sh\nwhile [ "${1#-}" != "$1" ]; do shift; done\nexec "$@"\n')
        (tools / "sudo").chmod(0o755)
        environment = {"PATH": f"{tools}:/usr/bin:/bin", "MARK": str(mark), "HOME": str(work)}
        for words in commands:
            try:
                subprocess.run(words, cwd=work, env=environment, stdin=subprocess.DEVNULL, capture_output=True, timeout=10)
            except (OSError, subprocess.TimeoutExpired):
                pass
        return mark.exists()


def ran(answer, *words):
    texts = [" ".join(command) for command in answer["commands"] or []]
    return any(word in text for text in texts for word in words)


def shows(rule, answer, row):
    """Whether BuildKit shows what a rule is about; None where it has no say."""
    if answer.get("error"):
        return None
    kept = (answer["history"] or []) + (answer["env"] or [])
    name = rule.split("/")[1]
    if name == "secret-in-env-arg":
        return any(value in text for text in kept for value in (LITERAL, PASSED))
    if name == "remote-script":
        return runs_what_it_fetches(answer["commands"] or [])
    root = answer["user"].split(":")[0] in ("root", "0")
    simple = {
        "user-root": root,
        "user-missing": not answer["user"],
        "healthcheck-missing": not answer["health"],
        "ssh": "22/tcp" in (answer["ports"] or []),
        "base-mutable-tag": any(base.endswith(":latest") for base in answer["bases"] or []),
        "chmod-777": ran(answer, "chmod 777", "chmod -R 777"),
        "tls-off": ran(answer, "curl -k"),
        "sudo": ran(answer, "sudo "),
        "update-alone": any(text.strip().endswith("apt-get update") for text in map(" ".join, answer["commands"] or [])),
    }
    if name == "dev-server":
        return any("CMD" in text and "dev" in text for text in (answer["history"] or [])[-1:])
    return simple.get(name)


def build(folder):
    source = folder / "dockerfile"
    shutil.copytree(HERE / "dockerfile", source, dirs_exist_ok=True)
    program = folder / "dockerfile-truth"
    if not program.exists():
        run = lambda *words: subprocess.run(words, cwd=source, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        if not (source / "go.mod").exists():
            run("go", "mod", "init", "truth")
            run("go", "get", f"github.com/moby/buildkit@{VERSION}")
            run("go", "mod", "tidy")
        run("go", "build", "-o", str(program), ".")
    return program


def main():
    folder = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else tempfile.mkdtemp()).resolve()
    folder.mkdir(parents=True, exist_ok=True)
    rows = tomllib.loads(TABLE.read_text())["row"]
    texts = json.dumps([row["text"] for row in rows])
    answer = subprocess.run([build(folder)], input=texts, capture_output=True, text=True, check=True)
    agree = differ = silent = 0
    failed = []
    for row, seen in zip(rows, json.loads(answer.stdout)):
        wanted = [(rule, True) for rule in row.get("says", "").split()] + [(rule, False) for rule in row.get("not", "").split()]
        verdicts = [(rule, want, shows(rule, seen, row)) for rule, want in wanted]
        wrong = [(rule, want) for rule, want, verdict in verdicts if verdict is not None and verdict != want]
        if all(verdict is None for _, _, verdict in verdicts):
            silent += 1
            if seen.get("error"):
                failed.append(f"{row['name']}: {seen['error']}")
        elif not wrong:
            agree += 1
        elif "differs" in row:
            differ += 1
        else:
            failed.append(f"{row['name']}: {wrong}: {json.dumps(seen)[:500]}")
    print(f"BuildKit {VERSION}: {agree} of {agree + differ + len(failed)} rows agree; {differ} differ for a reason, "
          f"{silent} are about what BuildKit does not judge")
    print("\n".join(failed))
    sys.exit(bool(failed))


if __name__ == "__main__":
    main()
