"""Files that the real programs write. A program that is not there is reported and left out.

Programs are looked for on the PATH, so that the folder `bin` of `scripts/truth/debian.sh` can be put on it. Libraries of
PyPI are imported where they are installed; those of npm are in the folder that REALFILES_NODE names, and jars of Maven in
the one that REALFILES_JARS names.
"""
import base64, contextlib, glob, json, multiprocessing, os, re, shutil, signal, struct, subprocess, sys

CASES = []
# So many seconds a program may take; one that waits for a terminal or for a network would otherwise end no run.
LIMIT = 180


def case(*programs):
    """Registers a function that needs these programs, or modules of Python written `py:NAME`, of node `js:NAME`."""
    def register(function):
        CASES.append((programs, function))
        return function
    return register


def has(program):
    if program.startswith("py:"):
        try:
            __import__(program[3:])
            return True
        except Exception:
            return False
    if program.startswith("js:"):
        return os.path.isdir(os.path.join(os.environ.get("REALFILES_NODE", ""), "node_modules", program[3:]))
    if program.startswith("jar:"):
        return bool(glob.glob(os.path.join(os.environ.get("REALFILES_JARS", ""), program[4:] + "-*.jar")))
    if program.startswith("/"):
        return os.path.exists(program)
    return shutil.which(program) is not None


def make(c, only=()):
    """Runs the cases, all of them or those that are named, each in a process of its own that is ended after LIMIT."""
    for programs, function in CASES:
        missing = [program for program in programs if not has(program)]
        if only and function.__name__ not in only:
            continue
        if missing:
            print(f"left out: {function.__name__} ({', '.join(missing)} not there)", file=sys.stderr)
            continue
        ours, theirs = multiprocessing.Pipe(duplex=False)
        process = multiprocessing.get_context("fork").Process(target=run_case, args=(function, c, theirs))
        process.start()
        theirs.close()
        if ours.poll(LIMIT):
            places, state = ours.recv()
            c.places.extend(places)
            c.random.setstate(state)
        else:
            print(f"failed: {function.__name__}: took more than {LIMIT} seconds", file=sys.stderr, flush=True)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.join()


def run_case(function, c, answer):
    """Runs a case as the leader of its group of processes, and answers with the places that it notes."""
    os.setpgid(0, 0)
    before = len(c.places)
    try:
        function(c)
    except Exception as error:
        detail = getattr(error, "stderr", b"") or b""
        print(f"failed: {function.__name__}: {error} {detail.decode(errors='replace')[-300:]}", file=sys.stderr, flush=True)
    answer.send((c.places[before:], c.random.getstate()))
    # What the case has started may still be running: the group is ended from outside.
    signal.pause()


@case("ssh-keygen")
def ssh(c):
    tool = "ssh-keygen"
    c.path("real/ssh/x")
    for name, options, letter in [
        ("id_ed25519", ["-t", "ed25519", "-N", ""], "U"), ("id_rsa", ["-t", "rsa", "-N", ""], "U"),
        ("id_ecdsa", ["-t", "ecdsa", "-N", ""], "U"), ("rsa_pem", ["-t", "rsa", "-m", "PEM", "-N", ""], "U"),
        ("id_ed25519_enc", ["-t", "ed25519", "-N", "a-pass-phrase"], "E"), ("rsa_pem_enc", ["-t", "rsa", "-m", "PEM", "-N", "a-pass-phrase"], "E"),
        ("id_chacha", ["-t", "ed25519", "-Z", "chacha20-poly1305@openssh.com", "-N", "a-pass-phrase"], "E"),
        ("id_gcm", ["-t", "ed25519", "-Z", "aes256-gcm@openssh.com", "-N", "a-pass-phrase"], "E"),
        ("rsa_pkcs8", ["-t", "rsa", "-m", "PKCS8", "-N", ""], "U"), ("rsa_pkcs8_enc", ["-t", "rsa", "-m", "PKCS8", "-N", "a-pass-phrase"], "E"),
    ]:
        file = "real/ssh/" + name
        c.run("ssh-keygen", "-q", "-C", "ann", "-f", file, *options)
        c.whole(file, tool, letter, None, "real", 1)
        c.whole(file + ".pub", tool, "P", None, "real", 1)
    plain, locked = (c.path("real/ssh/" + name).read_text() for name in ("id_ed25519", "id_ed25519_enc"))
    body = "".join(plain.split("\n")[1:-2])
    c.whole("real/ssh/body_only.txt", tool, "U", body + "\n", "real", 1)
    for text, letter, name in [(plain, "U", "plain"), (locked, "E", "locked")]:
        indented = "".join("    " + line + "\n" for line in text.split("\n") if line)
        c.whole(f"real/ssh/values-{name}.yml", tool, letter, "deploy:\n  sshKey: |\n" + indented, "real", 3)
        c.whole(f"real/ssh/{name}.json", tool, letter, json.dumps({"a": 1, "key": text}, indent=1), "real", 3)
        c.whole(f"real/ssh/{name}.env", tool, letter, "SSH_KEY_B64=" + base64.b64encode(text.encode()).decode() + "\n", "real", 1)


