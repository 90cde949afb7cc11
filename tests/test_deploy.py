"""What is shipped for running the bot in production fits the bot."""

import configparser
import re
from datetime import UTC, datetime
from xml.etree import ElementTree as ET

import pytest
from prometheus_client import generate_latest

from startwin import errors
from startwin.chat.requests.request import Kind
from startwin.journal import metrics
from startwin.journal.events import SCHEMA
from startwin.settings import Settings
from tests import journal_page
from tests.conftest import ROOT

DEPLOY = ROOT / "deploy"
UNIT = (DEPLOY / "startwin.service").read_text("utf-8")
IMAGE = (DEPLOY / "Dockerfile").read_text("utf-8")
OTHERS = {"ORT_DISABLE_TELEMETRY", "PYTHONDONTWRITEBYTECODE"}
"""Environment that is not ours."""

EVENT = re.findall(r"^(\{.*\})$", journal_page.PAGE, re.M)[0]


def unit_seconds(name: str) -> float:
    found = re.search(rf"^{name}=(\d+)$", UNIT, re.M)
    assert found
    return float(found[1])


def test_unit_gives_the_bot_the_time_that_it_takes() -> None:
    assert unit_seconds("TimeoutStopSec") > Settings.model_fields["stop_timeout"].default
    assert unit_seconds("WatchdogSec") > 2  # the bot says a word each second


def test_unit_and_image_set_only_what_there_is() -> None:
    for names in (
        re.findall(r"^Environment=(\w+)=", UNIT, re.M),
        re.findall(r"^(?:ENV|   ) ([A-Z_]+)=", IMAGE, re.M),
    ):
        assert {"DATA_DIR", "ASSETS_DIR", "METRICS_LISTEN", *OTHERS} <= set(names)
        assert {name.lower() for name in set(names) - OTHERS} <= set(Settings.model_fields)


def test_image_takes_what_there_is_and_docker_is_given_it() -> None:
    sent = (ROOT / ".dockerignore").read_text().splitlines()
    for sources in re.findall(r"^COPY (.*) \S+$", IMAGE, re.M):
        for source in sources.split():
            assert (ROOT / source).exists()
            assert f"!{source}" in sent


def test_health_check_asks_where_the_bot_answers() -> None:
    (port,) = re.findall(r"METRICS_LISTEN=[\d.]+:(\d+)", IMAGE)
    assert f"http://127.0.0.1:{port}/healthz" in IMAGE


def stanzas(name: str) -> configparser.ConfigParser:
    parser = configparser.ConfigParser(interpolation=None)
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    parser.read(DEPLOY / "splunk" / name)
    return parser


def test_splunk_finds_an_events_time() -> None:
    props = stanzas("props.conf")["startwin:journal"]
    prefix = re.search(props["TIME_PREFIX"], EVENT)
    assert prefix
    found = EVENT[prefix.end() :][: int(props["MAX_TIMESTAMP_LOOKAHEAD"])]
    form = props["TIME_FORMAT"].replace("%3N", "%f")
    told = datetime.strptime(found, form).replace(tzinfo=UTC)
    assert told == datetime(2026, 11, 23, 18, 16, 52, 268_000, UTC)
    assert re.split(props["LINE_BREAKER"], f"{EVENT}\n{EVENT}")[::2] == [EVENT, EVENT]
    assert len(EVENT) * 10 < int(props["TRUNCATE"])


def test_splunk_reads_the_journal_that_the_unit_writes() -> None:
    (stanza,) = stanzas("inputs.conf").sections()
    (file,) = re.findall(r"^Environment=JOURNAL_FILE=(.*)$", UNIT, re.M)
    assert stanza == f"monitor://{file}*"
    assert stanzas("inputs.conf")[stanza]["sourcetype"] in stanzas("props.conf")


SPL = set(
    re.findall(
        r"\w+",
        "index sourcetype IN OR by as count limit span 1d 1 0 20 100 true"
        " timechart stats streamstats top eval fields dc sum avg latest perc50 perc95 perc99"
        " round mvindex split",
    )
)
"""The words of the search language that the dashboard uses."""

SEARCHES = [
    str(query.text) for query in ET.parse(DEPLOY / "splunk" / "dashboard.xml").iter("query")
]


@pytest.mark.parametrize("search", SEARCHES)
def test_search_uses_only_documented_fields(search: str) -> None:
    assert search.startswith('index=startwin sourcetype="startwin:journal" ')
    known = SPL | journal_page.names() | set(re.findall(r"(?:\bas|\beval) (\w+)", search))
    known |= set(journal_page.FIELDS) | set(journal_page.OUTCOMES) | {"startwin"}
    words = re.findall(r"[\w.]+", re.sub(r'"[^"]*"', "", search))
    assert set(words) <= known


@pytest.mark.parametrize("search", SEARCHES)
def test_search_asks_for_what_can_be(search: str) -> None:
    for field, values in (("kind", journal_page.KINDS), ("event", journal_page.FIELDS)):
        for listed in re.findall(rf"{field} IN \((.*?)\)", search):
            assert set(re.findall(r'"(\w+)"', listed)) <= set(values)


def test_journals_page_is_about_this_schema() -> None:
    assert f"This is **version {SCHEMA}** of the schema" in journal_page.PAGE


def test_journals_page_names_every_kind_and_outcome() -> None:
    assert set(journal_page.KINDS) == {str(kind) for kind in Kind}
    leaves = [each for each in vars(errors).values() if isinstance(each, type)]
    keys = {each.text_key for each in leaves if issubclass(each, errors.PhotoError)}
    assert {key.rpartition(".")[2] for key in keys} <= set(journal_page.OUTCOMES)


def test_alerts_watch_metrics_and_outcomes_that_there_are() -> None:
    rules = (DEPLOY / "prometheus" / "startwin.rules.yml").read_text("utf-8")
    metrics.ANSWERS.labels("photo", "card")  # without labels it is not served yet
    metrics.ANSWER_SECONDS.labels("photo")
    served = set(re.findall(r"^(startwin_\w+)", generate_latest().decode(), re.M))
    named = set(re.findall(r"\bstartwin_\w+(?=\{)", rules))
    assert len(named) == 4
    assert named <= served
    (outcomes,) = re.findall(r'outcome=~"([\w|]+)"', rules)
    assert set(outcomes.split("|")) <= set(journal_page.OUTCOMES)


@pytest.mark.parametrize("page", ["README.md", "docs/operations.md", "docs/journal.md"])
def test_links_lead_somewhere(page: str) -> None:
    text = (ROOT / page).read_text("utf-8")
    for target in re.findall(r"\]\((?!https?:)([^)#]+)", text):
        assert ((ROOT / page).parent / target).exists(), target


def test_operations_name_only_settings_that_there_are() -> None:
    text = (DEPLOY.parent / "docs" / "operations.md").read_text("utf-8")
    named = set(re.findall(r"\b([A-Z]+(?:_[A-Z]+)+)\b", text)) - OTHERS
    assert len(named) > 10
    assert {name.lower() for name in named} <= set(Settings.model_fields)
