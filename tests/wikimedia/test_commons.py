"""prop=imageinfo and the media hosts, held against the documentation."""

import io
from email.utils import parsedate_to_datetime

import pytest
from PIL import Image

from tests.wikimedia import Wikimedia
from tests.wikimedia.client import api, get

ASKED = {
    "action": "query",
    "prop": "imageinfo",
    "iiprop": "url|size|mime|sha1|extmetadata",
    "iiurlwidth": 800,
    "formatversion": 2,
}


def test_an_image_of_the_second_format(wikimedia: Wikimedia) -> None:
    answer = api(wikimedia.commons.api, titles="File:Best.jpg", **ASKED)
    assert answer["batchcomplete"] is True
    (page,) = answer["query"]["pages"]
    assert (page["ns"], page["title"], page["imagerepository"]) == (6, "File:Best.jpg", "local")
    (info,) = page["imageinfo"]
    assert (info["width"], info["height"], info["mime"]) == (1400, 700, "image/jpeg")
    file = wikimedia.world.files["Best.jpg"]
    assert (info["size"], info["sha1"]) == (len(file.content), file.sha1)
    assert info["descriptionurl"] == "https://commons.wikimedia.org/wiki/File:Best.jpg"
    # the standard width above what was asked for, and the numbers of what was asked for
    assert "/960px-Best.jpg?utm_source=" in info["thumburl"]
    assert info["thumburl"].startswith(wikimedia.thumbs.url)
    assert (info["thumbwidth"], info["thumbheight"]) == (800, 400)


def test_the_licence_as_commons_metadata_tells_it(wikimedia: Wikimedia) -> None:
    answer = api(wikimedia.commons.api, titles="File:Best.jpg", **ASKED)
    metadata = answer["query"]["pages"][0]["imageinfo"][0]["extmetadata"]
    assert metadata["License"] == {
        "value": "cc-by-2.0",
        "source": "commons-templates",
        "hidden": "",
    }
    assert metadata["LicenseShortName"]["value"] == "CC BY 2.0"
    assert metadata["LicenseShortName"]["source"] == "commons-desc-page"
    assert metadata["LicenseUrl"]["value"] == "https://creativecommons.org/licenses/by/2.0"
    assert metadata["AttributionRequired"]["value"] == "true"
    assert metadata["Artist"] == {
        "value": '<a href="//commons.wikimedia.org/wiki/User:Grace" title="User:Grace">Grace</a>',
        "source": "commons-desc-page",
    }


@pytest.mark.parametrize(
    ("name", "machine", "short"),
    [("Free", "pd", "Public domain"), ("Stern", None, "CC BY-NC 2.0"), ("Bare", None, None)],
)
def test_only_free_licences_have_a_machine_name(
    wikimedia: Wikimedia, name: str, machine: str | None, short: str | None
) -> None:
    answer = api(
        wikimedia.commons.api,
        titles=f"File:{name}.jpg",
        iiextmetadatafilter="License|LicenseShortName",
        **ASKED,
    )
    metadata = answer["query"]["pages"][0]["imageinfo"][0]["extmetadata"]
    assert {key: entry["value"] for key, entry in metadata.items()} == {
        key: value
        for key, value in (("License", machine), ("LicenseShortName", short))
        if value is not None
    }


def test_titles_are_normalized_followed_and_missed(wikimedia: Wikimedia) -> None:
    titles = "File:plain_one (small).jpg|File:Former.jpg|File:Gone.jpg"
    first = {**ASKED, "formatversion": 1, "redirects": 1}
    query = api(wikimedia.commons.api, titles=titles, **first)["query"]
    assert query["normalized"] == [
        {"from": "File:plain_one (small).jpg", "to": "File:Plain one (small).jpg"}
    ]
    assert query["redirects"] == [{"from": "File:Former.jpg", "to": "File:Best.jpg"}]
    gone = query["pages"]["-3"]
    assert gone == {"ns": 6, "title": "File:Gone.jpg", "missing": "", "imagerepository": ""}
    by_title = {page["title"]: page for page in query["pages"].values()}
    small = by_title["File:Plain one (small).jpg"]["imageinfo"][0]
    assert "utm_content=thumbnail_unscaled" in small["thumburl"]
    assert (small["thumbwidth"], small["thumbheight"]) == (100, 50)
    assert "%28small%29.jpg" in small["url"]
    assert by_title["File:Best.jpg"]["imageinfo"]


