#!/usr/bin/env python3
"""Tries `gonogo bulk scan gitea:HOST/ORG` on a real Gitea, through a proxy that fails now and then.

    scripts/gitea.py GONOGO-BULK gitea/gitea

Gitea is built once, from its Go module, in a folder that everyone may read, since it does not run as root:

    dir=$(go mod download -json code.gitea.io/gitea@v1.26.0 | python3 -c 'import json, sys; print(json.load(sys.stdin)["Dir"])')
    cp -r "$dir" gitea && chmod -R u+w gitea && cd gitea && mkdir -p public/assets
    go build -mod=mod -tags 'sqlite sqlite_unlock_notify' -o gitea .
"""
import base64, collections, http.client, http.server, json, os, pathlib, random, re, socket, subprocess, sys, tempfile, threading, time, urllib.request

USER, ORG = "ann", "acme"


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def last(done):
    """The last line that a program said."""
    return [f"exit code {done.returncode}", *(done.stdout + done.stderr).strip().splitlines()][-1]


def check(condition, what):
    if not condition:
        sys.exit(f"error: {what}")
    print(f"  {what}")


class Gitea:
    def __init__(self, program, folder, root):
        self.program, self.folder, self.port = program, folder, free_port()
        # The address that it gives for itself is that of the proxy.
        (folder / "conf").mkdir(parents=True)
        self.config = folder / "conf/app.ini"
        self.config.write_text(f"""RUN_USER = {'nobody' if os.geteuid() == 0 else os.environ.get('USER', 'me')}
WORK_PATH = {folder}
[server]
HTTP_ADDR = 127.0.0.1
HTTP_PORT = {self.port}
ROOT_URL = {root}/
STATIC_ROOT_PATH = {pathlib.Path(program).parent}
OFFLINE_MODE = true
DISABLE_SSH = true
[database]
DB_TYPE = sqlite3
PATH = {folder}/gitea.db
[repository]
ROOT = {folder}/repositories
[security]
INSTALL_LOCK = true
[log]
LEVEL = Error
[mailer]
ENABLED = false
""")
        self.process = None

    def options(self):
        rights = {}
        if os.geteuid() == 0:
            # It does not run as root.
            rights = {"user": "nobody", "group": "nogroup"}
            subprocess.run(["chown", "-R", "nobody:nogroup", self.folder], check=True)
        env = {**os.environ, "HOME": str(self.folder), "GITEA_WORK_DIR": str(self.folder), "USER": "nobody" if rights else os.environ.get("USER", "me")}
        return {"env": env, "cwd": self.folder, **rights}

    def run(self, *arguments):
        done = subprocess.run([self.program, "--config", self.config, *arguments], capture_output=True, text=True, **self.options())
        if done.returncode != 0:
            sys.exit(f"error: gitea {arguments[0]}: {done.stdout}{done.stderr}")
        return done.stdout.strip()

    def start(self):
        self.run("migrate")
        word = base64.b64encode(random.Random(7).randbytes(12)).decode()
        self.run("admin", "user", "create", "--admin", "--username", USER, "--password", word, "--email", "ann@shop.internal", "--must-change-password=false")
        self.token = self.run("admin", "user", "generate-access-token", "--username", USER, "--raw", "--scopes", "all").split()[-1]
        log = open(self.folder / "log", "wb")
        self.process = subprocess.Popen([self.program, "--config", self.config, "web"], stdout=log, stderr=log, **self.options())
        for _ in range(300):
            try:
                self.api("GET", "/version")
                return
            except OSError:
                time.sleep(0.2)
        sys.exit("error: gitea does not start: " + (self.folder / "log").read_text()[-2000:])

    def api(self, method, path, body=None):
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}/api/v1{path}", method=method, data=json.dumps(body).encode() if body is not None else None)
        request.add_header("Authorization", "token " + self.token)
        request.add_header("Content-Type", "application/json")
        with urllib.request.urlopen(request) as answer:
            text = answer.read()
        return json.loads(text) if text else None

    def file(self, repository, path, text):
        self.api("POST", f"/repos/{repository}/contents/{path}", {"content": base64.b64encode(text.encode()).decode(), "message": "add a file"})


