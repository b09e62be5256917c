"""What tools of developers keep: database clients, editors, clouds on the command line, and tools for data."""
import base64

KIND = "further"


def heidi(text, shift=3):
    """Returns what HeidiSQL keeps for a password."""
    return "".join(f"{(ord(letter) + shift) & 255:02X}" for letter in text) + str(shift)


def idea(text):
    """Returns what IntelliJ IDEA keeps for a password of a server."""
    return "".join(f"{ord(letter) ^ 0xDFAA:04x}" for letter in text)


def databases(c):
    """Clients of databases, and editors."""
    text = lambda name, tool, template: c.text("further/" + name, tool, template, KIND)
    text("db/portable_settings.txt", "HeidiSQL", "Servers\\shop\\Host<|||>1<|||>db.shop.internal\nServers\\shop\\User<|||>1<|||>ann\nServers\\shop\\Password<|||>1<|||>‹R =" + heidi(c.value("pw:14")) + "›\n")
    text("db/connections.ncx", "Navicat", '<?xml version="1.0" encoding="UTF-8"?>\n<Connections Ver="1.5">\n<Connection ConnectionName="shop" ConnType="MYSQL" Host="db.shop.internal" Port="3306" UserName="ann" Password="‹R HEX:64›" SavePassword="true" SSH_Password=""/>\n</Connections>\n')
    text("db/.dbvis/dbvis.xml", "DbVisualizer", "<DbVisualizer>\n  <Databases>\n    <Database id=\"1\">\n      <Alias>shop</Alias>\n      <Url>jdbc:postgresql://db.shop.internal/shop</Url>\n      <Userid>ann</Userid>\n      <Password>‹R b64:24›</Password>\n    </Database>\n  </Databases>\n</DbVisualizer>\n")
    text("db/SQLAliases23.xml", "SQuirreL SQL", "<Beans>\n  <Bean Class=\"net.sourceforge.squirrel_sql.client.gui.db.SQLAlias\">\n    <name>shop</name>\n    <password>‹U pw:16›</password>\n    <url>jdbc:postgresql://db.shop.internal/shop</url>\n    <userName>ann</userName>\n  </Bean>\n</Beans>\n")
    text("db/robo3t.json", "Robo 3T", '{\n  "connections": [\n    {\n      "connectionName": "shop",\n      "credentials": [\n        {\n          "databaseName": "shop",\n          "userName": "ann",\n          "userPassword": "‹U pw:16›"\n        }\n      ],\n      "serverHost": "db.shop.internal"\n    }\n  ]\n}\n')
    text("proj/.vscode/settings.json", "SQLTools", '{\n  "editor.tabSize": 2,\n  "sqltools.connections": [\n    {\n      "name": "shop",\n      "driver": "PostgreSQL",\n      "server": "db.shop.internal",\n      "username": "ann",\n      "password": "‹U pw:16›"\n    }\n  ]\n}\n')
    text("home/.myclirc", "mycli", "[main]\nsmart_completion = True\n[alias_dsn]\nshop = mysql://ann:‹U pw:16›@db.shop.internal:3306/shop\n")
    text("home/.cassandra/cqlshrc", "cqlsh", "[authentication]\nusername = ann\npassword = ‹U pw:16›\n\n[connection]\nhostname = db.shop.internal\n")
    text("home/.usqlpass", "usql", "# protocol:host:port:dbname:user:pass\npostgres:db.shop.internal:5432:shop:ann:‹U pw:16›\n")
    text("home/.influxdbv2/configs", "influx", "[default]\n  url = \"https://influx.shop.internal\"\n  token = \"‹U b64u:64›==\"\n  org = \"shop\"\n  active = true\n")
    text("proj/.idea/workspace.xml", "IntelliJ IDEA", "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<project version=\"4\">\n  <component name=\"RunManager\">\n    <configuration name=\"shop\" type=\"PythonConfigurationType\">\n      <envs>\n        <env name=\"DB_PASSWORD\" value=\"‹U pw:16›\" />\n        <env name=\"PYTHONUNBUFFERED\" value=\"1\" />\n      </envs>\n    </configuration>\n  </component>\n</project>\n")
    text("proj/.idea/webServers.xml", "IntelliJ IDEA, deployment", "<project version=\"4\">\n  <component name=\"WebServers\">\n    <option name=\"servers\">\n      <webServer id=\"a\" name=\"shop\" url=\"https://shop.internal\">\n        <fileTransfer host=\"ftp.shop.internal\" port=\"21\" accessType=\"FTP\" username=\"ann\" password=\"‹R =" + idea(c.value("pw:14")) + "›\" />\n      </webServer>\n    </option>\n  </component>\n</project>\n")
    text("proj/.vscode/launch.json", "VS Code", '{\n  "version": "0.2.0",\n  "configurations": [\n    {\n      "name": "shop",\n      "type": "python",\n      "env": {\n        "DB_PASSWORD": "‹U pw:16›",\n        "STRIPE_SECRET": "‹U alnum:32›"\n      }\n    }\n  ]\n}\n')
    text("proj/Properties/launchSettings.json", ".NET", '{\n  "profiles": {\n    "Shop": {\n      "commandName": "Project",\n      "environmentVariables": {\n        "ConnectionStrings__Shop": "Server=db.shop.internal;Database=shop;User Id=ann;Password=‹U pw:16›;"\n      }\n    }\n  }\n}\n')
    text("proj/http-client.private.env.json", "JetBrains HTTP client", '{\n  "dev": {\n    "host": "https://api.shop.internal",\n    "password": "‹U pw:16›",\n    "token": "‹U alnum:40›"\n  }\n}\n')
    text("proj/shop.postman_environment.json", "Postman", '{\n\t"name": "shop",\n\t"values": [\n\t\t{\n\t\t\t"key": "api_token",\n\t\t\t"value": "‹U alnum:40›",\n\t\t\t"type": "secret",\n\t\t\t"enabled": true\n\t\t},\n\t\t{\n\t\t\t"key": "base_url",\n\t\t\t"value": "‹P =https://api.shop.internal›",\n\t\t\t"enabled": true\n\t\t}\n\t]\n}\n')
    text("proj/insomnia.yaml", "Insomnia", "_type: export\nresources:\n  - _type: request\n    url: https://api.shop.internal/\n    authentication:\n      type: bearer\n      token: ‹U alnum:40›\n  - _type: environment\n    data:\n      client_secret: ‹U alnum:40›\n")


