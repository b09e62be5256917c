#!/usr/bin/env bash
# Measures gonogo beside other scanners and beside what nothing can be faster than, in one run on one machine, and
# prints a table in Markdown.
#
#   scripts/bench.sh [--runs N] PATH…
#   scripts/bench.sh --quiet [--runs N] [--large] [--alternate PATH]… PATH…
#
# A bare repository is scanned with its whole history, beside `gonogo walk`, which rebuilds the same objects and looks
# at none. Any other folder is scanned as a working tree, beside ripgrep looking for one literal.
#
# With --quiet, for a machine that does nothing else: histories only, with one thread and with two, and the most memory
# of each, resident and anonymous (`RssAnon`, read every 10 ms, so on Linux only). --large adds an empty repository whose
# alternates are all that is named, with what --alternate names beside it.
#
# Takes part who is there: kingfisher, gitleaks, rg (on the PATH, or named by KINGFISHER, GITLEAKS, RG). GONOGO names
# the build to measure; without it one with the profile `dist` is made. Uses hyperfine where it is installed. Needs
# python3.
set -euo pipefail

runs=5
paths=()
alternates=()
quiet=
large=
while [[ $# -gt 0 ]]; do
  case $1 in
    --runs) runs=${2:?--runs needs a number}; shift ;;
    --quiet) quiet=1 ;;
    --large) large=1 ;;
    --alternate) alternates+=("${2:?--alternate needs a repository}"); shift ;;
    -h | --help) sed -n '2,/^set/{/^#/s/^# \{0,1\}//p}' "${BASH_SOURCE[0]}"; exit 0 ;;
    -*) echo "error: unknown option $1" >&2; exit 2 ;;
    *) paths+=("$1") ;;
  esac
  shift
