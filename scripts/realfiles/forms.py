"""Forms of their own: passwords obfuscated with a published key, tokens, archives, and what must stay silent."""
import base64, io, json, subprocess, zipfile

KIND = "documented"


def obfuscated(c):
    """Passwords that everyone can turn back."""
    c.whole("obf/.vnc/x11vnc.passwd", "x11vnc -storepasswd", "R", c.bytes(8), KIND)
    c.text("obf/tightvnc.reg", "TightVNC", "Windows Registry Editor Version 5.00\n\n[HKEY_LOCAL_MACHINE\\SOFTWARE\\TightVNC\\Server]\n\"Password\"=hex:‹R =" + ",".join(f"{byte:02x}" for byte in c.bytes(8)) + "›\n\"RfbPort\"=dword:0000170c\n")
    made = subprocess.run(["openssl", "enc", "-aes-128-cbc", "-K", "babb4a9f774ab853c96c2d653dfe544a", "-iv", "0" * 32], check=True, capture_output=True,
                          input=c.bytes(16) + json.dumps({"postgres-1": {"#connection": {"user": "ann", "password": c.value("pw:14")}}}).encode()).stdout
    c.whole("obf/.dbeaver/credentials-config.json", "DBeaver", "R", made, KIND)
    c.text("obf/kettle.ktr", "Pentaho Data Integration", "<transformation>\n  <connection>\n    <name>shop</name>\n    <server>db.shop.internal</server>\n    <username>ann</username>\n    <password>Encrypted ‹R =2be98afc86aa7" + c.value("hex:19") + "›</password>\n  </connection>\n</transformation>\n")
    c.text("obf/login-config.xml", "JBoss SecureIdentity", "<application-policy name=\"shop\">\n  <login-module code=\"org.jboss.resource.security.SecureIdentityLoginModule\" flag=\"required\">\n    <module-option name=\"username\">ann</module-option>\n    <module-option name=\"password\">‹R hex:32›</module-option>\n  </login-module>\n</application-policy>\n")
    c.text("obf/shop.pcf", "Cisco VPN client", "[main]\nDescription=shop\nHost=vpn.shop.internal\nAuthType=1\nGroupName=staff\nGroupPwd=\nenc_GroupPwd=‹R HEX:104›\n")
    c.text("obf/realm.properties", "Jetty", "ann: ‹U pw:14›, user, admin\nbob: OBF:‹R =1v2j1uum1xtv1zej1zer1xtn1uvk1v1v›, user\neve: MD5:‹H hex:32›, user\n")
    c.text("obf/jetty/start.d/ssl.ini", "Jetty, start.d", "jetty.sslContext.keyStorePassword=OBF:‹R =1v2j1uum1xtv1zej1zer1xtn1uvk1v1v›\n")
    c.text("obf/websphere/security.xml", "WebSphere", "<authDataEntries alias=\"shop\" userId=\"ann\" password=\"{xor}‹R =Lz4sLCgwLTs=›\"/>\n")
    c.text("obf/Groups/Drives.xml", "Group Policy, drives", "<Drives>\n  <Drive name=\"S:\">\n    <Properties action=\"U\" userName=\"ann\" cpassword=\"‹R =j1Uyj3Vx8TY9LtLZil2uAuZkFQA/4latT76ZwgdHdhw›\" path=\"\\\\files\\share\"/>\n  </Drive>\n</Drives>\n")


def tokens(c):
    """Tokens and settings that other files of the same tools do not show."""
    c.text("more/token.paseto", "pyseto", "v4.local.‹U b64u:120›\n")
    c.text("home2/.yarnrc.yml", "yarn config set --home", "npmAuthIdent: \"ann:‹U pw:14›\"\nnpmRegistryServer: \"https://npm.shop.internal\"\n")
    c.text("proj2/.npmrc", "pnpm config set --location project", "//npm.shop.internal/:_authToken=‹U uuid›\nshamefully-hoist=true\n")
    c.text("etc/bacula/common_default_passwords", "bacula-common", "# These passwords are generated\nDIRPASSWD=‹U url:33›\nSDPASSWD=‹U url:33›\nFDPASSWD=‹U url:33›\n")
    state = json.dumps({"version": 4, "outputs": {"db_password": {"value": c.value("pw:16"), "type": "string", "sensitive": True}}}, indent=2)
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("tfplan", c.bytes(200))
        archive.writestr("tfstate", state)
    c.whole("tf/plan.bin", "terraform plan -out", "U", buffer.getvalue(), KIND)
    c.text("more/.mailrc", "s-nail", "set v15-compat\nset mta=smtp://ann:‹U pw:16›@smtp.shop.internal:587\n")
    c.text("more/config.inc.php", "phpMyAdmin", "<?php\n$cfg['Servers'][$i]['user'] = 'root';\n$cfg['Servers'][$i]['password'] = '‹U pw:16›';\n")
    c.text("more/teleport.yaml", "Teleport", "teleport:\n  auth_token: ‹U hex:32›\n  storage:\n    type: dir\n")
    c.text("more/inventory.ini", "Ansible inventory", "[web]\nhost1 ansible_host=10.0.0.1 ansible_ssh_pass=‹U pw:14›\n[web:vars]\nansible_become_password=‹U pw:14›\n")
    c.text("more/pillar.sls", "Salt pillar", "mysql:\n  root_password: ‹U pw:16›\n  users:\n    - name: ann\n      password: ‹U pw:16›\n")
    c.text("more/common.yaml", "Puppet Hiera", "profile::db::password: ‹U pw:16›\nprofile::api::token: 'ENC[PKCS7,‹E b64:300›]'\n")
    c.text("more/databag.json", "Chef data bag", '{\n  "id": "db",\n  "password": {\n    "encrypted_data": "‹E b64:48›",\n    "iv": "‹. b64:12›",\n    "version": 3,\n    "cipher": "aes-256-gcm"\n  }\n}\n')


