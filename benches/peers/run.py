#!/usr/bin/env python3
"""Builds the same made-up agenda with via-site and with other generators, in turn, and writes the table in README.md.

    run.py [--sizes 100,1000,10000,50000] [--only REGEX] [--runs 3] [--output /dev/shm/via-site-peers] [--work DIR]

Which generators run is decided by the variables that are set, each the path of a program: HUGO, ZOLA, ELEVENTY (a folder
whose node_modules has what eleventy/package.json names) and MKDOCS. VIA_SITE is target/release/via-site if it is not set.
The rest is left out, and said. Python's standard library, and Rust for the limit and the floor.

A round builds with each generator once, from nothing, into a folder that does not exist yet; the table has the median of
the rounds. Each measurement is kept in DIR/results.jsonl, so that a long run can be done in pieces: the table is made of all
that is kept. Corpora are made once and stay in DIR.
"""

import argparse
import json
import os
import re
import shutil
import statistics
import subprocess
import sys
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
TABLE = re.compile(r"(<!-- table -->\n).*(<!-- /table -->)", re.S)


def corpus(flavor, pages, folder, *more):
    command = [sys.executable, HERE.parent / "corpus.py", "--pages", str(pages), "--flavor", flavor, "--out", folder, *more]
    subprocess.run(command, check=True)


def agenda(pages, folder, *more):
    subprocess.run([sys.executable, HERE.parent / "agenda.py", "--pages", str(pages), "--out", folder, *more], check=True)


def copied(name, flavor, *more):
    """A site of the templates in the folder `name` and the corpus."""
    def make(pages, folder):
        shutil.copytree(HERE / name, folder)
        shutil.copytree(HERE / "hugo" / "static", folder / "static", dirs_exist_ok=True)
        corpus(flavor, pages, folder, *more)
    return make


class Peer:
    """A generator with one set of options: how its site is made, how it is built, and up to how many pages it is tried."""

    def __init__(self, name, variant, make, command, program=None, site=None, most=10**9, once_from=10**9, before=None):
        self.name, self.variant, self.make, self.command = name, variant, make, command
        self.program, self.site, self.most, self.once_from, self.before = program, site or name, most, once_from, before


def peers(given):
    via, hugo, zola = given["VIA_SITE"], given["HUGO"], given["ZOLA"]
    eleventy, mkdocs = given["ELEVENTY"], given["MKDOCS"]
    ours = lambda out: [via, "build", "--date", "2026-11-23", "--output", out]
    hugo_build = lambda out: [hugo, "--quiet", "--noBuildLock", "--destination", out]
    zola_build = lambda out, config: [zola, "--config", config, "build", "--output-dir", out]
    eleventy_build = lambda out, *search: ["env", f"OUT={out}", *search, "node", "--max-old-space-size=16384",
                                           "node_modules/@11ty/eleventy/cmd.cjs", "--quiet"]
    mkdocs_build = lambda out, *more: ["env", "NO_MKDOCS_2_WARNING=1", mkdocs, "build", "-q", "-d", out, *more]

    def make_eleventy(pages, folder):
        copied("eleventy", "eleventy")(pages, folder)
        shutil.copy(folder / "static" / "site.css", folder)
        os.symlink(Path(eleventy).resolve() / "node_modules", folder / "node_modules")

    with_hubs = lambda pages, folder: agenda(pages, folder, "--hubs")
    with_search = lambda pages, folder: agenda(pages, folder, "--search")
    return [
        Peer("via-site", "", agenda, ours, via),
        Peer("via-site", "nothing changed", agenda, ours, via, before=ours),
        Peer("via-site", "hubs", with_hubs, ours, via, site="via-site-hubs"),
        Peer("hugo", "", copied("hugo", "hugo"), hugo_build, hugo),
        Peer("hugo", "hubs", copied("hugo", "hugo", "--hubs"), hugo_build, hugo, site="hugo-hubs"),
        Peer("zola", "", copied("zola", "zola"), lambda out: zola_build(out, "zola.toml"), zola, most=10_000, once_from=10_000),
        Peer("eleventy", "", make_eleventy, eleventy_build, eleventy, most=10_000, once_from=10_000),
        Peer("mkdocs", "", copied("mkdocs", "plain"), mkdocs_build, mkdocs, most=1_000),
        Peer("via-site", "search", with_search, ours, via, site="via-site-search"),
        Peer("hugo", "search", copied("hugo", "hugo"), lambda out: hugo_build(out) + ["--config", "hugo.toml,search.toml"], hugo),
        Peer("zola", "search", copied("zola", "zola"), lambda out: zola_build(out, "search.toml"), zola, most=10_000, once_from=10_000),
        Peer("eleventy", "search", make_eleventy, lambda out: eleventy_build(out, "SEARCH=1"), eleventy, most=10_000, once_from=10_000),
        Peer("mkdocs", "search", copied("mkdocs", "plain"), lambda out: mkdocs_build(out, "-f", "search.yml"), mkdocs, most=1_000),
    ]


