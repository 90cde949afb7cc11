"""startwin.face.resnet: two engines, one network."""

import stat
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from startwin.errors import ModelError
from startwin.face import models, onnx_graph, resnet
from startwin.face.landmarks import Chip
from startwin.face.resnet import TOLERANCE, DlibResNet, OnnxResNet
from tests.conftest import PHOTOS


@pytest.fixture(scope="module")
def chips() -> list[Chip]:
    """Parts of photos, not only of faces: the engines must agree on anything."""
    rng = np.random.default_rng(3)
    cut = []
    for path in PHOTOS.iterdir():
        photo = Image.open(path).convert("RGB")
        for _ in range(2):
            x, y = (int(rng.integers(0, side - 200)) for side in photo.size)
            cut.append(np.asarray(photo.crop((x, y, x + 200, y + 200)).resize((150, 150))))
    noise = rng.integers(0, 255, (150, 150, 3), dtype=np.uint8)
    return [*cut, noise, np.zeros_like(noise), np.full_like(noise, 255)]


def test_agrees_with_dlib(converted: Path, chips: list[Chip]) -> None:
    mine = OnnxResNet(converted).embed(chips)
    dlibs = DlibResNet().embed(chips)
    assert len(chips) > resnet.BATCH
    assert mine.shape == dlibs.shape == (len(chips), 128)
    assert mine.dtype == np.float32
    assert np.linalg.norm(mine - dlibs, axis=1).max() < TOLERANCE


def test_chips_do_not_depend_on_their_batch(converted: Path, chips: list[Chip]) -> None:
    network = OnnxResNet(converted)
    together = network.embed(chips)
    alone = [network.embed([chip])[0] for chip in chips]
    assert np.abs(together - np.stack(alone)).max() < 1e-5


def test_nothing_to_do(converted: Path) -> None:
    assert OnnxResNet(converted).embed([]).shape == DlibResNet().embed([]).shape == (0, 128)


def kept(folder: Path) -> Path:
    (file,) = folder.glob("*.onnx")
    return file


def test_conversion_is_kept_for_its_owner_alone(tmp_path: Path) -> None:
    OnnxResNet(tmp_path / "deep" / "data")
    folder = tmp_path / "deep" / "data"
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert models.RESNET.sha256[:8] in kept(folder).name


def test_kept_conversion_is_used(converted: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(onnx_graph, "build", lambda _: pytest.fail("converted again"))
    OnnxResNet(converted)


def test_damaged_conversion_is_made_anew(tmp_path: Path, chips: list[Chip]) -> None:
    OnnxResNet(tmp_path)
    whole = kept(tmp_path).read_bytes()
    kept(tmp_path).write_bytes(whole[:-1] + b"?")
    OnnxResNet(tmp_path).embed(chips)
    assert kept(tmp_path).read_bytes() == whole


def test_data_folder_that_cannot_be_written(tmp_path: Path, chips: list[Chip]) -> None:
    (tmp_path / "data").write_text("a file")
    assert len(OnnxResNet(tmp_path / "data").embed(chips)) == len(chips)


@pytest.mark.parametrize("missing", ["onnxruntime", "onnx"])
def test_without_the_library_dlib_does_it(
    missing: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, missing, None)
    monkeypatch.delitem(sys.modules, "startwin.face.onnx_graph", raising=False)
    monkeypatch.delattr("startwin.face.onnx_graph")
    assert isinstance(resnet.load("onnx", tmp_path), DlibResNet)


def test_conversion_that_is_off_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(onnx_graph, "SCALE", 255.0)
    with pytest.raises(ModelError, match="away from dlib's"):
        OnnxResNet(tmp_path)
    assert list(tmp_path.iterdir()) == []
    assert isinstance(resnet.load("onnx", tmp_path), DlibResNet)


def test_dlib_can_be_chosen(tmp_path: Path) -> None:
    assert isinstance(resnet.load("dlib", tmp_path), DlibResNet)
    assert isinstance(resnet.load("onnx", tmp_path), OnnxResNet)


def test_file_that_is_laid_out_otherwise(tmp_path: Path) -> None:
    (tmp_path / "weights.dat").write_bytes(models.RESNET.path().read_bytes()[:100_000])
    with pytest.raises(ValueError, match="reshape"):
        onnx_graph.build(tmp_path / "weights.dat")
