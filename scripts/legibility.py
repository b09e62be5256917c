#!/usr/bin/env python3
"""How much of what reports show is legible: the share of the characters of excerpts that are not masked, of those that
belong to no secret.

    scripts/legibility.py GONOGO REPOSITORY...

Scans each repository twice, masked and with its secrets, and prints for each how many of these characters are legible and
what is masked most often without being a secret. A secret is the value of any finding, however uncertain. The second figure
leaves out what is as long and mixed as only credentials, keys and hashes are, which is masked whether it is reported or not.
Reports with secrets stay in memory.
"""

import collections
import json
import subprocess
import sys

MASK = "********"
# How many characters in a row give a secret away.
WINDOW = 8


def scan(program, path, *options):
    command = [program, "scan", "--format", "json", "--min-confidence", "low", "--min-severity", "info", *options, path]
    run = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False)
    return json.loads(run.stdout)["findings"]


def masked_parts(shown, clear):
    """The ranges of `clear` in the place of which `shown` has masks."""
    pieces = shown.split(MASK)
    if not clear.startswith(pieces[0]):
        return None
    at, parts = len(pieces[0]), []
    for number, piece in enumerate(pieces[1:]):
        is_last = number + 2 == len(pieces)
        end = len(clear) - len(piece) if is_last else clear.find(piece, at + 1)
        if end < at or not clear.startswith(piece, end):
            return None
        parts.append((at, end))
        at = end + len(piece)
    return parts


def is_made_by_chance(part):
    has = lambda kind: any(map(kind, part))
    return len(part) >= 20 and " " not in part and has(str.isdigit) and (has(str.isupper) or has(str.islower))


def covered(text, secrets):
    """For each character of `text`, whether it belongs to a secret, whole or cut off by the end of the excerpt."""
    marks = bytearray(len(text))
    for secret in secrets:
        width = min(len(secret), WINDOW)
        windows = {secret[at : at + width] for at in range(len(secret) - width + 1)}
        for at in range(len(text) - width + 1):
            if text[at : at + width] in windows:
                marks[at : at + width] = b"\1" * width
    return marks


def shares(plain, lost, mixed):
    share = lambda lost, plain: f"{100 - 100 * lost / max(plain, 1):5.1f} %"
    return f"{share(lost + mixed, plain)}  {share(lost, plain - mixed)}  {plain:8} characters "


def main():
    program, *paths = sys.argv[1:]
    all_plain = all_lost = all_mixed = 0
    for path in paths:
        masked, revealed = scan(program, path), scan(program, path, "--show-secrets")
        by_place = collections.defaultdict(set)
        place = lambda it: (it["location"].get("path"), it["origin"].get("object"))
        for finding in revealed:
            if finding.get("secret"):
                by_place[place(finding)].update(filter(None, finding["secret"].splitlines()))
        plain = lost = mixed = 0
        words = collections.Counter()
        for shown, finding in zip(masked, revealed):
            if not finding.get("excerpt") or not shown.get("excerpt"):
                continue
            clear = finding["excerpt"]["text"]
            marks = covered(clear, by_place[place(finding)])
            plain += marks.count(0)
            for start, end in masked_parts(shown["excerpt"]["text"], clear) or []:
                missing = marks[start:end].count(0)
                if is_made_by_chance(clear[start:end]):
                    mixed += missing
                elif missing:
                    lost += missing
                    words[clear[start:end]] += missing
        all_plain, all_lost, all_mixed = all_plain + plain, all_lost + lost, all_mixed + mixed
        print(shares(plain, lost, mixed), path)
        for word, count in words.most_common(12):
            print(f"{count:17}  {word[:100]!r}")
    print(shares(all_plain, all_lost, all_mixed))


main()
