#!/usr/bin/env python3
"""Measures how letters follow each other in the words of source code.

  surprise.py FOLDER… > src/lexicon/value/surprise.bin

Reads every .rs, .md and .toml file below the folders; the table in the repository was made from the sources of public crates
(~/.cargo/registry/src). A word is a run of letters between anything else, or between capitals of `camelCase`; each
counts by the logarithm of how often it stands there, so that one word of one project does not weigh more than ten others.

The table has a byte for each letter behind each two: 27 * 27 * 27, where 0 is the edge of a word and 1 to 26 the
letters; its value is the surprise, -log2 of the probability, in sixteenths of a bit.
"""
import collections, math, os, re, sys

WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")


def words(folders):
    counts = collections.Counter()
    for folder in folders:
        for base, _, names in os.walk(folder):
            for name in names:
                if name.endswith((".rs", ".md", ".toml")) and os.path.getsize(os.path.join(base, name)) < 1 << 18:
                    with open(os.path.join(base, name), encoding="utf-8", errors="replace") as file:
                        counts.update(word.lower() for word in WORD.findall(file.read()))
    return counts


def main():
    follows = collections.defaultdict(collections.Counter)
    for word, count in words(sys.argv[1:]).items():
        if count < 8 or not 2 <= len(word) <= 20:
            continue  # Rare ones are mostly pieces of encoded data.
        letters = [0, 0] + [ord(letter) - 96 for letter in word] + [0]
        for at in range(2, len(letters)):
            follows[letters[at - 2], letters[at - 1]][letters[at]] += math.log2(count)
    pairs = collections.defaultdict(collections.Counter)
    for (_, second), counter in follows.items():
        pairs[second].update(counter)
    table = bytearray()
    for first in range(27):
        for second in range(27):
            near, far = follows[first, second], pairs[second]
            total, wide = sum(near.values()), sum(far.values())
            for third in range(27):
                # Where three letters were hardly seen, two decide; nothing is impossible.
                apart = (far[third] + 0.5) / (wide + 0.5 * 27)
                share = (near[third] + 20 * apart) / (total + 20)
                table.append(min(255, round(-16 * math.log2(share))))
    sys.stdout.buffer.write(table)


if __name__ == "__main__":
    main()
