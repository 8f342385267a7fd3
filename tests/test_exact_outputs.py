"""Tangent kernels of several outputs, each with each: against Jacobians and stacked regression."""

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest

from symtheory.actions import rotation_action
from symtheory.diagnosis import diagnose
from symtheory.diagnosis import memory as memory_of
from symtheory.empirical import EmpiricalNTK, from_equinox, function
from symtheory.groups import cyclic_group, dihedral_group
from symtheory.kernels import RBF
from symtheory.regression import held_out_prediction
from symtheory.spectral import group_average

RIDGE = 0.05
LABELS = np.array([0, 1, 1, 2, 2, 2])
GROUPS = [cyclic_group(4), dihedral_group(3)]


def network(parameters, x):
    """Three outputs of a hidden layer, of which the third is nearly the first."""
    hidden, readout = parameters
    return jnp.tanh(x.reshape(len(x), len(hidden)) @ hidden) @ readout


def drawn(inputs=5):
    rng = np.random.default_rng(2)
    readout = rng.normal(size=(7, 3))
    readout[:, 2] = readout[:, 0] + 0.2 * readout[:, 2]
    return jnp.asarray(rng.normal(size=(inputs, 7))), jnp.asarray(readout)


def jacobians(parameters, x):
    """All derivatives, of shape (n · c, entries), from one call of `jax.jacobian`."""
    leaves = jax.tree.leaves(jax.jacobian(network)(parameters, jnp.asarray(x)))
    return np.concatenate([np.asarray(leaf).reshape(len(x) * 3, -1) for leaf in leaves], axis=1)


@pytest.mark.parametrize("gib", [1.0, 1e-7])  # all at once, and one item at a time
def test_every_two_outputs_have_their_own_entry(gib, rng, monkeypatch):
    monkeypatch.setattr(function, "MEMORY_GIB", gib)
    x, y, parameters = rng.normal(size=(4, 5)), rng.normal(size=(3, 5)), drawn()
    exact = EmpiricalNTK(network, parameters, outputs="exact")
    left, right = jacobians(parameters, x), jacobians(parameters, y)
    np.testing.assert_allclose(exact(x), left @ left.T, rtol=1e-11, atol=1e-12)
    np.testing.assert_allclose(exact(x, y), left @ right.T, rtol=1e-11, atol=1e-12)
    of_each = np.asarray(exact(x, y)).reshape(4, 3, 3, 3)
    trace = EmpiricalNTK(network, parameters)(x, y)
    np.testing.assert_allclose(np.einsum("aobo->ab", of_each) / 3, trace, rtol=1e-11)
    assert exact(x[:0], y).shape == (0, 9)


def test_an_equinox_module_may_have_it_too(rng):
    module = eqx.nn.MLP(5, 2, 4, 1, key=jax.random.key(0))
    x = rng.normal(size=(3, 5))
    exact = np.asarray(from_equinox(module, outputs="exact")(x)).reshape(3, 2, 3, 2)
    trace = from_equinox(module)(x)
    np.testing.assert_allclose((exact[:, 0, :, 0] + exact[:, 1, :, 1]) / 2, trace, rtol=1e-6)
    with pytest.raises(ValueError, match=r"Expected outputs.*Got 'both'"):
        from_equinox(module, outputs="both")


def stacked(kernel, orbits, group):
    """The matrix of all outputs of all items, by seed, output and element."""
    m, order = orbits.shape[:2]
    flat = np.asarray(kernel(orbits.reshape(m * order, -1))).reshape(m, order, 3, m, order, 3)
    return flat.transpose(0, 2, 1, 3, 5, 4).reshape(3 * m * order, -1)


def fitted(matrix, order, orbits, elements):
    """Outputs at items all of whose outputs are held out together, by regression on the rest."""
    targets = np.repeat(np.where(LABELS[:, None] == np.arange(3), 1.0, -1.0).ravel(), order)
    held_out = ((3 * orbits[:, None] + np.arange(3)) * order + elements[:, None]).ravel()
    return np.asarray(held_out_prediction(matrix, targets, held_out, ridge=RIDGE)).reshape(-1, 3)


def leads(said, own):
    mine = said[np.arange(len(own)), own]
    others = np.where(np.arange(3) == own[:, None], -np.inf, said)
    return mine - others.max(axis=1)


