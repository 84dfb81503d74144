#!/usr/bin/env python3
"""Checks a FHIR resource on standard input with a public validator (PyPI fhir.resources, R4B: equal to R4 for AdverseEvent).

Usage: check_fhir.py < resource.json
Exit status: 0 valid, 1 not valid.
"""
import json
import sys

from fhir.resources.R4B import get_fhir_model_class


def main():
    resource = json.load(sys.stdin)
    kind = resource["resourceType"]
    try:
        get_fhir_model_class(kind).model_validate(resource)
    except ValueError as error:
        print(error)
        return 1
    print(f"{kind}: valid")
    return 0


if __name__ == "__main__":
    sys.exit(main())
