#!/usr/bin/env bash
# Installs the programs whose files make.py writes into a folder, and keeps those that are there from an earlier run.
#
#   scripts/realfiles/tools.sh FOLDER
#
# Prints the variables that make.py needs. Programs of Debian are unpacked beside the system (see scripts/truth/debian.sh);
# those of PyPI have an environment each, in which libraries share one; those of npm and Maven are in one folder each. What
# cannot be had is named, and make.py leaves it out.
set -uo pipefail
[[ $# -eq 1 ]] || { sed -n '2,/^set/{/^#/s/^# \{0,1\}//p}' "${BASH_SOURCE[0]}" >&2; exit 2; }
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
mkdir -p "$1"/{bin,pypi,npm,jars}
folder=$(cd "$1" && pwd)

debian=(
  minisign signify-openbsd putty-tools git-crypt bind9-utils openvpn wpasupplicant borgbackup rclone age tigervnc-tools
  gnutls-bin wireguard-tools apache2-utils nmap sasl2-bin sssd-tools mosquitto chrony easy-rsa golang-cfssl restic
  opendkim-tools tinc yggdrasil electrum syncthing transmission-daemon deluged deluge-web subversion cvs fossil dropbear-bin
  tinysshd cfengine3 hiera-eyaml obfs4proxy fastd snmpd knot unbound ldnsutils krb5-kdc krb5-user csync2 libnss3-tools redis
  gocryptfs mkcert kubernetes-client dovecot-core sq rnp rspamd fwknop-client cntlm xrdp crowdsec pgpool2 postgresql-15
  pdns-server pdns-tools pdns-backend-sqlite3 samba-common-bin samba debconf-utils dbconfig-common odbcinst
  ncftp znc baresip-core libvirt-daemon libvirt-clients tang jose adb gnome-keyring libsecret-tools dbus qbittorrent-nox
  ocserv mediawiki php-sqlite3 php-cli i2pd ecryptfs-utils icecast2 tripwire softhsm2 slapd
)
# Those that cannot be installed together with one of the above.
beside=(heimdal-kdc heimdal-clients)

environment() {
  local name=$1; shift
  [[ -d $folder/pypi/$name ]] && return
  python3 -m venv "$folder/pypi/$name" && "$folder/pypi/$name/bin/pip" install --quiet "$@" || { echo "left out: $name" >&2; return; }
  for program in "$folder/pypi/$name"/bin/*; do
    case ${program##*/} in python*|pip*|activate*) ;; *) ln -sf "$program" "$folder/bin/" ;; esac
  done
}

module() {
  local name=${1%@[0-9]*}
  [[ -d $folder/npm/node_modules/$name ]] && return
  (cd "$folder/npm" && npm install --silent --no-audit --no-fund --ignore-scripts --legacy-peer-deps "$1") || echo "left out: $1" >&2
}

jar() {
  [[ -f $folder/jars/$2-$3.jar ]] || mvn -q dependency:copy "-Dartifact=$1:$2:$3" "-DoutputDirectory=$folder/jars" || echo "left out: $2" >&2
}

# A library with all that it depends on, in a folder of its own.
jars() {
  [[ -d $folder/jars/$1 ]] && return
  local project; project=$(mktemp -d)
  printf '<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion><groupId>a</groupId><artifactId>a</artifactId><version>1</version><dependencies><dependency><groupId>%s</groupId><artifactId>%s</artifactId><version>%s</version></dependency></dependencies></project>' "$2" "$3" "$4" > "$project/pom.xml"
  (cd "$project" && mvn -q dependency:copy-dependencies "-DoutputDirectory=$folder/jars/$1") || echo "left out: $3" >&2
  rm -rf "$project"
}

if [[ $(id -u) = 0 ]]; then
  # Daemons are not started when they are installed: make.py starts those that it needs.
  export DEBIAN_FRONTEND=noninteractive
  for package in "${debian[@]}"; do
    dpkg -s "$package" > /dev/null 2>&1 || apt-get install -qq --no-install-recommends "$package" > /dev/null 2>&1 || echo "left out: $package" >&2
  done
  "$here/../truth/debian.sh" bookworm "$folder/debian" "${beside[@]}" > /dev/null 2>&1 || echo "left out: ${beside[*]}" >&2
  ln -sf "$folder"/debian/bin/{kstash,kadmin.heimdal} "$folder/bin/"
else
  "$here/../truth/debian.sh" bookworm "$folder/debian" "${debian[@]}" "${beside[@]}" > /dev/null || echo "left out: programs of Debian" >&2
  ln -sf "$folder"/debian/bin/* "$folder/bin/"
fi

for name in httpie llm coscmd limnoria s3cmd awscli kinto poetry ansible-core keystone jupyterhub roundup py4web snowflake-cli \
  esphome databricks-cli buildbot-worker; do
  environment "$name" "$name" 'setuptools<80'
done
environment tahoe tahoe-lafs 'setuptools<80'
environment devpi devpi-client devpi-server 'setuptools<80'
environment libraries httpie osc trustme mitmproxy pymacaroons pyotp argon2-cffi passlib keyring keyrings.alt vcrpy signedjson \
  jwcrypto eth_account pykeepass cryptography pyftpdlib telethon Mastodon.py HAP-python base36 pyqrcode dkimpy pynacl duckdb

for name in pm2 ssb-keys sails ethers web-push openpgp nkeys.js @stellar/stellar-sdk @solana/web3.js@1 jose near-cli newman hardhat@2; do
  module "$name"
done

jar org.hsqldb hsqldb 2.7.4
jar com.h2database h2 2.3.232
jar org.bouncycastle bcprov-jdk18on 1.79
jar org.apache.activemq artemis-commons 2.38.0
jar org.jasypt jasypt 1.9.3
jar org.slf4j slf4j-api 2.0.16
jar org.jboss.logging jboss-logging 3.6.1.Final
jar com.alibaba druid 1.2.23
jar commons-logging commons-logging 1.3.4
jar org.apache.tomee openejb-core 9.1.3
jar org.apache.hadoop hadoop-client-runtime 3.4.1
jar org.apache.hadoop hadoop-client-api 3.4.1
jars elytron org.wildfly.security wildfly-elytron-tool 2.6.0.Final
jars elasticsearch org.elasticsearch elasticsearch 7.17.25
jars tomee org.apache.tomee openejb-core 9.1.3

for program in github.com/matrix-org/dendrite/cmd/generate-keys@v0.13.8 github.com/google/go-containerregistry/cmd/crane@v0.20.2; do
  name=${program##*/}
  [[ -x $folder/bin/${name%@*} ]] || GOBIN=$folder/bin go install "$program" 2> /dev/null || echo "left out: ${name%@*}" >&2
done

echo "export PATH=$folder/bin:/usr/sbin:\$PATH REALFILES_NODE=$folder/npm REALFILES_JARS=$folder/jars REALFILES_PYPI=$folder/pypi"
echo "# then: $folder/pypi/libraries/bin/python scripts/realfiles/make.py FOLDER"