class Proxy(http.server.ThreadingHTTPServer):
    """Stands between both, notes what is asked, and answers some of it itself."""

    def __init__(self, port):
        super().__init__(("127.0.0.1", 0), Handler)
        self.target, self.asked, self.plan, self.hook = port, [], collections.deque(), None
        threading.Thread(target=self.serve_forever, daemon=True).start()


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def answer(self):
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0)) or None
        if self.headers.get("Transfer-Encoding") == "chunked":
            body = self.chunks()
        server = self.server
        server.asked.append((self.command, self.path, dict(self.headers)))
        if server.hook:
            server.hook(self.path)
        if server.plan and self.path.startswith("/api/"):
            status, headers = server.plan.popleft()
            self.send_response(status)
            for name, value in {**headers, "Content-Length": "0"}.items():
                self.send_header(name, value)
            self.end_headers()
            return
        connection = http.client.HTTPConnection("127.0.0.1", server.target)
        headers = {name: value for name, value in self.headers.items() if name.lower() not in ("connection", "transfer-encoding", "content-length")}
        connection.request(self.command, self.path, body, headers)
        answer = connection.getresponse()
        text = answer.read()
        self.send_response(answer.status)
        for name, value in answer.getheaders():
            if name.lower() not in ("connection", "transfer-encoding", "content-length", "server", "date"):
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def chunks(self):
        text = b""
        while size := int(self.rfile.readline(), 16):
            text += self.rfile.read(size)
            self.rfile.readline()
        self.rfile.readline()
        return text

    do_GET = do_POST = do_HEAD = answer

    def log_message(self, *_):
        pass


def main():
    program, gitea_program = (os.path.abspath(name) for name in sys.argv[1:3])
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        os.chmod(folder, 0o755)
        proxy = Proxy(0)
        root = f"http://127.0.0.1:{proxy.server_port}"
        gitea = Gitea(gitea_program, folder / "gitea", root)
        try:
            gitea.start()
            proxy.target = gitea.port
            print("Gitea", gitea.api("GET", "/version")["version"])
            run(program, folder, gitea, proxy)
        finally:
            if gitea.process:
                gitea.process.kill()


