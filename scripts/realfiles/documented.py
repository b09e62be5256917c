"""Files by the documented format of their tools: what a tool would write, with random values."""
import base64, json


def clients(c):
    """What programs of a person keep in the home folder."""
    c.text("home/.git-credentials", "git credential-store", "https://ann:‹U pw:18›@git.shop.internal\n")
    c.text("home/.netrc", "netrc", "machine api.shop.internal\n  login ann\n  password ‹U pw:16›\nmachine ftp.shop.internal login bob password ‹U pw:14›\n")
    c.text("home/_netrc", "netrc on Windows", "machine api.shop.internal login ann password ‹U pw:16›\n")
    c.text("home/.authinfo", "Emacs auth-source", "machine imap.shop.internal port 993 login ann password ‹U pw:16›\n")
    c.text("home/.pypirc", "twine", "[distutils]\nindex-servers = shop\n\n[shop]\nrepository = https://pypi.shop.internal/\nusername = ann\npassword = ‹U pw:16›\n")
    c.text("home/.pgpass", "libpq", "# hostname:port:database:username:password\n*:*:*:ann:‹U pw:16›\ndb.shop.internal:6432:shop:bob:‹U pw:12›\ndb.shop.internal:5432:shop:eve:‹U pw:14›\n")
    c.text("home/.my.cnf", "mysql client", "[client]\nuser = ann\npassword = ‹U pw:16›\n")
    c.text("home/.gitconfig", "git config", f"[user]\n\tname = Ann\n[url \"https://ann:‹U pw:16›@git.shop.internal/\"]\n\tinsteadOf = https://git.shop.internal/\n[http \"https://git2.shop.internal\"]\n\textraHeader = Authorization: Basic {base64.b64encode(('ann:' + c.value('pw:14')).encode()).decode()}\n[sendemail]\n\tsmtpServer = smtp.shop.internal\n\tsmtpPass = ‹U pw:16›\n")
    c.mark("home/.gitconfig", "git config", "U", "extraHeader", "documented")
    c.text("home/.npmrc", "npm config set", "//npm.shop.internal/:_authToken=‹U alnum:36›\n//npm2.shop.internal/:username=ann\n//npm2.shop.internal/:_password=‹U b64:14›\n")
    c.text("home/.yarnrc.yml", "yarn config set", "npmRegistries:\n  \"//npm.shop.internal\":\n    npmAlwaysAuth: true\n    npmAuthToken: ‹U alnum:36›\n  \"//npm2.shop.internal\":\n    npmAuthIdent: \"ann:‹U pw:14›\"\n")
    c.text("home/.bundle/config", "bundler", "---\nBUNDLE_GEMS__SHOP__INTERNAL: \"ann:‹U pw:14›\"\nBUNDLE_ENTERPRISE__CONTRIBSYS__COM: \"‹U hex:8›:‹. hex:8›\"\n")
    c.text("home/.composer/auth.json", "composer config", """{
    "http-basic": {
        "repo.shop.internal": {
            "username": "ann",
            "password": "‹U pw:14›"
        }
    },
    "bearer": {
        "repo2.shop.internal": "‹U alnum:40›"
    },
    "gitlab-token": {
        "gitlab.shop.internal": "‹U alnum:20›"
    },
    "github-oauth": {
        "github.com": "‹U hex:40›"
    }
}
""")
    c.text("home/.gem/credentials", "gem signin", "---\n:rubygems_api_key: rubygems_‹U hex:48›\n:shop_host: ‹U hex:32›\n")
    c.text("home/.local/share/gem/credentials", "gem signin", "---\nhttps://gems.shop.internal: ‹U hex:32›\n")
    c.text("home/.gradle/gradle.properties", "Gradle", "signing.keyId=24875D73\nsigning.password=‹U pw:16›\nshopRepoPassword=‹U pw:14›\nshopRepoUsername=ann\n")
    c.text("home/.sbt/.credentials", "sbt", "realm=Sonatype Nexus\nhost=nexus.shop.internal\nuser=ann\npassword=‹U pw:14›\n")
    c.text("proj/credentials.sbt", "sbt", "credentials += Credentials(\"Sonatype Nexus Repository Manager\", \"nexus.shop.internal\", \"ann\", \"‹U pw:14›\")\n")
    c.text("home/.config/rebar3/hex.config", "rebar3 hex", "#{<<\"hexpm\">> => #{read_key => <<\"‹U hex:32›\">>,username => <<\"ann\">>}}.\n")
    c.text("home/.cargo/credentials.toml", "cargo login", "[registries.shop]\ntoken = \"‹U alnum:32›\"\n")
    c.text("home/.config/pypoetry/auth.toml", "poetry config", "[http-basic.shop]\nusername = \"ann\"\npassword = \"‹U pw:16›\"\n")
    c.text("home/.condarc", "conda", "channels:\n  - https://ann:‹U pw:14›@conda.shop.internal/main\n")
    c.text("home/pip.conf", "pip", "[global]\nindex-url = https://ann:‹U pw:16›@pypi.shop.internal/simple\n")
    c.text("proj/requirements.txt", "pip", "--extra-index-url https://ann:‹U pw:16›@pypi.shop.internal/simple\nrequests==2.32.0\n")
    c.text("home/.m2/settings.xml", "Maven", "<settings>\n  <servers>\n    <server>\n      <id>shop</id>\n      <username>ann</username>\n      <password>‹U pw:16›</password>\n    </server>\n  </servers>\n</settings>\n")
    c.text("home/NuGet.Config", "NuGet", "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<configuration>\n  <packageSourceCredentials>\n    <shop>\n      <add key=\"Username\" value=\"ann\" />\n      <add key=\"ClearTextPassword\" value=\"‹U pw:16›\" />\n    </shop>\n    <old>\n      <add key=\"Username\" value=\"ann\" />\n      <add key=\"Password\" value=\"AQAAANCMnd8BFdERjHoAwE/Cl+sBAAAA‹E b64:180›\" />\n    </old>\n  </packageSourceCredentials>\n</configuration>\n")
    auth = base64.b64encode(("ann:" + c.value("pw:16")).encode()).decode()
    c.text("home/.docker/config.json", "docker login", f'{{\n\t"auths": {{\n\t\t"reg.shop.internal": {{\n\t\t\t"auth": "{auth}"\n\t\t}}\n\t}}\n}}\n')
    c.mark("home/.docker/config.json", "docker login", "U", '"auth":', "documented")
    c.text("home/.docker/acr.json", "docker login to ACR", '{\n\t"auths": {\n\t\t"shop.azurecr.io": {\n\t\t\t"auth": "MDAwMDAwMDAtMDAwMC0wMDAwLTAwMDAtMDAwMDAwMDAwMDAwOg==",\n\t\t\t"identitytoken": "‹U b64u:120›"\n\t\t}\n\t}\n}\n')
    c.text("home/.azure/msal_token_cache.json", "az login", '{"AccessToken": {}, "RefreshToken": {"a-b-refreshtoken": {"credential_type": "RefreshToken", "secret": "0.AX0A‹U b64u:300›", "home_account_id": "a.b"}}}')
    c.text("home/.aws/credentials", "aws configure", "[default]\naws_access_key_id = AKIA‹U base32:16›\naws_secret_access_key = ‹U b64:30›\n")
    c.text("home/.s3cfg", "s3cmd --configure", "[default]\naccess_key = ‹. alnum:20›\nsecret_key = ‹U alnum:40›\n")
    c.text("home/.mc/config.json", "mc alias set", '{\n\t"version": "10",\n\t"aliases": {\n\t\t"shop": {\n\t\t\t"url": "https://s3.shop.internal",\n\t\t\t"accessKey": "ann",\n\t\t\t"secretKey": "‹U alnum:40›",\n\t\t\t"api": "S3v4"\n\t\t}\n\t}\n}\n')
    c.text("home/.boto", "gsutil config", "[Credentials]\ngs_oauth2_refresh_token = 1//0‹U b64u:70›\n")
    c.text("home/.msmtprc", "msmtp", "account shop\nhost smtp.shop.internal\nuser ann\npassword ‹U pw:16›\n")
    c.text("home/.mbsyncrc", "isync", "IMAPAccount shop\nHost imap.shop.internal\nUser ann\nPass ‹U pw:16›\n")
    c.text("home/.fetchmailrc", "fetchmail", "poll imap.shop.internal protocol imap\n  user \"ann\" password \"‹U pw:16›\"\n")
    c.text("home/.muttrc", "mutt", "set imap_user = ann\nset imap_pass = \"‹U pw:16›\"\n")
    c.text("home/.offlineimaprc", "offlineimap", "[Repository Remote]\ntype = IMAP\nremoteuser = ann\nremotepass = ‹U pw:16›\n")
    c.text("home/.config/hub", "hub", "github.com:\n- user: ann\n  oauth_token: ‹U hex:40›\n  protocol: https\n")
    c.text("home/.config/rclone/rclone.conf", "rclone config", "[shop]\ntype = webdav\nurl = https://dav.shop.internal\nuser = ann\npass = ‹R b64u:32›\n")
    c.text("home/.davfs2/secrets", "davfs2", "https://dav.shop.internal/ ann ‹U pw:16›\n")
    c.text("home/smbcredentials", "mount.cifs", "username=ann\npassword=‹U pw:16›\ndomain=SHOP\n")
    c.text("home/.local/share/lftp/bookmarks", "lftp", "shop\tftp://ann:‹U pw:14›@ftp.shop.internal/\n")
    c.text("home/.config/filezilla/sitemanager.xml", "FileZilla", f"<FileZilla3>\n  <Servers>\n    <Server>\n      <Host>ftp.shop.internal</Host>\n      <User>ann</User>\n      <Pass encoding=\"base64\">{base64.b64encode(c.value('pw:14').encode()).decode()}</Pass>\n    </Server>\n  </Servers>\n</FileZilla3>\n")
    c.mark("home/.config/filezilla/sitemanager.xml", "FileZilla", "R", "<Pass", "documented")
    c.text("home/.ssh/body.txt", "notes", "b3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAEbm9uZQAAAAAAAAABAAAAMwAAAAtzc2gtZW\n")
    c.text("home/.config/hexchat/servlist.conf", "HexChat", "v=2.16.1\n\nN=shop\nL=7\nP=‹U pw:14›\nS=irc.shop.internal/6697\n")
    c.text("home/.weechat/sec.conf", "WeeChat", "[crypt]\ncipher = aes256\n\n[data]\nshop_password = \"‹U pw:16›\"\n__passphrase__ = off\n")
    c.text("home/.irssi/config", "irssi", "chatnets = {\n  shop = {\n    type = \"IRC\";\n    sasl_username = \"ann\";\n    sasl_password = \"‹U pw:16›\";\n  };\n};\n")
    c.text("home/.config/openvpn/auth.txt", "OpenVPN auth-user-pass", "ann\n‹U pw:16›\n")
    c.text("home/.config/inline.ovpn", "OpenVPN inline", "client\nremote vpn.shop.internal\n<auth-user-pass>\nann\n‹U pw:16›\n</auth-user-pass>\n")
    c.text("home/.rhosts.cfg", "aria2", "rpc-secret=‹U alnum:24›\n")
    c.text("home/.wgetrc", "wget", "http_user = ann\nhttp_password = ‹U pw:16›\n")
    c.text("home/.curlrc", "curl", "user = \"ann:‹U pw:16›\"\n")
    c.text("home/.hgrc", "Mercurial", "[auth]\nshop.prefix = https://hg.shop.internal\nshop.username = ann\nshop.password = ‹U pw:16›\n")
    c.text("home/.terraformrc", "terraform", "credentials \"app.terraform.io\" {\n  token = \"‹U alnum:14›.atlasv1.‹. alnum:67›\"\n}\n")
    c.text("home/.terraform.d/credentials.tfrc.json", "terraform login", '{\n  "credentials": {\n    "tf.shop.internal": {\n      "token": "‹U alnum:40›"\n    }\n  }\n}\n')
    c.text("home/.vault-token", "vault login", "hvs.‹U b64u:69›")
    c.text("home/.kube/config", "kubectl config set-credentials", "apiVersion: v1\nkind: Config\nusers:\n- name: ann\n  user:\n    token: ‹U alnum:40›\n- name: bob\n  user:\n    username: bob\n    password: ‹U pw:16›\n")
    c.text("home/.config/gh/hosts.yml", "gh auth login", "ghe.shop.internal:\n    user: ann\n    oauth_token: ‹U hex:40›\n    git_protocol: https\n")
    c.text("home/.config/glab-cli/config.yml", "glab auth login", "hosts:\n    gitlab.shop.internal:\n        token: ‹U alnum:20›\n        user: ann\n")
    c.text("home/.config/doctl/config.yaml", "doctl auth init", "access-token: ‹U hex:64›\ncontext: default\n")
    c.text("home/.config/hcloud/cli.toml", "hcloud context create", "active_context = \"shop\"\n\n[[contexts]]\n  name = \"shop\"\n  token = \"‹U alnum:64›\"\n")
    c.text("home/.config/scw/config.yaml", "scw init", "access_key: SCW‹. base32:17›\nsecret_key: ‹U uuid›\n")
    c.text("home/.config/exoscale/exoscale.toml", "exo config", "[[accounts]]\n  name = \"shop\"\n  key = \"EXO‹. hex:24›\"\n  secret = \"‹U url:43›\"\n")
    c.text("home/.kaggle/kaggle.json", "kaggle", '{"username":"ann","key":"‹U hex:32›"}')
    c.text("home/.snowsql/config", "snowsql", "[connections.shop]\naccountname = shop\nusername = ann\npassword = \"‹U pw:16›\"\n")
    c.text("home/.databrickscfg", "databricks configure", "[DEFAULT]\nhost = https://dbc.shop.internal\ntoken = dapi‹U hex:32›\n")
    c.text("home/.dbt/profiles.yml", "dbt init", "shop:\n  outputs:\n    dev:\n      type: postgres\n      user: ann\n      pass: ‹U pw:16›\n  target: dev\n")
    c.text("home/.ngrok2/ngrok.yml", "ngrok", "version: \"2\"\nauthtoken: ‹U alnum:49›\n")
    c.text("home/.irbrc_history", "irb", "x = 1\n")


