#!/usr/bin/env bash
# Whether other machines make the same site: builds this one here and with every program given, and compares all files.
#
#     bash tests/elsewhere.sh PROGRAM ...
#
# A PROGRAM is what runs `via-site` of another processor, as one word, such as
# 'qemu-s390x -L /usr/s390x-linux-gnu target/s390x-unknown-linux-gnu/release/via-site'. SITE is another site than this one.
set -euo pipefail
[ $# -gt 0 ] || { sed -n '2,7s/^# \{0,1\}//p' "$0"; exit 2; }
cd "$(dirname "$0")/.."
cargo build --release
here="${CARGO_TARGET_DIR:-target}/release/via-site"
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
build() { # shellcheck disable=SC2086 # a program may be several words
  $1 build --site "${SITE:-.}" --date 2026-11-23 --output "$2"
}
build "$here" "$work/here"
for program; do
  build "$program" "$work/there"
  diff -r "$work/here" "$work/there" || { echo "FAILED: $program makes another site."; exit 1; }
  echo "The same $(find "$work/there" -type f | wc -l) files, byte for byte: $program"
  rm -rf "$work/there"
done
