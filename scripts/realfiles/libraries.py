"""Programs of PyPI, npm, Maven and Go that were new to gonogo when its first look at them was judged: see met.py."""
import glob, http.server, json, os, re, shutil, subprocess, sys, threading

from met import home, kept
from packages import jar, npm, pypi
from real import case
from unseen import KIND


@case("keystone-manage")
def keystone(c):
    folder = c.path("first/keystone/x").parent
    (folder / "keystone.conf").write_text("".join(f"[{section}]\nkey_repository = {folder}/{name}\n" for section, name in (("fernet_tokens", "fernet-keys"), ("credential", "credential-keys"))))
    (folder / "credential-keys").mkdir()
    for command in ("fernet_setup", "credential_setup"):
        c.run("keystone-manage", "--config-file", folder / "keystone.conf", command, "--keystone-user", "root", "--keystone-group", "root")
        for path in sorted((folder / (command[:-6] + "-keys")).iterdir()):
            c.whole(str(path.relative_to(c.root)), pypi("keystone"), "U", None, KIND, 1)


@case("snow")
def snowflake(c):
    folder, env = home(c, "snowflake")
    settings = folder / ".snowflake/config.toml"
    settings.parent.mkdir()
    settings.write_text("")
    settings.chmod(0o600)
    c.run("snow", "--config-file", settings, "connection", "add", "-n", "shop", "-u", "ann", "--account", "ab12345", "--password", c.value("pw:14"), "--no-interactive", env=env)
    c.mark("first/snowflake/.snowflake/config.toml", pypi("snowflake-cli"), "U", "^password", KIND)


@case("roundup-admin")
def roundup(c):
    folder, env = home(c, "roundup")
    (folder / "tracker").mkdir()
    c.run("roundup-admin", "-i", folder / "tracker", "install", "classic", "anydbm", f"rdbms_user=shop,rdbms_password={c.value('pw:14')},mailgw_default_class=issue", env=env)
    for path in (folder / "tracker").iterdir():
        if path.name != "config.ini":
            shutil.rmtree(path) if path.is_dir() else path.unlink()
    c.mark("first/roundup/tracker/config.ini", pypi("roundup"), "U", "^(secret_key|password) = [^\n]", KIND)


@case("py4web")
def web4py(c):
    at = kept(c, "py4web/password.txt")
    c.run("py4web", "set_password", "--password", c.value("pw:14"), "-p", c.path(at))
    c.whole(at, pypi("py4web"), "H", None, KIND, 1)


@case("jupyterhub")
def jupyterhub(c):
    at = kept(c, "jupyterhub/jupyterhub_cookie_secret")
    python = os.path.join(os.path.dirname(os.path.realpath(shutil.which("jupyterhub"))), "python")
    c.run(python, "-c", "import sys; from jupyterhub.app import JupyterHub; hub = JupyterHub(); hub.cookie_secret_file = sys.argv[1]; hub.init_secrets()", c.path(at))
    c.whole(at, pypi("jupyterhub"), "U", None, KIND, 1)


@case("py:telethon")
def telethon(c):
    folder = c.path("first/telethon/x").parent
    script = "import os, sys; from telethon.sessions import SQLiteSession, StringSession; from telethon.crypto import AuthKey\ns = SQLiteSession(sys.argv[1]); s.set_dc(2, '149.154.167.51', 443); s.auth_key = AuthKey(os.urandom(256)); s.save(); print(StringSession.save(s))"
    made = c.run(sys.executable, "-c", script, folder / "shop").stdout.decode().strip()
    c.whole("first/telethon/shop.session", pypi("telethon"), "U", None, KIND)
    c.whole("first/telethon/.env", pypi("telethon"), "U", f"API_ID=482913\nSESSION={made}\n", KIND, 2)


@case("dknewkey")
def dkimpy(c):
    c.path("first/dkim/x")
    c.run("dknewkey", "--ktype", "ed25519", "first/dkim/mail2026")
    c.whole("first/dkim/mail2026.key", pypi("dkimpy"), "U", None, KIND, 1)
    c.whole("first/dkim/mail2026.dns", pypi("dkimpy"), "P", None, KIND, 1)


