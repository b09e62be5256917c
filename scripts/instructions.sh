#!/usr/bin/env bash
# Counts the instructions of scans with callgrind, for two builds side by side: unlike seconds they hardly differ from
# run to run, whatever else the machine does. "Kept" means: at most 2 % more for a change.
#
#   scripts/instructions.sh BEFORE AFTER PATH…
#
# BEFORE and AFTER are programs of the profile `dist`, PATH bare repositories, scanned by one thread. Needs valgrind and
# Python. Takes fifty times as long as the scans: ten minutes for a large repository.
set -euo pipefail

[[ $# -ge 3 ]] || { sed -n '2,/^set/{/^#/s/^# \{0,1\}//p}' "${BASH_SOURCE[0]}" >&2; exit 2; }
command -v valgrind >/dev/null || { echo 'error: valgrind is not installed' >&2; exit 2; }
before=$(command -v -- "$1") || { echo "error: there is no program $1" >&2; exit 2; }
after=$(command -v -- "$2") || { echo "error: there is no program $2" >&2; exit 2; }
shift 2

log=$(mktemp)
trap 'rm -f -- "$log"' EXIT

# The instructions that a program takes for the scan of a repository.
count() {
  local code=0
  valgrind --tool=callgrind --callgrind-out-file=/dev/null --log-file="$log" \
    "$1" scan --quiet --threads 1 --format json "$2" >/dev/null 2>&1 || code=$?
  # NO-GO and UNDECIDED are no failures here, and an error of gonogo's collects next to nothing.
  [[ $code -le 2 ]] || { echo "error: exit code $code: $1 scan $2" >&2; exit 2; }
  sed -n 's/^==[0-9]*== Collected : \([0-9]*\).*/\1/p' "$log"
}

echo '| repository | before | after | ratio |'
echo '| --- | ---: | ---: | ---: |'
for path in "$@"; do
  [[ -d $path ]] || { echo "error: $path: no such folder" >&2; exit 2; }
  one=$(count "$before" "$path")
  other=$(count "$after" "$path")
  python3 - "$path" "$one" "$other" <<'PYTHON'
import os, sys
path, one, other = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
name = os.path.join(os.path.basename(os.path.dirname(os.path.realpath(path))), os.path.basename(path))
print(f"| {name} | {one / 1e6:,.0f} M | {other / 1e6:,.0f} M | {other / one:.4f} |")
PYTHON
done
