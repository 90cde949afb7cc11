"""Fetch photos for the people of a catalogue who have none, with credit, from the web."""

import argparse
import sys
from contextlib import closing

from startwin import settings
from startwin.errors import StarTwinError
from startwin.gallery.arguments import folder_arguments
from startwin.gallery.credit import family
from startwin.gallery.fetch import summary
from startwin.gallery.fetch.fetching import fetch
from startwin.gallery.fetch.finding import Kind
from startwin.gallery.fetch.plan import COMMONS, LICENSES, WIKIDATA, Plan
from startwin.gallery.fetch.progress import ProgressBar
from startwin.gallery.fetch.terms import Terms

MOST_THREADS, MOST_PER_HOST = 256, 16


def arguments() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(
        "python -m startwin.gallery.fetch", description=__doc__, parents=[folder_arguments()]
    )
    add = parser.add_argument
    contact = "your e-mail address or page, which every site is told (FETCH_CONTACT)"
    add("--contact", metavar="WHO", help=contact)
    add("--language", default="en", metavar="CODE", help="of the catalogue's names (%(default)s)")
    licences = f"families of licences to take ({' '.join(LICENSES)}; unknown for those unnamed)"
    add("--licenses", nargs="+", default=LICENSES, metavar="NAME", help=licences)
    add("--refresh", action="store_true", help="ask whether fetched pictures have changed")
    add("--threads", type=int, default=56, metavar="N", help="in all (%(default)s)")
    per_host = "requests at once at one host; Wikimedia's have limits of their own (%(default)s)"
    add("--per-host", type=int, default=2, metavar="N", help=per_host)
    add("--allow-private", action="store_true", help="fetch from private addresses as well")
    add("--wikidata", default=WIKIDATA, metavar="URL", help="Wikidata's interface (%(default)s)")
    add("--commons", default=COMMONS, metavar="URL", help="that of Commons (%(default)s)")
    parsed = parser.parse_args()
    for name, most in (("threads", MOST_THREADS), ("per_host", MOST_PER_HOST)):
        if not 1 <= getattr(parsed, name) <= most:
            parser.error(f"--{name.replace('_', '-')} must be 1 to {most}")
    return parsed


def main() -> int:
    """Fetch, and say what came of it."""
    asked = arguments()
    try:
        contact = settings.load(fetch_contact=asked.contact).fetch_contact
        terms = Terms.of(contact, asked.per_host, asked.threads, asked.allow_private)
        plan = Plan(
            asked.photos,
            terms,
            asked.catalog,
            asked.leave_out,
            asked.language,
            frozenset(map(family, asked.licenses)),
            asked.refresh,
            asked.wikidata,
            asked.commons,
        )
        with closing(ProgressBar()) as bar:
            result = fetch(plan, bar)
    except StarTwinError as error:
        print(f"fetch: {error}", file=sys.stderr)
        return 1
    print(result)
    if result.of(Kind.AMBIGUOUS):
        print('Whoever is ambiguous: write who is meant into the catalogue, as `"wikidata": "Q…"`')
    print(f"All about it: {asked.photos / summary.NAME}; credits: {asked.photos / 'CREDITS.md'}")
    return int(bool(result.of(Kind.FAILED)) and not result.got_any)


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        print("Stopped. What has come stays; run it again for the rest.", file=sys.stderr)
        sys.exit(130)
