"""Irreps: the same on every machine, real where they can be, and found in representations."""

import os
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from threadpoolctl import threadpool_info, threadpool_limits

from symtheory import representations
from symtheory.groups import (
    FiniteGroup,
    alternating_group,
    conjugacy_classes,
    cyclic_group,
    dihedral_group,
    direct_product,
    quaternion_group,
    semidirect_product,
    symmetric_group,
    wreath_product,
)
from symtheory.representations import (
    frobenius_schur_indicator,
    irreps,
    multiplicities,
    regular_representation,
)
from symtheory.testing import assert_representation


def dicyclic(n):
    """Of order 4n: a of order 2n, and x with x² = aⁿ, xa = a⁻¹x; element 2k + e is a^k x^e."""
    k, e = np.divmod(np.arange(4 * n), 2)
    power = k[:, None] + (1 - 2 * e[:, None]) * k + n * (e[:, None] & e)
    return FiniteGroup.from_table(f"Dic{n}", power % (2 * n) * 2 + (e[:, None] ^ e))


def all_groups():
    """Most groups of order up to 24, made anew."""
    frobenius = [[k * 2**h % 7 for k in range(7)] for h in range(3)]
    return [
        *(cyclic_group(n) for n in range(1, 25)),
        *(dihedral_group(n) for n in range(2, 13)),
        *(dicyclic(n) for n in range(2, 7)),
        alternating_group(4),
        symmetric_group(4),
        semidirect_product(cyclic_group(7), cyclic_group(3), frobenius),
        *(
            direct_product(left, right)
            for left in (symmetric_group(3), quaternion_group(), dihedral_group(4))
            for right in (cyclic_group(2), cyclic_group(3))
        ),
    ]


GROUPS = [*all_groups(), alternating_group(5), wreath_product(cyclic_group(2), symmetric_group(3))]
SMALL = [group for group in GROUPS if group.order <= 24]
each = pytest.mark.parametrize("group", GROUPS, ids=lambda group: group.name)
any_group = st.sampled_from(SMALL)


def everything(groups):
    """All entries of the irreps of some groups, unitary and real, made anew."""
    found = []
    for group in groups:
        for real in (False, True):
            again = FiniteGroup.from_table("again", group.table, ["made again"] * group.order)
            found += [irrep.matrices.ravel() for irrep in irreps(again, real=real)]
    return np.concatenate(found)


@pytest.mark.slow
def test_irreps_do_not_depend_on_the_number_of_threads():
    found = []
    for threads in (1, 2):
        with threadpool_limits(threads, user_api="blas"):
            found.append(everything(SMALL))
    np.testing.assert_allclose(found[0] - found[1], 0, atol=1e-10)


def test_one_thread_looks_for_irreps(monkeypatch):
    """Threads only wait for each other on matrices as small as these."""
    threads = []
    decompose = representations._decompose

    def watched(*arguments):
        threads.extend(p["num_threads"] for p in threadpool_info() if p["user_api"] == "blas")
        return decompose(*arguments)

    monkeypatch.setattr(representations, "_decompose", watched)
    with threadpool_limits(2, user_api="blas"):
        irreps(dihedral_group(19))
    assert set(threads) == {1}


@given(st.integers(1, 4), st.booleans(), st.integers(0, 1000))
def test_the_basis_of_a_space_does_not_depend_on_how_it_was_given(d, real, seed):
    """R of QR has a positive diagonal; so another basis of the same space gives the same one."""
    rng = np.random.default_rng(seed)
    frame = rng.normal(size=(6, d))
    frame = frame if real else frame + 1j * rng.normal(size=(6, d))
    basis = representations._basis(frame)
    triangle = basis.conj().T @ frame
    np.testing.assert_allclose(basis @ triangle, frame, atol=1e-12)
    np.testing.assert_allclose(np.tril(triangle, -1), 0, atol=1e-12)
    diagonal = np.diagonal(triangle)
    np.testing.assert_allclose(diagonal.imag, 0, atol=1e-12)
    assert (diagonal.real > 0).all() and np.isrealobj(basis) == np.isrealobj(frame)


@pytest.mark.slow
def test_irreps_do_not_depend_on_the_kernel_of_the_linear_algebra(tmp_path):
    settings = {"OPENBLAS_CORETYPE": "Prescott", "OPENBLAS_NUM_THREADS": "1"}
    code = "import numpy, test_irreps_anywhere as t; numpy.save('found', t.everything(t.SMALL))"
    here = os.path.dirname(__file__)
    path = os.pathsep.join([here, os.path.dirname(here)])
    environment = {**os.environ, **settings, "PYTHONPATH": path}
    subprocess.run([sys.executable, "-c", code], env=environment, cwd=tmp_path, check=True)
    found = np.load(tmp_path / "found.npy")
    np.testing.assert_allclose(found - everything(SMALL), 0, atol=1e-10)