def histories(c):
    """What shells and clients remember."""
    lines = """mysql -u root -p‹U pw:14› shop
export DB_PASSWORD=‹U pw:16›
CURL:‹U pw:16› https://api.shop.internal/
sshpass -p ‹U pw:14› ssh ann@host.shop.internal
psql postgres://ann:‹U pw:14›@db.shop.internal/shop
docker login -u ann -p ‹U pw:16› reg.shop.internal
PGPASSWORD=‹U pw:16› psql -h db.shop.internal
echo ‹U pw:14› | sudo -S true
ls -la
""".replace("CURL", "curl -u ann")
    c.text("home/.bash_history", "bash", lines)
    c.text("home/bash history.log", "copied", lines)
    c.text("home/.zsh_history", "zsh", "".join(f": 17000000{n}:0;{line}\n" for n, line in enumerate(lines.strip().split("\n"), 10)))
    c.text("home/.local/share/fish/fish_history", "fish", "- cmd: export API_TOKEN=‹U alnum:32›\n  when: 1700000000\n- cmd: mysql -p‹U pw:14› shop\n  when: 1700000001\n")
    c.text("home/ConsoleHost_history.txt", "PSReadLine", "$pw = ConvertTo-SecureString \"‹U pw:16›\" -AsPlainText -Force\nnet use Z: \\\\files\\share ‹U pw:16› /user:ann\n")
    c.text("home/.psql_history", "psql", "CREATE ROLE bob LOGIN PASSWORD '‹U pw:16›';\nselect 1;\n")
    c.text("home/.mysql_history", "mysql with libedit", "_HiStOrY_V2_\nCREATE\\040USER\\040bob\\040IDENTIFIED\\040BY\\040'‹U pw:16›';\n")
    c.text("home/.rediscli_history", "redis-cli", "auth ‹U pw:20›\nget a\n")
    c.text("home/.python_history", "python", "import boto3\npassword = '‹U pw:16›'\n")
    c.text("home/.node_repl_history", "node", "const password = '‹U pw:16›'\n1+1\n")
    c.text("home/.sqlite_history", "sqlite3", "insert into users(name,password) values('ann','‹U pw:16›');\n")
    c.text("home/.mongodb/mongosh/mongosh_repl_history", "mongosh", "db.createUser({user:'ann',pwd:'‹U pw:16›',roles:[]})\n")


