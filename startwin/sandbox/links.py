"""Addresses in texts and on buttons."""

import re
from urllib.parse import urlsplit


def checked_url(url: str) -> str | None:
    """The link as Telegram would keep it, or None where it would drop it."""
    url = url.strip()
    if url.startswith("tg://"):
        return url
    if "://" not in url:
        url = f"http://{url}"
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    if parts.scheme not in ("http", "https") or "." not in (parts.hostname or ""):
        return None
    if re.search(r"\s", url):
        return None
    return parts._replace(path=parts.path or "/").geturl()
