#!/usr/bin/env python3
"""Counts what is assigned to names that may belong to credentials, in repositories.

  names.py REPOSITORY… > scripts/names.tsv

Reads HEAD of each repository with `git grep`. For each word that a name can end with, in English and in other languages,
the table has how many assignments of a literal there are and under how many names, and of what kind the values are:
`random` has at least 20 characters of an alphabet of keys with 3 digits, `mixed` has letters and digits, `word` has
letters only, `number` digits only, `reference` is filled in elsewhere, `other` is the rest. A word belongs into
`src/lexicon/name.rs` or `src/lexicon/tongues.rs` where `random` and `mixed` are what is assigned to it, or where that is a
password nearly always.
"""
import collections, re, subprocess, sys

WORDS = {
    "key": r"[A-Za-z0-9_.-]*[a-z0-9_.-]key|[A-Za-z0-9_.-]*[a-z0-9]Key|[A-Z0-9_]*_KEY", "seed": r"[A-Za-z0-9_.-]*seed|[A-Z0-9_]*SEED",
    "salt": r"[A-Za-z0-9_.-]*salt|[A-Z0-9_]*SALT", "pepper": r"[A-Za-z0-9_.-]*pepper|[A-Z0-9_]*PEPPER",
    "pass": r"[A-Za-z0-9_.-]*[a-z0-9_.-]pass|[A-Z0-9_]*_PASS", "pwd": r"[A-Za-z0-9_.-]*[a-z0-9_.-]pwd|[A-Z0-9_]*_PWD",
    "token, run together": r"[a-z]{3,}TOKEN|[a-z]{4,}token", "secret, run together": r"[a-z]{3,}SECRET|[a-z]{4,}secret",
}
TONGUES = ("contraseña contrasena contrasenya clave senha mot_de_passe motdepasse mdp passwort kennwort wachtwoord lozinka haslo hasło heslo "
           "salasana losenord lösenord adgangskode jelszo jelszó sifre şifre parola пароль парола 密码 密碼 口令 パスワード 비밀번호").split()
VALUE = r"""["']?[ ]*(?:=>|:=|=|:)[ ]*["']?([^"' ,;{}()<>]{4,})"""


def kind(value):
    if re.match(r"[$%@<{]|.*\$\{|[A-Za-z_]+[.\[(]", value):
        return "reference"
    if re.fullmatch(r"[A-Za-z0-9_+/=.-]{20,}", value) and len(re.findall(r"\d", value)) >= 3 and re.search("[A-Za-z]", value):
        return "random"
    if value.isdigit():
        return "number"
    if re.fullmatch(r"[A-Za-z_.-]+", value):
        return "word"
    return "mixed" if re.search("[A-Za-z]", value) and re.search(r"\d", value) else "other"


def lines(repository):
    names = "|".join([*WORDS.values(), *(rf"[A-Za-z0-9_]*{word}[A-Za-z0-9_]*" for word in TONGUES)])
    command = ["git", "-C", repository, "grep", "-I", "-h", "-i", "-P", "--no-color", "-e", "(?:" + names + ")" + VALUE, "HEAD"]
    found = subprocess.run(command, capture_output=True)
    return [line for line in found.stdout.decode("utf-8", "replace").split("\n") if len(line) < 500]


def main():
    rows = {word: [0, set(), collections.Counter()] for word in [*WORDS, *TONGUES]}
    patterns = {word: re.compile(r"(?<![A-Za-z0-9_])(" + name + ")" + VALUE) for word, name in WORDS.items()}
    patterns |= {word: re.compile(rf"(?i)(?<![A-Za-z0-9_])([A-Za-z0-9_]*{word}[A-Za-z0-9_]*)" + VALUE) for word in TONGUES}
    for repository in sys.argv[1:]:
        for line in lines(repository):
            for word, pattern in patterns.items():
                for found in pattern.finditer(line):
                    rows[word][0] += 1
                    rows[word][1].add(found[1].lower())
                    rows[word][2][kind(found[2])] += 1
    kinds = ["random", "mixed", "word", "number", "reference", "other"]
    print("word\tassignments\tnames\t" + "\t".join(kinds))
    for word, (count, names, values) in rows.items():
        print(f"{word}\t{count}\t{len(names)}\t" + "\t".join(str(values[kind]) for kind in kinds))


if __name__ == "__main__":
    main()
