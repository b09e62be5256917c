#!/usr/bin/env python3
"""Holds the rows about nginx against nginx itself.

    scripts/truth/nginx.py NGINX [NGINX...]

NGINX is a program, for example one that `scripts/truth/debian.sh bookworm FOLDER nginx-light` left in FOLDER/bin. Each
row's configuration is started on the loopback address with paths and ports of its own, asked what the row asks, and
stopped. Prints how many rows agree, by version, and fails where one does not.
"""
import os, pathlib, re, shutil, socket, ssl, subprocess, sys, tempfile, threading, time, tomllib

TABLE = pathlib.Path(__file__).resolve().parent.parent.parent / "tests/it/servers/nginx.toml"
FILES = {
    "secret.txt": "SECRET\n", "files/a.txt": "A\n", "files/sub/b.txt": "B\n", "files-secret/s.txt": "SIBLING\n",
    ".env": "ENV\n", "app/.env": "ENV\n", "static/.env": "ENV\n", ".git/config": "GIT\n", "app/.git/config": "GIT\n",
    "htpasswd": "a:{PLAIN}a\n",
}


def free_ports(count):
    sockets = [socket.socket() for _ in range(count)]
    for one in sockets:
        one.bind(("127.0.0.1", 0))
    ports = [one.getsockname()[1] for one in sockets]
    for one in sockets:
        one.close()
    return ports


def backend():
    """Answers every request with the request, as it came."""
    server = socket.create_server(("127.0.0.1", 0))

    def serve():
        while True:
            client, _ = server.accept()
            with client:
                client.settimeout(2)
                data = b""
                try:
                    while b"\r\n\r\n" not in data:
                        part = client.recv(65536)
                        if not part:
                            break
                        data += part
                    head = b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Type: text/plain\r\n\r\n"
                    client.sendall(head + data)
                except OSError:
                    pass

    threading.Thread(target=serve, daemon=True).start()
    return server.getsockname()[1]


