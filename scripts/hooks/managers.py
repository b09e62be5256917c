#!/usr/bin/env python3
"""Runs gonogo through real hook managers, one kind of commit after the other.

    scripts/hooks/managers.py [--core] target/release/gonogo [MANAGER…]

For each manager a repository is made, the manager is installed into it from npm or PyPI, `gonogo init` adds gonogo, and a
file with a made-up password is committed in every way that git has. A commit that goes through must be stopped by the push,
or `gonogo doctor` must say that commits are not checked. The table that is printed is what docs/hooks.md promises; exit
code 1: a password went through all of it, and nothing said so.

Needs npm, Python with venv, and the registries. `.ci/run` runs `--core`: the managers that differ most, and the kinds of
commits that take different ways through git.
"""

import argparse
import os
import pathlib
import secrets
import string
import subprocess
import sys
import tempfile

NPM = {
    "husky": ["husky@9.1.7"],
    "lefthook": ["lefthook@2.0.4"],
    "simple-git-hooks": ["simple-git-hooks@2.13.1"],
    "lint-staged": ["husky@9.1.7", "lint-staged@16.1.0"],
}
PRE_COMMIT = "pre-commit==4.3.0"


class World:
    def __init__(self, scratch, program):
        self.scratch = scratch
        home, tools = scratch / "home", scratch / "bin"
        home.mkdir()
        tools.mkdir()
        (tools / "gonogo").symlink_to(program)
        keep = ("PATH", "LANG", "TMPDIR", "NPM_CONFIG_REGISTRY", "npm_config_registry", "PIP_INDEX_URL", "PIP_CONFIG_FILE")
        self.env = {name: os.environ[name] for name in keep if name in os.environ}
        # Settings of a registry are in the home of who runs this.
        for name in (".npmrc", ".config/pip/pip.conf", ".pip/pip.conf"):
            real = pathlib.Path.home() / name
            if real.exists():
                copy = home / name
                copy.parent.mkdir(parents=True, exist_ok=True)
                copy.write_bytes(real.read_bytes())
        self.env |= {
            "HOME": str(home),
            "GIT_CONFIG_NOSYSTEM": "1",
            "PRE_COMMIT_HOME": str(scratch / "cache"),
            "GIT_EDITOR": "true",
            "PATH": f"{tools}:{self.env['PATH']}",
        }
        for who in ("AUTHOR", "COMMITTER"):
            self.env |= {f"GIT_{who}_NAME": "Ann", f"GIT_{who}_EMAIL": "ann@example.org"}

    def run(self, folder, *command):
        return subprocess.run(
            command, cwd=folder, env=self.env, stdin=subprocess.DEVNULL, capture_output=True, text=True, errors="replace"
        )

    def must(self, folder, *command):
        done = self.run(folder, *command)
        if done.returncode:
            sys.exit(f"{' '.join(command)}: exit code {done.returncode}\n{done.stdout}{done.stderr}")
        return done.stdout


def settings():
    """A file with a password that no file of this repository holds."""
    letters = string.ascii_letters + string.digits
    return f"DB_PASSWORD={''.join(secrets.choice(letters) for _ in range(24))}\n"


