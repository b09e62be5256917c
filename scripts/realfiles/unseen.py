"""Programs of Debian that were new to gonogo when its first look at them was judged: see met.py."""
import os, re, shutil, sqlite3, subprocess, threading, time

from met import home, kept, serve, version
from real import case

KIND = "unseen"


@case("rspamadm")
def rspamd(c):
    tool, at = version("rspamd"), kept(c, "rspamd/local.d/keypair.conf")
    c.path(at).write_bytes(c.run("rspamadm", "keypair").stdout)
    c.mark(at, tool, "U", "privkey", KIND)
    c.mark(at, tool, "P", "pubkey| id =", KIND)
    hashed = c.run("rspamadm", "pw", "-e", "-p", c.value("pw:14")).stdout.decode().strip()
    c.whole("first/rspamd/local.d/worker-controller.inc", tool, "H", f'password = "{hashed}";\n', KIND, 1)
    c.run("rspamadm", "dkim_keygen", "-s", "mail", "-d", "shop.internal", "-k", c.path("first/rspamd/mail.key"))
    c.whole("first/rspamd/mail.key", tool, "U", None, KIND, 1)


@case("fwknop")
def knock(c):
    tool, (folder, env) = version("fwknop-client"), home(c, "fwknop")
    out = c.run("fwknop", "--key-gen", env=env).stdout
    c.path("first/fwknop/keys.txt").write_bytes(out)
    c.run("fwknop", "-A", "tcp/22", "-a", "10.0.0.1", "-D", "shop.internal", "--key-gen", "--use-hmac", "--save-rc-stanza", env=env)
    for name in ("keys.txt", ".fwknoprc"):
        c.mark("first/fwknop/" + name, tool, "U", r"^(HMAC_)?KEY_BASE64", KIND)


@case("cntlm")
def cntlm(c):
    # Expected: digests, which are only to be guessed. Seen: what NTLM signs in with, so they are as good as the password.
    tool, at = version("cntlm"), kept(c, "cntlm/cntlm.conf")
    out = c.run("cntlm", "-H", "-u", "ann", "-d", "shop", input=(c.value("pw:14") + "\n").encode()).stdout.decode()
    c.path(at).write_text("Username ann\nDomain shop\n" + "".join(line + "\n" for line in out.split("\n") if line.startswith("Pass")) + "Proxy 10.0.0.42:8080\nListen 3128\n")
    c.mark(at, tool, "U", "^Pass(LM|NT|NTLMv2) ", KIND)
    c.text("first/cntlm/plain/cntlm.conf", tool, "Username\tann\nDomain\t\tshop\nPassword\t‹U pw:14›\nProxy\t\t10.0.0.42:8080\nListen\t\t3128\n", KIND)


@case("xrdp-keygen")
def xrdp(c):
    at = kept(c, "xrdp/rsakeys.ini")
    c.run("xrdp-keygen", "xrdp", c.path(at))
    c.mark(at, version("xrdp"), "U", "^pri_exp=", KIND)
    c.mark(at, version("xrdp"), "P", "^pub_(exp|mod)=", KIND)


@case("cscli")
def crowdsec(c):
    tool, folder = version("crowdsec"), c.path("first/crowdsec/x").parent
    (folder / "data").mkdir()
    (folder / "config.yaml").write_text(f"common:\n  log_media: stdout\nconfig_paths:\n  config_dir: {folder}\n  data_dir: {folder}/data\n  hub_dir: {folder}\n  index_path: {folder}/.index.json\ndb_config:\n  type: sqlite\n  db_path: {folder}/data/crowdsec.db\napi:\n  client:\n    credentials_path: {folder}/local_api_credentials.yaml\n  server:\n    listen_uri: 127.0.0.1:18080\n    profiles_path: {folder}/profiles.yaml\n")
    (folder / "profiles.yaml").write_text("name: default\nfilters:\n - Alert.Remediation == true\ndecisions:\n - type: ban\n   duration: 4h\n")
    c.run("cscli", "-c", folder / "config.yaml", "machines", "add", "-a", "-f", folder / "local_api_credentials.yaml")
    key = c.run("cscli", "-c", folder / "config.yaml", "bouncers", "add", "web", "-o", "raw").stdout.decode().strip()
    shutil.rmtree(folder / "data")
    c.mark("first/crowdsec/local_api_credentials.yaml", tool, "U", "^password:", KIND)
    c.whole("first/crowdsec/crowdsec-firewall-bouncer.yaml", tool, "U", f"mode: iptables\napi_url: http://127.0.0.1:8080/\napi_key: {key}\n", KIND, 3)


