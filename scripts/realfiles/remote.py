"""Programs that reach other machines: mail, VPN, remote shells and desktops, transfer of files, password managers, wallets.

None of them was looked at while the recognisers were written, so their figures are those of files not seen before.
"""
import base64, hashlib, hmac, pathlib

KIND = "further"


def winscp(text):
    """Returns what WinSCP keeps for a password, with what it puts before it."""
    scrambled = lambda number: f"{(~number & 0xFF) ^ 0xA3:02X}"
    return scrambled(0xFF) + scrambled(0) + scrambled(len(text)) + scrambled(0) + "".join(scrambled(ord(letter)) for letter in text)


def base58check(payload):
    """Returns bytes in base58, with a checksum."""
    digits = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
    whole = payload + hashlib.sha256(hashlib.sha256(payload).digest()).digest()[:4]
    number, text = int.from_bytes(whole, "big"), ""
    while number:
        number, digit = divmod(number, 58)
        text = digits[digit] + text
    return text


def electrum(c):
    """Returns a phrase that Electrum would make."""
    words = (pathlib.Path(__file__).resolve().parents[2] / "src/detect/proof/bip39/english.txt").read_text().split()
    while True:
        phrase = " ".join(c.random.choice(words) for _ in range(12))
        if hmac.new(b"Seed version", phrase.encode(), hashlib.sha512).hexdigest().startswith("100"):
            return phrase


def clients(c):
    """Mail, VPN, remote shells and transfer of files."""
    text = lambda name, tool, template: c.text("further/" + name, tool, template, KIND)
    text("home/.config/aerc/accounts.conf", "aerc", "[shop]\nsource = imaps://ann:‹U pw:16›@imap.shop.internal:993\noutgoing = smtps://ann:‹U pw:16›@smtp.shop.internal:465\nfrom = Ann <ann@shop.internal>\n")
    text("home/.config/himalaya/config.toml", "himalaya", "[accounts.shop]\nemail = \"ann@shop.internal\"\nbackend.type = \"imap\"\nbackend.host = \"imap.shop.internal\"\nbackend.login = \"ann\"\nbackend.auth.type = \"password\"\nbackend.auth.raw = \"‹U pw:16›\"\nmessage.send.backend.auth.raw = \"‹U pw:16›\"\n")
    text("home/.getmail/getmailrc", "getmail", "[retriever]\ntype = SimpleIMAPSSLRetriever\nserver = imap.shop.internal\nusername = ann\npassword = ‹U pw:16›\n\n[destination]\ntype = Maildir\n")
    text("home/.config/neomutt/account", "NeoMutt", "set imap_user = \"ann@shop.internal\"\nset smtp_pass = \"‹U pw:16›\"\nset imap_pass = '‹U pw:16›'\n")
    text("home/.claws-mail/passwordstorerc", "Claws Mail", "[config:version]\nversion=0\n[account:1]\nrecv {AES-256-CBC,50000}‹E b64:160›\n")
    text("home/.vpnc/shop.conf", "vpnc", "IPSec gateway vpn.shop.internal\nIPSec ID shop\nIPSec secret ‹U pw:16›\nXauth username ann\nXauth password ‹U pw:16›\n")
    text("etc/openfortivpn/config", "openfortivpn", "host = vpn.shop.internal\nport = 443\nusername = ann\npassword = ‹U pw:16›\ntrusted-cert = ‹P hex:64›\n")
    state = base64.b64encode(("privkey:" + c.value("hex:64")).encode()).decode()
    text("var/tailscaled.state", "tailscaled", '{\n  "_machinekey": "‹U =' + state + '›",\n  "_current-profile": "‹P =cHJvZmlsZS0xMjM0›"\n}\n')
    text("etc/netbird/config.json", "NetBird", '{\n    "PrivateKey": "‹U b64:32›",\n    "PreSharedKey": "‹U b64:32›",\n    "ManagementURL": {"Scheme": "https", "Host": "api.shop.internal:443"},\n    "WgIface": "wt0"\n}\n')
    text("home/.config/remmina/shop.remmina", "Remmina", "[remmina]\nname=shop\nprotocol=RDP\nserver=rdp.shop.internal\nusername=ann\npassword=‹K b64:24›\n")
    text("home/.config/remmina/remmina.pref", "Remmina", "[remmina_pref]\nsecret=‹U b64:32›\nsave_view_mode=true\n")
    text("WinSCP.ini", "WinSCP", "[Sessions\\ann@host.shop.internal]\nHostName=host.shop.internal\nUserName=ann\nPassword=‹R =" + winscp("annhost.shop.internal" + c.value("pw:14")) + "›\n")
    text("confCons.xml", "mRemoteNG", '<?xml version="1.0" encoding="utf-8"?>\n<mrng:Connections xmlns:mrng="http://mremoteng.org" Name="Connections" EncryptionEngine="AES" BlockCipherMode="GCM" KdfIterations="1000" FullFileEncryption="false" ConfVersion="2.6">\n    <Node Name="web" Type="Connection" Protocol="SSH2" Hostname="web.shop.internal" Username="ann" Password="‹R b64:62›" Port="22" />\n</mrng:Connections>\n')
    text("SecureCRT/Sessions/web.ini", "SecureCRT", 'S:"Hostname"=web.shop.internal\nS:"Username"=ann\nS:"Password V2"=02:‹R hex:128›\nD:"[SSH2] Port"=00000016\n')
    text("UltraVNC.ini", "UltraVNC", "[ultravnc]\npasswd=‹R HEX:16›00\npasswd2=‹R HEX:16›00\n[admin]\nPortNumber=5900\n")
    text("home/web.rdp", "Remote Desktop", "full address:s:rdp.shop.internal\nusername:s:ann\npassword 51:b:01000000D08C9DDF0115D1118C7A00C04FC297EB‹E HEX:300›\n")
    text("wcx_ftp.ini", "Total Commander", "[shop]\nhost=ftp.shop.internal\nusername=ann\npassword=‹R HEX:36›\n")
    padded = base64.b64encode(c.value("pw:14").encode() + b"\0").decode()
    text("home/.ncftp/bookmarks", "NcFTP", "NcFTP bookmark-file version: 8\nNumber of bookmarks: 1\nshop,ftp.shop.internal,ann,*encoded*‹R =" + padded + "›,,,I,21,1700000000,1,1,1,1,,,,,,S,-1,\n")
    text("proj/.vscode/sftp.json", "VS Code SFTP", '{\n    "name": "shop",\n    "host": "host.shop.internal",\n    "protocol": "sftp",\n    "port": 22,\n    "username": "ann",\n    "password": "‹U pw:16›",\n    "remotePath": "/"\n}\n')
    text("proj/sftp-config.json", "Sublime SFTP", '{\n    // The tab key will cycle through the settings\n    "type": "sftp",\n    "host": "host.shop.internal",\n    "user": "ann",\n    "password": "‹U pw:16›",\n    //"port": "22",\n}\n')


