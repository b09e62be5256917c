#!/usr/bin/env python3
"""Makes forks of a repository, and measures what `gonogo bulk scan` costs for all of them beside one.

    scripts/bulk/forks.py REPOSITORY [--forks 20] [--commits 50] [--bulk target/release/gonogo-bulk] [--keep FOLDER]

Each fork is a bare clone with commits of its own on the branch of HEAD: most of them add lines to a source file that is
there, some to a configuration file, some bring a new file. What is printed are CPU seconds of the program with all its
workers, for one fork, for all of them in a first run, and for a second run with nothing new.
"""

import argparse
import os
import pathlib
import resource
import subprocess
import sys
import tempfile

WHO = b"Dev <dev@example.com> %d +0000\n"
SOURCES = (".c", ".go", ".py", ".rb", ".ts", ".js", ".java", ".rs", ".php")
SETTINGS = (".conf", ".yml", ".yaml", ".toml", ".ini", ".cfg")


def git(folder, *args, data=None):
    done = subprocess.run(["git", "-C", str(folder), *args], input=data, stdout=subprocess.PIPE, check=True)
    return done.stdout


def pick(folder, ends):
    """The largest files of HEAD with one of these ends, and their contents."""
    rows = git(folder, "ls-tree", "-r", "-l", "-z", "HEAD").split(b"\0")[:-1]
    files = []
    for row in rows:
        meta, name = row.split(b"\t", 1)
        mode, kind, _, size = meta.split()
        # Blobs that a partial clone lacks have no size.
        if mode == b"100644" and kind == b"blob" and size.isdigit() and name.decode(errors="replace").endswith(ends):
            files.append((int(size), name))
    names = [name for size, name in sorted(files, reverse=True) if size < 400_000][:8]
    return [(name, git(folder, "cat-file", "blob", b"HEAD:" + name)) for name in names]


def commits(folder, fork, first, count):
    """Adds commits to the branch of HEAD, which no other fork has."""
    branch = git(folder, "symbolic-ref", "HEAD").strip()
    sources, settings = pick(folder, SOURCES), pick(folder, SETTINGS)
    out = []
    for number in range(first, first + count):
        when = 1_700_000_000 + fork * 100_000 + number * 60
        message = b"Change %d of fork %d\n" % (number, fork)
        out.append(b"commit %s\nauthor %scommitter %sdata %d\n%s" % (branch, WHO % when, WHO % when, len(message), message))
        if number == first:
            out.append(b"from %s^0\n" % branch)
        of = settings if number % 10 == 9 and settings else sources
        if number % 10 == 5 or not of:
            name, text = b"fork/new-%d.txt" % number, b"A file of fork %d, number %d\n" % (fork, number)
        else:
            at = number % len(of)
            name, text = of[at]
            mark = b"#" if of is settings else b"//"
            text += mark + b" line %d of fork %d\n" % (number, fork)
            of[at] = (name, text)
        out.append(b"M 100644 inline %s\ndata %d\n%s\n" % (name, len(text), text))
    git(folder, "fast-import", "--quiet", data=b"".join(out))


def cpu(command):
    """The CPU seconds of a command with all that it starts."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode:
        sys.exit(f"{command}: {done.stderr}")
    for line in done.stdout.splitlines()[:1]:
        print("   ", line, file=sys.stderr)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main():
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("repository")
    options.add_argument("--forks", type=int, default=20)
    options.add_argument("--commits", type=int, default=50)
    options.add_argument("--bulk", default="target/release/gonogo-bulk")
    options.add_argument("--keep", help="make the forks here, or take those that are there")
    options = options.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        scratch = pathlib.Path(scratch)
        folder = pathlib.Path(options.keep or scratch / "forks")
        if not folder.exists():
            folder.mkdir(parents=True)
            for fork in range(options.forks):
                path = folder / f"fork-{fork}.git"
                subprocess.run(["git", "clone", "-q", "--bare", options.repository, str(path)], check=True)
                commits(path, fork, 0, options.commits)
        paths = sorted(folder.iterdir())
        bulk = os.path.abspath(options.bulk)

        def scan(store, *sources):
            return cpu([bulk, "scan", *map(str, sources), "--quiet", "--store", str(scratch / store)])

        one = scan("one.db", paths[0])
        print(f"one fork: {one:.2f} s")
        every = scan("all.db", folder)
        print(f"{len(paths)} forks: {every:.2f} s, {every / one:.2f} times one")
        again = scan("all.db", folder)
        print(f"again with nothing new: {again:.2f} s, {100 * again / every:.1f} %")


if __name__ == "__main__":
    main()