@case("py:duckdb")
def duckdb(c):
    folder = c.path("first/duckdb/stored_secrets/x").parent
    c.run(sys.executable, "-c", "import duckdb, sys; k = duckdb.connect(); k.execute(f\"set secret_directory='{sys.argv[1]}'\"); k.execute(f\"CREATE PERSISTENT SECRET erp (TYPE HTTP, BEARER_TOKEN '{sys.argv[2]}')\")", folder, c.value("alnum:40"))
    c.whole("first/duckdb/stored_secrets/erp.duckdb_secret", pypi("duckdb"), "U", None, KIND)


@case("py:pyhap")
def hap(c):
    at = kept(c, "hap/accessory.state")
    c.run(sys.executable, "-c", "import sys; from pyhap.state import State; from pyhap.encoder import AccessoryEncoder\ns = State(mac='CC:22:3D:E3:CE:30', address='127.0.0.1', port=51826)\nwith open(sys.argv[1], 'w') as f: AccessoryEncoder().persist(f, s)", c.path(at))
    c.mark(at, pypi("HAP-python"), "U", "private_key", KIND)


@case("py:mastodon")
def mastodon(c):
    folder, answers = c.path("first/mastodon/x").parent, {"client_id": c.value("url:43"), "client_secret": c.value("url:43"), "access_token": c.value("url:43"), "scope": "read write follow push", "version": "4.2.0", "id": "1", "name": "shop", "configuration": {}, "grant_types_supported": ["password"]}

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.end_headers()
            self.wfile.write(json.dumps({**answers, "token_endpoint": f"http://{self.headers['Host']}/oauth/token"}).encode())

        def do_POST(self):
            self.rfile.read(int(self.headers["Content-Length"]))
            self.do_GET()

        def log_message(self, *_):
            pass
    server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    script = "import sys; from mastodon import Mastodon\nMastodon.create_app('shop', api_base_url=sys.argv[1], to_file=sys.argv[2] + '/client.secret')\nMastodon(client_id=sys.argv[2] + '/client.secret', api_base_url=sys.argv[1]).log_in('ann@shop.internal', 'a-pass1', allow_http=True, to_file=sys.argv[2] + '/user.secret')"
    c.run(sys.executable, "-c", script, f"http://127.0.0.1:{server.server_port}", folder)
    server.shutdown()
    c.whole("first/mastodon/client.secret", pypi("Mastodon.py"), "U", None, KIND)
    c.whole("first/mastodon/user.secret", pypi("Mastodon.py"), "U", None, KIND)


@case("esphome")
def esphome(c):
    folder, env = home(c, "esphome")
    script = "import sys; from esphome.wizard import wizard_write; from pathlib import Path; from esphome.core import CORE\nCORE.config_path = Path(sys.argv[1])\nwizard_write(path=Path(sys.argv[1]), name='kitchen', platform='ESP32', board='esp32dev', ssid='shop', psk=sys.argv[2], password='', type='basic')"
    python = os.path.join(os.path.dirname(os.path.realpath(shutil.which("esphome"))), "python")
    c.run(python, "-c", script, folder / "kitchen.yaml", c.value("pw:14"), env=env)
    c.mark("first/esphome/kitchen.yaml", pypi("esphome"), "U", r"^\s+-? ?(key|password): \"", KIND)


@case("curl")
def curl(c):
    cookie, tool, at = c.value("alnum:32"), c.run("curl", "--version").stdout.decode().split(" (")[0], kept(c, "curl/cookies.txt")

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200)
            self.send_header("Set-Cookie", f"sessionid={cookie}; Path=/; HttpOnly; Max-Age=31536000")
            self.send_header("Set-Cookie", "theme=dark; Path=/; Max-Age=31536000")
            self.end_headers()

        def log_message(self, *_):
            pass
    server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    c.run("curl", "-s", "-c", at, "--resolve", f"www.shop.internal:{server.server_port}:127.0.0.1", f"http://www.shop.internal:{server.server_port}/")
    server.shutdown()
    c.mark(at, tool, "U", "sessionid", KIND)
    c.mark(at, tool, "P", "theme", KIND)