def names(c):
    """Files whose name is the only one that their contents have."""
    for name, tool, value in [
        ("rails/config/master.key", "rails new", "hex:32"), ("rails/config/credentials/production.key", "rails credentials:edit", "hex:32"),
        ("rabbit/.erlang.cookie", "rabbitmq-server", "=" + c.value("base32:20").translate(str.maketrans("234567", "ABCDEF"))),
        ("jenkins/secrets/master.key", "Jenkins", "hex:256"), ("chain/nodekey", "geth", "hex:64"), ("chain/jwt.hex", "geth", "hex:64"),
        ("wireguard/privatekey", "wg genkey", "b64:32"), ("wireguard/psk", "wg genpsk", "b64:32"), ("k3s/node-token", "k3s", "=K10" + c.value("hex:64") + "::server:" + c.value("hex:32")),
        ("secrets/db_password.txt", "docker compose secrets", "pw:20"), ("secrets/jwt_secret", "docker compose secrets", "b64:48"),
        ("run/postgres-password", "docker compose secrets", "pw:18"), ("app/.secret_key", "an application", "hex:64"),
        ("coder/.vault_pass", "ansible --vault-password-file", "pw:24"), ("coder/vault-password.txt", "ansible", "pw:20"),
        ("app/secret.key", "cryptography's Fernet", "=" + base64.urlsafe_b64encode(c.bytes(32)).decode()),
        ("mongo/mongodb-keyfile", "openssl rand -base64 756", "=" + base64.encodebytes(c.bytes(756)).decode().rstrip()),
        ("home/.cookie", "bitcoind", "=__cookie__:" + c.value("hex:64")),
        ("zerotier/authtoken.secret", "zerotier-one", "lower:24"), ("etc/rndc.secret", "notes", "b64:32"),
        ("home/.lastpass/token.key", "notes", "hex:64"), ("minikube/encryption.key", "notes", "b64:32"),
        ("nextcloud/.admin-password", "notes", "pw:20"), ("grafana/api.token", "notes", "alnum:40"),
        ("deploy/deploy.token", "notes", "alnum:40"), ("home/.huggingface/token", "huggingface-cli login", "=hf_" + c.value("alnum:34")),
        ("home/.cache/huggingface/token", "an older login", "=api_org_" + c.value("alnum:34")),
        ("synapse/shop.internal.signing.key", "matrix-synapse", "=ed25519 a_Bcde " + c.value("b64:32").rstrip("=")),
        ("home/.google_authenticator", "google-authenticator", "=" + c.value("base32:26") + '\n" RATE_LIMIT 3 30\n" TOTP_AUTH\n' + c.value("digits:8")),
    ]:
        c.whole(name, tool, "U", c.value(value) + "\n", line=1)
    c.text("zerotier/identity.secret", "zerotier-idtool", "‹. hex:10›:0:‹. hex:128›:‹U hex:128›")
    c.text("zerotier/identity.public", "zerotier-idtool", "‹. hex:10›:0:‹P hex:128›")
    for name, value in [("app/VERSION", "hex:40"), ("app/public.key", "b64:32"), ("wireguard/publickey", "b64:32"), ("app/REVISION", "hex:40"), ("app/CHECKSUM", "hex:64"),
                        ("site/google1234567890abcdef.txt", "hex:32"), ("app/.nvmrc", "=20.11.0"), ("site/.well-known/acme-challenge/x", "url:43"), ("app/etag.key.sha256", "hex:64")]:
        c.whole(name, "notes", "P", c.value(value) + "\n", line=1)
    c.text("chain/id.json", "solana-keygen", "[" + ",".join(str(byte) for byte in c.bytes(64)) + "]")
    c.note("chain/id.json", 1, "solana-keygen", "U", "documented")
    c.text("chain/priv_validator_key.json", "tendermint init", '{\n  "address": "‹. HEX:40›",\n  "priv_key": {\n    "type": "tendermint/PrivKeyEd25519",\n    "value": "‹U b64:64›"\n  }\n}\n')
    c.text("chain/payment.skey", "cardano-cli", '{\n    "type": "PaymentSigningKeyShelley_ed25519",\n    "description": "Payment Signing Key",\n    "cborHex": "5820‹U hex:64›"\n}\n')
    c.text("chain/payment.vkey", "cardano-cli", '{\n    "type": "PaymentVerificationKeyShelley_ed25519",\n    "description": "Payment Verification Key",\n    "cborHex": "5820‹P hex:64›"\n}\n')
    c.text("chain/sui.keystore", "sui keytool", "[\n  \"A" + base64.b64encode(b"\0" + c.bytes(32)).decode()[1:] + "\"\n]\n")
    c.note("chain/sui.keystore", 2, "sui keytool", "U", "documented")
    c.text("chain/ipfs-config", "ipfs init", '{\n  "Identity": {\n    "PeerID": "12D3KooW‹. alnum:44›",\n    "PrivKey": "‹U b64:68›"\n  }\n}\n')
    c.text("chain/hardhat.config.js", "hardhat", 'module.exports = {\n  networks: {\n    shop: {\n      url: "https://rpc.shop.internal",\n      accounts: ["0x‹U hex:64›"]\n    }\n  }\n};\n')
    c.text("chain/keystore.json", "geth account new", '{"address":"‹. hex:40›","crypto":{"cipher":"aes-128-ctr","ciphertext":"‹E hex:64›","cipherparams":{"iv":"‹. hex:32›"},"kdf":"scrypt","kdfparams":{"dklen":32,"n":262144,"p":1,"r":8,"salt":"‹. hex:64›"},"mac":"‹. hex:64›"},"id":"‹. uuid›","version":3}')
    c.text("hap/AccessoryInfo.CC223DE3CE30.json", "hap-nodejs", '{"displayName":"Homebridge","category":2,"pincode":"‹. digits:3›-‹. digits:2›-‹. digits:3›","signSk":"‹U hex:128›","signPk":"‹. hex:64›"}')