@case("openssl")
def openssl(c):
    tool = "openssl"
    c.path("real/tls/x")
    at = lambda name: "real/tls/" + name
    c.run("openssl", "genrsa", "-out", at("rsa.pem"), "2048")
    c.run("openssl", "ecparam", "-genkey", "-name", "prime256v1", "-noout", "-out", at("ec.pem"))
    c.run("openssl", "genpkey", "-algorithm", "ed25519", "-out", at("ed.pem"))
    c.run("openssl", "req", "-x509", "-new", "-key", at("rsa.pem"), "-subj", "/CN=shop.internal", "-out", at("cert.pem"))
    c.run("openssl", "rsa", "-in", at("rsa.pem"), "-aes256", "-traditional", "-passout", "pass:a-pass", "-out", at("rsa-enc-trad.pem"))
    c.run("openssl", "pkcs8", "-topk8", "-in", at("rsa.pem"), "-v2", "aes-256-cbc", "-passout", "pass:a-pass", "-out", at("rsa-enc.pem"))
    c.run("openssl", "rsa", "-in", at("rsa.pem"), "-traditional", "-outform", "DER", "-out", at("rsa-pkcs1.der"))
    c.run("openssl", "pkcs8", "-topk8", "-nocrypt", "-in", at("rsa.pem"), "-outform", "DER", "-out", at("rsa-pkcs8.der"))
    c.run("openssl", "pkcs8", "-topk8", "-in", at("rsa.pem"), "-passout", "pass:a-pass", "-outform", "DER", "-out", at("rsa-pkcs8-enc.der"))
    c.run("openssl", "ec", "-in", at("ec.pem"), "-outform", "DER", "-out", at("ec-sec1.der"))
    c.run("openssl", "pkey", "-in", at("ed.pem"), "-outform", "DER", "-out", at("ed.der"))
    c.run("openssl", "x509", "-in", at("cert.pem"), "-outform", "DER", "-out", at("cert.der"))
    c.run("openssl", "rsa", "-in", at("rsa.pem"), "-pubout", "-outform", "DER", "-out", at("public.der"))
    c.run("openssl", "rsa", "-in", at("rsa.pem"), "-outform", "MSBLOB", "-out", at("rsa.msblob"))
    c.run("openssl", "rsa", "-in", at("rsa.pem"), "-text", "-noout", "-out", at("rsa-textonly.txt"))
    c.run("openssl", "ec", "-in", at("ec.pem"), "-text", "-noout", "-out", at("ec-textonly.txt"))
    export = ["openssl", "pkcs12", "-export", "-in", at("cert.pem"), "-inkey", at("rsa.pem")]
    c.run(*export, "-passout", "pass:", "-out", at("nopass.p12"))
    c.run(*export, "-passout", "pass:changeit", "-out", at("changeit.p12"))
    c.run(*export, "-passout", "pass:" + c.value("pw:16"), "-out", at("locked.p12"))
    c.run(*export, "-passout", "pass:changeit", "-legacy", "-out", at("changeit-legacy.p12"))
    c.run(*export, "-passout", "pass:", "-keypbe", "NONE", "-certpbe", "NONE", "-out", at("plain.p12"))
    for name, letter in [("rsa.pem", "U"), ("ec.pem", "U"), ("ed.pem", "U"), ("rsa-enc-trad.pem", "E"), ("rsa-enc.pem", "E"), ("cert.pem", "P"), ("rsa-textonly.txt", None), ("ec-textonly.txt", None)]:
        if letter:
            c.whole(at(name), tool, letter, None, "real", 1)
    c.mark(at("rsa-textonly.txt"), tool, "U", "^privateExponent")
    c.mark(at("ec-textonly.txt"), tool, "U", "^priv:")
    for name, letter in [("rsa-pkcs1.der", "U"), ("rsa-pkcs8.der", "U"), ("rsa-pkcs8-enc.der", "E"), ("ec-sec1.der", "U"), ("ed.der", "U"), ("cert.der", "P"), ("public.der", "P"), ("rsa.msblob", "U"),
                         ("nopass.p12", "R"), ("changeit.p12", "R"), ("changeit-legacy.p12", "R"), ("locked.p12", "E"), ("plain.p12", "U")]:
        c.whole(at(name), tool, letter, None, "real")
    c.whole(at("acme.json"), tool, "U", json.dumps({"PrivateKey": base64.b64encode(c.path(at("rsa-pkcs1.der")).read_bytes()).decode()}, indent=1), "real", 2)
    c.whole(at("b64.env"), tool, "U", "TLS_KEY=" + base64.b64encode(c.path(at("rsa-pkcs8.der")).read_bytes()).decode() + "\n", "real", 1)
    c.whole(at("b64cert.env"), tool, "P", "TLS_CERT=" + base64.b64encode(c.path(at("cert.der")).read_bytes()).decode() + "\n", "real", 1)
    c.whole(at("p12.yml"), tool, "R", "keystore: " + base64.b64encode(c.path(at("changeit.p12")).read_bytes()).decode() + "\n", "real", 1)


