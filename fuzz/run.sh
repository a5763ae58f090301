#!/usr/bin/env bash
# Fuzzes every target, or those that are named, for so many seconds each, two at a time:
#
#     bash fuzz/run.sh 60
#     bash fuzz/run.sh 3600 markdown preview
#
# It needs the stable compiler, a C++ compiler (for libFuzzer) and Node.js; neither a nightly compiler nor cargo-fuzz, whose
# layout this folder has. Starts from fuzz/corpus, keeps what is new in target/fuzz/corpus, and what fails, with the reason,
# in target/fuzz. `via-site` for the index that queries are asked of is built, or named by VIA_SITE.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.." || exit 1

# Rust's own start ignores this signal, and libFuzzer's does not: a client that left would end the preview.
trap '' PIPE

seconds="${1:?how many seconds}"
shift
all=(markdown front_matter schema links preview search)
targets=("${@:-${all[@]}}")
out="$PWD/target/fuzz"
mkdir -p "$out"

# The flags of cargo-fuzz that a stable compiler knows: coverage for libFuzzer, no sanitizers. (The program itself forbids
# unsafe code; what sanitizers would find is in dependencies only.)
flags='--cfg fuzzing -Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 -Cllvm-args=-sanitizer-coverage-inline-8bit-counters'
flags+=' -Cllvm-args=-sanitizer-coverage-pc-table -Cllvm-args=-sanitizer-coverage-trace-compares -Clink-dead-code'
host="$(rustc -vV | sed -n 's/^host: //p')"

needs_rust=0
for target in "${targets[@]}"; do [ "$target" = search ] || needs_rust=1; done
if [ $needs_rust = 1 ]; then
  [ "$seconds" -lt 600 ] || export CARGO_PROFILE_RELEASE_OPT_LEVEL=3
  RUSTFLAGS="$flags" cargo build --release --manifest-path fuzz/Cargo.toml --target "$host" --target-dir "$out/build" || exit 1
fi

one() {
  local target="$1" corpus="$out/corpus/$1"
  mkdir -p "$corpus"
  if [ "$target" = search ]; then
    cp -n fuzz/corpus/search/* "$corpus/"
    node fuzz/search/fuzz.mjs "$out/site/search/nl" "$corpus" "$seconds"
  else
    "$out/build/$host/release/$target" "$corpus" "fuzz/corpus/$target" -dict="fuzz/dictionaries/$target.dict" -artifact_prefix="$out/$target-" \
      -max_total_time="$seconds" -max_len=8192 -timeout=60 -rss_limit_mb=1500 -print_final_stats=1 -verbosity=1
  fi > "$out/$target.log" 2>&1
  local status=$?
  grep -E 'stat::number_of_executed_units|stat::new_units_added|stat::peak_rss_mb|^Done|ERROR|crash-|panicked' "$out/$target.log" | sed "s/^/$target: /"
  [ $status = 0 ] || { echo "$target: FAILED, see $out/$target.log"; tail -n 30 "$out/$target.log"; return 1; }
}

for target in "${targets[@]}"; do
  if [ "$target" = search ]; then
    program="${VIA_SITE:-}"
    [ -n "$program" ] || { cargo build --release && program="$PWD/target/release/via-site"; } || exit 1
    "$program" build --output "$out/site" > "$out/site.log" || { cat "$out/site.log"; exit 1; }
  fi
done

failed=0
running=0
for target in "${targets[@]}"; do
  if [ $running = 2 ]; then wait -n || failed=1; running=1; fi
  one "$target" &
  running=$((running + 1))
done
while [ $running -gt 0 ]; do wait -n || failed=1; running=$((running - 1)); done
exit $failed
