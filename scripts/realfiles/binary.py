"""Keys that are no text, built by the structure of their formats, and DES as VNC uses it."""
import base64, hashlib, struct
from servers import rsa_der


def binaries(c):
    der = base64.b64decode(rsa_der(c))
    c.whole("bin/rsa-pkcs1.der", "openssl rsa -traditional", "U", der, "documented")
    c.whole("bin/authkey", "corosync-keygen", "U", c.bytes(256), "documented")
    c.whole("bin/corosync/authkey", "corosync-keygen", "U", c.bytes(128), "documented")
    c.whole("bin/munge/munge.key", "mungekey", "U", c.bytes(1024), "documented")
    c.whole("bin/tor/hs_ed25519_secret_key", "tor", "U", b"== ed25519v1-secret: type0 ==\0\0\0" + c.bytes(64), "documented")
    c.whole("bin/tor/hs_ed25519_public_key", "tor", "P", b"== ed25519v1-public: type0 ==\0\0\0" + c.bytes(32), "documented")
    key = struct.pack(">II", 1, 2) + b""
    git_crypt = b"\0GITCRYPTKEY" + struct.pack(">I", 2) + struct.pack(">I", 0)
    git_crypt += struct.pack(">II", 1, 4) + struct.pack(">I", 0) + struct.pack(">II", 3, 32) + c.bytes(32) + struct.pack(">II", 5, 64) + c.bytes(64) + struct.pack(">I", 0)
    c.whole("bin/git-crypt.key", "git-crypt export-key", "U", git_crypt, "documented")
    c.whole("bin/secret.txt", "git-crypt", "E", b"\0GITCRYPT\0" + c.bytes(100), "documented")
    entry = principal(b"SHOP.INTERNAL", [b"HTTP", b"web.shop.internal"]) + struct.pack(">IIBHH", 1, 1700000000, 3, 18, 32) + c.bytes(32)
    c.whole("bin/http.keytab", "ktutil", "U", b"\x05\x02" + struct.pack(">i", len(entry)) + entry, "documented")
    c.whole("bin/vnc/passwd", "vncpasswd", "R", c.bytes(8), "documented")
    c.whole("bin/jenkins/secrets/hudson.util.Secret", "Jenkins", "U", c.bytes(272), "documented")
    ssh1 = b"SSH PRIVATE KEY FILE FORMAT 1.1\n\0" + struct.pack(">BII", 0, 0, 1024) + mpint(c.bytes(128)) + mpint(b"\1\0\1") + struct.pack(">I", 4) + b"note" + b"abab" + mpint(c.bytes(128)) + mpint(c.bytes(64)) + mpint(c.bytes(64)) + mpint(c.bytes(64)) + b"\0" * 4
    c.whole("bin/ssh1key", "puttygen -O private-1", "U", ssh1, "documented")
    enciphered = bytearray(ssh1)
    enciphered[33] = 3
    c.whole("bin/ssh1key-locked", "puttygen -O private-1", "E", bytes(enciphered), "documented")
    blob = b"\x07\x02\0\0" + struct.pack("<I", 0xA400) + b"RSA2" + struct.pack("<II", 2048, 65537) + c.bytes(256 + 5 * 128 + 256)
    c.whole("bin/rsa.msblob", "openssl rsa -outform MSBLOB", "U", blob, "documented")
    c.whole("bin/rsa.pvk", "openssl rsa -outform PVK", "U", struct.pack("<IIIIII", 0xB0B5F11E, 0, 1, 0, 0, len(blob)) + blob, "documented")
    c.whole("bin/rsa-locked.pvk", "openssl rsa -outform PVK", "E", struct.pack("<IIIIII", 0xB0B5F11E, 0, 1, 1, 16, len(blob)) + c.bytes(16) + blob[:8] + c.bytes(len(blob) - 8), "documented")
    c.whole("bin/.mylogin.cnf", "mysql_config_editor", "R", b"\0\0\0\0" + bytes(b % 32 for b in c.bytes(20)) + b"".join(struct.pack("<I", n) + c.bytes(n) for n in (16, 16, 32, 48)), "documented")
    c.whole("bin/random.bin", "dd", "P", c.bytes(1024), "documented")
    c.whole("bin/thumbs/passwd.png", "an image", "P", b"\x89PNG\r\n\x1a\n" + c.bytes(500), "documented")


def principal(realm, parts):
    counted = lambda text: struct.pack(">H", len(text)) + text
    return struct.pack(">H", len(parts)) + counted(realm) + b"".join(counted(part) for part in parts)


def mpint(number):
    number = bytes([number[0] | 0x80]) + number[1:]
    return struct.pack(">H", len(number) * 8) + number