@case("gpg")
def gpg(c):
    tool, home = "gpg", c.path("real/gpg-home/x").parent
    os.chmod(home, 0o700)
    run = lambda *command: c.run("gpg", "--homedir", home, "--batch", "--pinentry-mode", "loopback", *command)
    run("--passphrase", "", "--quick-gen-key", "bot@shop.internal", "rsa2048", "default", "never")
    run("--passphrase", "", "--quick-gen-key", "fay@shop.internal", "ed25519", "sign", "never")
    run("--passphrase", "a-pass-phrase", "--quick-gen-key", "locked@shop.internal", "ed25519", "sign", "never")
    at = lambda name: c.path("real/pgp/" + name)
    for who in ("bot", "fay", "locked"):
        letter = "E" if who == "locked" else "U"
        given = ["--passphrase", "a-pass-phrase"] if who == "locked" else []
        run(*given, "-o", at(who + ".gpg"), "--export-secret-keys", who + "@shop.internal")
        run(*given, "-o", at(who + ".asc"), "--armor", "--export-secret-keys", who + "@shop.internal")
        run("-o", at(who + ".pub.gpg"), "--export", who + "@shop.internal")
        c.whole(f"real/pgp/{who}.gpg", tool, letter, None, "real")
        c.whole(f"real/pgp/{who}.asc", tool, letter, None, "real", 1)
        c.whole(f"real/pgp/{who}.pub.gpg", tool, "P", None, "real")
        c.whole(f"real/pgp/{who}.yml", tool, letter, "GPG_KEY: " + base64.b64encode(at(who + ".gpg").read_bytes()).decode() + "\n", "real", 1)
    for key in sorted((home / "private-keys-v1.d").glob("*.key")):
        name = "real/pgp/private-keys-v1.d/" + key.name
        text = key.read_bytes()
        c.whole(name, tool, "E" if b"protected-private-key" in text else "U", text, "real")
    signature = at("a.txt")
    signature.write_text("a text\n")
    run("--passphrase", "", "-u", "bot@shop.internal", "--detach-sign", "-o", at("a.sig"), signature)
    c.whole("real/pgp/a.sig", tool, "P", None, "real")
    subprocess.run(["gpgconf", "--homedir", str(home), "--kill", "gpg-agent"], capture_output=True)
    shutil.rmtree(home, ignore_errors=True)


