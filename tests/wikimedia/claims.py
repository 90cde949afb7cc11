"""Statements of an entity, as Wikibase writes them (doc.wikimedia.org/Wikibase: JSON format)."""

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal

Rank = Literal["preferred", "normal", "deprecated"]
Snak = Literal["value", "somevalue", "novalue"]

GREGORIAN = "http://www.wikidata.org/entity/Q1985727"
YEAR, DAY = 9, 11
"""Precisions of a time value."""

DATATYPES = {"P18": "commonsMedia", "P569": "time"}
"""All other properties here point at items."""


@dataclass(frozen=True)
class Claim:
    """A Q-id, the name of a file, or a date: a year, `"1956-07-09"` or a ready time string."""

    value: str | int | None
    rank: Rank = "normal"
    snak: Snak = "value"


UNKNOWN = Claim(None, snak="somevalue")
"""Born, but nobody knows when."""

Claims = str | int | Claim | Iterable[str | int | Claim] | None
"""What a test may write for one property's statements."""


def preferred(value: str | int) -> Claim:
    return Claim(value, "preferred")


def deprecated(value: str | int) -> Claim:
    return Claim(value, "deprecated")


def claims(values: Claims) -> list[Claim]:
    """Statements from what a test wrote."""
    if values is None:
        return []
    if isinstance(values, str | int | Claim):
        values = [values]
    return [value if isinstance(value, Claim) else Claim(value) for value in values]


def time_value(date: str | int) -> dict[str, Any]:
    """A year has precision 9 and no month; ready strings (`+1900-00-00T…`) pass as years."""
    text = str(date)
    if re.fullmatch(r"-?\d+", text):
        sign = "-" if text.startswith("-") else "+"
        text, precision = f"{sign}{text.lstrip('-').zfill(4)}-00-00T00:00:00Z", YEAR
    elif text.startswith(("+", "-")):
        precision = YEAR
    else:
        text, precision = f"+{text}T00:00:00Z", DAY
    return {
        "time": text,
        "timezone": 0,
        "before": 0,
        "after": 0,
        "precision": precision,
        "calendarmodel": GREGORIAN,
    }


def statement_json(owner: str, prop: str, number: int, claim: Claim) -> dict[str, Any]:
    """One statement of `owner`, the `number`th of property `prop`."""
    digest = hashlib.sha1(f"{owner}{prop}{number}{claim}".encode()).hexdigest()
    uuid = "-".join((digest[:8], digest[8:12], digest[12:16], digest[16:20], digest[20:32]))
    datatype = DATATYPES.get(prop, "wikibase-item")
    snak: dict[str, Any] = {"snaktype": claim.snak, "property": prop, "hash": digest}
    if claim.snak == "value":
        assert claim.value is not None, f"{owner} has a {prop} without a value"
        snak["datavalue"] = _datavalue(datatype, claim.value)
    snak["datatype"] = datatype
    return {"mainsnak": snak, "type": "statement", "id": f"{owner}${uuid}", "rank": claim.rank}


def _datavalue(datatype: str, value: str | int) -> dict[str, Any]:
    if datatype == "time":
        return {"value": time_value(value), "type": "time"}
    if datatype == "commonsMedia":
        return {"value": str(value), "type": "string"}
    qid = str(value)
    return {
        "value": {"entity-type": "item", "numeric-id": int(qid[1:]), "id": qid},
        "type": "wikibase-entityid",
    }