@case("pg_enc", "pg_md5")
def pgpool(c):
    tool, (folder, env) = version("pgpool2"), home(c, "pgpool")
    (folder / ".pgpoolkey").write_text(c.value("pw:20"))
    os.chmod(folder / ".pgpoolkey", 0o600)
    for settings in ("/etc/pgpool2/pgpool.conf", "/usr/share/pgpool2/pgpool.conf"):
        if os.path.exists(settings):
            (folder / "pgpool.conf").write_text(re.sub(r"(?m)^pool_passwd.*$", "", open(settings).read()))
    c.run("pg_enc", "-k", folder / ".pgpoolkey", "-f", folder / "pgpool.conf", "-m", "-u", "ann", c.value("pw:14"), env=env)
    c.run("pg_md5", "-f", folder / "pgpool.conf", "-m", "-u", "bob", c.value("pw:14"), env=env)
    with open(folder / "pool_passwd", "a") as file:
        file.write(f"eve:TEXT{c.value('pw:14')}\n")
    (folder / "pgpool.conf").unlink()
    c.whole("first/pgpool/.pgpoolkey", tool, "U", None, KIND, 1)
    c.mark("first/pgpool/pool_passwd", tool, "K", "^ann", KIND)
    c.mark("first/pgpool/pool_passwd", tool, "H", "^bob", KIND)
    c.mark("first/pgpool/pool_passwd", tool, "U", "^eve", KIND)


@case("/usr/lib/postgresql/15/bin/pg_basebackup")
def postgresql(c):
    tool, (folder, env) = version("postgresql-15"), home(c, "postgresql")
    programs, password = "/usr/lib/postgresql/15/bin", c.value("pw:14")
    work = c.root.parent / "postgresql-work"
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir()
    as_user = [] if os.getuid() else ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"]
    if as_user:
        shutil.chown(work, "postgres")
    (work / "pw").write_text(password)
    (work / "pw").chmod(0o644)
    env |= {"PGPASSWORD": password, "HOME": str(work)}
    run = lambda *command: c.run(*as_user, *command, env=env, cwd=work)
    run(f"{programs}/initdb", "-D", work / "data", "-U", "postgres", "-A", "scram-sha-256", "--pwfile", work / "pw")
    with open(work / "data/postgresql.conf", "a") as file:
        file.write(f"port = 15499\nunix_socket_directories = '{work}'\nwal_level = logical\n")
    run(f"{programs}/pg_ctl", "-D", work / "data", "-w", "-l", work / "log", "start")
    try:
        sql = f"CREATE EXTENSION postgres_fdw; CREATE SERVER erp FOREIGN DATA WRAPPER postgres_fdw OPTIONS (host 'erp.shop.internal'); CREATE USER MAPPING FOR postgres SERVER erp OPTIONS (user 'ann', password '{c.value('pw:14')}'); CREATE ROLE bob LOGIN PASSWORD '{c.value('pw:14')}'; CREATE SUBSCRIPTION orders CONNECTION 'host=erp.shop.internal user=ann password={c.value('pw:14')} dbname=shop' PUBLICATION orders WITH (connect = false);"
        for statement in re.split(r"(?<=;) ", sql):
            run(f"{programs}/psql", "-h", work, "-p", "15499", "-U", "postgres", "-v", "ON_ERROR_STOP=1", "-c", statement)
        (folder / "dump.sql").write_bytes(run(f"{programs}/pg_dump", "-h", work, "-p", "15499", "-U", "postgres", "postgres").stdout)
        (folder / "roles.sql").write_bytes(run(f"{programs}/pg_dumpall", "-h", work, "-p", "15499", "-U", "postgres", "--roles-only").stdout)
        run(f"{programs}/pg_basebackup", "-h", work, "-p", "15499", "-U", "postgres", "-R", "-D", work / "standby")
        shutil.copyfile(work / "standby/postgresql.auto.conf", folder / "postgresql.auto.conf")
    finally:
        run(f"{programs}/pg_ctl", "-D", work / "data", "-m", "immediate", "stop")
        shutil.rmtree(work)
    c.mark("first/postgresql/postgresql.auto.conf", tool, "U", "^primary_conninfo", KIND)
    lines = (folder / "dump.sql").read_text().split("\n")
    start = next(at for at, line in enumerate(lines) if line.startswith("CREATE USER MAPPING"))
    c.note("first/postgresql/dump.sql", next(at for at in range(start, len(lines)) if "password" in lines[at]) + 1, tool, "U", KIND)
    c.mark("first/postgresql/dump.sql", tool, "U", "^CREATE SUBSCRIPTION", KIND)
    c.mark("first/postgresql/roles.sql", tool, "H", "SCRAM-SHA-256", KIND)