@case("keytool")
def keytool(c):
    for name, password, store, letter in [("keystore.jks", "changeit", "PKCS12", "R"), ("old.jks", "changeit", "JKS", "R"), ("locked.jks", c.value("pw:14"), "PKCS12", "E"), ("oldlocked.jks", c.value("pw:14"), "JKS", "E")]:
        c.path("real/ks/" + name)
        c.run("keytool", "-genkeypair", "-alias", "a", "-keyalg", "EC", "-dname", "CN=shop", "-keystore", "real/ks/" + name, "-storepass", password, "-keypass", password, "-storetype", store)
        c.whole("real/ks/" + name, "keytool", letter, None, "real")
    c.run("keytool", "-exportcert", "-alias", "a", "-keystore", "real/ks/keystore.jks", "-storepass", "changeit", "-file", "real/ks/a.crt")
    c.run("keytool", "-importcert", "-noprompt", "-alias", "a", "-file", "real/ks/a.crt", "-keystore", "real/ks/truststore.p12", "-storepass", "changeit", "-storetype", "PKCS12")
    c.whole("real/ks/truststore.p12", "keytool", "P", None, "real")


@case("minisign")
def minisign(c):
    c.path("real/sign/x")
    c.run("minisign", "-G", "-W", "-p", "real/sign/mini.pub", "-s", "real/sign/mini.key")
    c.run("minisign", "-G", "-p", "real/sign/locked.pub", "-s", "real/sign/locked.key", input=b"a-pass-phrase\na-pass-phrase\n")
    for name, letter in (("mini", "U"), ("locked", "E")):
        c.whole(f"real/sign/{name}.key", "minisign", letter, None, "real", 2)
        c.whole(f"real/sign/{name}.pub", "minisign", "P", None, "real", 2)


@case("signify-openbsd")
def signify(c):
    c.path("real/sign/x")
    c.run("signify-openbsd", "-G", "-n", "-p", "real/sign/signify.pub", "-s", "real/sign/signify.sec")
    c.whole("real/sign/signify.sec", "signify-openbsd", "U", None, "real", 2)
    c.whole("real/sign/signify.pub", "signify-openbsd", "P", None, "real", 2)


@case("wg")
def wireguard(c):
    key = c.run("wg", "genkey").stdout
    c.whole("real/wireguard/privatekey", "wg genkey", "U", key, "real", 1)
    c.whole("real/wireguard/psk", "wg genpsk", "U", c.run("wg", "genpsk").stdout, "real", 1)
    c.whole("real/wireguard/publickey", "wg pubkey", "P", c.run("wg", "pubkey", input=key).stdout, "real", 1)


@case("puttygen")
def puttygen(c):
    c.path("real/putty/x")
    c.run("openssl", "genrsa", "-traditional", "-out", "real/putty/a.pem", "2048")
    c.path("real/putty/pass").write_text(c.value("pw:14") + "\n")
    for name, options, letter, line in [("plain.ppk", ["-O", "private"], "U", 1), ("ssh1key", ["-O", "private"], "U", None), ("sshcom", ["-O", "private-sshcom"], "U", 1)]:
        if name == "ssh1key":
            c.run("puttygen", "-q", "-t", "rsa1", "-b", "1024", "-o", "real/putty/" + name, "--new-passphrase", "/dev/null")
        else:
            c.run("puttygen", "real/putty/a.pem", *options, "-o", "real/putty/" + name, "--new-passphrase", "/dev/null")
        c.whole("real/putty/" + name, "puttygen", letter, None, "real", line)
    c.run("puttygen", "real/putty/a.pem", "-O", "private", "-o", "real/putty/locked.ppk", "--new-passphrase", "real/putty/pass")
    c.whole("real/putty/locked.ppk", "puttygen", "E", None, "real", 1)
    c.path("real/putty/pass").unlink()
    c.path("real/putty/a.pem").unlink()


@case("tigervncpasswd")
def vnc(c):
    made = c.run("tigervncpasswd", "-f", input=(c.value("pw:8") + "\n").encode()).stdout
    c.whole("real/home/.vnc/passwd", "vncpasswd", "R", made, "real")


