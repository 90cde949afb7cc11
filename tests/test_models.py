"""startwin.face.models: only whole model files are used, and the mending command is right."""

import re
import shutil
import sys
from dataclasses import replace
from pathlib import Path

import dlib
import pytest

from startwin.errors import ModelError
from startwin.face import FaceEngine, models
from tests.conftest import ROOT


@pytest.fixture
def copy_of_the_package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy that can be broken, found before the real one."""
    original = models.RESNET.path().parents[1]
    package = tmp_path / "face_recognition_models"
    (package / "models").mkdir(parents=True)
    (package / "__init__.py").touch()
    for model in (models.RESNET, models.LANDMARKS):
        shutil.copy(original / "models" / model.name, package / "models")
    monkeypatch.syspath_prepend(str(tmp_path))
    return package / "models"


def test_check_passes() -> None:
    models.check()


def test_detector_is_dlibs_own(tmp_path: Path) -> None:
    dlib.get_frontal_face_detector().save(str(tmp_path / "unpacked"))
    assert (tmp_path / "unpacked").read_bytes() == models.DETECTOR.path().read_bytes()


def test_detector_of_another_version_is_refused() -> None:
    other = replace(models.DETECTOR, sha256=models.RESNET.sha256)
    with pytest.raises(ModelError, match=r"faces\.svm is damaged: install StarTwin anew"):
        other.path()


def test_damaged(copy_of_the_package: Path) -> None:
    file = copy_of_the_package / models.LANDMARKS.name
    content = bytearray(file.read_bytes())
    content[1000] ^= 1
    file.write_bytes(content)
    with pytest.raises(ModelError, match=r"landmarks\.dat is damaged: run `.+ pip install"):
        FaceEngine()


def test_missing(copy_of_the_package: Path) -> None:
    (copy_of_the_package / models.RESNET.name).unlink()
    with pytest.raises(ModelError, match=r"resnet_model_v1\.dat cannot be read .*: run `"):
        models.check()


def test_package_not_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "path", [])
    monkeypatch.setattr(sys, "path_importer_cache", {})
    with pytest.raises(ModelError, match="not installed: run `"):
        models.check()


def test_mending_command_installs_what_is_pinned() -> None:
    pinned = re.search(rf"^{models.PACKAGE}==(\S+)$", (ROOT / "requirements.txt").read_text(), re.M)
    assert pinned is not None
    assert pinned[1] == models.VERSION