@case("pdnsutil")
def powerdns(c):
    tool, folder = version("pdns-server"), c.path("first/powerdns/x").parent
    base = folder / "zones.sqlite3"
    (folder / "pdns.conf").write_text(f"launch=gsqlite3\ngsqlite3-database={base}\ngsqlite3-dnssec=yes\nwebserver=yes\napi=yes\napi-key={c.value('alnum:24')}\nwebserver-password={c.value('pw:14')}\n")
    schema = next(path for path in ("/usr/share/pdns-backend-sqlite3/schema/schema.sqlite3.sql", "/usr/share/doc/pdns-backend-sqlite3/schema.sqlite3.sql") if os.path.exists(path))
    with sqlite3.connect(base) as store:
        store.executescript(open(schema).read())
    run = lambda *command: c.run("pdnsutil", "--config-dir", folder, *command)
    run("create-zone", "shop.internal", "ns1.shop.internal")
    run("secure-zone", "shop.internal")
    (folder / "tsig.txt").write_bytes(run("generate-tsig-key", "transfer", "hmac-sha256").stdout)
    (folder / "list.txt").write_bytes(run("list-tsig-keys").stdout)
    (folder / "zone.key").write_bytes(run("export-zone-key", "shop.internal", "1").stdout)
    c.mark("first/powerdns/pdns.conf", tool, "U", "^(api-key|webserver-password)=", KIND)
    c.mark("first/powerdns/tsig.txt", tool, "U", "transfer", KIND)
    c.mark("first/powerdns/list.txt", tool, "U", "transfer", KIND)
    c.mark("first/powerdns/zone.key", tool, "U", "^PrivateKey", KIND)
    c.whole("first/powerdns/zones.sqlite3", tool, "U", None, KIND)




@case("kstash", "kadmin.heimdal")
def heimdal(c):
    tool, (folder, env) = "heimdal-kdc (bookworm)", home(c, "heimdal")
    (folder / "krb5.conf").write_text(f"[libdefaults]\n default_realm = SHOP.INTERNAL\n[kdc]\n database = {{\n  dbname = {folder}/heimdal\n  realm = SHOP.INTERNAL\n  log_file = {folder}/log\n  mkey_file = {folder}/m-key\n  acl_file = {folder}/acl\n }}\n")
    env |= {"KRB5_CONFIG": str(folder / "krb5.conf")}
    run = lambda *command: c.run("kadmin.heimdal", "-l", "-c", folder / "krb5.conf", *command, env=env).stdout
    run("init", "--realm-max-ticket-life=unlimited", "--realm-max-renewable-life=unlimited", "SHOP.INTERNAL")
    run("add", "--password=" + c.value("pw:14"), "--use-defaults", "ann")
    (folder / "dump.txt").write_bytes(run("dump", "--decrypt"))
    c.run("kstash", "--random-key", f"--key-file={folder}/m-key", env=env)
    for path in folder.iterdir():
        if path.name not in ("dump.txt", "m-key"):
            path.unlink()
    # Expected: keys below a master key. Seen: unless one was made before, there is none.
    c.mark("first/heimdal/dump.txt", tool, "U", "^ann@", KIND)
    c.whole("first/heimdal/m-key", tool, "U", None, KIND)