@case("git", "git-crypt")
def git_crypt(c):
    c.path("real/git-crypt/x")
    c.run("git", "init", "-q", "real/git-crypt/repo")
    c.run("git-crypt", "init", cwd=c.root / "real/git-crypt/repo")
    c.run("git-crypt", "export-key", "../repo.key", cwd=c.root / "real/git-crypt/repo")
    shutil.rmtree(c.root / "real/git-crypt/repo")
    c.whole("real/git-crypt/repo.key", "git-crypt", "U", None, "real")


@case("dnssec-keygen")
def dnssec(c):
    c.path("real/bind/x")
    for kind in ("RSASHA256", "ECDSAP256SHA256", "ED25519"):
        bits = ["-b", "2048"] if kind.startswith("RSA") else []
        name = c.run("dnssec-keygen", "-q", "-a", kind, *bits, "shop.internal", cwd=c.root / "real/bind").stdout.decode().strip()
        c.mark(f"real/bind/{name}.private", "dnssec-keygen", "U", "^Private(Key|Exponent)")
        c.mark(f"real/bind/{name}.key", "dnssec-keygen", "P", "DNSKEY")
    c.path("real/bind/rndc.key").write_bytes(c.run("rndc-confgen").stdout)
    c.mark("real/bind/rndc.key", "rndc-confgen", "U", "^\tsecret")


@case("htpasswd")
def htpasswd(c):
    for name, options, letter in [("md5", "-nbm", "H"), ("bcrypt", "-nbB", "H"), ("sha", "-nbs", "H"), ("plain", "-nbp", "U")]:
        c.whole(f"real/apache/{name}.htpasswd", "htpasswd", letter, c.run("htpasswd", options, "ann", c.value("pw:14")).stdout.strip() + b"\n", "real", 1)


@case("ktutil")
def krb5(c):
    c.path("real/krb5/x")
    script = f"addent -password -p HTTP/web@SHOP.INTERNAL -k 1 -e aes256-cts-hmac-sha1-96\n{c.value('pw:14')}\nwkt real/krb5/http.keytab\nquit\n"
    c.run("ktutil", input=script.encode())
    c.whole("real/krb5/http.keytab", "ktutil", "U", None, "real")


@case("openvpn")
def openvpn(c):
    c.path("real/openvpn/x")
    c.run("openvpn", "--genkey", "secret", "real/openvpn/ta.key")
    c.run("openvpn", "--genkey", "tls-crypt-v2-server", "real/openvpn/tc2-server.key")
    c.run("openvpn", "--tls-crypt-v2", "real/openvpn/tc2-server.key", "--genkey", "tls-crypt-v2-client", "real/openvpn/tc2-client.key")
    for name in ("ta", "tc2-server", "tc2-client"):
        c.mark(f"real/openvpn/{name}.key", "openvpn", "U", "-----BEGIN")


@case("nebula-cert")
def nebula(c):
    c.path("real/nebula/x")
    c.run("nebula-cert", "ca", "-name", "shop", cwd=c.root / "real/nebula")
    c.run("nebula-cert", "sign", "-name", "a", "-ip", "10.0.0.1/24", cwd=c.root / "real/nebula")
    for name, letter in (("ca.key", "U"), ("a.key", "U"), ("ca.crt", "P")):
        c.whole("real/nebula/" + name, "nebula-cert", letter, None, "real", 1)


@case("wpa_passphrase")
def wpa(c):
    tool = "wpa_passphrase"
    c.whole("real/wifi/wpa.conf", tool, "U", c.run(tool, "ShopNet", c.value("pw:14")).stdout, "real", 4)
    c.mark("real/wifi/wpa.conf", tool, "U", "#psk=")


@case("certtool")
def gnutls(c):
    c.whole("real/gnutls/key.pem", "certtool", "U", c.run("certtool", "--generate-privkey", "--key-type", "ed25519").stdout, "real", None)
    key = c.run("certtool", "--generate-privkey", "--key-type", "ecdsa", "--outder").stdout
    c.whole("real/gnutls/key.der", "certtool", "U", key, "real")


