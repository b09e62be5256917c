"""What services keep that people run for themselves: mail, media, telephony, web applications, monitoring, storage.

Written by their documented formats before anyone looked whether gonogo finds them.
"""

KIND = "further"


def web(c):
    """Web applications and what builds them."""
    text = lambda name, tool, template: c.text("services/" + name, tool, template, KIND)
    text("etc/odoo/odoo.conf", "Odoo", "[options]\naddons_path = /mnt/extra-addons\nadmin_passwd = ‹U pw:16›\ndb_host = db\ndb_password = ‹U pw:16›\ndb_user = odoo\n")
    text("sites/shop/site_config.json", "ERPNext", '{\n "db_name": "_1bd3e0294da19198",\n "db_password": "‹U pw:16›",\n "db_type": "mariadb",\n "encryption_key": "‹U b64:32›"\n}\n')
    text("joomla/configuration.php", "Joomla", "<?php\nclass JConfig {\n\tpublic $dbtype = 'mysqli';\n\tpublic $host = 'db';\n\tpublic $user = 'joomla';\n\tpublic $password = '‹U pw:16›';\n\tpublic $secret = '‹U alnum:16›';\n\tpublic $smtppass = '‹U pw:14›';\n}\n")
    text("moodle/config.php", "Moodle", "<?php\nunset($CFG);\nglobal $CFG;\n$CFG = new stdClass();\n$CFG->dbtype    = 'pgsql';\n$CFG->dbuser    = 'moodle';\n$CFG->dbpass    = '‹U pw:16›';\n$CFG->passwordsaltmain = '‹U alnum:32›';\n")
    text("matomo/config/config.ini.php", "Matomo", '; <?php exit; ?> DO NOT REMOVE THIS LINE\n[database]\nhost = "db"\nusername = "matomo"\npassword = "‹U pw:16›"\n[General]\nsalt = "‹U hex:32›"\n')
    text("phpbb/config.php", "phpBB", "<?php\n$dbms = 'phpbb\\\\db\\\\driver\\\\mysqli';\n$dbhost = 'db';\n$dbuser = 'phpbb';\n$dbpasswd = '‹U pw:16›';\n")
    text("typo3/settings.php", "TYPO3", "<?php\nreturn [\n    'BE' => [\n        'installToolPassword' => '‹H =$argon2i$v=19$m=65536,t=16,p=1$" + c.value("alnum:22") + "$" + c.value("alnum:43") + "›',\n    ],\n    'DB' => [\n        'Connections' => [\n            'Default' => [\n                'password' => '‹U pw:16›',\n                'user' => 'typo3',\n            ],\n        ],\n    ],\n    'SYS' => [\n        'encryptionKey' => '‹U hex:96›',\n    ],\n];\n")
    text("opencart/config.php", "OpenCart", "<?php\ndefine('DB_DRIVER', 'mysqli');\ndefine('DB_USERNAME', 'oc');\ndefine('DB_PASSWORD', '‹U pw:16›');\n")
    text("mastodon/.env.production", "Mastodon", "LOCAL_DOMAIN=shop.internal\nSECRET_KEY_BASE=‹U hex:128›\nOTP_SECRET=‹U hex:128›\nVAPID_PRIVATE_KEY=‹U b64u:32›=\nVAPID_PUBLIC_KEY=‹P b64u:65›=\nDB_PASS=‹U pw:16›\nSMTP_PASSWORD=‹U pw:16›\n")
    text("etc/zulip/zulip-secrets.conf", "Zulip", "[secrets]\navatar_salt = ‹. hex:40›\nrabbitmq_password = ‹U hex:40›\nshared_secret = ‹U hex:40›\nzulip_org_key = ‹U alnum:64›\n")
    text("metabase/metabase.env", "Metabase", "MB_DB_TYPE=postgres\nMB_DB_USER=metabase\nMB_DB_PASS=‹U pw:16›\nMB_ENCRYPTION_SECRET_KEY=‹U b64:32›\n")
    text("gerrit/etc/secure.config", "Gerrit", "[auth]\n\tregisterEmailPrivateKey = ‹U b64:36›\n[ldap]\n\tpassword = ‹U pw:16›\n[sendemail]\n\tsmtpPass = ‹U pw:14›\n")
    text("phabricator/conf/local/local.json", "Phabricator", '{\n  "mysql.user": "phab",\n  "mysql.pass": "‹U pw:16›",\n  "security.hmac-key": "‹U alnum:40›"\n}\n')
    text("sonarqube/conf/sonar.properties", "SonarQube", "sonar.jdbc.username=sonar\nsonar.jdbc.password=‹U pw:16›\nsonar.auth.jwtBase64Hs256Secret=‹U b64:32›\nldap.bindPassword=‹U pw:14›\n")
    text("woodpecker/.env", "Woodpecker", "WOODPECKER_HOST=https://ci.shop.internal\nWOODPECKER_AGENT_SECRET=‹U hex:64›\nWOODPECKER_GITHUB_SECRET=‹U hex:40›\n")
    text("concourse/web.env", "Concourse", "CONCOURSE_POSTGRES_PASSWORD=‹U pw:16›\nCONCOURSE_ADD_LOCAL_USER=ann:‹U pw:16›\nCONCOURSE_ENCRYPTION_KEY=‹U alnum:32›\n")


