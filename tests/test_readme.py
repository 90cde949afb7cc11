"""README.md: what it promises is what there is."""

import re
import subprocess
import sys

import pytest

from startwin.gallery.catalog import CatalogEntry
from startwin.settings import Settings
from tests.conftest import PHOTOS, ROOT

README = (ROOT / "README.md").read_text("utf-8")


def table_row(name: str) -> str:
    field = Settings.model_fields[name]
    default = "number of cores" if name == "workers" else field.default
    shown = "" if default is None else f"`{default}`" if name != "workers" else default
    return f"| `{name.upper()}` | {shown} | {field.description} |"


@pytest.mark.parametrize("name", Settings.model_fields)
def test_every_setting_is_in_the_table(name: str) -> None:
    assert table_row(name) in README.splitlines()


def test_the_table_has_no_other_setting() -> None:
    named = re.findall(r"^\| `([A-Z_]+)` \|", README, re.M)
    assert sorted(name.lower() for name in named) == sorted(Settings.model_fields)


@pytest.mark.parametrize("field", CatalogEntry.model_fields)
def test_every_catalogue_field_is_described(field: str) -> None:
    assert re.search(rf"^\| .*`{field}`.* \|", README, re.M)


def test_python_example_runs(assets: object) -> None:
    example = re.search(r"```python\n(.*?)```", README, re.S)
    assert example is not None
    program = example[1].replace('"assets"', repr(str(assets)))
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=PHOTOS.parent,
        env={"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.startswith("Grace Hopper 0.")
    assert done.stdout.endswith(" 100\n")


def test_every_shipped_photo_is_credited() -> None:
    told = (ROOT / "photos" / "CREDITS.md").read_text("utf-8")
    for photo in PHOTOS.iterdir():
        assert f"| `{photo.stem}." in told


@pytest.mark.parametrize("script", ["bot.py", "build_embeddings.py"])
def test_scripts_explain_themselves(script: str) -> None:
    done = subprocess.run(
        [sys.executable, ROOT / script, "--help"], capture_output=True, text=True, check=True
    )
    assert done.stdout.startswith("usage: ")
    assert len((ROOT / script).read_text().splitlines()) <= 80
