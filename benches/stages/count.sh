#!/usr/bin/env bash
# Counts the instructions of every stage under valgrind, and fails if one has grown by more than 10 % over counts.txt.
#
#     bash benches/stages/count.sh            compares
#     bash benches/stages/count.sh --write    writes counts.txt anew, after a change that is worth its cost
#
# The same small site on every machine, one thread, nothing random that matters: what is counted differs by less than 2 %
# between runs, however busy the machine is. Another compiler or C library may count otherwise; then write anew on the old commit first.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
command -v valgrind >/dev/null || { echo 'No valgrind: instructions are not counted.'; exit 0; }
target="${CARGO_TARGET_DIR:-$PWD/../../target}"
place="$(mktemp -d)"
trap 'rm -rf "$place"' EXIT

# Its own names stay in it, for valgrind is told them.
CARGO_TARGET_DIR="$target" cargo rustc --quiet --release -- -C strip=none
python3 ../agenda.py --pages 150 --theme via --out "$place/site" >/dev/null

stages=(source schema theme document graph search plan make publish)
ask=(--dump-after=stages::stage::between)
for stage in "${stages[@]}"; do ask+=("--dump-after=stages::stage::$stage"); done
TMPDIR="$place" valgrind --tool=callgrind "${ask[@]}" --callgrind-out-file="$place/part" \
  "$target/release/stages" --once "$place/site" >"$place/said" 2>&1 || { cat "$place/said"; exit 1; }

python3 - "$place" "$(rustc --version)" "${1:-}" "${stages[@]}" <<'END'
import re, sys
from pathlib import Path

place, compiler, write, stages = Path(sys.argv[1]), sys.argv[2], sys.argv[3] == "--write", sys.argv[4:]
counted = {}
for part in place.glob("part.*"):
    text = part.read_text(encoding="utf-8")
    stage = re.search(r"^desc: Trigger: --dump-after=stages::stage::(\w+)$", text, re.M)
    if stage and stage[1] in stages:
        counted[stage[1]] = int(re.search(r"^totals: (\d+)$", text, re.M)[1])
if missing := [stage for stage in stages if not counted.get(stage)]:
    sys.exit(f"not counted: {', '.join(missing)}")

kept = Path("counts.txt")
lines = kept.read_text(encoding="utf-8").splitlines() if kept.exists() else []
before = {line.split()[0]: int(line.split()[1]) for line in lines if line and not line.startswith("#")}
if lines and compiler not in lines[0]:
    print(f"Note: {lines[0].lstrip('# ')} counts.txt; this is {compiler}.")
grown = []
for stage in stages:
    old, new = before.get(stage), counted[stage]
    change = f"{100 * (new - old) / old:+.1f} %" if old else "new"
    print(f"{stage:>9} {new:>14,} {change}")
    if not old or new > old * 1.1:
        grown.append(stage)
if write:
    rows = "".join(f"{stage} {counted[stage]}\n" for stage in stages)
    kept.write_text(f"# {compiler} wrote\n{rows}", encoding="utf-8")
elif grown:
    sys.exit(f"More than 10 % over benches/stages/counts.txt: {', '.join(grown)}. If it is worth that, run count.sh --write.")
END