@case("pdbedit", "smbpasswd")
def samba(c):
    tool, folder = version("samba-common-bin"), c.path("first/samba/x").parent
    (folder / "smb.conf").write_text(f"[global]\nworkgroup = SHOP\npassdb backend = tdbsam:{folder}/passdb.tdb\nprivate dir = {folder}\nlock directory = {folder}\nstate directory = {folder}\ncache directory = {folder}\npid directory = {folder}\nldap admin dn = cn=admin,dc=shop\n")
    password = c.value("pw:14")
    c.run("pdbedit", "-s", folder / "smb.conf", "-a", "-t", "-u", "root", input=f"{password}\n{password}\n".encode())
    c.run("smbpasswd", "-c", folder / "smb.conf", "-w", c.value("pw:14"))
    for path in folder.iterdir():
        if path.name not in ("smb.conf", "passdb.tdb", "secrets.tdb"):
            shutil.rmtree(path) if path.is_dir() else path.unlink()
    c.whole("first/samba/passdb.tdb", tool, "U", None, KIND)
    c.whole("first/samba/secrets.tdb", tool, "U", None, KIND)


@case("debconf-set-selections", "debconf-get-selections")
def debconf(c):
    tool, (folder, env) = version("debconf"), home(c, "debconf")
    (folder / "x.conf").write_text(f"Config: configdb\nTemplates: templatedb\n\nName: config\nDriver: File\nReject-Type: password\nFilename: {folder}/config.dat\n\nName: passwords\nDriver: File\nMode: 600\nAccept-Type: password\nFilename: {folder}/passwords.dat\n\nName: configdb\nDriver: Stack\nStack: config, passwords\n\nName: templatedb\nDriver: File\nFilename: {folder}/templates.dat\n")
    env |= {"DEBCONF_SYSTEMRC": str(folder / "x.conf"), "DEBCONF_NOWARNINGS": "yes"}
    c.run("debconf-set-selections", env=env, input=f"shop shop/mysql/admin-pass password {c.value('pw:14')}\nshop shop/mysql/app-pass password {c.value('pw:14')}\nshop shop/host string db.shop.internal\n".encode())
    (folder / "preseed.cfg").write_bytes(c.run("debconf-get-selections", env=env).stdout)
    for name in ("x.conf", "templates.dat"):
        (folder / name).unlink(missing_ok=True)
    lines = (folder / "passwords.dat").read_text().split("\n")
    for number, line in enumerate(lines, 1):
        if line.startswith("Value:"):
            c.note("first/debconf/passwords.dat", number, tool, "U", KIND)
    c.mark("first/debconf/preseed.cfg", tool, "U", "\tpassword\t[^\n]", KIND)


@case("dbconfig-generate-include")
def dbconfig(c):
    tool, folder = version("dbconfig-common"), c.path("first/dbconfig/x").parent
    (folder / "shop.conf").write_text(f"dbc_install='true'\ndbc_dbtype='mysql'\ndbc_dbuser='shop'\ndbc_dbpass='{c.value('pw:14')}'\ndbc_dbserver='db.shop.internal'\ndbc_dbport=''\ndbc_dbname='shop'\ndbc_dbadmin='root'\n")
    for form, name in (("php", "config-db.php"), ("perl", "config-db.pl"), ("sh", "config-db.sh"), ("cpp", "config-db.h")):
        c.run("dbconfig-generate-include", "-f", form, folder / "shop.conf", folder / name)
        c.mark("first/dbconfig/" + name, tool, "U", "pass|//shop:", KIND)
    c.mark("first/dbconfig/shop.conf", tool, "U", "^dbc_dbpass", KIND)


