#!/usr/bin/env python3
"""Checks FHIR resources with a public validator (PyPI fhir.resources, R4B: equal to R4 for what is checked here).

Usage: check_fhir.py [FILE ...]    NDJSON or a single resource; standard input where no file is named
Every resource is checked, and those in Bundles and inside resources each for itself.
Exit status: 0 valid, 1 not valid.
"""
import collections
import json
import sys
from pathlib import Path

from fhir.resources.R4B import get_fhir_model_class


def resources(text):
    """One resource, or one a line."""
    try:
        yield json.loads(text)
    except ValueError:
        yield from (json.loads(line) for line in text.splitlines() if line.strip())


def each(resource):
    yield resource
    for entry in resource.get("entry", []) if resource["resourceType"] == "Bundle" else []:
        yield from each(entry["resource"])
    for inside in resource.get("contained", []):
        yield from each(inside)


def main(names):
    texts = [Path(name).read_text(encoding="utf-8") for name in names] or [sys.stdin.read()]
    counts, faults = collections.Counter(), 0
    for resource in (one for text in texts for whole in resources(text) for one in each(whole)):
        kind = resource["resourceType"]
        try:
            get_fhir_model_class(kind).model_validate(resource)
            counts[kind] += 1
        except ValueError as error:
            print(f"{kind}: {error}")
            faults += 1
    print("; ".join(f"{kind}: {count} valid" for kind, count in sorted(counts.items())) + f"; {faults} not valid")
    return 1 if faults or not counts else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
