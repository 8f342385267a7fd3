"""Learning from pairs without labels: the closed form, its theorems, and the experiment."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from filled_plan import filled
from scipy import linalg

from symtheory import datasets, learning, records, regression
from symtheory.actions import orbit, rotation_action
from symtheory.datasets import normalize
from symtheory.experiments.self_supervision import run as experiment
from symtheory.experiments.self_supervision.settings import SELF_SUPERVISION, SelfSupervision
from symtheory.experiments.shared.nine_digits import nine_digits
from symtheory.groups import cyclic_group, dihedral_group, quaternion_group, symmetric_group
from symtheory.ntk import MLPKernel
from symtheory.representations import irreps
from symtheory.runs import described
from symtheory.spectral import average_rows, group_average

RESULTS = Path(__file__).parent.parent / "results"
GROUPS = [cyclic_group(6), dihedral_group(3), quaternion_group(), symmetric_group(4)]
SMALL = {"draws": 2, "seeds": 3, "orders": (4,), "dimensions": (4, 27), "further": (0, 2)}


def invariant(group, m: int, seed: int = 0) -> np.ndarray:
    """A positive definite Gram matrix of m orbits, of shape (m|G|, m|G|)."""
    n = m * group.order
    features = np.random.default_rng(seed).normal(size=(n, n))
    return np.asarray(group_average(features @ features.T / n + np.eye(n), group))


def pair_matrix(group, p: np.ndarray, m: int) -> np.ndarray:
    """The probability of (x, hx), h drawn from p, for x any point of m orbits."""
    n = group.order
    own = p[group.table[np.arange(n)[None, :], group.inverse[:, None]]]  # p(h g⁻¹) at (g, h)
    return np.kron(np.eye(m), own) / (m * n)


def symmetric_weights(group, seed: int = 1) -> np.ndarray:
    p = np.random.default_rng(seed).uniform(size=group.order) ** 3
    p += p[group.inverse]
    return p / p.sum()


def some_views(n: int, r: int) -> np.ndarray:
    """Views of r images among n points; some points are views of several."""
    weights = np.random.default_rng(3).uniform(size=(n, r)) * (
        np.random.default_rng(4).uniform(size=(n, r)) < 0.5
    )
    weights[:r] += np.eye(r)
    return weights / weights.sum(axis=0)


# The closed form


def test_the_embedding_is_that_of_the_paper_s_formula() -> None:
    """Simon et al. (2023): top eigenvectors of K̃^½ Π K̃^½/2p, for a list of p pairs."""
    generator = np.random.default_rng(0)
    gram = invariant(cyclic_group(4), 3)
    origins = np.repeat(np.arange(3), 4)
    pairs = np.array([(a, b) for a in range(12) for b in range(12) if origins[a] == origins[b]])
    points = np.concatenate([pairs[:, 0], pairs[:, 1]])
    tilde, p = gram[np.ix_(points, points)], len(pairs)
    values, vectors = linalg.eigh(tilde)
    kept = values > 1e-9 * values[-1]
    root = (vectors[:, kept] * np.sqrt(values[kept])) @ vectors[:, kept].T
    inverse_root = (vectors[:, kept] / np.sqrt(values[kept])) @ vectors[:, kept].T
    swapped = np.roll(np.arange(2 * p), p)
    ν, modes = linalg.eigh(root @ root[swapped] / (2 * p))
    ν, modes = ν[::-1][:2], modes[:, ::-1][:, :2]
    new = generator.normal(size=(5, 12)) @ gram  # kernels of other points with these
    theirs = new[:, points] @ inverse_root @ modes / np.sqrt(ν)
    found = learning.spectral_embedding(gram, experiment.orbit_views(origins), 2)
    ours = new @ found.coefficients
    np.testing.assert_allclose(found.eigenvalues, ν, rtol=1e-9)
    np.testing.assert_allclose(ours @ ours.T, theirs @ theirs.T, rtol=1e-7, atol=1e-9)


def test_descent_on_the_loss_from_small_weights_ends_there() -> None:
    n, r, dimension = 12, 5, 2
    features = np.random.default_rng(1).normal(size=(n, 7)) * 0.7 ** np.arange(7)
    views = some_views(n, r)
    among = features.T @ views @ views.T @ features / r
    weights = 1e-7 * np.random.default_rng(2).normal(size=(dimension, 7))
    for _ in range(10_000):
        gap = weights @ among @ weights.T - np.eye(dimension)
        weights -= 0.02 * 4 * gap @ weights @ among
    assert np.abs(gap).max() < 1e-6
    found = learning.spectral_embedding(features @ features.T, views, dimension)
    ours, descended = features @ features.T @ found.coefficients, features @ weights.T
    np.testing.assert_allclose(ours @ ours.T, descended @ descended.T, atol=1e-4)


def test_views_are_uncorrelated_and_no_other_embedding_is_smaller() -> None:
    n, r, dimension = 14, 6, 3
    features = np.random.default_rng(5).normal(size=(n, n))
    gram, views = features @ features.T, some_views(n, r)
    pairs = views @ views.T / r
    found = learning.spectral_embedding(gram, views, dimension)
    embedding = gram @ found.coefficients
    np.testing.assert_allclose(embedding.T @ pairs @ embedding, np.eye(dimension), atol=1e-10)
    norm = np.trace(found.coefficients.T @ gram @ found.coefficients)
    np.testing.assert_allclose(norm, (1 / found.eigenvalues).sum(), rtol=1e-10)
    every = np.sort(linalg.eigvals(pairs @ gram).real)[::-1]
    np.testing.assert_allclose(found.eigenvalues, every[:dimension], rtol=1e-9)
    for seed in range(20):  # others whose correlation is the identity
        other = np.random.default_rng(seed).normal(size=(n, dimension))
        values, vectors = linalg.eigh(other.T @ gram @ pairs @ gram @ other)
        other = other @ vectors / np.sqrt(values)
        assert np.trace(other.T @ gram @ other) > norm


def test_more_coordinates_keep_the_first() -> None:
    gram, views = invariant(cyclic_group(3), 4), some_views(12, 6)
    few, many = (learning.spectral_embedding(gram, views, d) for d in (2, 5))
    one, two = few.coefficients, many.coefficients[:, :2]
    np.testing.assert_allclose(one, two * np.sign((one * two).sum(axis=0)), atol=1e-10)


def test_impossible_embeddings_are_refused() -> None:
    gram, views = invariant(cyclic_group(3), 2), np.eye(6)
    flat = np.ones((6, 6))
    for arguments, what in (
        ((gram, views, 7), "Expected an integer ≥ 1 and ≤ 6"),
        ((flat, views, 2), "the rank of the pair operator, 1. Got 2"),
        ((gram, views[:5], 1), r"views of shape \(6, images\)"),
        ((gram, 2 * views, 1), "columns of probabilities"),
        ((gram[None], views, 1), "one Gram matrix"),
    ):
        with pytest.raises(ValueError, match=what):
            learning.spectral_embedding(*arguments)


# The theorems


@pytest.mark.parametrize("group", GROUPS, ids=lambda g: g.name)
def test_pairs_commute_with_the_kernel_and_modes_are_products(group) -> None:
    m, n = 2, group.order
    gram, p = invariant(group, m), symmetric_weights(group)
    pairs = pair_matrix(group, p, m)
    assert np.abs(pairs @ gram - gram @ pairs).max() < 1e-14
    rows = np.asarray(average_rows(gram, group))
    products = []
    for irrep in irreps(group):
        ρ, d = irrep.matrices, irrep.dimension
        block = np.einsum("ijh,hab->iajb", rows, ρ).reshape(m * d, m * d)
        of_pairs = np.linalg.eigvalsh(np.einsum("h,hab->ab", p, ρ)) / (m * n)
        products.extend(np.outer(of_pairs, np.linalg.eigvalsh(block)).ravel())
    found = linalg.eigvals(pairs @ gram)
    assert len(products) == m * n and np.abs(found.imag).max() < 1e-10
    np.testing.assert_allclose(np.sort(found.real), np.sort(products), atol=1e-10)


def test_weights_that_are_not_symmetric_do_not_make_a_pair_matrix() -> None:
    """The control: with p(h) ≠ p(h⁻¹) there is no list of unordered pairs; modes are complex."""
    group = cyclic_group(6)
    p = np.random.default_rng(0).dirichlet(np.ones(6))
    pairs = pair_matrix(group, p, 2)
    assert np.abs(pairs - pairs.T).max() > 1e-3
    assert np.abs(linalg.eigvals(pairs @ invariant(group, 2)).imag).max() > 1e-3


@pytest.mark.parametrize("group", GROUPS, ids=lambda g: g.name)
def test_uniform_pairs_of_whole_orbits_make_every_image_invariant(group) -> None:
    m, whole, n = 5, 3, group.order
    gram = invariant(group, m)
    origins = np.repeat(np.arange(m), n)
    used = origins < whole
    views = experiment.orbit_views(origins[used])
    np.testing.assert_allclose(
        views @ views.T / whole, pair_matrix(group, np.full(n, 1 / n), whole), atol=1e-15
    )
    found = experiment.embed(gram, used, views, 99).reshape(m, n, -1)
    assert found.shape[-1] == whole  # the trivial modes, and no others
    assert np.abs(found - found[:, :1]).max() < 1e-12 * np.abs(found).max()
    alone = experiment.embed(gram, used, np.eye(used.sum()), whole).reshape(m, n, -1)
    assert np.abs(alone - alone[:, :1]).max() > 0.1 * np.abs(alone).max()  # the control


@pytest.mark.parametrize("group", GROUPS, ids=lambda g: g.name)
def test_what_a_pose_without_pairs_costs_is_one_kernel_for_each(group) -> None:
    m, n, missing = 4, group.order, [0, group.order]  # of two orbits, the first pose
    gram = invariant(group, m)
    origins = np.repeat(np.arange(m), n)
    used = ~np.isin(np.arange(m * n), missing)
    found = learning.spectral_embedding(
        gram[np.ix_(used, used)], experiment.orbit_views(origins[used]), m
    )
    by_orbit = np.stack([found.coefficients[origins[used] == i] for i in (0, 1)])
    assert np.abs(by_orbit - by_orbit[:, :1]).max() < 1e-12  # tied along what is there
    embedding = gram[:, used] @ found.coefficients
    mended = embedding + gram[:, missing] @ by_orbit[:, 0]
    mended = mended.reshape(m, n, m)
    assert np.abs(mended - mended[:, :1]).max() < 1e-10
    embedding = embedding.reshape(m, n, m)
    assert np.abs(embedding - embedding[:, :1]).max() > 1e-2


@pytest.mark.parametrize("arm", ["unseen", "left-out"])
def test_enough_complete_orbits_repair_a_missing_pose(arm: str) -> None:
    group, labeled, lacking = dihedral_group(3), 6, 2
    n = group.order
    gaps = []
    for complete in (labeled - lacking, labeled + 1):
        m = lacking + complete  # the first orbits lack a pose, the last ones have no labels
        gram = invariant(group, m, seed=2)
        points = np.arange(m * n)
        origins, asked = points // n, (points % n == 0) & (points < lacking * n)
        used = ~asked if arm == "unseen" else origins >= lacking
        embedding = experiment.embed(gram, used, experiment.orbit_views(origins[used]), m)
        labels = np.random.default_rng(8).normal(size=(m, 3))[origins]
        seen = (origins < labeled) & ~asked
        said = experiment.linear_probe(embedding, labels, seen, asked)
        gaps.append(np.abs(said - labels[asked]).max())
    assert gaps[0] > 0.1 and gaps[1] < 1e-8


# The experiment


@pytest.fixture(scope="module")
def digits() -> datasets.Dataset:
    return datasets.load_digits()


@pytest.fixture(scope="module")
def data(digits) -> dict[str, np.ndarray]:
    return filled(experiment, digits, SelfSupervision(**SMALL, depth=1, ridge=1e-10, seed=5))


@pytest.mark.slow
def test_what_is_counted_is_what_other_computations_count(digits, data) -> None:
    """By regression without the points, and by functions whose coefficients are tied by hand."""
    images = nine_digits(digits).images[data["seeds"][1]]
    assert images.shape == (9, 5, 28, 28)
    points = 28 * normalize(orbit(images[:, :3].reshape(27, 28, 28), rotation_action(4, (28, 28))))
    gram = np.asarray(MLPKernel()(points.reshape(108, -1)))
    origins, poses = np.divmod(np.arange(108), 4)
    classes = origins // 3
    labels = 2 * np.eye(9)[classes] - 1
    for c in (0, 4, 8):
        asked = np.flatnonzero((classes == c) & (poses == 0))
        ridge = 1e-10 * np.trace(np.delete(np.delete(gram, asked, 0), asked, 1))
        said = regression.held_out_prediction(gram, labels, asked, ridge=ridge)
        assert data["supervised"][0, 1, 0, c] == (np.argmax(said, axis=1) == c).sum()
        seen = np.delete(np.arange(108), asked)
        for a, used in ((0, np.arange(108)), (1, seen), (2, np.flatnonzero(classes != c))):
            tied = gram[:, used] @ (origins[used][:, None] == np.unique(origins[used]))
            weights = np.linalg.lstsq(tied[seen], labels[seen])[0]
            right = (np.argmax(tied[asked] @ weights, axis=1) == c).sum()
            assert data["linear"][0, 1, a, 1, c] == right
    assert (data["linear"][:, :, 0, 1] == 3).all()  # paired: all of them
    assert (data["nearest"][:, :, [0, 2]] == 3).all()  # an invariant embedding: the own orbit
    assert data["linear"][:, :, [1, 3]].mean() < 1.5


def test_further_orbits_repair_and_strangers_do_not(data) -> None:
    unseen, left_out, strangers = data["further_linear"][0].mean(axis=(0, 3))[:, 1]
    assert min(unseen, left_out) == 3 and strangers < 1.5
    np.testing.assert_array_equal(data["further_linear"][:, :, 1, 0], data["linear"][:, :, 2, 1])


def test_rates_and_their_intervals(data) -> None:
    found = experiment.summary(data, 3)
    rates = data["linear"][0, :, 1, 0].mean(axis=1) / 3
    np.testing.assert_allclose(found["linear"][0, 1, 0], rates.mean())
    half = 12.706 * np.abs(rates[0] - rates[1]) / 2  # Student's t, 1 degree
    np.testing.assert_allclose(found["linear_half"][0, 1, 0], half, rtol=1e-3)


def test_the_table_says_what_supervised_networks_are_given() -> None:
    """Labels on further orbits, where there is no number without; and one draw has no interval."""
    record = records.load(RESULTS / "self-supervision-mnist.npz")
    assert record.data["further"].tolist() == [0, 1, 2, 4, 8]
    heads, line = SELF_SUPERVISION.table(record).splitlines()[1:3]
    assert "supervised +" not in heads and line.count("±") == 8
    data = {name: values[:, :1] for name, values in record.data.items() if values.ndim > 3}
    data |= {name: record.data[name] for name in ("orders", "dimensions")}
    data |= {"further": np.array([2, 1]), "supervised": record.data["supervised"][:, :1, [2, 1]]}
    for name in ("further_linear", "further_nearest"):
        data[name] = data[name][..., [2, 1], :]
    heads, line = SELF_SUPERVISION.table(replace(record, data=data)).splitlines()[1:3]
    assert "supervised + 1" in heads and "±" not in line and "nan" not in line


@pytest.mark.usefixtures("without_x64")
def test_64_bit_floats_are_demanded() -> None:
    with pytest.raises(ValueError, match="64-bit"):
        experiment.measure(np.ones((2, 1, 8, 8)), 2, seeds=1, dimensions=[1], further=[0])


def test_strangers_are_drawn_anew_for_each_draw_and_order(digits, monkeypatch) -> None:
    drawn = []

    def measured(images, order, *, seed, **settings):
        drawn.append(np.random.default_rng(seed).random())
        return {}

    monkeypatch.setattr(experiment, "measure", measured)
    settings = SelfSupervision(**(SMALL | {"orders": (4, 8)}), depth=1, ridge=1e-10, seed=5)
    for draw in range(2):
        experiment.compute(digits, settings, experiment.Unit(slice(None), draw))
    assert len(set(drawn)) == len(drawn) == 4


@pytest.mark.slow
def test_the_record_is_whole_and_can_be_made_again() -> None:
    record = records.load(RESULTS / "self-supervision-mnist.npz")
    settings = SELF_SUPERVISION.at_scale("paper")
    assert record.parameters["dataset"] == "mnist-test" and record.parameters["draws"] >= 5
    for name, value in settings.items():
        assert record.parameters[name] == value
    assert "Recognized at the missing pose" in SELF_SUPERVISION.table(record)
    if not os.environ.get("SYMTHEORY_DATA"):
        pytest.skip("needs MNIST: set SYMTHEORY_DATA to the folder that holds it")
    mnist = datasets.load_mnist("test")
    assert record.parameters == described(mnist, settings)
    images = nine_digits(mnist).images[record.data["seeds"][1]]
    seed = (record.parameters["seed"], 1, 4)
    again = experiment.measure(images, 4, seeds=10, dimensions=[5, 90], further=[0, 2], seed=seed)
    at = {"linear": np.s_[:, [0, 5]], "nearest": np.s_[:, [0, 5]]}
    at |= {"further_linear": np.s_[:, [0, 2]], "further_nearest": np.s_[:, [0, 2]]}
    for name, value in again.items():
        kept = record.data[name][0, 1][at.get(name, np.s_[[0, 2]])]
        assert np.abs(kept.astype(int) - value).max() <= 1, name  # a near tie may turn
