"""Who is found, and how surely: a table for each set of probes, a row for each recipe."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bench.photos import Probe
from bench.pipelines import BASELINE, OWN_DETECTOR, Reading
from bench.readings import take_turns
from bench.recognition import Outcome, difference, judged, uniformity
from bench.section import Section, bars, table
from startwin.gallery.search.graph import Vectors

JITTERS = 10
"""As `build_embeddings.py` has it."""

FINAL = "StarTwin"


@dataclass(frozen=True)
class Recipe:
    """A way to read celebrities' photos and users'.

    Attributes:
        pipeline: which.
        jitters: of celebrities' photos.
    """

    pipeline: str
    jitters: int


RECIPES = {
    BASELINE: Recipe(BASELINE, 0),
    "face_recognition": Recipe("face_recognition", 0),
    OWN_DETECTOR: Recipe(OWN_DETECTOR, 0),
    "and smoothed, with mirror image": Recipe(FINAL, 0),
    "and jitters in the gallery: StarTwin": Recipe(FINAL, JITTERS),
}
"""The article's recipe, the package's, and what each of our steps adds to the article's."""

FINAL_RECIPE = list(RECIPES)[-1]


def likeness(gallery: list[Probe], probe_sets: dict[str, list[Probe]]) -> Section:
    """A photo without a face counts as not recognised.

    Args:
        gallery: one photo a person.
        probe_sets: other photos of the same people, by the set's name.
    """
    names = {recipe.pipeline for recipe in RECIPES.values()}
    as_users = take_turns(gallery, names)
    as_stars = take_turns(gallery, [FINAL], jitters=JITTERS)
    known = {
        name: (as_stars if recipe.jitters else as_users)[recipe.pipeline].readings
        for name, recipe in RECIPES.items()
    }
    people = [probe.person for probe in gallery]
    parts: list[str] = []
    plots: dict[str, bytes] = {}
    for title, probes in probe_sets.items():
        seen = take_turns(probes, names)
        who = [probe.person for probe in probes]
        outcomes = {
            name: judged(*_found(people, known[name]), who, seen[recipe.pipeline].readings)
            for name, recipe in RECIPES.items()
        }
        parts.append(
            f"{title}: {len(probes)} photos of {len(set(who))} of {len(gallery)} people.\n\n"
            f"{_table(outcomes)}\n\n{_differences(outcomes, who)}"
        )
        plots[f"likeness-{len(plots) + 1}"] = _drawn(title, outcomes)
    for name, recipe in RECIPES.items():
        if len(gallery) > 1:
            users = as_users[recipe.pipeline].readings
            parts.append(f"{name}: {_uniformity(known[name], users)}")
    return Section("\n\n".join(parts), plots)


def _found(people: list[str], readings: list[Reading]) -> tuple[list[str], Vectors]:
    seen = [
        (person, reading.embeddings[0])
        for person, reading in zip(people, readings, strict=True)
        if reading.embeddings
    ]
    return [person for person, _ in seen], np.stack([vector for _, vector in seen])


def _table(outcomes: dict[str, Outcome]) -> str:
    rows = [
        (
            name,
            _share(outcome.detected),
            _share(outcome.right(1)),
            _share(outcome.right(5)),
            f"{100 * outcome.verified().mean():.2f}%",
            _spread(outcome.own[outcome.detected]),
        )
        for name, outcome in outcomes.items()
    ]
    head = ("recipe", "detected", "right nearest", "right in 5", "verified", "same person")
    return table(head, rows)


def _differences(outcomes: dict[str, Outcome], who: list[str]) -> str:
    final, baseline = outcomes[FINAL_RECIPE], outcomes[BASELINE]
    measures = {
        "detected": (final.detected, baseline.detected),
        "right nearest": (final.right(1), baseline.right(1)),
        "right in 5": (final.right(5), baseline.right(5)),
        "verified": (final.verified(), baseline.verified()),
    }
    told = []
    for name, (ours, theirs) in measures.items():
        mean, low, high = (100 * share for share in difference(ours, theirs, who))
        told.append(f"{name} {mean:+.1f} ({low:+.1f} to {high:+.1f})")
    return "StarTwin less the article's, in points, with 95% intervals: " + ", ".join(told) + "."


def _uniformity(stars: list[Reading], users: list[Reading]) -> str:
    both = [
        (star.embeddings[0], user.embeddings[0])
        for star, user in zip(stars, users, strict=True)
        if star.embeddings and user.embeddings
    ]
    distance, bound = uniformity(*(np.stack(column) for column in zip(*both, strict=True)))
    return (
        f"percentages of people who are not in the gallery are {distance:.3f} away from uniform "
        f"(Kolmogorov-Smirnov; 95% bound {bound:.3f})."
    )


def _drawn(title: str, outcomes: dict[str, Outcome]) -> bytes:
    missed = {
        name: {
            "no face": 100 * float((~outcome.detected).mean()),
            "wrong person": 100 * float((outcome.detected & ~outcome.right(1)).mean()),
        }
        for name, outcome in outcomes.items()
    }
    return bars(f"{title}: not recognised", "% of the photos", missed, stacked=True)


def _share(which: NDArray[np.bool_]) -> str:
    return f"{which.sum()} ({100 * which.mean():.1f}%)"


def _spread(values: NDArray[np.float64]) -> str:
    return f"{values.mean():.3f} ± {values.std():.3f}" if len(values) else "–"
