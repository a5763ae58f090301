#!/usr/bin/env bash
# What this project promises about trust, tried out: nothing lost, nobody let in, nothing broken on the way out.
#
#     bash tests/trust.sh                          # as in CI: about twenty minutes
#     bash tests/trust.sh --long                   # as docs/trust.md has the figures: about five hours
#     bash tests/trust.sh [--long] publishing fuzz # only these parts
#
# Installs what it needs as tests/run.sh does. Every part runs, also after one that failed.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.." || exit 1
exec </dev/null

all=(publishing reproducible hostile scripts outside fuzz supply)
long=
[ "${1:-}" = --long ] && { long=1; shift; }
parts=("$@")
[ $# -gt 0 ] || parts=("${all[@]}")
for part in "${parts[@]}"; do
  case " ${all[*]} " in *" $part "*) ;; *) echo "There is no part \"$part\"; there are: ${all[*]}."; exit 2 ;; esac
done

failed=()
# shellcheck source=tests/needs.sh
. tests/needs.sh
[ -z "$long" ] || export VIA_SITE_LONG=1

target="${CARGO_TARGET_DIR:-target}"
case "$target" in /*) ;; *) target="$PWD/$target" ;; esac
# With the feature, as in tests/run.sh, so that nothing is compiled twice.
rust() { cargo test --features deploy "$@"; }
release() { cargo build --release && VIA_SITE="$target/release/via-site" && export VIA_SITE; }

# Builds that are killed, refused, out of room, beside each other; on every file system that this machine has for temporary files.
# The release build, so that an instant falls where it falls for everybody.
publishing() { release && rust --test fire -- --nocapture --test-threads 1 && rust --test publish --test memo; }

# The same bytes whatever the threads, the folder, the order of files and what was built before.
reproducible() { rust --test determinism --test incremental; }

# What the fuzzers kept, sizes, depths, names.
hostile() {
  # A second for 1 MB, and a hundred thousand files, are asked of the release build.
  [ -z "$long" ] || release || return 1
  rust --test hostile --test properties --test odd_trees || return 1
  if [ -n "$long" ]; then rust --release --test linear -- --include-ignored --nocapture; else rust --test linear; fi
}

# In a browser: hostile texts in every field and name, the policy, and what the preview answers to.
scripts() {
  release && (cd tests/browser && node --test --test-reporter=spec planted.test.mjs vectors.test.mjs security.test.mjs) && rust --test serve attacks
}

# Other machines: a published site on a host, a deployment to storage that fails in between.
outside() {
  rust --test verify &&
    (cd tests/online && VIA_SITE_ONLINE="$target/debug/via-site" node --test --test-reporter=spec ./*.test.mjs)
}

# New inputs, for a minute or an hour per target.
fuzz() {
  command -v c++ >/dev/null || { echo 'LEFT OUT: there is no C++ compiler, which libFuzzer needs.'; return 0; }
  release && bash fuzz/run.sh "$([ -n "$long" ] && echo 3600 || echo 60)"
}

# Licences, sources and known faults of all that is built in.
supply() {
  command -v cargo-deny >/dev/null || { echo 'LEFT OUT: cargo-deny is not here; cargo install --locked cargo-deny brings it.'; return 0; }
  cargo deny --all-features check licenses bans sources || return 1
  cargo deny fetch db || { echo 'LEFT OUT: the list of known faults (RustSec) cannot be fetched from here.'; return 0; }
  cargo deny --all-features check advisories
}

for part in "${parts[@]}"; do
  say "trust: $part"
  began=$SECONDS
  "$part" || failed+=("$part")
  echo "trust: $part took $((SECONDS - began)) s"
done

echo
if [ ${#failed[@]} -gt 0 ]; then
  (IFS=,; echo "FAILED: ${failed[*]}")
  exit 1
fi
echo "Held: ${parts[*]}."