def set_up(world, manager):
    """A repository with a remote, the manager and gonogo."""
    repo, remote = world.scratch / "repo", world.scratch / "remote.git"
    world.must(world.scratch, "git", "init", "-q", "--bare", str(remote))
    world.must(world.scratch, "git", "init", "-q", "-b", "main", str(repo))
    world.must(repo, "git", "remote", "add", "origin", str(remote))
    (repo / ".gitignore").write_text("node_modules/\n.venv/\n")
    (repo / "readme.md").write_text("A project.\n")
    (repo / "sub").mkdir()
    (repo / "sub/a.env").write_text("MODE=test\n")
    if manager in NPM:
        world.must(repo, "npm", "init", "-y")
        world.must(repo, "npm", "install", "--silent", "--no-audit", "--no-fund", "--save-dev", *NPM[manager])
    if manager in ("husky", "lint-staged"):
        world.must(repo, "npx", "husky", "init")
        # What `husky init` writes runs tests, of which there are none.
        text = "npx lint-staged\n" if manager == "lint-staged" else ""
        (repo / ".husky/pre-commit").write_text(text)
    if manager == "lint-staged":
        (repo / ".lintstagedrc.json").write_text('{"*.md": "true"}\n')
    if manager == "simple-git-hooks":
        world.must(repo, "npm", "pkg", "set", "simple-git-hooks.pre-commit=true")
    if manager == "lefthook":
        (repo / "lefthook.yml").write_text("pre-commit:\n  commands:\n    nothing:\n      run: 'true'\n")
    if manager == "pre-commit":
        world.must(repo, sys.executable, "-m", "venv", ".venv")
        world.must(repo, ".venv/bin/pip", "install", "-q", PRE_COMMIT)
        world.env["PATH"] = f"{repo}/.venv/bin:{world.env['PATH']}"
        (repo / ".pre-commit-config.yaml").write_text("repos: []\n")
    world.must(repo, "git", "add", "-A")
    world.must(repo, "git", "commit", "-qm", "First", "--no-verify")
    world.must(repo, "gonogo", "init")
    install = {
        "lefthook": ["npx", "lefthook", "install"],
        "simple-git-hooks": ["npx", "simple-git-hooks"],
        "pre-commit": ["pre-commit", "install", "-t", "pre-commit", "-t", "pre-merge-commit", "-t", "pre-push"],
        "none": ["gonogo", "install-hook"],
    }
    if manager in install:
        world.must(repo, *install[manager])
    world.must(repo, "git", "add", "-A")
    world.must(repo, "git", "commit", "-qm", "Add gonogo", "--no-verify")
    world.must(repo, "git", "push", "-q", "--no-verify", "origin", "main")
    return repo


def plain(world, repo, *how, name="app.env"):
    (repo / name).write_text(settings())
    world.must(repo, "git", "add", name)
    return world.run(repo, "git", "commit", "-m", "A change", *how)


def of_all(world, repo):
    (repo / "sub/a.env").write_text(settings())
    return world.run(repo, "git", "commit", "-a", "-m", "A change")


def of_file(world, repo):
    (repo / "sub/a.env").write_text(settings())
    return world.run(repo, "git", "commit", "-m", "A change", "sub/a.env")


def amended(world, repo):
    return plain(world, repo, "--amend")


def from_subfolder(world, repo):
    (repo / "sub/b.env").write_text(settings())
    world.must(repo, "git", "add", "-A")
    return world.run(repo / "sub", "git", "commit", "-m", "A change")


def type_change(world, repo):
    (repo / "link.env").symlink_to("readme.md")
    world.must(repo, "git", "add", "-A")
    world.must(repo, "git", "commit", "-qm", "A link", "--no-verify")
    (repo / "link.env").unlink()
    (repo / "link.env").write_text(settings())
    world.must(repo, "git", "add", "-A")
    return world.run(repo, "git", "commit", "-m", "A change")


def linked_worktree(world, repo):
    other = repo.parent / "linked"
    world.must(repo, "git", "worktree", "add", "-q", "-b", "linked", str(other))
    return plain(world, other)


def on_branch(world, repo):
    """A branch with a password, which no hook has seen."""
    world.must(repo, "git", "checkout", "-q", "-b", "side")
    (repo / "side.env").write_text(settings())
    world.must(repo, "git", "add", "-A")
    world.must(repo, "git", "commit", "-qm", "On the side", "--no-verify")
    world.must(repo, "git", "checkout", "-q", "main")
    (repo / "main.txt").write_text("more\n")
    world.must(repo, "git", "add", "-A")
    world.must(repo, "git", "commit", "-qm", "On main", "--no-verify")


