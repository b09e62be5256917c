#!/usr/bin/env python3
"""Tries a fleet on a real NATS server and a real PostgreSQL: two workers, which are killed at random moments, and so are
the servers. What is exported in the end must be what one machine exports that nothing has disturbed.

    scripts/fleet.sh                     # builds gonogo-bulk, fetches the servers, and runs this
    scripts/fleet.py PROGRAM --nats PROGRAM --postgres FOLDER [--repositories N] [--commits N] [--size BYTES]
                     [--kills N] [--idle N] [--overhead] [--rounds N] [--seed N]

What a fleet costs is asked by --repositories 200 --size 1000000 --kills 0 --overhead.

FOLDER is where `pg_ctl` and `initdb` of a PostgreSQL are. Needs `psycopg2` and openssl.
"""

import argparse
import contextlib
import glob
import json
import os
import pathlib
import pwd
import random
import resource
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time

import psycopg2

SUPERUSER, WORKER, REPORTER = "postgres", "robot", "auditor"
TICKS = os.sysconf("SC_CLK_TCK")


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def server_user():
    """PostgreSQL does not run as root."""
    if os.geteuid() != 0:
        return {}
    nobody = pwd.getpwnam("nobody")
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}


def give(path):
    """Gives a file to the user that the server runs as."""
    if user := server_user():
        os.chown(path, user["user"], user["group"])


def reachable(postgres, folder):
    """The programs of a PostgreSQL where the user may start them that the server runs as: what root has installed may be
    in a folder that is root's alone."""
    try:
        subprocess.run([postgres / "pg_ctl", "--version"], check=True, stdout=subprocess.DEVNULL, cwd="/", **server_user())
        return postgres
    except PermissionError:
        shutil.copytree(postgres.parent, folder / "server", symlinks=True)
        subprocess.run(["chmod", "-R", "a+rX", folder / "server"], check=True)
        return folder / "server" / postgres.name


class World:
    def __init__(self, options, folder):
        self.options, self.folder = options, folder
        self.postgres_port, self.nats_port = free_port(), free_port()
        self.nats = None
        self.workers = {}
        self.data = folder / "postgres"
        self.programs = reachable(pathlib.Path(options.postgres).resolve(), folder)

    # The servers.

    def postgres(self, program, *arguments, **more):
        return subprocess.run([self.programs / program, *arguments], check=True, stdout=subprocess.DEVNULL,
                              stderr=subprocess.DEVNULL, cwd="/", **server_user(), **more)

    def make_postgres(self):
        self.data.mkdir()
        make_certificates(self.folder)
        give(self.data)
        give(self.folder / "server.key")
        self.postgres("initdb", "-D", self.data, "-A", "trust", "-U", SUPERUSER, "--no-sync")
        self.start_postgres()
        self.program("database", "--results", self.address(SUPERUSER))
        self.sql(f"CREATE ROLE {WORKER} LOGIN IN ROLE gonogo_worker; CREATE ROLE {REPORTER} LOGIN IN ROLE gonogo_report;")

    def start_postgres(self):
        settings = f"-p {self.postgres_port} -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c fsync=on"
        settings += f" -c ssl=on -c ssl_cert_file={self.folder}/server.pem -c ssl_key_file={self.folder}/server.key"
        self.postgres("pg_ctl", "-D", self.data, "-o", settings, "-w", "-t", "60", "start")

    def kill_postgres(self):
        pid = int((self.data / "postmaster.pid").read_text().split()[0])
        os.kill(pid, signal.SIGKILL)
        # The processes of sessions end by themselves when they see it, and the memory must be free before the next start.
        while True:
            try:
                self.start_postgres()
                return
            except subprocess.CalledProcessError:
                time.sleep(0.2)

    def start_nats(self):
        command = [self.options.nats, "-js", "-sd", self.folder / "nats", "-a", "127.0.0.1", "-p", str(self.nats_port)]
        self.nats = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def kill_nats(self):
        self.nats.kill()
        self.nats.wait()
        self.start_nats()

    def processor(self):
        """The seconds of the processor that each server has used, with the processes that it has started."""
        postmaster = int((self.data / "postmaster.pid").read_text().split()[0])
        seconds = {"nats": 0.0, "postgres": 0.0}
        for path in glob.glob("/proc/[0-9]*/stat"):
            try:
                text = pathlib.Path(path).read_text()
            except OSError:
                continue
            # Behind the name, which may hold anything: the parent is second, and times begin with the twelfth.
            fields = text.rpartition(")")[2].split()
            number, parent = int(path.split("/")[2]), int(fields[1])
            own, ended = sum(map(int, fields[11:13])), sum(map(int, fields[13:15]))
            if number == self.nats.pid:
                seconds["nats"] += own / TICKS
            elif number == postmaster:
                seconds["postgres"] += (own + ended) / TICKS
            elif parent == postmaster:
                seconds["postgres"] += own / TICKS
        return seconds

    def address(self, user):
        return f"postgres://{user}@127.0.0.1:{self.postgres_port}/postgres"

    def sql(self, text, user=SUPERUSER):
        """The first value that a statement returns, or why it failed; and which of both."""
        try:
            with contextlib.closing(psycopg2.connect(self.address(user), connect_timeout=10)) as connection:
                connection.autocommit = True
                cursor = connection.cursor()
                cursor.execute(text)
                return True, cursor.fetchone()[0] if cursor.description else None
        except psycopg2.Error as error:
            return False, str(error)

    # The program.

    def command(self, *arguments):
        return [self.options.program, *map(str, arguments)]

    def program(self, *arguments):
        done = subprocess.run(self.command(*arguments), capture_output=True, text=True, cwd=self.folder)
        if done.returncode != 0:
            sys.exit(f"error: {arguments[0]}: {done.returncode}: {done.stdout}{done.stderr}")
        return done.stdout

    def queue(self):
        return ["--queue", f"nats://127.0.0.1:{self.nats_port}", "--key-file", "key", "--ack-wait", "3s"]

    def plan(self, source="src"):
        # What it notes it notes as the owner of the tables.
        return self.program("plan", source, *self.queue(), "--results", self.address(SUPERUSER))

    def start_worker(self, number, work="work"):
        command = self.command("work", *self.queue(), "--results", self.address(WORKER), "--work", f"{work}{number}",
                               "--until-empty", "--workers", 1)
        log = open(self.folder / f"worker{number}.log", "ab")
        self.workers[number] = subprocess.Popen(command, stdout=log, stderr=log, cwd=self.folder)

    def kill_worker(self, number):
        self.workers[number].kill()
        self.workers[number].wait()
        self.start_worker(number)

    def export(self, store):
        text = self.program("report", "--store", store, "--format", "jsonl", "--stable")
        return [line for line in text.splitlines() if '"type":"summary"' not in line]


