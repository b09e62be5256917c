#!/usr/bin/env bash
# Package: msmtp, isync (mbsync), fetchmail (Debian bookworm)
# Version: 1.8.23-1, 1.4.4-5, 6.4.37-1
# Expected: the three are written alike, in words, and read alike: quotation marks keep blanks together, a backslash escapes
#   a quotation mark in them, and a number sign behind a blank begins a comment
# Seen: for msmtp all that follows `password` is the password, blanks, number signs and backslashes included; it takes off one
#   pair of double quotes around that. mbsync reads words: it ends at ` #`, joins `pa"ss"1` to `pass1`, takes out backslashes, also
#   where nothing is quoted, and does not know single quotes. fetchmail knows them and keeps the marks in `pa"ss"1`; but an
#   escaped mark makes the outer ones a part of the password: `"pa\"ss1"` is sent as `"pa"ss1"`.
# Date: 2026-11-30
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
work=$(mktemp -d)
pid=
trap '[[ -z $pid ]] || kill "$pid"; rm -rf "$work"' EXIT
cd "$work"
"$here/../scripts/truth/debian.sh" bookworm debian msmtp isync fetchmail
grep -E '^(msmtp|isync|fetchmail)=' debian/versions

# As much of SMTP, IMAP and POP3 as a login takes: each refuses it, and writes the password down.
cat > server.py <<'PY'
import base64
import socketserver
import threading


def note(password):
    with open("sent", "w") as file:
        file.write(password)


class Handler(socketserver.StreamRequestHandler):
    def say(self, line):
        self.wfile.write(line.encode() + b"\r\n")

    def handle(self):
        self.say(self.hello)
        for line in self.rfile:
            if self.answer(line.decode().rstrip("\r\n")):
                return


class Smtp(Handler):
    hello = "220 test"

    def answer(self, line):
        if line.startswith("EHLO"):
            self.say("250-test")
            self.say("250 AUTH PLAIN")
        elif line.startswith("AUTH PLAIN "):
            note(base64.b64decode(line.split()[2]).split(b"\0")[2].decode())
            self.say("535 refused")
            return True
        else:
            self.say("250 done")


class Imap(Handler):
    hello = "* OK test"

    def answer(self, line):
        tag, command, *rest = line.split(" ", 3)
        if command == "CAPABILITY":
            self.say("* CAPABILITY IMAP4rev1")
        elif command == "LOGIN":
            note(rest[1][1:-1].replace('\\"', '"').replace("\\\\", "\\"))
            self.say(tag + " NO refused")
            return True
        self.say(tag + " OK done")


class Pop3(Handler):
    hello = "+OK test"

    def answer(self, line):
        if line.startswith("PASS "):
            note(line[5:])
            self.say("-ERR refused")
            return True
        self.say("-ERR unknown" if line.startswith("CAPA") else "+OK done")


servers = [socketserver.ThreadingTCPServer(("127.0.0.1", 0), kind) for kind in (Smtp, Imap, Pop3)]
for server in servers:
    threading.Thread(target=server.serve_forever).start()
with open("ports", "w") as file:
    print(*(server.server_address[1] for server in servers), file=file)
PY
python3 server.py &
pid=$!
for _ in $(seq 100); do [[ -s ports ]] && break; sleep 0.1; done
read -r smtp imap pop3 < ports

with_msmtp() {
  printf '%s\n' 'account default' 'host 127.0.0.1' "port $smtp" 'auth plain' 'tls off' 'from a@test.example' 'user ann' "password $1" > rc
  echo text | debian/bin/msmtp -C rc b@test.example
}
with_mbsync() {
  printf '%s\n' 'IMAPAccount a' 'Host 127.0.0.1' "Port $imap" 'SSLType None' 'AuthMechs LOGIN' 'User ann' "Pass $1" '' \
    'IMAPStore far' 'Account a' '' 'MaildirStore near' "Path $work/mail/" "Inbox $work/mail/inbox" '' 'Channel c' \
    'Far :far:' 'Near :near:' > rc
  mkdir -p mail
  HOME=$work debian/bin/mbsync -c rc c
}
with_fetchmail() {
  echo "poll 127.0.0.1 service $pop3 protocol pop3 auth password user \"ann\" password $1" > rc
  HOME=$work debian/bin/fetchmail -f rc --sslproto '' --nosyslog -m cat
}
check() {
  local line=$1 reader said
  shift
  for reader in msmtp mbsync fetchmail; do
    rm -f sent rc
    (umask 077; "with_$reader" "$line") > log 2>&1 || true
    said='(refused)'
    [[ ! -e sent ]] || said=$(cat sent)
    printf '%-14s %-9s %s\n' "$line" "$reader" "$said"
    [[ $said == "$1" ]] || { cat log; echo changed; exit 1; }
    shift
  done
}
#     written          msmtp        mbsync       fetchmail
check 'pass1'          'pass1'      'pass1'      'pass1'
check '"pa ss1"'       'pa ss1'     'pa ss1'     'pa ss1'
check 'pa#ss1'         'pa#ss1'     'pa#ss1'     'pa#ss1'
check 'pa #ss1'        'pa #ss1'    'pa'         'pa'
check 'pa ss1'         'pa ss1'     '(refused)'  '(refused)'
check "'pa ss1'"       "'pa ss1'"   '(refused)'  'pa ss1'
check 'pa"ss"1'        'pa"ss"1'    'pass1'      'pa"ss"1'
check '"pa\"ss1"'      'pa\"ss1'    'pa"ss1'     '"pa"ss1"'
check 'pa\ss1'         'pa\ss1'     'pass1'      'pass1'
