#!/usr/bin/env bash
# Gets the program for the action, and writes its path to GITHUB_OUTPUT: of a release, whose checksum must be right; or
# built from the checkout of the action. Whatever goes wrong fails the step, and with it the job.
set -euo pipefail

built_here() {
  command -v cargo >/dev/null || {
    echo '::error::there is no Cargo on this runner to build gonogo with: set the input `version` to a release'
    exit 2
  }
  # Not below the checkout, which a scan of the action's own repository would find.
  local target="$RUNNER_TEMP/gonogo-target"
  CARGO_TARGET_DIR=$target cargo build --release --locked --manifest-path "$ACTION/Cargo.toml"
  program=$target/release/gonogo
  if [[ $RUNNER_OS == Windows ]]; then
    program+=.exe
  fi
}

released() {
  local target
  case $RUNNER_OS-$RUNNER_ARCH in
    Linux-X64) target=x86_64-unknown-linux-musl ;;
    Linux-ARM64) target=aarch64-unknown-linux-musl ;;
    macOS-ARM64) target=aarch64-apple-darwin ;;
    macOS-X64) target=x86_64-apple-darwin ;;
    Windows-X64) target=x86_64-pc-windows-msvc ;;
    *)
      echo "::error::there is no release for $RUNNER_OS on $RUNNER_ARCH: leave the input \`version\` empty"
      exit 2
      ;;
  esac
  if [[ ! $VERSION =~ ^v[0-9]+\.[0-9]+\.[0-9]+$ ]]; then
    echo '::error::the input `version` is no release such as v0.1.0'
    exit 2
  fi
  local folder="$RUNNER_TEMP/gonogo-$VERSION" name="gonogo-$target.tar.gz"
  local from="$SERVER/$REPOSITORY/releases/download/$VERSION"
  mkdir -p "$folder"
  cd "$folder"
  curl --fail --silent --show-error --location --retry 3 --remote-name "$from/$name"
  curl --fail --silent --show-error --location --retry 3 --remote-name "$from/SHA256SUMS"
  # A list without this file must not pass for one in which it is right.
  grep -F -- "  $name" SHA256SUMS >expected
  if command -v sha256sum >/dev/null; then
    sha256sum --check --strict expected
  else
    shasum -a 256 --check --strict expected
  fi
  tar -xzf "$name"
  program=$folder/gonogo
  if [[ $RUNNER_OS == Windows ]]; then
    program+=.exe
  fi
}

if [[ -n ${VERSION:-} ]]; then
  released
else
  built_here
fi
"$program" --version
echo "program=$program" >>"$GITHUB_OUTPUT"
