"""Configuration of servers, clouds and applications by their documented formats."""
import base64, json


def servers(c):
    """Daemons and network devices."""
    c.text("cloud/user-data", "cloud-init", "#cloud-config\npassword: ‹U pw:14›\nchpasswd:\n  expire: false\n  users:\n  - name: ann\n    password: ‹U pw:16›\n    type: text\nruncmd:\n- true\n")
    c.text("cloud/user-data2", "cloud-init", "#cloud-config\nchpasswd:\n  list: |\n    ann:‹U pw:16›\n    bob:‹U pw:14›\n")
    c.text("cloud/ks.cfg", "kickstart", "rootpw --plaintext ‹U pw:14›\nuser --name=ann --password=‹U pw:14› --plaintext\nbootloader --iscrypted --password=grub.pbkdf2.sha512.10000.‹H HEX:128›.‹. HEX:128›\n")
    c.text("cloud/preseed.cfg", "debian-installer", "d-i passwd/root-password password ‹U pw:14›\nd-i passwd/user-password-crypted password $6$‹H crypt:16›$‹. crypt:86›\n")
    plain = lambda text, name: base64.b64encode((text + name).encode("utf-16-le")).decode()
    answer = f"""<?xml version="1.0" encoding="utf-8"?>
<unattend xmlns="urn:schemas-microsoft-com:unattend">
  <settings pass="oobeSystem">
    <component name="Microsoft-Windows-Shell-Setup">
      <UserAccounts>
        <AdministratorPassword>
          <Value>{plain(c.value('pw:14'), 'AdministratorPassword')}</Value>
          <PlainText>false</PlainText>
        </AdministratorPassword>
      </UserAccounts>
      <AutoLogon>
        <Password>
          <Value>‹U pw:14›</Value>
          <PlainText>true</PlainText>
        </Password>
      </AutoLogon>
    </component>
  </settings>
  <settings pass="specialize">
  </settings>
</unattend>
"""
    c.text("gpp/autounattend.xml", "Windows SIM", answer)
    c.mark("gpp/autounattend.xml", "Windows SIM", "R", "<Value>[A-Za-z0-9+/]{40,}", "documented")
    c.mark("gpp/autounattend.xml", "Windows SIM", "P", "<settings pass=", "documented")
    c.text("etc/users.ldif", "LDIF", "dn: uid=ann,dc=shop,dc=internal\nuid: ann\nuserPassword: ‹U pw:16›\n\ndn: uid=bob,dc=shop,dc=internal\nuserPassword: {SSHA}‹H b64:24›\n")
    c.text("etc/slapd.conf", "OpenLDAP", "rootdn \"cn=admin,dc=shop\"\nrootpw ‹U pw:16›\nsyncrepl rid=1 provider=ldap://a bindmethod=simple credentials=‹U pw:16›\n")
    c.text("wifi/ShopNet.nmconnection", "NetworkManager", "[wifi]\nssid=ShopNet\n\n[wifi-security]\nkey-mgmt=wpa-psk\npsk=‹U pw:16›\n")
    c.text("wifi/ShopVpn.nmconnection", "NetworkManager", "[vpn]\nservice-type=org.freedesktop.NetworkManager.openvpn\n\n[vpn-secrets]\npassword=‹U pw:16›\n")
    c.text("wifi/ShopNet.psk", "iwd", "[Security]\nPassphrase=‹U pw:14›\nPreSharedKey=‹U hex:64›\n")
    c.text("wifi/wpa_supplicant.conf", "wpa_supplicant", "network={\n\tssid=\"ShopNet\"\n\tpsk=\"‹U pw:16›\"\n}\nnetwork={\n\tssid=\"Other\"\n\tpsk=‹U hex:64›\n}\n")
    c.text("wifi/hostapd.conf", "hostapd", "interface=wlan0\nwpa_passphrase=‹U pw:16›\n")
    c.text("cisco/router.cfg", "Cisco IOS", """hostname r1
enable secret 9 $9$‹H crypt:14›$‹. crypt:43›
username ann password 0 ‹U pw:14›
snmp-server community ‹U pw:14› RO
tacacs-server key 7 ‹R =094F471A1A0A464058›
crypto isakmp key ‹U pw:16› address 10.0.0.1
key chain shop
 key 1
  key-string 7 ‹R =13061E010803557878›
 key 2
  key-string ‹U pw:14›
radius server a
 key ‹U pw:16›
""")
    c.text("cisco/junos.conf", "Junos", """system {
    root-authentication {
        encrypted-password "$6$‹H crypt:8›$‹. crypt:86›"; ## SECRET-DATA
    }
    radius-server {
        10.0.0.1 secret "$9$‹R crypt:24›"; ## SECRET-DATA
    }
}
set protocols bgp group a authentication-key "$9$‹R crypt:20›"
snmp {
    community ‹U pw:14› {
        authorization read-only;
    }
}
""")
    c.text("etc/named.conf", "BIND", "key \"rndc-key\" {\n  algorithm hmac-sha256;\n  secret \"‹U b64:32›\";\n};\n")
    c.text("etc/haproxy.cfg", "HAProxy", "userlist a\n  user ann insecure-password ‹U pw:14›\n  user bob password $5$‹H crypt:8›$‹. crypt:43›\n")
    c.text("etc/keepalived.conf", "keepalived", "vrrp_instance A {\n  authentication {\n    auth_type PASS\n    auth_pass ‹U pw:8›\n  }\n}\n")
    c.text("etc/sssd.conf", "sssd", "[domain/shop]\nldap_default_bind_dn = cn=sssd\nldap_default_authtok = ‹U pw:16›\n")
    c.text("etc/turnserver.conf", "coturn", "lt-cred-mech\nstatic-auth-secret=‹U hex:64›\nuser=ann:‹U pw:16›\nuser=bob:0x‹U hex:32›\n")
    c.text("etc/upsd.users", "NUT", "[ann]\n  password = ‹U pw:14›\n  upsmon primary\n")
    c.text("etc/ceph/ceph.client.admin.keyring", "ceph-authtool", f"[client.admin]\n\tkey = AQ{base64.b64encode(bytes([0, 0]) + c.bytes(26))[2:].decode()}\n\tcaps mon = \"allow *\"\n")
    c.mark("etc/ceph/ceph.client.admin.keyring", "ceph-authtool", "U", "key = ", "documented")
    c.text("etc/icinga/constants.conf", "Icinga 2", "const NodeName = \"a\"\nconst TicketSalt = \"‹U hex:32›\"\n")
    c.text("etc/alertmanager.yml", "Alertmanager", "receivers:\n- name: a\n  pagerduty_configs:\n  - routing_key: ‹U hex:32›\n  email_configs:\n  - auth_password: ‹U pw:16›\n")
    c.text("etc/prometheus.yml", "Prometheus", "scrape_configs:\n- job_name: a\n  authorization:\n    credentials: ‹U alnum:40›\n  basic_auth:\n    username: ann\n    password: ‹U pw:16›\n")
    c.text("etc/consul.hcl", "consul keygen", "encrypt = \"‹U b64:32›\"\nacl {\n  tokens {\n    initial_management = \"‹U uuid›\"\n  }\n}\n")
    c.text("etc/nomad.hcl", "nomad operator gossip keyring generate", "server {\n  enabled = true\n  encrypt = \"‹U b64:32›\"\n}\n")
    c.text("etc/vault-init.json", "vault operator init", json.dumps({"unseal_keys_b64": [c.value("b64:33")], "unseal_keys_hex": [c.value("hex:66")], "unseal_shares": 1, "root_token": "hvs." + c.value("b64u:18")}, indent=2))
    c.mark("etc/vault-init.json", "vault operator init", "U", '^    "|root_token', "documented")
    c.text("etc/vault-init.txt", "vault operator init", "Unseal Key 1: ‹U b64:33›\nUnseal Key 2: ‹U b64:33›\n\nInitial Root Token: hvs.‹U alnum:24›\n")
    c.text("etc/airflow.cfg", "Airflow", "[core]\nfernet_key = ‹U b64:32›\n[webserver]\nsecret_key = ‹U b64:16›\n[database]\nsql_alchemy_conn = postgresql://ann:‹U pw:14›@db.shop.internal/airflow\n")
    c.text("etc/redis.conf", "Redis", "requirepass ‹U pw:20›\nmasterauth ‹U pw:20›\nuser ann on >‹U pw:16› ~* +@all\n")
    c.text("etc/mongod.conf", "mongod", "security:\n  keyFile: /etc/mongo.key\nnet:\n  tls:\n    certificateKeyFilePassword: ‹U pw:16›\n")
    c.text("etc/rabbitmq.conf", "RabbitMQ", "default_user = ann\ndefault_pass = ‹U pw:16›\n")
    c.text("etc/rabbitmq.config", "RabbitMQ, classic", "[{rabbit, [{default_user, <<\"ann\">>}, {default_pass, <<\"‹U pw:16›\">>}]}].\n")
    c.text("etc/definitions.json", "rabbitmqctl export_definitions", '{"users":[{"name":"ann","password_hash":"‹H b64:36›","hashing_algorithm":"rabbit_password_hashing_sha256","tags":["administrator"]}]}')
    c.text("etc/nats.conf", "nats-server", "authorization {\n  users = [\n    { user: ann, password: \"‹U pw:16›\" }\n    { user: bob, password: \"$2a$11$‹H crypt:53›\" }\n  ]\n}\n")
    c.text("etc/mosquitto/passwd", "mosquitto_passwd", "ann:$7$101$‹H b64:12›$‹. b64:64›\n")
    c.text("etc/squid.conf", "Squid", "cache_peer parent.shop.internal parent 3128 0 login=ann:‹U pw:16›\n")
    c.text("etc/snmpd.conf", "net-snmp", "createUser ann SHA \"‹U pw:16›\" AES \"‹. pw:16›\"\nrocommunity ‹U pw:14› 10.0.0.0/8\n")
    c.text("etc/freeradius/clients.conf", "FreeRADIUS", "client a {\n  ipaddr = 10.0.0.1\n  secret = ‹U pw:16›\n}\n")
    c.text("etc/freeradius/users", "FreeRADIUS", "ann Cleartext-Password := \"‹U pw:16›\"\n")
    c.text("etc/bacula-dir.conf", "Bacula", "Director {\n  Name = a\n  Password = \"‹U b64:33›\"\n}\n")
    c.text("etc/zabbix_server.conf", "Zabbix", "DBUser=zabbix\nDBPassword=‹U pw:16›\n")
    c.text("etc/krb5/kdc.conf", "Samba", "[global]\n  ldap admin dn = cn=admin\n")
    c.text("etc/pdns.conf", "PowerDNS", "api=yes\napi-key=‹U alnum:32›\ngmysql-password=‹U pw:16›\n")
    c.text("etc/ejabberd.yml", "ejabberd", "sql_password: \"‹U pw:16›\"\nhosts:\n- shop.internal\n")
    c.text("etc/prosody/accounts/ann.dat", "prosodyctl register", "return {\n\t[\"password\"] = \"‹U pw:16›\";\n};\n")
    c.text("etc/homeserver.yaml", "matrix-synapse", "registration_shared_secret: \"‹U alnum:50›\"\nmacaroon_secret_key: \"‹U alnum:50›\"\nform_secret: \"‹U alnum:50›\"\n")
    c.text("etc/app.ini", "Gitea", "[security]\nINTERNAL_TOKEN = ‹U alnum:64›\nSECRET_KEY = ‹U alnum:64›\n[oauth2]\nJWT_SECRET = ‹U b64u:32›\n[database]\nPASSWD = ‹U pw:16›\n")
    c.text("etc/grafana.ini", "Grafana", "[security]\nadmin_password = ‹U pw:16›\nsecret_key = ‹U alnum:20›\n")
    c.text("etc/traefik/acme.json", "Traefik", json.dumps({"le": {"Account": {"Email": "ann@shop.internal", "PrivateKey": "@"}}}, indent=2).replace("@", rsa_der(c)))
    c.mark("etc/traefik/acme.json", "Traefik", "U", "PrivateKey", "documented")
    c.text("etc/realm-export.json", "Keycloak", json.dumps({"components": {"org.keycloak.keys.KeyProvider": [{"config": {"privateKey": [rsa_der(c)], "secret": [c.value("b64u:64")]}}]}}, indent=2))
    c.mark("etc/realm-export.json", "Keycloak", "U", '^ {12,}"[A-Za-z0-9+/_-]{60,}', "documented")
    c.text("kube/kubeadm.yaml", "kubeadm", "apiVersion: kubeadm.k8s.io/v1beta3\nkind: InitConfiguration\nbootstrapTokens:\n- token: ‹. lower:6›.‹. lower:16›\ncertificateKey: ‹U hex:64›\n")
    c.text("kube/encryption.yaml", "kube-apiserver", "kind: EncryptionConfiguration\nresources:\n- providers:\n  - aescbc:\n      keys:\n      - name: key1\n        secret: ‹U b64:32›\n")
    c.text("kube/secret.yaml", "kubectl create secret", "apiVersion: v1\nkind: Secret\nmetadata:\n  name: a\ndata:\n  password: ‹U b64:15›\n")
    c.text("kube/sealed.yaml", "kubeseal", "apiVersion: bitnami.com/v1alpha1\nkind: SealedSecret\nspec:\n  encryptedData:\n    password: AgB‹E alnum:300›\n")
    c.text("tf/terraform.tfstate", "terraform", '{\n  "version": 4,\n  "outputs": {\n    "db_password": {\n      "value": "‹U pw:16›",\n      "type": "string",\n      "sensitive": true\n    },\n    "conn": {\n      "value": "‹U pw:20›",\n      "type": "string",\n      "sensitive": true\n    }\n  },\n  "resources": [\n    {\n      "instances": [\n        {\n          "attributes": {\n            "password": "‹U pw:16›",\n            "result": "‹U pw:20›",\n            "special": true\n          },\n          "sensitive_attributes": []\n        }\n      ]\n    }\n  ]\n}\n')
    c.text("tf/terraform.tfstate.backup", "terraform", '{\n  "resources": [{"instances": [{"attributes": {\n            "password": "‹U pw:16›"\n}}]}]\n}\n')
    c.text("aws/task.json", "ECS task definition", '{"containerDefinitions": [{"environment": [\n {"name": "DB_PASSWORD", "value": "‹U pw:16›"},\n {"name": "LOG_LEVEL", "value": "‹P lower:8›"}\n]}]}')
    c.text("azure/parameters.json", "ARM parameters", '{\n  "parameters": {\n    "adminPassword": {\n      "value": "‹U pw:16›"\n    }\n  }\n}\n')
    c.text("gcp/key.json", "gcloud iam service-accounts keys create", json.dumps({"type": "service_account", "private_key_id": c.value("hex:40")}))
    c.text("ansible/hosts", "Ansible inventory", "[web]\nhost1 ansible_user=ann ansible_password=‹U pw:14›\nhost2 ansible_become_pass='‹U pw:14›'\n")
    c.text("ansible/vault.yml", "ansible-vault", "$ANSIBLE_VAULT;1.1;AES256\n‹E hex:80›\n‹. hex:80›\n‹. hex:80›\n")
    c.text("sops/secrets.yaml", "sops", "password: ENC[AES256_GCM,data:‹E b64:12›,iv:‹. b64:32›,tag:‹. b64:16›,type:str]\n")