def daemons(c):
    """Mail, telephony, identity, monitoring and storage."""
    text = lambda name, tool, template: c.text("services/" + name, tool, template, KIND)
    text("etc/asterisk/manager.conf", "Asterisk manager", "[general]\nenabled = yes\n\n[ann]\nsecret = ‹U pw:14›\nread = all\n")
    text("etc/asterisk/pjsip.conf", "Asterisk PJSIP", "[6001]\ntype=auth\nauth_type=userpass\npassword=‹U pw:14›\nusername=6001\n")
    text("etc/freeswitch/vars.xml", "FreeSWITCH", '<include>\n  <X-PRE-PROCESS cmd="set" data="default_password=‹U pw:14›"/>\n  <X-PRE-PROCESS cmd="set" data="domain=shop.internal"/>\n</include>\n')
    text("etc/freeswitch/directory/1000.xml", "FreeSWITCH directory", '<include>\n  <user id="1000">\n    <params>\n      <param name="password" value="‹U pw:14›"/>\n      <param name="vm-password" value="‹. digits:4›"/>\n    </params>\n  </user>\n</include>\n')
    text("etc/rspamd/local.d/worker-controller.inc", "Rspamd", 'bind_socket = "localhost:11334";\nenable_password = "‹U pw:16›";\n')
    text("etc/stalwart/config.toml", "Stalwart", '[authentication.fallback-admin]\nsecret = "‹H =$6$' + c.value("crypt:16") + "$" + c.value("crypt:86") + '›"\nuser = "admin"\n\n[store."db"]\ntype = "postgresql"\npassword = "‹U pw:16›"\n')
    text("etc/authelia/configuration.yml", "Authelia", "identity_validation:\n  reset_password:\n    jwt_secret: '‹U alnum:64›'\nsession:\n  secret: '‹U alnum:64›'\nstorage:\n  encryption_key: '‹U alnum:64›'\n  postgres:\n    password: '‹U pw:16›'\n")
    text("etc/redis/sentinel.conf", "Redis Sentinel", "port 26379\nsentinel monitor shop 10.0.0.1 6379 2\nsentinel auth-pass shop ‹U pw:20›\n")
    text("etc/vmauth.yml", "vmauth", "users:\n- username: \"ann\"\n  password: \"‹U pw:16›\"\n  url_prefix: \"http://victoria:8428\"\n- bearer_token: \"‹U alnum:32›\"\n  url_prefix: \"http://victoria:8428\"\n")
    text("etc/thanos/objstore.yml", "Thanos", "type: S3\nconfig:\n  bucket: metrics\n  endpoint: s3.shop.internal\n  access_key: ‹. HEX:20›\n  secret_key: ‹U alnum:40›\n")
    text("etc/vector/vector.toml", "Vector", '[sinks.out]\ntype = "http"\nuri = "https://logs.shop.internal"\nauth.strategy = "basic"\nauth.user = "ann"\nauth.password = "‹U pw:16›"\n')
    text("etc/loki/loki.yaml", "Loki", "storage_config:\n  aws:\n    s3: s3://ann:‹U alnum:40›@s3.shop.internal/loki\n")
    text("seaweedfs/s3.json", "SeaweedFS", '{\n  "identities": [\n    {\n      "name": "ann",\n      "credentials": [\n        {\n          "accessKey": "‹. HEX:20›",\n          "secretKey": "‹U alnum:40›"\n        }\n      ]\n    }\n  ]\n}\n')
    text("syncthing/config.xml", "Syncthing", '<configuration version="37">\n    <gui enabled="true" tls="false">\n        <user>ann</user>\n        <password>‹H =$2a$10$' + c.value("crypt:53") + "›</password>\n        <apikey>‹U alnum:32›</apikey>\n    </gui>\n</configuration>\n")
    text("qbittorrent/qBittorrent.conf", "qBittorrent", "[Preferences]\nWebUI\\Username=ann\nWebUI\\Password_PBKDF2=\"@ByteArray(‹H =" + c.value("b64:16") + ":" + c.value("b64:64") + "›)\"\n")
    text("sabnzbd/sabnzbd.ini", "SABnzbd", "[misc]\napi_key = ‹U hex:32›\nnzb_key = ‹U hex:32›\n[servers]\n[[news]]\nusername = ann\npassword = ‹U pw:16›\n")
    text("sonarr/config.xml", "Sonarr", "<Config>\n  <BindAddress>*</BindAddress>\n  <ApiKey>‹U hex:32›</ApiKey>\n  <PostgresPassword>‹U pw:16›</PostgresPassword>\n</Config>\n")
    text("deluge/auth", "Deluge", "localclient:‹U hex:40›:10\nann:‹U pw:14›:10\n")
    text("jupyterhub/jupyterhub_config.py", "JupyterHub", "c.JupyterHub.hub_ip = '0.0.0.0'\nc.ConfigurableHTTPProxy.auth_token = '‹U hex:64›'\nc.JupyterHub.cookie_secret = bytes.fromhex('‹U hex:64›')\n")
