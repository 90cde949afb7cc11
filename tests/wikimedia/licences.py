"""What Commons says of a file's licence, by the names that tests write.

CommonsMetadata gives a machine name (`License`) only to the free Creative Commons licences and
to the public domain (its LicenseParser); all other licences have only a short name.
"""

import re
from dataclasses import dataclass


@dataclass(frozen=True)
class Licence:
    """The values of extmetadata; a None is a key that the answer lacks."""

    short: str | None = None
    usage: str | None = None
    url: str | None = None
    machine: str | None = None
    attribution: str | None = "true"
    copyrighted: str | None = "True"
    nonfree: bool = False


NO_LICENCE = Licence(attribution=None, copyrighted=None)

_OTHERS = {
    "pd": Licence("Public domain", "Public domain", None, "pd", "false", "False"),
    "cc0": Licence(
        "CC0",
        "Creative Commons Zero, Public Domain Dedication",
        "http://creativecommons.org/publicdomain/zero/1.0/deed.en",
        "cc0",
        "false",
    ),
    "gfdl": Licence(
        "GFDL", "GNU Free Documentation License", "https://www.gnu.org/copyleft/fdl.html"
    ),
    "attribution": Licence("Attribution", "Attribution"),
    "copyrighted free use": Licence(
        "Copyrighted free use", "Copyrighted free use", attribution="false"
    ),
    "no restrictions": Licence(
        "No restrictions", "No known copyright restrictions", attribution="false"
    ),
    "fair use": Licence("Fair use", "Fair use", nonfree=True),
}

_WORDS = {"by": "Attribution", "sa": "Share Alike", "nc": "NonCommercial", "nd": "NoDerivs"}
_CREATIVE_COMMONS = re.compile(r"cc-((?:by|sa|nc|nd)(?:-(?:by|sa|nc|nd))*)-(\d\.\d)(?:-(\w\w))?")


def licence(name: str | None) -> Licence:
    """`"cc-by-sa-3.0-de"` and the like, a name of those above, or None for no licence at all."""
    if name is None:
        return NO_LICENCE
    if name in _OTHERS:
        return _OTHERS[name]
    match = _CREATIVE_COMMONS.fullmatch(name)
    assert match, f"no such licence: {name}"
    kind, version, region = match[1], match[2], match[3]
    free = "nc" not in kind and "nd" not in kind
    place = f" {region}" if region else ""
    return Licence(
        f"CC {kind.upper()} {version}{place}",
        "Creative Commons " + "-".join(_WORDS[part] for part in kind.split("-")) + f" {version}",
        f"https://creativecommons.org/licenses/{kind}/{version}" + (f"/{region}" if region else ""),
        name if free else None,
    )