def rsa_der(c):
    """Returns an RSA key of PKCS#1 in base64, with numbers that are none of a key but of its form."""
    def number(count):
        body = bytes([0x40 | c.bytes(1)[0] & 0x3F]) + c.bytes(count - 1)
        return b"\x02" + length(count) + body

    def length(count):
        return bytes([count]) if count < 128 else bytes([0x82, count >> 8, count & 255]) if count > 255 else bytes([0x81, count])
    body = b"\x02\x01\x00" + number(256) + b"\x02\x03\x01\x00\x01" + number(256) + b"".join(number(128) for _ in range(5))
    return base64.b64encode(b"\x30" + length(len(body)) + body).decode()


def applications(c):
    """Applications, build tools and traffic."""
    c.text("app/application.properties", "Spring Boot", "spring.datasource.password=‹U pw:16›\nspring.security.user.password={noop}‹U pw:16›\nencrypt.key=‹U alnum:32›\napp.hash={bcrypt}$2a$10$‹H crypt:53›\napp.sealed={cipher}‹E hex:64›\n")
    c.text("app/hive-site.xml", "Hive", "<configuration>\n  <property>\n    <name>javax.jdo.option.ConnectionPassword</name>\n    <value>‹U pw:16›</value>\n  </property>\n  <property>\n    <name>fs.s3a.secret.key</name>\n    <value>‹U alnum:40›</value>\n  </property>\n</configuration>\n")
    c.text("app/beans.xml", "Spring XML", "<bean id=\"ds\">\n  <property name=\"password\">\n    <value>‹U pw:16›</value>\n  </property>\n  <property name=\"password\" value=\"‹U pw:16›\"/>\n</bean>\n")
    c.text("app/standalone.xml", "WildFly", "<login-module code=\"Database\">\n  <module-option name=\"bindCredential\" value=\"‹U pw:16›\"/>\n  <module-option name=\"password\">‹U pw:14›</module-option>\n</login-module>\n")
    c.text("app/tomcat-users.xml", "Tomcat", "<tomcat-users>\n  <user username=\"ann\" password=\"‹U pw:16›\" roles=\"manager-gui\"/>\n</tomcat-users>\n")
    c.text("app/jetty.properties", "Jetty", "jetty.sslContext.keyStorePassword=OBF:‹R =1v2j1uum1xtv1zej1zer1xtn1uvk1v1v›\n")
    c.text("app/server.xml", "WebSphere Liberty", "<dataSource>\n  <properties user=\"ann\" password=\"{xor}‹R =Lz4sLCgwLTs=›\"/>\n</dataSource>\n")
    c.text("ks/build.gradle", "Gradle", "android {\n  signingConfigs {\n    release {\n      storeFile file(\"a.jks\")\n      storePassword \"‹U pw:16›\"\n      keyAlias \"shop\"\n      keyPassword '‹U pw:16›'\n    }\n  }\n}\n")
    c.text("ks/key.properties", "Flutter", "storePassword=‹U pw:16›\nkeyPassword=‹U pw:14›\n")
    c.text("app/settings.py", "Django", "SECRET_KEY = '‹U alnum:50›'\n")
    c.text("symfony/config/secrets/prod/prod.decrypt.private.php", "secrets:generate-keys", "<?php // prod.decrypt.private.php on Wed, 01 Jan 2026\n\n// SYMFONY_DECRYPTION_SECRET=‹U b64:64›\n\nreturn \"" + "".join(f"\\x{byte:02X}" for byte in c.bytes(64)) + "\";\n")
    c.mark("symfony/config/secrets/prod/prod.decrypt.private.php", "secrets:generate-keys", "U", "^return", "documented")
    c.text("rails/config/secrets.yml", "Rails", "production:\n  secret_key_base: ‹U hex:128›\n")
    c.text("ha/secrets.yaml", "Home Assistant", "wifi_password: ‹U pw:16›\nmqtt_pass: ‹U pw:16›\napi_encryption: ‹U b64:32›\n")
    c.text("z2m/configuration.yaml", "Zigbee2MQTT", "mqtt:\n  user: ann\n  password: ‹U pw:16›\nadvanced:\n  pan_id: 6754\n  network_key: [" + ", ".join(str(byte) for byte in c.bytes(16)) + "]\n")
    c.mark("z2m/configuration.yaml", "Zigbee2MQTT", "U", "network_key", "documented")
    c.text("z2m/configuration2.yaml", "Zigbee2MQTT", "advanced:\n  network_key:\n" + "".join(f"    - {byte}\n" for byte in c.bytes(16)))
    c.note("z2m/configuration2.yaml", 3, "Zigbee2MQTT", "U", "documented")
    c.text("ha/.storage/auth", "Home Assistant", '{\n  "version": 1,\n  "data": {\n    "refresh_tokens": [\n      {\n        "token": "‹U hex:128›",\n        "jwt_key": "‹U hex:128›"\n      }\n    ]\n  }\n}\n')
    c.text("nodered/flows_cred.json", "node-red", '{\n    "$": "‹. hex:32›‹K b64:64›"\n}\n')
    c.text("nodered/.config.runtime.json", "node-red", '{\n    "_credentialSecret": "‹U hex:64›"\n}\n')
    c.text("n8n/config", "n8n", '{\n\t"encryptionKey": "‹U b64:24›"\n}\n')
    c.text("web/config.php", "Nextcloud", "<?php\n$CONFIG = array (\n  'passwordsalt' => '‹. alnum:30›',\n  'secret' => '‹U b64:36›',\n  'dbpassword' => '‹U pw:16›',\n);\n")
    c.text("web/settings.php", "Drupal", "<?php\n$databases['default']['default'] = array (\n  'database' => 'shop',\n  'username' => 'ann',\n  'password' => '‹U pw:16›',\n);\n$settings['hash_salt'] = '‹U b64u:55›';\n")
    c.text("web/config.inc.php", "phpMyAdmin", "<?php\n$cfg['blowfish_secret'] = '‹U alnum:32›';\n$cfg['Servers'][1]['controlpass'] = '‹U pw:16›';\n")
    c.text("web/roundcube.inc.php", "Roundcube", "<?php\n$config['db_dsnw'] = 'mysql://ann:‹U pw:14›@localhost/roundcube';\n$config['des_key'] = '‹U alnum:24›';\n")
    c.text("web/parameters.php", "PrestaShop", "<?php return array (\n  'parameters' => array (\n    'database_password' => '‹U pw:16›',\n    'cookie_key' => '‹U alnum:64›',\n    'new_cookie_key' => 'def00000‹U hex:130›',\n  ),\n);\n")
    c.text("web/wp-config.php", "WordPress", "<?php\ndefine( 'DB_PASSWORD', '‹U pw:16›' );\ndefine( 'AUTH_KEY', '‹U alnum:64›' );\n")
    c.text("web/LocalSettings.php", "MediaWiki", "<?php\n$wgDBpassword = \"‹U pw:16›\";\n$wgSecretKey = \"‹U hex:64›\";\n")
    c.text("web/.env", "Laravel", "APP_KEY=base64:‹U b64:32›\nDB_PASSWORD=‹U pw:16›\n")
    c.text("web/env.php", "Magento", "<?php\nreturn [\n    'crypt' => [\n        'key' => '‹U hex:32›'\n    ],\n    'db' => ['connection' => ['default' => [\n        'password' => '‹U pw:16›'\n    ]]]\n];\n")
    c.text("web/app.yml", "Discourse", "env:\n  DISCOURSE_SMTP_PASSWORD: \"‹U pw:16›\"\n")
    c.text("net/site.har", "a browser", json.dumps({"log": {"entries": [{"request": {"url": "https://api.shop.internal/a?api_key=" + c.value("alnum:32"), "headers": [{"name": "Authorization", "value": "Bearer " + c.value("alnum:40")}, {"name": "Cookie", "value": "sessionid=" + c.value("alnum:32")}, {"name": "X-Api-Key", "value": c.value("alnum:32")}], "postData": {"text": "user=ann&password=" + c.value("pw:14")}}}]}}, indent=1))
    c.mark("net/site.har", "a browser", "U", '"(Bearer|sessionid)|api_key=|"user=ann|X-Api-Key', "documented")
    places = c.places
    for place in [place for place in places if place["file"] == "net/site.har"]:
        text = c.path("net/site.har").read_text().split("\n")[place["line"] - 1]
        if "X-Api-Key" in text:
            place["line"] += 1
    c.text("net/api.http", "IntelliJ", "GET https://api.shop.internal/\nAuthorization: Basic ann ‹U pw:16›\nX-Api-Key: ‹U alnum:32›\n\n{\"password\": \"‹U pw:16›\"}\n")
    c.text("net/login.yaml", "vcrpy", "interactions:\n- request:\n    headers:\n      Authorization:\n      - Basic ‹U b64:24›\n      Cookie:\n      - sessionid=‹U alnum:32›\n      X-Api-Key:\n      - ‹U alnum:32›\n    uri: https://api.shop.internal/\n  response:\n    body:\n      string: '{\"access_token\": \"‹U alnum:40›\"}'\n")
    c.text("net/links.txt", "Shadowsocks", "ss://‹U b64:24›@proxy.shop.internal:8388#a\ntrojan://‹U pw:16›@proxy.shop.internal:443#b\nvless://‹U uuid›@proxy.shop.internal:443?security=tls#c\n")
    c.text("net/otp.txt", "pyotp", "otpauth://totp/Shop:ann?secret=‹U base32:32›&issuer=Shop\n")
    c.text("net/sslkeys.log", "SSLKEYLOGFILE", "# SSL/TLS secrets log file\nCLIENT_RANDOM ‹. hex:64› ‹U hex:96›\nSERVER_TRAFFIC_SECRET_0 ‹. hex:64› ‹U hex:64›\n")
    c.text("net/login.exp", "expect", "spawn ssh ann@host\nexpect \"password:\"\nsend \"‹U pw:16›\\r\"\n")
    c.text("nb/a.ipynb", "jupyter", json.dumps({"cells": [{"cell_type": "code", "source": ["password = '" + c.value("pw:16") + "'\n", "print(password)"], "outputs": [{"name": "stdout", "text": ["api token: " + c.value("alnum:40") + "\n"]}]}]}, indent=1))
    c.mark("nb/a.ipynb", "jupyter", "U", "password = |api token", "documented")
    c.text("nb/jupyter_server_config.json", "jupyter server password", '{\n  "IdentityProvider": {\n    "hashed_password": "argon2:$argon2id$v=19$m=10240,t=10,p=8$‹H b64u:16›$‹. b64u:32›"\n  }\n}\n')
    c.text("nb/jupyter_notebook_config.json", "jupyter notebook password", '{\n  "NotebookApp": {\n    "password": "sha1:‹H hex:12›:‹. hex:40›"\n  }\n}\n')
    c.text("etc/vaultwarden.env", "vaultwarden hash", "ADMIN_TOKEN='$argon2id$v=19$m=65540,t=3,p=4$‹H b64u:32›$‹. b64u:32›'\n")
    c.text("etc/step/ca.json", "step ca init", '{\n  "authority": {\n    "provisioners": [\n      {\n        "type": "JWK",\n        "encryptedKey": "eyJhbGciOiJQQkVTMi1IUzI1NitBMTI4S1ciLCJjdHkiOiJqd2sranNvbiIsImVuYyI6IkEyNTZHQ00iLCJwMmMiOjYwMDAwMCwicDJzIjoi‹E b64u:18›In0.‹. b64u:40›.‹. b64u:12›.‹. b64u:200›.‹. b64u:16›"\n      }\n    ]\n  }\n}\n')
    c.text("etc/dotenvx/.env", "dotenvx", "DOTENV_PUBLIC_KEY=\"‹P hex:66›\"\nAPI_KEY=\"encrypted:‹E b64:90›\"\n")
    c.text("etc/dotenvx/.env.keys", "dotenvx", "DOTENV_PRIVATE_KEY=\"‹U hex:64›\"\n")
    c.text("kee.xml", "keepassxc-cli export", "<?xml version=\"1.0\"?>\n<KeePassFile>\n <Entry>\n  <String>\n   <Key>Password</Key>\n   <Value ProtectInMemory=\"True\">‹U pw:16›</Value>\n  </String>\n  <String>\n   <Key>Title</Key>\n   <Value>‹P lower:12›</Value>\n  </String>\n </Entry>\n</KeePassFile>\n")
    c.text("vapid.txt", "web-push", "=======================================\n\nPublic Key:\n‹P b64u:65›\n\nPrivate Key:\n‹U b64u:32›\n\n=======================================\n")
    c.text("m2/settings-security.xml", "mvn --encrypt-master-password", "<settingsSecurity>\n  <master>{‹R b64:48›}</master>\n</settingsSecurity>\n")
    c.text("m2/settings.xml", "mvn --encrypt-password", "<settings>\n  <servers>\n    <server>\n      <id>shop</id>\n      <password>{‹K b64:48›}</password>\n    </server>\n  </servers>\n</settings>\n")
    c.text("tok/macaroons.json", "pymacaroons", '{"macaroon": "MDAxY2xvY2F0aW9uIA‹U b64u:90›"}')
    c.text("gpp/Groups.xml", "Group Policy", "<Groups>\n  <User name=\"Admin\">\n    <Properties action=\"U\" cpassword=\"‹R =j1Uyj3Vx8TY9LtLZil2uAuZkFQA/4latT76ZwgdHdhw›\" userName=\"Admin\"/>\n  </User>\n</Groups>\n")