@case("odbcinst")
def odbc(c):
    tool, (folder, env) = version("odbcinst"), home(c, "odbc")
    (folder / "template").write_text(f"[Shop]\nDriver = PostgreSQL\nServername = db.shop.internal\nUserName = ann\nPassword = {c.value('pw:14')}\n\n[Erp]\nDriver = FreeTDS\nServer = erp.shop.internal\nUID = ann\nPWD = {c.value('pw:14')}\n")
    c.run("odbcinst", "-i", "-s", "-h", "-f", folder / "template", env={**env, "ODBCINI": str(folder / ".odbc.ini")})
    (folder / "template").unlink()
    c.mark("first/odbc/.odbc.ini", tool, "U", "(?i)^(password|pwd)", KIND)


@case("ncftp", "py:pyftpdlib")
def ncftp(c):
    tool, (folder, env) = version("ncftp"), home(c, "ncftp")
    from pyftpdlib.authorizers import DummyAuthorizer
    from pyftpdlib.handlers import FTPHandler
    from pyftpdlib.servers import FTPServer
    password, users = c.value("pw:14"), DummyAuthorizer()
    users.add_user("ann", password, str(folder))
    handler = type("Handler", (FTPHandler,), {"authorizer": users})
    server = FTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    (folder / ".ncftp").mkdir()
    c.run("ncftp", env={**env, "TERM": "dumb", "NCFTPDIR": str(folder / ".ncftp")}, input=f"set save-passwords yes\nset confirm-close no\nopen -u ann -p {password} -P {server.address[1]} 127.0.0.1\nbookmark shop\nquit\n".encode())
    (folder / "bookmarks").write_bytes((folder / ".ncftp/bookmarks").read_bytes())
    shutil.rmtree(folder / ".ncftp")
    (folder / ".ncftp").mkdir()
    (folder / "bookmarks").rename(folder / ".ncftp/bookmarks")
    c.mark("first/ncftp/.ncftp/bookmarks", tool, "R", "^shop,", KIND)


@case("znc")
def znc(c):
    tool, (folder, env) = version("znc"), home(c, "znc")
    out = c.run("znc", "-d", folder, "-s", input=b"a-pass-1\na-pass-1\n", env=env).stdout.decode(errors="replace")
    block = re.search(r"<Pass password>.*?</Pass>", re.sub(r"\x1b\[[0-9;]*m", "", out), re.DOTALL)[0]
    block = "\n".join(re.sub(r"^.*?(?=\t|<)", "\t", line, count=1) for line in block.split("\n"))
    c.path("first/znc/configs/znc.conf").write_text(f"Version = 1.8.2\n<User ann>\n\tNick = ann\n{block}\n\t<Network shop>\n\t\tServer = irc.shop.internal +6697 {c.value('pw:14')}\n\t</Network>\n</User>\n")
    c.run("znc", "-d", folder, "-p", env=env)
    c.mark("first/znc/configs/znc.conf", tool, "H", "Hash = ", KIND)
    c.mark("first/znc/configs/znc.conf", tool, "U", "Server = ", KIND)
    c.mark("first/znc/znc.pem", tool, "U", "BEGIN .*PRIVATE KEY", KIND)


@case("baresip")
def baresip(c):
    tool, (folder, env) = version("baresip-core"), home(c, "baresip")
    folder = c.path("first/baresip/.baresip/x").parent
    (folder / "accounts").write_text(f"<sip:ann@shop.internal>;auth_pass={c.value('pw:14')};regint=0\n<sip:bob:{c.value('pw:14')}@shop.internal>\n")
    serve(c, ["baresip", "-f", folder, "-t", "2"], env, 4)
    c.mark("first/baresip/.baresip/accounts", tool, "U", "^<sip:(ann|bob)", KIND)


