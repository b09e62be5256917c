"""What devices and daemons keep: configuration of routers, message brokers, monitoring, homes, and servers of games."""
import base64

KIND = "further"


def devices(c):
    """Configuration that routers and firewalls export."""
    text = lambda name, tool, template: c.text("further/" + name, tool, template, KIND)
    text("net/mikrotik.rsc", "RouterOS export", "# 2026-01-01 by RouterOS 7.16\n/interface wireless security-profiles\nadd authentication-types=wpa2-psk mode=dynamic-keys name=shop wpa2-pre-shared-key=\"‹U pw:16›\"\n/ip ipsec identity\nadd peer=a secret=‹U pw:16›\n/ppp secret\nadd name=ann password=‹U pw:16› service=l2tp\n/interface wireguard\nadd listen-port=13231 name=wg0 private-key=\"‹U b64:32›\"\n/snmp community\nset [ find default=yes ] authentication-password=‹U pw:16›\n")
    text("net/openwrt/etc/config/wireless", "OpenWrt", "config wifi-iface 'default_radio0'\n\toption device 'radio0'\n\toption ssid 'ShopNet'\n\toption encryption 'psk2'\n\toption key '‹U pw:16›'\n")
    text("net/openwrt/etc/config/network", "OpenWrt", "config interface 'wan'\n\toption proto 'pppoe'\n\toption username 'ann'\n\toption password '‹U pw:16›'\n\nconfig interface 'wg0'\n\toption proto 'wireguard'\n\toption private_key '‹U b64:32›'\n")
    text("net/vyos.boot", "VyOS", "system {\n    login {\n        user ann {\n            authentication {\n                encrypted-password $6$‹H crypt:8›$‹. crypt:86›\n                plaintext-password \"\"\n            }\n        }\n    }\n}\nvpn {\n    ipsec {\n        authentication {\n            psk shop {\n                secret \"‹U pw:20›\"\n            }\n        }\n    }\n}\ninterfaces {\n    wireguard wg0 {\n        private-key \"‹U b64:32›\"\n    }\n}\n")
    text("net/config-pfsense.xml", "pfSense", "<?xml version=\"1.0\"?>\n<pfsense>\n\t<system>\n\t\t<user>\n\t\t\t<name>admin</name>\n\t\t\t<bcrypt-hash>$2y$10$‹H crypt:53›</bcrypt-hash>\n\t\t</user>\n\t\t<authserver>\n\t\t\t<ldap_bindpw>‹U pw:16›</ldap_bindpw>\n\t\t</authserver>\n\t</system>\n\t<ipsec>\n\t\t<phase1>\n\t\t\t<pre-shared-key>‹U pw:20›</pre-shared-key>\n\t\t</phase1>\n\t</ipsec>\n\t<dyndnses>\n\t\t<dyndns>\n\t\t\t<password>‹U pw:16›</password>\n\t\t</dyndns>\n\t</dyndnses>\n</pfsense>\n")
    text("net/fortigate.conf", "FortiOS", "config system admin\n    edit \"admin\"\n        set password ENC SH2‹H b64:48›\n    next\nend\nconfig vpn ipsec phase1-interface\n    edit \"a\"\n        set psksecret ENC ‹E b64:48›\n    next\nend\nconfig user local\n    edit \"ann\"\n        set passwd ‹U pw:16›\n    next\nend\n")
    text("net/eos.cfg", "Arista EOS", "hostname a\nusername ann privilege 15 secret sha512 $6$‹H crypt:16›$‹. crypt:86›\nrouter bgp 65001\n   neighbor 10.0.0.1 password 7 ‹R b64:16›\ntacacs-server host 10.0.0.2 key 0 ‹U pw:16›\nsnmp-server community ‹U pw:14› ro\n")
    text("net/edgeos/config.boot", "Ubiquiti EdgeOS", "system {\n    login {\n        user ubnt {\n            authentication {\n                plaintext-password \"‹U pw:14›\"\n            }\n        }\n    }\n}\ninterfaces {\n    pppoe 0 {\n        password ‹U pw:14›\n        user-id ann\n    }\n}\n")
    text("net/frr.conf", "FRR", "hostname a\npassword ‹U pw:14›\nenable password ‹U pw:14›\nrouter bgp 65001\n neighbor 10.0.0.1 password ‹U pw:16›\ninterface eth0\n ip ospf message-digest-key 1 md5 ‹U pw:14›\n")