def ask_nats(port, subject):
    """What a server answers to a request of its own protocol, without a client."""
    with socket.create_connection(("127.0.0.1", port)) as connection:
        lines = connection.makefile("rb")
        connection.sendall(f'CONNECT {{"verbose":false}}\r\nSUB answer 1\r\nPUB {subject} answer 0\r\n\r\n'.encode())
        while True:
            words = lines.readline().split()
            if not words:
                sys.exit("error: NATS has closed the connection")
            if words[0] == b"MSG":
                return json.loads(lines.read(int(words[-1])))


def make_repositories(folder, number, commits, size):
    words = "parse buffer length client server reply queue timer event handle error string number table index".split()
    for index in range(number):
        chance = random.Random(index)
        path = folder / f"src/r{index:04}"
        path.mkdir(parents=True)
        stream = ["feature done\n"]
        for commit in range(commits):
            # Made here, so that no password is in this file.
            word = "".join(random.Random(index * 100 + commit).choices("abcdefghjkmnpqrstuvwxyz23456789", k=20))
            # What every commit brings is new to git, as source code is.
            lines = (" ".join(chance.choices(words, k=8)) for _ in range(size // commits // 50))
            files = {"app/.env": f"DB_PASSWORD={word}\n", f"app/{commit}.txt": "\n".join(lines)}
            stream.append(f"commit refs/heads/main\nmark :{commit + 1}\ncommitter Dev <dev@example.com> {1_760_000_000 + commit} +0000\n"
                          f"data 4\nmore\n" + (f"from :{commit}\n" if commit else ""))
            for name, text in files.items():
                stream.append(f"M 100644 inline {name}\ndata {len(text)}\n{text}\n")
        stream.append("done\n")
        git = {**os.environ, "GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_NOSYSTEM": "1"}
        subprocess.run(["git", "init", "-q", "--bare", "-b", "main", path], check=True, env=git)
        subprocess.run(["git", "-C", path, "fast-import", "--quiet"], input="".join(stream), text=True, check=True, env=git)


def make_certificates(folder):
    """Two authorities, and a certificate for localhost by the first."""
    run = lambda *command: subprocess.run(["openssl", *command], check=True, cwd=folder, capture_output=True)
    new = ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"]
    for name in ("ca", "other"):
        run(*new, "-keyout", f"{name}.key", "-out", f"{name}.pem", "-subj", f"/CN={name}", "-addext", "basicConstraints=critical,CA:TRUE")
    run("req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", "server.key", "-out", "server.csr", "-subj", "/CN=localhost")
    (folder / "names").write_text("subjectAltName=DNS:localhost\n")
    run("x509", "-req", "-in", "server.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-days", "2", "-out", "server.pem", "-extfile", "names")
    os.chmod(folder / "server.key", 0o600)


def check_encryption(world):
    """A connection that verifies whom it talks to, and those that must not come about."""
    def connect(host, query):
        address = f"postgres://{SUPERUSER}@{host}:{world.postgres_port}/postgres?{query}"
        done = subprocess.run(world.command("database", "--results", address), capture_output=True, text=True, cwd=world.folder)
        return done.returncode, done.stderr.strip()

    code, said = connect("localhost", "sslmode=verify-full&sslrootcert=ca.pem")
    check(code == 0, f"a server is verified by its authority {said}")
    for what, host, query in [
        ("another authority", "localhost", "sslmode=verify-full&sslrootcert=other.pem"),
        ("another name", "127.0.0.1", "sslmode=verify-full&sslrootcert=ca.pem"),
        ("an authority that is not there", "localhost", "sslmode=verify-full&sslrootcert=none.pem"),
        ("an authority that is a key", "localhost", "sslmode=verify-full&sslrootcert=ca.key"),
        ("no authority", "localhost", "sslmode=verify-full"),
        ("no verification", "localhost", "sslmode=require"),
    ]:
        code, said = connect(host, query)
        check(code == 2 and said.count("\n") == 0, f"{what} is refused: {said}")


def check(condition, what):
    if not condition:
        sys.exit(f"error: {what}")
    print(f"  {what}")


def check_roles(world):
    body = "SELECT body FROM gonogo.results LIMIT 1"
    for what, statement, role, may in [
        ("a worker's role cannot read results", body, WORKER, False),
        ("a report's role can", body, REPORTER, True),
        ("a worker's role cannot remove results", "DELETE FROM gonogo.results", WORKER, False),
        ("a report's role cannot write", "UPDATE gonogo.jobs SET tries = 0", REPORTER, False),
    ]:
        done, answer = world.sql(statement, role)
        check(done == may and (may or "permission denied" in answer), what)


def disturb(world, kills, chance):
    """Kills something at random moments until all jobs are done, which must not be before half of the kills."""
    done, rest = 0, None
    open_jobs = "SELECT count(*) FROM gonogo.jobs WHERE outcome IN ('none', 'waiting')"
    deadline = time.monotonic() + 600
    while time.monotonic() < deadline:
        for number, worker in list(world.workers.items()):
            if worker.poll() is not None:
                if world.sql(open_jobs) == (True, 0):
                    continue
                # As a Deployment does with one that was started while an engine was away.
                world.start_worker(number)
        if all(worker.poll() is not None for worker in world.workers.values()):
            # A quick machine may be done before the last of them.
            check(2 * done >= kills, f"{done} kills of {kills}, after the last of which {rest or 0} jobs were left")
            return
        if done < kills:
            time.sleep(chance.uniform(0.05, 0.6))
            what = ("worker", "nats", "postgres")[done % 3]
            if what == "worker":
                world.kill_worker(chance.choice(list(world.workers)))
            elif what == "nats":
                world.kill_nats()
            else:
                world.kill_postgres()
            done += 1
            if done == kills:
                rest = world.sql(open_jobs)[1]
        else:
            time.sleep(0.2)
    sys.exit("error: the jobs are not done after ten minutes")


def measure_idle(world, number):
    """How many jobs a second there are that have nothing to do."""
    top = world.folder / "idle"
    for index in range(number):
        path = top / f"{index:05}"
        (path / "objects").mkdir(parents=True)
        (path / "refs").mkdir()
        (path / "HEAD").write_text("ref: refs/heads/main\n")
    world.plan("idle")
    # All are covered first, so that there is nothing to do.
    command = world.command("work", *world.queue(), "--results", world.address(WORKER), "--work", "idle-work",
                            "--until-empty", "--workers", 32)
    subprocess.run(command, check=True, cwd=world.folder)
    world.plan("idle")
    seconds, used = timed(world, lambda: subprocess.run(command, check=True, cwd=world.folder))
    print(f"  {number} jobs with nothing to do: {seconds:.1f} s, {number / seconds:.0f} a second")
    print("    processor: " + ", ".join(f"{name} {time:.2f} s" for name, time in used.items()))


def timed(world, start):
    """How long something takes, and the seconds of the processor that it and the servers use."""
    before, servers, begin = resource.getrusage(resource.RUSAGE_CHILDREN), world.processor(), time.monotonic()
    start()
    seconds, after = time.monotonic() - begin, resource.getrusage(resource.RUSAGE_CHILDREN)
    used = {"program": after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime}
    used.update((name, time - servers[name]) for name, time in world.processor().items())
    return seconds, used


def measure_overhead(world, rounds):
    """What a fleet costs more than one machine, by turns, so many times each; printed are the middle ones.

    One machine is `scan --workers 2`: a program and two processes that scan. The fleet is `plan`, and then two `work
    --workers 1` with a process each that scans. The processor time of NATS and PostgreSQL in that time counts, what they
    do by themselves, too; the wall time holds starting and ending of all of it. Both keep what they find on the disk.
    """
    def one(number):
        world.program("scan", "src", "--store", f"overhead{number}.db", "--key-file", "key", "--workers", 2, "--quiet")

    def fleet(number):
        world.plan()
        for worker in (1, 2):
            world.start_worker(worker, f"overhead{number}-")
        for worker in world.workers.values():
            worker.wait()

    figures = {"one machine": [], "fleet": []}
    for number in range(rounds):
        figures["one machine"].append(timed(world, lambda: one(number)))
        world.sql("TRUNCATE gonogo.runs, gonogo.repositories CASCADE")
        figures["fleet"].append(timed(world, lambda: fleet(number)))
    parts = {"wall": lambda it: it[0], "processor": lambda it: sum(it[1].values()), "program": lambda it: it[1]["program"],
             "nats": lambda it: it[1]["nats"], "postgres": lambda it: it[1]["postgres"]}
    for kind, of in parts.items():
        first, second = (statistics.median(map(of, figures[name])) for name in ("one machine", "fleet"))
        ratio = f", {(second / first - 1) * 100:+.1f} %" if first > 0.1 else ""
        print(f"  {kind}: one machine {first:.2f} s, a fleet {second:.2f} s{ratio}")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program")
    parser.add_argument("--nats", required=True)
    parser.add_argument("--postgres", required=True, help="the folder with pg_ctl")
    parser.add_argument("--repositories", type=int, default=40)
    parser.add_argument("--commits", type=int, default=6)
    parser.add_argument("--size", type=int, default=50_000, help="about how many bytes a repository brings")
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--idle", type=int, default=0)
    parser.add_argument("--overhead", action="store_true")
    parser.add_argument("--rounds", type=int, default=5, help="how often each side is timed")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    options.program, options.nats = os.path.abspath(options.program), os.path.abspath(options.nats)
    chance = random.Random(options.seed)
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        os.chmod(folder, 0o755)
        (folder / "key").write_text("1f" * 32 + "\n")
        os.chmod(folder / "key", 0o600)
        make_repositories(folder, options.repositories, options.commits, options.size)
        world = World(options, folder)
        try:
            world.start_nats()
            world.make_postgres()
            version = world.sql("SHOW server_version")[1]
            print(f"PostgreSQL {version}, {options.repositories} repositories")
            world.program("scan", "src", "--store", "one.db", "--key-file", "key", "--quiet")
            print(world.plan().strip())
            ask_nats(world.nats_port, "$JS.API.STREAM.PURGE.gonogo-bulk")
            print(world.plan().strip())
            state = ask_nats(world.nats_port, "$JS.API.STREAM.INFO.gonogo-bulk")["state"]
            check(state["messages"] == options.repositories, "what a queue has lost is handed to it again, at once, too")
            for number in (1, 2):
                world.start_worker(number)
            disturb(world, options.kills, chance)
            merged = world.program("merge", world.address(REPORTER), "--store", "fleet.db")
            print(f"  {merged.strip()}")
            one, fleet = world.export("one.db"), world.export("fleet.db")
            check(one == fleet, f"the export equals that of one machine: {len(one)} lines")
            again = world.program("merge", world.address(REPORTER), "--store", "fleet.db")
            check("merged before" in again and world.export("fleet.db") == fleet, "merging it again changes nothing")
            results = world.sql("SELECT count(*) FROM gonogo.results")[1]
            check(results == options.repositories, "each repository has one result")
            check_roles(world)
            check_encryption(world)
            if options.idle:
                measure_idle(world, options.idle)
            if options.overhead:
                measure_overhead(world, options.rounds)
        finally:
            for worker in world.workers.values():
                worker.kill()
            if world.nats:
                world.nats.kill()
            subprocess.run([world.programs / "pg_ctl", "-D", world.data, "-m", "immediate", "stop"],
                           stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd="/", **server_user())


if __name__ == "__main__":
    main()