@case("adb")
def adb(c):
    at = kept(c, "adb/adbkey")
    c.run("adb", "keygen", c.path(at))
    c.whole(at, version("adb"), "U", None, KIND, 1)
    c.whole(at + ".pub", version("adb"), "P", None, KIND, 1)


@case("gnome-keyring-daemon", "secret-tool", "dbus-run-session")
def gnome_keyring(c):
    tool = version("gnome-keyring")
    for name, password, letter in (("open", "", "U"), ("locked", "a-pass-phrase1", "E")):
        folder, env = home(c, "gnome-" + name)
        script = f"printf %s '{password}' | gnome-keyring-daemon --unlock --components=secrets >/dev/null; printf %s '{c.value('pw:14')}' | timeout 20 secret-tool store --label=shop server shop.internal; sleep 1"
        c.run("timeout", "40", "dbus-run-session", "--", "sh", "-c", script, env=env)
        for path in sorted((folder / ".local/share/keyrings").glob("*.keyring")):
            c.whole(str(path.relative_to(c.root)), tool, letter, None, KIND)


@case("qbittorrent-nox")
def qbittorrent(c):
    tool, (folder, env) = version("qbittorrent-nox"), home(c, "qbittorrent")
    settings = folder / ".config/qBittorrent/qBittorrent.conf"
    settings.parent.mkdir(parents=True)
    settings.write_text(f"[LegalNotice]\nAccepted=true\n\n[Preferences]\nMailNotification\\enabled=true\nMailNotification\\password={c.value('pw:14')}\nMailNotification\\username=ann\nDynDNS\\Password={c.value('pw:14')}\nWebUI\\Port=18999\nWebUI\\Username=ann\nWebUI\\Password_PBKDF2=\"@ByteArray({c.value('b64:16')}:{c.value('b64:64')})\"\n")
    serve(c, ["qbittorrent-nox", f"--profile={folder}/p", "--webui-port=18999"], env, 4)
    at = "first/qbittorrent/.config/qBittorrent/qBittorrent.conf"
    shutil.rmtree(folder / "p", ignore_errors=True)
    c.mark(at, tool, "U", "(?i)password=", KIND)
    c.mark(at, tool, "H", "PBKDF2", KIND)


@case("ocpasswd")
def ocserv(c):
    at = kept(c, "ocserv/ocpasswd")
    c.run("ocpasswd", "-c", c.path(at), "ann", input=b"a-pass-1\na-pass-1\n")
    c.whole(at, version("ocserv"), "H", None, KIND, 1)


@case("php", "/usr/share/mediawiki/maintenance/install.php")
def mediawiki(c):
    tool, folder = version("mediawiki"), c.path("first/mediawiki/x").parent
    c.run("php", "/usr/share/mediawiki/maintenance/install.php", "--dbtype", "sqlite", "--dbpath", folder, "--dbname", "shop", "--confpath", folder, "--pass", c.value("pw:14"), "Shop", "ann")
    c.mark("first/mediawiki/LocalSettings.php", tool, "U", r"^\$wg(SecretKey|UpgradeKey) ", KIND)
    for path in folder.iterdir():
        if path.name != "LocalSettings.php":
            shutil.rmtree(path) if path.is_dir() else path.unlink()


@case("i2pd")
def i2p(c):
    tool, (folder, env) = version("i2pd"), home(c, "i2pd")
    (folder / "data").mkdir()
    serve(c, ["i2pd", f"--datadir={folder}/data", "--reseed.threshold=0", "--ntcp2.enabled=0", "--ssu2.enabled=0", "--http.enabled=0", "--httpproxy.enabled=0", "--socksproxy.enabled=0", "--sam.enabled=0"], env, 15, (folder / "data/router.keys").exists)
    c.whole("first/i2pd/router.keys", tool, "U", (folder / "data/router.keys").read_bytes(), KIND)
    shutil.rmtree(folder / "data")