@pytest.mark.parametrize("group", GROUPS, ids=lambda group: group.name)
@pytest.mark.parametrize("at_once", [False, True])
def test_a_diagnosis_is_regression_on_all_outputs_stacked(group, at_once):
    orbits = np.random.default_rng(1).normal(size=(6, group.order, 5))
    kernel = EmpiricalNTK(network, drawn(), outputs="exact")
    table = np.zeros((3, group.order), dtype=bool)
    table[1, [0, 2]] = table[2, 1] = True
    found = diagnose(
        orbits,
        LABELS,
        kernel,
        group=group,
        ridge=RIDGE,
        relative=False,
        missing=table if at_once else None,
    )
    matrix = stacked(kernel, orbits, group)
    average = np.asarray(group_average(matrix, group))
    if at_once:
        problems = [np.nonzero(table[LABELS])]
    else:
        each = [(c, g) for c in range(3) for g in range(group.order)]
        problems = [(np.flatnonzero(c == LABELS), np.full((c == LABELS).sum(), g)) for c, g in each]
    checked = 0
    for orbit_numbers, elements in problems:
        own = LABELS[orbit_numbers]
        theory, exact = (
            leads(fitted(one, group.order, orbit_numbers, elements), own)
            for one in (average, matrix)
        )
        for c, g in {*zip(own.tolist(), elements.tolist(), strict=True)}:
            here = (own == c) & (elements == g)
            assert found.margin[c, g] == pytest.approx(theory[here].mean(), abs=1e-9)
            assert found.accuracy[c, g] == np.mean(theory[here] > 0)
            assert found.regression[c, g] == np.mean(exact[here] > 0)
            checked += 1
    assert checked == (3 if at_once else 3 * group.order)
    shared = diagnose(orbits, LABELS, EmpiricalNTK(network, drawn()), group=group, ridge=1e-3)
    np.testing.assert_array_equal(found.cautions.turned, shared.cautions.turned)
    if not at_once:
        np.testing.assert_array_equal(found.nearest, shared.nearest)
        assert np.abs(found.margin - shared.margin).max() > 0.01  # it does make a difference


class Apart:
    """Outputs that have nothing in common, and one kernel."""

    outputs = "exact"

    def __call__(self, x, y=None):
        """K ⊗ 1."""
        return jnp.kron(RBF(0.4)(x, y), jnp.eye(3))


def test_outputs_that_have_nothing_in_common_are_told_by_their_trace():
    group = dihedral_group(3)
    orbits = np.random.default_rng(1).normal(size=(8, group.order, 3))
    labels = [0, 0, 0, 0, 1, 1, 2, 2]
    one, other = (
        diagnose(orbits, labels, kernel, group=group, ridge=RIDGE, relative=False)
        for kernel in (Apart(), RBF(0.4))
    )
    for name in ("margin", "signal", "noise", "energy", "regression", "accuracy"):
        np.testing.assert_allclose(getattr(one, name), getattr(other, name), rtol=1e-9)
    for kind in ("remedies", "fewer"):
        before, after = getattr(other, kind), getattr(one, kind)
        assert before.keys() == after.keys() and before
        for name in before:
            np.testing.assert_allclose(after[name], before[name])


def test_what_cannot_be_exact_is_refused(monkeypatch):
    orbits = np.random.default_rng(1).normal(size=(6, 4, 5))
    kernel = EmpiricalNTK(network, drawn(), outputs="exact")
    with pytest.raises(ValueError, match=r"Expected 2 outputs of a network.*Got 3\. Try"):
        diagnose(orbits, [0, 0, 0, 1, 1, 1], kernel, group=GROUPS[0])
    images = np.random.default_rng(0).normal(size=(6, 4, 4))
    with pytest.raises(ValueError, match=r"that all outputs share.*Got.*Try"):
        diagnose(
            images,
            LABELS,
            EmpiricalNTK(network, drawn(16), outputs="exact"),
            group=rotation_action(2, (4, 4)),
            finer=[rotation_action(4, (4, 4))],
            ridge=1e-3,
        )
    monkeypatch.setattr(memory_of, "free_memory", lambda: 200_000)
    with pytest.raises(ValueError, match=r"with 3 outputs each.*Try .*outputs=.trace., "):
        diagnose(orbits, LABELS, kernel, group=GROUPS[0])
    assert memory_of.needed_memory(6, 4, outputs=3) == memory_of.needed_memory(18, 4)