def clouds(c):
    """Clouds on the command line, and tools for data."""
    text = lambda name, tool, template: c.text("further/" + name, tool, template, KIND)
    text("home/.oci/config", "oci", "[DEFAULT]\nuser=ocid1.user.oc1..‹P lower:60›\nfingerprint=‹P hex:2›:aa:bb\nkey_file=~/.oci/key.pem\npass_phrase=‹U pw:16›\ntenancy=ocid1.tenancy.oc1..aaaa\nregion=eu-frankfurt-1\n")
    text("home/.aliyun/config.json", "aliyun", '{\n\t"current": "default",\n\t"profiles": [\n\t\t{\n\t\t\t"name": "default",\n\t\t\t"mode": "AK",\n\t\t\t"access_key_id": "‹. alnum:24›",\n\t\t\t"access_key_secret": "‹U alnum:30›",\n\t\t\t"region_id": "eu-central-1"\n\t\t}\n\t]\n}\n')
    text("home/.config/linode-cli", "linode-cli", "[DEFAULT]\ndefault-user = ann\n\n[ann]\ntoken = ‹U hex:64›\nregion = eu-west\n")
    text("home/.vultr-cli.yaml", "vultr-cli", "api-key: ‹U base32:36›\n")
    text("home/.civo.json", "civo", '{\n\t"apikeys": {\n\t\t"shop": "‹U alnum:50›"\n\t},\n\t"meta": {\n\t\t"current_apikey": "shop"\n\t}\n}\n')
    text("home/.config/openstack/clouds.yaml", "openstack", "clouds:\n  shop:\n    auth:\n      auth_url: https://keystone.shop.internal:5000/v3\n      username: ann\n      password: ‹U pw:16›\n      project_name: shop\n")
    text("proj/shop-openrc.sh", "OpenStack dashboard", "export OS_AUTH_URL=https://keystone.shop.internal:5000/v3\nexport OS_USERNAME=\"ann\"\nexport OS_PASSWORD=\"‹U pw:16›\"\n")
    text("home/.tccli/default.credential", "tccli", '{\n  "secretId": "AKID‹. alnum:32›",\n  "secretKey": "‹U alnum:32›"\n}\n')
    text("home/.config/yandex-cloud/config.yaml", "yc", "current: default\nprofiles:\n  default:\n    token: y0_‹U url:58›\n    cloud-id: b1g‹P lower:17›\n")
    text("home/.bluemix/config.json", "ibmcloud", '{\n  "APIEndpoint": "https://cloud.ibm.com",\n  "IAMToken": "Bearer eyJraWQiOiIyMDI2In0.‹U =eyJpYW1faWQiOiJhbm4ifQ›.' + c.value("url:86") + '",\n  "IAMRefreshToken": "‹U b64u:90›"\n}\n')
    text("data/spark-defaults.conf", "Spark", "spark.master                     yarn\nspark.hadoop.fs.s3a.access.key   ‹. alnum:20›\nspark.hadoop.fs.s3a.secret.key   ‹U alnum:40›\nspark.ssl.keyPassword            ‹U pw:14›\n")
    text("data/catalog/shop.properties", "Trino", "connector.name=postgresql\nconnection-url=jdbc:postgresql://db.shop.internal/shop\nconnection-user=ann\nconnection-password=‹U pw:16›\n")
    text("data/debezium.json", "Debezium", '{\n  "name": "shop",\n  "config": {\n    "connector.class": "io.debezium.connector.mysql.MySqlConnector",\n    "database.user": "ann",\n    "database.password": "‹U pw:16›",\n    "topic.prefix": "shop"\n  }\n}\n')
    text("data/nifi.properties", "NiFi", "nifi.web.https.port=8443\nnifi.sensitive.props.key=‹U alnum:32›\nnifi.security.keystorePasswd=‹U pw:32›\nnifi.security.keyPasswd=‹U pw:32›\n")
    text("data/users.xml", "ClickHouse", "<clickhouse>\n  <users>\n    <ann>\n      <password>‹U pw:16›</password>\n    </ann>\n    <bob>\n      <password_sha256_hex>‹H hex:64›</password_sha256_hex>\n    </bob>\n  </users>\n</clickhouse>\n")
    text("data/superset_config.py", "Superset", "SECRET_KEY = '‹U b64:42›'\nSQLALCHEMY_DATABASE_URI = 'postgresql://ann:‹U pw:14›@db.shop.internal/superset'\nROW_LIMIT = 5000\n")
    text("data/profiles.toml", "Prefect", "active = \"shop\"\n\n[profiles.shop]\nPREFECT_API_KEY = \"pnu_‹U alnum:36›\"\nPREFECT_API_URL = \"https://prefect.shop.internal/api\"\n")
    text("data/tap-config.json", "Singer tap", '{\n  "start_date": "2026-01-01T00:00:00Z",\n  "client_id": "shop",\n  "client_secret": "‹U alnum:40›",\n  "refresh_token": "‹U alnum:64›"\n}\n')
    text("data/.comet.config", "Comet", "[comet]\napi_key=‹U alnum:25›\nworkspace=shop\n")
    text("data/druid.properties", "Druid", "druid.metadata.storage.connector.user=ann\ndruid.metadata.storage.connector.password=‹U pw:16›\ndruid.escalator.internalClientPassword=‹U pw:16›\n")
    text("data/talend/Default.properties", "Talend", "db_Host=db.shop.internal\ndb_Login=ann\ndb_Password=‹U pw:16›\n")
