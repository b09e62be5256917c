#!/usr/bin/env bash
# Package: pytest-env (PyPI)
# Version: 1.1.5 (with pytest 8.4.2)
# Expected: variables are read from the file that pytest names as its configuration: with
#   a pytest.ini, from that, and pyproject.toml does not count
# Seen: pytest reports `configfile: pytest.ini`, and none of the variables in it is set. A
#   table [tool.pytest_env] in pyproject.toml beside it takes the place of `env` in
#   pytest.ini as a whole, names that it does not have included; no warning. Within `env`,
#   braces in a value are replaced by variables, so that a password with braces needs `R:`.
# Date: 2026-11-30
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv env
env/bin/pip install --quiet pytest==8.4.2 pytest-env==1.1.5
env/bin/pip show pytest-env | grep -E '^(Name|Version)'

mkdir project
cd project
cat > test_it.py <<'PY'
import os


def test_it():
    for name in ("FROM_INI", "BRACES", "RAW", "FROM_TABLE"):
        print(name, repr(os.environ.get(name)))
PY
cat > pytest.ini <<'INI'
[pytest]
env =
    FROM_INI=pass
    BRACES=pa{OWL}ss
    R:RAW=pa{OWL}ss
INI
export OWL=barn

run() {
    ../env/bin/pytest -s test_it.py | tee ../seen
}

echo "pytest.ini alone:"
run
grep -q "FROM_INI 'pass'" ../seen
grep -q "BRACES 'pabarnss'" ../seen
grep -q "RAW 'pa{OWL}ss'" ../seen

echo "and a table in pyproject.toml:"
printf '[tool.pytest_env]\nFROM_TABLE = "yes"\n' > pyproject.toml
run
grep -q "configfile: pytest.ini" ../seen
grep -q "FROM_INI None" ../seen
grep -q "RAW None" ../seen
grep -q "FROM_TABLE 'yes'" ../seen
