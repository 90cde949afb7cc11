"""startwin.face.workers: who reads faces, and that nobody pays for a cluster who has none."""

import subprocess
import sys

import pytest

from startwin.errors import SettingsError
from startwin.face import FacePool, workers
from startwin.face.cluster.passage import has_touched_store
from startwin.face.cluster.terms import difference, identity
from startwin.settings import Settings
from tests.conftest import ROOT


def test_without_a_cluster_the_machines_own() -> None:
    assert isinstance(workers.configured(Settings(workers=2), at_most=1), FacePool)


def test_nothing_of_ray_is_imported() -> None:
    program = (
        "import sys\n"
        "from startwin.chat.running import app\n"
        "from startwin.gallery.building import build\n"
        "from startwin.face.cluster import standby\n"
        "sys.exit('ray' in sys.modules)\n"
    )
    subprocess.run(
        [sys.executable, "-W", "ignore", "-c", program], env={"PYTHONPATH": str(ROOT)}, check=True
    )


def test_without_ray_one_sentence_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "ray", None)
    with pytest.raises(SettingsError, match=r"install -r requirements-cluster\.txt"):
        workers.configured(Settings(face_cluster="auto"))


def test_identity_names_what_differs() -> None:
    here = identity()
    assert difference(here, dict(here)) is None
    assert difference(here, {**here, "numpy": "1.0"}) == (
        f"has another version of numpy: 1.0 there, {here['numpy']} here"
    )
    assert "missing there" in str(difference(here, {}))


MAPPING = """\
7f00-7f01 r--p 00000000 08:01 11 /usr/lib/libc.so
Rss: 1200 kB
7f02-7f03 rw-s 00000000 00:17 12 /dev/shm/plasmaBbwIWJ (deleted)
Size: 78336 kB
Rss: {} kB
VmFlags: rd wr
"""


def test_pages_of_the_object_store_are_noticed() -> None:
    assert not has_touched_store(MAPPING.format(0).splitlines())
    assert has_touched_store(MAPPING.format(4).splitlines())
    assert not has_touched_store()
