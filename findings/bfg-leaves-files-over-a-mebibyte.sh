#!/usr/bin/env bash
# Package: com.madgag:bfg (Maven)
# Version: 1.14.0
# Expected: `bfg --replace-text FILE` takes the text out of every version of every text file outside of the newest commit, as
#   git-filter-repo does, or says which files it did not look into
# Seen: files of 1 MiB and more (dumps, logs, lock files, bundles) are left as they are: they are in no list of the report,
#   the last line says that the run is complete, and the exit code is 0. So a scan of the history finds the secret again, in
#   the file that was most likely to have it many times. `--filter-content-size-threshold 1G` sets the limit higher; only
#   `--help` speaks of it.
# Date: 2026-11-30
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
mvn -q -B dependency:copy -Dartifact=com.madgag:bfg:1.14.0 -DoutputDirectory=jars
ls jars

secret="made-up-$((RANDOM + 100000))-$((RANDOM + 100000))"
git init -q made
for size in small below above; do
  case $size in
    small) bytes=100 ;;
    below) bytes=$((1024 * 1024 - 1)) ;;
    above) bytes=$((1024 * 1024)) ;;
  esac
  line="password=$secret"
  { head -c $((bytes - ${#line} - 2)) /dev/zero | tr '\0' '\n'; printf '\n%s\n' "$line"; } > "made/$size.sql"
  [ "$(wc -c < "made/$size.sql")" -eq "$bytes" ]
done
in_made() { git -C made -c user.name=a -c user.email=a@b.invalid "$@"; }
in_made add .
in_made commit -qm one
in_made rm -q '*.sql'
in_made commit -qm two --allow-empty
printf '%s\n' "$secret" > texts

# Prints which of the three files still have the secret after a run of BFG with the options given.
left() {
  rm -rf copy.git copy.git.bfg-report
  git clone -q --mirror made copy.git
  java -jar jars/bfg-1.14.0.jar "$@" --replace-text texts copy.git > out 2>&1
  grep -q 'BFG run is complete' out
  for size in small below above; do
    if git -C copy.git show "HEAD~:$size.sql" | grep -qF -- "$secret"; then
      echo -n "$size.sql "
    fi
  done
  echo "(of these the output names $(grep -c 'above.sql' out || true))"
}
default=$(left)
raised=$(left --filter-content-size-threshold 1G)
echo "still with the secret, by default: $default"
echo "with the limit at 1 GiB: $raised"
[ "$default" = "above.sql (of these the output names 0)" ]
[[ $raised = "(of these the output names "[1-9]* ]]
