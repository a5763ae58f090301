#!/usr/bin/env bash
# All tests: installs what they need, then runs the Rust tests and a browser that reads the built pages as a reader would.
#
#     bash tests/run.sh
#
# Node.js and Chromium are installed with apt-get where they are missing and that is possible; elsewhere this script says
# what is missing. So are Ruby, Python and pdftotext, which judge some of what is built, strace and bindfs, which bring
# builds into trouble, and valgrind, which counts instructions; without them what they do is left out, and the tests say so. CHROMIUM=/path/to/chrome names another browser. Every part runs, also after one that failed.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.." || exit 1
exec </dev/null

failed=()
# shellcheck source=tests/needs.sh
. tests/needs.sh

target="${CARGO_TARGET_DIR:-target}"
case "$target" in /*) ;; *) target="$PWD/$target" ;; esac

# With its feature, so that what it needs is compiled once; the release build for the browser is the plain one.
say 'cargo test'
cargo test --features deploy || failed+=('cargo test')

say 'deploying and verifying'
# With the program that the tests above have built: by itself it would be compiled anew, for what only tests need is left out then.
(cd tests/online && VIA_SITE_ONLINE="$target/debug/via-site" node --test --test-reporter=spec ./*.test.mjs) || failed+=('online')

say 'cargo build --release'
if cargo build --release; then
  say 'browser'
  (cd tests/browser && VIA_SITE="$target/release/via-site" node --test --test-concurrency=2 --test-reporter=spec ./*.test.mjs) || failed+=('browser')
  say 'instructions of each stage'
  CARGO_TARGET_DIR="$target" bash benches/stages/count.sh || failed+=('instructions')
else
  failed+=('cargo build --release')
fi

echo
if [ ${#failed[@]} -gt 0 ]; then
  (IFS=,; echo "FAILED: ${failed[*]}")
  exit 1
fi
echo 'All tests passed: Rust and browser.'
