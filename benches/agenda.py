#!/usr/bin/env python3
"""Writes a made-up knowledge agenda of any size that `via-site build` can build: corpus, site.yaml and schema.yaml.

    agenda.py --pages 10000 --out DIR [--seed 1] [--theme peers] [--hubs]

The corpus is that of corpus.py (`--flavor via`); the schema turns its front matter into kinds, relations and
vocabularies, so that the site does what other generators do for the same corpus: lists, taxonomies, sources,
backlinks, feeds, tables of contents. The theme `peers` writes their pages and no open data, which they have not either;
with `--theme via` the site has all that a real one has. Standard library only.
"""

import argparse
import re
import shutil
import subprocess
import sys
from pathlib import Path

SITE = """\
title: {nl: Kennisagenda}
description: {nl: Een verzonnen kennisagenda om de tijd te meten.}
base_url: https://kennis.example/
languages: [nl]
theme: THEME
licence: {name: {nl: CC0}, url: https://creativecommons.org/publicdomain/zero/1.0/}
publisher: {name: {nl: Niemand}, url: https://kennis.example/, email: niemand@kennis.example, security_expires: '2099-01-01'}
page_size: 50
navigation: [themes, questions, findings, interventions, sources, partners]
"""

KINDS = {
    "themes": ("thema", "thema's"),
    "questions": ("vraag", "vragen"),
    "findings": ("bevinding", "bevindingen"),
    "interventions": ("interventie", "interventies"),
    "sources": ("bron", "bronnen"),
    "partners": ("partner", "partners"),
}

EVIDENCE = ["onbekend", "aanwijzingen", "eerste-bewijs", "goed-onderbouwd", "sterk-bewijs"]


def quoted(text):
    return '"' + text.replace('"', "'") + '"'


def schema(tags, groups):
    names = ", ".join(KINDS)
    lines = [
        "common:",
        "  title: {type: text, required: true, role: title, label: {nl: Titel}}",
        "  summary: {type: text, required: true, role: summary, label: {nl: Kern}}",
        "  date: {type: date, role: date, label: {nl: Datum}}",
        "  kind: {type: text, label: {nl: Soort}}",
        "  tags: {type: term, vocabulary: tags, list: true, label: {nl: Trefwoorden}}",
        "  target_groups: {type: term, vocabulary: target_groups, list: true, facet: true, label: {nl: Doelgroepen}}",
        "  evidence_level: {type: term, vocabulary: evidence_level, badge: true, facet: true, label: {nl: Bewijs}}",
        "vocabularies:",
    ]
    for name, label, terms in [("tags", "Trefwoorden", tags), ("target_groups", "Doelgroepen", groups),
                               ("evidence_level", "Bewijs", EVIDENCE)]:
        lines += [f"  {name}:", f"    label: {{nl: {label}}}", "    terms:"]
        lines += [f"      {quoted(term)}: {{label: {{nl: {quoted(term)}}}}}" for term in terms]
    lines.append("kinds:")
    for name, (one, many) in KINDS.items():
        citable = ", citable: true" if name == "sources" else ""
        lines.append(f"  {name}: {{folder: {name}, singular: {{nl: {quoted(one)}}}, plural: {{nl: {quoted(many)}}}{citable}, fields: {{}}}}")
    lines.append("relations:")
    for name, to, label, inverse, back in [
        ("theme", "themes", "Thema", "pages_of_theme", "Bij dit thema"),
        ("sources", "sources", "Bronnen", "supports", "Wie hierop steunt"),
        ("links", names, "Zie ook", "linked_from", "Wie verwijst hierheen"),
    ]:
        lines += [
            f"  {name}:", f"    from: [{names}]", f"    to: [{to}]", f"    label: {{nl: {label}}}",
            f"    inverse: {{name: {inverse}, label: {{nl: {back}}}}}",
        ]
    return "\n".join(lines) + "\n"


def words(files, key):
    """All words of a list in the front matter of these files."""
    found = set()
    for file in files:
        match = re.search(rf"^{key}: \[(.*)\]$", file.read_text(encoding="utf-8"), re.M)
        if match:
            found.update(re.findall(r'"([^"]+)"', match.group(1)))
    return sorted(found)


def mended(text):
    """A page without the slips that the generator refuses: a theme of itself, a heading that skips a level."""
    front, body = re.match(r"(---\n.*?\n---\n)(.*)", text, re.S).groups()
    if re.search(r"^kind: themes$", front, re.M):
        front = re.sub(r"^theme: .*\n", "", front, flags=re.M)
    level, lines, fenced = 1, [], False
    for line in body.split("\n"):
        fenced ^= line.startswith("```")
        heading = None if fenced else re.match(r"(#+) (.*)", line)
        if heading:
            level = min(len(heading[1]), level + 1)
            line = "#" * level + " " + heading[2]
        lines.append(line)
    return front + "\n".join(lines)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pages", type=int, required=True)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--theme", choices=["peers", "via"], default="peers")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--hubs", action="store_true", help="all pages name one theme, use one keyword and link to one page")
    parser.add_argument("--search", action="store_true", help="with our search index; the other generators have none of their own")
    asked = parser.parse_args()
    here = Path(__file__).parent
    subprocess.run([sys.executable, here / "corpus.py", "--pages", str(asked.pages), "--seed", str(asked.seed),
                    "--flavor", "via", "--out", asked.out, *(["--hubs"] if asked.hubs else [])], check=True)
    files = list((asked.out / "content").rglob("*.md"))
    for file in files:
        file.write_text(mended(file.read_text(encoding="utf-8")), encoding="utf-8")
    site = SITE.replace("THEME", asked.theme)
    if asked.theme == "peers":
        site += "leave_out: [open_data]\n" if asked.search else "leave_out: [open_data, search]\n"
        theme = asked.out / "themes" / "peers"
        shutil.copytree(here / "theme", theme, dirs_exist_ok=True)
        own = here.parent / "themes" / "via"
        shutil.copytree(own / "catalogues", theme / "catalogues", dirs_exist_ok=True)
        shutil.copy(own / "templates" / "sitemap.xml", theme / "templates")
        (theme / "static").mkdir(exist_ok=True)
        shutil.copy(here / "peers" / "hugo" / "static" / "site.css", theme / "static" / "style.css")
    (asked.out / "site.yaml").write_text(site, encoding="utf-8")
    (asked.out / "schema.yaml").write_text(schema(words(files, "tags"), words(files, "target_groups")), encoding="utf-8")


if __name__ == "__main__":
    main()