@each
def test_irreps_of_real_type_are_real_orthogonal_matrices_on_request(group):
    for unitary, irrep in zip(irreps(group), irreps(group, real=True), strict=True):
        assert unitary.matrices.dtype == np.complex128
        kind = frobenius_schur_indicator(unitary, group)
        assert irrep.matrices.dtype == (float if kind == 1 else complex)
        np.testing.assert_allclose(irrep.character, unitary.character, atol=1e-9)
        if kind == 1:
            assert_representation(irrep.matrices, group)
            product = irrep.matrices @ irrep.matrices.swapaxes(-1, -2)
            np.testing.assert_allclose(product - np.eye(irrep.dimension), 0, atol=1e-10)
            trace = np.trace(irrep.matrices, axis1=-2, axis2=-1)
            np.testing.assert_allclose(trace, irrep.character.real, atol=1e-9)
        else:
            assert irrep is unitary


@given(any_group, st.data())
def test_multiplicities_are_those_that_a_representation_was_made_with(group, data):
    known = np.array([data.draw(st.integers(0, 2)) for _ in irreps(group)])
    rng = np.random.default_rng(data.draw(st.integers(0, 1000)))
    size = sum(often * irrep.dimension for often, irrep in zip(known, irreps(group), strict=True))
    blocks = np.zeros((group.order, size, size), dtype=complex)
    at = 0
    for often, irrep in zip(known, irreps(group), strict=True):
        for _ in range(often):
            end = at + irrep.dimension
            blocks[:, at:end, at:end] = irrep.matrices
            at = end
    # Another basis, and not an orthonormal one.
    basis = np.linalg.qr(rng.normal(size=(size, size)))[0] * rng.uniform(1, 2, size=size)
    matrices = basis @ blocks @ np.linalg.inv(basis)
    assert multiplicities(matrices, group).tolist() == known.tolist()
    traces = np.trace(matrices, axis1=1, axis2=2)
    assert multiplicities(traces, group).tolist() == known.tolist()


@each
def test_the_regular_representation_and_conjugation_contain_what_theory_says(group):
    """Every irrep as often as its dimension; the trivial one once for each conjugacy class."""
    dimensions = [irrep.dimension for irrep in irreps(group)]
    assert multiplicities(regular_representation(group), group).tolist() == dimensions
    classes = conjugacy_classes(group)
    centralizers = group.order / np.bincount(classes)[classes]
    assert multiplicities(centralizers, group)[0] == classes.max() + 1


def test_multiplicities_in_a_basis_that_is_badly_scaled():
    """Its products are off by the rounding of the squares of its entries, here by 10³."""
    rho = irreps(symmetric_group(3))[-1].matrices
    basis = np.array([[1.0, 1e5], [0.0, 1.0]])
    assert multiplicities(basis @ rho @ np.linalg.inv(basis), symmetric_group(3)).tolist() == [
        0,
        0,
        1,
    ]


S3 = symmetric_group(3)
CHARACTER = irreps(S3)[-1].character


@pytest.mark.parametrize(
    "representation,message",
    [
        (np.ones(5), r"matrices of shape \(6, d, d\)"),
        (np.ones((6, 2)), r"matrices of shape \(6, d, d\)"),
        (np.ones((6, 2, 3)), r"matrices of shape \(6, d, d\)"),
        (np.ones((6, 2, 2, 2)), r"matrices of shape \(6, d, d\)"),
        (1.0, r"matrices of shape \(6, d, d\)"),
        ([[1.0], [1.0, 2.0]], "numbers in the representation"),
        (["e"] * 6, "numbers in the representation"),
        (CHARACTER.real.astype(np.float16), "numbers in the representation"),
        (CHARACTER * np.nan, "finite .*numbers in the representation"),
        (CHARACTER / 2, "the character of a representation"),
        (-CHARACTER, "the character of a representation"),
        (np.arange(6.0), "the character of a representation"),
        (CHARACTER + 1e-4, "the character of a representation"),
        (np.zeros((6, 1, 1)) + 2, r"ρ\(gh\) = ρ\(g\)ρ\(h\)"),
        (irreps(S3)[-1].matrices.swapaxes(1, 2), r"ρ\(gh\) = ρ\(g\)ρ\(h\)"),
    ],
)
def test_what_is_no_representation_is_refused(representation, message):
    with pytest.raises(ValueError, match=f"Expected .*{message}.*Got .*Try "):
        multiplicities(representation, S3)


def test_as_many_as_can_be_told_apart_are_counted():
    one = cyclic_group(1)
    assert multiplicities([2.0**53], one).tolist() == [2**53]
    with pytest.raises(ValueError, match="the character of a representation"):
        multiplicities([2.0**54], one)
    assert multiplicities(np.eye(300)[None], one).tolist() == [300]


@pytest.mark.parametrize("real", [False, True])
def test_irreps_are_found_once(real):
    group = alternating_group(4)
    assert irreps(group, real=real) is irreps(group, real=real)


def test_an_irrep_of_another_group_is_refused():
    with pytest.raises(ValueError, match="Expected an irrep of C4.*Got .*Try"):
        frobenius_schur_indicator(irreps(S3)[0], cyclic_group(4))
    with pytest.raises(ValueError, match="Expected an irrep of S3.*Got .*Try"):
        frobenius_schur_indicator(irreps(cyclic_group(4))[0], S3)
    with pytest.raises(ValueError, match="order at most 720.*Try"):
        regular_representation(cyclic_group(721))