@case("js:near-cli", "node")
def near(c):
    (tool, modules), (folder, env) = npm("near-cli"), home(c, "near")
    c.run("node", f"{modules}/near-cli/bin/near", "generate-key", "ann.testnet", "--networkId", "testnet", env={**env, "NEAR_ENV": "testnet"}, cwd=folder)
    found = sorted((folder / ".near-credentials").rglob("*.json"))
    for path in found:
        c.mark(str(path.relative_to(c.root)), tool, "U", "private_key", KIND)


@case("js:newman", "node")
def newman(c):
    (tool, modules), folder = npm("newman"), c.path("first/newman/x").parent
    (folder / "c.json").write_text('{"info": {"name": "a", "schema": "https://schema.getpostman.com/json/collection/v2.1.0/collection.json"}, "item": []}')
    c.run("node", f"{modules}/newman/bin/newman.js", "run", folder / "c.json", "--env-var", "api_token=" + c.value("alnum:40"), "--env-var", "password=" + c.value("pw:14"), "--export-environment", folder / "shop.postman_environment.json")
    (folder / "c.json").unlink()
    lines = (folder / "shop.postman_environment.json").read_text().split("\n")
    for number, line in enumerate(lines, 1):
        if '"value"' in line:
            c.note("first/newman/shop.postman_environment.json", number, tool, "U", KIND)


@case("js:hardhat", "node")
def hardhat(c):
    (tool, modules), (folder, env) = npm("hardhat"), home(c, "hardhat")
    (folder / "hardhat.config.js").write_text("module.exports = { solidity: '0.8.24' }\n")
    os.symlink(modules, folder / "node_modules")
    c.run("node", f"{modules}/hardhat/internal/cli/cli.js", "vars", "set", "DEPLOYER_KEY", c.value("hex:64"), env={**env, "NODE_PATH": modules}, cwd=folder)
    (folder / "node_modules").unlink()
    found = next(folder.rglob("vars.json"))
    c.mark(str(found.relative_to(c.root)), tool, "U", '"value"', KIND)


@case("jar:elytron/wildfly-elytron-tool", "java")
def elytron(c):
    jars = os.environ["REALFILES_JARS"] + "/elytron/*"
    tool = os.path.basename(sorted(glob.glob(jars[:-1] + "wildfly-elytron-tool-*.jar"))[-1])[:-4]
    run = lambda *command: c.run("java", "-cp", jars, "org.wildfly.security.tool.ElytronTool", *command).stdout.decode()
    # Expected: encrypted with a key beside it. Seen: the key is a constant of the program.
    masked = re.search(r"MASK-\S+", run("mask", "--salt", c.value("alnum:8"), "--iteration", "230", "--secret", c.value("pw:14")))[0]
    c.whole("first/elytron/standalone.xml", tool, "R", f'<server xmlns="urn:jboss:domain:20.0">\n  <credential-store name="shop" path="shop.cs">\n    <credential-reference clear-text="{masked}"/>\n  </credential-store>\n</server>\n', KIND, 3)
    run("credential-store", "--create", "--location", c.path("first/elytron/shop.cs"), "--password", "a-pass-phrase1", "--add", "db", "--secret", c.value("pw:14"))
    c.whole("first/elytron/shop.cs", tool, "E", None, KIND)
    run("credential-store", "--create", "--location", c.path("first/elytron/key.cs"), "--type", "PropertiesCredentialStore")
    key = run("credential-store", "--location", c.path("first/elytron/key.cs"), "--type", "PropertiesCredentialStore", "--generate-secret-key", "key")
    c.mark("first/elytron/key.cs", tool, "U", "^key", KIND)


@case("jar:hadoop-client-runtime", "java")
def hadoop(c):
    jars = ":".join(jar(name) for name in ("hadoop-client-runtime", "hadoop-client-api", "slf4j-api", "commons-logging"))
    at = c.path("first/hadoop/shop.jceks")
    c.run("java", "-cp", jars, "org.apache.hadoop.security.alias.CredentialShell", "create", "db.password", "-value", c.value("pw:14"), "-provider", f"localjceks://file{at}")
    c.whole("first/hadoop/shop.jceks", os.path.basename(jar("hadoop-client-api"))[:-4], "R", None, KIND)


