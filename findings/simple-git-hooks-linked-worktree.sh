#!/usr/bin/env bash
# Package: simple-git-hooks (npm)
# Version: 2.13.1
# Expected: run in a linked working tree, where `.git` is a file, it writes the hooks into
#   the folder that `git rev-parse --git-path hooks` names, or fails
# Seen: it prints ENOTDIR for `.git/hooks`, writes nothing, and exits 0. So `npm install`
#   with it as `prepare` goes well, and where no other working tree has installed them,
#   commits run no hook.
# Date: 2026-11-29
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
export GIT_AUTHOR_NAME=Ann GIT_AUTHOR_EMAIL=ann@example.org GIT_COMMITTER_NAME=Ann GIT_COMMITTER_EMAIL=ann@example.org
git init -q -b main repo
cd repo
npm init -y > /dev/null
npm install --silent --no-audit --no-fund --save-dev simple-git-hooks@2.13.1
npm pkg set simple-git-hooks.pre-commit="echo ran" scripts.prepare="simple-git-hooks"
echo node_modules > .gitignore
git add -A
git commit -qm first
git worktree add -q ../linked
cd ../linked

code=0
npm install --no-audit --no-fund > out 2>&1 || code=$?
npx simple-git-hooks > said 2>&1 || code=$?
cat said
hooks=$(git rev-parse --git-path hooks)
echo "exit $code; hooks: $(find "$hooks" -type f ! -name '*.sample' | wc -l)"
[ "$code" -eq 0 ] && grep -q ENOTDIR said && [ ! -e "$hooks/pre-commit" ] || { echo changed; exit 1; }
git commit -q --allow-empty -m second > made 2>&1
grep -q ran made && { echo "changed: the hook ran"; exit 1; }
echo "the commit was made without the hook"

cd ../repo
npx simple-git-hooks
[ -x "$hooks/pre-commit" ] || { echo "changed: none in the main working tree"; exit 1; }