def daemons(c):
    """Message brokers, monitoring, and runners of builds."""
    text = lambda name, tool, template: c.text("further/" + name, tool, template, KIND)
    text("etc/kafka/client.properties", "Kafka client", "security.protocol=SASL_SSL\nsasl.mechanism=PLAIN\nsasl.jaas.config=org.apache.kafka.common.security.plain.PlainLoginModule required username=\"ann\" password=\"‹U pw:16›\";\nssl.truststore.password=‹U pw:14›\n")
    text("etc/kafka/kafka_server_jaas.conf", "Kafka broker", "KafkaServer {\n   org.apache.kafka.common.security.plain.PlainLoginModule required\n   username=\"admin\"\n   password=\"‹U pw:16›\"\n   user_ann=\"‹U pw:16›\";\n};\n")
    text("etc/activemq/credentials.properties", "ActiveMQ", "activemq.username=system\nactivemq.password=‹U pw:14›\nguest.password=‹U pw:14›\n")
    text("etc/artemis/artemis-users.properties", "ActiveMQ Artemis", "ann = ‹U pw:16›\nbob = ENC(1024:‹H HEX:64›:‹. HEX:128›)\n")
    text("etc/mosquitto/conf.d/bridge.conf", "mosquitto bridge", "connection cloud\naddress mqtt.shop.internal:8883\nremote_username ann\nremote_password ‹U pw:16›\n")
    text("etc/pulsar/client.conf", "Pulsar client", "webServiceUrl=https://pulsar.shop.internal:8443/\nauthPlugin=org.apache.pulsar.client.impl.auth.AuthenticationToken\nauthParams=token:eyJhbGciOiJIUzI1NiJ9.‹U =eyJzdWIiOiJhbm4ifQ›." + c.value("url:43") + "\n")
    text("etc/datadog-agent/datadog.yaml", "Datadog agent", "## @param api_key - string - required\napi_key: ‹U hex:32›\nsite: datadoghq.eu\n")
    text("etc/newrelic-infra.yml", "New Relic agent", "license_key: ‹U hex:36›NRAL\ndisplay_name: web\n")
    text("etc/telegraf/telegraf.conf", "Telegraf", "[[outputs.influxdb_v2]]\n  urls = [\"https://influx.shop.internal\"]\n  token = \"‹U b64u:64›==\"\n[[inputs.mysql]]\n  servers = [\"ann:‹U pw:16›@tcp(db.shop.internal:3306)/?tls=false\"]\n[[inputs.mqtt_consumer]]\n  username = \"ann\"\n  password = \"‹U pw:16›\"\n")
    text("etc/netdata/stream.conf", "Netdata", "[stream]\n    enabled = yes\n    destination = parent.shop.internal:19999\n    api key = ‹U uuid›\n")
    text("etc/icinga2/conf.d/api-users.conf", "Icinga 2 API", "object ApiUser \"root\" {\n  password = \"‹U hex:16›\"\n  permissions = [ \"*\" ]\n}\n")
    text("etc/monit/monitrc", "Monit", "set daemon 120\nset httpd port 2812 and\n    use address localhost\n    allow admin:‹U pw:14›\nset mailserver smtp.shop.internal port 587\n    username \"ann\" password \"‹U pw:16›\"\n")
    text("etc/graylog/server.conf", "Graylog", "password_secret = ‹U alnum:96›\nroot_password_sha2 = ‹H hex:64›\nmongodb_uri = mongodb://ann:‹U pw:16›@mongo.shop.internal:27017/graylog\n")
    text("etc/fluent/fluent.conf", "Fluentd", "<match **>\n  @type forward\n  <security>\n    self_hostname a\n    shared_key ‹U pw:20›\n  </security>\n</match>\n<match es.**>\n  @type elasticsearch\n  user ann\n  password ‹U pw:16›\n</match>\n")
    text("etc/logstash/pipeline.conf", "Logstash", "input { beats { port => 5044 } }\noutput {\n  elasticsearch {\n    hosts => [\"https://es.shop.internal:9200\"]\n    user => \"ann\"\n    password => \"‹U pw:16›\"\n  }\n}\n")
    text("etc/collectd/collectd.conf", "collectd", "<Plugin network>\n  <Server \"10.0.0.1\">\n    SecurityLevel Encrypt\n    Username \"ann\"\n    Password \"‹U pw:16›\"\n  </Server>\n</Plugin>\n")
    text("etc/nagios/resource.cfg", "Nagios", "$USER1$=/usr/lib/nagios/plugins\n$USER3$=ann\n$USER4$=‹U pw:16›\n")
    text("etc/gitlab-runner/config.toml", "GitLab runner", "concurrent = 4\n\n[[runners]]\n  name = \"a\"\n  url = \"https://gitlab.shop.internal/\"\n  token = \"‹U url:20›\"\n  executor = \"docker\"\n")
    number = lambda count: base64.b64encode(c.bytes(count)).decode()
    text("runner/.credentials_rsaparams", "GitHub Actions runner", '{\n  "d": "‹. =' + number(256) + '›",\n  "dp": "‹. =' + number(128) + '›",\n  "dq": "‹. =' + number(128) + '›",\n  "exponent": "AQAB",\n  "inverseQ": "‹U =' + number(128) + '›",\n  "modulus": "‹P =' + number(256) + '›",\n  "p": "‹. =' + number(128) + '›",\n  "q": "‹. =' + number(128) + '›"\n}\n')
    text("runner/buildkite-agent.cfg", "Buildkite agent", "token=\"‹U hex:40›\"\nname=\"%hostname-%spawn\"\nbuild-path=\"/var/lib/buildkite-agent/builds\"\n")
    text("runner/buildAgent.properties", "TeamCity agent", "serverUrl=https\\://teamcity.shop.internal\nname=a\nauthorizationToken=‹U hex:32›\n")
    text("runner/drone.env", "Drone", "DRONE_RPC_SECRET=‹U hex:32›\nDRONE_GITEA_CLIENT_SECRET=‹U alnum:44›\nDRONE_USER_CREATE=username:ann,admin:true\n")
    text("runner/wings/config.yml", "Pterodactyl Wings", "debug: false\nuuid: ‹P uuid›\ntoken_id: ‹P alnum:16›\ntoken: ‹U alnum:64›\napi:\n  host: 0.0.0.0\n")


