#!/usr/bin/env python3
"""Drives a running service as an EHR would, with public packages alone: HealthChain's CDS Hooks client (PyPI healthchain) sends
the calls of tests/cds/hooks and reads the cards with its own models, and fhir.resources (R4B, equal to R4 here) validates every
resource that a card suggests.

HealthChain 0.16 knows no appointment-book hook, leaves the orders out of the calls that it sends, drops keys that are null and
wants a misspelt member in every link: so opened records go through its client, bookings and orders are sent as they stand and
read with its models, and the service must run without --public-url.

Usage: check_cards.py http://127.0.0.1:8080
Exit status: 0 all in order, 1 something is not.
"""
import json
import sys
from pathlib import Path

import httpx
from fhir.resources.R4B import get_fhir_model_class
from healthchain.models.responses.cdsresponse import CDSResponse
from healthchain.sandbox import SandboxClient
from healthchain.sandbox.requestconstructors import CdsRequestConstructor

CASES = Path(__file__).parent.parent / "tests" / "cds" / "hooks"
BY_CLIENT = ("patient-view",)


def whole(prefetch):
    """The prefetch with empty searches in the place of null, which the client leaves out."""
    empty = {"resourceType": "Bundle", "type": "searchset", "total": 0}
    return {key: empty if value is None else value for key, value in prefetch.items()}


def by_client(url, call):
    """The answer that HealthChain's client gets and reads."""
    client = SandboxClient(url=url, workflow=call["hook"])
    make = CdsRequestConstructor().construct_request
    client.requests.append(make(whole(call["prefetch"]), client.workflow, call["context"]))
    return client.send_requests()[0]


def main(argv):
    url = f"{argv[1]}/cds-services/massage-contraindications"
    offered = {service["hook"] for service in httpx.get(f"{argv[1]}/cds-services").json()["services"]}
    calls = clients = cards = resources = failed = 0
    for path in sorted(CASES.glob("*.json")):
        for case in json.loads(path.read_text(encoding="utf-8")):
            call, expected = case["call"], case["expect"]
            assert call["hook"] in offered, call["hook"]
            if expected["status"] != 200:
                continue
            try:
                calls += 1
                answer = httpx.post(url, json=call, timeout=30).json()
                CDSResponse.model_validate(answer)
                if call["hook"] in BY_CLIENT and not case.get("quirk"):
                    clients += 1
                    read = by_client(url, call)
                    told = [(card["indicator"], card["summary"]) for card in read["cards"]]
                    assert told == [(card["indicator"], card["summary"]) for card in expected["cards"]], told
                for card in answer["cards"]:
                    cards += 1
                    for suggestion in card.get("suggestions", []):
                        for action in suggestion["actions"]:
                            if "resource" in action:
                                resources += 1
                                kind = get_fhir_model_class(action["resource"]["resourceType"])
                                kind.model_validate(action["resource"])
            except (AssertionError, KeyError, ValueError) as error:
                failed += 1
                print(f"{case['case']}: {error}")
    for kind in ("CodeSystem", "ConceptMap"):
        get_fhir_model_class(kind).model_validate(httpx.get(f"{argv[1]}/fhir/{kind}/massage-type").json())
    print(f"{calls} calls, {clients} of them by the client, {cards} cards, {resources} suggested resources, {failed} failed")
    return int(failed > 0 or clients == 0 or resources == 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv))
