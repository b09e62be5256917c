#!/usr/bin/env python3
"""Measures nights of `gonogo bulk scan` over many repositories: the first, one with nothing new, and one with ten commits in
each of five; beside them the sum of `gonogo scan` over each, and that of Kingfisher over some.

    scripts/bulk/nights.py [REPOSITORY...] [--gonogo target/release/gonogo] [--bulk target/release/gonogo-bulk]
                           [--kingfisher PROGRAM] [--sample 10] [--small 300] [--keep FOLDER]

The repositories are copied first, as bare clones. `--small` makes so many of 100 commits instead. All figures are CPU seconds
of a program with all its processes.
"""

import argparse
import os
import pathlib
import random
import resource
import subprocess
import sys
import tempfile

from forks import commits

WORDS = "parse buffer length client server reply queue timer event handle error string number table index".split()


def cpu(command, codes=(0,)):
    """The CPU seconds of a command with all that it starts."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode not in codes:
        sys.exit(f"error: {command[0]}: {done.returncode}: {done.stderr.decode(errors='replace')[-500:]}")
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def small(folder, number):
    """A repository of 100 commits, each of which changes some lines of one of ten files."""
    chance = random.Random(number)
    line = lambda: " ".join(chance.choices(WORDS, k=8)) + ";\n"
    files = [[line() for _ in range(80)] for _ in range(10)]
    stream = []
    for commit in range(100):
        at = commit % len(files)
        for _ in range(5):
            files[at][chance.randrange(80)] = line()
        text = "".join(files[at])
        when = 1_700_000_000 + commit * 60
        stream.append(f"commit refs/heads/main\nmark :{commit + 1}\ncommitter Dev <dev@example.com> {when} +0000\ndata 5\nmore\n\n"
                      + (f"from :{commit}\n" if commit else "") + f"M 100644 inline src/{at}.c\ndata {len(text)}\n{text}\n")
    path = folder / f"r{number:05}.git"
    subprocess.run(["git", "init", "-q", "--bare", "-b", "main", path], check=True)
    subprocess.run(["git", "-C", path, "fast-import", "--quiet"], input="".join(stream).encode(), check=True)


def make(folder, options):
    folder.mkdir(parents=True)
    for number in range(options.small):
        small(folder, number)
    for path in options.repositories:
        name = pathlib.Path(path).resolve()
        name = name.parent.name if name.name in (".git", "repo") else name.name
        subprocess.run(["git", "clone", "-q", "--bare", "--local", path, folder / f"{name}.git"], check=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("repositories", nargs="*")
    parser.add_argument("--gonogo", default="target/release/gonogo")
    parser.add_argument("--bulk", default="target/release/gonogo-bulk")
    parser.add_argument("--kingfisher")
    parser.add_argument("--sample", type=int, default=10)
    parser.add_argument("--small", type=int, default=0)
    parser.add_argument("--keep", help="make the repositories here, or take those that are there")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        scratch = pathlib.Path(scratch)
        folder = pathlib.Path(options.keep or scratch / "repositories")
        if not folder.exists():
            make(folder, options)
        paths = sorted(folder.iterdir())
        command = [os.path.abspath(options.bulk), "scan", folder, "--quiet", "--store", scratch / "nights.db"]
        night = lambda: cpu(command)
        scan = [os.path.abspath(options.gonogo), "scan", "--quiet", "--threads", "1", "--format", "json"]
        each = {path: cpu([*scan, path], codes=(0, 1, 2)) for path in paths}
        single = sum(each.values())
        print(f"{len(paths)} repositories, each by itself: {single:.1f} s, {1000 * single / len(paths):.1f} ms each")
        first = night()
        print(f"first night: {first:.1f} s, {1000 * first / len(paths):.1f} ms each, {first / single:.2f} times that")
        second = night()
        print(f"nothing new: {second:.2f} s, {100 * second / first:.1f} % of the first night")
        for number, path in enumerate(paths[:: max(1, len(paths) // 5)][:5]):
            commits(path, number, 0, 10)
        third = night()
        print(f"ten commits in each of five: {third:.2f} s, {100 * third / first:.1f} %")
        if options.kingfisher:
            some = random.Random(1).sample(paths, min(options.sample, len(paths)))
            peer = [options.kingfisher, "scan", "--no-validate", "--quiet", "--format", "json", "--jobs", "1"]
            theirs = sum(cpu([*peer, path], codes=(0, 200, 205)) for path in some)
            ours = first * sum(each[path] for path in some) / single
            print(f"kingfisher over {len(some)} of them: {theirs:.1f} s, {theirs / ours:.1f} times the share of the first night")


if __name__ == "__main__":
    main()
