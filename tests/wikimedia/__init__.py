"""The other end of the fetcher: Wikidata and Wikimedia Commons over real HTTP on loopback.

Shapes of answers follow MediaWiki's and Wikibase's documentation and sources (ApiMain,
ApiQueryImageInfo, GetEntities, SearchEntities, CommonsMetadata) and answers that others have
recorded; everything in them is made up here. How a test uses it:

    with Wikimedia() as wikimedia:
        wikimedia.world.person("Q1", labels="Ada Example", born=1956, portrait="Ada.jpg")
        wikimedia.world.file("Ada.jpg", picture, license="cc-by-2.0")
        wikimedia.faults.on("uploads", refuse(429, retry_after=1), times=2)
        ...  # a client is sent to wikimedia.wikidata.api and wikimedia.commons.api
        assert wikimedia.log.peak("uploads", "thumbs") <= 2

From below upwards: claims, licences; files; people (the world); serialization, search, images;
api, uploads; exchange, log; faults, transport, garbage, quotas; hosts, server.
"""

from tests.wikimedia.claims import UNKNOWN, deprecated, preferred
from tests.wikimedia.people import World
from tests.wikimedia.server import Wikimedia

__all__ = ["UNKNOWN", "Wikimedia", "World", "deprecated", "preferred"]
