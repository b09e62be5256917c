"""Programs of Debian that were new to gonogo: it was judged by what they write before anything was changed.

The class of a place is what was expected of it; where that was wrong, a comment states what was expected and what was seen.
"""
import os, re, shutil, signal, subprocess, time

from real import case

KIND = "first look"


def version(package):
    """Returns a package of Debian with its version, as far as it was installed."""
    found = subprocess.run(["dpkg-query", "-W", "-f", "${Version}", package], capture_output=True, text=True).stdout
    return f"{package} {found}".strip()


def home(c, name):
    """Returns an environment in which `name` is the home folder."""
    folder = c.path(f"first/{name}/x").parent
    return folder, {**os.environ, "HOME": str(folder), "XDG_CONFIG_HOME": str(folder / ".config"), "XDG_DATA_HOME": str(folder / ".local/share"), "XDG_RUNTIME_DIR": str(folder)}


def serve(c, command, env, seconds, ready=None):
    """Runs a daemon until `ready` is there, or for some seconds, and ends it."""
    with subprocess.Popen([str(part) for part in command], env=env, cwd=c.root, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        for _ in range(seconds * 5):
            time.sleep(0.2)
            if ready and ready():
                time.sleep(0.4)
                break
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()


def kept(c, name):
    """Returns the path of a file below the folder of all of these, as `mark` and `whole` take it."""
    return str(c.path("first/" + name).relative_to(c.root))


@case("saslpasswd2")
def sasl(c):
    tool, at = version("sasl2-bin"), kept(c, "sasl/sasldb2")
    c.run("saslpasswd2", "-p", "-c", "-f", at, "-u", "shop.internal", "ann", input=c.value("pw:14").encode())
    c.whole(at, tool, "U", None, KIND)


@case("sss_obfuscate")
def sssd(c):
    tool, at = version("sssd-tools"), kept(c, "sssd/sssd.conf")
    c.path(at).write_text("[sssd]\nconfig_file_version = 2\nservices = nss, pam\ndomains = shop\n\n[domain/shop]\nid_provider = ldap\nldap_uri = ldap://ldap.shop.internal\nldap_default_bind_dn = cn=reader,dc=shop\n")
    os.chmod(c.path(at), 0o600)
    c.run("sss_obfuscate", "-s", "-d", "shop", "-f", c.path(at), input=c.value("pw:14").encode())
    c.mark(at, tool, "R", "^ldap_default_authtok = ", KIND)


@case("slapd", "slapadd", "slapcat", "slappasswd")
def openldap(c):
    tool = version("slapd")
    folder, env = home(c, "ldap")
    (folder / "db").mkdir()
    (folder / "slapd.conf").write_text(f"include /etc/ldap/schema/core.schema\ninclude /etc/ldap/schema/cosine.schema\nmodulepath /usr/lib/ldap\nmoduleload back_mdb\ndatabase mdb\nsuffix \"dc=shop\"\nrootdn \"cn=admin,dc=shop\"\nrootpw {c.value('pw:14')}\ndirectory {folder}/db\n")
    hashed = c.run("slappasswd", "-s", c.value("pw:14")).stdout.decode().strip()
    entry = "dn: uid={0},dc=shop\nobjectClass: account\nobjectClass: simpleSecurityObject\nuid: {0}\nuserPassword: {1}\n\n"
    (folder / "add.ldif").write_text("dn: dc=shop\nobjectClass: dcObject\nobjectClass: organization\no: shop\ndc: shop\n\n" + entry.format("ann", c.value("pw:14")) + entry.format("bob", hashed))
    c.run("slapadd", "-f", folder / "slapd.conf", "-l", folder / "add.ldif")
    (folder / "backup.ldif").write_bytes(c.run("slapcat", "-f", folder / "slapd.conf").stdout)
    shutil.rmtree(folder / "db")
    c.mark("first/ldap/slapd.conf", tool, "U", "^rootpw", KIND)
    lines = (folder / "backup.ldif").read_text().split("\n")
    for uid, letter in (("ann", "U"), ("bob", "H")):
        start = lines.index(f"dn: uid={uid},dc=shop")
        c.note("first/ldap/backup.ldif", next(at for at in range(start, len(lines)) if lines[at].startswith("userPassword")) + 1, tool, letter, KIND)
    c.mark("first/ldap/add.ldif", tool, "U", "^userPassword: [^{]", KIND)
    c.mark("first/ldap/add.ldif", tool, "H", "^userPassword: [{]", KIND)


@case("htdigest")
def digest(c):
    at = kept(c, "apache/users.htdigest")
    c.run("htdigest", "-c", at, "shop", "ann", input=("a-pass1\n" * 2).encode())
    c.whole(at, "htdigest (" + version("apache2-utils") + ")", "H", None, KIND, 1)


@case("mosquitto_passwd", "mosquitto_ctrl")
def mosquitto(c):
    tool, at = version("mosquitto"), kept(c, "mosquitto/passwd")
    c.run("mosquitto_passwd", "-b", "-c", at, "ann", c.value("pw:14"))
    c.whole(at, "mosquitto_passwd (" + tool + ")", "H", None, KIND, 1)
    at = kept(c, "mosquitto/dynamic-security.json")
    c.run("mosquitto_ctrl", "dynsec", "init", at, "admin", c.value("pw:14"))
    c.mark(at, "mosquitto_ctrl (" + tool + ")", "H", '"password":', KIND)


@case("chronyc")
def chrony(c):
    tool, at = "chronyc keygen (" + version("chrony") + ")", kept(c, "chrony/chrony.keys")
    c.path(at).write_bytes(b"".join(c.run("chronyc", "keygen", number, *kind).stdout for number, kind in ((1, ("SHA1", "160")), (2, ("SHA512", "256")), (3, ("AES128",)))))
    c.mark(at, tool, "U", "^[0-9]", KIND)


@case("openssl")
def easy_rsa(c):
    program = "/usr/share/easy-rsa/easyrsa"
    if not os.path.exists(program):
        raise LookupError("easy-rsa is not there")
    tool, folder = version("easy-rsa"), c.path("first/easyrsa/x").parent
    env = {**os.environ, "EASYRSA_BATCH": "1", "EASYRSA_PKI": str(folder / "pki")}
    c.run(program, "init-pki", env=env)
    c.run(program, "build-ca", "nopass", env=env)
    c.run(program, "--passout=pass:a-pass-phrase1", "--passin=pass:a-pass-phrase1", "gen-req", "locked", env=env)
    c.run(program, "build-server-full", "web", "nopass", env=env)
    c.run(program, "--passout=pass:", "export-p12", "web", env=env)
    for name, letter in (("private/ca.key", "U"), ("private/web.key", "U"), ("private/locked.key", "E"), ("ca.crt", "P")):
        c.whole("first/easyrsa/pki/" + name, tool, letter, None, KIND, 1)
    c.whole("first/easyrsa/pki/private/web.p12", tool, "R", None, KIND)


@case("cfssl")
def cfssl(c):
    tool, at = "cfssl (" + version("golang-cfssl") + ")", kept(c, "cfssl/ca.json")
    c.path(at).write_bytes(c.run("cfssl", "genkey", "-initca", "-", input=b'{"CN": "shop", "key": {"algo": "ecdsa", "size": 256}}').stdout)
    c.whole(at, tool, "U", None, KIND)
    made = c.run("cfssl", "print-defaults", "config").stdout
    c.whole("first/cfssl/config.json", tool, "P", made, KIND)


@case("restic")
def restic(c):
    tool, (folder, env) = version("restic"), home(c, "restic")
    c.run("restic", "-r", folder / "repo", "--no-cache", "init", env={**env, "RESTIC_PASSWORD": c.value("pw:14")})
    for key in (folder / "repo/keys").iterdir():
        c.whole(f"first/restic/repo/keys/{key.name}", tool, "E", None, KIND)
    c.whole("first/restic/repo/config", tool, "E", None, KIND)


@case("opendkim-genkey")
def opendkim(c):
    tool, folder = version("opendkim-tools"), c.path("first/opendkim/x").parent
    c.run("opendkim-genkey", "-D", folder, "-d", "shop.internal", "-s", "mail2026")
    c.whole("first/opendkim/mail2026.private", tool, "U", None, KIND, 1)
    c.whole("first/opendkim/mail2026.txt", tool, "P", None, KIND)


@case("tincd")
def tinc(c):
    tool, folder = version("tinc"), c.path("first/tinc/hosts/x").parent.parent
    (folder / "tinc.conf").write_text("Name = web\n")
    c.run("tincd", "-c", folder, "-K2048", input=b"\n\n")
    c.mark("first/tinc/rsa_key.priv", tool, "U", "BEGIN RSA PRIVATE", KIND)
    c.mark("first/tinc/" + ("hosts/web" if (folder / "hosts/web").exists() else "rsa_key.pub"), tool, "P", "BEGIN", KIND)


@case("yggdrasil")
def yggdrasil(c):
    tool, at = version("yggdrasil"), kept(c, "yggdrasil/yggdrasil.conf")
    c.path(at).write_bytes(c.run("yggdrasil", "-genconf").stdout)
    c.mark(at, tool, "U", r"^\s*PrivateKey:", KIND)
    c.mark(at, tool, "P", r"^\s*PublicKey:", KIND)
    c.whole("first/yggdrasil/config.json", tool, "U", c.run("yggdrasil", "-genconf", "-json").stdout, KIND)


@case("electrum")
def electrum(c):
    tool, (folder, env) = version("electrum"), home(c, "electrum")
    run = lambda *command: c.run("electrum", "--offline", "-D", folder, *command, env=env)
    run("create", "-w", folder / "open_wallet")
    run("create", "-w", folder / "locked_wallet", "--encrypt_file", "false", "--password", "a-pass-phrase1")
    run("create", "-w", folder / "sealed_wallet", "--encrypt_file", "true", "--password", "a-pass-phrase1")
    c.mark("first/electrum/open_wallet", tool, "U", '"(seed|xprv)":', KIND)
    c.mark("first/electrum/open_wallet", tool, "P", '"xpub":', KIND)
    c.mark("first/electrum/locked_wallet", tool, "E", '"(seed|xprv)":', KIND)
    c.whole("first/electrum/sealed_wallet", tool, "E", None, KIND)


@case("syncthing")
def syncthing(c):
    tool, (folder, env) = version("syncthing"), home(c, "syncthing")
    c.run("syncthing", "generate", "--no-default-folder", "--home", folder / "st", "--gui-user", "ann", "--gui-password", c.value("pw:14"), env=env)
    c.mark("first/syncthing/st/config.xml", tool, "U", "<apikey>", KIND)
    c.mark("first/syncthing/st/config.xml", tool, "H", "<password>", KIND)
    c.whole("first/syncthing/st/key.pem", tool, "U", None, KIND, 1)
    c.whole("first/syncthing/st/cert.pem", tool, "P", None, KIND, 1)


@case("transmission-daemon")
def transmission(c):
    tool, (folder, env) = version("transmission-daemon"), home(c, "transmission")
    (folder / "settings.json").write_text('{"rpc-username": "ann", "rpc-password": "' + c.value("pw:14") + '", "rpc-enabled": true, "rpc-port": 19091, "peer-port": 51499, "dht-enabled": false, "lpd-enabled": false, "port-forwarding-enabled": false}')
    c.whole("first/transmission/before.json", tool, "U", (folder / "settings.json").read_bytes(), KIND)
    serve(c, ["transmission-daemon", "-f", "-g", folder], env, 3)
    c.mark("first/transmission/settings.json", tool, "H", '"rpc-password"', KIND)


@case("deluged", "deluge-web")
def deluge(c):
    tool, (folder, env) = version("deluged"), home(c, "deluge")
    serve(c, ["deluged", "-d", "-c", folder / "c", "-p", "19846"], env, 60, (folder / "c/auth").exists)
    serve(c, ["deluge-web", "-d", "-c", folder / "c", "-p", "19847"], env, 60, (folder / "c/web.conf").exists)
    c.mark("first/deluge/c/auth", tool, "U", "^localclient:", KIND)
    if (folder / "c/web.conf").exists():
        c.mark("first/deluge/c/web.conf", tool, "H", '"pwd_sha1"', KIND)


@case("svnadmin", "svnserve", "svn")
def subversion(c):
    tool, (folder, env) = version("subversion"), home(c, "svn")
    c.run("svnadmin", "create", folder / "repo")
    (folder / "repo/conf/svnserve.conf").write_text("[general]\nanon-access = none\nauth-access = write\npassword-db = passwd\nrealm = shop\n")
    password = c.value("pw:14")
    (folder / "repo/conf/passwd").write_text(f"[users]\nann = {password}\n")
    (folder / ".subversion").mkdir()
    (folder / ".subversion/servers").write_text("[global]\nstore-plaintext-passwords = yes\n")
    with subprocess.Popen(["svnserve", "-d", "--foreground", "--listen-host", "127.0.0.1", "--listen-port", "13690", "-r", str(folder)]) as server:
        time.sleep(1)
        try:
            c.run("svn", "info", "--non-interactive", "--username", "ann", "--password", password, "svn://127.0.0.1:13690/repo", env={**env, "LC_ALL": "C"})
        finally:
            server.terminate()
    (folder / "repo/conf").rename(folder / "conf")
    shutil.rmtree(folder / "repo")
    c.mark("first/svn/conf/passwd", tool, "U", "^ann", KIND)
    for kept_file in (folder / ".subversion/auth/svn.simple").iterdir():
        text = kept_file.read_text()
        if password not in text:
            raise LookupError("svn has not kept the password as it is")
        c.note(str(kept_file.relative_to(c.root)), text.split("\n").index(password) + 1, tool, "U", KIND)


@case("cvs")
def cvs(c):
    tool, (folder, env) = version("cvs"), home(c, "cvs")
    c.run("cvs", "-d", folder / "repo", "init")
    (folder / "repo/CVSROOT/passwd").write_text("ann:" + c.run("openssl", "passwd", "-1", "a-pass1").stdout.decode().strip() + ":root\n")
    (folder / "repo/CVSROOT/config").write_text("SystemAuth=no\n")
    script = "import socket,subprocess,sys\ns=socket.create_server(('127.0.0.1',12401))\nwhile 1:\n k,_=s.accept()\n subprocess.run(['cvs','--allow-root='+sys.argv[1],'pserver'],stdin=k,stdout=k,stderr=k)\n k.close()\n"
    with subprocess.Popen(["python3", "-c", script, str(folder / "repo")]) as server:
        time.sleep(4)
        try:
            c.run("cvs", "-d", f":pserver:ann:a-pass1@127.0.0.1:12401{folder}/repo", "login", env=env)
        finally:
            server.terminate()
    c.whole("first/cvs/passwd", tool, "H", (folder / "repo/CVSROOT/passwd").read_bytes(), KIND, 1)
    shutil.rmtree(folder / "repo")
    c.mark("first/cvs/.cvspass", tool, "R", ":pserver:", KIND)


@case("fossil")
def fossil(c):
    tool, (folder, env) = version("fossil"), home(c, "fossil")
    out = c.run("fossil", "init", "-A", "ann", folder / "shop.fossil", env={**env, "USER": "ann"}).stdout.decode()
    c.whole("first/fossil/init.log", tool, "U", out, KIND)
    c.whole("first/fossil/shop.fossil", tool, "H", None, KIND)


@case("dropbearkey")
def dropbear(c):
    tool = version("dropbear-bin")
    for kind in ("ed25519", "rsa", "ecdsa"):
        at = kept(c, f"dropbear/dropbear_{kind}_host_key")
        out = c.run("dropbearkey", "-t", kind, "-f", at).stdout
        c.whole(at, tool, "U", None, KIND)
        c.whole(at + ".txt", tool, "P", out, KIND)
    made = c.run("dropbearconvert", "dropbear", "openssh", "first/dropbear/dropbear_ed25519_host_key", "first/dropbear/id_openssh")
    c.whole("first/dropbear/id_openssh", tool, "U", None, KIND, 1)


@case("tinysshd-makekey")
def tinyssh(c):
    c.path("first/tinyssh/x")
    c.run("tinysshd-makekey", "first/tinyssh/keys")
    c.whole("first/tinyssh/keys/.ed25519.sk", version("tinysshd"), "U", None, KIND)
    c.whole("first/tinyssh/keys/ed25519.pk", version("tinysshd"), "P", None, KIND)


@case("psktool")
def gnutls_psk(c):
    at = kept(c, "gnutls/psk.txt")
    c.run("psktool", "-u", "ann", "-p", at)
    c.whole(at, "psktool (" + version("gnutls-bin") + ")", "U", None, KIND, 1)


@case("cf-key")
def cfengine(c):
    tool = "cf-key (" + version("cfengine3") + ")"
    at = kept(c, "cfengine/localhost")
    c.run("cf-key", "-f", c.path(at))
    # Expected: `Proc-Type: 4,ENCRYPTED`, with a passphrase that is part of the program. Seen: no encryption.
    c.whole(at + ".priv", tool, "U", None, KIND, 1)
    c.whole(at + ".pub", tool, "P", None, KIND, 1)


@case("eyaml")
def eyaml(c):
    tool, folder = version("hiera-eyaml"), c.path("first/eyaml/x").parent
    c.run("eyaml", "createkeys", cwd=folder)
    made = c.run("eyaml", "encrypt", "-o", "block", "-l", "db_password", "-s", c.value("pw:14"), cwd=folder).stdout
    c.whole("first/eyaml/keys/private_key.pkcs7.pem", tool, "U", None, KIND, 1)
    c.whole("first/eyaml/keys/public_key.pkcs7.pem", tool, "P", None, KIND, 1)
    c.whole("first/eyaml/common.eyaml", tool, "E", made, KIND)


@case("obfs4proxy")
def obfs4(c):
    tool, (folder, env) = version("obfs4proxy"), home(c, "obfs4")
    env |= {"TOR_PT_MANAGED_TRANSPORT_VER": "1", "TOR_PT_STATE_LOCATION": str(folder), "TOR_PT_SERVER_TRANSPORTS": "obfs4", "TOR_PT_SERVER_BINDADDR": "obfs4-127.0.0.1:19999", "TOR_PT_ORPORT": "127.0.0.1:19998"}
    serve(c, ["obfs4proxy"], env, 5, (folder / "obfs4_bridgeline.txt").exists)
    c.whole("first/obfs4/obfs4_state.json", tool, "U", None, KIND)
    c.whole("first/obfs4/obfs4_bridgeline.txt", tool, "P", None, KIND)


@case("fastd")
def fastd(c):
    out = c.run("fastd", "--generate-key").stdout.decode()
    secret = re.search("secret: *([0-9a-f]{64})", out, re.IGNORECASE)[1]
    c.whole("first/fastd/key.txt", version("fastd"), "U", out, KIND)
    c.whole("first/fastd/fastd.conf", version("fastd"), "U", f'log level info;\nbind any:10000;\nsecret "{secret}";\ninclude peers from "peers";\n', KIND, 3)


@case("snmpd", "net-snmp-create-v3-user")
def snmp(c):
    tool, (folder, env) = version("snmpd"), home(c, "snmp")
    (folder / "snmpd.conf").write_text("")
    (folder / "state").mkdir()
    (folder / "state/snmpd.conf").write_text(f"createUser ann SHA {c.value('pw:14')} AES {c.value('pw:14')}\n")
    c.whole("first/snmp/before/snmpd.conf", tool, "U", (folder / "state/snmpd.conf").read_bytes(), KIND, 1)
    serve(c, ["snmpd", "-f", "udp:127.0.0.1:19161"], {**env, "SNMPCONFPATH": f"{folder}:{folder}/state", "SNMP_PERSISTENT_DIR": str(folder / "state")}, 3)
    c.mark("first/snmp/state/snmpd.conf", tool, "U", "^usmUser", KIND)


@case("keymgr")
def knot(c):
    tool, at = version("knot"), kept(c, "knot/tsig.conf")
    c.path(at).write_bytes(c.run("keymgr", "-t", "transfer", "hmac-sha256").stdout)
    c.mark(at, tool, "U", "secret:", KIND)


@case("unbound-control-setup")
def unbound(c):
    folder = c.path("first/unbound/x").parent
    c.run("unbound-control-setup", "-d", folder)
    for name, letter in (("unbound_control.key", "U"), ("unbound_server.key", "U"), ("unbound_server.pem", "P")):
        c.whole("first/unbound/" + name, version("unbound"), letter, None, KIND, 1)


@case("ldns-keygen")
def ldns(c):
    tool, folder = version("ldnsutils"), c.path("first/ldns/x").parent
    for kind in ("ED25519", "hmac-sha256"):
        name = c.run("ldns-keygen", "-a", kind, "shop.internal", cwd=folder).stdout.decode().strip()
        c.mark(f"first/ldns/{name}.private", tool, "U", "^(PrivateKey|Key)", KIND)
        if kind == "ED25519":
            c.whole(f"first/ldns/{name}.key", tool, "P", None, KIND, 1)


@case("kdb5_util")
def kdc(c):
    tool, (folder, env) = version("krb5-kdc"), home(c, "kdc")
    (folder / "krb5.conf").write_text("[libdefaults]\n default_realm = SHOP.INTERNAL\n")
    (folder / "kdc.conf").write_text(f"[realms]\n SHOP.INTERNAL = {{\n  database_name = {folder}/principal\n  key_stash_file = {folder}/stash\n  acl_file = {folder}/acl\n }}\n")
    env |= {"KRB5_CONFIG": str(folder / "krb5.conf"), "KRB5_KDC_PROFILE": str(folder / "kdc.conf")}
    c.run("kdb5_util", "create", "-s", "-P", c.value("pw:14"), env=env)
    c.whole("first/kdc/stash", tool, "U", None, KIND)
    c.run("kdb5_util", "dump", folder / "dump.txt", env=env)
    c.whole("first/kdc/dump.txt", tool, "E", None, KIND)


@case("csync2")
def csync(c):
    at = kept(c, "csync2/csync2.key")
    c.run("csync2", "-k", c.path(at))
    c.whole(at, version("csync2"), "U", None, KIND, 1)


@case("certutil", "pk12util")
def nss(c):
    tool, folder = version("libnss3-tools"), c.path("first/nss/x").parent
    for name, password, letter in (("open", "", "U"), ("locked", "a-pass-phrase1", "E")):
        base = folder / name
        base.mkdir()
        (folder / "password").write_text(password + "\n")
        (folder / "noise").write_bytes(c.bytes(64))
        given = ["-d", "sql:" + str(base), "-f", folder / "password"]
        c.run("certutil", "-N", *given)
        c.run("certutil", "-S", *given, "-z", folder / "noise", "-n", "web", "-s", "CN=web", "-x", "-t", "C,C,C")
        c.run("pk12util", "-o", folder / f"{name}.p12", "-n", "web", "-d", "sql:" + str(base), "-k", folder / "password", "-W", password)
        c.whole(f"first/nss/{name}/key4.db", tool, letter, None, KIND)
        c.whole(f"first/nss/{name}.p12", tool, "R" if letter == "U" else "E", None, KIND)
    (folder / "password").unlink()
    (folder / "noise").unlink()


@case("redis-server", "redis-cli")
def redis(c):
    tool, (folder, env) = version("redis-server"), home(c, "redis")
    (folder / "redis.conf").write_text(f"port 16379\nbind 127.0.0.1\ndir {folder}\nsave \"\"\naclfile {folder}/users.acl\n")
    (folder / "plain.conf").write_text(f"port 16379\nbind 127.0.0.1\ndir {folder}\nsave \"\"\n")
    (folder / "users.acl").write_text("")
    for settings, commands in (("redis.conf", [["acl", "setuser", "ann", "on", ">" + c.value("pw:14"), "~*", "+@all"], ["acl", "save"]]), ("plain.conf", [["config", "set", "masterauth", c.value("pw:16")], ["config", "set", "requirepass", password := c.value("pw:14")], ["-a", password, "config", "rewrite"]])):
        with subprocess.Popen(["redis-server", str(folder / settings)], stdout=subprocess.DEVNULL) as server:
            time.sleep(1)
            try:
                for command in commands:
                    c.run("redis-cli", "-p", "16379", *command)
            finally:
                server.terminate()
    c.mark("first/redis/users.acl", tool, "H", "^user ann", KIND)
    c.mark("first/redis/plain.conf", tool, "U", "^(masterauth|requirepass)", KIND)


@case("gocryptfs")
def gocryptfs(c):
    folder = c.path("first/gocryptfs/plain/x").parent
    c.run("gocryptfs", "-init", "-q", folder, input=(c.value("pw:14") + "\n").encode())
    c.mark("first/gocryptfs/plain/gocryptfs.conf", version("gocryptfs"), "E", "EncryptedKey", KIND)
    c.mark("first/gocryptfs/plain/gocryptfs.conf", version("gocryptfs"), "P", '"Salt"', KIND)


@case("mkcert")
def mkcert(c):
    tool, (folder, env) = version("mkcert"), home(c, "mkcert")
    env |= {"CAROOT": str(folder / "ca"), "TRUST_STORES": "none"}
    c.run("mkcert", "-cert-file", folder / "web.pem", "-key-file", folder / "web-key.pem", "shop.internal", env=env)
    c.run("mkcert", "-pkcs12", "-p12-file", folder / "web.p12", "shop.internal", env=env)
    for name, letter in (("ca/rootCA-key.pem", "U"), ("web-key.pem", "U"), ("web.pem", "P")):
        c.whole("first/mkcert/" + name, tool, letter, None, KIND, 1)
    c.whole("first/mkcert/web.p12", tool, "R", None, KIND)


@case("kubectl")
def kubectl(c):
    tool, at = "kubectl (" + version("kubernetes-client") + ")", kept(c, "kubectl/kubeconfig")
    run = lambda *command: c.run("kubectl", "--kubeconfig", c.path(at), *command)
    run("config", "set-credentials", "ann", "--token=" + c.value("alnum:40"))
    run("config", "set-credentials", "bob", "--username=bob", "--password=" + c.value("pw:14"))
    run("config", "set-credentials", "oidc", "--auth-provider=oidc", "--auth-provider-arg=client-secret=" + c.value("alnum:32"), "--auth-provider-arg=refresh-token=" + c.value("alnum:48"))
    c.mark(at, tool, "U", "token:|password:|client-secret:|refresh-token:", KIND)
    made = run("create", "secret", "generic", "db", "--dry-run=client", "-o", "yaml", "--from-literal=password=" + c.value("pw:14")).stdout
    c.path("first/kubectl/secret.yaml").write_bytes(made)
    c.mark("first/kubectl/secret.yaml", tool, "U", "password:", KIND)


@case("doveadm")
def dovecot(c):
    tool = version("dovecot-core")
    for scheme in ("SSHA512", "ARGON2ID", "SCRAM-SHA-256", "CRAM-MD5"):
        made = c.run("doveadm", "pw", "-s", scheme, "-p", c.value("pw:14")).stdout.decode().strip()
        c.whole(f"first/dovecot/{scheme}/users", tool, "H", f"ann@shop.internal:{made}:1001:1001::/srv/ann::\n", KIND, 1)


@case("sq")
def sequoia(c):
    tool, folder = version("sq"), c.path("first/sq/x").parent
    c.run("sq", "key", "generate", "-u", "ann <ann@shop.internal>", "--export", folder / "ann.pgp")
    c.whole("first/sq/ann.pgp", tool, "U", None, KIND, 1)
    c.whole("first/sq/ann-cert.pgp", tool, "P", c.run("sq", "key", "extract-cert", folder / "ann.pgp").stdout, KIND, 1)


@case("rnpkeys")
def rnp(c):
    tool, (folder, env) = version("rnp"), home(c, "rnp")
    for name in "rl":
        (folder / name).mkdir()
    c.run("rnpkeys", "--homedir", folder / "r", "--generate-key", "--userid", "ann@shop.internal", "--password", "", env=env)
    c.run("rnpkeys", "--homedir", folder / "l", "--generate-key", "--userid", "bob@shop.internal", "--password", "a-pass-phrase1", env=env)
    c.whole("first/rnp/r/secring.gpg", tool, "U", None, KIND)
    c.whole("first/rnp/l/secring.gpg", tool, "E", None, KIND)
    c.whole("first/rnp/r/pubring.gpg", tool, "P", None, KIND)