@case("ecryptfs-wrap-passphrase")
def ecryptfs(c):
    at = kept(c, "ecryptfs/.ecryptfs/wrapped-passphrase")
    c.run("ecryptfs-wrap-passphrase", c.path(at), c.value("hex:32"), "a-pass-phrase1")
    c.whole(at, version("ecryptfs-utils"), "E", None, KIND)


@case("twadmin")
def tripwire(c):
    tool = version("tripwire")
    for option, name in (("-S", "site.key"), ("-L", "web-local.key")):
        at = kept(c, "tripwire/" + name)
        c.run("twadmin", "-m", "G", option, c.path(at), "-Q" if option == "-S" else "-P", "a-pass-phrase1")
        c.whole(at, tool, "E", None, KIND)


@case("softhsm2-util")
def softhsm(c):
    tool, (folder, env) = version("softhsm2"), home(c, "softhsm")
    (folder / "tokens").mkdir()
    (folder / "softhsm2.conf").write_text(f"directories.tokendir = {folder}/tokens\nobjectstore.backend = file\n")
    c.run("softhsm2-util", "--init-token", "--free", "--label", "shop", "--pin", "482913", "--so-pin", "73648291", env={**env, "SOFTHSM2_CONF": str(folder / "softhsm2.conf")})
    for path in sorted((folder / "tokens").rglob("*.object")):
        c.whole(str(path.relative_to(c.root)), tool, "E", None, KIND)


@case("/usr/libexec/tangd-keygen")
def tang(c):
    tool, folder = version("tang"), c.path("first/tang/x").parent
    c.run("/usr/libexec/tangd-keygen", folder)
    for path in sorted(folder.glob("*.jwk")):
        c.whole(str(path.relative_to(c.root)), tool, "U", None, KIND)


@case("virsh", "libvirtd", "setpriv")
def libvirt(c):
    tool, (folder, env) = version("libvirt-daemon"), home(c, "libvirt")
    uuid, work = "2ec115d7-3a88-3ceb-bc12-0ac909a6fd87", c.root.parent / "libvirt-work"
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir()
    (work / "secret.xml").write_text(f"<secret ephemeral='no' private='yes'>\n  <uuid>{uuid}</uuid>\n  <usage type='volume'>\n    <volume>/srv/shop.luks</volume>\n  </usage>\n</secret>\n")
    (work / "value").write_text(c.value("pw:14"))
    (work / "run").mkdir(mode=0o700)
    # Its session has another place than the system's, which is none of ours.
    as_user = [] if os.getuid() else ["setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups"]
    if as_user:
        shutil.chown(work, "nobody")
        shutil.chown(work / "run", "nobody")
    env |= {"HOME": str(work), "XDG_CONFIG_HOME": str(work / "config"), "XDG_RUNTIME_DIR": str(work / "run")}
    with subprocess.Popen([*as_user, "libvirtd"], env=env, cwd=work, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as server:
        try:
            time.sleep(5)
            run = lambda *command: c.run(*as_user, "virsh", "-c", "secret:///session", *command, env=env, cwd=work)
            run("secret-define", work / "secret.xml")
            run("secret-set-value", uuid, "--file", work / "value", "--plain")
            at = kept(c, f"libvirt/secrets/{uuid}.base64")
            c.path(at).write_bytes((work / f"config/libvirt/secrets/{uuid}.base64").read_bytes())
        finally:
            server.terminate()
    shutil.rmtree(work)
    c.whole(at, tool, "R", None, KIND, 1)


@case("icecast2")
def icecast(c):
    tool, folder = version("icecast2"), c.path("first/icecast/x").parent
    text = open("/etc/icecast2/icecast.xml").read()
    for name in ("source", "relay", "admin"):
        text = re.sub(f"(<{name}-password>)[^<]*", lambda found: found[1] + c.value("pw:14"), text)
    (folder / "icecast.xml").write_text(text)
    c.mark("first/icecast/icecast.xml", tool, "U", "<(source|relay|admin)-password>", KIND)