def columns(c):
    """Tables, in which a column is the name."""
    c.text("export/Chrome Passwords.csv", "Chrome", "name,url,username,password,note\nshop,https://shop.internal/,ann,‹U pw:16›,\nmail,https://mail.internal/,ann,‹U pw:16›,\n")
    c.text("export/logins.csv", "Firefox", '"url","username","password","httpRealm","formActionOrigin","guid","timeCreated"\n"https://shop.internal","ann","‹U pw:16›","","https://shop.internal","{‹. uuid›}","1700000000000"\n')
    c.text("export/bitwarden.csv", "Bitwarden", "folder,favorite,type,name,notes,fields,reprompt,login_uri,login_username,login_password,login_totp\n,,login,Shop,,,0,https://shop.internal,ann,‹U pw:16›,\n")
    c.text("export/keepass.csv", "KeePassXC", '"Group","Title","Username","Password","URL","Notes","TOTP","Icon","Last Modified","Created"\n"Root","Shop","ann","‹U pw:16›","https://shop.internal","","","0","2026-01-01T00:00:00Z","2026-01-01T00:00:00Z"\n')
    c.text("export/lastpass.csv", "LastPass", "url,username,password,totp,extra,name,grouping,fav\nhttps://shop.internal,ann,‹U pw:16›,,,Shop,,0\n")
    c.text("export/1password.csv", "1Password", "Title,Url,Username,Password,OTPAuth,Favorite,Archived,Tags,Notes\nShop,https://shop.internal,ann,‹U pw:16›,,false,false,,\n")
    c.text("export/accessKeys.csv", "AWS console", "Access key ID,Secret access key\nAKIA‹. base32:16›,‹U b64:30›\n")
    c.text("export/users.tsv", "a database client", "id\tname\tpassword\n1\tann\t‹U pw:16›\n")
    c.text("export/semicolon.csv", "a spreadsheet", "Benutzer;Passwort;Server\nann;‹U pw:16›;db.shop.internal\n")
    c.text("export/public.csv", "a report", "name,password_changed_at,token_count,key\nann,2026-01-01,42,‹P alnum:12›\n")
    c.text("dump/shop.sql", "mariadb-dump", """-- MariaDB dump 10.19  Distrib 10.11.6-MariaDB
CREATE TABLE `settings` (
  `name` varchar(64) NOT NULL,
  `value` text DEFAULT NULL,
  PRIMARY KEY (`name`)
) ENGINE=InnoDB;
INSERT INTO `settings` VALUES
('site_title','Shop'),
('smtp_password','‹U pw:16›'),
('theme','dark');
CREATE TABLE `users` (
  `id` int(11) NOT NULL AUTO_INCREMENT,
  `email` varchar(190) NOT NULL,
  `password` varchar(190) NOT NULL,
  `api_token` varchar(64) DEFAULT NULL,
  PRIMARY KEY (`id`),
  KEY `email` (`email`)
) ENGINE=InnoDB;
INSERT INTO `users` VALUES
(1,'ann@shop.internal','‹U pw:16›',NULL),
(2,'bob@shop.internal','$2y$10$‹H crypt:53›',NULL),
(3,'eve@shop.internal','x','‹U alnum:40›');
""")
    c.text("dump/complete.sql", "mariadb-dump --complete-insert", "INSERT INTO `users` (`id`, `email`, `password`) VALUES (1,'ann@shop.internal','‹U pw:16›'),(2,'b@shop.internal','‹. pw:14›');\n")
    c.text("dump/pg.sql", "pg_dump", """--
-- PostgreSQL database dump
--
CREATE TABLE public.settings (
    name text NOT NULL,
    value text
);
COPY public.settings (name, value) FROM stdin;
site_title\tShop
stripe_secret\t‹U alnum:32›
\\.
COPY public.users (id, email, password, totp_secret) FROM stdin;
1\tann@shop.internal\t‹U pw:16›\t\\N
2\tbob@shop.internal\t$2b$12$‹H crypt:53›\t\\N
3\teve@shop.internal\t\\N\t‹U base32:32›
\\.
CREATE ROLE app WITH LOGIN PASSWORD 'SCRAM-SHA-256$4096:‹H b64:16›$‹. b64:32›:‹. b64:32›';
""")
    c.text("dump/shop.xml", "mariadb-dump --xml", "<?xml version=\"1.0\"?>\n<mysqldump xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\">\n<database name=\"shop\">\n\t<table_data name=\"users\">\n\t<row>\n\t\t<field name=\"email\">ann@shop.internal</field>\n\t\t<field name=\"password\">‹U pw:16›</field>\n\t</row>\n\t</table_data>\n</database>\n</mysqldump>\n")
    c.text("dump/sqlite.sql", "sqlite3 .dump", "PRAGMA foreign_keys=OFF;\nBEGIN TRANSACTION;\nCREATE TABLE accounts (id INTEGER PRIMARY KEY, login TEXT, pass TEXT);\nINSERT INTO accounts VALUES(1,'ann','‹U pw:16›');\nCOMMIT;\n")
    c.text("etc/userlist.txt", "pgbouncer", "\"ann\" \"md5‹H hex:32›\"\n\"bob\" \"‹U pw:16›\"\n")
    c.text("etc/client.keys", "OSSEC, Wazuh", "001 web 10.0.0.1 ‹U hex:64›\n")
    c.text("etc/passwd.client", "Exim", "smtp.shop.internal:ann:‹U pw:16›\n")
    c.text("etc/dovecot/users", "Dovecot passwd-file", "ann:{PLAIN}‹U pw:16›:1000:1000::/home/ann\nbob:{SHA512-CRYPT}$6$‹H crypt:16›$‹. crypt:86›:1000:1000::/home/bob\n")
    c.text("etc/ppp/chap-secrets", "pppd", "# client server secret IP addresses\nann shopd \"‹U pw:16›\" *\n")
    c.text("etc/ipsec.secrets", "strongSwan", "%any : PSK \"‹U pw:20›\"\nann : EAP \"‹U pw:16›\"\n")
    c.text("etc/smbpasswd", "pdbedit", "ann:1000:XXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXX:‹U HEX:32›:[U          ]:LCT-65A00000:\n")
    c.text("etc/htpasswd-plain", "htpasswd -p", "ann:‹U pw:16›\n")
    c.text("etc/.htpasswd", "htpasswd", "ann:$apr1$‹H crypt:8›$‹. crypt:22›\nbob:$2y$05$‹H crypt:53›\n")
    c.text("etc/postfix/sasl_passwd", "Postfix", "[smtp.shop.internal]:587 ann:‹U pw:16›\nmail.shop.internal ann:‹U pw:16›\n")
    c.text("etc/shadow", "passwd", "root:$6$‹H crypt:16›$‹. crypt:86›:19000:0:99999:7:::\nann:$y$j9T$‹H crypt:22›$‹. crypt:43›:19000:0:99999:7:::\n")
