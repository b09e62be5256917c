#!/usr/bin/env bash
# Package: django-environ, environs, python-decouple, pydantic-settings (PyPI)
# Version: 0.14.0, 15.2.0, 3.8, 2.16.3
# Expected: a password that is read from a file of Docker's or Kubernetes' secrets (`DB_PASSWORD_FILE`, `/run/secrets`) has no line
#   end, as with the images of the databases, which drop it: `echo pass > secret` is `pass` on both sides
# Seen: only pydantic-settings drops it. `FileAwareEnv` of django-environ and of environs, and `RepositorySecret` of python-decouple
#   give `pass` with the line end, so that the application logs in with another password than the database was set up
#   with from the same file. Nothing warns; an editor that ends files with a line end is enough.
# Date: 2026-11-30
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv env
env/bin/pip install --quiet django-environ==0.14.0 environs==15.2.0 python-decouple==3.8 pydantic-settings==2.16.3
env/bin/pip list 2> /dev/null | grep -iE '^(django-environ|environs|python-decouple|pydantic-settings) '

mkdir secrets
echo pass > secrets/db_password
cat > read.py <<'PY'
import decouple, environ, environs
from pydantic_settings import BaseSettings, SettingsConfigDict

class Settings(BaseSettings):
    model_config = SettingsConfigDict(secrets_dir="secrets")
    db_password: str

print("django-environ", repr(environ.FileAwareEnv()("DB_PASSWORD")))
print("environs", repr(environs.FileAwareEnv().str("DB_PASSWORD")))
print("python-decouple", repr(decouple.Config(decouple.RepositorySecret("secrets"))("db_password")))
print("pydantic-settings", repr(Settings().db_password))
PY
DB_PASSWORD_FILE=secrets/db_password env/bin/python read.py | tee seen
# What images of databases do with the file, in their own shell.
echo "image '$(< secrets/db_password)'" | tee -a seen
diff seen - <<'SEEN'
django-environ 'pass\n'
environs 'pass\n'
python-decouple 'pass\n'
pydantic-settings 'pass'
image 'pass'
SEEN