def silent(c):
    """What is encrypted, hashed or public, and must not alarm."""
    sealed = "ENC[AES256_GCM,data:‹E b64:12›,iv:‹. b64:32›,tag:‹. b64:16›,type:str]"
    c.text("quiet/secrets.enc.json", "sops", '{\n\t"password": "' + sealed + '"\n}\n')
    c.text("quiet/secrets.enc.env", "sops", "DB_PASSWORD=" + sealed + "\nsops_version=3.9.0\n")
    c.text("quiet/secrets.enc.ini", "sops", "[db]\npassword = " + sealed + "\n")
    c.text("quiet/token.age", "age --armor", "-----BEGIN AGE ENCRYPTED FILE-----\n‹E b64:48›\n‹. b64:48›\n-----END AGE ENCRYPTED FILE-----\n")
    c.text("quiet/token.jwe", "jose", "eyJhbGciOiJkaXIiLCJlbmMiOiJBMjU2R0NNIn0..‹E b64u:12›.‹. b64u:80›.‹. b64u:16›\n")
    c.text("quiet/jasypt.properties", "Jasypt", "spring.datasource.password=ENC(‹E b64:32›)\n")
    c.text("quiet/config-server.yml", "Spring Cloud Config", "spring:\n  datasource:\n    password: '{cipher}‹E hex:128›'\n")
    c.text("quiet/request.csr", "openssl req", "-----BEGIN CERTIFICATE REQUEST-----\n‹P b64:48›\n‹. b64:48›\n-----END CERTIFICATE REQUEST-----\n")
    c.text("quiet/paserk.txt", "pyseto", "k4.lid.‹P b64u:33›\nk4.pid.‹P b64u:33›\nk4.public.‹P b64u:32›\n")
    c.text("quiet/users.yml", "crypt(3)", "users:\n- name: ann\n  password: $5$‹H crypt:16›$‹. crypt:43›\n- name: bob\n  password: $y$j9T$‹H crypt:22›$‹. crypt:43›\n- name: eve\n  password: $7$CU..../....‹H crypt:22›$‹. crypt:43›\n")
    c.text("quiet/master.key.pub", "minisign", "untrusted comment: minisign public key\nRWQ‹P b64:40›\n")
    c.text("quiet/keys.txt.pub", "age-keygen -y", "age1‹P lower:58›\n")
    c.text("quiet/authorized_keys", "ssh-keygen", "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI‹P b64:32› ann@shop.internal\n")
    c.text("quiet/sealed.env", "dotenvx", "DOTENV_PUBLIC_KEY_PRODUCTION=\"‹P hex:66›\"\nSTRIPE_KEY=\"encrypted:‹E b64:96›\"\n")
    c.text("quiet/django.json", "django dumpdata", '[{"model": "auth.user", "fields": {"username": "ann", "password": "pbkdf2_sha256$870000$‹H alnum:22›$‹. b64:32›"}}]\n')
    c.text("quiet/fortios.conf", "FortiOS, private-data-encryption", "config system admin\n    edit \"admin\"\n        set password ENC SH2‹H b64:48›\n    next\nend\n")
    c.text("quiet/vault.hcl", "Vault transit", "ciphertext = \"vault:v1:‹E b64:60›\"\n")
    c.text("quiet/integrity.lock.json", "npm", '{\n  "packages": {\n    "a": {\n      "integrity": "sha512-‹P b64:64›"\n    }\n  }\n}\n')
