"""startwin.face.embedder: several views of a face, one embedding."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from startwin.face.embedder import Embedder, smoothed
from startwin.face.landmarks import Chip
from startwin.face.resnet import DlibResNet, OnnxResNet
from tests.conftest import ROOT


@pytest.fixture(scope="module")
def network(converted: Path) -> OnnxResNet:
    return OnnxResNet(converted)


@pytest.fixture(scope="module")
def chip() -> Chip:
    return np.asarray(Image.open(ROOT / "startwin/face/chips/grace-hopper.png"))


def test_a_face_and_its_mirror_image_have_one_embedding(network: OnnxResNet, chip: Chip) -> None:
    one = Embedder(network).embed(chip)
    other = Embedder(network).embed(np.ascontiguousarray(chip[:, ::-1]))
    assert one.shape == (128,)
    assert one.dtype == np.float32
    np.testing.assert_allclose(one, other, atol=1e-5)


def test_it_lies_between_the_two(network: OnnxResNet, chip: Chip) -> None:
    smooth = smoothed(chip)
    views = network.embed([smooth, smooth[:, ::-1]])
    np.testing.assert_allclose(Embedder(network).embed(chip), views.mean(axis=0), atol=1e-6)
    assert np.linalg.norm(views[0] - views[1]) > 0.05


def test_jitters_are_another_mean_on_either_network(network: OnnxResNet, chip: Chip) -> None:
    plain = Embedder(network).embed(chip)
    jittered = Embedder(network).embed(chip, jitters=30)
    dlibs = Embedder(DlibResNet()).embed(chip, jitters=30)
    assert 0.02 < np.linalg.norm(jittered - plain) < 0.3
    assert np.linalg.norm(jittered - dlibs) < 0.1
    np.testing.assert_array_equal(Embedder(network).embed(chip, jitters=1), plain)


def test_noise_moves_it_less_than_the_network_alone(network: OnnxResNet, chip: Chip) -> None:
    grain = np.random.default_rng(1).normal(0, 15, chip.shape)
    noisy = (chip + grain).clip(0, 255).astype(np.uint8)
    bare = np.linalg.norm(np.subtract(*network.embed([chip, noisy])))
    embedder = Embedder(network)
    assert np.linalg.norm(embedder.embed(chip) - embedder.embed(noisy)) < 0.8 * bare