@case("borg")
def borg(c):
    repository = c.root / "real/borg"
    for mode, passphrase, letter in (("nopass", "", "R"), ("locked", c.value("pw:14"), "E")):
        env = {**os.environ, "BORG_PASSPHRASE": passphrase, "BORG_BASE_DIR": str(c.root / "real/borg-home"), "BORG_UNKNOWN_UNENCRYPTED_REPO_ACCESS_IS_OK": "yes"}
        c.path(f"real/borg/{mode}/x")
        c.run("borg", "init", "-e", "repokey", f"real/borg/{mode}/repo", env=env)
        c.run("borg", "key", "export", f"real/borg/{mode}/repo", f"real/borg/key-{mode}.txt", env=env)
        shutil.rmtree(repository / mode)
        c.whole(f"real/borg/key-{mode}.txt", "borg key export", letter, None, "real", 2)
    shutil.rmtree(c.root / "real/borg-home", ignore_errors=True)


@case("rclone")
def rclone(c):
    c.path("real/rclone/rclone.conf").write_text("")
    c.run("rclone", "--config", "real/rclone/rclone.conf", "config", "create", "shop", "webdav", "url=https://dav.shop.internal", "user=ann", "pass=" + c.value("pw:14"), "--obscure")
    c.mark("real/rclone/rclone.conf", "rclone", "R", "^pass = ")


@case("age-keygen")
def age(c):
    c.whole("real/age/key.txt", "age-keygen", "U", c.run("age-keygen").stdout, "real", 3)


@case("mvn")
def maven(c):
    made = re.search(r"\{.*?\}", c.run("mvn", "-q", "--encrypt-master-password", c.value("pw:14")).stdout.decode())[0]
    c.whole("real/m2/settings-security.xml", "mvn --encrypt-master-password", "R", f"<settingsSecurity>\n  <master>{made}</master>\n</settingsSecurity>\n", "real", 2)


@case("js:ethers", "node")
def ethers(c):
    script = "const {Wallet}=require('ethers');const w=Wallet.createRandom();console.log(w.mnemonic.phrase);console.log(w.privateKey)"
    phrase, key = c.run("node", "-e", script, cwd=os.environ["REALFILES_NODE"]).stdout.decode().split("\n")[:2]
    c.whole("real/chain/.secret", "ethers", "U", phrase + "\n", "real", 1)
    c.whole("real/chain/mnemonic.txt", "ethers", "U", phrase, "real", 1)
    c.whole("real/chain/hardhat.config.js", "ethers", "U", f"module.exports = {{\n  networks: {{ a: {{\n    accounts: [\"{key}\"]\n  }} }}\n}};\n", "real", 3)


@case("js:web-push", "node")
def web_push(c):
    text = c.run("node", "node_modules/web-push/src/cli.js", "generate-vapid-keys", cwd=os.environ["REALFILES_NODE"]).stdout.decode()
    c.path("real/web-push/vapid.txt").write_text(text)
    line = text.split("\n").index("Private Key:") + 2
    c.note("real/web-push/vapid.txt", line, "web-push", "U", "real")
    made = c.run("node", "node_modules/web-push/src/cli.js", "generate-vapid-keys", "--json", cwd=os.environ["REALFILES_NODE"]).stdout.decode()
    c.whole("real/web-push/vapid.json", "web-push", "U", made, "real", 1)


@case("js:openpgp", "node")
def openpgp_js(c):
    for name, options, letter in [("v4", "{}", "U"), ("v4-aead", "{passphrase:'a b c',config:{aeadProtect:true}}", "E"), ("v6", "{config:{v6Keys:true}}", "U"), ("v6-enc", "{passphrase:'a b c',config:{v6Keys:true,aeadProtect:true,s2kType:4}}", "E"), ("v4-enc", "{passphrase:'a b c'}", "E")]:
        script = f"const o=require('openpgp');const p={options};o.generateKey({{userIDs:[{{name:'a'}}],...p}}).then(k=>process.stdout.write(k.privateKey))"
        c.whole(f"real/pgp/js-{name}.asc", "OpenPGP.js", letter, c.run("node", "-e", script, cwd=os.environ["REALFILES_NODE"]).stdout, "real", 1)