def vaults(c):
    """Exports of password managers, programs that make backups, and wallets."""
    text = lambda name, tool, template: c.text("further/" + name, tool, template, KIND)
    text("export/bitwarden.json", "Bitwarden, JSON", '{\n  "encrypted": false,\n  "items": [\n    {\n      "type": 1,\n      "name": "Shop",\n      "login": {\n        "username": "ann",\n        "password": "‹U pw:16›",\n        "totp": "‹U base32:32›"\n      }\n    }\n  ]\n}\n')
    text("export/enpass.json", "Enpass", '{\n  "items": [\n    {\n      "category": "login",\n      "title": "Shop",\n      "fields": [\n        {"label": "Username", "type": "username", "value": "ann", "sensitive": 0},\n        {"label": "Password", "type": "password", "value": "‹U pw:16›", "sensitive": 1}\n      ]\n    }\n  ]\n}\n')
    text("export/dashlane.csv", "Dashlane", "username,username2,username3,title,password,note,url,category,otpUrl\nann,,,Shop,‹U pw:16›,,https://shop.internal,,\n")
    text("export/proton.json", "Proton Pass", '{"version":"1.21.2","encrypted":false,"vaults":{"a":{"name":"Personal","items":[\n{"data":{"metadata":{"name":"Shop"},"type":"login","content":{"itemEmail":"ann@shop.internal","password":"‹U pw:16›","urls":["https://shop.internal/"],"totpUri":""}}}\n]}}}\n')
    text("export/keepass1.xml", "KeePass 1", "<?xml version=\"1.0\"?>\n<pwlist>\n<pwentry>\n\t<group>Internet</group>\n\t<title>Shop</title>\n\t<username>ann</username>\n\t<url>https://shop.internal</url>\n\t<password>‹U pw:16›</password>\n</pwentry>\n</pwlist>\n")
    text("export/aegis.json", "Aegis", '{\n    "version": 1,\n    "header": {"slots": null, "params": null},\n    "db": {\n        "version": 3,\n        "entries": [\n            {\n                "type": "totp",\n                "name": "ann",\n                "issuer": "Shop",\n                "info": {\n                    "secret": "‹U base32:32›",\n                    "algo": "SHA1",\n                    "digits": 6,\n                    "period": 30\n                }\n            }\n        ]\n    }\n}\n')
    text("export/migration.txt", "Google Authenticator", "otpauth-migration://offline?data=‹U b64u:60›\n")
    text("home/.config/kopia/repository.config", "Kopia", '{\n  "storage": {\n    "type": "s3",\n    "config": {\n      "bucket": "backup",\n      "endpoint": "s3.shop.internal",\n      "accessKeyID": "‹. alnum:20›",\n      "secretAccessKey": "‹U alnum:40›"\n    }\n  },\n  "hostname": "web"\n}\n')
    text("home/.config/kopia/repository.config.kopia-password", "Kopia", "‹R =" + base64.b64encode(c.value("pw:18").encode()).decode() + "›")
    text("etc/borgmatic/config.yaml", "borgmatic", "repositories:\n    - path: ssh://ann@backup.shop.internal/./shop.borg\nencryption_passphrase: \"‹U pw:24›\"\nkeep_daily: 7\n")
    text("duplicati/shop-duplicati-config.json", "Duplicati", '{\n  "CreatedByVersion": "2.0.8.1",\n  "Backup": {\n    "Name": "shop",\n    "TargetURL": "ftp://backup.shop.internal/shop?auth-username=ann&auth-password=‹U pw:16›",\n    "Settings": [\n      {\n        "Filter": "",\n        "Name": "passphrase",\n        "Value": "‹U pw:24›",\n        "Argument": null\n      }\n    ]\n  }\n}\n')
    text("etc/resticprofile/profiles.yaml", "resticprofile", "version: \"1\"\ndefault:\n  repository: rest:https://ann:‹U pw:16›@backup.shop.internal/shop\n  env:\n    RESTIC_PASSWORD: \"‹U pw:24›\"\n    AWS_SECRET_ACCESS_KEY: ‹U alnum:40›\n")
    text("etc/backup/duply/conf", "duply", "GPG_KEY='24875D73'\nGPG_PW='‹U pw:20›'\nTARGET='sftp://ann:‹U pw:16›@backup.shop.internal//shop'\n")
    text("wallet/default_wallet", "Electrum", '{\n    "keystore": {\n        "derivation": "m/0h",\n        "pw_hash_version": 1,\n        "seed": "‹U =' + electrum(c) + '›",\n        "type": "bip32",\n        "xprv": "‹U =' + base58check(b"\x04\xb2\x43\x0c" + c.bytes(9) + c.bytes(32) + b"\0" + c.bytes(32)) + '›",\n        "xpub": "zpub‹P alnum:107›"\n    },\n    "seed_version": 59,\n    "use_encryption": false\n}\n')
    text("wallet/bitcoin.conf", "bitcoind, by hand", "server=1\nrpcuser=ann\nrpcpassword=‹U pw:24›\nrpcauth=bob:‹H hex:32›$‹. hex:64›\n")
    c.whole("further/wallet/hsm_secret", "Core Lightning", "U", c.bytes(32), KIND)
    text("wallet/near/ann.testnet.json", "near-cli", '{"account_id":"ann.testnet","public_key":"ed25519:‹. alnum:44›","private_key":"ed25519:‹U alnum:88›"}')
    text("wallet/.tezos-client/secret_keys", "octez-client", '[ { "name": "ann",\n    "value": "unencrypted:‹U =' + base58check(b"\x0d\x0f\x3a\x07" + c.bytes(32)) + '›" },\n  { "name": "bob",\n    "value": "encrypted:edesk‹E alnum:83›" } ]\n')
