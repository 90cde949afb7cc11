"""``CREDITS.md``: everybody whose pictures are in the photos folder."""

import re
from pathlib import Path

from startwin.gallery.credit import Credit
from startwin.gallery.people import Census

NAME = "CREDITS.md"

_BEGIN = "<!-- Fetched pictures: written anew by each fetch, no edits up to the next such line. -->"
_END = "<!-- End of the fetched pictures. -->"


def renewed(photos: Path, found: Census) -> str:
    """The page, with what people wrote into it left as it is.

    Args:
        photos: the folder.
        found: who is in it.

    Raises:
        OSError: the present page cannot be read.
    """
    path = photos / NAME
    old = path.read_text("utf-8", errors="surrogateescape") if path.exists() else "# Credits\n"
    before, _, rest = old.partition(_BEGIN)
    _, ended, after = rest.partition(_END)
    if not ended:  # somebody has taken the line out: what is no table is theirs
        after = "\n".join(line for line in rest.splitlines() if not line.startswith("|"))
    rows = [
        _row(str(photo.relative_to(photos)), candidate.person.name, found.credits[photo])
        for candidate in found.candidates
        for photo in candidate.photos
        if photo in found.credits
    ]
    if not rows and _BEGIN not in old:
        return old
    table = ["| file | who | by | licence | from |", "|---|---|---|---|---|", *sorted(rows)]
    body = "\n".join([_BEGIN, "", *(table if rows else ["None."]), "", _END])
    return f"{before.rstrip()}\n\n{body}{after.rstrip()}\n"


def _row(file: str, who: str, credit: Credit) -> str:
    cells = [
        _plain(file),
        _plain(who),
        _plain(credit.author) or "not named",
        _linked(credit.license, credit.license_url),
        _linked("source", credit.source) if credit.source else "",
    ]
    return "| " + " | ".join(cells) + " |"


def _linked(words: str, url: str | None) -> str:
    """A link; what could end its address early is written otherwise."""
    if not url or not re.match(r"https?://", url):
        return _plain(words)
    safe = re.sub(r"[\s()<>|]", lambda found: f"%{ord(found[0]):02X}", url)
    return f"[{_plain(words)}]({safe})"


def _plain(words: str) -> str:
    """Words that cannot be taken for markup."""
    return re.sub(r"([\\`*_{}\[\]<>|#])", r"\\\1", " ".join(words.split()))
