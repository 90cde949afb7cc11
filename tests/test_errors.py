"""startwin.errors: one tree, told in the user's words, whole across processes."""

import pickle
from typing import Any

import pytest

from startwin import errors
from startwin.chat.replies import Replies


def leaves(root: type[Exception]) -> list[type[Any]]:
    below = root.__subclasses__()
    return [leaf for branch in below for leaf in leaves(branch)] if below else [root]


@pytest.mark.parametrize("leaf", leaves(errors.PhotoError))
def test_every_photo_error_has_a_text_for_the_user(leaf: type[errors.PhotoError]) -> None:
    assert "text_key" in vars(leaf)
    assert Replies().text(leaf.text_key)


@pytest.mark.parametrize("leaf", leaves(errors.StarTwinError))
def test_crosses_process_borders(leaf: type[Exception]) -> None:
    error = pickle.loads(pickle.dumps(leaf("why")))
    assert type(error) is leaf
    assert str(error) == "why"


@pytest.mark.parametrize("leaf", leaves(errors.StarTwinError))
def test_is_drawn_in_the_tree(leaf: type[Exception]) -> None:
    assert errors.__doc__ is not None
    assert f"── {leaf.__name__} " in errors.__doc__
