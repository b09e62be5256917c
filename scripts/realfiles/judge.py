#!/usr/bin/env python3
"""Judges what gonogo says of the files that make.py has written, place by place.

    scripts/realfiles/judge.py GONOGO FOLDER [--show CLASS]

A usable place, one that is obfuscated with a published key, and one whose key is beside it must be reported at high or
above; an encrypted or hashed one at medium at most; a public one not at all. What is reported must say which of these it
is: obfuscated, encrypted or hashed in its message, and where the key is in its related places.
"""
import collections, json, pathlib, re, subprocess, sys

RANK = {"info": 0, "low": 1, "medium": 2, "high": 3, "critical": 4}
MUST_ALARM = ("usable", "reversible", "key beside")


def findings(program, folder):
    """Returns (first line, last line, finding) by file."""
    command = [program, "scan", "--format", "json", "--no-history", "."]
    found = collections.defaultdict(list)
    text = subprocess.run(command, cwd=folder, capture_output=True, text=True).stdout
    report = json.loads(text)
    for one in report["findings"]:
        places = [one["location"], *(related["location"] for related in one.get("related", []) if "location" in related)]
        for place in places:
            start = place.get("startLine") or place.get("start", {}).get("line") or 1
            end = place.get("endLine") or place.get("end", {}).get("line") or start
            found[place["path"]].append((start, end, one))
    return found


def at(found, file):
    """Returns what is found in a file, whose name may be masked where it holds a word of a secret."""
    masked = [path for path in found if "********" in path and
              re.fullmatch(".*".join(map(re.escape, path.split("********"))), file)]
    members = [one for path in found if path.startswith(file + "!") for one in found[path]]
    return found[file] + members + [one for path in masked for one in found[path]]


def judge(place, found):
    """Returns what is wrong with what is said of a place, `ok` if nothing is."""
    here = [one for start, end, one in at(found, place["file"])
            if place["line"] is None or start <= place["line"] <= end]
    worst = max((RANK[one["severity"]] for one in here), default=-1)
    said = ", ".join(sorted({f"{one['rule']} ({one['severity'][0]}/{one['confidence'][0]})" for one in here}))
    if place["class"] in MUST_ALARM:
        verdict = "ok" if worst >= RANK["high"] else "milder" if worst >= 0 else "missed"
    elif place["class"] == "public":
        verdict = "ok" if worst < RANK["medium"] else "alarm"
    else:
        verdict = "ok" if worst <= RANK["medium"] else "alarm"
    if verdict == "ok" and here and not any(says(one, place["class"]) for one in here):
        verdict = "unsaid"
    return verdict, said


def says(finding, truth):
    """Whether a finding says what is true of the value."""
    text = finding["message"].lower()
    if truth == "key beside":
        return any("key" in related["message"] for related in finding.get("related", []))
    words = {"reversible": ("obfuscated", "everyone", "default"), "encrypted": ("encrypted",), "hashed": ("hash",)}
    return truth not in words or any(word in text for word in words[truth])


def main():
    program, folder = str(pathlib.Path(sys.argv[1]).resolve()), sys.argv[2]
    show = sys.argv[sys.argv.index("--show") + 1] if "--show" in sys.argv else None
    found = findings(program, folder)
    table = collections.Counter()
    places = (pathlib.Path(folder).parent / (pathlib.Path(folder).name + ".jsonl")).read_text().splitlines()
    for place in map(json.loads, places):
        verdict, said = judge(place, found)
        group = "usable" if place["class"] in MUST_ALARM else place["class"]
        table[place["kind"], group, verdict] += 1
        if verdict != "ok" and show in (None, verdict):
            print(f"{verdict:7} {place['file']}:{place['line'] or ''} [{place['class']}] {place['tool']}: {said or 'nothing'}")
    for kind in sorted({key[0] for key in table}):
        for group in ("usable", "encrypted", "hashed", "public"):
            row = {key[2]: count for key, count in table.items() if key[:2] == (kind, group)}
            if row:
                print(f"{kind:11} {group:10} {row.get('ok', 0)} of {sum(row.values())}", {k: v for k, v in row.items() if k != "ok"})


main()