def test_fifty_one_titles_are_too_many(wikimedia: Wikimedia) -> None:
    titles = "|".join(f"File:{number}.jpg" for number in range(51))
    assert api(wikimedia.commons.api, titles=titles, **ASKED)["error"]["code"] == "toomanyvalues"


def test_a_large_answer_comes_in_parts(wikimedia: Wikimedia) -> None:
    wikimedia.images.at_once = 2
    asked = {**ASKED, "titles": "File:Best.jpg|File:Free.jpg|File:Stern.jpg"}
    first = api(wikimedia.commons.api, **asked)
    assert "batchcomplete" not in first
    assert ["imageinfo" in page for page in first["query"]["pages"]] == [True, True, False]
    last = api(wikimedia.commons.api, **{**asked, **first["continue"]})
    assert last["batchcomplete"] is True
    assert ["imageinfo" in page for page in last["query"]["pages"]] == [False, False, True]


def test_a_single_file_ends_with_its_history(wikimedia: Wikimedia) -> None:
    wikimedia.world.file("Twice.jpg", b"no picture", older=1)
    asked = {**ASKED, "iiprop": "timestamp|url", "titles": "File:Twice.jpg"}
    first = api(wikimedia.commons.api, **asked)
    assert "batchcomplete" not in first
    assert list(first["continue"]) == ["iistart", "continue"]
    older = api(wikimedia.commons.api, **{**asked, **first["continue"]})
    assert "/archive/" in older["query"]["pages"][0]["imageinfo"][0]["url"]
    both = api(wikimedia.commons.api, **{**asked, "titles": "File:Twice.jpg|File:Free.jpg"})
    assert both["batchcomplete"] is True


def test_a_thumbnail_is_scaled_and_validated(wikimedia: Wikimedia) -> None:
    answer = api(wikimedia.commons.api, titles="File:Best.jpg", **ASKED)
    url = answer["query"]["pages"][0]["imageinfo"][0]["thumburl"]
    reply = get(url)
    assert (reply.status, reply.headers["content-type"]) == (200, "image/jpeg")
    assert Image.open(io.BytesIO(reply.body)).size == (960, 480)
    assert reply.headers["content-length"] == str(len(reply.body))
    assert parsedate_to_datetime(reply.headers["last-modified"]).year == 2019
    again = get(url, {"If-None-Match": reply.headers["etag"]})
    assert (again.status, again.body) == (304, b"")
    assert get(url, {"If-Modified-Since": reply.headers["last-modified"]}).status == 304
    assert get(url, {"If-None-Match": '"another"'}).status == 200


@pytest.mark.parametrize("status", [429, 400])
def test_only_standard_widths_are_drawn(wikimedia: Wikimedia, status: int) -> None:
    wikimedia.media.refusal = status
    path = wikimedia.world.files["Best.jpg"].thumb_path(960)
    assert path is not None
    reply = get(wikimedia.thumbs.url + path.replace("960px", "800px"))
    assert (reply.status, "retry-after" in reply.headers) == (status, status == 429)


def test_parts_only_when_switched_on(wikimedia: Wikimedia) -> None:
    url = wikimedia.uploads.url + wikimedia.world.files["Free.jpg"].path
    part = {"Range": "bytes=3-"}
    assert get(url, part).status == 200
    wikimedia.media.ranges = True
    reply = get(url, part)
    assert (reply.status, reply.body) == (206, b"picture")
    assert reply.headers["content-range"] == "bytes 3-9/10"
    assert get(url, {"Range": "bytes=10-"}).status == 416