@case("js:nkeys.js", "node")
def nkeys(c):
    for kind in ("User", "Account", "Operator", "Server"):
        script = f"const n=require('nkeys.js');process.stdout.write(new TextDecoder().decode(n.create{kind}().getSeed()))"
        seed = c.run("node", "-e", script, cwd=os.environ["REALFILES_NODE"]).stdout.decode()
        c.whole(f"real/nats/{kind.lower()}.nk", "nkeys.js", "U", seed + "\n", "real", 1)
    c.whole("real/nats/nats.conf", "nkeys.js", "U", f"port: 4222\n# {seed}\nauthorization {{ }}\n", "real", 2)


@case("js:@stellar/stellar-sdk", "node")
def stellar(c):
    script = "const {Keypair}=require('@stellar/stellar-sdk');const k=Keypair.random();console.log(k.secret());console.log(k.publicKey())"
    secret, public = c.run("node", "-e", script, cwd=os.environ["REALFILES_NODE"]).stdout.decode().split()[:2]
    c.whole("real/chain/stellar.txt", "stellar-sdk", "U", secret + "\n", "real", 1)
    c.whole("real/chain/stellar.pub", "stellar-sdk", "P", public + "\n", "real", 1)


@case("js:@solana/web3.js", "node")
def solana(c):
    script = "const {Keypair}=require('@solana/web3.js');process.stdout.write(JSON.stringify(Array.from(Keypair.generate().secretKey)))"
    c.whole("real/chain/solana.json", "@solana/web3.js", "U", c.run("node", "-e", script, cwd=os.environ["REALFILES_NODE"]).stdout, "real", 1)


@case("js:jose", "node")
def jose(c):
    script = "import('jose').then(async j=>{const {privateKey,publicKey}=await j.generateKeyPair('EdDSA',{extractable:true});console.log(JSON.stringify(await j.exportJWK(privateKey)));console.log(JSON.stringify(await j.exportJWK(publicKey)))})"
    private, public = c.run("node", "-e", script, cwd=os.environ["REALFILES_NODE"]).stdout.decode().split("\n")[:2]
    c.whole("real/jose/private.jwk", "jose", "U", private + "\n", "real", 1)
    c.whole("real/jose/public.jwk", "jose", "P", public + "\n", "real", 1)


@case("py:pymacaroons")
def macaroons(c):
    from pymacaroons import Macaroon
    made = Macaroon(location="https://shop.internal", identifier="ann", key=c.value("alnum:32"))
    c.whole("real/tok/macaroon.txt", "pymacaroons", "U", made.serialize() + "\n", "real", 1)


@case("py:pyotp")
def otp(c):
    import pyotp
    c.whole("real/tok/otp.txt", "pyotp", "U", pyotp.TOTP(c.value("base32:32"), name="ann", issuer="Shop").provisioning_uri() + "\n", "real", 1)


@case("py:argon2", "py:passlib")
def hashes(c):
    import argon2
    from passlib import hash as schemes
    lines = [("argon2", argon2.PasswordHasher().hash(c.value("pw:14")))]
    lines += [(name, getattr(schemes, name).hash(c.value("pw:14"))) for name in ("sha512_crypt", "sha256_crypt", "pbkdf2_sha256", "scrypt", "django_pbkdf2_sha256", "phpass", "mysql41", "ldap_salted_sha1")]
    for name, value in lines:
        c.whole(f"real/hash/{name}.yml", "passlib", "H", f"admin:\n  password: '{value}'\n", "real", 2)


@case("py:cryptography")
def fernet(c):
    from cryptography.fernet import Fernet
    key = Fernet.generate_key()
    c.whole("real/fernet/secret.key", "cryptography", "U", key + b"\n", "real", 1)
    c.whole("real/fernet/airflow.cfg", "cryptography", "U", "[core]\nfernet_key = " + key.decode() + "\n", "real", 2)
    c.whole("real/fernet/a.yml", "cryptography", "E", "password: " + Fernet(key).encrypt(b"a").decode() + "\n", "real", 1)


@case("py:keyrings.alt")
def keyring(c):
    from keyrings.alt.file import PlaintextKeyring
    ring = PlaintextKeyring()
    ring.file_path = str(c.path("real/keyring/keyring_pass.cfg"))
    ring.set_password("shop", "ann", c.value("pw:16"))
    c.mark("real/keyring/keyring_pass.cfg", "keyrings.alt", "R", "^\t[A-Za-z0-9]")