done
[[ ${#paths[@]} -gt 0 ]] || { echo "error: name repositories or working trees to measure on" >&2; exit 2; }

here=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd)
work=$(mktemp -d)
trap 'rm -rf -- "$work"' EXIT

# The program that a variable names, or the one on the PATH; nothing when there is neither.
program() {
  local named=${!1:-}
  if [[ -n $named ]]; then
    command -v -- "$named" || { echo "error: $1=$named is no program" >&2; exit 2; }
  else
    command -v -- "$2" || true
  fi
}

gonogo=${GONOGO:-}
if [[ -z $gonogo ]]; then
  cargo build --profile dist --quiet --locked --manifest-path "$here/Cargo.toml"
  gonogo=${CARGO_TARGET_DIR:-$here/target}/dist/gonogo
fi
gonogo=$(command -v -- "$gonogo") || { echo "error: there is no $gonogo" >&2; exit 2; }
kingfisher=$(program KINGFISHER kingfisher)
gitleaks=$(program GITLEAKS gitleaks)
rg=$(program RG rg)

# Runs a command $2 times and writes its wall times in seconds, and the most memory that it took in KiB, resident and
# anonymous (0 where that is not known). $1 lists the exit codes that mean success, so that a program that fails at once
# is not taken for a fast one. Memory is that of the program itself: none of those measured leaves its work to others.
cat >"$work/measure.py" <<'PYTHON'
import os, sys, threading, time

def watch(child, peak):
    """Notes the most anonymous memory of a process until it ends."""
    while True:
        try:
            with open(f"/proc/{child}/status") as status:
                for line in status:
                    if line.startswith("RssAnon:"):
                        peak[0] = max(peak[0], int(line.split()[1]))
                        break
                else:
                    return
        except OSError:
            return
        time.sleep(0.01)

allowed, runs, command = set(map(int, sys.argv[1].split(","))), int(sys.argv[2]), sys.argv[3:]
null = os.open(os.devnull, os.O_RDWR)
for _ in range(runs):
    actions = [(os.POSIX_SPAWN_DUP2, null, fd) for fd in (0, 1, 2)]
    begin = time.perf_counter()
    child = os.posix_spawn(command[0], command, os.environ, file_actions=actions)
    anonymous = [0]
    watcher = threading.Thread(target=watch, args=(child, anonymous))
    watcher.start()
    _, status, usage = os.wait4(child, 0)
    wall = time.perf_counter() - begin
    watcher.join()
    code = os.waitstatus_to_exitcode(status)
    if code not in allowed:
        sys.exit(f"error: exit code {code}: {' '.join(command)}")
    # macOS counts bytes.
    print(wall, usage.ru_maxrss // (1024 if sys.platform == "darwin" else 1), anonymous[0])
PYTHON

# Median wall time in seconds, and peak memory in KiB, resident and anonymous, of a command.
measure() {
  local codes=$1
  shift
  # Once to warm the caches and for the memory, which hyperfine does not always tell.
  python3 "$work/measure.py" "$codes" 1 "$@" >"$work/first"
  if command -v hyperfine >/dev/null; then
    hyperfine --shell=none --ignore-failure --runs "$runs" --style none --export-json "$work/hyperfine.json" \
      "$(printf '%q ' "$@")" >/dev/null 2>&1
    python3 -c '
import json, sys
for wall in json.load(open(sys.argv[1]))["results"][0]["times"]: print(wall, 0, 0)' "$work/hyperfine.json" >"$work/rest"
  else
    python3 "$work/measure.py" "$codes" "$runs" "$@" >"$work/rest"
  fi
  python3 -c '
import statistics, sys
first, rest = ([line.split() for line in open(name)] for name in sys.argv[1:])
peak = lambda column: max(int(row[column]) for row in first + rest)
print(statistics.median(float(row[0]) for row in rest), peak(1), peak(2))
' "$work/first" "$work/rest"
}

# Measures one line of the table: its name, the exit codes that mean success, the command.
line() {
  local name=$1
  shift
  echo "measuring $name" >&2
  printf '%s\t%s\n' "$name" "$(measure "$@" | tr ' ' '\t')" >>"$work/lines"
}

# Whether a folder is a repository without a working tree.
is_bare() {
  [[ -f $1/HEAD && -d $1/objects && ! -e $1/.git ]]
}

# The lines of the quiet table: what is measured with a number of threads is named with it.
quiet_lines() {
  local threads
  for threads in 1 2; do
    line "gonogo scan -j$threads" 0,1,2 "$gonogo" scan --quiet --format json "-j$threads" "$1"
    line "gonogo walk -j$threads" 0,2 "$gonogo" walk --quiet "-j$threads" "$1"
    [[ -z $kingfisher ]] || line "kingfisher -j$threads" 0,200,205 "$kingfisher" scan --no-validate --no-update-check \
      --quiet --jobs "$threads" "$1"
  done
}

# The quiet table of one repository: times in seconds and as ratios to gonogo with as many threads.
quiet_table() {
  python3 - "$work/lines" <<'PYTHON'
import sys
lines = [line.rstrip("\n").split("\t") for line in open(sys.argv[1])]
own = {name[-1]: float(wall) for name, wall, *_ in lines if name.startswith("gonogo scan")}
print("| program | wall | to gonogo | resident | anonymous |")
print("| --- | ---: | ---: | ---: | ---: |")
for name, wall, resident, anonymous in lines:
    memory = [f"{int(kib) / 1024:.0f} MiB" if int(kib) else "–" for kib in (resident, anonymous)]
    print(f"| `{name}` | {float(wall):.3f} s | {float(wall) / own[name[-1]]:.2f} | {' | '.join(memory)} |")
PYTHON
}

# An empty repository below $1 that has the objects of all others.
large_store() {
  git init --quiet --bare "$1"
  local path
  for path in "${@:2}"; do
    printf '%s/objects\n' "$(realpath -- "$path")"
  done >"$1/objects/info/alternates"
}

history_lines() {
  line "gonogo scan" 0,1,2 "$gonogo" scan --quiet --format json "$1"
  line "gonogo walk" 0,2 "$gonogo" walk --quiet "$1"
  [[ -z $kingfisher ]] || line kingfisher 0,200,205 "$kingfisher" scan --no-validate --no-update-check --quiet "$1"
  [[ -z $gitleaks ]] || line gitleaks 0 "$gitleaks" git --no-banner --exit-code 0 "$1"
}

worktree_lines() {
  line "gonogo scan" 0,1,2 "$gonogo" scan --quiet --no-history --format json "$1"
  [[ -z $rg ]] || line "rg -c zzzqqq" 0,1 "$rg" -c zzzqqq "$1"
  [[ -z $kingfisher ]] || line kingfisher 0,200,205 "$kingfisher" scan --no-validate --no-update-check --quiet \
    --git-history none "$1"
  [[ -z $gitleaks ]] || line gitleaks 0 "$gitleaks" dir --no-banner --exit-code 0 "$1"
}

# Turns what was measured into a table. The first line is gonogo, and the limit is what the second column of ratios is to.
table() {
  python3 - "$work/lines" "$1" <<'PYTHON'
import sys
lines = [line.rstrip("\n").split("\t") for line in open(sys.argv[1])]
limit = next((float(wall) for name, wall, *_ in lines if name == sys.argv[2]), None)
own = float(lines[0][1])
head = ["program", "wall", "to gonogo"] + ([f"to `{sys.argv[2]}`"] if limit else []) + ["peak memory"]
print("| " + " | ".join(head) + " |")
print("|" + " --- |" + " ---: |" * (len(head) - 1))
for name, wall, peak, _ in lines:
    wall = float(wall)
    shown = f"{wall * 1000:.0f} ms" if wall < 1 else f"{wall:.2f} s"
    cells = [f"`{name}`", shown, f"{wall / own:.2f}"] + ([f"{wall / limit:.2f}"] if limit else [])
    print("| " + " | ".join(cells + [f"{int(peak) / 1024:.0f} MiB"]) + " |")
PYTHON
}

processors=$(getconf _NPROCESSORS_ONLN)
model=$(sed -n 's/^model name[[:space:]]*: //p' /proc/cpuinfo 2>/dev/null | head -1 || true)
echo "Medians of $runs runs on $processors processors${model:+ ($model)}, $(uname -sm)."
echo
for tool in "$gonogo" $kingfisher $rg; do
  echo "- $("$tool" --version 2>/dev/null | head -1)"
done
[[ -z $gitleaks ]] || echo "- gitleaks $("$gitleaks" version)"
if [[ -n $large ]]; then
  mkdir "$work/all"
  large_store "$work/all/together" "${paths[@]}" "${alternates[@]+"${alternates[@]}"}"
  paths+=("$work/all/together")
fi
for path in "${paths[@]}"; do
  [[ -d $path ]] || { echo "error: $path: no such folder" >&2; exit 2; }
  : >"$work/lines"
  if [[ -n $quiet ]]; then
    is_bare "$path" || { echo "error: $path: not a bare repository" >&2; exit 2; }
    quiet_lines "$path"
    printf '\n### %s\n\n' "$(basename -- "$(dirname -- "$(realpath -- "$path")")")/$(basename -- "$path")"
    quiet_table
    continue
  fi
  if is_bare "$path"; then
    kind="whole history" limit="gonogo walk"
    history_lines "$path"
  else
    kind="working tree" limit="rg -c zzzqqq"
    worktree_lines "$path"
  fi
  printf '\n### %s, %s\n\n' "$(basename -- "$(dirname -- "$(realpath -- "$path")")")/$(basename -- "$path")" "$kind"
  table "$limit"
done
