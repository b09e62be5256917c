#!/usr/bin/env python3
"""Writes credential files into a folder as real programs write them, with random contents.

    scripts/realfiles/make.py FOLDER [SEED [CASE...]]

tools.sh installs the programs. With names of cases (functions in real.py, met.py, packages.py, unseen.py, libraries.py),
nothing else is written.

Places of which the truth is known are listed in FOLDER.jsonl: file, line, tool, class, and whether the file came from the
program itself (`real`), was built by its documented format (`documented`), or is of a program that nobody looked at
before gonogo was judged by it (`further`). judge.py compares that with what gonogo says.
"""
import pathlib, shutil, sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import binary, developers, documented, forms, met, network, packages, real, remote, servers, services
import unseen, libraries
from corpus import Corpus


def main():
    folder = pathlib.Path(sys.argv[1])
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    c = Corpus(folder.resolve(), int(sys.argv[2]) if len(sys.argv) > 2 else 1)
    only = sys.argv[3:]
    for part in () if only else (documented.clients, documented.histories, documented.names, documented.columns, servers.servers, servers.applications, binary.binaries, forms.obfuscated, forms.tokens, forms.silent,
                 remote.clients, remote.vaults, network.devices, network.daemons, network.homes, developers.databases, developers.clouds, services.web, services.daemons):
        part(c)
    real.make(c, only)
    c.save(str(folder).rstrip("/") + ".jsonl")
    tools = {place["tool"] for place in c.places}
    print(f"{len(c.places)} places in files of {len(tools)} tools")


main()