def run(program, folder, gitea, proxy):
    word = lambda number: "".join(random.Random(number).choices("abcdefghjkmnpqrstuvwxyz23456789", k=20))
    gitea.api("POST", "/orgs", {"username": ORG, "visibility": "private"})
    for number, name in enumerate(["web", "api", "old", "gone"]):
        gitea.api("POST", f"/orgs/{ORG}/repos", {"name": name, "private": True, "auto_init": True, "default_branch": "main"})
        gitea.file(f"{ORG}/{name}", ".env", f"DB_PASSWORD={word(number)}\n")
    gitea.api("POST", "/orgs", {"username": "forks", "visibility": "private"})
    gitea.api("POST", f"/repos/{ORG}/web/forks", {"organization": "forks", "name": "web"})
    gitea.api("POST", "/orgs", {"username": "empty"})

    host = f"127.0.0.1:{proxy.server_port}"
    env = {**os.environ, "ROBOT": gitea.token, "NO_PROXY": "*", "no_proxy": "*"}
    where = ["--store", "s.db", "--key-file", "key", "--work", "work", "--forge-url", f"gitea=http://{host}", "--token", f"{host}=ROBOT"]

    def bulk(*arguments, **more):
        return subprocess.run([program, *arguments], capture_output=True, text=True, cwd=folder, env={**env, **more})

    def scan(*sources, **more):
        proxy.asked.clear()
        return bulk("scan", *sources, *where, **more)

    def repositories():
        text = bulk("report", "--store", "s.db", "--format", "jsonl").stdout
        lines = [json.loads(line) for line in text.splitlines()]
        return {line["id"]: line for line in lines if line["type"] == "repository"}, [line for line in lines if line["type"] == "finding"]

    org = f"gitea:{ORG}"
    proxy.plan.extend([(429, {"Retry-After": "1"}), (503, {}), (502, {})])
    done = scan(org)
    check(done.returncode == 0 and "4 scanned" in done.stdout, f"an organisation of private repositories is scanned, through 429, 503 and 502: {last(done)}")
    first, findings = repositories()
    check(len({json.dumps(line["repository"]) for line in findings}) == 4, "each of them has its findings")
    done = scan(org)
    check(done.returncode == 0 and "0 scanned, 4 as they were" in done.stdout, f"what did not change is asked for, and not fetched: {len(proxy.asked)} requests")

    gitea.api("PATCH", f"/repos/{ORG}/old", {"name": "archive"})
    done = scan(org)
    second, _ = repositories()
    check(sorted(first) == sorted(second), "a repository that was renamed is the same one")
    check(any(f"{ORG}/archive" in json.dumps(line) for line in second.values()), "and has its new name")

    gitea.file(f"{ORG}/gone", "b.txt", "more\n")

    def vanish(path):
        if re.search(r"/acme/gone(\.git)?/", path):
            proxy.hook = None
            gitea.api("DELETE", f"/repos/{ORG}/gone")
    proxy.hook = vanish
    done = scan(org)
    proxy.hook = None
    check(done.returncode in (0, 2) and "gone" in done.stdout + done.stderr, f"one that vanishes between listing and clone is not covered, in a line: {last(done)}")

    gitea.file("forks/web", "c.txt", "more\n")
    done = scan(org, "gitea:forks")
    check("forks/web" in json.dumps(list(repositories()[0].values())), f"a fork is a repository of its own: {done.stderr.strip()}")
    mirrors = {path.name: path / "objects/info/alternates" for path in folder.glob("work/*.git")}
    sharing = [name for name, alternates in mirrors.items() if alternates.exists()]
    check(len(sharing) == 1, f"it has the objects of what it comes from as its alternate: {sharing} of {sorted(mirrors)}")
    stats = subprocess.run(["git", "count-objects", "-v"], cwd=folder / "work" / sharing[0], capture_output=True, text=True).stdout
    own = sum(int(line.split()[1]) for line in stats.splitlines() if re.match("count:|in-pack:", line))
    subprocess.run(["git", "fsck", "--connectivity-only"], cwd=folder / "work" / sharing[0], check=True, capture_output=True)
    check(own <= 3, f"and is whole with what is its own: {own} objects, which are the commit, its folder and its file")
    listed, findings = repositories()
    fork = next(number for number, line in listed.items() if line["label"] == "forks/web")
    check(fork in [line["repository"] for line in findings], "and has findings of its own")
    gitea.file(f"{ORG}/web", "d.txt", "more\n")
    gitea.file("forks/web", "e.txt", "more\n")
    done = scan(org, "gitea:forks")
    check(done.returncode == 0 and "2 scanned" in done.stdout, f"both are brought up to date: {last(done)}")
    done = scan("gitea:forks", "--no-forks")
    check(done.returncode == 2, f"without forks nothing is left there: {last(done)}")

    for what, source, robot in [("an empty organisation", "empty", gitea.token), ("one that is not there", "nobody-here", gitea.token), ("a revoked token", ORG, "0" * 40)]:
        done = scan(f"gitea:{source}", ROBOT=robot)
        check(done.returncode == 2, f"{what} is exit code 2, and says: {last(done)}")

    leaks = subprocess.run(["grep", "-rl", gitea.token, "work", "s.db", "s.db.listings", "key"], cwd=folder, capture_output=True, text=True).stdout
    check(not leaks, f"the token is in no file of the run {leaks}")
    check(all(gitea.token not in path for _, path, _ in proxy.asked), "and in no address")


main()
