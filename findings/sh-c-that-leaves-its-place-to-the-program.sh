#!/usr/bin/env bash
# Package: dash, bash, busybox-static (Debian bookworm)
# Version: dash 0.5.12-2, bash 5.2.15-2+b13, busybox-static 1:1.35.0-4+deb12u1+b1
# Expected: `sh -c "migrate && program"`, which is what the shell form of CMD in a Dockerfile starts, is the same with each
#   `sh`: the shell stays, is process 1, and a SIGTERM to it does not reach the program
# Seen: that is so with dash (Debian, Ubuntu) only, even where there is but one command. bash (images of Red Hat, Fedora,
#   Amazon Linux) and BusyBox (Alpine) run the last command in the place of the shell, so that the program gets the signal:
#   the same Dockerfile stops in time on one base and is killed on another.
# Date: 2026-11-29
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
apt-get download -qq dash=0.5.12-2 bash=5.2.15-2+b13 busybox-static=1:1.35.0-4+deb12u1+b1 2> /dev/null
for package in *.deb; do
  dpkg-deb -x "$package" debian
  dpkg-deb -f "$package" Package Version
done

cat > program <<'PROGRAM'
#!/usr/bin/env bash
trap 'echo got SIGTERM >> "$1"; exit 0' TERM
echo started >> "$1"
for _ in $(seq 100); do sleep 0.1; done
PROGRAM
chmod +x program

# Whether the program gets the signal that the process gets which was started.
signalled() {
  local log=$1 shell pid
  shift
  shell=("$@")
  : > "$log"
  "${shell[@]}" -c "true && ./program $log" &
  pid=$!
  until grep -q started "$log"; do sleep 0.1; done
  kill -TERM "$pid"
  sleep 1
  grep -q 'got SIGTERM' "$log"
}

for name in dash bash busybox; do
  words=("debian/bin/$name")
  [ "$name" = busybox ] && words+=(sh)
  if signalled "log-$name" "${words[@]}"; then got=yes; else got=no; fi
  echo "$name: the program gets SIGTERM: $got"
  case $name in dash) [ "$got" = no ] ;; *) [ "$got" = yes ] ;; esac
done
