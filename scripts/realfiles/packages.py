"""Programs of PyPI, npm and Maven that were new to gonogo: see met.py."""
import glob, json, os, re, shutil, subprocess, sys, time

from met import KIND, home, kept, serve
from real import case


def pypi(name):
    """Returns a package of PyPI with its version, from the environments of tools.sh, too."""
    from importlib.metadata import PackageNotFoundError, version
    try:
        return f"{name} {version(name)}"
    except PackageNotFoundError:
        folder = re.sub("[-_.]+", "_", name)
        found = glob.glob(os.path.join(os.environ.get("REALFILES_PYPI", ""), "*/lib/python*/site-packages", folder + "-*.dist-info"))
        return f"{name} {os.path.basename(found[0])[len(folder) + 1:-10]}" if found else name


def npm(name):
    """Returns a package of npm with its version, and the folder of all of them."""
    modules = os.path.join(os.environ["REALFILES_NODE"], "node_modules")
    with open(f"{modules}/{name}/package.json") as file:
        return f"{name} {json.load(file)['version']}", modules


@case("http", "py:httpie")
def httpie(c):
    import http.server, threading

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200)
            self.send_header("Set-Cookie", "sessionid=" + cookie + "; Path=/")
            self.end_headers()

        def log_message(self, *_):
            pass
    cookie, (folder, env) = c.value("alnum:32"), home(c, "httpie")
    server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    address = f"http://127.0.0.1:{server.server_port}/"
    c.run("http", "--ignore-stdin", "--session=shop", "--auth", "ann:" + c.value("pw:14"), address, "X-Api-Key:" + c.value("alnum:32"), env={**env, "HTTPIE_CONFIG_DIR": str(folder)})
    c.run("http", "--ignore-stdin", "--session=token", "--auth-type", "bearer", "--auth", c.value("alnum:40"), address, env={**env, "HTTPIE_CONFIG_DIR": str(folder)})
    server.shutdown()
    for session, patterns in (("shop", '"raw_auth"|"value":'), ("token", '"raw_auth"')):
        found = next(folder.glob(f"sessions/*/{session}.json")).relative_to(c.root)
        c.mark(str(found), pypi("httpie"), "U", patterns, KIND)


@case("llm")
def llm(c):
    folder, env = home(c, "llm")
    c.run("llm", "keys", "set", "shop", "--value", c.value("alnum:40"), env={**env, "LLM_USER_PATH": str(folder)})
    c.mark("first/llm/keys.json", pypi("llm"), "U", '"shop"', KIND)


@case("databricks")
def databricks(c):
    folder, env = home(c, "databricks")
    c.run("databricks", "configure", "--host", "https://shop.internal", "--token", env=env, input=(c.value("hex:32") + "\n").encode(), start_new_session=True)
    c.mark("first/databricks/.databrickscfg", pypi("databricks-cli"), "U", "^token", KIND)


@case("coscmd")
def coscmd(c):
    folder, env = home(c, "coscmd")
    c.run("coscmd", "-c", folder / ".cos.conf", "config", "-a", "AKID" + c.value("alnum:32"), "-s", c.value("alnum:32"), "-b", "shop-1250000000", "-r", "ap-beijing", env=env)
    c.mark("first/coscmd/.cos.conf", pypi("coscmd"), "U", "^secret_key", KIND)


@case("py:osc")
def osc(c):
    # The obfuscated store is one that `osc` offers when it asks where a password is to be kept.
    folder, env = home(c, "osc")
    script = "import sys, osc.conf as o\nfrom osc import credentials as k\no.write_initial_config(sys.argv[1], {'user': 'ann', 'pass': sys.argv[2], 'apiurl': 'https://obs.shop.internal'}, creds_mgr_descriptor=k.ObfuscatedConfigFileDescriptor())\n"
    c.run(sys.executable, "-c", script, folder / "oscrc", c.value("pw:14"), env=env)
    c.mark("first/osc/oscrc", pypi("osc"), "R", "^passx? ?=", KIND)