@case("py:vcr")
def vcr(c):
    import http.server, threading, urllib.request
    import vcr as recorder

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200)
            self.send_header("Set-Cookie", "sessionid=" + token + "; Path=/")
            self.end_headers()
            self.wfile.write(b"{}")

        def log_message(self, *_):
            pass
    token = c.value("alnum:32")
    server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    path = c.path("real/vcr/login.yaml")
    with recorder.use_cassette(str(path)):
        basic = base64.b64encode(("ann:" + c.value("pw:14")).encode()).decode()
        request = urllib.request.Request(f"http://127.0.0.1:{server.server_port}/", headers={"Authorization": "Basic " + basic, "X-Api-Key": c.value("alnum:32")})
        urllib.request.urlopen(request).read()
    server.shutdown()
    c.mark("real/vcr/login.yaml", "vcrpy", "U", "- Basic|- sessionid=")
    lines = path.read_text().split("\n")
    c.note("real/vcr/login.yaml", [at for at, line in enumerate(lines) if "X-Api-Key" in line][0] + 2, "vcrpy", "U", "real")


@case("py:signedjson")
def synapse(c):
    from signedjson import key
    with open(c.path("real/synapse/shop.internal.signing.key"), "w") as file:
        key.write_signing_keys(file, [key.generate_signing_key("a_bcde")])
    c.note("real/synapse/shop.internal.signing.key", 1, "signedjson", "U", "real")


@case("py:jwcrypto")
def jwcrypto(c):
    from jwcrypto import jwk
    c.whole("real/jose/oct.json", "jwcrypto", "U", jwk.JWK.generate(kty="oct", size=256).export(), "real", 1)
    c.whole("real/jose/set.json", "jwcrypto", "U", '{"keys": [\n' + jwk.JWK.generate(kty="RSA", size=2048).export() + "\n]}\n", "real", 2)


@case("py:eth_account")
def eth_account(c):
    from eth_account import Account
    c.whole("real/chain/keystore.json", "eth-account", "E", json.dumps(Account.encrypt("0x" + c.value("hex:64"), "a pass", iterations=2)), "real", 1)


@case("py:pykeepass")
def keepass(c):
    import pykeepass
    pykeepass.create_database(str(c.path("real/keepass/a.kdbx")), password="a pass phrase")
    c.whole("real/keepass/a.kdbx", "pykeepass", "E", None, "real")


@case("ansible-vault")
def ansible(c):
    c.path("real/ansible/pass").write_text(c.value("pw:20") + "\n")
    c.path("real/ansible/vault.yml").write_text("password: a\n")
    c.run("ansible-vault", "encrypt", "--vault-password-file", "real/ansible/pass", "real/ansible/vault.yml")
    c.whole("real/ansible/vault.yml", "ansible-vault", "E", None, "real", 1)
    c.path("real/ansible/pass").rename(c.root / "real/ansible/.vault_pass")
    c.whole("real/ansible/.vault_pass", "ansible-vault", "U", None, "real", 1)


@case("git")
def git(c):
    env = {**os.environ, "HOME": str(c.path("real/git/x").parent), "GIT_CONFIG_NOSYSTEM": "1"}
    c.run("git", "config", "--global", "credential.helper", "store", env=env)
    c.run("git", "config", "--global", "sendemail.smtpPass", c.value("pw:16"), env=env)
    c.run("git", "credential", "approve", input=f"protocol=https\nhost=git.shop.internal\nusername=ann\npassword={c.value('pw:16')}\n".encode(), env=env)
    c.mark("real/git/.git-credentials", "git credential-store", "U", "ann:")
    c.mark("real/git/.gitconfig", "git config", "U", "smtpPass")


@case("npm")
def npm(c):
    env = {**os.environ, "NPM_CONFIG_USERCONFIG": str(c.path("real/npm/.npmrc"))}
    c.run("npm", "config", "set", "//npm.shop.internal/:_authToken=" + c.value("alnum:36"), env=env)
    c.run("npm", "config", "set", "//npm2.shop.internal/:_password=" + c.value("b64:14"), "//npm2.shop.internal/:username=ann", env=env)
    c.mark("real/npm/.npmrc", "npm config set", "U", "_authToken|_password")
