#!/usr/bin/env python3
"""Checks what `gonogo bulk scan github:…` asks against GitHub's own document of its API, which npm has as
`@octokit/openapi`, and that it understands the answers that are the examples there: a listing, and what a fork comes from.

    scripts/truth/github.py target/debug/gonogo-bulk

Each request is looked up in the document: its path, its method, its parameters and their values. The answers are the
document's examples, with addresses on this machine. Not part of `.ci/run`.
"""

import http.server
import json
import pathlib
import re
import subprocess
import sys
import tempfile
import threading
import urllib.parse

VERSION = "23.0.2"
DOCUMENTS = ["api.github.com", "ghec", "ghes-3.17", "ghes-3.19"]
PREFIX = "/api/v3"


class Document:
    def __init__(self, path):
        self.data = json.loads(path.read_text())

    def resolve(self, value):
        while "$ref" in value:
            node = self.data
            for part in value["$ref"].removeprefix("#/").split("/"):
                node = node[part]
            value = node
        return value

    def find(self, method, path):
        for template, operations in self.data["paths"].items():
            pattern = re.sub(r"\\\{[^}]+\\\}", "[^/]+", re.escape(template))
            if re.fullmatch(pattern, path) and method.lower() in operations:
                return template, operations[method.lower()]
        return None, None

    def wrong(self, method, target):
        """What is wrong with a request, and the answer that is its example."""
        url = urllib.parse.urlsplit(target)
        if not url.path.startswith(PREFIX):
            return f"{target}: not below {PREFIX}", None
        template, operation = self.find(method, url.path.removeprefix(PREFIX))
        if operation is None:
            return f"{method} {url.path}: there is no such operation", None
        known = {it["name"]: it["schema"] for it in map(self.resolve, operation.get("parameters", [])) if it["in"] == "query"}
        for name, value in urllib.parse.parse_qsl(url.query):
            if name not in known:
                return f"{template}: there is no parameter {name}", None
            allowed = self.resolve(known[name]).get("enum")
            if allowed and value not in allowed:
                return f"{template}: {name}={value} is none of {allowed}", None
        status = min(operation["responses"])
        content = self.resolve(operation["responses"][status])["content"]["application/json"]
        example = next(iter(content["examples"].values()))
        return None, self.resolve(example)["value"]


def serve(document, problems, seen):
    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            if not self.path.startswith(PREFIX):
                self.send_response(404)
                self.end_headers()
                return
            wrong, answer = document.wrong(self.command, self.path)
            seen.append(f"{self.command} {self.path}")
            if wrong:
                problems.append(wrong)
            host = self.headers["Host"]
            if isinstance(answer, list):
                # Of a fork the program asks what it comes from.
                answer = [{**entry, "fork": True} for entry in answer]
            text = json.dumps(answer if answer is not None else [])
            text = re.sub(r"https://(github\.com|HOSTNAME)/", f"http://{host}/", text)
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.end_headers()
            self.wfile.write(text.encode())

        def log_message(self, *_):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server


def check(program, path, folder):
    problems, seen = [], []
    server = serve(Document(path), problems, seen)
    url = f"http://127.0.0.1:{server.server_port}"
    store = folder / f"{path.stem}.db"
    for source in ["github:octocat", "github:octocat/Hello-World"]:
        scan = [program, "scan", source, "--store", store, "--forge-url", f"github={url}", "--quiet"]
        done = subprocess.run(scan, capture_output=True, text=True, env={"PATH": "/usr/bin:/bin", "NO_PROXY": "*"})
        # There is nothing to clone: what matters is what was listed.
        if done.returncode != 2 or "error" in done.stderr:
            problems.append(f"{source}: {done.returncode} {done.stdout}{done.stderr}")
    status = subprocess.run([program, "status", "--store", store, "--all"], capture_output=True, text=True).stdout
    if "octocat/Hello-World" not in status:
        problems.append(f"the example was not listed: {status}")
    forks = [json.loads(path.read_text()) for path in folder.glob(f"{store.name}.listings/*/forks.json")]
    if not any(known["parent"] for file in forks for known in file.values()):
        problems.append(f"what the fork comes from was not understood: {forks}")
    server.shutdown()
    print(f"{path.stem}: {len(seen)} requests, {len(problems)} problems")
    for line in seen:
        print(f"  {line}")
    for line in problems:
        print(f"  wrong: {line}")
    return not problems


def main():
    program = pathlib.Path(sys.argv[1]).resolve()
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        install = ["npm", "install", "--prefix", name, "--silent", "--no-audit", "--no-fund", f"@octokit/openapi@{VERSION}"]
        subprocess.run(install, check=True)
        generated = folder / "node_modules/@octokit/openapi/generated"
        results = [check(program, generated / f"{document}.json", folder) for document in DOCUMENTS]
    sys.exit(not all(results))


if __name__ == "__main__":
    main()