@case("py:trustme")
def trustme(c):
    folder = c.path("first/trustme/x").parent
    c.run(sys.executable, "-m", "trustme", "-d", folder)
    c.whole("first/trustme/server.key", pypi("trustme"), "U", None, KIND, 1)
    c.whole("first/trustme/server.pem", pypi("trustme"), "P", None, KIND, 1)


@case("limnoria-adduser")
def limnoria(c):
    at = kept(c, "limnoria/users.conf")
    c.run("limnoria-adduser", "-u", "ann", "-p", c.value("pw:14"), "-c", "owner", c.path(at))
    c.mark(at, pypi("limnoria"), "H", "password", KIND)


@case("s3cmd")
def s3cmd(c):
    at = kept(c, "s3cmd/.s3cfg")
    made = c.run("s3cmd", "--access_key=" + c.value("alnum:20"), "--secret_key=" + c.value("alnum:40"), "--dump-config", env=home(c, "s3cmd")[1]).stdout
    c.path(at).write_bytes(made)
    c.mark(at, pypi("s3cmd"), "U", "^secret_key", KIND)


@case("aws")
def awscli(c):
    folder, env = home(c, "aws")
    for key, value in (("aws_access_key_id", "AKIA" + c.value("base32:16")), ("aws_secret_access_key", c.value("b64:30")), ("aws_session_token", c.value("b64:180"))):
        c.run("aws", "configure", "set", key, value, env=env)
    c.mark("first/aws/.aws/credentials", pypi("awscli"), "U", "^aws_(secret|session)", KIND)


@case("tahoe")
def tahoe(c):
    folder, env = home(c, "tahoe")
    c.run("tahoe", "create-node", "--listen=none", "-n", "web", folder / "node", env=env)
    for path in sorted((folder / "node/private").iterdir()):
        if path.is_file():
            c.whole(str(path.relative_to(c.root)), pypi("tahoe-lafs"), "U", None, KIND)


@case("py:mitmproxy")
def mitmproxy(c):
    # Expected: PKCS#12 with the empty password. Seen: keys that are not encrypted at all.
    # The command makes its authority when it starts, which takes a bcrypt of today; this is what it calls.
    folder = c.path("first/mitmproxy/x").parent
    c.run(sys.executable, "-c", "import pathlib, sys; from mitmproxy.certs import CertStore; CertStore.create_store(pathlib.Path(sys.argv[1]), 'mitmproxy', 2048)", folder)
    for name, letter, line in (("mitmproxy-ca.pem", "U", 1), ("mitmproxy-ca.p12", "U", None), ("mitmproxy-ca-cert.pem", "P", 1), ("mitmproxy-ca-cert.p12", "P", None), ("mitmproxy-dhparam.pem", "P", None)):
        c.whole("first/mitmproxy/" + name, pypi("mitmproxy"), letter, None, KIND, line)


@case("buildbot-worker")
def buildbot(c):
    c.path("first/buildbot/x")
    c.run("buildbot-worker", "create-worker", "first/buildbot/worker", "127.0.0.1:9989", "web", c.value("pw:14"))
    c.mark("first/buildbot/worker/buildbot.tac", pypi("buildbot-worker"), "U", "^passwd", KIND)


