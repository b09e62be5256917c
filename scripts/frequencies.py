#!/usr/bin/env python3
"""Counts the groups of four bytes that source code is full of, for the search for keywords (`detect::search::sieve`).

  frequencies.py FOLDER… > src/detect/search/sieve/common.txt

Text files below the folders are counted up to 300 kB each and 40 MB in all, in an order that does not depend on where
they are. Written are the most frequent groups, the first first, four characters each, as far as they are looked up: in
place of each byte there is a printable one that the search does not distinguish from it. The file was made of the
working trees of 89 public repositories of applications, libraries and deployments in some twenty languages; no more of
them is in it than these counts.
"""
import collections, hashlib, os, pathlib, sys

GROUPS, PER_LINE = 8192, 30
MOST, IN_ALL = 300_000, 40_000_000
# What is looked up of each of the first three bytes, and of the last one; see `MASK`.
FOLDED = bytes(c | 0x20 if c != 0x5F else c for c in (byte & 0x5F for byte in range(256)))
LAST = bytes(0x60 | byte & 0x0F for byte in range(256))


def texts(folders):
    files = []
    for folder in folders:
        for path in pathlib.Path(folder).rglob("*"):
            name = path.relative_to(folder).as_posix()
            if ".git" not in path.parts and path.is_file() and not path.is_symlink():
                files.append((hashlib.sha256(name.encode(errors="replace")).hexdigest(), path))
    for _, path in sorted(files, key=lambda file: file[0]):
        if 0 < path.stat().st_size < MOST:
            data = path.read_bytes()
            if b"\0" not in data[:2000]:
                yield data


def main():
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    counts, size = collections.Counter(), 0
    for data in texts(sys.argv[1:]):
        size += len(data)
        if size > IN_ALL:
            break
        folded, last = data.translate(FOLDED), data.translate(LAST)
        counts.update(folded[at : at + 3] + last[at + 3 : at + 4] for at in range(len(data) - 3))
    groups = sorted(counts, key=lambda group: (-counts[group], group))[:GROUPS]
    for at in range(0, len(groups), PER_LINE):
        sys.stdout.buffer.write(b"".join(groups[at : at + PER_LINE]) + b"\n")


main()