@case("jar:druid", "java")
def druid(c):
    tool = os.path.basename(jar("druid"))[:-4]
    out = c.run("java", "-cp", ":".join(map(jar, ("druid", "commons-logging"))), "com.alibaba.druid.filter.config.ConfigTools", c.value("pw:14")).stdout.decode()
    made = dict(re.findall(r"(?m)^(\w+):(\S+)", out))
    c.path("first/druid/keys.txt").write_text(out)
    c.mark("first/druid/keys.txt", tool, "U", "^privateKey:", KIND)
    c.mark("first/druid/keys.txt", tool, "P", "^publicKey:", KIND)
    # The private key encrypts, and the public key, which is in the settings, decrypts.
    c.whole("first/druid/application.properties", tool, "K", f"spring.datasource.url=jdbc:mysql://db.shop.internal/shop\nspring.datasource.username=shop\nspring.datasource.password={made['password']}\nspring.datasource.druid.connection-properties=config.decrypt=true;config.decrypt.key={made['publicKey']}\n", KIND, 3)


@case("jar:openejb-core", "java")
def tomee(c):
    tool, folder = os.path.basename(jar("openejb-core"))[:-4], c.path("first/tomee/x").parent
    source = c.root.parent / "Run.java"
    source.write_text('public class Run { public static void main(String[] a) throws Exception { System.out.println(new String(new org.apache.openejb.cipher.StaticDESPasswordCipher().encrypt(a[0]))); } }')
    jars = ":".join([jar("openejb-core"), *glob.glob(os.path.join(os.environ["REALFILES_JARS"], "tomee/*.jar"))])
    made = c.run("java", "-cp", jars, source, c.value("pw:14")).stdout.decode().strip()
    c.whole("first/tomee/tomee.xml", tool, "R", f'<?xml version="1.0" encoding="UTF-8"?>\n<tomee>\n  <Resource id="shop" type="DataSource">\n    JdbcUrl jdbc:mysql://db.shop.internal/shop\n    UserName shop\n    Password {made}\n    PasswordCipher Static3DES\n  </Resource>\n</tomee>\n', KIND, 6)


@case("jar:elasticsearch/elasticsearch", "java")
def elasticsearch(c):
    jars = os.environ["REALFILES_JARS"] + "/elasticsearch/*"
    tool = os.path.basename(sorted(glob.glob(jars[:-1] + "elasticsearch-[0-9]*.jar"))[-1])[:-4]
    source = c.root.parent / "Run.java"
    source.write_text('import org.elasticsearch.common.settings.KeyStoreWrapper; public class Run { public static void main(String[] a) throws Exception { var k = KeyStoreWrapper.create(); var m = KeyStoreWrapper.class.getDeclaredMethod("setString", String.class, char[].class); m.setAccessible(true); m.invoke(k, "s3.client.default.secret_key", a[1].toCharArray()); k.save(java.nio.file.Path.of(a[0]), a[2].toCharArray()); } }')
    for name, password, letter in (("open", "", "R"), ("locked", "a-pass-phrase1", "E")):
        folder = c.path(f"first/elasticsearch/{name}/x").parent
        c.run("java", "-cp", jars, source, folder, c.value("alnum:40"), password)
        c.whole(f"first/elasticsearch/{name}/elasticsearch.keystore", tool, letter, None, KIND)


@case("generate-keys")
def dendrite(c):
    at = kept(c, "dendrite/matrix_key.pem")
    c.run("generate-keys", "--private-key", c.path(at))
    c.whole(at, "dendrite generate-keys", "U", None, KIND)


@case("crane")
def crane(c):
    folder, env = home(c, "crane")
    c.run("crane", "auth", "login", "registry.shop.internal", "-u", "ann", "-p", c.value("pw:14"), env={**env, "DOCKER_CONFIG": str(folder / ".docker")})
    c.mark("first/crane/.docker/config.json", "crane", "U", '"auth":', KIND)
