#!/usr/bin/env bash
# Unpacks packages of a Debian suite, with all that they depend on, into a folder, and writes a starter for each program.
# Nothing is installed, and no root is needed.
#
#   scripts/truth/debian.sh SUITE FOLDER PACKAGE...
#
# FOLDER/bin/NAME starts FOLDER/root/usr/{bin,sbin}/NAME with the libraries of that suite, through its own dynamic loader,
# so that programs of trixie and sid run on an older system. FOLDER/versions lists what was unpacked.
set -euo pipefail
[[ $# -ge 3 ]] || { sed -n '2,/^set/{/^#/s/^# \{0,1\}//p}' "${BASH_SOURCE[0]}" >&2; exit 2; }
suite=$1; mkdir -p "$2"; folder=$(cd "$2" && pwd); shift 2

# The mirror that this machine uses.
mirror=$(sed -n 's/^URIs: *\(.*\/debian\) *$/\1/p; s/^deb [^#]*\(http[^ ]*\/debian\)\/\{0,1\} .*/\1/p' \
  /etc/apt/sources.list.d/*.sources /etc/apt/sources.list 2>/dev/null | head -n 1 || true)
mirror=${mirror:-http://deb.debian.org/debian}
mkdir -p "$folder"/{apt/lists/partial,apt/cache/archives/partial,apt/etc,root,bin}
: > "$folder/apt/status"
keyring=/usr/share/keyrings/debian-archive-keyring.gpg
echo "deb [signed-by=$keyring] $mirror $suite main" > "$folder/apt/sources.list"
apt=(-o "Dir::Etc::sourcelist=$folder/apt/sources.list" -o Dir::Etc::sourceparts=/dev/null -o Dir::Etc::preferencesparts=/dev/null
  -o "Dir::State::lists=$folder/apt/lists" -o "Dir::State::status=$folder/apt/status" -o "Dir::Cache=$folder/apt/cache"
  -o APT::Install-Recommends=false -o APT::Sandbox::User=root -o Debug::NoLocking=1)
[[ $(find "$folder/apt/lists" -name '*_Packages*') ]] || apt-get "${apt[@]}" -qq update

# With an empty status file, what would be installed is all that a program needs, libc6 among it.
mapfile -t urls < <(apt-get "${apt[@]}" -qq --print-uris --yes install "$@" | sed "s/^'\([^']*\)' \([^ ]*\) .*/\1 \2/")
cd "$folder/apt/cache/archives"
mapfile -t names < <(apt-get "${apt[@]}" -s --yes install "$@" | sed -n 's/^Inst \([^ ]*\) (\([^ ]*\) .*/\1=\2/p')
printf '%s\n' "${names[@]}" | sort > "$folder/versions"
skip='^(dpkg|debconf|perl-base|tar|base-files|init-system-helpers|passwd|adduser|login|coreutils|bash)='
for name in "${names[@]}"; do
  [[ $name =~ $skip || -e $folder/apt/done-${name//[^A-Za-z0-9.]/_} ]] && continue
  apt-get "${apt[@]}" -qq download "$name" > /dev/null
  for deb in ./*.deb; do dpkg -x "$deb" "$folder/root" && rm -f "$deb"; done
  : > "$folder/apt/done-${name//[^A-Za-z0-9.]/_}"
done
[[ ${#urls[@]} -gt 0 ]] || { echo "nothing to unpack" >&2; exit 1; }

root=$folder/root
loader=$(find "$root" -name 'ld-linux-*.so.*' | head -n 1)
libraries=$(find "$root" -name '*.so*' -printf '%h\n' | sort -u | paste -sd:)
for program in "$root"/usr/bin/* "$root"/usr/sbin/* "$root"/usr/lib/postgresql/*/bin/*; do
  [[ -f $program && -x $program ]] || continue
  printf '#!/bin/sh\nexec "%s" --library-path "%s" "%s" "$@"\n' "$loader" "$libraries" "$program" \
    > "$folder/bin/${program##*/}"
  chmod +x "$folder/bin/${program##*/}"
done