def homes(c):
    """Automation of homes, devices, and servers of games."""
    text = lambda name, tool, template: c.text("further/" + name, tool, template, KIND)
    text("home/esphome/porch.yaml", "ESPHome device", "esphome:\n  name: porch\napi:\n  encryption:\n    key: \"‹U b64:32›\"\nota:\n  - platform: esphome\n    password: \"‹U hex:32›\"\nwifi:\n  ssid: ShopNet\n  password: \"‹U pw:16›\"\n")
    text("home/openhab/things/mqtt.things", "openHAB", 'Bridge mqtt:broker:shop "Broker" [ host="mqtt.shop.internal", secure=true, username="ann", password="‹U pw:16›" ]\n')
    text("home/frigate/config.yml", "Frigate", "mqtt:\n  host: mqtt.shop.internal\n  user: ann\n  password: ‹U pw:16›\ncameras:\n  door:\n    ffmpeg:\n      inputs:\n        - path: rtsp://ann:‹U pw:14›@10.0.0.7:554/live\n")
    text("home/zwave/settings.json", "Z-Wave JS UI", '{\n  "zwave": {\n    "port": "/dev/ttyUSB0",\n    "securityKeys": {\n      "S2_Unauthenticated": "‹U HEX:32›",\n      "S2_Authenticated": "‹U HEX:32›",\n      "S0_Legacy": "‹U HEX:32›"\n    }\n  }\n}\n')
    text("firmware/arduino_secrets.h", "Arduino", "#define SECRET_SSID \"ShopNet\"\n#define SECRET_PASS \"‹U pw:16›\"\n")
    text("firmware/sdkconfig", "ESP-IDF", "CONFIG_EXAMPLE_WIFI_SSID=\"ShopNet\"\nCONFIG_EXAMPLE_WIFI_PASSWORD=\"‹U pw:16›\"\nCONFIG_MQTT_BUFFER_SIZE=1024\n")
    text("firmware/platformio.ini", "PlatformIO", "[env:porch]\nplatform = espressif32\nupload_protocol = espota\nupload_flags = --auth=‹U pw:16›\n")
    text("iot/chirpstack.toml", "ChirpStack", "[postgresql]\ndsn=\"postgres://ann:‹U pw:16›@db.shop.internal/chirpstack\"\n[api]\nsecret=\"‹U b64:32›\"\n")
    text("games/server.properties", "Minecraft", "enable-rcon=true\nrcon.port=25575\nrcon.password=‹U pw:14›\nlevel-seed=‹P digits:18›\nmotd=A Minecraft Server\n")
    text("games/csgo/server.cfg", "Source engine", "hostname \"shop\"\nrcon_password \"‹U pw:14›\"\nsv_password \"‹U pw:12›\"\nsv_lan 0\n")
    text("games/factorio/server-settings.json", "Factorio", '{\n  "name": "shop",\n  "username": "ann",\n  "password": "",\n  "token": "‹U hex:30›",\n  "game_password": "‹U pw:14›"\n}\n')
    text("games/PalWorldSettings.ini", "Palworld", "[/Script/Pal.PalGameWorldSettings]\nOptionSettings=(Difficulty=None,ServerName=\"shop\",AdminPassword=\"‹U pw:14›\",ServerPassword=\"\",PublicPort=8211)\n")
    text("games/fivem/server.cfg", "FiveM", "endpoint_add_tcp \"0.0.0.0:30120\"\nset mysql_connection_string \"mysql://ann:‹U pw:14›@db.shop.internal/fivem\"\nrcon_password ‹U pw:14›\nsv_licenseKey cfxk_‹U alnum:20›_‹. alnum:6›\n")
    text("games/GameUserSettings.ini", "ARK", "[ServerSettings]\nServerAdminPassword=‹U pw:14›\nRCONEnabled=True\n")
