"""An average learned by its evidence: against sums over pairs, densities, and what was planned."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from filled_plan import filled
from scipy.stats import multivariate_normal

from symtheory import regression
from symtheory.datasets import load_digits
from symtheory.experiments.evidence import run as evidence
from symtheory.experiments.evidence.averages import averaged, one_hot, said
from symtheory.experiments.evidence.candidates import FLOOR, learn_among
from symtheory.experiments.evidence.settings import EVIDENCE, Evidence
from symtheory.groups import cyclic_group, dihedral_group, quaternion_group, symmetric_group
from symtheory.learning import learn_average, log_evidence
from symtheory.records import load, published
from symtheory.spectral import average_rows, expand_rows, group_average

SMALL = {"draws": 1, "seeds": 3, "fresh": 3, "orders": [4, 8], "starts": 3, "ridge": 1e-10}


def invariant(group, m: int, *, seed: int = 0) -> np.ndarray:
    """A positive definite invariant Gram matrix, of shape (m, |G|, m, |G|)."""
    n = m * group.order
    features = np.random.default_rng(seed).normal(size=(n, 2 * n))
    gram = np.asarray(group_average(features @ features.T / n, group))
    return gram.reshape(m, group.order, m, group.order)


def test_an_average_is_the_sum_over_pairs_of_transforms() -> None:
    group = dihedral_group(3)
    gram = invariant(group, 2)
    a = np.random.default_rng(1).dirichlet(np.ones(6))
    found = averaged(gram, group, a)
    table = group.table
    expected = sum(
        a[g] * a[h] * gram[:, table[g]][:, :, :, table[h]] for g in range(6) for h in range(6)
    )
    np.testing.assert_allclose(found, expected, rtol=1e-12, atol=1e-14)


def test_what_is_said_is_kernel_regression_without_the_points() -> None:
    gram = invariant(cyclic_group(4), 3)
    labels = np.random.default_rng(2).normal(size=(3, 4, 2))
    seen = np.ones((3, 4), bool)
    seen[1, 0] = seen[2, 3] = False
    found = said(gram, labels, seen, 0.1, gram[~seen])
    flat = gram.reshape(12, 12)
    expected = regression.held_out_prediction(
        flat, labels.reshape(12, 2), [4, 11], ridge=0.1, real_labels=True
    )
    np.testing.assert_allclose(found, expected, rtol=1e-9)


def test_the_evidence_among_candidates_is_a_density_and_nowhere_near_is_it_larger() -> None:
    generator = np.random.default_rng(3)
    points = generator.normal(size=(8, 3, 5))
    flat = points.reshape(24, 5)
    kernel = np.exp(-((flat[:, None] - flat[None]) ** 2).sum(-1) / 9).reshape(8, 3, 8, 3)
    blocks, labels = kernel.transpose(1, 3, 0, 2), one_hot(np.repeat([0, 1, 2], [3, 3, 2]))

    def density(weights, scale, noise):
        covariance = scale * np.einsum("t,s,tsij->ij", weights, weights, blocks)
        normal = multivariate_normal(cov=covariance + noise * np.eye(8))
        return normal.logpdf(labels.T).sum()

    best = learn_among(blocks, labels, starts=4, seed=0)
    assert best.weights.min() >= 0 and best.noise >= FLOOR
    assert best.weights.sum() == pytest.approx(1, abs=1e-12)
    assert best.evidence == pytest.approx(density(*best[:3]), rel=1e-9)
    for _ in range(20):
        other = best.weights * np.exp(0.1 * generator.normal(size=3))
        scale, noise = np.array(best[1:3]) * np.exp(0.1 * generator.normal(size=2))
        near = density(other / other.sum(), scale, max(noise, FLOOR))
        assert near <= best.evidence + 1e-6
    fewer = learn_among(blocks, labels, starts=1, seed=0)
    assert fewer.evidence <= best.evidence


@pytest.mark.parametrize(
    "group", [cyclic_group(4), symmetric_group(3), quaternion_group()], ids=lambda g: g.name
)
def test_the_evidence_of_any_labels_is_the_density_of_a_gaussian(group) -> None:
    gram, n = invariant(group, 3), group.order
    rows = average_rows(gram.reshape(3 * n, 3 * n), group)
    generator = np.random.default_rng(5)
    a, labels = generator.dirichlet(np.ones(n)), generator.normal(size=(3, n))
    covariance = averaged(gram, group, a).reshape(3 * n, 3 * n) + 0.05 * np.eye(3 * n)
    for y in (labels, np.repeat(labels[:, :1], n, axis=1)):
        found = log_evidence(rows, group, weights=a, labels=y, noise=0.05)
        expected = multivariate_normal(cov=covariance).logpdf(y.ravel())
        assert float(found) == pytest.approx(expected, rel=1e-10)


@pytest.mark.parametrize("group", [cyclic_group(6), dihedral_group(4)], ids=lambda g: g.name)
def test_for_labels_constant_on_orbits_no_average_beats_the_uniform_one(group) -> None:
    rows = np.asarray(average_rows(invariant(group, 3).reshape(3 * group.order, -1), group))
    generator, n = np.random.default_rng(4), group.order
    labels = generator.normal(size=3)
    # Also the surplus over the plain kernel is that of the theorem: ½ log det beyond the constants.
    full, constant = np.linalg.eigvalsh(np.asarray(expand_rows(rows, group))), rows.sum(axis=-1)
    for noise in (1e-4, 1e-2, 1.0, 100.0):
        best = float(
            log_evidence(rows, group, weights=np.full(n, 1 / n), labels=labels, noise=noise)
        )
        for concentration in (0.1, 1.0, 30.0):
            a = generator.dirichlet(np.full(n, concentration))
            assert log_evidence(rows, group, weights=a, labels=labels, noise=noise) < best
        plain = float(log_evidence(rows, group, weights=np.eye(n)[0], labels=labels, noise=noise))
        surplus = np.log1p(full / noise).sum()
        surplus -= np.log1p(np.linalg.eigvalsh(constant) / noise).sum()
        assert best - plain == pytest.approx(surplus / 2, rel=1e-7)


def test_the_maximum_tends_to_an_average_over_the_subgroup_that_keeps_the_labels() -> None:
    group = dihedral_group(4)
    mirrored = np.array(["s" in label for label in group.labels])
    rows = np.asarray(average_rows(invariant(group, 4).reshape(32, -1), group))
    signs = np.array([1.0, -1.0, 1.0, -1.0])
    labels = signs[:, None] * np.where(mirrored, -1.0, 1.0)
    uneven = []
    for least in (1e-1, 1e-3, 1e-5):
        found = learn_average(rows, group, labels, starts=6, least_noise=least)
        a = found.weights.reshape(4, 2)[:, 0], found.weights[mirrored]
        uneven.append(max(np.ptp(found.weights[~mirrored]), np.ptp(a[1])))
    assert uneven[-1] < 1e-3 and uneven[-1] <= uneven[0]
    assert not mirrored[np.asarray(found.subgroup.image)].any()
    assert found.subgroup.source.order == 4


def test_no_subgroup_is_found_where_a_band_of_frequencies_is_all_that_labels_have() -> None:
    group, angle = cyclic_group(6), 2 * np.pi * np.arange(6) / 6
    rows = np.asarray(average_rows(invariant(group, 3).reshape(18, -1), group))
    phases = np.array([0.3, 1.9, 4.0])
    labels = np.cos(angle - phases[:, None])
    band = (1 + np.cos(angle)) / 6
    halves = np.eye(6)[[0, 3]].mean(axis=0)
    for noise in (1e-4, 1e-6):
        of = {
            name: float(log_evidence(rows, group, weights=a, labels=labels, noise=noise))
            for name, a in (("band", band), ("plain", np.eye(6)[0]), ("half turns", halves))
        }
        assert of["band"] > of["plain"] + 10 and of["plain"] > of["half turns"]


@pytest.fixture(scope="module")
def measured() -> dict[str, np.ndarray]:
    return filled(evidence, load_digits(), Evidence(**SMALL, seed=3))


@pytest.mark.slow
def test_with_the_learned_average_missing_poses_are_recognized(measured) -> None:
    right = measured["right"].sum(axis=(0, 2))  # orders, ways; of 9 · 3 images
    assert np.all(right[:, 1] == 27) and np.all(right[:, 0] < 20)
    for k, order in enumerate(measured["orders"]):
        learned = measured["weights"][:, k]
        np.testing.assert_allclose(learned[..., :order], 1 / order, atol=1e-3)
        assert not learned[..., order:].any()
    fresh = measured["fresh"].sum(axis=(0, 2))
    assert np.all(fresh[:, 1] > fresh[:, 0]) and np.all(fresh <= 27)


def test_controls_are_what_their_labels_say(measured) -> None:
    sign = measured["control_weights"][:, 0]
    np.testing.assert_allclose(sign, np.broadcast_to([0.5, 0, 0.5, 0], sign.shape), atol=0.02)
    before, learned, uniform = measured["control_right"][:, 0].sum(axis=(0, 1))
    assert learned == 27 and before < 20 and uniform < 10
    handed = measured["handed_weights"].reshape(-1, 4, 2)
    np.testing.assert_allclose(handed[..., 0], 0.25, atol=0.02)
    np.testing.assert_allclose(handed[..., 1], 0, atol=0.02)
    assert measured["handed_right"][..., 1].sum() == 6
    refused = measured["candidate_weights"]
    assert refused[:, 4:].max() < 0.02 and refused[:, :4].min() > 0.2


def test_the_largest_order_has_to_hold_the_controls() -> None:
    with pytest.raises(ValueError, match="multiple of 8"):
        evidence.plan(load_digits(), Evidence(**(SMALL | {"orders": [4]}), seed=3))


@pytest.mark.parametrize("change", [{"fresh": 200}, {"seeds": 46}])
def test_too_few_images_are_known_before_any_work(change) -> None:
    """Of sixes and nines four times as many are drawn as there are seeds."""
    with pytest.raises(ValueError, match="Expected .* images of each. Got"):
        evidence.plan(load_digits(), Evidence(**(SMALL | change), seed=3))


def test_of_one_draw_the_table_shows_no_interval() -> None:
    record = load(published("evidence-mnist"))
    whole = EVIDENCE.table(record)
    assert "±" in whole.splitlines()[-1] and "nan" not in whole
    of_draws = ("right", "fresh")
    one = {name: a[:1] if name in of_draws else a for name, a in record.data.items()}
    last = EVIDENCE.table(replace(record, data=one)).splitlines()[-1]
    assert (
        last.split()[0] == "16" and last.count("%") == 5 and "±" not in last and "nan" not in last
    )


def test_the_record_is_of_full_size_and_says_what_the_chapter_says() -> None:
    record = load(published("evidence-mnist"))
    assert record.data["right"].shape == (5, 3, 9, 2)
    assert record.parameters["seeds"] == 10 and record.provenance["dataset"] == "mnist-test"
    assert record.data["right"][..., 1].mean() > 9.5 > 7 > record.data["right"][..., 0].mean()