def timed(command, folder):
    """Runs a command to its end: seconds by the clock, seconds of the processor, peak memory in MB of its largest process."""
    started = time.monotonic()
    child = subprocess.Popen([str(word) for word in command], cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(child.pid, 0)
    wall = time.monotonic() - started
    if status != 0:
        sys.exit(f"failed in {folder}: {' '.join(map(str, command))}")
    return {"wall": wall, "cpu": usage.ru_utime + usage.ru_stime, "memory": usage.ru_maxrss / 1024}


def size(folder):
    files = [path for path in folder.rglob("*") if path.is_file()]
    return {"files": len(files), "bytes": sum(path.stat().st_size for path in files)}


def measured(peer, folder, place, limit, floor):
    """One build, and the limit and the floor for what it built if it is ours."""
    def printed(name, program, *arguments):
        words = subprocess.run([program, *arguments], check=True, capture_output=True, text=True).stdout.split()
        return {"name": name, "variant": peer.variant, "wall": float(words[0]), "cpu": float(words[1]), "memory": None}

    shutil.rmtree(place, ignore_errors=True)
    place.mkdir(parents=True)
    # Read once, so that nobody is charged for what another one drove out of the system's memory.
    for path in folder.rglob("*"):
        if path.is_file():
            path.read_bytes()
    out = place / "site"
    if peer.before:
        timed(peer.before(out), folder)
    result = timed(peer.command(out), folder) | size(out)
    yield {"name": peer.name, "variant": peer.variant, **result}
    if peer.name == "via-site" and peer.variant != "nothing changed" and limit:
        yield printed("limit", limit, folder / "content", out, place / "limit") | {of: result[of] for of in ("files", "bytes")}
    if peer.name == "via-site" and not peer.variant and floor:
        yield printed("floor", floor, folder / "content", place / "floor") | size(place / "floor")
    shutil.rmtree(place, ignore_errors=True)


def table(kept):
    """The rows of all that is kept: medians, and the ratios to Hugo's."""
    rows = {}
    for line in kept:
        rows.setdefault((line["medium"], line["pages"], line["variant"] == "search", line["name"], line["variant"]), []).append(line)
    median = {key: {of: statistics.median(line[of] for line in lines) if lines[0][of] is not None else None
                    for of in ("wall", "cpu", "memory", "files", "bytes")} for key, lines in rows.items()}
    order = ["via-site", "limit", "floor", "hugo", "zola", "eleventy", "mkdocs"]
    text = []
    for medium in ("tmpfs", "disk"):
        text += [f"Output to {'tmpfs' if medium == 'tmpfs' else 'the disk'}:", "",
                 "| pages | generator | wall (s) | CPU (s) | memory (MB) | of Hugo's wall, CPU, memory | files | MB | runs |",
                 "|---:|---|---:|---:|---:|---:|---:|---:|---:|"]
        for key in sorted((key for key in rows if key[0] == medium), key=lambda key: (key[1], key[2], order.index(key[3]), key[4])):
            _, pages, search, name, variant = key
            row, hugo = median[key], median.get((medium, pages, search, "hugo", "" if variant == "nothing changed" else variant))
            ratios = [f"{row[of] / hugo[of]:.2f}" if hugo and row[of] is not None else "–" for of in ("wall", "cpu", "memory")]
            memory = "–" if row["memory"] is None else f"{row['memory']:.0f}"
            label = name + {"": "", "search": ", with search", "hubs": ", with hubs"}.get(variant, f", {variant}")
            text.append(f"| {pages:,} | {label} | {row['wall']:.2f} | {row['cpu']:.2f} | {memory} | {' '.join(ratios)} "
                        f"| {row['files']:,.0f} | {row['bytes'] / 1e6:.1f} | {len(rows[key])} |")
        text.append("")
    return "\n".join(text)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", default="100,1000,10000,50000")
    parser.add_argument("--only", default="", help="a regular expression for 'generator variant', such as '^(via-site|hugo) $'")
    parser.add_argument("--runs", type=int, default=3, help="rounds; slow generators and 50,000 pages have one")
    parser.add_argument("--output", type=Path, default=Path("/dev/shm/via-site-peers"), help="where sites are built")
    parser.add_argument("--medium", choices=["tmpfs", "disk"], default="tmpfs", help="what --output is on, for the table")
    parser.add_argument("--work", type=Path, default=Path("/tmp/via-site-peers"), help="where corpora and results are kept")
    parser.add_argument("--make", action="store_true", help="make the corpora and measure nothing")
    parser.add_argument("--fresh", action="store_true", help="forget the results that are kept")
    asked = parser.parse_args()
    given = {name: os.environ.get(name) for name in ("HUGO", "ZOLA", "ELEVENTY", "MKDOCS")}
    for name in (name for name, program in given.items() if not program):
        print(f"left out: {name.lower()}, for {name} names no program", file=sys.stderr)
    given["VIA_SITE"] = str(Path(os.environ.get("VIA_SITE") or HERE.parent.parent / "target" / "release" / "via-site").resolve())

    asked.work.mkdir(parents=True, exist_ok=True)
    results = asked.work / "results.jsonl"
    if asked.fresh:
        results.unlink(missing_ok=True)
    limit = asked.work / "limit"
    if not limit.exists() and shutil.which("rustc"):
        subprocess.run(["rustc", "--edition", "2024", "-O", HERE / "limit.rs", "-o", limit], check=True)
    floor = asked.work / "floor-target" / "release" / "floor"
    if not floor.exists() and shutil.which("cargo"):
        subprocess.run(["cargo", "build", "--quiet", "--release", "--manifest-path", HERE / "floor" / "Cargo.toml",
                        "--target-dir", asked.work / "floor-target"], check=True)
    chosen = [peer for peer in peers(given) if peer.program and re.search(asked.only, f"{peer.name} {peer.variant}")]
    for pages in map(int, asked.sizes.split(",")):
        able = [peer for peer in chosen if pages <= peer.most]
        for peer in able:
            folder = asked.work / f"{peer.site}-{pages}"
            if not folder.exists():
                shutil.rmtree(unfinished := asked.work / "unfinished", ignore_errors=True)
                peer.make(pages, unfinished)
                unfinished.rename(folder)
        for round in range(0 if asked.make else asked.runs):
            for peer in able:
                if round > 0 and (pages >= peer.once_from or pages >= 50_000):
                    continue
                programs = [program if program.exists() else None for program in (limit, floor)]
                for result in measured(peer, asked.work / f"{peer.site}-{pages}", asked.output, *programs):
                    line = json.dumps({"medium": asked.medium, "pages": pages, **result})
                    print(line, flush=True)
                    with open(results, "a", encoding="utf-8") as file:
                        file.write(line + "\n")
    if results.exists():
        kept = [json.loads(line) for line in results.read_text(encoding="utf-8").splitlines()]
        readme = HERE / "README.md"
        written = TABLE.sub(lambda found: found[1] + table(kept) + found[2], readme.read_text(encoding="utf-8"))
        readme.write_text(written, encoding="utf-8")


if __name__ == "__main__":
    main()