class Server:
    def __init__(self, program, row, table, shared):
        self.folder = pathlib.Path(tempfile.mkdtemp(dir=shared["folder"]))
        self.ports = dict(zip((80, 443), free_ports(2)))
        text = table["around"][row["within"]].replace("%", row["text"]) if "within" in row else row["text"]
        files = {"nginx/nginx.conf": text, **row.get("beside", {})}
        for path, content in files.items():
            target = self.folder / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(self.localized(content, shared, path == "nginx/nginx.conf"))
        self.process = None
        self.program = program
        self.errors = self.folder / "errors"

    def localized(self, text, shared, is_main):
        text = re.sub(r"\blisten (80|443)\b", lambda it: f"listen 127.0.0.1:{self.ports[int(it[1])]}", text)
        text = text.replace("/srv", str(shared["srv"])).replace("127.0.0.1:9000", f"127.0.0.1:{shared['backend']}")
        if is_main:
            folder = self.folder
            temps = "".join(f"{kind}_temp_path {folder}/t;" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
            inner = f"access_log off; {temps}"
            if "ssl_certificate " not in text:
                inner += f" ssl_certificate {shared['srv']}/a.crt; ssl_certificate_key {shared['srv']}/a.key;"
            text = text.replace("http {", "http { " + inner, 1)
            text = f"daemon off; pid {folder}/pid; error_log {folder}/errors notice;\n" + text
            if os.geteuid() == 0:
                text = "user root;\n" + text
        return text

    def start(self):
        config = self.folder / "nginx/nginx.conf"
        words = [self.program, "-p", str(self.folder / "nginx"), "-e", str(self.errors), "-c", str(config)]
        with open(self.folder / "out", "w") as out:
            self.process = subprocess.Popen(words, stdout=out, stderr=out)
        for _ in range(200):
            if self.process.poll() is not None:
                return False
            for port in self.ports.values():
                with socket.socket() as probe:
                    if probe.connect_ex(("127.0.0.1", port)) == 0:
                        return True
            time.sleep(0.02)
        return False

    def stop(self):
        if self.process and self.process.poll() is None:
            self.process.terminate()
            self.process.wait(10)
        shutil.rmtree(self.folder, ignore_errors=True)

    def exchange(self, method, target, headers, with_tls=False):
        host, slash, path = target.partition("/")
        host = host or "a.test"
        port = self.ports[443 if with_tls else 80]
        lines = [f"{method} {slash}{path} HTTP/1.1", f"Host: {host}", "Connection: close", *headers, "", ""]
        with socket.create_connection(("127.0.0.1", port), timeout=5) as plain:
            stream = plain
            if with_tls:
                context = ssl._create_unverified_context()
                stream = context.wrap_socket(plain, server_hostname=host)
            stream.sendall("\r\n".join(lines).encode())
            data = b""
            while True:
                try:
                    part = stream.recv(65536)
                except (ssl.SSLError, ConnectionResetError):
                    break
                if not part:
                    return data.decode("latin-1")
                data += part
        return data.decode("latin-1")

    def handshake(self, host, *options):
        port = self.ports[443]
        words = ["openssl", "s_client", "-connect", f"127.0.0.1:{port}", "-servername", host, *options]
        result = subprocess.run(words, input="", capture_output=True, text=True, timeout=20)
        cipher = re.search(r"Cipher is (\S+)", result.stdout)
        return bool(cipher and cipher[1] != "(NONE)")


def matches(answer, wanted):
    head, _, body = answer.partition("\r\n\r\n")
    if wanted.startswith("HEADER "):
        return any(line.startswith(wanted[7:]) for line in head.split("\r\n")[1:])
    if wanted.startswith("NOHEADER "):
        return bool(head) and not any(line.startswith(wanted[9:]) for line in head.split("\r\n")[1:])
    status = head.split(" ")[1] if " " in head else ""
    code, _, text = wanted.partition(" ")
    if code.endswith("NOT"):
        return status == code[:-3] and text not in body
    return status == code and (text in body or not text)


def ask(server, question, wanted):
    kind, _, rest = question.partition(" ")
    if kind in ("GET", "GETS", "BURST"):
        target, *headers = rest.split("|")
        if kind == "BURST":
            codes = {server.exchange("GET", target, headers).split(" ")[1] for _ in range(4)}
            return wanted == "unused" or ("503" in codes) == (wanted == "limited")
        return matches(server.exchange("GET", target, headers, kind == "GETS"), wanted)
    if kind.startswith("TLS"):
        version = {"TLS1": "-tls1", "TLS1.1": "-tls1_1", "TLS1.2": "-tls1_2"}[kind]
        return server.handshake(rest, version, "-cipher", "ALL:@SECLEVEL=0") == (wanted == "accepted")
    if kind == "CIPHER":
        cipher, host = rest.split(" ")
        try:
            done = server.handshake(host, "-tls1_2", "-cipher", f"{cipher}:@SECLEVEL=0")
        except subprocess.TimeoutExpired:
            done = False
        return done == (wanted == "accepted")
    raise ValueError(question)


def run(program, version, row, table, shared):
    """None where the row says nothing of this version."""
    if "since" in row and tuple(map(int, row["since"].split("."))) > tuple(map(int, version.split("."))):
        return None
    asked = [one for one in row.get("ask", []) if len(one) < 3 or version.startswith(one[2])]
    if not asked:
        return None
    server = Server(program, row, table, shared)
    try:
        started = server.start()
        if asked[0][0] == "start":
            if started != (asked[0][1] == "works"):
                return f"start: {server.errors.read_text()[-200:] if server.errors.exists() else ''}"
            asked = asked[1:]
        elif not started:
            return "does not start: " + (server.errors.read_text()[-300:] if server.errors.exists() else "")
        wrong = [question for question, wanted, *_ in asked if not ask(server, question, wanted)]
        return "; ".join(wrong)
    finally:
        server.stop()


def main():
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    table = tomllib.loads(TABLE.read_text())
    folder = pathlib.Path(tempfile.mkdtemp())
    srv = folder / "srv"
    for path, text in FILES.items():
        (srv / path).parent.mkdir(parents=True, exist_ok=True)
        (srv / path).write_text(text)
    os.chmod(folder, 0o755)
    subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=a.test", "-keyout",
                    srv / "a.key", "-out", srv / "a.crt"], check=True, capture_output=True)
    shared = {"folder": folder, "srv": srv, "backend": backend()}
    failed = False
    for program in sys.argv[1:]:
        said = subprocess.run([program, "-v"], capture_output=True, text=True).stderr
        version = re.search(r"nginx/([\d.]+)", said)[1]
        results = [(row, run(program, version, row, table, shared)) for row in table["row"]]
        judged = [(row, result) for row, result in results if result is not None]
        agree = sum(not result for _, result in judged)
        print(f"nginx {version}: {agree} of {len(judged)} rows agree")
        for row, result in judged:
            if result and "differs" not in row:
                failed = True
                print(f"  {row['name']}: {result}")
    shutil.rmtree(folder, ignore_errors=True)
    sys.exit(failed)


if __name__ == "__main__":
    main()
