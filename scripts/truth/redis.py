#!/usr/bin/env python3
"""Runs tests/truth/redis.toml on Redis 7 (Debian bookworm), Redis 8 and Valkey (trixie), as a client of another host.

    scripts/truth/redis.py [WORD...]

Programs are kept in $TRUTH (default: a folder `gonogo-truth` among temporary files)."""

import os, re, shlex, socket, ssl, subprocess, tempfile, time
from pathlib import Path

import rows

TRUTH = Path(os.environ.get("TRUTH", Path(tempfile.gettempdir()) / "gonogo-truth"))
PORT = 6379


def programs():
    """The servers, each with its version in its name."""
    found = {}
    for suite, package in (("bookworm", "redis-server"), ("trixie", "redis-server"), ("trixie", "valkey-server")):
        binaries = rows.unpack(suite, TRUTH / f"{suite}-{package}", package)
        server = binaries / {"redis-server": "redis-check-rdb", "valkey-server": "valkey-check-rdb"}[package]
        server = binaries / package if (binaries / package).exists() else server
        version = subprocess.run([server, "--version"], capture_output=True, text=True).stdout
        number = re.search(r"v=(\d+\.\d+)", version).group(1)
        found[f"{package.split('-')[0].title()} {number}"] = server
    return found


def command(row):
    """The arguments of a service, as compose gives them."""
    match = re.search(r"command: (.*)", row["files"]["compose.yaml"])
    words = shlex.split(match.group(1).replace("$$", "$").replace("${PW}", "secret")) if match else ["redis-server"]
    return words[1:]


def ask(by_tls):
    """What another host gets for a command."""
    try:
        client = socket.create_connection((rows.HOST, PORT), 2, (rows.OTHER, 0))
        client.settimeout(2)
        if by_tls:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
            context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
            client = context.wrap_socket(client)
        client.sendall(b"PING\r\n")
        answer = client.recv(200).decode()
    except OSError:
        return "refused"
    if answer.startswith("+PONG"):
        return "open"
    return {"-NOAUTH": "password", "-NOPERM": "nothing", "-DENIED": "refused"}.get(answer.split(" ")[0], "refused")


def value(folder, name):
    """A setting, asked for at the socket, where the protected mode lets everybody in."""
    client = socket.socket(socket.AF_UNIX)
    client.connect(str(folder / "truth.sock"))
    client.sendall(f"CONFIG GET {name}\r\n".encode())
    time.sleep(0.02)
    lines = client.recv(10000).decode().split("\r\n")
    return f"{name}={lines[4]}"


def observe(program, server, row):
    with tempfile.TemporaryDirectory(dir=TRUTH) as name:
        folder = Path(name)
        rows.write(folder, row)
        for path in folder.rglob("*.conf"):
            path.write_text(path.read_text().replace("$PW", "secret"))
        for part in ("crt", "key"):
            (folder / f"server.{part}").write_bytes((TRUTH / f"server.{part}").read_bytes())
        if "compose.yaml" in row["files"]:
            arguments = ["--protected-mode", "no", *command(row)]
        else:
            arguments = ["redis.conf"]
            if "=" in row["seen"]:
                arguments += ["--unixsocket", "truth.sock"]
        run = subprocess.Popen([server, *arguments], cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        try:
            if not any("eady to accept" in line for line in run.stdout):
                return "unreadable"
            if "=" in row["seen"]:
                return value(folder, row["seen"].split("=")[0])
            plain = ask(False)
            return plain if plain != "refused" else ask(True)
        finally:
            run.kill()
            run.wait()


if __name__ == "__main__":
    TRUTH.mkdir(parents=True, exist_ok=True)
    if not (TRUTH / "server.key").exists():
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-batch",
                        "-subj", "/CN=truth", "-keyout", TRUTH / "server.key", "-out", TRUTH / "server.crt"],
                       check=True, stderr=subprocess.DEVNULL)
    found = programs()
    rows.isolate()
    rows.compare("redis.toml", found, observe, jobs=1)
