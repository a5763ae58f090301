#!/usr/bin/env bash
# A release of the last commit: the program with every feature, the list of its parts (SBOM, CycloneDX), and their SHA-256.
#
#     bash release/build.sh FOLDER           # into this folder, which is made
#     bash release/build.sh --twice FOLDER   # from two folders, and says whether both give the same bytes
#
# Needs: cargo install --locked cargo-auditable cargo-cyclonedx
set -euo pipefail
twice=
[ "${1:-}" = --twice ] && { twice=1; shift; }
[ $# -eq 1 ] || { sed -n '2,7s/^# \{0,1\}//p' "$0"; exit 2; }
mkdir -p "$1"
into="$(cd "$1" && pwd)"
cd "$(dirname "$0")/.."
for tool in cargo-auditable cargo-cyclonedx; do
  command -v "$tool" >/dev/null || { echo "$tool is missing: cargo install --locked $tool"; exit 2; }
done

work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
# What is not committed, and where and when this is built, do not count.
SOURCE_DATE_EPOCH="$(git log -1 --format=%ct)"
export SOURCE_DATE_EPOCH CARGO_INCREMENTAL=0 LC_ALL=C TZ=UTC
unset RUSTFLAGS CARGO_TARGET_DIR

# Builds a copy of the commit in folder $1 and puts what is released into $2.
build() {
  local cargo_home="${CARGO_HOME:-$HOME/.cargo}" name=via-site
  mkdir -p "$1" "$2"
  git archive HEAD | tar -x -C "$1"
  (
    cd "$1"
    CARGO_ENCODED_RUSTFLAGS="$(printf -- '--remap-path-prefix=%s=/via-site\x1f--remap-path-prefix=%s=/cargo' "$1" "$cargo_home")"
    CFLAGS="-ffile-prefix-map=$1=/via-site -ffile-prefix-map=$cargo_home=/cargo"
    export CARGO_ENCODED_RUSTFLAGS CFLAGS
    cargo auditable build --locked --release --features deploy
    cargo cyclonedx --format json --spec-version 1.5 --features deploy --override-filename "$name.cdx"
    # The list names the package by its folder.
    sed "s#file://$1#file:///via-site#g" "$name.cdx.json" >"$2/$name.cdx.json"
    cp "target/release/$name" "$2"
  )
  rm -rf "$1"
  (cd "$2" && sha256sum "$name" "$name.cdx.json" >SHA256SUMS)
}

build "$work/one" "$into"
if [ -n "$twice" ]; then
  build "$work/another-folder/below" "$work/second"
  if cmp "$into/SHA256SUMS" "$work/second/SHA256SUMS"; then
    echo 'Both builds gave the same bytes:'
  else
    echo 'FAILED: the builds differ.'
    cat "$work/second/SHA256SUMS" "$into/SHA256SUMS"
    exit 1
  fi
fi
cat "$into/SHA256SUMS"
