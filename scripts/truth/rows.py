"""Runs the rows of a table in tests/truth/ on real programs and compares what is seen with what the table says.

A script gives the table's file, the programs by the names that the table has for them, and a function that tries one
row. Everything happens in a network namespace of its own, in which other hosts are addresses of the same machine."""

import ctypes, os, subprocess, sys, tomllib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

HOST, OTHER = "10.77.0.1", "10.77.0.2"
FOLDER = Path(__file__).resolve().parent
TOP = FOLDER.parent.parent


def isolate():
    """Leaves the machine's network for one that has only a loopback interface, with two addresses more."""
    if os.environ.get("GONOGO_TRUTH_ISOLATED") != "1":
        os.environ["GONOGO_TRUTH_ISOLATED"] = "1"
        user = [] if os.geteuid() == 0 else ["--map-root-user"]
        os.execvp("unshare", ["unshare", *user, "--net", sys.executable, *sys.argv])
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
    for address in (HOST, OTHER):
        subprocess.run(["ip", "address", "add", address + "/24", "dev", "lo"], check=True)


def unpack(suite, folder, *packages):
    """Has the programs of a Debian suite in a folder, which is kept for the next run."""
    if not (folder / "bin").is_dir() or not any((folder / "bin").iterdir()):
        subprocess.run([FOLDER / "debian.sh", suite, folder, *packages], check=True, stdout=subprocess.DEVNULL)
    return folder / "bin"


def write(folder, row):
    """Puts the files of a row into a folder."""
    for path, text in row["files"].items():
        file = folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)


def compare(table, programs, observe, jobs=2):
    """Runs all rows on all programs, or those whose names hold the words given, and prints where table and programs differ."""
    rows = tomllib.loads((TOP / "tests/truth" / table).read_text())["row"]
    words = sys.argv[1:]
    rows = [row for row in rows if all(word in row["name"] for word in words)]
    differ = 0
    for program in programs:
        def one(row):
            try:
                return observe(program, programs[program], row)
            except Exception as error:  # A row that breaks the script must not hide the others.
                return f"error: {error!r}"
        own = [row for row in rows if program not in row.get("not-run-by", [])]
        with ThreadPoolExecutor(jobs) as pool:
            seen = list(pool.map(one, own))
        agree = 0
        for row, found in zip(own, seen):
            expected = row.get("seen-by", {}).get(program, row["seen"])
            agree += found == expected
            if found != expected:
                print(f"{program}: {row['name']}: the table says {expected!r}, seen {found!r}")
        differ += len(own) - agree
        print(f"{program}: {agree} of {len(own)} agree", flush=True)
    sys.exit(1 if differ else 0)