@case("devpi", "devpi-init", "devpi-server")
def devpi(c):
    folder, env = home(c, "devpi")
    secret = folder / "secret"
    c.run("devpi-init", "--serverdir", folder / "server", "--no-root-pypi", "--root-passwd", "a-pass1", env=env)
    c.run("devpi-gen-secret", "--secretfile", secret, env=env)
    command = ["devpi-server", "--serverdir", str(folder / "server"), "--secretfile", str(secret), "--host", "127.0.0.1", "--port", "13141"]
    with subprocess.Popen(command, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as server:
        try:
            for _ in range(40):
                time.sleep(0.5)
                if subprocess.run(["devpi", "use", "--clientdir", str(folder / "client"), "http://127.0.0.1:13141"], env=env, capture_output=True).returncode == 0:
                    break
            c.run("devpi", "login", "--clientdir", folder / "client", "root", "--password", "a-pass1", env=env)
        finally:
            server.terminate()
    shutil.rmtree(folder / "server")
    c.whole("first/devpi/secret", pypi("devpi-server"), "U", None, KIND)
    for file in (folder / "client").glob("*.json"):
        if '"auth"' in file.read_text():
            c.whole(str(file.relative_to(c.root)), pypi("devpi-client"), "U", None, KIND)


@case("kinto")
def kinto(c):
    at = kept(c, "kinto/kinto.ini")
    c.run("kinto", "init", "--ini", c.path(at), "--backend", "memory", "--cache-backend", "memory")
    c.mark(at, pypi("kinto"), "U", "^kinto.userid_hmac_secret", KIND)


@case("poetry")
def poetry(c):
    folder, env = home(c, "poetry")
    env |= {"POETRY_CONFIG_DIR": str(folder), "PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring"}
    (folder / "pyproject.toml").write_text('[project]\nname = "a"\nversion = "1"\n')
    c.run("poetry", "config", "keyring.enabled", "false", env=env, cwd=folder)
    c.run("poetry", "config", "http-basic.shop", "ann", c.value("pw:14"), env=env, cwd=folder)
    c.run("poetry", "config", "pypi-token.other", c.value("alnum:40"), env=env, cwd=folder)
    c.mark("first/poetry/auth.toml", pypi("poetry"), "U", "^password|^other|^token", KIND)


@case("js:pm2", "node")
def pm2(c):
    (tool, modules), (folder, env) = npm("pm2"), home(c, "pm2")
    (folder / "app.js").write_text("setInterval(() => {}, 1000)\n")
    env |= {"PM2_HOME": str(folder / ".pm2"), "DB_PASSWORD": c.value("pw:14"), "STRIPE_WEBHOOK_SECRET": c.value("alnum:32")}
    run = lambda *command: c.run("node", f"{modules}/pm2/bin/pm2", *command, env=env, cwd=folder)
    run("start", "app.js", "--name", "web")
    run("save")
    run("kill")
    for path in (folder / ".pm2").iterdir():
        if path.name != "dump.pm2":
            shutil.rmtree(path) if path.is_dir() else path.unlink()
    c.mark("first/pm2/.pm2/dump.pm2", tool, "U", '"(DB_PASSWORD|STRIPE_WEBHOOK_SECRET)"', KIND)


@case("js:ssb-keys", "node")
def ssb(c):
    tool, modules = npm("ssb-keys")
    at = kept(c, "ssb/.ssb/secret")
    c.run("node", "-e", f"require('{modules}/ssb-keys').loadOrCreateSync(process.argv[1])", c.path(at))
    c.mark(at, tool, "U", '"private":', KIND)
    c.mark(at, tool, "P", '"public":', KIND)


@case("js:sails", "node")
def sails(c):
    (tool, modules), (folder, env) = npm("sails"), home(c, "sails")
    c.run("node", f"{modules}/sails/bin/sails.js", "new", "shop", "--fast", "--without=lodash,async,grunt", cwd=folder, env=env, input=b"2\n")
    c.mark("first/sails/shop/config/session.js", tool, "U", r"^\s*secret:", KIND)

def jar(name):
    """Returns the path of a jar with its version in its name."""
    return sorted(glob.glob(os.path.join(os.environ["REALFILES_JARS"], name + "-*.jar")))[-1]


def java(c, jars, source, *arguments):
    """Runs a class of Java from its source, with jars of Maven."""
    path = c.root.parent / "Run.java"
    path.write_text("public class Run {\n  public static void main(String[] a) throws Exception {\n" + source + "\n  }\n}\n")
    return c.run("java", "-cp", ":".join(map(jar, jars)), path, *arguments).stdout.decode()


@case("jar:hsqldb", "java")
def hsqldb(c):
    tool, folder = os.path.basename(jar("hsqldb"))[:-4], c.path("first/hsqldb/x").parent
    java(c, ["hsqldb"], 'try (var k = java.sql.DriverManager.getConnection("jdbc:hsqldb:file:" + a[0], "SA", "")) { k.createStatement().execute("CREATE USER \\"ann\\" PASSWORD \'" + a[1] + "\'"); k.createStatement().execute("SHUTDOWN"); }', folder / "shop", c.value("pw:14"))
    c.mark("first/hsqldb/shop.script", tool, "H", "PASSWORD DIGEST", KIND)


@case("jar:h2", "java")
def h2(c):
    tool, at = os.path.basename(jar("h2"))[:-4], kept(c, "h2/backup.sql")
    java(c, ["h2"], 'try (var k = java.sql.DriverManager.getConnection("jdbc:h2:mem:shop", "sa", a[1])) { k.createStatement().execute("SCRIPT TO \'" + a[0] + "\'"); }', c.path(at), c.value("pw:14"))
    c.mark(at, tool, "H", "CREATE USER", KIND)


@case("jar:bcprov-jdk18on", "keytool")
def bouncy_castle(c):
    tool = os.path.basename(jar("bcprov-jdk18on"))[:-4]
    for kind in ("BKS", "BCFKS", "UBER"):
        for name, password, letter in (("open", "changeit", "R"), ("locked", "a-pass-phrase1", "E")):
            at = kept(c, f"bouncycastle/{name}.{kind.lower()}")
            c.run("keytool", "-genkeypair", "-alias", "web", "-keyalg", "EC", "-dname", "CN=web", "-keystore", at, "-storetype", kind, "-storepass", password, "-keypass", password, "-providerclass", "org.bouncycastle.jce.provider.BouncyCastleProvider", "-providerpath", jar("bcprov-jdk18on"))
            c.whole(at, tool, letter, None, KIND)


@case("keytool")
def secret_keys(c):
    for name, password, letter in (("open", "changeit", "R"), ("locked", "a-pass-phrase1", "E")):
        for kind in ("JCEKS", "PKCS12"):
            at = kept(c, f"jceks/{name}.{kind.lower()}")
            c.run("keytool", "-genseckey", "-alias", "a", "-keyalg", "AES", "-keysize", "256", "-keystore", at, "-storetype", kind, "-storepass", password)
            c.whole(at, "keytool -genseckey", letter, None, KIND)


@case("jar:artemis-commons", "java")
def artemis(c):
    tool = os.path.basename(jar("artemis-commons"))[:-4]
    out = c.run("java", "-cp", ":".join(map(jar, ("artemis-commons", "slf4j-api", "jboss-logging"))), "org.apache.activemq.artemis.utils.DefaultSensitiveStringCodec", c.value("pw:14")).stdout.decode()
    made = re.search(r": \"(-?[0-9a-f]+)\"", out)[1]
    c.whole("first/artemis/broker.xml", tool, "R", f'<configuration xmlns="urn:activemq">\n  <core xmlns="urn:activemq:core">\n    <cluster-user>shop</cluster-user>\n    <cluster-password>ENC({made})</cluster-password>\n  </core>\n</configuration>\n', KIND, 4)


@case("jar:jasypt", "java")
def jasypt(c):
    tool = os.path.basename(jar("jasypt"))[:-4]
    made = c.run("java", "-cp", jar("jasypt"), "org.jasypt.intf.cli.JasyptPBEStringEncryptionCLI", "input=" + c.value("pw:14"), "password=" + c.value("pw:14"), "verbose=false").stdout.decode().strip()
    c.whole("first/jasypt/application.properties", tool, "E", f"spring.datasource.password=ENC({made})\n", KIND, 1)
