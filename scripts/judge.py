#!/usr/bin/env python3
"""Compares judges of whether a value is random: the table of letters that gonogo has, and a model of all characters.

  judge.py FOLDER…

`table` is what `lexicon::value::is_random` does with `surprise.bin`. `model` is a bigram model of letters by case, digits
and marks, trained on the identifiers of half of the source files below the folders against random strings, whose
threshold is set so that it takes as many identifiers of these for random as `table` does. Both are asked about the
identifiers of the other half, and about random strings of each alphabet, by length. Deterministic: the halves and the
random strings come from a fixed seed. What `surprise.bin` is made of is in `surprise.py`; sources of public crates are
MIT or Apache-2.0.
"""
import collections, hashlib, math, os, pathlib, random, re, sys

TABLE = (pathlib.Path(__file__).resolve().parents[1] / "src/lexicon/value/surprise.bin").read_bytes()
ALPHABETS = {"hex": "0123456789abcdef", "base32": "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", "lower": "abcdefghijklmnopqrstuvwxyz0123456789",
             "letters": "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz",
             "alnum": "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"}
LENGTHS = (8, 12, 16, 20, 32, 40)
IDENTIFIER = re.compile(r"(?<![\w-])[A-Za-z_][\w-]{7,39}(?![\w-])")


def wordiness(value):
    first = second = total = 0
    for at, char in enumerate(value):
        before = value[at - 1] if at else " "
        rest = value[at:]
        if before.isdigit() and char.isalpha() or before.isalpha() and char.isdigit() and any(c.isalpha() for c in rest):
            total -= 32
        if char.isalpha() and char.isascii():
            if before.islower() and char.isupper():
                first = second = 0
            letter = ord(char.lower()) - 96
            total += 75 - TABLE[(first * 27 + second) * 27 + letter]
            first, second = second, letter
        else:
            first = second = 0
    return total


def is_random_by_table(value):
    score = wordiness(value)
    return score <= -128 or len(value) >= 16 and score <= -48


def identifiers(folders):
    halves = (set(), set())
    for folder in folders:
        for base, _, names in os.walk(folder):
            for name in names:
                path = os.path.join(base, name)
                if name.endswith((".rs", ".toml", ".py", ".js", ".go", ".java")) and os.path.getsize(path) < 1 << 17:
                    half = hashlib.sha256(name.encode()).digest()[0] % 2
                    with open(path, encoding="utf-8", errors="replace") as file:
                        halves[half].update(IDENTIFIER.findall(file.read()))
    return sorted(halves[0]), sorted(halves[1] - halves[0])


class Model:
    """How much more likely a value is among identifiers than among random strings, in bits for each character."""

    def __init__(self, values):
        self.pairs, self.firsts = collections.Counter(), collections.Counter()
        for value in values:
            for pair in zip("^" + value, value):
                self.pairs[pair] += 1
                self.firsts[pair[0]] += 1
        self.least = -1e9

    def score(self, value):
        bits = 0
        for first, second in zip("^" + value, value):
            bits += math.log2((self.pairs[first, second] + 0.5) / (self.firsts[first] + 32)) + math.log2(62)
        return bits / len(value)

    def is_random(self, value):
        return self.score(value) <= self.least


def main():
    train, judged = identifiers(sys.argv[1:])
    rng = random.Random(29)
    model = Model(train)
    scores = sorted(map(model.score, train))
    model.least = scores[sum(map(is_random_by_table, train))]
    print(f"identifiers: {len(train)} to learn from, {len(judged)} others; the model has {len(model.pairs)} pairs")
    print(f"taken for random: table {sum(map(is_random_by_table, judged)) / len(judged):.4f}, model {sum(map(model.is_random, judged)) / len(judged):.4f}")
    print("random strings found\ttable\tmodel")
    for name, alphabet in ALPHABETS.items():
        for length in LENGTHS:
            values = ["".join(rng.choice(alphabet) for _ in range(length)) for _ in range(2000)]
            table, other = (sum(map(judge, values)) / len(values) for judge in (is_random_by_table, model.is_random))
            print(f"{name} {length}\t{table:.3f}\t{other:.3f}")


if __name__ == "__main__":
    main()