def merge(world, repo):
    on_branch(world, repo)
    return world.run(repo, "git", "merge", "--no-edit", "side")


def cherry_pick(world, repo):
    on_branch(world, repo)
    return world.run(repo, "git", "cherry-pick", "side")


def rebase(world, repo):
    on_branch(world, repo)
    world.must(repo, "git", "checkout", "-q", "side")
    return world.run(repo, "git", "rebase", "main")


KINDS = {
    "commit": plain,
    "commit -a": of_all,
    "commit FILE": of_file,
    "commit --amend": amended,
    "from a subfolder": from_subfolder,
    "type change": type_change,
    "linked worktree": linked_worktree,
    "clean merge": merge,
    "clean cherry-pick": cherry_pick,
    "rebase": rebase,
}


# What `--core` runs. pre-commit has a script of its own, `.ci/pre-commit-hook`.
CORE_MANAGERS = ["none", "husky", "lefthook"]
CORE_KINDS = ["commit -a", "type change", "linked worktree", "clean merge", "rebase"]


def doctor_says(world, repo, kind, folder):
    """Whether `gonogo doctor` warns that this is not checked."""
    done = world.run(repo, "gonogo", "doctor")
    what = {"clean merge": "merge", "clean cherry-pick": "push", "rebase": "push"}.get(kind, "commit")
    lines = done.stdout.splitlines()
    if kind == "linked worktree":
        return any(folder.name in line and "NOT CHECKED" in line for line in lines), done.stdout
    return any(line.startswith(what) and "NOT CHECKED" in line for line in lines), done.stdout


def judge(world, repo, kind):
    """How a password in this kind of commit fares: stopped, stopped by the push, warned of, or `MISSED`."""
    start = world.must(repo, "git", "rev-parse", "main").strip()
    done = KINDS[kind](world, repo)
    folder = repo.parent / "linked" if kind == "linked worktree" else repo
    if done.returncode:
        says = done.stdout + done.stderr
        result = "stopped" if "NO-GO" in says else f"failed: {says.strip()[-300:]}"
    else:
        branch = kind.replace(" ", "-")
        push = world.run(folder, "git", "push", "origin", f"HEAD:refs/heads/try-{branch}")
        is_stopped = push.returncode and "NO-GO" in push.stdout + push.stderr
        is_said, text = doctor_says(world, repo, kind, folder)
        result = "stopped by the push" if is_stopped else "doctor warns" if is_said else f"MISSED\n{text}"
    for command in (["merge", "--abort"], ["rebase", "--abort"], ["cherry-pick", "--abort"]):
        world.run(repo, "git", *command)
    world.must(repo, "git", "checkout", "-q", "-f", "main")
    world.must(repo, "git", "reset", "-q", "--hard", start)
    world.must(repo, "git", "clean", "-qfd", "-e", "node_modules", "-e", ".venv")
    if kind == "linked worktree":
        world.must(repo, "git", "worktree", "remove", "--force", str(folder))
    for branch in ("side", "linked"):
        world.run(repo, "git", "branch", "-qD", branch)
    return result


def main():
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--core", action="store_true", help="a few managers and kinds of commits only")
    options.add_argument("program")
    options.add_argument("managers", nargs="*", metavar="MANAGER")
    options = options.parse_args()
    program = pathlib.Path(options.program).resolve()
    failures = []
    every = CORE_MANAGERS if options.core else ["none", "pre-commit", *NPM]
    for manager in options.managers or every:
        with tempfile.TemporaryDirectory() as scratch:
            world = World(pathlib.Path(scratch), program)
            repo = set_up(world, manager)
            for kind in CORE_KINDS if options.core else KINDS:
                result = judge(world, repo, kind)
                print(f"{manager:18}{kind:20}{result}", flush=True)
                if result.split()[0] in ("MISSED", "failed:"):
                    failures.append((manager, kind))
    if failures:
        sys.exit(f"went through, or was not what was meant: {failures}")


if __name__ == "__main__":
    main()
