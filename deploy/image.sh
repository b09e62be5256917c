#!/usr/bin/env bash
# Builds an image with buildah, on an empty base.
#
#   deploy/image.sh gonogo TAG PROGRAM              the scanner
#   deploy/image.sh worker TAG PROGRAM BULK         gonogo and gonogo-bulk, with git and ssh from Debian
#
# Static programs (`cargo build --profile dist --locked --target x86_64-unknown-linux-musl`) are copied alone, others with
# the libraries that they load. Of Debian's packages apt checks the signatures.
set -euo pipefail
[[ $# -ge 3 ]] || { sed -n '2,/^set/{/^#/s/^# \{0,1\}//p}' "${BASH_SOURCE[0]}" >&2; exit 2; }
here=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)
kind=$1 tag=$2; shift 2
context=$(mktemp -d)
trap 'rm -rf -- "$context"' EXIT
root=$context/$kind
mkdir -p "$root/usr/local/bin"

if [[ $kind == worker ]]; then
  "$here/../scripts/truth/debian.sh" bookworm "$context/debian" git openssh-client ca-certificates > /dev/null
  cp -a "$context/debian/root/." "$root"
  # What the package makes when it is installed: all certificates in one file, where git looks for it.
  mkdir -p "$root/etc/ssl/certs"
  find "$root/usr/share/ca-certificates" -name '*.crt' -print0 | sort -z | xargs -0 cat > "$root/etc/ssl/certs/ca-certificates.crt"
  rm -rf "$root"/usr/share/{doc,man,locale,info} "$context/debian"
fi
for program in "$@"; do
  install -m 0755 "$program" "$root/usr/local/bin/"
  # The lines of ldd are `name => path (address)`, and for the loader `path (address)`.
  { ldd "$program" 2> /dev/null || true; } | sed -n 's/.*=> \(\/[^ ]*\) .*/\1/p; s/^[[:space:]]*\(\/[^ ]*\) (.*/\1/p' |
    while read -r library; do
      [[ -e $root$library ]] || install -D -m 0755 "$library" "$root$library"
    done
done
buildah build --file "$here/Containerfile" --target "$kind" --tag "$tag" "$context"
